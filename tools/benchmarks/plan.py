# SPDX-License-Identifier: MIT
"""What is measured: jobs for the drivers, and the targets their results are held against."""
from dataclasses import dataclass

PEERS = {
    "cairn": "Cairn",
    "cairn-sliced": "Cairn with a pause target of 200 microseconds (W11 only)",
    "cpython": "CPython 3.11 (shared library)",
    "cpython-static": "CPython 3.11 (static library)",
    "shared_ptr": "std::shared_ptr, one thread",
    "shared_ptr-atomic": "std::shared_ptr, atomic counts",
    "nim": "Nim, ORC",
    "php": "PHP 8.2 (script)",
    "duktape": "Duktape",
    "lua": "Lua 5.4",
    "lua-generational": "Lua 5.4, generational mode (W11 only)",
    "libgc": "Boehm GC",
    "mimalloc": "mi_malloc + mi_free",
    "mimalloc-touch": "the same, each block touched once",
    "glibc": "malloc + free, each block touched once",
    "floor": "floor: one pass, one touch of a header an edge",
    "floor-side": "floor: one pass, one touch of a side byte an edge",
}

WORKLOADS = {
    "W1": "allocate a node and free it (ns a pair)",
    "W2": "many nodes: make, free, make again (ns a node)",
    "W3": "incref + decref (ns a pair; incref and decref: ns each)",
    "W4": "full collection of a live heap (ns a live node)",
    "W5": "collection of a heap that is all garbage (ns a node found, freeing included)",
    "W6": "automatic collection over old live nodes (ns an allocation, all included)",
    "W7": "binary trees of depth 16 (ns a node)",
    "W8": "weak references (ns each; death: ns an object)",
    "W9": "a long chain dies (ns a node)",
    "W10": "introspection (ns for each tracked object)",
    "W11": "pauses of 50 us and more while allocating over old live nodes (us of thread CPU time each; pauses:"
           " how many; ns: an allocation, all included; full: an automatic full collection, all its slices; whole: one at"
           " the end, in one piece; idle: the same heap without garbage, nothing in between; growth: percent of the"
           " heap's bytes at first)",
    "fork": "a forked child collects in full (MB: private and dirty before, and copied by the collection)",
    "memory": "bytes a node; shrink: percent of the peak that is kept when nine tenths died",
    "graph": "full collections of real programs' heaps (ns a tracked object)",
}

NOTES = [
    "nim and php look only at candidates, objects whose count went down but not to zero; each live"
    " collection (W4) is given one candidate, from which everything is reached.",
    "lua and libgc do not count: freeing (W2, W9) is one full collection. libgc sweeps lazily: W2 free,"
    " W5 and W9 do not hold the sweeping, which later allocations pay for.",
    "duktape's voluntary collections cannot be switched off; W1, W2 and W7 hold them. php is a script:"
    " the interpreter's own time is in every figure.",
    "-declared: the holders are declared to Cairn as roots; the peers have no such call and are shown"
    " with the same graph, held the same way.",
    "W5 random: 5.9 % of the nodes are referred to by nobody and die by their count before; values are"
    " for each node that the collection found.",
    "graph rows are wall time (medians of seven collections in each process): they want a quiet machine.",
]


# These heaps are measured in W11 alone, where what they set makes a difference.
PAUSES_ONLY = ("cairn-sliced", "lua-generational")


@dataclass(frozen=True)
class Job:
    """One call of a driver. With more than one repetition the first is a warm-up."""
    workload: str
    n: int
    variant: str
    repetitions: int = 2
    peers: tuple = tuple(peer for peer in PEERS if peer not in PAUSES_ONLY)
    most_rounds: int = 1000


@dataclass(frozen=True)
class Target:
    """`kind` says how Cairn's median is held against the peer's (or against its own other row):
    at-most: at most `bound` times the peer's; faster: the peer's is at least `bound` times Cairn's;
    below: at most `bound` by itself; sliced-below: the same of Cairn with a pause target;
    sliced-own-row: that at most `bound` times its own row `peer`;
    own-row: at most `bound` times Cairn's own row `peer`."""
    kind: str
    bound: float
    peer: str = ""


# A process with ten million nodes runs for a minute or more. Three rounds still give nine samples
# of a later collection.
LARGE_ROUNDS = 3
LARGE_PEERS = ("cairn", "cpython-static", "floor", "floor-side")
LIVE_VARIANTS = [f"{shape}-{holder}" for shape in ("local", "random")
                 for holder in ("external", "container", "container-declared", "few", "few-declared")]
LARGE_LIVE_VARIANTS = [v for v in LIVE_VARIANTS if "container" not in v]
PAUSE_PEERS = ("cairn", "cairn-sliced", "cpython-static", "lua", "lua-generational", "libgc", "nim")
PAUSE_VARIANTS = [f"{shape}-{holder}" for shape in ("local", "random")
                  for holder in ("few", "container", "external")]
PAUSE_VARIANTS += [f"{shape}-garbage" for shape in ("rings10", "ring", "random")]
FORK_PEERS = ("cairn", "cpython", "cpython-static", "lua", "libgc")
GARBAGE_VARIANTS = ["rings10-first", "ring-first", "local-first", "local-later", "random-first",
                    "random-later"]


def all_jobs(quick):
    """The jobs in order; `quick` has small sizes only."""
    million = 100_000 if quick else 1_000_000
    jobs = [
        Job("W1", 5 * million, "pair"),
        Job("W2", million, "order"),
        Job("W2", million, "random"),
        Job("W3", 20 * million, "hot"),
        Job("W3", million, "random"),
    ]
    sizes = [100_000] if quick else [100_000, 1_000_000]
    for n in sizes:
        jobs += [Job("W4", n, v, 2 if n < 1_000_000 else 1) for v in LIVE_VARIANTS]
        jobs += [Job("W5", n, v) for v in GARBAGE_VARIANTS]
    if not quick:
        jobs += [Job("W4", 10_000_000, v, 1, LARGE_PEERS, LARGE_ROUNDS) for v in LARGE_LIVE_VARIANTS]
        jobs += [Job("W5", 10_000_000, v, 1, LARGE_PEERS, LARGE_ROUNDS) for v in GARBAGE_VARIANTS]
    jobs += [
        Job("W6", million, "drop", 1),
        Job("W6", million, "window", 1),
        Job("W7", 2 * million, "tree"),
        *(Job("W8", 2 * million, v) for v in ("create", "create-callback", "read")),
        *(Job("W8", million // 2, v) for v in ("death", "death-weak", "death-callback")),
        Job("W9", million, "chain"),
        Job("W10", million, "heap"),
        *(Job("W11", million, v, 1, PAUSE_PEERS, LARGE_ROUNDS) for v in PAUSE_VARIANTS),
        *(Job("fork", million, v, 1, FORK_PEERS, LARGE_ROUNDS) for v in ("plain", "frozen")),
        Job("memory", million, "node", 1),
        Job("memory", million, "shrink", 1),
    ]
    if not quick:
        jobs += [Job("W11", 10_000_000, v, 1, PAUSE_PEERS[:3], LARGE_ROUNDS) for v in PAUSE_VARIANTS[:6]]
        jobs.append(Job("W9", 10_000_000, "chain", 1))
    return jobs


def targets(workload, variant, n):
    """The targets for one row of the results."""
    static = "cpython-static"
    shape = variant.split("-")[0]
    fixed = {
        ("W1", "pair"): [Target("at-most", 0.6, "mimalloc"), Target("faster", 4, static)],
        ("W2", "order/make"): [Target("at-most", 1.5, "mimalloc-touch")],
        ("W2", "order/free"): [Target("at-most", 1.5, "mimalloc-touch")],
        ("W2", "random/free"): [Target("at-most", 1.5, "mimalloc-touch")],
        ("W2", "random/make-again"): [Target("at-most", 1.5, "mimalloc-touch")],
        ("W3", "hot"): [Target("at-most", 1.1, static)],
        ("W3", "random/pair"): [Target("at-most", 1.0, static)],
        ("W6", "window"): [Target("below", 25), Target("faster", 4, static)],
        ("W7", "tree/total"): [Target("at-most", 1.0, "nim"), Target("faster", 4, static)],
        ("W8", "create"): [Target("at-most", 1.0, static)],
        ("W8", "read"): [Target("at-most", 1.0, static)],
        ("W8", "death-callback"): [Target("at-most", 1.0, static)],
        ("W10", "heap/referrers-of-1"): [Target("faster", 4, "cpython")],
        ("W10", "heap/referrers-of-10"): [Target("own-row", 1.3, "heap/referrers-of-1")],
        ("fork", "plain/copied"): [Target("faster", 10, static)],
        ("memory", "node/rss"): [Target("below", 50.5)],
        ("memory", "shrink/rss"): [Target("below", 15)],
    }
    if workload == "W4" and variant.endswith("/later") and n >= 1_000_000:
        faster = 4 if shape == "local" else 8 if n < 10_000_000 else 3
        return [Target("faster", faster, static)]
    if workload == "W11" and n >= 1_000_000:
        variant, part = variant.split("/")
        if part == "idle slices":
            is_random = shape == "random" and not variant.endswith("-garbage")  # what lives
            return [Target("sliced-own-row", 1.5 if is_random else 2.5, variant + "/idle whole")]
        most = {"p99": 300, "p99.9": 500, "longest": 1000, "growth %": 25}
        return [Target("sliced-below", most[part])] if part in most else []
    if workload == "W5" and n >= 1_000_000:
        return [Target("faster", 15 if shape == "random" else 5, static)]
    if workload == "W9" and n >= 10_000_000:
        return [Target("at-most", 1.0, static)]
    if workload == "graph":
        return [Target("faster", 10, "cpython")]
    return fixed.get((workload, variant), [])
