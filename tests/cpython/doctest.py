"""Examples in texts: what stands after `>>>` is run and must print what stands below it."""
import io
import sys
import unittest


def examples(text):
    """Yields source and expected output of each example."""
    lines = [line.strip() if not line.strip() else line for line in text.split("\n")]
    at = 0
    while at < len(lines):
        if not lines[at].startswith(">>> "):
            at += 1
            continue
        source = [lines[at][4:]]
        at += 1
        while at < len(lines) and lines[at].startswith("..."):
            source.append(lines[at][4:])
            at += 1
        expected = []
        while at < len(lines) and lines[at] and not lines[at].startswith(">>> "):
            expected.append(lines[at])
            at += 1
        yield "\n".join(source) + "\n", "".join(line + "\n" for line in expected)


class TextTest(unittest.TestCase):
    def __init__(self, name, text):
        super().__init__()
        self.name = name
        self.text = text

    def id(self):
        return self.name

    def runTest(self):
        names = {"__name__": "__main__"}
        for source, expected in examples(self.text):
            outer, sys.stdout = sys.stdout, io.StringIO()
            try:
                exec(compile(source, "<example>", "single"), names)
                printed = sys.stdout.getvalue()
            finally:
                sys.stdout = outer
            self.assertEqual(printed, expected, source)


def DocTestSuite():
    """The examples in the __test__ texts of the module that asks."""
    names = sys._getframe(1).f_globals
    return unittest.TestSuite(TextTest(f"__test__.{name}", text)
                              for name, text in names["__test__"].items())
# SPDX-License-Identifier: MIT
