#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes warp_golden.json: what Keras's affine transformations make of a picture of noise.

Needs NumPy: python3 make_warp_golden.py. The functions here agree with the sources of Keras 2.0.8
and keras-preprocessing 1.0.2 to the last bit, but for rounding in the blends of one fill mode.
Where SciPy (1.6 or later) is installed, the draws are compared with its affine_transform.

"draws": parameters, flip and cval, drawn from the book's ranges, from those that remain of them in
keras-preprocessing (shear in degrees), and from wide ones. "ties": matrices that send many pixels
exactly midway between two others; there the order of additions decides, which is that of SciPy
1.0 (later ones begin with the shift). For each fill mode the nearest-pixel result as the first 16
digits of the SHA-256 of its float32 numbers (those of draws flipped and times 1/255), and the
bilinear result, 0 to 255, as its sum and 24 samples.
"""
import hashlib
import itertools
import json
import math
import pathlib

import numpy as np

try:
    from scipy import ndimage
except ImportError:
    ndimage = None

FILL_MODES = ("nearest", "constant", "reflect", "wrap")
SIZES = ((150, 150), (97, 131), (64, 33))  # height, width
SAMPLES = 24


def affine_matrix(h, w, theta=0.0, tx=0.0, ty=0.0, shear=0.0, zx=1.0, zy=1.0):
    """Output to input, 3 x 3 on (row, column, 1). theta in degrees, shear in radians."""
    a = np.deg2rad(theta)
    rot = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1.0]])
    mov = np.array([[1, 0, tx], [0, 1, ty], [0, 0, 1.0]])
    shr = np.array([[1, -np.sin(shear), 0], [0, np.cos(shear), 0], [0, 0, 1.0]])
    zoo = np.diag([zx, zy, 1.0])
    cr, cc = h / 2.0 + 0.5, w / 2.0 + 0.5
    to = np.array([[1, 0, cr], [0, 1, cc], [0, 0, 1.0]])
    fro = np.array([[1, 0, -cr], [0, 1, -cc], [0, 0, 1.0]])
    return to @ (rot @ mov @ shr @ zoo) @ fro


def fold(x, n, mode):
    """Maps a coordinate into the picture as scipy.ndimage does; -1 means cval."""
    if mode == "nearest":
        return np.clip(x, 0, n - 1)
    if mode == "constant":
        return np.where((x < 0) | (x > n - 1), -1.0, x)
    if mode == "wrap":
        p = n - 1
        y = np.where(x < 0, x + p * (np.trunc(-x / p) + 1), x)
        return np.where(y > n - 1, y - p * np.trunc(y / p), y)
    p = 2 * n
    y = np.where(x < -p, x + p * np.trunc(-x / p), x)
    y = np.where(y < 0, np.where(y < -n, y + p, np.where(y > -1e-15, 1e-15, -y) - 1), y)
    z = y - p * np.trunc(y / p)
    return np.where(y > n - 1, np.where(z >= n, p - z - 1, z), y)


def tap(i, n, mode):
    """The pixel for a whole coordinate at or just outside the border."""
    if mode == "reflect":
        i = np.where(i < 0, -i - 1, i)
        i = np.where(i >= n, 2 * n - 1 - i, i)
    return np.clip(i, 0, n - 1)


def places(h, w, m):
    rr, cc = np.meshgrid(np.arange(h, dtype=np.float64), np.arange(w, dtype=np.float64),
                         indexing="ij")
    return (rr * m[0, 0] + cc * m[0, 1] + m[0, 2], rr * m[1, 0] + cc * m[1, 1] + m[1, 2])


def warp(img, m, mode, cval, order):
    h, w = img.shape[:2]
    r, c = (fold(x, n, mode) for x, n in zip(places(h, w, m), (h, w)))
    src = img.astype(np.float64)
    if order == 0:
        out = src[tap(np.floor(r + 0.5).astype(int), h, mode),
                  tap(np.floor(c + 0.5).astype(int), w, mode)]
    else:
        r0, c0 = np.floor(r), np.floor(c)
        fr, fc = (r - r0)[..., None], (c - c0)[..., None]
        ra, rb = (tap(r0.astype(int) + d, h, mode) for d in (0, 1))
        ca, cb = (tap(c0.astype(int) + d, w, mode) for d in (0, 1))
        out = ((1 - fr) * ((1 - fc) * src[ra, ca] + fc * src[ra, cb])
               + fr * ((1 - fc) * src[rb, ca] + fc * src[rb, cb]))
    if mode == "constant":
        out[(r < 0) | (c < 0)] = cval
    return out.astype(np.float32)


def compare_with_scipy(img, m, cval):
    for mode, order in itertools.product(FILL_MODES, (0, 1)):
        planes = [ndimage.affine_transform(img[..., k].astype(np.float32), m[:2, :2], m[:2, 2],
                                           order=order, mode=mode, cval=cval) for k in range(3)]
        worst = np.abs(np.stack(planes, axis=-1) - warp(img, m, mode, cval, order)).max()
        assert worst <= (0 if order == 0 else 1e-4), (worst, m, mode, order)


def noise(h, w):
    """The same bytes as make_noise in test_support.hpp."""
    state, pixels = 1, []
    for _ in range(h * w * 3):
        state = (state * 1664525 + 1013904223) % 2**32
        pixels.append(state >> 24)
    return np.array(pixels, np.uint8).reshape(h, w, 3)


def digest(array):
    return hashlib.sha256(np.ascontiguousarray(array, "<f4").tobytes()).hexdigest()[:16]


def sampled(array, number):
    flat = array.ravel()
    at = (np.arange(SAMPLES) * (flat.size // SAMPLES) + number * 7919) % flat.size
    return {"sum": round(float(flat.astype(np.float64).sum()), 3),
            "samples": [round(float(x), 4) for x in flat[at]]}


def results(img, m, flip, cval, factor, number):
    step = -1 if flip else 1
    warped = {order: [warp(img, m, mode, cval, order)[:, ::step] for mode in FILL_MODES]
              for order in (0, 1)}
    return {"nearest": [digest(x * np.float32(factor)) for x in warped[0]],
            "bilinear": [sampled(x, number) for x in warped[1]]}


def draws(rng):
    degree = math.pi / 180
    # How many, rotation, shift, shear, zoom from and to.
    groups = ((40, 40, 0.2, 0.2, 0.8, 1.2), (30, 40, 0.2, 0.2 * degree, 0.8, 1.2),
              (30, 180, 1.2, 1.0, 0.3, 2.5))
    for (h, w), (count, theta, shift, shear, low, high) in itertools.product(SIZES, groups):
        img = noise(h, w)
        for _ in range(count):
            affine = [round(x, 6) for x in (
                rng.uniform(-theta, theta), rng.uniform(-shift, shift) * h,
                rng.uniform(-shift, shift) * w, rng.uniform(-shear, shear),
                rng.uniform(low, high), rng.uniform(low, high))]
            yield img, affine, bool(rng.integers(2)), round(rng.uniform(-50, 300), 2)


def tie_matrices(rng):
    factors = (0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.25, 1.3, 2.0)
    for (h, w), k in itertools.product(SIZES, range(20)):
        angle = (0, 0, 0, 90, 45)[k % 5]
        shifts = rng.integers(-40, 40, 2) * rng.choice((0.1, 0.5))
        zoom = rng.choice(factors, 2)
        yield noise(h, w), affine_matrix(h, w, angle, *shifts, 0.0, *zoom)


def main():
    rng = np.random.default_rng(5)
    golden = {"draws": [], "ties": []}
    for number, (img, affine, flip, cval) in enumerate(draws(rng)):
        m = affine_matrix(*img.shape[:2], *affine)
        if ndimage is not None:
            compare_with_scipy(img, m, cval)
        golden["draws"].append({
            "size": img.shape[:2], "affine": affine, "flip": flip, "cval": cval,
            **results(img, m, flip, cval, 1.0 / 255, number)})
    ties = 0
    for number, (img, m) in enumerate(tie_matrices(rng)):
        distances = [np.abs(x - np.floor(x) - 0.5) for x in places(*img.shape[:2], m)]
        ties += sum(int((x < 1e-12).sum()) for x in distances)
        golden["ties"].append({"size": img.shape[:2], "matrix": m[:2].tolist(),
                               **results(img, m, False, 7.5, 1, number)})
    assert ties > 50_000, ties
    print(f"{ties} ties; compared with SciPy: {ndimage is not None}")
    lines = [f'"{name}": [\n' + ",\n".join(json.dumps(x, separators=(",", ":")) for x in entries)
             + "\n]" for name, entries in golden.items()]
    path = pathlib.Path(__file__).with_name("warp_golden.json")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
