# SPDX-License-Identifier: Apache-2.0
"""Folders as users have them (odd_inputs.py): what split, check, train, eval and predict make of them."""
import json
import pathlib
import re
import shlex
import shutil
import tempfile
import unittest

from command_support import CommandTest, catdog, make_odd_inputs

CASES = ("base", "b01", "b02", "b04", "b06", "b08", "b10", "b11", "b14", "b21", "b30", "b34")
SMALL = ["--set", "data.image_size=48", "--set", "data.resize=area", "--set", "model.filters=[8,16]",
         "--set", "model.dense_units=16", "--set", "train.steps_per_epoch=2", "--epochs", 1]


class OddFolders(CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.temp = tempfile.TemporaryDirectory(prefix="catdog-test.")
        cls.inputs = pathlib.Path(cls.temp.name, "inputs")
        make_odd_inputs(cls.inputs, *CASES)
        cls.model = cls.trained(cls.inputs / "base", cls.inputs / "runs-base")

    @classmethod
    def train(cls, data, runs, *options):
        return catdog("train", "--data", data, "--runs", runs, "--name", "run", *SMALL, *options)

    @classmethod
    def trained(cls, data, runs):
        result = cls.train(data, runs)
        assert result.returncode == 0, result.stderr
        return runs / "run/model.pt"

    def split(self, source, *options):
        """The split's record, and what was said."""
        target = self.folder / "split"
        shutil.rmtree(target, ignore_errors=True)
        result = catdog("split", self.inputs / source, target, *options)
        self.expect(result, 0)
        return json.loads((target / "split.json").read_text()), result

    def taken(self, record):
        return sorted(image["source"] for image in record["pictures"])

    def test_nested_classes(self):
        for source, count in (("b01/nested", 18), ("b01/half", 18)):
            record, result = self.split(source, "--fractions", ".5,.25,.25")
            self.assertEqual(len(self.taken(record)), count)
            self.assertIn("classes bird", result.stderr)
            self.assertIn("classes bird", result.stderr)
        self.assertEqual(self.split("b01/nested", "--fractions", ".5,.25,.25")[0]["classes"],
                         ["bird", "fish", "horse"])
        said = catdog("check", self.inputs / "b01/nested", "--json")
        self.assertEqual(json.loads(said.stdout)["counts"], {"all": {"bird": 6, "fish": 6, "horse": 6}})

    def test_fractions_of_few_images_train(self):
        record, result = self.split("b02", "--fractions", ".8,.1,.1")
        self.assertIn("total train rare images: 3\n", result.stdout)
        self.assertIn("total validation rare images: 1\n", result.stdout)
        self.assertIn("total test rare images: 1\n", result.stdout)
        self.assertNotIn("in no subset", result.stderr)
        self.expect(self.train(self.folder / "split", self.folder / "runs"), 0)

    def test_counts_say_what_is_unused(self):
        _, result = self.split("b02", "--train", 2, "--validation", 1, "--test", 1)
        self.assertIn("37 images are in no subset: 36 of common, 1 of rare; --fractions that sum to "
                      "1 use every image", result.stderr)

    def test_endings_and_what_is_not_read(self):
        record, result = self.split("b04/source", "--fractions", ".5,.25,.25")
        self.assertEqual(len(self.taken(record)), 24)
        result = self.train(self.inputs / "b04", self.folder / "runs")
        self.expect(result, 0, "20 training and 6 validation")
        new = self.folder / "new"
        shutil.copytree(self.inputs / "b04/new", new)
        (new / "x.heic").write_bytes(b"\0\0\0\x18ftypheic")
        (new / "notes.txt").write_text("notes")
        result = catdog("predict", "--model", self.model, new, "--json")
        self.expect(result, 0, f"warning: {new}: skipped 3 files: 1 .gif, 1 .heic, 1 not images\n")
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        predicted = [row["file"] for row in rows if "predicted" in row]
        self.assertEqual(len(predicted), 14)
        skipped = {pathlib.Path(row["file"]).name: row["skipped"] for row in rows if "skipped" in row}
        self.assertEqual(skipped, {"x.gif": ".gif files are not read; convert it to JPEG or PNG",
                                   "x.heic": ".heic files are not read; convert it to JPEG or PNG",
                                   "notes.txt": "not an image"})

    def test_train_eval_and_check_report_what_they_skip(self):
        data = self.folder / "data"
        shutil.copytree(self.inputs / "base", data)
        for subset in ("train", "validation", "test"):
            (data / subset / "cats/x.heic").write_bytes(b"\0\0\0\x18ftypheic")
            (data / subset / "loose.jpg").write_bytes((data / subset / "cats/0.jpg").read_bytes())
        said = "skipped 2 files: 1 .heic, 1 images beside the class folders"
        result = self.train(data, self.folder / "runs")
        self.expect(result, 0, f"warning: {data}/train: {said}", f"{data}/validation: {said}")
        record = json.loads((self.folder / "runs/run/env.json").read_text())["skipped"]
        self.assertEqual([pathlib.Path(one["file"]).name for one in record["train"]],
                         ["loose.jpg", "x.heic"])
        result = catdog("eval", "--model", self.model, "--data", data, "--json")
        self.expect(result, 0, said)
        self.assertEqual([pathlib.Path(one["file"]).name for one in json.loads(result.stdout)["skipped"]],
                         ["loose.jpg", "x.heic"])
        findings = json.loads(catdog("check", data, "--json").stdout)["findings"]
        skipped = [one["files"][0] for one in findings if one["kind"] == "not-taken"]
        self.assertEqual(len(skipped), 6)

    def test_names_that_look_like_labels(self):
        record, result = self.split("b06/clock", "--fractions", ".5,.25,.25")
        self.assertEqual(record["classes"], ["open", "shut"])
        self.assertIn("classes open and shut from the folders", result.stderr)
        record, _ = self.split("b06/patients", "--fractions", ".5,.25,.25")
        self.assertEqual(record["classes"], ["healthy", "ill"])
        said = catdog("check", self.inputs / "b06/clock", "--json")
        self.assertEqual(json.loads(said.stdout)["counts"], {"all": {"open": 6, "shut": 6}})

    def test_what_systems_leave_behind(self):
        self.expect(self.train(self.inputs / "b08", self.folder / "runs"), 3, "__MACOSX",
                    "remove the folder")
        data = self.folder / "data"
        shutil.copytree(self.inputs / "b08", data)
        shutil.rmtree(data / "train/__MACOSX")  # as it says
        result = self.train(data, self.folder / "runs")
        self.expect(result, 0, "8 training and 6 validation")
        self.assertNotIn("warning", result.stderr)

    def test_a_class_without_test_images(self):
        for case, removed in (("empty-folder", False), ("empty-folder", True), ("no-folder", False)):
            with self.subTest(case=case, removed=removed):
                data = self.folder / f"{case}-{removed}"
                shutil.copytree(self.inputs / "b10" / case, data)
                if removed:
                    shutil.rmtree(data / "test/bee")
                runs = self.folder / f"runs-{case}-{removed}"
                model = self.trained(data, runs)
                table = self.folder / "table.csv"
                result = catdog("eval", "--model", model, "--save-predictions", table)
                self.expect(result, 0)
                self.assertRegex(result.stdout, r"\nbee +0 +- +- +-\n")
                figures = json.loads(catdog("eval", "--model", model, "--json").stdout)
                self.assertEqual({name: one["n"] for name, one in figures["by_class"].items()},
                                 {"ant": 3, "bee": 0, "crab": 3})
                self.expect(catdog("report", runs / "run"), 0)

    def test_a_class_without_validation_images(self):
        result = self.train(self.inputs / "b10/no-validation", self.folder / "runs")
        self.expect(result, 3, "bee")

    def test_classes_that_the_model_does_not_know(self):
        result = catdog("eval", "--model", self.model, "--data", self.inputs / "b11")
        self.expect(result, 4, "10")

    def test_a_model_is_evaluated_on_one_class(self):
        data = self.folder / "data"
        shutil.copytree(self.inputs / "base/test/cats", data / "test/cats")
        result = catdog("eval", "--model", self.model, "--data", data)
        self.expect(result, 0)
        self.assertRegex(result.stdout, r"\ndogs +0 +- +- +-\n")

    def test_one_folder_is_refused_by_train(self):
        data = self.folder / "data"
        for subset in ("train", "validation"):
            shutil.copytree(self.inputs / "base/test/cats", data / subset / "cats")
        self.expect(self.train(data, self.folder / "runs"), 3, "at least two of them (it has one)")

    def test_val_and_valid_are_validation(self):
        for name in ("val", "valid", "Validation"):
            data = self.folder / f"data-{name}"
            shutil.copytree(self.inputs / "base", data)
            (data / "validation").rename(data / name)
            runs = self.folder / f"runs-{name}"
            model = self.trained(data, runs)
            for split in ("val", "validation", name):
                result = catdog("eval", "--model", model, "--split", split, "--json")
                self.expect(result, 0)
                self.assertEqual(json.loads(result.stdout)["n"], 20)
            report = json.loads(catdog("check", data, "--json").stdout)
            self.assertEqual(report["counts"]["validation"], {"cats": 10, "dogs": 10})
            self.expect(catdog("report", runs / "run"), 0)
        (data / "val").mkdir()
        self.expect(self.train(data, self.folder / "runs"), 3, "names of one subset")

    def test_a_split_of_a_split(self):
        result = catdog("split", self.inputs / "base", self.folder / "again", "--fractions", ".5,.25,.25")
        self.expect(result, 3, "is split already, into test, train and validation", "--merge")
        self.assertFalse((self.folder / "again").exists())
        record, _ = self.split("base", "--fractions", ".5,.25,.25", "--merge")  # as it says
        self.assertEqual(len(self.taken(record)), 88)

    def test_the_advice_to_split_class_folders_works(self):
        data = self.folder / "photos"
        shutil.copytree(self.inputs / "base/train", data)
        result = self.train(data, self.folder / "runs")
        self.expect(result, 3, "needs the folders train and validation")
        advice = re.search(r"catdog (split .*?) makes them, to be trained on with --data (\S+)",
                           result.stderr)
        self.expect(catdog(*shlex.split(advice[1])), 0)
        self.expect(self.train(advice[2], self.folder / "runs"), 0)

    def test_images_with_a_flaw_and_without(self):
        result = catdog("split", self.inputs / "b21", self.folder / "split", "--fractions", ".5,.25,.25")
        self.expect(result, 3, "Cat/3.jpg: the file is empty", "Dog/5.jpg: not a JPEG", "--skip-bad")
        record, result = self.split("b21", "--fractions", ".5,.25,.25", "--skip-bad")
        self.assertEqual(record["classes"], ["Cat", "Dog"])
        self.assertIn("skipped 2 files: 2 not images", result.stderr)  # Thumbs.db

    def test_links_to_folders(self):
        source = self.folder / "source"
        source.mkdir()
        for name in ("cats", "dogs"):
            (source / name).symlink_to(self.inputs / "base/train" / name)
        shutil.copytree(self.inputs / "base/test/cats", source / "birds")
        (source / "birds/loop").symlink_to(source)
        result = catdog("split", source, self.folder / "split", "--fractions", ".5,.25,.25")
        self.expect(result, 0, "1 links to folders that are listed already")
        self.assertIn("total train cats images: 12\n", result.stdout)
        self.assertIn("total train birds images: 5\n", result.stdout)

    def test_equal_images_in_two_subsets(self):
        self.expect(catdog("check", self.inputs / "b34"), 3)

    def test_class_names_of_every_kind(self):
        for case in ("b11", "b14", "b30"):
            with self.subTest(case=case):
                model = self.trained(self.inputs / case, self.folder / f"runs-{case}")
                self.expect(catdog("eval", "--model", model), 0)
                self.expect(catdog("report", model.parent), 0)


if __name__ == "__main__":
    unittest.main()
