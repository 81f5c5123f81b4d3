# SPDX-License-Identifier: MIT
"""Runs each command of `cairn heap` on snapshots of node and on random ones, and checks what it says.

usage: command_test.py CAIRN GENERATE
"""
import csv
import gzip
import json
import os
import pathlib
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
CAIRN, GENERATE = sys.argv[1:3]


def run(*words, status=0, **options):
    done = subprocess.run([CAIRN, "heap", *map(str, words)], capture_output=True, text=True, **options)
    if done.returncode != status:
        raise AssertionError(f"{words}: status {done.returncode}, not {status}\n{done.stdout}{done.stderr}")
    return done.stdout if status == 0 else done.stderr


def run_json(*words):
    return json.loads(run(*words, "--json"))


def write_snapshot(path, nodes, edges, strings, functions=(), sites=(), **cairn):
    """Nodes are [kind, name, id, size, number of edges, external size, site], edges [kind, name, place of the node]."""
    numbers = ["number"] * 5
    path.write_text(json.dumps({
        "snapshot": {
            "meta": {
                "node_fields": ["type", "name", "id", "self_size", "edge_count", "external_size", "trace_node_id"],
                "node_types": [["synthetic", "object", "string"], "string", *numbers],
                "edge_fields": ["type", "name_or_index", "to_node"],
                "edge_types": [["element", "property", "weak"], "string_or_number", "node"],
                "trace_function_info_fields": ["name", "script_name", "line", "column"],
                "trace_node_fields": ["id", "function_info_index", "count", "size", "children"],
            },
            "node_count": len(nodes), "edge_count": len(edges), "cairn": {"version": 1, **cairn},
        },
        "nodes": [number for node in nodes for number in [*node, 0, 0][:7]],
        "edges": [number for kind, name, to in edges for number in (kind, name, 7 * to)],
        "trace_function_infos": list(functions), "trace_tree": list(sites),
        "strings": list(strings),
    }, separators=(",", ":")))
    return path


def star(path, names, **more):
    """A root that refers to one object of each type in `names`, the first the largest."""
    nodes = [[0, 0, 1, 0, len(names)]]
    nodes += [[1, i + 1, 2 * i + 3, 1000 - i, 0] for i in range(len(names))]
    return write_snapshot(path, nodes, [[0, i, i + 1] for i in range(len(names))], ["", *names], **more)


def report_data(file, *older):
    """What the page of a report shows."""
    page = file.with_suffix(".html")
    run("report", *older, file, "-o", page)
    return json.loads(page.read_text().split('id="data">')[1].split("</script>")[0])


def generate(path, seed, nodes, *words):
    subprocess.run([GENERATE, str(seed), str(nodes), path, *words], check=True)
    return path


class Command(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        folder = cls.folder = pathlib.Path(cls.temporary.name)
        cls.old = generate(folder / "old.heapsnapshot", 7, 400, "clean", "sites")
        cls.new = generate(folder / "new.heapsnapshot", 7, 400, "clean", "sites", "grown=250")
        cls.raw = json.loads(cls.old.read_text())
        cls.server = None
        if shutil.which("node"):
            cls.server = [folder / "server-1.heapsnapshot", folder / "server-2.heapsnapshot"]
            subprocess.run(["node", HERE / "leaking_server.js", *cls.server], check=True, timeout=120)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def test_summary_counts_what_is_in_the_file(self):
        summary = run_json("summary", self.old)
        nodes = self.raw["nodes"]
        self.assertEqual(summary["nodes"], len(nodes) // 7)
        self.assertEqual(summary["edges"], len(self.raw["edges"]) // 3)
        self.assertEqual(summary["bytes"], sum(nodes[3::7]))
        self.assertEqual(summary["host"], "test")
        self.assertEqual(summary["unreachable_nodes"], 0)
        self.assertEqual(run("summary", self.old), run(self.old))

    def test_types_add_up(self):
        types = run_json("types", self.old, "--limit", 1000)
        self.assertEqual(sum(row["self"] for row in types), sum(self.raw["nodes"][3::7]))
        for by in ("retained", "self", "count"):
            values = [row[by] for row in run_json("types", self.old, "--by", by)]
            self.assertEqual(values, sorted(values, reverse=True))

    def test_top_lists_the_largest_objects(self):
        top = run_json("top", self.old, "--limit", 5)
        self.assertEqual(len(top), 5)
        values = [row["retained"] for row in top]
        self.assertEqual(values, sorted(values, reverse=True))
        largest = run_json("top", self.old, "--by", "self", "--limit", 1)[0]
        self.assertEqual(largest["self"], max(self.raw["nodes"][3::7]))
        self.assertEqual(run("top", self.old, "--by", "count"), run("types", self.old, "--by", "count"))

    def test_diff_finds_the_type_that_grew(self):
        growth = run_json("diff", self.old, self.new)
        self.assertEqual(growth["types"][0]["type"], "Type1")
        self.assertEqual(growth["types"][0]["count_change"], 250)
        self.assertEqual(growth["types"][0]["bytes_change"], 250 * 48)
        self.assertEqual(growth["new_objects"], 251)
        # The holder is new too, and dominates the others: it is the one that is shown.
        self.assertEqual(growth["holders"][0]["count"], 1)
        self.assertEqual(growth["holders"][0]["retained"], 64 + 250 * 48)
        self.assertIn("no difference", run("diff", self.old, self.old))
        back = run_json("diff", self.new, self.old)
        self.assertEqual(back["types"][-1]["gone_count"], 250)

    def test_why_an_object_shows_a_path_that_exists(self):
        node = run_json("top", self.new, "--limit", 1)[0]["id"]
        why = run_json("why", self.new, node)
        raw = json.loads(self.new.read_text())
        ids = raw["nodes"][2::7]
        edges, at = {}, 0
        for i, count in enumerate(raw["nodes"][4::7]):
            for _ in range(count):
                edges.setdefault(ids[i], set()).add(ids[raw["edges"][3 * at + 2] // 7])
                at += 1
        above = ids[0]
        for step in why["path"]:
            self.assertIn(step["id"], edges[above])
            above = step["id"]
        self.assertEqual(f"@{above}", node)
        self.assertIn("Shortest path from the root", run("why", self.new, node))

    def test_why_a_type_merges_paths(self):
        why = run_json("why", self.new, "Type1", "--limit", 10000)
        self.assertEqual(sum(path["count"] for path in why["paths"]) + why["unreachable"], why["count"])
        merged = [path for path in why["paths"] if path["count"] >= 250]
        self.assertEqual(len(merged), 1)
        self.assertEqual(merged[0]["steps"][-1]["edge"], "[*]")
        self.assertIn("did you mean 'Type1'?", run("why", self.new, "Typ1", status=1))
        self.assertIn("no node has the id 2", run("why", self.new, "@2", status=1))

    def test_why_finds_a_type_whose_name_is_a_number(self):
        path = star(self.folder / "numbers.heapsnapshot", ["404", "3", "99999999999"])
        self.assertEqual(run_json("why", path, "404")["type"], "404")
        self.assertEqual(run_json("why", path, "99999999999")["type"], "99999999999")
        # An id comes first.
        self.assertEqual(run_json("why", path, "3")["type"], "404")
        self.assertIn("no node has the id 405", run("why", path, "405", status=1))

    def test_why_on_a_long_chain_takes_no_square_of_its_length(self):
        """Each path of a chain of two types in turn is another one: all steps would be 800 million."""
        length = 40000
        nodes = [[0, 0, 1, 0, 1]] + [[1, 1 + i % 2, 2 * i + 3, 16, int(i + 1 < length)] for i in range(length)]
        path = write_snapshot(self.folder / "chain.heapsnapshot", nodes,
                              [[1, 3, i + 1] for i in range(length)], ["", "A", "B", "next"])
        text = run("why", path, "A", "--limit", 3, timeout=60)
        self.assertIn("20,000 objects of type A; 20,000 paths merged", text)
        self.assertIn("19,997 more paths", text)

    def test_dominators_show_a_part_of_the_tree(self):
        tree = run_json("dominators", self.new, "--depth", 3, "--limit", 4)
        self.assertEqual(tree["retained"], run_json("summary", self.new)["bytes"])
        self.assertLessEqual(len(tree["largest"]), 4)
        self.assertGreaterEqual(tree["retained"], sum(each["retained"] for each in tree["largest"]))
        self.assertIn("100.0 %  (root)", run("dominators", self.new))

    def test_dot_is_bounded_and_graphviz_reads_it(self):
        for words in (["Type1"], ["Type1", "--referrers"], ["Type1", "--max-nodes", "7"]):
            text = run("dot", self.new, *words)
            boxes = text.count("tooltip=")
            self.assertGreater(boxes, 1)
            self.assertLessEqual(boxes, 7 if "7" in words else 200)
            if shutil.which("dot"):
                subprocess.run(["dot", "-Tsvg"], input=text, text=True, check=True, capture_output=True)
            else:
                print("dot is not there: its output was not laid out")

    def test_flame_adds_up(self):
        lines = run("flame", self.old).splitlines()
        self.assertEqual(sum(int(line.rsplit(" ", 1)[1]) for line in lines), sum(self.raw["nodes"][3::7]))
        self.assertTrue(all(line.startswith("(root)") for line in lines))
        stacks = run("flame", self.old, "--sites").splitlines()
        self.assertTrue(any(line.startswith("function0;function1") for line in stacks))

    def test_sites_sum_what_is_alive(self):
        sites = {row["function"]: row for row in run_json("sites", self.old)}
        for i in range(4):
            live = [self.raw["nodes"][at + 3] for at in range(0, len(self.raw["nodes"]), 7)
                    if self.raw["nodes"][at + 5] == i + 2]
            self.assertEqual(sites[f"function{i}"]["live_bytes"], sum(live))
            self.assertEqual(sites[f"function{i}"]["live_count"], len(live))
            self.assertEqual(sites[f"function{i}"]["all_bytes"], 6400 * (i + 1))
        if self.server:
            self.assertIn("no allocation sites", run("sites", self.server[0], status=1))

    def test_sites_scale_samples(self):
        text = self.old.read_text().replace('"version":1,', '"version":1,"sample_interval":512,')
        path = self.folder / "sampled.heapsnapshot"
        path.write_text(text)
        plain = {row["function"]: row for row in run_json("sites", self.old)}
        for row in run_json("sites", path):
            exact = plain[row["function"]]
            average = exact["all_bytes"] / exact["all_count"]
            factor = 1 / (1 - 2.718281828459045 ** (-average / 512))
            self.assertEqual(row["all_bytes"], round(exact["all_bytes"] * factor))

    def test_sites_scale_by_the_size_of_cells(self):
        """A buffer does not make an object more likely to be sampled."""
        def sites(interval):
            return run_json("sites", write_snapshot(
                self.folder / "buffers.heapsnapshot", [[0, 0, 1, 0, 2], *([1, 1, id, 100064, 0, 100000, 2] for id in (3, 5))],
                [[0, 0, 1], [0, 1, 2]], ["", "Buffer", "(root)", "make"], [2, 0, 0, 0, 3, 0, 0, 0],
                [1, 0, 0, 0, [2, 1, 4, 256, []]], sample_interval=interval))[0]
        row = sites(65536)
        factor = 1 / (1 - 2.718281828459045 ** (-64 / 65536))
        self.assertAlmostEqual(row["live_count"], 2 * factor, delta=1)
        self.assertAlmostEqual(row["live_bytes"], 200128 * factor, delta=200)
        self.assertAlmostEqual(row["all_count"], 4 * factor, delta=1)
        # An absurd interval makes the largest number that a profile can have, not a wrong one.
        self.assertEqual(sites(2**63 - 1)["live_bytes"], 2**63 - 1)

    def test_sites_write_a_profile_for_pprof(self):
        path = self.folder / "heap.pb.gz"
        run("sites", self.old, "-o", path)
        self.assertIn(b"inuse_space", gzip.decompress(path.read_bytes()))
        if not shutil.which("go"):
            print("go is not there: the profile was not read")
            return
        top = subprocess.run(["go", "tool", "pprof", "-top", "-unit=b", path], check=True, text=True,
                             capture_output=True, env={**os.environ, "HOME": str(self.folder)}).stdout
        for row in run_json("sites", self.old):
            line = next(line for line in top.splitlines() if line.endswith(row["function"]))
            self.assertEqual(line.split()[0], f"{row['live_bytes']}B")

    def test_sql_answers_questions(self):
        path = self.folder / "heap.sqlite"
        run("sql", self.old, self.new, "-o", path)
        with sqlite3.connect(path) as database:
            ask = lambda sql: database.execute(sql).fetchall()
            self.assertEqual(ask("SELECT count(*) FROM node WHERE snapshot = 1")[0][0], len(self.raw["nodes"]) // 7)
            self.assertEqual(ask("SELECT type, objects, self_size FROM growth LIMIT 1"), [("Type1", 250, 12000)])
            top = run_json("top", self.new, "--limit", 1)[0]
            found = ask("SELECT id, retained_size FROM largest WHERE snapshot = 2 LIMIT 1")[0]
            self.assertEqual((f"@{found[0]}", found[1]), (top["id"], top["retained"]))
            path_ids = ask(f"""
                WITH RECURSIVE path(node, id, above, level) AS (
                    SELECT node, id, above, 0 FROM step WHERE snapshot = 2 AND id = {found[0]}
                    UNION ALL
                    SELECT step.node, step.id, step.above, level + 1 FROM path
                    JOIN step ON step.snapshot = 2 AND step.node = path.above)
                SELECT id FROM path ORDER BY level DESC""")
            why = run_json("why", self.new, top["id"])
            self.assertEqual([row[0] for row in path_ids], [step["id"] for step in why["path"]])
            referrers = ask(f"SELECT count(*) FROM referrer WHERE snapshot = 2 AND id = {found[0]} AND referrer_id <> {found[0]}")
            listed = run_json("why", self.new, top["id"], "--limit", "10000")["referrers"]
            self.assertEqual(referrers[0][0], len(listed))

    def test_no_command_writes_over_its_input(self):
        path = self.folder / "precious.heapsnapshot"
        path.write_bytes(self.old.read_bytes())
        alias = self.folder / "alias.heapsnapshot"
        alias.symlink_to(path)
        for words in (["sql", path], ["sql", self.new, path], ["report", path], ["report", path, self.new],
                      ["dot", path, "Type1"], ["flame", path], ["sites", path]):
            for output in (path, alias):
                self.assertIn("is read, so it cannot be written", run(*words, "-o", output, status=1))
        with open(path) as file:
            run("sql", "-", "-o", path, stdin=file, status=1)
        self.assertEqual(path.read_bytes(), self.old.read_bytes())

    def test_sql_replaces_nothing_but_a_file_and_only_when_done(self):
        folder = self.folder / "sql"
        folder.mkdir()
        empty, pipe, table = folder / "empty", folder / "pipe", folder / "table.sqlite"
        empty.mkdir()
        os.mkfifo(pipe)
        for output in (empty, pipe):
            self.assertIn("is not a regular file", run("sql", self.old, "-o", output, status=1))
        table.write_text("old")
        self.assertIn("No such file", run("sql", self.old, folder / "none", "-o", table, status=1))
        self.assertEqual(table.read_text(), "old")
        self.assertEqual(sorted(folder.iterdir()), [empty, pipe, table])
        link = folder / "link.sqlite"
        link.symlink_to(table)
        run("sql", self.old, "-o", link)
        self.assertTrue(link.is_symlink())
        self.assertEqual(table.read_bytes()[:6], b"SQLite")
        self.assertEqual(sorted(folder.iterdir()), [empty, link, pipe, table])

    def test_rows_are_the_same_in_both_formats(self):
        tables = {}
        for form in ("csv", "ndjson"):
            folder = self.folder / form
            run("rows", self.old, self.new, "-o", folder, "--format", form, "--host", 'a "b",c',
                "--time", "2026-01-31 10:20:30")
            for table in ("snapshots", "types", "nodes", "edges"):
                path = folder / f"{table}.{form}"
                if form == "csv":
                    with open(path, newline="") as file:
                        rows = list(csv.DictReader(file))
                else:
                    rows = [{key: str(value) for key, value in json.loads(line).items()}
                            for line in path.read_text().splitlines()]
                self.assertEqual(tables.setdefault(table, rows), rows)
        self.assertIn("No such file", run("rows", self.folder / "none", "-o", folder, status=1))
        self.assertEqual(len((folder / "snapshots.ndjson").read_text().splitlines()), 2)
        self.assertEqual([row["snapshot"] for row in tables["snapshots"]], ["old", "new"])
        self.assertEqual(tables["types"][0]["host"], 'a "b",c')
        self.assertEqual(tables["types"][0]["time"], "2026-01-31 10:20:30")
        self.assertEqual(len([r for r in tables["nodes"] if r["snapshot"] == "old"]), len(self.raw["nodes"]) // 7)

    def test_a_time_that_is_unknown_is_not_1970(self):
        for time_ms in (0, 2**60):
            path = star(self.folder / "timeless.heapsnapshot", ["Thing"], time_ms=time_ms)
            run("sql", path, "-o", self.folder / "timeless.sqlite")
            with sqlite3.connect(self.folder / "timeless.sqlite") as database:
                self.assertEqual(database.execute("SELECT time FROM snapshot").fetchall(), [(None,)])
            run("rows", path, "-o", self.folder / "timeless")
            self.assertIsNone(json.loads((self.folder / "timeless" / "snapshots.ndjson").read_text())["time"])
            run("rows", path, "-o", self.folder / "timeless", "--format", "csv")
            with open(self.folder / "timeless" / "snapshots.csv", newline="") as file:
                self.assertEqual([row["time"] for row in csv.DictReader(file)], [""])
            self.assertNotIn("time ", run("summary", path))

    def test_a_report_has_a_root_that_is_alone_in_its_type(self):
        path = self.folder / "root.heapsnapshot"
        for edges in ([], [[0, 0, 0]]):
            write_snapshot(path, [[1, 1, 1, 64, len(edges)]], edges, ["", "Root"])
            data = report_data(path)
            self.assertEqual([row[1] for row in data["objects"]], [64])

    def test_a_report_knows_types_by_more_than_their_text(self):
        # Names that objects of JavaScript have anyway, and two alike as far as the page shows them.
        names = ["constructor", "__proto__", "x" * 100 + "a", "x" * 100 + "b"]
        path = star(self.folder / "names.heapsnapshot", names)
        for data in (report_data(path), report_data(path, self.old)):
            rows = [*data["types"], *(row for row in data.get("growth", []) if row[6] >= 0)]
            self.assertEqual(len(rows), 8 if "growth" in data else 4)
            for row in rows:
                bytes_of_type = row[1]
                self.assertEqual(data["objects"][row[-1]][1], bytes_of_type)
            for parent, _, own, _, example in data["typeTree"]:
                if parent >= 0:
                    self.assertEqual(data["objects"][example][1], own)

    def test_a_leaking_server_is_found(self):
        if not self.server:
            self.skipTest("node is not there")
        growth = {row["type"]: row for row in run_json("diff", *self.server, "--limit", 1000)["types"]}
        self.assertEqual(growth["Session"]["count_change"], 300)
        why = run_json("why", self.server[1], "Session")
        steps = max(why["paths"], key=lambda path: path["count"])["steps"]
        self.assertIn("Registry", [step["type"] for step in steps])
        self.assertIn(".sessions", [step["edge"] for step in steps])

    def test_standard_input_is_a_file(self):
        with open(self.old) as file:
            done = subprocess.run([CAIRN, "heap", "types", "-"], stdin=file, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, run("types", self.old)))
        with open(self.old) as file:
            self.assertIn("Type1", run("-", stdin=file))

    def test_broken_files_are_errors_with_a_place(self):
        broken = self.folder / "broken.heapsnapshot"
        broken.write_bytes(self.old.read_bytes()[:-100])
        self.assertRegex(run("summary", broken, status=1), r"broken.heapsnapshot: byte \d+: ")
        broken.write_bytes(b"")
        self.assertIn("byte 0: expected '{', found the end of the file", run("summary", broken, status=1))
        self.assertIn("No such file", run("summary", self.folder / "none", status=1))
        self.assertIn("directory", run("summary", self.folder, status=1))

    def test_without_memory_it_says_so(self):
        most = 192 << 20
        limited = {"capture_output": True, "preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most))}
        if subprocess.run([CAIRN, "--version"], **limited).returncode != 0:
            self.skipTest("a sanitizer needs more than the limit")
        done = subprocess.run([CAIRN, "heap", "summary", "-"], input=b'{"strings":["' + b"x" * most, **limited)
        self.assertEqual((done.returncode, done.stderr), (1, b"cairn: out of memory\n"))

    def test_wrong_use_is_told(self):
        self.assertIn("unknown heap command or file 'sumary'; did you mean 'summary'?", run("sumary", self.old, status=2))
        self.assertIn("unknown option '--depth'", run("summary", self.old, "--depth", "3", status=2))
        self.assertIn("--limit takes", run("top", self.old, "--limit", "x", status=2))
        self.assertIn("--limit needs a value", run("top", self.old, "--limit", status=2))
        self.assertIn("wrong number", run("diff", self.old, status=2))
        self.assertIn("usage: cairn heap", run("--help"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
