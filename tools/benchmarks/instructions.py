# SPDX-License-Identifier: MIT
"""Instruction counts of Cairn's own workloads, which noise does not disturb, and their baseline."""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

MOVED = 0.02

# Small sizes: callgrind is about fifty times slower than the processor.
JOBS = [
    ("W1", 20_000, "pair"), ("W2", 20_000, "order"), ("W2", 20_000, "random"),
    ("W3", 20_000, "hot"),
    ("W4", 20_000, "local-external"), ("W4", 20_000, "random-external"),
    ("W4", 20_000, "local-container"), ("W4", 20_000, "local-few"), ("W4", 20_000, "random-few"),
    ("W4", 20_000, "local-few-declared"), ("W4", 20_000, "random-few-declared"),
    ("W5", 20_000, "rings10-first"), ("W5", 20_000, "ring-first"), ("W5", 20_000, "random-first"),
    ("W6", 20_000, "drop"), ("W6", 20_000, "window"), ("W7", 131_071, "tree"),
    ("W8", 20_000, "create"), ("W8", 20_000, "create-callback"), ("W8", 20_000, "read"),
    ("W8", 20_000, "death"), ("W8", 20_000, "death-weak"), ("W8", 20_000, "death-callback"),
    ("W9", 20_000, "chain"), ("W10", 20_000, "heap"),
]
NAME = re.compile(r"^desc: Trigger: Client Request: (.+)$", re.MULTILINE)
TOTAL = re.compile(r"^(?:totals|summary): (\d+)", re.MULTILINE)


def count(driver, job):
    """Instructions of each measured part, by name. The second repetition counts: the first one
    takes memory from the system."""
    workload, n, variant = job
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--collect-atstart=no", "--dump-instr=no",
             f"--callgrind-out-file={folder}/out", driver, workload, str(n), variant, "2"],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"tools/bench: {workload} {variant}: {done.stderr.strip()[-300:]}", file=sys.stderr)
            return {}
        counts = {}
        dumps = sorted(Path(folder).glob("out.*"), key=lambda path: int(path.suffix[1:]))
        for path in dumps:
            content = path.read_text(encoding="utf-8", errors="replace")
            name, total = NAME.search(content), TOTAL.search(content)
            if name and total:
                counts[name[1]] = int(total[1]) # a later repetition replaces an earlier one
        return counts


def read_baseline(path):
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name: int(value) for name, value in
            (line.rsplit("\t", 1) for line in lines if line and not line.startswith("#"))}


def run(driver, baseline_path, record, only):
    """Prints what moved by more than 2 %; with `record` writes the baseline anew."""
    if shutil.which("valgrind") is None:
        sys.exit("tools/bench: valgrind is not there")
    counts = {}
    for job in JOBS:
        if not only or job[0] in only:
            print("tools/bench: instructions of", job[0], job[2], file=sys.stderr)
            counts.update(count(driver, job))
    baseline = read_baseline(baseline_path)
    moved = 0
    for name, value in counts.items():
        before = baseline.get(name)
        if before is None:
            print(f"{name:42} {value:14,}  new")
        elif abs(value - before) > MOVED * before:
            moved += 1
            print(f"{name:42} {value:14,}  {100 * (value - before) / before:+.1f} % of {before:,}")
    gone = [name for name in baseline if name not in counts and not only]
    for name in gone:
        print(f"{name:42} {'gone':>14}")
    print(f"instructions: {len(counts)} measured, {moved} moved by more than 2 %")
    if record:
        merged = {**(baseline if only else {}), **counts}
        text = "# Instructions of each measured part, counted by callgrind: tools/bench --instructions --record\n"
        text += "".join(f"{name}\t{value}\n" for name, value in merged.items())
        baseline_path.write_text(text, encoding="utf-8")
        print(f"recorded in {baseline_path}")
