# SPDX-License-Identifier: Apache-2.0
"""TensorBoard's log of a run, by TensorBoard's own readers: after any interruption, each epoch's
figures once."""
import csv
import json
import random
import resource
import shutil
import signal
import struct
import subprocess
import time
import unittest
import zlib

from command_support import CATDOG, catdog, packages, png_size
from interruption_support import MANY, SMALL, InterruptionTest, figures

COLUMNS = {"loss/train": "loss", "loss/validation": "val_loss", "accuracy/train": "acc",
           "accuracy/validation": "val_acc", "learning_rate": "lr",
           "speed/images_per_second": "images_per_second", "speed/seconds_per_epoch": "seconds"}


def logs(run):
    """The log's files, empty ones left out: there is one."""
    return [path for path in sorted(run.glob("*tfevents*")) if path.stat().st_size > 0]


def rows(run):
    return list(csv.DictReader((run / "metrics.csv").read_text().splitlines()))


class Tensorboard(InterruptionTest):
    @classmethod
    def setUpClass(cls):
        processing = "tensorboard.backend.event_processing."
        cls.accumulators, cls.loaders = packages(processing + "event_accumulator",
                                                 processing + "event_file_loader")
        super().setUpClass()
        result = catdog("train", *SMALL, "--data", cls.data, "--runs", cls.shared / "runs",
                        "--name", "logged", "--epochs", 3, "--workers", 1, "--tensorboard")
        assert result.returncode == 0, result.stderr
        cls.logged = cls.shared / "runs/logged"

    def accumulator(self, run):
        """TensorBoard's own view of a run, as it follows it."""
        return self.accumulators.EventAccumulator(str(run), {"scalars": 0, "images": 0})

    def copy(self, source):
        run = self.folder / "run"
        shutil.copytree(source, run)
        return run

    def expect_rows(self, run, view, count):
        """The view has each row of metrics.csv once, in order, and nothing else."""
        table = rows(run)
        self.assertEqual(len(table), count)
        self.assertEqual(sorted(view.Tags()["scalars"]), sorted(COLUMNS))
        for tag, column in COLUMNS.items():
            events = view.Scalars(tag)
            self.assertEqual([event.step for event in events], list(range(1, count + 1)), tag)
            for event, row in zip(events, table):
                # The table has six digits or .1 images a second or .001 seconds.
                self.assertAlmostEqual(event.value, float(row[column]),
                                       delta=max(2e-6 * abs(event.value), {
                                           "images_per_second": 0.051,
                                           "seconds": 0.00051}.get(column, 0)), msg=tag)
            times = [event.wall_time for event in events]
            self.assertEqual(times, sorted(times))

    def expect_log(self, run, count=3):
        """Each row once: as TensorBoard shows it, and as one who reads the files without dropping
        anything finds it."""
        self.expect_rows(run, self.accumulator(run).Reload(), count)
        [log] = logs(run)
        summaries = [event for event in self.loaders.LegacyEventFileLoader(str(log)).Load()
                     if event.HasField("summary")]
        self.assertEqual([event.step for event in summaries], list(range(count + 1)))
        return log

    def test_what_it_holds(self):
        log = self.expect_log(self.logged)
        self.assertRegex(log.name, r"^events\.out\.tfevents\.\d{10}\.catdog\.0001$")
        view = self.accumulator(self.logged).Reload()
        [sheet] = view.Images("first_batch")
        png = (self.logged / "first_batch.png").read_bytes()
        self.assertEqual((sheet.step, sheet.encoded_image_string), (0, png))
        self.assertEqual((sheet.width, sheet.height), png_size(png))
        [config] = view.Tensors("config")
        self.assertEqual(view.SummaryMetadata("config").plugin_data.plugin_name, "text")
        self.assertEqual(config.step, 0)
        text = config.tensor_proto.string_val[0].decode()
        self.assertEqual(json.loads(text.removeprefix("```\n").removesuffix("```\n")),
                         json.loads((self.logged / "config.json").read_text()))
        self.assertEqual(view.GetSourceWriter(), "catdog")
        # The rest is the same run.
        self.assertEqual(figures(self.logged), figures(self.whole))

    def test_without_it_there_is_none(self):
        self.assertEqual(list(self.whole.glob("*tfevents*")), [])

    def test_config_and_batch_are_there_before_the_first_epoch_ends(self):
        process, run = self.start("r", "--epochs", 1, "--tensorboard", "--set",
                                  "train.steps_per_epoch=100000")
        self.wait_for(process, lambda: logs(run) and list(run.glob("checkpoints/*.pt")))
        time.sleep(0.2)
        process.kill()
        process.communicate()
        view = self.accumulator(run).Reload()
        self.assertEqual(view.Tags()["images"], ["first_batch"])
        self.assertEqual(view.Tags()["scalars"], [])

    def test_killed_again_and_again(self):
        """The one file grows, never changes, and is followed by a reader that does not look back."""
        choose = random.Random(1)
        process, run = self.start("r", "--epochs", 6, "--tensorboard", "--checkpoint-every", 3)
        followed, before, kills = self.accumulator(run), b"", 0
        while True:
            if not (run / "model.pt").exists():
                time.sleep(choose.uniform(0, 1))
            process.send_signal(choose.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
            process.communicate(timeout=60)
            if logs(run):
                [log] = logs(run)
                now = log.read_bytes()
                self.assertTrue(now.startswith(before))
                before = now
                followed.Reload()
            kills += 1
            if (run / "model.pt").exists() or kills == (20 if MANY else 3):
                break
            process = subprocess.Popen([CATDOG, "train", "--resume", run, "--checkpoint-every",
                                        "3"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.assertEqual(self.resume(run).returncode, 0)
        log = self.expect_log(run, 6)
        self.assertTrue(log.read_bytes().startswith(before))
        self.expect_rows(run, followed.Reload(), 6)

    def test_cut_off_within_an_event_and_an_epoch_behind(self):
        whole = logs(self.logged)[0].read_bytes()
        run = self.copy(self.logged)
        [log] = logs(run)
        for size in (0, 60, len(whole) - 400):
            log.write_bytes(whole[:size])
            followed = self.accumulator(run).Reload()
            self.assertEqual(self.resume(run).returncode, 0)
            self.assertEqual(log.read_bytes(), whole)
            self.expect_rows(run, followed.Reload(), 3)

    def test_other_settings_and_an_older_checkpoint(self):
        run = self.copy(self.logged)
        followed = self.accumulator(run).Reload()
        self.assertEqual(self.resume(run, "--epochs", 5).returncode, 0)
        log = self.expect_log(run, 5)
        self.assertTrue(log.name.endswith(".catdog.0002"))
        self.expect_rows(run, followed.Reload(), 5)
        config = self.accumulator(run).Reload().Tensors("config")[0].tensor_proto.string_val[0]
        self.assertIn(b'"epochs": 5', config)

        followed = self.accumulator(run).Reload()
        newest = max((run / "checkpoints").iterdir())
        newest.write_bytes(newest.read_bytes()[:-1])
        self.assertEqual(self.resume(run).returncode, 0)
        self.expect_log(run, 5)
        self.expect_rows(run, followed.Reload(), 5)

    def test_turned_on_and_off_on_the_way(self):
        run = self.copy(self.whole)
        self.assertEqual(self.resume(run, "--tensorboard", "--epochs", 4).returncode, 0)
        log = self.expect_log(run, 4)
        before = log.read_bytes()
        result = self.resume(run, "--epochs", 5, "--set", "train.tensorboard=false")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(log.read_bytes(), before)
        result = self.resume(run, "--epochs", 6)  # it stays off
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(logs(run), [log])
        self.assertEqual(log.read_bytes(), before)
        self.assertEqual(self.resume(run, "--tensorboard").returncode, 0)
        self.expect_log(run, 6)

    def test_a_log_that_may_not_grow(self):
        """A limit that checkpoints keep to and the log does not: its sheet is made too large."""
        run = self.copy(self.logged)
        noise = random.Random(1).randbytes(800 * (1 + 3 * 800))
        rows_of_noise = b"".join(b"\0" + noise[i * 2401 + 1:(i + 1) * 2401] for i in range(800))
        png = b"\x89PNG\r\n\x1a\n"
        for kind, data in ((b"IHDR", struct.pack(">IIBBBBB", 800, 800, 8, 2, 0, 0, 0)),
                           (b"IDAT", zlib.compress(rows_of_noise)), (b"IEND", b"")):
            png += struct.pack(">I", len(data)) + kind + data
            png += struct.pack(">I", zlib.crc32(kind + data))
        (run / "first_batch.png").write_bytes(png)
        result = subprocess.run(
            [CATDOG, "train", "--resume", run, "--epochs", "4"], text=True, capture_output=True,
            timeout=300, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE,
                                                               (10**6, 10**6)))
        self.expect(result, 1, "cannot write", "tfevents", "File too large")
        self.assertEqual(result.stderr.count("error"), 1, result.stderr)
        self.expect_sound(run)
        self.assertEqual(self.resume(run, "--epochs", 4).returncode, 0)
        self.expect_log(run, 4)


if __name__ == "__main__":
    unittest.main()
