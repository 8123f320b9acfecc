# SPDX-License-Identifier: Apache-2.0
"""Where memory, the current folder or the standard streams are missing: one line that says so, and
an exit code; never a signal, and no text of the program in a file of the user's."""
import os
import resource
import subprocess
import unittest

from command_support import CATDOG, CommandTest, catdog, files
from interruption_support import SMALL

MEGABYTE = 1 << 20


def shell(text, *arguments, cwd=None):
    """A line of sh, in which "$@" is the catdog command."""
    return subprocess.run(["sh", "-c", text, "sh", CATDOG, *map(str, arguments)], text=True, cwd=cwd,
                          capture_output=True, timeout=300, stdin=subprocess.DEVNULL)


class Scarce(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.train_run(*SMALL, "--epochs", 1) / "model.pt"
        cls.image = next((cls.data / "test").rglob("*.jpg"))

    def expect_one_line(self, result, code, *texts):
        self.expect(result, code, *texts)
        self.assertEqual(result.stderr.strip().count("\n"), 0, result.stderr)

    # ------------------------------------------------------------------------------------- memory

    def limited(self, megabytes, *arguments):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, resource.RLIM_INFINITY))
        return subprocess.run([CATDOG, *map(str, arguments)], text=True, capture_output=True,
                              stdin=subprocess.DEVNULL, preexec_fn=limit, timeout=300)

    def test_too_little_address_space_is_one_line(self):
        """At every limit: success, one line with exit code 1, or the dynamic linker's own line."""
        commands = {"version": ["--version"],
                    "predict": ["predict", "--model", self.model, self.data / "test"],
                    "train": ["train", *SMALL, "--data", self.data, "--runs", self.folder,
                              "--epochs", 1]}
        enough = False
        for megabytes in (100, 560, 700, 840, 870, 1000):
            for name, arguments in commands.items():
                with self.subTest(megabytes=megabytes, command=name):
                    result = self.limited(megabytes, *arguments)
                    if "error while loading shared libraries" in result.stderr:
                        self.assertEqual(result.returncode, 127)
                    elif result.returncode != 0:
                        self.assertEqual(result.returncode, 1, result.stderr)
                        self.assertNotIn("terminate called", result.stderr)
                        self.assertRegex(result.stderr.splitlines()[-1], "memory|thread|Thread|ulimit")
                    enough = enough or result.returncode == 0
        self.assertTrue(enough)

    # ------------------------------------------------------------------------------ current folder

    def in_removed_folder(self, *arguments):
        (self.folder / "gone").mkdir()
        return shell('rmdir "$PWD" && exec "$@"', *arguments, cwd=self.folder / "gone")

    def test_a_removed_current_folder_stops_only_what_needs_it(self):
        out = self.folder / "out"
        working = [["--version"], ["--help"], ["check", self.pictures], ["summary"],
                   ["predict", "--model", self.model, self.image],
                   ["eval", "--model", self.model, "--data", self.data],
                   ["runs", self.shared / "runs"],
                   ["report", self.shared / "runs/a"],
                   ["train", *SMALL, "--data", self.data, "--runs", out, "--epochs", 1],
                   ["synth", out / "drawn", "--per-class", 2],
                   ["split", self.pictures, out / "split", "--train", 2, "--validation", 2, "--test",
                    2],
                   ["export", "--model", self.model, "--format", "onnx", "-o", out / "m.onnx"]]
        out.mkdir()
        for arguments in working:
            with self.subTest(arguments[0]):
                result = self.in_removed_folder(*arguments)
                self.assertEqual(result.returncode, 0, result.stderr)
        for arguments in ([["synth", "drawn", "--per-class", 2],
                           ["train", *SMALL, "--data", self.data, "--epochs", 1],
                           ["doctor", "--no-speed"],
                           ["split", self.pictures, "split", "--train", 2, "--validation", 2,
                            "--test", 2]]):
            with self.subTest(arguments[0] + " here"):
                result = self.in_removed_folder(*arguments)
                self.assertIn(result.returncode, (1, 3), result.stderr)
                self.assertRegex(result.stderr.splitlines()[-1],
                                 "^catdog: error: .*(current folder was removed|No such file)")
        self.assertFalse(os.path.exists("/drawn") or os.path.exists("/runs"))

    # ------------------------------------------------------------------------------------- streams

    def test_a_list_on_a_closed_stdin_is_an_error(self):
        result = shell('"$@" <&-', "predict", "--model", self.model, "-")
        self.expect_one_line(result, 3, "the list on stdin cannot be read")
        self.assertEqual(result.stdout, "")

    def test_a_closed_stdout_is_an_error_that_names_it(self):
        for how, *arguments in (('"$@" >&-', "predict", "--model", self.model, self.image),
                                ('"$@" <&- >&-', "predict", "--model", self.model, self.image),
                                ('"$@" >&-', "summary"), ('"$@" >&-', "completion", "bash"),
                                ('"$@" >&-', "--help"), ('"$@" >&-', "--version"),
                                ('"$@" >&-', "train", "--help-config")):
            with self.subTest(how=how, command=arguments):
                self.expect_one_line(shell(how, *arguments), 1,
                                     "could not be written to stdout: Bad file descriptor")

    def test_no_file_of_the_user_gets_what_is_meant_for_a_closed_stream(self):
        run = ["train", *SMALL, "--data", self.data, "--runs", self.folder, "--epochs", 1]
        for how in ('"$@" 2>&-', '"$@" <&- >&- 2>&-'):
            with self.subTest(how):
                result = shell(how, *run, "--name", str(len(how)))
                folder = self.folder / str(len(how))
                self.assertEqual(result.stderr, "")
                self.assertIn(result.returncode, (0, 1))  # stdout may be one that fails
                for name, content in files(folder).items():
                    for text in (b"training and ", b"epoch 1/1"):
                        self.assertNotIn(text, content, name)
                self.assertEqual((folder / "metrics.csv").read_text().count("\n"), 2)

    def test_a_full_stdout_is_named_and_the_files_are_whole(self):
        def run(how, folder):
            folder.mkdir()
            for arguments in (
                    ["split", self.pictures, folder / "split", "--train", 2, "--validation", 2,
                     "--test", 2],
                    ["synth", folder / "drawn", "--per-class", 2],
                    ["eval", "--model", self.model, "--data", self.data, "--save-predictions",
                     folder / "p.csv"],
                    ["export", "--model", self.model, "--format", "safetensors", "-o",
                     folder / "m.safetensors"]):
                result = shell(how, *arguments)
                if "full" not in how:
                    self.assertEqual(result.returncode, 0, result.stderr)
                    continue
                self.expect(result, 1, "could not be written to stdout: No space left on device; "
                            "everything else that the command does is done")
            return {name: content for name, content in files(folder).items()
                    if name != "split/split.json"}
        self.assertEqual(run('"$@" >/dev/full', self.folder / "full"),
                         run('"$@" >/dev/null', self.folder / "whole"))
        for arguments in (["--help"], ["--version"], ["man"], ["completion", "zsh"],
                          ["train", "--help-config"]):
            with self.subTest(arguments):
                self.expect_one_line(shell('"$@" >/dev/full', *arguments), 1,
                                     "could not be written to stdout: No space left on device")


if __name__ == "__main__":
    unittest.main()
