# SPDX-License-Identifier: Apache-2.0
"""Image files that also bear the signature of another format, where a decoder of that one would
look for it. Python's standard library alone."""
import json
import pathlib
import struct

# What OpenCV's decoders look for, some of them further in, and others that libraries know.
SIGNATURES = (b"DICM", b"DTED", b"NITF", b"UHL1", b"HDF", b"\x76\x2f\x31\x01", b"jP  \r\n\x87\n",
              b"\xff\x4f\xff\x51", b"ftypavif", b"GIF89a", b"#?RADIANCE\n", b"P7\n", b"Pf\n",
              b"\x59\xa6\x6a\x95", b"BM", b"II*\0", b"MM\0*", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff",
              b"RIFF\x20\0\0\0WEBPVP8 ", b"FUJIFILM", b"SIMPLE  =", b"<VRTDataset>", b"%PDF-")
OFFSETS = (2, 4, 6, 8, 12, 16, 20, 24, 30, 32, 64, 127, 128, 132, 140, 144, 256)


def images():
    golden = pathlib.Path(__file__).resolve().parent / "data/picture_golden.json"
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
