#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs random programs about the heap in CPython 3.11 and in pebble, and compares what they print.

usage: run.py [OPTION...] COMMAND...     as in: run.py build/release/bin/pebble --cpython-order

  --python PROGRAM   CPython 3.11 (the one that runs this)
  --seed N           the first program (0)
  --count N          how many (1000)
  --batch N          so many in each process (25)
  --keep FOLDER      goes on after a difference, and writes each program, shortened, there
  --show             prints the programs and runs nothing

Otherwise the first difference ends the run: the program is shortened, and shown with both outputs.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

import generate

FOLDER = pathlib.Path(__file__).resolve().parent
PRELUDE = (FOLDER / "prelude.py").read_text()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=25)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    return parser.parse_args()


class Comparison:
    """Two commands and a file for the program that they run."""

    def __init__(self, options, folder):
        self.commands = [[options.python, "-X", "faulthandler"], options.command]
        self.file = pathlib.Path(folder) / "programs.py"

    def outputs(self, programs):
        """What each command prints; the way it ends is the last line."""
        self.file.write_text(PRELUDE + "\n" + "\n".join(program.text() for program in programs))
        running = [subprocess.Popen([*command, self.file], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                    text=True, errors="backslashreplace") for command in self.commands]
        texts = []
        for process in running:
            try:
                text, errors = process.communicate(timeout=120)
            except subprocess.TimeoutExpired:
                process.kill()
                text, errors = process.communicate()
                errors += "takes too long"
            texts.append(text + (f"status {process.returncode}\n{errors[-2000:]}"
                                 if process.returncode != 0 or errors else ""))
        return texts

    def differ(self, programs):
        texts = self.outputs(programs)
        return texts[0] != texts[1]

    def shorten(self, programs):
        """Fewest programs, then fewest lines, that still differ."""
        programs = without(programs, lambda rest: bool(rest) and self.differ(rest))
        for program in programs:
            changed = True
            while changed:
                before = program.text()
                for lines in [program.main, *program.actions]:
                    def still(rest, lines=lines):
                        saved = lines[:]
                        lines[:] = rest
                        if self.differ(programs):
                            return True
                        lines[:] = saved
                        return False
                    lines[:] = without(lines, still)
                changed = program.text() != before
        return programs


def without(items, still):
    """Removes what can go, in halves, quarters ... while `still(rest)` holds."""
    size = max(len(items) // 2, 1)
    while True:
        at = 0
        while at < len(items):
            rest = items[:at] + items[at + size:]
            if still(rest):
                items = rest
            else:
                at += size
        if size == 1:
            return items
        size //= 2


def side_by_side(texts):
    lines = [text.splitlines() for text in texts]
    rows = max(len(column) for column in lines)
    return "\n".join(f"{'  ' if a == b else '! '}{a:40} {b}" for a, b in
                     zip(*(column + [""] * (rows - len(column)) for column in lines)))


def explain(comparison, programs):
    short = comparison.shorten(programs)
    report = "\n".join(program.text() for program in short)
    report += "\n# CPython, then the other:\n" + side_by_side(comparison.outputs(short)) + "\n"
    return short[-1].title, report


def compare(options, comparison):
    differences = lines = 0
    for first in range(options.seed, options.seed + options.count, options.batch):
        seeds = range(first, min(first + options.batch, options.seed + options.count))
        programs = [generate.Generator(seed).program(str(seed)) for seed in seeds]
        texts = comparison.outputs(programs)
        lines += texts[0].count("\n")
        if texts[0] == texts[1] and "\nstatus " not in texts[0]:
            continue
        if texts[0] == texts[1]:
            print(f"programs from {first} on end badly in both:\n{texts[0][-3000:]}")
            return 1
        if options.keep is None:
            print("\n".join(explain(comparison, programs)))
            return 1
        # One at a time, so that one batch may show several; together where none does alone.
        alone = [[program] for program in programs if comparison.differ([program])]
        for different in alone or [programs]:
            differences += 1
            title, report = explain(comparison, different)
            name = title.replace(" ", "-")
            options.keep.joinpath(f"{name}.txt").write_text(report)
            print(f"difference: {title}", flush=True)
    print(f"{options.count} programs, {lines} lines of output, {differences} differences")
    return 1 if differences else 0


def main():
    options = parse_arguments()
    if options.show:
        for seed in range(options.seed, options.seed + options.count):
            print(generate.Generator(seed).program(str(seed)).text())
        return 0
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        return compare(options, Comparison(options, folder))


if __name__ == "__main__":
    sys.exit(main())
