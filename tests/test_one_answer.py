# SPDX-License-Identifier: Apache-2.0
"""One model, 200 pictures, five ways to its answer: predict, eval, report, export, and plain PyTorch
in Python on the weights. In 32-bit floats they agree to 1e-5.
"""
import csv
import html.parser
import json
import math
import unittest

from command_support import CommandTest, catdog, packages


class Cells(html.parser.HTMLParser):
    """The texts of a page, in order."""

    def __init__(self, page):
        super().__init__()
        self.texts = []
        self.feed(page)

    def handle_data(self, data):
        self.texts.append(data.strip())


class OneAnswer(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        pictures, cls.data = cls.shared / "more", cls.shared / "data-200"
        for command in (["synth", pictures, "--per-class", 140, "--size", 60],
                        ["split", pictures, cls.data, "--train", 20, "--validation", 20, "--test", 100],
                        ["train", "--data", cls.data, "--epochs", 3, "--name", "a", "--batch-size", 8,
                         "--lr", 1e-3, "--precision", "fp32", "--set", "data.image_size=50",
                         "--set", "model.filters=[8,16]", "--runs", cls.shared / "runs"]):
            result = catdog(*command)
            assert result.returncode == 0, result.stderr
        cls.run_folder = cls.shared / "runs/a"
        cls.model = cls.run_folder / "model.pt"
        cls.files = sorted((cls.data / "test").rglob("*.jpg"))
        rows = [json.loads(line) for line in
                catdog("predict", "--model", cls.model, "--json", cls.data / "test").stdout.splitlines()]
        assert [row["file"] for row in rows] == [str(file) for file in cls.files]
        cls.expected = [row["probabilities"]["dogs"] for row in rows]

    def expect_same(self, probabilities):
        self.assertEqual(len(probabilities), 200)
        for file, ours, theirs in zip(self.files, self.expected, probabilities):
            self.assertAlmostEqual(ours, theirs, delta=1e-5, msg=file)

    def pixels(self):
        """All pictures as the network is to see them, (200, 50, 50, 3) bytes: Pillow's nearest."""
        numpy, image = packages("numpy", "PIL.Image")
        return numpy.stack([numpy.asarray(image.open(file).convert("RGB").resize(
            (50, 50), image.Resampling.NEAREST)) for file in self.files])

    def test_eval(self):
        saved = self.run_folder / "predictions/test.csv"
        result = catdog("eval", "--model", self.model, "--save-predictions", saved, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(saved, newline="") as lines:
            self.expect_same([float(row["p(dogs)"]) for row in csv.DictReader(lines)])
        loss = sum(-math.log(p if "/dogs/" in str(file) else 1 - p)
                   for file, p in zip(self.files, self.expected)) / 200
        self.assertAlmostEqual(json.loads(result.stdout)["loss"], loss, delta=1e-5)

    def test_report(self):
        self.test_eval()
        page = self.folder / "page.html"
        self.assertEqual(catdog("report", self.run_folder, "-o", page).returncode, 0)
        judged = json.loads(catdog("eval", "--model", self.model, "--json").stdout)
        texts = " ".join(Cells(page.read_text()).texts)
        self.assertIn(f"{judged['loss']:.4f}", texts)
        self.assertIn(f"{100 * judged['accuracy']:.2f}", texts)

    def test_onnx(self):
        _, onnxruntime = packages("numpy", "onnxruntime")
        exported = self.folder / "m.onnx"
        result = catdog("export", "--model", self.model, "--format", "onnx", "-o", exported)
        self.assertEqual(result.returncode, 0, result.stderr)
        session = onnxruntime.InferenceSession(str(exported), providers=["CPUExecutionProvider"])
        outputs = session.run(["probabilities"], {session.get_inputs()[0].name: self.pixels()})
        self.expect_same([float(row[1]) for row in outputs[0]])

    def test_pytorch(self):
        (torch,) = packages("torch")
        f = torch.nn.functional
        w = torch.load(self.model, weights_only=True)
        x = torch.from_numpy(self.pixels()).permute(0, 3, 1, 2) / 255
        for stage in ("conv1", "conv2"):
            x = f.max_pool2d(f.relu(f.conv2d(x, w[f"{stage}.weight"], w[f"{stage}.bias"])), 2)
        x = f.relu(f.linear(x.flatten(1), w["dense1.weight"], w["dense1.bias"]))
        logits = f.linear(x, w["dense2.weight"], w["dense2.bias"]).squeeze(1)
        self.expect_same(torch.sigmoid(logits).tolist())


if __name__ == "__main__":
    unittest.main()
