# SPDX-License-Identifier: MIT
"""tools/cairn-gdb.py on a live process and on its core file.

usage: gdb_test.py HOST SCRIPT
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
COMMANDS = ["print *ada", "print *(&*ref)", "cairn-heap heap", "cairn-heap bob", "cairn-refs all",
            "cairn-refs ref", "cairn-referrers bob", "cairn-referrers *ada"]
TABLE = r""" +objects +bytes  type
( +\d+ +\d+  (person|list|weakref)
){3} +4 +\d+  all
"""
EXPECTED = r"""\$1 = <person at ADA refs 2 gen [12] \{friend: BOB\}>
\$2 = <weakref at REF refs 1 gen [12] \{weak referent: ADA\}>
""" + TABLE + TABLE + r"""<list at ALL refs 1 gen [12]>
  \[2\]: <person at BOB refs 3 gen [12]>
<weakref at REF refs 1 gen [12]>
  weak referent: <person at ADA refs 2 gen [12]>
<person at BOB refs 3 gen [12]>
(  <person at ADA refs 2 gen [12]> friend
|  <list at ALL refs 1 gen [12]> \[2\]
){2}  1 of 3 references are not from objects
<person at ADA refs 2 gen [12]>
(  <weakref at REF refs 1 gen [12]> weak referent
|  <person at BOB refs 3 gen [12]> friend
){2}  1 of 2 references are not from objects
"""


def gdb(arguments, commands):
    line = ["gdb", "-nx", "-batch", "-iex", "set debuginfod enabled off"]
    for command in commands:
        line += ["-ex", command]
    run = subprocess.run(line + arguments, capture_output=True, text=True, timeout=300)
    return run.stdout + run.stderr


def check_errors(output, sentences, what):
    """Each command is answered with a sentence, and with nothing from Python."""
    shown = output.split("ERRORS\n", 1)[-1]
    for sentence in sentences:
        if sentence not in shown or "Python" in shown:
            print(f"{what}: gdb shows\n{shown}\nexpected\n{sentence}")
            return False
    return True


def check(output, what):
    addresses = dict(re.findall(r"^address (\w+) (0x[0-9a-f]+)", output, re.MULTILINE))
    if len(addresses) != 4:
        print(f"{what}: no addresses in:\n{output}")
        return False
    shown = output.split("BEGIN\n", 1)[1].split("END\n", 1)[0]
    for name, address in addresses.items():
        shown = shown.replace(address, name.upper())
    if not re.fullmatch(EXPECTED, shown):
        print(f"{what}: gdb shows\n{shown}\nexpected\n{EXPECTED}")
        return False
    return True


def main():
    host, script = sys.argv[1:]
    if shutil.which("gdb") is None:
        print("skipped: gdb is not installed")
        return SKIPPED
    show = ['printf "address ada %p\\n", ada', 'printf "address bob %p\\n", bob',
            'printf "address all %p\\n", all', 'printf "address ref %p\\n", ref',
            'echo BEGIN\\n', *COMMANDS, 'echo END\\n']
    with tempfile.TemporaryDirectory() as folder:
        core = pathlib.Path(folder) / "core"
        live = gdb([host], ["set width 0", f"source {script}", "break stop_here", "run", *show, "echo ERRORS\\n",
                            "cairn-refs 0", "cairn-heap 5", "cairn-heap nothing",
                            f"generate-core-file {core}", "kill"])
        if "BEGIN" not in live and ("ptrace" in live or "Operation not permitted" in live):
            print("skipped: gdb may not run programs here")
            return SKIPPED
        if re.search("has no debug information|No symbol", live.split("ERRORS")[0]):
            print("skipped: the library has no debug information")
            return SKIPPED
        good = check(live, "live process")
        good &= check_errors(live, ["0 is not an object or a heap: Cannot access memory",
                                    "5 is not an object or a heap: Cannot access memory",
                                    'No symbol "nothing" in current context'], "wrong arguments")
        # Another process may have other types at the same addresses.
        known = "python print('known', len(Layout.known))"
        ended = gdb([host], [f"source {script}", "break stop_here", "run", "print *ada", known, "kill", known])
        if re.findall(r"^known (\d+)", ended, re.MULTILINE) != ["1", "0"]:
            print(f"the script remembers types of a process that has ended:\n{ended}")
            good = False
        if shutil.which("strip"):
            bare = pathlib.Path(folder) / "bare"
            subprocess.run(["strip", "--strip-debug", "-o", bare, host], check=True)
            stripped = gdb([str(bare)], [f"source {script}", "break stop_here", "run", "echo ERRORS\\n",
                                         "cairn-heap *(void**)&heap", "kill"])
            good &= check_errors(stripped, ["the library has no debug information"], "stripped")
        dead = gdb([host, str(core)], ["set width 0", f"source {script}", *show])
        return 0 if check(dead, "core file") and good else 1


if __name__ == "__main__":
    sys.exit(main())
