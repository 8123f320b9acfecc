#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests scripts/plot_curves.py as a user calls it; drawing is skipped without matplotlib."""

import importlib.util
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "plot_curves.py"
HEADER = "epoch,loss,acc,val_loss,val_acc,lr,seconds,images_per_second\n"
ROW = "{0},0.{0},0.9,0.7,0.6,0.0001,10.5,190.1\n"
PNG = b"\x89PNG\r\n\x1a\n"


def plot(*arguments, folder=None):
    return subprocess.run([sys.executable, str(SCRIPT), *map(str, arguments)], cwd=folder,
                          capture_output=True, text=True, timeout=120, check=False)


class PlotCurves(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def make_run(self, name, epochs=3, header=HEADER, tail=""):
        run = self.folder / name
        run.mkdir()
        rows = "".join(ROW.format(epoch) for epoch in range(1, epochs + 1))
        (run / "metrics.csv").write_text(header + rows + tail, encoding="utf-8")
        return run

    def assert_refused(self, result, *words):
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)

    def assert_drawn(self, result, picture):
        if "matplotlib is missing" in result.stderr:
            self.skipTest("no matplotlib: scripts/setup brings it")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertTrue(picture.read_bytes().startswith(PNG))
        self.assertGreater(picture.stat().st_size, 5000)
        # Nothing half-written is left beside it.
        self.assertEqual(list(picture.parent.glob(".*")), [])

    def test_missing_folder(self):
        self.assert_refused(plot(self.folder / "none"), "no run folder", "none")

    def test_folder_without_metrics(self):
        self.assert_refused(plot(self.folder), "metrics.csv")

    def test_missing_columns_are_named(self):
        run = self.make_run("run", header="epoch,loss,acc,val_loss\n", epochs=0)
        self.assert_refused(plot(run), "val_acc")

    def test_empty_file(self):
        run = self.make_run("run", header="", epochs=0)
        self.assert_refused(plot(run), "epoch", "val_loss")

    def test_no_rows_yet(self):
        self.assert_refused(plot(self.make_run("run", epochs=0)), "no epochs yet")

    def test_broken_row_in_the_middle_names_its_line(self):
        run = self.make_run("run", epochs=2, tail="3,x,0.9,0.7,0.6,0,1,1\n" + ROW.format(4))
        self.assert_refused(plot(run), "line 4")

    def test_no_argument(self):
        self.assert_refused(plot(), "RUN")

    def test_output_needs_a_suffix(self):
        run = self.make_run("run")
        self.assert_refused(plot(run, "-o", self.folder / "picture"), ".png")

    def test_one_run_is_drawn_into_its_folder(self):
        run = self.make_run("run")
        result = plot(run)
        self.assert_drawn(result, run / "curves.png")
        self.assertEqual(result.stdout.strip(), str(run / "curves.png"))

    def test_csv_file_as_argument(self):
        run = self.make_run("run")
        self.assert_drawn(plot(run / "metrics.csv"), run / "curves.png")

    def test_first_epoch_and_half_a_row(self):
        run = self.make_run("run", epochs=1, tail="2,0.5,0.")
        self.assert_drawn(plot(run), run / "curves.png")

    def test_several_runs_into_the_current_folder(self):
        runs = [self.make_run(name, epochs) for name, epochs in (("a", 3), ("b", 50))]
        self.assert_drawn(plot(*runs, "--smooth", folder=self.folder), self.folder / "curves.png")
        self.assertFalse((runs[0] / "curves.png").exists())

    def test_output_in_a_new_folder(self):
        run = self.make_run("run")
        picture = self.folder / "new" / "figure.png"
        self.assert_drawn(plot(run, "-o", picture), picture)

    def test_smoothing_is_the_books(self):
        spec = importlib.util.spec_from_file_location("plot_curves", SCRIPT)
        module = importlib.util.module_from_spec(spec)
        sys.dont_write_bytecode = True
        spec.loader.exec_module(module)
        # smooth_curve of the book by hand: 1; 1*.8 + 0*.2; .8*.8 + 1*.2
        for got, want in zip(module.smooth_curve([1.0, 0.0, 1.0]), [1.0, 0.8, 0.84], strict=True):
            self.assertAlmostEqual(got, want)


if __name__ == "__main__":
    unittest.main()
