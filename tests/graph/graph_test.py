#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`cairn graph` on a small graph, and on files that are none.

usage: graph_test.py CAIRN [--mutations N] [--few-objects] [unittest's words]
"""
import argparse
import json
import lzma
import os
import pathlib
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import graphfile  # noqa: E402
import make_small  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
SMALL = HERE / "small.hgraph"
HUGE = 1 << 62


def varint(number):
    out = bytearray()
    graphfile.varint(out, number)
    return bytes(out)


class GraphTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, data, name="t.hgraph"):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def run_graph(self, path, *words, **options):
        done = subprocess.run([OPTIONS.cairn, "graph", str(path), *words], capture_output=True, text=True,
                              errors="replace", **{"stdin": subprocess.DEVNULL, **options})
        return done.returncode, done.stdout, done.stderr

    def assert_refused(self, data, reason=""):
        path = self.file(data)
        status, out, err = self.run_graph(path, "--no-collect-times", "--memory-limit", "64")
        self.assertEqual((status, out), (1, ""), err)
        self.assertTrue(err.startswith(f"cairn: {path}: "), err)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertIn(reason, err)

    def assert_reclaimed(self, path, types, nodes):
        status, out, err = self.run_graph(path, "--no-collect-times")
        self.assertEqual((status, err), (0, ""))
        held, dead = graphfile.dead_by_count(nodes)
        containers = sum(types[kind][1] for kind, *_ in nodes)
        edges = sum(len(node[3]) for node in nodes)
        lines = out.split("\n")
        self.assertEqual(lines[0], f"{path}: {len(nodes)} nodes ({containers} of them containers), "
                         f"{edges} edges, {len(types)} types, {sum(node[1] for node in nodes)} bytes")
        self.assertRegex(lines[1], f"^heap: {held} objects, [0-9]+ bytes of pages, [0-9]+ bytes of tables; "
                         "[0-9]+ external references held$")
        self.assertEqual(lines[2], f"let go of the external references: {dead} objects died by count")
        self.assertEqual(lines[3], f"full collection: {held - dead} objects died, 0 left")
        self.assertEqual(lines[4:], [""])
        return int(re.search("([0-9]+) external", out)[1])

    def test_the_small_file_is_what_its_script_makes(self):
        made = graphfile.encode(make_small.TYPES, make_small.small_program(7))
        self.assertEqual(SMALL.read_bytes(), made)

    def test_everything_is_reclaimed(self):
        types, nodes = graphfile.decode(SMALL.read_bytes())
        references = self.assert_reclaimed(SMALL, types, nodes)
        exact = [node[2] for node in nodes if node[2] != graphfile.UNCOUNTED]
        self.assertEqual(references, sum(exact) + len(nodes) - len(exact))

    def test_the_page_says_what_the_command_does(self):
        page = (HERE.parents[1] / "docs/graphs.md").read_text()
        write, run, *expected = re.search(r"    \$ (printf .*\n)    \$ cairn (.*\n)((?:    .*\n)+)", page).groups()
        subprocess.run(["sh", "-c", write], cwd=self.folder, check=True)
        done = subprocess.run([os.path.abspath(OPTIONS.cairn), *run.split()], cwd=self.folder, capture_output=True, text=True)
        # The sizes of pages and tables are those of the build.
        bare = [re.sub(r"\d+ bytes of (pages|tables)", "", text) for text in (*expected, done.stdout)]
        self.assertEqual(re.sub("^    ", "", bare[0], flags=re.M), bare[1])
        unknown = self.run_graph("--zzzzzzzzzzzzzzzzzzzz")[2]
        self.assertEqual(sorted(re.findall(r"^\| `(--[a-z-]+)", page, re.M)), sorted(re.findall("--[a-y][a-z-]+", unknown)))

    def test_random_graphs_are_reclaimed(self):
        for seed in range(20):
            r = random.Random(seed)
            count = r.randrange(1, 200)
            types = [(f"t{i}", i % 3 > 0) for i in range(r.randrange(2, 9))]
            nodes = []
            for _ in range(count):
                kind = r.randrange(len(types))
                edges = [r.randrange(count) for _ in range(r.choice([0, 1, 2, 2, 9]) if types[kind][1] else 0)]
                nodes.append((kind, r.choice([0, 16, 40, 400, 40000]), r.choice([0, 0, 0, 1, 7]), edges))
            with self.subTest(seed=seed):
                self.assert_reclaimed(self.file(graphfile.encode(types, nodes)), types, nodes)

    def test_times_are_of_the_tracked_objects(self):
        for words in [], ["--declare-roots"]:
            with self.subTest(words):
                self.assert_timed(*words)

    def assert_timed(self, *words):
        status, out, _ = self.run_graph(SMALL, *words)
        types, nodes = graphfile.decode(SMALL.read_bytes())
        tracked = sum(types[kind][1] for kind, *_ in nodes)
        self.assertEqual(status, 0)
        self.assertRegex(out, f"full collection of {tracked} tracked live objects: "
                         r"median [0-9.]+ ms, [0-9.]+ ns an object \(min [0-9.]+ ms, max [0-9.]+ ms\)")
        self.assertRegex(out, r"died by count in [0-9.]+ ms\n.* died in [0-9.]+ ms, 0 left\n")

    def test_a_snapshot_that_cannot_be_written_is_an_error(self):
        file = self.folder / "none" / "s.heapsnapshot"
        status, _, err = self.run_graph(SMALL, "--no-collect-times", "--snapshot", str(file))
        self.assertEqual((status, err), (1, f"cairn: {file}: No such file or directory\n"))
        for words in [], [""], ["--declare-roots"]:
            self.assertEqual(self.run_graph(SMALL, "--snapshot", *words)[:2], (2, ""), words)

    def test_a_snapshot_takes_the_place_of_no_input_and_no_device(self):
        data = SMALL.read_bytes()
        path = self.file(data)
        link = self.folder / "link"
        link.symlink_to(path)
        hard = self.folder / "hard"
        hard.hardlink_to(path)
        for file in path, link, hard:
            status, out, err = self.run_graph(path, "--snapshot", str(file))
            self.assertEqual((status, out), (1, ""))
            self.assertEqual(err, f"cairn: {file}: is read, so it cannot be written\n")
            self.assertEqual(path.read_bytes(), data)
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        for file in "/dev/null", str(self.folder), str(fifo):
            status, out, err = self.run_graph(path, "--snapshot", file)
            self.assertEqual((status, out, err), (1, "", f"cairn: {file}: is not a regular file\n"))

    def test_a_snapshot_replaces_a_file_only_when_it_is_whole(self):
        old = self.file(b"old", "s.heapsnapshot")

        def allow_few_bytes():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))

        words = "--no-collect-times", "--snapshot", str(old)
        status, _, err = self.run_graph(SMALL, *words, preexec_fn=allow_few_bytes)
        self.assertEqual((status, err), (1, f"cairn: {old}: File too large\n"))
        self.assertEqual(old.read_bytes(), b"old")
        self.assertEqual(os.listdir(self.folder), [old.name])
        self.assertEqual(self.run_graph(SMALL, *words)[0], 0)
        self.assertIn("snapshot", json.loads(old.read_text()))
        self.assertEqual(os.listdir(self.folder), [old.name])

    def test_xz_files_are_unfolded(self):
        data = SMALL.read_bytes()
        expected = self.run_graph(SMALL, "--no-collect-times")[1].replace(str(SMALL), "")
        for packed in (lzma.compress(data), lzma.compress(data, check=lzma.CHECK_SHA256),
                       lzma.compress(data[:1000]) + lzma.compress(data[1000:])):
            path = self.file(packed, "t.xz")
            status, out, err = self.run_graph(path, "--no-collect-times")
            self.assertEqual((status, out.replace(str(path), ""), err), (0, expected, ""))

    def test_standard_input_is_a_file(self):
        expected = self.run_graph(SMALL, "--no-collect-times")[1].replace(str(SMALL), "-")
        path = self.file(lzma.compress(SMALL.read_bytes()))
        with path.open("rb") as file:
            self.assertEqual(self.run_graph("-", "--no-collect-times", stdin=file), (0, expected, ""))
        with path.open("rb") as file:
            self.assertEqual(self.run_graph("-", "--snapshot", str(path), stdin=file)[0], 1)

    def test_what_is_not_there_or_no_graph_is_refused(self):
        status, out, err = self.run_graph(self.folder / "missing")
        self.assertEqual((status, out), (1, ""))
        self.assertIn("No such file or directory", err)
        self.assertEqual(self.run_graph(self.folder)[0], 1)
        for data in (b"", b"H", b"HGRAPH2\n", b"\0" * 100, b"HGRAPH1", SMALL.read_bytes()[1:]):
            self.assert_refused(data, "not a graph file")

    def test_every_truncation_is_refused(self):
        data = SMALL.read_bytes()
        step = max(1, len(data) // 150)
        for size in [*range(8, 200, 7), *range(200, len(data), step)]:
            self.assert_refused(data[:size], "damaged")
        self.assert_refused(data + b"\0", "1 bytes after the last node")

    def test_numbers_out_of_range_are_refused(self):
        magic, one_type = graphfile.MAGIC, b"\1\1t\1"
        types = [("t", True), ("atom", False)]
        for data, reason in (
                (magic + varint(HUGE), "number of types"),
                (magic + b"\1" + varint(HUGE), "length of a name"),
                (magic + b"\1\0\1\0", "name of a type"),
                (magic + b"\1\1\0\1\0", "name of a type"),
                (magic + b"\1\1t\2\0", "container flag"),
                (magic + one_type + varint(HUGE), "number of nodes"),
                (magic + b"\0\1" + b"\0" * 4, "no types"),
                (magic + one_type + b"\1\0\0\0" + varint(HUGE), "number of edges"),
                (magic + one_type + b"\1\0\0\0\2\0", "ends too early"),
                (magic + b"\xff" * 9 + b"\1", "number of types"),
                (magic + b"\xff" * 9 + b"\2", "above 64 bits"),
                (magic + b"\xff" * 20, "above 64 bits"),
                (graphfile.encode(types, [(2, 16, 0, [])]), "type 2"),
                (graphfile.encode(types, [(0, HUGE, 0, [])]), "size"),
                (graphfile.encode(types, [(0, 60 << 20, 0, [])] * 2), "more than 64 MiB"),
                (graphfile.encode(types, [(0, 16, graphfile.UNCOUNTED + 1, [])]), "external references"),
                (graphfile.encode(types, [(0, 16, graphfile.UNCOUNTED - 1, [])] * 99), "more than 64 MiB"),
                (graphfile.encode(types, [(0, 16, 1, [1])]), "edge to node 1"),
                (graphfile.encode(types, [(0, 16, 1, [HUGE])]), "edge to node"),
                (graphfile.encode(types, [(1, 16, 1, [0])]), "atom type")):
            with self.subTest(reason=reason, data=data[:40]):
                self.assert_refused(data, reason)

    def test_a_graph_beyond_the_limit_is_not_read(self):
        head = graphfile.MAGIC + b"\1\1t\1"
        node = bytes(4)
        cases = {"nodes": head + varint(8 << 20) + node * (8 << 20),
                 "edges": head + b"\1\0\0\0" + varint(24 << 20) + bytes(24 << 20),
                 "text": head + bytes(150 << 20),
                 "one object": graphfile.encode([("t", True)], [(0, 1 << 40, 0, [])])}
        fits = head + varint(1_000_000) + node * 1_000_000  # in 128 MiB, but not in half of that
        if not OPTIONS.few_objects:
            cases["heap"] = fits
            path = self.file(fits)
            self.assertEqual(self.run_graph(path, "--no-collect-times", "--memory-limit", "128")[0], 0)
        most = 192 << 20
        limited = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most))}
        if subprocess.run([OPTIONS.cairn, "--version"], capture_output=True, **limited).returncode != 0:
            limited = {}  # a sanitizer needs more
        for name, data in cases.items():
            path = self.file(lzma.compress(data, preset=0), "t.xz")
            with self.subTest(name):
                done = self.run_graph(path, "--no-collect-times", "--memory-limit", "64", **limited)
                self.assertEqual(done, (1, "", f"cairn: {path}: needs more than 64 MiB (--memory-limit)\n"))

    def test_an_empty_graph_is_a_graph(self):
        self.assert_reclaimed(self.file(graphfile.encode([], [])), [], [])

    def test_damaged_xz_data_is_refused(self):
        packed = lzma.compress(SMALL.read_bytes())
        for size in range(6, len(packed), 41):
            self.assert_refused(packed[:size], "xz")
        for at in range(6, len(packed), 41):
            self.assert_refused(packed[:at] + bytes([packed[at] ^ 0x10]) + packed[at + 1:], "xz")
        self.assert_refused(packed + b"more", "xz")
        self.assert_refused(lzma.compress(graphfile.MAGIC + bytes(200 << 20), preset=0), "more than 64 MiB")

    def test_mutated_files_are_refused_or_loaded(self):
        seed = random.SystemRandom().randrange(10**9)
        print(f"mutations: seed {seed}, {OPTIONS.mutations} files")
        r = random.Random(seed)
        originals = [SMALL.read_bytes(), lzma.compress(SMALL.read_bytes())]
        for _ in range(OPTIONS.mutations):
            data = bytearray(r.choice(originals[:1] * 9 + originals[1:]))
            for _ in range(r.choice([1, 1, 2, 5])):
                at, how = r.randrange(8, len(data)), r.randrange(5)
                if how == 0:
                    data[at] ^= 1 << r.randrange(8)
                elif how == 1:
                    data[at] = r.choice([0, 1, 127, 128, 255, r.randrange(256)])
                elif how == 2:
                    del data[at:at + r.choice([1, 2, 30])]
                elif how == 3:
                    data[at:at] = varint(r.choice([0, 1, 1 << 20, 1 << 26, 1 << 32, HUGE, r.getrandbits(40)]))
                else:
                    data[at:at] = r.choice([b"\xff" * 12, data[at:at + r.randrange(60)], b"\0" * 5])
            path = self.file(bytes(data), "mutated")
            status, _, err = self.run_graph(path, "--no-collect-times", "--memory-limit", "64")
            if status not in (0, 1) or (status == 1) != err.startswith(f"cairn: {path}: "):
                kept = pathlib.Path(tempfile.mkdtemp(prefix="cairn-graph-")) / "mutated.hgraph"
                kept.write_bytes(bytes(data))
                self.fail(f"exit status {status} on {kept}: {err[-2000:]}")


if __name__ == "__main__":
    PARSER = argparse.ArgumentParser(usage=__doc__.partition("usage: ")[2])
    PARSER.add_argument("cairn")
    PARSER.add_argument("--mutations", type=int, default=300)
    PARSER.add_argument("--few-objects", action="store_true")
    OPTIONS, WORDS = PARSER.parse_known_args()
    unittest.main(argv=[sys.argv[0], *WORDS])
