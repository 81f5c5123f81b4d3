#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that each file says under which licence it is.

usage: tools/checks/spdx.py [--add]    --add writes the line into files that lack it

The line is the first one, after `#!`; in Markdown, and in programs whose line numbers tests print,
the last one. Files of other kinds cannot have comments, or are data that tests compare to the letter:
LICENSE covers them.
"""
import pathlib
import re
import subprocess
import sys

TAG = "SPDX-License-Identifier: MIT"
COMMENTS = {  # by ending: what stands before and after the tag
    "//": ([".c", ".cc", ".h", ".hpp", ".rs", ".go", ".js", ".mjs"], "// ", ""),
    "#": ([".py", ".sh", ".cmake", ".txt", ".pc.in", ".abignore", ".nim", ".gdb", ".clang-format",
           ".clang-tidy", ".gitignore"], "# ", ""),
    "block": ([".map.in", ".css"], "/* ", " */"),
    "lisp": ([".lisp"], "; ", ""),
    "lua": ([".lua"], "-- ", ""),
    "php": ([".php"], "// ", ""),
    "roff": ([".1", ".3"], '.\\" ', ""),
    "html": ([".md", ".html"], "<!-- ", " -->"),
}
WITHOUT = {".out", ".err", ".expected", ".log", ".trace", ".hgraph", ".xz", ".gz", ".svg", ".xml", ".json",
           ".csv", ".baseline", ".heap", ".db", ".fuzz", ".snap", ".equivalents", ".heapsnapshot", ".LICENSE"}
WITHOUT_NAMES = {"LICENSE"}
OTHERS = re.compile(r"d3-hierarchy")  # under a licence of its own, which lies beside it
AT_THE_END = re.compile(r"^(tests/(programs|pebble|cpython)/|tools/pebble/(lib|tour)/).*\.py$|\.(md|html)$")


def files():
    listed = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True).stdout
    return [pathlib.Path(name) for name in listed.split("\0") if name and pathlib.Path(name).is_file()]


def comment_for(path):
    """The line for this file; None if its kind has none; "" if its kind is not known."""
    name = path.name
    if name in WITHOUT_NAMES or path.suffix in WITHOUT or OTHERS.search(name):
        return None
    for endings, before, after in COMMENTS.values():
        if any(name.endswith(ending) for ending in endings):
            return f"{before}{TAG}{after}\n"
    if name == "cairnConfig.cmake.in" or name.endswith(".cmake.in"):
        return f"# {TAG}\n"
    with open(path, encoding="utf-8", errors="replace") as file:
        return f"# {TAG}\n" if file.readline().startswith("#!") else ""


def with_line(path, text, line):
    if AT_THE_END.search(path.as_posix()):
        return text + ("" if text.endswith("\n") or not text else "\n") + line
    # PHP's opening tag and an interpreter's line must be first.
    if text.startswith(("#!", "<?php")):
        first, rest = text.split("\n", 1)
        return f"{first}\n{line}{rest}"
    return line + text


def main():
    add = sys.argv[1:] == ["--add"]
    if sys.argv[1:] and not add:
        print(__doc__)
        return 2
    problems, count = [], 0
    for path in files():
        line = comment_for(path)
        if line is None:
            continue
        count += 1
        if not line:
            problems.append(f"{path}: a kind of file that tools/checks/spdx.py does not know")
            continue
        text = path.read_text(encoding="utf-8")
        if line.rstrip("\n") in text.split("\n"):
            continue
        if add:
            path.write_text(with_line(path, text, line), encoding="utf-8")
        else:
            problems.append(f"{path}: no licence line (tools/checks/spdx.py --add writes it)")
    print("\n".join(problems) or f"spdx: {count} files have a licence line")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
