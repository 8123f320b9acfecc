# SPDX-License-Identifier: Apache-2.0
"""Every message of the source that says what to do is followed by a test: here are those of other
files, and those that no test can follow."""
import re
import unittest

import test_advice_data
import test_advice_runs
import test_advice_split
import test_advice_usage
from advice_support import ROOT, advises, literals, messages

# A string of the source → the test that is given the advice and follows it.
FOLLOWED_ELSEWHERE = {
    ": --decode-mb ": "test_decode_limit.py::test_predict",
    "); convert them to JPEG or PNG, or move the folder elsewhere":
        "split_layout_test.cpp: NoClassVanishesBecauseOfItsFormat",
    ", but other folders with images lie beside it; give ":
        "split_test.cpp: NamesTheFolderToGiveInKagglesArchive",
    ": wait for its end, or end it": "run_folder_test.cpp: IsLockedWhileItIsInTheMaking",
    ", and catdog does not write through it: remove ":
        "test_prepared_paths.py::test_what_a_refusal_says_helps",
    ": remove it, and catdog makes a new one":
        "test_cache_trust.py::test_one_that_is_removed_is_made_anew",
    ": was not left there by an interrupted catdog":
        "test_foreign_cleanup.py::test_a_forged_folder_takes_nothing_from_the_user",
    "; move it away and try again":
        "test_foreign_cleanup.py::test_what_stands_in_the_way_of_putting_back_is_named_and_stays",
    "files cannot be locked: make sure that no other process writes there":
        "test_lacking_file_systems.py::test_one_missing_call_gives_one_warning",
    "catdog train --batch-size 16 --set data.cache=disk takes less":
        "test_advice_usage.py::test_commands_for_machines_that_lack_something",
    "catdog bench --only step --device cpu tries it without a GPU":
        "test_advice_usage.py::test_commands_for_machines_that_lack_something",
}

# A string of the source → why no test follows it.
NOT_FOLLOWED = {
    "build catdog on an OpenCV with these codecs, as Debian's libopencv-imgcodecs-dev":
        "It needs another OpenCV and a build.",
    "end other programs, or give the container more memory": "The memory is the machine's.",
    "training will be slower than it could be; end what is not needed":
        "The programs are the user's.",
    "scripts/setup brings a LibTorch that has it; then scripts/build":
        "It needs another LibTorch and a build.",
    "CATDOG_LIBTORCH=FOLDER scripts/build with a CUDA build; docs/building.md":
        "It needs a GPU and a build with CUDA.",
    "nvidia-smi tells how the driver is": "It needs a GPU whose driver fails.",
    "install NVIDIA's driver; in a container, pass the GPU in": "It needs a GPU without a driver.",
    ": another catdog is writing there; wait until it is done":
        "The other one is a user's command that ends by itself.",
    "install a newer one, or read no images of others": "It needs another library.",
    "a limit on threads or memory is too low": "Which limit is met first depends on the machine.",
    "the training step cannot be recorded as a CUDA graph ({}): try --set train.cuda_graph=false":
        "It needs a GPU that refuses a graph.",
    "this device does not repeat itself to the bit; leave --deterministic out, or use --device cpu":
        "It needs a device that does not repeat its numbers.",
    "the model gives logits that are not finite numbers: train it anew":
        "Training keeps no such model: its file would have to be forged.",
    "an ONNX file holds at most 2,047: --format safetensors has no such limit":
        "It needs a model of more than 2 GB.",
}


def fragments_in(module):
    """The strings of the source that the module's tests follow."""
    return [fragment for case in vars(module).values() if isinstance(case, type)
            for test in vars(case).values() for fragment in getattr(test, "fragments", ())]


FOLLOWED = [fragment for module in (test_advice_data, test_advice_runs, test_advice_split,
                                    test_advice_usage)
            for fragment in fragments_in(module)]


class Advice(unittest.TestCase):
    def test_every_message_with_advice_is_in_a_table(self):
        known = [*FOLLOWED, *FOLLOWED_ELSEWHERE, *NOT_FOLLOWED]
        unknown = [f"{place}: {text}" for text, place in messages().items()
                   if not any(fragment in text for fragment in known)]
        self.assertEqual(unknown, [], "this advice is followed by no test; write one, as those in "
                                      "test_advice_runs.py")

    def test_the_tables_name_no_message_that_is_gone(self):
        for fragment in (*FOLLOWED, *FOLLOWED_ELSEWHERE, *NOT_FOLLOWED):
            self.assertTrue(any(fragment in text for text in messages()), fragment)

    def test_a_message_is_in_one_table(self):
        tables = (set(FOLLOWED), set(FOLLOWED_ELSEWHERE), set(NOT_FOLLOWED))
        self.assertEqual(sum(map(len, tables)), len(set.union(*tables)))

    def test_the_tests_of_other_files_exist(self):
        for fragment, place in FOLLOWED_ELSEWHERE.items():
            file, name = re.split(r"::|: ", place)
            definition = rf"def {name}\(" if file.endswith(".py") else rf"TEST\w*\(\w+, {name}\)"
            self.assertRegex((ROOT / "tests" / file).read_text(), definition, fragment)

    def test_what_is_advice(self):
        for text in ("; name another file", "is not empty; choose another folder", ": try again",
                     "make room, or wait", "catdog runs lists them", "{}: gone; --runs names another",
                     "unknown; the nearest known one is {}", "no; did you mean {}?",
                     "too large: a smaller --lr may help", "flat; model.head = average sees any"):
            self.assertTrue(advises(text), text)
        for text in ("--lr {}: must be a number from 0 to 1", "--max-time is over", "name",
                     "the accuracy lies below --min-accuracy {}", "not a catdog model file",
                     "train.epochs is {}, the run has {}", "{}: holds no image of {}"):
            self.assertFalse(advises(text), text)

    def test_strings_are_read_as_a_compiler_reads_them(self):
        text = 'f("a" // "b"\n  "c;" \'"\', "d\\"e"); /* "f" */ g("h")'
        self.assertEqual([(line, string) for line, string, _ in literals(text)],
                         [(1, "ac;"), (2, 'd\\"e'), (2, "h")])
        self.assertGreater(len(messages()), 80)


if __name__ == "__main__":
    unittest.main()
