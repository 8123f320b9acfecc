# SPDX-License-Identifier: Apache-2.0
"""Results as Markdown tables, and their place in a document."""
import pathlib

from rounds import BenchError, median


def markdown(header, rows):
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def contender_table(title, contenders):
    """Units a second of each, quickest first."""
    rows = [[f"{c.family}, {c.name}", f"{median(c):.0f}", f"{min(c.rates):.0f}",
             f"{max(c.rates):.0f}", f"{c.peak_mb:.0f} MB"]
            for c in sorted(contenders, key=median, reverse=True)]
    return markdown([title, "median", "slowest", "fastest", "peak memory"], rows)


def ratio_table(ratios):
    """`ratios`: (what, (by medians, by fastest rounds))."""
    return markdown(["", "medians", "fastest round"],
                    [[what, f"{medians:.2f}", f"{fastest:.2f}"]
                     for what, (medians, fastest) in ratios])


def insert(path, name, text):
    """Puts the text between the comments `<!-- NAME -->` and `<!-- /NAME -->` of a document."""
    document = pathlib.Path(path).read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    before, found_begin, rest = document.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise BenchError(f"{path}: has no lines {begin.strip()} and {end.strip()}")
    pathlib.Path(path).write_text(before + begin + "\n" + text + "\n" + end + after,
                                  encoding="utf-8")
