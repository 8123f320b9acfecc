# SPDX-License-Identifier: Apache-2.0
"""catdog train --seeds and --folds, and catdog eval with several models."""
import csv
import json
import statistics
import unittest

from command_support import CommandTest, catdog, files

SMALL = ["--set", "data.image_size=32", "--set", "model.filters=[8,16]", "--set",
         "model.dense_units=16", "--batch-size", "8", "--lr", "1e-3", "--epochs", "2"]


class Series(CommandTest):
    def train(self, *arguments, settings=()):
        return catdog("train", *SMALL, "--data", self.data, "--runs", self.folder, *arguments,
                      *settings)

    def kept(self, name):
        with open(self.folder / name / "metrics.csv") as file:
            return max(float(row["val_acc"]) for row in csv.DictReader(file))

    def test_seeds(self):
        result = self.train("--name", "s", "--seed", 5, "--seeds", 3)
        self.expect(result, 0)
        names = ["s-seed5", "s-seed6", "s-seed7"]
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), names)
        table = [line.split() for line in result.stdout.splitlines()[-6:]]
        self.assertEqual(table[0], ["run", "epoch", "val_loss", "val_acc"])
        self.assertEqual([row[0] for row in table[1:4]], names)
        accuracies = [self.kept(name) for name in names]
        for row, accuracy in zip(table[1:4], accuracies):
            self.assertAlmostEqual(float(row[-1]), accuracy, delta=5e-5)
        self.assertAlmostEqual(float(table[4][-1]), statistics.mean(accuracies), delta=1e-4)
        self.assertAlmostEqual(float(table[5][-1]), statistics.stdev(accuracies), delta=1e-4)

        # Each is the run that its seed alone makes.
        self.expect(self.train("--name", "alone", "--seed", 6), 0)
        self.assertEqual((self.folder / "alone/weights/last.pt").read_bytes(),
                         (self.folder / "s-seed6/weights/last.pt").read_bytes())

        # The same again goes on with what is missing, and leaves the rest.
        before = files(self.folder / "s-seed5")
        (self.folder / "s-seed7").rename(self.folder / "kept")
        again = self.train("--name", "s", "--seed", 5, "--seeds", 3)
        self.expect(again, 0, "s-seed5 is done already")
        self.assertEqual(files(self.folder / "s-seed5"), before)
        self.assertEqual((self.folder / "kept/weights/last.pt").read_bytes(),
                         (self.folder / "s-seed7/weights/last.pt").read_bytes())
        self.expect(self.train("--name", "s", "--seed", 5, "--seeds", 3, "--lr", "2e-3"), 2,
                    "s-seed5: is a run with another optimizer.lr; --name gives the series a new name")

        # Together they answer by the mean of their probabilities.
        models = [self.folder / name / "model.pt" for name in names]
        several = [word for model in models for word in ("--model", model)]
        result = catdog("eval", *several, "--json", "--save-predictions", self.folder / "all.csv")
        self.expect(result, 0)
        self.assertEqual(json.loads(result.stdout)["models"], 3)
        shares = []
        for model in models:
            self.expect(catdog("eval", "--model", model, "--save-predictions",
                               model.with_suffix(".csv")), 0)
            with open(model.with_suffix(".csv")) as file:
                shares.append([float(row["p(dogs)"]) for row in csv.DictReader(file)])
        with open(self.folder / "all.csv") as file:
            together = [float(row["p(dogs)"]) for row in csv.DictReader(file)]
        for mean, each in zip(together, zip(*shares)):
            self.assertAlmostEqual(mean, statistics.mean(each), delta=1e-6)
        text = catdog("eval", *several).stdout
        self.assertIn("the mean of 3 models", text)
        self.assertNotIn("temperature", text)

    def test_folds(self):
        result = self.train("--name", "f", "--folds", 4)
        self.expect(result, 0)
        judged = []
        for fold in range(1, 5):
            with open(self.folder / f"f-fold{fold}/predictions/validation.csv") as file:
                names = [row["file"] for row in csv.DictReader(file)]
            self.assertEqual(len(names), 16)  # of 2 × (24 + 8)
            judged += names
        self.assertEqual(len(set(judged)), 64)
        self.assertIn("f-fold4", result.stdout)
        self.expect(self.train("--folds", 2, "--seeds", 2), 2)
        self.expect(self.train(settings=("--set", "data.folds=3", "--set", "data.fold=4")), 2,
                    "data.fold = 4: there are 3 folds")
        self.expect(self.train("--name", "many", "--folds", 40), 3,
                    "32 pictures of cats cannot be dealt out into 40 folds")


if __name__ == "__main__":
    unittest.main()
