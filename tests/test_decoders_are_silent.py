# SPDX-License-Identifier: Apache-2.0
"""Images about which libpng, libtiff, libwebp, libjpeg or OpenCV have something to say: every line on
stderr is catdog's, and names its file."""
import re
import struct
import unittest
import zlib

from command_support import CommandTest, catdog

WIDTH, HEIGHT = 40, 30


def chunk(kind, data, crc=None):
    crc = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def png(*chunks, seed=0, crc=None, rows=HEIGHT):
    pixels = b"".join(b"\0" + bytes((x * 5 + y * 3 + seed) % 256 for x in range(3 * WIDTH))
                      for y in range(rows))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0))
            + b"".join(chunks) + chunk(b"IDAT", zlib.compress(pixels), crc) + chunk(b"IEND", b""))


def tiff(*entries, cut=0, seed=0):
    """An uncompressed TIFF, with tags that no reader knows, and perhaps too short."""
    pixels = bytes((i * 7 + seed) % 256 for i in range(3 * WIDTH * HEIGHT))
    tags = sorted([(256, 3, 1, WIDTH), (257, 3, 1, HEIGHT), (258, 3, 1, 8), (259, 3, 1, 1),
                   (262, 3, 1, 2), (273, 4, 1, 8), (277, 3, 1, 3), (278, 3, 1, HEIGHT),
                   (279, 4, 1, len(pixels)), *entries])
    directory = struct.pack("<H", len(tags)) + b"".join(
        struct.pack("<HHII", *tag) for tag in tags) + struct.pack("<I", 0)
    # The directory stands first, so that a file that is cut off lacks pixels.
    offset = 8 + len(directory)
    tags[[tag[0] for tag in tags].index(273)] = (273, 4, 1, offset)
    directory = struct.pack("<H", len(tags)) + b"".join(
        struct.pack("<HHII", *tag) for tag in tags) + struct.pack("<I", 0)
    whole = b"II*\0" + struct.pack("<I", 8) + directory + pixels
    return whole[:len(whole) - cut]


def good_images():
    """Images that are decoded well although a library remarks on them."""
    icc = b"x\0\0" + zlib.compress(b"no profile at all" * 10)
    return {
        "iccp.png": png(chunk(b"iCCP", icc), seed=1),
        "crc.png": png(chunk(b"tEXt", b"a\0b", crc=1), seed=2),
        "gama.png": png(chunk(b"gAMA", struct.pack(">I", 0)), seed=3),
        "srgb.png": png(chunk(b"sRGB", b"\x09"), seed=4),
        "time.png": png(chunk(b"tIME", b"\0" * 7), seed=5),
        "double.png": png(*[chunk(b"gAMA", struct.pack(">I", 45455))] * 2, seed=6),
        "tags.tiff": tiff((65000, 3, 1, 5), (65001, 4, 1, 6), seed=7),
    }


def bad_images(jpeg):
    """Images that cannot be decoded."""
    whole = png(seed=11)
    marker = jpeg.index(b"\xff\xda")
    webp = b"RIFF" + struct.pack("<I", 40) + b"WEBPVP8 " + struct.pack("<I", 28) + b"\0" * 28
    return {
        "idat-crc.png": png(crc=1, seed=12),
        "short.png": whole[:len(whole) // 2],
        "rows.png": png(seed=13, rows=HEIGHT // 2),
        "cut.tiff": tiff(cut=2000, seed=14),
        "strips.tiff": tiff((65000, 3, 1, 5), cut=3 * WIDTH * HEIGHT - 10, seed=15),
        "extraneous.jpg": jpeg[:marker] + b"\0\1\2\3" * 5 + jpeg[marker:],
        "cut.jpg": jpeg[:len(jpeg) * 2 // 3],
        "zeros.webp": webp,
    }


class DecodersAreSilent(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        jpeg = next((cls.data / "train/cats").iterdir()).read_bytes()
        cls.good, cls.bad = good_images(), bad_images(jpeg)
        result = catdog("train", "--data", cls.data, "--runs", cls.shared / "runs", "--name", "a",
                        "--epochs", 1, "--set", "data.image_size=32", "--set", "model.filters=[4]")
        assert result.returncode == 0, result.stderr
        cls.model = cls.shared / "runs/a/model.pt"

    def put(self, folder, images):
        folder.mkdir(parents=True)
        for name, content in images.items():
            (folder / name).write_bytes(content)
        return folder

    def expect_own_lines(self, result, *own):
        """Each line of stderr fits one of the regular expressions."""
        for line in result.stderr.splitlines():
            self.assertRegex(line, "|".join(f"^{text}" for text in own))

    def test_predict(self):
        good = self.put(self.folder / "good", self.good)
        result = catdog("predict", "--model", self.model, good)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        bad = self.put(self.folder / "bad", self.bad)
        result = catdog("predict", "--model", self.model, bad, "--explain", self.folder / "why",
                        "--workers", 4)
        self.assertEqual(result.returncode, 3)
        self.expect_own_lines(result, "catdog: error: 8 of 8 ")
        for name in self.bad:
            self.assertRegex(result.stdout, rf"(?m)^ +error +\S*/bad/{re.escape(name)}: \S")

    def test_check(self):
        for label in ("cats", "dogs"):
            self.put(self.folder / "images" / label,
                     {f"{label}.{n}": c for n, c in {**self.good, **self.bad}.items()})
        result = catdog("check", self.folder / "images")
        self.assertEqual(result.returncode, 3, result.stderr)
        self.expect_own_lines(result, "catdog: error: ")

    def test_split(self):
        source = self.folder / "source"
        for label in ("cats", "dogs"):
            self.put(source / label, {f"{i}-{n}": c for i in range(3)
                                      for n, c in {**self.good, **self.bad}.items()})
        result = catdog("split", source, self.folder / "data", "--train", 12, "--validation", 4,
                        "--test", 4, "--skip-bad")
        self.assertEqual(result.returncode, 0, result.stderr)
        names = "|".join(map(re.escape, {**self.good, **self.bad}))
        self.expect_own_lines(result, rf"warning: skipped (cats|dogs)/\d-({names}): ",
                              "warning: the same picture in different subsets: ",
                              ".*: classes cats and dogs from the folders$", r"\d+ images are in no subset: ")

    def test_train_and_its_report(self):
        data = self.folder / "data"
        for subset in ("train", "validation"):
            for label in ("cats", "dogs"):
                self.put(data / subset / label, {f"{i}-{n}": c for i in range(2)
                                                 for n, c in {**self.good, **self.bad}.items()})
        result = catdog("train", "--data", data, "--runs", self.folder, "--name", "run", "--epochs", 2,
                        "--set", "data.image_size=32", "--set", "model.filters=[4]", "--set",
                        "data.on_bad=skip", "--batch-size", 4, "--workers", 3)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.expect_own_lines(result, r"warning: \d+ .*/cats/", r"\d+ training and \d+ validation ",
                              "run ", "epoch ", "report ")
        report = catdog("report", self.folder / "run")
        self.assertEqual((report.returncode, report.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
