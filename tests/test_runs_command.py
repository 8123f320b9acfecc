# SPDX-License-Identifier: Apache-2.0
"""catdog runs: the table of recorded runs, its order, their states, and what is refused."""
import fcntl
import json
import os
import pathlib
import struct
import tempfile
import unittest

from command_support import CommandTest, catdog, files

F_OFD_SETLK = 37  # Linux; fcntl has the name since Python 3.9 where it was built with it
HEAD = "epoch,loss,acc,val_loss,val_acc,lr,seconds,images_per_second\n"


def rows(*accuracies):
    """A metrics.csv in which each epoch took 50 seconds."""
    return HEAD + "".join(f"{epoch},0.69,0.52,{1 - accuracy:.6g},{accuracy},0.0001,50,400.0\n"
                          for epoch, accuracy in enumerate(accuracies, start=1))


class Runs(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="catdog-test.")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.runs = self.folder / "runs"
        self.runs.mkdir()

    def make_run(self, name, metrics, *more, epochs=3):
        run = self.runs / name
        (run / "checkpoints").mkdir(parents=True)
        (run / "config.json").write_text(json.dumps({"train": {"epochs": epochs}}))
        (run / "env.json").write_text('{"precision": "bf16"}')
        (run / "metrics.csv").write_text(metrics)
        os.utime(run / "metrics.csv", (1767620096, 1767620096))  # 2026-01-05 13:34:56 UTC
        for file in (".lock", *more):
            (run / file).write_text("")
        return run

    def listed(self, *arguments):
        result = catdog("runs", *arguments, "--json", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_best_first_then_by_name_and_nothing_is_changed(self):
        self.make_run("b-10", rows(.5, .75, .7), "model.pt")
        self.make_run("b-9", rows(.75), "checkpoints/step-00000063.pt")
        self.make_run("worse", rows(.6, .62), "model.pt")
        self.make_run("best", rows(.6, .8125, .8125), "model.pt")
        self.make_run("begun", HEAD)
        (self.runs / "notes").mkdir()
        (self.runs / "notes.txt").write_text("mine")
        before = files(self.runs)
        printed = catdog("runs", cwd=self.folder)
        self.assertEqual((printed.returncode, printed.stderr), (0, ""))
        lines = printed.stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines],
                         ["run", "best", "b-9", "b-10", "worse", "begun"])
        self.assertRegex(lines[1], r"^best +3/3 +0\.8125 in epoch 2 +0\.1875 +2 min 30 s +bf16 +done "
                                   r"+2026-01-0\d \d\d:34$")
        self.assertRegex(lines[2], r"^b-9 +1/3 .* stopped, can be resumed +2026")
        self.assertRegex(lines[5], r"^begun +0/3 +- +- +0\.0 s +bf16 +stopped +2026")
        self.assertEqual(files(self.runs), before)

    def test_of_equal_accuracies_the_lower_loss_is_the_best(self):
        def run(name, *losses):
            self.make_run(name, HEAD + "".join(f"{epoch},0.6,0.5,{loss},1,0.0001,50,400.0\n"
                                               for epoch, loss in enumerate(losses, start=1)))
        run("a", .469, .3, .4)
        run("b", .5, .0002, .1, .0002)
        run("c", .3)
        listed = self.listed()["runs"]
        self.assertEqual([(run["name"], run["best_epoch"], run["best_val_loss"]) for run in listed],
                         [("b", 2, .0002), ("a", 2, .3), ("c", 1, .3)])
        self.assertIn("1.0000 in epoch 2", catdog("runs", cwd=self.folder).stdout.splitlines()[1])

    def test_json(self):
        self.make_run("a", rows(.5, .75, .7), "model.pt", "checkpoints/step-00000189.pt")
        self.make_run("begun", HEAD)
        whole = self.listed()
        self.assertEqual(whole["folder"], "runs")
        self.assertEqual(whole["runs"][0], {
            "name": "a", "path": "runs/a", "state": "done", "can_resume": True, "epochs_done": 3,
            "epochs_asked": 3, "best_val_acc": .75, "best_val_loss": .25,
            "best_epoch": 2, "last_val_loss": .3,
            "seconds": 150.0, "precision": "bf16", "written": "2026-01-05T13:34:56Z"})
        self.assertEqual(whole["runs"][1]["best_val_acc"], None)
        self.assertEqual(whole["runs"][1]["can_resume"], False)

    def test_a_locked_run_is_running_and_is_not_kept_waiting(self):
        self.make_run("a", rows(.5), "model.pt")
        with open(self.runs / "a/.lock", "r+") as lock:
            whole_file = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            fcntl.fcntl(lock, F_OFD_SETLK, whole_file)
            self.assertEqual(self.listed()["runs"][0]["state"], "running")
        self.assertEqual(self.listed()["runs"][0]["state"], "done")

    def test_a_damaged_run_has_a_row_that_says_what_is_wrong(self):
        self.make_run("good", rows(.5), "model.pt")
        self.make_run("cut", rows(.9, .95) + "3,0.6")
        self.make_run("nan", rows(.9) + "2,0.6,0.5,nan,0.5,0.0001,50,400.0\n")
        self.make_run("no-config", rows(.9))
        (self.runs / "no-config/config.json").unlink()
        self.make_run("other", "a,b,c\n")
        printed = catdog("runs", cwd=self.folder)
        self.assertEqual(printed.returncode, 0, printed.stderr)
        lines = printed.stdout.splitlines()
        self.assertRegex(lines[1], "^good +1/3")
        self.assertRegex(lines[2], r"^cut +runs/cut/metrics\.csv: damaged after epoch 2$")
        self.assertRegex(lines[3], r"^nan +runs/nan/metrics\.csv: damaged after epoch 1$")
        self.assertRegex(lines[4], "^no-config +cannot read runs/no-config/config.json: No such file")
        self.assertRegex(lines[5], "^other +.* does not begin with the line epoch,loss,acc")
        one = self.listed()["runs"][1]
        self.assertEqual((one["state"], one["problem"]),
                         ("damaged", "runs/cut/metrics.csv: damaged after epoch 2"))

    def test_what_is_not_known_is_a_question_mark(self):
        run = self.make_run("a", rows(.5))
        (run / "config.json").write_text('{"train": {"epochs": "many"}}')
        (run / "env.json").unlink()
        self.assertRegex(catdog("runs", cwd=self.folder).stdout.splitlines()[1], r"^a +1/\? .* \? +st")

    def test_refusals(self):
        def refused(text, *arguments):
            result = catdog("runs", *arguments, cwd=self.folder)
            self.assertEqual((result.returncode, result.stdout), (4, ""))
            self.assertEqual(result.stderr.count("\n"), 1)
            self.assertIn(text, result.stderr)
        refused("runs: holds no run; catdog train makes them")
        refused("absent: cannot be listed: No such file or directory; catdog train", "absent")
        self.make_run("a", rows(.5))
        refused("runs/a: is a run itself; name the folder that holds it", "runs/a")
        (self.folder / "file").write_text("")
        refused("file: cannot be listed: Not a directory", "file")


class TrainedRuns(CommandTest):
    def test_a_run_that_catdog_made(self):
        made = catdog("train", "--data", self.data, "--epochs", 2, "--set", "model.filters=[4,4]",
                      "--set", "data.image_size=32", "--precision", "fp32", "--name", "a",
                      cwd=self.folder)
        self.assertEqual(made.returncode, 0, made.stderr)
        listed = json.loads(catdog("runs", "--json", cwd=self.folder).stdout)["runs"]
        self.assertEqual([run["name"] for run in listed], ["a"])
        self.assertEqual((listed[0]["state"], listed[0]["can_resume"], listed[0]["epochs_done"],
                          listed[0]["epochs_asked"], listed[0]["precision"]),
                         ("done", True, 2, 2, "fp32"))
        self.assertGreater(listed[0]["seconds"], 0)


if __name__ == "__main__":
    unittest.main()
