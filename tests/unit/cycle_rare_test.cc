// SPDX-License-Identifier: MIT
/// Collections in slices: what seldom happens in one.
#include <algorithm>
#include <random>
#include <string_view>

#include "buffer_list.h"
#include "cycle_of_slices.h"
#include "heap/heap.h"

namespace cairn_test {
namespace {

constexpr uint64_t kTarget = 100000;

class CycleRareTest : public BufferTest {
  protected:
    void SetUp() override {
        BufferTest::SetUp();
        log_deaths = false;
        ASSERT_EQ(cairn_gc_set_pause_target(heap, kTarget), CAIRN_OK);
        quiet = type(array_spec("quiet"));
        cairn_type_spec spec = leaf_spec("text");
        spec.item_size = 1;
        spec.item_count_offset = offsetof(Array, count);
        spec.object_size = sizeof(Array);
        text = type(spec);
    }

    cairn_object* make_quiet(size_t count) {
        cairn_object* object = cairn_new_var(quiet, count);
        EXPECT_NE(object, nullptr);
        return object;
    }

    void make_all_old() {
        collect(0);
        collect(1);
    }

    cairn_type* quiet = nullptr;
    cairn_type* text = nullptr;  ///< leaves of any size
};

TEST_F(CycleRareTest, ACallbackOfAYoungCollectionEndsTheCycle) {
    std::vector<cairn_object*> all;
    for (int i = 0; i < 20000; ++i) {
        all.push_back(make(plain, "a"));
    }
    ASSERT_EQ(cairn_gc_step(heap, 1, nullptr), CAIRN_OK);
    ASSERT_TRUE(heap->policy.is_cycling);
    const cairn_gc_callback_fn take_target =
        [](cairn_heap* of, cairn_gc_phase, const cairn_gc_info* info, void*) {
            return info->generation == 0 ? cairn_gc_set_pause_target(of, 0) : CAIRN_OK;
        };
    ASSERT_EQ(cairn_gc_callback_add(heap, take_target, nullptr), CAIRN_OK);
    collect(0);
    EXPECT_FALSE(heap->policy.is_cycling);
    EXPECT_TRUE(verify());
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
}

TEST_F(CycleRareTest, PagesGoBackBinByBin) {
    constexpr size_t kBins = 12;
    for (size_t i = 0; i < 5000; ++i) {
        cairn_decref(cairn_new_var(text, 1000 + 100 * (i % kBins)));
    }
    size_t parts = 0;
    int done = 0;
    while (done == 0) {
        parts += cairn_gc_get_cycle_state(heap) == CAIRN_GC_CYCLE_PROVING;
        ASSERT_EQ(cairn_gc_step(heap, 1, &done), CAIRN_OK);
    }
    EXPECT_GT(parts, kBins / 2);  // Some sizes share a bin.
}

// A slice of the least length gives at least one segment back, or the cycle would never end.
TEST_F(CycleRareTest, EmptySegmentsGoBackOneByOne) {
    constexpr size_t kMegabyte = (size_t{1} << 20) / sizeof(cairn_object*);
    std::vector<cairn_object*> all;
    for (int i = 0; i < 40; ++i) {
        all.push_back(make_quiet(kMegabyte));
    }
    for (int i = 0; i < 10000; ++i) {
        all.push_back(make(plain, "a"));
    }
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
    const size_t before = usage().reserved_bytes;
    EXPECT_LT(finish_cycle(heap), 1000u);
    EXPECT_LT(usage().reserved_bytes, before / 4);
}

// Those of large objects, which have a segment each, too, and each a megabyte at a time.
TEST_F(CycleRareTest, LargeObjectsGoBackOneByOne) {
    constexpr size_t kItems = (size_t{5} << 20) / sizeof(cairn_object*);
    std::vector<cairn_object*> all;
    for (int i = 0; i < 6; ++i) {
        all.push_back(make_quiet(kItems));
        cairn_set(item(all.back(), 0), all.back());
    }
    make_all_old();
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
    const size_t before = usage().reserved_bytes;
    size_t reserved = before;
    size_t most = 0;
    size_t parts = 0;
    int done = 0;
    while (done == 0) {
        parts += usage().objects == 0;
        ASSERT_EQ(cairn_gc_step(heap, 1, &done), CAIRN_OK);
        ASSERT_EQ(cairn_gc_collect(heap, 0, nullptr), CAIRN_OK);
        most = std::max(most, reserved - std::min(reserved, usage().reserved_bytes));
        reserved = usage().reserved_bytes;
    }
    EXPECT_GE(parts, 24u);
    EXPECT_LT(most, size_t{8} << 20);
    EXPECT_LT(reserved + (size_t{25} << 20), before);
}

// Nor does anything remember a segment that went back in the slice that emptied it.
TEST_F(CycleRareTest, WhatACycleInOneSliceExaminedIsForgotten) {
    constexpr size_t kItems = (size_t{5} << 20) / sizeof(cairn_object*);
    for (int round = 0; round < 3; ++round) {
        std::vector<cairn_object*> all;
        for (int i = 0; i < 4; ++i) {
            all.push_back(make_quiet(kItems));
            cairn_set(item(all.back(), 0), all.back());
        }
        make_all_old();
        for (cairn_object* object : all) {
            cairn_decref(object);
        }
        int done = 0;
        while (done == 0) {
            ASSERT_EQ(cairn_gc_step(heap, 10000000000, &done), CAIRN_OK);
        }
        EXPECT_EQ(usage().objects, 0u);
        EXPECT_LT(usage().reserved_bytes, size_t{5} << 20);
    }
    cairn_decref(make_ring(plain, {"a", "b"}));
    EXPECT_EQ(collect(0), 2u);
}

TEST_F(CycleRareTest, ACallbackTakesThePauseTargetBackBeforeItBegins) {
    const cairn_gc_callback_fn take_back =
        [](cairn_heap* of, cairn_gc_phase, const cairn_gc_info* info, void*) {
            EXPECT_EQ(info->generation, 1);
            return cairn_gc_set_pause_target(of, 0);
        };
    ASSERT_EQ(cairn_gc_callback_add(heap, take_back, nullptr), CAIRN_OK);
    int done = 0;
    EXPECT_EQ(cairn_gc_step(heap, 1, &done), CAIRN_OK);
    EXPECT_EQ(done, 1);
    EXPECT_EQ(cairn_gc_callback_remove(heap, take_back, nullptr), CAIRN_OK);
}

// What only an object of many slots leads to is reached through it, and all that follows.
TEST_F(CycleRareTest, NothingBehindAHubIsTakenForGarbage) {
    cairn_object* hub = make_array(2000, "hub");
    for (size_t i = 0; i < 2000; ++i) {
        *item(hub, i) = make(plain, "first");
        give(*item(hub, i), 0, make(plain, "second"));
        give(get(*item(hub, i), 0), 0, make(plain, "third"));
    }
    // Against the order of memory, and far apart: the hub is reached in a later sweep, which
    // follows what it meets.
    std::vector<cairn_object*> links;
    for (int i = 0; i < 1000; ++i) {
        links.push_back(make(plain, "link"));
    }
    std::sort(links.begin(), links.end());
    give(links[0], 0, hub);
    for (size_t i = 0; i < 900; i += 100) {
        give(links[i + 100], 0, links[i]);
        links[i] = make(plain, "other");
    }
    make_all_old();
    int done = 0;
    while (done == 0) {
        ASSERT_EQ(cairn_gc_step(heap, 1000000000, &done), CAIRN_OK);
    }
    cairn_gc_cycle_stats stats{};
    cairn_gc_get_cycle_stats(heap, &stats);
    EXPECT_EQ(stats.cycles, 1u);
    EXPECT_EQ(stats.failed_proofs, 0u);
    EXPECT_EQ(stats.largest_group, 0u);
    for (cairn_object* link : links) {
        cairn_decref(link);
    }
}

// What a slice leaves on its way is visited by the next, wherever in memory it lies.
TEST_F(CycleRareTest, NothingAliveIsTakenForGarbageHoweverShortTheSlicesAre) {
    constexpr size_t kLinks = 20000;
    std::vector<cairn_object*> links;
    for (size_t i = 0; i < kLinks; ++i) {
        links.push_back(make(plain, "link"));
    }
    // A tree whose objects lie in memory in a random order.
    std::shuffle(links.begin(), links.end(), std::mt19937(1));
    for (size_t i = 1; i < kLinks; ++i) {
        give(links[(i - 1) / 2], (i - 1) % 2, links[i]);
    }
    make_all_old();
    (void)finish_cycle(heap);
    cairn_gc_cycle_stats stats{};
    cairn_gc_get_cycle_stats(heap, &stats);
    EXPECT_EQ(stats.cycles, 1u);
    EXPECT_EQ(stats.failed_proofs, 0u);
    EXPECT_EQ(stats.largest_group, 0u);
    cairn_decref(links[0]);
}

// A large leaf has a segment to itself, the first of all, which goes when the leaf dies.
TEST_F(CycleRareTest, ALargeLeafMayDieBeforeTheFirstSlice) {
    const uint32_t thresholds[] = {10, 0, 0};
    cairn_gc_set_thresholds(heap, thresholds);
    cairn_gc_enable(heap);
    std::vector<cairn_object*> all;
    int begun = 0;
    for (int round = 0; round < 20; ++round) {
        cairn_object* large = cairn_new_var(text, size_t{8} << 20);
        ASSERT_NE(large, nullptr);
        for (int i = 0; i < 100 && cairn_gc_get_cycle_state(heap) == CAIRN_GC_CYCLE_IDLE; ++i) {
            all.push_back(make(plain, "a"));
        }
        begun += cairn_gc_get_cycle_state(heap) != CAIRN_GC_CYCLE_IDLE;
        cairn_decref(large);
        finish_cycle(heap);
    }
    EXPECT_GT(begun, 5);
    cairn_gc_disable(heap);
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
}

// Leaves die while a cycle enrols their pages, containers take these, get old at once, and are
// reached from what is alive.
TEST_F(CycleRareTest, PagesOfLeavesMayBecomePagesOfContainersMeanwhile) {
    cairn_type_spec other_spec = node_spec("other");
    other_spec.object_size += 16;
    cairn_type* other = type(other_spec);
    std::vector<cairn_object*> garbage;
    for (int i = 0; i < 9000; ++i) {
        garbage.push_back(make(plain, "garbage"));
        set(garbage.back(), 0, garbage.back());
    }
    std::vector<cairn_object*> live;
    for (int i = 0; i < 100000; ++i) {
        live.push_back(make(plain, "live"));
        if (i > 0) {
            give(live[static_cast<size_t>(i) - 1], 0, live.back());
        }
    }
    std::vector<cairn_object*> leaves;
    for (int i = 0; i < 8; ++i) {
        leaves.push_back(cairn_new_var(text, 60000));
    }
    make_all_old();
    for (cairn_object* object : garbage) {
        cairn_decref(object);
    }
    int done = 0;
    ASSERT_EQ(cairn_gc_step(heap, 1, &done), CAIRN_OK);
    for (cairn_object* object : leaves) {
        cairn_decref(object);
    }
    std::vector<cairn_object*> late;
    for (int i = 0; i < 8000; ++i) {
        late.push_back(cairn_new(other));
    }
    ASSERT_EQ(cairn_gc_collect(heap, 1, nullptr), CAIRN_OK);
    bool is_settled = false;
    ASSERT_EQ(cairn_gc_trace_start(
                  heap,
                  [](const void* event, size_t size, void* data) {
                      const std::string_view part(static_cast<const char*>(event), size);
                      *static_cast<bool*>(data) |= part.find("settle") != std::string_view::npos;
                      return 1;
                  },
                  &is_settled),
              CAIRN_OK);
    while (!is_settled && done == 0) {
        ASSERT_EQ(cairn_gc_step(heap, 1000, &done), CAIRN_OK);
    }
    cairn_gc_trace_stop(heap);
    for (size_t i = 0; i < late.size(); ++i) {
        give(live[i], 1, late[i]);
    }
    while (done == 0) {
        ASSERT_EQ(cairn_gc_step(heap, 10000, &done), CAIRN_OK);
    }
    EXPECT_EQ(usage().objects, live.size() + late.size());
    EXPECT_TRUE(verify());
    cairn_decref(live[0]);
}

// An object whose slots are visited in parts is still joined to what else it keeps.
TEST_F(CycleRareTest, AKeyWithManySlotsDiesWithTheValueThatHoldsIt) {
    for (const size_t count : {500U, 600U}) {
        cairn_object* map = cairn_weakmap_new(heap, CAIRN_WEAK_KEY_MAP);
        cairn_object* value = make(plain, "value");
        set(value, 0, value);
        cairn_object* key = make_array(count, "key");
        cairn_set(item(key, 0), key);
        ASSERT_EQ(cairn_weakmap_set(map, key, value), CAIRN_OK);
        make_all_old();
        cairn_decref(value);
        cairn_decref(key);
        finish_cycle(heap);
        EXPECT_EQ(usage().objects, 1u) << count;
        cairn_decref(map);
    }
}

TEST_F(CycleRareTest, AWeakReferenceWithManySlotsIsSilentWithItsReferent) {
    for (const uint32_t count : {500U, 600U}) {
        cairn_type_spec spec = {};
        spec.name = "reference with slots";
        spec.flags = CAIRN_TYPE_WEAKREF;
        spec.slots_offset = CAIRN_WEAKREF_SIZE;
        spec.slot_count = count;
        spec.object_size = CAIRN_WEAKREF_SIZE + count * uint32_t{8};
        cairn_object* referent = make(plain, "referent");
        set(referent, 0, referent);
        cairn_object* ref =
            cairn_weakref_new_typed(type(spec), referent, callback(), nullptr, callback_data("w"));
        ASSERT_NE(ref, nullptr);
        cairn_set(
            reinterpret_cast<cairn_object**>(reinterpret_cast<char*>(ref) + CAIRN_WEAKREF_SIZE),
            ref);
        make_all_old();
        cairn_decref(ref);
        cairn_decref(referent);
        finish_cycle(heap);
        EXPECT_EQ(usage().objects, 0u);
        EXPECT_EQ(take_log(), "") << count;
    }
}

TEST_F(CycleRareTest, TheValuesOfAKeyWithManySlotsAreNotTakenForGarbage) {
    cairn_object* map = cairn_weakmap_new(heap, CAIRN_WEAK_KEY_MAP);
    cairn_object* root = make(plain, "root");
    cairn_object* key = make_array(600, "key");
    cairn_object* value = make(plain, "value");
    ASSERT_EQ(cairn_weakmap_set(map, key, value), CAIRN_OK);
    give(root, 0, key);
    for (int i = 0; i < 5000; ++i) {
        cairn_object* next = make(plain, "next");
        give(value, 0, next);
        if (i == 0) {
            cairn_decref(value);
        }
        value = next;
    }
    make_all_old();
    int done = 0;
    while (done == 0) {
        ASSERT_EQ(cairn_gc_step(heap, 1000000000, &done), CAIRN_OK);
    }
    cairn_gc_cycle_stats stats{};
    cairn_gc_get_cycle_stats(heap, &stats);
    EXPECT_EQ(stats.failed_proofs, 0u);
    cairn_decref(root);
    cairn_decref(map);
}

TEST_F(CycleRareTest, ACallbackTakesThePauseTargetBackAsItBegins) {
    const cairn_gc_callback_fn take_back =
        [](cairn_heap* of, cairn_gc_phase phase, const cairn_gc_info* info, void* data) {
            ++static_cast<int*>(data)[phase];
            return info->generation == 2 ? cairn_gc_set_pause_target(of, 0) : CAIRN_OK;
        };
    int told[2] = {};
    ASSERT_EQ(cairn_gc_callback_add(heap, take_back, told), CAIRN_OK);
    int done = 0;
    EXPECT_EQ(cairn_gc_step(heap, 1, &done), CAIRN_OK);
    EXPECT_EQ(done, 1);
    EXPECT_EQ(cairn_gc_get_cycle_state(heap), CAIRN_GC_CYCLE_IDLE);
    EXPECT_EQ(told[CAIRN_GC_START], 2);
    EXPECT_EQ(told[CAIRN_GC_STOP], 2);
    EXPECT_EQ(cairn_gc_callback_remove(heap, take_back, told), CAIRN_OK);
}

// What made a cycle due does so again, if it ends without having collected anything.
TEST_F(CycleRareTest, ACycleThatIsGivenUpIsDueAgain) {
    constexpr size_t kLive = 20000;
    const uint32_t thresholds[] = {100, 2, 2};
    cairn_gc_set_thresholds(heap, thresholds);
    std::vector<cairn_object*> held;
    for (size_t i = 0; i < kLive; ++i) {
        held.push_back(make(plain, "a"));
    }
    collect();
    cairn_gc_enable(heap);
    size_t most = 0;
    for (size_t i = 0; i < 15 * kLive; ++i) {
        if (i % 1000 == 0) {
            ASSERT_EQ(cairn_gc_set_pause_target(heap, i / 1000 % 2 == 0 ? 0 : kTarget), CAIRN_OK);
        }
        cairn_object* object = cairn_new(plain);
        set(object, 0, object);
        std::swap(object, held[i % kLive]);
        cairn_decref(object);
        most = std::max(most, i % 100 == 0 ? usage().objects : 0);
    }
    cairn_gc_disable(heap);
    EXPECT_LT(most, 3 * kLive);
    for (cairn_object* object : held) {
        cairn_decref(object);
    }
}

TEST_F(CycleRareTest, TheFirstSliceDoesNotWaitForAYoungCollection) {
    constexpr uint32_t kThresholds[] = {2000, 1, 1};
    cairn_gc_set_thresholds(heap, kThresholds);
    ASSERT_EQ(cairn_gc_set_pause_target(heap, 1), CAIRN_OK);
    const auto young_collections = [this] {
        cairn_gc_stats stats = {};
        EXPECT_EQ(cairn_gc_get_stats(heap, 0, &stats), CAIRN_OK);
        return stats.collections;
    };
    const auto slices = [this] {
        cairn_gc_cycle_stats stats = {};
        cairn_gc_get_cycle_stats(heap, &stats);
        return stats.slices;
    };
    cairn_gc_enable(heap);
    std::vector<cairn_object*> held;
    while (!heap->policy.is_cycling && held.size() < 100000) {
        held.push_back(cairn_new(plain));
    }
    ASSERT_TRUE(heap->policy.is_cycling);
    const uint64_t before = young_collections();
    EXPECT_EQ(slices(), 0u);
    for (int i = 0; i < 1500; ++i) {
        held.push_back(cairn_new(plain));
    }
    EXPECT_EQ(young_collections(), before);
    EXPECT_GT(slices(), 0u);
    cairn_gc_disable(heap);
    for (cairn_object* object : held) {
        cairn_decref(object);
    }
}

TEST_F(CycleRareTest, AStepOfNoTimeIsTheLeast) {
    ASSERT_EQ(cairn_gc_set_pause_target(heap, UINT64_MAX), CAIRN_OK);
    std::vector<cairn_object*> held;
    for (int i = 0; i < 10000; ++i) {
        held.push_back(make(plain, "a"));
    }
    int done = 0;
    ASSERT_EQ(cairn_gc_step(heap, 0, &done), CAIRN_OK);
    EXPECT_EQ(done, 0);
    for (cairn_object* object : held) {
        cairn_decref(object);
    }
}

TEST_F(CycleRareTest, ACycleThatIsGivenUpGivesItsCountBack) {
    std::vector<cairn_object*> held;
    for (int i = 0; i < 1000; ++i) {
        held.push_back(make(plain, "a"));
    }
    for (int i = 0; i < 3; ++i) {
        collect(1);
    }
    // A cycle begins with a collection of generation 1.
    ASSERT_EQ(cairn_gc_step(heap, 1, nullptr), CAIRN_OK);
    uint32_t counts[3];
    cairn_gc_get_counts(heap, counts);
    EXPECT_EQ(counts[2], 0u);
    ASSERT_EQ(cairn_gc_set_pause_target(heap, 0), CAIRN_OK);
    cairn_gc_get_counts(heap, counts);
    EXPECT_EQ(counts[2], 4u);
    for (cairn_object* object : held) {
        cairn_decref(object);
    }
}

// A piece that is too large for a slice, of objects that are themselves visited in parts.
TEST_F(CycleRareTest, APieceOfHubsIsTakenApartInSlices) {
    constexpr size_t kHubs = 100;
    constexpr size_t kItems = 2000;
    std::vector<cairn_object*> hubs;
    for (size_t i = 0; i < kHubs; ++i) {
        hubs.push_back(make_quiet(kItems));
    }
    cairn_object* live = make(plain, "live");
    for (size_t i = 0; i < kHubs; ++i) {
        for (size_t k = 0; k < kItems; k += 2) {
            cairn_set(item(hubs[i], k), hubs[(i + 1) % kHubs]);
        }
        cairn_set(item(hubs[i], kItems - 1), live);
    }
    make_all_old();
    for (cairn_object* hub : hubs) {
        cairn_decref(hub);
    }
    EXPECT_GT(finish_cycle(heap), 2 * kHubs);
    EXPECT_EQ(usage().objects, 1u);
    EXPECT_EQ(cairn_refcount(live), 1u);
    cairn_decref(live);
}

// The items of a buffer, too, are visited in parts where they are many.
TEST_F(CycleRareTest, AVeryLongBufferTakesManySlices) {
    constexpr size_t kItems = 100000;
    cairn_object* kept = make(list, "kept");
    cairn_object* only = make(plain, "only");
    for (size_t i = 0; i < kItems; ++i) {
        ASSERT_EQ(push(kept, cairn_new_ref(only)), CAIRN_OK);
    }
    cairn_decref(only);
    make_all_old();
    EXPECT_GT(finish_cycle(heap), kItems / 256);
    cairn_decref(kept);
}

TEST_F(CycleRareTest, LongBuffersAreVisitedInParts) {
    constexpr size_t kItems = 2000;
    cairn_object* kept = make(list, "kept");
    cairn_object* garbage = make(list, "garbage");
    for (size_t i = 0; i < kItems; ++i) {
        ASSERT_EQ(push(kept, make(plain, "of the living")), CAIRN_OK);
        ASSERT_EQ(push(garbage, make(plain, "of garbage")), CAIRN_OK);
    }
    cairn_set(&buffered(garbage)->slot, garbage);
    set(items_in(kept)[kItems - 1], 0, kept);
    make_all_old();
    cairn_decref(garbage);
    finish_cycle(heap);
    EXPECT_EQ(usage().objects, kItems + 1);
    EXPECT_TRUE(verify());
    cairn_decref(kept);
    finish_cycle(heap);
    EXPECT_EQ(usage().objects, 0u);
}

}  // namespace
}  // namespace cairn_test
