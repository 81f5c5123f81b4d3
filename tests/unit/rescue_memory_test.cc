// SPDX-License-Identifier: MIT
/// The count of a rescue runs out of memory: all is spared, and what finalizers made stays young.
#include <tuple>

#include "heap_test.h"

namespace cairn_test {
namespace {

class RescueMemoryTest : public HeapTest,
                         public ::testing::WithParamInterface<std::tuple<bool, int>> {
  protected:
    RescueMemoryTest() : HeapTest(std::get<0>(GetParam()) ? CAIRN_HEAP_CPYTHON_ORDER : 0) {}

    /// A cycle of a hub and a holder. The hub's finalizer gives the hub more references than a side
    /// byte counts, so that counting them needs memory for the first time, and makes an object; the
    /// next request for memory fails.
    void make_garbage() {
        constexpr size_t kWanted = 1000;
        cairn_object* holder = make_array(kWanted, "holder");
        cairn_object* hub = make_fin("hub", [this, holder](cairn_object* self) {
            for (size_t i = 0; i < kWanted; ++i) {
                cairn_set(item(holder, i), self);
            }
            born = make(plain, "born");
            cairn_fail_allocation_for_testing(heap, 1);
            return CAIRN_OK;
        });
        cairn_set(item(holder, 0), hub);
        give(hub, 0, holder);
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
};

TEST_P(RescueMemoryTest, WhatAFinalizerMadeStaysYoung) {
    const int generation = std::get<1>(GetParam());
    make_garbage();
    size_t found = 0;
    EXPECT_EQ(cairn_gc_collect(heap, generation, &found), CAIRN_NO_MEMORY);
    cairn_fail_allocation_for_testing(heap, 0);
    EXPECT_EQ(found, 0u);
    EXPECT_EQ(take_log(), "fin hub");
    EXPECT_TRUE(is_in(0, born));
    EXPECT_FALSE(is_in(generation + 1, born));
    EXPECT_TRUE(verify());
    // The next collection treats it as young, and a full one finds the garbage.
    EXPECT_EQ(collect(0), 0u);
    EXPECT_TRUE(is_in(1, born));
    EXPECT_TRUE(verify());
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_sorted_log(), "dealloc holder, dealloc hub");
    cairn_clear(&born);
    EXPECT_EQ(usage().objects, 0u);
}

INSTANTIATE_TEST_SUITE_P(Heaps,
                         RescueMemoryTest,
                         ::testing::Combine(::testing::Bool(), ::testing::Values(0, 1)));

}  // namespace
}  // namespace cairn_test
