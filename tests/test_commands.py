# SPDX-License-Identifier: Apache-2.0
"""Commands that make and look at pictures, and the program's usage: from the command line to files,
texts and exit codes.
"""
import json
import os
import shutil
import subprocess
import unittest

from command_support import CommandTest, catdog, files, png_size


class Usage(CommandTest):
    def test_help_and_version(self):
        result = catdog("--help")
        self.assertEqual(result.returncode, 0)
        for command in ("synth", "split", "check", "summary", "preview", "train", "eval", "bench"):
            self.assertIn(command, result.stdout)
            self.assertEqual(catdog(command, "--help").returncode, 0)
        self.assertRegex(catdog("--version").stdout, r"^catdog \d+\.\d+\.\d+\n$")

    def test_bad_usage_exits_2(self):
        self.expect(catdog(), 2, "catdog: error: a command is missing: synth, split, check, ")
        for arguments, answer in (
                (["trian"], "there is no command trian; did you mean train?"),
                (["frobnicate"], "there is no command frobnicate; catdog --help lists the commands"),
                (["--verison"], "there is no flag --verison; did you mean --version?"),
                (["--epochs", 3, "train"], "--epochs belongs after the command: catdog train --epochs"),
                (["train", "--epoch", 3], "catdog train has no flag --epoch; did you mean --epochs?"),
                (["train", "--bath-size=3"],
                 "catdog train has no flag --bath-size; did you mean --batch-size?"),
                (["predict", "-model", "m.pt", "a.jpg"],
                 "catdog predict has no flag -model; did you mean --model?"),
                (["train", "--frobnicate"],
                 "catdog train has no flag --frobnicate; catdog train --help lists what it takes"),
                (["train", "eval"], "catdog train does not take the argument eval; catdog train "),
                (["train", "epochs=3"], "does not take the argument epochs=3; did you mean --epochs?"),
                (["train", "--config", "tunde"], "quick, strong and tuned; did you mean tuned?"),
                (["train", "--precision", "fp23"], "did you mean fp32?"),
                (["train", "--device", "cdua"], "must be auto, cpu, cuda or cuda:N; did you mean cuda?"),
                (["completion", "bahs"], "bahs not in {bash,zsh,fish}; did you mean bash?"),
                (["export", "--model", "m", "--format", "onxn"], "; did you mean onnx?")):
            result = catdog(*arguments, cwd=self.folder)
            self.expect(result, 2, answer)
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
            self.assertEqual(list(self.folder.iterdir()), [])
        self.expect(catdog("eval"), 2, "--model is required")
        self.expect(catdog("synth", self.folder / "x", "--per-class", "many"), 2, "--per-class")


class Install(CommandTest):
    def test_the_installed_program_works_from_any_place(self):
        subprocess.run([os.environ["CMAKE"], "--install", os.environ["CATDOG_BUILD"], "--prefix",
                        self.folder / "usr"], check=True, stdout=subprocess.DEVNULL)
        (self.folder / "usr").rename(self.folder / "moved")
        result = subprocess.run([self.folder / "moved/bin/catdog", "train", "--config", "baseline",
                                 "--print-config"], cwd="/", capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(json.loads(result.stdout)["train"]["steps_per_epoch"], 100)
        for file, first in (("man/man1/catdog.1", ".TH CATDOG 1"),
                            ("bash-completion/completions/catdog", "# bash completion"),
                            ("zsh/site-functions/_catdog", "#compdef catdog"),
                            ("fish/vendor_completions.d/catdog.fish", "# fish completion")):
            self.assertTrue((self.folder / "moved/share" / file).read_text().startswith(first), file)


class Summary(CommandTest):
    def test_default_and_config(self):
        result = catdog("summary", "--config", "baseline")
        self.assertEqual(result.returncode, 0)
        self.assertIn("Total params: 3,453,121\n", result.stdout)
        self.assertIn("Multiply-adds of one 150x150 picture: 236,095,488\n", result.stdout)
        self.assertIn("Weights in 32-bit floats: 13.8 MB\n", result.stdout)
        self.assertNotIn("Dropout", result.stdout)
        self.assertIn("Dropout", catdog("summary", "--set", "model.dropout=0.5").stdout)


class SynthAndSplit(CommandTest):
    def test_synth_repeats_and_refuses(self):
        again = self.folder / "again"
        self.assertEqual(
            catdog("synth", again, "--per-class", 40, "--size", 48).stdout,
            f"{again}: 40 cats and 40 dogs drawn, 48x48 px\n")
        self.assertEqual(files(again), files(self.pictures))
        self.expect(catdog("synth", again), 2, str(again))
        self.assertEqual(files(again), files(self.pictures))

    def test_split_counts_and_record(self):
        dest = self.folder / "dest"
        result = catdog("split", self.pictures, dest, "--train", 20, "--validation", 10,
                        "--test", 5)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout, "total train cats images: 20\n"
                                        "total train dogs images: 20\n"
                                        "total validation cats images: 10\n"
                                        "total validation dogs images: 10\n"
                                        "total test cats images: 5\n"
                                        "total test dogs images: 5\n")
        self.assertEqual(len(json.loads((dest / "split.json").read_text())["pictures"]), 70)
        self.assertEqual((dest / "test/dogs/dog.30.jpg").read_bytes(),
                         (self.pictures / "dog.30.jpg").read_bytes())

    def test_split_failures(self):
        dest = self.folder / "dest"
        self.expect(catdog("split", self.pictures, dest), 3, "needs 2000 pictures")
        self.expect(catdog("split", self.folder / "absent", dest), 3, "absent")
        self.expect(catdog("split", self.pictures, dest, "--train", 1, "--fractions", ".5,.2,.2"),
                    2, "--fractions")
        self.expect(catdog("split", self.pictures, dest, "--copy", "--symlink"), 2)
        self.assertFalse(dest.exists())

    def test_force_replaces_a_split_and_nothing_else(self):
        dest = self.folder / "dest"
        (dest / "train").mkdir(parents=True)
        (dest / "train/thesis.txt").write_text("mine")
        counts = ["--train", 4, "--validation", 2, "--test", 2]
        self.expect(catdog("split", self.pictures, dest, *counts), 2, "is not empty")
        self.expect(catdog("split", self.pictures, dest, *counts, "--force"), 2,
                    "was not made by catdog split")
        self.assertEqual(files(dest), {"train/thesis.txt": b"mine"})

    def test_a_link_that_leads_nowhere_stays(self):
        link = self.folder / "link"
        link.symlink_to("/nonexistent/disk")
        self.expect(catdog("split", self.pictures, link, "--train", 4, "--validation", 2,
                           "--test", 2), 1, "cannot make the folder")
        self.expect(catdog("synth", link), 1, "cannot make the folder")
        self.assertTrue(link.is_symlink())

    def test_names_that_cameras_give_are_no_classes(self):
        source = self.folder / "source"
        for number, name in enumerate(["ripe/IMG.1", "ripe/IMG.2", "ripe/DSC.1", "unripe/IMG.1",
                                       "unripe/2012-08-04 17.16.38", "unripe/IMG.2"]):
            path = source / f"{name}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.pictures / f"cat.{number}.jpg", path)
        result = catdog("split", source, self.folder / "dest", "--fractions", ".4,.3,.3")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(sorted(p.name for p in (self.folder / "dest/train").iterdir()),
                         ["ripe", "unripe"])


class Preview(CommandTest):
    def preview(self, *arguments):
        return catdog("preview", "--config", "augment", *arguments, cwd=self.folder)

    def test_one_picture_and_its_variations(self):
        picture = self.pictures / "cat.3.jpg"
        result = self.preview(picture)
        self.assertEqual((result.returncode, result.stdout), (0, "preview.png\n"), result.stderr)
        first = (self.folder / "preview.png").read_bytes()
        # Five cells of 150 px in a row, 8 px between them; below them 18 px for the label.
        self.assertEqual(png_size(first), (5 * 158 + 8, 150 + 18 + 2 * 8))
        self.preview(picture, "-o", "same.png")
        self.assertEqual((self.folder / "same.png").read_bytes(), first)
        self.preview(picture, "-o", "other.png", "--seed", 1)
        self.assertNotEqual((self.folder / "other.png").read_bytes(), first)

    def test_a_folder_and_a_count(self):
        result = self.preview(self.pictures, "--count", 2, "-o", "sheet.png")
        self.assertEqual(result.returncode, 0, result.stderr)
        size = png_size((self.folder / "sheet.png").read_bytes())
        self.assertEqual(size, (3 * 158 + 8, 8 * 176 + 8))

    def test_each_option_beyond_keras_is_seen(self):
        two = self.folder / "two"
        two.mkdir()
        for name in ("cat.3.jpg", "dog.4.jpg"):
            shutil.copy(self.pictures / name, two)

        def sheet(*settings):
            flags = [part for setting in settings for part in ("--set", f"augment.{setting}")]
            result = self.preview(two, "--count", 2, "-o", "sheet.png", *flags)
            self.assertEqual(result.returncode, 0, result.stderr)
            return (self.folder / "sheet.png").read_bytes()

        settings = ["affine_probability=0", "crop_area=[0.2,0.5]", "contrast_range=[0.2,0.5]",
                    "saturation_range=[2,3]", "hue_range=180", "grayscale_probability=1",
                    "rand_augment_ops=3", "mixup_alpha=1", "cutmix_alpha=1"]
        sheets = [sheet(), *map(sheet, settings), sheet(*settings)]
        self.assertEqual(len(set(sheets)), len(settings) + 2)
        # What belongs to an option that is off changes nothing.
        self.assertEqual(sheet("crop_aspect=[1,2]", "rand_augment_magnitude=9", "mix_share=0.5",
                               "mix_epochs=3"), sheets[0])
        self.assertEqual(sheet("mixup_alpha=1", "mix_share=0"), sheets[0])

    def test_one_picture_is_mixed_with_its_own_variations(self):
        mixed = ("--set", "augment.mixup_alpha=1")
        for count in (1, 3):
            self.assertEqual(self.preview(self.pictures / "cat.3.jpg", "--count", count, *mixed)
                             .returncode, 0)

    def test_failures(self):
        self.expect(self.preview(self.folder / "absent.jpg"), 3, "absent.jpg")
        self.expect(self.preview(self.folder), 3, "holds no images")
        self.expect(self.preview(self.pictures, "--count", 0), 2, "--count")
        self.expect(self.preview(self.pictures, "-o", "sheet.txt"), 2, ".png or .jpg")
        self.expect(self.preview(self.pictures, "--set", "augment.zoom_range=1"), 2,
                    "augment.zoom_range = 1: must be a number from 0 to 1 (excluded)")


if __name__ == "__main__":
    unittest.main()
