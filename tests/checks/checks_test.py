#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The scripts of tools/checks on small trees: a right one passes, each fault is found."""
import contextlib
import importlib
import io
import pathlib
import sys
import tempfile
import unittest
import unittest.mock

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools/checks"))


class CheckTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run_check(self, script, *arguments):
        """The status and the output of a script that runs in the tree."""
        module = importlib.import_module(script.removesuffix(".py"))
        output = io.StringIO()
        with (
            contextlib.chdir(self.root),
            contextlib.redirect_stdout(output),
            unittest.mock.patch.object(sys, "argv", [script, *arguments]),
        ):
            return module.main(), output.getvalue()

    def assert_passes(self, script, *arguments):
        status, output = self.run_check(script, *arguments)
        self.assertEqual(status, 0, output)

    def assert_finds(self, words, script, *arguments):
        status, output = self.run_check(script, *arguments)
        self.assertEqual(status, 1, output)
        self.assertEqual(len(output.splitlines()), 1, output)
        self.assertIn(words, output)


class ContractsTest(CheckTest):
    def header(self, comment, declaration="CAIRN_API int cairn_f(int a);"):
        self.write("include/cairn/f.h", f"{comment}\n{declaration}\n")

    def test_a_summary_alone_is_a_contract(self):
        self.header("/// Returns `a`.")
        self.assert_passes("contracts.py")

    def test_fields_that_differ_are_allowed_in_their_order(self):
        self.header(
            "/// Makes an object.\n///   owns:    result is owned by the caller\n"
            "///   errors:  NULL if memory runs out, or\n///            if the type is wrong\n"
            "///   effects: allocates; may collect; may run user code (before)\n"
            "///   thread:  any thread"
        )
        self.assert_passes("contracts.py")

    def test_faults_of_the_summary(self):
        for comment, words in {
            "": "has no summary",
            "///   errors:  CAIRN_BUSY": "has no summary",
            "/// Is it on?": "must start with a verb",
            "/// The flags.": "must start with a verb",
            "/// Returns the flags": "must start with a verb",
        }.items():
            with self.subTest(comment):
                self.header(comment)
                self.assert_finds(words, "contracts.py")

    def test_faults_of_the_fields(self):
        for fields, words in {
            "///   owns:    nothing": "owns: states the default",
            "///   errors:  none; 0 is returned": "errors: states the default",
            "///   effects: none": "effects: states the default",
            "///   thread:  heap thread": "thread: states the default",
            "///   thread:  all threads": "any thread",
            "///   speed:   high": "is not a contract field",
            "///   effects: may allocate": "effects: must be some of",
            "///   effects: may run user code; allocates": "effects: must be some of",
            "///   effects: allocates; may collect": "a collection may run user code",
            "///   effects: allocates\n///   errors:  CAIRN_BUSY": "in the order",
            "///   errors:  CAIRN_BUSY\n///   errors:  CAIRN_BUSY": "in the order",
            "///   errors:  CAIRN_BUSY\n/// And more.": "stands after the first contract field",
        }.items():
            with self.subTest(fields):
                self.header("/// Returns `a`.\n" + fields)
                self.assert_finds(words, "contracts.py")

    def test_a_host_function_must_return(self):
        function = "/// Returns `a`.\nCAIRN_API int cairn_f(int a);\n\n"
        for comment, declaration in {
            "/// Called at death.": "typedef void (*cairn_death_fn)(int a);",
            "/// Memory.": "typedef struct cairn_allocator {\n    void* (*allocate)(int a);\n} cairn_allocator;",
        }.items():
            with self.subTest(declaration):
                self.header(function + comment, declaration)
                self.assert_finds("must return", "contracts.py")
                self.header(function + comment + " Must return.", declaration)
                self.assert_passes("contracts.py")


class LayersTest(CheckTest):
    def setUp(self):
        super().setUp()
        self.write("include/cairn/object.h", "CAIRN_API void cairn_decref(int a);\n")

    def test_calls_are_refused_below_api_when_asked(self):
        self.write("src/heap/a.cc", '#include "memory/b.h"\nvoid f() {\n    cairn_decref(1);\n}\n')
        self.write("src/api/a.cc", "void g() {\n    cairn_decref(1);\n}\n")
        self.assert_passes("layers.py")
        self.assert_finds("src/heap/a.cc:3: cairn_decref()", "layers.py", "--calls")

    def test_comments_strings_and_types_are_no_calls(self):
        self.write("src/heap/a.cc", '// cairn_decref()\nconst char* s = "cairn_decref()";\ncairn_heap* heap;\n')
        self.assert_passes("layers.py", "--calls")

    def test_an_include_must_not_go_upwards(self):
        self.write("src/heap/a.cc", '#include "reclaim/a.h"\n')
        self.assert_finds("reclaim/ lies above heap/", "layers.py")


class UserCodeTest(CheckTest):
    def setUp(self):
        super().setUp()
        self.write(
            "include/cairn/object.h",
            "/// Releases.\n///   effects: may run user code\nCAIRN_API void cairn_decref(int a);\n",
        )
        self.write(
            "src/a.h",
            "struct T {\n    cairn_finalize_fn finalize;\n    cairn_traverse_fn traverse = nullptr;\n"
            "    cairn_clear_fn clear;\n};\n\n// Runs it. USER CODE.\nvoid run(T* t);\n",
        )

    def source(self, body, comment=""):
        self.write("src/a.cc", comment + "void f(T* t) {\n" + body + "\n}\n")

    def test_marked_calls_pass(self):
        self.source(
            "    t->finalize(1);  // USER CODE\n    cairn::run(t);  // USER CODE\n"
            "    const int n = one(two(\n        run(t)), 3);  // USER CODE\n"
            "    if (run(t)) {  // USER CODE\n        return;\n    }\n"
            "    t->traverse(1);  // HOST CODE\n    list.clear();\n    map.run(t);\n"
            "    cairn_decref(1);  // NO USER CODE: not the last reference\n"
        )
        self.assert_passes("user_code.py")

    def test_unmarked_calls_are_found(self):
        for call in [
            "t->finalize(1);",
            "t->finalize(1);  // HOST CODE",
            "t->clear(1);",
            "t->traverse(1);",
            "run(t);",
            "cairn::run(t);",
            "(void)run(t);",
            "return run(t);",
            "const int n = run(t);",
            "cairn_decref(1);",
            "cairn_decref(1);  // NO USER CODE:",
            "other();  // USER CODE\n    run(t);",
            "run(t);\n    other();  // USER CODE",
        ]:
            with self.subTest(call):
                self.source("    " + call)
                self.assert_finds("unmarked", "user_code.py")

    def test_pointers_in_variables_and_parameters_are_followed(self):
        self.write("src/a.cc", "void f(cairn_visit_object_fn visit) {\n    visit(1);\n}\nvoid g() {\n    visit(1);\n}\n")
        self.assert_finds("src/a.cc:2: visit()", "user_code.py")
        self.source("    const cairn_external_size_fn size = t->size;\n    size(1);")
        self.assert_finds("size(): through a cairn_external_size_fn", "user_code.py")

    def test_a_function_marked_in_a_source_is_known_there_only(self):
        self.source("    g(t);", "// USER CODE.\nvoid g(T* t);\n\n")
        self.write("src/b.cc", "void h(T* t) {\n    g(t);\n}\n")
        self.assert_finds("src/a.cc:5: g()", "user_code.py")

    def test_marks_must_be_complete_upwards_when_asked(self):
        self.source("    run(t);  // USER CODE")
        self.assert_passes("user_code.py")
        self.assert_finds("f(): has a line that runs user code", "user_code.py", "--declarations")
        self.source("    run(t);  // USER CODE", "// USER CODE.\n")
        self.assert_passes("user_code.py", "--declarations")


class InvariantsTest(CheckTest):
    def page(self, *rows):
        self.write("docs/invariants.md", "".join(f"| {row} |\n" for row in rows))

    def setUp(self):
        super().setUp()
        self.page("INV-A-B | holds | verifier | heap | `check_a`")
        self.write("src/heap/a.cc", "// INV-A-B: the list is whole.\nvoid link();\n")
        self.write("src/collect/verify.cc", "// INV-A-B\nvoid check_a();\n")

    def test_a_row_with_code_and_verifier_passes(self):
        self.assert_passes("invariants.py")

    def test_an_assertion_is_code_and_check(self):
        self.write("src/collect/verify.cc", "void check_a();\n")
        for assertion in ["    CAIRN_ASSERT(a);  // INV-A-B\n", "// INV-A-B: so\n// it is.\nCAIRN_CHECK(\n    a);\n"]:
            self.write("src/heap/a.cc", assertion)
            self.assert_passes("invariants.py")

    def test_a_test_is_a_check(self):
        self.page("INV-A-B | holds | test | heap | `AListTest.IsWhole`")
        self.write("src/collect/verify.cc", "void check_a();\n")
        self.write("tests/unit/a_test.cc", "// INV-A-B\nTEST_F(AListTest, IsWhole) {}\n")
        self.assert_passes("invariants.py")
        self.write("tests/unit/a_test.cc", "// INV-A-B\nTEST_F(AListTest, IsDoublyLinked) {}\n")
        self.assert_finds("AListTest.IsWhole, which is not a test", "invariants.py")

    def test_faults_are_found(self):
        self.write("src/heap/a.cc", "void link();\n")
        self.assert_finds("stands at no code that keeps it", "invariants.py")
        self.write("src/heap/a.cc", "// INV-A-B\nvoid link();\nCAIRN_CHECK(1);\n")
        self.write("src/collect/verify.cc", "void check_a();\n")
        self.assert_finds("stands at no check", "invariants.py")
        self.write("src/collect/verify.cc", "// INV-A-B INV-C\nvoid check_a();\n")
        self.assert_finds("INV-C: is not on the page", "invariants.py")
        self.write("src/collect/verify.cc", "// INV-A-B\nvoid check_b();\n")
        self.assert_finds("checked in check_a, which is not in the code", "invariants.py")

    def test_faults_of_the_page_are_found(self):
        row = "INV-A-B | holds | verifier | heap | `check_a`"
        self.page(row, row)
        self.assert_finds("stands twice", "invariants.py")
        self.page("INV-A-B | holds | none | | ")
        self.assert_finds('its level is "none"', "invariants.py")
        self.page("INV-A-B | holds | verifier")
        self.assert_finds("does not have five columns", "invariants.py")


if __name__ == "__main__":
    unittest.main()
