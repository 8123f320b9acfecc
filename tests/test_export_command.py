# SPDX-License-Identifier: Apache-2.0
"""catdog export: other programs open what it writes and say of pictures what the network says.

The judge is PyTorch with the model file's own weights, on the pixels that catdog itself decoded and
resized. Whether onnx, onnxruntime, OpenCV and safetensors are here: scripts/setup --tests.
"""
import hashlib
import importlib.util
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import unittest

from command_support import CommandTest, catdog, files, packages

COMMON = ["--epochs", "2", "--batch-size", "8", "--lr", "1e-3", "--seed", "1",
          "--set", "data.cache=disk"]
SMALL = ["--set", "model.dense_units=16"]
# What is asked of an export, by the name of a run: defaults, and each that changes what is written.
CONFIGS = {
    "default": [],
    "no_dropout": [*SMALL, "--set", "model.dropout=0", "--set", "model.filters=[8,16]",
                   "--set", "data.image_size=32"],
    "odd": [*SMALL, "--set", "model.filters=[8,16,8]", "--set", "data.image_size=49"],
    "bilinear": [*SMALL, "--set", "model.filters=[8,16]", "--set", "data.image_size=49",
                 "--set", "data.resize=bilinear"],
    "area": [*SMALL, "--set", "model.filters=[8,16]", "--set", "data.image_size=31",
             "--set", "data.resize=area"],
}
ENDINGS = {"onnx": "onnx", "safetensors": "safetensors", "torchscript": "torchscript.pt"}
EXACT = 1e-5


class Export(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.size, cls.pixels, cls.printed = {}, {}, {}
        for name, settings in CONFIGS.items():
            result = catdog("train", "--data", cls.data, "--runs", cls.shared / "runs", "--name",
                            name, *COMMON, *settings)
            assert result.returncode == 0, result.stderr
            cls.size[name] = json.loads(
                (cls.model(name).parent / "config.json").read_text())["data"]["image_size"]
            cls.pixels[name] = cls.decoded(cls.size[name])
            for kind in ENDINGS:
                result = catdog("export", "--model", cls.model(name), "--format", kind)
                assert result.returncode == 0, result.stderr
                cls.printed[name, kind] = result.stdout

    @classmethod
    def model(cls, name):
        return cls.shared / "runs" / name / "model.pt"

    @classmethod
    def exported(cls, name, kind):
        return cls.model(name).with_suffix("." + ENDINGS[kind])

    @classmethod
    def decoded(cls, size):
        """The validation pictures as catdog decoded and resized them, from its cache."""
        content = (cls.data / ".catdog-cache/validation.pixels").read_bytes()
        count = len(list((cls.data / "validation").rglob("*.jpg")))
        bytes_each = size * size * 3
        start = len(content) - count * bytes_each
        assert start == 256 + count * 128, "the cache is of another layout"
        return count, content[start:]

    def seen(self, name):
        np, = packages("numpy")
        count, content = self.pixels[name]
        return np.frombuffer(content, np.uint8).reshape(
            count, self.size[name], self.size[name], 3).copy()

    def validation_files(self):
        return sorted((self.data / "validation").rglob("*.jpg"),
                      key=lambda path: (path.parent.name, [int(n) for n in
                                                           re.findall(r"\d+", path.name)]))

    def judge(self, name, pictures):
        """Logits and probabilities by PyTorch's functions on the weights of the model file."""
        torch, = packages("torch")
        weights = torch.load(self.model(name), weights_only=True)
        filters = json.loads(weights.pop("catdog"))["config"]["model"]["filters"]
        with torch.no_grad():
            x = torch.from_numpy(pictures).permute(0, 3, 1, 2).to(torch.float32) / 255
            for stage in range(1, len(filters) + 1):
                x = torch.nn.functional.conv2d(x, weights[f"conv{stage}.weight"],
                                               weights[f"conv{stage}.bias"])
                x = torch.nn.functional.max_pool2d(x.relu(), 2)
            x = torch.nn.functional.linear(x.flatten(1), weights["dense1.weight"],
                                           weights["dense1.bias"]).relu()
            z = torch.nn.functional.linear(x, weights["dense2.weight"], weights["dense2.bias"])
            z = z[:, 0]
            return z.numpy(), torch.stack([1 - z.sigmoid(), z.sigmoid()], 1).numpy()

    def expect_same(self, name, outputs, pictures):
        """Both outputs are the judge's; and the pictures are not all judged alike."""
        np, = packages("numpy")
        for ours, judged in zip(outputs, self.judge(name, pictures)):
            self.assertEqual(np.shape(ours), judged.shape)
            self.assertLessEqual(np.abs(ours - judged).max(), EXACT)
            if len(judged) > 1:
                self.assertGreater(np.ptp(judged.reshape(len(judged), -1)[:, -1]), 100 * EXACT)

    def batches(self, name):
        pictures = self.seen(name)
        return pictures[:1], pictures[:7]

    def digest(self, name):
        return hashlib.sha256(self.model(name).read_bytes()).hexdigest()

    def expect_description(self, name, description):
        config = json.loads((self.model(name).parent / "config.json").read_text())
        self.assertEqual(json.loads(description["classes"]), ["cats", "dogs"])
        self.assertEqual(description["image_size"], str(self.size[name]))
        self.assertEqual(description["resize"], config["data"]["resize"])
        self.assertEqual(description["digest"], self.digest(name))
        self.assertIn(description["catdog_version"], catdog("--version").stdout)
        self.assertEqual(json.loads(description["config"])["model"], config["model"])

    def test_printed(self):
        for (name, kind), printed in self.printed.items():
            paths = [self.exported(name, kind)]
            if kind == "safetensors":
                paths.append(paths[0].with_suffix(".py"))
            *lines, difference = printed.splitlines()
            self.assertEqual(lines, [str(path) for path in paths])
            match = re.fullmatch(r"largest difference of logits (\S+), 8 pictures", difference)
            self.assertLessEqual(float(match[1]), EXACT)
        output = self.folder / "m.onnx"
        result = catdog("export", "--model", self.model("odd"), "--format", "onnx", "-o", output,
                        "--json")
        printed = json.loads(result.stdout)
        self.assertEqual(printed["files"], [str(output)])
        self.assertEqual((printed["format"], printed["pictures"]), ("onnx", 8))
        self.assertEqual(printed["digest"], self.digest("odd"))
        self.assertLessEqual(printed["largest_difference"], EXACT)
        self.assertEqual(output.read_bytes(), self.exported("odd", "onnx").read_bytes())

    def test_onnx_is_valid_and_says_what_it_is(self):
        onnx, = packages("onnx")
        for name in CONFIGS:
            with self.subTest(name):
                model = onnx.load(self.exported(name, "onnx"))
                onnx.checker.check_model(model, full_check=True)
                self.assertEqual(model.ir_version, 7)
                self.assertEqual([(one.domain, one.version) for one in model.opset_import],
                                 [("", 13)])
                self.expect_description(
                    name, {one.key: one.value for one in model.metadata_props})

    def test_onnxruntime(self):
        onnxruntime, = packages("onnxruntime")
        for name in CONFIGS:
            session = onnxruntime.InferenceSession(self.exported(name, "onnx"))
            size = self.size[name]
            self.assertEqual([(one.name, one.type, one.shape) for one in session.get_inputs()],
                             [("pictures", "tensor(uint8)", ["N", size, size, 3])])
            self.assertEqual([(one.name, one.shape) for one in session.get_outputs()],
                             [("logits", ["N"]), ("probabilities", ["N", 2])])
            for pictures in self.batches(name):
                with self.subTest(name, pictures=len(pictures)):
                    self.expect_same(name, session.run(None, {"pictures": pictures}), pictures)

    def test_opencv(self):
        cv2, = packages("cv2")
        for name in CONFIGS:
            net = cv2.dnn.readNetFromONNX(str(self.exported(name, "onnx")))
            for pictures in self.batches(name):
                with self.subTest(name, pictures=len(pictures)):
                    net.setInput(pictures, "pictures")
                    logits, probabilities = net.forward(["logits", "probabilities"])
                    # OpenCV 4 keeps arrays of one dimension as columns.
                    self.expect_same(name, (logits.reshape(-1), probabilities), pictures)

    def test_torchscript(self):
        torch, = packages("torch")
        for name in CONFIGS:
            extra = {key: "" for key in ("classes", "image_size", "resize", "config", "digest",
                                         "catdog_version")}
            network = torch.jit.load(self.exported(name, "torchscript"), _extra_files=extra)
            self.expect_description(
                name, {key: text if isinstance(text, str) else text.decode()
                       for key, text in extra.items()})
            self.assertFalse(network.training)
            weights = torch.load(self.model(name), weights_only=True)
            del weights["catdog"]
            state = network.state_dict()
            self.assertEqual(sorted(state), sorted(weights))
            self.assertTrue(all(torch.equal(state[key], weights[key]) for key in weights))
            for pictures in self.batches(name):
                with self.subTest(name, pictures=len(pictures)):
                    outputs = network(torch.from_numpy(pictures))
                    self.expect_same(name, [one.numpy() for one in outputs], pictures)

    def test_torchscript_drops_out_in_training_only(self):
        torch, = packages("torch")
        for name, drops in (("default", True), ("no_dropout", False)):
            network = torch.jit.load(self.exported(name, "torchscript"))
            pictures = torch.from_numpy(self.seen(name)[:4])
            self.assertTrue(torch.equal(network(pictures)[0], network(pictures)[0]))
            network.train()
            self.assertNotEqual(torch.equal(network(pictures)[0], network(pictures)[0]), drops)

    def test_safetensors(self):
        torch, safetensors, by_numpy, by_torch = packages("torch", "safetensors",
                                                          "safetensors.numpy", "safetensors.torch")
        for name in CONFIGS:
            with self.subTest(name):
                path = self.exported(name, "safetensors")
                weights = torch.load(self.model(name), weights_only=True)
                del weights["catdog"]
                for opened in (by_torch.load_file(path), by_numpy.load_file(path)):
                    self.assertEqual(sorted(opened), sorted(weights))
                    for key, tensor in weights.items():
                        self.assertTrue(torch.equal(torch.as_tensor(opened[key]), tensor), key)
                with safetensors.safe_open(path, framework="pt") as file:
                    self.expect_description(name, file.metadata())
                    self.assertEqual(file.metadata()["format"], "pt")
                length, = struct.unpack("<Q", path.read_bytes()[:8])
                self.assertEqual(length % 8, 0)

    def load_module(self, name):
        packages("torch", "numpy", "PIL.Image", "safetensors")
        path = self.exported(name, "safetensors").with_suffix(".py")
        spec = importlib.util.spec_from_file_location(f"exported_{name}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def test_python_module_sees_the_same_pixels(self):
        np, = packages("numpy")
        for name in CONFIGS:
            module = self.load_module(name)
            decoded = self.seen(name)
            paths = self.validation_files()
            self.assertEqual(len(paths), len(decoded))
            for path, picture in zip(paths, decoded):
                with self.subTest(name, picture=path.name):
                    self.assertTrue(np.array_equal(module.read_picture(path), picture))

    def test_python_module_resizes_as_pillow(self):
        """The indices against those that Pillow gave: tests/data/resize_golden.json."""
        module = self.load_module("default")
        np, = packages("numpy")
        golden = pathlib.Path(__file__).with_name("data") / "resize_golden.json"
        for case in json.loads(golden.read_text()):
            module.SIZE = case["out"]
            self.assertEqual(module.nearest(case["in"]).tolist(),
                             np.cumsum(case["steps"]).tolist(), (case["in"], case["out"]))

    def test_python_module_resizes_as_the_program(self):
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
            content = (data / ".catdog-cache/validation.pixels").read_bytes()
            module = self.load_module(name)
            paths = [data / "validation" / kind / f"{number}.png"
                     for kind in ("cats", "dogs") for number in range(len(sizes) // 2)]
            pixels = np.frombuffer(content[256 + 128 * len(paths):], np.uint8)
            pixels = pixels.reshape(len(paths), module.SIZE, module.SIZE, 3)
            for path, picture in zip(paths, pixels):
                with self.subTest(name, picture=path.name):
                    self.assertTrue(np.array_equal(module.read_picture(path), picture))

    def test_python_module_computes_the_same(self):
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
        packages("torch", "numpy", "PIL.Image", "safetensors")
        script = (model or self.exported(name, "safetensors")).with_suffix(".py")
        environment = dict(os.environ, PYTHONPATH=os.environ["CATDOG_TEST_PACKAGES"])
        return subprocess.run([sys.executable, script, *map(str, arguments)], env=environment,
                              capture_output=True, text=True, timeout=300)

    def test_python_module_as_a_script(self):
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

    def test_python_module_as_a_script_refuses(self):
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

    def refused(self, code, *arguments, texts):
        before = files(self.folder)
        result = catdog("export", *arguments)
        self.expect(result, code, *texts)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertEqual(files(self.folder), before)

    def test_refusals(self):
        model = self.model("odd")
        to = self.folder / "m.onnx"
        self.refused(2, "--format", "onnx", texts=["--model is required"])
        self.refused(2, "--model", model, texts=["--format is required"])
        self.refused(2, "--model", model, "--format", "gif", "-o", to,
                     texts=["--format", "gif", "onnx", "safetensors", "torchscript"])
        self.refused(4, "--model", self.folder / "none.pt", "--format", "onnx", "-o", to,
                     texts=["none.pt", "No such file"])
        damaged = self.folder / "damaged.pt"
        content = bytearray(model.read_bytes())
        content[len(content) // 2] ^= 4
        damaged.write_bytes(content)
        for kind in ENDINGS:
            self.refused(4, "--model", damaged, "--format", kind,
                         texts=["damaged.pt: damaged: its content does not match its SHA-256"])

    def test_nothing_is_overwritten(self):
        model = self.model("odd")
        for kind in ENDINGS:
            self.refused(2, "--model", model, "--format", kind,
                         texts=[f"{self.exported('odd', kind)}: exists already", "-o"])
        self.refused(2, "--model", model, "--format", "onnx", "-o", self.folder,
                     texts=[f"{self.folder}: exists already", "-o"])
        mine = self.folder / "mine.py"
        mine.write_text("mine")
        self.refused(2, "--model", model, "--format", "safetensors", "-o",
                     self.folder / "mine.safetensors", texts=["mine.py: exists already", "-o"])
        self.refused(2, "--model", model, "--format", "safetensors", "-o", self.folder / "new.py",
                     texts=["new.py", "-o"])

    def test_a_folder_that_cannot_be_written_to(self):
        for kind, output in (("onnx", self.folder / "none/m.out"), ("safetensors", "/proc/m.out")):
            self.refused(1, "--model", self.model("odd"), "--format", kind, "-o", output,
                         texts=[f"cannot write {output}", "No such file"])


if __name__ == "__main__":
    unittest.main()
