# SPDX-License-Identifier: Apache-2.0
"""Files from a stranger that are valid and say something absurd: a model or checkpoint with a right
digest, metrics, predictions, a split's record, a config. Each is refused by name, before anything is
made of it; nothing that is no number is ever printed."""
import json
import math
import re
import shutil
import struct
import unittest

from command_support import CommandTest, catdog, files
from model_craft import craft
from report_support import Page

SMALL = ["--epochs", 2, "--set", "data.image_size=32", "--set", "model.filters=[4,4]", "--set",
         "model.norm=batch", "--set", "model.dense_units=4", "--precision", "fp32", "--threads", 1]
NO_NUMBER = re.compile(r"(?<![a-z])-?(nan|inf)(?![a-z])", re.IGNORECASE)


def put(path, value):
    """A change of the description: put("a.b.0", 3) sets about["a"]["b"][0]."""
    def change(about):
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        for part in parents:
            about = about[part]
        about[last] = value
    return change


def fill(name_end, *numbers):
    """A change of tensors: those whose names end so begin with these numbers."""
    def change(name, content):
        if not name.endswith(name_end):
            return None
        values = struct.pack(f"<{len(numbers)}f", *numbers)
        return values + content[len(values):]
    return change


def twice(name, content):
    return lambda records: records.append([name, content])


def renamed_in(part):
    """Changes a record's name in its own header (0) or in the table of contents (-1) alone."""
    def change(zip_bytes):
        name = b"archive/data/0"
        at = zip_bytes.find(name) if part == 0 else zip_bytes.rfind(name)
        return zip_bytes[:at] + b"archive/data/7" + zip_bytes[at + len(name):]
    return change


def overlapping(zip_bytes):
    """The table of contents sends two records of one size to the same bytes."""
    def entry(name):
        return zip_bytes.rfind(b"PK\x01\x02", 0, zip_bytes.rfind(b"archive/" + name))
    first, second = entry(b"data/0"), entry(b"data/2")
    return (zip_bytes[:second + 16] + zip_bytes[first + 16:first + 28] + zip_bytes[second + 28:42 + second]
            + zip_bytes[first + 42:first + 46] + zip_bytes[second + 46:])


# What changes, how the refusal names it. tests/trained_model_test.cpp and checkpoint_test.cpp go
# through all fields.
DESCRIPTIONS = [
    *[({"about": put("classes", names)}, "the class ") for names in
      (["../../x", "dogs"], ["/abs", "dogs"], ["", "dogs"], ["dogs", "dogs"])],
    ({"about": put("calibration.temperature", 0)}, "calibration.temperature = 0"),
    ({"about": put("calibration.threshold", 1.1)}, "calibration.threshold = 1.1"),
    ({"about": put("training.epoch", -7)}, "training.epoch = -7"),
    ({"about": put("trained_on.0", "../../../etc/pw")}, "trained_on has"),
    ({"about": put("config.data.image_size", 10**30)}, "data.image_size = "),
]
NUMBERS = [
    *[({"tensor": fill(name, number)}, f"{name} holds a number that is not finite")
      for name, number in (("conv1.weight", math.nan), ("running_var", math.inf))],
    ({"tensor": fill("running_var", -1)}, "running_var holds a number below 0"),
]
RECORDS = [
    ({"records": twice("data/0", bytes(32))}, 'the record "data/0" stands twice'),
    ({"records": twice("catdog.json", b"{}")}, 'the record "catdog.json" stands twice'),
    ({"records": twice("data/99", b"")}, 'the record "data/99" belongs to no tensor'),
    ({"records": twice("code/x.py", b"")}, 'the record "code/x.py" belongs to no tensor'),
    ({"raw": renamed_in(0)}, "the record data/0 has no bytes of its own"),
    ({"raw": renamed_in(-1)}, 'the record "data/7" stands twice'),
    ({"raw": overlapping}, "has no bytes of its own"),
]


class AbsurdModels(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.run_folder = cls.train_run(*SMALL)
        cls.model = cls.run_folder / "model.pt"

    def crafted(self, **changes):
        return craft(self.model, self.folder / "crafted.pt", **changes)

    def refused(self, path, text, *arguments):
        before = sorted(self.folder.parent.rglob("*"))
        result = catdog(*arguments, cwd=self.folder)
        self.expect(result, 4, text)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn(path.name, result.stderr)
        self.assertEqual(sorted(self.folder.parent.rglob("*")), before)

    def test_a_crafted_copy_without_a_change_is_read(self):
        picture = self.pictures / "cat.0.jpg"
        self.assertEqual(catdog("predict", "--model", self.crafted(), picture).stdout,
                         catdog("predict", "--model", self.model, picture).stdout)

    def test_what_predict_refuses(self):
        for changes, text in DESCRIPTIONS + NUMBERS + RECORDS:
            with self.subTest(text=text):
                path = self.crafted(**changes)
                self.refused(path, text, "predict", "--model", path, self.pictures / "cat.0.jpg",
                             "--sort-into", "into")

    def test_every_command_that_reads_a_model_refuses_it(self):
        for changes, text in (DESCRIPTIONS[0], NUMBERS[0], RECORDS[0]):
            path = self.crafted(**changes)
            for command in (["eval", "--model", path, "--data", self.data],
                            ["eval", "--compare", path, self.model, "--data", self.data],
                            ["export", "--model", path, "--format", "safetensors", "-o", "a"]):
                with self.subTest(command=command[:2]):
                    self.refused(path, text, *command)

    def test_scores_that_overflow(self):
        def overflow(name, content):
            number = {"dense1.bias": 1e30, "dense2.weight": 3e38}.get(name)
            return None if number is None else struct.pack("<f", number) * (len(content) // 4)

        path = self.crafted(tensor=overflow)
        for command in (["predict"], ["predict", "--csv"], ["predict", "--json"],
                        ["predict", "--calibrated", "--sort-into", self.folder / "into"],
                        ["predict", "--explain", self.folder / "maps"]):
            result = catdog(*command, "--model", path, self.data / "test")
            with self.subTest(command=command):
                self.expect(result, 4, "inputs could not be used")
                self.assertIn("crafted.pt gives scores that are not finite", result.stdout)
                self.assertIsNone(NO_NUMBER.search(result.stdout + result.stderr))
        self.assertEqual(files(self.folder / "into"), {})
        for command in (["eval", "--model", path, "--data", self.data],
                        ["eval", "--compare", path, path, "--data", self.data],
                        ["export", "--model", path, "--format", "onnx", "-o", self.folder / "a"]):
            with self.subTest(command=command[:2]):
                result = catdog(*command)
                self.expect(result, 4, "not finite" if command[0] == "export" else "finite number")
                self.assertEqual(result.stdout, "")

    def test_checkpoints(self):
        cases = [
            ({"about": put("position.step", -1)}, "position.step = -1"),
            ({"about": put("history.0.acc", 7)}, "history.acc = 7"),
            ({"about": put("best.classes.0", "../x")}, 'the class "../x"'),
            ({"tensor": fill("mean_square.conv1.weight", -1)}, "below 0"),
            ({"tensor": fill("best.conv1.weight", math.nan)}, "is not finite"),
            ({"records": twice("data/0", bytes(16))}, "stands twice"),
        ]
        for i, (changes, text) in enumerate(cases):
            with self.subTest(text=text):
                run = self.folder / f"run-{i}"
                shutil.copytree(self.run_folder, run)
                for checkpoint in (run / "checkpoints").glob("*.pt"):
                    craft(checkpoint, checkpoint, **changes)
                (run / ".lock").unlink()
                before = files(run)
                result = catdog("train", "--resume", run, "--epochs", 3)
                self.expect(result, 4, text, "none of its checkpoints can be used")
                (run / ".lock").unlink()
                self.assertEqual(files(run), before)


class AbsurdRecords(CommandTest):
    HEAD = "epoch,loss,acc,val_loss,val_acc,lr,seconds,images_per_second\n"
    GOOD = "1,0.69,0.52,0.68,0.55,0.0001,7.5,328.1\n"

    def make_run(self, name="run", metrics=HEAD + GOOD, config='{"train": {"epochs": 3}}', env="{}"):
        run = self.folder / "runs" / name
        run.mkdir(parents=True)
        for file, content in (("metrics.csv", metrics), ("config.json", config), ("env.json", env)):
            (run / file).write_text(content)
        return run

    def test_metrics(self):
        cases = {}
        for i in (0, 1, 2, 3, 4, 6):  # the learning rate is not read
            for number in ("nan", "-nan", "inf", "-inf", "1e999", "-1e300", "1e300", "x", ""):
                row = self.GOOD.split(",")
                row[i] = number
                cases[f"{i}-{number}"] = ",".join(row)
        cases["time"] = self.GOOD.replace("7.5", "-1")
        cases["share"] = self.GOOD.replace("0.52", "1.01")
        for name, row in cases.items():
            run = self.make_run(name, metrics=self.HEAD + row)
        listed = catdog("runs", self.folder / "runs")
        self.expect(listed, 0)
        self.assertEqual(listed.stdout.count("damaged after epoch 0"), len(cases), listed.stdout)
        report = json.loads(catdog("runs", self.folder / "runs", "--json").stdout)
        self.assertEqual({entry["state"] for entry in report["runs"]}, {"damaged"})
        self.expect(catdog("report", run), 4, "damaged after epoch 0")

    def test_a_config_and_an_environment_in_a_run(self):
        runs = [self.make_run(f"run-{i}", config='{"train": {"epochs": %s}}' % number,
                              env='{"precision": %s, "threads": %s}' % (number, number))
                for i, number in enumerate(("1e300", "-5", "9" * 30, "1.5", '"x"', "[]"))]
        result = catdog("runs", self.folder / "runs")
        self.expect(result, 0)
        self.assertIsNone(NO_NUMBER.search(result.stdout))
        self.expect(catdog("report", *runs, "-o", self.folder / "page.html"), 0)
        run = self.make_run(config='{"train": {"epochs": 1e999}}')
        self.expect(catdog("report", run), 4, "config.json")

    def test_predictions(self):
        head = "file,true,predicted,p(cats),p(dogs)\n"
        contents = [*[head + f"a.jpg,cats,cats,{number},0.5\n"
                      for number in ("nan", "inf", "1e999", "-1", "7", "")],
                    "file,true,predicted,p(cats),p(cats)\na.jpg,cats,cats,1,0\n",
                    "file,true,predicted,p(../x),p(cats)\na.jpg,cats,cats,1,0\n",
                    "file,true,predicted,p(),p(cats)\na.jpg,cats,cats,1,0\n",
                    "file,true,predicted," + ",".join(f"p({i:06})" for i in range(100000))
                    + "\na.jpg,000000,000000" + ",0" * 100000 + "\n"]
        runs = []
        for i, content in enumerate(contents):
            runs.append(self.make_run(f"run-{i}"))
            (runs[-1] / "predictions").mkdir()
            (runs[-1] / "predictions/test.csv").write_text(content)
        page = self.folder / "page.html"
        self.expect(catdog("report", *runs, "-o", page), 0)
        text = Page(page).text
        for run in runs:
            self.assertIn(f"{run}/predictions/test.csv: ", text)

    def test_a_split_record(self):
        data = self.folder / "data"
        shutil.copytree(self.data, data)
        record = json.loads((data / "split.json").read_text())
        whole = catdog("check", data, "--near", -1).stdout
        for change in (put("pictures.0.sha256", "x"), put("pictures.0.sha256", 1e300),
                       put("pictures.0.name", 3), put("pictures", -1),
                       put("pictures.1", record["pictures"][0])):
            changed = json.loads(json.dumps(record))
            change(changed)
            (data / "split.json").write_text(json.dumps(changed))
            self.expect(catdog("check", data, "--near", -1), 3, "split.json: ")
        (data / "split.json").write_text(json.dumps(record).replace('"seed": 0', '"seed": 1e999'))
        self.expect(catdog("check", data, "--near", -1), 3, "split.json: ")
        # Numbers that nothing is computed from are not looked at.
        record["pictures"][0]["bytes"] = -1
        (data / "split.json").write_text(json.dumps(record))
        self.assertEqual(catdog("check", data, "--near", -1).stdout, whole)

    def test_a_config(self):
        config = self.folder / "c.json"
        keys = ("train.epochs", "optimizer.lr", "data.image_size", "augment.mixup_alpha")
        for number in ("-1", "1e300", "-1e300", "null"):
            parts = ['"%s": {"%s": %s}' % (*key.split("."), number) for key in keys]
            config.write_text("{" + ", ".join(parts) + "}")
            result = catdog("train", "--config", config, "--print-config")
            self.expect(result, 2, f"{len(parts)} faults in the config")
        for number in ("1e999", "NaN", "Infinity", "1" * 400):
            config.write_text('{"train": {"epochs": %s}}' % number)
            self.expect(catdog("train", "--config", config, "--print-config"), 2, "c.json: ")


if __name__ == "__main__":
    unittest.main()
