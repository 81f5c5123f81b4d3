# An exception holds its traceback, the traceback its frames, the frames their variables.
import gc
import sys
import weakref


class Token:
    pass


def fails(refs):
    token = Token()
    refs.append(weakref.ref(token))
    raise ValueError("failed")


def alive(refs):
    return sum(ref() is not None for ref in refs)


gc.disable()
refs = []
try:
    fails(refs)
except ValueError as error:
    print("while it is handled:", alive(refs))
print("after the except block:", alive(refs))

kept = None
try:
    fails(refs)
except ValueError as error:
    kept = error
print("kept:", alive(refs))
names = []
traceback = kept.__traceback__
while traceback is not None:
    names.append((traceback.tb_frame.f_code.co_name, traceback.tb_lineno))
    traceback = traceback.tb_next
print([name for name, _ in names])
kept.__traceback__ = None
print("without its traceback:", alive(refs))

try:
    fails(refs)
except ValueError as error:
    kept = error
kept = kept.with_traceback(None)
print(kept, kept.__traceback__, alive(refs))


def keeps_itself(refs):
    token = Token()
    refs.append(weakref.ref(token))
    try:
        raise KeyError("mine")
    except KeyError as error:
        saved = error


refs.clear()
keeps_itself(refs)
gc.collect()
print("an exception in its own frame, after a collection:", alive(refs))

refs.clear()
try:
    try:
        fails(refs)
    except ValueError:
        raise RuntimeError("second")
except RuntimeError as error:
    context = error.__context__
    print(repr(context), error.__cause__, error.__suppress_context__, alive(refs))
del context
print("chain gone:", alive(refs))

try:
    try:
        fails(refs)
    except ValueError as first:
        raise LookupError("third") from first
except LookupError as error:
    print(repr(error.__cause__), error.__cause__ is error.__context__, error.__suppress_context__)

print(sys.exc_info())
try:
    raise OSError("seen")
except OSError:
    kind, value, traceback = sys.exc_info()
    print(kind.__name__, value, traceback.tb_frame is sys._getframe(), value.__traceback__ is traceback)
print(sys.exc_info())
del kind, value, traceback


def frames_by_generator(refs):
    token = Token()
    refs.append(weakref.ref(token))
    yield
    raise IndexError("in a generator")


refs.clear()
generator = frames_by_generator(refs)
next(generator)
try:
    next(generator)
except IndexError as error:
    print(error, alive(refs))
print(alive(refs))
# SPDX-License-Identifier: MIT
