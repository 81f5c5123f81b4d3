# SPDX-License-Identifier: MIT
"""Full collections in slices, as the module cairn shows them. Fails with a traceback."""
import cairn
import gc
import weakref


class Node:
    pass


def ring(size):
    nodes = [Node() for _ in range(size)]
    for number, node in enumerate(nodes):
        node.next = nodes[number - 1]
    return nodes


def refused(function, *words):
    try:
        function(*words)
    except ValueError:
        return True
    return False


gc.disable()
gc.collect()
assert cairn.pause_target() == 0 and cairn.cycle_state() == "idle"
assert refused(cairn.gc_step, 1000), "there is no target yet"
assert refused(cairn.set_pause_target, -1)
assert set(cairn.pauses()) == {"young", "middle", "whole", "slice"}
assert sum(cairn.pauses()["slice"]["counts"]) == 0
cairn.set_pause_target(5000)
assert cairn.pause_target() == 5000

# Steps, without automatic collection: garbage goes, what lives stays, each state is seen.
live = ring(2000)
garbage = [ring(10) for _ in range(500)]
called = []
watches = [weakref.ref(nodes[0], called.append) for nodes in garbage]
stays = weakref.ref(live[0])
gc.collect()  # only what is old is left to a cycle
del garbage
watches.append(weakref.ref(ring(10)[0]))  # young: found before the cycle begins
states = set()
steps = 0
before = cairn.cycle_stats()
while not cairn.gc_step(5000):
    states.add(cairn.cycle_state())
    steps += 1
    live.append(Node())
    assert stays() is live[0]
    assert steps < 1_000_000
assert cairn.cycle_state() == "idle" and "guessing" in states and "proving" in states, states
assert all(watch() is None for watch in watches) and len(called) == 500, len(called)
assert len(live) == 2000 + steps and live[0].next is live[1999]
after = cairn.cycle_stats()
assert after["cycles"] == before["cycles"] + 1 and after["slices"] - before["slices"] > 1, after
assert after["largest_group"] >= 10 and set(after) == {
    "cycles", "abandoned", "slices", "stretched", "largest_group", "failed_proofs"}
row = cairn.pauses()["slice"]
assert len(row["counts"]) == 40 and sum(row["counts"]) == after["slices"], (row, after)
assert 0 < row["longest_ns"] <= row["total_ns"]
longest_bin = max(number for number, count in enumerate(row["counts"]) if count)
assert (1 << longest_bin) // 2 <= row["longest_ns"] < 1 << longest_bin, (longest_bin, row)

# A collection that the program asks for ends a cycle early.
nodes = ring(5)
watch = weakref.ref(nodes[0])
gc.collect()
del nodes
assert not cairn.gc_step(1) and cairn.cycle_state() == "guessing"
gc.collect()
assert cairn.cycle_state() == "idle" and watch() is None
assert cairn.cycle_stats()["abandoned"] == after["abandoned"] + 1

# So does a target of 0, which leaves the garbage to the next one.
nodes = ring(5)
watch = weakref.ref(nodes[0])
gc.collect()
del nodes
assert not cairn.gc_step(1)
cairn.set_pause_target(0)
assert cairn.cycle_state() == "idle" and cairn.pause_target() == 0 and watch() is not None
assert gc.collect() >= 5 and watch() is None
assert cairn.verify()
