# SPDX-License-Identifier: Apache-2.0
"""Runs that are killed or stopped at random moments come to the same end as one that was not."""
import random
import signal
import subprocess
import time
import unittest

from command_support import CATDOG
from interruption_support import MANY, InterruptionTest


class Interruptions(InterruptionTest):
    KILLS, STOPS = (40, 10) if MANY else (3, 1)

    def stop(self, name, moment, signal_number, workers):
        """A run that got the signal `moment` seconds after its folder was there; its exit code."""
        process, run = self.start(name, "--epochs", 3, "--workers", workers, "--checkpoint-every",
                                  2)
        time.sleep(moment)
        process.send_signal(signal_number)
        _, errors = process.communicate(timeout=120)
        self.expect_sound(run)
        return run, process.returncode, errors

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(1)
        cls.duration = 0

    def setUp(self):
        super().setUp()
        if self.duration:
            return
        process, _ = self.start("timed", "--epochs", 3, "--checkpoint-every", 2)
        start = time.monotonic()
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0)
        type(self).duration = time.monotonic() - start  # from when its folder is there

    def stop_at_random(self, name, signal_number, count, check):
        """`count` runs that the signal ended, each resumed to the end with other workers."""
        stopped = 0
        for number in range(10 * count):
            moment = self.random.uniform(0, self.duration)
            with self.subTest(number=number, moment=moment):
                run, code, errors = self.stop(f"{name}{number}", moment, signal_number, number % 4)
                if code == -signal_number:
                    stopped += 1
                    check(errors)
                else:  # it was done before: the machine has become faster
                    self.assertEqual(code, 0, errors)
                    type(self).duration *= 0.8
                result = self.resume(run, "--workers", (number + 1) % 3)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.expect_whole(run)
            if stopped == count:
                return
        self.fail(f"{stopped} of {count} runs were still there when the signal came")

    def test_killed(self):
        self.stop_at_random("killed", signal.SIGKILL, self.KILLS, lambda errors: None)

    def test_stopped(self):
        self.stop_at_random("stopped", signal.SIGTERM, self.STOPS,
                            lambda errors: self.assertIn("interrupted", errors))

    def test_killed_again_and_again(self):
        process, run = self.start("again", "--epochs", 3, "--workers", 2, "--checkpoint-every", 1)
        for _ in range(20 if MANY else 2):
            time.sleep(0.05)
            process.kill()
            process.communicate()
            if (run / "model.pt").exists():
                break
            process = self.start_again(run)
        else:
            process.communicate()
        self.assertEqual(self.resume(run).returncode, 0)
        self.expect_whole(run)

    def start_again(self, run):
        """Goes on with the run, until one more checkpoint is there."""
        def checkpoints():
            return {path.name for path in run.glob("checkpoints/*.pt")}
        before = checkpoints()
        process = subprocess.Popen([CATDOG, "train", "--resume", run, "--checkpoint-every", "1"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.wait_for(process, lambda: checkpoints() != before)
        return process


if __name__ == "__main__":
    unittest.main()
