// SPDX-License-Identifier: MIT
/// Tracking: who is seen by the collector, from birth or by hand.
#include <algorithm>

#include "heap_test.h"

namespace cairn_test {
namespace {

using TrackingTest = HeapTest;

size_t visible(cairn_heap* heap) {
    size_t count = 0;
    cairn_visit_objects(
        heap,
        [](cairn_object*, void* data) {
            ++*static_cast<size_t*>(data);
            return 1;
        },
        &count);
    return count;
}

TEST_F(TrackingTest, ContainersAreTrackedFromBirth) {
    cairn_object* all[] = {make(plain, "a"), make(fin, "b"), make(custom, "c"), make_array(0, "d")};
    for (cairn_object* object : all) {
        EXPECT_TRUE(cairn_gc_is_tracked(object)) << label_of(object);
    }
    cairn_object* w = weak(all[0], "w");
    EXPECT_TRUE(cairn_gc_is_tracked(w));
    EXPECT_EQ(objects(0), "a b c d");
    cairn_decref(w);
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
}

TEST_F(TrackingTest, LeavesAreNeverTracked) {
    cairn_object* a = make(leaf, "a");
    EXPECT_FALSE(cairn_gc_is_tracked(a));
    EXPECT_EQ(cairn_gc_track(a), CAIRN_INVALID);
    EXPECT_FALSE(cairn_gc_is_tracked(a));
    cairn_gc_untrack(a);
    EXPECT_EQ(objects(), "");
    EXPECT_EQ(visible(heap), 1u);
    cairn_decref(a);
}

TEST_F(TrackingTest, ByHandMeansNotFromBirth) {
    cairn_object* a = make(by_hand, "a");
    EXPECT_FALSE(cairn_gc_is_tracked(a));
    EXPECT_EQ(objects(), "");
    EXPECT_EQ(cairn_gc_track(a), CAIRN_OK);
    EXPECT_TRUE(cairn_gc_is_tracked(a));
    EXPECT_EQ(objects(0), "a");
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc a");
}

TEST_F(TrackingTest, WhatCountsWhenItIsTrackedCountsThenAndNotBefore) {
    for (const bool simple : {true, false}) {
        cairn_type_spec spec = node_spec("frame");
        spec.flags = CAIRN_TYPE_TRACK_BY_HAND | CAIRN_TYPE_COUNT_WHEN_TRACKED;
        if (!simple) {
            spec.flags |= CAIRN_TYPE_TAGGED_SLOTS;
        }
        cairn_type* frame = type(spec);
        collect(0);
        const auto count = [this] {
            uint32_t counts[CAIRN_GENERATIONS] = {};
            cairn_gc_get_counts(heap, counts);
            return counts[0];
        };
        cairn_object* kept = make(frame, "kept");
        for (int i = 0; i < 10; ++i) {
            cairn_decref(make(frame, "passing"));
        }
        EXPECT_EQ(count(), 0u);
        EXPECT_EQ(cairn_gc_track(kept), CAIRN_OK);
        EXPECT_EQ(count(), 1u);
        cairn_gc_untrack(kept);
        EXPECT_EQ(cairn_gc_track(kept), CAIRN_OK);
        EXPECT_EQ(count(), 1u) << "once";
        cairn_decref(make(frame, "passing"));
        EXPECT_EQ(count(), 1u);
        set(kept, 0, kept);
        cairn_decref(kept);
        EXPECT_EQ(collect(0), 1u);
        EXPECT_EQ(usage().objects, 0u);
        EXPECT_TRUE(verify());
    }
}

TEST_F(TrackingTest, WhatCountsWhenItIsTrackedCountsAfterDeathsToo) {
    cairn_type_spec spec = node_spec("frame");
    spec.flags = CAIRN_TYPE_TRACK_BY_HAND | CAIRN_TYPE_COUNT_WHEN_TRACKED;
    cairn_type* frame = type(spec);
    cairn_object* kept = make(frame, "kept");
    std::vector<cairn_object*> old;
    for (int i = 0; i < 10; ++i) {
        old.push_back(make(logged, "old"));
    }
    collect(0);
    for (cairn_object* object : old) {
        cairn_decref(object);
    }
    EXPECT_EQ(cairn_gc_track(kept), CAIRN_OK);
    uint32_t counts[CAIRN_GENERATIONS] = {};
    cairn_gc_get_counts(heap, counts);
    EXPECT_EQ(counts[0], 1u) << "as a birth after the deaths of ten";
    cairn_decref(kept);
}

TEST_F(TrackingTest, WhatCountsWhenItIsTrackedSetsOffCollectionsAlone) {
    const uint32_t thresholds[CAIRN_GENERATIONS] = {100, 10, 10};
    cairn_gc_set_thresholds(heap, thresholds);
    cairn_gc_enable(heap);
    for (const bool variable : {false, true}) {
        cairn_type_spec spec = variable ? array_spec("frame") : node_spec("frame");
        spec.flags |= CAIRN_TYPE_TRACK_BY_HAND | CAIRN_TYPE_COUNT_WHEN_TRACKED;
        cairn_type* frame = type(spec);
        collect();
        for (int i = 0; i < 1000; ++i) {
            cairn_object* object = variable ? cairn_new_var(frame, 1) : cairn_new(frame);
            cairn_object** place = variable ? item(object, 0) : slot(object, 0);
            *place = object;
            cairn_gc_track(object);
            EXPECT_LE(usage().objects, 102u) << "its cycle makes it garbage";
        }
    }
    collect();
    EXPECT_EQ(usage().objects, 0u);
}

#if CAIRN_CHECK_LEVEL == 0
TEST_F(TrackingTest, TrackingTwiceIsRefused) {
    cairn_object* a = make(by_hand, "a");
    EXPECT_EQ(cairn_gc_track(a), CAIRN_OK);
    EXPECT_EQ(cairn_gc_track(a), CAIRN_INVALID);
    EXPECT_TRUE(cairn_gc_is_tracked(a));
    EXPECT_EQ(objects(0), "a");
    cairn_decref(a);
}
#endif

TEST_F(TrackingTest, UntrackedObjectDiesByCountWithWhatItHolds) {
    cairn_object* a = make(by_hand, "a");
    give(a, 0, make(logged, "b"));
    give(a, 1, make(leaf, "c"));
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc b, dealloc c, dealloc a");
}

TEST_F(TrackingTest, UntrackedRingIsFoundOnlyOnceItIsTracked) {
    cairn_object* a = make_ring(by_hand, {"a", "b"});
    cairn_object* b = get(a, 0);
    cairn_decref(a);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(cairn_gc_track(a), CAIRN_OK);
    EXPECT_EQ(collect(), 0u);  // The untracked half still counts as an outside reference.
    EXPECT_EQ(take_log(), "");
    EXPECT_EQ(cairn_gc_track(b), CAIRN_OK);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b");
}

TEST_F(TrackingTest, UntrackedMemberKeepsARingAlive) {
    cairn_object* a = make_ring(logged, {"a", "b", "c"});
    cairn_object* b = get(a, 0);
    cairn_gc_untrack(b);
    EXPECT_FALSE(cairn_gc_is_tracked(b));
    cairn_decref(a);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(objects(2), "a c");
    cairn_clear(slot(b, 0));
    EXPECT_EQ(take_log(), "dealloc b, dealloc a, dealloc c");
}

TEST_F(TrackingTest, UntrackingTwiceIsHarmless) {
    cairn_object* a = make(logged, "a");
    cairn_gc_untrack(a);
    cairn_gc_untrack(a);
    EXPECT_FALSE(cairn_gc_is_tracked(a));
    EXPECT_TRUE(verify());
    cairn_decref(a);
}

TEST_F(TrackingTest, ObjectCanBeUntrackedAndTrackedAgain) {
    cairn_object* a = make(by_hand, "a");
    set(a, 0, a);
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(cairn_gc_track(a), CAIRN_OK);
        EXPECT_EQ(collect(), 0u);
        EXPECT_EQ(objects(2), "a");
        cairn_gc_untrack(a);
        EXPECT_EQ(objects(), "");
    }
    EXPECT_EQ(cairn_gc_track(a), CAIRN_OK);
    EXPECT_EQ(objects(0), "a");
    cairn_decref(a);
    EXPECT_EQ(collect(0), 1u);
}

TEST_F(TrackingTest, OldAndFrozenObjectsCanBeUntracked) {
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    collect();
    cairn_gc_untrack(a);
    EXPECT_EQ(objects(), "b");
    cairn_gc_freeze(heap);
    cairn_gc_untrack(b);
    EXPECT_EQ(cairn_gc_freeze_count(heap), 0u);
    cairn_gc_unfreeze(heap);
    EXPECT_EQ(objects(), "");
    EXPECT_TRUE(verify());
    cairn_decref(a);
    cairn_decref(b);
}

TEST_F(TrackingTest, UntrackedHolderIsInvisibleToReferrersButNotToAVisit) {
    cairn_object* target = make(leaf, "target");
    cairn_object* tracked = make(by_hand, "tracked");
    cairn_object* untracked = make(by_hand, "untracked");
    set(tracked, 0, target);
    set(untracked, 0, target);
    EXPECT_EQ(cairn_gc_track(tracked), CAIRN_OK);
    EXPECT_EQ(referrers({target}), "tracked");
    EXPECT_EQ(referents(untracked), "target");
    EXPECT_EQ(visible(heap), 3u);
    cairn_decref(tracked);
    cairn_decref(untracked);
    cairn_decref(target);
}

TEST_F(TrackingTest, YoungObjectsOfUntrackedHoldersSurviveTheirCollections) {
    cairn_object* holder = make(by_hand, "holder");
    give(holder, 0, make_ring(logged, {"a", "b"}));
    EXPECT_EQ(collect(0), 0u);
    EXPECT_EQ(collect(1), 0u);
    EXPECT_EQ(collect(2), 0u);
    EXPECT_EQ(objects(2), "a b");
    cairn_decref(holder);
    EXPECT_EQ(collect(1), 0u);
    EXPECT_EQ(collect(2), 2u);
}

TEST_F(TrackingTest, MemberUntrackedByAFinalizerKeepsWhatItRefersTo) {
    cairn_object* a = make_fin("a", [](cairn_object* self) {
        cairn_gc_untrack(get(self, 0));
        return CAIRN_OK;
    });
    cairn_object* b = make(by_hand, "b");
    EXPECT_EQ(cairn_gc_track(b), CAIRN_OK);
    give(a, 0, b);
    set(b, 0, a);
    cairn_decref(a);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(take_log(), "fin a");
    EXPECT_TRUE(verify());
    EXPECT_EQ(objects(), "a");
    EXPECT_EQ(cairn_refcount(a), 1u);
    EXPECT_EQ(cairn_refcount(b), 1u);
    EXPECT_EQ(cairn_gc_track(b), CAIRN_OK);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b");
}

TEST_F(TrackingTest, ObjectsTrackedByAFinalizerAreNotTakenForGarbage) {
    cairn_object* kept = make(logged, "kept");
    cairn_object* a = make_fin("a", [&](cairn_object*) {
        give(kept, 0, make(by_hand, "new"));
        return cairn_gc_track(get(kept, 0));
    });
    set(a, 0, a);
    cairn_decref(a);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(objects(), "kept new");
    EXPECT_EQ(take_log(), "fin a, dealloc a");
    cairn_decref(kept);
}

class AtomicTrackingTest : public HeapTest, public ::testing::WithParamInterface<uint32_t> {
  public:
    AtomicTrackingTest() : HeapTest(GetParam()) {}

  protected:
    void SetUp() override {
        HeapTest::SetUp();
        cairn_type_spec spec = array_spec("tuple");
        spec.flags |= CAIRN_TYPE_TAGGED_SLOTS | CAIRN_TYPE_UNTRACK_ATOMIC;
        tuple_ = type(spec);
    }

    /// A tuple that takes over `items`.
    cairn_object* make_tuple(std::initializer_list<cairn_object*> items) {
        cairn_object* tuple = cairn_new_var(tuple_, items.size());
        std::copy(items.begin(), items.end(), item(tuple, 0));
        return tuple;
    }

    static cairn_object* immediate() { return reinterpret_cast<cairn_object*>(uintptr_t{7}); }

    cairn_type* tuple_ = nullptr;
};

INSTANTIATE_TEST_SUITE_P(Orders,
                         AtomicTrackingTest,
                         ::testing::Values(0U, CAIRN_HEAP_CPYTHON_ORDER));

TEST_P(AtomicTrackingTest, SurvivorsThatHoldLeavesAloneAreUntracked) {
    cairn_object* inner = make_tuple({make(leaf, "leaf"), immediate()});
    cairn_object* outer = make_tuple({cairn_new_ref(inner), immediate()});
    cairn_object* empty = make_tuple({});
    EXPECT_TRUE(cairn_gc_is_tracked(inner));
    EXPECT_EQ(collect(0), 0u);
    EXPECT_EQ(collect(0), 0u);  // In one of two orders the outer one is seen first.
    for (cairn_object* tuple : {inner, outer, empty}) {
        EXPECT_FALSE(cairn_gc_is_tracked(tuple));
        EXPECT_EQ(cairn_refcount(tuple), tuple == inner ? 2u : 1u);
    }
    EXPECT_EQ(objects(), "");
    EXPECT_TRUE(verify());
    for (cairn_object* tuple : {inner, outer, empty}) {
        cairn_decref(tuple);
    }
    EXPECT_EQ(usage().objects, 0u);
}

TEST_P(AtomicTrackingTest, OthersStayTrackedAndAreCollected) {
    cairn_object* node = make(plain, "node");
    cairn_object* tuple = make_tuple({cairn_new_ref(node)});
    cairn_object* by_hand_too = make_tuple({make(by_hand, "not yet")});
    cairn_object* unfinished = make_tuple({immediate(), nullptr});
    EXPECT_EQ(collect(), 0u);
    for (cairn_object* each : {tuple, by_hand_too, unfinished}) {
        EXPECT_TRUE(cairn_gc_is_tracked(each));
    }
    give(node, 0, tuple);
    *item(unfinished, 1) = cairn_new_ref(unfinished);
    cairn_decref(node);
    cairn_decref(unfinished);
    EXPECT_EQ(collect(), 3u);
    cairn_decref(by_hand_too);
    EXPECT_EQ(usage().objects, 0u);
}

TEST_P(AtomicTrackingTest, GarbageIsCountedBeforeItCouldBeUntracked) {
    cairn_object* node = make(plain, "node");
    give(node, 0, make_tuple({immediate()}));
    set(node, 1, node);
    cairn_decref(node);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(usage().objects, 0u);
}

}  // namespace
}  // namespace cairn_test
