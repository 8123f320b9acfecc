# SPDX-License-Identifier: Apache-2.0
"""Commands over several files: one odd item gets its line and the exit code, and the others are
done. A full disk ends the command."""
import csv
import io
import json
import os
import shutil
import struct
import subprocess
import unittest
import zlib

from command_support import CATDOG, CommandTest, catdog, files, mounts, png_size
from report_support import METRICS, Page, ReportTest

LONGEST_NAME = 255  # bytes, of most file systems


def as_a_user(*arguments, **options):
    """catdog by a user who is bound by permissions, as root is not."""
    if os.geteuid() == 0:
        options.update(user=65534, group=65534, extra_groups=[])
    try:
        return subprocess.run([CATDOG, *map(str, arguments)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=300, **options)
    except PermissionError:
        raise unittest.SkipTest("another user cannot run this program") from None


def close(test, folder):
    """Takes all permissions from a folder until the test ends."""
    os.chmod(folder, 0)
    test.addCleanup(os.chmod, folder, 0o755)


def grey_png(width, height):
    def chunk(kind, content):
        return (struct.pack(">I", len(content)) + kind + content +
                struct.pack(">I", zlib.crc32(kind + content)))
    rows = b"".join(b"\0" + bytes(x % 251 for x in range(width)) for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Predict(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        os.chmod(cls.temp.name, 0o755)
        result = catdog("train", "--data", cls.data, "--epochs", 1, "--name", "a", "--precision",
                        "fp32", "--threads", 1, "--set", "data.image_size=32", "--set",
                        "model.filters=[4,4]", "--set", "model.dense_units=4", cwd=cls.shared)
        assert result.returncode == 0, result.stderr
        cls.model = cls.shared / "runs/a/model.pt"

    def setUp(self):
        super().setUp()
        os.chmod(self.folder, 0o777)
        self.good = [self.folder / name for name in ("a.jpg", "z.jpg")]
        for i, path in enumerate(self.good):
            shutil.copy(self.pictures / f"cat.{i}.jpg", path)

    def test_every_odd_input_has_its_row(self):
        closed, empty, tree = (self.folder / name for name in ("closed", "empty", "tree"))
        for folder in (closed, empty, tree / "b", tree / "a", tree / "c"):
            folder.mkdir(parents=True)
        for name in ("a/1.jpg", "b/2.jpg", "c/3.jpg"):
            shutil.copy(self.good[0], tree / name)
        close(self, closed)
        close(self, tree / "b")
        link, pipe, text = (self.folder / name for name in ("link.jpg", "pipe.jpg", "text.jpg"))
        link.symlink_to("nowhere")
        os.mkfifo(pipe)
        text.write_text("text")
        denied, gone = "Permission denied", "No such file or directory"
        expected = [(self.good[0], None), (closed, denied), (empty, "holds no images"),
                    (tree / "a/1.jpg", None), (tree / "b", denied), (tree / "c/3.jpg", None),
                    (link, gone), (pipe, "not a regular file"),
                    (text, "not a JPEG, PNG, BMP, PPM, TIFF or WebP file"),
                    (self.folder / ("x" * 300 + ".jpg"), "File name too long"),
                    (self.good[1], None)]
        paths = [self.good[0], closed, empty, tree, *(path for path, _ in expected[6:])]
        arguments = ("predict", "--model", self.model, *paths)
        result = as_a_user(*arguments, "--json")
        self.expect(result, 3, "7 of 11 inputs could not be used")
        self.assertEqual(result.stderr.count("\n"), 1)
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual([(row["file"], row.get("error")) for row in rows],
                         [(str(path), fault) for path, fault in expected])
        self.assertEqual(["predicted" in row for row in rows], [not fault for _, fault in expected])
        rows = list(csv.DictReader(io.StringIO(as_a_user(*arguments, "--csv").stdout)))
        self.assertEqual([(row["file"], row["error"]) for row in rows],
                         [(str(path), fault or "") for path, fault in expected])
        lines = as_a_user(*arguments).stdout.splitlines()
        for line, (path, fault) in zip(lines, expected, strict=True):
            self.assertTrue(line.endswith(f"{path}: {fault}" if fault else str(path)), line)

    def test_maps_of_the_others_are_written(self):
        strip = self.folder / "strip.png"
        strip.write_bytes(grey_png(70000, 20))
        name = "x" * (LONGEST_NAME - 4) + ".jpg"  # the second of it would be …-2.jpg
        longs = [self.folder / folder / name for folder in "pq"]
        for path in longs:
            path.parent.mkdir()
            shutil.copy(self.good[0], path)
        why = self.folder / "why"
        result = catdog("predict", "--model", self.model, self.good[0], strip, self.good[1],
                        "--explain", why)
        self.expect(result, 0)
        self.assertEqual(sorted(files(why)), ["a.jpg", "strip.jpg", "z.jpg"])
        why = self.folder / "again"
        result = catdog("predict", "--model", self.model, *longs, *self.good, "--explain", why)
        self.expect(result, 3, f"warning: {longs[1]}: no map: ", "File name too long",
                    "error: 1 output files could not be written")
        self.assertEqual(sorted(files(why)), ["a.jpg", name, "z.jpg"])
        self.assertEqual(len(result.stdout.splitlines()), 4)

    def test_links_to_the_others_are_made(self):
        longs = [self.folder / folder / ("x" * (LONGEST_NAME - 4) + ".jpg") for folder in "pq"]
        for path in longs:
            path.parent.mkdir()
            shutil.copy(self.good[0], path)
        result = catdog("predict", "--model", self.model, *longs, *self.good, "--sort-into",
                        self.folder / "sorted")  # the second would be x…x-2.jpg
        self.expect(result, 3, f"warning: {longs[1]}: no link: ", "File name too long",
                    "1 output files could not be written")
        self.assertEqual(len(list((self.folder / "sorted").rglob("*.jpg"))), 3)

    def test_a_full_disk_ends_it(self):
        for flag, limit in (("--explain", "size=16k"), ("--sort-into", "nr_inodes=6")):
            with self.subTest(flag=flag):
                disk = self.folder / limit.replace("=", "-")
                disk.mkdir()
                result = mounts(f'mount -t tmpfs -o {limit} none {disk} && exec "$CATDOG" "$@"', "sh",
                                "predict", "--model", self.model, self.data / "test", flag,
                                disk / "out")
                if result is None:
                    self.skipTest("this process may not mount")
                self.expect(result, 1, "No space left on device")
                self.assertEqual(result.stderr.count("\n"), 1)


class Preview(CommandTest):
    def test_the_others_are_on_the_sheet(self):
        folder = self.folder / "pictures"
        folder.mkdir()
        (folder / "a.jpg").symlink_to("nowhere")
        for i in range(2):
            shutil.copy(self.pictures / f"cat.{i}.jpg", folder)
        (folder / "text.jpg").write_text("text")
        result = catdog("preview", folder, "--count", 1, cwd=self.folder)
        self.expect(result, 3, f"warning: {folder}/a.jpg: No such file or directory\n",
                    f"warning: {folder}/text.jpg: not a JPEG",
                    "2 of 4 images could not be read and are not on the sheet")
        self.assertEqual(result.stdout, "preview.png\n")
        self.assertEqual(png_size((self.folder / "preview.png").read_bytes())[1], 2 * 176 + 8)

    def test_of_none_there_is_no_sheet(self):
        for name in ("a.jpg", "b.jpg"):
            (self.folder / name).write_text("text")
        self.expect(catdog("preview", self.folder, cwd=self.folder), 3,
                    f"none of the first 2 images of {self.folder} can be read")
        self.assertFalse((self.folder / "preview.png").exists())


class Check(CommandTest):
    def check(self, folder):
        os.chmod(self.temp.name, 0o755)
        os.chmod(self.folder, 0o755)
        result = as_a_user("check", folder, "--near", -1, "--json")
        report = json.loads(result.stdout) if result.stdout else {"findings": []}
        return result, report, [(f["kind"], f["files"], f["detail"]) for f in report["findings"]]

    def test_a_closed_folder_in_a_split(self):
        split = self.folder / "split"
        shutil.copytree(self.data, split)
        (split / "split.json").unlink()
        inner = split / "train/cats/inner"
        inner.mkdir()
        (split / "train/dogs/text.jpg").write_text("text")
        close(self, inner)
        result, report, findings = self.check(split)
        self.expect(result, 3, "2 findings would spoil")
        self.assertEqual(report["pictures"], 81)
        self.assertEqual(findings[0], ("unreadable", ["train/cats/inner"], "Permission denied"))
        self.assertEqual(findings[1][:2], ("no-picture", ["train/dogs/text.jpg"]))
        # Of a class or subset that cannot be read, nothing is said that is not known.
        for closed, pictures in (("test/dogs", 73), ("validation", 57)):
            close(self, split / closed)
            _, report, findings = self.check(split)
            self.assertEqual(report["pictures"], pictures)
            self.assertIn(("unreadable", [closed], "Permission denied"), findings)
            self.assertEqual([f for f in findings if f[0] == "classes"], [])

    def test_a_closed_folder_in_a_source(self):
        source = self.folder / "source"
        for animal in ("cat", "dog", "rabbit"):
            (source / animal).mkdir(parents=True)
            for i in range(3):
                shutil.copy(self.pictures / f"{'dog' if animal == 'dog' else 'cat'}.{i}.jpg",
                            source / animal)
        close(self, source / "rabbit")
        result, report, findings = self.check(source)
        self.expect(result, 3, "1 finding would spoil")
        self.assertEqual((report["pictures"], findings),
                         (6, [("unreadable", ["rabbit"], "Permission denied")]))
        close(self, source / "dog")
        result, _, _ = self.check(source)
        self.expect(result, 3, f"cannot read the folder {source}/dog: Permission denied\n")
        close(self, source)
        result, _, _ = self.check(source)
        self.expect(result, 3, f"cannot read the folder {source}: Permission denied\n")


class Runs(ReportTest):
    def test_report_is_about_the_others(self):
        good = [self.make_run(name) for name in "ab"]
        for name in ("cut", "begun", "listed"):
            self.make_run(name)
        (self.folder / "cut/metrics.csv").write_text(METRICS + "4,0.6")
        (self.folder / "begun/metrics.csv").write_text(METRICS.split("\n")[0] + "\n")
        (self.folder / "listed/config.json").write_text('{"train": []}')
        runs = [self.folder / name for name in ("cut", "a", "begun", "absent", "listed", "b")]
        result = catdog("report", *runs, cwd=self.folder)
        self.assertEqual((result.returncode, result.stdout), (4, "report.html\n"), result.stderr)
        lines = result.stderr.splitlines()
        for line, text in zip(lines, ["cut/metrics.csv: damaged after epoch 3",
                                      "begun/metrics.csv: holds no epoch that ended",
                                      "absent/config.json: No such file or directory",
                                      "listed/config.json: train must be an object",
                                      "4 of 6 runs cannot be read and are not on the page"],
                              strict=True):
            self.assertIn(text, line)
        page = Page(self.folder / "report.html")
        self.expect_text(page, *(run.name for run in good))
        self.assertIn("run-1", page.ids)
        self.assertNotIn("run-2", page.ids)

    def test_runs_lists_what_is_broken(self):
        os.chmod(self.folder, 0o755)
        for name in ("good", "closed", "listed", "odd"):
            self.make_run(name)
        (self.folder / "listed/config.json").write_text('{"train": []}')
        (self.folder / "odd/config.json").unlink()
        (self.folder / "odd/config.json").symlink_to("nowhere")
        (self.folder / "odd/metrics.csv").unlink()
        (self.folder / "link").symlink_to("nowhere")
        (self.folder / "notes").mkdir()
        close(self, self.folder / "closed")
        result = as_a_user("runs", self.folder, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        runs = {run["name"]: run for run in json.loads(result.stdout)["runs"]}
        self.assertEqual({name: run["state"] == "damaged" for name, run in runs.items()},
                         {"good": False, "closed": True, "listed": True, "odd": True, "link": True})
        for name, text in (("closed", "Permission denied"), ("listed", "train must be an object"),
                           ("odd", "No such file"), ("link", "No such file")):
            self.assertIn(text, runs[name]["problem"])
        lines = as_a_user("runs", self.folder).stdout.splitlines()
        self.assertEqual(len(lines), 6)
        self.assertTrue(any(line.startswith("closed ") and "Permission denied" in line
                            for line in lines))
        close(self, self.folder)
        result = as_a_user("runs", self.folder)
        self.assertEqual(result.returncode, 4)
        self.assertIn("cannot be listed: Permission denied", result.stderr)


if __name__ == "__main__":
    unittest.main()
