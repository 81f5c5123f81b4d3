#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check the built libraries: what they export is what the headers declare, with the version of its
header, and they need no C++ runtime.

usage: symbols.py LIBCAIRN_SO LIBCAIRN_A INCLUDE_FOLDER
"""
import pathlib
import re
import subprocess
import sys

DECLARED = re.compile(r"^(?:CAIRN_API|CAIRN_INLINE)\b[^;(]*?\b(cairn_\w+)\(", re.MULTILINE)
CXX_RUNTIME = re.compile(r"_Z|__cxa_|__gxx_")


def symbols(*command):
    """The names that an nm command lists, each with its type letter."""
    output = subprocess.run(["nm", *command], check=True, capture_output=True, text=True).stdout
    for line in output.splitlines():
        words = line.split()
        if len(words) >= 2 and len(words[-2]) == 1:
            yield words[-1], words[-2]


def main(shared, static, include):
    declared = {}
    for path in pathlib.Path(include).rglob("*.h"):
        for name in DECLARED.findall(path.read_text()):
            declared[name] = path.name
    exported = {}
    for name, letter in symbols("-D", "--defined-only", shared):
        if letter != "A":  # the versions themselves
            name, _, version = name.partition("@@")
            exported[name] = version
    problems = [f"{name}: exported but not declared CAIRN_API" for name in exported.keys() - declared]
    problems += [f"{name}: declared CAIRN_API but not exported" for name in declared.keys() - exported]
    problems += [
        f"{name}: has version {version or 'none'}, but is declared in {declared[name]} (tools/cmake/cairn.map.in)"
        for name, version in exported.items() if name in declared
        if (version == "CAIRN_TESTING") != (declared[name] == "testing.h") or not version
    ]
    # An archive's members need each other's symbols; what no member defines comes from elsewhere.
    listed = [(name.split("@")[0], letter) for name, letter in symbols(static)]
    defined = {name for name, letter in listed if letter not in "Uvw"}
    problems += [
        f"{name}: comes from the C++ runtime, which a C host does not link"
        for name in {name for name, letter in listed if letter == "U"} - defined
        if CXX_RUNTIME.match(name)
    ]
    print("\n".join(sorted(problems)) or f"symbols: {len(exported)} functions exported, all declared")
    return 1 if problems or not declared else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
