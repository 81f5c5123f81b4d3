#!/usr/bin/env python3
"""Run the programs of this folder and compare what they print with what CPython 3.11 prints.

usage: run.py COMMAND [OPTIONS] [-- PROGRAM...]      as in: run.py build/dev/bin/cairn --collect-every 1
       run.py --update                               write the .out files anew, with CPython itself

A program's expected standard output lies beside it in a .out file. Addresses do not count.
"""
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).parent
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")


def programs(names):
    if names:
        return [FOLDER / name for name in names]
    return sorted(path for path in FOLDER.glob("*.py") if path.name != "run.py")


def output(command, program):
    done = subprocess.run([*command, str(program)], capture_output=True, text=True, timeout=600)
    return ADDRESS.sub("0x...", done.stdout), done.returncode, done.stderr


def main(words):
    names = words[words.index("--") + 1:] if "--" in words else []
    command = words[:words.index("--")] if "--" in words else words
    if command == ["--update"]:
        for program in programs(names):
            text, _, _ = output([sys.executable], program)
            program.with_suffix(".out").write_text(text)
        return 0
    if not command:
        print(__doc__)
        return 2
    failed = 0
    for program in programs(names):
        expected = program.with_suffix(".out").read_text()
        text, status, errors = output(command, program)
        if text == expected and status == 0:
            continue
        failed += 1
        wrong = next((i for i, pair in enumerate(zip(text.splitlines(), expected.splitlines()), 1)
                      if pair[0] != pair[1]), "end")
        print(f"{program.name}: status {status}, first difference in line {wrong} of the output")
        print(errors[-2000:])
    print(f"programs: {len(programs(names))} run, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
