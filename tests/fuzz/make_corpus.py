#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what the fuzzers begin with, a folder for each: make_corpus.py FOLDER.

Images of every kind that Pillow wrote, the same with the signatures of other formats, the shipped
configs, and a record of a split.
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from foreign_signatures import images, planted, webp_headers  # noqa: E402

folder = pathlib.Path(sys.argv[1])


def write(name, number, content):
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / f"{number:02}").write_bytes(content)


# DICOM and DTED are told by bytes far behind the beginning.
seeds = [*images(), *(planted(content.ljust(200, b"\0"), signature, offset)
                      for content in [*images(), *webp_headers()]
                      for signature, offset in ((b"DICM", 128), (b"DTED", 140)))]
for number, content in enumerate(seeds):
    write("picture", number, content)
for number, config in enumerate(sorted((ROOT / "configs").glob("*.json"))):
    write("config", number, config.read_bytes())
write("config", 90, b'{"augment": {"zoom_range": [0.5, 2], "fill_mode": "wrap", "cval": 1e2}}')
write("split_record", 0, json.dumps({
    "format": "catdog-split-1", "source": "train", "options": {}, "classes": ["cats", "dogs"],
    "pictures": [{"name": "train/cats/cat.0.jpg", "source": "cat.0.jpg", "bytes": 1,
                  "sha256": "00"}],
    "skipped": [], "duplicates": []}).encode())
