# SPDX-License-Identifier: Apache-2.0
"""How many threads catdog uses: as many as this process may run; and that those of OpenMP sleep
while they wait."""
import json
import os
import pathlib
import re
import subprocess
import unittest

from command_support import CATDOG, CommandTest, catdog
from interruption_support import SMALL

ROOT = pathlib.Path(__file__).resolve().parent.parent
OTHER_SOURCES = (r"hardware_concurrency|get_nprocs|_SC_NPROCESSORS|sched_getaffinity|"
                 r"omp_get_num_procs")


def on_one_core(*arguments, **options):
    core = min(os.sched_getaffinity(0))
    return subprocess.run([CATDOG, *map(str, arguments)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=300,
                          preexec_fn=lambda: os.sched_setaffinity(0, {core}), **options)


class Processors(CommandTest):
    def test_a_mask_of_one_core_gives_one_thread(self):
        facts = json.loads(on_one_core("doctor", "--no-speed", "--json").stdout)
        self.assertEqual((facts["processor"]["allowed"], facts["processor"]["usable"],
                          facts["threads"]), (1, 1, 1))
        result = on_one_core("train", *SMALL, "--data", self.data, "--runs", self.folder, "--name",
                             "run", "--epochs", 1)
        self.expect(result, 0, ", 1 threads, ")
        environment = json.loads((self.folder / "run/env.json").read_text())
        self.assertEqual((environment["cores"], environment["threads"]), (1, 1))

    def test_nothing_else_counts_processors(self):
        allowed = ROOT / "src/core/processors.cpp"
        self.assertRegex(allowed.read_text(), OTHER_SOURCES)
        for folder in ("src", "include"):
            for file in (ROOT / folder).rglob("*.?pp"):
                found = re.search(OTHER_SOURCES, file.read_text())
                if found and file != allowed:
                    self.fail(f"{file} uses {found[0]}: core/processors.hpp has usable_cores()")


class PassiveWait(unittest.TestCase):
    def settings_of_openmp(self, **variables):
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")}
        environment.update(variables, OMP_DISPLAY_ENV="verbose")
        result = subprocess.run([CATDOG, "--version"], env=environment, capture_output=True,
                                text=True, timeout=60)
        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stdout, catdog("--version").stdout)
        return dict(re.findall(r"(\w+) = '(.*)'", result.stderr))

    def test_waiting_threads_do_not_spin(self):
        settings = self.settings_of_openmp()
        self.assertEqual(settings["OMP_WAIT_POLICY"], "PASSIVE")
        self.assertEqual(settings["GOMP_SPINCOUNT"], "0")

    def test_the_users_setting_is_kept(self):
        self.assertEqual(self.settings_of_openmp(GOMP_SPINCOUNT="77")["GOMP_SPINCOUNT"], "77")
        settings = self.settings_of_openmp(OMP_WAIT_POLICY="active")
        self.assertEqual(settings["OMP_WAIT_POLICY"], "ACTIVE")
        self.assertNotEqual(settings["GOMP_SPINCOUNT"], "0")

    def test_the_process_keeps_its_arguments_and_its_name(self):
        script = 'exec -a other "$CATDOG" --help'
        result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60,
                                cwd="/", env={"CATDOG": CATDOG, "PATH": os.environ["PATH"]})
        self.assertEqual(result.stdout, catdog("--help").stdout)
        process = subprocess.Popen([CATDOG, "predict", "--model", "/dev/null", "-"],
                                   stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        name = pathlib.Path(f"/proc/{process.pid}/comm")
        while "python" in name.read_text():  # before the first start
            pass
        self.assertEqual(name.read_text(), "catdog\n")
        process.communicate()


if __name__ == "__main__":
    unittest.main()
