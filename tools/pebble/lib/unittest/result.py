"""What became of the tests, and its presentation as text."""
import sys


def described(info):
    """The traceback of an exception as text, without the calls inside this package."""
    from traceback import format_exception
    return "".join([entry for entry in format_exception(info[1])
                    if not entry.startswith('  File "<pebble>/unittest')])


class TestResult:
    def __init__(self, stream=None, descriptions=None, verbosity=None):
        self.failures = []
        self.errors = []
        self.skipped = []
        self.expectedFailures = []
        self.unexpectedSuccesses = []
        self.testsRun = 0
        self.shouldStop = False
        self.failfast = False

    def startTestRun(self):
        pass

    def stopTestRun(self):
        pass

    def startTest(self, test):
        self.testsRun += 1

    def stopTest(self, test):
        pass

    def stop(self):
        self.shouldStop = True

    def _add(self, where, test, info):
        where.append((test, described(info)))
        if self.failfast:
            self.stop()

    def addSuccess(self, test):
        pass

    def addFailure(self, test, err):
        self._add(self.failures, test, err)

    def addError(self, test, err):
        self._add(self.errors, test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            failed = issubclass(err[0], test.failureException)
            self._add(self.failures if failed else self.errors, subtest, err)

    def addSkip(self, test, reason):
        self.skipped.append((test, reason))

    def addExpectedFailure(self, test, err):
        self.expectedFailures.append((test, described(err)))

    def addUnexpectedSuccess(self, test):
        self.unexpectedSuccesses.append(test)

    def wasSuccessful(self):
        return not (self.failures or self.errors or self.unexpectedSuccesses)


class TextTestResult(TestResult):
    """Writes a letter for each test, or with verbosity 2 a line."""

    def __init__(self, stream, descriptions, verbosity):
        super().__init__(stream, descriptions, verbosity)
        self.stream = stream
        self.verbosity = verbosity

    def _note(self, letter, word):
        if self.verbosity > 1:
            self.stream.write(word + "\n")
        elif self.verbosity == 1:
            self.stream.write(letter)

    def startTest(self, test):
        super().startTest(test)
        if self.verbosity > 1:
            self.stream.write(f"{test} ... ")

    def addSuccess(self, test):
        super().addSuccess(test)
        self._note(".", "ok")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._note("F", "FAIL")

    def addError(self, test, err):
        super().addError(test, err)
        self._note("E", "ERROR")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        self._note("F", "FAIL (part)")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._note("s", f"skipped {reason!r}")

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self._note("x", "expected failure")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._note("u", "unexpected success")

    def printErrors(self):
        if self.verbosity > 0:
            self.stream.write("\n")
        for word, found in (("ERROR", self.errors), ("FAIL", self.failures)):
            for test, text in found:
                self.stream.write("=" * 70 + f"\n{word}: {test}\n" + "-" * 70 + f"\n{text}\n")

    def printSummary(self, seconds):
        plural = "" if self.testsRun == 1 else "s"
        self.stream.write("-" * 70 + f"\nRan {self.testsRun} test{plural} in {seconds:.3f}s\n\n")
        counts = [f"{name}={len(found)}"
                  for name, found in (("failures", self.failures), ("errors", self.errors),
                                      ("skipped", self.skipped),
                                      ("expected failures", self.expectedFailures),
                                      ("unexpected successes", self.unexpectedSuccesses))
                  if found]
        verdict = "OK" if self.wasSuccessful() else "FAILED"
        self.stream.write(verdict + (f" ({', '.join(counts)})" if counts else "") + "\n")
        self.stream.flush()
# SPDX-License-Identifier: MIT
