# SPDX-License-Identifier: Apache-2.0
"""catdog check as a command, and what training and eval do with pictures that cannot be read: from
the command line to texts, JSON and exit codes.
"""
import json
import os
import shutil
import struct
import subprocess
import unittest
import zlib

from command_support import CATDOG, CommandTest, catdog, files

SMALL = ["--epochs", 1, "--set", "train.steps_per_epoch=1", "--set", "data.image_size=48",
         "--set", "model.filters=[4,4,4,4]", "--set", "model.dense_units=4"]


def blank_png(side, number):
    """Of one bit a pixel; `number` makes it another file."""
    def chunk(kind, content):
        return (struct.pack(">I", len(content)) + kind + content +
                struct.pack(">I", zlib.crc32(kind + content)))
    rows = zlib.compress(bytes((1 + side // 8) * side), 9)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) +
            chunk(b"tEXt", b"number\0%d" % number) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


class Check(CommandTest):
    def setUp(self):
        super().setUp()
        self.split = self.folder / "split"
        shutil.copytree(self.data, self.split)

    def test_a_split_that_is_in_order(self):
        result = catdog("check", self.split)
        self.expect(result, 0)
        self.assertEqual(result.stderr, "")
        self.assertIn("80 pictures, 80 JPEG\n", result.stdout)
        self.assertRegex(result.stdout, r"\n +train +validation +test\ncats +24 +8 +8\ndogs +24 +8 +8\n")
        self.assertIn("Nothing to remark.\n", result.stdout)

    def test_what_spoils_exits_3_and_changes_nothing(self):
        shutil.copy(self.split / "train/cats/cat.1.jpg", self.split / "test/cats/copy.jpg")
        (self.split / "train/dogs/text.jpg").write_text("text")
        before = files(self.split)
        result = catdog("check", self.split)
        self.expect(result, 3, "2 findings would spoil training or judging")
        self.assertIn("      1  no picture\n"
                      "           train/dogs/text.jpg: not a JPEG, PNG, BMP, PPM, TIFF or WebP "
                      "file\n", result.stdout)
        self.assertIn("test/cats/copy.jpg and train/cats/cat.1.jpg\n", result.stdout)
        self.assertEqual(files(self.split), before)

    def test_json(self):
        (self.split / "train/dogs/text.jpg").write_text("text")
        name = os.fsencode(self.split / "train/dogs") + b"/\xed\xa0\x80\xff\n.jpg"
        with open(name, "wb") as file:
            file.write((self.split / "train/dogs/dog.1.jpg").read_bytes()[:-400])
        result = catdog("check", "--json", self.split)
        self.expect(result, 3)
        report = json.loads(result.stdout)
        self.assertEqual(report["pictures"], 82)
        self.assertEqual(report["counts"]["train"], {"cats": 24, "dogs": 26})
        self.assertEqual(report["formats"], {"JPEG": 80})
        self.assertEqual(report["spoiling"], 2)
        spoiling = [finding for finding in report["findings"] if finding["spoils"]]
        self.assertEqual([(f["kind"], f["files"]) for f in spoiling][0],
                         ("no-picture", ["train/dogs/text.jpg"]))
        self.assertEqual([bytes.fromhex(digits) for digits in spoiling[1]["files_hex"]],
                         [b"train/dogs/\xed\xa0\x80\xff\n.jpg"])
        self.assertEqual(catdog("check", "--json", self.split).stdout, result.stdout)

    def test_large_pictures_do_not_take_their_memory_once_a_core(self):
        def peak_mb():
            # The address sanitizer, if there is one, is not to keep what was freed.
            options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=0"
            process = subprocess.Popen([CATDOG, "check", "--near", "-1", self.split],
                                       stdout=subprocess.DEVNULL,
                                       env=dict(os.environ, ASAN_OPTIONS=options))
            _, status, usage = os.wait4(process.pid, 0)
            self.assertEqual(status, 0)
            return usage.ru_maxrss / 1024
        without = peak_mb()
        side = 6000  # 108 MB of pixels in 4 KB
        for number in range(4):
            (self.split / f"train/dogs/{number}.png").write_bytes(blank_png(side, number))
        self.assertLess(peak_mb() - without, 1.5 * 3 * side * side / 2**20)

    def test_usage(self):
        self.expect(catdog("check"), 2, "DIR is required")
        self.expect(catdog("check", self.split, "--near", 129), 2, "--near")
        self.expect(catdog("check", self.folder / "absent"), 3, "absent")


class OnBad(CommandTest):
    def setUp(self):
        super().setUp()
        self.split = self.folder / "split"
        shutil.copytree(self.data, self.split)

    def damage(self, name):
        path = self.split / name
        path.write_bytes(path.read_bytes()[:-400])

    def train(self, *arguments):
        return catdog("train", "--data", self.split, "--name", "run", *SMALL, *arguments,
                      cwd=self.folder)

    def test_a_broken_picture_is_an_error_that_names_it(self):
        self.damage("validation/cats/cat.24.jpg")
        self.expect(self.train(), 3, "cat.24.jpg: truncated or damaged JPEG")

    def test_skipped_pictures_are_said_and_recorded(self):
        self.damage("train/cats/cat.1.jpg")
        self.damage("validation/dogs/dog.24.jpg")
        self.damage("test/dogs/dog.33.jpg")
        self.damage("test/cats/cat.33.jpg")
        before = files(self.split)
        result = self.train("--set", "data.on_bad=skip")
        self.expect(result, 0, "47 training and 15 validation pictures of cats and dogs\n",
                    "warning: 1 left out: ", "cat.1.jpg (truncated or damaged JPEG (")
        left_out = json.loads((self.folder / "runs/run/env.json").read_text())["left_out"]
        self.assertEqual({subset: [os.path.basename(one["file"]) for one in some]
                          for subset, some in left_out.items()},
                         {"train": ["cat.1.jpg"], "validation": ["dog.24.jpg"]})

        model = self.folder / "runs/run/model.pt"
        result = catdog("eval", "--model", model)  # as it was trained
        self.expect(result, 0)
        self.assertIn("/test: 14 pictures", result.stdout)
        self.assertIn("2 left out: ", result.stdout)
        report = json.loads(catdog("eval", "--model", model, "--json").stdout)
        self.assertEqual((report["n"], len(report["left_out"])), (14, 2))
        self.expect(catdog("eval", "--model", model, "--on-bad", "error"), 3,
                    "cat.33.jpg: truncated or damaged JPEG")
        self.assertEqual(files(self.split), before)

    def test_a_class_of_which_nothing_is_left(self):
        for path in (self.split / "validation/dogs").iterdir():
            path.write_text("text")
        self.expect(self.train("--set", "data.on_bad=skip"), 3,
                    "validation/dogs: none of the pictures can be read")


if __name__ == "__main__":
    unittest.main()
