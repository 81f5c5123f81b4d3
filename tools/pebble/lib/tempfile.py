"""Files and folders that go away."""
import os as _os
import weakref as _weakref

tempdir = None
template = "tmp"
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"


def gettempdir():
    global tempdir
    if tempdir is None:
        for place in (_os.getenv("TMPDIR"), _os.getenv("TEMP"), _os.getenv("TMP"), "/tmp",
                      "/var/tmp", "/usr/tmp", _os.getcwd()):
            if place and _os.path.isdir(place) and _os.access(place, _os.W_OK | _os.X_OK):
                tempdir = _os.path.abspath(place)
                break
        else:
            raise FileNotFoundError("No usable temporary directory found")
    return tempdir


def gettempprefix():
    return template


def _make(make, suffix, prefix, dir):
    """Calls make(path) with new names until one is free; gives its result and the path."""
    folder = _os.path.abspath(gettempdir() if dir is None else dir)
    for _ in range(10000):
        middle = "".join(_LETTERS[byte % len(_LETTERS)] for byte in _os.urandom(8))
        path = _os.path.join(folder, (template if prefix is None else prefix) + middle
                             + (suffix or ""))
        try:
            return make(path), path
        except FileExistsError:
            continue
    raise FileExistsError("No usable temporary name found")


def mkstemp(suffix=None, prefix=None, dir=None, text=False):
    flags = _os.O_RDWR | _os.O_CREAT | _os.O_EXCL
    return _make(lambda path: _os.open(path, flags, 0o600), suffix, prefix, dir)


def mkdtemp(suffix=None, prefix=None, dir=None):
    return _make(lambda path: _os.mkdir(path, 0o700), suffix, prefix, dir)[1]


def mktemp(suffix="", prefix=template, dir=None):
    def make(path):
        if _os.path.lexists(path):
            raise FileExistsError(path)
    return _make(make, suffix, prefix, dir)[1]


class _NamedFile:
    """A file and its name; the name goes when the file is closed or dies."""

    def __init__(self, file, name, delete):
        self.file = file
        self.name = name
        self.delete = delete
        self._remove = _weakref.finalize(self, _discard, file, name, delete)

    def __getattr__(self, name):
        return getattr(self.__dict__["file"], name)

    def __iter__(self):
        return iter(self.file)

    def close(self):
        self._remove()

    def __enter__(self):
        self.file.__enter__()
        return self

    def __exit__(self, *details):
        self.close()


def _discard(file, name, delete):
    file.close()
    if delete:
        try:
            _os.unlink(name)
        except FileNotFoundError:
            pass


def NamedTemporaryFile(mode="w+b", buffering=-1, encoding=None, newline=None, suffix=None,
                       prefix=None, dir=None, delete=True, *, errors=None):
    fd, path = mkstemp(suffix, prefix, dir)
    return _NamedFile(open(fd, mode), path, delete)


def TemporaryFile(mode="w+b", buffering=-1, encoding=None, newline=None, suffix=None,
                  prefix=None, dir=None, *, errors=None):
    fd, path = mkstemp(suffix, prefix, dir)
    _os.unlink(path)
    return open(fd, mode)


class TemporaryDirectory:
    """A folder that goes, with all that is in it, at the end of a with statement or its own."""

    def __init__(self, suffix=None, prefix=None, dir=None, ignore_cleanup_errors=False):
        self.name = mkdtemp(suffix, prefix, dir)
        self._finalizer = _weakref.finalize(self, _remove_tree, self.name, ignore_cleanup_errors)

    def __repr__(self):
        return f"<{type(self).__name__} {self.name!r}>"

    def __enter__(self):
        return self.name

    def __exit__(self, *details):
        self.cleanup()

    def cleanup(self):
        if self._finalizer.alive or _os.path.exists(self.name):
            self._finalizer.detach()
            _remove_tree(self.name)


def _remove_tree(top, ignore_errors=False):
    try:
        for folder, folders, files in _os.walk(top, topdown=False):
            for name in files:
                _os.unlink(_os.path.join(folder, name))
            for name in folders:
                inner = _os.path.join(folder, name)
                (_os.unlink if _os.path.islink(inner) else _os.rmdir)(inner)
        _os.rmdir(top)
    except FileNotFoundError:
        pass
    except OSError:
        if not ignore_errors:
            raise
# SPDX-License-Identifier: MIT
