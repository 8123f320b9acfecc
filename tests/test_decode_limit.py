# SPDX-License-Identifier: Apache-2.0
"""An image that takes too much memory to decode: each command names the flag that allows it."""
import re
import shutil
import struct
import unittest
import zlib

from command_support import CommandTest, catdog


def png(width, height):
    """A gray image of one level."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x5a" * width) * height)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) +
            chunk(b"IEND", b""))


class DecodeLimit(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.large = cls.shared / "data/test/cats/large.png"  # decoding it needs 68.7 MB
        cls.small_settings = ["--set", "data.image_size=32", "--set", "model.filters=[8]", "--set",
                              "model.dense_units=8", "--workers", "1"]
        result = catdog("train", "--data", cls.data, "--epochs", 1, "--name", "a",
                        *cls.small_settings, cwd=cls.shared)
        assert result.returncode == 0, result.stderr
        cls.model = cls.shared / "runs/a/model.pt"
        cls.large.write_bytes(png(5000, 4800))

    def follow_the_advice(self, *command, where="stderr", refused=3):
        """Refused at 64 MB; done with the flag that the message ends with."""
        result = catdog(*command, "--decode-mb", 64, cwd=self.folder)
        self.assertEqual(result.returncode, refused, result.stderr)
        text = getattr(result, where)
        advice = re.search(r"large\.png\S* .*needs 69 MB to decode, data\.decode_mb allows 64: "
                           r"(--decode-mb 69)\b", text)
        self.assertTrue(advice, text)
        result = catdog(*command, *advice[1].split(), cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("to decode", result.stdout + result.stderr)

    def test_predict(self):
        self.follow_the_advice("predict", "--model", self.model, self.large, where="stdout")

    def test_explain_writes_no_side_above_4096(self):
        self.follow_the_advice("predict", "--model", self.model, self.large, where="stdout")
        result = catdog("predict", "--model", self.model, self.large, "--explain", self.folder / "maps")
        self.assertEqual(result.returncode, 0, result.stderr)
        jpeg = (self.folder / "maps/large.jpg").read_bytes()
        frame = jpeg.index(b"\xff\xc0")
        self.assertEqual(struct.unpack(">HH", jpeg[frame + 5:frame + 9]), (3932, 4096))

    def test_eval(self):
        self.follow_the_advice("eval", "--model", self.model)

    def test_split(self):
        shutil.copytree(self.data / "train", self.folder / "images")
        shutil.copyfile(self.large, self.folder / "images/cats/large.png")
        self.follow_the_advice("split", self.folder / "images", self.folder / "data", "--fractions",
                               ".6,.2,.2")

    def folder_with_large(self):
        for subset in ("train", "validation"):
            shutil.copytree(self.data / subset, self.folder / "data" / subset)
        shutil.copyfile(self.large, self.folder / "data/train/cats/large.png")
        return self.folder / "data"

    def test_check(self):
        data = self.folder_with_large()
        self.follow_the_advice("check", data, "--near", -1, where="stdout")

    def test_train_and_resume(self):
        data = self.folder_with_large()
        train = ["train", "--data", data, "--epochs", 1, *self.small_settings, "--name"]
        self.follow_the_advice(*train, "b")
        result = catdog("train", "--resume", self.folder / "runs/b", "--epochs", 2, "--decode-mb", 100,
                        cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        # Skipped before training begins, with any kind of resizing.
        for resize in ("nearest", "area"):
            result = catdog(*train, resize, "--decode-mb", 64, "--set", "data.on_bad=skip", "--set",
                            f"data.resize={resize}", cwd=self.folder)
            self.expect(result, 0, "large.png", "needs 69 MB to decode")

    def test_preview(self):
        self.follow_the_advice("preview", self.large, "--set", "data.image_size=32")

    def test_report(self):
        run = self.folder / "run"
        shutil.copytree(self.shared / "runs/a", run)
        result = catdog("eval", "--model", self.model, "--save-predictions",
                        run / "predictions/test.csv")
        self.assertEqual(result.returncode, 0, result.stderr)
        for limit, refused in (("64", True), ("69", False)):
            result = catdog("report", run, "--decode-mb", limit)
            self.assertEqual(result.returncode, 0, result.stderr)
            page = (run / "report.html").read_text()
            self.assertEqual("data.decode_mb allows 64: --decode-mb 69" in page, refused)


if __name__ == "__main__":
    unittest.main()
