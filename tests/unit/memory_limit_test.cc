// SPDX-License-Identifier: MIT
/// The hard limit, the soft limit and external bytes.
#include "weakmap_helpers.h"

namespace cairn_test {
namespace {

class MemoryLimitTest : public WeakmapTest {
  public:
    explicit MemoryLimitTest(uint32_t heap_flags = 0) : WeakmapTest(heap_flags) {}

  protected:
    static constexpr size_t kMiB = size_t{1} << 20;

    size_t in_use() {
        const cairn_heap_usage now = usage();
        return now.object_bytes + now.table_bytes;
    }

    size_t full_collections() {
        cairn_gc_stats stats = {};
        EXPECT_EQ(cairn_gc_get_stats(heap, 2, &stats), CAIRN_OK);
        return stats.collections;
    }

    /// Allocates chained objects until that fails; returns the first.
    cairn_object* fill_up(size_t* out_count) {
        cairn_object* first = nullptr;
        *out_count = 0;
        while (cairn_object* node = cairn_new(plain)) {
            give(node, 0, first);
            first = node;
            ++*out_count;
        }
        return first;
    }
};

TEST_F(MemoryLimitTest, AllocationFailsAtTheLimitAfterOneFullCollection) {
    cairn_heap_set_memory_limit(heap, in_use() + 4 * kMiB);
    size_t count = 0;
    const size_t before = full_collections();
    cairn_object* chain = fill_up(&count);
    EXPECT_GT(count, 4 * kMiB / 100);
    EXPECT_EQ(full_collections(), before + 1);
    EXPECT_TRUE(verify());
    EXPECT_EQ(cairn_new_var(array, kMiB), nullptr);
    cairn_decref(chain);
    cairn_object* again = cairn_new(plain);
    EXPECT_NE(again, nullptr) << "the heap recovers";
    cairn_decref(again);
}

TEST_F(MemoryLimitTest, TheLimitIsNeverPassed) {
    const size_t limit = in_use() + 3 * kMiB;
    cairn_heap_set_memory_limit(heap, limit);
    size_t count = 0;
    cairn_object* chain = fill_up(&count);
    EXPECT_LE(usage().peak_bytes, limit);
    EXPECT_GT(usage().peak_bytes, limit - kMiB);
    cairn_decref(chain);
}

TEST_F(MemoryLimitTest, AChainAgainstTheOrderOfMemoryIsFollowedWithoutMemory) {
    cairn_object* chain = nullptr;
    for (int i = 0; i < 300000; ++i) {
        cairn_object* node = cairn_new(plain);
        give(node, 0, chain);
        chain = node;
    }
    cairn_heap_set_memory_limit(heap, 1);
    // One sweep through memory for each link would take an hour.
    EXPECT_EQ(collect(), 0u);
    cairn_decref(chain);
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(MemoryLimitTest, ACollectionAtTheLimitMayCountWhatNeedsATable) {
    log_deaths = false;
    constexpr size_t kHubs = 200;
    constexpr size_t kItems = 300;  // More references to one object than a side byte counts.
    for (size_t i = 0; i < kHubs; ++i) {
        cairn_object* hub = cairn_new(plain);
        cairn_object* items = make_array(kItems, "items");
        for (size_t at = 0; at < kItems; ++at) {
            cairn_set(item(items, at), hub);
        }
        give(hub, 0, items);
        cairn_decref(hub);
    }
    cairn_heap_set_memory_limit(heap, 1);
    EXPECT_EQ(collect(), 2 * kHubs);
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(MemoryLimitTest, GarbageIsCollectedBeforeACallFails) {
    cairn_heap_set_memory_limit(heap, in_use() + 4 * kMiB);
    for (int i = 0; i < 200000; ++i) {  // Twenty times what fits.
        cairn_object* node = cairn_new(plain);
        ASSERT_NE(node, nullptr) << i;
        set(node, 0, node);
        cairn_decref(node);
    }
    collect();
    EXPECT_EQ(usage().objects, 0u);
}

TEST(QueueAtTheLimitTest, GarbageIsCollectedBeforeAPlaceIsRefused) {
    for (const bool weakrefs : {false, true}) {
        World world(CAIRN_HEAP_QUEUE_FINALIZERS);
        world.log_deaths = false;
        cairn_object* referent = world.make(world.plain, "referent");
        std::vector<cairn_object*> held;
        const auto make_one = [&] {
            held.push_back(weakrefs
                               ? cairn_weakref_new(referent, World::callback(), nullptr, nullptr)
                               : cairn_new(world.fin));
            return held.back() != nullptr;
        };
        // As many as there are places; the next needs a larger table.
        for (int i = 0; i < 16384; ++i) {
            ASSERT_TRUE(make_one());
        }
        for (int i = 0; i < 100000; ++i) {
            cairn_object* garbage = cairn_new(world.plain);
            World::set(garbage, 0, garbage);
            cairn_decref(garbage);
        }
        const cairn_heap_usage now = world.usage();
        cairn_heap_set_memory_limit(world.heap, now.object_bytes + now.table_bytes + 300000);
        EXPECT_TRUE(make_one());
        cairn_heap_set_memory_limit(world.heap, 0);
        for (cairn_object* object : held) {
            cairn_decref(object);
        }
        cairn_decref(referent);
        if (weakrefs) {
            EXPECT_EQ(cairn_finalizers_pending(world.heap), 0u);
        }
        cairn_finalizers_run(world.heap, 0, 0);
    }
}

TEST_F(MemoryLimitTest, ContainersReportItAndStayAsTheyWere) {
    cairn_object* set = make_map(CAIRN_WEAK_SET);
    std::vector<cairn_object*> members;
    for (int i = 0; i < 100000; ++i) {
        members.push_back(cairn_new(plain));
    }
    cairn_heap_set_memory_limit(heap, in_use() + kMiB);
    size_t added = 0;
    cairn_status status = CAIRN_OK;
    while (added < members.size() &&
           (status = cairn_weakset_add(set, members[added])) == CAIRN_OK) {
        ++added;
    }
    EXPECT_EQ(status, CAIRN_NO_MEMORY);
    EXPECT_GT(added, 1000u);
    EXPECT_EQ(cairn_weakmap_length(set), added);
    EXPECT_TRUE(verify());
    cairn_heap_set_memory_limit(heap, 0);
    EXPECT_EQ(cairn_weakset_add(set, members[added]), CAIRN_OK);
    for (cairn_object* member : members) {
        cairn_decref(member);
    }
    EXPECT_EQ(cairn_weakmap_length(set), 0u);
    cairn_decref(set);
}

TEST_F(MemoryLimitTest, ALimitBelowTheUseOnlyStopsGrowth) {
    cairn_object* object = make(logged, "x");
    cairn_heap_set_memory_limit(heap, 1);
    cairn_object* ref = cairn_weakref_new(object, nullptr, nullptr, nullptr);
    EXPECT_EQ(ref, nullptr);
    EXPECT_EQ(cairn_new_var(array, kMiB), nullptr);
    cairn_decref(object);
    EXPECT_EQ(take_log(), "dealloc x");
    cairn_heap_set_memory_limit(heap, 0);
}

// Wrappers of external memory, each in a cycle of its own.
class ExternalBytesTest : public MemoryLimitTest {
  public:
    explicit ExternalBytesTest(uint32_t heap_flags = 0) : MemoryLimitTest(heap_flags) {
        cairn_type_spec spec = node_spec("wrapper");
        spec.dealloc = [](cairn_object* self) {
            EXPECT_EQ(cairn_heap_add_external(cairn_heap_of(self), -static_cast<ptrdiff_t>(kMiB)),
                      CAIRN_OK);
        };
        wrapper_ = type(spec);
    }

  protected:
    /// Makes a wrapper that nobody holds; the highest use seen goes to `highest`.
    cairn_status make_garbage(size_t* highest) {
        cairn_object* object = cairn_new(wrapper_);
        const cairn_status status = cairn_heap_add_external(heap, kMiB);
        *highest = std::max(*highest, usage().external_bytes);
        set(object, 0, object);
        cairn_decref(object);
        return status;
    }

    cairn_type* wrapper_ = nullptr;
};

TEST_F(ExternalBytesTest, DriveCollections) {
    cairn_gc_enable(heap);
    size_t highest = 0;
    for (int i = 0; i < 1000; ++i) {
        EXPECT_EQ(make_garbage(&highest), CAIRN_OK);
    }
    EXPECT_LT(highest, 40 * kMiB) << "16 MiB of growth set off a collection";
    EXPECT_GT(full_collections(), 20u);
    collect();
    EXPECT_EQ(usage().external_bytes, 0u);
}

TEST_F(ExternalBytesTest, StayNearTheSoftLimit) {
    cairn_gc_enable(heap);
    cairn_gc_set_byte_thresholds(heap, 0, 0);
    size_t told = 0;
    const size_t limit = 100 * kMiB;
    cairn_heap_set_soft_limit(
        heap,
        limit,
        [](cairn_heap*, size_t, void* count) { ++*static_cast<size_t*>(count); },
        &told);
    size_t highest = 0;
    for (int i = 0; i < 1000; ++i) {
        EXPECT_EQ(make_garbage(&highest), CAIRN_OK);
    }
    EXPECT_LE(highest, limit + 2 * kMiB);
    EXPECT_EQ(told, 0u) << "the collection sufficed each time";
    collect();
}

TEST_F(ExternalBytesTest, TheSoftLimitHookIsToldOnceEachTimeItIsPassed) {
    static size_t bytes_told;
    size_t told = 0;
    cairn_heap_set_soft_limit(
        heap,
        in_use() + 10 * kMiB,
        [](cairn_heap*, size_t bytes, void* count) {
            ++*static_cast<size_t*>(count);
            bytes_told = bytes;
        },
        &told);
    for (int round = 1; round <= 3; ++round) {
        for (int i = 0; i < 20; ++i) {
            EXPECT_EQ(cairn_heap_add_external(heap, kMiB), CAIRN_OK);
        }
        cairn_decref(make(plain, "looked at here too"));
        EXPECT_EQ(told, static_cast<size_t>(round));
        EXPECT_GT(bytes_told, 10 * kMiB);
        EXPECT_EQ(cairn_heap_add_external(heap, -20 * static_cast<ptrdiff_t>(kMiB)), CAIRN_OK);
        cairn_decref(make(plain, "and below again"));
    }
    cairn_heap_set_soft_limit(heap, 0, nullptr, nullptr);
    EXPECT_EQ(cairn_heap_add_external(heap, kMiB * 100), CAIRN_OK);
    EXPECT_EQ(told, 3u);
}

TEST_F(ExternalBytesTest, TheSoftLimitHookIsCalledWhereNothingIsAllocatedInBetween) {
    size_t calls = 0;
    cairn_heap_set_soft_limit(
        heap,
        10 * kMiB,
        [](cairn_heap*, size_t, void* data) { ++*static_cast<size_t*>(data); },
        &calls);
    for (size_t i = 1; i <= 3; ++i) {
        EXPECT_EQ(cairn_heap_add_external(heap, ptrdiff_t{20 * kMiB}), CAIRN_OK);
        EXPECT_EQ(calls, i);
        EXPECT_EQ(cairn_heap_add_external(heap, ptrdiff_t{kMiB}), CAIRN_OK);
        EXPECT_EQ(calls, i);
        EXPECT_EQ(cairn_heap_add_external(heap, -ptrdiff_t{21 * kMiB}), CAIRN_OK);
    }
}

TEST_F(ExternalBytesTest, TheSoftLimitHookWaitsForTheEndOfACollectionOrADeath) {
    size_t told = 0;
    cairn_heap_set_soft_limit(
        heap,
        in_use() + 10 * kMiB,
        [](cairn_heap*, size_t, void* count) { ++*static_cast<size_t*>(count); },
        &told);
    for (const bool in_a_cycle : {true, false}) {
        cairn_object* object = make_fin("x", [&](cairn_object*) {
            EXPECT_EQ(cairn_heap_add_external(heap, 20 * kMiB), CAIRN_OK);
            cairn_decref(make(plain, "not looked at here"));
            return CAIRN_OK;
        });
        set(object, 0, in_a_cycle ? object : nullptr);
        const size_t before = told;
        cairn_decref(object);
        collect();
        EXPECT_EQ(told, before);
        cairn_decref(make(plain, "but here"));
        EXPECT_EQ(told, before + 1);
        EXPECT_EQ(cairn_heap_add_external(heap, -20 * static_cast<ptrdiff_t>(kMiB)), CAIRN_OK);
        cairn_decref(make(plain, "and below again"));
    }
}

TEST_F(ExternalBytesTest, TheSoftLimitHookMayCollectAndAllocate) {
    struct State {
        ExternalBytesTest* test;
        size_t told;
    } state = {this, 0};
    cairn_heap_set_soft_limit(
        heap,
        20 * kMiB,
        [](cairn_heap* of, size_t, void* data) {
            auto* my = static_cast<State*>(data);
            ++my->told;
            cairn_decref(my->test->make(my->test->plain, "made in the hook"));
            EXPECT_EQ(cairn_gc_collect(of, 2, nullptr), CAIRN_OK);
        },
        &state);
    size_t highest = 0;
    for (int i = 0; i < 200; ++i) {
        EXPECT_EQ(make_garbage(&highest), CAIRN_OK);
    }
    EXPECT_GE(state.told, 5u);
    EXPECT_LE(highest, 22 * kMiB);
    collect();
    EXPECT_EQ(usage().external_bytes, 0u);
}

class LimitExternalTest : public ExternalBytesTest {
  public:
    LimitExternalTest() : ExternalBytesTest(CAIRN_HEAP_LIMIT_EXTERNAL) {}
};

TEST_F(LimitExternalTest, WhatJustFitsIsWithinTheLimit) {
    // The second time a collection finds the tables that the first has made.
    for (int i = 0; i < 2; ++i) {
        cairn_heap_set_memory_limit(heap, in_use() + kMiB);
        EXPECT_EQ(cairn_heap_add_external(heap, 2 * kMiB), CAIRN_NO_MEMORY);
    }
    EXPECT_EQ(cairn_heap_add_external(heap, kMiB + 1), CAIRN_NO_MEMORY);
    EXPECT_EQ(cairn_heap_add_external(heap, kMiB), CAIRN_OK);
    EXPECT_EQ(cairn_heap_add_external(heap, 1), CAIRN_NO_MEMORY);
    EXPECT_EQ(cairn_heap_add_external(heap, -static_cast<ptrdiff_t>(kMiB)), CAIRN_OK);
}

TEST_F(LimitExternalTest, ExternalBytesCountTowardsTheLimit) {
    cairn_heap_set_memory_limit(heap, in_use() + 50 * kMiB);
    size_t highest = 0;
    for (int i = 0; i < 500; ++i) {
        ASSERT_EQ(make_garbage(&highest), CAIRN_OK) << i;
    }
    EXPECT_LE(highest, 50 * kMiB);
    collect();
    EXPECT_EQ(cairn_heap_add_external(heap, 40 * kMiB), CAIRN_OK);
    EXPECT_EQ(cairn_heap_add_external(heap, 40 * kMiB), CAIRN_NO_MEMORY);
    EXPECT_EQ(usage().external_bytes, 40 * kMiB) << "nothing was added";
    EXPECT_EQ(cairn_heap_add_external(heap, -40 * static_cast<ptrdiff_t>(kMiB)), CAIRN_OK);
    EXPECT_EQ(cairn_heap_add_external(heap, 40 * kMiB), CAIRN_OK);
    EXPECT_EQ(cairn_heap_add_external(heap, -40 * static_cast<ptrdiff_t>(kMiB)), CAIRN_OK);
}

TEST_F(MemoryLimitTest, ExternalBytesDoNotCountUnlessAsked) {
    cairn_heap_set_memory_limit(heap, in_use() + kMiB);
    EXPECT_EQ(cairn_heap_add_external(heap, 100 * kMiB), CAIRN_OK);
    cairn_decref(make(plain, "x"));
}

}  // namespace
}  // namespace cairn_test
