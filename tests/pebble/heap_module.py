"""The module cairn: what programs see of the heap beyond CPython's gc. Fails with a traceback."""
import cairn
import gc


class Node:
    pass


class Watched:
    died = []

    def __init__(self, name):
        self.name = name

    def __del__(self):
        Watched.died.append(self.name)


def pair(name):
    first, second = Watched(name + "1"), Watched(name + "2")
    first.other, second.other = second, first


gc.disable()
gc.collect()

# Use of memory goes up with objects and down when they die; the peak stays.
before = cairn.usage()
assert set(before) == {"objects", "object_bytes", "table_bytes", "buffer_bytes", "reserved_bytes",
                       "external_bytes", "peak_bytes"}, before
nodes = [Node() for _ in range(5000)]
full = cairn.usage()
assert full["objects"] - before["objects"] >= 5000, (before, full)
assert full["object_bytes"] > before["object_bytes"], (before, full)
assert full["buffer_bytes"] - before["buffer_bytes"] >= 5000 * 8, (before, full)
assert cairn.external_size(nodes) >= 5000 * 8 and cairn.object_size(nodes) > 0
assert cairn.object_size(5) == 0

# The histogram counts by class, the most bytes first.
histogram = cairn.histogram()
assert histogram[Node][0] == 5000, histogram[Node]
assert histogram[Node][1] >= 5000 * cairn.object_size(nodes[0])
sizes = [size for _, size in histogram.values()]
assert sizes == sorted(sizes, reverse=True)

# Generations: young objects, then old ones, then frozen ones.
young = cairn.generation_sizes()
gc.collect()
old = cairn.generation_sizes()
assert sum(young[:3]) >= 5000 and old[2] >= 5000 > old[0], (young, old)
gc.freeze()
frozen = cairn.generation_sizes()
assert frozen[3] == gc.get_freeze_count() >= 5000 and frozen[2] < old[2], frozen
gc.unfreeze()
rows = cairn.stats()
assert len(rows) == 3 and rows[2]["collections"] >= 2 and rows[2]["longest_ns"] > 0, rows
assert [row["collections"] for row in rows] == [row["collections"] for row in gc.get_stats()]

del nodes, histogram
after = cairn.usage()
assert after["objects"] < before["objects"] + 1000 and after["peak_bytes"] >= full["object_bytes"]
cairn.trim()
assert cairn.usage()["reserved_bytes"] <= after["reserved_bytes"]
assert cairn.verify() is True

# A soft limit tells once when it is passed; a hard one is a MemoryError.
told = []
held = []
cairn.set_soft_limit(cairn.usage()["object_bytes"] + cairn.usage()["table_bytes"]
                     + cairn.usage()["buffer_bytes"] + (1 << 20), told.append)
while not told:
    held.append("x" * 10000 + str(len(held)))
    assert len(held) < 10000
assert len(told) == 1 and told[0] > 1 << 20
cairn.set_soft_limit(0)
cairn.set_memory_limit(cairn.usage()["peak_bytes"] + cairn.usage()["external_bytes"] + (4 << 20))
try:
    while True:
        held.append([Node() for _ in range(1000)])
except MemoryError:
    held = None
else:
    assert False
cairn.set_memory_limit(0)
for wrong in (lambda: cairn.set_memory_limit(-1), lambda: cairn.set_soft_limit(1, 5)):
    try:
        wrong()
    except (ValueError, TypeError):
        continue
    assert False

# Finalizers: where the object dies, or, with --queue-finalizers, when the program asks for them.
pair("a")
gc.collect()
waiting = cairn.finalizers_pending()
if waiting:
    assert Watched.died == [] and waiting == 2
    assert cairn.is_waiting([o for o in gc.get_objects() if isinstance(o, Watched)][0])
    assert cairn.finalizers_run(max_count=1) == 1 and len(Watched.died) == 1
    assert cairn.finalizers_pending() == 1
    pair("b")
    gc.collect()
    assert cairn.finalizers_run(max_seconds=10.0) == 3
assert sorted(Watched.died)[:2] == ["a1", "a2"] and cairn.finalizers_pending() == 0
assert cairn.finalizers_run() == 0 and not cairn.is_waiting(Node())
assert cairn.verify()
print("queued" if waiting else "inline")
# SPDX-License-Identifier: MIT

# What is there, what has grown, who holds it.
import os
import tempfile
import weakref


class Grown:
    pass


old = Grown()
mark = cairn.mark()
grown = [Grown() for _ in range(50)]
assert cairn.growth(mark)[Grown][0] == 50, cairn.growth(mark)[Grown]
assert cairn.census()[Grown][0] == 51
assert not cairn.is_newer(old, mark) and cairn.is_newer(grown[0], mark)
assert cairn.growth(cairn.mark()).get(Grown) is None
for wrong in (0, -1):
    try:
        cairn.growth(wrong)
    except ValueError:
        pass
    else:
        raise AssertionError(wrong)

# Nothing of the program's is held by native code but for what it is asked about just now.
assert not [row for row in cairn.held() if isinstance(row[0], Grown)], cairn.held()

grown[7].next = grown[8]
ref = weakref.ref(grown[7])
path = cairn.path_to_root(ref)
assert [edge for edge, step in path][-2:] == ["['grown']", "[7]"], path
assert path[-1][1] is grown[7] and path[0][0] == "variable or module", path
path = None
assert cairn.retained(ref)[0] == 1, cairn.retained(ref)
grown.clear()
assert ref() is None
first, second = Grown(), Grown()
first.next, second.next = second, first
gc.disable()
ref = weakref.ref(first)
assert cairn.retained(ref)[0] == 0  # `second` is a variable too, and refers to it
del second
assert cairn.retained(ref)[0] == 2
del first
assert cairn.path_to_root(ref) is None
gc.collect()
for call in (cairn.path_to_root, cairn.retained):
    try:
        call(ref)
    except ReferenceError:
        pass
    else:
        raise AssertionError(call)
try:
    cairn.path_to_root(5)
except TypeError:
    pass
else:
    raise AssertionError

# Sites are those of the innermost call.
cairn.sample(1)
def make():
    return [Grown() for _ in range(100)]
kept = make()
cairn.sample(0)
assert any("make" in site and live >= 100 for site, live, *_ in cairn.sites()), cairn.sites()

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "a.heapsnapshot")
    cairn.snapshot(path)
    with open(path) as file:
        text = file.read()
    assert text.startswith('{"snapshot":{"meta":{') and '"Grown"' in text and '"make' in text
    try:
        cairn.snapshot(os.path.join(folder, "none", "a"))
    except OSError:
        pass
    else:
        raise AssertionError
