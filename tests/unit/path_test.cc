// SPDX-License-Identifier: MIT
/// Paths from roots: shortest, valid, there exactly for what is not garbage.
#include <array>
#include <cstdio>
#include <deque>

#include "random_graph.h"
#include "weakmap_helpers.h"

namespace cairn_test {
namespace {

const char* root_name(cairn_root_kind kind) {
    static constexpr const char* kNames[] = {
        "none", "declared", "reported", "held", "library", "immortal"};
    return kNames[kind];
}

int add_step(const cairn_path_step* step, void* data) {
    static_cast<std::vector<cairn_path_step>*>(data)->push_back(*step);
    return 1;
}

class PathTest : public WeakmapTest {
  public:
    explicit PathTest(uint32_t heap_flags = 0) : WeakmapTest(heap_flags) {}

  protected:
    /// "held a slot 1 b [2] c", or the status in words.
    std::string path(cairn_object* to) {
        std::vector<cairn_path_step> steps;
        const cairn_status status = cairn_path_to_root(to, add_step, &steps);
        if (status != CAIRN_OK) {
            return cairn_status_text(status);
        }
        std::string text;
        for (size_t i = 0; i < steps.size(); ++i) {
            std::array<char, 64> edge = {};
            if (i == 0) {
                text = root_name(steps[0].root);
            } else {
                EXPECT_EQ(steps[i].root, CAIRN_ROOT_NONE);
                cairn_edge_text(steps[i - 1].object, &steps[i].edge, edge.data(), edge.size());
                text += std::string(" ") + edge.data();
            }
            text += " " + name_of(steps[i].object);
        }
        return text;
    }

    std::string name_of(cairn_object* object) {
        return cairn_weakmap_kind(object) != CAIRN_NOT_WEAK ? "map" : label_of(object);
    }
};

TEST_F(PathTest, FromWhatTheHostHolds) {
    cairn_object* a = make(plain, "a");
    give(a, 1, make_array(3, "b"));
    *item(get(a, 1), 2) = make(custom, "c");
    cairn_object* c = *item(get(a, 1), 2);
    give(c, 3, make(leaf, "d"));
    EXPECT_EQ(path(a), "held a");
    EXPECT_EQ(path(get(c, 3)), "held a slot 1 b [2] c [0] d");
    set(a, 2, c);
    EXPECT_EQ(path(get(c, 3)), "held a slot 2 c [0] d");
    cairn_incref(c);
    EXPECT_EQ(path(get(c, 3)), "held c [0] d");
    cairn_decref(c);
    cairn_decref(a);
}

TEST_F(PathTest, GarbageHasNone) {
    cairn_object* a = make_ring(plain, {"a", "b"});
    EXPECT_EQ(path(get(a, 0)), "held a slot 0 b");
    cairn_object* b = get(a, 0);
    cairn_decref(a);
    EXPECT_EQ(path(b), "not found");
    collect();
}

TEST_F(PathTest, KindsOfRoots) {
    cairn_object* a = make(plain, "a");
    cairn_object* variable = a;
    ASSERT_EQ(cairn_root_add(heap, &variable), CAIRN_OK);
    EXPECT_EQ(path(a), "declared a");
    EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_OK);
    cairn_heap_set_root_visitor(
        heap,
        [](cairn_visit_fn visit, void* data, void* user_data) {
            visit(static_cast<cairn_object*>(user_data), data);
        },
        a);
    EXPECT_EQ(path(a), "reported a");
    cairn_heap_set_root_visitor(heap, nullptr, nullptr);
    cairn_object* immortal = make(plain, "i");
    give(immortal, 0, make(plain, "x"));
    cairn_make_immortal(immortal);
    EXPECT_EQ(path(get(immortal, 0)), "immortal i slot 0 x");
    cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_SAVEALL);
    cairn_decref(make_ring(plain, {"g", "h"}));
    EXPECT_EQ(collect(), 2u);
    cairn_object* garbage = cairn_gc_garbage_get(heap, 0);
    EXPECT_EQ(path(garbage), "held " + label_of(garbage));
    cairn_decref(garbage);
    EXPECT_EQ(path(garbage), "library " + label_of(garbage));
    cairn_gc_set_debug(heap, 0);
    cairn_gc_garbage_clear(heap);
    collect();
    cairn_decref(a);
}

TEST_F(PathTest, WeakReferencesHoldNothing) {
    cairn_object* a = make_ring(plain, {"a", "b"});
    cairn_object* ref = weak(a);
    cairn_decref(a);
    EXPECT_EQ(path(a), "not found");
    collect();
    cairn_decref(ref);
}

TEST_F(PathTest, ValuesOfWeakKeyMapsNeedTheirKeys) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* key = make_ring(plain, {"k", "l"});
    cairn_object* value = make(plain, "v");
    set(value, 0, key);
    ASSERT_EQ(put(map, key, value), CAIRN_OK);
    cairn_decref(value);
    EXPECT_EQ(path(value), "held map value of entry 0 v");
    cairn_decref(key);
    EXPECT_EQ(path(value), "not found");
    EXPECT_EQ(path(key), "not found");
    collect();
    cairn_decref(map);
}

// A map that no collection examines keeps its values as if they were its slots.
TEST_F(PathTest, ValuesOfUnexaminedWeakKeyMapsDoNotNeedTheirKeys) {
    const auto make_immortal = [](cairn_object* map) { cairn_make_immortal(map); };
    const auto untrack = [](cairn_object* map) { cairn_gc_untrack(map); };
    const auto freeze = [this](cairn_object*) { cairn_gc_freeze(heap); };
    const std::function<void(cairn_object*)> ways[] = {make_immortal, untrack, freeze};
    for (const auto& way : ways) {
        cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
        way(map);
        cairn_object* key = make(plain, "key");
        cairn_object* value = make(plain, "v");
        give(value, 0, key);
        ASSERT_EQ(put(map, key, value), CAIRN_OK);
        cairn_decref(value);
        collect();
        EXPECT_EQ(path(value),
                  std::string(cairn_is_immortal(map) != 0 ? "immortal" : "held") +
                      " map value of entry 0 v");
        EXPECT_EQ(cairn_weakmap_clear(map), CAIRN_OK);
        cairn_gc_unfreeze(heap);
        cairn_decref(map);
    }
}

class PathStrongValuesTest : public PathTest {
  public:
    PathStrongValuesTest() : PathTest(CAIRN_HEAP_STRONG_WEAKKEY_VALUES) {}
};

TEST_F(PathStrongValuesTest, OfWeakKeyMaps) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* key = make_ring(plain, {"k", "l"});
    cairn_object* value = make(plain, "v");
    set(value, 0, key);
    ASSERT_EQ(put(map, key, value), CAIRN_OK);
    cairn_decref(value);
    cairn_decref(key);
    EXPECT_EQ(path(key), "held map value of entry 0 v slot 0 k");
    cairn_decref(map);
    collect();
}

TEST_F(PathTest, NamesOfEdges) {
    std::array<const char*, kSlots> names = {"friend"};
    cairn_type_spec spec = node_spec("named");
    spec.slot_names = names.data();
    cairn_object* a = make(type(spec), "a");
    give(a, 0, make(plain, "b"));
    EXPECT_EQ(path(get(a, 0)), "held a friend b");
    spec.edge_name = [](cairn_object*, const cairn_edge* edge, char* buffer, size_t size) {
        return edge->index == 0 ? static_cast<size_t>(snprintf(buffer, size, "['key']")) : 0;
    };
    cairn_object* c = make(type(spec), "c");
    set(c, 0, get(a, 0));
    give(c, 1, make(plain, "d"));
    EXPECT_EQ(path(get(c, 1)), "held c slot 1 d");
    cairn_clear(slot(a, 0));
    EXPECT_EQ(path(get(c, 0)), "held c ['key'] b");
    std::array<char, 4> small = {};
    const cairn_edge edge = {CAIRN_EDGE_SLOT, 0, 0, nullptr};
    EXPECT_EQ(cairn_edge_text(c, &edge, small.data(), small.size()), 7u);
    EXPECT_STREQ(small.data(), "['k");
    cairn_decref(a);
    cairn_decref(c);
}

TEST_F(PathTest, StopsWhenTheVisitorSaysSo) {
    cairn_object* a = make_ring(plain, {"a", "b", "c"});
    size_t steps = 0;
    EXPECT_EQ(cairn_path_to_root(
                  get(get(a, 0), 0),
                  [](const cairn_path_step*, void* data) {
                      return ++*static_cast<size_t*>(data) < 2 ? 1 : 0;
                  },
                  &steps),
              CAIRN_OK);
    EXPECT_EQ(steps, 2u);
    cairn_decref(a);
    collect();
}

TEST_F(PathTest, InsideAFinalizerOfACycle) {
    std::string seen;
    cairn_object* kept = make(plain, "kept");
    give(kept, 0, make(plain, "x"));
    on_finalize("a", [&](cairn_object* self) {
        seen = path(get(kept, 0)) + ", " + path(self);
        return CAIRN_OK;
    });
    cairn_decref(make_ring(fin, {"a", "b"}));
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(seen, "held kept slot 0 x, held a");
    cairn_decref(kept);
}

TEST_F(PathTest, EachAllocationMayFail) {
    cairn_object* a = make_ring(plain, {"a", "b"});
    size_t failures = 0;
    std::vector<cairn_path_step> steps;
    for (;; ++failures) {
        memory.fail_at(failures + 1);
        const cairn_status status = cairn_path_to_root(get(a, 0), add_step, &steps);
        memory.fail_at(0);
        if (status == CAIRN_OK) {
            break;
        }
        ASSERT_EQ(status, CAIRN_NO_MEMORY);
        ASSERT_TRUE(steps.empty());
        ASSERT_LT(failures, 20u);
    }
    EXPECT_EQ(failures, 5u);  // Two for the index, the queue, a byte for each cell, the parents.
    EXPECT_EQ(steps.size(), 2u);
    cairn_decref(a);
    collect();
}

/// Distances by the rules of the header, in another way than the library's.
std::map<cairn_object*, size_t> distances(const RandomGraph& graph) {
    std::map<cairn_object*, size_t> known;
    std::deque<cairn_object*> queue;
    for (const auto& [object, count] : graph.held) {
        known[object] = 1;
        queue.push_back(object);
    }
    for (; !queue.empty(); queue.pop_front()) {
        for (const RandomGraph::Edge& edge : RandomGraph::edges(queue.front())) {
            if (!edge.is_weak() && known.emplace(edge.to, known[queue.front()] + 1).second) {
                queue.push_back(edge.to);
            }
        }
    }
    return known;
}

bool has_weak_key_maps(const RandomGraph& graph) {
    for (cairn_object* object : graph.objects()) {
        if (cairn_weakmap_kind(object) == CAIRN_WEAK_KEY_MAP) {
            return true;
        }
    }
    return false;
}

void check_path(const std::vector<cairn_path_step>& steps, const RandomGraph& graph) {
    EXPECT_EQ(steps[0].root, CAIRN_ROOT_HELD);
    EXPECT_EQ(graph.held.count(steps[0].object), 1u);
    for (size_t i = 1; i < steps.size(); ++i) {
        bool found = false;
        for (const RandomGraph::Edge& edge : RandomGraph::edges(steps[i - 1].object)) {
            found = found || (edge.to == steps[i].object && !edge.is_weak() &&
                              edge.edge.kind == steps[i].edge.kind &&
                              edge.edge.index == steps[i].edge.index);
        }
        EXPECT_TRUE(found);
    }
}

TEST(PathModel, RandomHeaps) {
    for (uint32_t seed = 1; seed <= 1000 && !testing::Test::HasFailure(); ++seed) {
        const RandomGraph graph(seed);
        const bool exact = !has_weak_key_maps(graph);
        std::map<cairn_object*, size_t> expected = distances(graph);
        for (cairn_object* object : graph.objects()) {
            // All that a full collection leaves is reached.
            std::vector<cairn_path_step> steps;
            ASSERT_EQ(cairn_path_to_root(object, add_step, &steps), CAIRN_OK) << "seed " << seed;
            ASSERT_EQ(steps.back().object, object);
            check_path(steps, graph);
            if (exact) {
                ASSERT_EQ(steps.size(), expected[object]) << "seed " << seed;
            }
        }
    }
}

class PathQueueTest : public PathTest {
  public:
    PathQueueTest() : PathTest(CAIRN_HEAP_QUEUE_FINALIZERS) {}
};

// Nobody holds a reference that waits for its referent's finalizer.
TEST_F(PathQueueTest, ReferencesThatWaitWithTheirReferents) {
    cairn_object* a = make(fin, "a");
    cairn_object* argument = make(plain, "argument");
    cairn_object* ref = weak(a, "w", nullptr, argument);
    cairn_decref(a);
    EXPECT_EQ(cairn_finalizers_pending(heap), 1u);
    cairn_decref(argument);
    EXPECT_EQ(path(argument), "held weakref callback argument argument");
    cairn_decref(ref);
    EXPECT_EQ(path(argument), "library weakref callback argument argument");
    EXPECT_EQ(cairn_finalizers_run(heap, 0, 0), 2u);
    EXPECT_EQ(take_log(), "fin a, dealloc a, cb w");
}

TEST_F(PathTest, NamesOfTheEdgesOfWeakThings) {
    cairn_object* a = make(plain, "a");
    const auto text = [a](cairn_edge_kind kind) {
        std::array<char, 40> buffer = {};
        const cairn_edge edge = {kind, 0, 3, nullptr};
        EXPECT_GT(cairn_edge_text(a, &edge, buffer.data(), buffer.size()), 0u);
        return std::string(buffer.data());
    };
    EXPECT_EQ(text(CAIRN_EDGE_ENTRY), "reference of entry 3");
    EXPECT_EQ(text(CAIRN_EDGE_ENTRY_KEY), "key of entry 3");
    EXPECT_EQ(text(CAIRN_EDGE_EPHEMERON_KEY), "key of entry 3");
    EXPECT_EQ(text(CAIRN_EDGE_EPHEMERON_VALUE), "value of entry 3");
    EXPECT_EQ(text(CAIRN_EDGE_WEAK), "referent");
    cairn_decref(a);
}

}  // namespace
}  // namespace cairn_test
