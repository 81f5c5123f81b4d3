// SPDX-License-Identifier: MIT
/// Full collections in slices: random graphs. CAIRN_CYCLE_SEEDS and CAIRN_CYCLE_NODES ask for more.
#include <cstdlib>

#include "cycle_graph.h"

namespace cairn_test {
namespace {

size_t seeds() {
    const char* wanted = std::getenv("CAIRN_CYCLE_SEEDS");
    return wanted == nullptr ? 200 : std::strtoull(wanted, nullptr, 10);
}

size_t nodes() {
    const char* wanted = std::getenv("CAIRN_CYCLE_NODES");
    return wanted == nullptr ? 300 : std::strtoull(wanted, nullptr, 10);
}

// In a small graph slices are as short as can be, so that the program goes on at as many places as
// possible; in a large one they are as a host asks for, and few finalizers collect.
bool is_small() {
    return nodes() < 10000;
}

TEST(CycleTest, RandomGraphsLoseNothingAndKeepNoGarbage) {
    for (uint64_t seed = 0; seed < seeds(); ++seed) {
        SCOPED_TRACE(seed);
        Graph graph(seed);
        graph.collect_one_in = is_small() ? 1 : nodes() / 1000;
        if (seed % 2 == 1) {
            graph.report_roots(1 + seed / 2 % 2);
        }
        for (size_t i = 0; i < nodes(); ++i) {
            graph.make();
            graph.mutate();
            graph.mutate();
        }
        while (graph.handles.size() > nodes() / 30) {
            graph.drop_handle();
        }
        for (int round = 0; round < 3; ++round) {
            // Everything is old when the cycle enrols it.
            ASSERT_EQ(cairn_gc_collect(graph.heap, 1, nullptr), CAIRN_OK);
            graph.note_garbage();
            int done = 0;
            size_t slices = 0;
            while (done == 0 && slices++ < 100000) {
                ASSERT_EQ(cairn_gc_step(graph.heap, is_small() ? 1 : 100000, &done), CAIRN_OK);
                for (size_t i = graph.below(30); i > 0; --i) {
                    graph.mutate();
                }
                if (slices % 16 == 0) {
                    (void)graph.reachable();
                }
                if (graph.below(40) == 0) {
                    ASSERT_EQ(
                        cairn_gc_collect(graph.heap, static_cast<int>(graph.below(2)), nullptr),
                        CAIRN_OK);
                }
            }
            ASSERT_EQ(done, 1);
            ASSERT_NE(cairn_verify_for_testing(graph.heap), 0);
            graph.expect_garbage_gone();
            if (::testing::Test::HasFailure()) {
                return;
            }
        }
    }
}

}  // namespace
}  // namespace cairn_test
