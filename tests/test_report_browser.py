#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page of catdog report in a real browser: no error, no request to elsewhere, all figures and
pictures there, and nothing wider than a phone.

Needs Chromium, which `scripts/setup --tests` brings where the distribution has it.
"""
import contextlib
import functools
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import unittest

from command_support import catdog
from report_support import ReportTest, draw_predictions, record_digests

CHROMIUM = shutil.which("chromium")

# What the page measures of itself, in a frame as wide as a phone's screen.
MEASURE = """<script>addEventListener("load", () => {
  const wide = [...document.querySelectorAll("body *")].filter(e => !e.closest(".wide table") &&
    !e.closest("svg *") && e.getBoundingClientRect().right > innerWidth + 0.5);
  document.title = JSON.stringify({
    inner: innerWidth, scroll: document.documentElement.scrollWidth,
    wide: wide.map(e => e.outerHTML.slice(0, 80)),
    images: [...document.images].map(i => i.complete ? i.naturalWidth : 0),
    figures: [...document.querySelectorAll("svg")].map(e => e.getBoundingClientRect().height),
    letters: [...document.querySelectorAll("svg text")].map(e => e.getBoundingClientRect().height)
  });
});</script>"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves one folder, and notes what was asked for."""

    def log_message(self, *_):
        self.server.asked.append(self.path)


@contextlib.contextmanager
def served(folder):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                             functools.partial(Quiet, directory=folder))
    server.asked = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def browse(address, *flags):
    """The page's DOM in the end, and what the browser's console said."""
    with tempfile.TemporaryDirectory(prefix="catdog-test.") as profile:
        result = subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-background-networking", f"--user-data-dir={profile}",
             "--enable-logging=stderr", "--v=0", "--virtual-time-budget=20000", *flags,
             "--dump-dom", address], capture_output=True, text=True, timeout=240,
            stdin=subprocess.DEVNULL)
    assert result.returncode == 0, result.stderr
    return result.stdout, [line for line in result.stderr.splitlines() if "CONSOLE" in line]


class Browser(ReportTest):
    @classmethod
    def setUpClass(cls):
        if CHROMIUM is None:
            system = pathlib.Path("/etc/os-release").read_text(encoding="utf-8")
            if os.environ.get("CI") and "\nID=debian\n" in f"\n{system}":
                raise RuntimeError("no chromium, which scripts/setup --tests brings")
            raise unittest.SkipTest("no chromium: scripts/setup --tests brings it")

    def setUp(self):
        super().setUp()
        self.assertEqual(catdog("synth", self.folder / "p", "--per-class", 20, "--size",
                                64).returncode, 0)
        (self.folder / "data/validation").mkdir(parents=True)
        for i, picture in enumerate(sorted((self.folder / "p").rglob("*.jpg"))):
            picture.rename(self.folder / f"data/validation/{i}.jpg")
        self.run_folder = self.make_run("an-unusually-long-name-of-a-run-" * 3)
        draw_predictions(self.run_folder / "predictions/validation.csv", count=40)
        record_digests(self.run_folder / "predictions/validation.csv", self.folder / "data")
        draw_predictions(self.run_folder / "predictions/test.csv",
                         [f"class-{'x' * 20}-{i}" for i in range(8)], count=200,
                         prefix="test")
        self.pages = self.folder / "pages"
        self.pages.mkdir()
        self.page = self.pages / "report.html"
        result = catdog("report", self.run_folder, "-o", self.page)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_nothing_is_asked_for_and_nothing_fails(self):
        with served(self.pages) as (server, address):
            dom, console = browse(address + "report.html")
        self.assertEqual(console, [])
        self.assertEqual(server.asked, ["/report.html"])
        self.assertEqual(dom.count("<svg"), 6)
        self.assertEqual(dom.count("<polyline"), 4 + 1 + 8)

    def test_the_policy_stops_scripts_and_requests(self):
        spoilt = self.page.read_text().replace(
            "</main>", "<script>document.title = 'ran'</script><img src='other.png'></main>")
        self.page.write_text(spoilt)
        with served(self.pages) as (server, address):
            dom, console = browse(address + "report.html")
        self.assertEqual(server.asked, ["/report.html"])
        self.assertNotIn("<title>ran", dom)
        self.assertGreaterEqual(len(console), 2)
        self.assertIn("Content Security Policy", console[0])

    def measured(self, width):
        """The page's measures where the window is `width` px wide."""
        page = self.page.read_text()
        opened = re.sub(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>", MEASURE, page)
        self.assertNotEqual(opened, page)
        (self.pages / "measured.html").write_text(opened.replace("<details>", "<details open>"))
        (self.pages / "frame.html").write_text(
            f"<iframe width='{width}' height='800' style='border:0' src='measured.html' onload="
            "'setTimeout(() => document.title = this.contentDocument.title, 500)'></iframe>")
        with served(self.pages) as (_, address):
            dom, console = browse(address + "frame.html")
        self.assertEqual(console, [])
        title = re.search(r"<title>(.*?)</title>", dom)
        self.assertIsNotNone(title, dom)
        return json.loads(title[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))

    def test_a_phone_shows_all_of_it_without_scrolling_sideways(self):
        measures = self.measured(360)
        self.assertEqual(measures["inner"], 360)
        self.assertEqual(measures["wide"], [])
        self.assertLessEqual(measures["scroll"], 360)
        self.assertEqual(len(measures["images"]), 24)
        self.assertGreater(min(measures["images"]), 0)
        self.assertEqual(len(measures["figures"]), 6)
        self.assertGreater(min(measures["figures"]), 150)

    def test_a_wide_window_shows_all_of_it(self):
        measures = self.measured(1200)
        self.assertEqual(measures["wide"], [])
        self.assertLessEqual(measures["scroll"], 1200)
        self.assertGreater(min(measures["images"]), 0)


if __name__ == "__main__":
    unittest.main()
