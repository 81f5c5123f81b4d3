// SPDX-License-Identifier: MIT
/// The workloads, written once for every heap: a driver supplies a `Peer` class and nothing else.
///
/// A peer has numbered *places* outside its heap, each empty or holding one node:
///
///     static constexpr bool kCounted   nodes die at once with their last reference
///     using Handle                     a node under construction, owned
///     void places(size_t n)            empties all places and makes n
///     void make(i), clear(i)           a new node into an empty place; drops what the place holds
///     void make_and_drop()             one node is made and dies (or becomes garbage)
///     Handle tree_node()               a new node; then the parent takes over the child's
///     void tree_adopt(parent, slot, child), tree_drop(handle)
///
/// and, as far as its heap can do it (what is missing makes the workload unsupported):
///
///     void link(i, slot, j)            node i refers to node j
///     size_t collect()                 full collection; what it found, or kUnknown
///     size_t live()                    live nodes (up to kLiveSlack too many, if it has that)
///     void automatic(bool on)          automatic collection; off at first
///     bool hold(holder, step), let_go()   see hold_graph(); false: it cannot
///     Node* node(i), static void incref(Node*), decref(Node*)
///     void make_referable(i), weak_make(i, k, callback), weak_clear(k), bool weak_read(k),
///     weak_places(n), size_t callbacks()
///     size_t referrers(first, count), size_t all_objects()
///     size_t used_bytes()              by the heap's own accounts
///     watch_full_collections(), double full_collection_ns()   of those since then, on average
#ifndef CAIRN_BENCHMARKS_WORKLOADS_H
#define CAIRN_BENCHMARKS_WORKLOADS_H

#include "shapes.h"

namespace bench {

inline constexpr size_t kUnknown = SIZE_MAX;

[[noreturn]] inline void unsupported() {
    std::exit(3);
}

template <class Peer>
void expect_live(Peer& peer, size_t wanted) {
    if constexpr (requires { peer.live(); }) {
        size_t live = peer.live();
        if constexpr (requires { Peer::kLiveSlack; }) {
            if (live > wanted && live - wanted <= Peer::kLiveSlack) {
                live = wanted;
            }
        }
        expect_count(live, wanted, "live nodes");
    }
}

/// W1: one node is made and dies, n times.
template <class Peer>
void pair(Peer& peer, const Run& run) {
    peer.places(0);
    if constexpr (!Peer::kCounted) {
        peer.automatic(true);
    }
    run.measure("", run.n, [&peer, n = run.n] {
        for (size_t i = 0; i < n; ++i) {
            peer.make_and_drop();
        }
    });
    if constexpr (Peer::kCounted) {
        expect_live(peer, 0);
    }
}

template <class Peer>
void clear_all(Peer& peer, size_t n) {
    for (size_t i = 0; i < n; ++i) {
        peer.clear(i);
    }
    if constexpr (!Peer::kCounted) {
        peer.collect();
    }
}

/// W2: n nodes are made, then die: in the order of their making, or in a random one. Where nothing
/// is counted, dying is one collection.
template <class Peer>
void bulk(Peer& peer, const Run& run) {
    const size_t n = run.n;
    const bool in_order = run.variant == "order";
    const std::vector<uint32_t> order = in_order ? std::vector<uint32_t>() : shuffled(n);
    peer.places(n);
    const auto make_all = [&peer, n] {
        for (size_t i = 0; i < n; ++i) {
            peer.make(i);
        }
    };
    if (in_order) {
        run.measure("make", n, make_all);
        expect_live(peer, n);
        run.measure("free", n, [&peer, n] { clear_all(peer, n); });
    } else if constexpr (Peer::kCounted) {
        make_all();
        run.measure("free", n, [&] {
            for (const uint32_t i : order) {
                peer.clear(i);
            }
        });
        expect_live(peer, 0);
        run.measure("make-again", n, make_all);
        expect_live(peer, n);
        clear_all(peer, n);
    } else {
        unsupported();
    }
    expect_live(peer, 0);
}

/// W3: incref and decref, of one node n times (hot), or once each of n nodes in a random order.
template <class Peer>
void counting(Peer& peer, const Run& run) {
    if constexpr (requires { Peer::incref(peer.node(0)); }) {
        const size_t n = run.n;
        const bool hot = run.variant == "hot";
        peer.places(hot ? 1 : n);
        peer.make(0);
        if (hot) {
            auto* const node = peer.node(0);
            run.measure("", n, [n, node] {
                for (size_t i = 0; i < n; ++i) {
                    Peer::incref(node);
                    barrier();
                    Peer::decref(node);
                    barrier();
                }
            });
        } else {
            for (size_t i = 1; i < n; ++i) {
                peer.make(i);
            }
            std::vector<decltype(peer.node(0))> nodes;
            for (const uint32_t i : shuffled(n)) {
                nodes.push_back(peer.node(i));
            }
            run.measure("pair", n, [&] {
                for (auto* node : nodes) {
                    Peer::incref(node);
                    barrier();
                    Peer::decref(node);
                    barrier();
                }
            });
            run.measure("incref", n, [&] {
                for (auto* node : nodes) {
                    Peer::incref(node);
                }
            });
            run.measure("decref", n, [&] {
                for (auto* node : nodes) {
                    Peer::decref(node);
                }
            });
        }
        clear_all(peer, hot ? 1 : n);
        expect_live(peer, 0);
    } else {
        unsupported();
    }
}

// What builds structures is not inlined: a conservative collector would find what it leaves in the
// frame of a function that still runs.

template <class Peer>
__attribute__((noinline)) void build(Peer& peer, const Shape& shape) {
    for (size_t i = 0; i < shape.nodes; ++i) {
        peer.make(i);
    }
    for (size_t i = 0; i < shape.nodes; ++i) {
        for (unsigned s = 0; s < kSlots; ++s) {
            const uint32_t target = shape.targets[i * kSlots + s];
            if (target != kNoEdge) {
                peer.link(i, s, target);
            }
        }
    }
}

/// Says who holds the graph from now on:
/// - external: one reference a node from outside. - container: one object that refers to all.
/// - few: about sqrt(n) references from outside; the rest hangs on these.
/// - container-declared, few-declared: the same, and the holders are declared as roots.
template <class Peer>
void hold_graph(Peer& peer, const std::string& holder, Model& model) {
    const size_t nodes = model.nodes();
    const bool few = holder.rfind("few", 0) == 0;
    const size_t step = few ? few_step(nodes) : 1;
    if (few) {
        for (size_t i = 0; i < nodes; ++i) {
            if (i % step != 0) {
                peer.clear(i);
            }
        }
        model.let_go(step);
    }
    if (!peer.hold(holder, step)) {
        unsupported();
    }
}

template <class Peer>
void collect_and_check(Peer& peer, const Run& run, const std::string& part, Model& model) {
    size_t found = 0;
    run.measure(part, model.live(), [&] { found = peer.collect(); });
    const size_t wanted = model.collect();
    if (found != kUnknown) {
        expect_count(found, wanted, "nodes found by the collection");
    }
    expect_live(peer, model.live());
}

inline constexpr const char* kCollections[] = {"first", "second", "third", "fourth"};

/// W4: four full collections of a live heap. Variant: SHAPE-HOLDER.
template <class Peer>
void collect_live(Peer& peer, const Run& run) {
    if constexpr (requires { peer.collect(); }) {
        const size_t dash = run.variant.find('-');
        expect(dash != std::string::npos, "the variant is SHAPE-HOLDER");
        const Shape shape = make_shape(run.variant.substr(0, dash), run.n);
        Model model(shape);
        peer.places(run.n);
        build(peer, shape);
        hold_graph(peer, run.variant.substr(dash + 1), model);
        for (const char* part : kCollections) {
            collect_and_check(peer, run, part, model);
        }
        if (!run.last) {
            peer.let_go();
            clear_all(peer, run.n);
            peer.collect();
            expect_live(peer, 0);
        }
    } else {
        unsupported();
    }
}

/// W5: everything is garbage in cycles: of a young heap (SHAPE-first), or of one that lived
/// through three collections, held by few (SHAPE-later).
template <class Peer>
void collect_garbage(Peer& peer, const Run& run) {
    if constexpr (requires { peer.collect(); }) {
        const size_t dash = run.variant.find('-');
        expect(dash != std::string::npos, "the variant is SHAPE-WHEN");
        const Shape shape = make_shape(run.variant.substr(0, dash), run.n);
        Model model(shape);
        peer.places(run.n);
        build(peer, shape);
        if (run.variant.substr(dash + 1) == "later") {
            hold_graph(peer, "few", model);
            for (int i = 0; i < 3; ++i) {
                peer.collect();
                model.collect();
            }
        }
        peer.let_go();
        for (size_t i = 0; i < run.n; ++i) {
            peer.clear(i);
        }
        model.let_go(0);
        collect_and_check(peer, run, "", model);
        expect_count(model.live(), 0, "live nodes after everything died");
    } else {
        unsupported();
    }
}

/// W6: 10 n nodes are made, with automatic collection, over n that are old and live. Two of
/// every twenty refer to each other and so are left to the collector. They are dropped at
/// once (drop), or after 10,000 more (window).
template <class Peer>
void automatic_collection(Peer& peer, const Run& run) {
    if constexpr (requires { peer.automatic(true); }) {
        const size_t window = run.variant == "window" ? 10000 : 20;
        const Shape shape = make_shape("local", run.n);
        peer.places(run.n + window);
        build(peer, shape);
        peer.collect();
        peer.collect();
        peer.automatic(true);
        const size_t total = 10 * run.n;
        const bool at_once = window == 20;
        run.measure("", total, [&peer, total, window, at_once, n = run.n] {
            for (size_t i = 0; i < total; ++i) {
                const size_t place = n + i % window;
                const size_t kind = i % 20;
                peer.clear(place);
                peer.make(place);
                if (kind == 19) {
                    peer.link(place, 0, place - 1);
                    peer.link(place - 1, 0, place);
                }
                if (at_once && kind != 18) {
                    peer.clear(place);
                    if (kind == 19) {
                        peer.clear(place - 1);
                    }
                }
            }
        });
        peer.automatic(false);
        for (size_t i = 0; i < window; ++i) {
            peer.clear(run.n + i);
        }
        peer.collect();
        expect_live(peer, run.n);
        if (!run.last) {
            clear_all(peer, run.n);
            peer.collect();
            expect_live(peer, 0);
        }
    } else {
        unsupported();
    }
}

template <class Peer>
__attribute__((noinline)) typename Peer::Handle build_tree(Peer& peer, int depth) {
    typename Peer::Handle node = peer.tree_node();
    for (unsigned side = 0; depth > 0 && side < 2; ++side) {
        peer.tree_adopt(node, side, build_tree(peer, depth - 1));
    }
    return node;
}

/// W7: full binary trees of depth 16 are built and dropped; about n nodes in all.
template <class Peer>
void trees(Peer& peer, const Run& run) {
    const int depth = 16;
    const size_t nodes = (size_t{2} << depth) - 1;
    const size_t count = run.n < nodes ? 1 : run.n / nodes;
    peer.places(0);
    uint64_t build_ns = 0;
    uint64_t free_ns = 0;
    if constexpr (!Peer::kCounted) {
        peer.automatic(true);
    }
    const uint64_t total_ns = run.measure("total", count * nodes, [&] {
        for (size_t i = 0; i < count; ++i) {
            const uint64_t start = now_ns();
            typename Peer::Handle tree = build_tree(peer, depth);
            const uint64_t built = now_ns();
            peer.tree_drop(std::move(tree));
            build_ns += built - start;
            free_ns += now_ns() - built;
        }
    });
    expect(build_ns + free_ns <= total_ns, "the parts are not longer than the whole");
    if constexpr (Peer::kCounted) {
        run.print("build", static_cast<double>(build_ns) / static_cast<double>(count * nodes));
        run.print("free", static_cast<double>(free_ns) / static_cast<double>(count * nodes));
        expect_live(peer, 0);
    }
}

}  // namespace bench

#endif
