# SPDX-License-Identifier: Apache-2.0
"""catdog eval beyond its accuracy: figures against those computed here from the saved predictions,
two models on the same pictures, and pictures that the model was trained on.
"""
import csv
import json
import math
import shutil
import unittest

from command_support import CommandTest, catdog


def binomial_p(fewer, count):
    """Two-sided, of a fair coin."""
    tail = sum(math.comb(count, i) for i in range(fewer + 1)) / 2**count
    return min(1, 2 * tail)


class Eval(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("a", "b"):
            result = catdog("train", "--data", cls.data, "--epochs", 2, "--name", name,
                            "--batch-size", 8, "--lr", 1e-3, "--seed", ord(name),
                            "--precision", "fp32", cwd=cls.shared)
            assert result.returncode == 0, result.stderr
        cls.a, cls.b = (cls.shared / f"runs/{name}/model.pt" for name in ("a", "b"))

    def saved(self, model, *arguments):
        """The rows of --save-predictions: (true, predicted, probability of dogs)."""
        file = self.folder / "saved.csv"
        result = catdog("eval", "--model", model, "--save-predictions", file, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(file, newline="") as lines:
            return [(row["true"], row["predicted"], float(row["p(dogs)"])) for row in csv.DictReader(lines)]

    def test_figures_are_those_of_the_saved_predictions(self):
        rows = self.saved(self.a)
        result = json.loads(catdog("eval", "--model", self.a, "--json").stdout)
        self.assertEqual(result["n"], len(rows))
        self.assertAlmostEqual(result["accuracy"], sum(t == p for t, p, _ in rows) / len(rows))
        pairs = [(d, c) for t, _, d in rows if t == "dogs" for u, _, c in rows if u == "cats"]
        ranked = sum(1 if d > c else 0.5 if d == c else 0 for d, c in pairs)
        self.assertAlmostEqual(result["roc_auc"], ranked / len(pairs), places=6)
        for name in ("cats", "dogs"):
            hits = sum(t == p == name for t, p, _ in rows)
            predicted = sum(p == name for _, p, _ in rows)
            present = sum(t == name for t, _, _ in rows)
            figures = result["by_class"][name]
            self.assertAlmostEqual(figures["precision"], hits / predicted if predicted else 0)
            self.assertAlmostEqual(figures["recall"], hits / present)
            self.assertAlmostEqual(figures["f1"], 2 * hits / (predicted + present))
        bins = {}
        for true, predicted, dogs in rows:
            confidence = dogs if predicted == "dogs" else 1 - dogs
            bins.setdefault(math.ceil(confidence * 15), []).append((true == predicted, confidence))
        error = sum(abs(sum(hit - c for hit, c in inside)) for inside in bins.values()) / len(rows)
        self.assertAlmostEqual(result["calibration"]["error"], error, places=6)

    def test_threshold_and_temperature_come_from_validation(self):
        def figures(rows, threshold, temperature):
            right = loss = 0
            for true, _, dogs in rows:
                right += (dogs > threshold) == (true == "dogs")
                logit = math.log(dogs / (1 - dogs)) / temperature
                loss += math.log1p(math.exp(-logit if true == "dogs" else logit))
            return right, loss

        chosen = json.loads(catdog("eval", "--model", self.a, "--json").stdout)["calibration"]
        rows = self.saved(self.a, "--split", "validation")
        best_right, best_loss = figures(rows, chosen["threshold"], chosen["temperature"])
        for step in range(1, 100):
            self.assertLessEqual(figures(rows, step / 100, 1)[0], best_right)
            self.assertGreaterEqual(figures(rows, .5, math.exp((step - 50) / 12.5))[1],
                                    best_loss - 1e-6)
        on_test = self.saved(self.a)
        self.assertAlmostEqual(chosen["accuracy_at_threshold"] * len(on_test),
                               figures(on_test, chosen["threshold"], 1)[0])

    def test_a_run_keeps_its_models_predictions_of_validation(self):
        self.saved(self.a, "--split", "validation")
        self.assertEqual((self.folder / "saved.csv").read_text(),
                         (self.shared / "runs/a/predictions/validation.csv").read_text())

    def test_two_models_are_compared_on_the_same_pictures(self):
        first, second = self.saved(self.a), self.saved(self.b)
        only = [0, 0]
        for (true, p, _), (_, q, _) in zip(first, second):
            only[0] += p == true != q
            only[1] += q == true != p
        result = catdog("eval", "--compare", self.a, self.b, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        compared = json.loads(result.stdout)
        self.assertEqual([model["alone_right"] for model in compared["models"]], only)
        self.assertAlmostEqual(compared["p_value"], binomial_p(min(only), sum(only)))
        text = catdog("eval", "--compare", self.a, self.b).stdout
        self.assertIn("McNemar's exact test", text)
        self.assertIn("The difference cannot be told from chance." if compared["p_value"] >= .05
                      else "is better: such a difference is hardly chance.", text)
        same = json.loads(catdog("eval", "--compare", self.a, self.a, "--json").stdout)
        self.assertEqual(same["p_value"], 1)

    def test_pictures_that_were_trained_on_are_pointed_out(self):
        result = catdog("eval", "--model", self.a)
        self.assertNotIn("warning", result.stderr)
        data = self.folder / "data"
        shutil.copytree(self.data, data)
        shutil.copy(self.data / "train/dogs/dog.3.jpg", data / "test/dogs/renamed.jpg")
        result = catdog("eval", "--model", self.a, "--data", data)
        self.assertIn("warning: the model was trained on 1 of these 17 pictures, as ", result.stderr)
        self.assertIn("renamed.jpg", result.stderr)
        counted = json.loads(catdog("eval", "--model", self.a, "--data", data, "--json").stdout)
        self.assertEqual(counted["trained_on"], 1)

    def test_few_pictures_get_a_note(self):
        self.assertIn("Note: 16 pictures are few.", catdog("eval", "--model", self.a).stdout)

    def test_refusals(self):
        self.expect(catdog("eval"), 2, "--model is required, or --compare with two model files")
        self.expect(catdog("eval", "--compare", self.a), 2, "--compare")
        self.expect(catdog("eval", "--compare", self.a, self.b, "--min-accuracy", 0.5), 2, "excludes")
        self.expect(catdog("eval", "--compare", self.a, self.folder / "x.pt"), 4, "x.pt")
        self.expect(catdog("eval", "--model", self.a, "--save-predictions", "/nonexistent/p.csv"), 1,
                    "/nonexistent/p.csv")
        other = self.folder / "other"
        shutil.copytree(self.data, other)
        (other / "test/dogs/dog.39.jpg").unlink()
        result = catdog("train", "--data", other, "--epochs", 1, "--name", "c", "--batch-size", 8,
                        cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.expect(catdog("eval", "--compare", self.a, self.folder / "runs/c/model.pt"), 3,
                    "are not judged on the same pictures: only the first has \"dogs/dog.39.jpg\"; --data "
                    "names one folder")


if __name__ == "__main__":
    unittest.main()
