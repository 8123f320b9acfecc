# SPDX-License-Identifier: Apache-2.0
"""catdog man: the page renders without a warning, and names all that --help names."""
import os
import re
import shutil
import subprocess
import unittest

from command_support import catdog
from test_completion import flags
from test_help_examples import commands, examples


def rendered(page):
    """As man shows it on a wide terminal, without bold and underlines."""
    text = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-rLL=400n", "-P-cbou"], input=page,
                          capture_output=True, text=True, check=True, timeout=60,
                          env=dict(os.environ, LC_ALL="C.UTF-8")).stdout
    return text


class ManPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        result = catdog("man")
        assert result.returncode == 0, result.stderr
        cls.page = result.stdout

    def test_it_is_plain_ascii_and_says_when(self):
        self.assertTrue(self.page.isascii())
        version = catdog("--version").stdout.split()[1]
        self.assertRegex(self.page.splitlines()[0].replace("\\-", "-"),
                         rf'^\.TH CATDOG 1 (\d{{4}}-\d\d-\d\d|undated) "catdog {version}" ')

    def test_it_renders_without_a_warning(self):
        checks = [["groff", "-man", "-ww", "-b", "-Tutf8"], ["mandoc", "-Tlint", "-W", "warning"]]
        if shutil.which("man"):
            checks.append(["man", "--warnings=w", "-l", "-"])
        for check in checks:
            if not shutil.which(check[0]):
                continue
            with self.subTest(check[0]):
                result = subprocess.run(check, input=self.page, capture_output=True, text=True,
                                        timeout=60, env=dict(os.environ, MANPAGER="cat"))
                self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
                if check[0] == "mandoc":
                    self.assertEqual(result.stdout, "")

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_it_names_every_command_flag_and_example(self):
        text = rendered(self.page)
        sections = re.split(r"^   (\w+)$", text, flags=re.MULTILINE)
        by_command = dict(zip(sections[1::2], sections[2::2]))
        self.assertEqual(list(by_command), commands())
        for flag in flags([]):
            self.assertIn(flag, sections[0])
        for command, section in by_command.items():
            for flag in flags([command]):
                with self.subTest(command=command, flag=flag):
                    self.assertRegex(section, rf"(?m)^ +(-\w, )?{flag}( |$)")
            for example in examples(command):
                self.assertIn(example, section)

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_it_says_what_help_says(self):
        text = re.sub(r"\s+", " ", rendered(self.page))
        for wanted in ("--epochs INT epochs to train", "--output FILE picture to write; default: "
                       "preview.png", "--model FILE model file, as train wrote it; required",
                       "cat.0.jpg, dog.0.jpg … or one folder a class",
                       "5 the accuracy lies below --min-accuracy"):
            self.assertIn(wanted, text)

    def test_faults_by_their_text(self):
        result = catdog("man", "train")
        self.assertEqual(result.returncode, 2)
        self.assertIn("train", result.stderr)


if __name__ == "__main__":
    unittest.main()
