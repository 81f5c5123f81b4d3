"""Tests as methods of classes: cases, suites, a loader, and a runner that prints what failed."""
import sys

from unittest.case import (TestCase, FunctionTestCase, SkipTest, skip, skipIf, skipUnless,
                           expectedFailure)
from unittest.result import TestResult, TextTestResult
from unittest.suite import TestSuite, TestLoader, defaultTestLoader


class TextTestRunner:
    def __init__(self, stream=None, descriptions=True, verbosity=1, failfast=False, buffer=False,
                 resultclass=None, warnings=None, *, tb_locals=False):
        self.stream = stream if stream is not None else sys.stderr
        self.verbosity = verbosity
        self.failfast = failfast
        self.resultclass = resultclass if resultclass is not None else TextTestResult

    def run(self, test):
        import time
        result = self.resultclass(self.stream, True, self.verbosity)
        result.failfast = self.failfast
        started = time.perf_counter()
        result.startTestRun()
        try:
            test(result)
        finally:
            result.stopTestRun()
        result.printErrors()
        result.printSummary(time.perf_counter() - started)
        return result


class TestProgram:
    """What `unittest.main()` does: runs the tests of a module that the command line names."""

    def __init__(self, module="__main__", defaultTest=None, argv=None, testRunner=None,
                 testLoader=defaultTestLoader, exit=True, verbosity=1, failfast=None,
                 catchbreak=None, buffer=None, warnings=None, *, tb_locals=False):
        if isinstance(module, str):
            __import__(module)
            module = sys.modules[module]
        self.module = module
        names = []
        for word in (sys.argv if argv is None else argv)[1:]:
            if word in ("-v", "--verbose"):
                verbosity = 2
            elif word in ("-q", "--quiet"):
                verbosity = 0
            elif word in ("-f", "--failfast"):
                failfast = True
            elif word.startswith("-"):
                sys.exit(f"unknown option {word}; there are -v, -q, -f and names of tests")
            else:
                names.append(word)
        if not names and defaultTest is not None:
            names = [defaultTest] if isinstance(defaultTest, str) else list(defaultTest)
        if names:
            self.test = testLoader.loadTestsFromNames(names, self.module)
        else:
            self.test = testLoader.loadTestsFromModule(self.module)
        runner = TextTestRunner if testRunner is None else testRunner
        if isinstance(runner, type):
            runner = runner(verbosity=verbosity, failfast=bool(failfast))
        self.result = runner.run(self.test)
        if exit:
            sys.exit(not self.result.wasSuccessful())


main = TestProgram
# SPDX-License-Identifier: MIT
