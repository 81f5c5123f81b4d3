// SPDX-License-Identifier: MIT
/// What the library writes, as `cairn heap` reads it.
#include <set>

#include <gtest/gtest.h>

#include "../unit/random_graph.h"
#include "heap_model.h"
#include "snapshot_reader.h"

namespace heap_tests {
namespace {

using cairn_test::RandomGraph;

tool::heap::HeapModel model_of(const RandomGraph& graph) {
    std::string text;
    EXPECT_EQ(cairn_snapshot_write(
                  graph.heap,
                  nullptr,
                  [](const void* data, size_t size, void* to) {
                      static_cast<std::string*>(to)->append(static_cast<const char*>(data), size);
                      return 1;
                  },
                  &text),
              CAIRN_OK);
    tool::heap::ByteSource source{std::string_view(text)};
    return tool::heap::make_model(tool::heap::read_snapshot(source), "test");
}

bool has_weak_key_maps(const RandomGraph& graph) {
    for (cairn_object* object : graph.objects()) {
        if (cairn_weakmap_kind(object) == CAIRN_WEAK_KEY_MAP) {
            return true;
        }
    }
    return false;
}

/// What would be left if `without` were not there, by a search of our own.
size_t bytes_reached(const RandomGraph& graph, const cairn_object* without) {
    std::set<cairn_object*> reached;
    std::vector<cairn_object*> pending;
    const auto reach = [&](cairn_object* object) {
        if (object != without && reached.insert(object).second) {
            pending.push_back(object);
        }
    };
    for (const auto& [object, count] : graph.held) {
        reach(object);
    }
    while (!pending.empty()) {
        cairn_object* object = pending.back();
        pending.pop_back();
        for (const RandomGraph::Edge& edge : RandomGraph::edges(object)) {
            if (!edge.is_weak()) {
                reach(edge.to);
            }
        }
    }
    size_t bytes = 0;
    for (cairn_object* object : reached) {
        bytes += cairn_object_size(object);
    }
    return bytes;
}

TEST(Written, RandomHeapsHaveNoGarbageAndTheRightRetainedSizes) {
    for (uint32_t seed = 1; seed <= CAIRN_HEAP_SEEDS && !testing::Test::HasFailure(); ++seed) {
        const RandomGraph graph(seed);
        const tool::heap::HeapModel model = model_of(graph);
        const std::vector<cairn_object*> objects = graph.objects();
        const size_t first = model.snapshot.node_count() - objects.size();
        ASSERT_EQ(first, 7u);
        const bool exact = !has_weak_key_maps(graph) && objects.size() < 60;
        const size_t all = exact ? bytes_reached(graph, nullptr) : 0;
        for (size_t i = 0; i < objects.size(); ++i) {
            const auto node = static_cast<tool::heap::Node>(first + i);
            ASSERT_TRUE(model.is_reachable(node)) << "seed " << seed << ", node " << node;
            if (exact) {
                ASSERT_EQ(model.retained[node], all - bytes_reached(graph, objects[i]))
                    << "seed " << seed << ", node " << node;
            }
        }
    }
}

}  // namespace
}  // namespace heap_tests
