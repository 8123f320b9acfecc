# SPDX-License-Identifier: Apache-2.0
"""catdog train --resume: what goes on, what is refused and why, and the ways to stop and save."""
import json
import os
import pty
import select
import shlex
import shutil
import signal
import time
import unittest

from command_support import CATDOG, catdog
from interruption_support import SMALL, InterruptionTest, figures


class Resume(InterruptionTest):
    def copy(self):
        run = self.folder / "run"
        shutil.copytree(self.whole, run)
        return run

    def test_a_run_that_is_done_stays_as_it_is(self):
        run = self.copy()
        (run / "model.pt").unlink()
        (run / "metrics.csv").write_text("spoilt")
        (run / "weights/best.pt").unlink()
        result = self.resume(run)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.strip(), str(run / "model.pt"))
        self.expect_whole(run)

    def test_a_run_that_was_cut_off_before_its_first_checkpoint_begins_anew(self):
        run = self.copy()
        for path in (*run.glob("checkpoints/*"), *run.glob("weights/*"), run / "model.pt",
                     run / "env.json", run / "first_batch.png"):
            path.unlink()
        self.assertEqual(self.resume(run).returncode, 0)
        self.expect_whole(run)
        for name in ("config.json", "env.json", "first_batch.png"):
            self.assertEqual((run / name).read_bytes(), (self.whole / name).read_bytes(), name)
        # With other settings it is another run, and says so.
        for path in run.glob("checkpoints/*"):
            path.unlink()
        self.assertEqual(self.resume(run, "--lr", "0.01", "--epochs", 1).returncode, 0)
        config = json.loads((run / "config.json").read_text())
        self.assertEqual((config["optimizer"]["lr"], config["train"]["epochs"]), (0.01, 1))

    def test_more_epochs_are_as_if_there_had_been_more_from_the_start(self):
        longer = catdog("train", *SMALL, "--data", self.data, "--runs", self.folder, "--name",
                        "longer", "--epochs", 5, "--workers", 1)
        self.assertEqual(longer.returncode, 0, longer.stderr)
        run = self.copy()
        result = self.resume(run, "--epochs", 5)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.expect_whole(run, self.folder / "longer")
        # To the byte, too, and the config says so.
        for name in ("model.pt", "weights/best.pt", "config.json"):
            self.assertEqual((run / name).read_bytes(),
                             (self.folder / "longer" / name).read_bytes())
        self.expect(self.resume(run, "--epochs", 4), 2, "train.epochs is 4, the run is in epoch 5")

    def test_other_settings_are_refused_by_key(self):
        run = self.copy()
        self.expect(self.resume(run, "--lr", "0.01", "--batch-size", "7"), 2,
                    "optimizer.lr is 0.01, the run has 0.001; --force-resume",
                    "train.batch_size is 7, the run has 5\n")
        self.expect(self.resume(run, "--batch-size", "7", "--force-resume"), 2, "train.batch_size")
        self.expect(self.resume(run, "--name", "x"), 2, "--name excludes --resume")
        self.expect(self.resume(run, "--checkpoint-every", "5m"), 2,
                    "must be a number of steps, as 200, or a time, as 90s, 5min or 2h")
        self.expect(self.resume(run, "--max-time", "5"), 2, "--max-time 5: must be a time")
        self.expect(self.resume(self.folder / "absent"), 4, "no folder of a training run")
        result = self.resume(run, "--lr", "0.01", "--epochs", "4", "--force-resume")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([row[5] for row in figures(run)[1:]], ["0.001"] * 3 + ["0.01"])

    def test_other_pictures_are_refused(self):
        run, data = self.copy(), self.folder / "data"
        shutil.copytree(self.data, data)
        more = ("--data", data, "--epochs", 4)
        picture = data / "train/cats/cat.1.jpg"
        before = picture.read_bytes()
        picture.write_bytes((data / "train/cats/cat.2.jpg").read_bytes())
        self.expect(self.resume(run, *more), 3, "the train pictures are not those")
        picture.write_bytes(before)
        (data / "validation/dogs").rename(data / "validation/wolves")
        (data / "train/dogs").rename(data / "train/wolves")
        self.expect(self.resume(run, *more, "--force-resume"), 3, 'only the data folder has "wolves"')
        (data / "validation/wolves").rename(data / "validation/dogs")
        (data / "train/wolves").rename(data / "train/dogs")
        # The same pictures elsewhere will do.
        self.assertEqual(self.resume(run, *more).returncode, 0)

    def test_other_threads_are_warned_of(self):
        run = self.copy()
        before = json.loads((run / "env.json").read_text())["threads"]
        result = self.resume(run, "--threads", before + 1, "--epochs", "4")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f"warning: threads: the run had {before}, here it is {before + 1}; the last "
                      "bits", result.stderr)
        # From then on, those are its threads.
        result = self.resume(run, "--epochs", "5")
        self.assertIn(f"on cpu, {before + 1} threads", result.stderr)
        self.assertNotIn("warning", result.stderr)

    def test_the_checkpoint_before_a_damaged_one_is_used(self):
        process, run = self.start("r", "--epochs", 3, "--workers", 1)
        process.communicate(timeout=120)
        newest = max((run / "checkpoints").iterdir())
        content = bytearray(newest.read_bytes())
        content[len(content) // 2] ^= 1
        newest.write_bytes(content)
        result = self.resume(run)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("warning: ", result.stderr)
        self.assertIn("damaged: its content does not match its SHA-256; the checkpoint before it "
                      "is used", result.stderr)
        self.assertIn("goes on in epoch 3, after step 0", result.stderr)
        self.expect_whole(run)

    def test_a_deterministic_run_is_the_same_run(self):
        result = catdog("train", *SMALL, "--data", self.data, "--runs", self.folder, "--name", "r",
                        "--epochs", 3, "--workers", 2, "--deterministic")
        self.assertEqual(result.returncode, 0, result.stderr)
        run = self.folder / "r"
        self.assertIs(json.loads((run / "config.json").read_text())["train"]["deterministic"], True)
        self.assertEqual(figures(run), figures(self.whole))

    def test_two_processes_do_not_write_to_one_run(self):
        process, run = self.start("r", "--epochs", 100000)
        self.expect(self.resume(run), 4, f"in use by process {process.pid}")
        process.kill()
        process.communicate()
        self.assertEqual(self.resume(run, "--epochs", 100000, "--max-time", "0.1s").returncode, 6)

    def test_a_request_to_save_is_met_and_the_run_goes_on(self):
        process, run = self.start("r", "--epochs", 1, "--checkpoint-every", 0, "--set",
                                  "train.steps_per_epoch=100000")
        def checkpoints():
            return sorted(path.name for path in run.glob("checkpoints/*.pt"))
        self.wait_for(process, checkpoints)
        process.send_signal(signal.SIGUSR1)
        self.wait_for(process, lambda: len(checkpoints()) == 2)
        self.assertIsNone(process.poll())
        self.assertEqual(checkpoints()[0], "step-00000000.pt")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, -signal.SIGINT)
        self.assertIn(f"catdog train --resume {run} goes on", errors)
        self.assertGreater(checkpoints()[1], checkpoints()[0])
        self.expect_sound(run)

    def test_a_hangup_is_a_stop(self):
        process, run = self.start("r", "--epochs", 100000)
        self.wait_for(process, (run / "weights/last.pt").exists)
        process.send_signal(signal.SIGHUP)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, -signal.SIGHUP, errors)
        self.assertIn("--resume", errors)

    def test_a_closed_pipe_does_not_end_a_run(self):
        process, run = self.start("r", "--epochs", 3, "--workers", 1)
        process.stderr.close()
        self.assertEqual(process.wait(timeout=120), 0)
        self.expect_whole(run)

    def on_terminal(self, name, ignore_hangup):
        """A run of three epochs whose terminal goes away when its first checkpoint is there; how
        it ended, as os.waitpid has it, and its folder."""
        run = self.folder / name
        pid, terminal = pty.fork()
        if pid == 0:
            if ignore_hangup:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.execv(CATDOG, [CATDOG, "train", *SMALL, "--data", str(self.data), "--runs",
                              str(self.folder), "--name", name, "--epochs",
                              "3" if ignore_hangup else "100000", "--workers", "1"])
        deadline = time.monotonic() + 60
        while not list(run.glob("checkpoints/*.pt")) and time.monotonic() < deadline:
            if select.select([terminal], [], [], 0.01)[0]:
                os.read(terminal, 1 << 16)
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), run

    def test_a_lost_terminal_is_a_stop(self):
        code, run = self.on_terminal("r", ignore_hangup=False)
        self.assertEqual(code, -signal.SIGHUP)
        self.expect_sound(run)
        self.assertEqual(self.resume(run, "--max-time", "0.1s").returncode, 6)

    def test_a_lost_terminal_is_nothing_to_a_run_under_nohup(self):
        code, run = self.on_terminal("r", ignore_hangup=True)
        self.assertEqual(code, 0)
        self.expect_whole(run)

    def test_what_to_type_can_be_typed(self):
        for name in ("plain", "it's $(a) run; of *"):
            result = catdog("train", *SMALL, "--data", self.data, "--runs", self.folder,
                            "--name", name, "--max-time", "0.01s")
            self.expect(result, 6)
            line = next(line for line in result.stderr.splitlines() if "--resume" in line)
            self.assertEqual(shlex.split(line)[:4],
                             ["catdog", "train", "--resume", str(self.folder / name)])

    def test_a_stop_in_the_last_validation_is_made_good(self):
        process, run = self.start("r", "--epochs", 1, "--workers", 1, "--max-time", "0.001s",
                                  "--set", "train.steps_per_epoch=1")
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 6)  # after the only step, before its validation
        self.assertEqual(figures(run)[1:], [])
        result = self.resume(run)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("goes on in epoch 1, after step 1 of 1", result.stderr)
        self.assertEqual(len(figures(run)[1:]), 1)

    def test_time_that_is_over(self):
        process, run = self.start("r", "--epochs", 100000, "--max-time", "2s")
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 6, errors)
        self.assertIn("--max-time is over", errors)
        self.assertFalse((run / "model.pt").exists())
        self.expect_sound(run)


if __name__ == "__main__":
    unittest.main()
