"""Paths as texts, and questions about what they lead to (os.path)."""
import os
import stat

curdir, pardir, sep, extsep, pathsep, altsep, devnull = ".", "..", "/", ".", ":", None, "/dev/null"


def isabs(path):
    return os.fspath(path).startswith("/")


def join(path, *parts):
    path = os.fspath(path)
    for part in parts:
        part = os.fspath(part)
        if part.startswith("/"):
            path = part
        else:
            path += part if not path or path.endswith("/") else "/" + part
    return path


def split(path):
    path = os.fspath(path)
    at = path.rfind("/") + 1
    head, tail = path[:at], path[at:]
    return (head.rstrip("/") or head), tail


def basename(path):
    return split(path)[1]


def dirname(path):
    return split(path)[0]


def splitext(path):
    path = os.fspath(path)
    name = path[path.rfind("/") + 1:]
    at = name.rfind(".")
    if at < 0 or not name[:at].strip("."):
        return path, ""
    return path[:len(path) - len(name) + at], name[at:]


def splitdrive(path):
    return "", os.fspath(path)


def normcase(path):
    return os.fspath(path)


def normpath(path):
    path = os.fspath(path)
    if not path:
        return "."
    root = "/" * (2 if path.startswith("//") and not path.startswith("///")
                  else path.startswith("/"))
    parts = []
    for part in path.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", ".") and not (part == ".." and root and not parts):
            parts.append(part)
    return root + "/".join(parts) or "."


def abspath(path):
    return normpath(join(os.getcwd(), path))


def realpath(path, *, strict=False):
    done = "/"
    parts = abspath(path).split("/")[1:]
    followed = 0
    while parts:
        step = join(done, parts.pop(0))
        if islink(step) and followed < 40:
            followed += 1
            parts = normpath(join(done, os.readlink(step))).split("/")[1:] + parts
            done = "/"
        elif strict and not exists(step):
            os.stat(step)
        else:
            done = step
    return normpath(done)


def relpath(path, start="."):
    if not path:
        raise ValueError("no path specified")
    here = [part for part in abspath(start).split("/") if part]
    there = [part for part in abspath(path).split("/") if part]
    common = len(commonprefix([here, there]))
    return "/".join([".."] * (len(here) - common) + there[common:]) or "."


def commonprefix(paths):
    if not paths:
        return ""
    first, last = min(paths), max(paths)
    for i, item in enumerate(first):
        if item != last[i]:
            return first[:i]
    return first


def commonpath(paths):
    paths = [os.fspath(path) for path in paths]
    if not paths:
        raise ValueError("commonpath() arg is an empty sequence")
    if len({isabs(path) for path in paths}) != 1:
        raise ValueError("Can't mix absolute and relative paths")
    parts = [[part for part in path.split("/") if part and part != "."] for path in paths]
    return ("/" if isabs(paths[0]) else "") + "/".join(commonprefix(parts))


def expanduser(path):
    path = os.fspath(path)
    if path != "~" and not path.startswith("~/"):
        return path
    home = os.environ.get("HOME")
    return path if home is None else (home.rstrip("/") + path[1:] or "/")


def expandvars(path):
    path = os.fspath(path)
    done = ""
    while "$" in path:
        before, path = path.split("$", 1)
        braced = path.startswith("{") and "}" in path
        end = 0
        while not braced and end < len(path) and (path[end].isalnum() or path[end] == "_"):
            end += 1
        name = path[1:path.index("}")] if braced else path[:end]
        raw = "{" + name + "}" if braced else name
        done += before + os.environ.get(name, "$" + raw)
        path = path[len(raw):]
    return done + path


def _mode(path, follow=True):
    try:
        return os.stat(path, follow_symlinks=follow).st_mode
    except (OSError, ValueError):
        return None


def exists(path):
    return _mode(path) is not None


def lexists(path):
    return _mode(path, follow=False) is not None


def isfile(path):
    mode = _mode(path)
    return mode is not None and stat.S_ISREG(mode)


def isdir(path):
    mode = _mode(path)
    return mode is not None and stat.S_ISDIR(mode)


def islink(path):
    mode = _mode(path, follow=False)
    return mode is not None and stat.S_ISLNK(mode)


def getsize(path):
    return os.stat(path).st_size


def getmtime(path):
    return os.stat(path).st_mtime


def getatime(path):
    return os.stat(path).st_atime


def getctime(path):
    return os.stat(path).st_ctime


def samestat(one, other):
    return one.st_ino == other.st_ino and one.st_dev == other.st_dev


def samefile(one, other):
    return samestat(os.stat(one), os.stat(other))
# SPDX-License-Identifier: MIT
