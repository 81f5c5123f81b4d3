#!/usr/bin/env python3
"""Compare Cairn's weak containers with CPython 3.11's, in turn, on one processor.

usage: weak_containers.py DRIVER [COUNT [ROUNDS]]
DRIVER is the program "weak" that the benchmarks' build puts into its folder "drivers".
"""
import os
import statistics
import subprocess
import sys
from pathlib import Path

PYTHON = "/usr/bin/python3.11"
SCRIPT = Path(__file__).resolve().parent / "drivers/weak_cpython.py"
NAMES = {"insert": "weak-value map: insert", "hit": "weak-value map: hit",
         "death": "weak-value map: death of an entry", "iterate": "weak set: iteration, a member"}


def run(command, cpu):
    printed = subprocess.run(["taskset", "-c", str(cpu), *command], check=True, text=True,
                             capture_output=True, timeout=300).stdout
    return {name: float(ns) for name, ns in map(str.split, printed.splitlines())}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    driver, count, rounds = sys.argv[1], *(sys.argv[2:] + ["100000", "7"][len(sys.argv) - 2:])
    cpu = max(os.sched_getaffinity(0))
    peers = {"Cairn": [driver, count], "CPython": [PYTHON, "-I", str(SCRIPT), count]}
    times = {peer: [] for peer in peers}
    for _ in range(int(rounds)):
        for peer, command in peers.items():
            times[peer].append(run(command, cpu))
    print(f"{count} entries, median of {rounds} rounds, ns of processor time an operation")
    print(f"{'':36} {'Cairn':>8} {'CPython':>8} {'ratio':>6}  (of each round)")
    for name, text in NAMES.items():
        cairn, cpython = ([sample[name] for sample in times[peer]] for peer in peers)
        ratios = sorted(b / a for a, b in zip(cairn, cpython))
        print(f"{text:36} {statistics.median(cairn):8.1f} {statistics.median(cpython):8.1f} "
              f"{statistics.median(ratios):6.1f}  ({ratios[0]:.1f} to {ratios[-1]:.1f})")


if __name__ == "__main__":
    main()
