# SPDX-License-Identifier: Apache-2.0
"""Advice of the commands that make runs or use what they made: each test is given it by the program
and follows it. test_advice.py sees to it that none is left out."""
import csv
import html
import io
import re
import shlex
import shutil
import subprocess
import unittest

from advice_support import SMALL, AdviceTest, advice
from command_support import CATDOG, catdog


class RunTest(AdviceTest):
    """With a run of one step."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.run_folder = cls.shared / "runs/a"
        result = catdog("train", "--data", cls.data, *SMALL, "--name", "a", cwd=cls.shared)
        assert result.returncode == 0, result.stderr
        cls.model = cls.run_folder / "model.pt"

    def train(self, *arguments):
        return catdog("train", "--data", self.data, *SMALL, *arguments, cwd=self.folder)

    def follow_train(self, *arguments):
        return self.follow("train", "--data", self.data, *SMALL, *arguments, cwd=self.folder)

    def copy_of_run(self):
        return shutil.copytree(self.run_folder, self.folder / "copy")


class Train(RunTest):
    @advice("catdog train --resume {} goes on from the last checkpoint",
            "--max-time is over; train --resume goes on")
    def test_time_that_is_over(self):
        manual = catdog("man").stdout.replace("\\-", "-")
        self.assertIn("train --resume goes on", manual)
        self.left.pop()
        said = self.told(self.train("--name", "it's a run", "--epochs", 3, "--max-time", ".001s"), 6)
        command = re.search(r"catdog (train --resume .*) goes on from", said)[1]
        self.assertIn("epoch 3/3", self.follow(*shlex.split(command), cwd=self.folder).stderr)

    @advice("; --force-resume changes it all the same")
    def test_a_run_that_goes_on_with_other_settings(self):
        run = self.copy_of_run()
        other = ["train", "--resume", run, "--epochs", 2, "--lr", "1e-3", "--set",
                 "augment.horizontal_flip=true", "--seed", 5]
        said = self.told(catdog(*other), 2)
        self.assertEqual(said.count("--force-resume"), 3)
        self.follow(*other, "--force-resume")

    @advice("--resume: train.epochs is {}, the run has {}, and its {}; --force-resume changes it all "
            "the same")
    def test_a_schedule_that_has_an_end(self):
        self.follow_train("--set", "schedule.name=cosine")
        longer = ["train", "--resume", self.folder / "runs/run", "--epochs", 2]
        self.told(catdog(*longer), 2)
        self.follow(*longer, "--force-resume")

    @advice("--resume: the {} pictures are not those that the run began with; --force-resume goes on "
            "all the same")
    def test_a_run_that_goes_on_with_other_images(self):
        data = shutil.copytree(self.data, self.folder / "data")
        (data / "train/cats/cat.0.jpg").unlink()
        other = ["train", "--resume", self.copy_of_run(), "--epochs", 2, "--data", data]
        self.told(catdog(*other), 3)
        self.follow(*other, "--force-resume")

    @advice(": none of its checkpoints can be used; weights/ may still be")
    def test_damaged_checkpoints(self):
        run = self.copy_of_run()
        for checkpoint in (run / "checkpoints").iterdir():
            checkpoint.write_bytes(b"")
        self.told(catdog("train", "--resume", run, "--epochs", 2), 4)
        for weights in sorted((run / "weights").iterdir()):
            self.follow("eval", "--model", weights)

    @advice("{}: is a run with another {}; --name gives the series a new name")
    def test_a_series_with_other_settings(self):
        self.assertEqual(self.train("--seeds", 2).returncode, 0)
        self.told(self.train("--seeds", 2, "--lr", "1e-3"), 2)
        self.follow_train("--seeds", 2, "--lr", "1e-3", "--name", "new")

    @advice("run name \\\"{}\\\": must be a plain folder name; --name gives another, --runs the "
            "folder it is made in")
    def test_a_run_name_that_is_a_path(self):
        self.told(self.train("--name", "up/down"), 2)
        self.follow_train("--name", "down", "--runs", "up")
        self.assertTrue((self.folder / "up/down/model.pt").exists())

    @advice("train.{} = {}: with model.head = flatten the network sees pictures of data.image_size = "
            "{} alone; model.head = average sees any")
    def test_images_of_several_sizes(self):
        self.told(self.train("--set", "train.first_size=24"), 2)
        self.follow_train("--set", "train.first_size=24", "--set", "model.head=average")

    @advice("the network cannot learn: augment.brightness_range = [0.0,0.0] makes every training "
            "image black; [1,1] leaves them as they are")
    def test_black_images(self):
        self.told(self.train("--set", "augment.brightness_range=[0,0]"), 2)
        self.follow_train("--set", "augment.brightness_range=[1,1]")

    @advice("the network cannot learn: {} normalises maps of 1×1 px over batches of one image, and "
            "one value per channel always becomes 0; choose {}", "a train.batch_size of at least 2, ",
            "a smaller train.accumulate than {}, ")
    def test_maps_of_one_pixel(self):
        resnet = ("--set", "model.architecture=resnet", "--set", "model.filters=[4,4,4,4]")
        alone, parts = ("--batch-size", 1), ("--batch-size", 4, "--set", "train.accumulate=4")
        said = self.told(self.train(*resnet, *alone), 2)
        flags = {"train.batch_size of at least 2": ("--batch-size", 2),
                 "larger images (data.image_size)": ("--set", "data.image_size=17"),
                 "fewer stages in model.filters": ("--set", "model.filters=[4,4,4]"),
                 "model.norm=none": ("--set", "model.norm=none")}
        remedies = re.split(r", | or ", said.strip().partition("; choose a ")[2])
        self.assertEqual(remedies, list(flags))
        for remedy in remedies:
            self.follow_train(*resnet, *alone, *flags[remedy])
        said = self.told(self.train(*resnet, *parts), 2)
        least = int(re.search(r"smaller train\.accumulate than (\d+)", said)[1])
        self.follow_train(*resnet, *parts, "--set", f"train.accumulate={least - 1}")

    @advice(": a smaller --lr may help",
            "the validation loss is not a finite number after epoch {}, training step {}: a smaller "
            "--lr may help",
            "catdog train --resume {} --force-resume --lr {:g} goes on from the last checkpoint with "
            "a smaller learning rate")
    def test_a_learning_rate_that_is_too_large(self):
        deep = ("--set", "data.image_size=64", "--set", "model.filters=[64,64]", "--set",
                "model.blocks=5", "--set", "model.dense_units=256", "--set", "model.dropout=0",
                "--set", "optimizer.name=rmsprop", "--batch-size", 4, "--precision", "fp32")
        for steps in (1, 3):  # what is not finite is seen in validation, or in training
            wild = (*deep, "--set", f"train.steps_per_epoch={steps}")
            said = self.told(self.train(*wild, "--lr", 10), 1)
            self.follow_train(*wild, "--lr", "1e-4")
            command = said
            while True:  # ten times smaller each time
                command = re.search(r"catdog (train --resume .* --lr \S+) goes on", command)[1]
                result = catdog(*shlex.split(command), cwd=self.folder)
                if result.returncode == 0:
                    break
                command = self.told(result, 1)


class Use(RunTest):
    @advice("{} and {} are not judged on the same pictures: {}; --data names one folder for all "
            "models", "--model is required, or --compare with two model files")
    def test_eval_of_two_models(self):
        data = shutil.copytree(self.data, self.folder / "data")
        (data / "test/cats/cat.8.jpg").unlink()
        self.follow_train("--data", data)
        models = (self.model, self.folder / "runs/run/model.pt")
        self.told(catdog("eval", "--compare", *models), 3)
        self.follow("eval", "--compare", *models, "--data", data)
        self.told(catdog("eval"), 2)
        self.follow("eval", "--model", self.model)

    @advice("{} {}: is not empty; name a new folder")
    def test_predict_into_a_folder_with_files(self):
        predict = ["predict", "--model", self.model, self.data / "test"]
        for flag in ("--explain", "--sort-into"):
            self.told(catdog(*predict, flag, self.data), 2)
            self.follow(*predict, flag, self.folder / flag)

    @advice("--null: is for a list of names on stdin; name it with the PATH -")
    def test_predict_of_a_list(self):
        image = self.pictures / "cat.0.jpg"
        self.told(catdog("predict", "--model", self.model, image, "--null"), 2)
        result = subprocess.run([CATDOG, "predict", "--model", self.model, "-", "--null"], text=True,
                                input=f"{image}\0", capture_output=True)
        self.assertEqual((result.returncode, result.stdout.count("\n")), (0, 1), result.stderr)
        self.has_followed = True

    @advice("{}: is a run itself; name the folder that holds it",
            "{}: cannot be listed: {}; catdog train makes runs, in the folder runs unless --runs "
            "names another",
            "{}: holds no run; catdog train makes them, in the folder runs unless --runs names "
            "another")
    def test_runs_where_there_are_none(self):
        self.told(catdog("runs", self.run_folder), 4)
        self.follow("runs", self.run_folder.parent)
        self.told(catdog("runs", cwd=self.folder), 4)
        self.told(catdog("runs", self.data), 4)
        self.follow_train()
        self.follow("runs", cwd=self.folder)
        self.follow_train("--runs", "others")
        self.follow("runs", "others", cwd=self.folder)

    @advice(": names a folder; -o names the file to write",
            ": the Python module beside the weights has that name; -o names another file",
            ": exists already and stays; -o names another file")
    def test_export(self):
        export = ["export", "--model", self.model, "--format"]
        self.told(catdog(*export, "onnx", "-o", f"{self.folder}/"), 2)
        self.follow(*export, "onnx", "-o", self.folder / "file")
        self.told(catdog(*export, "onnx", "-o", self.folder / "file"), 2)
        self.told(catdog(*export, "safetensors", "-o", self.folder / "a.py"), 2)
        self.follow(*export, "safetensors", "-o", self.folder / "b.safetensors")


class Report(RunTest):
    def commands_of(self, page):
        """The commands in a page, and its text."""
        text = html.unescape(re.sub(r"<style>.*?</style>|<[^>]*>", "\n", page.read_text(), flags=re.S))
        return [shlex.split(line)[1:] for line in re.findall(r"(?m)^catdog .*", text)], text

    @advice("; name the folder of a run, as runs/baseline",
            ": is no report of catdog's and stays; -o names another file",
            "no report: {}; the run is whole, and catdog report {} makes it once this is "
            "mended")
    def test_reports(self):
        self.told(catdog("report", self.run_folder.parent), 4)
        self.follow("report", self.run_folder, "-o", self.folder / "page.html")
        run = self.copy_of_run()
        (run / "report.html").write_text("mine")
        self.told(catdog("report", run), 2)
        self.follow("report", run, "-o", self.folder / "other.html")
        said = self.told(catdog("train", "--resume", run), 0)
        command = shlex.split(re.search(r"catdog (report .*) makes it", said)[1])
        (run / "report.html").unlink()
        self.follow(*command)

    @advice("catdog eval --model {} {}--save-predictions {}", "; do it once, at the end.",
            "catdog train --config {}{}\\ncatdog eval --model {} --save-predictions {}\\ncatdog report "
            "{}\\n")
    def test_what_a_page_says_to_type(self):
        run = self.copy_of_run()
        self.follow("report", run)
        commands, text = self.commands_of(run / "report.html")
        self.assertIn("Not judged on test yet", text)
        self.assertIn("; do it once, at the end.", text)
        self.assertEqual([words[0] for words in commands], ["eval", "train", "eval", "report"])
        for words in commands[1:]:
            self.follow(*words, cwd=self.folder)
        self.assertNotIn("Not judged", self.commands_of(run / "report.html")[1])
        figures = [[row.split(",")[:6] for row in path.read_text().splitlines()]
                   for path in (run / "metrics.csv", *self.folder.glob("runs/*/metrics.csv"))]
        self.assertEqual(figures[0], figures[1])
        # Also where predictions were made but cannot be read.
        (run / "predictions/validation.csv").write_text("text")
        self.follow("report", run)
        self.follow(*self.commands_of(run / "report.html")[0][0])
        self.follow("report", run)
        commands = self.commands_of(run / "report.html")[0]
        self.assertEqual([words[0] for words in commands], ["train", "eval", "report"])
        self.left = []

    @advice("<p>metrics.csv has the accuracy {} for the kept epoch: these predictions are of other "
            "weights, or of other pictures. <code>catdog train --resume {}</code> brings the run and "
            "its predictions to the same end.</p>\\n")
    def test_predictions_of_other_weights(self):
        run = self.copy_of_run()
        rows = list(csv.DictReader(io.StringIO((run / "metrics.csv").read_text())))
        other = 0 if float(rows[-1]["val_acc"]) >= .5 else 1
        self.assertEqual(len(rows), 1)
        rows[0]["val_acc"] = f"{other:.4f}"
        (run / "metrics.csv").write_text(f"{','.join(rows[0])}\n{','.join(rows[0].values())}\n")
        self.follow("report", run)
        commands, text = self.commands_of(run / "report.html")
        self.assertIn("metrics.csv has the accuracy", text)
        self.follow(*commands[0])
        self.assertNotIn("metrics.csv has", self.commands_of(run / "report.html")[1])
        self.left = []


if __name__ == "__main__":
    unittest.main()
