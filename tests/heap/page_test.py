# SPDX-License-Identifier: MIT
"""Writes a report and uses it in a headless Chromium.

usage: page_test.py CAIRN GENERATE MODULES SCREENSHOT
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

from modules import HERE, need_modules, need_program


def main():
    cairn, generate, modules, screenshot = sys.argv[1:]
    chromium = need_program("chromium")
    modules = need_modules(modules)
    d3 = modules / "node_modules" / "d3-hierarchy"
    page = HERE.parent.parent / "tools" / "cairn" / "heap" / "page"
    assert (d3 / "dist" / "d3-hierarchy.min.js").read_text() == (page / "d3-hierarchy.min.js").read_text()
    assert (d3 / "LICENSE").read_text() == (page / "d3-hierarchy.LICENSE").read_text()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        files = [folder / "old.heapsnapshot", folder / "new.heapsnapshot"]
        # A name that would end the script, and has quotes: it is only text.
        name = r'"</script><b onclick=\"x()\">\u003cType5"'
        for file, words in zip(files, ([], ["grown=250"])):
            subprocess.run([generate, "7", "900", file, "clean", *words], check=True)
            # The other has a name that every object of JavaScript has.
            file.write_text(file.read_text().replace('"Type5"', name).replace('"Type6"', '"constructor"'))
        report = folder / "report.html"
        subprocess.run([cairn, "heap", "report", *files, "-o", report], check=True)
        return subprocess.run(
            [shutil.which("node"), HERE / "page_test.mjs", modules, chromium, report, screenshot]).returncode


if __name__ == "__main__":
    sys.exit(main())
