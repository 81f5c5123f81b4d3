#!/usr/bin/env python3
"""How pebble takes its words and meets its limits: memory, recursion, signals, syntax, the prompt.

usage: command_test.py PEBBLE [TEST...]
"""
import decimal
import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

PEBBLE = sys.argv.pop(1) if len(sys.argv) > 1 else sys.exit(__doc__)
PATIENCE = 120  # seconds; checked builds on busy machines are slow


def run(*words, code=None, text=None):
    """Status, standard output and standard error of the command."""
    words = [*words, "-c", textwrap.dedent(code)] if code is not None else words
    done = subprocess.run([PEBBLE, *words], capture_output=True, text=True, input=text, timeout=PATIENCE)
    return done.returncode, done.stdout, done.stderr


class Terminal:
    """The prompt on a terminal of its own."""

    def __init__(self, test):
        self.test = test
        self.child, self.descriptor = pty.fork()
        if self.child == 0:
            os.environ["TERM"] = "dumb"
            os.execv(PEBBLE, [PEBBLE])
        test.addCleanup(os.close, self.descriptor)

    def read_to(self, wanted, key=b""):
        """What is shown up to `wanted`, with plain ends of lines. `key` is pressed until it comes."""
        shown = b""
        end = time.monotonic() + PATIENCE
        while wanted.encode() not in shown:
            self.test.assertLess(time.monotonic(), end, f"{wanted!r} does not come after {shown!r}")
            ready, _, _ = select.select([self.descriptor], [], [], 0.5)
            if not ready:
                os.write(self.descriptor, key)
                continue
            try:
                shown += os.read(self.descriptor, 4096)
            except OSError:  # the other end is closed
                self.test.fail(f"ends without {wanted!r} after {shown!r}")
        return shown.decode().replace("\r", "")

    def type(self, line):
        time.sleep(0.2)  # what is typed before the editor takes the terminal over may be lost
        os.write(self.descriptor, line.encode() + b"\n")

    def ask(self, line):
        """What is shown between the line typed and the next prompt."""
        self.type(line)
        shown = self.read_to(">>> ").removesuffix(">>> ")
        # What is typed before the editor takes the terminal over is echoed twice.
        while shown.startswith(f"{line}\n"):
            shown = shown.removeprefix(f"{line}\n")
        return shown

    def end(self, key=b""):
        """The status when the prompt ends. `key` is pressed until it does."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            os.write(self.descriptor, key)
            ready, _, _ = select.select([self.descriptor], [], [], 0.5 if key else PATIENCE)
            try:
                if ready and not os.read(self.descriptor, 4096):
                    break
            except OSError:
                break
        else:
            os.kill(self.child, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])


class CommandTest(unittest.TestCase):
    maxDiff = None

    def test_memory_limit_is_an_error_that_can_be_caught(self):
        ways = {
            "lists": "items = []\nwhile True: items.append([0] * 1000)",
            "one list": "[0] * (1 << 40)",
            "one string": "'x' * (1 << 40)",
            "doubling": "text = 'x'\nwhile True: text += text",
            "filling": "'x'.ljust(1 << 40)",
            "a format": "f'{1:2000000000}'",
            "bytes": "bytes(1 << 40)",
            "a dict": "table = {}\nwhile True: table[len(table)] = str(len(table))",
            "a chain": "last = None\nwhile True:\n    last = (last, 1)",
            "objects": "class N: pass\nlast = N()\nwhile True:\n    n = N(); n.last = last; last = n",
            "cycles": "class N: pass\nall = []\nwhile True:\n    n = N(); n.me = n; all.append(n)",
            "closures": "f = None\nwhile True:\n    def g(f=f): return f\n    f = g",
            "generators": "def g(x): yield x\nlast = 0\nwhile True:\n    last = g(last); next(last)",
            "weak": "import weakref\nclass N: pass\nall = []\n"
                    "while True:\n    n = N(); all.append((n, weakref.ref(n, callable)))",
        }
        for name, way in ways.items():
            with self.subTest(name):
                code = f"def way():\n{textwrap.indent(way, '    ')}\n" + textwrap.dedent("""
                    for _ in range(2):
                        try:
                            way()
                        except MemoryError:
                            pass
                        else:
                            print("no error")
                    print("goes on with", sum(list(range(1000))))""")
                self.assertEqual(run("--memory-limit", "16", code=code),
                                 (0, "goes on with 499500\n", ""))

    def test_code_is_whole_under_any_memory_limit(self):
        for limit in (1, 2, 3, 4):
            status, _, err = run("--memory-limit", str(limit),
                                 code="import unittest, pprint, subprocess, re")
            self.assertIn(status, (0, 1))
            self.assertTrue(status == 0 or err.endswith("MemoryError\n"), err)

    def test_a_limit_that_the_program_sets_stays(self):
        code = ("import cairn\ncairn.set_memory_limit(2 << 20)\nexec('a_new_name = 1')\n"
                "try:\n    bytes(8 << 20)\nexcept MemoryError:\n    print('refused')")
        self.assertEqual(run(code=code), (0, "refused\n", ""))

    def test_memory_limit_makes_room_by_collecting(self):
        code = """
            import gc
            gc.disable()
            class Node: pass
            for _ in range(200_000):
                node = Node()
                node.me, node.ballast = node, [0] * 20
            print("done")"""
        self.assertEqual(run("--memory-limit", "16", code=code), (0, "done\n", ""))

    def test_memory_error_not_caught_ends_the_program(self):
        status, out, err = run("--memory-limit", "16", code="x = [0] * (1 << 30)")
        self.assertEqual((status, out), (1, ""))
        self.assertEqual(err.splitlines()[-1], "MemoryError")

    def test_deep_structures_can_be_dropped(self):
        code = """
            import gc
            items = []
            for _ in range(1_000_000):
                items = [items]
            del items
            ring = first = []
            for _ in range(1_000_000):
                ring = [ring]
            first.append(ring)
            del ring, first
            gc.collect()
            print("dropped")"""
        self.assertEqual(run(code=code), (0, "dropped\n", ""))

    def test_recursion_without_end_is_an_error(self):
        code = """
            import sys
            def plain(): plain()
            def by_native(): return sum(by_native() for _ in [1])
            class Shows:
                def __repr__(self): return repr(self)
            class Asks:
                def __getattr__(self, name): return getattr(self, name + "x")
            class Compares:
                def __eq__(self, other): return other == self
            def nest():
                nested = []
                for _ in range(100_000): nested = [nested]
                return nested
            nested, other = nest(), nest()
            ways = [plain, by_native, lambda: repr(Shows()), lambda: Asks().x, lambda: Compares() == Compares(),
                    lambda: repr(nested), lambda: nested == other,
                    lambda: eval("(" * 10_000 + ")" * 10_000), lambda: eval("-" * 100_000 + "1")]
            for limit in (1000, 10**9):
                sys.setrecursionlimit(limit)
                for way in ways:
                    try:
                        way()
                    except (RecursionError, SyntaxError, MemoryError) as error:
                        print("caught")
            print("goes on")"""
        self.assertEqual(run(code=code), (0, "caught\n" * 18 + "goes on\n", ""))

    def test_interrupt_ends_a_loop(self):
        child = subprocess.Popen([PEBBLE, "-c", "print('ready', flush=True)\nwhile True: pass"],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(child.stdout.readline(), "ready\n")
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=PATIENCE)
        self.assertEqual(child.returncode, 130)
        self.assertRegex(err, r'(?s)^Traceback .*File "<string>", line 2, in <module>.*\nKeyboardInterrupt\n$')

    def test_interrupt_can_be_caught(self):
        code = """
            import time
            for wait in (lambda: sum(iter(int, 1)), lambda: time.sleep(60)):
                try:
                    print("ready", flush=True)
                    wait()
                except KeyboardInterrupt:
                    print("caught", flush=True)"""
        child = subprocess.Popen([PEBBLE, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
        for _ in range(2):
            self.assertEqual(child.stdout.readline(), "ready\n")
            time.sleep(0.2)
            child.send_signal(signal.SIGINT)
            self.assertEqual(child.stdout.readline(), "caught\n")
        self.assertEqual(child.wait(PATIENCE), 0)
        child.stdout.close()

    def test_syntax_errors_show_a_caret(self):
        cases = {
            "x = (1,\n": ("    x = (1,\n        ^", "SyntaxError: '(' was never closed"),
            "if x\n    pass": ("    if x\n        ^", "SyntaxError: expected ':'"),
            "x = 1 +": ("    x = 1 +\n           ^", "SyntaxError: invalid syntax"),
            "for 1 in x: pass": ("    for 1 in x: pass\n        ^", "SyntaxError: cannot assign to literal"),
            "x = 'abc": ("    x = 'abc\n        ^", "SyntaxError: unterminated string literal (detected at line 1)"),
            "def f():\nreturn 1": ("    return 1\n    ^",
                                   "IndentationError: expected an indented block after function definition on line 1"),
        }
        for code, (shown, message) in cases.items():
            with self.subTest(code):
                status, out, err = run(code=code)
                self.assertEqual((status, out), (1, ""))
                self.assertIn(shown, err)
                self.assertEqual(err.splitlines()[-1], message)

    def test_syntax_that_is_not_taken_is_named(self):
        for code, word in {"async def f(): pass": "async", "match x:\n    case 1: pass": "match",
                           "try: pass\nexcept* ValueError: pass": "except*"}.items():
            status, _, err = run(code=code)
            self.assertEqual(status, 1)
            self.assertIn(word, err.splitlines()[-1])

    def test_gc_stats_tell_of_each_collection(self):
        code = """
            import gc
            gc.collect(0)
            class Node: pass
            for _ in range(10):
                node = Node()
                node.me = node
            del node
            gc.collect()"""
        status, _, err = run("--gc-stats", code=code)
        self.assertEqual(status, 0)
        line = r"gc: generation [012], \d+ examined, \d+ freed, \d+ kept, \d+\.\d{3} ms( \(asked for\))?"
        lines = err.splitlines()
        for each in lines:
            self.assertRegex(each, f"^{line}$")
        self.assertTrue(lines[0].startswith("gc: generation 0, "))
        self.assertTrue(any(" 10 freed" in each and "generation 2" in each for each in lines), err)

    def test_gc_trace_is_what_a_trace_viewer_reads(self):
        code = """
            import cairn, gc
            class Node: pass
            live = [Node() for _ in range(3000)]
            gc.collect(0)
            for i in range(100_000 if cairn.pause_target() else 3000):
                node = Node()
                node.me = node
                if cairn.cycle_stats()["cycles"] > 0: break
                live[i % 3000] = node
            gc.collect()"""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "gc.json"
            for words in [], ["--pause-target", "20000"]:
                with self.subTest(words):
                    self.assertEqual(run("--gc-trace", str(path), *words, code=code), (0, "", ""))
                    events = json.loads(path.read_text(), parse_float=decimal.Decimal)
                    self.assert_trace(events, has_slices=bool(words))
            status, out, err = run("--gc-trace", folder, code="print(1)")
            self.assertEqual((status, out), (2, ""))
            self.assertEqual(err, f"pebble: cannot write {folder}: Is a directory\n")
        if pathlib.Path("/dev/full").exists():
            self.assertEqual(run("--gc-trace", "/dev/full", code="print(1)"),
                             (1, "1\n", "pebble: cannot write /dev/full\n"))

    def assert_trace(self, events, has_slices):
        """Complete events of two tracks, in the order of their ends, each inside another or beside it."""
        names = {event["name"] for event in events}
        self.assertLessEqual({"generation 0", "generation 2", "find"}, names)
        self.assertEqual({"slice", "enrol", "mark", "prove"} <= names, has_slices)
        self.assertEqual({event["tid"] for event in events}, {1, 2} if has_slices else {1})
        for event in events:
            self.assertEqual((event["ph"], event["pid"]), ("X", 1))
            self.assertIn(event["cat"], ("gc", "phase"))
            self.assertGreater(event["ts"], 0)
            self.assertGreaterEqual(event["dur"], 0)
        for track in 1, 2:
            spans = sorted((event["ts"], -event["dur"]) for event in events if event["tid"] == track)
            open_ends = []
            for start, length in spans:
                while open_ends and open_ends[-1] <= start:
                    open_ends.pop()
                end = start - length
                if open_ends:
                    self.assertLessEqual(end, open_ends[-1])
                open_ends.append(end)

    def test_pause_target_makes_full_collections_cycles(self):
        code = """
            import cairn
            class Node: pass
            live = [Node() for _ in range(3000)]
            for _ in range(100_000):
                node = Node()
                node.me = node
                if cairn.cycle_stats()["cycles"] > 0: break
                live[_ % 3000] = node
            print(cairn.pause_target(), cairn.cycle_stats()["cycles"])"""
        self.assertEqual(run("--pause-target", "20000", code=code), (0, "20000 1\n", ""))
        status, out, err = run("--pause-target", "1", "--cpython-order", code="print(1)")
        self.assertEqual((status, out, len(err.splitlines())), (2, "", 1))
        code = """
            import cairn
            try: cairn.set_pause_target(1)
            except ValueError as error: print(error)"""
        self.assertEqual(run("--cpython-order", code=code),
                         (0, "a heap in CPython's order collects in one piece\n", ""))

    def test_prompt_shows_values_and_keeps_names(self):
        terminal = Terminal(self)
        terminal.read_to(">>> ")
        self.assertEqual(terminal.ask("x = 6"), "")
        self.assertEqual(terminal.ask("x * 7"), "42\n")
        self.assertEqual(terminal.ask("None"), "")
        self.assertEqual(terminal.ask("_ + 1"), "43\n")
        self.assertEqual(terminal.ask("'te' + 'xt'"), "'text'\n")
        terminal.type("exit()")
        self.assertEqual(terminal.end(), 0)

    def test_prompt_reads_blocks_and_goes_on_after_errors(self):
        terminal = Terminal(self)
        terminal.read_to(">>> ")
        for line in ("def double(n):", "    return 2 * n"):
            terminal.type(line)
            terminal.read_to("... ")
        terminal.ask("")
        self.assertEqual(terminal.ask("double(21)"), "42\n")
        shown = terminal.ask("1 / 0")
        self.assertTrue(shown.startswith("Traceback (most recent call last):\n"), shown)
        self.assertTrue(shown.endswith("ZeroDivisionError: division by zero\n"), shown)
        self.assertIn("SyntaxError", terminal.ask("x = = 1"))
        self.assertEqual(terminal.ask("double(4)"), "8\n")
        terminal.type("import sys; sys.exit(3)")
        self.assertEqual(terminal.end(), 3)

    def test_prompt_is_interrupted_not_ended(self):
        terminal = Terminal(self)
        terminal.read_to(">>> ")
        terminal.type("while True: pass")
        terminal.read_to("... ")
        terminal.type("")
        self.assertIn("KeyboardInterrupt", terminal.read_to(">>> ", b"\x03"))
        terminal.ask("x = 1 + 1")
        terminal.ask("x = 1 + 1")  # the first is lost when Ctrl-C was pressed at the prompt too
        self.assertEqual(terminal.ask("x"), "2\n")
        self.assertEqual(terminal.end(b"\n\x04"), 0)

    def test_program_on_standard_input(self):
        self.assertEqual(run("-", text="print('from', 'there')"), (0, "from there\n", ""))

    def test_each_option_may_come_first(self):
        options = [["--gc-stats"], ["--memory-limit", "64"], ["--collect-every", "100"],
                   ["--collect-young-every", "1"], ["--cpython-order"], ["--queue-finalizers"]]
        for option in options:
            with self.subTest(option[0]):
                others = [word for other in options if other != option for word in other]
                self.assertEqual(run(*option, code="print(1)")[:2], (0, "1\n"))
                self.assertEqual(run(*option, *others, code="print(1)")[:2], (0, "1\n"))
                self.assertEqual(run(*option, text="print(2)")[:2], (0, "2\n"))
        numbers = [[option, number, "-c", ""] for number in ("-1", " 1", "+1", "", "1 ", "18446744073709551616")
                   for option in ("--memory-limit", "--collect-every", "--collect-young-every", "--pause-target")]
        for wrong in (["--collect-every"], ["--memory-limit", "much", "-c", ""], ["--tour-guide"], ["-c"], *numbers,
                      ["--memory-limit", str(1 << 44), "-c", ""]):
            with self.subTest(wrong):
                status, out, err = run(*wrong)
                self.assertEqual((status, out, err[:14]), (2, "", "usage: pebble "))
        self.assertRegex(run("--version")[1], r"^pebble \d+\.\d+\.\d+\n$")
        self.assertEqual(run("--help")[1][:14], "usage: pebble ")

    def test_queued_finalizers_of_the_end_run_while_builtins_are_there(self):
        code = """
            import weakref
            class A:
                def __init__(self, n): self.n = n
                def __del__(self):
                    print('del', self.n)
                    if self.n == 'maker': A.kept = A('made')
            a, m = A('global'), A('maker')
            b = A('cycle'); b.b = b; del b
            c = A('dropped'); del c
            f = weakref.finalize(a, print, 'finalize')
            """
        out = "finalize\ndel dropped\ndel cycle\ndel global\ndel maker\ndel made\n"
        self.assertEqual(run("--queue-finalizers", code=code), (0, out, ""))

    def test_many_live_finalizers_end_in_proportion_to_their_number(self):
        # The last that is registered runs first.
        code = """
            import time, weakref
            class O: pass
            ran = []
            keep = [O() for i in range({})]
            weakref.finalize(keep[0], lambda: print(len(ran), time.process_time_ns() - start[0]))
            for o in keep: weakref.finalize(o, ran.append, 1)
            start = []
            weakref.finalize(keep[0], lambda: start.append(time.process_time_ns()))
            """
        def time_of(count):
            status, out, _ = run(code=code.format(count))
            ran, taken = out.split()
            self.assertEqual((status, ran), (0, str(count)))
            return int(taken)
        # 8 times; 64 times if each looked at all others. What other programs do to the time is not always the same.
        pairs = ((time_of(4000), time_of(32000)) for _ in range(5))
        self.assertTrue(any(many < 24 * few for few, many in pairs))

    def test_status_is_the_programs(self):
        for code, expected in {"": 0, "import sys; sys.exit(7)": 7, "1/0": 1, "raise SystemExit('text')": 1,
                               "raise SystemExit": 0}.items():
            self.assertEqual(run(code=code)[0], expected, code)
        self.assertEqual(run("nowhere.py")[0], 2)

    def test_output_that_cannot_be_written_is_an_error(self):
        for words, expected in ((["-c", "print(1)"], 1), (["-c", "print(1); raise SystemExit(7)"], 7), (["-c", ""], 0),
                                (["-c", "import atexit; atexit.register(print, 1)"], 1), (["--help"], 1)):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([PEBBLE, *words], stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE)
            message = b"pebble: standard output cannot be written\n" if words[-1] else b""
            self.assertEqual((done.returncode, done.stderr), (expected, message), words)
        # None is expected where there is no standard output.
        closed = ["sh", "-c", 'exec "$0" -c "print(1)" >&-', PEBBLE]
        done = subprocess.run(closed, stderr=subprocess.PIPE, timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_module_beside_the_program(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "helper.py").write_text("def greet(name):\n    return f'hello {name}'\n")
            program = pathlib.Path(folder, "main.py")
            program.write_text("import sys\nfrom helper import greet\nprint(greet(sys.argv[1]))\n")
            self.assertEqual(run(str(program), "you"), (0, "hello you\n", ""))


if __name__ == "__main__":
    unittest.main()
# SPDX-License-Identifier: MIT
