# SPDX-License-Identifier: Apache-2.0
"""What the tests of catdog report share: runs that were never trained, a reader of pages, and a
judge of predictions that knows nothing of the program's."""
import csv
import hashlib
import html.parser
import json
import math
import pathlib
import random
import tempfile
import unittest

METRICS = """epoch,loss,acc,val_loss,val_acc,lr,seconds,images_per_second
1,0.69,0.52,0.68,0.5525,0.0001,7.5,328.1
2,0.65,0.61,0.71,0.6215,0.0001,6.2,404.3
3,0.60,0.66,0.70,0.6105,0.0001,6.2,404.3
"""
VOID = {"meta", "img", "br", "link", "input"}


class Page(html.parser.HTMLParser):
    """Elements, ids, addresses, pictures, texts and tables; raises where an end tag does not fit."""

    def __init__(self, path):
        super().__init__()
        self.open, self.elements, self.ids, self.addresses, self.text = [], [], [], [], ""
        self.style = ""
        self.images, self.tables, self.handlers = [], {}, []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        self.elements.append(tag)
        attrs = {name: (value or "").replace("\u00a0", " ") for name, value in attrs}
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.addresses += [attrs[name] for name in ("src", "href") if name in attrs]
        self.handlers += [name for name in attrs if name.startswith("on")]
        if tag == "img":
            self.images.append(attrs)
        if tag == "table":
            self.caption, self.rows = "", []
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")
            assert tag == "td" or attrs["scope"] in ("row", "col")

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag
        if tag == "table":
            self.tables.setdefault(self.caption, []).append(self.rows)

    def handle_data(self, data):
        if "style" in self.open:
            self.style += data
            return
        data = data.replace("\u00a0", " ")
        self.text += data
        if "caption" in self.open:
            self.caption += data
        elif "table" in self.open and {"th", "td"} & set(self.open):
            self.rows[-1][-1] += data

    def table(self, caption, number=0):
        return self.tables[caption][number]

    def figure(self, subset, name):
        """The value of a figure, of "Validation" or "Test", and what it means."""
        for heading, value in self.table(f"{subset} pictures in figures")[1:]:
            if heading.startswith(name):
                return value, heading.removeprefix(name).strip()
        raise AssertionError(name)


class ReportTest(unittest.TestCase):
    def expect_text(self, page, *texts):
        for text in texts:
            self.assertTrue(text in page.text, f"not on the page: {text}")

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="catdog-test.")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def make_run(self, name, keep="best", data="data"):
        run = self.folder / name
        (run / "predictions").mkdir(parents=True)
        config = {"data": {"dir": str(self.folder / data)}, "train": {"keep": keep, "seed": 7}}
        (run / "config.json").write_text(json.dumps(config))
        (run / "metrics.csv").write_text(METRICS)
        return run


def draw_predictions(path, classes=("cats", "dogs"), count=60, seed=1, prefix="validation"):
    """A table of predictions, right more often than not, in which some scores are equal."""
    generator = random.Random(seed)
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "true", "predicted", *(f"p({name})" for name in classes)])
        for i in range(count):
            label = i % len(classes)
            scores = [math.exp(round(generator.gauss(1.0 if k == label else 0, 1.2), 1))
                      for k in range(len(classes))]
            shares = [score / sum(scores) for score in scores]
            writer.writerow([f"{prefix}/{i}.jpg", classes[label],
                             classes[shares.index(max(shares))], *(f"{s:.9g}" for s in shares)])


def record_digests(table, data):
    """Adds the column sha256 to a table of predictions, of the files in `data` as they are."""
    with open(table, newline="") as file:
        header, *rows = csv.reader(file)
    with open(table, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*header, "sha256"])
        for row in rows:
            path = data / row[0]
            content = path.read_bytes() if path.exists() else b""
            writer.writerow([*row, hashlib.sha256(content).hexdigest()])


def auc(scored):
    """Of (score, positive): the share of pairs in the right order, ties half."""
    positives = [score for score, positive in scored if positive]
    negatives = [score for score, positive in scored if not positive]
    pairs = [(p > n) + (p == n) / 2 for p in positives for n in negatives]
    return sum(pairs) / len(pairs)


def average_precision(scored):
    """The mean, over the positives, of the precision among all that score no less."""
    precisions = []
    for score, positive in scored:
        if positive:
            above = [p for s, p in scored if s >= score]
            precisions.append(sum(above) / len(above))
    return sum(precisions) / len(precisions)


class Judged:
    """A table of predictions, judged by the definitions."""

    def __init__(self, path):
        with open(path, newline="") as file:
            self.header, *self.rows = csv.reader(file)
        self.classes = [column[2:-1] for column in self.header[3:] if column != "sha256"]
        self.labels = [self.classes.index(row[1]) for row in self.rows]
        self.shares = [[float(x) for x in row[3:3 + len(self.classes)]] for row in self.rows]
        self.predicted = [shares.index(max(shares)) for shares in self.shares]
        self.n = len(self.rows)
        self.hits = sum(p == label for p, label in zip(self.predicted, self.labels))
        self.accuracy = self.hits / self.n

    def wilson(self):
        """The ends are the proportions from which the accuracy is 1.96 standard errors away."""
        def solve(low, high):
            for _ in range(200):
                middle = (low + high) / 2
                error = 1.959963984540054 * math.sqrt(middle * (1 - middle) / self.n)
                if (abs(self.accuracy - middle) > error) == (middle < self.accuracy):
                    low = middle
                else:
                    high = middle
            return low
        return solve(0, self.accuracy), solve(self.accuracy, 1)

    def at(self, temperature):
        """Probabilities with the scores divided by a temperature."""
        for shares in self.shares:
            powers = [share ** (1 / temperature) for share in shares]
            yield [power / sum(powers) for power in powers]

    def loss(self, temperature=1.0):
        return -sum(math.log(shares[label])
                    for shares, label in zip(self.at(temperature), self.labels)) / self.n

    def temperature(self):
        low, high = math.log(0.01), math.log(100)
        for _ in range(100):
            third = (high - low) / 3
            if self.loss(math.exp(low + third)) < self.loss(math.exp(high - third)):
                high -= third
            else:
                low += third
        return math.exp(low)

    def calibration_error(self, temperature=1.0):
        bins = {}
        for shares, predicted, label in zip(self.at(temperature), self.predicted, self.labels):
            share = shares[predicted]
            bins.setdefault(math.ceil(share * 15 - 1e-9), []).append((share, predicted == label))
        return sum(abs(sum(s for s, _ in b) - sum(right for _, right in b))
                   for b in bins.values()) / self.n

    def of_classes(self, figure):
        """Of two classes the second's figure; of more the mean of each against the rest."""
        chosen = [1] if len(self.classes) == 2 else range(len(self.classes))
        return sum(figure([(shares[k], label == k)
                           for shares, label in zip(self.shares, self.labels)])
                   for k in chosen) / len(chosen)

    def confusion(self):
        pairs = list(zip(self.labels, self.predicted))
        return [[pairs.count((label, predicted)) for predicted in range(len(self.classes))]
                for label in range(len(self.classes))]

    def mistakes(self):
        """File names, the surest first."""
        wrong = [(-self.shares[i][self.predicted[i]], i) for i in range(self.n)
                 if self.predicted[i] != self.labels[i]]
        return [self.rows[i][0] for _, i in sorted(wrong)]

    def least_sure(self):
        return [self.rows[i][0] for _, i in
                sorted((self.shares[i][self.predicted[i]], i) for i in range(self.n))]


def mcnemar(first, second):
    """Pictures that each alone tells rightly, and the exact p-value."""
    right = [(a == label, b == label)
             for a, b, label in zip(first.predicted, second.predicted, first.labels)]
    only_first, only_second = right.count((True, False)), right.count((False, True))
    n, k = only_first + only_second, min(only_first, only_second)
    p = min(1, 2 * sum(math.comb(n, i) for i in range(k + 1)) / 2 ** n)
    return only_first, only_second, p
