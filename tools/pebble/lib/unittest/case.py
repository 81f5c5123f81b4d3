"""One test: its asserts, what runs before and after it, and how it is skipped."""
from unittest.context import Catch, Matching, SubTest


class SkipTest(Exception):
    """Raised in a test to skip it, with the reason."""


def skip(reason):
    """Marks a test method or class as one to be skipped."""
    def mark(test):
        test.__unittest_skip__ = True
        test.__unittest_skip_why__ = reason
        return test
    if callable(reason):
        test, reason = reason, ""
        return mark(test)
    return mark


def skipIf(condition, reason):
    return skip(reason) if condition else lambda test: test


def skipUnless(condition, reason):
    return skipIf(not condition, reason)


def expectedFailure(test):
    test.__unittest_expecting_failure__ = True
    return test


class TestCase:
    failureException = AssertionError
    longMessage = True
    maxDiff = 640

    def __init__(self, methodName="runTest"):
        self._testMethodName = methodName
        self._cleanups = []
        self._outcome = None
        method = getattr(self, methodName, None)
        if method is None and methodName != "runTest":
            raise ValueError(f"no such test method in {type(self)}: {methodName}")
        self._testMethodDoc = None if method is None else method.__doc__

    def setUp(self):
        pass

    def tearDown(self):
        pass

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    # Which test it is.

    def id(self):
        return f"{type(self).__module__}.{type(self).__qualname__}.{self._testMethodName}"

    def shortDescription(self):
        text = (self._testMethodDoc or "").strip()
        return text.split("\n")[0].strip() or None

    def countTestCases(self):
        return 1

    def defaultTestResult(self):
        from unittest.result import TestResult
        return TestResult()

    def __str__(self):
        cls = type(self)
        return f"{self._testMethodName} ({cls.__module__}.{cls.__qualname__}.{self._testMethodName})"

    def __repr__(self):
        return f"<{type(self).__module__}.{type(self).__qualname__} testMethod={self._testMethodName}>"

    def __eq__(self, other):
        if type(self) is not type(other):
            return NotImplemented
        return self._testMethodName == other._testMethodName

    def __hash__(self):
        return hash((type(self), self._testMethodName))

    # Running it.

    def addCleanup(self, function, /, *args, **kwargs):
        self._cleanups.append((function, args, kwargs))

    def enterContext(self, manager):
        value = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return value

    def doCleanups(self):
        while self._cleanups:
            function, args, kwargs = self._cleanups.pop()
            self._attempt(function, *args, **kwargs)
        return self._outcome is None or self._outcome.ok

    def skipTest(self, reason):
        raise SkipTest(reason)

    def subTest(self, msg=None, **params):
        return SubTest(self, msg, params)

    def __call__(self, *args, **kwargs):
        return self.run(*args, **kwargs)

    def run(self, result=None):
        if result is None:
            result = self.defaultTestResult()
        result.startTest(self)
        method = getattr(self, self._testMethodName)
        try:
            for marked in (type(self), method):
                if getattr(marked, "__unittest_skip__", False):
                    result.addSkip(self, marked.__unittest_skip_why__)
                    return result
            expects_failure = (getattr(type(self), "__unittest_expecting_failure__", False)
                               or getattr(method, "__unittest_expecting_failure__", False))
            self._outcome = Outcome(self, result, expects_failure)
            if self._attempt(self.setUp):
                self._attempt(method)
                self._attempt(self.tearDown)
            self.doCleanups()
            self._outcome.finish()
        finally:
            self._outcome = None
            result.stopTest(self)
        return result

    def _attempt(self, function, *args, **kwargs):
        """Calls a part of the test; what it raises is recorded. True: it raised nothing."""
        if self._outcome is None:
            function(*args, **kwargs)
            return True
        try:
            function(*args, **kwargs)
        except KeyboardInterrupt:
            raise
        except SkipTest as reason:
            self._outcome.skipped(str(reason))
        except BaseException as error:
            self._outcome.failed(error)
        else:
            return True
        return False

    def debug(self):
        """Runs the test and lets everything that it raises out."""
        self.setUp()
        getattr(self, self._testMethodName)()
        self.tearDown()
        self.doCleanups()

    # Asserts. `msg` is added to the text that says what differs.

    def fail(self, msg=None):
        raise self.failureException(msg)

    def _fail(self, standard, msg):
        if msg is None:
            self.fail(standard)
        self.fail(f"{standard} : {msg}" if self.longMessage else msg)

    def assertTrue(self, expr, msg=None):
        if not expr:
            self._fail(f"{shown(expr)} is not true", msg)

    def assertFalse(self, expr, msg=None):
        if expr:
            self._fail(f"{shown(expr)} is not false", msg)

    def assertEqual(self, first, second, msg=None):
        if not first == second:
            self._fail(f"{shown(first)} != {shown(second)}", msg)

    def assertNotEqual(self, first, second, msg=None):
        if not first != second:
            self._fail(f"{shown(first)} == {shown(second)}", msg)

    def assertIs(self, first, second, msg=None):
        if first is not second:
            self._fail(f"{shown(first)} is not {shown(second)}", msg)

    def assertIsNot(self, first, second, msg=None):
        if first is second:
            self._fail(f"unexpectedly identical: {shown(first)}", msg)

    def assertIsNone(self, obj, msg=None):
        if obj is not None:
            self._fail(f"{shown(obj)} is not None", msg)

    def assertIsNotNone(self, obj, msg=None):
        if obj is None:
            self._fail("unexpectedly None", msg)

    def assertIn(self, member, container, msg=None):
        if member not in container:
            self._fail(f"{shown(member)} not found in {shown(container)}", msg)

    def assertNotIn(self, member, container, msg=None):
        if member in container:
            self._fail(f"{shown(member)} unexpectedly found in {shown(container)}", msg)

    def assertIsInstance(self, obj, cls, msg=None):
        if not isinstance(obj, cls):
            self._fail(f"{shown(obj)} is not an instance of {cls!r}", msg)

    def assertNotIsInstance(self, obj, cls, msg=None):
        if isinstance(obj, cls):
            self._fail(f"{shown(obj)} is an instance of {cls!r}", msg)

    def assertLess(self, a, b, msg=None):
        if not a < b:
            self._fail(f"{shown(a)} not less than {shown(b)}", msg)

    def assertLessEqual(self, a, b, msg=None):
        if not a <= b:
            self._fail(f"{shown(a)} not less than or equal to {shown(b)}", msg)

    def assertGreater(self, a, b, msg=None):
        if not a > b:
            self._fail(f"{shown(a)} not greater than {shown(b)}", msg)

    def assertGreaterEqual(self, a, b, msg=None):
        if not a >= b:
            self._fail(f"{shown(a)} not greater than or equal to {shown(b)}", msg)

    def _check_close(self, wanted, first, second, places, msg, delta):
        places = 7 if places is None else places
        if first == second:
            close = True
        elif delta is not None:
            close = abs(first - second) <= delta
        else:
            close = round(abs(first - second), places) == 0
        if close != wanted:
            within = f"{places} places" if delta is None else f"{shown(delta)} delta"
            if wanted:
                within += f" ({shown(abs(first - second))} difference)"
            self._fail(f"{shown(first)} {'!=' if wanted else '=='} {shown(second)} within {within}",
                       msg)

    def assertAlmostEqual(self, first, second, places=None, msg=None, delta=None):
        self._check_close(True, first, second, places, msg, delta)

    def assertNotAlmostEqual(self, first, second, places=None, msg=None, delta=None):
        self._check_close(False, first, second, places, msg, delta)

    def assertRegex(self, text, expected_regex, msg=None):
        import re
        if not re.search(expected_regex, text):
            self._fail(f"Regex didn't match: {expected_regex!r} not found in {shown(text)}", msg)

    def assertNotRegex(self, text, unexpected_regex, msg=None):
        import re
        match = re.search(unexpected_regex, text)
        if match:
            self._fail(f"Regex matched: {match.group()!r} matches {unexpected_regex!r} in "
                       f"{shown(text)}", msg)

    def assertCountEqual(self, first, second, msg=None):
        rest = list(second)
        for item in first:
            if item not in rest:
                self._fail(f"{shown(item)} is too often in {shown(first)}", msg)
            rest.remove(item)
        if rest:
            self._fail(f"missing in {shown(first)}: {shown(rest)}", msg)

    def assertSequenceEqual(self, first, second, msg=None, seq_type=None):
        if seq_type is not None:
            self.assertIsInstance(first, seq_type, msg)
            self.assertIsInstance(second, seq_type, msg)
        self.assertEqual(list(first), list(second), msg)

    def assertListEqual(self, first, second, msg=None):
        self.assertSequenceEqual(first, second, msg, list)

    def assertTupleEqual(self, first, second, msg=None):
        self.assertSequenceEqual(first, second, msg, tuple)

    def assertDictEqual(self, first, second, msg=None):
        self.assertIsInstance(first, dict, msg)
        self.assertIsInstance(second, dict, msg)
        self.assertEqual(first, second, msg)

    def assertSetEqual(self, first, second, msg=None):
        self.assertEqual(set(first), set(second), msg)

    def assertMultiLineEqual(self, first, second, msg=None):
        self.assertEqual(first, second, msg)

    def assertRaises(self, expected_exception, *args, **kwargs):
        return Catch(self, expected_exception).handle(args, kwargs)

    def assertRaisesRegex(self, expected_exception, expected_regex, *args, **kwargs):
        return Matching(self, expected_exception, expected_regex).handle(args, kwargs)


class FunctionTestCase(TestCase):
    """A function as a test."""

    def __init__(self, testFunc, setUp=None, tearDown=None, description=None):
        super().__init__()
        self._function = testFunc
        self._parts = (setUp, tearDown)
        self._testMethodDoc = description or testFunc.__doc__

    def setUp(self):
        if self._parts[0] is not None:
            self._parts[0]()

    def tearDown(self):
        if self._parts[1] is not None:
            self._parts[1]()

    def runTest(self):
        self._function()

    def id(self):
        return self._function.__name__


class Outcome:
    """What the parts of one run of a test have come to, until the result is told."""

    def __init__(self, test, result, expects_failure):
        self.test = test
        self.result = result
        self.expects_failure = expects_failure
        self.ok = True
        self.was_skipped = False
        self.expected = None

    def failed(self, error, subtest=None):
        self.ok = False
        info = (type(error), error, error.__traceback__)
        if self.expects_failure:
            self.expected = info
        elif subtest is not None:
            self.result.addSubTest(self.test, subtest, info)
        elif isinstance(error, self.test.failureException):
            self.result.addFailure(self.test, info)
        else:
            self.result.addError(self.test, info)

    def skipped(self, reason, subtest=None):
        self.was_skipped = True
        self.result.addSkip(self.test if subtest is None else subtest, reason)

    def finish(self):
        if self.expected is not None:
            self.result.addExpectedFailure(self.test, self.expected)
        elif self.ok and not self.was_skipped:
            if self.expects_failure:
                self.result.addUnexpectedSuccess(self.test)
            else:
                self.result.addSuccess(self.test)


def shown(value):
    """The repr of a value for a message; long ones are cut."""
    try:
        text = repr(value)
    except Exception:
        text = object.__repr__(value)
    return text if len(text) <= 300 else text[:300] + " [truncated]..."
# SPDX-License-Identifier: MIT
