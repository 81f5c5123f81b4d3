# unittest: what a run of a suite reports, in which order things are called, and the texts of failed asserts.
import io
import unittest
import unittest.mock

calls = []


def setUpModule():
    calls.append("setUpModule")


def tearDownModule():
    calls.append("tearDownModule")


class Order(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        calls.append("setUpClass")

    @classmethod
    def tearDownClass(cls):
        calls.append("tearDownClass")

    def setUp(self):
        calls.append("setUp")
        self.addCleanup(calls.append, "cleanup 1")
        self.addCleanup(calls.append, "cleanup 2")

    def tearDown(self):
        calls.append("tearDown")

    def test_one(self):
        """Says what it does."""
        calls.append(f"{self.id()} {self.shortDescription()}")

    def test_two(self):
        calls.append(str(self))
        self.fail("on purpose")


class Kinds(unittest.TestCase):
    def test_error(self):
        raise ValueError("bad")

    @unittest.skip("not now")
    def test_skip(self):
        raise RuntimeError

    def test_skip_inside(self):
        self.skipTest("later")

    @unittest.skipIf(1 < 2, "true")
    def test_skip_if(self):
        raise RuntimeError

    @unittest.skipUnless(1 < 2, "false")
    def test_runs(self):
        pass

    @unittest.expectedFailure
    def test_fails(self):
        self.assertEqual(1, 2)

    @unittest.expectedFailure
    def test_does_not_fail(self):
        pass

    def test_parts(self):
        for i in range(4):
            with self.subTest(i=i):
                self.assertNotEqual(i % 2, 1)


@unittest.skip("a whole class")
class Skipped(unittest.TestCase):
    def test_it(self):
        raise RuntimeError


class Broken(unittest.TestCase):
    def setUp(self):
        raise KeyError("setUp")

    def tearDown(self):
        calls.append("never")

    def test_it(self):
        calls.append("never")


class Messages(unittest.TestCase):
    def runTest(self):
        pass


def last_line(text):
    return text.strip().split("\n")[-1]


stream = io.StringIO()
suite = unittest.TestSuite()
for cls in (Order, Kinds, Skipped, Broken):
    suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(cls))
result = unittest.TextTestRunner(stream=stream, verbosity=1).run(suite)
print(stream.getvalue().split("\n")[0])
print(stream.getvalue().split("\n")[-2])
print(result.testsRun, result.wasSuccessful(), suite.countTestCases())
for kind in ("failures", "errors", "skipped", "expectedFailures"):
    for test, text in getattr(result, kind):
        print(kind, test, "|", last_line(text))
print([str(test) for test in result.unexpectedSuccesses])
print(calls)

case = Messages()
for check in (lambda: case.assertEqual(1, 2), lambda: case.assertEqual(1, 2, "why"), lambda: case.assertTrue(0),
              lambda: case.assertFalse("x"), lambda: case.assertIs(1, None), lambda: case.assertIsNot(None, None),
              lambda: case.assertIsNone(0), lambda: case.assertIsNotNone(None), lambda: case.assertIn(1, (2, 3)),
              lambda: case.assertNotIn(2, [2]), lambda: case.assertIsInstance(1, str), lambda: case.assertLess(2, 1),
              lambda: case.assertGreaterEqual(1, 2), lambda: case.assertAlmostEqual(1.0, 1.1),
              lambda: case.assertAlmostEqual(1.0, 1.5, delta=0.25), lambda: case.assertNotAlmostEqual(1.0, 1.0),
              lambda: case.assertRegex("abc", "x+"), lambda: case.assertNotRegex("abc", "b"),
              lambda: case.assertRaises(ValueError, int, "3"), lambda: case.assertRaisesRegex(ValueError, "no such", int, "x"),
              lambda: case.assertRaises(ValueError, [].pop), lambda: case.assertCountEqual([1, 2], [2, 1]),
              lambda: case.assertDictEqual({1: 2}, {1: 2}), lambda: case.assertAlmostEqual(1, 1.00000001)):
    try:
        print("no complaint", check())
    except Exception as error:
        print(type(error).__name__, error)
with case.assertRaises((KeyError, IndexError)) as caught:
    [].pop()
print(repr(caught.exception))

mock = unittest.mock.Mock(return_value=5)
print(mock(1, a=2), mock.called, mock.call_count, mock.call_args == unittest.mock.call(1, a=2))
mock.assert_called_once_with(1, a=2)
for check in (mock.assert_not_called, lambda: mock.assert_called_with(3)):
    try:
        check()
        print("no complaint")
    except AssertionError:
        print("AssertionError")
print(mock.part.deeper(1) is mock.part.deeper(2), mock.part.deeper.call_count)
# SPDX-License-Identifier: MIT
