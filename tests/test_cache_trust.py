# SPDX-License-Identifier: Apache-2.0
"""The disk cache of decoded images is used only where no other user can have written it, and a file
that is cut short costs a warning; the run is the same in every case."""
import hashlib
import os
import re
import signal
import stat
import subprocess
import time
import unittest

from command_support import CATDOG, CommandTest, catdog
from interruption_support import SMALL, figures


def write_others_pixels(path):
    """A cache that is whole by its own digests but holds other pixels: what a stranger would leave."""
    content = bytearray(path.read_bytes())
    count = int(re.match(rb"catdog pixels 1, (\d+) pictures", content).group(1))
    height, width = map(int, re.search(rb"(\d+)x(\d+)", content).groups())
    size, table = 3 * height * width, 192 + 64
    start = table + 128 * count
    for i in range(count):
        content[start + i * size:start + (i + 1) * size] = bytes([i]) * size
        content[table + 128 * i + 64:table + 128 * (i + 1)] = hashlib.sha256(
            bytes([i]) * size).hexdigest().encode()
    content[192:256] = hashlib.sha256(content[:192] + content[table:start]).hexdigest().encode()
    path.write_bytes(content)


class CacheTrust(CommandTest):
    def setUp(self):
        super().setUp()
        self.cache = self.data / ".catdog-cache"
        self.runs = 0

    def tearDown(self):
        subprocess.run(["rm", "-rf", self.cache], check=True)
        super().tearDown()

    def train(self, cache="disk"):
        self.runs += 1
        result = catdog("train", *SMALL, "--data", self.data, "--runs", self.folder, "--name",
                        self.runs, "--epochs", 1, "--set", f"data.cache={cache}")
        self.assertEqual(result.returncode, 0, result.stderr)
        return result, figures(self.folder / str(self.runs))

    def test_it_is_the_users_own(self):
        before = os.umask(0)
        try:
            result, _ = self.train()
        finally:
            os.umask(before)
        self.assertNotIn("warning", result.stderr)
        self.assertEqual(stat.S_IMODE(self.cache.stat().st_mode), 0o700)
        for path in self.cache.iterdir():
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)

    def test_pixels_that_others_can_have_written_are_not_used(self):
        _, expected = self.train("none")
        self.train()
        for path in self.cache.iterdir():
            write_others_pixels(path)
        _, poisoned = self.train()
        self.assertNotEqual(poisoned, expected)  # its own user may: the digests are right
        train = self.cache / "train.pixels"

        def hard_link():
            os.link(train, self.folder / "second")

        def symbolic_link():
            train.rename(self.folder / "elsewhere")
            train.symlink_to(self.folder / "elsewhere")

        def folder_link():
            self.cache.rename(self.folder / "folder")
            self.cache.symlink_to(self.folder / "folder")

        # Each adds to what was done before.
        changes = [("can be written to by other users", lambda: train.chmod(0o620)),
                   ("can be written to by other users", lambda: train.chmod(0o602)),
                   ("second hard link", lambda: (train.chmod(0o600), hard_link())),
                   ("symbolic link", symbolic_link),
                   ("can be written to by other users", lambda: self.cache.chmod(0o1777)),
                   ("symbolic link", lambda: (self.cache.chmod(0o700), folder_link()))]
        for text, change in changes:
            with self.subTest(text):
                change()
                (self.data / "validation.pixels").unlink(missing_ok=True)
                if not self.cache.is_symlink():
                    (self.cache / "validation.pixels").unlink(missing_ok=True)
                result, measured = self.train()
                self.assertEqual(measured, expected)
                self.assertEqual(result.stderr.count("no disk cache (" + str(train)) +
                                 result.stderr.count(f"no disk cache ({self.cache} "),
                                 2 if "catdog-cache " in result.stderr else 1, result.stderr)
                self.assertIn(text, result.stderr)

    def test_one_that_is_removed_is_made_anew(self):
        self.train()
        train = self.cache / "train.pixels"
        train.chmod(0o620)
        result, measured = self.train()
        self.assertIn(f"{train} can be written to by other users: remove it, and catdog makes a new one",
                      result.stderr)
        train.unlink()
        result, again = self.train()
        self.assertNotIn("warning", result.stderr)
        self.assertEqual(again, measured)
        self.assertEqual(stat.S_IMODE(train.stat().st_mode), 0o600)

    @unittest.skipUnless(os.geteuid() == 0, "only root can give files to another user")
    def test_pixels_of_another_user_are_not_used(self):
        _, expected = self.train("none")
        self.train()
        for path in self.cache.iterdir():
            write_others_pixels(path)
        for path in (self.cache / "train.pixels", self.cache):
            os.chown(path, 65534, 65534)
            result, measured = self.train()
            self.assertIn("belongs to another user (uid 65534)", result.stderr)
            os.chown(path, 0, 0)
        self.assertEqual(measured, expected)

    def test_a_file_that_is_cut_short_during_a_run_costs_a_warning(self):
        self.train()
        _, expected = self.train("none")
        process = subprocess.Popen(
            [CATDOG, "train", *map(str, SMALL), "--data", self.data, "--runs", self.folder, "--name",
             "cut", "--epochs", "400", "--set", "data.cache=disk", "--set", "data.cache_mb=0"],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        metrics = self.folder / "cut/metrics.csv"
        deadline = time.monotonic() + 120
        while not (metrics.exists() and metrics.read_text().count("\n") > 2):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        for path in self.cache.iterdir():
            os.truncate(path, 1000)
        epochs = metrics.read_text().count("\n")
        while metrics.read_text().count("\n") < epochs + 3 and process.poll() is None:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
        self.assertIn(process.returncode, (0, -signal.SIGTERM), said)
        self.assertEqual(said.count("the disk cache is damaged"), 2, said)  # of both subsets
        self.assertEqual(figures(self.folder / "cut")[1][:3], expected[1][:3])


if __name__ == "__main__":
    unittest.main()
