# SPDX-License-Identifier: Apache-2.0
"""Model files that cannot be used: each is one line that names file and fault, and exit code 4."""
import os
import random
import shutil
import unittest
import zipfile

from command_support import catdog
from interruption_support import InterruptionTest


class ModelFiles(InterruptionTest):
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
        self.expect(result, 4, "tells cats and dogs apart, but", "holds cats and wolves")


if __name__ == "__main__":
    unittest.main()
