// SPDX-License-Identifier: MIT
/// Workloads for what a heap offers beside allocation and collection: weak references, deep
/// structures, introspection, memory; and the driver's main function.
#ifndef CAIRN_BENCHMARKS_SERVICES_H
#define CAIRN_BENCHMARKS_SERVICES_H

#include "fork.h"
#include "pauses.h"

namespace bench {

/// W8, on one object: a weak reference is made and dropped, or read, n times.
template <class Peer>
void weak_one(Peer& peer, const Run& run) {
    const bool callback = run.variant == "create-callback";
    peer.places(1);
    peer.weak_places(1);
    peer.make_referable(0);
    if (run.variant == "read") {
        peer.weak_make(0, 0, false);
        size_t alive = 0;
        run.measure("", run.n, [&peer, &alive, n = run.n] {
            size_t found = 0;
            for (size_t i = 0; i < n; ++i) {
                found += peer.weak_read(0);
            }
            alive = found;
        });
        expect_count(alive, run.n, "reads that found the object");
        peer.weak_clear(0);
    } else {
        run.measure("", run.n, [&peer, callback, n = run.n] {
            for (size_t i = 0; i < n; ++i) {
                peer.weak_make(0, 0, callback);
                peer.weak_clear(0);
            }
        });
    }
    peer.clear(0);
    expect_count(peer.callbacks(), 0, "callbacks of references that died first");
}

/// W8, on n objects: each dies, with no weak reference, with one, or with one that calls back.
template <class Peer>
void weak_death(Peer& peer, const Run& run) {
    const bool weak = run.variant != "death";
    const bool callback = run.variant == "death-callback";
    const size_t before = peer.callbacks();
    peer.places(run.n);
    peer.weak_places(run.n);
    for (size_t i = 0; i < run.n; ++i) {
        peer.make_referable(i);
        if (weak) {
            peer.weak_make(i, i, callback);
        }
    }
    run.measure("", run.n, [&peer, n = run.n] {
        for (size_t i = 0; i < n; ++i) {
            peer.clear(i);
        }
    });
    expect_count(peer.callbacks() - before, callback ? run.n : 0, "callbacks at death");
    for (size_t i = 0; weak && i < run.n; ++i) {
        expect(!peer.weak_read(i), "a weak reference to a dead object is cleared");
        peer.weak_clear(i);
    }
    expect_live(peer, 0);
}

template <class Peer>
void weak(Peer& peer, const Run& run) {
    if constexpr (requires { peer.weak_read(0); }) {
        if (run.variant == "death-callback" || run.variant == "create-callback") {
            if (!Peer::kCallbacks) {
                unsupported();
            }
        }
        if (run.variant.rfind("death", 0) == 0) {
            weak_death(peer, run);
        } else {
            weak_one(peer, run);
        }
    } else {
        unsupported();
    }
}

/// Leaves a chain of n nodes whose head is in place `(n - 1) % 2`.
template <class Peer>
__attribute__((noinline)) void build_chain(Peer& peer, size_t n) {
    peer.places(2);
    peer.make(0);
    for (size_t i = 1; i < n; ++i) {
        const size_t place = i % 2;
        peer.make(place);
        peer.link(place, 0, 1 - place);
        peer.clear(1 - place);
    }
}

/// W9: a chain of n nodes loses its head.
template <class Peer>
void chain(Peer& peer, const Run& run) {
    if constexpr (requires { peer.link(0, 0U, 0); }) {
        build_chain(peer, run.n);
        expect_live(peer, run.n);
        run.measure("", run.n, [&] {
            peer.clear((run.n - 1) % 2);
            if constexpr (!Peer::kCounted) {
                peer.collect();
            }
        });
        expect_live(peer, 0);
    } else {
        unsupported();
    }
}

/// W10: who refers to one node, to ten nodes; all objects of the heap. A value is nanoseconds
/// for each of the heap's n nodes.
template <class Peer>
void inspect(Peer& peer, const Run& run) {
    if constexpr (requires { peer.all_objects(); }) {
        const Shape shape = make_shape("local", run.n);
        peer.places(run.n);
        build(peer, shape);
        peer.collect();
        const size_t first = run.n / 2;
        for (const size_t count : {size_t{1}, size_t{10}}) {
            size_t wanted = 0;
            for (size_t i = 0; i < run.n; ++i) {
                bool refers = false;
                for (unsigned s = 0; s < kSlots; ++s) {
                    const size_t target = shape.targets[i * kSlots + s];
                    refers = refers || (target >= first && target < first + count);
                }
                wanted += refers;
            }
            size_t found = 0;
            run.measure(count == 1 ? "referrers-of-1" : "referrers-of-10", run.n, [&] {
                found = peer.referrers(first, count);
            });
            expect_count(found, wanted, "referrers");
        }
        size_t objects = 0;
        run.measure("objects", run.n, [&] { objects = peer.all_objects(); });
        expect(objects >= run.n && objects < run.n + 50000, "all objects are listed");
        if (!run.last) {
            clear_all(peer, run.n);
            peer.collect();
        }
    } else {
        unsupported();
    }
}

/// Memory, in bytes a node (node), and in percent of the peak that a heap keeps when the younger
/// nine tenths of its nodes, all in rings of ten, died and were collected (shrink). RSS is what
/// the system says; "accounted" is what the heap itself says.
template <class Peer>
void memory(Peer& peer, const Run& run) {
    const bool shrink = run.variant == "shrink";
    const size_t n = run.n;
    Shape shape;
    if (shrink) {
        shape = make_shape("rings10", n);
    }
    peer.places(n);
    const auto accounted = [&]() -> size_t {
        if constexpr (requires { peer.used_bytes(); }) {
            return peer.used_bytes();
        }
        return 0;
    };
    const size_t rss = resident_bytes();
    const size_t own = accounted();
    if (!shrink) {
        for (size_t i = 0; i < n; ++i) {
            peer.make(i);
        }
        const auto each = [&](size_t bytes) {
            return static_cast<double>(bytes) / static_cast<double>(n);
        };
        run.print("rss", each(resident_bytes() - rss));
        if (accounted() != 0) {
            run.print("accounted", each(accounted() - own));
        }
        return;
    }
    if constexpr (requires { peer.collect(); }) {
        build(peer, shape);
        const size_t rss_peak = resident_bytes() - rss;
        const size_t own_peak = accounted() - own;
        for (size_t i = n / 10 / 10 * 10; i < n; ++i) {
            peer.clear(i);
        }
        peer.collect();
        const auto percent = [](size_t part, size_t whole) {
            return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
        };
        const size_t rss_now = resident_bytes();
        run.print("rss", percent(rss_now > rss ? rss_now - rss : 0, rss_peak));
        if (accounted() != 0) {
            run.print("accounted", percent(accounted() - own, own_peak));
        }
    } else {
        unsupported();
    }
}

template <class Peer>
void run_workload(Peer& peer, const Run& run) {
    using Workload = void (*)(Peer&, const Run&);
    const std::pair<const char*, Workload> workloads[] = {{"W1", pair<Peer>},
                                                          {"W2", bulk<Peer>},
                                                          {"W3", counting<Peer>},
                                                          {"W4", collect_live<Peer>},
                                                          {"W5", collect_garbage<Peer>},
                                                          {"W6", automatic_collection<Peer>},
                                                          {"W7", trees<Peer>},
                                                          {"W8", weak<Peer>},
                                                          {"W9", chain<Peer>},
                                                          {"W10", inspect<Peer>},
                                                          {"W11", stand_still<Peer>},
                                                          {"fork", forked<Peer>},
                                                          {"memory", memory<Peer>}};
    for (const auto& [name, workload] : workloads) {
        if (run.workload == name) {
            workload(peer, run);
            return;
        }
    }
    std::fprintf(stderr, "no such workload: %s\n", run.workload.c_str());
    std::exit(2);
}

/// `main` of every driver.
template <class Peer>
int drive(int argc, char** argv) {
    if (argc < 4 || argc > 5) {
        std::fprintf(stderr, "usage: %s WORKLOAD N VARIANT [REPETITIONS]\n", argv[0]);
        return 2;
    }
    Run run;
    run.workload = argv[1];
    run.n = std::strtoull(argv[2], nullptr, 10);
    run.variant = argv[3];
    const int repetitions = argc == 5 ? std::atoi(argv[4]) : 1;
    if (run.n == 0 || run.n > UINT32_MAX / 2 || repetitions < 1) {
        std::fprintf(stderr, "N and REPETITIONS are numbers above 0\n");
        return 2;
    }
    // Before the peer counts what is allocated, so that the stream's buffer is not part of it.
    static char output[4096];
    std::setvbuf(stdout, output, _IOFBF, sizeof(output));
    static Peer peer;
    for (run.repetition = 0; run.repetition < repetitions; ++run.repetition) {
        run.last = run.repetition + 1 == repetitions;
        run_workload(peer, run);
    }
    std::fflush(stdout);
    // The measured heap is not worth taking apart: the process ends here.
    std::_Exit(0);
}

}  // namespace bench

#endif
