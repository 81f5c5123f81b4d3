# SPDX-License-Identifier: MIT
"""Object graph files (format: docs/graphs.md) written and read in Python, for tests."""
from dump import varint

MAGIC = b"HGRAPH1\n"
UNCOUNTED = 1 << 20  # dump.py's largest number of external references: not a count


def encode(types, nodes):
    """types: (name, is container); nodes: (type, size, external references, edges)."""
    out = bytearray(MAGIC)
    varint(out, len(types))
    for name, container in types:
        name = name.encode()
        varint(out, len(name))
        out += name
        out.append(int(container))
    varint(out, len(nodes))
    for kind, size, external, edges in nodes:
        for number in (kind, size, external, len(edges), *edges):
            varint(out, number)
    return bytes(out)


def decode(data):
    at = len(MAGIC)

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    types = []
    for _ in range(number()):
        size = number()
        types.append((data[at:at + size].decode(), bool(data[at + size])))
        at += size + 1
    nodes = []
    for _ in range(number()):
        kind, size, external, edges = number(), number(), number(), number()
        nodes.append((kind, size, external, [number() for _ in range(edges)]))
    return types, nodes


def dead_by_count(nodes):
    """How many nodes die when the external references go, before any collection; and how many are
    held at first."""
    counts = [min(external, 1) if external == UNCOUNTED else external for _, _, external, _ in nodes]
    for _, _, _, edges in nodes:
        for target in edges:
            counts[target] += 1

    def release(dying):
        dead = 0
        while dying:
            dead += 1
            for target in nodes[dying.pop()][3]:
                counts[target] -= 1
                if counts[target] == 0:
                    dying.append(target)
        return dead

    unheld = release([i for i, count in enumerate(counts) if count == 0])
    dying = []
    for i, (_, _, external, _) in enumerate(nodes):
        if external:
            counts[i] -= 1 if external == UNCOUNTED else external
            if counts[i] == 0:
                dying.append(i)
    return len(nodes) - unheld, release(dying)
