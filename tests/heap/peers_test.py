# SPDX-License-Identifier: MIT
"""Compares `cairn heap` with another reader, node by node.

usage: peers_test.py toolkit|memlab CAIRN GENERATE MODULES SEEDS WRITE PEBBLE LISP

toolkit is the package heap-snapshot-toolkit: the model of Chrome DevTools. It reads random heaps of
both dialects, what the library wrote of random heaps (WRITE), and snapshots of node. memlab agrees
where nothing is garbage: it leaves garbage out of its dominator tree, and Chrome DevTools does not.

Both read what the library wrote of the graphs of real programs, of a program in pebble and of one in
the Lisp of docs/examples, and find what grew between two snapshots of a program. PEBBLE or LISP "-":
was not built. For each snapshot that the library wrote, FILE.expected has the numbers of nodes and
edges, and perhaps distances and retained sizes, that were found without any of the readers.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from modules import HERE, need_modules, need_program

sys.dont_write_bytecode = True
GRAPHS = HERE.parent / "graph"
sys.path.insert(0, str(GRAPHS))
import graphfile  # noqa: E402

PYTHON = shutil.which("python3.11") or sys.executable
AT_ONCE = 50
ROOT_NODES = 7
GROWN = 2000

# What grows is what `cairn heap diff` and the readers must name.
PROGRAM = f"""
import cairn, gc, sys
class Session:
    def __init__(self, number):
        self.number = number
        self.next = None
class Request:
    pass
sessions = []
def work(count):
    for i in range(count):
        sessions.append(Session(i))
        request = Request()
        request.session = sessions[-1]
for file in sys.argv[1:]:
    work({GROWN})
    gc.collect()
    print(sum([row[0] for row in cairn.census().values()]))
    cairn.snapshot(file)
"""

LISP = """
(define count (lambda (n) (if (< 0 n) (cons n (count (- n 1))) ())))
(define kept (count 100))
(define make (lambda (x) (lambda (y) (- x y))))
(define squares (table))
(table-set! squares "five" (make 5))
(table-set! squares "itself" squares)
"""


def size_of(seed):
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
        subprocess.run([generate, str(seed), str(size_of(seed)), path, edges, *words], check=True)
        files.append(path)
    return files


def written_heaps(write, folder, seeds):
    files = [folder / f"written-{seed}.heapsnapshot" for seed in range(1, seeds + 1)]
    for seed, path in enumerate(files, 1):
        subprocess.run([write, str(seed), str(size_of(seed)), path], check=True)
    return files


def expect_counts(path, nodes, edges):
    path.with_name(path.name + ".expected").write_text(f"{nodes} {edges}\n")


def expect_graph(path, nodes):
    """What references from outside lead to is alive; each such node is held once in the file."""
    reached = [bool(external) for _, _, external, _ in nodes]
    held = sum(reached)
    queue = [i for i, is_held in enumerate(reached) if is_held]
    for node in queue:
        for target in nodes[node][3]:
            if not reached[target]:
                reached[target] = True
                queue.append(target)
    edges = sum(len(nodes[node][3]) for node in queue)
    expect_counts(path, ROOT_NODES + len(queue), ROOT_NODES - 1 + held + edges)


def graph_snapshots(cairn, folder, seeds):
    """Of the small graph and of real programs: of all three in a long run, as they take a minute."""
    graphs = [GRAPHS / "small.hgraph"]
    for program in ("service", "imports", "ast") if seeds > 100 else ("service",):
        graph = folder / f"{program}.hgraph"
        subprocess.run([PYTHON, GRAPHS / "dump.py", program, graph], check=True,
                       stdout=subprocess.DEVNULL, timeout=300)
        graphs.append(graph)
    files = []
    for graph in graphs:
        files.append(folder / f"{graph.stem}.heapsnapshot")
        subprocess.run([cairn, "graph", graph, "--no-collect-times", "--snapshot", files[-1]],
                       check=True, stdout=subprocess.DEVNULL)
        expect_graph(files[-1], graphfile.decode(graph.read_bytes())[1])
    return files


def program_snapshots(pebble, lisp, folder):
    files = []
    if pebble != "-":
        script = folder / "grow.py"
        script.write_text(PROGRAM)
        (folder / "grown").mkdir()
        files += [folder / "grown" / "s1.heapsnapshot", folder / "grown" / "s2.heapsnapshot"]
        run = subprocess.run([pebble, script, *files], check=True, capture_output=True, text=True)
        for path, objects in zip(files, run.stdout.split(), strict=True):
            nodes = int(re.search('"node_count":([0-9]+)', path.read_text())[1])
            # The count itself made and dropped some.
            if abs(nodes - ROOT_NODES - int(objects)) > 8:
                sys.exit(f"{path}: {nodes} nodes, and the program counts {objects} objects")
            expect_counts(path, nodes, "-")
    if lisp != "-":
        script = folder / "kept.lisp"
        script.write_text(LISP)
        files.append(folder / "lisp.heapsnapshot")
        subprocess.run([lisp, script, "0", files[-1]], check=True)
        expect_counts(files[-1], "-", "-")
    return files


def node_snapshots(folder):
    files = [folder / "server-1.heapsnapshot", folder / "server-2.heapsnapshot"]
    subprocess.run([need_program("node"), HERE / "leaking_server.js", *files], check=True, timeout=120)
    return files


def main():
    reader, cairn, generate, modules, seeds, write, pebble, lisp = sys.argv[1:]
    modules = need_modules(modules)
    failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        files = random_heaps(generate, folder, reader, int(seeds))
        files += written_heaps(write, folder, int(seeds))
        files += graph_snapshots(cairn, folder, int(seeds))
        files += program_snapshots(pebble, lisp, folder)
        if reader == "toolkit":
            files += node_snapshots(folder)
        for at in range(0, len(files), AT_ONCE):
            run = subprocess.run(
                ["node", HERE / "compare.mjs", cairn, modules, reader, *files[at:at + AT_ONCE]])
            failed += run.returncode != 0
        if pebble != "-":
            run = subprocess.run(
                ["node", HERE / "growth.mjs", modules, reader, folder / "grown", "Session", str(GROWN)])
            failed += run.returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
