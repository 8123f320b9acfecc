# SPDX-License-Identifier: Apache-2.0
"""The examples at the end of each command's --help run as they stand, each in a folder of its own
with drawn pictures and a few small trained runs. Every command has two."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from command_support import CATDOG, catdog

SMALL = "--set data.image_size=32 --set model.filters=[4,4] --set model.dense_units=8"
# What makes an example shorter, or its network smaller; one thread, because two wait for each other
# where other programs run. Of a run that goes on only its length may be another.
CUTS = [(r"^catdog train --resume", "--epochs 2 --threads 1"),
        (r"^catdog train", f"{SMALL} --epochs 1 --set train.steps_per_epoch=2 --threads 1"),
        (r"^catdog bench", f"{SMALL} --batch-size 16 --rounds 1 --threads 1"),
        (r"^catdog split(?!.*--fractions)", "--train 12 --validation 4 --test 4")]


def commands():
    listed = catdog("--help").stdout.partition("\nSubcommands:\n")[2].partition("\n\n")[0]
    return re.findall(r"^  (\S+)", listed, re.MULTILINE)


def examples(command):
    text = catdog(command, "--help").stdout.partition("\nExamples:\n")[2]
    return [line.strip() for line in text.splitlines() if line.strip() and "  # " not in line]


class HelpExamples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="catdog-test.")
        cls.addClassCleanup(scratch.cleanup)
        cls.prepared = pathlib.Path(scratch.name, "prepared")
        cls.folders = pathlib.Path(scratch.name, "examples")
        cls.folders.mkdir()
        cls.prepared.mkdir()
        for line in ("synth data/train --per-class 20 --size 48",
                     "split data/train data/cats_and_dogs_small --train 12 --validation 4 --test 4",
                     f"train --config baseline {SMALL} --epochs 1 --threads 1",
                     f"train --config augment {SMALL} --epochs 1 --threads 1"):
            made = catdog(*line.split(), cwd=cls.prepared)
            assert made.returncode == 0, made.stderr
        (cls.prepared / ".config/fish/completions").mkdir(parents=True)

    def run_example(self, command, line):
        """In a copy of what is prepared, which is also the home; without what it is to make."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folders)) / "home"
        shutil.copytree(self.prepared, folder)
        if command in ("synth", "split"):
            destination = [word for word in line.split() if not word.startswith("-")]
            shutil.rmtree(folder / destination[2 if command == "synth" else 3], ignore_errors=True)
        for pattern, cut in CUTS:
            if re.search(pattern, line):
                line += " " + cut
                break
        environment = dict(os.environ, HOME=str(folder), MANPAGER="cat",
                           PATH=f"{pathlib.Path(CATDOG).parent}:{os.environ['PATH']}")
        return subprocess.run(["bash", "-c", "set -o pipefail; " + line], cwd=folder, text=True,
                              env=environment, stdin=subprocess.DEVNULL, timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def test_each_command_has_two(self):
        self.assertGreaterEqual(len(commands()), 9)
        for command in commands():
            with self.subTest(command):
                self.assertEqual(len(examples(command)), 2)

    def test_each_runs(self):
        for command in commands():
            for line in examples(command):
                with self.subTest(line):
                    self.assertIn(f"catdog {command}", line)
                    if "| man " in line and not shutil.which("man"):
                        continue
                    result = self.run_example(command, line)
                    self.assertEqual(result.returncode, 0, result.stdout)


if __name__ == "__main__":
    unittest.main()
