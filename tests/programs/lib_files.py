"""The modules os, os.path, tempfile and io."""
import gc
import io
import os
import os.path
import stat
import sys
import tempfile
from os.path import join


def attempt(action):
    try:
        return action()
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"


# Paths are texts.
print(join("a", "b"), join("a/", "b", "c"), join("a", "/b"), join("", "x"), join("a", ""))
print([os.path.split(p) for p in ("/a/b", "a", "/", "a/", "//x")])
print([os.path.splitext(p) for p in ("a.txt", ".bashrc", "a.tar.gz", "d.x/file", "..a", "a.")])
print(os.path.basename("/x/y.z"), os.path.dirname("/x/y.z"), os.path.isabs("/a"), os.path.isabs("a"))
print([os.path.normpath(p) for p in ("a/../b", "/../a", "./a//b/.", "", "../../x", "a/..", "//a")])
print(os.path.abspath("/a/./b/../c"), os.path.relpath("/a/b/c", "/a/d"), os.path.relpath("/a", "/a"))
print(os.path.commonprefix(["abc", "abd"]), os.path.commonpath(["/a/b/c", "/a/b/d"]))
os.environ["LIB_FILES"] = "value"
print(os.path.expandvars("$LIB_FILES/${LIB_FILES}x/$NOT_THERE"), os.getenv("LIB_FILES"))
print(os.environ.get("NOT_THERE"), os.getenv("NOT_THERE", "d"), "LIB_FILES" in os.environ)
del os.environ["LIB_FILES"]
print("LIB_FILES" in os.environ, attempt(lambda: os.environ["NOT_THERE"]), attempt(lambda: os.fspath(1)))
print(os.sep, os.linesep == "\n", os.name, os.curdir, os.getpid() > 0, os.path is sys.modules["os.path"])

# Files and folders.
home = tempfile.mkdtemp(prefix="lib_files")
top = tempfile.mkdtemp(prefix="lib_files", dir=home)
# os.removedirs(), below, ends at the first folder that has something: not in the system's own.
open(os.path.join(home, "kept"), "w").close()
print(os.path.isdir(top), os.listdir(top), os.path.basename(top).startswith("lib_files"))
os.makedirs(join(top, "a/b/c"))
os.makedirs(join(top, "a/b/c"), exist_ok=True)
print(attempt(lambda: os.mkdir(join(top, "a"))).replace(top, "TOP"))
name = join(top, "a", "file.txt")
with open(name, "w") as f:
    print(f.write("one\ntwo\nthree\n"))
print(os.path.exists(name), os.path.isfile(name), os.path.isdir(name), os.path.getsize(name))
info = os.stat(name)
print(info.st_size, info[6], stat.S_ISREG(info.st_mode), stat.S_ISDIR(os.stat(top).st_mode), len(info))
print(info.st_mtime > 1e9, os.path.getmtime(name) == info.st_mtime, info.st_mtime_ns > 10**18)
os.symlink(name, join(top, "link"))
print(os.path.islink(join(top, "link")), os.path.samefile(name, join(top, "link")))
print(os.readlink(join(top, "link")) == name, os.path.realpath(join(top, "link")) == os.path.realpath(name))
for folder, folders, files in sorted(os.walk(top)):
    print(folder.replace(top, "TOP"), sorted(folders), sorted(files))
with os.scandir(join(top, "a")) as entries:
    print(sorted((entry.name, entry.is_dir(), entry.is_file()) for entry in entries))
os.rename(name, join(top, "moved"))
print(sorted(os.listdir(top)), os.path.exists(name), os.path.lexists(join(top, "link")),
      os.path.exists(join(top, "link")))
for action in (lambda: os.unlink(name), lambda: os.listdir(name), lambda: os.stat(name),
               lambda: open(name), lambda: os.rmdir(join(top, "a"))):
    print(attempt(action).replace(top, "TOP"))
here = os.getcwd()
os.chdir(top)
print(os.path.exists("moved"), os.path.realpath(os.getcwd()) == os.path.realpath(top))
os.chdir(here)
os.remove(join(top, "link"))
os.unlink(join(top, "moved"))
os.rmdir(join(top, "a/b/c"))
os.removedirs(join(top, "a/b"))
print(os.path.exists(top), os.listdir(home))
os.unlink(join(home, "kept"))
os.rmdir(home)

# Temporary files.
fd, path = tempfile.mkstemp(suffix=".tmp", prefix="p")
print(os.write(fd, b"data"), path.endswith(".tmp"), os.path.dirname(path) == tempfile.gettempdir())
os.close(fd)
print(open(path).read(), oct(os.stat(path).st_mode & 0o777), attempt(lambda: os.close(fd)))
os.unlink(path)
with tempfile.NamedTemporaryFile("w+") as f:
    f.write("named")
    f.flush()
    f.seek(0)
    print(f.read(), os.path.exists(f.name))
print(os.path.exists(f.name))
f = tempfile.NamedTemporaryFile()
path = f.name
del f
gc.collect()
print(os.path.exists(path))
with tempfile.TemporaryDirectory() as folder:
    os.makedirs(join(folder, "x/y"))
    open(join(folder, "x/y/z"), "w").close()
print(os.path.exists(folder))
with tempfile.TemporaryFile() as f:
    f.write(b"abc")
    f.seek(1)
    print(f.read())


class Path:
    def __fspath__(self):
        return "/tmp/x"


print(os.fspath(Path()), os.path.join(Path(), "y"), isinstance(Path(), os.PathLike), os.fsencode("ab"))

# Files in memory.
s = io.StringIO("start")
print(s.read(2), s.tell(), s.write("XYZ"), s.getvalue(), s.read(), s.seek(0), s.readline())
s = io.StringIO()
print("to", "a", "file", file=s)
s.writelines(["l1\n", "l2"])
s.seek(0)
print([line for line in s], s.read(), s.getvalue(), s.seek(3), s.truncate(), repr(s.getvalue()))
s.close()
print(s.closed, attempt(s.getvalue), attempt(lambda: io.StringIO().write(1)))
b = io.BytesIO(b"\x00\x01abc")
print(b.read(2), b.readlines(), b.seek(-1, 2), b.read(), b.seek(7), b.write(b"z"), b.getvalue())
print(attempt(lambda: b.write("text")), b.tell(), b.readable(), b.seekable())
with io.StringIO("a\nb") as s:
    print(s.readlines())
print(s.closed)
# SPDX-License-Identifier: MIT
