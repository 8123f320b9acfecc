# SPDX-License-Identifier: Apache-2.0
"""Writes picture_golden.json: small picture files of every kind and the RGB pixels that Pillow
gives for them. Run with Pillow 9 or later: python3 make_picture_golden.py"""

import io
import json
import pathlib

from PIL import Image

WIDTH, HEIGHT = 19, 13  # no multiple of 8 or 16: partial JPEG blocks


def picture(mode):
    image = Image.new("RGB", (WIDTH, HEIGHT))
    image.putdata(
        [
            (255 * x // WIDTH, 255 * y // HEIGHT, (x * x + 23 * y) % 256)
            for y in range(HEIGHT)
            for x in range(WIDTH)
        ]
    )
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize((WIDTH, HEIGHT)))
        return image
    return image.convert(mode)


def rotated_by_exif():
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif.tobytes()


CASES = {
    "baseline 4:2:0": ("RGB", "JPEG", {"quality": 90}),
    "baseline 4:2:2": ("RGB", "JPEG", {"quality": 70, "subsampling": 1}),
    "baseline 4:4:4": ("RGB", "JPEG", {"quality": 100, "subsampling": 0}),
    "progressive": ("RGB", "JPEG", {"progressive": True}),
    "grey": ("L", "JPEG", {}),
    "CMYK": ("CMYK", "JPEG", {}),
    "EXIF says rotated": ("RGB", "JPEG", {"exif": rotated_by_exif()}),
    "PNG": ("RGB", "PNG", {}),
    "PNG with palette": ("P", "PNG", {}),
    "PNG with alpha": ("RGBA", "PNG", {}),
    "PNG grey": ("L", "PNG", {}),
    "PNG of 1 bit": ("1", "PNG", {}),
    "BMP": ("RGB", "BMP", {}),
    "BMP with palette": ("P", "BMP", {}),
    "PPM": ("RGB", "PPM", {}),
    "PGM": ("L", "PPM", {}),
    "TIFF": ("RGB", "TIFF", {}),
    "TIFF, LZW": ("RGB", "TIFF", {"compression": "tiff_lzw"}),
    "WebP, lossless": ("RGB", "WEBP", {"lossless": True}),
    "WebP": ("RGB", "WEBP", {"quality": 80}),
}

golden = []
for name, (mode, kind, options) in CASES.items():
    file = io.BytesIO()
    picture(mode).save(file, kind, **options)
    pixels = Image.open(file).convert("RGB")
    assert pixels.size == (WIDTH, HEIGHT)
    golden.append(
        {
            "name": name,
            "height": HEIGHT,
            "width": WIDTH,
            "file": file.getvalue().hex(),
            "rgb": pixels.tobytes().hex(),
        }
    )
path = pathlib.Path(__file__).with_name("picture_golden.json")
path.write_text(json.dumps(golden, indent=1) + "\n")
