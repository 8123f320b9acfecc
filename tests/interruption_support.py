# SPDX-License-Identifier: Apache-2.0
"""What the tests of interrupted runs share: a small run, how to start and stop it, and what its
folder must hold in the end. How many moments are tried: CATDOG_MOMENTS=many, or few."""
import csv
import hashlib
import os
import re
import subprocess
import time
import zipfile

from command_support import CATDOG, CommandTest, catdog

MANY = os.environ.get("CATDOG_MOMENTS") == "many"
SMALL = ["--set", "data.image_size=32", "--set", "model.filters=[8,16]", "--set",
         "model.dense_units=16", "--batch-size", "5", "--lr", "1e-3", "--seed", "3"]
COMMENT = 14 + 64  # "catdog sha256 " and the digest


def is_whole(path):
    """Whether the digest at the end of a model file or checkpoint is that of what stands before."""
    content = path.read_bytes()
    return content[-64:] == hashlib.sha256(content[:-COMMENT]).hexdigest().encode()


def figures(run):
    """metrics.csv without its two columns of times."""
    return [row[:6] for row in csv.reader((run / "metrics.csv").read_text().splitlines())]


def content(path):
    """A model file's records, without the number of workers, the one thing that may differ, and
    the number that LibTorch derives from all of them."""
    with zipfile.ZipFile(path) as file:
        return {name: re.sub(rb'"workers": ?-?\d+', b'"workers": N', file.read(name))
                for name in file.namelist() if not name.endswith("serialization_id")}


class InterruptionTest(CommandTest):
    """With a run of three epochs that nothing stopped."""
    SETTINGS = SMALL

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        result = catdog("train", *cls.SETTINGS, "--data", cls.data, "--runs", cls.shared / "runs",
                        "--name", "whole", "--epochs", 3, "--workers", 1)
        assert result.returncode == 0, result.stderr
        cls.whole = cls.shared / "runs/whole"

    def start(self, name, *arguments, **keywords):
        """A run like the whole one, in the making, once its folder is there; and that folder."""
        run = self.folder / name
        process = subprocess.Popen(
            [CATDOG, "train", *self.SETTINGS, "--data", str(self.data), "--runs", str(self.folder),
             "--name", name, *map(str, arguments)], stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, **keywords)
        self.wait_for(process, (run / "config.json").exists)
        return process, run

    def wait_for(self, process, condition):
        for _ in range(6000):
            if condition() or process.poll() is not None:
                return
            time.sleep(0.01)
        process.kill()
        self.fail("waited for a minute")

    def resume(self, run, *arguments):
        return catdog("train", "--resume", run, *arguments)

    def expect_whole(self, run, whole=None):
        """All that a run leaves is what the uninterrupted one left."""
        whole = whole or self.whole
        self.assertEqual(figures(run), figures(whole))
        for name in ("model.pt", "weights/best.pt", "weights/last.pt"):
            ours, theirs = content(run / name), content(whole / name)
            self.assertEqual(ours.keys(), theirs.keys(), name)
            different = [record for record in ours if ours[record] != theirs[record]]
            self.assertEqual(different, [], name)
        self.assertEqual(sorted(p.relative_to(run) for p in run.rglob("*.tmp.*")), [])

    def expect_sound(self, run):
        """No file of tensors is damaged; leftovers of writing have names of their own."""
        for path in run.rglob("*.pt"):
            self.assertTrue(is_whole(path), path)
