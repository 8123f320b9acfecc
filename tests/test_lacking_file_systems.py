# SPDX-License-Identifier: Apache-2.0
"""What catdog does on file systems that lack fsync, locks, links and the like: it works, and says
once what is done instead. lacking_file_system.cpp takes the calls away."""
import errno
import os
import unittest

from command_support import CommandTest, catdog, files, with_shim
from interruption_support import SMALL

SHIM = os.environ["CATDOG_LACKING_FILE_SYSTEM"]
ALL = "fsync flock locks rename_over renameat2 posix_fallocate symlink link"
# What a warning says → the calls that are missing.
KINDS = {"cannot be synced": "fsync", "cannot be locked": "flock locks",
         "cannot be renamed over": "rename_over", "space cannot be reserved": "posix_fallocate",
         "symbolic links cannot be made": "symlink",
         "hard links cannot be made": "link"}


def lacking(calls, *arguments, error=None, cwd=None):
    settings = {"LACKS": calls} | ({} if error is None else {"LACKS_ERRNO": str(error)})
    return with_shim(settings, *arguments, cwd=cwd)


class LackingFileSystems(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.train_run(*SMALL, "--epochs", 1) / "model.pt"

    def expect_warnings(self, result, *kinds):
        """Success, each of `kinds` once in stderr, and no other kind."""
        self.assertEqual(result.returncode, 0, result.stderr)
        for text in KINDS:
            self.assertEqual(result.stderr.count(text), int(text in kinds), (text, result.stderr))

    def train(self, calls, name, **options):
        return lacking(calls, "train", *SMALL, "--data", self.data, "--runs", self.folder, "--name",
                       name, "--epochs", 1, **options)

    def test_every_command_works_where_all_is_missing(self):
        data, run = self.folder / "data", self.folder / "run"
        sync, lock, over = "cannot be synced", "cannot be locked", "cannot be renamed over"
        split = lacking(ALL, "split", self.pictures, data, "--train", 24, "--validation", 8, "--test",
                        8, "--symlink")
        self.expect_warnings(split, sync, lock, "symbolic links cannot be made",
                             "hard links cannot be made")
        train = lacking(ALL, "train", *SMALL, "--data", data, "--runs", self.folder, "--name", "run",
                        "--epochs", 1, "--set", "data.cache=disk")
        self.expect_warnings(train, sync, lock, over, "space cannot be reserved")
        resume = lacking(ALL, "train", "--resume", run, "--epochs", 2)  # with the cache that is there
        self.expect_warnings(resume, sync, lock, over)
        predictions = run / "predictions/test.csv"
        evaluate = ["eval", "--model", run / "model.pt", "--save-predictions", predictions]
        self.expect_warnings(lacking(ALL, *evaluate), sync)
        before = predictions.read_bytes()
        self.expect_warnings(lacking(ALL, *evaluate), sync, over)
        self.assertEqual(predictions.read_bytes(), before)
        self.expect_warnings(lacking(ALL, "report", run), sync, over)
        self.expect_warnings(lacking(ALL, "runs", self.folder))
        exported = lacking(ALL, "export", "--model", run / "model.pt", "--format", "onnx", "-o",
                           self.folder / "model.onnx")
        self.expect_warnings(exported, sync)
        self.assertEqual([str(path) for path in self.folder.rglob("*.tmp.*")], [])
        # The same run as where nothing is missing.
        whole = catdog("train", *SMALL, "--data", data, "--runs", self.folder, "--name", "whole",
                       "--epochs", 2)
        self.assertEqual(whole.returncode, 0, whole.stderr)
        self.assertEqual((run / "weights/last.pt").stat().st_size,
                         (self.folder / "whole/weights/last.pt").stat().st_size)

    def test_one_missing_call_gives_one_warning(self):
        for text, calls in KINDS.items():
            if "link" in calls:
                continue
            with self.subTest(calls):
                result = lacking(calls, "train", *SMALL, "--data", self.data, "--runs", self.folder,
                                 "--name", calls.split()[0], "--epochs", 1, "--set",
                                 "data.cache=disk")
                self.expect_warnings(result, text)
                for cache in self.data.rglob(".catdog-cache/*"):
                    cache.unlink()

    def test_each_way_of_saying_that_fsync_is_missing(self):
        for error in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
            with self.subTest(error):
                result = self.train("fsync", f"run-{error}", error=error)
                self.expect_warnings(result, "cannot be synced")
                self.assertIn(os.strerror(error), result.stderr)

    def test_a_failing_disk_is_an_error(self):
        for error in (errno.EIO, errno.ENOSPC):
            with self.subTest(error):
                result = self.train("fsync", f"run-{error}", error=error)
                self.expect(result, 1, "cannot write", os.strerror(error))
                self.assertNotIn("cannot be synced", result.stderr)
                self.assertEqual(list(self.folder.rglob("*.tmp.*")), [])

    def test_a_file_that_cannot_be_replaced_stays(self):
        predictions = self.folder / "test.csv"
        predictions.write_text("former")
        result = lacking("rename", "eval", "--model", self.model, "--save-predictions", predictions)
        self.expect(result, 1, "cannot write", os.strerror(errno.EPERM))
        self.assertEqual(files(self.folder), {"test.csv": b"former"})

    def split(self, calls, kind, **options):
        result = lacking(calls, "split", self.pictures, self.folder / "data", "--force", "--train",
                         24, "--validation", 8, "--test", 8, kind, **options)
        return result, next((self.folder / "data").rglob("*.jpg"), None)

    def test_split_makes_the_links_that_there_are(self):
        expected = files(self.data / "train")
        for error in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, None):
            with self.subTest(error):
                result, picture = self.split("symlink", "--symlink", error=error)
                self.expect_warnings(result, "symbolic links cannot be made")
                self.assertGreater(picture.lstat().st_nlink, 1)
                result, picture = self.split("link", "--hardlink", error=error)
                self.expect_warnings(result, "hard links cannot be made")
                self.assertEqual(picture.lstat().st_nlink, 1)
                result, picture = self.split("symlink link", "--symlink", error=error)
                self.expect_warnings(result, "symbolic links cannot be made",
                                     "hard links cannot be made")
                self.assertFalse(picture.is_symlink())
                self.assertEqual(files(self.folder / "data/train"), expected)
        result, _ = self.split("link", "--hardlink", error=errno.EMLINK)
        self.expect_warnings(result, "hard links cannot be made")
        result, _ = self.split("link", "--hardlink", error=errno.EXDEV)
        self.expect(result, 1, "different file systems; use --copy or --symlink")
        result, _ = self.split("symlink", "--symlink", error=errno.ENOSPC)
        self.expect(result, 1, "cannot write", os.strerror(errno.ENOSPC))

    def test_predict_sorts_by_the_links_that_there_are(self):
        original = next((self.data / "test").rglob("*.jpg"))
        for calls, kinds in (("symlink", ["symbolic links cannot be made"]),
                             ("symlink link", ["symbolic links cannot be made",
                                               "hard links cannot be made"])):
            with self.subTest(calls):
                target = self.folder / calls.replace(" ", "-")
                result = lacking(calls, "predict", "--model", self.model, self.data / "test",
                                 "--sort-into", target)
                self.expect_warnings(result, *kinds)
                self.assertEqual(sorted(files(target).values()),
                                 sorted(files(self.data / "test").values()))
                for placed in target.rglob("*.jpg"):
                    self.assertFalse(placed.is_symlink())
                    self.assertEqual(placed.stat().st_nlink > 1, "link" not in calls.split())
        # A picture that is itself a link: what it leads to.
        (self.folder / "in").mkdir()
        (self.folder / "in/a.jpg").symlink_to(original)
        result = lacking("symlink", "predict", "--model", self.model, self.folder / "in/a.jpg",
                         "--sort-into", self.folder / "out")
        self.expect_warnings(result, "symbolic links cannot be made")
        placed = next((self.folder / "out").rglob("*.jpg"))
        self.assertTrue(placed.samefile(original) and not placed.is_symlink())


if __name__ == "__main__":
    unittest.main()
