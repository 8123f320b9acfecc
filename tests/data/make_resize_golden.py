# SPDX-License-Identifier: Apache-2.0
"""Writes resize_golden.json: which column of a row of `in` pixels Pillow's NEAREST takes for each
of `out`, as the differences between neighbours. Run with Pillow: python3 make_resize_golden.py"""

import json
import pathlib

from PIL import Image

# 500 and 375 are common in Dogs vs. Cats; 499, 374 and 1050 too; then odd ones, also enlarging.
SIZES = [50, 75, 100, 149, 150, 151, 199, 225, 299, 300, 374, 375, 450, 499, 500, 1023, 1050, 4000]
SIZES += [1, 2, 3, 7]

golden = []
for out in (150, 64, 97, 224):
    for size in SIZES:
        row = Image.new("RGB", (size, 1))
        row.putdata([(x & 255, x >> 8, 0) for x in range(size)])
        data = row.resize((out, 1), Image.NEAREST).tobytes()
        columns = [low + 256 * high for low, high in zip(data[::3], data[1::3])]
        steps = [b - a for a, b in zip([0] + columns, columns)]
        golden.append({"in": size, "out": out, "steps": steps})
path = pathlib.Path(__file__).with_name("resize_golden.json")
lines = [json.dumps(entry, separators=(",", ":")) for entry in golden]
path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
