#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Write small.hgraph: a made-up program of a few hundred objects with every shape that matters.

usage: make_small.py OUT
"""
import random
import sys

from graphfile import UNCOUNTED, encode

TYPES = [("program.Module", True), ("program.Document", True), ("program.Node", True), ("list", True),
         ("str", False), ("int", False), ("NoneType", False), ("bytes", False)]
MODULE, DOCUMENT, NODE, LIST, STR, INT, NONE, BYTES = range(len(TYPES))


def small_program(seed):
    r = random.Random(seed)
    nodes = []

    def add(kind, size, external=0):
        nodes.append([kind, size, external, []])
        return len(nodes) - 1

    none = add(NONE, 16, UNCOUNTED)
    strings = [add(STR, 49 + r.randrange(60), r.choice([0, 0, 1, 5])) for _ in range(60)]
    integers = [add(INT, 28, r.choice([0, 3])) for _ in range(40)]
    module = add(MODULE, 72, 3)
    documents = add(LIST, 56 + 8 * 12)
    nodes[module][3] = [documents, *r.sample(strings, 5)]
    for _ in range(12):
        document = add(DOCUMENT, 48, r.choice([0, 0, 1]))
        nodes[documents][3].append(document)
        # A tree with links to the parents: one big cycle, as a syntax tree is.
        tree = [add(NODE, 64)]
        for _ in range(r.randrange(10, 25)):
            parent = r.choice(tree)
            child = add(NODE, 64)
            nodes[child][3] = [parent, r.choice(strings), r.choice(integers), none]
            nodes[parent][3].append(child)
            tree.append(child)
        nodes[document][3] = [tree[0], r.choice(strings)]
    # What dies by count: lists held from outside alone, in a chain, with atoms and a large buffer.
    last = add(BYTES, 100_000)
    for i in range(20):
        link = add(LIST, 72, 2 if i == 19 else 0)
        nodes[link][3] = [last, r.choice(integers)]
        last = link
    # References to oneself, twice the same, an empty object, a wide one.
    knot = add(LIST, 80, 1)
    nodes[knot][3] = [knot, knot, none, none]
    add(LIST, 56, 1)
    wide = add(LIST, 5000, 1)
    nodes[wide][3] = [r.choice(strings + integers) for _ in range(600)]
    for i in strings + integers:
        nodes[i][2] = max(nodes[i][2], 0 if any(i in node[3] for node in nodes) else 1)
    return nodes


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], "wb") as f:
        f.write(encode(TYPES, small_program(7)))
