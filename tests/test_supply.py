# SPDX-License-Identifier: Apache-2.0
"""What the project fetches is named by its content: actions of continuous integration by commit,
files by SHA-256. scripts/setup unpacks no LibTorch that is another file."""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
REQUIREMENTS = [ROOT / "tests/requirements.txt", ROOT / "scripts/bench/requirements.txt",
                *(ROOT / "third_party/requirements").glob("*.txt")]


def scripts():
    """The files of the project that may fetch something, with their text."""
    for folder in (".ci", ".github", "cmake", "scripts", "third_party", "tests"):
        for path in sorted((ROOT / folder).rglob("*")):
            inside = path.relative_to(ROOT).parts[:2]
            if inside[0] == "third_party" and path.parent != ROOT / "third_party":
                continue  # what scripts/setup has fetched
            if path.is_file() and path != pathlib.Path(__file__).resolve() and "data" not in inside:
                try:
                    yield path, path.read_text(encoding="utf-8")
                except UnicodeDecodeError:
                    continue


def logical_lines(path):
    text = re.sub(r"#.*", "", path.read_text(encoding="utf-8")).replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip()]


class Supply(unittest.TestCase):
    def test_actions_are_named_by_commit(self):
        found = 0
        for path in (ROOT / ".github").rglob("*.y*ml"):
            for line in path.read_text(encoding="utf-8").splitlines():
                if "uses:" in line and not line.lstrip().startswith("#"):
                    found += 1
                    self.assertRegex(line, r"uses: [\w./-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+$")
        self.assertGreater(found, 0)

    def test_each_requirement_has_one_version_and_its_hashes(self):
        self.assertGreaterEqual(len(REQUIREMENTS), 4)
        for path in REQUIREMENTS:
            lines = logical_lines(path)
            self.assertTrue(lines, path)
            for line in lines:
                with self.subTest(path=path.name, line=line[:60]):
                    self.assertRegex(line, r"^[A-Za-z0-9._-]+==\S+( +--hash=sha256:[0-9a-f]{64})+$")

    def test_pip_takes_only_what_has_a_hash(self):
        calls = 0
        for path, text in scripts():
            for match in re.finditer(r"-m[\"', ]+pip\b", text):
                call = text[match.start():match.start() + 200]
                if not re.search(r"\b(install|download)\b", call):
                    continue
                calls += 1
                self.assertIn("--require-hashes", call, path)
                self.assertIn("--no-deps", call, path)
            self.assertNotRegex(text, r"(?m)^\s*(sudo )?pip3? (install|download)", path)
        self.assertGreaterEqual(calls, 3)

    def test_nothing_else_is_fetched(self):
        fetches = {}
        for path, text in scripts():
            if path.name == "debian-packages.txt":
                continue
            commands = re.findall(r"(?m)^\s*(curl|wget|git clone|FetchContent_Declare|"
                                  r"ExternalProject_Add|file\(DOWNLOAD)\b|urlopen|urlretrieve", text)
            if commands:
                fetches[str(path.relative_to(ROOT))] = commands
        # LibTorch's wheel, where there is no pip; its hash is checked below.
        self.assertEqual(fetches, {"scripts/setup": ["curl"]})


class Setup(unittest.TestCase):
    """scripts/setup in a folder of its own, where it can reach no network."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="catdog-test.")
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name, "project")
        self.fakes = pathlib.Path(temporary.name, "bin")
        self.wheels = pathlib.Path(temporary.name, "wheels")
        for folder in (self.root / "scripts", self.root / "third_party", self.fakes, self.wheels):
            folder.mkdir(parents=True)
        shutil.copy(ROOT / "scripts/setup", self.root / "scripts/setup")
        shutil.copy(ROOT / "third_party/debian-packages.txt", self.root / "third_party")
        shutil.copytree(ROOT / "third_party/requirements", self.root / "third_party/requirements")
        (self.root / "third_party/python").mkdir()
        (self.root / "third_party/python/matplotlib.py").write_text("")  # is not fetched
        # A wheel as pip takes it for the right one but for its content.
        self.wheel = self.wheels / ("torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_"
                                    f"{os.uname().machine}.whl")
        subprocess.run(["zip", "--quiet", self.wheel, "setup"] if shutil.which("zip") else
                       ["python3", "-m", "zipfile", "-c", self.wheel, "setup"],
                       cwd=self.root / "scripts", check=True)
        self.make_fake("dpkg-query", 'for name; do echo "installed $name"; done')

    def make_fake(self, name, text):
        path = self.fakes / name
        path.write_text(f"#!/bin/bash\n{text}\n")
        path.chmod(0o755)

    def run_setup(self):
        environment = dict(os.environ, PATH=f"{self.fakes}:{os.environ['PATH']}", PIP_NO_INDEX="1",
                           PIP_CONFIG_FILE="/dev/null", PIP_FIND_LINKS=str(self.wheels))
        for name in ("CATDOG_LIBTORCH", "Torch_DIR"):
            environment.pop(name, None)
        return subprocess.run([self.root / "scripts/setup"], env=environment, text=True, timeout=300,
                              stdin=subprocess.DEVNULL, capture_output=True)

    def expect_nothing_unpacked(self, result):
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(sorted(path.name for path in (self.root / "third_party").iterdir()
                                if path.is_dir()), ["python", "requirements"])

    def test_another_wheel_is_refused_whatever_brings_it(self):
        # pip finds the wheel and does not take it, so that curl is asked.
        self.make_fake("curl", f'while [[ $1 != --output ]]; do shift; done; cp "{self.wheel}" "$2"')
        result = self.run_setup()
        self.expect_nothing_unpacked(result)
        self.assertIn("another SHA-256", result.stderr)

    def test_the_expected_wheel_is_unpacked(self):
        digest = hashlib.sha256(self.wheel.read_bytes()).hexdigest()
        file = self.root / "third_party/requirements/libtorch.txt"
        file.write_text(f"torch==2.13.0+cpu --hash=sha256:{digest}\n")
        self.make_fake("curl", f'while [[ $1 != --output ]]; do shift; done; cp "{self.wheel}" "$2"')
        result = self.run_setup()
        self.expect_nothing_unpacked(result)  # it has no LibTorch inside
        self.assertIn("what was fetched is not LibTorch", result.stderr)

    def test_own_libtorch_is_not_checked(self):
        own = self.root / "own"
        own.mkdir()
        self.make_fake("curl", "exit 22")
        environment = dict(os.environ, PATH=f"{self.fakes}:{os.environ['PATH']}", PIP_NO_INDEX="1",
                           PIP_CONFIG_FILE="/dev/null", CATDOG_LIBTORCH=str(own))
        result = subprocess.run([self.root / "scripts/setup"], env=environment, text=True,
                                stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f"LibTorch: the one given, {own}", result.stderr)


if __name__ == "__main__":
    unittest.main()
