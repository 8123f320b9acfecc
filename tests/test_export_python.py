# SPDX-License-Identifier: Apache-2.0
"""The Python module that catdog export writes beside safetensors: the same pixels, the same numbers,
and a script of its own.
"""
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import unittest

from command_support import catdog, files, packages
from export_support import COMMON, CONFIGS, ExportedTest, cached_pixels


class PythonModule(ExportedTest):
    KINDS = ("safetensors",)

    def load_module(self, name):
        packages("torch", "numpy", "PIL.Image", "cv2", "safetensors")
        path = self.exported(name, "safetensors").with_suffix(".py")
        spec = importlib.util.spec_from_file_location(f"exported_{name}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def test_sees_the_same_pixels(self):
        np, = packages("numpy")
        for name in CONFIGS:
            module = self.load_module(name)
            decoded = self.seen(name)
            paths = self.validation_files()
            self.assertEqual(len(paths), len(decoded))
            for path, picture in zip(paths, decoded):
                with self.subTest(name, picture=path.name):
                    self.assertTrue(np.array_equal(module.read_image(path, module.SIZE, module.RESIZE), picture))

    def test_resizes_as_the_program(self):
        """Sizes that take each way through OpenCV's resizing: growing, halving, whole and broken
        ratios, one side each."""
        np, image = packages("numpy", "PIL.Image")
        sizes = [(49, 49), (98, 98), (147, 98), (31, 31), (62, 62), (93, 62), (375, 500),
                 (500, 375), (499, 374), (20, 30), (20, 200), (200, 20), (101, 102), (62, 31)]
        for name in ("odd", "bilinear", "area"):
            data = self.folder / name
            random = np.random.default_rng(1)
            for subset in ("train", "validation"):
                for label, kind in enumerate(("cats", "dogs")):
                    (data / subset / kind).mkdir(parents=True)
                    for number, (height, width) in enumerate(sizes[label::2]):
                        noise = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
                        image.fromarray(noise).save(data / subset / kind / f"{number}.png")
            settings = CONFIGS[name]
            result = catdog("train", "--data", data, "--runs", self.folder / "runs", "--name", name,
                            *COMMON, *settings)
            self.assertEqual(result.returncode, 0, result.stderr)
            module = self.load_module(name)
            paths = [data / "validation" / kind / f"{number}.png"
                     for kind in ("cats", "dogs") for number in range(len(sizes) // 2)]
            pixels = np.frombuffer(cached_pixels(data, module.SIZE), np.uint8)
            pixels = pixels.reshape(len(paths), module.SIZE, module.SIZE, 3)
            for path, picture in zip(paths, pixels):
                with self.subTest(name, picture=path.name):
                    self.assertTrue(np.array_equal(module.read_image(path, module.SIZE, module.RESIZE), picture))

    def test_computes_the_same(self):
        torch, = packages("torch")
        for name in CONFIGS:
            module = self.load_module(name)
            network = module.load()
            self.assertEqual(module.CLASSES, ["cats", "dogs"])
            for pictures in self.batches(name):
                with self.subTest(name, pictures=len(pictures)), torch.no_grad():
                    outputs = network(torch.from_numpy(pictures))
                    self.expect_same(name, [one.numpy() for one in outputs], pictures)

    def script(self, name, *arguments, model=None):
        packages("torch", "numpy", "PIL.Image", "cv2", "safetensors")
        script = (model or self.exported(name, "safetensors")).with_suffix(".py")
        environment = dict(os.environ, PYTHONPATH=os.environ["CATDOG_TEST_PACKAGES"])
        return subprocess.run([sys.executable, script, *map(str, arguments)], env=environment,
                              capture_output=True, text=True, timeout=300)

    def test_as_a_script(self):
        for name in ("default", "area"):
            paths = self.validation_files()[::3]
            result = self.script(name, *paths)
            self.assertEqual(result.returncode, 0, result.stderr)
            _, judged = self.judge(name, self.seen(name)[::3])
            lines = result.stdout.splitlines()
            self.assertEqual(len(lines), len(paths))
            for path, line, probabilities in zip(paths, lines, judged):
                kind, printed = line.removeprefix(f"{path}: ").split()
                self.assertEqual(kind, ("cats", "dogs")[probabilities.argmax()])
                self.assertAlmostEqual(float(printed), probabilities.max(), delta=6e-5)

    def test_as_a_script_refuses(self):
        text = self.folder / "text.jpg"
        text.write_text("no picture")
        good = self.validation_files()[0]
        result = self.script("odd", text, "absent.jpg", good)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout.count("\n"), 1)
        self.assertIn(str(text), result.stderr)
        self.assertIn("absent.jpg", result.stderr)
        self.assertNotIn("Traceback", result.stderr)
        result = self.script("odd")
        self.assertEqual(result.returncode, 1)
        self.assertIn("usage", result.stderr)

    def test_module_and_weights_keep_together_under_any_name(self):
        output = self.folder / "best one.v2.safetensors"
        result = catdog("export", "--model", self.model("odd"), "--format", "safetensors", "-o",
                        output)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(sorted(files(self.folder)), ["best one.v2.py", "best one.v2.safetensors"])
        result = self.script("odd", self.validation_files()[0], model=output)
        self.assertEqual(result.returncode, 0, result.stderr)


if __name__ == "__main__":
    unittest.main()
