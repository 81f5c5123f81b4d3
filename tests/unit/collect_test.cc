// SPDX-License-Identifier: MIT
/// What a collection finds: cycles of every shape, and nothing that is alive.
#include <random>

#include "heap_test.h"

namespace cairn_test {
namespace {

using CollectTest = HeapTest;

TEST_F(CollectTest, EmptyHeapHasNothingToFind) {
    for (int generation = 0; generation < CAIRN_GENERATIONS; ++generation) {
        EXPECT_EQ(collect(generation), 0u);
    }
}

TEST_F(CollectTest, GenerationMustBeOne) {
    size_t found = 77;
    for (const int generation : {-1, 3, 100, -1000}) {
        EXPECT_EQ(cairn_gc_collect(heap, generation, &found), CAIRN_INVALID);
    }
    EXPECT_EQ(found, 77u);
    EXPECT_EQ(cairn_gc_collect(heap, 2, nullptr), CAIRN_OK);
}

TEST_F(CollectTest, WorksWhetherAutomaticCollectionIsOnOrOff) {
    for (const bool on : {true, false}) {
        on ? cairn_gc_enable(heap) : cairn_gc_disable(heap);
        EXPECT_EQ(cairn_gc_is_enabled(heap), on ? 1 : 0);
        cairn_decref(make_ring(logged, {"a", "b"}));
        EXPECT_EQ(collect(), 2u);
    }
}

TEST_F(CollectTest, RingsOfEveryKindAreFound) {
    for (cairn_type* of : {plain, logged, fin, custom}) {
        for (size_t length = 1; length < 20; ++length) {
            std::vector<std::string> names(length, "x");
            cairn_object* a = make_ring(of, names);
            EXPECT_EQ(collect(), 0u);
            cairn_decref(a);
            EXPECT_EQ(collect(), length);
            EXPECT_EQ(usage().objects, 0u);
        }
    }
}

TEST_F(CollectTest, RingHeldFromOutsideAnywhereIsAlive) {
    for (size_t at = 0; at < 4; ++at) {
        cairn_object* a = make_ring(logged, {"a", "b", "c", "d"});
        cairn_object* member = a;
        for (size_t i = 0; i < at; ++i) {
            member = get(member, 0);
        }
        cairn_incref(member);
        cairn_decref(a);
        EXPECT_EQ(collect(), 0u);
        EXPECT_EQ(take_log(), "");
        cairn_decref(member);
        EXPECT_EQ(collect(), 4u);
        (void)take_log();
    }
}

TEST_F(CollectTest, ExactCountsAreLeftToSurvivors) {
    cairn_object* live = make(logged, "live");
    cairn_object* a = make_ring(logged, {"a", "b", "c"});
    for (size_t i = 1; i < kSlots; ++i) {
        set(a, i, live);
    }
    EXPECT_EQ(cairn_refcount(live), 4u);
    collect();
    EXPECT_EQ(cairn_refcount(live), 4u);
    EXPECT_EQ(cairn_refcount(a), 2u);
    cairn_decref(a);
    EXPECT_EQ(collect(), 3u);
    EXPECT_EQ(cairn_refcount(live), 1u);
    cairn_decref(live);
}

TEST_F(CollectTest, GarbageThatHangsOnACycleIsCountedToo) {
    cairn_object* a = make_ring(logged, {"a", "b"});
    cairn_object* c = make(logged, "c");
    give(a, 1, c);
    give(c, 0, make(logged, "d"));
    give(c, 1, make_array(3, "e"));
    give(c, 2, make(leaf, "f"));
    cairn_decref(a);
    EXPECT_EQ(collect(), 5u);  // Leaves are no candidates.
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(CollectTest, LivingObjectThatACycleRefersToSurvives) {
    cairn_object* live = make(logged, "live");
    give(live, 0, make(logged, "behind"));
    cairn_object* a = make_ring(logged, {"a", "b"});
    set(a, 1, live);
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b");
    EXPECT_EQ(referents(live), "behind");
    cairn_decref(live);
}

TEST_F(CollectTest, ReferencesFromUnreachedToReachedObjectsDoNotMatter) {
    // The chain is found alive only when its head, allocated last, is reached.
    cairn_object* next = make_ring(logged, {"r", "s"});
    for (int i = 0; i < 50; ++i) {
        cairn_object* node = make(logged, std::to_string(i));
        give(node, 0, next);
        set(next, 3, node);
        next = node;
    }
    EXPECT_EQ(collect(), 0u);
    cairn_decref(next);
    EXPECT_EQ(collect(), 52u);
}

TEST_F(CollectTest, RingThroughEveryKindOfContainer) {
    cairn_object* a = make(plain, "a");
    cairn_object* b = make(custom, "b");
    cairn_object* c = make_array(5, "c");
    cairn_object* d = make(fin, "d");
    cairn_object* e = make_array(200000, "e");
    give(a, 3, b);
    give(b, 1, c);
    *item(c, 4) = d;
    give(d, 2, e);
    *item(e, 199999) = a;
    EXPECT_EQ(collect(), 5u);
    EXPECT_EQ(take_sorted_log(), "dealloc b, dealloc c, dealloc d, dealloc e, fin b, fin d");
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(CollectTest, CollectedCountsAreReportedAgainAndAgain) {
    for (int i = 0; i < 100; ++i) {
        cairn_decref(make_ring(plain, {"a", "b", "c"}));
        EXPECT_EQ(collect(i % 3), 3u);
        EXPECT_EQ(collect(i % 3), 0u);
    }
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(CollectTest, DenseGarbageIsFound) {
    std::vector<cairn_object*> all;
    for (int i = 0; i < 300; ++i) {
        all.push_back(make_array(300, "x"));
    }
    for (cairn_object* from : all) {
        for (size_t i = 0; i < all.size(); ++i) {
            *item(from, i) = cairn_new_ref(all[i]);
        }
    }
    EXPECT_EQ(collect(), 0u);
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
    EXPECT_EQ(collect(), 300u);
    EXPECT_EQ(usage().objects, 0u);
}

/// Random graphs: what is found must be exactly what a search from the held objects misses.
class RandomGraphTest : public HeapTest, public ::testing::WithParamInterface<uint32_t> {
  protected:
    struct Graph {
        std::vector<cairn_object*> objects;
        std::vector<std::vector<size_t>> edges;
        std::vector<bool> held;
    };

    Graph build(std::mt19937& random, size_t size) {
        Graph graph;
        cairn_type* const types[] = {plain, logged, custom, by_hand};
        for (size_t i = 0; i < size; ++i) {
            cairn_type* of = types[random() % 4];
            graph.objects.push_back(make(of, std::to_string(i)));
            if (of == by_hand) {
                EXPECT_EQ(cairn_gc_track(graph.objects.back()), CAIRN_OK);
            }
            if (random() % 64 == 0) {
                collect(static_cast<int>(random() % 2));
            }
        }
        graph.edges.resize(size);
        const size_t hubs = 1 + random() % 4;
        for (size_t i = 0; i < size; ++i) {
            for (size_t s = 0; s < kSlots; ++s) {
                if (random() % 3 == 0) {
                    const size_t to = random() % 8 == 0 ? random() % hubs : random() % size;
                    set(graph.objects[i], s, graph.objects[to]);
                    graph.edges[i].push_back(to);
                }
            }
            graph.held.push_back(random() % 20 == 0);
        }
        return graph;
    }

    static std::vector<bool> reachable(const Graph& graph) {
        std::vector<bool> seen(graph.objects.size(), false);
        std::vector<size_t> stack;
        for (size_t i = 0; i < graph.objects.size(); ++i) {
            if (graph.held[i]) {
                seen[i] = true;
                stack.push_back(i);
            }
        }
        while (!stack.empty()) {
            const size_t at = stack.back();
            stack.pop_back();
            for (const size_t to : graph.edges[at]) {
                if (!seen[to]) {
                    seen[to] = true;
                    stack.push_back(to);
                }
            }
        }
        return seen;
    }
};

TEST_P(RandomGraphTest, ExactlyTheUnreachableDies) {
    std::mt19937 random(GetParam());
    Graph graph = build(random, 50 + random() % 3000);
    for (size_t i = 0; i < graph.objects.size(); ++i) {
        if (!graph.held[i]) {
            cairn_decref(graph.objects[i]);
        }
    }
    std::vector<bool> alive = reachable(graph);
    std::vector<uint32_t> counts(graph.objects.size(), 0);
    collect();
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(usage().objects, static_cast<size_t>(std::count(alive.begin(), alive.end(), true)));
    for (size_t i = 0; i < graph.objects.size(); ++i) {
        counts[i] += graph.held[i] ? 1u : 0u;
        for (const size_t to : graph.edges[i]) {
            counts[to] += alive[i] ? 1u : 0u;
        }
    }
    for (size_t i = 0; i < graph.objects.size(); ++i) {
        if (alive[i]) {
            EXPECT_EQ(cairn_refcount(graph.objects[i]), counts[i]);
            EXPECT_EQ(label_of(graph.objects[i]), std::to_string(i));
        }
    }
    EXPECT_TRUE(verify());
    for (size_t i = 0; i < graph.objects.size(); ++i) {
        if (graph.held[i]) {
            cairn_decref(graph.objects[i]);
        }
    }
    collect();
    EXPECT_EQ(usage().objects, 0u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomGraphTest, ::testing::Range(1u, 61u));

// What one collection needed for objects that are referred to very often is not kept.
TEST_F(CollectTest, ManyFullCountsNeedMemoryForThatCollectionAlone) {
    constexpr size_t kObjects = 5000;
    constexpr size_t kEach = 200;
    log_deaths = false;
    cairn_object* hub = cairn_new_var(array, kObjects * kEach);
    ASSERT_NE(hub, nullptr);
    for (size_t i = 0; i < kObjects; ++i) {
        cairn_object* object = cairn_new(plain);
        for (size_t k = 0; k < kEach; ++k) {
            cairn_set(item(hub, i * kEach + k), object);
        }
        cairn_decref(object);
    }
    collect();
    const size_t before = usage().table_bytes;
    collect();
    EXPECT_LE(usage().table_bytes, before);
    EXPECT_LT(before, kObjects * 16);
    cairn_decref(hub);
    EXPECT_EQ(usage().objects, 0u);
}

}  // namespace
}  // namespace cairn_test
