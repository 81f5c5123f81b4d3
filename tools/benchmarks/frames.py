# SPDX-License-Identifier: MIT
"""How long frames take beside a million live objects: `tools/bench --frames`.

Runs tests/pebble/frames.py with a pause target and without, and draws both distributions.
"""
import math
import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "tests/pebble/frames.py"
BIN = re.compile(r"^ +(\d+\.\d\d) ms +(\d+)$", re.MULTILINE)
LATE = re.compile(r"^(\d+) frames .*: (\d+) late, (\d+) because of the heap$", re.MULTILINE)
RUNS = (("with a pause target of 200 \N{MICRO SIGN}s", ["--pause-target", "200000"], "#2f6f9f"),
        ("full collections in one piece", [], "#c2703d"))
BIN_MS, FIRST_MS, LAST_MS, LATE_MS = 0.25, 1.5, 260.0, 4.0
LEFT, WIDTH, HEIGHT = 60, 560, 110


def x_of(ms):
    share = math.log(min(max(ms, FIRST_MS), LAST_MS) / FIRST_MS) / math.log(LAST_MS / FIRST_MS)
    return LEFT + share * WIDTH


def panel(name, printed, colour, top):
    """One distribution; the height of a bar is the logarithm of how many frames took so long."""
    bins = {float(ms): int(count) for ms, count in BIN.findall(printed)}
    frames, late, by_heap = LATE.search(printed).groups()
    most = math.log10(max(bins.values()) + 1)
    bottom = top + HEIGHT
    parts = [f'<text x="{LEFT}" y="{top - 8}" font-weight="bold" fill="#222222">{name}: '
             f"{late} of {frames} frames late, {by_heap} because of the heap</text>"]
    for ms, count in sorted(bins.items()):
        x, end = x_of(ms), x_of(ms + BIN_MS)
        height = math.log10(count + 1) / most * (HEIGHT - 10)
        parts.append(f'<rect x="{x:.1f}" y="{bottom - height:.1f}" width="{max(end - x - 1, 1):.1f}" '
                     f'height="{height:.1f}" fill="{colour}"><title>{ms:g} ms: {count}</title></rect>')
    for ms in (2, 4, 8, 16, 32, 64, 128, 256):
        x = x_of(ms)
        line = "#d62828" if ms == LATE_MS else "#dddddd"
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}" stroke="{line}"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" fill="#222222">'
                     f'{ms} ms</text>')
    parts.append(f'<line x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{bottom}" y2="{bottom}" stroke="#888888"/>')
    return parts


def svg(panels):
    height = 40 + len(panels) * (HEIGHT + 60)
    body = [part for number, (name, printed, colour) in enumerate(panels)
            for part in panel(name, printed, colour, 60 + number * (HEIGHT + 60))]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="{height}" '
        f'viewBox="0 0 640 {height}" font-family="sans-serif" font-size="13">',
        "<!-- SPDX-License-Identifier: MIT -->",
        "<title>Processor time of frames beside a million live objects</title>",
        f'<rect width="640" height="{height}" fill="#ffffff"/>',
        '<text x="12" y="20" fill="#222222" font-weight="bold">Frames beside a million live objects, '
        'by the time they took (both axes logarithmic)</text>',
        *body, "</svg>", ""])


def run(pebble, cpu, seconds, out, publish_to):
    """Prints what both runs say; writes the picture to `out`, and to `publish_to` if there is one."""
    panels = []
    for name, options, colour in RUNS:
        print("tools/bench: frames", name, file=sys.stderr, flush=True)
        printed = subprocess.run(["taskset", "-c", str(cpu), pebble, *options, SCRIPT, "1000000",
                                  str(seconds)], check=True, text=True, capture_output=True).stdout
        print(printed)
        panels.append((name, printed, colour))
    for path in filter(None, (out, publish_to)):
        path.write_text(svg(panels), encoding="utf-8")
