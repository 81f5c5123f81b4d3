#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that a file compiles, and that with each of its cases it does not, for the reason given.

A case is a line `#if CASE == N  // REGULAR EXPRESSION: why`; the compiler's errors must match it.

usage: must_not_compile.py FILE COMPILER OPTION...
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

CASE = re.compile(r"^#(?:el)?if CASE == (\d+) +// ([^:\n]+): ", re.MULTILINE)


def main():
    file, compiler = sys.argv[1:3]

    def compile_with(case):
        command = [*compiler.split(), *sys.argv[3:], f"-DCASE={case}",
                   "-S", "-o", "-", file]  # gcc looks for unused results after the syntax
        return subprocess.run(command, capture_output=True, text=True,
                              env={**os.environ, "LC_ALL": "C"})

    text = pathlib.Path(file).read_text()
    cases = CASE.findall(text)
    if not cases or len(cases) != text.count("if CASE =="):
        sys.exit(f"{file}: {len(cases)} cases give a reason, of {text.count('if CASE ==')}")
    plain = compile_with(0)
    if plain.returncode != 0:
        sys.exit(f"{file} does not compile without a case:\n{plain.stderr}")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(compile_with, [number for number, _ in cases]))
    for (number, reason), result in zip(cases, results):
        errors = "\n".join(line for line in result.stderr.splitlines() if "error" in line)
        if result.returncode == 0:
            print(f"case {number} compiles")
        elif not re.search(reason, errors):
            print(f"case {number} fails for another reason than \"{reason}\":\n{errors}")
        else:
            continue
        failed += 1
    print(f"{len(cases)} cases, {failed} wrong")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
