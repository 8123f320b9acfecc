#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws the book's two figures, accuracy and loss by epoch, from the metrics.csv of runs.

One run: RUN/curves.png. Several: one beside the other in the same axes, into --output.
Dots are training, lines are validation. Needs matplotlib and nothing else.
"""

import argparse
import csv
import os
import sys
from pathlib import Path
from typing import NamedTuple, NoReturn

# One panel each: title, axis label, training column, validation column.
PANELS = (
    ("Training and validation accuracy", "Accuracy", "acc", "val_acc"),
    ("Training and validation loss", "Loss", "loss", "val_loss"),
)
COLUMNS = ("epoch", "acc", "val_acc", "loss", "val_loss")
# Okabe and Ito's colours: told apart by colour-blind readers and in grey print.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
SYSTEM_PYTHON = "/usr/bin/python3"
PACKAGES = Path(__file__).resolve().parent.parent / "third_party" / "python"


class InputError(Exception):
    """What is wrong with the arguments or files, in one line."""


class Run(NamedTuple):
    name: str
    folder: Path
    columns: dict[str, list[float]]  # by metrics.csv's names, one value an epoch


def read_run(argument: str) -> Run:
    """Reads a run folder's metrics.csv, or the .csv itself."""
    given = Path(argument)
    path = given if given.suffix == ".csv" else given / "metrics.csv"
    if path != given and not given.is_dir():
        raise InputError(f"there is no run folder {given}")
    if not path.is_file():
        raise InputError(f"there is no {path}; name a folder that catdog train made")

    columns: dict[str, list[float]] = {name: [] for name in COLUMNS}
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise InputError(f"{path} has no column {', '.join(missing)}")
        for row in reader:
            try:
                values = [float(row[name]) for name in COLUMNS]
            except (TypeError, ValueError):
                # A run that is being written may end in half a row; the middle must be sound.
                if next(reader, None) is None:
                    break
                raise InputError(f"{path}, line {reader.line_num - 1}: not a row of numbers")
            for name, value in zip(COLUMNS, values):
                columns[name].append(value)
    if not columns["epoch"]:
        raise InputError(f"{path} has no epochs yet")
    folder = path.parent
    return Run(folder.resolve().name if path != given else given.stem, folder, columns)


def smooth_curve(points: list[float], factor: float = 0.8) -> list[float]:
    """The book's exponential moving average: each point pulled towards the one before it."""
    smoothed: list[float] = []
    for point in points:
        previous = smoothed[-1] if smoothed else point
        smoothed.append(previous * factor + point * (1 - factor))
    return smoothed


def import_pyplot():
    """matplotlib without a display: this Python's own, or the one that scripts/setup brought."""
    try:
        import matplotlib
    except ImportError:
        sys.path.append(str(PACKAGES))
        try:
            import matplotlib
        except ImportError:
            # A Python of pyenv or conda comes first in PATH and does not see Debian's packages.
            if os.path.exists(SYSTEM_PYTHON) and not os.environ.get("CATDOG_PLOT_AGAIN"):
                os.environ["CATDOG_PLOT_AGAIN"] = "1"
                os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, os.path.abspath(__file__), *sys.argv[1:]])
            raise InputError("matplotlib is missing: scripts/setup brings it") from None
    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot


def draw_panel(axes, runs: list[Run], panel: tuple[str, str, str, str], smooth: bool):
    title, label, training, validation = panel
    from matplotlib.ticker import MaxNLocator

    several = len(runs) > 1
    # Long runs get small, light dots: a hundred large ones hide the lines.
    crowded = max(len(run.columns["epoch"]) for run in runs) > 40
    for number, run in enumerate(runs):
        colour = COLOURS[number % len(COLOURS)]
        prefix = f"{run.name}: " if several else ""
        epochs = run.columns["epoch"]
        axes.plot(epochs, run.columns[training], "o", color=colour, markeredgewidth=0,
                  markersize=3 if crowded else 5, alpha=0.6 if crowded or several else 1,
                  label=f"{prefix}training")
        values = run.columns[validation]
        # One epoch makes no line: it shows as a ring instead.
        ring = {"marker": "o", "markerfacecolor": "none"} if len(epochs) == 1 else {}
        if not smooth:
            axes.plot(epochs, values, color=colour, linewidth=1.8, label=f"{prefix}validation",
                      **ring)
        else:
            axes.plot(epochs, values, color=colour, linewidth=0.9, alpha=0.35,
                      label=f"{prefix}validation", **ring)
            axes.plot(epochs, smooth_curve(values), color=colour, linewidth=2,
                      label=f"{prefix}validation, smoothed")
    axes.set_title(title)
    axes.set_xlabel("Epoch")
    axes.set_ylabel(label)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(color="0.9", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def draw(runs: list[Run], output: Path, smooth: bool) -> None:
    pyplot = import_pyplot()
    pyplot.rcParams.update({"font.size": 10, "axes.titlesize": 12, "legend.fontsize": 9})
    figure, panels = pyplot.subplots(1, len(PANELS), figsize=(11, 4.4))
    for axes, panel in zip(panels, PANELS):
        draw_panel(axes, runs, panel, smooth)
    handles, labels = panels[0].get_legend_handles_labels()
    # Below both panels, where it covers no curve; one column a run while they fit.
    columns = min(len(runs), 4) if len(runs) > 1 else len(labels)
    rows = -(-len(labels) // columns)
    figure.legend(handles, labels, loc="lower center", frameon=False, ncol=columns)
    figure.tight_layout(rect=(0, 0.03 + 0.045 * rows, 1, 1), w_pad=3)
    output.parent.mkdir(parents=True, exist_ok=True)
    # Under another name first: a viewer that watches the file never sees half of it.
    partial = output.with_name(f".{output.stem}.{os.getpid()}{output.suffix}")
    try:
        figure.savefig(partial, dpi=150)
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)
    pyplot.close(figure)


def parse(arguments: list[str]) -> argparse.Namespace:
    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise InputError(f"{message}; see --help")

    parser = Parser(prog="plot_curves.py", description=__doc__.split("\n")[0])
    parser.add_argument("runs", nargs="+", metavar="RUN",
                        help="a run folder with metrics.csv, or a .csv file")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE",
                        help="picture to write (default: curves.png in the run folder, "
                             "or in this folder where there are several runs)")
    parser.add_argument("--smooth", action="store_true",
                        help="add the moving average of validation, as the book does")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    try:
        options = parse(arguments)
        runs = [read_run(argument) for argument in options.runs]
        alone = runs[0].folder if len(runs) == 1 else Path()
        output = options.output or alone / "curves.png"
        if not output.suffix:
            raise InputError(f"{output}: the file's name must end in .png, .pdf or .svg")
        draw(runs, output, options.smooth)
    except (InputError, OSError, ValueError) as error:
        print(f"plot_curves: {error}", file=sys.stderr)
        return 2
    print(output)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
