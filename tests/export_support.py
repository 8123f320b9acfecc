# SPDX-License-Identifier: Apache-2.0
"""Small models of several configs, exported, and what PyTorch says of pictures by their weights.

Whether onnx, onnxruntime, OpenCV and safetensors are here: scripts/setup --tests.
"""
import hashlib
import json
import re

from command_support import CommandTest, catdog, packages

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


def cached_pixels(data, size):
    """The validation pictures as catdog decoded and resized them, from its cache."""
    content = (data / ".catdog-cache/validation.pixels").read_bytes()
    count = sum(1 for path in (data / "validation").rglob("*") if path.suffix in (".jpg", ".png"))
    start = len(content) - count * size * size * 3
    assert start == 256 + count * 128, "the cache is of another layout"
    return content[start:]


class ExportedTest(CommandTest):
    NAMES = tuple(CONFIGS)  # the models
    KINDS = tuple(ENDINGS)  # each model is exported as

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.size, cls.pixels, cls.printed = {}, {}, {}
        for name in cls.NAMES:
            result = catdog("train", "--data", cls.data, "--runs", cls.shared / "runs", "--name",
                            name, *COMMON, *CONFIGS[name])
            assert result.returncode == 0, result.stderr
            cls.size[name] = json.loads(
                (cls.model(name).parent / "config.json").read_text())["data"]["image_size"]
            cls.pixels[name] = cached_pixels(cls.data, cls.size[name])
            for kind in cls.KINDS:
                result = catdog("export", "--model", cls.model(name), "--format", kind)
                assert result.returncode == 0, result.stderr
                cls.printed[name, kind] = result.stdout

    @classmethod
    def model(cls, name):
        return cls.shared / "runs" / name / "model.pt"

    @classmethod
    def exported(cls, name, kind):
        return cls.model(name).with_suffix("." + ENDINGS[kind])

    def seen(self, name):
        np, = packages("numpy")
        size = self.size[name]
        return np.frombuffer(self.pixels[name], np.uint8).reshape(-1, size, size, 3).copy()

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
