# SPDX-License-Identifier: Apache-2.0
"""catdog bench, whole: what it prints is consistent, it takes turns, it cleans up. How fast anything
is is no business of a test."""
import json
import os
import statistics
import subprocess
import unittest

from command_support import CATDOG, CommandTest, catdog

SMALL = ["--set", "data.image_size=32", "--set", "model.filters=[8,16]",
         "--set", "model.dense_units=16", "--batch-size", "16"]
IMAGES = {"decode": 48, "resize": 480, "load": 48, "warp": 480, "step": 320, "forward": 320, "backward": 320,
          "optimizer": 320, "epoch": 64, "evaluation": 16, "convolution": 0, "product": 0}


class Bench(CommandTest):
    def bench(self, *arguments, data=None):
        return catdog("bench", *SMALL, "--data", data or self.data, *arguments)

    def test_figures_agree_with_each_other(self):
        result = self.bench("--rounds", 2, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        printed = json.loads(result.stdout)
        self.assertEqual(printed["environment"]["device"], "cpu")
        results = printed["results"]
        self.assertEqual({name: one["images"] for name, one in results.items()}, IMAGES)
        limit = max(results[name]["gflop_per_second"] for name in ("convolution", "product"))
        for name, one in results.items():
            with self.subTest(name):
                self.assertEqual(len(one["seconds"]), 2)
                self.assertGreater(min(one["seconds"]), 0)
                seconds = statistics.median(one["seconds"])
                if one["images"]:
                    self.assertAlmostEqual(one["images_per_second"] * seconds / one["images"], 1)
                self.assertEqual("gflop_per_second" in one, one["gflop"] > 0)
                self.assertEqual("share_of_limit" in one, one["gflop"] > 0)
                if one["gflop"]:
                    self.assertAlmostEqual(one["gflop_per_second"] * seconds / one["gflop"], 1)
                    self.assertAlmostEqual(
                        one["share_of_limit"] * limit / one["gflop_per_second"], 1)
        parts = results["forward"]["gflop"] + results["backward"]["gflop"]
        self.assertAlmostEqual(results["step"]["gflop"] / parts, 1)

    def test_the_table_has_a_row_for_each(self):
        result = self.bench("--rounds", 1, "--only", "decode,phases")
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = [line.split()[0] for line in result.stdout.splitlines()[3:]]
        self.assertEqual(rows, ["decode", "forward", "backward", "optimizer"])
        self.assertNotIn("%", result.stdout)  # no limit was measured, so there are no shares of it

    def test_paced_does_a_round_for_each_line(self):
        process = subprocess.Popen(
            [CATDOG, "bench", *SMALL, "--data", self.data, "--only", "step", "--paced"], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.assertEqual(json.loads(process.stdout.readline())["device"], "cpu")
        for _ in range(3):
            process.stdin.write("\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            self.assertEqual(answer["step"]["images"], 320)
            self.assertGreater(answer["step"]["seconds"], 0)
        rest, _ = process.communicate(timeout=60)
        self.assertEqual((rest, process.returncode), ("", 0))

    def test_drawn_pictures_go_again(self):
        result = subprocess.run([CATDOG, "bench", *SMALL, "--only", "resize", "--rounds", "1"],
                                env=dict(os.environ, TMPDIR=str(self.folder)), text=True,
                                capture_output=True, timeout=300)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("resize", result.stdout)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_faults_by_their_text(self):
        self.expect(self.bench("--only", "steps"), 2, "--only: steps not in {decode,")
        self.expect(self.bench(data=self.folder / "absent"), 3,
                    "needs the folders train and validation; catdog split")
        self.expect(self.bench("--precision", "fp8"), 2, "--precision: train.precision = \"fp8\"")
        self.expect(self.bench("--rounds", "0"), 2, "--rounds")


if __name__ == "__main__":
    unittest.main()
