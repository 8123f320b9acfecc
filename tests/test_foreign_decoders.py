#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A file that is of one format for catdog is of that format for OpenCV too: whatever else stands in
it, no other of OpenCV's decoders is entered. The library in CATDOG_FOREIGN_DECODERS ends the
program where OpenCV opens a file by GDAL or GDCM."""
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

from command_support import CATDOG
from foreign_signatures import OFFSETS, SIGNATURES, images, planted, webp_headers

ENVIRONMENT = {**os.environ, "LD_PRELOAD": os.environ["CATDOG_FOREIGN_DECODERS"]}

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
