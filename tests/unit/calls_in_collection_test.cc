// SPDX-License-Identifier: MIT
/// What the calls do that user code may make while a collection runs: each one from a finalizer and
/// from a callback, in both orders. docs/design/collection.md has them as a table.
#include "heap_test.h"

namespace cairn_test {
namespace {

struct Where {
    bool in_callback;
    uint32_t flags;
};

void PrintTo(const Where& where, std::ostream* out) {
    *out << (where.in_callback ? "in a callback" : "in a finalizer") << ", flags " << where.flags;
}

class CallsInCollectionTest : public ::testing::TestWithParam<Where>, public World {
  public:
    CallsInCollectionTest() : World(GetParam().flags) {}

  protected:
    void TearDown() override {
        if (heap != nullptr) {
            close();
        }
    }

    /// Collects a ring whose finalizer, or the callback of a reference to it, does `action` with a
    /// member of the ring, or with the reference.
    size_t during_collection(Action action, int generation = 2) {
        const bool in_callback = GetParam().in_callback;
        cairn_object* ring = make_ring(fin, {"a", "b"});
        cairn_object* ref = nullptr;
        int calls = 0;
        const Action counted = [&](cairn_object* self) {
            ++calls;
            return calls == 1 ? action(self) : CAIRN_OK;
        };
        if (in_callback) {
            ref = weak(ring, "w", counted);
        } else {
            on_finalize("a", counted);
        }
        cairn_decref(ring);
        const size_t found = collect(generation);
        EXPECT_EQ(calls, 1);
        EXPECT_TRUE(verify());
        on_finalize("a", nullptr);
        cairn_clear(&ref);
        return found;
    }
};

INSTANTIATE_TEST_SUITE_P(
    Everywhere,
    CallsInCollectionTest,
    ::testing::Values(Where{false, 0},
                      Where{true, 0},
                      Where{false, CAIRN_HEAP_CPYTHON_ORDER},
                      Where{true, CAIRN_HEAP_CPYTHON_ORDER},
                      Where{false, CAIRN_HEAP_FINALIZERS_FIRST},
                      Where{true, CAIRN_HEAP_FINALIZERS_FIRST},
                      Where{true, CAIRN_HEAP_FINALIZERS_FIRST | CAIRN_HEAP_CPYTHON_ORDER}));

TEST_P(CallsInCollectionTest, CollectDoesNothing) {
    size_t found = SIZE_MAX;
    during_collection([&](cairn_object*) { return cairn_gc_collect(heap, 2, &found); });
    EXPECT_EQ(found, 0u);
}

TEST_P(CallsInCollectionTest, FreezeAndUnfreezeMoveWhatIsNoGarbage) {
    cairn_object* kept = make(logged, "kept");
    EXPECT_EQ(during_collection([&](cairn_object*) {
                  cairn_gc_freeze(heap);
                  return CAIRN_OK;
              }),
              2u);
    EXPECT_GE(cairn_gc_freeze_count(heap), 1u);
    EXPECT_EQ(cairn_gc_is_tracked(kept), 1);
    EXPECT_EQ(objects(2), "");
    EXPECT_EQ(during_collection(
                  [&](cairn_object*) {
                      cairn_gc_unfreeze(heap);
                      return CAIRN_OK;
                  },
                  0),
              2u);
    EXPECT_EQ(cairn_gc_freeze_count(heap), 0u);
    EXPECT_EQ(objects(2), "kept");
    cairn_decref(kept);
}

TEST_P(CallsInCollectionTest, ThresholdsAndEnablingTakeEffectAfterIt) {
    during_collection([&](cairn_object*) {
        const uint32_t thresholds[3] = {5, 3, 2};
        cairn_gc_set_thresholds(heap, thresholds);
        cairn_gc_enable(heap);
        for (int i = 0; i < 20; ++i) {
            cairn_object* object = make(logged, "young");
            World::set(object, 0, object);
            cairn_decref(object);
        }
        return CAIRN_OK;
    });
    EXPECT_EQ(count_events("dealloc young"), 0u) << "nothing is collected inside a collection";
    cairn_decref(make(logged, "last"));
    EXPECT_EQ(count_events("dealloc young"), 20u) << "the next allocation collects";
}

TEST_P(CallsInCollectionTest, WhatIsUntrackedIsNoLongerAmongTheGarbage) {
    if (GetParam().in_callback) {
        return;  // It cannot reach any.
    }
    cairn_object* saved = nullptr;
    during_collection([&](cairn_object* self) {
        cairn_gc_untrack(self);
        EXPECT_EQ(cairn_gc_is_tracked(self), 0);
        saved = cairn_new_ref(self);
        return CAIRN_OK;
    });
    EXPECT_EQ(cairn_gc_track(saved), CAIRN_OK);
    cairn_clear(&saved);
    EXPECT_EQ(collect(), 2u);
}

TEST_P(CallsInCollectionTest, WhatIsTrackedByHandJoinsTheYoung) {
    cairn_object* object = make(by_hand, "hand");
    during_collection([&](cairn_object*) { return cairn_gc_track(object); });
    EXPECT_EQ(objects(0), "hand");
    cairn_decref(object);
}

TEST_P(CallsInCollectionTest, DebugFlagsTakeEffectAtOnce) {
    during_collection([&](cairn_object*) {
        cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_SAVEALL);
        return CAIRN_OK;
    });
    EXPECT_EQ(count_events("dealloc a"), 0u);
    cairn_gc_set_debug(heap, 0);
    cairn_gc_garbage_clear(heap);
    EXPECT_EQ(collect(), 2u);
}

TEST_P(CallsInCollectionTest, TheGarbageListCanBeEmptied) {
    cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_SAVEALL);
    cairn_decref(make_ring(logged, {"x", "y"}));
    collect();
    cairn_gc_set_debug(heap, 0);
    during_collection([&](cairn_object*) {
        cairn_gc_garbage_clear(heap);
        return CAIRN_OK;
    });
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(count_events("dealloc x"), 1u);
}

TEST_P(CallsInCollectionTest, RootsAndCallbacksCanBeAddedAndRemoved) {
    cairn_object* variable = make(logged, "variable");
    const auto ignore = [](cairn_heap*, cairn_gc_phase, const cairn_gc_info*, void* calls) {
        ++*static_cast<int*>(calls);
        return CAIRN_OK;
    };
    int calls = 0;
    during_collection([&](cairn_object*) {
        EXPECT_EQ(cairn_root_add(heap, &variable), CAIRN_OK);
        EXPECT_EQ(cairn_gc_callback_add(heap, ignore, &calls), CAIRN_OK);
        return CAIRN_OK;
    });
    EXPECT_EQ(calls, 1) << "the end of the collection that is under way";
    collect();
    EXPECT_EQ(calls, 3);
    during_collection([&](cairn_object*) {
        EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_OK);
        EXPECT_EQ(cairn_gc_callback_remove(heap, ignore, &calls), CAIRN_OK);
        return CAIRN_OK;
    });
    EXPECT_EQ(calls, 4);
    cairn_decref(variable);
}

TEST_P(CallsInCollectionTest, AMemoryLimitHoldsAtOnceAndIsNotHelpedByACollection) {
    during_collection([&](cairn_object*) {
        cairn_heap_set_memory_limit(heap, 1);
        EXPECT_EQ(cairn_new_var(array, 100000), nullptr);
        cairn_heap_set_memory_limit(heap, 0);
        return CAIRN_OK;
    });
}

TEST_P(CallsInCollectionTest, ExternalBytesAreCountedAndTrimmingDoesNothing) {
    const size_t before = usage().external_bytes;
    during_collection([&](cairn_object*) {
        EXPECT_EQ(cairn_heap_add_external(heap, 1 << 30), CAIRN_OK);
        cairn_heap_trim(heap);
        EXPECT_EQ(cairn_heap_add_external(heap, -(1 << 30)), CAIRN_OK);
        return CAIRN_OK;
    });
    EXPECT_EQ(usage().external_bytes, before);
}

TEST_P(CallsInCollectionTest, TheHeapCannotBeFreed) {
    during_collection([&](cairn_object*) {
        EXPECT_EQ(cairn_heap_free(heap), SIZE_MAX);
        return CAIRN_OK;
    });
}

TEST_P(CallsInCollectionTest, FinalizersCanBeRegisteredAndRun) {
    int ran = 0;
    const auto function = [](cairn_object*, void* count) {
        ++*static_cast<int*>(count);
        return CAIRN_OK;
    };
    cairn_object* watched = make(logged, "watched");
    cairn_object* finalizer = nullptr;
    during_collection([&](cairn_object*) {
        finalizer = cairn_finalizer_new(watched, function, nullptr, &ran);
        cairn_clear(&watched);
        return CAIRN_OK;
    });
    EXPECT_EQ(ran, 1);
    cairn_decref(finalizer);
}

}  // namespace
}  // namespace cairn_test
