# SPDX-License-Identifier: MIT
"""One SVG that shows all ratios at a glance: right of the line is slower than Cairn."""
import html
import math

import plan
from results import number, row_name

COLOURS = {
    "cpython": "#7aa6d6", "cpython-static": "#1f5fa8", "shared_ptr": "#8a8a8a",
    "shared_ptr-atomic": "#bdbdbd", "nim": "#d4a017", "php": "#8250a0", "duktape": "#c2703d",
    "lua": "#2a9d8f", "libgc": "#b5495b", "mimalloc": "#2e7d32", "mimalloc-touch": "#6fbf73",
    "glibc": "#a5d6a7", "floor": "#000000", "floor-side": "#777777",
}
TRACING = {"lua", "libgc", "php"}
FLOORS = {"mimalloc", "mimalloc-touch", "glibc", "floor", "floor-side"}

LABEL_WIDTH = 290
PLOT_WIDTH = 760
VALUE_WIDTH = 110
ROW_HEIGHT = 20
LOWEST, HIGHEST = 0.05, 200.0
TICKS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200]


def x_of(ratio):
    share = math.log(min(max(ratio, LOWEST), HIGHEST) / LOWEST) / math.log(HIGHEST / LOWEST)
    return LABEL_WIDTH + share * PLOT_WIDTH


def text(x, y, content, **style):
    attributes = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in style.items())
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{html.escape(content)}</text>'


def mark(peer, x, y, hover):
    colour = COLOURS[peer]
    if peer in FLOORS:
        shape = f'<rect x="{x - 1.5:.1f}" y="{y - 7:.1f}" width="3" height="14" fill="{colour}">'
        end = "</rect>"
    elif peer in TRACING:
        points = f"{x:.1f},{y - 6:.1f} {x + 6:.1f},{y:.1f} {x:.1f},{y + 6:.1f} {x - 6:.1f},{y:.1f}"
        shape, end = f'<polygon points="{points}" fill="{colour}">', "</polygon>"
    else:
        shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}">'
        end = "</circle>"
    return f"{shape}<title>{html.escape(hover)}</title>{end}"


def legend(peers, y):
    parts = []
    x = LABEL_WIDTH
    for peer in peers:
        width = 24 + 6.4 * len(plan.PEERS[peer])
        if x + width > LABEL_WIDTH + PLOT_WIDTH:
            x, y = LABEL_WIDTH, y + 20
        parts.append(mark(peer, x + 6, y - 4, plan.PEERS[peer]))
        parts.append(text(x + 16, y, plan.PEERS[peer]))
        x += width
    return parts, y


def target_mark(results, row, y):
    """A bracket where a peer must lie for the target that is held against it."""
    parts = []
    for target in plan.targets(*row):
        if target.kind not in ("faster", "at-most"):
            continue
        if results.ratio(row, target.peer) is None:
            continue
        bound = target.bound if target.kind == "faster" else 1 / target.bound
        colour = COLOURS[target.peer]
        parts.append(f'<path d="M{x_of(bound) + 4:.1f} {y - 8:.1f}h-4v16h4" fill="none" '
                     f'stroke="{colour}" stroke-width="1.5"/>')
    return parts


def row_parts(results, row, y):
    ours = results.median(row, "cairn")
    parts = [f'<line x1="{LABEL_WIDTH}" x2="{LABEL_WIDTH + PLOT_WIDTH}" y1="{y}" y2="{y}" '
             f'stroke="#eeeeee"/>',
             text(LABEL_WIDTH - 10, y + 4, row_name(row), text_anchor="end"),
             text(LABEL_WIDTH + PLOT_WIDTH + 10, y + 4, f"{number(ours)}", font_weight="bold")]
    parts += target_mark(results, row, y)
    for peer in plan.PEERS:
        ratio = results.ratio(row, peer)
        if peer != "cairn" and ratio:
            hover = (f"{plan.PEERS[peer]}: {number(results.against(row, peer))}, "
                     f"{number(ratio)} times Cairn's {number(ours)}")
            parts.append(mark(peer, x_of(ratio), y, hover))
    return parts


def axis(top, bottom):
    parts = []
    for tick in TICKS:
        x = x_of(tick)
        colour = "#d62828" if tick == 1 else "#dddddd"
        width = 2 if tick == 1 else 1
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}" '
                     f'stroke="{colour}" stroke-width="{width}"/>')
        parts.append(text(x, top - 6, "Cairn" if tick == 1 else f"{tick:g}x", text_anchor="middle"))
    return parts


def svg(results, machine):
    """The chart as text, or None if nothing was measured for Cairn and another."""
    rows = [row for row in results.rows() if row[0] not in ("W11", "fork") and results.median(row, "cairn")
            and any(results.ratio(row, p) for p in plan.PEERS if p != "cairn")]
    if not rows:
        return None
    peers = [p for p in plan.PEERS if p != "cairn" and any(results.ratio(r, p) for r in rows)]
    body, y = legend(peers, 74)
    top = y + 40
    y = top + 10
    content = []
    for workload, title in plan.WORKLOADS.items():
        members = [row for row in rows if row[0] == workload]
        if not members:
            continue
        y += 22
        content.append(text(10, y, f"{workload}  {title}", font_weight="bold"))
        for row in members:
            y += ROW_HEIGHT
            content += row_parts(results, row, y)
    bottom = y + 15
    width = LABEL_WIDTH + PLOT_WIDTH + VALUE_WIDTH
    head = [text(10, 24, "Cairn and its peers: how many times Cairn's time each takes",
                 font_size=18, font_weight="bold"),
            text(10, 46, "Right of the red line: slower than Cairn. Left: faster. A bracket is where a "
                         "target wants the peer of its colour to be, or further right. Bold: Cairn's own value."),
            text(10, bottom + 25, machine[1], fill="#555555")]
    return "\n".join(
        [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {bottom + 40}" '
         f'width="{width}" font-family="sans-serif" font-size="12">',
         f'<rect width="{width}" height="{bottom + 40}" fill="#ffffff"/>',
         *head, *body, *axis(top, bottom), *content, "</svg>"]) + "\n"
