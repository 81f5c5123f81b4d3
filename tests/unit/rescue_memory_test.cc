// SPDX-License-Identifier: MIT
/// The count of a rescue runs out of memory: all is spared, and what finalizers made stays young.
#include "heap_test.h"

namespace cairn_test {
namespace {

class RescueMemoryTest : public HeapTest, public ::testing::WithParamInterface<bool> {
  protected:
    RescueMemoryTest() : HeapTest(GetParam() ? CAIRN_HEAP_CPYTHON_ORDER : 0) {}

    /// A cycle whose hub has more references than a side byte counts, so that counting it needs
    /// memory. Its finalizer makes a young object, and the next request for memory fails.
    void make_garbage() {
        cairn_object* hub = make_fin("hub", [this](cairn_object*) {
            born = make(plain, "born");
            cairn_fail_allocation_for_testing(heap, 1);
            return CAIRN_OK;
        });
        cairn_object* holder = make_array(1000, "holder");
        for (size_t i = 0; i < 1000; ++i) {
            *item(holder, i) = cairn_new_ref(hub);
        }
        give(hub, 0, holder);
        weak_hub = weak(hub);
        cairn_decref(hub);
    }

    /// Is `object` of this generation?
    bool is_in(int generation, cairn_object* object) {
        cairn_objects objects = {};
        EXPECT_EQ(cairn_get_objects(heap, generation, &objects), CAIRN_OK);
        bool found = false;
        for (size_t i = 0; i < objects.count; ++i) {
            found = found || objects.items[i] == object;
        }
        cairn_objects_release(heap, &objects);
        return found;
    }

    cairn_object* born = nullptr;
    cairn_object* weak_hub = nullptr;
};

TEST_P(RescueMemoryTest, WhatAFinalizerMadeStaysYoung) {
    for (const int generation : {0, 1}) {
        make_garbage();
        size_t found = 0;
        EXPECT_EQ(cairn_gc_collect(heap, generation, &found), CAIRN_NO_MEMORY);
        EXPECT_EQ(found, 0u);
        EXPECT_EQ(take_log(), "fin hub");
        EXPECT_TRUE(is_in(0, born));
        EXPECT_FALSE(is_in(generation + 1, born));
        EXPECT_TRUE(verify());
        // The next collections treat it as young, and the garbage goes.
        EXPECT_EQ(collect(0), 0u);
        EXPECT_TRUE(is_in(1, born));
        EXPECT_TRUE(verify());
        EXPECT_EQ(collect(), 2u);
        EXPECT_EQ(take_sorted_log(), "dealloc holder, dealloc hub");
        cairn_clear(&weak_hub);
        cairn_clear(&born);
        EXPECT_EQ(usage().objects, 0u);
    }
}

INSTANTIATE_TEST_SUITE_P(Heaps, RescueMemoryTest, ::testing::Bool());

}  // namespace
}  // namespace cairn_test
