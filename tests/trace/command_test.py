#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How the `cairn` command takes its words: help, version, unknown words, files that are not there.

usage: command_test.py CAIRN
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CAIRN = sys.argv.pop(1) if len(sys.argv) > 1 else sys.exit(__doc__)


def run(*words, text=b""):
    done = subprocess.run([CAIRN, *map(str, words)], capture_output=True, input=text)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class CommandTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def trace(self, data):
        path = self.folder / "t.trace"
        path.write_bytes(data)
        return path

    def test_alone_it_prints_help(self):
        status, out, err = run()
        self.assertEqual((status, err), (0, ""))
        self.assertIn("cairn trace [", out)
        self.assertEqual(run("--help"), (0, out, ""))
        for words in ["help"], ["-h"], ["trace", "--help"], ["graph", "-h"], ["trace", "x", "--help"]:
            self.assertEqual(run(*words), (0, out, ""), words)
        self.assertEqual(run("heap", "-h"), run("heap", "--help"))

    def test_version_is_that_of_the_header(self):
        header = pathlib.Path(__file__).resolve().parents[2] / "include/cairn/config.h"
        line = next(x for x in header.read_text().split("\n") if "VERSION_STRING" in x)
        self.assertEqual(run("--version"), (0, f"cairn {line.split()[-1].strip(chr(34))}\n", ""))

    def test_unknown_words_are_met_with_the_nearest_known_one(self):
        for words, meant in ((["trcae"], "'trace'"), (["grap"], "'graph'"), (["--hepl"], "'--help'"),
                             (["trace", "--verfy", "x"], "'--verify'"),
                             (["trace", "--fail-swep", "x"], "'--fail-sweep'"),
                             (["trace", "--unorderd", "x"], "'--unordered'"),
                             (["graph", "--no-colect-times"], "'--no-collect-times'")):
            status, out, err = run(*words)
            self.assertEqual((status, out), (2, ""), words)
            self.assertIn(f"did you mean {meant}?", err)
            self.assertEqual(err.count("\n"), 1)

    def test_words_near_to_nothing_are_met_with_all_known_ones(self):
        status, out, err = run("zzzzzzzzzzzz")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("trace, graph", err)

    def test_wrong_use_exits_2(self):
        for words in (["trace"], ["trace", "--collect-every"], ["trace", "--collect-every", "0", "x"],
                      ["trace", "--collect-every", "x1", "x"], ["trace", "--fail-sweep", "--verify", "x"],
                      ["graph"], ["graph", "a", "b"], ["graph", "a", "--memory-limit", "-1"],
                      ["--version", "x"], ["--help", "x"], ["-h", "x"], ["help", "x"],
                      ["graph", "a", "--memory-limit", "99999999999999999999"]):
            status, out, err = run(*words)
            self.assertEqual((status, out), (2, ""), words)
            self.assertTrue(err.startswith("cairn: "), err)

    def test_a_missing_file_does_not_stop_the_others(self):
        missing = self.folder / "missing"
        status, out, err = run("trace", missing, self.trace(b"new a fin=log\n"))
        self.assertEqual((status, out), (1, "fin a\nexit\n"))
        self.assertEqual(err, f"cairn: {missing}: No such file or directory\n")
        self.assertEqual(run("trace", self.folder)[0], 1)

    def test_standard_input_is_a_file(self):
        path = self.trace(b"new b fin=log\n")
        self.assertEqual(run("trace", "-", path, text=b"new a fin=log\n"), (0, "fin a\nexit\nfin b\nexit\n", ""))
        self.assertEqual(run("trace", "--verify", "-", text=b"\xff"), (1, "", "cairn: -: not UTF-8 text\n"))

    def test_text_that_is_not_utf_8_is_refused(self):
        for bad in (b"new \xff", b"new \xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80"):
            path = self.trace(b"new a\n" + bad + b"\n")
            self.assertEqual(run("trace", path), (1, "", f"cairn: {path}: not UTF-8 text\n"))

    def test_line_ends_and_empty_files(self):
        self.assertEqual(run("trace", self.trace(b"")), (0, "exit\n", ""))
        self.assertEqual(run("trace", self.trace(b"#\n \t\n")), (0, "exit\n", ""))
        expected = (0, "refcount a -> 1\nexit\n", "")
        self.assertEqual(run("trace", self.trace(b"new a\rrefcount a")), expected)
        self.assertEqual(run("trace", self.trace(b"new a\r\nrefcount\xe2\x80\x83a\r\n")), expected)
        self.assertEqual(run("trace", self.trace(b"new\xc2\xa0a\x1c\nrefcount a#x\n")), expected)

    def test_logs_follow_each_other(self):
        path = self.trace(b"new a fin=log\n")
        self.assertEqual(run("trace", path, path), (0, "fin a\nexit\n" * 2, ""))

    def test_stats_count_the_full_collections_that_examined_the_roots(self):
        path = self.trace(b"collect\nnew a\ncollect\ncollect 1\ncollect\n")
        status, out, err = run("trace", "--stats", "--unordered", path)
        self.assertEqual((status, out.count("collect")), (0, 4))
        # The first one finds no root, and those of the exit find none any more.
        self.assertRegex(err, r"^stats: 2 full collections examined the roots, [0-2] marked them\n$")

    def test_output_that_cannot_be_written_is_an_error(self):
        # The second log is larger than any buffer.
        for words in ["--help"], ["trace", self.trace(b"new a\n" + b"refcount a\n" * 20000)]:
            with open("/dev/full", "wb") as full:
                done = subprocess.run([CAIRN, *words], stdout=full, stderr=subprocess.PIPE)
            self.assertEqual((done.returncode, done.stderr), (1, b"cairn: standard output cannot be written\n"))

    def test_messages_that_cannot_be_written_change_nothing_else(self):
        trace = self.trace(b"new a fin=log\n")
        for end in ">/dev/full", ">&-":
            for words, status, out in ((["trace", self.folder / "missing", trace], 1, b"fin a\nexit\n"),
                                       (["trace", "--stats", trace], 0, b"fin a\nexit\n"),
                                       (["bogus"], 2, b""), (["graph"], 2, b""), (["trace", "--bogus"], 2, b""),
                                       (["heap", "top", self.folder / "missing"], 1, b"")):
                done = subprocess.run(["sh", "-c", f'"$@" 2{end}', "sh", CAIRN, *words],
                                      stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
                self.assertEqual((done.returncode, done.stdout), (status, out), (words, end))


if __name__ == "__main__":
    unittest.main()
