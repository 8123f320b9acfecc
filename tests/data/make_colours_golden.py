# SPDX-License-Identifier: Apache-2.0
"""Writes colours_golden.json: what Pillow makes of a picture's colours, and what the definitions
give in Python's own numbers. Run with Pillow 9 or later: python3 make_colours_golden.py

The picture is the noise of make_noise() in test_support.hpp, darkened: of its full range nothing
would be left to stretch.

"pillow": operations on bytes, by the names of catdog's policy; a row has all bytes and how far
floats may be from them, for Pillow rounds or cuts off, and takes the mean grey of rounded greys.
"exact": the first PIXELS pixels, hues turned by colorsys.
"""
import colorsys
import json
import pathlib

from PIL import Image, ImageEnhance, ImageOps

HEIGHT, WIDTH = 20, 24
PIXELS = 60


def noise(count, seed=1):
    for _ in range(count):
        seed = (seed * 1664525 + 1013904223) % 2**32
        yield seed >> 24


DATA = [20 + n * n // 400 for n in noise(HEIGHT * WIDTH * 3)]
IMAGE = Image.frombytes("RGB", (WIDTH, HEIGHT), bytes(DATA))
PILLOW = [
    ("brightness", -0.7, 1.01, ImageEnhance.Brightness(IMAGE).enhance(0.3)),
    ("brightness", 0.9, 1.01, ImageEnhance.Brightness(IMAGE).enhance(1.9)),
    ("contrast", -0.7, 2, ImageEnhance.Contrast(IMAGE).enhance(0.3)),
    ("contrast", 0.9, 2, ImageEnhance.Contrast(IMAGE).enhance(1.9)),
    ("colour", -0.8, 2, ImageEnhance.Color(IMAGE).enhance(0.2)),
    ("colour", 0.9, 2, ImageEnhance.Color(IMAGE).enhance(1.9)),
    ("sharpness", -0.9, 1.6, ImageEnhance.Sharpness(IMAGE).enhance(0.1)),
    ("sharpness", 0.9, 1.6, ImageEnhance.Sharpness(IMAGE).enhance(1.9)),
    ("posterize", 4, 0.001, ImageOps.posterize(IMAGE, 4)),
    ("posterize", 6, 0.001, ImageOps.posterize(IMAGE, 6)),
    ("posterize", 8, 0.001, ImageOps.posterize(IMAGE, 8)),
    ("solarize", 30, 0.001, ImageOps.solarize(IMAGE, 30)),
    ("solarize", 128, 0.001, ImageOps.solarize(IMAGE, 128)),
    ("autocontrast", 0, 1.01, ImageOps.autocontrast(IMAGE)),
    ("equalize", 0, 0.001, ImageOps.equalize(IMAGE)),
]


def pixels():
    return [DATA[i : i + 3] for i in range(0, len(DATA), 3)]


def grey(pixel):
    return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]


def blended(factor, other_of):
    return [
        [min(max(factor * x + (1 - factor) * other_of(pixel), 0), 255) for x in pixel]
        for pixel in pixels()
    ]


def turned(degrees):
    result = []
    for pixel in pixels():
        h, s, v = colorsys.rgb_to_hsv(*(x / 255 for x in pixel))
        result.append([255 * x for x in colorsys.hsv_to_rgb((h + degrees / 360) % 1, s, v)])
    return result


def exact(name, number, result):
    return {"name": name, "number": number,
            "rgb": [round(x, 4) for pixel in result[:PIXELS] for x in pixel]}


mean = sum(map(grey, pixels())) / len(pixels())
golden = {
    "height": HEIGHT,
    "width": WIDTH,
    "pillow": [
        {"name": name, "amount": amount, "tolerance": tolerance, "rgb": image.tobytes().hex()}
        for name, amount, tolerance, image in PILLOW
    ],
    "exact": [
        *(exact("contrast", f, blended(f, lambda _: mean)) for f in (0, 0.4, 3.5)),
        *(exact("saturation", f, blended(f, grey)) for f in (0, 0.4, 3.5)),
        *(exact("hue", d, turned(d)) for d in (-180, -130.5, -40, 1, 60, 119, 180)),
    ],
}
path = pathlib.Path(__file__).with_name("colours_golden.json")
path.write_text(json.dumps(golden) + "\n")
