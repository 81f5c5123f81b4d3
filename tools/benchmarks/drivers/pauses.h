// SPDX-License-Identifier: MIT
/// W11: how long a program stands still, whatever its heap does meanwhile.
#ifndef CAIRN_BENCHMARKS_PAUSES_H
#define CAIRN_BENCHMARKS_PAUSES_H

#include <algorithm>

#include "workloads.h"

namespace bench {

/// The clock is read once for so many allocations: reading it takes as long as ten of them. They
/// take a microsecond, and so much may a pause seem longer than it was.
inline constexpr size_t kBetweenClocks = 32;
/// Shorter ones are young collections. They are no pause that a program of any kind would feel.
inline constexpr uint64_t kShortestPause = 50000;

/// The thread's CPU time of pauses, in nanoseconds.
class Pauses {
  public:
    void add(uint64_t ns) {
        total_ns_ += ns;
        if (ns >= kShortestPause) {
            pauses_.push_back(ns);
        }
    }

    /// In microseconds; `ns` an allocation.
    void print(const Run& run, size_t allocations) {
        std::sort(pauses_.begin(), pauses_.end());
        run.print("p50", percentile(0.5));
        run.print("p99", percentile(0.99));
        run.print("p99.9", percentile(0.999));
        run.print("longest", percentile(1));
        run.print("pauses", static_cast<double>(pauses_.size()));
        run.print("ns", static_cast<double>(total_ns_) / static_cast<double>(allocations));
    }

  private:
    double percentile(double share) const {
        if (pauses_.empty()) {
            return 0;
        }
        const auto index = static_cast<size_t>(static_cast<double>(pauses_.size()) * share);
        return static_cast<double>(pauses_[std::min(index, pauses_.size() - 1)]) / 1000;
    }

    std::vector<uint64_t> pauses_;
    uint64_t total_ns_ = 0;
};

/// W6's window, with what one in ten allocations leaves to the collector. Calls `note` after every
/// kBetweenClocks.
template <class Peer, class Note>
__attribute__((noinline)) void allocate(Peer& peer, size_t first, size_t total, Note note) {
    constexpr size_t kWindow = 10000;
    for (size_t i = 0; i < total; ++i) {
        const size_t place = first + i % kWindow;
        peer.clear(place);
        peer.make(place);
        if (i % 20 == 19) {
            peer.link(place, 0, place - 1);
            peer.link(place - 1, 0, place);
        }
        if (i % kBetweenClocks == kBetweenClocks - 1) {
            note();
        }
    }
}

/// Nodes that nobody holds any more, old when they are let go.
template <class Peer>
__attribute__((noinline)) void leave_garbage(Peer& peer, const Shape& shape, size_t first) {
    for (size_t i = 0; i < shape.nodes; ++i) {
        peer.make(first + i);
    }
    for (size_t i = 0; i < shape.nodes; ++i) {
        for (unsigned s = 0; s < kSlots; ++s) {
            const uint32_t target = shape.targets[i * kSlots + s];
            if (target != kNoEdge) {
                peer.link(first + i, s, first + target);
            }
        }
    }
    peer.collect();
    for (size_t i = 0; i < shape.nodes; ++i) {
        peer.clear(first + i);
    }
}

/// W11: allocations as in W6's window, over n old live nodes. Variant: SHAPE-HOLDER, or
/// SHAPE-garbage: n local nodes live, held by few, and a tenth as many of that shape are garbage.
/// Ten times n allocations, or four times where there are ten million.
template <class Peer>
void stand_still(Peer& peer, const Run& run) {
    if constexpr (requires {
                      peer.automatic(true);
                      peer.collect();
                  }) {
        constexpr size_t kWindow = 10000;
        const size_t dash = run.variant.find('-');
        expect(dash != std::string::npos, "the variant is SHAPE-HOLDER");
        const std::string shape_name = run.variant.substr(0, dash);
        const std::string holder = run.variant.substr(dash + 1);
        const bool has_garbage = holder == "garbage";
        const size_t garbage = has_garbage ? run.n / 10 : 0;
        const Shape shape = make_shape(has_garbage ? "local" : shape_name, run.n);
        peer.places(run.n + kWindow + garbage);
        build(peer, shape);
        Model model(shape);
        hold_graph(peer, has_garbage ? "few" : holder, model);
        peer.collect();
        model.collect();
        if (has_garbage) {
            leave_garbage(peer, make_shape(shape_name, garbage), run.n + kWindow);
        }
        const size_t total = run.n * (run.n < 10000000 ? 10 : 4);
        size_t most_bytes = 0;
        const auto bytes = [&peer] {
            if constexpr (requires { peer.used_bytes(); }) {
                return peer.used_bytes();
            }
            return size_t{0};
        };
        peer.automatic(true);
        allocate(peer, run.n, kWindow, [] {});
        const size_t bytes_before = bytes();
        if constexpr (requires { peer.watch_full_collections(); }) {
            peer.watch_full_collections();
        }
        Pauses pauses;
        uint64_t last = now_ns();
        allocate(peer, run.n, total, [&] {
            const uint64_t now = now_ns();
            pauses.add(now - last);
            most_bytes = std::max(most_bytes, bytes());
            last = now_ns();
        });
        peer.automatic(false);
        pauses.print(run, total);
        if constexpr (requires { peer.full_collection_ns(); }) {
            run.print("full", peer.full_collection_ns() / 1000);
        }
        if (bytes_before != 0) {
            run.print(
                "growth %",
                100 * (static_cast<double>(most_bytes) / static_cast<double>(bytes_before)) - 100);
        }
        for (size_t i = 0; i < kWindow; ++i) {
            peer.clear(run.n + i);
        }
        const auto time = [&run](const char* row, auto collect) {
            const uint64_t start = now_ns();
            if (collect()) {
                run.print(row, static_cast<double>(now_ns() - start) / 1000);
            }
        };
        const auto in_one_piece = [&peer] {
            peer.collect();
            return true;
        };
        time("whole", in_one_piece);
        // The same heap, without garbage.
        if constexpr (requires { peer.collect_in_slices(); }) {
            time("idle slices", [&peer] { return peer.collect_in_slices(); });
            time("idle whole", in_one_piece);
        }
        expect_live(peer, model.live());
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

}  // namespace bench

#endif
