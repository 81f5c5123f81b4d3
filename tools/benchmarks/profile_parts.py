# SPDX-License-Identifier: MIT
"""Where Cairn spends its time: the hottest functions of each measured part, by sampling."""
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict

FRAME_POINTERS = "-DCMAKE_CXX_FLAGS=-fno-omit-frame-pointer"
PART = re.compile(r"bench::measured_part<.*\{lambda\(\)#(\d+)\}")
SHOWN = 8
LEAST_SHARE = 0.02


def samples(command):
    """For each sample inside a measured part: the part's number and the innermost function."""
    with tempfile.TemporaryDirectory() as folder:
        data = f"{folder}/perf.data"
        record = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "5000", "-g", "-o", data, *command]
        done = subprocess.run(record, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"tools/bench: perf: {done.stderr.strip()[-300:]}", file=sys.stderr)
            return
        script = subprocess.run(["perf", "script", "-i", data, "-F", "ip,sym"], capture_output=True,
                                text=True, check=False).stdout
    for stack in script.split("\n\n"):
        # A line is an address and a name.
        frames = [line.split(None, 1)[1] for line in stack.splitlines() if len(line.split()) > 1]
        part = next((found[1] for found in map(PART.search, frames) if found), None)
        if part:
            yield part, frames[0]


def short(function):
    function = function.replace("(anonymous namespace)::", "").replace("cairn::", "")
    return "the driver's loop" if "bench::measured_part" in function else function[:60]


def run(machine, jobs, cpu):
    """Prints shares of the time of each measured part."""
    if shutil.which("perf") is None:
        sys.exit("tools/bench: perf is not there")
    for job in jobs:
        shares = defaultdict(Counter)
        driver = machine.driver("cairn")
        for part, function in samples(["taskset", "-c", str(cpu), *driver, job.workload, str(job.n),
                                       job.variant, "3"]):
            shares[part][short(function)] += 1
        for part in sorted(shares):
            total = shares[part].total()
            hottest = [f"{function} {100 * count / total:.0f} %"
                       for function, count in shares[part].most_common(SHOWN)
                       if count >= LEAST_SHARE * total]
            name = f"{job.workload} {job.variant} {job.n}"
            if len(shares) > 1:
                name += f", part {part}"
            print(f"{name} ({total} samples): {'; '.join(hottest)}", flush=True)
