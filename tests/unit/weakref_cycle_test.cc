// SPDX-License-Identifier: MIT
/// Weak references whose referents die in cycles, and weak references in cycles.
#include "heap_test.h"

namespace cairn_test {
namespace {

class WeakrefCycleTest : public HeapTest {
  public:
    using HeapTest::HeapTest;

  protected:
    cairn_object* hold(cairn_object* object) {
        held_.push_back(object);
        return object;
    }

    void let_go() {
        for (cairn_object* object : std::exchange(held_, {})) {
            cairn_decref(object);
        }
    }

    void TearDown() override {
        let_go();
        collect();
        HeapTest::TearDown();
    }

    std::vector<cairn_object*> held_;
};

TEST_F(WeakrefCycleTest, ReferencesAreClearedAndCallBack) {
    cairn_object* a = make_ring(logged, {"a", "b"});
    cairn_object* shared = hold(weak(a));
    cairn_object* w = hold(weak(get(a, 0), "w"));
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(deref(shared), "a");
    cairn_decref(a);
    EXPECT_EQ(deref(shared), "a");
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(deref(shared), "-");
    EXPECT_EQ(deref(w), "-");
    EXPECT_EQ(count_events("cb w"), 1u);
}

TEST_F(WeakrefCycleTest, CallbacksComeBeforeFinalizersBeforeDeallocs) {
    cairn_object* a = make_ring(fin, {"a", "b"});
    hold(weak(a, "a"));
    hold(weak(get(a, 0), "b"));
    cairn_decref(a);
    collect();
    const std::vector<std::string> events = log();
    ASSERT_EQ(events.size(), 6u);
    for (size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(events[i].substr(0, 2), "cb");
        EXPECT_EQ(events[i + 2].substr(0, 3), "fin");
        EXPECT_EQ(events[i + 4].substr(0, 7), "dealloc");
    }
}

TEST_F(WeakrefCycleTest, CallbacksOfOneObjectRunNewestFirst) {
    cairn_object* a = make(logged, "a");
    set(a, 0, a);
    for (const char* label : {"1", "2", "3"}) {
        hold(weak(a, label));
    }
    cairn_decref(a);
    collect();
    EXPECT_EQ(take_log(), "cb 3, cb 2, cb 1, dealloc a");
}

TEST_F(WeakrefCycleTest, AllReferencesToAllGarbageAreClearedBeforeTheFirstCall) {
    std::vector<cairn_object*> refs;
    const Action look = [&](cairn_object*) {
        for (cairn_object* ref : refs) {
            EXPECT_EQ(deref(ref), "-");
        }
        return CAIRN_OK;
    };
    for (int i = 0; i < 20; ++i) {
        cairn_object* a = make_ring(logged, {"a", "b"});
        refs.push_back(hold(weak(a)));
        refs.push_back(hold(weak(a, "w", look)));
        refs.push_back(hold(weak(get(a, 0), "w", look)));
        cairn_decref(a);
    }
    EXPECT_EQ(collect(), 40u);
    EXPECT_EQ(count_events("cb w"), 40u);
}

TEST_F(WeakrefCycleTest, FinalizersSeeReferencesCleared) {
    cairn_object* a = make_ring(fin, {"a", "b"});
    cairn_object* shared = hold(weak(a));
    cairn_object* w = hold(weak(a, "w"));
    const Action look = [&](cairn_object*) {
        EXPECT_EQ(deref(shared), "-");
        EXPECT_EQ(deref(w), "-");
        return CAIRN_OK;
    };
    on_finalize("a", look);
    on_finalize("b", look);
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
}

TEST_F(WeakrefCycleTest, ResurrectedObjectHasLostItsReferences) {
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        hold(cairn_new_ref(self));
        return CAIRN_OK;
    });
    set(a, 0, a);
    cairn_object* shared = hold(weak(a));
    hold(weak(a, "w"));
    cairn_decref(a);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(take_log(), "cb w, fin a");
    EXPECT_EQ(deref(shared), "-");
    EXPECT_EQ(cairn_weakref_count(a), 0u);
    cairn_object* again = hold(weak(a));
    EXPECT_NE(again, shared);
    EXPECT_EQ(deref(again), "a");
    let_go();
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(take_log(), "dealloc a");
}

TEST_F(WeakrefCycleTest, ReferenceThatIsGarbageTooIsSilent) {
    cairn_object* a = make_ring(logged, {"a", "b"});
    give(a, 1, weak(a, "to a"));
    give(get(a, 0), 1, weak(a, "to a as well"));
    give(get(a, 0), 2, weak(a));
    cairn_decref(a);
    EXPECT_EQ(collect(), 5u);  // Weak references are counted.
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b");
}

TEST_F(WeakrefCycleTest, GarbageReferenceToALivingObjectIsSilentAndForgotten) {
    cairn_object* live = make(logged, "live");
    cairn_object* a = make(logged, "a");
    set(a, 0, a);
    give(a, 1, weak(live, "w"));
    cairn_decref(a);
    EXPECT_EQ(cairn_weakref_count(live), 1u);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(cairn_weakref_count(live), 0u);
    cairn_decref(live);
    EXPECT_EQ(take_log(), "dealloc a, dealloc live");
}

TEST_F(WeakrefCycleTest, GarbageReferenceToALeafThatGarbageHoldsIsSilent) {
    // The leaf is no candidate: it dies by its count while the cycle is taken apart.
    cairn_object* a = make(logged, "a");
    set(a, 0, a);
    give(a, 1, make(leaf, "leaf"));
    give(a, 2, weak(get(a, 1), "w"));
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc leaf");
}

TEST_F(WeakrefCycleTest, LivingReferenceToALeafThatGarbageHoldsCallsBack) {
    cairn_object* a = make(logged, "a");
    set(a, 0, a);
    give(a, 1, make(leaf, "leaf"));
    cairn_object* w = hold(weak(get(a, 1), "w"));
    cairn_decref(a);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(take_sorted_log(), "cb w, dealloc a, dealloc leaf");
    EXPECT_EQ(deref(w), "-");
}

TEST_F(WeakrefCycleTest, CycleThroughACallbackArgumentIsCollected) {
    cairn_object* a = make(logged, "a");
    give(a, 0, weak(a, "w", nullptr, a));
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_log(), "dealloc a");
}

TEST_F(WeakrefCycleTest, LivingReferenceWithTheReferentAsArgumentKeepsTheCycleAlive) {
    cairn_object* a = make_ring(logged, {"a", "b"});
    cairn_object* w = weak(a, "w", nullptr, a);
    cairn_decref(a);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(deref(w), "a");
    cairn_decref(w);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b");
}

TEST_F(WeakrefCycleTest, ReferenceThatDiesThroughItsOwnCallbackIsCounted) {
    cairn_object* variable = nullptr;
    cairn_object* a = make(logged, "a");
    set(a, 0, a);
    variable = weak(a, "w", [&](cairn_object*) {
        cairn_clear(&variable);
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_log(), "cb w, dealloc a");
}

TEST_F(WeakrefCycleTest, CallbackRunsEvenIfAnotherDropsItsReference) {
    cairn_object* a = make(logged, "a");
    set(a, 0, a);
    cairn_object* older = weak(a, "older");
    hold(weak(a, "newer", [&](cairn_object*) {
        cairn_clear(&older);
        return CAIRN_OK;
    }));
    cairn_decref(a);
    collect();
    EXPECT_EQ(take_log(), "cb newer, cb older, dealloc a");
}

TEST_F(WeakrefCycleTest, ReferenceMadeInAFinalizerIsClearedSilently) {
    cairn_object* made = nullptr;
    cairn_object* shared = nullptr;
    cairn_object* a = make_ring(fin, {"a", "b"});
    on_finalize("a", [&](cairn_object* self) {
        made = weak(self, "made");
        shared = weak(get(self, 0));
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(count_events("cb made"), 0u);
    EXPECT_EQ(deref(made), "-");
    EXPECT_EQ(deref(shared), "-");
    cairn_decref(made);
    cairn_decref(shared);
}

TEST_F(WeakrefCycleTest, ReferenceMadeInAFinalizerToAResurrectedObjectStays) {
    cairn_object* made = nullptr;
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        made = weak(self, "made");
        hold(cairn_new_ref(self));
        return CAIRN_OK;
    });
    set(a, 0, a);
    cairn_decref(a);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(deref(made), "a");
    let_go();
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(take_log(), "fin a, cb made, dealloc a");
    cairn_decref(made);
}

TEST_F(WeakrefCycleTest, CallbackCannotReachGarbage) {
    cairn_object* a = make_ring(logged, {"a", "b"});
    cairn_object* inner = hold(weak(get(a, 0)));
    cairn_object* caught = nullptr;
    hold(weak(a, "w", [&](cairn_object*) {
        caught = cairn_weakref_get(inner);
        EXPECT_EQ(objects(), "");
        return CAIRN_OK;
    }));
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(caught, nullptr);
}

TEST_F(WeakrefCycleTest, OldObjectsCallbackDoesNotSeeYoungGarbage) {
    // The old object dies by its count while young garbage is taken apart; its callback looks at
    // that garbage through a reference without a callback.
    cairn_object* old = make(logged, "old");
    collect();
    cairn_object* a = make_ring(logged, {"a", "b"});
    give(a, 1, old);
    cairn_object* shared = hold(weak(a));
    std::string seen = "not called";
    hold(weak(old, "of old", [&](cairn_object*) {
        seen = deref(shared);
        return CAIRN_OK;
    }));
    cairn_decref(a);
    EXPECT_EQ(collect(0), 2u);
    EXPECT_EQ(seen, "-");
    EXPECT_EQ(count_events("dealloc old"), 1u);
}

TEST_F(WeakrefCycleTest, YoungCollectionLeavesReferencesToOldGarbageAlone) {
    cairn_object* a = make_ring(logged, {"a", "b"});
    collect();
    cairn_object* w = hold(weak(a, "w"));
    cairn_decref(a);
    EXPECT_EQ(collect(1), 0u);
    EXPECT_EQ(deref(w), "a");
    EXPECT_EQ(collect(2), 2u);
    EXPECT_EQ(count_events("cb w"), 1u);
}

TEST_F(WeakrefCycleTest, TypedReferencesInCyclesAreCollected) {
    struct TypedRef {
        unsigned char library[CAIRN_WEAKREF_SIZE];
        cairn_object* slot;
    };
    cairn_type_spec spec = {};
    spec.name = "typed";
    spec.flags = CAIRN_TYPE_WEAKREF;
    spec.object_size = sizeof(TypedRef);
    spec.slots_offset = CAIRN_WEAKREF_SIZE;
    spec.slot_count = 1;
    cairn_object* a = make(logged, "a");
    cairn_object* t =
        cairn_weakref_new_typed(type(spec), a, callback(), nullptr, callback_data("t"));
    // The reference owns its referent through its payload, and is owned by it.
    reinterpret_cast<TypedRef*>(t)->slot = a;
    give(a, 0, t);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_log(), "dealloc a");
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(WeakrefCycleTest, FailingCallbacksAreReportedAndTheCollectionGoesOn) {
    for (int i = 0; i < 5; ++i) {
        cairn_object* a = make_ring(fin, {"a", "b"});
        hold(weak(a, "w", [](cairn_object*) { return CAIRN_USER_ERROR; }));
        cairn_decref(a);
    }
    EXPECT_EQ(collect(), 10u);
    EXPECT_EQ(unraisables.size(), 5u);
    EXPECT_EQ(count_events("dealloc a"), 5u);
    for (const Unraisable& failure : unraisables) {
        EXPECT_EQ(failure.place, CAIRN_PLACE_WEAKREF_CALLBACK);
    }
}

TEST_F(WeakrefCycleTest, CallbackMayDropTheLastReferenceToOtherGarbageOfTheSameCollection) {
    cairn_object* a = make(logged, "a");
    set(a, 0, a);
    cairn_object* other = make_ring(logged, {"x", "y"});
    hold(weak(a, "w", [&other](cairn_object*) {
        cairn_clear(&other);
        return CAIRN_OK;
    }));
    cairn_decref(a);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_sorted_log(), "cb w, dealloc a, dealloc x, dealloc y");
}

TEST_F(WeakrefCycleTest, ManyReferencesToManyObjectsInOneCollection) {
    constexpr size_t kRings = 3000;
    for (size_t i = 0; i < kRings; ++i) {
        cairn_object* a = make_ring(plain, {"a", "b", "c"});
        hold(weak(a, "out"));
        hold(weak(get(a, 0)));
        give(a, 1, weak(a, "in"));
        cairn_decref(a);
    }
    EXPECT_TRUE(verify());
    EXPECT_EQ(collect(), kRings * 4);
    EXPECT_EQ(count_events("cb out"), kRings);
    EXPECT_EQ(count_events("cb in"), 0u);
    EXPECT_EQ(usage().objects, kRings * 2);
}

}  // namespace
}  // namespace cairn_test
