#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does each file of C++ compile by itself?

Builds of a few large files (CAIRN_UNITY) do not notice an #include that is missing.

usage: tools/checks/alone.py
"""
import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build/alone"


def commands():
    """The compiler's arguments by file. Pebble is never built in large files."""
    subprocess.run(
        ["cmake", "-S", ROOT, "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DCAIRN_BUILD_PEBBLE=OFF",
         "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", "-DCMAKE_CXX_COMPILER_LAUNCHER="],
        check=True, stdout=subprocess.DEVNULL)  # fmt: skip
    found = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if path.suffix == ".cc" and BUILD not in path.parents:
            words = shlex.split(entry["command"])
            found.setdefault(path, [word for word in words[: words.index("-o")] if not word.startswith("-W")])
    return found


def precompile_gtest(command):
    """Most of what a unit test includes; read once, it takes a third of the time."""
    header = BUILD / "gtest.h"
    header.write_text("#include <gtest/gtest.h>\n")
    subprocess.run([*command, "-x", "c++-header", header, "-o", f"{header}.gch"], check=True)
    return ["-include", header]


def main():
    found = commands()
    unit = ROOT / "tests/unit"
    first = precompile_gtest(next(command for path, command in found.items() if path.parent == unit))

    def compiles(path):
        more = first if path.parent == unit else []
        return subprocess.run([*found[path], *more, "-fsyntax-only", path], cwd=BUILD).returncode == 0

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
        results = list(threads.map(compiles, found))
    print(f"{len(results)} files, {results.count(False)} do not compile by themselves")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
