# SPDX-License-Identifier: Apache-2.0
"""What the network learns, in minutes: drawn pictures by heart, and real ones as the book has it.

The real pictures are looked for in the folder that CATDOG_PICTURES names, else in data/train; the
test that needs them is skipped where there are none. Reads the program's path from CATDOG.
"""
import csv
import os
import pathlib
import subprocess
import tempfile
import unittest

CATDOG = os.environ["CATDOG"]
ROOT = pathlib.Path(__file__).resolve().parent.parent
PICTURES = pathlib.Path(os.environ.get("CATDOG_PICTURES", ROOT / "data/train"))


def run(*arguments):
    subprocess.run([CATDOG, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


class Learning(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="catdog-test.")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def train(self, *arguments):
        """Trains on self.folder / "data"; the rows of metrics.csv, as numbers."""
        run("train", "--config", "baseline", "--data", self.folder / "data", "--runs",
            self.folder / "runs", "--name", "r", *arguments)
        with open(self.folder / "runs/r/metrics.csv", newline="") as file:
            return [{key: float(value) for key, value in row.items()}
                    for row in csv.DictReader(file)]

    def test_drawn_pictures_are_learnt_by_heart(self):
        run("synth", self.folder / "drawn", "--per-class", 200)
        run("split", self.folder / "drawn", self.folder / "data", "--train", 100, "--validation",
            50, "--test", 50)
        rows = self.train("--epochs", 100, "--set", "train.steps_per_epoch=10")[-10:]
        self.assertGreater(max(row["acc"] for row in rows), 0.99)
        # It overfits: what it knows of these pictures, it does not know of others.
        self.assertLess(max(row["val_acc"] for row in rows), 0.9)

    @unittest.skipUnless((PICTURES / "cat.1999.jpg").exists(), "no real pictures here")
    def test_real_pictures_begin_as_in_the_book(self):
        run("split", PICTURES, self.folder / "data", "--symlink")
        rows = self.train("--epochs", 5)
        # The author's fifth epoch: .7335 in training, .6960 in validation.
        self.assertTrue(0.68 < rows[-1]["acc"] < 0.78, rows[-1])
        self.assertTrue(0.62 < rows[-1]["val_acc"] < 0.76, rows[-1])


if __name__ == "__main__":
    unittest.main()
