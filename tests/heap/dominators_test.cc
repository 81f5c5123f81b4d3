// SPDX-License-Identifier: MIT
/// What follows from a snapshot, held against the definitions.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "heap_model.h"
#include "random_heap.h"
#include "snapshot_reader.h"

namespace heap_tests {
namespace {

using tool::heap::Edge;
using tool::heap::EdgeKind;
using tool::heap::HeapModel;
using tool::heap::kNone;
using tool::heap::kUnreachable;
using tool::heap::Node;
using tool::heap::Snapshot;

#ifndef CAIRN_HEAP_SEEDS
#define CAIRN_HEAP_SEEDS 1000
#endif

HeapModel model_of(const RandomHeap& heap) {
    const std::string text = random_heap_text(heap);
    tool::heap::ByteSource source{std::string_view(text)};
    return tool::heap::make_model(tool::heap::read_snapshot(source), "test");
}

/// What holds what, computed again from the definitions alone: adjacency lists, and a search for
/// each question. Cairn's dialect only, in which an edge holds unless it is weak.
class Oracle {
  public:
    explicit Oracle(const Snapshot& s) : s_(s), targets_(s.node_count()) {
        std::vector<bool> is_held(s.node_count());
        Edge edge = 0;
        for (Node from = 0; from < s.node_count(); ++from) {
            for (; edge < s.first_edge[from + 1]; ++edge) {
                const Node to = s.edge_to[edge];
                if (s.edge_types[s.edge_type[edge]] != "weak" && to != from) {
                    targets_[from].push_back(to);
                    is_held[to] = true;
                }
            }
        }
        // What no edge leads to counts as held by the root.
        for (Node node = 1; node < s.node_count(); ++node) {
            if (!is_held[node]) {
                targets_[0].push_back(node);
            }
        }
    }

    /// What the root still reaches if `without` is not there.
    [[nodiscard]] std::vector<bool> reached(Node without) const {
        std::vector<bool> is_reached(s_.node_count());
        std::vector<Node> waiting;
        if (without != 0) {
            waiting.push_back(0);
            is_reached[0] = true;
        }
        while (!waiting.empty()) {
            const Node node = waiting.back();
            waiting.pop_back();
            for (const Node to : targets_[node]) {
                if (to != without && !is_reached[to]) {
                    is_reached[to] = true;
                    waiting.push_back(to);
                }
            }
        }
        return is_reached;
    }

    [[nodiscard]] uint64_t bytes(const std::vector<bool>& nodes) const {
        uint64_t sum = 0;
        for (Node node = 0; node < s_.node_count(); ++node) {
            sum += nodes[node] ? s_.self_size[node] : 0;
        }
        return sum;
    }

  private:
    const Snapshot& s_;
    std::vector<std::vector<Node>> targets_;
};

/// Sizes from 10 to 10,000 nodes, small ones more often.
RandomHeap heap_for(uint64_t seed) {
    constexpr uint32_t kSizes[] = {10, 14, 20, 35, 60, 100, 180, 300, 700, 10'000};
    RandomHeap heap;
    heap.seed = seed;
    const bool is_large = seed % 100 == 9;
    heap.nodes = is_large ? 10'000 : kSizes[seed % 9] + static_cast<uint32_t>(seed % 7);
    heap.edges_per_node = 0.8 + 0.4 * static_cast<double>(seed % 6);
    return heap;
}

TEST(HeapDominators, WhatANodeRetainsIsWhatTheRootReachesOnlyThroughIt) {
    constexpr Node kMostChecked = 120;
    size_t checked = 0;
    for (uint64_t seed = 1; seed <= CAIRN_HEAP_SEEDS; ++seed) {
        const HeapModel model = model_of(heap_for(seed));
        const Snapshot& s = model.snapshot;
        const Oracle oracle(s);
        const std::vector<bool> all = oracle.reached(kNone);
        const uint64_t all_bytes = oracle.bytes(all);
        const Node step = std::max<Node>(1, s.node_count() / kMostChecked);
        for (Node node = 1; node < s.node_count(); node += step) {
            if (!all[node]) {
                ASSERT_EQ(model.dominators.dominator[node], 0u) << "seed " << seed;
                ASSERT_EQ(model.retained[node], s.self_size[node]) << "seed " << seed;
                continue;
            }
            const std::vector<bool> left = oracle.reached(node);
            ASSERT_EQ(model.retained[node], all_bytes - oracle.bytes(left))
                << "seed " << seed << " node " << node;
            ++checked;
        }
    }
    EXPECT_GT(checked, size_t{CAIRN_HEAP_SEEDS} * 20);
}

TEST(HeapDominators, TheImmediateDominatorIsTheLastOneBeforeTheNode) {
    for (uint64_t seed = 1; seed <= CAIRN_HEAP_SEEDS / 5; ++seed) {
        RandomHeap heap = heap_for(seed);
        heap.nodes = std::min<uint32_t>(heap.nodes, 150);
        const HeapModel model = model_of(heap);
        const Node count = model.snapshot.node_count();
        const Oracle oracle(model.snapshot);
        std::vector<std::vector<bool>> without;
        for (Node node = 0; node < count; ++node) {
            without.push_back(oracle.reached(node));
        }
        const std::vector<bool> all = oracle.reached(kNone);
        for (Node node = 1; node < count; ++node) {
            if (!all[node]) {
                continue;
            }
            // Every dominator of a node but itself must dominate the immediate one, or be it.
            const Node last = model.dominators.dominator[node];
            ASSERT_FALSE(without[last][node]) << "seed " << seed << " node " << node;
            for (Node other = 0; other < count; ++other) {
                if (other != node && other != last && !without[other][node]) {
                    ASSERT_FALSE(without[other][last])
                        << "seed " << seed << ": " << other << " is between";
                }
            }
        }
    }
}

TEST(HeapDominators, TheRootRetainsEverything) {
    for (uint64_t seed = 1; seed <= 100; ++seed) {
        const HeapModel model = model_of(heap_for(seed));
        uint64_t sum = 0;
        for (const uint64_t size : model.snapshot.self_size) {
            sum += size;
        }
        EXPECT_EQ(model.retained[0], sum);
        EXPECT_EQ(model.dominators.order.size(), model.snapshot.node_count());
    }
}

TEST(HeapDominators, AChainOfAMillionNodesTakesNoStack) {
    // Written by hand: each node has one edge, to the next.
    constexpr Node kCount = 1'000'000;
    Snapshot s;
    s.node_types = {"synthetic", "object"};
    s.node_kinds[0] = tool::heap::NodeKind::kSynthetic;
    s.node_kinds[1] = tool::heap::NodeKind::kObject;
    s.edge_types = {"property"};
    s.edge_kinds[0] = EdgeKind::kProperty;
    s.texts.add("link");
    for (Node node = 0; node < kCount; ++node) {
        s.type.push_back(node < 2 ? 0 : 1);
        s.name.push_back(0);
        s.id.push_back(2 * node + 1);
        s.self_size.push_back(node < 2 ? 0 : 1);
        s.first_edge.push_back(node);
        if (node + 1 < kCount) {
            s.edge_type.push_back(0);
            s.edge_name.push_back(0);
            s.edge_to.push_back(node + 1);
        }
    }
    s.first_edge.push_back(kCount - 1);
    const HeapModel model = tool::heap::make_model(std::move(s), "chain");
    EXPECT_EQ(model.retained[2], kCount - 2);
    EXPECT_EQ(model.retained[kCount - 1], 1u);
    EXPECT_EQ(model.distances.distance[kCount - 1], static_cast<int32_t>(kCount - 1));
    EXPECT_EQ(model.dominators.dominator[kCount - 1], kCount - 2);
}

TEST(HeapDistances, AShortestPathHasAsManyEdgesAsTheDistanceSays) {
    for (uint64_t seed = 1; seed <= 200; ++seed) {
        const HeapModel model = model_of(heap_for(seed));
        const Snapshot& s = model.snapshot;
        for (Node node = 1; node < s.node_count(); ++node) {
            const int32_t distance = model.distances.distance[node];
            if (distance == kUnreachable) {
                EXPECT_EQ(model.distances.via[node], kNone);
                continue;
            }
            const Edge via = model.distances.via[node];
            ASSERT_EQ(s.edge_to[via], node);
            ASSERT_EQ(model.distances.distance[s.edge_from(via)], distance - 1);
        }
        // No edge is a shorter way.
        for (Node from = 0; from < s.node_count(); ++from) {
            const int32_t distance = model.distances.distance[from];
            for (Edge edge = s.first_edge[from]; edge < s.first_edge[from + 1]; ++edge) {
                if (distance != kUnreachable && s.edge_kind(edge) != EdgeKind::kWeak) {
                    ASSERT_NE(model.distances.distance[s.edge_to[edge]], kUnreachable);
                    ASSERT_LE(model.distances.distance[s.edge_to[edge]], distance + 1);
                }
            }
        }
    }
}

}  // namespace
}  // namespace heap_tests
