# SPDX-License-Identifier: MIT
"""Weak containers against CPython 3.11's, in turn, on one processor: `tools/bench --weak`."""
import statistics
import subprocess
import sys
from pathlib import Path

PYTHON = "/usr/bin/python3.11"
SCRIPT = Path(__file__).resolve().parent / "drivers/weak_cpython.py"
COUNTS = (10_000, 100_000, 1_000_000)
NAMES = {"insert": "weak-value map: insert", "hit": "weak-value map: hit",
         "death": "weak-value map: death of an entry", "iterate": "weak set: iteration, a member"}


def measure(command, cpu):
    printed = subprocess.run(["taskset", "-c", str(cpu), *command], check=True, text=True,
                             capture_output=True, timeout=300).stdout
    return {name: float(ns) for name, ns in map(str.split, printed.splitlines())}


def table(count, rounds, times):
    lines = [f"{count} entries, median of {rounds} rounds, ns of processor time an operation",
             f"{'':36} {'Cairn':>8} {'CPython':>8} {'ratio':>6}  (of each round)"]
    for name, text in NAMES.items():
        cairn, cpython = ([sample[name] for sample in times[peer]] for peer in times)
        ratios = sorted(b / a for a, b in zip(cairn, cpython))
        lines.append(f"{text:36} {statistics.median(cairn):8.1f} {statistics.median(cpython):8.1f} "
                     f"{statistics.median(ratios):6.1f}  ({ratios[0]:.1f} to {ratios[-1]:.1f})")
    return "\n".join(lines) + "\n"


def run(driver, cpu, rounds, out):
    """Prints a table for each number of entries and writes them to the file `out`."""
    tables = []
    for count in COUNTS:
        print(f"tools/bench: {count} entries", file=sys.stderr, flush=True)
        peers = {"Cairn": [*driver, str(count)],
                 "CPython": [PYTHON, "-I", str(SCRIPT), str(count)]}
        times = {peer: [] for peer in peers}
        for _ in range(rounds):
            for peer, command in peers.items():
                times[peer].append(measure(command, cpu))
        tables.append(table(count, rounds, times))
    text = "\n".join(tables)
    out.write_text(text, encoding="utf-8")
    print(text)
