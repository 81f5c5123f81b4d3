"""Warnings: shown once for each place and text, unless a filter says otherwise."""
import sys as _sys

filters = []
_shown = set()


class WarningMessage:
    """What a warning was, and where."""

    def __init__(self, message, category, filename, lineno, file=None, line=None, source=None):
        self.message, self.category, self.source = message, category, source
        self.filename, self.lineno, self.file, self.line = filename, lineno, file, line


def formatwarning(message, category, filename, lineno, line=None):
    if line is None:
        try:
            with open(filename) as lines:
                line = lines.readlines()[lineno - 1]
        except (OSError, IndexError):
            line = ""
    text = f"{filename}:{lineno}: {category.__name__}: {message}\n"
    return text + (f"  {line.strip()}\n" if line.strip() else "")


def showwarning(message, category, filename, lineno, file=None, line=None):
    (_sys.stderr if file is None else file).write(
        formatwarning(message, category, filename, lineno, line))


def _action(text, category):
    for action, message, wanted in filters:
        if issubclass(category, wanted) and text.lower().startswith(message.lower()):
            return action
    hidden = (DeprecationWarning, ImportWarning, ResourceWarning)
    return "ignore" if issubclass(category, hidden) else "default"


def warn(message, category=None, stacklevel=1, source=None):
    if isinstance(message, Warning):
        category = type(message)
    category = UserWarning if category is None else category
    if not (isinstance(category, type) and issubclass(category, Warning)):
        raise TypeError(f"category must be a Warning subclass, not '{type(category).__name__}'")
    try:
        frame = _sys._getframe(max(stacklevel, 1))
        place = frame.f_code.co_filename, frame.f_lineno
    except ValueError:
        place = "sys", 1
    warn_explicit(message, category, *place, source=source)


def warn_explicit(message, category, filename, lineno, module=None, registry=None,
                  module_globals=None, source=None):
    text = str(message)
    if not isinstance(message, Warning):
        message = category(message)
    action = _action(text, category)
    if action == "error":
        raise message
    if action == "ignore":
        return
    key = {"once": (text, category), "module": (text, category, filename)}.get(
        action, (text, category, filename, lineno))
    if action != "always":
        if key in _shown:
            return
        _shown.add(key)
    showing = globals()["showwarning"]
    showing(message, category, filename, lineno)


def simplefilter(action, category=Warning, lineno=0, append=False):
    filterwarnings(action, "", category, append=append)


def filterwarnings(action, message="", category=Warning, module="", lineno=0, append=False):
    if action not in ("error", "ignore", "always", "default", "module", "once"):
        raise AssertionError(f"invalid action: {action!r}")
    entry = (action, message.removesuffix(".*"), category)
    if append:
        filters.append(entry)
    else:
        filters.insert(0, entry)


def resetwarnings():
    filters.clear()


class catch_warnings:
    """Puts filters and output back at its end; with record, gives the list of what came."""

    def __init__(self, *, record=False, module=None, action=None, category=Warning):
        self._record, self._action, self._category = record, action, category

    def __enter__(self):
        global showwarning
        self._saved = filters[:], showwarning, set(_shown)
        _shown.clear()
        if self._action is not None:
            simplefilter(self._action, self._category)
        if not self._record:
            return None
        log = []

        def showwarning(*args, **kwargs):
            log.append(WarningMessage(*args, **kwargs))
        return log

    def __exit__(self, *details):
        global showwarning
        filters[:], showwarning, shown = self._saved
        _shown.clear()
        _shown.update(shown)
