#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Small files that make image libraries take much memory, by text, profiles, palettes, scans,
frames, directories and compression: what catdog takes for each is bounded by --decode-mb, whatever
stands in the file."""
import io
import lzma
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

from command_support import CATDOG, packages

np, Image = packages("numpy", "PIL.Image")

DECODE_MB = 64  # the least that --decode-mb allows


def image(side=64):
    noise = np.random.default_rng(side).integers(0, 256, (side, side, 3))
    return Image.fromarray(noise.astype(np.uint8))


def coded(kind, picture=None, **options):
    stream = io.BytesIO()
    (picture or image()).save(stream, kind, **options)
    return stream.getvalue()


def png_with(*chunks):
    """Chunks between the header and the pixels."""
    whole = coded("PNG")
    extra = b"".join(struct.pack(">I", len(data)) + kind + data +
                     struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks)
    return whole[:33] + extra + whole[33:]


def jpeg_with(*segments):
    whole = coded("JPEG")
    extra = b"".join(b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data
                     for marker, data in segments)
    return whole[:2] + extra + whole[2:]


def webp_with(*chunks):
    """An extended WebP with these chunks behind the image."""
    frame = coded("WEBP", quality=80)[12:]
    side = (64 - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x2c\0\0\0" + side + side + frame
    body += b"".join(kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
                     for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def tiff_with(entries=(), directories=1, compression=1, pixels=None, side=64):
    """A gray TIFF; entries are (tag, type, bytes)."""
    pixels = bytes(side * side) if pixels is None else pixels
    kinds = {1: 1, 2: 1, 3: 2, 4: 4, 7: 1}
    own = [(256, 3, struct.pack("<H", side)), (257, 3, struct.pack("<H", side)),
           (258, 3, struct.pack("<H", 8)), (259, 3, struct.pack("<H", compression)),
           (262, 3, struct.pack("<H", 1)), (273, 4, struct.pack("<I", 8)),
           (277, 3, struct.pack("<H", 1)), (278, 3, struct.pack("<H", side)),
           (279, 4, struct.pack("<I", len(pixels)))]
    data, link = bytearray(b"II*\0\0\0\0\0" + pixels), 4
    for _ in range(directories):
        rows = b""
        for tag, kind, value in sorted([*own, *entries]):
            place = value.ljust(4, b"\0")
            if len(value) > 4:
                place = struct.pack("<I", len(data))
                data += value
            rows += struct.pack("<HHI", tag, kind, len(value) // kinds[kind]) + place
        data[link:link + 4] = struct.pack("<I", len(data))
        data += struct.pack("<H", len(rows) // 12) + rows
        link = len(data)
        data += bytes(4)
    return bytes(data)


def apng(frames):
    control = [(b"acTL", struct.pack(">II", frames, 0))]
    pixels = zlib.compress(bytes(64 * (1 + 64 * 3)))
    for number in range(0, 2 * frames, 2):
        control += [(b"fcTL", struct.pack(">IIIIIHHBB", number, 64, 64, 0, 0, 1, 1, 0, 0)),
                    (b"fdAT", struct.pack(">I", number + 1) + pixels)]
    return png_with(*control)


def lzma_with_a_large_dictionary():
    """A stream of zeros whose header asks for a dictionary of 1.5 GiB (.xz file format, 5.3.1)."""
    stream = bytearray(lzma.compress(bytes(64 * 64)))
    header = slice(12, 12 + 4 * (stream[12] + 1))
    block = bytearray(stream[header])
    assert block[2:4] == b"\x21\x01"  # LZMA2, one byte of properties
    block[4] = 37
    block[-4:] = struct.pack("<I", zlib.crc32(block[:-4]))
    stream[header] = block
    return bytes(stream)


def bombs():
    text = zlib.compress(b"x" * 7_000_000)  # libpng takes 8 MB of each
    yield "text.png", png_with(*[(b"zTXt", b"Comment\0\0" + text)] * 90), True
    yield "more-text.png", png_with(*[(b"iTXt", b"Comment\0\1\0\0\0" + text)] * 90), True
    yield "plain-text.png", png_with(*[(b"tEXt", b"Comment\0" + b"x" * 2000)] * 8_000), True
    yield "profile.png", png_with((b"iCCP", b"name\0\0" + text)), True
    yield "exif.png", png_with((b"eXIf", b"II*\0" + bytes(16_000_000))), True
    yield "suggested-palettes.png", png_with(*[(b"sPLT", b"%d\0\x08" % i + bytes(6 * 60_000))
                                               for i in range(50)]), True
    yield "unknown.png", png_with(*[(b"abCd", bytes(1000))] * 16_000), True
    yield "frames.png", apng(2000), True
    yield "profile.jpg", jpeg_with(*[(0xE2, b"ICC_PROFILE\0\1\1" + bytes(65_000))] * 250), True
    yield "exif.jpg", jpeg_with(*[(0xE1, b"Exif\0\0" + bytes(65_000))] * 250), True
    yield "comments.jpg", jpeg_with(*[(0xFE, bytes(65_000))] * 250), True
    yield "scans.jpg", coded("JPEG", image(3000), progressive=True, quality=20), True
    yield "profile.webp", webp_with((b"ICCP", bytes(16_000_000))), True
    yield "metadata.webp", webp_with(*[(b"XMP ", bytes(1000))] * 16_000), True
    yield "frames.webp", coded("WEBP", save_all=True, append_images=[image().rotate(n) for n in range(1, 20)]), False
    yield "text.tiff", tiff_with([(270, 2, bytes(16_000_000))]), True
    yield "profile.tiff", tiff_with([(34675, 7, bytes(16_000_000))]), True
    yield "private.tiff", tiff_with([(40_000 + i, 1, bytes(100_000)) for i in range(160)]), True
    yield "directories.tiff", tiff_with(directories=20_000), True
    yield "lzma.tiff", tiff_with(compression=34925, pixels=lzma_with_a_large_dictionary()), False
    yield "color-map.tiff", tiff_with([(320, 3, bytes(16_000_000))]), True
    yield "offset.bmp", coded("BMP")[:10] + struct.pack("<I", 0xFFFFFFF0) + coded("BMP")[14:], False
    yield "comment.ppm", b"P6\n#" + bytes(b"x" * 16_000_000) + b"\n2 2\n255\n" + bytes(12), True


# A process counts what its parent had when it was started: hence a small one between.
MEASURE = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def checked(folder):
    """Exit code of `catdog check`, and the most memory that it takes, in MB."""
    result = subprocess.run([sys.executable, "-S", "-c", MEASURE, CATDOG, "check", folder, "--near",
                             "-1", "--decode-mb", str(DECODE_MB)], capture_output=True, check=True)
    return map(int, result.stdout.split())


class MemoryBombs(unittest.TestCase):
    def check(self, name, content):
        with tempfile.TemporaryDirectory(prefix="catdog-test.") as folder:
            for label in ("cats", "dogs"):
                pathlib.Path(folder, label).mkdir()
            pathlib.Path(folder, "cats", "other.png").write_bytes(coded("PNG", image(48)))
            pathlib.Path(folder, "dogs", name).write_bytes(content)
            return checked(folder)

    def test_memory_is_bounded(self):
        code, before = self.check("good.png", coded("PNG"))
        self.assertEqual(code, 0)
        for name, content, is_read in bombs():
            with self.subTest(name):
                code, most = self.check(name, content)
                self.assertEqual(code, 0 if is_read else 3)
                # The file itself and what its decoder may take, but for what a process varies by.
                self.assertLess(most - before, len(content) / 2**20 + DECODE_MB + 10)


if __name__ == "__main__":
    unittest.main()
