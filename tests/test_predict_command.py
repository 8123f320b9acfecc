# SPDX-License-Identifier: Apache-2.0
"""catdog predict: what it says of pictures in each format, and where they come from and go to."""
import csv
import io
import json
import math
import os
import shutil
import signal
import subprocess
import unittest

from command_support import CATDOG, CommandTest, catdog, files


class Predict(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        result = catdog("train", "--data", cls.data, "--epochs", 3, "--name", "a", "--batch-size", 8,
                        "--lr", 1e-3, "--precision", "fp32", "--set", "data.image_size=64",
                        cwd=cls.shared)
        assert result.returncode == 0, result.stderr
        cls.model = cls.shared / "runs/a/model.pt"
        cls.test_files = sorted((cls.data / "test").rglob("*.jpg"))

    def predict(self, *arguments, **options):
        return catdog("predict", "--model", self.model, *arguments, **options)

    def rows(self, *arguments):
        result = self.predict("--json", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def test_a_folder_gives_each_picture_once_in_order(self):
        rows = self.rows(self.data / "test")
        self.assertEqual([row["file"] for row in rows], [str(f) for f in self.test_files])
        for row in rows:
            self.assertAlmostEqual(sum(row["probabilities"].values()), 1, places=12)
            self.assertEqual(row["probability"], row["probabilities"][row["predicted"]])
            self.assertEqual(row["predicted"], max(row["probabilities"], key=row["probabilities"].get))

    def test_it_says_what_eval_says(self):
        saved = self.folder / "saved.csv"
        result = catdog("eval", "--model", self.model, "--save-predictions", saved, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(saved, newline="") as file:
            judged = list(csv.DictReader(file))
        rows = self.rows(self.data / "test")
        self.assertEqual(len(judged), len(rows))
        for row, other in zip(rows, judged):
            self.assertEqual(row["file"], str(self.data / other["file"]))
            self.assertEqual(row["predicted"], other["predicted"])
            self.assertAlmostEqual(row["probabilities"]["dogs"], float(other["p(dogs)"]), places=8)

    def test_formats_agree(self):
        rows = self.rows(self.data / "test")
        table = self.predict(self.data / "test", "--topk", 2).stdout.splitlines()
        comma = list(csv.DictReader(io.StringIO(self.predict(self.data / "test", "--csv").stdout)))
        for row, line, values in zip(rows, table, comma, strict=True):
            other = {"cats": "dogs", "dogs": "cats"}[row["predicted"]]
            self.assertEqual(line.split(), [f"{100 * row['probability']:.2f}", "%", row["predicted"],
                                            f"{100 * row['probabilities'][other]:.2f}", "%", other,
                                            row["file"]])
            self.assertEqual(values["predicted"], row["predicted"])
            self.assertEqual(values["error"], "")
            self.assertAlmostEqual(float(values["p(dogs)"]), row["probabilities"]["dogs"], places=8)
        self.assertNotIn("\x1b", "".join(table))

    def test_a_list_on_stdin_is_answered_as_it_comes(self):
        with subprocess.Popen([CATDOG, "predict", "--model", self.model, "-", "--json"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            out, _ = process.communicate("".join(f"{f}\n" for f in self.test_files[:3]) + "\n\n")
        self.assertEqual(process.returncode, 0)
        self.assertEqual([json.loads(line)["file"] for line in out.splitlines()],
                         [str(f) for f in self.test_files[:3]])

    def peak_mb(self, names):
        """Peak memory of predict on so many pictures named on stdin, all of which are answered."""
        listing = self.folder / "names.txt"
        listing.write_text("".join(f"{self.test_files[i % 16]}\n" for i in range(names)))
        with open(listing) as stdin, open(self.folder / "out.csv", "w+") as out:
            process = subprocess.Popen([CATDOG, "predict", "--model", self.model, "-", "--csv"],
                                       stdin=stdin, stdout=out)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(process.returncode, 0)
            out.seek(0)
            self.assertEqual(sum(1 for _ in out), names + 1)
        return usage.ru_maxrss / 1024

    @unittest.skipIf("ASAN_OPTIONS" in os.environ, "the sanitizer keeps freed memory for a while")
    def test_memory_does_not_grow_with_the_number_of_pictures(self):
        few, many = self.peak_mb(500), self.peak_mb(8000)  # these are 390 MB, as numbers
        self.assertLess(many, 600)
        self.assertLess(many, few + 100)

    def test_bad_pictures_get_a_row_and_the_others_are_done(self):
        bad = self.folder / "a, b\n.jpg"
        bad.write_bytes(self.test_files[0].read_bytes()[:300])
        names = [self.test_files[0], bad, self.folder / "absent.jpg", self.test_files[1]]
        result = self.predict("--json", *names)
        self.expect(result, 3, "2 of 4 inputs could not be used")
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual([("error" in row) for row in rows], [False, True, True, False])
        self.assertEqual(rows[2], {"file": str(names[2]), "error": "No such file or directory"})
        self.assertEqual(rows[1]["file"], str(bad))
        comma = list(csv.reader(io.StringIO(self.predict("--csv", *names).stdout)))
        self.assertEqual({len(row) for row in comma}, {6})
        table = self.predict(*names).stdout.splitlines()
        self.assertEqual(len(table), 4)
        self.assertRegex(table[2], r"^ +error +.*absent\.jpg: No such file or directory$")

    def test_the_threshold_moves_the_verdict_and_no_probability(self):
        usual = self.rows(self.data / "test")
        middle = sorted(row["probabilities"]["dogs"] for row in usual)[8]
        moved = self.rows(self.data / "test", "--threshold", middle)
        for before, after in zip(usual, moved):
            self.assertEqual(after["probabilities"], before["probabilities"])
            self.assertEqual(after["predicted"],
                             "dogs" if before["probabilities"]["dogs"] > middle else "cats")
        calibration = json.loads(catdog("eval", "--model", self.model, "--json").stdout)["calibration"]
        best = self.rows(self.data / "test", "--threshold", "best")
        right = sum(f"/{row['predicted']}/" in row["file"] for row in best)
        self.assertAlmostEqual(right / len(best), calibration["accuracy_at_threshold"])

    def test_the_temperature_divides_the_logits(self):
        calibration = json.loads(catdog("eval", "--model", self.model, "--json").stdout)["calibration"]
        plain, calibrated = self.rows(self.data / "test"), self.rows(self.data / "test", "--calibrated")
        for before, after in zip(plain, calibrated):
            logit = math.log(before["probabilities"]["dogs"] / before["probabilities"]["cats"])
            expected = 1 / (1 + math.exp(-logit / calibration["temperature"]))
            self.assertAlmostEqual(after["probabilities"]["dogs"], expected, places=6)
            self.assertEqual(after["predicted"], before["predicted"])

    def test_sorting_makes_links_and_changes_nothing(self):
        before = files(self.data)
        twice = self.folder / "other" / self.test_files[0].name
        twice.parent.mkdir()
        shutil.copy(self.test_files[0], twice)
        result = self.predict(os.path.relpath(self.data / "test", self.folder), "other", "--json",
                              "--sort-into", "sorted", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        links = sorted((self.folder / "sorted").rglob("*.jpg"))
        self.assertEqual(len(links), len(rows))
        for link in links:
            self.assertTrue(link.is_symlink() and link.resolve().is_file(), link)
        placed = {(str(link.resolve()), link.parent.name) for link in links}
        self.assertEqual(placed, {(str((self.folder / row["file"]).resolve()), row["predicted"])
                                  for row in rows})
        self.assertIn(f"{twice.stem}-2.jpg", [link.name for link in links])
        self.assertEqual(files(self.data), before)
        self.expect(self.predict(twice, "--sort-into", self.folder / "sorted"), 2,
                    "is not empty; name a new folder")

    def test_explaining_overlays_each_picture_in_its_own_size(self):
        result = self.predict(self.data / "test/cats", "--explain", self.folder / "why")
        self.assertEqual(result.returncode, 0, result.stderr)
        names = sorted(path.name for path in (self.folder / "why").iterdir())
        self.assertEqual(names, sorted(path.name for path in (self.data / "test/cats").iterdir()))
        again = self.rows(self.folder / "why")  # they can be read, and are other pictures
        self.assertEqual(len(again), len(names))
        self.assertNotEqual((self.folder / "why" / names[0]).read_bytes(),
                            (self.data / "test/cats" / names[0]).read_bytes())

    def test_refusals(self):
        self.expect(self.predict(), 2, "PATH is required")
        self.expect(catdog("predict", self.data / "test"), 2, "--model is required")
        self.expect(catdog("predict", "--model", self.folder / "x.pt", self.data / "test"), 4,
                    "x.pt: No such file or directory")
        empty = self.folder / "empty"
        empty.mkdir()
        result = self.predict(empty)
        self.expect(result, 3, "1 of 1 inputs could not be used")
        self.assertRegex(result.stdout, r"^ +error +.*/empty: holds no images\n$")
        for value in ("1.5", "-0.1", "half", "nan"):
            self.expect(self.predict(empty.parent, "--threshold", value), 2, f"--threshold {value}: must be")
        self.expect(self.predict(self.data, "--csv", "--json"), 2, "excludes")
        self.expect(self.predict(self.data, "--csv", "--topk", 2), 2, "excludes")
        with open("/dev/full", "w") as full:
            result = subprocess.run([CATDOG, "predict", "--model", self.model, self.data / "test"],
                                    stdout=full, stderr=subprocess.PIPE, text=True)
        self.expect(result, 1, "the result could not be written to stdout")

    def test_a_reader_that_has_gone_ends_it_without_a_word(self):
        for arguments in (("predict", "--model", self.model, self.data / "test"),
                          ("train", "--help-config")):
            reading, writing = os.pipe()
            os.close(reading)
            result = subprocess.run([CATDOG, *arguments], stdout=writing, stderr=subprocess.PIPE,
                                    text=True)
            os.close(writing)
            self.assertEqual(result.returncode, -signal.SIGPIPE, result.stderr)
            self.assertNotRegex(result.stderr, "error|interrupted")


if __name__ == "__main__":
    unittest.main()
