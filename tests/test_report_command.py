#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""catdog report: the page of a recorded run, of several, and what is refused."""
import html.parser
import pathlib
import tempfile
import unittest

from command_support import catdog, files

METRICS = """epoch,loss,acc,val_loss,val_acc,lr,seconds,images_per_second
1,0.69,0.52,0.68,0.5525,0.0001,7.5,328.1
2,0.65,0.61,0.71,0.6215,0.0001,6.2,404.3
3,0.60,0.66,0.70,0.6105,0.0001,6.2,404.3
"""
VOID = {"meta", "img", "br", "link", "input"}


class Page(html.parser.HTMLParser):
    """Elements, ids and texts; raises where an end tag does not fit."""

    def __init__(self, path):
        super().__init__()
        self.open, self.elements, self.ids, self.links, self.text = [], [], [], [], ""
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        self.elements.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, data):
        self.text += data


class Report(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="catdog-test.")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def make_run(self, name, keep="best"):
        run = self.folder / name
        run.mkdir()
        (run / "config.json").write_text('{"train": {"keep": "%s", "seed": 7}}' % keep)
        (run / "metrics.csv").write_text(METRICS)
        return run

    def refused(self, code, text, *arguments):
        result = catdog("report", *arguments, cwd=self.folder)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertIn(text, result.stderr)

    def test_page_of_one_run(self):
        run = self.make_run("a<b&c")
        result = catdog("report", run)
        self.assertEqual((result.returncode, result.stdout), (0, f"{run}/report.html\n"))
        page = Page(run / "report.html")
        self.assertEqual(page.elements.count("svg"), 2)
        self.assertNotIn("script", page.elements)
        self.assertEqual(len(page.ids), len(set(page.ids)))
        self.assertIn("a<b&c", page.text)
        self.assertIn("0.6215", page.text)  # the best epoch's, not the last one's
        self.assertNotIn("0.6105", page.text)
        self.assertIn("No environment: ", page.text)
        self.assertIn("No first batch: ", page.text)
        before = files(run)
        self.assertEqual(catdog("report", run).returncode, 0)  # over its own
        self.assertEqual(files(run), before)

    def test_last_epoch_where_the_last_is_kept(self):
        run = self.make_run("a", keep="last")
        self.assertEqual(catdog("report", run).returncode, 0)
        self.assertIn("0.6105", Page(run / "report.html").text)

    def test_page_of_a_trained_run_is_whole_and_needs_nothing_else(self):
        data = self.folder / "data"
        self.assertEqual(catdog("synth", self.folder / "p", "--per-class", 12, "--size",
                                48).returncode, 0)
        self.assertEqual(catdog("split", self.folder / "p", data, "--train", 6, "--validation", 3,
                                "--test", 3).returncode, 0)
        result = catdog("train", "--data", data, "--epochs", 1, "--name", "a", "--batch-size", 4,
                        cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(catdog("report", self.folder / "runs/a").returncode, 0)
        page = Page(self.folder / "runs/a/report.html")
        self.assertEqual([link.split(",")[0] for link in page.links], ["data:image/jpeg;base64"])
        self.assertNotIn("No environment", page.text)
        self.assertIn('"commit"', page.text)

    def test_several_runs_on_one_page(self):
        result = catdog("report", self.make_run("a"), self.make_run("b"), cwd=self.folder)
        self.assertEqual((result.returncode, result.stdout), (0, "report.html\n"))
        page = Page(self.folder / "report.html")
        self.assertEqual(page.elements.count("polyline"), 8)
        self.assertEqual(page.text.count("0.6215"), 2)

    def test_refusals(self):
        run = self.make_run("a")
        self.refused(4, "config.json", "none")
        self.refused(2, "RUN", *())
        mine = self.folder / "mine.html"
        mine.write_text("mine")
        self.refused(2, "is no report of catdog's and stays", run, "-o", mine)
        self.assertEqual(mine.read_text(), "mine")
        (run / "metrics.csv").write_text(METRICS + "4,0.6")
        self.refused(4, "damaged after epoch 3", run)
        (run / "metrics.csv").write_text(METRICS.split("\n")[0] + "\n")
        self.refused(4, "holds no epoch that ended", run)


if __name__ == "__main__":
    unittest.main()
