// SPDX-License-Identifier: MIT
/// Inspection in the middle of a cycle of slices: each call, in each state, and in the user code
/// that slices run.
#include "collect/cycle/cycle.h"
#include "heap/heap.h"
#include "heap_test.h"
#include "inspection_model.h"

namespace cairn_test {
namespace {

using cairn::Stage;

cairn_object* make_ring(RandomGraph& graph, size_t length) {
    cairn_object* first = cairn_new(graph.node_type());
    cairn_object* last = first;
    for (size_t i = 1; i < length; ++i) {
        cairn_object* next = cairn_new(graph.node_type());
        RandomGraph::link(last, 0, next);
        cairn_decref(next);
        last = next;
    }
    RandomGraph::link(last, 0, first);
    RandomGraph::link(last, 1, graph.any());
    return first;
}

/// Has the model check between the slices of one cycle, while the host takes and lets go of
/// objects. Takes down which stages it was between.
void check_between_slices(RandomGraph& graph, size_t ring_length, std::set<Stage>& seen) {
    ASSERT_EQ(cairn_gc_set_pause_target(graph.heap, 100000), CAIRN_OK);
    // Rings that are freed in slices, and what they hold; old by then, as slices find only that.
    std::vector<cairn_object*> rings;
    for (int i = 0; i < 2; ++i) {
        rings.push_back(make_ring(graph, ring_length));
    }
    graph.collect();
    for (cairn_object* ring : rings) {
        cairn_decref(ring);
    }
    for (size_t i = 0; i < 10 && !graph.held.empty(); ++i) {
        graph.release(graph.held.begin()->first);
    }
    // A host that says what its roots are, but leaves all of them out.
    cairn_heap_set_root_visitor(
        graph.heap, [](cairn_visit_fn, void*, void*) {}, nullptr);
    const uint64_t mark = cairn_mark(graph.heap);
    std::set<cairn_object*> newer;
    Stage last_stage = Stage::kIdle;
    int done = 0;
    for (size_t slices = 0; done == 0 && !testing::Test::HasFailure(); ++slices) {
        ASSERT_LT(slices, 10000u);
        ASSERT_EQ(cairn_gc_step(graph.heap, 1, &done), CAIRN_OK);
        const Stage stage = graph.heap->cycle->stage;
        seen.insert(stage);
        if (stage != last_stage || slices % 256 == 0) {
            last_stage = stage;
            const InspectionModel model(graph.heap, 10);
            model.check(mark, newer);
            model.check_lists();
        }
        if (slices % 4 == 0 && !graph.held.empty()) {
            graph.release(graph.held.begin()->first);
        } else if (slices % 4 == 1) {
            cairn_object* object = cairn_new(graph.node_type());
            ++graph.held[object];
            newer.insert(object);
        }
        for (auto at = newer.begin(); at != newer.end();) {
            at = graph.held.count(*at) == 0 ? newer.erase(at) : std::next(at);
        }
    }
}

TEST(CycleInspectTest, EveryCallInEveryStage) {
    std::set<Stage> seen;
    for (uint32_t seed = 1; seed <= 4 && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        const auto containers =
            seed % 3 == 0 ? RandomGraph::Containers::kAll : RandomGraph::Containers::kNotWeak;
        RandomGraph graph(seed, 600, containers);
        if ((graph.flags & CAIRN_HEAP_CPYTHON_ORDER) == 0) {  // There are no slices in that order.
            check_between_slices(graph, seed == 1 ? 2200 : 400, seen);
        }
    }
    for (Stage stage = Stage::kIdle; stage <= Stage::kSweep; stage = cairn::next_of(stage)) {
        EXPECT_EQ(seen.count(stage), 1u) << "stage " << static_cast<int>(stage);
    }
}

class CycleUserCodeTest : public HeapTest {
  public:
    cairn_status check() {
        if (is_in_slice) {
            ++checks;
            InspectionModel(heap, 20).check(mark, {});
        }
        return CAIRN_OK;
    }

    /// Objects of which some are finalized and some have weak references that call back, at random.
    void make_graph(uint32_t seed) {
        std::mt19937 random(seed);
        std::vector<cairn_object*> nodes;
        const auto any = [&] { return nodes[random() % nodes.size()]; };
        for (int i = 0; i < 120; ++i) {
            const std::string label = "n" + std::to_string(i);
            on_finalize(label, [this](cairn_object*) { return check(); });
            nodes.push_back(make(i % 8 == 0 ? fin : i % 8 == 1 ? custom : plain, label));
            if (i % 10 == 0) {
                refs.push_back(
                    weak(nodes.back(), label, [this](cairn_object*) { return check(); }));
            }
        }
        for (int i = 0; i < 200; ++i) {
            set(any(), random() % kSlots, any());
        }
        for (cairn_object* node : nodes) {
            if (random() % 12 == 0) {
                kept.push_back(node);
            } else {
                cairn_decref(node);
            }
        }
    }

    size_t checks = 0;
    bool is_in_slice = false;
    uint64_t mark = 0;
    std::vector<cairn_object*> kept;
    std::vector<cairn_object*> refs;
};

TEST_F(CycleUserCodeTest, EveryCallInFinalizersAndCallbacks) {
    log_deaths = false;
    ASSERT_EQ(cairn_gc_set_pause_target(heap, 100000), CAIRN_OK);
    const cairn_gc_callback_fn watch =
        [](cairn_heap*, cairn_gc_phase, const cairn_gc_info*, void* data) {
            return static_cast<CycleUserCodeTest*>(data)->check();
        };
    for (uint32_t seed = 1; seed <= 20 && !HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        make_graph(seed);
        mark = cairn_mark(heap);
        ASSERT_EQ(cairn_gc_callback_add(heap, watch, this), CAIRN_OK);
        int done = 0;
        while (done == 0) {
            is_in_slice = true;
            ASSERT_EQ(cairn_gc_step(heap, 1, &done), CAIRN_OK);
            is_in_slice = false;
        }
        ASSERT_EQ(cairn_gc_callback_remove(heap, watch, this), CAIRN_OK);
        for (std::vector<cairn_object*>* list : {&kept, &refs}) {
            for (cairn_object* object : *list) {
                cairn_decref(object);
            }
            list->clear();
        }
        collect();
    }
    EXPECT_GT(checks, 100u);
}

}  // namespace
}  // namespace cairn_test
