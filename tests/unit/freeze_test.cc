// SPDX-License-Identifier: MIT
/// Freezing: the permanent generation.
#include "heap_test.h"

namespace cairn_test {
namespace {

using FreezeTest = HeapTest;

TEST_F(FreezeTest, MovesAllTrackedObjectsAndUnfreezeMakesThemOld) {
    cairn_object* a = make(logged, "a");
    collect();
    cairn_object* b = make(logged, "b");
    collect(0);
    cairn_object* c = make(logged, "c");
    cairn_object* d = make(leaf, "d");
    EXPECT_EQ(cairn_gc_freeze_count(heap), 0u);
    cairn_gc_freeze(heap);
    EXPECT_EQ(cairn_gc_freeze_count(heap), 3u);
    EXPECT_EQ(objects(), "");
    EXPECT_TRUE(cairn_gc_is_tracked(a));
    EXPECT_TRUE(verify());
    cairn_gc_unfreeze(heap);
    EXPECT_EQ(cairn_gc_freeze_count(heap), 0u);
    EXPECT_EQ(objects(2), "a b c");
    for (cairn_object* object : {a, b, c, d}) {
        cairn_decref(object);
    }
}

TEST_F(FreezeTest, FrozenObjectsDieByTheirCount) {
    cairn_object* a = make_fin("a");
    give(a, 0, make(logged, "b"));
    cairn_object* w = weak(a, "w");
    cairn_gc_freeze(heap);
    EXPECT_EQ(cairn_gc_freeze_count(heap), 3u);
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a, cb w, dealloc b, dealloc a");
    EXPECT_EQ(cairn_gc_freeze_count(heap), 1u);
    cairn_decref(w);
    EXPECT_EQ(cairn_gc_freeze_count(heap), 0u);
}

TEST_F(FreezeTest, FrozenGarbageStaysUntilUnfrozen) {
    cairn_decref(make_ring(logged, {"a", "b"}));
    cairn_gc_freeze(heap);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(cairn_gc_freeze_count(heap), 2u);
    cairn_gc_unfreeze(heap);
    EXPECT_EQ(collect(0), 0u);
    EXPECT_EQ(collect(1), 0u);
    EXPECT_EQ(collect(2), 2u);
}

TEST_F(FreezeTest, FrozenObjectsKeepWhatTheyReferToAlive) {
    cairn_object* a = make(logged, "a");
    cairn_gc_freeze(heap);
    give(a, 0, make_ring(logged, {"b", "c"}));
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(objects(2), "b c");
    cairn_clear(slot(a, 0));
    EXPECT_EQ(collect(), 2u);
    cairn_decref(a);
}

TEST_F(FreezeTest, GarbageThatRefersToFrozenObjectsLeavesTheirCountsRight) {
    cairn_object* frozen = make(logged, "frozen");
    give(frozen, 0, make(leaf, "leaf"));
    cairn_gc_freeze(heap);
    for (int i = 0; i < 200; ++i) {
        cairn_object* a = make_ring(logged, {"a", "b"});
        set(a, 1, frozen);
        cairn_decref(a);
    }
    EXPECT_EQ(cairn_refcount(frozen), 201u);
    EXPECT_EQ(collect(), 400u);
    EXPECT_EQ(cairn_refcount(frozen), 1u);
    EXPECT_EQ(referents(frozen), "leaf");
    EXPECT_EQ(cairn_gc_freeze_count(heap), 1u);
    cairn_decref(frozen);
}

TEST_F(FreezeTest, CycleThroughAFrozenObjectWaits) {
    cairn_object* frozen = make(logged, "frozen");
    cairn_gc_freeze(heap);
    cairn_object* a = make(logged, "a");
    give(frozen, 0, a);
    set(a, 0, frozen);
    cairn_decref(frozen);
    EXPECT_EQ(collect(), 0u);
    cairn_gc_unfreeze(heap);
    EXPECT_EQ(collect(), 2u);
}

TEST_F(FreezeTest, FrozenObjectsAreAbsentFromListsButNotFromAVisit) {
    cairn_object* target = make(leaf, "target");
    cairn_object* a = make(logged, "a");
    set(a, 0, target);
    cairn_gc_freeze(heap);
    cairn_object* b = make(logged, "b");
    set(b, 0, target);
    EXPECT_EQ(objects(), "b");
    EXPECT_EQ(referrers({target}), "b");
    EXPECT_EQ(referents(a), "target");
    size_t seen = 0;
    cairn_visit_objects(
        heap,
        [](cairn_object*, void* data) {
            ++*static_cast<size_t*>(data);
            return 1;
        },
        &seen);
    EXPECT_EQ(seen, 3u);
    for (cairn_object* object : {a, b, target}) {
        cairn_decref(object);
    }
}

TEST_F(FreezeTest, FreezingTwiceAddsToTheFrozen) {
    cairn_object* a = make(logged, "a");
    cairn_gc_freeze(heap);
    cairn_object* b = make(logged, "b");
    cairn_gc_freeze(heap);
    EXPECT_EQ(cairn_gc_freeze_count(heap), 2u);
    cairn_gc_unfreeze(heap);
    cairn_gc_unfreeze(heap);
    EXPECT_EQ(objects(2), "a b");
    cairn_decref(a);
    cairn_decref(b);
}

TEST_F(FreezeTest, UntrackedObjectsAreNotFrozen) {
    cairn_object* a = make(by_hand, "a");
    cairn_gc_freeze(heap);
    EXPECT_EQ(cairn_gc_freeze_count(heap), 0u);
    EXPECT_EQ(cairn_gc_track(a), CAIRN_OK);
    EXPECT_EQ(objects(0), "a");
    cairn_decref(a);
}

TEST_F(FreezeTest, InsideACollectionFreezesWhatIsNoGarbage) {
    cairn_object* kept = make(logged, "kept");
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        cairn_gc_freeze(heap);
        EXPECT_EQ(cairn_gc_freeze_count(heap), 1u);
        EXPECT_EQ(cairn_gc_is_tracked(self), 1);
        return CAIRN_OK;
    });
    set(a, 0, a);
    cairn_decref(a);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(cairn_gc_freeze_count(heap), 1u);
    EXPECT_EQ(objects(2), "");
    EXPECT_TRUE(verify());
    cairn_object* b = make_fin("b", [&](cairn_object*) {
        cairn_gc_unfreeze(heap);
        EXPECT_EQ(cairn_gc_freeze_count(heap), 0u);
        return CAIRN_OK;
    });
    set(b, 0, b);
    cairn_decref(b);
    EXPECT_EQ(collect(0), 1u);
    EXPECT_EQ(objects(2), "kept");
    cairn_decref(kept);
}

// A page that a young collection left survivors on keeps its mark when user code freezes.
TEST_F(FreezeTest, WhatIsRescuedAfterAFreezeInsideACollectionIsCollectedLater) {
    cairn_object* saved = nullptr;
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        cairn_gc_freeze(heap);
        saved = cairn_new_ref(self);
        return CAIRN_OK;
    });
    set(a, 0, a);
    cairn_decref(a);
    EXPECT_EQ(collect(0), 0u);
    EXPECT_EQ(objects(1), "a");
    cairn_clear(&saved);
    EXPECT_EQ(collect(1), 1u);
    EXPECT_EQ(take_log(), "fin a, dealloc a");
}

TEST_F(FreezeTest, FrozenObjectsAreNoCandidates) {
    std::vector<cairn_object*> all;
    for (int i = 0; i < 1000; ++i) {
        all.push_back(make(plain, "a"));
    }
    cairn_gc_freeze(heap);
    cairn_object* a = make(plain, "a");
    collect();
    cairn_gc_stats stats = {};
    EXPECT_EQ(cairn_gc_get_stats(heap, 2, &stats), CAIRN_OK);
    EXPECT_EQ(stats.candidates, 1u);
    cairn_decref(a);
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
}

TEST_F(FreezeTest, FrozenHeapCanBeFreed) {
    cairn_decref(make_ring(logged, {"a", "b"}));
    cairn_gc_freeze(heap);
    // The frozen ring is nobody's: the fixture checks that nothing counts as held.
}

}  // namespace
}  // namespace cairn_test
