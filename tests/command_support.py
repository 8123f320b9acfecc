# SPDX-License-Identifier: Apache-2.0
"""What the tests of whole commands share: drawn pictures, a split of them, and how to run catdog.

Reads the program's path from the environment variable CATDOG. Python's standard library alone.
"""
import importlib
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

CATDOG = os.environ["CATDOG"]


def catdog(*arguments, cwd=None):
    return subprocess.run([CATDOG, *map(str, arguments)], capture_output=True, text=True, cwd=cwd,
                          stdin=subprocess.DEVNULL, timeout=300)


def with_shim(settings, *arguments, cwd=None):
    """catdog with lacking_file_system.cpp loaded, which these environment variables direct."""
    environment = dict(os.environ, LD_PRELOAD=os.environ["CATDOG_LACKING_FILE_SYSTEM"], **settings)
    # The address sanitizer wants to be the first library.
    environment["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    return subprocess.run([CATDOG, *map(str, arguments)], capture_output=True, text=True, cwd=cwd,
                          stdin=subprocess.DEVNULL, timeout=300, env=environment)


def mounts(*arguments):
    """A shell line in a mount namespace of its own; None where this process may not have one."""
    probe = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"],
                           capture_output=True)
    if probe.returncode != 0:
        return None
    return subprocess.run(["unshare", "-m", "sh", "-c", *map(str, arguments)], text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=300,
                          env=dict(os.environ, CATDOG=CATDOG))


def packages(*names):
    """Modules that `scripts/setup --tests` brings. Where one is missing, the test that asks is skipped;
    in continuous integration it fails.
    """
    folder = os.environ["CATDOG_TEST_PACKAGES"]
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        return [importlib.import_module(name) for name in names]
    except ImportError as error:
        if os.environ.get("CI"):
            raise
        raise unittest.SkipTest(f"{error}: scripts/setup --tests brings it") from None


def make_odd_inputs(folder, *cases):
    """What odd_inputs.py makes of these cases, in `folder`."""
    packages("numpy", "PIL")
    script = pathlib.Path(__file__).resolve().parent / "odd_inputs.py"
    environment = dict(os.environ, PYTHONPATH=os.environ["CATDOG_TEST_PACKAGES"])
    subprocess.run([sys.executable, script, folder, *cases], check=True, env=environment,
                   stdout=subprocess.DEVNULL)


def files(folder):
    """All files below a folder, with their bytes."""
    folder = pathlib.Path(folder)
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def png_size(content):
    """Width and height from a PNG's header."""
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", content[16:24])


class CommandTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temp = tempfile.TemporaryDirectory(prefix="catdog-test.")
        cls.shared = pathlib.Path(cls.temp.name, "shared")
        cls.pictures = cls.shared / "pictures"
        cls.data = cls.shared / "data"
        cls.make_data()

    @classmethod
    def train_run(cls, *arguments):
        """Trains the run "a" in the shared folder; the run's folder."""
        result = catdog("train", *arguments, "--data", cls.data, "--runs", cls.shared / "runs",
                        "--name", "a")
        assert result.returncode == 0, result.stderr
        return cls.shared / "runs/a"

    @classmethod
    def make_data(cls):
        assert catdog("synth", cls.pictures, "--per-class", 40, "--size", 48).returncode == 0
        assert catdog("split", cls.pictures, cls.data, "--train", 24, "--validation", 8,
                      "--test", 8).returncode == 0

    @classmethod
    def tearDownClass(cls):
        cls.temp.cleanup()

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.temp.name))

    def expect(self, result, code, *texts):
        """Exit code, and texts that stand in one stderr without a trace of the program's insides."""
        self.assertEqual(result.returncode, code, result.stderr)
        for text in texts:
            self.assertIn(text, result.stderr)
        for inside in ("terminate called", "c10::", "Exception raised from", "Traceback"):
            self.assertNotIn(inside, result.stderr)
