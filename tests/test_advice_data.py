# SPDX-License-Identifier: Apache-2.0
"""Advice of the commands that read images: each test is given it by the program and
follows it. test_advice.py sees to it that none is left out."""
import json
import re
import shlex
import shutil
import struct
import unittest

from advice_support import FRACTIONS, SMALL, AdviceTest, advice
from command_support import catdog

# A WebP of one pixel, without loss: RIFF, size, WEBP, and the chunk VP8L.
WEBP = bytes.fromhex("524946461a000000574542505650384c0d0000002f00000010071011118888fe0700")


def tiff(bits, sample_format, compression=1):
    """A grey image of 2×2 px."""
    data = b"\x40" * (4 * bits // 8)
    tags = [(256, 2), (257, 2), (258, bits), (259, compression), (262, 1), (273, 8), (277, 1), (278, 2),
            (279, len(data)), (339, sample_format)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return (b"II*\0" + struct.pack("<I", 8 + len(data)) + data + struct.pack("<H", len(tags)) +
            entries + bytes(4))


def animation():
    """A WebP with one frame, which is WEBP's."""
    def chunk(name, data):
        return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    chunks = (chunk(b"VP8X", b"\2" + bytes(9)) + chunk(b"ANIM", bytes(6)) +
              chunk(b"ANMF", bytes(16) + WEBP[12:]))
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


class Images(AdviceTest):
    def preview(self, path):
        return catdog("preview", path, "--count", 1, "-o", self.folder / "sheet.png")

    def save_as(self, bad, good, name):
        """An image that is refused, and the same as the advice wants it."""
        path = self.folder / name
        path.write_bytes(bad)
        self.told(self.preview(path), 3)
        path.write_bytes(good)
        self.follow("preview", path, "--count", 1, "-o", self.folder / "sheet.png")

    @advice("a TIFF of floating-point numbers; save it with 8 or 16 bits a sample")
    def test_a_tiff_of_floats(self):
        self.save_as(tiff(32, 3), tiff(16, 1), "a.tif")

    @advice(" bits a sample; save it with 8 or 16")
    def test_a_tiff_of_32_bits(self):
        self.save_as(tiff(32, 1), tiff(8, 1), "a.tif")

    @advice(", which is not read; save it with LZW or deflate")
    def test_compressions_of_a_tiff(self):
        for compression in (6, 34925, 50001, 12345):
            self.left = [", which is not read; save it with LZW or deflate"]
            self.save_as(tiff(8, 1, compression), tiff(8, 1), "a.tif")

    @advice("an animated WebP; save one of its frames")
    def test_an_animation(self):
        self.save_as(animation(), WEBP, "a.webp")

    @advice(" files are not read; convert it to JPEG or PNG",
            ", but its name does not end like an image; rename it")
    def test_other_formats_and_names(self):
        run = catdog("train", "--data", self.data, *SMALL, cwd=self.folder)
        model = self.folder / run.stdout.strip()
        folder = self.folder / "new"
        folder.mkdir()
        (folder / "a.heic").write_bytes(b"\0\0\0\x18ftypheic")
        shutil.copy(self.pictures / "cat.0.jpg", folder / "b.data")
        predict = ["predict", "--model", model, folder, "--json"]
        self.told(catdog(*predict), 3)
        (folder / "b.data").rename(folder / "b.jpg")
        (folder / "a.heic").unlink()
        shutil.copy(self.pictures / "cat.1.jpg", folder / "a.jpg")
        rows = [json.loads(row) for row in self.follow(*predict).stdout.splitlines()]
        self.assertEqual(["predicted" in row for row in rows], [True, True])

    @advice("{}: {} would spoil training or judging; remove or mend those pictures")
    def test_check_finds_faults(self):
        data = self.folder / "data"
        shutil.copytree(self.data, data)
        (data / "train/cats/x.jpg").write_text("text")
        (data / "train/dogs/y.jpg").write_text("text")
        self.told(catdog("check", data), 3)
        (data / "train/cats/x.jpg").unlink()
        (data / "train/dogs/y.jpg").write_bytes((self.pictures / "dog.11.jpg").read_bytes() + b"y")
        (data / "test/dogs/dog.11.jpg").unlink()
        self.follow("check", data, "--near", -1)

    @advice("; name a new or an empty folder",
            "no destination for the pictures; name a new or an empty folder")
    def test_synth_wants_a_folder_for_itself(self):
        self.told(catdog("synth", self.data), 2)
        self.told(catdog("synth", ""), 2)
        for name in ("new", "empty"):
            if name == "empty":
                (self.folder / name).mkdir()
            self.follow("synth", self.folder / name, "--per-class", 1, "--size", 32)


class Folders(AdviceTest):
    """What train says of folders that it cannot use."""

    def train(self, data):
        return catdog("train", "--data", data, *SMALL, cwd=self.folder)

    def follow_train(self, data):
        self.follow("train", "--data", data, *SMALL, cwd=self.folder)

    @advice("{}: needs the folders train and validation; catdog split {} {} --fractions "
            ".7,.15,.15{} makes them{}", ", to be trained on with --data ")
    def test_what_is_no_split_yet(self):
        flat, folders, half, absent = (self.folder / name for name in
                                       ("flat", "it's $(a) class; a folder", "half", "absent"))
        shutil.copytree(self.pictures, flat)
        shutil.copytree(self.data / "train", folders)
        for subset in ("train", "test"):
            shutil.copytree(self.data / subset, half / subset)
        for data in (flat, folders, half, absent):
            with self.subTest(data=data.name):
                said = self.told(self.train(data), 3)
                command = shlex.split(re.search(r"catdog (split .*?) makes them", said)[1])
                if data == absent:
                    self.assertEqual(command[1:3], ["SOURCE", str(absent)])
                    command[1] = str(self.pictures)
                self.follow(*command)
                named = re.search(r"--data (.*)\n", said)
                self.assertEqual(named is None, data == absent)
                self.follow_train(shlex.split(named[1])[0] if named else absent)

    @advice(": needs one folder of images a class, at least two of them (it has ",
            "); `catdog split` makes such folders")
    def test_subsets_without_class_folders(self):
        data = self.folder / "data"
        for subset in ("train", "validation"):
            shutil.copytree(self.pictures, data / subset)
        self.told(self.train(data), 3)
        self.follow("split", data / "train", self.folder / "made", *FRACTIONS)
        self.follow_train(self.folder / "made")

    @advice("; add some or remove the folder", "); keep one of them")
    def test_empty_classes_and_a_subset_of_two_names(self):
        data = self.folder / "data"
        shutil.copytree(self.data, data)
        for subset in ("train", "validation"):
            (data / subset / "birds").mkdir()
        self.told(self.train(data), 3)
        for subset in ("train", "validation"):
            shutil.copy(self.pictures / "cat.0.jpg", data / subset / "birds")
        self.follow_train(data)
        for subset in ("train", "validation"):
            shutil.rmtree(data / subset / "birds")
        self.follow_train(data)
        (data / "val").mkdir()
        self.told(self.train(data), 3)
        (data / "val").rmdir()
        self.follow_train(data)


if __name__ == "__main__":
    unittest.main()
