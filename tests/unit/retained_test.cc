// SPDX-License-Identifier: MIT
/// Retained sizes against what really dies.
#include "random_graph.h"
#include "weakmap_helpers.h"

namespace cairn_test {
namespace {

class RetainedTest : public WeakmapTest {
  public:
    explicit RetainedTest(uint32_t heap_flags = 0) : WeakmapTest(heap_flags) {}

  protected:
    static int add_object(cairn_object* object, void* data) {
        static_cast<std::vector<cairn_object*>*>(data)->push_back(object);
        return 1;
    }

    /// Labels of what would die, sorted; "map" and "weakref" for those without.
    std::string retained(std::vector<cairn_object*> objects) {
        cairn_retained_size size = {};
        std::vector<cairn_object*> dying;
        EXPECT_EQ(cairn_retained(heap, objects.data(), objects.size(), &size, add_object, &dying),
                  CAIRN_OK);
        EXPECT_EQ(size.objects, dying.size());
        std::vector<std::string> names;
        size_t bytes = 0;
        for (cairn_object* object : dying) {
            bytes += cairn_object_size(object);
            names.push_back(cairn_weakmap_kind(object) != CAIRN_NOT_WEAK ? "map"
                                                                         : label_of(object));
        }
        EXPECT_EQ(size.bytes, bytes);
        std::sort(names.begin(), names.end());
        std::string text;
        for (const std::string& name : names) {
            text += (text.empty() ? "" : " ") + name;
        }
        return text;
    }
};

TEST_F(RetainedTest, WhatOnlyTheObjectReaches) {
    cairn_object* a = make_ring(plain, {"a", "b", "c"});
    cairn_object* shared = make(plain, "s");
    set(a, 1, shared);
    give(a, 2, make(leaf, "x"));
    EXPECT_EQ(retained({a}), "a b c x");
    EXPECT_EQ(retained({a, shared}), "a b c s x");
    EXPECT_EQ(retained({shared}), "s");  // What the ring holds of it counts as let go, too.
    cairn_decref(shared);
    cairn_decref(a);
    collect();
}

TEST_F(RetainedTest, NothingOfWhatIsRescuedByItsOwnReferents) {
    cairn_object* a = make_ring(plain, {"a", "b"});
    cairn_object* b = cairn_new_ref(get(a, 0));
    EXPECT_EQ(retained({a}), "");
    cairn_decref(b);
    EXPECT_EQ(retained({a}), "a b");
    cairn_decref(a);
    collect();
}

TEST_F(RetainedTest, NoObjectsRetainNothing) {
    EXPECT_EQ(retained({}), "");
}

TEST_F(RetainedTest, TheSameObjectTwice) {
    cairn_object* a = make(plain, "a");
    EXPECT_EQ(retained({a, a}), "a");
    cairn_decref(a);
}

TEST_F(RetainedTest, ImmortalObjectsStay) {
    cairn_object* a = make(plain, "a");
    give(a, 0, make(plain, "i"));
    give(get(a, 0), 0, make(plain, "b"));
    cairn_make_immortal(get(a, 0));
    EXPECT_EQ(retained({a}), "a");
    cairn_decref(a);
}

TEST_F(RetainedTest, ExternalBytes) {
    cairn_type_spec spec = leaf_spec("buffer");
    spec.external_size = [](cairn_object*) { return size_t{1000}; };
    cairn_object* a = make(plain, "a");
    give(a, 0, make(type(spec), "b"));
    give(a, 1, make(type(spec), "c"));
    cairn_retained_size size = {};
    ASSERT_EQ(cairn_retained(heap, &a, 1, &size, nullptr, nullptr), CAIRN_OK);
    EXPECT_EQ(size.objects, 3u);
    EXPECT_EQ(size.external_bytes, 2000u);
    cairn_decref(a);
}

TEST_F(RetainedTest, AKeyRetainsItsValues) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* key = make(plain, "k");
    cairn_object* value = make(plain, "v");
    set(value, 0, key);
    ASSERT_EQ(put(map, key, value), CAIRN_OK);
    cairn_decref(value);
    EXPECT_EQ(retained({key}), "k v weakref");
    EXPECT_EQ(retained({map}), "map v weakref");
    cairn_decref(key);
    collect();
    cairn_decref(map);
}

TEST_F(RetainedTest, AValueOfAWeakValueMapRetainsItsKeyUnlessTheKeyLeadsToIt) {
    cairn_object* map = make_map(CAIRN_WEAK_VALUE_MAP);
    cairn_object* key = make(plain, "k");
    cairn_object* value = make(plain, "v");
    ASSERT_EQ(put(map, key, value), CAIRN_OK);
    cairn_decref(key);
    EXPECT_EQ(retained({value}), "k v weakref");
    set(key, 0, value);
    EXPECT_EQ(retained({value}), "");
    cairn_decref(value);
    cairn_decref(map);
    collect();
}

TEST_F(RetainedTest, EachAllocationMayFail) {
    std::vector<std::string> labels(100, "ring");
    cairn_object* a = make_ring(plain, labels);
    size_t failures = 0;
    cairn_retained_size size = {};
    for (;; ++failures) {
        memory.fail_at(failures + 1);
        const cairn_status status = cairn_retained(heap, &a, 1, &size, nullptr, nullptr);
        memory.fail_at(0);
        if (status == CAIRN_OK) {
            break;
        }
        ASSERT_EQ(status, CAIRN_NO_MEMORY);
        ASSERT_EQ(size.objects, 0u);
        ASSERT_LT(failures, 100u);
    }
    EXPECT_GE(failures, 3u);  // Members, their places, those that are reached; the first two grow.
    EXPECT_EQ(size.objects, 100u);
    cairn_decref(a);
    collect();
}

/// What the objects reach, with what weak containers hold for it, by the header's rules.
std::set<cairn_object*> closure_of(const std::vector<cairn_object*>& objects,
                                   const std::vector<RandomGraph::Entry>& entries) {
    std::set<cairn_object*> closure(objects.begin(), objects.end());
    std::vector<cairn_object*> pending(objects);
    const auto add = [&](cairn_object* object) {
        if (object != nullptr && closure.insert(object).second) {
            pending.push_back(object);
        }
    };
    while (!pending.empty()) {
        cairn_object* object = pending.back();
        pending.pop_back();
        for (const RandomGraph::Edge& edge : RandomGraph::edges(object)) {
            if (!edge.is_weak()) {
                add(edge.to);
            }
        }
        for (const RandomGraph::Entry& entry : entries) {
            if (entry.weak == object) {
                add(entry.ref);
                add(entry.strong);
            }
        }
    }
    return closure;
}

/// Removes all references to `targets` but those from `closure`. Returns how many entries of weak
/// containers went with that.
size_t let_go(RandomGraph& graph,
              const std::set<cairn_object*>& targets,
              const std::set<cairn_object*>& closure,
              const std::vector<RandomGraph::Entry>& entries) {
    size_t removed = 0;
    for (cairn_object* target : targets) {
        graph.take(target, 1);  // Nothing dies before the end.
    }
    for (cairn_object* object : graph.objects()) {
        if (closure.count(object) == 0) {
            graph.cut(object, targets);
        }
    }
    for (const RandomGraph::Entry& entry : entries) {
        if (targets.count(entry.strong) != 0 && closure.count(entry.map) == 0 &&
            closure.count(entry.weak) == 0) {
            const bool by_key = cairn_weakmap_kind(entry.map) == CAIRN_WEAK_KEY_MAP;
            EXPECT_EQ(cairn_weakmap_delete(entry.map, by_key ? entry.weak : entry.strong),
                      CAIRN_OK);
            ++removed;
        }
    }
    for (cairn_object* target : targets) {
        while (graph.held.count(target) != 0) {
            graph.release(target);
        }
    }
    return removed;
}

TEST(RetainedModel, RandomHeaps) {
    for (uint32_t seed = 1; seed <= 1000 && !testing::Test::HasFailure(); ++seed) {
        RandomGraph graph(seed);
        if (graph.live() == 0) {
            continue;
        }
        std::set<cairn_object*> targets;
        for (size_t i = 0; i <= graph.below(3); ++i) {
            targets.insert(graph.any());
        }
        const std::vector<RandomGraph::Entry> entries = graph.entries();
        for (const RandomGraph::Entry& entry : entries) {
            targets.erase(entry.ref);  // Nobody but its container holds it.
        }
        const std::vector<cairn_object*> objects(targets.begin(), targets.end());
        std::vector<cairn_object*> dying;
        cairn_retained_size size = {};
        ASSERT_EQ(cairn_retained(
                      graph.heap,
                      objects.data(),
                      objects.size(),
                      &size,
                      [](cairn_object* object, void* data) {
                          static_cast<std::vector<cairn_object*>*>(data)->push_back(object);
                          return 1;
                      },
                      &dying),
                  CAIRN_OK);
        ASSERT_EQ(dying.size(), size.objects);
        const size_t before = graph.live();
        const size_t removed = let_go(graph, targets, closure_of(objects, entries), entries);
        graph.collect();
        ASSERT_EQ(before - graph.live(), size.objects + removed) << "seed " << seed;
        const std::vector<cairn_object*> left = graph.objects();
        const std::set<cairn_object*> living(left.begin(), left.end());
        for (cairn_object* object : dying) {
            ASSERT_EQ(living.count(object), 0u) << "seed " << seed;
        }
    }
}

class QueueRetainedTest : public RetainedTest {
  public:
    QueueRetainedTest() : RetainedTest(CAIRN_HEAP_QUEUE_FINALIZERS) {}
};

TEST_F(QueueRetainedTest, WhatWaitsInTheQueueIsHeldByIt) {
    cairn_object* a = make(fin, "a");
    cairn_object* b = make(logged, "b");
    set(a, 0, b);
    set(b, 0, a);
    cairn_decref(a);
    cairn_decref(b);
    collect();
    ASSERT_EQ(cairn_finalizers_pending(heap), 1u);
    EXPECT_EQ(retained({b}), "");
    cairn_finalizers_run(heap, 0, 0);
    collect();
}

TEST_F(RetainedTest, TheVisitStopsWhenTheVisitorSaysSo) {
    cairn_object* a = make_ring(plain, {"a", "b", "c"});
    cairn_retained_size size = {};
    size_t visits = 0;
    const auto once = [](cairn_object*, void* data) { return ++*static_cast<size_t*>(data), 0; };
    EXPECT_EQ(cairn_retained(heap, &a, 1, &size, once, &visits), CAIRN_OK);
    EXPECT_EQ(visits, 1u);
    EXPECT_EQ(size.objects, 3u) << "the size is that of all";
    cairn_decref(a);
    collect();
}

}  // namespace
}  // namespace cairn_test
