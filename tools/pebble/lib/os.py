"""Files, folders, the environment and the process."""
import posix as _posix
import posixpath as path
import stat as _stat
import sys as _sys
from abc import Interface as _Interface
from posix import *
from posix import _exit

_sys.modules["os.path"] = path

name = "posix"
curdir, pardir, sep, linesep = ".", "..", "/", "\n"
altsep, extsep, pathsep, devnull = None, ".", ":", "/dev/null"
SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2
error = OSError
remove = unlink
replace = rename


class stat_result:
    """What stat() knows of a file: a row of ten numbers, each with a name."""

    _names = ("st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size")

    def __init__(self, fields):
        for name, value in zip(self._names, fields):
            setattr(self, name, value)
        for name, nanoseconds in zip(("st_atime", "st_mtime", "st_ctime"), fields[7:]):
            setattr(self, name, nanoseconds / 10**9)
            setattr(self, name + "_ns", nanoseconds)
        self._row = fields[:7] + tuple(time // 10**9 for time in fields[7:])

    def __len__(self):
        return len(self._row)

    def __getitem__(self, index):
        return self._row[index]

    def __eq__(self, other):
        return self._row == tuple(other)

    def __repr__(self):
        names = self._names + ("st_atime", "st_mtime", "st_ctime")
        return f"os.stat_result({', '.join(f'{n}={v}' for n, v in zip(names, self._row))})"


def stat(path, *, follow_symlinks=True):
    return stat_result(_posix.stat_fields(path, follow_symlinks))


def lstat(path):
    return stat(path, follow_symlinks=False)


def fstat(fd):
    return stat(fd)


class PathLike(_Interface):
    """Whatever has __fspath__."""

    _methods = ("__fspath__",)


def fspath(path):
    if isinstance(path, (str, bytes)):
        return path
    try:
        method = type(path).__fspath__
    except AttributeError:
        raise TypeError("expected str, bytes or os.PathLike object, not "
                        + type(path).__name__) from None
    return method(path)


def fsencode(filename):
    filename = fspath(filename)
    return filename.encode() if isinstance(filename, str) else filename


def fsdecode(filename):
    filename = fspath(filename)
    return filename.decode() if isinstance(filename, bytes) else filename


def makedirs(name, mode=0o777, exist_ok=False):
    head, tail = path.split(path.normpath(fspath(name)))
    if head and tail and not path.exists(head):
        makedirs(head, exist_ok=True)
    try:
        mkdir(name, mode)
    except OSError:
        if not exist_ok or not path.isdir(name):
            raise


def removedirs(name):
    rmdir(name)
    head = path.dirname(path.normpath(fspath(name)))
    try:
        while head:
            rmdir(head)
            head = path.dirname(head)
    except OSError:
        pass


class DirEntry:
    """A name in a folder, from scandir()."""

    def __init__(self, folder, name):
        self.name = name
        self.path = path.join(folder, name)

    def is_dir(self, *, follow_symlinks=True):
        return path.isdir(self.path) and (follow_symlinks or not self.is_symlink())

    def is_file(self, *, follow_symlinks=True):
        return path.isfile(self.path) and (follow_symlinks or not self.is_symlink())

    def is_symlink(self):
        return path.islink(self.path)

    def stat(self, *, follow_symlinks=True):
        return stat(self.path, follow_symlinks=follow_symlinks)

    def __fspath__(self):
        return self.path

    def __repr__(self):
        return f"<DirEntry {self.name!r}>"


class _Scan:
    def __init__(self, entries):
        self._entries = entries

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._entries)

    def close(self):
        self._entries = iter(())

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.close()


def scandir(path="."):
    folder = fspath(path)
    return _Scan(iter([DirEntry(folder, name) for name in listdir(folder)]))


def walk(top, topdown=True, onerror=None, followlinks=False):
    try:
        entries = list(scandir(top))
    except OSError as problem:
        if onerror is not None:
            onerror(problem)
        return
    folders = [entry.name for entry in entries if entry.is_dir()]
    files = [entry.name for entry in entries if not entry.is_dir()]
    if topdown:
        yield fspath(top), folders, files
    for folder in folders:
        inner = path.join(fspath(top), folder)
        if followlinks or not path.islink(inner):
            yield from walk(inner, topdown, onerror, followlinks)
    if not topdown:
        yield fspath(top), folders, files


class _Environment(dict):
    """The environment. What is set here, programs started later see."""

    def __setitem__(self, key, value):
        if not isinstance(key, str) or not isinstance(value, str):
            wrong = value if isinstance(key, str) else key
            raise TypeError("str expected, not " + type(wrong).__name__)
        _posix.putenv(key, value)
        super().__setitem__(key, value)

    def __delitem__(self, key):
        super().__delitem__(key)
        _posix.unsetenv(key)

    def pop(self, key, *default):
        if key not in self:
            return super().pop(key, *default)
        value = self[key]
        del self[key]
        return value

    def setdefault(self, key, value=""):
        if key not in self:
            self[key] = value
        return self[key]

    def update(self, other=(), /, **more):
        for key, value in dict(other, **more).items():
            self[key] = value

    def clear(self):
        for key in list(self):
            del self[key]

    def copy(self):
        return dict(self)

    def __repr__(self):
        return f"environ({dict.__repr__(self)})"


environ = _Environment(_posix.environment())


def getenv(key, default=None):
    return environ.get(key, default)


def fdopen(fd, *args, **kwargs):
    return open(fd, *args, **kwargs)


def cpu_count():
    try:
        with open("/proc/cpuinfo") as lines:
            return sum(line.startswith("processor") for line in lines) or None
    except OSError:
        return None
# SPDX-License-Identifier: MIT
