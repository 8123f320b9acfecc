# SPDX-License-Identifier: Apache-2.0
"""catdog completion: what bash offers for what is typed, in a real bash; that zsh and fish read their
scripts, and what fish offers; that every flag of --help is in each script."""
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from command_support import catdog
from test_help_examples import commands


def flags(command):
    text = catdog(*command, "--help").stdout.partition("\nExamples:\n")[0]
    return re.findall(r"^ +(?:-\w,)?(--[\w-]+)", text, re.MULTILINE)


class Terminal:
    """A shell at a terminal, into which keys are entered."""

    def __init__(self, command, place, home):
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(place)
            os.environ.update(PS1="> ", TERM="dumb", INPUTRC="/dev/null", HOME=str(home))
            os.execvp(command[0], command)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.terminal)

    def enter(self, keys, wanted):
        """Waits for a text that matches `wanted`."""
        os.write(self.terminal, keys.encode())
        seen, end = "", time.monotonic() + 60
        while not re.search(wanted, seen):
            assert time.monotonic() < end, seen
            if select.select([self.terminal], [], [], 1)[0]:
                seen += os.read(self.terminal, 4096).decode(errors="replace")


class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="catdog-test.")
        cls.addClassCleanup(scratch.cleanup)
        cls.folder = pathlib.Path(scratch.name)
        cls.scripts = {}
        for shell in ("bash", "zsh", "fish"):
            result = catdog("completion", shell)
            assert result.returncode == 0, result.stderr
            cls.scripts[shell] = cls.folder / f"script.{shell}"
            cls.scripts[shell].write_text(result.stdout)
        cls.place = cls.folder / "place"
        (cls.place / "my runs").mkdir(parents=True)
        (cls.place / "data").mkdir()
        (cls.place / "bar.json").write_text("{}")

    def bash(self, *words, breaks="=:"):
        """What is offered for the last of these words; typed = and : part words, as in readline."""
        line = [part for word in words for part in re.split(f"([{breaks}])", word)
                if part or not word] if breaks else list(words)
        script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
                  '_catdog 2>&1; printf "%s\\n" "${COMPREPLY[@]}"')
        result = subprocess.run(["bash", "--norc", "-c", script, "bash", self.scripts["bash"],
                                 *line], cwd=self.place, capture_output=True, text=True,
                                check=True, timeout=60)
        self.assertEqual(result.stderr, "")
        return [offer for offer in result.stdout.split("\n") if offer]

    def test_bash_offers_commands_and_flags(self):
        self.assertEqual(self.bash("catdog", "tr"), ["train"])
        self.assertEqual(self.bash("catdog", ""), commands())
        self.assertEqual(self.bash("catdog", "--v"), ["--version"])
        self.assertEqual(self.bash("catdog", "train", "--ep"), ["--epochs"])
        self.assertEqual(self.bash("catdog", "train", "--min"), [])  # eval's
        self.assertEqual(self.bash("catdog", "eval", "--min"), ["--min-accuracy"])
        self.assertEqual(self.bash("catdog", "train", "--epochs", "3", "--bat"), ["--batch-size"])
        self.assertIn("--epochs", self.bash("catdog", "train", ""))  # it takes no words

    def test_bash_offers_values(self):
        self.assertEqual(self.bash("catdog", "train", "--precision", ""), ["auto", "fp32", "bf16"])
        self.assertEqual(self.bash("catdog", "train", "--config", "ba"), ["baseline", "bar.json"])
        self.assertEqual(self.bash("catdog", "train", "--config=bas"), ["baseline"])
        self.assertEqual(self.bash("catdog", "train", "--config="), self.bash("catdog", "train",
                                                                             "--config", ""))
        self.assertEqual(self.bash("catdog", "bench", "--only", "dec"), ["decode"])
        self.assertEqual(self.bash("catdog", "bench", "--only", "decode,st"), ["decode,step"])
        self.assertEqual(self.bash("catdog", "completion", ""), ["bash", "zsh", "fish"])
        self.assertEqual(self.bash("catdog", "train", "--epochs", ""), [])

    def test_bash_offers_the_keys_of_the_config_and_their_values(self):
        self.assertEqual(self.bash("catdog", "train", "--set", "data.cache"),
                         ["data.cache=", "data.cache_mb="])
        self.assertEqual(self.bash("catdog", "train", "--set", "data.cache=m"), ["memory"])
        self.assertEqual(self.bash("catdog", "train", "--set", "train.cuda_graph="),
                         ["true", "false"])
        # Where = parts no words, the whole word is to be put in place.
        self.assertEqual(self.bash("catdog", "train", "--set", "data.cache=m", breaks=""),
                         ["data.cache=memory"])
        self.assertEqual(self.bash("catdog", "train", "--config=bas", breaks=""),
                         ["--config=baseline"])

    def test_bash_offers_files_and_folders(self):
        self.assertEqual(sorted(self.bash("catdog", "check", "")), ["data", "my runs"])
        self.assertEqual(sorted(self.bash("catdog", "preview", "")), ["bar.json", "data", "my runs"])
        self.assertEqual(self.bash("catdog", "eval", "--model", "ba"), ["bar.json"])
        self.assertEqual(self.bash("catdog", "split", "data", "my"), ["my runs"])
        self.assertEqual(self.bash("catdog", "report", "data", "data", "my"), ["my runs"])
        self.assertIn("--json", self.bash("catdog", "check", "data", ""))  # no third word

    def test_bash_at_a_terminal(self):
        """The keys as they are pressed: TAB completes, a folder's blank is quoted."""
        with Terminal(["bash", "--norc", "--noprofile", "-i"], self.place, self.folder) as shell:
            shell.enter(f"source {self.scripts['bash']}; "
                        "catdog() { printf '<%s>' \"$@\" ready; }\ncatdog\n", "<ready>")
            shell.enter("catdog tr\t--ep\t3 --config bas\t--set data.cac\t\n",
                        "<train><--epochs><3><--config><baseline><--set><data.cache><ready>")
            shell.enter("catdog check my\t --js\t\n", "<check><my runs/><--json><ready>")
            shell.enter("catdog train --set data.cache=mem\t --precision=bf\t\n",
                        "<--set><data.cache=memory><--precision=bf16><ready>")
            shell.enter("catdog train --set data.workers=2 --ep\t4 --config=\tba\t\n",
                        "<data.workers=2><--epochs><4><--config=ba")

    def test_every_script_names_every_flag(self):
        for command in [[], *([name] for name in commands())]:
            for flag in flags(command):
                with self.subTest(command=command, flag=flag):
                    self.assertIn(flag, self.scripts["bash"].read_text())
                    self.assertIn(flag, self.scripts["zsh"].read_text())
                    self.assertIn(f" -l {flag[2:]} ", self.scripts["fish"].read_text())
                    self.assertIn(flag, self.bash("catdog", *command, flag))

    def test_each_shell_reads_its_script(self):
        for shell in ("bash", "zsh", "fish"):
            if not shutil.which(shell):
                continue
            with self.subTest(shell):
                result = subprocess.run([shell, "-n", self.scripts[shell]], capture_output=True,
                                        text=True, timeout=60)
                self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_offers(self):
        def offers(line):
            result = subprocess.run(
                ["fish", "--no-config", "-c", f"source $argv[1]; complete -C '{line}'",
                 self.scripts["fish"]], cwd=self.place, text=True, check=True, timeout=60,
                stdout=subprocess.PIPE, env=dict(os.environ, HOME=str(self.folder)))
            return [offer.split("\t")[0] for offer in result.stdout.splitlines()]
        self.assertEqual(offers("catdog tr"), ["train"])
        self.assertEqual(offers("catdog train --ep"), ["--epochs"])
        self.assertEqual(sorted(offers("catdog train --precision ")), ["auto", "bf16", "fp32"])
        self.assertIn("baseline", offers("catdog train --config ba"))
        self.assertIn("bar.json", offers("catdog train --config ba"))
        self.assertEqual(offers("catdog train --set data.cache=m"), ["data.cache=memory"])
        self.assertEqual(offers("catdog check d"), ["data/"])

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_offers(self):
        """In a zsh at a terminal, its completion system loaded."""
        with Terminal(["zsh", "-f", "-i"], self.place, self.folder) as shell:
            shell.enter(f"autoload -U compinit; compinit -u -D; source {self.scripts['zsh']}; "
                        "catdog() { printf '<%s>' \"$@\" ready; }\ncatdog\n", "<ready>")
            shell.enter("catdog tra\t--ep\t3 --config=bas\t\n",
                        "<train><--epochs=3><--config=baseline><ready>")
            shell.enter("catdog train --set data.cache=mem\t\n", "<--set><data.cache=memory><ready>")
            shell.enter("catdog check da\t\n", "<check><data/?><ready>")

    def test_faults_by_their_text(self):
        for arguments, text in (([], "SHELL is required"), (["tcsh"], "tcsh not in {bash,zsh,fish}")):
            result = catdog("completion", *arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn(text, result.stderr)


if __name__ == "__main__":
    unittest.main()
