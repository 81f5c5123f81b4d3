// SPDX-License-Identifier: MIT
/// Who the host holds: exactly, for random heaps and in the places where user code runs.
#include "cairn/testing.h"
#include "random_graph.h"
#include "weakmap_helpers.h"

namespace cairn_test {
namespace {

struct Holding {
    size_t references = 0;
    size_t roots = 0;
    bool operator==(const Holding& other) const {
        return references == other.references && roots == other.roots;
    }
};

std::map<cairn_object*, Holding> held_in(cairn_heap* heap) {
    std::map<cairn_object*, Holding> found;
    EXPECT_EQ(cairn_visit_held(
                  heap,
                  [](cairn_object* object, size_t references, size_t roots, void* data) {
                      auto* all = static_cast<std::map<cairn_object*, Holding>*>(data);
                      EXPECT_TRUE(all->emplace(object, Holding{references, roots}).second);
                      return 1;
                  },
                  &found),
              CAIRN_OK);
    return found;
}

class HeldTest : public WeakmapTest {
  public:
    explicit HeldTest(uint32_t heap_flags = 0) : WeakmapTest(heap_flags) {}

    /// "a 1, b 2 (1 root)", sorted.
    std::string held() {
        std::vector<std::string> words;
        for (const auto& [object, holding] : held_in(heap)) {
            std::string text = cairn_is_weakref(object) ? "weakref" : label_of(object);
            text += " " + std::to_string(holding.references);
            text += holding.roots == 0 ? "" : "/" + std::to_string(holding.roots);
            words.push_back(text);
        }
        std::sort(words.begin(), words.end());
        std::string all;
        for (const std::string& word : words) {
            all += (all.empty() ? "" : ", ") + word;
        }
        return all;
    }
};

TEST_F(HeldTest, CountsLessWhatObjectsHold) {
    cairn_object* a = make_ring(plain, {"a", "b", "c"});
    EXPECT_EQ(held(), "a 1");
    cairn_object* b = cairn_new_ref(get(a, 0));
    cairn_incref(b);
    EXPECT_EQ(held(), "a 1, b 2");
    cairn_decref(b);
    cairn_decref(b);
    cairn_decref(a);
    EXPECT_EQ(held(), "");
    EXPECT_EQ(collect(), 3u);
}

// The case that lists of objects cannot solve: a cycle kept alive by a native handle.
TEST_F(HeldTest, ACycleThatANativeHandleLeaksIsTold) {
    std::vector<cairn_object*> handles;
    for (int i = 0; i < 16; ++i) {
        cairn_object* ring = make_ring(plain, {"session", "socket", "buffer"});
        if (i % 5 == 0) {
            handles.push_back(cairn_new_ref(get(ring, 0)));
        }
        cairn_decref(ring);
    }
    EXPECT_EQ(collect(), 12u * 3);
    EXPECT_EQ(held(), "socket 1, socket 1, socket 1, socket 1");
    for (cairn_object* handle : handles) {
        cairn_decref(handle);
    }
    EXPECT_EQ(held(), "");
    EXPECT_EQ(collect(), 4u * 3);
}

TEST_F(HeldTest, RootsAreCountedApart) {
    cairn_object* a = make(plain, "a");
    cairn_object* variable = cairn_new_ref(a);
    ASSERT_EQ(cairn_root_add(heap, &variable), CAIRN_OK);
    EXPECT_EQ(held(), "a 2/1");
    cairn_heap_set_root_visitor(
        heap,
        [](cairn_visit_fn visit, void* data, void* user_data) {
            visit(nullptr, data);
            visit(static_cast<cairn_object*>(user_data), data);
        },
        a);
    EXPECT_EQ(held(), "a 2/2");
    cairn_heap_set_root_visitor(heap, nullptr, nullptr);
    EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_OK);
    cairn_decref(variable);
    cairn_decref(a);
}

TEST_F(HeldTest, MoreReferencesThanAByteHolds) {
    cairn_object* hub = make(plain, "hub");
    std::vector<cairn_object*> nodes;
    for (int i = 0; i < 300; ++i) {
        nodes.push_back(make(plain, "node"));
        set(nodes.back(), 0, hub);
    }
    for (int i = 0; i < 511; ++i) {
        cairn_incref(hub);
    }
    EXPECT_EQ(held_in(heap)[hub].references, 512u);
    for (int i = 0; i < 511; ++i) {
        cairn_decref(hub);
    }
    cairn_decref(hub);
    EXPECT_EQ(held_in(heap).size(), 300u);
    EXPECT_EQ(held_in(heap).count(hub), 0u);
    for (cairn_object* node : nodes) {
        cairn_decref(node);
    }
}

TEST_F(HeldTest, ImmortalObjectsAreLeftOutAndWhatTheyReferToIsNotHeld) {
    cairn_object* a = make(plain, "a");
    give(a, 0, make(plain, "b"));
    cairn_make_immortal(a);
    EXPECT_EQ(held(), "");
}

TEST_F(HeldTest, WhatTheLibraryHoldsIsNotTheHosts) {
    cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_SAVEALL);
    cairn_decref(make_ring(plain, {"a", "b"}));
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(cairn_gc_garbage_count(heap), 2u);
    EXPECT_EQ(held(), "");
    cairn_gc_set_debug(heap, 0);
    cairn_gc_garbage_clear(heap);
    collect();
}

TEST_F(HeldTest, UntrackedObjectsOfTheHostsAreNotLookedInto) {
    cairn_object* half_built = make(by_hand, "half");
    give(half_built, 0, make(plain, "b"));
    EXPECT_EQ(held(), "b 1, half 1");
    ASSERT_EQ(cairn_gc_track(half_built), CAIRN_OK);
    EXPECT_EQ(held(), "half 1");
    cairn_decref(half_built);
}

TEST_F(HeldTest, UntrackedObjectsThatAreCompleteAreLookedInto) {
    cairn_type_spec spec = node_spec("complete");
    spec.flags = CAIRN_TYPE_COMPLETE_AT_BIRTH;
    EXPECT_STREQ(cairn_type_spec_problem(&spec), "complete at birth, and not tracked by hand");
    spec.flags |= CAIRN_TYPE_TRACK_BY_HAND;
    cairn_object* a = make(type(spec), "a");
    give(a, 0, make(plain, "b"));
    EXPECT_EQ(held(), "a 1");
    cairn_decref(a);
}

TEST_F(HeldTest, InFinalizersOfACycle) {
    std::string seen;
    on_finalize("a", [&](cairn_object*) {
        seen = held();
        return CAIRN_OK;
    });
    cairn_object* kept = make(plain, "kept");
    cairn_object* a = make_ring(fin, {"a", "b"});
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    // The collection holds the object while its finalizer runs.
    EXPECT_EQ(seen, "a 1, kept 1");
    cairn_decref(kept);
}

class HeldQueueTest : public HeldTest {
  public:
    HeldQueueTest() : HeldTest(CAIRN_HEAP_QUEUE_FINALIZERS) {}
};

// It owns a reference to itself while it waits, however many others there are.
TEST_F(HeldQueueTest, AReferenceThatWaitsWithItsReferent) {
    cairn_object* a = make(fin, "a");
    cairn_object* ref = weak(a, "w");
    cairn_decref(a);
    cairn_decref(ref);  // From here on it waits.
    const std::vector<cairn_object*> many(301, ref);
    for (cairn_object* each : many) {
        cairn_incref(each);
    }
    EXPECT_EQ(held_in(heap)[ref], (Holding{301, 0}));
    for (cairn_object* each : many) {
        cairn_decref(each);
    }
    EXPECT_EQ(held_in(heap).count(ref), 0u);
    EXPECT_EQ(cairn_finalizers_run(heap, 0, 0), 2u);
}

TEST_F(HeldTest, InACollectionCallback) {
    struct Watch {
        HeldTest* test;
        std::vector<std::string> seen;
    } watch = {this, {}};
    const cairn_gc_callback_fn watcher =
        [](cairn_heap*, cairn_gc_phase, const cairn_gc_info*, void* data) {
            auto* w = static_cast<Watch*>(data);
            w->seen.push_back(w->test->held());
            return CAIRN_OK;
        };
    ASSERT_EQ(cairn_gc_callback_add(heap, watcher, &watch), CAIRN_OK);
    cairn_object* a = make_ring(plain, {"a", "b"});
    cairn_decref(make_ring(plain, {"c", "d"}));
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(watch.seen, (std::vector<std::string>{"a 1", "a 1"}));
    ASSERT_EQ(cairn_gc_callback_remove(heap, watcher, &watch), CAIRN_OK);
    cairn_decref(a);
    collect();
}

TEST_F(HeldTest, StopsWhenTheVisitorSaysSo) {
    cairn_object* a = make(plain, "a");
    cairn_object* b = make(plain, "b");
    size_t visited = 0;
    EXPECT_EQ(cairn_visit_held(
                  heap,
                  [](cairn_object*, size_t, size_t, void* data) {
                      ++*static_cast<size_t*>(data);
                      return 0;
                  },
                  &visited),
              CAIRN_OK);
    EXPECT_EQ(visited, 1u);
    cairn_decref(a);
    cairn_decref(b);
}

TEST_F(HeldTest, EachAllocationMayFail) {
    cairn_object* hub = make(plain, "hub");
    for (int i = 0; i < 300; ++i) {
        cairn_incref(hub);
    }
    cairn_object* variable = hub;
    ASSERT_EQ(cairn_root_add(heap, &variable), CAIRN_OK);
    size_t failures = 0;
    size_t visited = 0;
    const cairn_visit_held_fn count = [](cairn_object*, size_t, size_t, void* data) {
        ++*static_cast<size_t*>(data);
        return 1;
    };
    for (;; ++failures) {
        memory.fail_at(failures + 1);
        const cairn_status status = cairn_visit_held(heap, count, &visited);
        memory.fail_at(0);
        if (status == CAIRN_OK) {
            break;
        }
        ASSERT_EQ(status, CAIRN_NO_MEMORY);
        ASSERT_EQ(visited, 0u);
        ASSERT_LT(failures, 20u);
    }
    EXPECT_EQ(failures, 5u);  // Two for the index, a byte for each cell, hubs, roots.
    EXPECT_EQ(visited, 1u);
    EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_OK);
    for (int i = 0; i < 301; ++i) {
        cairn_decref(hub);
    }
}

TEST(HeldModel, RandomHeaps) {
    for (uint32_t seed = 1; seed <= 1000 && !testing::Test::HasFailure(); ++seed) {
        RandomGraph graph(seed);
        std::map<cairn_object*, Holding> expected;
        for (const auto& [object, count] : graph.held) {
            expected[object].references = count;
        }
        EXPECT_TRUE(held_in(graph.heap) == expected) << "seed " << seed;
    }
}

}  // namespace
}  // namespace cairn_test
