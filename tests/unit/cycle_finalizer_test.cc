// SPDX-License-Identifier: MIT
/// Finalizers and resurrection where objects die in cycles.
#include "heap_test.h"

namespace cairn_test {
namespace {

class CycleFinalizerTest : public HeapTest {
  protected:
    Action keep() {
        return [this](cairn_object* self) {
            kept_.push_back(cairn_new_ref(self));
            return CAIRN_OK;
        };
    }

    static cairn_status cut(cairn_object* self) {
        for (size_t i = 0; i < kSlots; ++i) {
            cairn_clear(slot(self, i));
        }
        return CAIRN_OK;
    }

    void let_go() {
        for (cairn_object* object : std::exchange(kept_, {})) {
            cairn_decref(object);
        }
    }

    void TearDown() override {
        let_go();
        collect();
        HeapTest::TearDown();
    }

    std::vector<cairn_object*> kept_;
};

TEST_F(CycleFinalizerTest, EachMemberIsFinalizedOnceOnAnIntactRing) {
    const Action check = [&](cairn_object* self) {
        for (cairn_object* at = get(self, 0); at != self; at = get(at, 0)) {
            EXPECT_GE(cairn_refcount(at), 1u);
            EXPECT_FALSE(label_of(at).empty());
        }
        return CAIRN_OK;
    };
    cairn_object* a = make_ring(fin, {"a", "b", "c"});
    for (const char* label : {"a", "b", "c"}) {
        on_finalize(label, check);
    }
    cairn_decref(a);
    EXPECT_EQ(take_log(), "");
    EXPECT_EQ(collect(), 3u);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b, dealloc c, fin a, fin b, fin c");
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(take_log(), "");
}

TEST_F(CycleFinalizerTest, AllFinalizersRunBeforeAnythingIsTakenApart) {
    cairn_decref(make_ring(fin, {"a", "b", "c"}));
    collect();
    const std::vector<std::string> events = log();
    ASSERT_EQ(events.size(), 6u);
    for (size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(events[i].substr(0, 3), "fin");
        EXPECT_EQ(events[i + 3].substr(0, 7), "dealloc");
    }
}

TEST_F(CycleFinalizerTest, SelfReferenceIsACycle) {
    cairn_object* a = make_fin("a");
    set(a, 2, a);
    cairn_decref(a);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(take_log(), "fin a, dealloc a");
}

TEST_F(CycleFinalizerTest, ResurrectedRingSurvivesWholeAndDiesSilently) {
    cairn_object* a = make_ring(fin, {"a", "b", "c"});
    on_finalize("b", keep());
    cairn_decref(a);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(take_sorted_log(), "fin a, fin b, fin c");
    ASSERT_EQ(kept_.size(), 1u);
    EXPECT_EQ(referents(kept_[0]), "c");
    EXPECT_EQ(objects(2), "a b c");
    for (cairn_object* at : {a, get(a, 0), get(get(a, 0), 0)}) {
        EXPECT_TRUE(cairn_gc_is_finalized(at)) << label_of(at);
        EXPECT_TRUE(cairn_gc_is_tracked(at));
    }
    EXPECT_EQ(collect(), 0u);
    let_go();
    EXPECT_EQ(collect(), 3u);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b, dealloc c");
}

TEST_F(CycleFinalizerTest, MembersWithoutAFinalizerAreNotMarkedFinalized) {
    cairn_object* a = make_fin("a", keep());
    cairn_object* b = make(logged, "b");
    give(a, 0, b);
    set(b, 0, a);
    cairn_decref(a);
    EXPECT_EQ(collect(), 0u);
    EXPECT_TRUE(cairn_gc_is_finalized(a));
    EXPECT_FALSE(cairn_gc_is_finalized(b));
}

TEST_F(CycleFinalizerTest, ResurrectionIsTransitive) {
    cairn_object* a = make_fin("a", keep());
    give(a, 0, make_ring(logged, {"b", "c"}));
    give(get(a, 0), 1, make(leaf, "d"));
    set(a, 1, a);
    cairn_decref(a);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(take_log(), "fin a");
    EXPECT_EQ(referents(a), "b a");
    EXPECT_EQ(referents(get(a, 0)), "c d");
    EXPECT_EQ(objects(2), "a b c");
}

TEST_F(CycleFinalizerTest, OnlyWhatAResurrectedObjectReachesIsSaved) {
    cairn_object* a = make_ring(fin, {"a", "b"});
    on_finalize("a", keep());
    cairn_object* c = make_ring(fin, {"c", "d"});  // Refers to the others, but is not reached.
    set(c, 1, a);
    cairn_decref(a);
    cairn_decref(c);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_sorted_log(), "dealloc c, dealloc d, fin a, fin b, fin c, fin d");
    EXPECT_EQ(cairn_refcount(a), 2u);
    EXPECT_EQ(objects(2), "a b");
    let_go();
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b");
}

TEST_F(CycleFinalizerTest, ResurrectionDoesNotBlockOtherGarbage) {
    for (int i = 0; i < 100; ++i) {
        const std::string label = std::to_string(i);
        cairn_object* a = make_ring(fin, {label, label + "'"});
        if (i % 2 == 0) {
            on_finalize(label, keep());
        }
        cairn_decref(a);
    }
    EXPECT_EQ(collect(), 100u);
    EXPECT_EQ(kept_.size(), 50u);
    EXPECT_EQ(usage().objects, 100u);
    cairn_gc_stats stats = {};
    EXPECT_EQ(cairn_gc_get_stats(heap, 2, &stats), CAIRN_OK);
    EXPECT_EQ(stats.collected, 100u);
    let_go();
    EXPECT_EQ(collect(), 100u);
}

TEST_F(CycleFinalizerTest, FinalizerThatBreaksItsOwnLoopDiesInsideThePass) {
    cairn_object* a = make_fin("a", &cut);
    set(a, 0, a);
    cairn_decref(a);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(take_log(), "fin a, dealloc a");
}

TEST_F(CycleFinalizerTest, RingWhoseMembersAllCutDiesInsideThePass) {
    cairn_object* a = make_ring(fin, {"a", "b", "c", "d"});
    for (const char* label : {"a", "b", "c", "d"}) {
        on_finalize(label, &cut);
    }
    cairn_decref(a);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(take_sorted_log(),
              "dealloc a, dealloc b, dealloc c, dealloc d, fin a, fin b, fin c, fin d");
}

TEST_F(CycleFinalizerTest, EveryMixOfKeepingCuttingAndPlainMembersIsSafe) {
    // Digits 0 to 3 of `mix` in base 4: plain, cuts, keeps itself, has no finalizer.
    for (int mix = 0; mix < 256; ++mix) {
        std::vector<std::string> names = {"a", "b", "c", "d"};
        std::vector<cairn_object*> members;
        bool any_kept = false;
        for (int i = 0; i < 4; ++i) {
            const int kind = (mix >> (2 * i)) & 3;
            const auto at = static_cast<size_t>(i);
            members.push_back(make(kind == 3 ? logged : fin, names[at]));
            on_finalize(names[at], kind == 1 ? Action(&cut) : kind == 2 ? keep() : Action());
            any_kept |= kind == 2;
        }
        for (size_t i = 0; i < 4; ++i) {
            set(members[i], 0, members[(i + 1) % 4]);
        }
        for (cairn_object* member : members) {
            cairn_decref(member);
        }
        collect();
        EXPECT_TRUE(verify()) << mix;
        EXPECT_EQ(kept_.empty(), !any_kept) << mix;
        let_go();
        collect();
        EXPECT_EQ(usage().objects, 0u) << mix;
        for (int i = 0; i < 4; ++i) {
            const std::string& name = names[static_cast<size_t>(i)];
            const bool finalizes = ((mix >> (2 * i)) & 3) != 3;
            EXPECT_EQ(count_events("fin " + name), finalizes ? 1u : 0u) << mix;
            EXPECT_EQ(count_events("dealloc " + name), 1u) << mix;
        }
        (void)take_log();
    }
}

TEST_F(CycleFinalizerTest, MemberThatDiesInsideThePassBeforeItsTurnIsFinalizedOnce) {
    // Whichever of the two comes first empties the other's holder.
    cairn_object* a = make_fin("a", &cut);
    give(a, 0, make_fin("b"));
    set(a, 1, a);
    cairn_decref(a);
    collect();
    EXPECT_EQ(count_events("fin b"), 1u);
    EXPECT_EQ(count_events("dealloc b"), 1u);
    EXPECT_EQ(count_events("fin a"), 1u);
    EXPECT_EQ(count_events("dealloc a"), 1u);
    EXPECT_EQ(collect(), 0u);
}

TEST_F(CycleFinalizerTest, StoringAMemberInALivingObjectResurrectsIt) {
    cairn_object* hub = make(logged, "hub");
    cairn_object* a = make_ring(fin, {"a", "b"});
    on_finalize("a", [&](cairn_object* self) {
        set(hub, 0, get(self, 0));  // Not itself: its neighbour.
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(referents(hub), "b");
    cairn_clear(slot(hub, 0));
    EXPECT_EQ(collect(), 2u);
    cairn_decref(hub);
    EXPECT_EQ(count_events("fin a"), 1u);
    EXPECT_EQ(count_events("fin b"), 1u);
}

TEST_F(CycleFinalizerTest, NewGarbageMadeByAFinalizerWaitsForTheNextCollection) {
    cairn_object* a = make_fin("a", [&](cairn_object*) {
        cairn_decref(make_ring(logged, {"x", "y"}));
        return CAIRN_OK;
    });
    set(a, 0, a);
    cairn_decref(a);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(take_log(), "fin a, dealloc a");
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_sorted_log(), "dealloc x, dealloc y");
}

TEST_F(CycleFinalizerTest, LeafHeldByGarbageIsFinalizedAndNotCounted) {
    cairn_object* a = make_ring(logged, {"a", "b"});
    give(a, 1, make(leaf_fin, "leaf"));
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b, dealloc leaf, fin leaf");
}

TEST_F(CycleFinalizerTest, LeafHeldByGarbageCanResurrectItselfAlone) {
    on_finalize("leaf", keep());
    cairn_object* a = make_ring(logged, {"a", "b"});
    give(a, 1, make(leaf_fin, "leaf"));
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b, fin leaf");
    EXPECT_EQ(cairn_refcount(kept_.at(0)), 1u);
}

TEST_F(CycleFinalizerTest, FailuresAreReportedEachAndAllFinalizersRun) {
    cairn_object* a = make_ring(fin, {"a", "b", "c"});
    for (const char* label : {"a", "b", "c"}) {
        on_finalize(label, [](cairn_object*) { return CAIRN_USER_ERROR; });
    }
    cairn_decref(a);
    EXPECT_EQ(collect(), 3u);
    EXPECT_EQ(count_events("unraisable finalizer"), 3u);
    EXPECT_EQ(count_events("fin a") + count_events("fin b") + count_events("fin c"), 3u);
    EXPECT_EQ(unraisables.size(), 3u);
}

TEST_F(CycleFinalizerTest, CollectionInsideACollectionDoesNothing) {
    cairn_object* a = make_ring(fin, {"a", "b"});
    on_finalize("a", [&](cairn_object*) {
        EXPECT_TRUE(cairn_gc_is_collecting(heap));
        EXPECT_EQ(collect(), 0u);
        EXPECT_TRUE(verify());
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_FALSE(cairn_gc_is_collecting(heap));
    EXPECT_EQ(count_events("fin a") + count_events("fin b"), 2u);
}

TEST_F(CycleFinalizerTest, CustomTypesAreFinalizedBeforeClear) {
    cairn_object* a = make_ring(custom, {"a", "b"});
    on_finalize("a", [&](cairn_object* self) {
        EXPECT_EQ(referents(self), "b");
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b, fin a, fin b");
}

TEST_F(CycleFinalizerTest, FinalizerOfAnOldObjectThatDiesInAYoungCollectionRuns) {
    cairn_object* old = make_fin("old");
    collect();
    cairn_object* a = make_ring(logged, {"a", "b"});
    give(a, 1, old);
    cairn_decref(a);
    EXPECT_EQ(collect(0), 2u);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b, dealloc old, fin old");
}

TEST_F(CycleFinalizerTest, FinalizerOfAnOldObjectDoesNotSeeYoungGarbageAlive) {
    // The old object dies by its count while young garbage is taken apart.
    cairn_object* ref = nullptr;
    std::string seen = "not run";
    cairn_object* old = make_fin("old", [&](cairn_object*) {
        seen = deref(ref);
        return CAIRN_OK;
    });
    collect();
    cairn_object* a = make_ring(logged, {"a", "b"});
    ref = weak(a);
    give(a, 1, old);
    cairn_decref(a);
    EXPECT_EQ(collect(0), 2u);
    EXPECT_EQ(seen, "-");
    cairn_decref(ref);
}

}  // namespace
}  // namespace cairn_test
