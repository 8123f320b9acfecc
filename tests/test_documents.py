# SPDX-License-Identifier: Apache-2.0
"""What the documents promise: each command in a ```console block of README.md runs and prints what
stands below it, numbers aside, and docs/config.md is what the program says.

The commands run in order, in an empty folder, on drawn pictures in place of Kaggle's. Training is
cut to a few steps. Reads the program's path from the environment variable CATDOG.
"""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

CATDOG = pathlib.Path(os.environ["CATDOG"])
ROOT = pathlib.Path(__file__).resolve().parent.parent
FEWER_STEPS = " --epochs 2 --set train.steps_per_epoch=2"


def blocks(text):
    """(command, expected lines) of all console blocks, in order."""
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output.splitlines()


def shape(line):
    """The line without what differs from run to run and between processors: numbers, durations,
    precision, width of blanks."""
    line = re.sub(r"\b(fp32|bf16)\b", "PRECISION", line)
    line = re.sub(r"\d+ min \d+ s|\d+(\.\d+)? s\b", "TIME", line.strip())
    return re.sub(r" +", " ", re.sub(r"\d[\d.,]*(e-\d+)?", "#", line))


class Documents(unittest.TestCase):
    def test_readme(self):
        commands = list(blocks((ROOT / "README.md").read_text(encoding="utf-8")))
        self.assertGreaterEqual(len(commands), 5)
        with tempfile.TemporaryDirectory(prefix="catdog-test.") as folder:
            # Bytes that differ and are quick to make: 2,000 of each animal, as the book splits.
            subprocess.run([CATDOG, "synth", "data/train", "--per-class", "2000", "--size", "16"],
                           cwd=folder, check=True, stdout=subprocess.DEVNULL)
            (pathlib.Path(folder) / "scripts").symlink_to(ROOT / "scripts")
            environment = dict(os.environ, PATH=f"{CATDOG.parent}:{os.environ['PATH']}")
            for command, expected in commands:
                if command.startswith("catdog train") and "--print-config" not in command:
                    command += FEWER_STEPS
                with self.subTest(command=command):
                    result = subprocess.run(command, shell=True, cwd=folder, env=environment,
                                            stdin=subprocess.DEVNULL, text=True, timeout=300,
                                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                    self.assertEqual(result.returncode, 0, result.stdout)
                    printed = [shape(line) for line in result.stdout.splitlines()]
                    for line in expected:
                        if line != "…":
                            self.assertIn(shape(line), printed, result.stdout)

    def test_config_table(self):
        table = subprocess.run([CATDOG, "train", "--help-config"], check=True, text=True,
                               stdout=subprocess.PIPE).stdout
        self.assertIn(table, (ROOT / "docs/config.md").read_text(encoding="utf-8"),
                      "docs/config.md must hold what `catdog train --help-config` prints")

    def test_links_between_documents_lead_somewhere(self):
        for document in [*ROOT.glob("*.md"), ROOT / "data/README.md", *ROOT.glob("docs/*.md")]:
            text = document.read_text(encoding="utf-8")
            for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
                self.assertTrue((document.parent / target).exists(), f"{document}: {target}")


if __name__ == "__main__":
    unittest.main()
