"""Several tests as one, and the loader that finds them in modules and classes."""
import sys

from unittest.case import FunctionTestCase, SkipTest, TestCase


class Scope:
    """The module and the class whose setUp has run, while a suite goes from test to test."""

    def __init__(self):
        self.module = None
        self.cls = None
        self.broken = False  # a setUp failed: the tests of this class or module are left out

    def enter(self, test, result):
        """Prepares for a test. False: it cannot run."""
        cls = type(test)
        module = sys.modules.get(cls.__module__)
        if cls is self.cls:
            return not self.broken
        self.leave_class(result)
        if module is not self.module:
            self.leave_module(result)
            self.module = module
            self.broken = not self._call(module, "setUpModule", result)
        if self.broken:
            return False
        self.cls = cls
        if not getattr(cls, "__unittest_skip__", False):
            self.broken = not self._call(cls, "setUpClass", result)
        return not self.broken

    def leave_class(self, result):
        cls, self.cls = self.cls, None
        if cls is not None and not self.broken and not getattr(cls, "__unittest_skip__", False):
            self._call(cls, "tearDownClass", result)

    def leave_module(self, result):
        module, self.module = self.module, None
        if module is not None and not self.broken:
            self._call(module, "tearDownModule", result)
        self.broken = False

    def _call(self, owner, name, result):
        function = getattr(owner, name, None)
        if function is None:
            return True
        try:
            function()
        except SkipTest as reason:
            result.addSkip(f"{name} ({owner.__name__})", str(reason))
        except Exception as error:
            result.addError(f"{name} ({owner.__name__})",
                            (type(error), error, error.__traceback__))
        else:
            return True
        return False


class TestSuite:
    def __init__(self, tests=()):
        self._tests = []
        self.addTests(tests)

    def addTest(self, test):
        self._tests.append(test)

    def addTests(self, tests):
        for test in tests:
            self.addTest(test)

    def __iter__(self):
        return iter(self._tests)

    def countTestCases(self):
        return sum(test.countTestCases() for test in self)

    def __call__(self, result):
        return self.run(result)

    def run(self, result):
        scope = Scope()
        self._run(result, scope)
        scope.leave_class(result)
        scope.leave_module(result)
        return result

    def _run(self, result, scope):
        for test in self:
            if result.shouldStop:
                break
            if isinstance(test, TestSuite):
                test._run(result, scope)
            elif scope.enter(test, result):
                test(result)

    def debug(self):
        for test in self:
            test.debug()


class TestLoader:
    testMethodPrefix = "test"
    suiteClass = TestSuite

    def getTestCaseNames(self, cls):
        return [name for name in sorted(dir(cls))
                if name.startswith(self.testMethodPrefix) and callable(getattr(cls, name))]

    def loadTestsFromTestCase(self, cls):
        names = self.getTestCaseNames(cls)
        if not names and hasattr(cls, "runTest"):
            names = ["runTest"]
        return self.suiteClass(cls(name) for name in names)

    def loadTestsFromModule(self, module, *, pattern=None):
        classes = [value for name, value in sorted(vars(module).items())
                   if isinstance(value, type) and issubclass(value, TestCase)
                   and value not in (TestCase, FunctionTestCase)]
        suite = self.suiteClass(self.loadTestsFromTestCase(cls) for cls in classes)
        load_tests = getattr(module, "load_tests", None)
        return suite if load_tests is None else load_tests(self, suite, pattern)

    def loadTestsFromName(self, name, module=None):
        """Finds Class, Class.method or, without a module, module.Class.method."""
        parts = name.split(".")
        found = module
        if found is None:
            found = __import__(parts.pop(0))
            while parts and not hasattr(found, parts[0]):
                found = __import__(f"{found.__name__}.{parts[0]}", None, None, [parts[0]])
                parts.pop(0)
        for part in parts:
            owner, found = found, getattr(found, part)
        if isinstance(found, type) and issubclass(found, TestCase):
            return self.loadTestsFromTestCase(found)
        if parts and isinstance(owner, type) and issubclass(owner, TestCase):
            return self.suiteClass([owner(parts[-1])])
        if callable(found):
            return found()
        return self.loadTestsFromModule(found)

    def loadTestsFromNames(self, names, module=None):
        return self.suiteClass(self.loadTestsFromName(name, module) for name in names)


defaultTestLoader = TestLoader()
# SPDX-License-Identifier: MIT
