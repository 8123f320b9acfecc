# SPDX-License-Identifier: Apache-2.0
"""Text that is not catdog's own never reaches a terminal as it is: every command, and every place
that such text comes from. What programs read is exact."""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import unicodedata
import unittest

from command_support import CATDOG, CommandTest, catdog
from model_craft import craft
from report_support import METRICS

ROOT = pathlib.Path(__file__).resolve().parent.parent
SMALL = ["--epochs", 1, "--set", "data.image_size=32", "--set", "model.filters=[4,4]", "--set",
         "model.dense_units=4", "--precision", "fp32", "--threads", 1]
# Escape sequences, ends of lines, marks that turn the direction of text, nothing of zero width.
MARKS = "\x1b[31m\x1b]0;t\x07\r\n\x7f\x85\x9b\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff\U000e0041"
# "forged" at the beginning of a line would be a line that catdog never wrote.
TEXT = f"a{MARKS}\nforged"
NAME = TEXT.encode() + b"\xff"  # of files, which may have any bytes
KEY = "\0" + TEXT               # in JSON


class TerminalText(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.train_run(*SMALL) / "model.pt"
        cls.picture = cls.pictures / "cat.0.jpg"

    def run_bytes(self, *arguments, stdin=b""):
        return subprocess.run([CATDOG, *(a if isinstance(a, bytes) else str(a) for a in arguments)],
                              input=stdin, capture_output=True, timeout=300, cwd=self.folder)

    def expect_safe(self, *arguments, stdin=b"", code=None, says="forged"):
        """The command's output, in which the text is seen, escaped."""
        result = self.run_bytes(*arguments, stdin=stdin)
        text = (result.stdout + result.stderr).decode()  # strictly: no invalid UTF-8 either
        if code is not None:
            self.assertEqual(result.returncode, code, text)
        self.assertNotIn(result.returncode, (-6, -11), text)
        for character in text:
            self.assertFalse(character != "\n" and unicodedata.category(character) in
                             ("Cc", "Cf", "Zl", "Zp", "Cs"), (arguments, character, text))
        for line in text.splitlines():
            self.assertFalse(line.startswith("forged"), (arguments, text))
        self.assertIn(says, text, arguments)
        return text

    def odd_folder(self, *classes):
        """A data folder whose classes, images, other files and hidden ones have the odd name."""
        data = os.fsencode(self.folder / "data")
        for subset in (b"train", b"validation", b"test"):
            for animal in classes:
                folder = os.path.join(data, subset, animal)
                os.makedirs(folder)
                source = b"dog" if animal == b"dogs" else b"cat"
                for i in range(3):
                    number = 3 * (b"train", b"validation", b"test").index(subset) + i
                    shutil.copy(os.fsencode(self.pictures) + b"/%s.%d.jpg" % (source, number), folder)
                os.rename(os.path.join(folder, b"%s.%d.jpg" % (source, number)),
                          os.path.join(folder, NAME + b".jpg"))
                for other in (b"bad.jpg", b".txt"):
                    with open(os.path.join(folder, NAME + other), "wb") as file:
                        file.write(b"no image")
        return data

    def test_words_of_the_command_line(self):
        commands = ["synth", "split", "check", "summary", "preview", "train", "eval", "predict",
                    "export", "report", "runs", "bench", "doctor", "completion", "man"]
        word, runs = NAME, []
        for arguments in (
                [word], [b"--" + word], [word, "train"], [b"--" + word, "train"],
                *[[command, b"--" + word] for command in commands],
                *[[command, word] for command in ("train", "eval", "doctor", "man")],
                ["synth", word + b"/x", "--size", word], ["synth", "d", b"--seed=" + word],
                ["split", word, "d"], ["split", self.pictures, "d", "--train", word],
                ["split", self.pictures, "d", "--fractions", word],
                ["check", word], ["check", self.data, "--near", word],
                ["summary", "--config", word], ["summary", "--set", word],
                ["summary", "--set", word + b"=1"], ["summary", "--set", b"train." + word + b"=1"],
                ["summary", "--set", b"train.epochs=" + word], ["summary", "--classes", word],
                ["preview", word], ["preview", self.picture, "-o", word + b"/x.png"],
                ["train", "--data", word], ["train", "--data", self.data, "--name", b"/" + word],
                ["train", "--resume", word], ["train", "--device", word],
                ["train", "--data", self.data, "--checkpoint-every", word],
                ["train", "--data", self.data, "--max-time", word], ["train", "--seeds", word],
                ["eval", "--model", word], ["eval", "--compare", word, word],
                ["eval", "--model", self.model, "--data", word],
                ["eval", "--model", self.model, "--split", word],
                ["predict", "--model", word, self.picture],
                ["predict", "--model", self.model, word],
                ["predict", "--model", self.model, self.picture, "--threshold", word],
                ["predict", "--model", self.model, self.picture, "--sort-into", self.picture / "x"],
                ["export", "--model", word, "--format", "onnx"],
                ["export", "--model", self.model, "--format", word],
                ["report", word], ["report", word, word], ["runs", word],
                ["bench", "--only", word], ["bench", "--data", word], ["completion", word]):
            runs.append(arguments)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda arguments: self.expect_safe(*arguments, says=""), runs))

    def test_names_of_files(self):
        data = self.odd_folder(b"cats", b"dogs")
        test = os.path.join(data, b"test")
        lenient = ["--set", "data.on_bad=skip"]
        self.expect_safe("check", data, "--near", -1)
        self.expect_safe("predict", "--model", self.model, test)
        self.expect_safe("predict", "--model", self.model, test, "--sort-into", "into")
        self.expect_safe("predict", "--model", self.model, "-",
                         stdin=os.path.join(test, b"cats", NAME.replace(b"\n", b"") + b".jpg\n"))
        self.expect_safe("predict", "--model", self.model, "-", "-0",
                         stdin=os.path.join(test, b"cats", NAME + b".jpg\0"))
        self.expect_safe("eval", "--model", self.model, "--data", data)
        self.expect_safe("eval", "--model", self.model, "--data", data, "--on-bad", "skip")
        self.expect_safe("preview", test)
        self.expect_safe("split", data, "d", "--merge", "--fractions", ".4,.3,.3")
        self.expect_safe("split", data, "d", "--merge", "--fractions", ".4,.3,.3", "--skip-bad", code=0)
        self.expect_safe("train", "--data", data, *SMALL)
        self.expect_safe("train", "--data", data, "--name", "b", *SMALL, *lenient, code=0)
        self.expect_safe("report", "runs/b", code=0, says="report")
        self.expect_page_safe("runs/b/report.html")

    def expect_page_safe(self, page):
        text = (self.folder / page).read_text(encoding="utf-8")
        self.assertEqual({c for c in text if c != "\n" and unicodedata.category(c) in
                          ("Cc", "Cf", "Zl", "Zp")}, set())

    def test_names_of_class_folders(self):
        data = self.odd_folder(NAME, b"dogs")
        for folder in (data, os.path.join(data, b"test")):
            self.expect_safe("check", folder, "--near", -1)
        self.expect_safe("split", os.path.join(data, b"train"), "d", "--fractions", ".4,.3,.3",
                         "--skip-bad", code=0)
        self.expect_safe("split", os.path.join(data, b"train"), "e", "--train", 9, "--validation", 9,
                         "--test", 9, "--skip-bad")
        self.expect_safe("train", "--data", data, *SMALL, "--set", "data.on_bad=skip", code=3)
        self.expect_safe("eval", "--model", self.model, "--data", data, code=4)
        self.expect_safe("bench", "--data", data, "--set", "data.on_bad=skip", code=3)

    def test_classes_that_training_can_have(self):
        """Marks that are valid in names: seen escaped by people, exact for programs."""
        name = "a\u202e\u200d\u2066z"
        path = craft(self.model, self.folder / "m.pt",
                     about=lambda about: about["classes"].__setitem__(0, name))
        shown = "a" + "".join(f"\\x{byte:02x}" for byte in name[1:-1].encode()) + "z"
        shutil.copytree(self.data / "test", self.folder / "data/test")
        (self.folder / "data/test/cats").rename(self.folder / "data/test" / name)
        self.expect_safe("predict", "--model", path, "data", "--topk", 2, code=0, says=shown)
        self.expect_safe("eval", "--model", path, "--data", "data", code=0, says=shown)
        self.expect_safe("export", "--model", path, "--format", "safetensors", code=0, says="m.py")
        predicted = self.run_bytes("predict", "--model", path, self.picture, "--json").stdout
        self.assertEqual(list(json.loads(predicted)["probabilities"]), [name, "dogs"])
        self.assertNotIn(name.encode(), predicted)
        rows = self.run_bytes("predict", "--model", path, self.picture, "--csv").stdout
        self.assertIn(f"p({name})".encode(), rows)
        judged = self.run_bytes("eval", "--model", path, "--data", "data", "--json").stdout
        self.assertEqual(json.loads(judged)["classes"], [name, "dogs"])

    def test_what_model_files_say(self):
        def put(*path):
            def change(about):
                for key in path[:-2]:
                    about = about[key]
                about[path[-2]] = path[-1]
            return change

        for change in (put("classes", 0, KEY), put("format", KEY), put("trained_on", [KEY]),
                       put("config", KEY, {}), put("config", "train", KEY, 1),
                       put("config", "train", "keep", KEY), put("calibration", "threshold", KEY)):
            craft(self.model, self.folder / "m.pt", about=change)
            self.expect_safe("predict", "--model", "m.pt", self.picture, code=4, says="[31m")
        for command in (["eval", "--model", "m.pt"], ["export", "--model", "m.pt", "--format", "onnx"]):
            self.expect_safe(*command, code=4, says="[31m")
        craft(self.model, self.folder / "m.pt", about=put("config", "data", "dir", "/" + KEY))
        self.expect_safe("eval", "--model", "m.pt")

    def test_what_configs_say(self):
        for content in ({KEY: 1}, {KEY: {}}, {"train": KEY}, {"train": {KEY: 1}},
                        {"train": {"keep": KEY}}, {"train": {"epochs": [KEY]}},
                        {KEY: {}, "train": {KEY: 1, "epochs": KEY}}):
            (self.folder / "c.json").write_text(json.dumps(content))
            self.expect_safe("summary", "--config", "c.json", code=2,
                             says="c.json" if content == {"train": KEY} else "forged")
        for command in ("train", "bench", "preview"):
            self.expect_safe(command, *[self.picture] * (command == "preview"), "--config", "c.json",
                             code=2)
        (self.folder / "c.json").write_text('{"a": 1, ' + TEXT)
        self.expect_safe("summary", "--config", "c.json", code=2, says="c.json")
        (self.folder / "c.json").write_text(f'{{"{NAME.decode(errors="replace")}": 1}}')
        self.expect_safe("summary", "--config", "c.json", code=2, says="c.json")
        (self.folder / "c.json").write_text(json.dumps({"data": {"dir": KEY}}))
        printed = self.run_bytes("train", "--config", "c.json", "--print-config").stdout
        self.assertEqual(json.loads(printed)["data"]["dir"], KEY)

    def test_what_run_folders_say(self):
        run = os.path.join(os.fsencode(self.folder), b"runs", NAME)
        os.makedirs(os.path.join(run, b"predictions"))
        row = "file,true,predicted,p(a\u202e),p(b)\n%s,b,b,0.5,0.5\n" % '"x\u202e\n\x1b.jpg"'
        contents = {b"config.json": json.dumps({"train": {"epochs": KEY, KEY: KEY}, "data": {"dir": KEY}}),
                    b"env.json": json.dumps({"precision": KEY, KEY: KEY, "versions": {"catdog": KEY}}),
                    b"metrics.csv": METRICS, b"predictions/test.csv": row}

        def write(changes):
            for name, content in {**contents, **changes}.items():
                with open(os.path.join(run, name), "w") as file:
                    file.write(content)

        for changes in ({}, {b"metrics.csv": METRICS + TEXT}, {b"metrics.csv": TEXT},
                        {b"config.json": "{" + TEXT}, {b"config.json": json.dumps({KEY: 1})},
                        {b"env.json": TEXT}, {b"predictions/test.csv": TEXT}):
            write(changes)
            self.expect_safe("runs", "runs")
            self.expect_safe("report", run, run, "-o", "page.html", says="")
        write({})
        self.expect_safe("train", "--resume", run)
        self.expect_safe("report", run, "-o", "page.html", code=0, says="page.html")
        self.expect_page_safe("page.html")
        listed = json.loads(self.run_bytes("runs", "runs", "--json").stdout)["runs"][0]
        self.assertEqual((listed["precision"], bytes.fromhex(listed["name_hex"])), (KEY, NAME))

    def test_what_a_split_record_says(self):
        data = self.folder / "data"
        shutil.copytree(self.data, data)
        record = json.loads((data / "split.json").read_text())
        record["pictures"][0]["name"] = KEY
        (data / "split.json").write_text(json.dumps(record))
        self.expect_safe("check", data, "--near", -1)
        found = json.loads(self.run_bytes("check", data, "--near", -1, "--json").stdout)
        self.assertIn(KEY, [name for finding in found["findings"] for name in finding["files"]])
        for content in (json.dumps({"format": KEY}), TEXT):
            (data / "split.json").write_text(content)
            self.expect_safe("check", data, "--near", -1, code=3, says="split.json")


class Exits(unittest.TestCase):
    """Text leaves the program at a few places, which escape."""
    ALLOWED = {"src/cli/early_start.cpp", "src/cli/standard_output.cpp", "src/cli/progress_bar.cpp",
               "src/core/mutable_stderr.cpp"}
    OTHER_WAYS = re.compile(r"fmt::print|std::(cout|cerr|clog|print\w*|puts|printf|putchar)\b|\bf?puts\("
                            r"|\bv?f?printf\(|stdout|\bstderr\b(?!_)|STD(OUT|ERR)_FILENO|perror\(")

    def test_nothing_else_writes_to_the_standard_streams(self):
        found = []
        for path in sorted((ROOT / "src").rglob("*.?pp")) + sorted((ROOT / "include").rglob("*.hpp")):
            name = str(path.relative_to(ROOT))
            code = re.sub(r"//.*", "", path.read_text())
            code = re.sub(r"#include.*", "", code)
            if name not in self.ALLOWED and self.OTHER_WAYS.search(code):
                found.append((name, self.OTHER_WAYS.search(code)[0]))
        self.assertEqual(found, [])


if __name__ == "__main__":
    unittest.main()
