# SPDX-License-Identifier: Apache-2.0
"""Paths that somebody else prepared: a run folder from a stranger whose parts are links, and names
in a shared folder. No file elsewhere changes, and what is refused is named. Each part of a run, and
each kind of what may stand there: run_folder_test.cpp and prepared_files_test.cpp."""
import os
import shutil
import unittest

from command_support import CommandTest, catdog, files
from interruption_support import SMALL

FOLDERS = ["weights", "checkpoints", "predictions"]
FILES = [".lock", "config.json", "model.pt", "weights/last.pt", "predictions/test.csv"]


class PreparedPaths(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        result = catdog("train", *SMALL, "--data", cls.data, "--runs", cls.shared / "runs",
                        "--name", "a", "--epochs", 1, "--tensorboard")
        assert result.returncode == 0, result.stderr
        cls.run_folder = cls.shared / "runs/a"
        cls.model = cls.run_folder / "model.pt"

    def setUp(self):
        super().setUp()
        self.victims = self.folder / "victims"
        (self.victims / "folder").mkdir(parents=True)
        for name in ("file", "folder/last.pt", "folder/step-00000000.pt", "folder/test.csv"):
            (self.victims / name).write_text("the user's")
        self.before = files(self.victims)

    def tearDown(self):
        self.assertEqual(files(self.victims), self.before)

    def copy(self, name="run"):
        run = self.folder / name
        shutil.copytree(self.run_folder, run)
        return run

    def refused(self, run, part, why):
        before = files(run)
        result = catdog("train", "--resume", run, "--epochs", 2)
        self.expect(result, 4, f"{run / part}: {why}", "remove it, or put a plain")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertEqual(files(run), before)

    def test_a_run_whose_parts_are_links_does_not_go_on(self):
        log = next(self.run_folder.glob("events.out.*")).name
        for part in FOLDERS + FILES + [log]:
            with self.subTest(part):
                run = self.copy(part.replace("/", "-"))
                path = run / part
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
                path.symlink_to(self.victims / ("folder" if part in FOLDERS else "file"))
                self.refused(run, part, "is a symbolic link, and catdog does not write through it")

    def test_whatever_else_stands_in_the_place_of_a_part(self):
        def prepare(path, make):
            path.unlink()
            make(path)
        for number, (part, why, make) in enumerate((
                (".lock", "has a second name", lambda path: path.hardlink_to(self.victims / "file")),
                (".lock", "is not a regular file", os.mkfifo),
                (".lock", "is a folder", os.mkdir),
                (".lock", "is a symbolic link", lambda path: path.symlink_to("nowhere")),
                ("metrics.csv", "is not a regular file", os.mkfifo),
                ("metrics.csv", "is a folder", os.mkdir))):
            with self.subTest(part=part, why=why):
                run = self.copy(str(number))
                prepare(run / part, make)
                self.refused(run, part, why)
        run = self.copy("file")
        shutil.rmtree(run / "weights")
        (run / "weights").write_text("a file")
        self.refused(run, "weights", "is not a folder")

    def test_a_file_that_is_replaced_may_have_other_names(self):
        run = self.copy()
        (run / "metrics.csv").unlink()
        (run / "metrics.csv").hardlink_to(self.victims / "file")
        self.expect(catdog("train", "--resume", run, "--epochs", 2), 0)
        self.assertEqual((run / "metrics.csv").read_text().count("\n"), 3)

    def test_what_a_refusal_says_helps(self):
        run = self.copy()
        shutil.rmtree(run / "weights")
        (run / "weights").symlink_to(self.victims / "folder")
        (run / ".lock").unlink()
        (run / ".lock").symlink_to(self.victims / "file")
        self.refused(run, "weights", "is a symbolic link")
        (run / "weights").unlink()
        self.refused(run, ".lock", "is a symbolic link")
        (run / ".lock").unlink()
        self.expect(catdog("train", "--resume", run, "--epochs", 2), 0)
        self.assertTrue((run / "weights/last.pt").is_file())

    def test_a_series_goes_on_with_no_such_run(self):
        series = ["train", *SMALL, "--data", self.data, "--runs", self.folder, "--name", "s",
                  "--epochs", 1]
        run = self.copy("s-seed3")
        (run / "model.pt").unlink()
        shutil.rmtree(run / "weights")
        (run / "weights").symlink_to(self.victims / "folder")
        self.expect(catdog(*series, "--tensorboard", "--seeds", 2), 4,
                    f"{run}/weights: is a symbolic link")

    def test_a_new_run_takes_no_folder_that_is_prepared(self):
        (self.folder / "r").symlink_to(self.victims / "folder")
        (self.folder / "r-2").symlink_to(self.victims / "absent")
        result = catdog("train", *SMALL, "--data", self.data, "--runs", self.folder, "--name", "r",
                        "--epochs", 1)
        self.expect(result, 0)
        self.assertEqual(result.stdout.strip(), str(self.folder / "r-3/model.pt"))

    def test_a_run_may_be_named_by_a_link_and_its_parts_may_be_read(self):
        run = self.copy()
        (self.folder / "latest").symlink_to(run)
        self.expect(catdog("train", "--resume", self.folder / "latest", "--epochs", 2), 0)
        shutil.rmtree(run / "weights")
        (run / "weights").symlink_to(self.run_folder / "weights")
        for arguments in (("eval", "--model", run / "weights/last.pt"), ("runs", self.folder),
                          ("report", run)):
            self.expect(catdog(*arguments), 0)

    def test_predictions_do_not_leave_a_run(self):
        run = self.copy()
        shutil.rmtree(run / "predictions")
        (run / "predictions").symlink_to(self.victims / "folder")
        self.expect(catdog("eval", "--model", self.model, "--save-predictions",
                           run / "predictions/test.csv"), 1,
                    f"cannot write {run}/predictions/test.csv: its folder is a symbolic link")

    def test_names_of_temporary_files_cannot_be_foretold(self):
        for pid in range(os.getpid(), os.getpid() + 500):
            (self.folder / f"a.png.tmp.{pid}").symlink_to(self.victims / "file")
        self.expect(catdog("preview", self.pictures / "cat.0.jpg", "-o", self.folder / "a.png"), 0)
        self.assertTrue((self.folder / "a.png").is_file())

    def test_what_a_user_names_is_replaced_itself(self):
        output = self.folder / "a.png"
        for target in ("file", "absent"):
            output.symlink_to(self.victims / target)
            self.expect(catdog("preview", self.pictures / "cat.0.jpg", "-o", output), 0)
            self.assertTrue(output.is_file() and not output.is_symlink())
            output.unlink()
        output.hardlink_to(self.victims / "file")
        self.expect(catdog("preview", self.pictures / "cat.0.jpg", "-o", output), 0)
        output.unlink()
        os.mkfifo(output)
        self.expect(catdog("preview", self.pictures / "cat.0.jpg", "-o", output), 1,
                    f"cannot write {output}: it exists and is not a regular file")
        (self.folder / "linked").symlink_to(self.folder)  # a folder may be a link
        self.expect(catdog("preview", self.pictures / "cat.0.jpg", "-o",
                           self.folder / "linked/b.png"), 0)
        self.assertTrue((self.folder / "b.png").is_file())


if __name__ == "__main__":
    unittest.main()
