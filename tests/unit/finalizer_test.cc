// SPDX-License-Identifier: MIT
/// Finalizers and resurrection where objects die by their count.
#include "heap_test.h"

namespace cairn_test {
namespace {

class FinalizerTest : public HeapTest {
  protected:
    /// An action that stores the dying object in `kept_`.
    Action keep() {
        return [this](cairn_object* self) {
            cairn_set(&kept_, self);
            return CAIRN_OK;
        };
    }

    void TearDown() override {
        cairn_clear(&kept_);
        HeapTest::TearDown();
    }

    cairn_object* kept_ = nullptr;
};

TEST_F(FinalizerTest, RunsOnAnIntactObject) {
    cairn_object* b = make(logged, "b");
    cairn_object* ref = nullptr;
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        EXPECT_EQ(label_of(self), "a");
        EXPECT_EQ(get(self, 0), b);
        EXPECT_EQ(cairn_refcount(b), 2u);
        EXPECT_EQ(deref(ref), "a");
        EXPECT_EQ(referents(self), "b");
        return CAIRN_OK;
    });
    ref = weak(a);
    set(a, 0, b);
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a, dealloc a");
    EXPECT_EQ(deref(ref), "-");
    EXPECT_EQ(cairn_refcount(b), 1u);
    cairn_decref(ref);
    cairn_decref(b);
}

TEST_F(FinalizerTest, DoesNotRunOnALivingObject) {
    cairn_object* a = make_fin("a");
    cairn_incref(a);
    cairn_decref(a);
    collect();
    EXPECT_EQ(take_log(), "");
    EXPECT_FALSE(cairn_gc_is_finalized(a));
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a, dealloc a");
}

TEST_F(FinalizerTest, RunsOnceWhenObjectIsResurrected) {
    cairn_object* a = make_fin("a", keep());
    give(a, 0, make(logged, "b"));
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a");
    ASSERT_EQ(kept_, a);
    EXPECT_EQ(cairn_refcount(a), 1u);
    EXPECT_TRUE(cairn_gc_is_finalized(a));
    EXPECT_TRUE(cairn_gc_is_tracked(a));
    EXPECT_EQ(referents(a), "b");
    EXPECT_EQ(objects(0), "a b");
    cairn_clear(&kept_);
    EXPECT_EQ(take_log(), "dealloc b, dealloc a");
}

TEST_F(FinalizerTest, ResurrectedObjectIsYoungAgain) {
    cairn_object* a = make_fin("a", keep());
    collect(0);
    EXPECT_EQ(objects(1), "a");
    cairn_decref(a);
    EXPECT_EQ(objects(0), "a");
    EXPECT_TRUE(verify());
}

TEST_F(FinalizerTest, ResurrectedUntrackedObjectStaysUntracked) {
    cairn_object* a = make_fin("a", keep());
    cairn_gc_untrack(a);
    cairn_decref(a);
    EXPECT_EQ(kept_, a);
    EXPECT_FALSE(cairn_gc_is_tracked(a));
}

TEST_F(FinalizerTest, ManyReferencesMadeInItAllCount) {
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        cairn_set(&kept_, self);
        for (int i = 0; i < 9; ++i) {
            cairn_incref(self);
        }
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(cairn_refcount(a), 10u);
    for (int i = 0; i < 9; ++i) {
        cairn_decref(a);
    }
    EXPECT_EQ(take_log(), "fin a");
}

TEST_F(FinalizerTest, TemporaryReferencesInItDoNotRunItAgain) {
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        for (int i = 0; i < 3; ++i) {
            cairn_incref(self);
            cairn_decref(self);
        }
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a, dealloc a");
}

TEST_F(FinalizerTest, ReferenceThatIsTakenBackInItDoesNotSave) {
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        cairn_set(&kept_, self);
        cairn_clear(&kept_);
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a, dealloc a");
}

TEST_F(FinalizerTest, ResurrectionLeavesWeakReferencesAliveAndSilent) {
    cairn_object* a = make_fin("a", keep());
    cairn_object* shared = weak(a);
    cairn_object* w = weak(a, "w");
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a");
    EXPECT_EQ(deref(shared), "a");
    EXPECT_EQ(deref(w), "a");
    EXPECT_TRUE(cairn_weakref_has_callback(w));
    cairn_clear(&kept_);
    EXPECT_EQ(take_log(), "cb w, dealloc a");
    EXPECT_EQ(deref(w), "-");
    cairn_decref(shared);
    cairn_decref(w);
}

TEST_F(FinalizerTest, WeakReferenceCanResurrect) {
    cairn_object* ref = nullptr;
    cairn_object* a = make_fin("a", [&](cairn_object*) {
        cairn_set_consume(&kept_, cairn_weakref_get(ref));
        return CAIRN_OK;
    });
    ref = weak(a);
    cairn_decref(a);
    EXPECT_EQ(kept_, a);
    EXPECT_EQ(cairn_refcount(a), 1u);
    cairn_clear(&kept_);
    EXPECT_EQ(take_log(), "fin a, dealloc a");
    cairn_decref(ref);
}

TEST_F(FinalizerTest, ChildCanResurrectItselfOutOfADyingParent) {
    cairn_object* parent = make(logged, "parent");
    cairn_object* child = make_fin("child", keep());
    give(parent, 0, child);
    give(child, 0, make(logged, "grandchild"));
    give(parent, 1, make(logged, "sibling"));
    cairn_decref(parent);
    EXPECT_EQ(take_log(), "fin child, dealloc sibling, dealloc parent");
    EXPECT_EQ(cairn_refcount(child), 1u);
    EXPECT_EQ(referents(child), "grandchild");
    cairn_clear(&kept_);
    EXPECT_EQ(take_log(), "dealloc grandchild, dealloc child");
}

TEST_F(FinalizerTest, ObjectThatTiesItselfIntoALoopIsLeftToTheCollector) {
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        set(self, 0, self);
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a");
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(take_log(), "dealloc a");
}

TEST_F(FinalizerTest, MayAllocateCollectAndInspect) {
    cairn_object* bystander = make(logged, "bystander");
    cairn_object* garbage = make_ring(logged, {"g", "h"});
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        cairn_decref(make(logged, "temporary"));
        EXPECT_EQ(collect(), 2u);
        EXPECT_EQ(objects(), "a bystander");  // Not dying yet: it may be resurrected.
        EXPECT_EQ(label_of(self), "a");
        EXPECT_TRUE(verify());
        return CAIRN_OK;
    });
    cairn_decref(garbage);
    cairn_decref(a);
    EXPECT_EQ(count_events("fin a"), 1u);
    EXPECT_EQ(count_events("dealloc a"), 1u);
    EXPECT_EQ(count_events("dealloc g"), 1u);
    cairn_decref(bystander);
}

TEST_F(FinalizerTest, CollectionInItDoesNotTakeTheDyingObjectForGarbage) {
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        set(self, 0, self);
        EXPECT_EQ(collect(), 0u);
        cairn_clear(slot(self, 0));
        return CAIRN_OK;
    });
    give(a, 1, make_ring(logged, {"b", "c"}));
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a, dealloc a");
    EXPECT_EQ(collect(), 2u);
}

TEST_F(FinalizerTest, FailureIsReportedAndTheObjectDies) {
    cairn_object* a = make_fin("a", [](cairn_object*) { return CAIRN_USER_ERROR; });
    cairn_object* w = weak(a, "w");
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a, unraisable finalizer, cb w, dealloc a");
    ASSERT_EQ(unraisables.size(), 1u);
    EXPECT_EQ(unraisables[0].status, CAIRN_USER_ERROR);
    EXPECT_EQ(unraisables[0].object, a);
    cairn_decref(w);
}

TEST_F(FinalizerTest, ObjectThatResurrectsAndFailsIsResurrectedAndReported) {
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        cairn_set(&kept_, self);
        return CAIRN_NO_MEMORY;
    });
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a, unraisable finalizer");
    EXPECT_EQ(unraisables.at(0).status, CAIRN_NO_MEMORY);
    EXPECT_EQ(kept_, a);
}

// CPython's PyObject_CallFinalizer() sets the mark after the call, its collector before.
TEST_F(FinalizerTest, IsMarkedAsFinalizedAfterItWhenItDiesByItsCount) {
    for (const bool in_cycle : {false, true}) {
        cairn_object* saved = nullptr;
        cairn_object* a = make_fin("a", [&](cairn_object* self) {
            EXPECT_EQ(cairn_gc_is_finalized(self), in_cycle ? 1 : 0);
            saved = cairn_new_ref(self);
            return CAIRN_OK;
        });
        if (in_cycle) {
            set(a, 0, a);
        }
        cairn_decref(a);
        collect();
        EXPECT_NE(saved, nullptr);
        EXPECT_EQ(cairn_gc_is_finalized(saved), 1);
        cairn_clear(slot(saved, 0));
        cairn_decref(saved);
        EXPECT_EQ(take_log(), "fin a, dealloc a");
    }
}

TEST_F(FinalizerTest, CollectionInsideItDoesNotFinalizeItAgain) {
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        set(self, 0, self);
        EXPECT_EQ(collect(), 0u);
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a");
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(take_log(), "dealloc a");
}

TEST_F(FinalizerTest, LeafHasOneToo) {
    cairn_object* a = make(leaf_fin, "a");
    EXPECT_FALSE(cairn_gc_is_tracked(a));
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a, dealloc a");
}

TEST_F(FinalizerTest, LeafIsFinalizedOnceLikeEverythingElse) {
    on_finalize("a", keep());
    cairn_object* a = make(leaf_fin, "a");
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a");
    EXPECT_TRUE(cairn_gc_is_finalized(a));
    cairn_clear(&kept_);
    EXPECT_EQ(take_log(), "dealloc a");
}

TEST_F(FinalizerTest, CustomTypeHasOneToo) {
    on_finalize("a", keep());
    cairn_object* a = make(custom, "a");
    give(a, 0, make(custom, "b"));
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a");
    EXPECT_EQ(referents(a), "b");
    cairn_clear(&kept_);
    EXPECT_EQ(take_log(), "fin b, dealloc b, dealloc a");
}

TEST_F(FinalizerTest, NewObjectAtAnOldAddressIsNotFinalized) {
    for (int i = 0; i < 100; ++i) {
        cairn_object* a = make_fin("a");
        EXPECT_FALSE(cairn_gc_is_finalized(a));
        cairn_decref(a);
        EXPECT_EQ(take_log(), "fin a, dealloc a");
    }
}

TEST_F(FinalizerTest, NestedDeathsFinalizeEachOnce) {
    // Each finalizer drops the last reference to the next object.
    std::vector<cairn_object*> chain;
    for (int i = 0; i < 100; ++i) {
        chain.push_back(nullptr);
    }
    for (size_t i = 0; i < chain.size(); ++i) {
        chain[i] = make_fin(std::to_string(i), [&chain, i](cairn_object*) {
            if (i + 1 < chain.size()) {
                cairn_decref(chain[i + 1]);
            }
            return CAIRN_OK;
        });
    }
    cairn_decref(chain[0]);
    for (size_t i = 0; i < chain.size(); ++i) {
        EXPECT_EQ(count_events("fin " + std::to_string(i)), 1u);
        EXPECT_EQ(count_events("dealloc " + std::to_string(i)), 1u);
    }
}

TEST_F(FinalizerTest, ReplacesItselfForEver) {
    // Each death makes the next object; a bounded number of them, and none is lost.
    int made = 0;
    Action replace = [&](cairn_object*) {
        if (++made < 1000) {
            cairn_set_consume(&kept_, make(fin, "again"));
        }
        return CAIRN_OK;
    };
    on_finalize("again", replace);
    kept_ = make(fin, "again");
    while (kept_ != nullptr) {
        cairn_clear(&kept_);
    }
    EXPECT_EQ(made, 1000);
    EXPECT_EQ(count_events("dealloc again"), 1000u);
}

TEST_F(FinalizerTest, FrozenObjectIsFinalizedTooAndThawsWhenItIsResurrected) {
    cairn_object* a = make_fin("a", keep());
    cairn_gc_freeze(heap);
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a");
    EXPECT_EQ(cairn_gc_freeze_count(heap), 0u);
    EXPECT_EQ(objects(0), "a");
    cairn_clear(&kept_);
    EXPECT_EQ(take_log(), "dealloc a");
    cairn_gc_unfreeze(heap);
}

}  // namespace
}  // namespace cairn_test
