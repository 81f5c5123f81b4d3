// SPDX-License-Identifier: MIT
/// The heap and its allocator: everything is given back, and every request may fail.
#include "heap_test.h"

namespace cairn_test {
namespace {

cairn_heap* new_heap(CountingAllocator& memory) {
    cairn_heap_options options;
    cairn_heap_options_init(&options);
    options.allocator = memory.vtable();
    return cairn_heap_new(&options);
}

TEST(AllocatorTest, BirthThatFailsAnywhereGivesEverythingBack) {
    for (uint64_t n = 1;; ++n) {
        ASSERT_LT(n, 1000u);
        CountingAllocator memory;
        memory.fail_at(n);
        cairn_heap* heap = new_heap(memory);
        if (memory.failures() == 0) {
            ASSERT_NE(heap, nullptr);
            EXPECT_EQ(cairn_heap_free(heap), 0u);
            EXPECT_EQ(memory.blocks(), 0u);
            EXPECT_GT(n, 1u);
            break;
        }
        EXPECT_EQ(heap, nullptr) << "request " << n;
        EXPECT_EQ(memory.blocks(), 0u) << "request " << n;
    }
}

TEST(AllocatorTest, HeapTakesMemoryFromNowhereElse) {
    World world;
    const size_t before = world.memory.bytes();
    std::vector<cairn_object*> all;
    for (int i = 0; i < 20000; ++i) {
        all.push_back(world.make_array(100, "a"));
    }
    EXPECT_GE(world.memory.bytes() - before, size_t{20000} * 800);
    world.log_deaths = false;
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
}

TEST(AllocatorTest, ObjectsAreRefusedWhileThereIsNoMemoryAndOthersLiveOn) {
    World world;
    cairn_object* kept = world.make_ring(world.logged, {"a", "b"});
    cairn_object* w = world.weak(kept, "w");
    world.memory.fail_always(true);
    std::vector<cairn_object*> filler;
    while (cairn_object* object = cairn_new(world.plain)) {
        filler.push_back(object);
        ASSERT_LT(filler.size(), 10000000u);
    }
    EXPECT_EQ(cairn_new_var(world.array, 1000000), nullptr);
    EXPECT_EQ(cairn_new_var(world.array, 10000000000u), nullptr);
    EXPECT_TRUE(world.verify());
    EXPECT_EQ(world.deref(w), "a");
    for (cairn_object* object : filler) {
        cairn_decref(object);
    }
    cairn_object* reused = cairn_new(world.plain);
    EXPECT_NE(reused, nullptr) << "what was freed can be used without asking for more";
    cairn_decref(reused);
    cairn_decref(kept);
    EXPECT_EQ(world.collect(), 2u) << "freeing and collecting take no memory";
    EXPECT_EQ(world.take_sorted_log(), "cb w, dealloc a, dealloc b");
    world.memory.fail_always(false);
    cairn_decref(w);
}

TEST(AllocatorTest, DeepStructuresDieWithoutMemory) {
    World world;
    world.log_deaths = false;
    for (cairn_type* of : {world.plain, world.logged, world.custom, world.fin}) {
        cairn_object* next = nullptr;
        for (int i = 0; i < 50000; ++i) {
            cairn_object* object = cairn_new(of);
            ASSERT_NE(object, nullptr);
            World::give(object, 1, next);
            next = object;
        }
        World::set(next, 2, next);
        world.memory.fail_always(true);
        cairn_clear(World::slot(next, 2));
        cairn_decref(next);
        EXPECT_EQ(world.usage().objects, 0u);
        world.memory.fail_always(false);
    }
}

TEST(AllocatorTest, BigGarbageIsCollectedWithoutMemory) {
    World world;
    world.log_deaths = false;
    for (cairn_type* of : {world.plain, world.logged, world.custom, world.fin}) {
        cairn_object* first = cairn_new(of);
        cairn_object* last = first;
        for (int i = 0; i < 50000; ++i) {
            World::give(last, 0, cairn_new(of));
            last = World::get(last, 0);
        }
        World::give(last, 0, first);
        world.memory.fail_always(true);
        EXPECT_EQ(world.collect(), 50001u);
        EXPECT_EQ(world.usage().objects, 0u);
        world.memory.fail_always(false);
    }
}

TEST(AllocatorTest, CallbacksAreNotLostWithoutMemory) {
    World world;
    cairn_object* a = world.make(world.logged, "a");
    cairn_object* b = world.make_ring(world.logged, {"b", "c"});
    std::vector<cairn_object*> refs;
    for (int i = 0; i < 1000; ++i) {
        refs.push_back(world.weak(a, "of a"));
        refs.push_back(world.weak(b, "of b"));
    }
    world.memory.fail_always(true);
    cairn_fail_allocation_for_testing(world.heap, 1);
    cairn_decref(a);
    cairn_decref(b);
    EXPECT_EQ(world.collect(), 2u);
    world.memory.fail_always(false);
    cairn_fail_allocation_for_testing(world.heap, 0);
    EXPECT_EQ(world.count_events("cb of a"), 1000u);
    EXPECT_EQ(world.count_events("cb of b"), 1000u);
    for (cairn_object* ref : refs) {
        cairn_decref(ref);
    }
}

TEST(AllocatorTest, HeapEndsWithoutMemory) {
    World world;
    cairn_object* next = nullptr;
    for (int i = 0; i < 1000; ++i) {
        cairn_object* object = world.make(i % 2 == 0 ? world.fin : world.custom, "a");
        World::give(object, 1, next);
        World::set(object, 2, object);
        next = object;
    }
    World::set(next, 3, next);
    world.memory.fail_always(true);
    world.close(1000);
    EXPECT_EQ(world.count_events("dealloc a"), 1000u);
    EXPECT_EQ(world.count_events("fin a"), 1000u);
}

}  // namespace
}  // namespace cairn_test
