// SPDX-License-Identifier: MIT
/// Heaps on threads: two heaps share nothing, and a heap can be handed over.
#include <atomic>
#include <random>
#include <thread>

#include "base/address_set.h"
#include "heap_test.h"

namespace cairn_test {
namespace {

/// A little of everything, on a heap of the calling thread.
void work(uint32_t seed, size_t rounds) {
    World world;
    world.log_deaths = false;
    std::mt19937 random(seed);
    std::vector<cairn_object*> refs;
    const uint32_t thresholds[3] = {100, 5, 5};
    cairn_gc_set_thresholds(world.heap, thresholds);
    cairn_gc_enable(world.heap);
    cairn_type* const kinds[] = {world.plain, world.logged, world.fin, world.custom};
    for (size_t i = 0; i < rounds; ++i) {
        cairn_object* a = world.make_ring(kinds[random() % 4], {"a", "b", "c"});
        World::give(a, 1, world.make_array(random() % 3000, "array"));
        World::give(a, 2, world.make(world.leaf, "leaf"));
        refs.push_back(world.weak(a, "w"));
        refs.push_back(World::weak(World::get(a, 2)));
        cairn_decref(a);
        if (refs.size() > 50) {
            for (cairn_object* ref : std::exchange(refs, {})) {
                cairn_decref(ref);
            }
            cairn_objects list = {};
            EXPECT_EQ(cairn_get_objects(world.heap, -1, &list), CAIRN_OK);
            cairn_objects_release(world.heap, &list);
        }
    }
    for (cairn_object* ref : refs) {
        cairn_decref(ref);
    }
    cairn_gc_disable(world.heap);
    world.collect();
    EXPECT_EQ(world.usage().objects, 0u);
}

TEST(ThreadTest, TwoHeapsOnTwoThreadsShareNothing) {
    std::thread first(work, 1, 3000);
    std::thread second(work, 2, 3000);
    first.join();
    second.join();
}

TEST(ThreadTest, HeapsComeAndGoOnManyThreads) {
    std::vector<std::thread> threads;
    for (uint32_t i = 0; i < 8; ++i) {
        threads.emplace_back([i] {
            for (uint32_t round = 0; round < 10; ++round) {
                work(i * 100 + round, 20);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

TEST(ThreadTest, HeapsWithTheDefaultAllocatorShareNothing) {
    const auto churn = [] {
        cairn_heap* heap = cairn_heap_new(nullptr);
        ASSERT_NE(heap, nullptr);
        cairn_type_spec spec = {};
        spec.name = "pair";
        spec.object_size = 32;
        spec.slots_offset = 16;
        spec.slot_count = 2;
        cairn_type* pair = nullptr;
        ASSERT_EQ(cairn_type_new(heap, &spec, &pair), CAIRN_OK);
        for (int i = 0; i < 100000; ++i) {
            cairn_object* a = cairn_new(pair);
            auto** slots = reinterpret_cast<cairn_object**>(a + 1);
            cairn_set(&slots[i % 2], a);
            cairn_decref(a);
        }
        EXPECT_EQ(cairn_heap_free(heap), 0u);
    };
    std::thread first(churn);
    std::thread second(churn);
    first.join();
    second.join();
}

// All addresses want the same place: 16 times a Fibonacci number apart, they hash to nearly the
// same.
TEST(ThreadTest, ASetOfAddressesLosesNoneToAnotherThread) {
    static cairn::AddressSet set;
    std::atomic<int> ready = 0;
    std::atomic<int> lost = 0;
    const auto come_and_go = [&](uintptr_t first) {
        const auto address = [first](uintptr_t i) {
            return reinterpret_cast<const void*>((first + i) * 832040 * 16);
        };
        ++ready;
        while (ready < 2) {
        }
        for (int round = 0; round < 50000; ++round) {
            for (uintptr_t i = 0; i < 20; ++i) {
                set.add(address(i));
            }
            for (uintptr_t i = 0; i < 20; ++i) {
                lost += !set.has(address(i));
                set.remove(address(i));
            }
        }
    };
    std::thread first(come_and_go, 1);
    std::thread second(come_and_go, 21);
    first.join();
    second.join();
    EXPECT_EQ(lost, 0);
    EXPECT_FALSE(set.has(nullptr));
    EXPECT_FALSE(set.has(&ready)) << "the set is full";
}

TEST(ThreadTest, AdoptedHeapBelongsToTheNewThread) {
    World world;
    cairn_object* a = world.make_ring(world.fin, {"a", "b"});
    cairn_object* w = world.weak(a, "w");
    std::thread other([&] {
        cairn_heap_adopt(world.heap);
        EXPECT_EQ(world.deref(w), "a");
        cairn_decref(world.make(world.logged, "made there"));
        cairn_decref(a);
        EXPECT_EQ(world.collect(), 2u);
        EXPECT_TRUE(world.verify());
    });
    other.join();
    cairn_heap_adopt(world.heap);
    EXPECT_EQ(world.deref(w), "-");
    EXPECT_EQ(world.count_events("cb w"), 1u);
    cairn_decref(w);
}

TEST(ThreadTest, HeapCanBePassedRound) {
    World world;
    world.log_deaths = false;
    cairn_object* chain = nullptr;
    for (int turn = 0; turn < 20; ++turn) {
        std::thread([&] {
            cairn_heap_adopt(world.heap);
            for (int i = 0; i < 500; ++i) {
                cairn_object* node = world.make(world.logged, "node");
                World::give(node, 0, chain);
                chain = node;
            }
            EXPECT_EQ(world.collect(turn % 3), 0u);
        }).join();
    }
    cairn_heap_adopt(world.heap);
    EXPECT_EQ(world.usage().objects, 10000u);
    cairn_decref(chain);
    EXPECT_EQ(world.usage().objects, 0u);
}

TEST(ThreadTest, HeapCanEndOnTheThreadThatAdoptedIt) {
    cairn_heap* heap = cairn_heap_new(nullptr);
    ASSERT_NE(heap, nullptr);
    std::thread([heap] {
        cairn_heap_adopt(heap);
        EXPECT_EQ(cairn_heap_free(heap), 0u);
    }).join();
}

}  // namespace
}  // namespace cairn_test
