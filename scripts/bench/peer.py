# SPDX-License-Identifier: Apache-2.0
"""What the peers share: how they are talked to, and the figures that all must agree on.

A contender warms up, prints one JSON line that says what it is, and then, for each line on stdin,
does one round and prints its times as one JSON line, {"step": {"images": 640, "seconds": 2.5}};
catdog bench --paced does the same.
"""
import argparse
import json
import os
import sys
import time

SIDE = 150          # px
BATCH = 32
BATCHES = 4         # that steps take in turn
STEPS = 20          # a round
FILTERS = (32, 64, 128, 128)
UNITS = 512
DROPOUT = 0.5
LEARNING_RATE = 1e-4
WEIGHTS = 3_453_121
# The book's augmentation, listing 5.11.
ROTATION = 40       # degrees to either side
SHIFT = SHEAR = ZOOM = 0.2


def options(kinds, variants, devices=("cpu",)):
    """The command line of a peer: what to time, in which way, on which pictures and device."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("--variant", choices=variants, default=variants[0])
    parser.add_argument("--data", default="", help="folder with train/, validation/ and test/")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--device", choices=devices, default=devices[0])
    chosen = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(chosen.threads)  # before a framework is loaded
    return chosen


def serve(name, images, work, versions):
    """Rounds of `work`, which `images` pictures pass through, as they are asked for."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a framework prints is no answer
    work()
    print(json.dumps(versions), file=answers)
    for _ in sys.stdin:
        start = time.perf_counter()
        work()
        seconds = time.perf_counter() - start
        print(json.dumps({name: {"images": images, "seconds": seconds}}), file=answers)
