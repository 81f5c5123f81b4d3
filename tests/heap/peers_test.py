# SPDX-License-Identifier: MIT
"""Compares `cairn heap` with another reader, node by node.

usage: peers_test.py toolkit|memlab CAIRN GENERATE MODULES SEEDS WRITE

toolkit is the package heap-snapshot-toolkit: the model of Chrome DevTools. It reads random heaps of
both dialects, heaps that the library wrote (WRITE), and snapshots of node. memlab agrees where
nothing is garbage: it leaves garbage out of its dominator tree, and Chrome DevTools does not.
"""
import pathlib
import subprocess
import sys
import tempfile

from modules import HERE, need_modules, need_program

AT_ONCE = 50


def sizes(seed):
    """From 10 to 10,000 nodes, mostly few."""
    return 10_000 if seed % 50 == 7 else 10 + (seed * 7919) % (3000 if seed % 5 == 0 else 300)


def random_heaps(generate, folder, reader, seeds):
    files = []
    dialects = [["clean"], ["clean", "external"]]
    if reader == "toolkit":
        dialects += [[], ["v8"], ["v8", "clean"], ["sites"]]
    for seed in range(1, seeds + 1):
        words = dialects[seed % len(dialects)]
        path = folder / f"random-{seed}-{'-'.join(words)}.heapsnapshot"
        edges = f"edges={0.8 + seed % 5 * 0.5}"
        subprocess.run([generate, str(seed), str(sizes(seed)), path, edges, *words], check=True)
        files.append(path)
    return files


def written_heaps(write, folder, seeds):
    files = [folder / f"written-{seed}.heapsnapshot" for seed in range(1, seeds + 1)]
    for seed, path in enumerate(files, 1):
        subprocess.run([write, str(seed), path], check=True)
    return files


def node_snapshots(folder):
    files = [folder / "server-1.heapsnapshot", folder / "server-2.heapsnapshot"]
    subprocess.run([need_program("node"), HERE / "leaking_server.js", *files], check=True, timeout=120)
    return files


def main():
    reader, cairn, generate, modules, seeds, write = sys.argv[1:]
    modules = need_modules(modules)
    failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        files = random_heaps(generate, folder, reader, int(seeds))
        files += written_heaps(write, folder, int(seeds))
        if reader == "toolkit":
            files += node_snapshots(folder)
        for at in range(0, len(files), AT_ONCE):
            run = subprocess.run(
                ["node", HERE / "compare.mjs", cairn, modules, reader, *files[at:at + AT_ONCE]])
            failed += run.returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
