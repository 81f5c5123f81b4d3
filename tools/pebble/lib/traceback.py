"""Errors as texts."""
import _traceback
import sys as _sys

_not_given = object()


def _lines(text):
    return text.splitlines(True)


def _value(exc, value):
    return exc if value is _not_given else value


def _entries(text):
    """Its lines, but the source below a frame belongs to it, and the lines between two errors are one."""
    entries = []
    for line in _lines(text):
        before = entries[-1] if entries else ""
        if (before.startswith("  File ") and line.startswith("    ")) or before == "\n" or (
                line == "\n" and before.startswith("\n")):
            entries[-1] += line
        else:
            entries.append(line)
    return entries


def format_tb(tb, limit=None):
    if tb is None:
        return []
    entries = _entries(_traceback.format_tb(tb))[1:]
    return entries if limit is None else entries[:limit] if limit >= 0 else entries[limit:]


def format_exception(exc, /, value=_not_given, tb=_not_given, limit=None, chain=True):
    value = _value(exc, value)
    if value is None:
        return ["NoneType: None\n"]
    return _entries(_traceback.format_exception(value))


def format_exception_only(exc, /, value=_not_given):
    value = _value(exc, value)
    if value is None:
        return ["NoneType: None\n"]
    text = "".join(format_exception(value))
    start = text.rfind("\nTraceback (most recent call last):\n")
    lines = _lines(text[start + 1:])
    if issubclass(type(value), SyntaxError):
        return lines[1:] if lines[0].startswith("Traceback ") else lines
    while lines[0].startswith((" ", "Traceback ")):
        lines.pop(0)
    # The message is one text, and so is each note.
    notes = len(_lines("".join([f"{note}\n" for note in getattr(value, "__notes__", ())])))
    return ["".join(lines[:len(lines) - notes])] + lines[len(lines) - notes:]


def format_exc(limit=None, chain=True):
    return "".join(format_exception(_sys.exc_info()[1]))


def _write(text, file):
    (_sys.stderr if file is None else file).write(text)


def print_exception(exc, /, value=_not_given, tb=_not_given, limit=None, file=None, chain=True):
    _write("".join(format_exception(exc, value)), file)


def print_exc(limit=None, file=None, chain=True):
    _write(format_exc(), file)


def print_tb(tb, limit=None, file=None):
    _write("".join(format_tb(tb, limit)), file)


def clear_frames(tb):
    while tb is not None:
        try:
            tb.tb_frame.clear()
        except RuntimeError:
            pass
        tb = tb.tb_next


def walk_tb(tb):
    while tb is not None:
        yield tb.tb_frame, tb.tb_lineno
        tb = tb.tb_next


def walk_stack(frame):
    if frame is None:
        frame = _sys._getframe(2)
    while frame is not None:
        yield frame, frame.f_lineno
        frame = frame.f_back


def extract_stack(f=None, limit=None):
    frame = _sys._getframe(1) if f is None else f
    entries = [FrameSummary(frame.f_code.co_filename, line, frame.f_code.co_name)
               for frame, line in walk_stack(frame)]
    return entries[:limit][::-1]


def format_list(extracted_list):
    return [f"  File \"{entry.filename}\", line {entry.lineno}, in {entry.name}\n"
            + (f"    {entry.line}\n" if entry.line else "") for entry in extracted_list]


def format_stack(f=None, limit=None):
    return format_list(extract_stack(_sys._getframe(1) if f is None else f, limit))


def print_stack(f=None, limit=None, file=None):
    _write("".join(format_stack(_sys._getframe(1) if f is None else f, limit)), file)


def print_list(extracted_list, file=None):
    _write("".join(format_list(extracted_list)), file)


class FrameSummary:
    """A place in a program."""

    __slots__ = ("filename", "lineno", "name")

    def __init__(self, filename, lineno, name):
        self.filename, self.lineno, self.name = filename, lineno, name

    @property
    def line(self):
        try:
            with open(self.filename) as lines:
                return lines.readlines()[self.lineno - 1].strip()
        except (OSError, IndexError):
            return ""

    def __repr__(self):
        return f"<FrameSummary file {self.filename}, line {self.lineno} in {self.name}>"


def extract_tb(tb, limit=None):
    return [FrameSummary(frame.f_code.co_filename, line, frame.f_code.co_name)
            for frame, line in walk_tb(tb)][:limit]
# SPDX-License-Identifier: MIT
