# SPDX-License-Identifier: Apache-2.0
"""Names with any bytes: what programs read (JSON, CSV) gives exactly the names on the disk, and what
people read is escaped."""
import csv
import io
import json
import os
import shutil
import subprocess
import unittest

from command_support import CATDOG, CommandTest, catdog
from report_support import Page

NAMES = [b"line\nend.jpg", b"tab\t.jpg", b'quote".jpg', b"comma, .jpg", b"back\\slash\\x0a.jpg",
         b"carriage\r.jpg", b" leading.jpg", b"invalid\xff\xed\xa0\x80.jpg", b"plain.jpg",
         "ä猫🐱.jpg".encode()]
SMALL = ["--epochs", 1, "--set", "data.image_size=32", "--set", "model.filters=[4,4]", "--set",
         "model.dense_units=4", "--precision", "fp32", "--threads", 1]


def output(*arguments, **options):
    """Exit code and the bytes of stdout."""
    result = subprocess.run([CATDOG, *(a if isinstance(a, bytes) else str(a) for a in arguments)],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, **options)
    return result.returncode, result.stdout


def name_in(entry, key):
    """A name by the rule of docs/predict.md, as bytes."""
    if key + "_hex" in entry:
        name = bytes.fromhex(entry[key + "_hex"])
        assert entry[key] == name.decode(errors="replace") or "\ufffd" in entry[key]
        return name
    return entry[key].encode()


def names_in(entry, key):
    if key + "_hex" in entry:
        return [bytes.fromhex(digits) for digits in entry[key + "_hex"]]
    return [name.encode() for name in entry[key]]


def table(content):
    """Rows of a CSV as dicts of text in which each invalid byte is a surrogate."""
    text = content.decode("utf-8", "surrogateescape")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


class OddNames(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.odd = cls.shared / "odd"
        shutil.copytree(cls.data, cls.odd)
        for subset, number in (("validation", 24), ("test", 33)):
            folder = os.fsencode(cls.odd / subset / "cats")
            picture = (cls.odd / subset / "cats" / f"cat.{number}.jpg").read_bytes()
            for i, name in enumerate(NAMES):
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(picture + bytes([i]))  # other bytes, the same pixels
        result = catdog("train", "--data", cls.odd, "--name", "a", *SMALL, cwd=cls.shared)
        assert result.returncode == 0, result.stderr
        cls.model = cls.shared / "runs/a/model.pt"
        cls.folder_of_odd = os.fsencode(cls.odd / "test/cats")
        cls.paths = sorted(os.path.join(cls.folder_of_odd, name)
                           for name in os.listdir(cls.folder_of_odd))

    def predict(self, *arguments, **options):
        code, content = output("predict", "--model", self.model, *arguments, **options)
        self.assertEqual(code, 0)
        return content

    def test_predict(self):
        for source in ([self.folder_of_odd], self.paths):
            rows = [json.loads(line) for line in self.predict(*source, "--json").splitlines()]
            self.assertEqual([name_in(row, "file") for row in rows], self.paths)
            self.assertEqual(sum("file_hex" in row for row in rows), 1)
            rows = table(self.predict(*source, "--csv"))
            self.assertEqual([os.fsencode(row["file"]) for row in rows], self.paths)
        lines = self.predict(self.folder_of_odd).splitlines()
        self.assertEqual(len(lines), len(self.paths))
        self.assertIn(rb"line\x0aend.jpg", b"\n".join(lines))

    def test_a_picture_that_cannot_be_read(self):
        names = [b"absent\n.jpg", b"absent\xff.jpg"]
        code, content = output("predict", "--model", self.model, *names, "--json")
        rows = [json.loads(line) for line in content.splitlines()]
        self.assertEqual((code, [name_in(row, "file") for row in rows]), (3, names))
        code, content = output("predict", "--model", self.model, *names, "--csv")
        self.assertEqual((code, [os.fsencode(row["file"]) for row in table(content)]), (3, names))

    def test_lists_on_stdin(self):
        def listed(text, *flags):
            content = self.predict("-", "--json", *flags, input=text, cwd=self.folder_of_odd)
            return [name_in(json.loads(line), "file") for line in content.splitlines()]
        found = subprocess.run(["find", ".", "-name", "*.jpg", "-print0"], cwd=self.folder_of_odd,
                               stdout=subprocess.PIPE, check=True).stdout
        for flag in ("-0", "--null"):
            self.assertEqual(sorted(listed(found, flag)),
                             sorted(b"./" + name for name in os.listdir(self.folder_of_odd)))
        two = [b"plain.jpg", "ä猫🐱.jpg".encode()]
        self.assertEqual(listed(b"\xef\xbb\xbf" + b"\r\n".join(two) + b"\r\n"), two)
        self.assertEqual(listed(b"\n".join(two)), two)
        self.assertEqual(listed(b"\0".join(two), "-0"), two)
        self.expect(catdog("predict", "--model", self.model, self.odd, "--null"), 2,
                    "--null: is for a list of names on stdin; name it with the PATH -")
        no_list = os.open(self.odd, os.O_RDONLY)  # a folder
        self.addCleanup(os.close, no_list)
        result = subprocess.run([CATDOG, "predict", "--model", self.model, "-"], stdin=no_list,
                                capture_output=True, text=True)
        self.expect(result, 3, "the list on stdin cannot be read")

    def test_eval_and_the_runs_predictions(self):
        saved = self.folder / "saved.csv"
        code, _ = output("eval", "--model", self.model, "--save-predictions", saved)
        self.assertEqual(code, 0)
        self.assertEqual({os.fsencode(self.odd / os.fsdecode(os.fsencode(row["file"])))
                          for row in table(saved.read_bytes()) if row["true"] == "cats"},
                         set(self.paths))
        rows = table((self.shared / "runs/a/predictions/validation.csv").read_bytes())
        self.assertEqual({os.path.basename(os.fsencode(row["file"])) for row in rows} & set(NAMES),
                         set(NAMES))
        # The report reads that table, finds each picture, and shows its name to people.
        page = Page(self.shared / "runs/a/report.html")
        self.assertNotIn("cannot be read", page.text)
        self.assertIn("img", page.elements)

    def test_check_and_what_it_finds(self):
        code, content = output("check", self.odd, "--near", -1, "--json")
        added = [name for finding in json.loads(content)["findings"] if finding["kind"] == "added"
                 for name in names_in(finding, "files")]
        self.assertEqual(sorted(added), sorted(os.path.join(subset, b"cats", name) for name in NAMES
                                               for subset in (b"test", b"validation")))
        code, content = output("check", self.odd, "--near", -1)
        self.assertIn(rb"line\x0aend.jpg", content)

    def test_classes_in_check(self):
        data = os.fsencode(self.folder / "data")
        classes = [b"a\nb", b"\xfe", b"\xff"]
        for subset in (b"train", b"validation"):
            for i, name in enumerate(classes):
                os.makedirs(os.path.join(data, subset, name))
                for k in range(i + 1):
                    shutil.copy(os.fsencode(self.pictures / f"cat.{k}.jpg"),
                                os.path.join(data, subset, name))
        code, content = output("check", data, "--near", -1, "--json")
        report = json.loads(content)
        self.assertEqual(names_in(report, "classes"), classes)
        self.assertEqual(list(report["counts"]["train"].values()), [1, 2, 3])
        self.assertEqual(list(report["counts"]["train"])[0], "a\nb")
        self.assertEqual(name_in(report, "folder"), data)
        self.expect(catdog("train", "--data", os.fsdecode(data), cwd=self.folder), 3,
                    "must have a name in valid UTF-8 without control characters")

    def test_a_split_records_the_names_and_check_finds_them_again(self):
        source = os.fsencode(self.folder / "source")
        for animal in (b"cat", b"dog"):
            os.makedirs(os.path.join(source, animal))
            for i, name in enumerate(NAMES):
                shutil.copy(self.pictures / f"{animal.decode()}.{i}.jpg",
                            os.path.join(source, animal, name))
        split = os.fsencode(self.folder / "split")
        code, _ = output("split", source, split, "--fractions", ".6,.2,.2")
        self.assertEqual(code, 0)
        with open(os.path.join(split, b"split.json"), "rb") as file:
            record = json.load(file)
        recorded = {name_in(entry, "name") for entry in record["pictures"]}
        there = {os.path.relpath(os.path.join(folder, name), split)
                 for folder, _, names in os.walk(split) for name in names if name.endswith(b".jpg")}
        self.assertEqual(recorded, there)
        self.assertEqual({os.path.basename(name_in(entry, "source"))
                          for entry in record["pictures"]}, set(NAMES))
        code, content = output("check", split, "--json", "--near", -1)
        self.assertEqual((code, json.loads(content)["findings"]), (0, []))

    def test_left_out_pictures(self):
        data = self.folder / "data"
        shutil.copytree(self.data, data)
        bad = os.path.join(os.fsencode(data), b"train/cats/bad\n\xff.jpg")
        with open(bad, "wb") as file:
            file.write(b"text")
        result = catdog("train", "--data", data, "--name", "b", *SMALL, "--set",
                        "data.on_bad=skip", cwd=self.folder)
        self.expect(result, 0, r"bad\x0a\xff.jpg")
        entry, = json.loads((self.folder / "runs/b/env.json").read_text())["left_out"]["train"]
        self.assertEqual(name_in(entry, "file"), bad)

    def test_runs_and_export(self):
        runs = os.fsencode(self.folder / "runs")
        name = b"a\n\xff"
        shutil.copytree(os.fsencode(self.shared / "runs/a"), os.path.join(runs, name))
        code, content = output("runs", runs, "--json")
        run, = json.loads(content)["runs"]
        self.assertEqual((code, name_in(run, "name"), name_in(run, "path")),
                         (0, name, os.path.join(runs, name)))
        model = os.path.join(runs, name, b"model.pt")
        code, content = output("export", "--model", model, "--format", "onnx", "--json")
        self.assertEqual((code, names_in(json.loads(content), "files")),
                         (0, [os.path.join(runs, name, b"model.onnx")]))
        code, content = output("eval", "--compare", model, self.model, "--json")
        self.assertEqual((code, name_in(json.loads(content)["models"][0], "model")), (0, model))


class ClassesNamedLikeColumns(CommandTest):
    CLASSES = sorted(["error", "file", "label", "p(x)", "predicted", "probability", "true"])

    def test_their_names_stand_apart(self):
        data = self.folder / "data"
        for subset, numbers in (("train", range(4)), ("validation", range(4, 6)), ("test", [6, 7])):
            for i, name in enumerate(self.CLASSES):
                (data / subset / name).mkdir(parents=True)
                for number in numbers:
                    shutil.copy(self.pictures / f"cat.{8 * (i % 5) + number}.jpg",
                                data / subset / name / f"{i}-{number}.jpg")
        result = catdog("train", "--data", data, "--name", "a", *SMALL, cwd=self.folder)
        self.expect(result, 0)
        model = self.folder / "runs/a/model.pt"
        columns = [f"p({name})" for name in self.CLASSES]

        content = catdog("predict", "--model", model, data / "test", "--csv").stdout
        rows = table(content.encode())
        self.assertEqual(list(rows[0]), ["file", "predicted", "probability", *columns, "error"])
        lines = catdog("predict", "--model", model, data / "test", "--json").stdout.splitlines()
        for row, line in zip(rows, lines, strict=True):
            one = json.loads(line)
            self.assertEqual(list(one), ["file", "predicted", "probability", "probabilities"])
            self.assertEqual(list(one["probabilities"]), self.CLASSES)
            self.assertEqual((row["file"], row["predicted"], row["error"]),
                             (one["file"], one["predicted"], ""))
            self.assertAlmostEqual(sum(float(row[column]) for column in columns), 1, places=6)
            self.assertEqual(row["probability"], row[f"p({row['predicted']})"])

        saved = self.folder / "runs/a/predictions/test.csv"
        result = catdog("eval", "--model", model, "--save-predictions", saved, "--json")
        self.expect(result, 0)
        report = json.loads(result.stdout)
        self.assertEqual((report["classes"], list(report["by_class"])), (self.CLASSES,) * 2)
        rows = table(saved.read_bytes())
        self.assertEqual(list(rows[0]), ["file", "true", "predicted", *columns, "sha256"])
        self.assertEqual({row["true"] for row in rows}, set(self.CLASSES))
        self.expect(catdog("report", self.folder / "runs/a"), 0)
        page = Page(self.folder / "runs/a/report.html")
        self.assertNotIn("its columns are not", page.text)
        counts = json.loads(catdog("check", data, "--json", "--near", -1).stdout)["counts"]
        self.assertEqual(list(counts["test"]), self.CLASSES)


if __name__ == "__main__":
    unittest.main()
