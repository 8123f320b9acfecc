# SPDX-License-Identifier: Apache-2.0
"""A residual network of three classes with every augmentation, through all that is done with a model."""
import importlib.util
import json
import math
import subprocess
import sys
import unittest

from command_support import CommandTest, catdog, packages

SIDE = 37
SETTINGS = ["--set", "model.architecture=resnet", "--set", "model.filters=[8,16,24]", "--set",
            "model.blocks=2", "--set", "model.stochastic_depth=0.1", "--set",
            f"data.image_size={SIDE}", "--set", "optimizer.name=adamw", "--set",
            "train.average=0.9", "--set", "augment.cutmix_alpha=1", "--set",
            "augment.crop_area=[0.5,1]", "--set", "augment.saturation_range=[0.7,1.3]",
            "--batch-size", "8", "--lr", "1e-3", "--seed", "1", "--epochs", "2"]
EXACT = 1e-5


class Networks(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.three = cls.shared / "three"
        assert catdog("synth", cls.shared / "drawn", "--classes", 3, "--per-class", 20, "--size",
                      48).returncode == 0
        assert catdog("split", cls.shared / "drawn", cls.three, "--train", 12, "--validation", 4,
                      "--test", 4).returncode == 0
        result = catdog("train", "--data", cls.three, "--runs", cls.shared / "runs", "--name",
                        "three", *SETTINGS)
        assert result.returncode == 0, result.stderr
        cls.model = cls.shared / "runs/three/model.pt"

    def printed(self, *arguments):
        result = catdog(*arguments)
        self.expect(result, 0)
        return result.stdout

    def test_eval(self):
        result = json.loads(self.printed("eval", "--model", self.model, "--json"))
        self.assertEqual(result["classes"], ["cat", "dog", "rabbit"])
        self.assertEqual([sum(row) for row in result["confusion"]], [4, 4, 4])
        both = json.loads(self.printed("eval", "--model", self.model, "--tta", "--json"))
        self.assertNotEqual(both["loss"], result["loss"])
        self.expect(catdog("predict", "--model", self.model, self.three, "--threshold", "0.4"), 2,
                    "--threshold 0.4: is for models of two classes; this one tells 3 apart")

    def test_summary(self):
        text = self.printed("summary", "--config", self.model.parent / "config.json", "--classes", 3)
        self.assertIn("dense_1 (Dense)              (None, 3)", text)
        self.assertIn("add_6 (Add)", text)
        self.assertNotIn("Non-trainable params: 0\n", text)

    def predicted(self):
        lines = self.printed("predict", "--model", self.model, self.three / "test", "--precision",
                             "fp32", "--json").splitlines()
        return [json.loads(line) for line in lines]

    def test_one_answer_in_every_format(self):
        np, torch, onnxruntime = packages("numpy", "torch", "onnxruntime")
        packages("safetensors", "PIL")
        predicted = self.predicted()
        self.assertEqual(len(predicted), 12)
        ours = np.array([[p["probabilities"][name] for name in ("cat", "dog", "rabbit")]
                         for p in predicted])
        self.assertLess(np.abs(ours.sum(1) - 1).max(), 1e-6)
        for p in predicted:
            self.assertEqual(p["probabilities"][p["predicted"]], max(p["probabilities"].values()))
        for kind in ("onnx", "safetensors", "torchscript"):
            self.printed("export", "--model", self.model, "--format", kind)

        module_file = self.model.with_suffix(".py")
        spec = importlib.util.spec_from_file_location("exported", module_file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        pictures = torch.from_numpy(np.stack([
            module.read_image(p["file"], module.SIZE, module.RESIZE) for p in predicted]))
        network = module.load()
        with torch.no_grad():
            logits, probabilities = network(pictures)
            script = torch.jit.load(str(self.model.with_suffix(".torchscript.pt")))
            of_script = script(pictures)
        session = onnxruntime.InferenceSession(str(self.model.with_suffix(".onnx")))
        of_onnx = session.run(["logits", "probabilities"], {"pictures": pictures.numpy()})
        self.assertEqual(tuple(logits.shape), (12, 3))
        self.assertEqual(tuple(probabilities.shape), (12, 3))
        for theirs in (probabilities.numpy(), of_script[1].numpy(), of_onnx[1]):
            self.assertLess(np.abs(ours - theirs).max(), EXACT)
        for theirs in (of_script[0].numpy(), of_onnx[0]):
            self.assertLess(np.abs(logits.numpy() - theirs).max(), EXACT)
        # In training mode it is a network to go on with.
        network.train()
        loss = network(pictures)[0].logsumexp(1).mean()
        loss.backward()
        self.assertTrue(all(math.isfinite(weight.grad.norm()) for weight in network.parameters()))

    def test_explain(self):
        self.printed("predict", "--model", self.model, self.three / "test/rabbit", "--explain",
                     self.folder / "why")
        self.assertEqual(len(list((self.folder / "why").iterdir())), 4)

    def test_report_and_runs(self):
        self.assertTrue((self.model.parent / "report.html").exists())
        self.assertIn("rabbit", (self.model.parent / "report.html").read_text())
        self.assertIn("three", self.printed("runs", self.shared / "runs"))

    def test_the_module_runs_by_itself(self):
        packages("torch", "safetensors", "PIL")
        if not self.model.with_suffix(".py").exists():
            self.printed("export", "--model", self.model, "--format", "safetensors")
        picture = next((self.three / "test/cat").iterdir())
        result = subprocess.run([sys.executable, self.model.with_suffix(".py"), picture],
                                capture_output=True, text=True, check=False,
                                env={"PYTHONPATH": sys.path[0] + ":" + ":".join(sys.path)})
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r": (cat|dog|rabbit) 0\.\d{4}\n")


if __name__ == "__main__":
    unittest.main()
