# SPDX-License-Identifier: MIT
"""Whole programs in pebble and in CPython 3.11, in turn, on one processor: `tools/bench --programs`."""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent / "programs"
PYTHON = "/usr/bin/python3.11"
PROGRAMS = ["binary_trees", "linked_lists", "dict_churn", "lru_cache", "service", "closures_generators",
            "observers", "strings_tuples"]


class Run(NamedTuple):
    seconds: float  # of processor time, start and end of the interpreter included
    peak: float  # MiB
    collections: int
    full: int
    collecting: float  # seconds


def measure(command, program, cpu):
    """Runs the program and asks the kernel what it took."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen(["taskset", "-c", str(cpu), *command, FOLDER / "measure.py", program],
                                 stdout=out, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        printed, told = out.read(), errors.read()
    if child.returncode != 0:
        sys.exit(f"tools/bench: {command[0]} fails on {program.name}: {told[-500:]}")
    collections, full, collecting = told.splitlines()[-1].split()
    return printed, Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, int(collections),
                        int(full), float(collecting))


def heap_share(command, program):
    """The share of samples in functions of Cairn; what the compiler put into pebble's is not seen."""
    if shutil.which("perf") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        data = f"{folder}/perf.data"
        done = subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "2000", "-o", data, *command,
                               program], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return None
        samples = subprocess.run(["perf", "script", "-i", data, "-F", "ip,sym"], capture_output=True, text=True,
                                 check=False).stdout.split("\n")
    # A line is an address and a name.
    names = [line.split(None, 1)[1] for line in samples if len(line.split()) > 1]
    inside = sum(name.startswith(("cairn_", "cairn::")) for name in names)
    return inside / len(names) if names else None


def median(runs, field):
    return statistics.median(getattr(run, field) for run in runs)


def row(name, runs, share):
    pebble, cpython = runs
    collecting = [median(each, "collecting") for each in runs]
    ratio = f"{collecting[1] / collecting[0]:8.1f}" if collecting[0] > 0 else f"{'-':>8}"
    return (f"{name:20} {median(pebble, 'seconds'):7.2f} {median(cpython, 'seconds'):7.2f}"
            f" {median(pebble, 'peak'):8.0f} {median(cpython, 'peak'):7.0f}"
            f" {collecting[0] * 1e3:9.1f} {collecting[1] * 1e3:8.1f} {ratio}"
            f" {median(pebble, 'collections'):7.0f} {median(cpython, 'collections'):7.0f}"
            f" {'-' if share is None else f'{share:.0%}':>7}")


def run(cairn, cpu, rounds, out):
    """Prints the table and writes it to the file `out`."""
    lines = [f"median of {rounds} rounds; seconds are of processor time, memory is the greatest resident size",
             f"{'':20} {'seconds':>15} {'peak MiB':>16} {'ms in collections':>18} {'CPython':>8}"
             f" {'collections':>15} {'heap':>7}",
             f"{'program':20} {'pebble':>7} {'CPython':>7} {'pebble':>8} {'CPython':>7} {'pebble':>9}"
             f" {'CPython':>8} {'/ pebble':>8} {'pebble':>7} {'CPython':>7} {'share':>7}"]
    commands = [[str(cairn)], [PYTHON, "-I"]]
    for name in PROGRAMS:
        print(f"tools/bench: {name}", file=sys.stderr, flush=True)
        program = FOLDER / f"{name}.py"
        runs = [[], []]
        for _ in range(rounds):
            texts = set()
            for command, samples in zip(commands, runs):
                printed, sample = measure(command, program, cpu)
                texts.add(printed)
                samples.append(sample)
            if len(texts) != 1:
                sys.exit(f"tools/bench: {name} does not print the same in both")
        lines.append(row(name, runs, heap_share(commands[0], program)))
    text = "\n".join(lines) + "\n"
    out.write_text(text, encoding="utf-8")
    print(text)
