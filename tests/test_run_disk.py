# SPDX-License-Identifier: Apache-2.0
"""What a run does when its disk is full or read-only, or its folder goes away: one error, and the
last checkpoint is good."""
import os
import resource
import shutil
import subprocess
import unittest

from command_support import CATDOG, catdog, mounts
from interruption_support import MANY, SMALL, InterruptionTest

# Files may hold so many bytes: from less than config.json to more than a checkpoint.
SIZES = ([0, 1000, 3000, 9000, 20000, 45000, 70000, 100000, 130000, 10**6] if MANY
         else [1000, 45000, 100000])


class RunDisk(InterruptionTest):
    def test_files_may_not_grow(self):
        codes = set()
        for size in SIZES:
            with self.subTest(size=size):
                result = subprocess.run(
                    [CATDOG, "train", *SMALL, "--data", self.data, "--runs", self.folder, "--name",
                     str(size), "--epochs", "3", "--workers", "1"], text=True, capture_output=True,
                    timeout=300, preexec_fn=lambda size=size: resource.setrlimit(
                        resource.RLIMIT_FSIZE, (size, size)))
                codes.add(result.returncode)
                run = self.folder / str(size)
                self.expect_sound(run)
                if result.returncode == 0:
                    self.expect_whole(run)
                    continue
                self.expect(result, 1, "cannot write", "File too large")
                self.assertEqual(list(run.rglob("*.tmp.*")), [])
                if (run / "config.json").exists():  # with room, it goes on
                    self.assertEqual(self.resume(run).returncode, 0)
                    self.expect_whole(run)
        self.assertIn(1, codes)

    def test_a_full_disk_is_found_before_the_first_step(self):
        result = mounts(f'mount -t tmpfs -o size=1m none {self.folder} && exec "$CATDOG" "$@"',
                        "sh", "train", *SMALL, "--data", self.data, "--runs", self.folder / "runs")
        if result is None:
            self.skipTest("this process may not mount")
        self.expect(result, 1, "MB are free on this disk", "MB are needed")
        self.assertNotIn("epoch 1", result.stderr)

    def test_a_disk_that_fills_up_later(self):
        # The other tenant leaves no block free once the first epoch is done.
        script = '''
            mount -t tmpfs -o size=16m none {folder} || exit 99
            "$CATDOG" train "$@" --runs {folder} --name r --epochs 100000 2> {folder}/log &
            run=$!
            while kill -0 $run 2> /dev/null && [ ! -e {folder}/r/weights/last.pt ]; do
              sleep .05
            done
            cat /dev/zero > {folder}/tenant 2> /dev/null
            wait $run
            code=$?
            cat {folder}/log >&2
            [ $code = 1 ] || exit 98
            rm {folder}/tenant
            "$CATDOG" eval --model {folder}/r/weights/last.pt > /dev/null || exit 97
            exec "$CATDOG" train --resume {folder}/r --max-time .01s
            '''.format(folder=self.folder)
        result = mounts(script, "sh", *SMALL, "--data", self.data)
        if result is None:
            self.skipTest("this process may not mount")
        self.expect(result, 6, "No space left on device", "goes on in epoch", "--max-time is over")

    def test_a_full_disk_is_found_before_a_run_goes_on(self):
        shutil.copytree(self.whole, self.folder / "r")
        result = mounts(f'''mount -t tmpfs -o size=1m none /mnt && cp -r {self.folder}/r /mnt &&
                        exec "$CATDOG" train --resume /mnt/r --epochs 4''')
        if result is None:
            self.skipTest("this process may not mount")
        self.expect(result, 1, "MB are free on this disk", "MB are needed")
        self.assertNotIn("epoch 4", result.stderr)

    def test_checkpoints_that_cannot_be_written_are_found_before_a_run_goes_on(self):
        run = self.folder / "r"
        shutil.copytree(self.whole, run)
        result = mounts(f'''mount --bind {run}/checkpoints {run}/checkpoints &&
                        mount -o remount,ro,bind {run}/checkpoints &&
                        exec "$CATDOG" train --resume {run} --epochs 4''')
        if result is None:
            self.skipTest("this process may not mount")
        self.expect(result, 1, "cannot write", "Read-only file system")
        self.assertNotIn("epoch 4/4", result.stderr)
        self.assertEqual(self.resume(run, "--epochs", 4).returncode, 0)

    def test_a_disk_that_may_only_be_read(self):
        run = self.folder / "r"
        shutil.copytree(self.whole, run)
        for arguments in (["--resume", run, "--epochs", "4"],
                          [*SMALL, "--data", self.data, "--runs", self.folder]):
            result = mounts(f"mount --bind {self.folder} {self.folder} && "
                            f'mount -o remount,ro,bind {self.folder} && exec "$CATDOG" train "$@"',
                            "sh", *arguments)
            if result is None:
                self.skipTest("this process may not mount")
            self.assertIn(result.returncode, (1, 4), result.stderr)
            self.assertIn("Read-only file system", result.stderr)
        self.expect_whole(run)

    def test_a_folder_that_goes_away(self):
        process, run = self.start("gone", "--epochs", 100000)
        self.wait_for(process, (run / "weights/last.pt").exists)
        run.rename(self.folder / "moved")
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1, errors)
        self.assertIn("cannot write", errors)
        self.assertIn("No such file or directory", errors)
        self.assertFalse(run.exists())
        self.expect_sound(self.folder / "moved")
        self.assertEqual(catdog("train", "--resume", self.folder / "moved", "--max-time",
                                "1s").returncode, 6)


if __name__ == "__main__":
    unittest.main()
