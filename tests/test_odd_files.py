# SPDX-License-Identifier: Apache-2.0
"""Images, configs and settings as users have them (odd_inputs.py): what each command makes of them."""
import csv
import json
import pathlib
import re
import tempfile
import unittest

from command_support import CommandTest, catdog, files, make_odd_inputs

CASES = ("base", "b12", "b15", "b19", "b20", "b22", "b23", "b24", "b26", "b29", "b31", "b37")
SMALL = ["--set", "data.image_size=48", "--set", "data.resize=area", "--set", "model.filters=[8,16]",
         "--set", "model.dense_units=16"]


class OddFiles(CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.temp = tempfile.TemporaryDirectory(prefix="catdog-test.")
        cls.inputs = pathlib.Path(cls.temp.name, "inputs")
        make_odd_inputs(cls.inputs, *CASES)
        result = cls.train(cls.inputs / "base", cls.inputs / "runs", "--epochs", 1)
        assert result.returncode == 0, result.stderr
        cls.model = cls.inputs / "runs/run/model.pt"

    @classmethod
    def train(cls, data, runs, *options):
        return catdog("train", "--data", data, "--runs", runs, "--name", "run", *SMALL, *options)

    def predicted(self, folder, *options, code=0):
        """What predict says, by the file's name."""
        result = catdog("predict", "--model", self.model, self.inputs / folder, "--json", *options)
        self.expect(result, code)
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        return {pathlib.Path(row["file"]).name: row for row in rows}, result

    def test_names_that_look_alike(self):
        said = {case: self.train(self.inputs / "b12" / case, self.folder / "runs").stderr
                for case in ("unicode", "blank", "many")}
        self.assertIn('only train has "Äpfel" (\\u00c4pfel)', said["unicode"])
        self.assertIn('(A\\u0308pfel)', said["unicode"])
        self.assertIn('only validation has "dogs "', said["blank"])
        self.assertIn('only train has "n00001150"', said["many"])
        self.assertLess(len(said["many"]), 400)

    def test_turned_photographs_are_read_as_stored(self):
        rows, _ = self.predicted("b15/phone")
        self.assertEqual(len(rows), 6)
        findings = json.loads(catdog("check", self.inputs / "b15", "--json").stdout)["findings"]
        self.assertNotIn("unreadable", {one["kind"] for one in findings})

    def test_transparency_and_cmyk(self):
        self.assertEqual(len(self.predicted("b19")[0]), 4)
        rows, _ = self.predicted("b20")
        self.assertEqual(sorted(rows), ["0.jpg", "0.tif", "1.jpg", "1.tif", "2.jpg", "2.tif"])

    def test_cameras_images(self):
        rows, _ = self.predicted("b22")
        self.assertEqual(sorted(rows), ["phone108.jpg", "small.jpg", "studio61.jpg"])
        rows, result = self.predicted("b22", "--decode-mb", 64, code=3)
        self.assertIn("small.jpg", rows)
        self.assertRegex(rows["studio61.jpg"]["error"], r"data\.decode_mb allows 64: --decode-mb \d+")
        wanted = re.search(r"--decode-mb (\d+)", rows["studio61.jpg"]["error"])[1]
        rows, _ = self.predicted("b22", "--decode-mb", wanted)  # as it says
        self.assertIn("predicted", rows["studio61.jpg"])

    def test_a_strip_among_others(self):
        why = self.folder / "why"
        rows, _ = self.predicted("b23", "--explain", why)
        self.assertEqual(len(rows), 4)
        self.assertEqual(sorted(files(why)), ["a_strip.jpg", "b_0.jpg", "b_1.jpg", "b_2.jpg"])

    def test_other_formats_under_a_jpegs_name(self):
        rows, _ = self.predicted("b24", code=3)
        self.assertEqual({name for name, row in rows.items() if "error" in row},
                         {"iphone.jpg", "shop.jpg", "anim.jpg", "gone.jpg", "moving.webp"})
        self.assertIn("predicted", rows["news.jpg"])

    def test_libraries_are_silent(self):
        for arguments in (["predict", "--model", self.model, self.inputs / "b26"],
                          ["check", self.inputs / "b26"],
                          ["split", self.inputs / "b26", self.folder / "split", "--fractions",
                           ".5,.25,.25"]):
            result = catdog(*arguments)
            self.expect(result, 0)
            self.assertNotIn("libpng", result.stderr + result.stdout)

    def test_batch_normalisation_of_one_value(self):
        network = ["--set", "model.architecture=resnet", "--set", "model.filters=[4,4,4,4,4]", "--set",
                   "data.image_size=32", "--set", "model.norm=batch", "--epochs", 1]
        options = ["train", "--data", self.inputs / "b29", "--runs", self.folder / "runs", *network]
        self.expect(catdog(*options, "--batch-size", 1), 2, "train.batch_size", "model.norm")
        self.expect(catdog(*options, "--batch-size", 32), 0)  # the last batch holds one image

    def test_configs_of_other_editors(self):
        shown = catdog("train", "--config", self.inputs / "b31/bom.json", "--print-config")
        self.expect(shown, 0)
        self.assertEqual(json.loads(shown.stdout)["train"]["epochs"], 1)
        self.expect(catdog("train", "--config", self.inputs / "b31/comma.json", "--print-config"), 2,
                    "comma.json", "line 1")

    def test_the_kept_epoch_has_the_lowest_loss_of_the_most_accurate(self):
        for case, epochs in (("b15", 12), ("b37", 6)):
            with self.subTest(case=case):
                runs = self.folder / f"runs-{case}"
                self.expect(self.train(self.inputs / case, runs, "--epochs", epochs), 0)
                with open(runs / "run/metrics.csv", newline="") as table:
                    rows = list(csv.DictReader(table))
                best = max(rows, key=lambda row: (float(row["val_acc"]), -float(row["val_loss"])))
                listed = json.loads(catdog("runs", runs, "--json").stdout)
                listed = listed[0] if isinstance(listed, list) else listed["runs"][0]
                self.assertEqual(listed["best_epoch"], int(best["epoch"]))
                kept = catdog("eval", "--model", runs / "run/model.pt", "--split", "validation", "--json")
                self.assertAlmostEqual(json.loads(kept.stdout)["loss"], float(best["val_loss"]), places=4)


if __name__ == "__main__":
    unittest.main()
