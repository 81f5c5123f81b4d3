// SPDX-License-Identifier: MIT
/// Callbacks of weak references whose referents die by their count.
#include "heap_test.h"

namespace cairn_test {
namespace {

class WeakrefCallbackTest : public HeapTest {
  protected:
    cairn_object* hold(cairn_object* object) {
        held_.push_back(object);
        return object;
    }

    void TearDown() override {
        for (cairn_object* object : std::exchange(held_, {})) {
            cairn_decref(object);
        }
        HeapTest::TearDown();
    }

    std::vector<cairn_object*> held_;
};

TEST_F(WeakrefCallbackTest, RunsOnceAfterTheReferentsDeath) {
    cairn_object* a = make(logged, "a");
    cairn_object* w = hold(weak(a, "w"));
    EXPECT_TRUE(cairn_weakref_has_callback(w));
    cairn_decref(a);
    EXPECT_EQ(take_log(), "cb w, dealloc a");
    EXPECT_FALSE(cairn_weakref_has_callback(w));
}

TEST_F(WeakrefCallbackTest, NewestRunsFirst) {
    cairn_object* a = make(logged, "a");
    for (const char* label : {"1", "2", "3", "4"}) {
        hold(weak(a, label));
        hold(weak(a));
    }
    cairn_decref(a);
    EXPECT_EQ(take_log(), "cb 4, cb 3, cb 2, cb 1, dealloc a");
}

TEST_F(WeakrefCallbackTest, AllReferencesAreClearedBeforeTheFirstCall) {
    cairn_object* a = make(logged, "a");
    std::vector<cairn_object*> refs;
    const Action look = [&](cairn_object* ref) {
        EXPECT_TRUE(cairn_weakref_is_cleared(ref));
        for (cairn_object* other : refs) {
            EXPECT_EQ(deref(other), "-");
        }
        return CAIRN_OK;
    };
    refs = {weak(a), weak(a, "1", look), weak(a, "2", look)};
    cairn_decref(a);
    EXPECT_EQ(take_log(), "cb 2, cb 1, dealloc a");
    held_ = refs;
}

TEST_F(WeakrefCallbackTest, ReferenceThatDiesFirstIsSilent) {
    cairn_object* a = make(logged, "a");
    cairn_object* w = weak(a, "w");
    cairn_decref(w);
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc a");
}

TEST_F(WeakrefCallbackTest, GetsItsOwnReferenceArgumentAndUserData) {
    struct Given {
        cairn_object* ref = nullptr;
        cairn_object* argument = nullptr;
        int calls = 0;

        static cairn_status run(cairn_object* ref, cairn_object* argument, void* user_data) {
            auto* given = static_cast<Given*>(user_data);
            *given = {ref, argument, given->calls + 1};
            return CAIRN_OK;
        }
    } given;
    cairn_object* a = make(logged, "a");
    cairn_object* argument = make(logged, "argument");
    cairn_object* w = hold(cairn_weakref_new(a, &Given::run, argument, &given));
    cairn_decref(a);
    EXPECT_EQ(given.ref, w);
    EXPECT_EQ(given.argument, argument);
    EXPECT_EQ(given.calls, 1);
    hold(argument);
}

TEST_F(WeakrefCallbackTest, ArgumentLivesUntilTheCallbackWasCalled) {
    cairn_object* a = make(logged, "a");
    cairn_object* argument = make(logged, "argument");
    hold(weak(a, "w", nullptr, argument));
    cairn_decref(argument);
    EXPECT_EQ(take_log(), "");
    cairn_decref(a);
    EXPECT_EQ(take_log(), "cb w, dealloc argument, dealloc a");
}

TEST_F(WeakrefCallbackTest, ArgumentMayBeTheReferent) {
    // The object then lives as long as its reference.
    cairn_object* a = make(logged, "a");
    cairn_object* w = weak(a, "w", nullptr, a);
    cairn_decref(a);
    EXPECT_EQ(deref(w), "a");
    EXPECT_EQ(collect(), 0u);
    cairn_decref(w);
    EXPECT_EQ(take_log(), "dealloc a");
}

TEST_F(WeakrefCallbackTest, RunsForAReferenceThatTheReferentHolds) {
    cairn_object* a = make(logged, "a");
    give(a, 0, weak(a, "w"));
    cairn_decref(a);
    EXPECT_EQ(take_log(), "cb w, dealloc a");
}

TEST_F(WeakrefCallbackTest, DyingHolderDropsReferentThenReference) {
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    give(a, 0, b);
    give(a, 1, weak(b, "w"));
    cairn_decref(a);
    EXPECT_EQ(take_log(), "cb w, dealloc b, dealloc a");
}

TEST_F(WeakrefCallbackTest, DyingHolderDropsReferenceThenReferent) {
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    give(a, 0, weak(b, "w"));
    give(a, 1, b);
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc b, dealloc a");
}

TEST_F(WeakrefCallbackTest, MayDropItsOwnReference) {
    cairn_object* a = make(logged, "a");
    cairn_object* variable = nullptr;
    variable = weak(a, "w", [&](cairn_object* ref) {
        EXPECT_EQ(ref, variable);
        cairn_clear(&variable);
        EXPECT_TRUE(cairn_is_weakref(ref));  // It is alive during the call.
        EXPECT_TRUE(cairn_weakref_is_cleared(ref));
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(take_log(), "cb w, dealloc a");
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(WeakrefCallbackTest, RunsEvenIfAnEarlierOneDropsItsReference) {
    cairn_object* a = make(logged, "a");
    cairn_object* older = nullptr;
    older = weak(a, "older");
    hold(weak(a, "newer", [&](cairn_object*) {
        cairn_clear(&older);
        return CAIRN_OK;
    }));
    cairn_decref(a);
    EXPECT_EQ(take_log(), "cb newer, cb older, dealloc a");
    EXPECT_EQ(older, nullptr);
}

TEST_F(WeakrefCallbackTest, FailuresAreReportedEachAndAllRun) {
    cairn_object* a = make(logged, "a");
    cairn_object* refs[3];
    for (cairn_object*& ref : refs) {
        ref = hold(weak(a, "w", [](cairn_object*) { return CAIRN_USER_ERROR; }));
    }
    cairn_decref(a);
    EXPECT_EQ(take_log(),
              "cb w, unraisable callback, cb w, unraisable callback, cb w, unraisable callback, "
              "dealloc a");
    ASSERT_EQ(unraisables.size(), 3u);
    for (size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(unraisables[i].object, refs[2 - i]);
        EXPECT_EQ(unraisables[i].status, CAIRN_USER_ERROR);
    }
}

TEST_F(WeakrefCallbackTest, MayAllocateCollectAndMakeReferences) {
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    hold(weak(a, "w", [&](cairn_object*) {
        cairn_decref(make_ring(logged, {"x", "y"}));
        EXPECT_EQ(collect(), 2u);
        hold(weak(b, "late"));
        EXPECT_TRUE(verify());
        return CAIRN_OK;
    }));
    cairn_decref(a);
    EXPECT_EQ(count_events("dealloc a"), 1u);
    cairn_decref(b);
    EXPECT_EQ(count_events("cb late"), 1u);
}

TEST_F(WeakrefCallbackTest, MayEndTheReferentOfAnotherReference) {
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    hold(weak(b, "of b"));
    hold(weak(a, "of a", [&](cairn_object*) {
        cairn_decref(b);
        note("after");
        return CAIRN_OK;
    }));
    cairn_decref(a);
    EXPECT_EQ(take_log(), "cb of a, cb of b, dealloc b, after, dealloc a");
}

TEST_F(WeakrefCallbackTest, ReferentsReferencesAreIntactDuringTheCall) {
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    set(a, 0, b);
    hold(weak(a, "w", [&](cairn_object*) {
        EXPECT_EQ(cairn_refcount(b), 2u);
        return CAIRN_OK;
    }));
    cairn_decref(a);
    EXPECT_EQ(cairn_refcount(b), 1u);
    cairn_decref(b);
}

TEST_F(WeakrefCallbackTest, HundredsOfThousandsRunInOrder) {
    cairn_object* a = make(leaf, "a");
    constexpr int kCount = 200000;
    int next = kCount;
    std::vector<std::pair<int*, int>> data;
    data.reserve(kCount);
    for (int i = 0; i < kCount; ++i) {
        data.emplace_back(&next, i);
        hold(cairn_weakref_new(
            a,
            [](cairn_object*, cairn_object*, void* user_data) {
                const auto [counter, own] = *static_cast<std::pair<int*, int>*>(user_data);
                return --*counter == own ? CAIRN_OK : CAIRN_USER_ERROR;
            },
            nullptr,
            &data.back()));
    }
    cairn_decref(a);
    EXPECT_EQ(next, 0);
    EXPECT_TRUE(unraisables.empty());
    EXPECT_EQ(take_log(), "dealloc a");
}

TEST_F(WeakrefCallbackTest, TypedReferenceMayHaveAFinalizerThatIsNotItsCallback) {
    struct Watch {
        static cairn_status finalize(cairn_object* self) {
            auto* world = static_cast<World*>(cairn_type_user_data(cairn_type_of(self)));
            world->note("fin ref");
            return CAIRN_OK;
        }
    };
    cairn_type_spec spec = {};
    spec.name = "watch";
    spec.flags = CAIRN_TYPE_WEAKREF;
    spec.object_size = CAIRN_WEAKREF_SIZE;
    spec.finalize = &Watch::finalize;
    spec.user_data = static_cast<World*>(this);
    cairn_object* a = make(logged, "a");
    cairn_object* t =
        cairn_weakref_new_typed(type(spec), a, callback(), nullptr, callback_data("t"));
    cairn_decref(a);
    EXPECT_EQ(take_log(), "cb t, dealloc a");
    cairn_decref(t);
    EXPECT_EQ(take_log(), "fin ref");
}

// CPython: a death by count takes the callback away before it is called, a collection leaves it.
TEST_F(WeakrefCallbackTest, ArgumentIsLetGoAfterADeathByCountAndKeptByACollection) {
    for (const bool in_cycle : {false, true}) {
        cairn_object* referent = make(logged, "referent");
        cairn_object* argument = make(logged, "argument");
        cairn_object* seen = nullptr;
        cairn_object* ref = weak(
            referent,
            "w",
            [&seen](cairn_object* self) {
                seen = cairn_weakref_argument(self);
                return CAIRN_OK;
            },
            argument);
        EXPECT_EQ(cairn_weakref_argument(ref), argument);
        if (in_cycle) {
            set(referent, 0, referent);
        }
        cairn_decref(argument);
        cairn_decref(referent);
        collect();
        EXPECT_EQ(seen, in_cycle ? argument : nullptr);
        EXPECT_EQ(cairn_weakref_argument(ref), in_cycle ? argument : nullptr);
        EXPECT_EQ(count_events("dealloc argument"), in_cycle ? 0u : 1u);
        take_log();
        cairn_decref(ref);
        EXPECT_EQ(take_log(), in_cycle ? "dealloc argument" : "");
    }
}

}  // namespace
}  // namespace cairn_test
