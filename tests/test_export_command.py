# SPDX-License-Identifier: Apache-2.0
"""catdog export: other programs open what it writes and say of pictures what the network says.

The judge is PyTorch with the model file's own weights, on the pixels that catdog itself decoded and
resized.
"""
import json
import re
import struct
import unittest

from command_support import catdog, files, packages
from export_support import CONFIGS, ENDINGS, EXACT, ExportedTest


class Export(ExportedTest):
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
