#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""catdog report: the page of a recorded run and of several, its figures against the definitions,
and what is refused."""
import itertools
import json
import re
import shutil
import unittest

from command_support import catdog, files
from report_colours import contrast, difference
from report_support import (METRICS, Judged, Page, ReportTest, auc, average_precision,
                            draw_predictions, mcnemar, record_digests)


def percent(share):
    return f"{100 * share:.2f} %"


class Report(ReportTest):
    def report(self, *runs):
        result = catdog("report", *runs, cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        return Page(self.folder / result.stdout.rstrip("\n"))

    def refused(self, code, text, *arguments):
        result = catdog("report", *arguments, cwd=self.folder)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertIn(text, result.stderr)

    def expect_self_contained(self, page):
        self.assertNotIn("script", page.elements)
        self.assertEqual(page.handlers, [])
        self.assertEqual(len(page.ids), len(set(page.ids)))
        for address in page.addresses:
            self.assertRegex(address, r"^(#(result|curves|run-\d+)|data:.*)$")

    def expect_figures(self, page, subset, judged, temperature):
        """The tables of one subset say what the definitions say."""
        low, high = judged.wilson()
        expected = {
            "accuracy": percent(judged.accuracy),
            "loss": f"{judged.loss():.4f}",
            "ROC-AUC": f"{judged.of_classes(auc):.4f}",
            "average precision": f"{judged.of_classes(average_precision):.4f}",
            "calibration error": percent(judged.calibration_error()),
            "the same after temperature": percent(judged.calibration_error(temperature)),
            "without looking": percent(max(map(sum, judged.confusion())) / judged.n)}
        self.assertEqual({name: page.figure(subset, name)[0] for name in expected}, expected)
        self.assertEqual(page.figure(subset, "accuracy")[1],
                         f"{judged.hits} of {judged.n} told rightly; 95 % interval "
                         f"{100 * low:.2f} to {100 * high:.2f} %")
        self.assertIn(f"divided by {temperature:.3f},",
                      page.figure(subset, "the same after temperature")[1])
        number = 0 if subset == "Validation" else 1
        confusion = judged.confusion()
        table = page.table("Confusion matrix", number)
        self.assertEqual(table, [["true class", *(f"predicted {c}" for c in judged.classes)]] +
                         [[c, *map(str, row)] for c, row in zip(judged.classes, confusion)])
        several = len(judged.classes) > 2
        shares, areas = [], []
        for k, name in enumerate(judged.classes):
            hits, predicted = confusion[k][k], sum(row[k] for row in confusion)
            present = sum(confusion[k])
            shares.append([hits / predicted, hits / present, 2 * hits / (predicted + present)])
            areas.append(auc([(s[k], label == k) for s, label in zip(judged.shares, judged.labels)]))
        rows = [[name, *map(percent, own)] for name, own in zip(judged.classes, shares)]
        if several:
            means = [sum(column) / len(column) for column in zip(*shares)]
            rows.append(["mean", *map(percent, means)])
            areas.append(sum(areas) / len(areas))
        table = page.table("Each class", number)[1:]
        self.assertEqual([row[:4] for row in table], rows)
        self.assertEqual([len(row) for row in table], [5 if several else 4] * len(rows))
        if several:
            for row, area in zip(table, areas):
                self.assertAlmostEqual(float(row[4]), area, delta=0.6e-4)

    def test_page_of_one_run(self):
        run = self.make_run("a<b&c")
        result = catdog("report", run)
        self.assertEqual((result.returncode, result.stdout), (0, f"{run}/report.html\n"))
        page = Page(run / "report.html")
        self.expect_self_contained(page)
        self.assertEqual(page.elements.count("svg"), 2)
        self.expect_text(page, "Run a<b&c")
        # The best epoch's figures, not the last one's; all epochs' time.
        self.assertEqual(page.table("The run")[1][:6],
                         ["a<b&c", "2 of 3", "20 s", "61.00 %", "62.15 %", "0.7100"])
        self.expect_text(page, "No environment: ", "No first batch: ")
        quoted = f"'{run}/model.pt'"  # the shell's own letters in it
        self.expect_text(page, "Not judged on test yet: catdog eval --model "
                         f"{quoted} --save-predictions '{run}/predictions/test.csv'; do it once, "
                         "at the end.", f"catdog train --config '{run}/config.json'\n")
        before = files(run)
        self.assertEqual(catdog("report", run).returncode, 0)  # over its own
        self.assertEqual(files(run), before)

    def test_last_epoch_where_the_last_is_kept(self):
        page = self.report(self.make_run("a", keep="last"))
        self.assertEqual(page.table("The run")[1][1:6],
                         ["3 of 3", "20 s", "66.00 %", "61.05 %", "0.7000"])

    def test_figures_are_those_of_the_definitions(self):
        run = self.make_run("a")
        for classes in (["cats", "dogs"], ["birds", "cats", "dogs"]):
            with self.subTest(classes=classes):
                tables = {}
                for seed, subset in enumerate(("validation", "test")):
                    path = run / f"predictions/{subset}.csv"
                    draw_predictions(path, classes, seed=seed, prefix=subset)
                    tables[subset] = Judged(path)
                page = self.report(run)
                self.expect_self_contained(page)
                temperature = tables["validation"].temperature()
                for subset, judged in tables.items():
                    self.expect_figures(page, subset.capitalize(), judged, temperature)
                # Accuracy, loss, and of both subsets reliability and ROC.
                self.assertEqual(page.elements.count("svg"), 6)
                test = tables["test"]
                self.assertEqual(page.table("The run")[1][8:],
                                 [f"{test.loss():.4f}", f"{test.of_classes(auc):.4f}"])
                bins = page.table("The bars in numbers", 1)[1:]
                self.assertEqual(sum(int(row[1]) for row in bins), test.n)
                self.assertAlmostEqual(
                    sum(int(row[1]) * float(row[3].rstrip(" %")) for row in bins) / 100, test.hits,
                    places=1)

    def test_which_pictures_are_shown(self):
        run = self.make_run("a")
        table = run / "predictions/validation.csv"
        draw_predictions(table)
        data = self.folder / "data"
        self.assertEqual(catdog("synth", self.folder / "p", "--per-class", 30, "--size",
                                200).returncode, 0)
        (data / "validation").mkdir(parents=True)
        drawn = sorted((self.folder / "p").rglob("*.jpg"))
        for i, picture in enumerate(drawn):
            shutil.copy(picture, data / f"validation/{i}.jpg")
        judged = Judged(table)
        expected = judged.mistakes()[:12] + judged.least_sure()[:12]
        (data / expected[1]).write_bytes(drawn[0].read_bytes()[:3000])
        record_digests(table, data)
        (data / expected[0]).unlink()
        page = self.report(run)
        shown = [image["alt"].split(":")[0] for image in page.images]
        self.assertEqual(shown, [file for file in expected if file not in expected[:2]])
        first = judged.rows[[row[0] for row in judged.rows].index(expected[2])]
        said = f"{first[1]}, predicted {first[2]} {percent(max(map(float, first[3:5])))}"
        self.assertEqual(page.images[0]["alt"], f"{expected[2]}: {said}")
        self.expect_text(page, said)
        self.expect_text(page, "2 of these pictures cannot be read from",
                         f"{expected[0]} (No such file", f"{expected[1]} (truncated",
                         "metrics.csv has the accuracy 62.15 % for the kept epoch")
        shutil.rmtree(data)
        page = self.report(run)
        self.assertEqual(page.images, [])
        self.expect_text(page, f"The pictures are not shown: there is no folder {data}")

    def test_predictions_that_cannot_be_read(self):
        run = self.make_run("a")
        (run / "predictions/validation.csv").write_text("file,true,predicted,p(a),p(b)\nx,a,a,1\n")
        (run / "predictions/test.csv").mkdir()
        page = self.report(run)
        self.expect_text(page, "a/predictions/test.csv: ", "a/predictions/validation.csv: row 1 "
                         "cannot be read: catdog eval --model")
        self.assertNotIn("Not judged on", page.text)
        self.assertEqual(page.elements.count("svg"), 2)

    def test_names_are_text_whatever_they_hold(self):
        hostile = ["\"><img src=x onerror='alert(1)'>", "'<title><script>alert(1)<script>"]
        run = self.make_run("a'\"><img src=x onerror=alert(1)>")
        (run / "env.json").write_text(json.dumps({"precision": "$(x)'</pre><script>"}))
        draw_predictions(run / "predictions/validation.csv", hostile,
                         prefix="<script>../../../../etc")
        draw_predictions(run / "predictions/test.csv", hostile, prefix="../../etc")
        page = self.report(run)
        self.expect_self_contained(page)
        self.assertEqual(page.images, [])
        self.expect_text(page, *hostile, "--precision '$(x)'\\''</pre><script>'")
        # The data folder is there now: what lies outside it is not shown all the same.
        (self.folder / "data").mkdir()
        self.expect_text(self.report(run, "--data", self.folder / "data"),
                         "(lies outside the data folder)")

    def test_a_run_from_elsewhere_shows_none_of_this_machines_files(self):
        """Its config may name any folder, its table any name, and its folder may hold links."""
        private = self.folder / "private"
        self.assertEqual(catdog("synth", self.folder / "p", "--per-class", 8).returncode, 0)
        (private / "validation").mkdir(parents=True)
        for i, picture in enumerate(sorted((self.folder / "p").rglob("*.jpg"))):
            shutil.copy(picture, private / f"validation/{i}.jpg")
        run = self.make_run("a", data="private")
        table = run / "predictions/validation.csv"
        draw_predictions(table, count=16)
        page = self.report(run)
        self.assertEqual(page.images, [])
        command = f"catdog report {run} --data {private}"
        self.expect_text(page, "recorded without the SHA-256 of the images", command)
        # Who names the folder sees its images.
        shown = self.report(run, "--data", private).images
        self.assertGreater(len(shown), 12)
        # Where digests are recorded, only images that have them are shown, whoever names the folder.
        (private / "validation/0.jpg").rename(self.folder / "0.jpg")
        (private / "validation/0.jpg").write_bytes(b"another image")
        record_digests(table, private)
        (self.folder / "0.jpg").replace(private / "validation/0.jpg")
        for flags in ([], ["--data", private]):
            page = self.report(run, *flags)
            self.assertEqual(len(page.images),
                             len([image for image in shown if "validation/0.jpg" not in image["alt"]]))
            self.expect_text(page, "validation/0.jpg (is not the image that was evaluated)")

    def test_links_out_of_the_runs_folder_are_not_followed(self):
        outside = self.folder / "outside"
        outside.mkdir()
        (outside / "env.json").write_text(json.dumps({"token": "secret"}))
        self.assertEqual(catdog("synth", self.folder / "p", "--per-class", 1).returncode, 0)
        next((self.folder / "p").rglob("*.jpg")).rename(outside / "first_batch.png")
        draw_predictions(outside / "validation.csv")
        run = self.make_run("a")
        for name, target in (("env.json", "env.json"), ("first_batch.png", "first_batch.png"),
                             ("predictions/validation.csv", "validation.csv")):
            (run / name).symlink_to(outside / target)
        page = self.report(run)
        self.assertNotIn("secret", page.text)
        self.assertEqual(page.images, [])
        for name in ("env.json", "first_batch.png", "validation.csv"):
            self.expect_text(page, f"{name}: is a symbolic link that leads out of the run's folder")
        (run / "config.json").replace(outside / "config.json")
        (run / "config.json").symlink_to(outside / "config.json")
        self.refused(4, "config.json: is a symbolic link that leads out", run)
        # Links within, and a link to the run itself, are the user's own way to name it.
        (run / "config.json").unlink()
        (outside / "config.json").replace(run / "real.json")
        (run / "config.json").symlink_to("real.json")
        (self.folder / "latest").symlink_to(run)
        self.report(self.folder / "latest")

    def test_two_runs_are_compared_on_the_same_pictures(self):
        a, b = self.make_run("a"), self.make_run("b")
        tables = []
        for seed, run in enumerate((a, b)):
            draw_predictions(run / "predictions/validation.csv", seed=seed, count=200)
            tables.append(Judged(run / "predictions/validation.csv"))
        # The same pictures in another order are the same pictures.
        header, *rows = (b / "predictions/validation.csv").read_text().splitlines()
        (b / "predictions/validation.csv").write_text("\n".join([header, *reversed(rows)]) + "\n")
        page = self.report(a, b)
        self.assertEqual(page.elements.count("polyline"), 8 + 2)
        only_a, only_b, p = mcnemar(*tables)
        self.expect_text(page, f"Of the same 200 validation pictures, A alone tells {only_a} "
                         f"rightly, B alone {only_b} (McNemar’s exact test, p = {p:.3f}).")
        self.assertNotIn("taken to be the same", page.text)
        self.assertEqual([row[0] for row in page.table("The runs")[1:]], ["A a", "B b"])
        # One picture of another name, and they are not.
        (b / "predictions/validation.csv").write_text("\n".join([header, *rows]).replace(
            "validation/0.jpg", "validation/x.jpg") + "\n")
        self.expect_text(self.report(a, b), "validation pictures are not the same")

    def test_a_run_is_called_as_its_folder_however_that_is_named(self):
        run = self.make_run("a")
        for name in (".", "../a", f"{run}/", "../a/."):
            result = catdog("report", name, cwd=run)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.expect_text(Page(run / "report.html"), "Run a\n")

    def test_three_runs_on_one_page(self):
        runs = [self.make_run("a"), self.make_run("b"), self.make_run("x/a")]
        for run in runs:
            draw_predictions(run / "predictions/validation.csv")
        page = self.report(*runs)
        self.expect_self_contained(page)
        self.assertNotIn("McNemar", page.text)
        self.assertEqual(len(page.table("The runs")), 4)

    def test_page_of_a_trained_run_is_there_without_asking(self):
        data = self.folder / "data"
        self.assertEqual(catdog("synth", self.folder / "p", "--per-class", 20, "--size",
                                48).returncode, 0)
        self.assertEqual(catdog("split", self.folder / "p", data, "--train", 8, "--validation", 6,
                                "--test", 6).returncode, 0)
        train = ("train", "--data", data, "--epochs", 1, "--batch-size", 4, "--set",
                 "data.image_size=48", "--set", "model.filters=[8,16]")
        result = catdog(*train, "--name", "a", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("report runs/a/report.html\n", result.stderr)
        written = self.folder / "runs/a/report.html"
        page = Page(written)
        self.expect_self_contained(page)
        self.assertEqual(page.figure("Validation", "accuracy")[0],
                         page.table("The run")[1][4].partition(" %")[0] + " %")
        self.assertNotIn("metrics.csv has", page.text)
        self.expect_text(page, "Not judged on test yet")
        self.assertEqual(len(page.images), min(12, len(Judged(
            self.folder / "runs/a/predictions/validation.csv").mistakes())) + 12 + 1)
        self.expect_text(page, '"commit"')
        before = written.read_bytes()
        self.report("runs/a")
        self.assertEqual(written.read_bytes(), before)
        # Another's file of that name stays, and the run is none the worse.
        written.write_text("mine")
        result = catdog("train", "--resume", "runs/a", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("warning: no report: runs/a/report.html: is no report", result.stderr)
        self.assertEqual(written.read_text(), "mine")
        # Nor is there one of a run that stopped.
        result = catdog(*train, "--name", "b", "--max-time", "0.001s", cwd=self.folder)
        self.assertEqual(result.returncode, 6, result.stderr)
        self.assertFalse((self.folder / "runs/b/report.html").exists())

    def test_headings_are_in_order_and_colours_can_be_read(self):
        run = self.make_run("a")
        draw_predictions(run / "predictions/validation.csv")
        page = self.report(run)
        levels = [int(e[1]) for e in page.elements if re.fullmatch("h[1-6]", e)]
        self.assertEqual((levels[0], levels.count(1)), (1, 1))
        self.assertTrue(all(b <= a + 1 for a, b in zip(levels, levels[1:])), levels)
        light, dark = (dict(re.findall(r"--(\w+): (#\w+)", block)) for block in
                       re.findall(r":root \{(.*?)\}", page.style, re.DOTALL))
        for colours in (light, dark):
            lines = [colours[f"line{i}"] for i in range(6)]
            pairs = [(colour, colours["paper"]) for colour in
                     [colours["ink"], colours["soft"], *lines]]
            for ink, paper in [*pairs, (colours["ink"], colours["tint"]),
                               (colours["soft"], colours["tint"])]:
                self.assertGreaterEqual(contrast(ink, paper), 4.5, (ink, paper))
            for one, other in itertools.combinations(lines, 2):
                self.assertGreaterEqual(difference(one, other), 25, (one, other))

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
