#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A file that is of one format for catdog is of that format for OpenCV too: whatever else stands in
it, no other of OpenCV's decoders is entered. The library in CATDOG_FOREIGN_DECODERS ends the
program where OpenCV opens a file by GDAL or GDCM."""
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import unittest

from command_support import CATDOG

ENVIRONMENT = {**os.environ, "LD_PRELOAD": os.environ["CATDOG_FOREIGN_DECODERS"]}

# What OpenCV's decoders look for, some of them further in, and others that libraries know.
SIGNATURES = (b"DICM", b"DTED", b"NITF", b"UHL1", b"HDF", b"\x76\x2f\x31\x01", b"jP  \r\n\x87\n",
              b"\xff\x4f\xff\x51", b"ftypavif", b"GIF89a", b"#?RADIANCE\n", b"P7\n", b"Pf\n",
              b"\x59\xa6\x6a\x95", b"BM", b"II*\0", b"MM\0*", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff",
              b"RIFF\x20\0\0\0WEBPVP8 ", b"FUJIFILM", b"SIMPLE  =", b"<VRTDataset>", b"%PDF-")
OFFSETS = (2, 4, 6, 8, 12, 16, 20, 24, 30, 32, 64, 127, 128, 132, 140, 144, 256)


def images():
    golden = pathlib.Path(__file__).parent / "data/picture_golden.json"
    return [bytes.fromhex(picture["file"])
            for picture in json.loads(golden.read_text(encoding="utf-8"))]


def webp_headers():
    """The first bytes of WebP files of every kind, right and wrong, up to 128 bytes."""
    lossy = b"VP8 " + struct.pack("<I", 1000) + b"\x10\0\0\x9d\x01\x2a" + struct.pack("<HH", 16, 16)
    for chunk in (
            lossy,
            lossy.replace(b"\x9d\x01\x2a", b"\x9d\x01\x2b"),  # another start code
            lossy.replace(b"\x10\0\0", b"\x11\0\0"),  # no key frame
            lossy[:4] + struct.pack("<I", 0) + lossy[8:],
            lossy[:4] + struct.pack("<I", 0xFFFFFFF0) + lossy[8:],
            b"VP8L" + struct.pack("<I", 1000) + b"\x2f" + struct.pack("<I", 15 | 15 << 14),
            b"VP8L" + struct.pack("<I", 1000) + b"\x2e" + struct.pack("<I", 15 | 15 << 14),
            b"VP8L" + struct.pack("<I", 1000) + b"\x2f" + struct.pack("<I", 15 | 15 << 14 | 7 << 29),
            b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0\x0f\0\0\x0f\0\0" + lossy,
            b"VP8X" + struct.pack("<I", 9) + b"\0\0\0\0\x0f\0\0\x0f\0\0" + lossy,
            b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0\x0f\0\0\x0f\0\0" + lossy,
            b"VP8X" + struct.pack("<I", 10) + b"\x10\0\0\0\xff\xff\xff\xff\xff\xff" + lossy,
            b"ICCP" + struct.pack("<I", 10) + lossy):
        yield b"RIFF" + struct.pack("<I", 1400 - 8) + b"WEBP" + chunk


def planted(content, signature, offset):
    return content[:offset] + signature + content[offset + len(signature):]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env=ENVIRONMENT, timeout=300)


class ForeignDecoders(unittest.TestCase):
    def expect_none_entered(self, contents):
        with tempfile.TemporaryDirectory(prefix="catdog-test.") as folder:
            for number, content in enumerate(contents):
                label = pathlib.Path(folder, "cats" if number % 2 else "dogs")
                label.mkdir(exist_ok=True)
                (label / f"{number}.png").write_bytes(content)
            self.assertGreater(number, 1)
            result = run(CATDOG, "check", folder, "--near", "-1", "--json")
        self.assertIn(result.returncode, (0, 3), result.stderr[-2000:])
        self.assertNotIn("entered", result.stderr)

    def test_the_library_sees_what_is_entered(self):
        """Otherwise the tests below could not fail."""
        result = run(sys.executable, "-c", "import ctypes; ctypes.CDLL(None).GDALOpen(b'name', 0)")
        self.assertEqual((result.returncode, result.stderr), (99, "GDALOpen entered\n"))

    def test_each_signature_at_each_offset_of_each_format(self):
        self.expect_none_entered(
            planted(image, signature, offset) for image in images() for signature in SIGNATURES
            for offset in OFFSETS if offset + len(signature) <= len(image))

    def test_webp_headers_before_each_signature(self):
        self.expect_none_entered(
            planted(header.ljust(1400, b"\0"), signature, offset) for header in webp_headers()
            for signature in SIGNATURES for offset in (64, 128, 132, 140))

    def test_damaged_headers(self):
        chance = random.Random(1)

        def damaged(image):
            content = bytearray(image.ljust(200, b"\0"))
            for _ in range(chance.randrange(1, 5)):
                content[chance.randrange(64)] = chance.randrange(256)
            return planted(bytes(content), chance.choice((b"DICM", b"DTED")),
                           chance.choice((128, 140)))

        self.expect_none_entered(damaged(image) for image in images() for _ in range(60))


if __name__ == "__main__":
    unittest.main()
