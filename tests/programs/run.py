#!/usr/bin/env python3
"""Run the programs of this folder and compare what they print with what CPython 3.11 prints.

usage: run.py [OPTION...] COMMAND... [-- PROGRAM...]    as in: run.py build/dev/bin/pebble --collect-every 1
       run.py --update [-- PROGRAM...]                  write what is expected anew, with CPython itself

  --reference PYTHON   this CPython 3.11, too, must print what is expected
  --any-output         what is printed does not count, only that the program ends well

Beside NAME.py lies its standard output, NAME.out. A program that ends with an error has NAME.err
too: its status, then its standard error. Addresses and this folder's path do not count.
"""
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")


def programs(names):
    if names:
        return [FOLDER / f"{name.removesuffix('.py')}.py" for name in names]
    return sorted(path for path in FOLDER.glob("*.py") if path.name != "run.py")


def run(command, program):
    """What the program prints, and how it ends: its status, then its standard error."""
    done = subprocess.run([*command, str(program)], capture_output=True, text=True, timeout=600,
                          errors="backslashreplace")
    text, errors = (ADDRESS.sub("0x...", stream.replace(f"{FOLDER}/", ""))
                    for stream in (done.stdout, done.stderr))
    return text, f"status {done.returncode}\n{errors}"


def expected(program):
    ending = program.with_suffix(".err")
    return program.with_suffix(".out").read_text(), ending.read_text() if ending.exists() else None


def update(program):
    text, ending = run([sys.executable], program)
    program.with_suffix(".out").write_text(text)
    if ending.startswith("status 0\n"):
        program.with_suffix(".err").unlink(missing_ok=True)
    else:
        program.with_suffix(".err").write_text(ending)


def first_difference(text, wanted):
    pairs = zip(text.splitlines() + [None], wanted.splitlines() + [None])
    for number, (is_, should_be) in enumerate(pairs, 1):
        if is_ != should_be:
            return f"line {number}:\n  is        {is_!r}\n  should be {should_be!r}"
    return "the ends of lines"


def problem(command, program, any_output):
    """What is wrong with what `command` makes of the program, or None."""
    wanted, wanted_ending = expected(program)
    text, ending = run(command, program)
    if wanted_ending is None:
        if not ending.startswith("status 0\n"):
            return f"ends badly: {ending[-2000:]}"
    elif ending != wanted_ending:
        return f"standard error differs in {first_difference(ending, wanted_ending)}"
    if text != wanted and not any_output:
        return f"output differs in {first_difference(text, wanted)}"
    return None


def main(words):
    names = words[words.index("--") + 1:] if "--" in words else []
    command = words[:words.index("--")] if "--" in words else words
    any_output = False
    commands = []
    while command[:1] and command[0].startswith("--"):
        option = command.pop(0)
        if option == "--any-output":
            any_output = True
        elif option == "--reference" and command:
            commands.append([command.pop(0)])
        elif option == "--update" and not command:
            for program in programs(names):
                update(program)
            return 0
        else:
            command = []
    if not command:
        print(__doc__)
        return 2
    failed = 0
    for program in programs(names):
        for each in [*commands, command]:
            if wrong := problem(each, program, any_output):
                failed += 1
                print(f"{program.name} in {each[0]}: {wrong}")
    print(f"programs: {len(programs(names))} run, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
# SPDX-License-Identifier: MIT
