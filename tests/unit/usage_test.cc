// SPDX-License-Identifier: MIT
/// Memory accounting, and memory that is given back.
#include "cycle_of_slices.h"
#include "heap/heap.h"
#include "heap_test.h"

namespace cairn_test {
namespace {

using UsageTest = HeapTest;

TEST_F(UsageTest, ObjectsOfEveryKindAreCounted) {
    EXPECT_EQ(usage().objects, 0u);
    cairn_object* all[] = {
        make(plain, "a"), make(leaf, "b"), make_array(500000, "c"), make(by_hand, "d")};
    EXPECT_EQ(usage().objects, 4u);
    cairn_object* w = weak(all[0], "w");
    EXPECT_EQ(usage().objects, 5u);
    cairn_decref(w);
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(UsageTest, ObjectBytesGrowWithObjects) {
    const size_t before = usage().object_bytes;
    std::vector<cairn_object*> all;
    for (int i = 0; i < 100000; ++i) {
        all.push_back(cairn_new(plain));
    }
    const size_t bytes = usage().object_bytes - before;
    EXPECT_GE(bytes, 100000 * sizeof(Node));
    EXPECT_LE(bytes, 100000 * (cairn_object_size(all[0]) + 8) + (size_t{1} << 20));
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
}

TEST_F(UsageTest, SumsFitTogether) {
    std::vector<cairn_object*> all;
    for (int i = 0; i < 50000; ++i) {
        all.push_back(i % 100 == 0 ? make_array(5000, "a") : cairn_new(plain));
        if (i % 5000 == 0) {
            const cairn_heap_usage now = usage();
            EXPECT_GE(now.reserved_bytes, now.object_bytes);
            EXPECT_GE(now.peak_bytes, now.object_bytes + now.table_bytes);
            EXPECT_GE(memory.bytes(), now.object_bytes);
        }
    }
    const size_t peak = usage().peak_bytes;
    log_deaths = false;
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
    collect();
    EXPECT_EQ(usage().peak_bytes, peak);
    EXPECT_GE(memory.peak_bytes(), peak);
}

TEST_F(UsageTest, TablesAreCounted) {
    const size_t before = usage().table_bytes;
    std::vector<cairn_object*> all;
    for (int i = 0; i < 20000; ++i) {
        all.push_back(cairn_new(leaf));
        all.push_back(weak(all.back()));
    }
    EXPECT_GE(usage().table_bytes, before + size_t{20000} * 8);
    log_deaths = false;
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
}

TEST_F(UsageTest, ExternalBytesAreWhatIsReported) {
    EXPECT_EQ(usage().external_bytes, 0u);
    EXPECT_EQ(cairn_heap_add_external(heap, 1000), CAIRN_OK);
    EXPECT_EQ(cairn_heap_add_external(heap, 500), CAIRN_OK);
    EXPECT_EQ(usage().external_bytes, 1500u);
    EXPECT_EQ(cairn_heap_add_external(heap, -700), CAIRN_OK);
    EXPECT_EQ(cairn_heap_add_external(heap, 0), CAIRN_OK);
    EXPECT_EQ(usage().external_bytes, 800u);
    EXPECT_EQ(cairn_heap_add_external(heap, -800), CAIRN_OK);
    EXPECT_EQ(usage().external_bytes, 0u);
}

using EmptySegmentsTest = HeapTest;

TEST_F(EmptySegmentsTest, AsManyGoBackAsAreAskedForInOnePieceAndInParts) {
    std::vector<cairn_object*> all;
    for (int i = 0; i < 400000; ++i) {
        all.push_back(cairn_new(plain));
    }
    while (all.size() > 10) {
        cairn_decref(all.back());
        all.pop_back();
    }
    heap->space.sweep(0);
    const size_t empty = heap->space.count_empty_segments();
    ASSERT_GE(empty, 3u);
    heap->space.release_empty_segments(1);
    EXPECT_EQ(heap->space.count_empty_segments(), empty - 1);
    size_t most = 1;
    while (heap->space.release_some(most)) {
    }
    EXPECT_EQ(most, 0u);
    EXPECT_EQ(heap->space.count_empty_segments(), empty - 2);
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
}

class GiveBackTest : public HeapTest, public ::testing::WithParamInterface<bool> {
  protected:
    static constexpr size_t kObjects = 3000000;

    /// Builds chains of 1000 so that one reference frees a thousand objects.
    std::vector<cairn_object*> build() {
        std::vector<cairn_object*> heads;
        for (size_t i = 0; i < kObjects; ++i) {
            cairn_object* object = cairn_new(plain);
            EXPECT_NE(object, nullptr);
            if (i % 1000 == 0) {
                heads.push_back(object);
            } else {
                give(object, 0, heads.back());
                heads.back() = object;
            }
            if (GetParam()) {
                set(object, 1, object);  // A loop: it dies by collection only.
            }
        }
        return heads;
    }
};

TEST_P(GiveBackTest, HeapWhoseYoungestNineTenthsDiedKeepsLittleOfItsPeak) {
    std::vector<cairn_object*> heads = build();
    const size_t kept = heads.size() / 10;
    const size_t peak = memory.peak_bytes();
    for (size_t i = kept; i < heads.size(); ++i) {
        cairn_decref(heads[i]);
    }
    collect();
    EXPECT_EQ(usage().objects, kObjects / 10);
    EXPECT_LE(memory.bytes(), peak * 15 / 100);
    EXPECT_LE(usage().object_bytes + usage().table_bytes, usage().peak_bytes * 15 / 100);
    EXPECT_LE(usage().reserved_bytes, peak * 15 / 100);
    EXPECT_TRUE(verify());
    for (size_t i = 0; i < kept; ++i) {
        cairn_decref(heads[i]);
    }
    collect();
    EXPECT_EQ(usage().objects, 0u);
}

TEST_P(GiveBackTest, TrimOfAnEmptyHeapLeavesNextToNothing) {
    for (cairn_object* head : build()) {
        cairn_decref(head);
    }
    collect();
    cairn_heap_trim(heap);
    EXPECT_EQ(usage().objects, 0u);
    EXPECT_LE(memory.bytes(), size_t{5} << 20);
    EXPECT_TRUE(verify());
    cairn_object* a = make_ring(logged, {"a", "b"});
    EXPECT_EQ(collect(), 0u);
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
}

INSTANTIATE_TEST_SUITE_P(By, GiveBackTest, ::testing::Bool(), [](const auto& by) {
    return std::string(by.param ? "Collection" : "Count");
});

TEST_F(UsageTest, AutomaticCollectionsKeepWhatWasInUseSinceTheOneBefore) {
    const uint32_t never[CAIRN_GENERATIONS] = {0, 10, 10};
    cairn_gc_set_thresholds(heap, never);
    cairn_gc_set_byte_thresholds(heap, 0, size_t{1} << 20);
    cairn_gc_enable(heap);
    const auto full_collections = [this] {
        cairn_gc_stats stats{};
        EXPECT_EQ(cairn_gc_get_stats(heap, 2, &stats), CAIRN_OK);
        return stats.collections;
    };
    const auto collect_by_itself = [&] {
        const uint64_t before = full_collections();
        EXPECT_EQ(cairn_heap_add_external(heap, ptrdiff_t{2} << 20), CAIRN_OK);
        EXPECT_EQ(full_collections(), before + 1);
        EXPECT_EQ(cairn_heap_add_external(heap, -(ptrdiff_t{2} << 20)), CAIRN_OK);
    };
    cairn_object* const kept = cairn_new(plain);
    const auto fill_and_empty = [this] {
        std::vector<cairn_object*> objects(500000);
        for (cairn_object*& object : objects) {
            object = cairn_new(plain);
        }
        for (cairn_object* object : objects) {
            cairn_decref(object);
        }
    };
    fill_and_empty();
    const size_t busy = usage().reserved_bytes;
    ASSERT_GE(busy, size_t{16} << 20);
    for (int i = 0; i < 3; ++i) {
        collect_by_itself();
        EXPECT_GE(usage().reserved_bytes, busy / 2);
        fill_and_empty();
        EXPECT_LE(usage().reserved_bytes, busy);
    }
    collect_by_itself();
    EXPECT_GE(usage().reserved_bytes, busy / 2);
    collect_by_itself();
    EXPECT_LE(usage().reserved_bytes, size_t{8} << 20);
    EXPECT_TRUE(verify());
    cairn_decref(kept);
}

class QueueUsageTest : public HeapTest {
  protected:
    QueueUsageTest() : HeapTest(CAIRN_HEAP_QUEUE_FINALIZERS) {}
};

TEST_F(QueueUsageTest, TrimGivesBackTablesOfWhatOnceWas) {
    constexpr size_t kMany = 100000;
    const size_t before = usage().table_bytes;
    size_t calls = 0;
    std::vector<cairn_object*> objects;
    std::vector<cairn_object*> refs;
    for (size_t i = 0; i < kMany; ++i) {
        objects.push_back(cairn_new(plain));
        refs.push_back(cairn_weakref_new(
            objects.back(),
            [](cairn_object*, cairn_object*, void* counter) {
                ++*static_cast<size_t*>(counter);
                return CAIRN_OK;
            },
            nullptr,
            &calls));
    }
    for (size_t i = 0; i < kMany; ++i) {
        if (i % 1000 != 0) {
            cairn_decref(refs[i]);
            cairn_decref(objects[i]);
        }
    }
    // Each object has an entry in a table, each callback a place in the queue.
    ASSERT_GE(usage().table_bytes - before, kMany * 16);
    cairn_fail_allocation_for_testing(heap, 1);
    cairn_heap_trim(heap);  // without memory for a smaller table
    cairn_fail_allocation_for_testing(heap, 0);
    EXPECT_TRUE(verify());
    cairn_heap_trim(heap);
    EXPECT_LE(usage().table_bytes - before, kMany);
    EXPECT_TRUE(verify());
    for (size_t i = 0; i < kMany; i += 1000) {
        cairn_object* referent = cairn_weakref_get(refs[i]);
        EXPECT_EQ(referent, objects[i]);
        cairn_decref(referent);
        cairn_decref(objects[i]);
        EXPECT_EQ(cairn_weakref_is_cleared(refs[i]), 1);
    }
    cairn_heap_trim(heap);
    EXPECT_EQ(calls, 0u);
    cairn_finalizers_run(heap, 0, 0);
    EXPECT_EQ(calls, kMany / 1000);
    for (size_t i = 0; i < kMany; i += 1000) {
        cairn_decref(refs[i]);
    }
    cairn_heap_trim(heap);
    EXPECT_LE(usage().table_bytes - before, 4096u);
}

TEST_F(UsageTest, TrimInsideACollectionDoesNothing) {
    cairn_object* a = make_fin("a", [&](cairn_object*) {
        cairn_heap_trim(heap);
        return CAIRN_OK;
    });
    set(a, 0, a);
    cairn_decref(a);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(take_log(), "fin a, dealloc a");
}

TEST_F(UsageTest, RepeatedRiseAndFallDoesNotGrowTheHeap) {
    size_t highest_of_first = 0;
    for (int round = 0; round < 20; ++round) {
        std::vector<cairn_object*> all;
        for (int i = 0; i < 20000; ++i) {
            all.push_back(make_ring(plain, {"a", "b"}));
        }
        for (cairn_object* object : all) {
            cairn_decref(object);
        }
        EXPECT_EQ(collect(), 40000u);
        if (round == 1) {
            highest_of_first = memory.peak_bytes();
        }
    }
    EXPECT_LE(memory.peak_bytes(), highest_of_first + highest_of_first / 10);
}

TEST(GivingBackTest, KeepsASegmentOfAHeapThatIsEmptyOnly) {
    for (const bool in_slices : {false, true}) {
        World world;
        if (in_slices) {
            ASSERT_EQ(cairn_gc_set_pause_target(world.heap, 1), CAIRN_OK);
        }
        std::vector<cairn_object*> all;
        const auto keep = [&](size_t count) {
            for (; all.size() > count; all.pop_back()) {
                cairn_decref(all.back());
            }
            if (in_slices) {
                // A cycle gives back what was empty when it began, if much has died since the last.
                for (int i = 0; i < 30000; ++i) {
                    cairn_decref(cairn_new(world.plain));
                    if (i % 10000 == 9999) {
                        (void)finish_cycle(world.heap);
                    }
                }
            } else {
                cairn_heap_trim(world.heap);
            }
            return world.memory.bytes();
        };
        constexpr size_t kSegment = size_t{4} << 20;
        while (world.memory.bytes() < 2 * kSegment) {
            all.push_back(cairn_new(world.plain));
        }
        // The first segment is small.
        const size_t first = keep(1);
        EXPECT_LT(first, kSegment) << "the empty ones go back";
        EXPECT_GT(keep(0), first / 2) << "the last one stays";
    }
}

}  // namespace
}  // namespace cairn_test
