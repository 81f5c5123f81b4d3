// SPDX-License-Identifier: MIT
/// Generations: promotion, and the counts that thresholds are compared with.
#include "heap_test.h"
#include "memory/side_byte.h"

namespace cairn_test {
namespace {

class GenerationTest : public HeapTest {
  protected:
    std::vector<uint32_t> counts() {
        uint32_t now[3] = {77, 77, 77};
        cairn_gc_get_counts(heap, now);
        return {now, now + 3};
    }

    using Counts = std::vector<uint32_t>;
};

TEST_F(GenerationTest, SurvivorsMoveUpOneGenerationEachTime) {
    cairn_object* a = make(logged, "a");
    EXPECT_EQ(objects(0), "a");
    collect(0);
    EXPECT_EQ(objects(0), "");
    EXPECT_EQ(objects(1), "a");
    collect(1);
    EXPECT_EQ(objects(1), "");
    EXPECT_EQ(objects(2), "a");
    collect(2);
    EXPECT_EQ(objects(2), "a");
    EXPECT_EQ(objects(), "a");
    cairn_decref(a);
}

TEST_F(GenerationTest, YoungerGenerationsAreMergedIntoTheCollectedOne) {
    cairn_object* a = make(logged, "a");
    collect(0);
    cairn_object* b = make(logged, "b");
    EXPECT_EQ(objects(0) + "|" + objects(1) + "|" + objects(2), "b|a|");
    collect(1);
    EXPECT_EQ(objects(0) + "|" + objects(1) + "|" + objects(2), "||a b");
    cairn_object* c = make(logged, "c");
    collect(2);
    EXPECT_EQ(objects(2), "a b c");
    for (cairn_object* object : {a, b, c}) {
        cairn_decref(object);
    }
}

TEST_F(GenerationTest, FullCollectionMakesEverySurvivorOld) {
    cairn_object* a = make(logged, "a");
    collect(2);
    EXPECT_EQ(objects(2), "a");
    cairn_decref(a);
}

TEST_F(GenerationTest, GarbageOfAnOlderGenerationWaits) {
    cairn_object* a = make_ring(logged, {"a", "b"});
    collect(1);
    cairn_decref(a);
    EXPECT_EQ(collect(0), 0u);
    EXPECT_EQ(collect(1), 0u);
    EXPECT_EQ(collect(2), 2u);
}

TEST_F(GenerationTest, CycleAcrossGenerationsWaitsForTheOldest) {
    cairn_object* a = make(logged, "a");
    collect(1);
    cairn_object* b = make(logged, "b");
    give(a, 0, b);
    set(b, 0, a);
    cairn_decref(a);
    EXPECT_EQ(collect(0), 0u);
    EXPECT_EQ(collect(1), 0u);
    EXPECT_EQ(collect(2), 2u);
}

TEST_F(GenerationTest, OldObjectKeepsYoungOnesAliveWithoutABarrier) {
    cairn_object* old = make(logged, "old");
    collect();
    give(old, 0, make_ring(logged, {"a", "b"}));
    EXPECT_EQ(collect(0), 0u);
    cairn_clear(slot(old, 0));
    give(old, 1, make_ring(logged, {"c", "d"}));
    EXPECT_EQ(collect(1), 2u);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b");
    EXPECT_EQ(objects(2), "c d old");
    cairn_decref(old);
    EXPECT_EQ(collect(2), 2u);
}

TEST_F(GenerationTest, YoungGarbageThatRefersToOldObjectsLeavesTheirCountsRight) {
    cairn_object* old = make(logged, "old");
    collect();
    for (int i = 0; i < 300; ++i) {
        cairn_object* a = make_ring(logged, {"a", "b"});
        set(a, 1, old);
        set(a, 2, old);
        cairn_decref(a);
    }
    EXPECT_EQ(cairn_refcount(old), 601u);
    EXPECT_EQ(collect(0), 600u);
    EXPECT_EQ(cairn_refcount(old), 1u);
    cairn_decref(old);
}

TEST_F(GenerationTest, ResurrectedObjectsMoveUpToo) {
    cairn_object* kept = nullptr;
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        cairn_set(&kept, self);
        return CAIRN_OK;
    });
    set(a, 0, a);
    cairn_decref(a);
    EXPECT_EQ(collect(0), 0u);
    EXPECT_EQ(objects(1), "a");
    cairn_clear(&kept);
    EXPECT_EQ(collect(0), 0u);
    EXPECT_EQ(collect(1), 1u);
}

TEST_F(GenerationTest, WeakReferencesHaveGenerationsToo) {
    cairn_object* a = make(leaf, "a");
    cairn_object* w = weak(a, "w");
    cairn_objects list = {};
    EXPECT_EQ(cairn_get_objects(heap, 0, &list), CAIRN_OK);
    EXPECT_EQ(list.count, 1u);
    cairn_objects_release(heap, &list);
    collect(1);
    EXPECT_EQ(cairn_get_objects(heap, 2, &list), CAIRN_OK);
    EXPECT_EQ(list.count, 1u);
    cairn_objects_release(heap, &list);
    cairn_decref(w);
    cairn_decref(a);
}

TEST_F(GenerationTest, FirstCountFollowsContainers) {
    EXPECT_EQ(counts(), (Counts{0, 0, 0}));
    cairn_object* a = make(logged, "a");
    cairn_object* b = make_array(4, "b");
    cairn_object* c = make(custom, "c");
    EXPECT_EQ(counts(), (Counts{3, 0, 0}));
    cairn_object* d = make(leaf, "d");
    EXPECT_EQ(counts(), (Counts{3, 0, 0})) << "a leaf is no container";
    cairn_object* w = weak(a, "w");
    EXPECT_EQ(counts(), (Counts{4, 0, 0}));
    for (cairn_object* object : {w, c, d}) {
        cairn_decref(object);
    }
    EXPECT_EQ(counts(), (Counts{2, 0, 0}));
    cairn_decref(a);
    cairn_decref(b);
    EXPECT_EQ(counts(), (Counts{0, 0, 0}));
}

TEST_F(GenerationTest, FirstCountNeverGoesBelowZero) {
    std::vector<cairn_object*> all;
    for (int i = 0; i < 10; ++i) {
        all.push_back(make(logged, "a"));
    }
    collect(0);
    EXPECT_EQ(counts(), (Counts{0, 1, 0}));
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
    EXPECT_EQ(counts(), (Counts{0, 1, 0}));
}

TEST_F(GenerationTest, OlderCountsFollowCollectionsOfTheNextYounger) {
    collect(2);
    EXPECT_EQ(counts(), (Counts{0, 0, 0}));
    collect(0);
    EXPECT_EQ(counts(), (Counts{0, 1, 0}));
    collect(0);
    EXPECT_EQ(counts(), (Counts{0, 2, 0}));
    collect(1);
    EXPECT_EQ(counts(), (Counts{0, 0, 1}));
    collect(1);
    EXPECT_EQ(counts(), (Counts{0, 0, 2}));
    collect(0);
    EXPECT_EQ(counts(), (Counts{0, 1, 2}));
    collect(2);
    EXPECT_EQ(counts(), (Counts{0, 0, 0}));
}

TEST_F(GenerationTest, ThresholdsAreKept) {
    uint32_t now[3] = {};
    cairn_gc_get_thresholds(heap, now);
    EXPECT_EQ(std::vector<uint32_t>(now, now + 3), (std::vector<uint32_t>{700, 10, 10}));
    const uint32_t other[3] = {5, 0, UINT32_MAX};
    cairn_gc_set_thresholds(heap, other);
    cairn_gc_get_thresholds(heap, now);
    EXPECT_EQ(std::vector<uint32_t>(now, now + 3), (std::vector<uint32_t>{5, 0, UINT32_MAX}));
}

TEST_F(GenerationTest, StatisticsAreKeptForEachGeneration) {
    cairn_gc_stats stats[3] = {};
    const auto read = [&] {
        for (int i = 0; i < 3; ++i) {
            EXPECT_EQ(cairn_gc_get_stats(heap, i, &stats[i]), CAIRN_OK);
        }
    };
    read();
    for (const cairn_gc_stats& s : stats) {
        EXPECT_EQ(s.collections, 0u);
        EXPECT_EQ(s.collected, 0u);
        EXPECT_EQ(s.candidates, 0u);
        EXPECT_EQ(s.duration_ns, 0u);
        EXPECT_EQ(s.longest_ns, 0u);
    }
    cairn_object* kept = make(logged, "kept");
    cairn_decref(make_ring(logged, {"a", "b"}));
    collect(0);
    cairn_decref(make_ring(logged, {"a", "b", "c"}));
    collect(2);
    collect(2);
    read();
    EXPECT_EQ(stats[0].collections, 1u);
    EXPECT_EQ(stats[0].collected, 2u);
    EXPECT_EQ(stats[0].candidates, 3u);
    EXPECT_EQ(stats[1].collections, 0u);
    EXPECT_EQ(stats[2].collections, 2u);
    EXPECT_EQ(stats[2].collected, 3u);
    EXPECT_EQ(stats[2].uncollectable, 0u);
    EXPECT_EQ(stats[2].candidates, 5u);
    EXPECT_GT(stats[2].longest_ns, 0u);
    EXPECT_GE(stats[2].duration_ns, stats[2].longest_ns);
    cairn_decref(kept);
}

TEST_F(GenerationTest, StatisticsOfNoGenerationAreRefused) {
    cairn_gc_stats stats = {};
    stats.collections = 77;
    EXPECT_EQ(cairn_gc_get_stats(heap, -1, &stats), CAIRN_INVALID);
    EXPECT_EQ(cairn_gc_get_stats(heap, 3, &stats), CAIRN_INVALID);
    EXPECT_EQ(stats.collections, 77u);
}

// As in handle_weakrefs() of CPython: the reference joins what survived, however old it is.
TEST_F(GenerationTest, AnOldReferenceThatIsCalledBackJoinsTheSurvivors) {
    cairn_object* a = make(plain, "a");
    cairn_object* w = weak(a, "w");
    collect();
    EXPECT_EQ(*cairn::side_of(w), cairn::side_of_generation(2));
    cairn_gc_untrack(a);
    cairn_gc_track(a);
    set(a, 0, a);
    cairn_decref(a);
    EXPECT_EQ(collect(0), 1u);
    EXPECT_EQ(take_log(), "cb w");
    EXPECT_EQ(*cairn::side_of(w), cairn::side_of_generation(1));
    EXPECT_TRUE(verify());
    cairn_decref(w);
}

}  // namespace
}  // namespace cairn_test
