#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""More than two classes, up to training: what synth draws, split sorts and check counts."""
import json
import re
import shutil
import unittest

from command_support import CommandTest, catdog, files


class Classes(CommandTest):
    def drawn(self, name, *arguments):
        folder = self.folder / name
        result = catdog("synth", folder, "--per-class", 10, "--size", 32, "--seed", 3, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return folder, result.stdout

    def split(self, source, name, *arguments):
        folder = self.folder / name
        result = catdog("split", source, folder, "--train", 5, "--validation", 3, "--test", 2,
                        *arguments)
        return folder, result

    def test_from_drawing_to_check(self):
        drawn, said = self.drawn("three", "--classes", 3)
        self.assertEqual(said, f"{drawn}: 10 cats, 10 dogs and 10 rabbits drawn, 32x32 px\n")
        self.assertEqual(len(files(drawn)), 30)
        two, _ = self.drawn("two")
        self.assertEqual({name: content for name, content in files(drawn).items()
                          if not name.startswith("rabbit")}, files(two))

        split, result = self.split(drawn, "split")
        self.expect(result, 0)
        self.assertEqual(result.stdout, "".join(
            f"total {subset} {name} images: {count}\n"
            for subset, count in (("train", 5), ("validation", 3), ("test", 2))
            for name in ("cat", "dog", "rabbit")))
        self.assertEqual((split / "validation/rabbit/rabbit.5.jpg").read_bytes(),
                         (drawn / "rabbit.5.jpg").read_bytes())
        record = json.loads((split / "split.json").read_text())
        self.assertEqual(record["classes"], ["cat", "dog", "rabbit"])
        self.assertEqual(len(record["pictures"]), 30)

        result = catdog("check", split)
        self.expect(result, 0)
        self.assertRegex(result.stdout, r"\n +train +validation +test\n"
                         r"cat +5 +3 +2\ndog +5 +3 +2\nrabbit +5 +3 +2\n")
        report = json.loads(catdog("check", "--json", split).stdout)
        self.assertEqual(report["counts"]["test"], {"cat": 2, "dog": 2, "rabbit": 2})
        self.assertEqual(report["spoiling"], 0)

    def test_a_class_that_lacks_pictures(self):
        drawn, _ = self.drawn("three", "--classes", 3)
        for number in range(8):
            (drawn / f"rabbit.{number}.jpg").unlink()
        _, result = self.split(drawn, "split")
        self.expect(result, 3, "class rabbit: needs 10 pictures (5 train + 3 validation + 2 test), "
                    f"{drawn} has 2\n")
        split, result = self.split(drawn, "shares", "--fractions", ".5,.3,.2")
        self.expect(result, 2)  # not with counts
        result = catdog("split", drawn, split, "--fractions", ".5,.5,0")
        self.expect(result, 0)
        result = catdog("check", split)
        self.expect(result, 0)
        self.assertIn("train: 5 cat, 5 dog and 1 rabbit\n", result.stdout)
        shutil.rmtree(split / "validation/rabbit")
        result = catdog("check", split)
        self.expect(result, 3, "1 finding would spoil")
        self.assertIn("validation/rabbit: holds no picture\n", result.stdout)

    def test_ten_classes_in_check(self):
        drawn, _ = self.drawn("pictures")
        pictures = sorted(drawn.iterdir())
        for i, picture in enumerate(pictures):  # two a class, with names of up to 28 letters
            target = self.folder / "ten" / ("class-" + "x" * (2 * (i // 2)) + str(i // 2))
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(picture, target / picture.name.replace(".", "-", 1))
        result = catdog("check", self.folder / "ten", "--near", -1)
        self.expect(result, 0)
        table = [line for line in result.stdout.splitlines() if line.startswith("class-")]
        self.assertEqual(len(table), 10)
        self.assertEqual(len({len(line) for line in table}), 1)  # in one column
        self.assertTrue(all(re.fullmatch(r"class-x*\d +2", line) for line in table), table)

    def test_how_many_can_be_drawn(self):
        self.assertIn("rabbits", catdog("synth", "--help").stdout)
        for count in (1, 4):
            self.expect(catdog("synth", self.folder / "new", "--classes", count), 2,
                        f"--classes is {count}, but must be 2 to 3")
        self.assertFalse((self.folder / "new").exists())


if __name__ == "__main__":
    unittest.main()
