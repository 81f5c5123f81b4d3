// SPDX-License-Identifier: MIT
/// What a collection follows references with: a stack that gets full, and one without memory.
#include "heap/heap.h"
#include "weakmap_helpers.h"

namespace cairn_test {
namespace {

using MarkStackTest = WeakmapTest;

// A ring that dies takes the old objects along that it alone holds, which are put on the stack.
TEST_F(MarkStackTest, WhatALongListNeededGoesBack) {
    constexpr size_t kLength = 200000;
    log_deaths = false;
    cairn_object* list = nullptr;
    for (size_t i = 0; i < kLength; ++i) {
        cairn_object* next = cairn_new(plain);
        give(next, 0, list);
        list = next;
    }
    collect(1);
    cairn_object* ring = cairn_new(plain);
    set(ring, 0, ring);
    give(ring, 1, list);
    cairn_decref(ring);
    collect(0);
    EXPECT_EQ(usage().objects, 0u);
    EXPECT_GE(heap->gc.mark_stack.capacity(), kLength);
    const size_t before = usage().table_bytes;
    cairn_heap_trim(heap);
    EXPECT_LT(usage().table_bytes, before - kLength * sizeof(void*) / 2);
    const size_t least = heap->gc.mark_stack.capacity();
    cairn_heap_trim(heap);
    EXPECT_EQ(heap->gc.mark_stack.capacity(), least);
}

// The stack is filled one by one by objects whose references only a function knows, to its last
// place; then what is on it is found by its side bytes. The chain lies against the order of memory,
// or else the first sweep would find it whole, and each link has more items than wait between the
// stack and their visit.
TEST_F(MarkStackTest, AStackThatGetsFullLosesNothing) {
    constexpr size_t kLinks = 300;
    constexpr size_t kItems = 64;
    cairn_type_spec spec = array_spec("link");
    spec.flags = 0;
    spec.traverse = [](cairn_object* self, cairn_visit_fn visit, void* data) {
        for (size_t i = 0; i < kItems; ++i) {
            visit(*item(self, i), data);
        }
    };
    spec.clear = [](cairn_object* self) {
        for (size_t i = 0; i < kItems; ++i) {
            cairn_clear(item(self, i));
        }
    };
    cairn_type* link_type = type(spec);
    cairn_object* chain = make(plain, "end");
    for (size_t i = 0; i < kLinks; ++i) {
        cairn_object* link = cairn_new_var(link_type, kItems);
        ASSERT_NE(link, nullptr);
        for (size_t k = 0; k < kItems - 1; ++k) {
            *item(link, k) = make(plain, "item");
        }
        *item(link, kItems - 1) = chain;
        chain = link;
    }
    EXPECT_EQ(collect(), 0u);
    // With garbage, the search does not end because all is known to be alive.
    cairn_decref(make_ring(plain, {"a", "b"}));
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(usage().objects, kLinks * kItems + 1);
    cairn_set(item(chain, 0), chain);
    cairn_decref(chain);
    EXPECT_EQ(collect(), kLinks * kItems);
    EXPECT_EQ(usage().objects, 0u);
}

// A map keeps what the value of a dead key leads to until its callbacks have run: a callback of a
// reference among that comes, however much there is, and without memory to follow it.
TEST_F(MarkStackTest, WhatAMapKeepsIsFollowedWithoutMemory) {
    constexpr size_t kItems = 20000;
    log_deaths = false;
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* key = make(plain, "key");
    cairn_object* value = make_array(kItems, "value");
    for (size_t i = 0; i < kItems; ++i) {
        *item(value, i) = make(plain, "item");
    }
    give(*item(value, kItems - 1), 0, weak(key, "w"));
    ASSERT_EQ(cairn_weakmap_set(map, key, value), CAIRN_OK);
    cairn_set(item(value, 0), key);
    set(key, 0, value);
    cairn_decref(key);
    cairn_decref(value);
    memory.fail_always(true);
    EXPECT_EQ(collect(), kItems + 3);
    memory.fail_always(false);
    EXPECT_EQ(take_log(), "cb w");
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
    cairn_decref(map);
}

}  // namespace
}  // namespace cairn_test
