# SPDX-License-Identifier: Apache-2.0
"""scripts/bench_peers and scripts/bench_scaling: taking turns, medians and ratios, their place in a
document, and refusals; with made-up programs in place of the peers."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent / "scripts"
sys.dont_write_bytecode = True
sys.path.insert(0, str(SCRIPTS / "bench"))
import report
import rounds

# Says what it is, notes each round in a file, and takes as many seconds as it is told to have taken.
FAKE = """
import json, sys
name, notes, *seconds = sys.argv[1:]
print(json.dumps({"made-up": name}), flush=True)
for line, took in zip(sys.stdin, seconds):
    open(notes, "a").write(name)
    answer = {"slower": {"images": 100, "seconds": 1000.0},
              "step": {"images": 100, "seconds": float(took)}}
    print(json.dumps(answer), flush=True)
sys.exit("out of rounds")
"""


class Scratch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="catdog-test.")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.notes = self.folder / "notes"
        self.said = []

    def fake(self, name, *seconds):
        return rounds.Contender(f"family {name}", name,
                                [sys.executable, "-c", FAKE, name, self.notes, *seconds],
                                log=self.folder / f"{name}.log")


class Turns(Scratch):
    def test_rounds_alternate_and_medians_are_of_each_one(self):
        pair = [self.fake("A", 1, 4, 2), self.fake("B", 10, 5, 4)]
        finished = rounds.alternate(pair, 3, self.said.append)
        self.assertEqual(finished, pair)
        self.assertEqual(self.notes.read_text(), "ABABAB")
        self.assertEqual([c.rates for c in pair], [[100, 25, 50], [10, 20, 25]])
        self.assertEqual([rounds.median(c) for c in pair], [50, 20])
        self.assertEqual(rounds.ratio(*pair), (2.5, 4))
        self.assertEqual(pair[0].about, {"made-up": "A"})
        self.assertGreater(pair[0].peak_mb, 1)
        for contender in pair:
            self.assertIsNotNone(contender.process.returncode)

    def test_one_that_fails_is_left_out_with_its_last_words(self):
        trio = [self.fake("A", 1, 1), self.fake("B", 1), rounds.Contender(
            "family C", "C", [self.folder / "absent"])]
        self.assertEqual(rounds.alternate(trio, 2, self.said.append), trio[:1])
        self.assertIn("left out: family B, B: out of rounds", self.said)
        self.assertTrue(any(text.startswith("left out:") and "absent" in text
                            for text in self.said), self.said)

    def test_the_best_of_a_family_has_the_highest_median(self):
        members = [self.fake("A"), self.fake("B")]
        members[0].rates, members[1].rates = [1, 2, 90], [3, 3, 3]
        for member in members:
            member.family = "x"
        self.assertIs(rounds.best(members, "x"), members[1])
        self.assertIsNone(rounds.best(members, "y"))


class Report(Scratch):
    def test_tables(self):
        one, other = self.fake("A"), self.fake("B")
        one.rates, other.rates, other.peak_mb = [10, 30, 20], [40], 512.4
        self.assertEqual(report.contender_table("step", [one, other]).splitlines(), [
            "| step | median | slowest | fastest | peak memory |",
            "| --- | ---: | ---: | ---: | ---: |",
            "| family B, B | 40 | 40 | 40 | 512 MB |",
            "| family A, A | 20 | 10 | 30 | 0 MB |"])

    def test_a_report_takes_its_place_again_and_again(self):
        document = self.folder / "d.md"
        document.write_text("before\n<!-- x -->\nold\n<!-- /x -->\nafter\n")
        for text in ("one\n", "two\n"):
            report.insert(document, "x", text)
            self.assertEqual(document.read_text(),
                             f"before\n<!-- x -->\n\n{text}\n<!-- /x -->\nafter\n")
        with self.assertRaisesRegex(rounds.BenchError, "has no lines <!-- y --> and <!-- /y -->"):
            report.insert(document, "y", "text")

    def test_the_document_has_the_marks(self):
        text = (SCRIPTS.parent / "docs/benchmarks.md").read_text(encoding="utf-8")
        for name in ("bench_peers", "bench_scaling"):
            self.assertRegex(text, rf"(?s)<!-- {name} -->\n.*<!-- /{name} -->\n")


class Refusals(Scratch):
    def refuse(self, script, *arguments):
        result = subprocess.run([sys.executable, SCRIPTS / script, *map(str, arguments)], text=True,
                                capture_output=True, timeout=60)
        self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        return result.stderr

    def test_unknown_names(self):
        self.assertIn("theano is none of Keras, PyTorch",
                      self.refuse("bench_peers", "--peers", "Keras,theano"))
        self.assertIn("steps is none of step, epoch, evaluation",
                      self.refuse("bench_peers", "--only", "steps"))
        self.assertIn("Keras is timed on the CPU alone",
                      self.refuse("bench_peers", "--device", "cuda", "--peers", "Keras"))
        self.assertIn("--pictures", self.refuse("bench_scaling", "--pictures", "many"))

    def test_a_folder_without_pictures(self):
        self.assertIn("needs the folders train, validation and test; catdog split makes them",
                      self.refuse("bench_peers", "--data", self.folder))


if __name__ == "__main__":
    unittest.main()
