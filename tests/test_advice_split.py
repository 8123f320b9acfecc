# SPDX-License-Identifier: Apache-2.0
"""Advice of catdog split: each test is given it by the program and follows it. test_advice.py sees
to it that none is left out."""
import fcntl
import os
import shutil
import threading
import unittest

from advice_support import FRACTIONS, SMALL, AdviceTest, advice
from command_support import catdog, mounts


class Split(AdviceTest):
    def setUp(self):
        super().setUp()
        self.source, self.made = self.folder / "source", self.folder / "made"

    def flat(self, folder, kinds=("cat", "dog"), first=0, count=6):
        folder.mkdir(parents=True)
        for kind in kinds:
            for i in range(first, first + count):
                shutil.copy(self.pictures / f"{kind}.{i}.jpg", folder)

    def split(self, *arguments, source=None):
        return catdog("split", source or self.source, self.made, *FRACTIONS, *arguments)

    def follow_split(self, *arguments, source=None, made=None):
        return self.follow("split", source or self.source, made or self.made, *FRACTIONS, *arguments)

    @advice("{} {} in no subset: {}{}; --fractions that sum to 1 use every image")
    def test_images_in_no_subset(self):
        self.flat(self.source)
        self.told(catdog("split", self.source, self.made, "--fractions", ".4,.2,.2"), 0)
        said = self.follow_split("--force").stderr
        self.assertNotIn("in no subset", said)

    @advice("; remove or mend them, or take the next ones with --skip-bad")
    def test_unreadable_images(self):
        self.flat(self.source)
        bad = self.source / "cat.0.jpg"
        bad.write_text("text")
        self.told(self.split(), 3)
        self.follow_split("--skip-bad")
        shutil.copy(self.pictures / "cat.0.jpg", bad)
        self.follow_split(made=self.folder / "mended")
        bad.unlink()
        self.follow_split(made=self.folder / "removed")

    @advice("; choose a destination outside it", "; choose another destination")
    def test_a_destination_that_overlaps_the_source(self):
        self.flat(self.source)
        self.told(catdog("split", self.source, self.source / "made", *FRACTIONS), 2)
        self.follow_split()
        self.told(catdog("split", self.made / "train", self.made, *FRACTIONS, "--force"), 2)
        self.follow_split(source=self.made / "train", made=self.folder / "other")

    @advice("; rename it, move it elsewhere, or make one folder a class")
    def test_a_name_without_a_class(self):
        self.flat(self.source)
        odd = self.source / "IMG_1.jpg"
        shutil.copy(self.pictures / "cat.11.jpg", odd)
        self.told(self.split(), 3)
        odd.rename(self.source / "cat.11.jpg")
        self.follow_split()
        (self.source / "cat.11.jpg").rename(self.folder / "elsewhere.jpg")
        self.follow_split("--force")

    @advice("train on it as it is with --data, or ", "put its subsets together and split anew with "
            "--merge")
    def test_a_split_of_a_split(self):
        self.told(catdog("split", self.data, self.made, *FRACTIONS), 3)
        self.follow_split("--merge", source=self.data)
        self.follow("train", "--data", self.data, *SMALL, cwd=self.folder)

    @advice("; needs one folder a class, at least two (cats/1.jpg, dogs/1.jpg), or names such as "
            "cat.0.jpg and dog.0.jpg")
    def test_names_that_tell_no_class(self):
        self.source.mkdir()
        for i in range(6):
            shutil.copy(self.pictures / f"cat.{i}.jpg", self.source / f"{i}.jpg")
        self.told(self.split(), 3)
        (self.source / "cats").mkdir()
        (self.source / "dogs").mkdir()
        for i in range(6):
            (self.source / f"{i}.jpg").rename(self.source / "cats" / f"{i}.jpg")
            shutil.copy(self.pictures / f"dog.{i}.jpg", self.source / "dogs")
        self.follow_split()
        for kind in ("cat", "dog"):
            for i, path in enumerate(sorted((self.source / f"{kind}s").iterdir())):
                path.rename(self.source / f"{kind}.{i}.jpg")
            (self.source / f"{kind}s").rmdir()
        self.follow_split("--force")

    @advice(": is not split into train, validation or test, so --merge has nothing to do")
    def test_nothing_to_merge(self):
        self.flat(self.source)
        self.told(self.split("--merge"), 3)
        self.follow_split()

    @advice(": they are on different file systems; use --copy or --symlink")
    def test_hard_links_to_another_disk(self):
        self.flat(self.source)
        self.made.mkdir()
        script = f'''mount -t tmpfs none {self.made} || exit 99
                     for flag in --hardlink --copy --symlink; do
                       "$CATDOG" split {self.source} {self.made}/$flag --fractions .5,.25,.25 $flag
                       echo $? >> {self.folder}/codes
                     done
                     exit $(head -1 {self.folder}/codes)'''
        result = mounts(script)
        if result is None:
            self.left, self.has_followed = [], True
            self.skipTest("this process may not mount")
        self.told(result, 1)
        self.assertEqual((self.folder / "codes").read_text().split(), ["1", "0", "0"])
        self.has_followed = True

    @advice(": changed while the split was being made; try again")
    def test_an_image_that_changes_meanwhile(self):
        self.assertEqual(catdog("synth", self.source, "--per-class", 6, "--size",
                                1500).returncode, 0)
        image, stop = self.source / "cat.0.jpg", threading.Event()
        content = (self.pictures / "cat.0.jpg").read_bytes()

        def keep_changing():
            count = 0
            while not stop.wait(.001):
                count += 1
                (self.folder / "next").write_bytes(content + b"%d" % count)
                os.replace(self.folder / "next", image)
        thread = threading.Thread(target=keep_changing)
        thread.start()
        try:
            result = self.split()
        finally:
            stop.set()
            thread.join()
        self.told(result, 1)
        self.follow_split()

    @advice(": another catdog split is writing there; wait until it is done")
    def test_a_destination_in_use(self):
        self.flat(self.source)
        self.made.mkdir()
        other = os.open(self.made, os.O_RDONLY)
        fcntl.flock(other, fcntl.LOCK_EX)
        self.told(self.split(), 1)
        os.close(other)
        self.follow_split()

    @advice(" is not empty; choose another folder, or replace its split with --force",
            " was not made by catdog split, so --force does not replace it; choose another folder")
    def test_a_destination_that_is_not_empty(self):
        self.flat(self.source)
        self.follow_split()
        self.told(self.split(), 2)
        self.follow_split("--force")
        self.follow_split(made=self.folder / "another")
        (self.made / "split.json").unlink()
        self.told(self.split("--force"), 2)
        self.follow_split("--force", made=self.folder / "third")


if __name__ == "__main__":
    unittest.main()
