# SPDX-License-Identifier: Apache-2.0
"""Advice on the command line, the config and the machine: each test is given it by the program and
follows it. test_advice.py sees to it that none is left out."""
import json
import os
import re
import resource
import subprocess
import unittest

from advice_support import SMALL, AdviceTest, advice
from command_support import CATDOG, catdog, mounts


class Words(AdviceTest):
    @advice("a command is missing: {}; catdog --help explains them")
    def test_no_command(self):
        named = self.told(catdog(), 2).partition("missing: ")[2].partition(";")[0]
        explained = self.follow("--help").stdout
        for command in re.findall(r"\w+", named.replace(" and ", " ")):
            self.assertRegex(explained, rf"\n +{command} ")

    @advice("catdog --help lists the commands", "catdog --help lists flags and commands",
            "catdog {} --help lists what it takes")
    def test_a_word_that_is_like_no_other(self):
        self.told(catdog("xyzzy"), 2)
        self.told(catdog("--xyzzy"), 2)
        listed = self.follow("--help").stdout
        self.assertRegex(listed, r"\n +split ")
        self.assertIn("--version", listed)
        self.told(catdog("split", "--xyzzy"), 2)
        self.assertIn("--fractions", self.follow("split", "--help").stdout)

    @advice("{} belongs after the command: catdog {} {} …")
    def test_a_flag_before_the_command(self):
        said = self.told(catdog("--near", "check", self.data), 2)
        words = re.search(r": catdog (\w+ --\w+) …", said)[1].split()
        self.follow(*words, -1, self.data)

    @advice("did you mean ")
    def test_a_flag_without_its_dashes(self):
        said = self.told(catdog("check", self.data, "json"), 2)
        self.follow("check", self.data, re.search(r"did you mean (\S+)\?", said)[1])

    @advice("; did you mean {}?")
    def test_slips_of_the_pen(self):
        for words, at in ((["chekc", self.data], 0), (["check", self.data, "--jsno"], 2),
                          (["completion", "bsh"], 1),
                          (["train", "--print-config", "--config", "basline"], 3),
                          (["train", "--print-config", "--precision", "fp23"], 3)):
            with self.subTest(words=words):
                meant = re.search(r"did you mean (.*)\?", self.told(catdog(*words), 2))
                for word in meant[1].split(" or "):
                    self.follow(*words[:at], word, *words[at + 1:])

    @advice("{}: unknown key; the nearest known one is {}",
            "{}: unknown section; the nearest known one is {}")
    def test_keys_of_a_config(self):
        config = self.folder / "config.json"
        config.write_text('{"trian": {"epochs": 2}, "model": {"dropuot": 0.25}}')
        said = self.told(catdog("train", "--config", config, "--print-config"), 2)
        section = re.search(r"section; the nearest known one is (\S+)", said)[1]
        key = re.search(r"key; the nearest known one is model\.(\S+)", said)[1]
        config.write_text(json.dumps({section: {"epochs": 2}, "model": {key: 0.25}}))
        printed = json.loads(self.follow("train", "--config", config, "--print-config").stdout)
        self.assertEqual((printed["train"]["epochs"], printed["model"]["dropout"]), (2, 0.25))

    @advice("--config {}: there is no such file; the configs that ship with catdog are {}")
    def test_configs_that_ship(self):
        said = self.told(catdog("train", "--config", "xyzzy", "--print-config"), 2)
        for name in re.findall(r"[\w-]+", said.partition("catdog are ")[2].replace(" and ", " ")):
            self.follow("train", "--config", name, "--print-config")

    @advice("pictures of {0}×{0} px are too small for the {1} stages of model.filters: a larger "
            "data.image_size and train.first_size, or fewer stages")
    def test_images_that_are_too_small(self):
        self.told(catdog("summary", "--set", "data.image_size=8"), 2)
        self.follow("summary", "--set", "data.image_size=64")
        self.follow("summary", "--set", "data.image_size=8", "--set", "model.filters=[4]")


class Machine(AdviceTest):
    @advice("ulimit -f unlimited", "ulimit -n 1024", "ulimit -v unlimited")
    def test_limits_of_a_process(self):
        script = ('ulimit -S -f 1000 -n 64 2> /dev/null || { ulimit -S -f 1000; ulimit -S -n 64; }\n'
                  'ulimit -S -v 400000000\n"$CATDOG" doctor --no-speed > before 2>&1\necho $? > code\n'
                  '%s\nexec "$CATDOG" doctor --no-speed')
        remedies = "\n".join(self.left)
        result = subprocess.run(["bash", "-c", script % remedies], cwd=self.folder, text=True,
                                capture_output=True, env=dict(os.environ, CATDOG=CATDOG))
        before = (self.folder / "before").read_text()
        for remedy in list(self.left):
            self.assertIn(f"    {remedy}\n", before)
            self.assertNotIn(remedy, result.stdout)
        self.assertEqual((self.folder / "code").read_text(), "1\n")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.left, self.has_followed = [], True

    @advice("unset ATEN_CPU_CAPABILITY, unless that is meant")
    def test_a_capability_that_is_asked_for(self):
        asked = subprocess.run([CATDOG, "doctor", "--no-speed"], cwd=self.folder, text=True,
                               capture_output=True,
                               env=dict(os.environ, ATEN_CPU_CAPABILITY="default"))
        remedy = self.told(asked, 0)
        self.assertIn("unset ATEN_CPU_CAPABILITY", remedy)
        self.assertNotIn("ATEN_CPU", self.follow("doctor", "--no-speed", cwd=self.folder).stdout)

    def on_small_disk(self, lines, size="1m"):
        """A shell script in a folder on a disk of that size; skips where none can be had."""
        disk = self.folder / "disk"
        disk.mkdir(exist_ok=True)
        result = mounts(f"mount -t tmpfs -o size={size} none {disk} && cd {disk} || exit 99\n{lines}",
                        "sh", "train", "--data", self.data, *SMALL)
        if result is None:
            self.left, self.has_followed = [], True
            self.skipTest("this process may not mount")
        return result

    @advice("catdog train --runs FOLDER puts them elsewhere",
            "make room, or catdog train --runs FOLDER puts runs on another disk")
    def test_a_folder_for_runs_that_takes_none(self):
        for lines in ("mount -o remount,ro .", ""):
            said = self.told(self.on_small_disk(lines + '\nexec "$CATDOG" doctor --no-speed'), 1)
            command = re.search(r"catdog (train --runs) FOLDER", said)[1]
            result = self.on_small_disk(f'{lines}\nshift; "$CATDOG" {command} {self.folder}/runs "$@"')
            self.assertEqual(result.returncode, 0, result.stderr)
        self.has_followed = True

    @advice(" MB are needed: make room, or choose another folder")
    def test_a_disk_without_room_for_a_run(self):
        result = self.on_small_disk(f'''
            head -c 30M /dev/zero > full
            "$CATDOG" "$@" && exit 97
            "$CATDOG" "$@" --runs {self.folder}/runs || exit 98
            rm full
            "$CATDOG" "$@" || exit 96
            head -c 30M /dev/zero > full
            "$CATDOG" train --resume runs/run --epochs 2 && exit 95
            mv runs/run {self.folder}/moved
            "$CATDOG" train --resume {self.folder}/moved --epochs 2''', "30m")
        self.told(result, 0)
        self.assertEqual(result.stderr.count("make room"), 2)
        self.has_followed = True

    @advice(": a smaller --batch-size or data.image_size may help")
    def test_memory_that_is_not_to_be_had(self):
        def bench(*arguments):
            limit = 16 << 30
            return subprocess.run(
                [CATDOG, "bench", "--only", "step", "--rounds", "1", "--device", "cpu", "--set",
                 "model.filters=[1024]", *arguments], text=True, capture_output=True, timeout=300,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        self.told(bench("--batch-size", "256", "--set", "data.image_size=256"), 1)
        result = bench("--batch-size", "2", "--set", "data.image_size=16")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.has_followed = True

    @advice("device \"{}\": this LibTorch finds no CUDA device: use --device cpu".replace('"', '\\"'))
    def test_a_gpu_that_is_not_there(self):
        train = [CATDOG, "train", "--data", self.data, *map(str, SMALL), "--device"]
        results = [subprocess.run([*train, device], text=True, capture_output=True, cwd=self.folder,
                                  env=dict(os.environ, CUDA_VISIBLE_DEVICES=""))
                   for device in ("cuda", "cpu")]
        self.told(results[0], 2)
        self.assertEqual(results[1].returncode, 0, results[1].stderr)
        self.has_followed = True

    def test_commands_for_machines_that_lack_something(self):
        """The doctor names these where memory is short or a step fails; they can be typed."""
        self.follow("train", "--batch-size", 16, "--set", "data.cache=disk", "--data", self.data,
                    *SMALL, "--runs", self.folder / "runs")
        self.follow("bench", "--only", "step", "--device", "cpu", "--rounds", 1, "--set",
                    "data.image_size=16", "--set", "model.filters=[4]")


if __name__ == "__main__":
    unittest.main()
