#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what the fuzzers begin with, a folder for each: make_corpus.py FOLDER.

Pictures of every kind that Pillow wrote, the shipped configs, and a record of a split.
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
folder = pathlib.Path(sys.argv[1])


def write(name, number, content):
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / f"{number:02}").write_bytes(content)


golden = json.loads((ROOT / "tests/data/picture_golden.json").read_text(encoding="utf-8"))
for number, picture in enumerate(golden):
    write("picture", number, bytes.fromhex(picture["file"]))
for number, config in enumerate(sorted((ROOT / "configs").glob("*.json"))):
    write("config", number, config.read_bytes())
write("config", 90, b'{"augment": {"zoom_range": [0.5, 2], "fill_mode": "wrap", "cval": 1e2}}')
write("split_record", 0, json.dumps({
    "format": "catdog-split-1", "source": "train", "options": {}, "classes": ["cats", "dogs"],
    "pictures": [{"name": "train/cats/cat.0.jpg", "source": "cat.0.jpg", "bytes": 1,
                  "sha256": "00"}],
    "skipped": [], "duplicates": []}).encode())
