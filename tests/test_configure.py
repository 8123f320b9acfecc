# SPDX-License-Identifier: Apache-2.0
"""What configuration says of a LibTorch that cannot be used: one sentence, and what to type.

Reads CMake's path from the environment variable CMAKE.
"""
import os
import pathlib
import subprocess
import tempfile
import unittest

CMAKE = os.environ["CMAKE"]
ROOT = pathlib.Path(__file__).resolve().parent.parent
VERSION_HEADER = "include/torch/csrc/api/include/torch/version.h"


class Configure(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="catdog-test.")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.torch = self.folder / "torch"

    def make_libtorch(self, version, libraries=("c10", "torch_cpu", "torch")):
        header = self.torch / VERSION_HEADER
        header.parent.mkdir(parents=True)
        names = ("MAJOR", "MINOR", "PATCH")
        header.write_text("".join(f"#define TORCH_VERSION_{name} {part}\n"
                                  for name, part in zip(names, version.split("."))))
        (self.torch / "lib").mkdir()
        for library in libraries:
            (self.torch / f"lib/lib{library}.so").touch()

    def refusal(self):
        """What configuration fails with, as one line."""
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("CATDOG_LIBTORCH", "Torch_DIR", "LD_LIBRARY_PATH")}
        result = subprocess.run(
            [CMAKE, "-S", ROOT, "-B", self.folder / "build", f"-DCATDOG_LIBTORCH={self.torch}"],
            capture_output=True, text=True, env=environment, timeout=120)
        self.assertNotEqual(result.returncode, 0)
        return " ".join(result.stderr.split())

    def test_a_folder_without_libtorch(self):
        self.assertIn("name the folder that holds include/ lib/ share/ with "
                      "-DCATDOG_LIBTORCH=FOLDER", self.refusal())

    def test_an_old_version(self):
        self.make_libtorch("2.5.1")
        self.assertIn("is too old: catdog needs 2.6 or later; type scripts/setup", self.refusal())

    def test_a_library_missing(self):
        self.make_libtorch("2.13.0", libraries=("c10", "torch"))
        self.assertIn("is incomplete: libtorch_cpu.so is not in its lib folder; type scripts/setup",
                      self.refusal())

    def test_libraries_of_two_builds(self):
        self.make_libtorch("2.13.0", libraries=("torch_cpu", "torch"))
        other = self.folder / "other/libc10.so"
        other.parent.mkdir()
        other.touch()
        (self.torch / "lib/libc10.so").symlink_to(other)
        self.assertIn("lie in more than one folder", self.refusal())


if __name__ == "__main__":
    unittest.main()
