// SPDX-License-Identifier: MIT
/// Introspection: what is listed, what is not, and that lists own what they hold.
#include <algorithm>
#include <iterator>
#include <random>
#include <vector>

#include "heap/heap.h"
#include "heap_test.h"

namespace cairn_test {
namespace {

class InspectTest : public HeapTest {
  protected:
    struct Visit {
        std::vector<cairn_object*> seen;
        size_t stop_after = SIZE_MAX;
    };

    static int visit(cairn_object* object, void* user_data) {
        auto* self = static_cast<Visit*>(user_data);
        self->seen.push_back(object);
        return self->seen.size() < self->stop_after ? 1 : 0;
    }
};

TEST_F(InspectTest, AListOfObjectsIsMadeInOnePiece) {
    std::vector<cairn_object*> held;
    for (int i = 0; i < 10000; ++i) {
        held.push_back(cairn_new(plain));
    }
    const uint64_t before = cairn_allocation_requests_for_testing(heap);
    cairn_objects objects;
    ASSERT_EQ(cairn_get_objects(heap, -1, &objects), CAIRN_OK);
    EXPECT_LE(cairn_allocation_requests_for_testing(heap), before + 1);
    cairn_objects_release(heap, &objects);
    for (cairn_object* object : held) {
        cairn_decref(object);
    }
}

TEST_F(InspectTest, ListOwnsItsObjects) {
    cairn_object* a = make(logged, "a");
    cairn_objects list = {};
    EXPECT_EQ(cairn_get_objects(heap, -1, &list), CAIRN_OK);
    ASSERT_EQ(list.count, 1u);
    EXPECT_EQ(list.items[0], a);
    EXPECT_EQ(cairn_refcount(a), 2u);
    cairn_decref(a);
    EXPECT_EQ(take_log(), "");
    EXPECT_EQ(label_of(list.items[0]), "a");
    cairn_objects_release(heap, &list);
    EXPECT_EQ(take_log(), "dealloc a");
    EXPECT_EQ(list.count, 0u);
    cairn_objects_release(heap, &list);
}

TEST_F(InspectTest, EmptyListsAreLists) {
    cairn_objects list = {nullptr, 77};
    EXPECT_EQ(cairn_get_objects(heap, -1, &list), CAIRN_OK);
    EXPECT_EQ(list.count, 0u);
    cairn_objects_release(heap, &list);
    EXPECT_EQ(cairn_get_referrers(heap, nullptr, 0, &list), CAIRN_OK);
    EXPECT_EQ(list.count, 0u);
    cairn_objects_release(heap, &list);
    EXPECT_EQ(heap->lists.count, 0u) << "one that is empty need not be released";
}

TEST_F(InspectTest, NoGenerationIsRefused) {
    cairn_objects list = {nullptr, 77};
    for (const int generation : {-2, 3, 100}) {
        EXPECT_EQ(cairn_get_objects(heap, generation, &list), CAIRN_INVALID);
    }
    EXPECT_EQ(list.count, 77u);
}

TEST_F(InspectTest, ReleaseMayRunUserCode) {
    cairn_object* a = make_fin("a", [&](cairn_object*) {
        cairn_objects inner = {};
        EXPECT_EQ(cairn_get_objects(heap, -1, &inner), CAIRN_OK);
        cairn_objects_release(heap, &inner);
        return CAIRN_OK;
    });
    cairn_object* b = make_fin("b");
    cairn_objects list = {};
    EXPECT_EQ(cairn_get_objects(heap, -1, &list), CAIRN_OK);
    cairn_decref(a);
    cairn_decref(b);
    cairn_objects_release(heap, &list);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b, fin a, fin b");
}

TEST_F(InspectTest, ReferentsIncludeLeavesAndUntrackedObjects) {
    cairn_object* a = make(logged, "a");
    give(a, 0, make(leaf, "b"));
    give(a, 1, make(by_hand, "c"));
    give(a, 3, weak(a));
    EXPECT_EQ(referents(a), "b c weakref");
    cairn_decref(a);
}

TEST_F(InspectTest, ReferentsOfALeafAreNone) {
    cairn_object* a = make(leaf, "a");
    EXPECT_EQ(referents(a), "");
    cairn_decref(a);
}

TEST_F(InspectTest, ReferrersComeOnceEachHoweverOftenTheyRefer) {
    cairn_object* target = make(logged, "target");
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(custom, "b");
    cairn_object* c = make_array(1000, "c");
    cairn_object* other = make(logged, "other");
    set(a, 0, target);
    set(a, 1, target);
    set(a, 2, other);
    set(b, 3, target);
    *item(c, 999) = cairn_new_ref(target);
    set(target, 0, target);
    EXPECT_EQ(referrers({target}), "a b c target");
    EXPECT_EQ(referrers({other}), "a");
    EXPECT_EQ(referrers({target, other}), "a b c target");
    EXPECT_EQ(referrers({a}), "");
    cairn_clear(slot(target, 0));
    for (cairn_object* object : {a, b, c, other, target}) {
        cairn_decref(object);
    }
}

// A page is looked at in two halves, and the first cell of the next one follows.
TEST_F(InspectTest, ReferrersOnEachPageComeOnce) {
    cairn_object* target = make(leaf, "target");
    for (const uint32_t size : {48u, 64u, 80u, 512u, 1024u, 2048u, 4096u, 8192u}) {
        cairn_type_spec spec = {};
        spec.name = "sized";
        spec.object_size = size;
        spec.slots_offset = size - 8;
        spec.slot_count = 1;
        cairn_type* sized = type(spec);
        std::vector<cairn_object*> made(600);
        for (cairn_object*& object : made) {
            object = cairn_new(sized);
            *reinterpret_cast<cairn_object**>(reinterpret_cast<char*>(object) + size - 8) =
                cairn_new_ref(target);
        }
        cairn_objects list = {};
        EXPECT_EQ(cairn_get_referrers(heap, &target, 1, &list), CAIRN_OK);
        EXPECT_EQ(list.count, made.size()) << size;
        cairn_objects_release(heap, &list);
        for (cairn_object* object : made) {
            cairn_decref(object);
        }
    }
    cairn_decref(target);
}

TEST_F(InspectTest, ReferrersOfManyTargetsAreFoundInOnePass) {
    std::vector<cairn_object*> targets;
    std::vector<cairn_object*> holders;
    for (int i = 0; i < 500; ++i) {
        targets.push_back(make(leaf, "t"));
        holders.push_back(make(logged, "h"));
        set(holders.back(), 0, targets.back());
    }
    cairn_objects list = {};
    EXPECT_EQ(cairn_get_referrers(heap, targets.data(), targets.size(), &list), CAIRN_OK);
    EXPECT_EQ(list.count, 500u);
    cairn_objects_release(heap, &list);
    EXPECT_EQ(cairn_get_referrers(heap, targets.data(), 7, &list), CAIRN_OK);
    EXPECT_EQ(list.count, 7u);
    cairn_objects_release(heap, &list);
    log_deaths = false;
    for (size_t i = 0; i < targets.size(); ++i) {
        cairn_decref(targets[i]);
        cairn_decref(holders[i]);
    }
}

TEST_F(InspectTest, ReferrersAreThoseWhoseReferentsSaySo) {
    log_deaths = false;
    std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same numbers in each run
    std::vector<cairn_object*> objects;
    cairn_type* const types[] = {plain, logged, custom, leaf, by_hand};
    for (size_t i = 0; i < 3000; ++i) {
        objects.push_back(make(types[i % std::size(types)], "o"));
    }
    for (size_t i = 0; i < objects.size(); ++i) {
        for (size_t slot = 0; slot < 2 && i % std::size(types) != 3; ++slot) {
            set(objects[i], slot, objects[random() % objects.size()]);
        }
    }
    // Of those that are tracked by hand, some that stay are not.
    const auto track = [this](cairn_object* object) {
        if (cairn_type_of(object) == by_hand && cairn_gc_is_tracked(object) == 0) {
            (void)cairn_gc_track(object);
        }
    };
    for (size_t i = 0; i < objects.size(); ++i) {
        if (i % 3 != 0 || i % 2 == 0) {
            track(objects[i]);
        }
    }
    // Many are garbage now, and many cells free, with their slots as they were.
    for (size_t i = 0; i < objects.size(); ++i) {
        if (i % 3 != 0) {
            cairn_decref(objects[i]);
            objects[i] = nullptr;
        }
    }
    collect();
    std::erase(objects, nullptr);
    cairn_objects all = {};
    ASSERT_EQ(cairn_get_objects(heap, -1, &all), CAIRN_OK);
    for (const size_t count : {1U, 2U, 10U, 300U}) {
        std::shuffle(objects.begin(), objects.end(), random);
        const auto is_target = [&](cairn_object* object) {
            return std::find(objects.data(), objects.data() + count, object) !=
                   objects.data() + count;
        };
        std::vector<cairn_object*> expected;
        for (size_t i = 0; i < all.count; ++i) {
            cairn_objects referents = {};
            ASSERT_EQ(cairn_get_referents(all.items[i], &referents), CAIRN_OK);
            if (std::any_of(referents.items, referents.items + referents.count, is_target)) {
                expected.push_back(all.items[i]);
            }
            cairn_objects_release(heap, &referents);
        }
        cairn_objects found = {};
        ASSERT_EQ(cairn_get_referrers(heap, objects.data(), count, &found), CAIRN_OK);
        EXPECT_EQ(std::vector<cairn_object*>(found.items, found.items + found.count), expected);
        cairn_objects_release(heap, &found);
    }
    cairn_objects_release(heap, &all);
    for (cairn_object* object : objects) {
        track(object);  // Only what is tracked can be collected.
    }
    for (cairn_object* object : objects) {
        cairn_decref(object);
    }
}

TEST_F(InspectTest, RepeatedTargetsChangeNothing) {
    cairn_object* target = make(leaf, "target");
    cairn_object* a = make(logged, "a");
    set(a, 0, target);
    EXPECT_EQ(referrers({target, target, target}), "a");
    cairn_decref(target);
    cairn_decref(a);
}

TEST_F(InspectTest, ReferrersOfALeafAreFoundInEveryGeneration) {
    cairn_object* target = make(leaf, "target");
    cairn_object* all[3] = {};
    for (size_t i = 0; i < 3; ++i) {
        all[i] = make(logged, std::to_string(i));
        set(all[i], 0, target);
        collect(i == 0 ? 1 : 0);
    }
    EXPECT_EQ(referrers({target}), "0 1 2");
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
    cairn_decref(target);
}

TEST_F(InspectTest, VisitSeesEveryLiveObjectOnce) {
    std::vector<cairn_object*> all = {make(plain, "a"),
                                      make(leaf, "b"),
                                      make(by_hand, "c"),
                                      make_array(100000, "d"),
                                      make(logged, "e")};
    collect();
    all.push_back(make(custom, "f"));
    cairn_gc_freeze(heap);
    all.push_back(weak(all[1], "w"));
    cairn_make_immortal(all[4]);
    cairn_decref(make(plain, "dead"));
    Visit visited;
    cairn_visit_objects(heap, &visit, &visited);
    std::sort(all.begin(), all.end());
    std::sort(visited.seen.begin(), visited.seen.end());
    EXPECT_EQ(visited.seen, all);
    EXPECT_EQ(usage().objects, all.size());
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
}

TEST_F(InspectTest, VisitStopsWhenTold) {
    std::vector<cairn_object*> all;
    for (int i = 0; i < 1000; ++i) {
        all.push_back(make(plain, "a"));
    }
    Visit visited;
    visited.stop_after = 10;
    cairn_visit_objects(heap, &visit, &visited);
    EXPECT_EQ(visited.seen.size(), 10u);
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
}

TEST_F(InspectTest, FoundUnreachableObjectsAreNotListed) {
    cairn_object* live = make(logged, "live");
    cairn_object* a = make_ring(fin, {"a", "b"});
    set(a, 1, live);
    const Action look = [&](cairn_object* self) {
        EXPECT_EQ(objects(), "live");
        EXPECT_EQ(objects(1), "live");  // It survived already.
        EXPECT_EQ(referrers({live}), "");
        EXPECT_EQ(referrers({self}), "");
        EXPECT_TRUE(verify());
        return CAIRN_OK;
    };
    on_finalize("a", look);
    on_finalize("b", look);
    cairn_object* w = weak(a, "w", [&](cairn_object*) {
        EXPECT_EQ(objects(), "live");
        EXPECT_EQ(referrers({live}), "");
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(collect(0), 2u);
    EXPECT_EQ(count_events("fin a") + count_events("fin b") + count_events("cb w"), 3u);
    cairn_decref(live);
    cairn_decref(w);
}

TEST_F(InspectTest, SurvivorsAreListedAsPromotedDuringTheFinalizers) {
    cairn_object* live = make(logged, "live");
    std::string seen;
    cairn_object* a = make_fin("a", [&](cairn_object*) {
        seen = objects(0) + "|" + objects(1) + "|" + objects(2);
        return CAIRN_OK;
    });
    set(a, 0, a);
    cairn_decref(a);
    collect(0);
    EXPECT_EQ(seen, "|live|");
    cairn_decref(live);
}

TEST_F(InspectTest, ListTakenInAFinalizerHoldsNoGarbage) {
    // What the list holds must survive the collection that it was taken in.
    cairn_objects list = {};
    cairn_object* live = make(logged, "live");
    cairn_object* a = make_fin("a", [&](cairn_object*) {
        EXPECT_EQ(cairn_get_objects(heap, -1, &list), CAIRN_OK);
        return CAIRN_OK;
    });
    set(a, 0, a);
    cairn_decref(a);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(labels(&list), "live");
    cairn_decref(live);
}

TEST_F(InspectTest, ListsAreTakenAtEveryStageOfADeath) {
    cairn_object* keep = make(logged, "keep");
    const Action look = [&](cairn_object*) {
        note("[" + objects() + "|" + referrers({keep}) + "]");
        return CAIRN_OK;
    };
    cairn_object* a = make_fin("a", look);
    give(a, 0, make_fin("b", look));
    set(a, 1, keep);
    cairn_object* w = weak(a, "w", look);
    cairn_decref(a);
    // An object is listed until its finalizer is over: so far it may be resurrected. Its child
    // lives on until the slots are dropped.
    EXPECT_EQ(take_log(),
              "fin a, [a b keep|a], cb w, [b keep|], fin b, [b keep|], dealloc b, dealloc a");
    cairn_decref(w);
    cairn_decref(keep);
}

}  // namespace
}  // namespace cairn_test
