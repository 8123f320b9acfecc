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

    def configure(self, *options):
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("CATDOG_LIBTORCH", "Torch_DIR", "LD_LIBRARY_PATH")}
        return subprocess.run(
            [CMAKE, "--preset", "release", "-S", ROOT, "-B", self.folder / "build",
             f"-DCATDOG_LIBTORCH={self.torch}",
             *options], capture_output=True, text=True, env=environment, timeout=120)

    def refusal(self):
        """What configuration fails with, as one line."""
        result = self.configure()
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

    def test_cuda_headers_must_be_of_libtorchs_version(self):
        self.make_libtorch("2.13.0", ("c10", "torch_cpu", "torch", "c10_cuda", "torch_cuda"))
        (self.torch / "lib/libc10_cuda.so").write_bytes(b"\0libcudart.so.13\0")
        headers = self.folder / "cuda"
        (headers / "crt").mkdir(parents=True)
        (headers / "crt/host_config.h").touch()
        option = f"-DCATDOG_CUDA_INCLUDE_DIR={headers}"
        (headers / "cuda.h").write_text("#define CUDA_VERSION 12080\n")
        self.assertIn("(CUDA, without graphs", self.configure(option).stdout)
        (headers / "cuda.h").write_text("#define CUDA_VERSION 13000\n")
        self.assertIn("(CUDA, with graphs)", self.configure(option).stdout)


if __name__ == "__main__":
    unittest.main()
