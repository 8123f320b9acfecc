# SPDX-License-Identifier: Apache-2.0
import io
import pathlib
import re
import struct

import cv2
import numpy as np
from PIL import Image

FORMATS = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|BM|P[1-6]\s|II\*\0|MM\0\*|RIFF....WEBP", re.S)


def without_orientation(tiff):
    """The file's bytes with the orientation tag set to 1, because cv2 turns TIFFs in any case."""
    order = "<" if tiff[:2] == b"II" else ">"
    directory, = struct.unpack_from(order + "I", tiff, 4)
    count, = struct.unpack_from(order + "H", tiff, directory)
    for entry in range(directory + 2, directory + 2 + 12 * count, 12):
        if struct.unpack_from(order + "H", tiff, entry) == (0x0112,):
            struct.pack_into(order + "HIHH", tiff, entry + 2, 3, 1, 1, 0)
    return tiff


def decode_image(path):
    """(height, width, 3), RGB, uint8: the pixels that catdog decodes. Pixels stay as they are
    stored: the orientation in EXIF is ignored, and alpha is dropped. Raises OSError."""
    content = bytearray(pathlib.Path(path).read_bytes())
    if not FORMATS.match(content):
        raise OSError("not a JPEG, PNG, BMP, PPM, TIFF or WebP file")
    try:
        if content.startswith(b"\xff\xd8"):  # Pillow refuses truncated JPEGs, cv2 fills them up
            with Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
                return np.array(image.convert("RGB"))
        if content[12:16] == b"VP8X" and content[20] & 2:
            raise OSError("an animated WebP")
        if content[:2] in (b"II", b"MM"):
            content = without_orientation(content)
        flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
    except (cv2.error, struct.error, IndexError, Image.DecompressionBombError):
        pixels = None
    if pixels is None:
        raise OSError("truncated, damaged, too large or unsupported")
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def read_image(path, size, resize):
    """(size, size, 3), RGB, uint8: what catdog shows to the network, by `resize`: "nearest",
    "bilinear" or "area". The aspect ratio is not kept. Raises OSError."""
    pixels = decode_image(path)
    if resize == "nearest":
        return np.array(Image.fromarray(pixels).resize((size, size), Image.NEAREST))
    method = {"bilinear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA}[resize]
    return cv2.resize(pixels, (size, size), interpolation=method)
