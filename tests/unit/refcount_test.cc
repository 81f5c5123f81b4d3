// SPDX-License-Identifier: MIT
/// Reference counting: the count itself, safe stores, immortal objects, saturation.
#include "heap_test.h"

namespace cairn_test {
namespace {

constexpr uint32_t kHighestCount = 0x7FFFFFFF;

using RefcountTest = HeapTest;

TEST_F(RefcountTest, NewObjectHasOneReference) {
    cairn_object* a = make(logged, "a");
    EXPECT_EQ(cairn_refcount(a), 1u);
    EXPECT_FALSE(cairn_is_immortal(a));
    cairn_decref(a);
}

TEST_F(RefcountTest, EveryReferenceIsCounted) {
    cairn_object* a = make(logged, "a");
    cairn_incref(a);
    EXPECT_EQ(cairn_refcount(a), 2u);
    EXPECT_EQ(cairn_new_ref(a), a);
    EXPECT_EQ(cairn_refcount(a), 3u);
    cairn_decref(a);
    cairn_decref(a);
    EXPECT_EQ(cairn_refcount(a), 1u);
    EXPECT_EQ(take_log(), "");
    cairn_decref(a);
}

TEST_F(RefcountTest, ObjectDiesWithItsLastReferenceBeforeDecrefReturns) {
    cairn_object* a = make(logged, "a");
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc a");
}

TEST_F(RefcountTest, NewReferenceToNullIsNull) {
    EXPECT_EQ(cairn_new_ref(nullptr), nullptr);
}

TEST_F(RefcountTest, SetCountsTheNewValueAndReleasesTheOldOne) {
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    cairn_object* variable = nullptr;
    cairn_set(&variable, a);
    EXPECT_EQ(cairn_refcount(a), 2u);
    cairn_set(&variable, b);
    EXPECT_EQ(cairn_refcount(a), 1u);
    EXPECT_EQ(cairn_refcount(b), 2u);
    cairn_set(&variable, nullptr);
    EXPECT_EQ(variable, nullptr);
    EXPECT_EQ(cairn_refcount(b), 1u);
    cairn_decref(a);
    cairn_decref(b);
}

TEST_F(RefcountTest, SetOfWhatIsThereAlreadyKeepsIt) {
    cairn_object* variable = make(logged, "a");
    cairn_set(&variable, variable);
    EXPECT_EQ(cairn_refcount(variable), 1u);
    EXPECT_EQ(take_log(), "");
    cairn_clear(&variable);
    EXPECT_EQ(take_log(), "dealloc a");
}

TEST_F(RefcountTest, SetStoresBeforeItReleases) {
    cairn_object* holder = make(logged, "holder");
    cairn_object* next = make(logged, "next");
    std::string seen;
    give(holder, 0, make_fin("old", [&](cairn_object*) {
             seen = label_of(get(holder, 0));
             return CAIRN_OK;
         }));
    set(holder, 0, next);
    EXPECT_EQ(seen, "next");
    cairn_decref(next);
    cairn_decref(holder);
}

TEST_F(RefcountTest, SetConsumeTakesOverTheReference) {
    cairn_object* variable = make(logged, "a");
    cairn_object* b = make(logged, "b");
    cairn_set_consume(&variable, b);
    EXPECT_EQ(variable, b);
    EXPECT_EQ(cairn_refcount(b), 1u);
    EXPECT_EQ(take_log(), "dealloc a");
    cairn_clear(&variable);
    EXPECT_EQ(take_log(), "dealloc b");
}

TEST_F(RefcountTest, ClearEmptiesBeforeItReleases) {
    cairn_object* holder = make(logged, "holder");
    bool empty = false;
    give(holder, 2, make_fin("old", [&](cairn_object*) {
             empty = get(holder, 2) == nullptr;
             return CAIRN_OK;
         }));
    cairn_clear(slot(holder, 2));
    EXPECT_TRUE(empty);
    cairn_clear(slot(holder, 2));
    cairn_decref(holder);
}

TEST_F(RefcountTest, ObjectCanReferToItself) {
    cairn_object* a = make(logged, "a");
    set(a, 0, a);
    set(a, 3, a);
    EXPECT_EQ(cairn_refcount(a), 3u);
    cairn_clear(slot(a, 0));
    cairn_clear(slot(a, 3));
    EXPECT_EQ(cairn_refcount(a), 1u);
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc a");
}

TEST_F(RefcountTest, LeafIsCountedAsEverythingElse) {
    cairn_object* a = make(leaf, "a");
    cairn_incref(a);
    cairn_decref(a);
    EXPECT_EQ(take_log(), "");
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc a");
}

TEST_F(RefcountTest, ManyReferencesAreCountedExactly) {
    cairn_object* a = make(logged, "a");
    for (int i = 0; i < 1000000; ++i) {
        cairn_incref(a);
    }
    EXPECT_EQ(cairn_refcount(a), 1000001u);
    for (int i = 0; i < 1000000; ++i) {
        cairn_decref(a);
    }
    EXPECT_EQ(cairn_refcount(a), 1u);
    cairn_decref(a);
}

using ImmortalTest = HeapTest;

TEST_F(ImmortalTest, CountIsNoLongerAdjusted) {
    cairn_object* a = make(logged, "a");
    cairn_make_immortal(a);
    EXPECT_TRUE(cairn_is_immortal(a));
    EXPECT_EQ(cairn_refcount(a), UINT32_MAX);
    for (int i = 0; i < 100; ++i) {
        cairn_decref(a);
    }
    for (int i = 0; i < 100; ++i) {
        cairn_incref(a);
    }
    EXPECT_TRUE(cairn_is_immortal(a));
    EXPECT_EQ(cairn_refcount(a), UINT32_MAX);
    EXPECT_EQ(take_log(), "");
}

TEST_F(ImmortalTest, MakingItImmortalTwiceChangesNothing) {
    cairn_object* a = make(logged, "a");
    cairn_make_immortal(a);
    cairn_make_immortal(a);
    EXPECT_EQ(cairn_refcount(a), UINT32_MAX);
    EXPECT_TRUE(verify());
}

TEST_F(ImmortalTest, IsNotTracked) {
    cairn_object* a = make(logged, "a");
    EXPECT_TRUE(cairn_gc_is_tracked(a));
    cairn_make_immortal(a);
    EXPECT_FALSE(cairn_gc_is_tracked(a));
    EXPECT_EQ(objects(), "");
    EXPECT_EQ(cairn_gc_track(a), CAIRN_INVALID);
}

TEST_F(ImmortalTest, SurvivesCollectionsWithWhatItRefersTo) {
    cairn_object* a = make(logged, "a");
    give(a, 0, make_ring(logged, {"b", "c"}));
    cairn_make_immortal(a);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(take_log(), "");
    EXPECT_EQ(referents(a), "b");
}

TEST_F(ImmortalTest, MemberKeepsItsRingAlive) {
    cairn_object* a = make_ring(logged, {"a", "b", "c"});
    cairn_make_immortal(get(a, 0));
    cairn_decref(a);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(take_log(), "");
}

TEST_F(ImmortalTest, ReferencesToItCanComeAndGoInACollection) {
    cairn_object* immortal = make(logged, "immortal");
    cairn_make_immortal(immortal);
    cairn_object* a = make_ring(logged, {"a", "b"});
    set(a, 1, immortal);
    set(get(a, 0), 1, immortal);
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(cairn_refcount(immortal), UINT32_MAX);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b");
}

TEST_F(ImmortalTest, OldObjectCanBeMadeImmortal) {
    cairn_object* a = make(logged, "a");
    collect();
    cairn_make_immortal(a);
    EXPECT_EQ(objects(2), "");
    EXPECT_EQ(collect(), 0u);
    EXPECT_TRUE(verify());
}

TEST_F(ImmortalTest, LeafAndArrayCanBeImmortal) {
    cairn_object* a = make(leaf, "a");
    cairn_object* b = make_array(10, "b");
    *item(b, 3) = make(leaf, "c");
    cairn_make_immortal(a);
    cairn_make_immortal(b);
    cairn_decref(b);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(take_log(), "");
}

TEST_F(ImmortalTest, WeakReferenceToItIsNeverCleared) {
    cairn_object* a = make(logged, "a");
    cairn_object* w = weak(a, "w");
    cairn_make_immortal(a);
    cairn_decref(a);
    collect();
    EXPECT_EQ(deref(w), "a");
    EXPECT_EQ(take_log(), "");
    cairn_decref(w);
}

TEST_F(ImmortalTest, FinalizerRunsOnlyWhenTheHeapEnds) {
    cairn_object* a = make_fin("a");
    cairn_make_immortal(a);
    cairn_decref(a);
    collect();
    EXPECT_EQ(take_log(), "");
}

using SaturationTest = HeapTest;

TEST_F(SaturationTest, HighestCountIsStillACount) {
    cairn_object* a = make(logged, "a");
    cairn_add_references_for_testing(a, kHighestCount - 1);
    EXPECT_EQ(cairn_refcount(a), kHighestCount);
    EXPECT_FALSE(cairn_is_immortal(a));
    cairn_decref(a);
    EXPECT_EQ(cairn_refcount(a), kHighestCount - 1);
    cairn_incref(a);
    EXPECT_EQ(cairn_refcount(a), kHighestCount);
    cairn_make_immortal(a);  // Nobody wants to drop two thousand million references.
}

TEST_F(SaturationTest, OneReferenceMoreThanTheHighestCountMakesImmortal) {
    cairn_object* a = make(logged, "a");
    cairn_add_references_for_testing(a, kHighestCount - 1);
    cairn_incref(a);
    EXPECT_TRUE(cairn_is_immortal(a));
    EXPECT_EQ(cairn_refcount(a), UINT32_MAX);
    for (int i = 0; i < 1000; ++i) {
        cairn_decref(a);
    }
    EXPECT_TRUE(cairn_is_immortal(a));
    EXPECT_EQ(take_log(), "");
}

TEST_F(SaturationTest, AnyOverflowingNumberOfReferencesMakesImmortal) {
    for (const uint64_t count : {uint64_t{kHighestCount},
                                 uint64_t{1} << 31,
                                 (uint64_t{1} << 32) - 1,
                                 uint64_t{1} << 32,
                                 uint64_t{5000000000},
                                 UINT64_MAX}) {
        cairn_object* a = make(logged, "a");
        cairn_add_references_for_testing(a, count);
        EXPECT_TRUE(cairn_is_immortal(a)) << count;
        cairn_decref(a);
        cairn_decref(a);
        EXPECT_TRUE(cairn_is_immortal(a)) << count;
    }
    EXPECT_EQ(take_log(), "");
}

TEST_F(SaturationTest, SaturatedMemberKeepsItsRingAlive) {
    cairn_object* a = make_ring(logged, {"a", "b"});
    cairn_add_references_for_testing(a, uint64_t{1} << 32);
    cairn_decref(a);
    cairn_decref(a);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(take_log(), "");
    EXPECT_TRUE(verify());
}

TEST_F(SaturationTest, CountNearTheHighestIsNoObstacleToACollection) {
    cairn_object* a = make_ring(logged, {"a", "b"});
    cairn_add_references_for_testing(a, kHighestCount - 2);
    EXPECT_EQ(cairn_refcount(a), kHighestCount);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(cairn_refcount(a), kHighestCount);
    EXPECT_EQ(objects(2), "a b");
    cairn_make_immortal(a);
}

}  // namespace
}  // namespace cairn_test
