# SPDX-License-Identifier: Apache-2.0
"""catdog doctor, whole: what it says of this machine, and what it says of one that cannot train.

How fast the machine is, is no business of a test."""
import json
import os
import pathlib
import resource
import subprocess
import tempfile
import unittest

from command_support import CATDOG, catdog

ROWS = ["catdog", "LibTorch", "OpenCV", "pictures", "decoders", "processor", "instructions",
        "cores", "threads", "precision", "CUDA", "memory", "disk", "limits"]


class Doctor(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="catdog-test.")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def test_a_row_for_each_fact(self):
        result = catdog("doctor", "--no-speed", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        table, _, rest = result.stdout.partition("\n\n")
        self.assertEqual([line.split()[0] for line in table.splitlines()], ROWS)
        self.assertRegex(rest, r"^(Nothing to remark\.\n|Worth knowing:\n(  \S.*\n    \S.*\n)+)$")
        # The facts stand in one column.
        begin = table.index(catdog("--version").stdout.split()[1])
        for line in table.splitlines():
            self.assertRegex(line[begin - 2:], r"^  \S")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_json_holds_the_same(self):
        result = catdog("doctor", "--no-speed", "--json", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        facts = json.loads(result.stdout)
        self.assertEqual(facts["versions"]["catdog"], catdog("--version").stdout.split()[1])
        self.assertEqual(facts["processor"]["allowed"], len(os.sched_getaffinity(0)))
        self.assertEqual(facts["threads"], len(os.sched_getaffinity(0)))
        self.assertEqual(facts["disk"]["folder"], os.path.realpath(self.folder))
        self.assertEqual(facts["limits"]["open_files"], resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        self.assertTrue(facts["formats"]["JPEG"])
        for codec in facts["codecs"]:
            self.assertTrue(os.path.exists(codec["path"]), codec)
            self.assertTrue(codec["version"] or codec["name"] == "libjpeg", codec)
            for hole in codec["holes"]:
                self.assertTrue(any(hole in finding["what"] for finding in facts["findings"]))
        self.assertIn(facts["precision"]["auto"], ("fp32", "bf16"))
        self.assertTrue(facts["libtorch"]["onednn"])
        self.assertIsNone(facts["speed"])
        # The same precision as a run would use.
        summary = catdog("bench", "--only", "step", "--rounds", 1, "--json", "--set",
                         "data.image_size=16", "--set", "model.filters=[4]")
        self.assertEqual(json.loads(summary.stdout)["environment"]["precision"],
                         facts["precision"]["auto"])

    def test_speed_is_measured(self):
        result = catdog("doctor", "--json", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        speed = json.loads(result.stdout)["speed"]
        self.assertGreater(speed["images_per_second"], 0)
        if speed["share_of_limit"] is not None:
            self.assertGreater(speed["share_of_limit"], 0)

    def test_what_keeps_training_from_working_is_exit_1(self):
        def limit_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
        result = subprocess.run([CATDOG, "doctor", "--no-speed"], cwd=self.folder, text=True,
                                capture_output=True, timeout=300, preexec_fn=limit_files)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, r"\nTraining cannot work:\n  files may have 1 MB at most; a "
                                        r"checkpoint .* has \d+ MB\n    ulimit -f unlimited\n")
        self.assertRegex(result.stderr, "^catdog: error: training cannot work here: files may have 1 "
                                        "MB at most.*\n$")

    def test_faults_by_their_text(self):
        result = catdog("doctor", "now")
        self.assertEqual(result.returncode, 2)
        self.assertIn("now", result.stderr)


if __name__ == "__main__":
    unittest.main()
