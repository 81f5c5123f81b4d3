# SPDX-License-Identifier: MIT
"""Measures `cairn heap summary` and the model of Chrome DevTools on the same file, in turn.

usage: measure.py CAIRN GENERATE MODULES [NODES|node [ROUNDS]]

NODES are those of a random heap (606,000); `node` is a snapshot that node writes of about as many.

Processor time of each process (user and system) and its largest memory; medians. MODULES "-": cairn alone.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from modules import HERE, need_modules

SCRIPT = """
import {{ createReadStream }} from 'node:fs';
import {{ parse }} from '{}';
const snapshot = await parse(createReadStream(process.argv[2], 'utf-8'));
console.log(snapshot.nodeCount, snapshot.totalSize);
"""

PROGRAM = """
class Entry { constructor(i) { this.name = 'entry ' + i; this.data = [i, { at: i + 0.5 }]; } }
const cache = new Map();
for (let i = 0; i < 90000; i++) cache.set('key ' + i, new Entry(i));
require('node:v8').writeHeapSnapshot(process.argv[1]);
"""


def run(words):
    """Returns seconds of processor time, seconds, and MiB."""
    started = time.monotonic()
    process = subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status != 0:
        raise RuntimeError(f"{words[0]}: status {status}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - started, usage.ru_maxrss / 1024


def main():
    cairn, generate, modules = sys.argv[1:4]
    nodes = sys.argv[4] if len(sys.argv) > 4 else "606000"
    rounds = int(sys.argv[5]) if len(sys.argv) > 5 else 5
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        file = folder / "measured.heapsnapshot"
        if nodes == "node":
            subprocess.run(["node", "-e", PROGRAM, file], check=True)
        else:
            subprocess.run([generate, "1", nodes, file, "edges=1.5"], check=True)
        readers = {"cairn heap summary": [cairn, "heap", "summary", file]}
        if modules != "-":
            package = need_modules(modules) / "node_modules" / "heap-snapshot-toolkit" / "index.js"
            script = folder / "toolkit.mjs"
            script.write_text(SCRIPT.format(package.resolve().as_uri()))
            readers["DevTools model"] = ["node", script, file]
        results = {name: [] for name in readers}
        for _ in range(rounds):
            for name, words in readers.items():
                results[name].append(run(words))
        print(f"{nodes}, {file.stat().st_size / 1e6:.1f} MB, {rounds} rounds")
        for name, runs in results.items():
            seconds, wall, memory = (statistics.median(column) for column in zip(*runs))
            print(f"{name:20} {seconds:7.2f} s processor, {wall:7.2f} s, {memory:7.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
