# SPDX-License-Identifier: Apache-2.0
"""What the tests of advice share: which messages of the source advise something, and cases that
receive an advice from the program and follow it. Python's standard library alone.
"""
import functools
import pathlib
import re

from command_support import CommandTest, catdog

# Of train: a run of one step.
SMALL = ("--epochs", 1, "--set", "data.image_size=16", "--set", "model.filters=[4,4]", "--set",
         "model.dense_units=4", "--set", "train.steps_per_epoch=1", "--workers", 0, "--threads", 1)
FRACTIONS = ("--fractions", ".5,.25,.25")  # of split

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Comments, characters, strings, and what ends a statement.
TOKEN = re.compile(r"//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])'|\"((?:[^\"\\\n]|\\.)*)\"|;|\n|.", re.S)
# What --help, the manual page and the config's table print is no message.
HELP = re.compile(r"\badd_(?:option|flag|subcommand|setting_flag|examples|switch)|\badd\(\"|"
                  r"\btable\.\w+\(")

# How a clause of a message begins that says what to do.
DO = (r"(?:use|try|choose|rename|remove|mend|make|keep|move|convert|save|add|wait|end|give|name|put|"
      r"take|leave|install|unset|set|build|do|replace|train (?:it|on|them)|needs? one|did you mean|"
      r"CATDOG_\w+|a (?:larger|smaller) |a train\.|ulimit|nvidia-smi|the nearest known one)\b")
# What has an effect that the user may want: flags, commands, keys of the config, values.
MEANS = (r"(?:(?<![\w(-])--[a-z]|(?<!\w)-o\b|catdog (?:\{\} (?:--|\{)|--help|(?:%s)(?!\w))|scripts/\w)")
KEY = r"(?:(?:data|model|train|augment|optimizer|schedule)\.\w+|\[[^\]]*\]) (?:= \w+ )?[a-z]+s\b"
CAN = r"may (?:help|still be)|with catdog are \{\}$"


def literals(text):
    """(line, string, code before it in its statement) of C++ text; neighbours are put together."""
    line, code, found, follows = 1, "", [], False
    for match in TOKEN.finditer(text):
        token = match[0]
        if match[1] is not None:
            if follows:
                found[-1] = (found[-1][0], found[-1][1] + match[1], found[-1][2])
            else:
                found.append((line, match[1], code + '"'))
            follows = True
            code += '""'
            continue
        line += token.count("\n")
        if token.isspace() or token.startswith(("//", "/*")):
            code += " "
            continue
        follows = False
        code = "" if token == ";" else code + token
    return found


@functools.cache
def commands():
    """The names of catdog's commands, as the source has them."""
    text = "".join(path.read_text() for path in sorted(ROOT.glob("src/cli/*.cpp")))
    return sorted(set(re.findall(r'add_subcommand\(\s*"(\w+)"', text)))


def advises(text):
    """Whether this string of the source says what to do."""
    whole = re.sub(r"^--[a-z-]+(?: \{\})?: ", "", text)  # the flag that it is about
    if " " not in whole.strip() or text.startswith("#"):  # a name; a script
        return False
    means = re.compile(MEANS % "|".join(commands()))
    parts = re.split(r"(; |: |, )", whole)
    clauses = [("", parts[0]), *zip(parts[1::2], parts[2::2])]
    for mark, clause in clauses:
        starts = re.match(r"(?:or |and |then |`)?" + DO, clause)
        if starts and (mark or not re.match("name |take |set |keep ", clause)):
            return True
        if re.search(r"\bmust be\b|\bnot\b", clause):
            continue
        found = means.search(clause)
        if found and (mark or found[0].startswith("catdog") and found.start() == 0):
            return True
        if mark == "; " and re.match(KEY, clause) or re.search(CAN, clause):
            return True
    return False


@functools.cache
def messages():
    """{string with advice: its first "file:line"}, of the whole source."""
    found = {}
    for path in sorted([*ROOT.glob("src/**/*.?pp"), *ROOT.glob("include/**/*.hpp")]):
        for line, text, code in literals(path.read_text()):
            if advises(text) and not HELP.search(code):
                found.setdefault(text, f"{path.relative_to(ROOT)}:{line}")
    return found


def pattern(fragment):
    """A regular expression for what the program says where the source has this string."""
    text = re.sub(r"\\(.)", r"\1", fragment)
    return "(.*?)".join(re.escape(part) for part in re.split(r"\{[^}]*\}", text))


def advice(*fragments):
    """Marks a test that is given this advice, by strings of the source, and follows it."""
    def mark(test):
        @functools.wraps(test)
        def checked(self):
            self.left = list(fragments)
            test(self)
            self.assertEqual(self.left, [], "the test never saw this advice")
            self.assertTrue(self.has_followed, "the test never followed the advice")
        checked.fragments = fragments
        return checked
    return mark


class AdviceTest(CommandTest):
    """With 24 images of two classes, in a folder and split."""

    @classmethod
    def make_data(cls):
        assert catdog("synth", cls.pictures, "--per-class", 12, "--size", 32).returncode == 0
        assert catdog("split", cls.pictures, cls.data, "--train", 4, "--validation", 4, "--test",
                      4).returncode == 0

    def setUp(self):
        super().setUp()
        self.left, self.has_followed = [], False

    def told(self, result, code):
        """What the program says, with that exit code and at least one more of the test's advices."""
        said = result.stdout + result.stderr
        self.assertEqual(result.returncode, code, said)
        found = [one for one in self.left if re.search(pattern(one), said, re.S)]
        self.assertTrue(found or not self.left, f"{self.left} is not in: {said}")
        self.left = [one for one in self.left if one not in found]
        return said

    def follow(self, *arguments, **keywords):
        """Runs catdog as the advice says; it must succeed."""
        result = catdog(*arguments, **keywords)
        self.assertEqual(result.returncode, 0, f"{arguments}: {result.stderr}")
        self.has_followed = True
        return result
