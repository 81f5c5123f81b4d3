// SPDX-License-Identifier: MIT
/// The graphs that the workloads build: three edges a node, the same in every driver.
#ifndef CAIRN_BENCHMARKS_SHAPES_H
#define CAIRN_BENCHMARKS_SHAPES_H

#include "driver.h"

namespace bench {

inline constexpr unsigned kSlots = 3;
inline constexpr uint32_t kNoEdge = UINT32_MAX;

/// `targets[kSlots * i + s]` is the node that slot `s` of node `i` refers to.
struct Shape {
    size_t nodes = 0;
    std::vector<uint32_t> targets;
};

/// - local: the next node, one up to 64 further on, one up to 64 before (around the end).
/// - random: three nodes anywhere. 5.9 % of them are then referred to by nobody that lives.
/// - rings10: rings of ten nodes. - ring: one ring. (Slot 0 alone.)
inline Shape make_shape(const std::string& name, size_t n) {
    Shape shape;
    shape.nodes = n;
    shape.targets.assign(n * kSlots, kNoEdge);
    Random random;
    for (size_t i = 0; i < n; ++i) {
        uint32_t* slots = &shape.targets[i * kSlots];
        if (name == "local") {
            slots[0] = static_cast<uint32_t>((i + 1) % n);
            slots[1] = static_cast<uint32_t>((i + 1 + random.below(64)) % n);
            slots[2] = static_cast<uint32_t>((i + n - 1 - random.below(64)) % n);
        } else if (name == "random") {
            for (unsigned s = 0; s < kSlots; ++s) {
                slots[s] = random.below(n);
            }
        } else if (name == "ring") {
            slots[0] = static_cast<uint32_t>((i + 1) % n);
        } else if (name == "rings10") {
            slots[0] = static_cast<uint32_t>(i % 10 == 9 ? i - 9 : i + 1);
        } else {
            fail("the shape is one of local, random, ring, rings10");
        }
    }
    return shape;
}

/// What must be alive: the same graph, counted and collected by the textbook. Every driver's heap
/// is compared with it.
class Model {
  public:
    /// At first every node is held once from outside.
    explicit Model(const Shape& shape)
        : shape_(shape), held_(shape.nodes, true), counts_(shape.nodes, 1), live_(shape.nodes) {
        for (const uint32_t target : shape.targets) {
            if (target != kNoEdge) {
                ++counts_[target];
            }
        }
    }

    size_t nodes() const { return shape_.nodes; }
    size_t live() const { return live_; }

    /// Drops the outside references to all but every `step`-th node (0: to all).
    void let_go(size_t step) {
        std::vector<uint32_t> dying;
        for (size_t i = 0; i < shape_.nodes; ++i) {
            if (held_[i] && (step == 0 || i % step != 0)) {
                held_[i] = false;
                drop(i, dying);
            }
        }
        while (!dying.empty()) {
            const size_t node = dying.back();
            dying.pop_back();
            --live_;
            for (unsigned s = 0; s < kSlots; ++s) {
                const uint32_t target = shape_.targets[node * kSlots + s];
                if (target != kNoEdge) {
                    drop(target, dying);
                }
            }
        }
    }

    /// Lets everything die that the held nodes do not reach; returns how many nodes that were.
    /// Counts are then no longer kept for the dead, which nothing alive refers to.
    size_t collect() {
        std::vector<bool> seen(shape_.nodes, false);
        std::vector<uint32_t> to_visit;
        size_t reached = 0;
        const auto visit = [&](size_t node) {
            if (!seen[node]) {
                seen[node] = true;
                ++reached;
                to_visit.push_back(static_cast<uint32_t>(node));
            }
        };
        for (size_t i = 0; i < shape_.nodes; ++i) {
            if (held_[i]) {
                visit(i);
            }
        }
        while (!to_visit.empty()) {
            const size_t node = to_visit.back();
            to_visit.pop_back();
            for (unsigned s = 0; s < kSlots; ++s) {
                const uint32_t target = shape_.targets[node * kSlots + s];
                if (target != kNoEdge) {
                    visit(target);
                }
            }
        }
        for (size_t i = 0; i < shape_.nodes; ++i) {
            if (counts_[i] != 0 && !seen[i]) {
                bury(i);
            }
        }
        return std::exchange(live_, reached) - reached;
    }

  private:
    void drop(size_t node, std::vector<uint32_t>& dying) {
        if (counts_[node] != 0 && --counts_[node] == 0) {
            dying.push_back(static_cast<uint32_t>(node));
        }
    }

    void bury(size_t node) {
        counts_[node] = 0;
        for (unsigned s = 0; s < kSlots; ++s) {
            const uint32_t target = shape_.targets[node * kSlots + s];
            if (target != kNoEdge && counts_[target] != 0) {
                --counts_[target];
            }
        }
    }

    const Shape& shape_;
    std::vector<bool> held_;
    std::vector<uint32_t> counts_;
    size_t live_;
};

/// The distance between roots when a graph is held by about the square root of its size.
inline size_t few_step(size_t n) {
    size_t step = 1;
    while ((step + 1) * (step + 1) <= n) {
        ++step;
    }
    return step;
}

}  // namespace bench

#endif
