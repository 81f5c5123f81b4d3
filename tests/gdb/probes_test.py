# SPDX-License-Identifier: MIT
"""The probes of the library: those that docs/tracing.md lists, and that gdb stops at.

usage: probes_test.py HAS_PROBES LIBRARY HOST PAGE
"""
import pathlib
import re
import shutil
import subprocess
import sys

SKIPPED = 77


def documented(page):
    """Probes and how many arguments they have."""
    rows = re.findall(r"^\| `(\w+__\w+)` \| (.+) \|$", pathlib.Path(page).read_text(), re.MULTILINE)
    return {name: len(re.sub(r"\(.*?\)", "", arguments).split(",")) for name, arguments in rows}


def built(library):
    run = subprocess.run(["readelf", "-n", library], capture_output=True, text=True, check=True)
    notes = re.findall(r"Provider: cairn\n *Name: (\w+)\n.*\n *Arguments: (.*)\n", run.stdout)
    return {name: len(arguments.split()) for name, arguments in notes}


def gdb(host, commands):
    line = ["gdb", "-nx", "-batch", "-iex", "set debuginfod enabled off"]
    for command in commands:
        line += ["-ex", command]
    run = subprocess.run([*line, host], capture_output=True, text=True, timeout=300)
    return run.stdout + run.stderr


def check_with_gdb(host, probes):
    listed = gdb(host, ["info probes stap cairn"])
    missing = [name for name in probes if name not in listed]
    if missing:
        print(f"gdb does not list {missing}:\n{listed}")
        return False
    shown = gdb(host, ["break -probe-stap cairn:collection__end", "run",
                       'printf "generation %d, heap %d\\n", $_probe_arg1, $_probe_arg0 == (long)::heap', "kill"])
    if "ptrace" in shown or "Operation not permitted" in shown:
        print("gdb may not run programs here")
        return True
    if not re.search("generation [0-2], heap 1\n", shown):
        print(f"gdb does not stop at a probe:\n{shown}")
        return False
    return True


def main():
    has_probes, library, host, page = sys.argv[1:]
    if has_probes != "1":
        print("skipped: built without sys/sdt.h")
        return SKIPPED
    wanted = documented(page)
    found = built(library)
    if not wanted or found != wanted:
        print(f"{page} lists {wanted}\n{library} has {found}")
        return 1
    if shutil.which("gdb") is None:
        print("gdb is not installed: its part was left out")
        return 0
    return 0 if check_with_gdb(host, wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
