# SPDX-License-Identifier: Apache-2.0
"""What a command clears away is what it can prove to be its own: folders that look like the remains
of a killed command are named and stay, and commands that are killed between two renamings come to a
clean end by the next call. Each step: killed_operations_test.cpp."""
import shutil
import unittest

from command_support import CommandTest, catdog, files, with_shim
from interruption_support import SMALL

REFUSED = "was not left there by an interrupted catdog, or was changed since"


class ForeignCleanup(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.train_run(*SMALL, "--epochs", 1) / "model.pt"

    def killed_at_each_renaming(self, *arguments):
        """Runs a command again and again, killed one renaming later each time until it is done;
        yields after each kill."""
        for number in range(1, 100):
            result = with_shim({"KILLED_AT": str(number)}, *arguments)
            if result.returncode == 0:
                self.assertGreater(number, 1)
                return
            self.assertEqual(result.returncode, -9, result.stderr)
            yield number
        self.fail("killed a hundred times")

    def split(self, destination, *more):
        return ("split", self.pictures, destination, "--train", 2, "--validation", 0, "--test", 0,
                *more)

    def test_a_forged_folder_takes_nothing_from_the_user(self):
        for entries in (["replaced/train", "new/split.json"], ["replaced/train"],
                        ["former/train/a", "new/train/a"]):
            for force in ([], ["--force"]):
                with self.subTest(entries=entries, force=force):
                    data = self.folder / "data"
                    for name in ("train/cats/1.jpg", "validation/cats/2.jpg", "split.json", "notes",
                                 *(f".catdog-split.123/{entry}" for entry in entries)):
                        path = data / name
                        path.parent.mkdir(parents=True, exist_ok=True)
                        path.write_text("the user's")
                    before = files(data)
                    self.expect(catdog(*self.split(data, *force)), 2,
                                f"{data}/.catdog-split.123: {REFUSED}", "move it away or remove it")
                    self.assertEqual(files(data), before)
                    shutil.rmtree(data / ".catdog-split.123")  # what it says helps
                    self.expect(catdog(*self.split(data, *force)), 0 if force else 2)
                    self.assertEqual((data / "notes").read_text(), "the user's")
                    shutil.rmtree(data)

    def test_a_forged_folder_of_results(self):
        sorted_ = self.folder / "sorted"
        (sorted_ / ".catdog-predict.123/new").mkdir(parents=True)
        (sorted_ / "cats").mkdir()
        (sorted_ / "cats/mine").write_text("the user's")
        for flag in ("--sort-into", "--explain"):
            self.expect(catdog("predict", "--model", self.model, self.data / "test", flag, sorted_), 2,
                        f"{sorted_}/.catdog-predict.123: {REFUSED}")
        self.assertEqual((sorted_ / "cats/mine").read_text(), "the user's")
        self.assertTrue((sorted_ / ".catdog-predict.123/new").is_dir())

    def test_a_killed_split(self):
        data, whole = self.folder / "data", self.folder / "whole"
        self.expect(catdog(*self.split(whole)), 0)
        whole = files(whole)
        for _ in self.killed_at_each_renaming(*self.split(data)):
            self.assertIn(catdog(*self.split(data)).returncode, (0, 2))  # 2: it was done already
            self.assertEqual(files(data), whole)
            shutil.rmtree(data)

    def test_what_stands_in_the_way_of_putting_back_is_named_and_stays(self):
        data, refused = self.folder / "data", 0
        for number in range(1, 100):
            self.expect(catdog(*self.split(data)), 0)
            result = with_shim({"KILLED_AT": str(number)}, *self.split(data, "--force"))
            if result.returncode == 0:
                break
            if not (data / "train").exists():  # it was moved aside
                (data / "train").write_text("the user's")
                self.expect(catdog(*self.split(data, "--force")), 2,
                            f"{data}/train: stands where an interrupted catdog has to put back",
                            "move it away and try again")
                self.assertEqual((data / "train").read_text(), "the user's")
                (data / "train").unlink()
                refused += 1
            self.expect(catdog(*self.split(data, "--force")), 0)
            shutil.rmtree(data)
        self.assertGreater(refused, 0)

    def test_killed_folders_of_results(self):
        images = [next((self.data / "test" / name).iterdir()) for name in ("cats", "dogs")]
        names = sorted(path.name for path in images)
        for flag in ("--sort-into", "--explain"):
            target = self.folder / flag.strip("-")
            command = ("predict", "--model", self.model, *images, flag, target)
            for _ in self.killed_at_each_renaming(*command):
                self.assertIn(catdog(*command).returncode, (0, 2))
                self.assertEqual(sorted(path.name for path in target.rglob("*") if path.is_file()),
                                 names)
                self.assertEqual(list(target.glob(".*")), [])
                shutil.rmtree(target)

    def test_a_failed_command_leaves_no_results(self):
        target = self.folder / "sorted"
        result = with_shim({"LACKS": "symlink", "LACKS_ERRNO": "28"}, "predict", "--model",
                           self.model, self.data / "test", "--sort-into", target)
        self.expect(result, 1, "No space left on device")
        self.assertFalse(target.exists())

    def test_a_killed_export(self):
        for kind in ("safetensors", "onnx"):
            folder = self.folder / kind
            folder.mkdir()
            command = ("export", "--model", self.model, "--format", kind, "-o", folder / f"m.{kind}")
            self.expect(catdog(*command), 0)
            whole = files(folder)
            for path in folder.iterdir():
                path.unlink()
            for _ in self.killed_at_each_renaming(*command):
                self.expect(catdog(*command), 0)
                self.assertEqual(files(folder), whole)
                for path in folder.iterdir():
                    path.unlink()

    def test_half_an_export_of_something_else_stays(self):
        for name in ("m.safetensors", "m.py"):
            path = self.folder / name
            path.write_text("the user's")
            self.expect(catdog("export", "--model", self.model, "--format", "safetensors", "-o",
                               self.folder / "m.safetensors"), 2, f"{path}: exists already and stays")
            self.assertEqual(files(self.folder), {name: b"the user's"})
            path.unlink()


if __name__ == "__main__":
    unittest.main()
