# SPDX-License-Identifier: Apache-2.0
"""catdog train and catdog eval, whole: from the command line to files, texts and exit codes."""
import csv
import fcntl
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import struct
import subprocess
import termios
import time
import unittest

from command_support import CATDOG, CommandTest, catdog, files

SMALL = ["--set", "data.image_size=32", "--set", "model.filters=[8,16]",
         "--set", "model.dense_units=16", "--batch-size", "16", "--lr", "1e-3"]


class TrainedTest(CommandTest):
    """With a small model, trained for two epochs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        result = catdog("train", *SMALL, "--data", cls.data, "--runs", cls.shared / "runs",
                        "--name", "base", "--epochs", 2)
        assert result.returncode == 0, result.stderr
        cls.model = pathlib.Path(result.stdout.strip())


class Train(TrainedTest):
    def train(self, *arguments, **keywords):
        return catdog("train", *SMALL, "--data", self.data, "--runs", self.folder / "runs",
                      *arguments, **keywords)

    def test_a_run_leaves_its_record(self):
        run = self.model.parent
        self.assertEqual(sorted(p.name for p in run.iterdir()),
                         [".lock", "checkpoints", "config.json", "env.json", "first_batch.png",
                          "metrics.csv", "model.pt", "predictions", "report.html", "weights"])
        self.assertEqual(sorted(p.name for p in (run / "weights").iterdir()),
                         ["best.pt", "last.pt"])
        config = json.loads((run / "config.json").read_text())
        self.assertEqual(config["train"]["epochs"], 2)
        self.assertEqual(config["model"]["filters"], [8, 16])
        self.assertEqual(json.loads((run / "env.json").read_text())["device"], "cpu")
        with open(run / "metrics.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["epoch"] for row in rows], ["1", "2"])
        self.assertEqual(list(rows[0]), ["epoch", "loss", "acc", "val_loss", "val_acc", "lr",
                                         "seconds", "images_per_second"])

    def test_a_recorded_config_repeats_the_run_to_the_bit(self):
        result = catdog("train", "--config", self.model.parent / "config.json", "--workers", "0",
                        "--runs", self.folder / "runs", "--name", "again")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("epoch 2/2", result.stderr)
        self.assertNotIn("\r", result.stderr)
        again = files(self.folder / "runs/again")
        before = files(self.model.parent)
        # Files name the number of workers, which does not change the result.
        figures = [[row[:6] for row in csv.reader(content["metrics.csv"].decode().splitlines())]
                   for content in (again, before)]
        self.assertEqual(figures[0], figures[1])
        results = [catdog("eval", "--model", model, "--json").stdout
                   for model in (self.model, self.folder / "runs/again/model.pt")]
        self.assertEqual(results[0], results[1])

    def test_a_second_run_takes_the_next_name(self):
        for expected in ("r", "r-2"):
            result = self.train("--name", "r", "--epochs", 1, "--set", "train.steps_per_epoch=1")
            self.assertEqual(result.stdout.strip(), str(self.folder / "runs" / expected / "model.pt"))

    def test_keep_chooses_the_model(self):
        for keep in ("last", "best"):
            result = self.train("--name", keep, "--epochs", 3, "--set", f"train.keep={keep}")
            self.assertEqual(result.returncode, 0, result.stderr)
            run = self.folder / "runs" / keep
            self.assertEqual((run / "model.pt").read_bytes(),
                             (run / "weights" / f"{keep}.pt").read_bytes())

    # A learning rate too small to change any answer: the accuracy stays, the loss moves on.
    TIES = ("--set", "model.dropout=0", "--lr", "1e-5")

    def best_by_the_rule(self, run):
        """The best epoch in metrics.csv, and whether the accuracy alone would name another."""
        with open(run / "metrics.csv") as file:
            rows = list(csv.DictReader(file))
        best = min(rows, key=lambda row: (-float(row["val_acc"]), float(row["val_loss"])))
        by_accuracy = max(rows, key=lambda row: float(row["val_acc"]))
        return int(best["epoch"]), best["epoch"] != by_accuracy["epoch"]

    def test_among_equal_accuracies_the_lowest_loss_is_kept_listed_and_reported(self):
        result = self.train("--name", "s", "--epochs", 4, "--seeds", 2, *self.TIES)
        self.assertEqual(result.returncode, 0, result.stderr)
        table = [line.split() for line in result.stdout.splitlines()]
        runs = json.loads(catdog("runs", "--json", cwd=self.folder).stdout)["runs"]
        self.assertEqual(len(runs), 2)
        for run in runs:
            folder = self.folder / run["path"]
            best, tie = self.best_by_the_rule(folder)
            self.assertTrue(tie, (folder / "metrics.csv").read_text())
            self.assertEqual(run["best_epoch"], best)
            self.assertIn([run["name"], str(best)], [row[:2] for row in table])
            model = (folder / "model.pt").read_bytes()
            self.assertEqual(model, (folder / "weights/best.pt").read_bytes())
            self.assertIn(f'"epoch": {best},\n  "val_loss"'.encode(), model)

    def test_a_lower_loss_at_equal_accuracy_is_progress_to_patience(self):
        result = self.train("--name", "r", "--epochs", 4, "--set", "train.patience=1", *self.TIES)
        self.assertEqual(result.returncode, 0, result.stderr)
        best, tie = self.best_by_the_rule(self.folder / "runs/r")
        self.assertTrue(tie)
        epochs = len((self.folder / "runs/r/metrics.csv").read_text().splitlines()) - 1
        self.assertEqual(epochs, min(best + 1, 4))
        self.assertGreater(epochs, 2)

    def test_print_config_starts_nothing(self):
        result = self.train("--config", "baseline.json", "--epochs", 4, "--print-config")
        self.assertEqual(result.returncode, 0)
        config = json.loads(result.stdout)
        self.assertEqual(config["train"]["epochs"], 4)
        self.assertEqual(config["train"]["steps_per_epoch"], 100)
        self.assertEqual(config["train"]["keep"], "last")
        self.assertEqual(config["data"]["dir"], str(self.data))
        self.assertFalse((self.folder / "runs").exists())

    def test_config_faults_exit_2_before_anything_is_written(self):
        bad = self.folder / "bad.json"
        bad.write_text('{"train": {"epoch": 3, "batch_size": 0}, "modle": {}}')
        self.expect(self.train("--config", bad), 2, "error: 3 faults in the config\n",
                    "train.epoch: unknown key; the nearest known one is train.epochs",
                    "train.batch_size = 0: must be a whole number from 1 to 65536",
                    "modle: unknown section; the nearest known one is model")
        self.expect(self.train("--config", "nosuch"), 2,
                    "--config nosuch: there is no such file; the configs that ship with catdog are")
        self.expect(self.train("--epochs", "0"), 2,
                    "--epochs: train.epochs = 0: must be a whole number from 1 to 1000000")
        self.expect(self.train("--set", "nonsense"), 2, "must be section.key=value")
        self.expect(self.train("--device", "tpu"), 2, "must be auto, cpu, cuda or cuda:N")
        self.expect(self.train("--set", "data.image_size=8"), 2,
                    "pictures of 8×8 px are too small for the 2 stages of model.filters: a larger "
                    "data.image_size")
        self.expect(self.train("--name", "../up"), 2, "must be a plain folder name")
        self.assertFalse((self.folder / "runs").exists())

    def test_what_cannot_learn_exits_2_before_anything_is_written(self):
        resnet = ("--set", "model.architecture=resnet", "--set", "model.filters=[4,4,4,4,4]",
                  "--epochs", 1)
        refused = self.train(*resnet, "--batch-size", 1)
        self.expect(refused, 2, "the network cannot learn", "train.batch_size of at least 2",
                    "data.image_size", "model.filters", "model.norm=none")
        self.assertFalse((self.folder / "runs").exists())
        for remedy in (("--batch-size", 2), ("--set", "data.image_size=33"),
                       ("--set", "model.filters=[4,4]"), ("--set", "model.norm=none")):
            self.assertEqual(self.train(*resnet, "--batch-size", 1, *remedy).returncode, 0, remedy)
        # 48 images: the last batch holds one.
        self.assertEqual(self.train(*resnet, "--batch-size", 47).returncode, 0)

    def test_data_faults_exit_3_before_anything_is_written(self):
        self.expect(self.train("--data", self.folder / "absent"), 3,
                    "needs the folders train and validation; catdog split SOURCE")
        copy = self.folder / "data"
        shutil.copytree(self.data, copy)
        (copy / "validation/dogs").rename(copy / "validation/wolves")
        self.expect(self.train("--data", copy), 3,
                    'train and validation have different classes: only train has "dogs"; only '
                    'validation has "wolves"')
        self.assertFalse((self.folder / "runs").exists())

    def test_names_that_cannot_be_recorded_are_refused_first(self):
        copy = os.fsencode(self.folder) + b"/da\xe9ta"
        shutil.copytree(os.fsencode(self.data), copy)
        result = subprocess.run([CATDOG.encode(), b"train", b"--data", copy, b"--runs",
                                 os.fsencode(self.folder / "runs")], capture_output=True)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn(b"must be valid UTF-8", result.stderr)
        self.assertFalse((self.folder / "runs").exists())

    def test_a_folder_hides_no_shipped_config(self):
        (self.folder / "baseline").mkdir()
        result = catdog("train", "--config", "baseline", "--print-config", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_nohup_survives_a_hangup(self):
        process = subprocess.Popen(
            ["nohup", CATDOG, "train", *SMALL, "--data", str(self.data), "--runs",
             str(self.folder / "runs"), "--name", "long", "--epochs", "60"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        while process.poll() is None and not (self.folder / "runs/long/metrics.csv").exists():
            time.sleep(0.02)
        process.send_signal(signal.SIGHUP)
        _, errors = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, errors)

    def test_the_progress_bar_fits_the_terminal(self):
        try:
            main, terminal = pty.openpty()
        except OSError:
            self.skipTest("this system gives no terminals")
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
        process = subprocess.Popen(
            [CATDOG, "train", *SMALL, "--data", str(self.data), "--runs",
             str(self.folder / "runs"), "--epochs", "3"], stdout=subprocess.DEVNULL,
            stderr=terminal, env=dict(os.environ, TERM="xterm"))
        os.close(terminal)
        output = b""
        try:
            while chunk := os.read(main, 65536):
                output += chunk
        except OSError:  # the other end is closed
            pass
        os.close(main)
        self.assertEqual(process.wait(), 0)
        drawn = re.findall(rb"\r\x1b\[K(epoch [^\r\n]*\[[=.]+[^\r\n]*)", output)
        self.assertGreater(len(drawn), 0, output)
        self.assertLess(max(map(len, drawn)), 60)

    def test_a_broken_picture_is_named(self):
        copy = self.folder / "data"
        shutil.copytree(self.data, copy)
        (copy / "train/cats/cat.3.jpg").write_bytes(b"not a picture")
        self.expect(self.train("--data", copy, "--epochs", 1), 3, "cat.3.jpg")

    def test_a_signal_ends_the_run(self):
        process = subprocess.Popen(
            [CATDOG, "train", *SMALL, "--data", str(self.data), "--runs",
             str(self.folder / "runs"), "--name", "cut", "--epochs", "100000"],
            stderr=subprocess.PIPE, text=True)
        metrics = self.folder / "runs/cut/metrics.csv"
        for _ in range(600):
            if metrics.exists() and len(metrics.read_text().splitlines()) > 2:
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, -signal.SIGINT)
        self.assertIn("interrupted", errors)
        # What was saved stays, and can be used.
        self.assertEqual(
            catdog("eval", "--model", self.folder / "runs/cut/weights/last.pt").returncode, 0)


class Eval(TrainedTest):
    def test_json_and_text_agree(self):
        result = catdog("eval", "--model", self.model, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual(list(report),
                         ["n", "loss", "accuracy", "interval", "roc_auc", "average_precision",
                          "classes", "confusion", "by_class", "mean_of_classes",
                          "calibration", "models", "trained_on", "left_out", "skipped", "precision"])
        self.assertEqual(report["n"], 16)
        self.assertEqual(report["classes"], ["cats", "dogs"])
        self.assertEqual([sum(row) for row in report["confusion"]], [8, 8])
        hits = report["confusion"][0][0] + report["confusion"][1][1]
        self.assertAlmostEqual(report["accuracy"], hits / 16)
        low, high = report["interval"]
        self.assertTrue(0 <= low < report["accuracy"] < high <= 1 or hits in (0, 16))
        text = catdog("eval", "--model", self.model).stdout
        self.assertIn(f"accuracy  {100 * report['accuracy']:.2f} %", text)

    def test_the_precision_is_the_models_unless_another_is_asked_for(self):
        def precision(model, *arguments):
            result = catdog("eval", "--model", model, "--json", *arguments)
            return json.loads(result.stdout)["precision"]
        trained = catdog("train", *SMALL, "--data", self.data, "--runs", self.folder / "runs",
                         "--name", "exact", "--epochs", "1", "--precision", "fp32")
        self.assertEqual(trained.returncode, 0, trained.stderr)
        exact = self.folder / "runs/exact"
        self.assertEqual(json.loads((exact / "env.json").read_text())["precision"], "fp32")
        self.assertEqual(precision(exact / "model.pt"), "fp32")
        self.assertEqual(precision(exact / "model.pt", "--precision", "bf16"), "bf16")
        self.assertIn("pictures, bf16",
                      catdog("eval", "--model", self.model, "--precision", "bf16").stdout)
        result = catdog("eval", "--model", self.model, "--precision", "fp8")
        self.assertEqual(result.returncode, 2)
        self.assertIn('--precision: train.precision = "fp8": must be one of', result.stderr)

    def test_other_folders_and_subsets(self):
        def count(*arguments):
            result = catdog("eval", "--model", self.model, "--json", *arguments)
            return json.loads(result.stdout)["n"]
        self.assertEqual(count("--split", "validation"), 16)
        self.assertEqual(count("--split", "train"), 48)
        self.assertEqual(count("--data", self.data), 16)

    def test_model_faults_exit_4(self):
        bad = self.folder / "bad.pt"
        self.expect(catdog("eval", "--model", bad), 4, "bad.pt: No such file or directory")
        bad.write_text("a text file")
        self.expect(catdog("eval", "--model", bad), 4, "bad.pt: not a catdog model file")
        bad.write_bytes(self.model.read_bytes()[:-1000])
        self.expect(catdog("eval", "--model", bad), 4, "bad.pt: truncated")
        self.expect(catdog("eval", "--model", self.folder), 4, "not a regular file")

    def test_other_classes_exit_4(self):
        copy = self.folder / "data"
        shutil.copytree(self.data, copy)
        (copy / "test/dogs").rename(copy / "test/wolves")
        self.expect(catdog("eval", "--model", self.model, "--data", copy), 4,
                    'only the model has "dogs"; only the folder has "wolves"')

    def test_missing_folder_exits_3(self):
        self.expect(catdog("eval", "--model", self.model, "--split", "absent"), 3, "absent")

    def test_a_result_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            result = subprocess.run([CATDOG, "eval", "--model", self.model, "--json"], stdout=full,
                                    stderr=subprocess.PIPE, text=True)
        self.expect(result, 1, "could not be written to stdout")

    def test_gate_exits_5_after_the_result(self):
        result = catdog("eval", "--model", self.model, "--min-accuracy", "1")
        if "accuracy  100.00 %" not in result.stdout:
            self.expect(result, 5, "lies below --min-accuracy 1")
            self.assertIn("accuracy", result.stdout)
        self.assertEqual(catdog("eval", "--model", self.model, "--min-accuracy", "0").returncode, 0)



if __name__ == "__main__":
    unittest.main()
