#!/usr/bin/env python3
"""Check the built libraries: what they export is what the headers declare, and they need no C++ runtime.

usage: symbols.py LIBCAIRN_SO LIBCAIRN_A INCLUDE_FOLDER
"""
import pathlib
import re
import subprocess
import sys

DECLARED = re.compile(r"^CAIRN_API\b[^;(]*?\b(cairn_\w+)\(", re.MULTILINE)
CXX_RUNTIME = re.compile(r"_Z|__cxa_|__gxx_")


def symbols(*command):
    """The names that an nm command lists, each with its type letter."""
    output = subprocess.run(["nm", *command], check=True, capture_output=True, text=True).stdout
    for line in output.splitlines():
        words = line.split()
        if len(words) >= 2 and len(words[-2]) == 1:
            yield words[-1].split("@")[0], words[-2]


def main(shared, static, include):
    declared = set()
    for path in pathlib.Path(include).rglob("*.h"):
        declared |= set(DECLARED.findall(path.read_text()))
    exported = {name for name, _ in symbols("-D", "--defined-only", shared)}
    problems = [f"{name}: exported but not declared CAIRN_API" for name in exported - declared]
    problems += [f"{name}: declared CAIRN_API but not exported" for name in declared - exported]
    # An archive's members need each other's symbols; what no member defines comes from elsewhere.
    listed = list(symbols(static))
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
