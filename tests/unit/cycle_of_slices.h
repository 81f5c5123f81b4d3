// SPDX-License-Identifier: MIT
/// A heap with a pause target whose slices the test asks for.
#ifndef CAIRN_TESTS_UNIT_CYCLE_OF_SLICES_H
#define CAIRN_TESTS_UNIT_CYCLE_OF_SLICES_H

#include <functional>
#include <vector>

#include "cycle_graph.h"

namespace cairn_test {

// Runs slices of the least length until the cycle is over, and returns how many that were.
inline size_t finish_cycle(cairn_heap* heap) {
    int done = 0;
    size_t slices = 0;
    for (; done == 0 && slices < 1000000; ++slices) {
        EXPECT_EQ(cairn_gc_step(heap, 1, &done), CAIRN_OK);
    }
    EXPECT_EQ(done, 1);
    return slices;
}

class CycleOfSlicesTest : public ::testing::Test {
  protected:
    // Old objects in rings of `length`, which nothing holds.
    void make_rings(size_t rings,
                    size_t length,
                    cairn_type* type,
                    cairn_object* held = nullptr,
                    const std::function<void(cairn_object*)>& watch = nullptr) {
        for (size_t i = 0; i < rings; ++i) {
            cairn_object* first = make(type);
            cairn_object* last = cairn_new_ref(first);
            for (size_t k = 1; k < length; ++k) {
                cairn_object* next = make(type);
                cairn_set(&as_node(next)->slots[0], last);
                cairn_decref(last);
                last = next;
            }
            cairn_set(&as_node(first)->slots[0], last);
            cairn_decref(last);
            if (held != nullptr) {
                cairn_set(&as_node(first)->slots[1], held);
            }
            if (watch != nullptr) {
                watch(first);
            }
            held_.push_back(first);
        }
        let_go_when_old();
    }

    // A ring in the order of memory, held by its first object.
    std::vector<cairn_object*> make_live_ring(size_t length) {
        std::vector<cairn_object*> ring;
        for (size_t i = 0; i < length; ++i) {
            ring.push_back(make(graph_.types[kPlainNode]));
        }
        for (size_t i = 0; i < length; ++i) {
            cairn_set(&as_node(ring[i])->slots[0], ring[(i + 1) % length]);
        }
        for (size_t i = 1; i < length; ++i) {
            cairn_decref(ring[i]);
        }
        return ring;
    }

    // How many objects an enumeration shows.
    size_t shown() {
        size_t count = 0;
        cairn_visit_objects(
            heap_,
            [](cairn_object*, void* data) { return ++*static_cast<size_t*>(data), 1; },
            &count);
        return count;
    }

    // What is held is garbage from now on, if nothing else holds it, and older than what a
    // collection of generation 1 finds.
    void let_go_when_old() {
        ASSERT_EQ(cairn_gc_collect(heap_, 1, nullptr), CAIRN_OK);
        for (cairn_object* object : held_) {
            cairn_decref(object);
        }
        held_.clear();
    }

    cairn_object* make(cairn_type* type) {
        cairn_object* object = cairn_new(type);
        as_node(object)->graph = &graph_;
        as_node(object)->id = graph_.records.size();
        graph_.records.push_back({as_node(object), 0, false, true});
        return object;
    }

    [[nodiscard]] size_t alive() const {
        return static_cast<size_t>(std::count_if(
            graph_.records.begin(), graph_.records.end(), [](const GraphRecord& record) {
                return record.node != nullptr;
            }));
    }

    // Until the cycle is in this state.
    void step_to(cairn_gc_cycle_state state) {
        int done = 0;
        while (done == 0 && cairn_gc_get_cycle_state(heap_) != state) {
            ASSERT_EQ(cairn_gc_step(heap_, 1, &done), CAIRN_OK);
        }
        ASSERT_EQ(done, 0) << "the cycle was over first";
    }

    Graph graph_{1};
    cairn_heap* heap_ = graph_.heap;
    std::vector<cairn_object*> held_;
};

}  // namespace cairn_test

#endif
