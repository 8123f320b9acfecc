# SPDX-License-Identifier: Apache-2.0
"""Model files: Python opens them too; one that cannot be used is one line that names file and fault,
and exit code 4.
"""
import json
import os
import random
import shutil
import unittest
import zipfile

from command_support import catdog, packages
from interruption_support import InterruptionTest


class ModelFiles(InterruptionTest):
    def test_python_opens_it_with_its_safe_default(self):
        torch, = packages("torch")
        model = self.whole / "model.pt"
        content = torch.load(model)  # weights_only=True
        about = json.loads(content.pop("catdog"))
        self.assertEqual(about["classes"], ["cats", "dogs"])
        self.assertEqual(about["config"]["data"]["image_size"], 32)
        self.assertEqual({name: tuple(tensor.shape) for name, tensor in content.items()},
                         {"conv1.weight": (8, 3, 3, 3), "conv1.bias": (8,),
                          "conv2.weight": (16, 8, 3, 3), "conv2.bias": (16,),
                          "dense1.weight": (16, 576), "dense1.bias": (16,),
                          "dense2.weight": (1, 16), "dense2.bias": (1,)})
        # The numbers are those of the records beside the pickle, which catdog reads.
        with zipfile.ZipFile(model) as file:
            table = json.loads(file.read("archive/catdog.json"))["tensors"]
            for number, (name, kind, _) in enumerate(table):
                self.assertEqual(kind, "float32")
                self.assertEqual(content[name].numpy().tobytes(),
                                 file.read(f"archive/data/{number}"), name)

    def test_python_opens_a_checkpoint(self):
        torch, = packages("torch")
        checkpoint = max((self.whole / "checkpoints").glob("*.pt"))
        content = torch.load(checkpoint)
        about = json.loads(content.pop("catdog"))
        self.assertEqual(about["format"], "catdog-checkpoint-1")
        self.assertEqual({name for name in content if name.endswith("conv1.bias")},
                         {"model.conv1.bias", "optimizer.mean_square.conv1.bias",
                          "best.conv1.bias"})

    def refused(self, path, *texts):
        result = catdog("eval", "--model", path, "--data", self.data)
        self.expect(result, 4, *texts)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn(path.name, result.stderr)

    def test_damage(self):
        whole = (self.whole / "model.pt").read_bytes()
        path = self.folder / "damaged.pt"
        numbers = random.Random(1)
        for _ in range(4):
            content = bytearray(whole)
            bit = numbers.randrange(8 * len(whole))
            content[bit // 8] ^= 1 << bit % 8
            path.write_bytes(content)
            self.refused(path)
            path.write_bytes(whole[:numbers.randrange(len(whole))])
            self.refused(path)

    def test_other_files(self):
        path = self.folder / "other.pt"
        path.write_text("a text")
        self.refused(path, "not a catdog model file")
        path.write_bytes(b"")
        self.refused(path, "not a catdog model file")
        path.unlink()
        self.refused(path, "No such file or directory")
        path.mkdir()
        self.refused(path)
        path.rmdir()
        os.mkfifo(path)  # must not be waited for
        self.refused(path)
        path.unlink()
        with zipfile.ZipFile(path, "w") as file:  # as torch.jit.save lays it out
            file.writestr("m/constants.pkl", b"\x80\x02).")
            file.writestr("m/code/__torch__.py", "class M(Module):\n  pass\n")
            file.writestr("m/version", "3\n")
        self.refused(path, "truncated, or not written by catdog")
        shutil.copy(next(self.whole.glob("checkpoints/*.pt")), path)
        self.refused(path, 'has the format "catdog-checkpoint-1"')

    def test_other_classes(self):
        data = self.folder / "data"
        shutil.copytree(self.data / "test", data / "test")
        (data / "test/dogs").rename(data / "test/wolves")
        result = catdog("eval", "--model", self.whole / "model.pt", "--data", data)
        self.expect(result, 4, 'only the model has "dogs"; only the folder has "wolves"')


if __name__ == "__main__":
    unittest.main()
