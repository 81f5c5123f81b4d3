// SPDX-License-Identifier: MIT
/// The order in which things happen at a death, and deep structures.
#include "heap_test.h"

namespace cairn_test {
namespace {

using ReclaimTest = HeapTest;

TEST_F(ReclaimTest, FinalizerThenCallbacksThenReferencesThenDealloc) {
    cairn_object* a = make_fin("a");
    give(a, 0, make_fin("child"));
    cairn_object* w = weak(a, "w");
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a, cb w, fin child, dealloc child, dealloc a");
    cairn_decref(w);
}

TEST_F(ReclaimTest, SlotsAreDroppedDepthFirstInOrder) {
    cairn_object* a = make_fin("a");
    cairn_object* b = make_fin("b");
    cairn_object* c = make_fin("c");
    give(a, 0, b);
    give(a, 1, c);
    give(a, 3, make_fin("d"));
    give(b, 1, make_fin("e"));
    give(b, 2, make_fin("f"));
    give(c, 0, make_fin("g"));
    cairn_decref(a);
    EXPECT_EQ(take_log(),
              "fin a, fin b, fin e, dealloc e, fin f, dealloc f, dealloc b, "
              "fin c, fin g, dealloc g, dealloc c, fin d, dealloc d, dealloc a");
}

TEST_F(ReclaimTest, OrderIsTheSameForEveryKindOfContainer) {
    cairn_object* a = make(custom, "a");
    cairn_object* b = make_array(3, "b");
    cairn_object* c = make(custom, "c");
    give(a, 0, b);
    give(a, 1, make(leaf_fin, "h"));
    *item(b, 0) = make(logged, "d");
    *item(b, 1) = c;
    *item(b, 2) = make(leaf, "g");
    give(c, 0, make(leaf, "e"));
    give(c, 3, make(by_hand, "f"));
    cairn_decref(a);
    EXPECT_EQ(take_log(),
              "fin a, dealloc d, fin c, dealloc e, dealloc f, dealloc c, dealloc g, dealloc b, "
              "fin h, dealloc h, dealloc a");
}

TEST_F(ReclaimTest, SharedObjectDiesAtItsLastReference) {
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    cairn_object* shared = make(logged, "shared");
    give(a, 0, b);
    set(a, 2, shared);
    set(b, 1, shared);
    cairn_decref(shared);
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc b, dealloc shared, dealloc a");
}

TEST_F(ReclaimTest, ObjectHeldTwiceByOneHolderDiesAtTheSecondSlot) {
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    set(a, 0, b);
    give(a, 1, make(logged, "c"));
    give(a, 2, b);
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc c, dealloc b, dealloc a");
}

TEST_F(ReclaimTest, SurvivorsAreLeftAlone) {
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    set(a, 0, b);
    give(b, 0, make(logged, "c"));
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc a");
    EXPECT_EQ(cairn_refcount(b), 1u);
    EXPECT_EQ(referents(b), "c");
    cairn_decref(b);
}

TEST_F(ReclaimTest, DeathInsideAFinalizerIsDoneBeforeTheDecrefReturns) {
    cairn_object* other = make_fin("other");
    give(other, 0, make(logged, "child"));
    cairn_object* a = make_fin("a", [&](cairn_object*) {
        cairn_decref(other);
        note("after");
        return CAIRN_OK;
    });
    give(a, 0, make(logged, "b"));
    cairn_decref(a);
    EXPECT_EQ(take_log(),
              "fin a, fin other, dealloc child, dealloc other, after, dealloc b, dealloc a");
}

TEST_F(ReclaimTest, DeathInsideACallbackIsDoneBeforeTheDecrefReturns) {
    cairn_object* other = make_fin("other");
    cairn_object* holder = make(logged, "holder");
    cairn_object* a = make(logged, "a");
    give(holder, 0, a);
    cairn_object* w = weak(a, "w", [&](cairn_object*) {
        cairn_decref(other);
        note("after");
        return CAIRN_OK;
    });
    cairn_decref(holder);
    EXPECT_EQ(take_log(), "cb w, fin other, dealloc other, after, dealloc a, dealloc holder");
    cairn_decref(w);
}

TEST_F(ReclaimTest, FinalizerDeepInATeardownMayCutWhatIsStillToCome) {
    cairn_object* kept = make(logged, "kept");
    give(kept, 0, make_fin("x"));
    cairn_object* a = make(logged, "a");
    give(a, 0, make_fin("b", [&](cairn_object*) {
             cairn_clear(slot(kept, 0));
             return CAIRN_OK;
         }));
    set(a, 1, get(kept, 0));
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin b, dealloc b, fin x, dealloc x, dealloc a");
    cairn_decref(kept);
}

TEST_F(ReclaimTest, FinalizerMayCatchAnObjectThatIsStillToCome) {
    cairn_object* x = make_fin("x");
    cairn_object* ref = weak(x);
    cairn_object* caught = nullptr;
    cairn_object* a = make(logged, "a");
    give(a, 0, make_fin("b", [&](cairn_object*) {
             caught = cairn_weakref_get(ref);
             return CAIRN_OK;
         }));
    give(a, 1, x);
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin b, dealloc b, dealloc a");
    EXPECT_EQ(caught, x);
    EXPECT_EQ(cairn_refcount(x), 1u);
    cairn_decref(caught);
    cairn_decref(ref);
    EXPECT_EQ(take_log(), "fin x, dealloc x");
}

TEST_F(ReclaimTest, CollectionInsideADeathLeavesTheDyingAlone) {
    cairn_object* garbage = make_ring(logged, {"g", "h"});
    cairn_object* a = make(logged, "a");
    cairn_object* middle = make_fin("middle", [&](cairn_object*) {
        EXPECT_EQ(collect(), 2u);
        EXPECT_TRUE(verify());
        return CAIRN_OK;
    });
    give(a, 0, make(logged, "first"));
    give(a, 1, middle);
    give(a, 2, make(logged, "last"));
    cairn_decref(garbage);
    cairn_decref(a);
    const std::string log = take_log();
    EXPECT_EQ(log.substr(0, 27), "dealloc first, fin middle, ") << log;
    EXPECT_NE(log.find("dealloc middle, dealloc last, dealloc a"), std::string::npos) << log;
    EXPECT_NE(log.find("dealloc g"), std::string::npos) << log;
    EXPECT_NE(log.find("dealloc h"), std::string::npos) << log;
}

TEST_F(ReclaimTest, DyingParentIsNotListed) {
    cairn_object* kept = make(logged, "kept");
    cairn_object* a = make(logged, "a");
    std::string listed = "?";
    std::string holders = "?";
    give(a, 0, make_fin("b", [&](cairn_object* self) {
             listed = objects();
             holders = referrers({kept, self});
             return CAIRN_OK;
         }));
    set(a, 1, kept);
    cairn_decref(a);
    EXPECT_EQ(listed, "b kept");  // The child is not dying before its finalizer is over.
    EXPECT_EQ(holders, "");
    cairn_decref(kept);
}

TEST_F(ReclaimTest, LongChainDiesInOrder) {
    constexpr size_t kLength = 20000;
    cairn_object* first = make(fin, "0");
    cairn_object* last = first;
    std::string expected = "fin 0";
    for (size_t i = 1; i < kLength; ++i) {
        give(last, i % kSlots, make(fin, std::to_string(i)));
        last = get(last, i % kSlots);
        expected += ", fin " + std::to_string(i);
    }
    for (size_t i = kLength; i-- > 0;) {
        expected += ", dealloc " + std::to_string(i);
    }
    cairn_decref(first);
    EXPECT_TRUE(take_log() == expected);
}

TEST_F(ReclaimTest, FinalizersOfAChainMayCollectNowAndThen) {
    constexpr size_t kLength = 150;
    cairn_object* bystander = make_ring(logged, {"x", "y"});
    cairn_object* first = nullptr;
    for (size_t i = 0; i < kLength; ++i) {
        cairn_object* link = make_fin(std::to_string(i), [&, i](cairn_object*) {
            EXPECT_EQ(i % 20 == 0 ? collect() : 0, 0u);
            return CAIRN_OK;
        });
        give(link, 0, first);
        first = link;
    }
    cairn_decref(first);
    for (size_t i = 0; i < kLength; ++i) {
        EXPECT_EQ(count_events("fin " + std::to_string(i)), 1u);
        EXPECT_EQ(count_events("dealloc " + std::to_string(i)), 1u);
    }
    EXPECT_EQ(objects(), "x y");
    cairn_decref(bystander);
    EXPECT_EQ(collect(), 2u);
}

TEST_F(ReclaimTest, ResurrectionDeepInAChainLeavesAnObjectLikeAnyOther) {
    constexpr size_t kLength = 3000;
    for (cairn_type* of : {fin, custom}) {
        std::vector<cairn_object*> kept;
        cairn_object* next = nullptr;
        for (size_t i = 0; i < kLength; ++i) {
            const std::string label = std::to_string(i);
            on_finalize(
                label, i % 300 != 150 ? Action() : [&](cairn_object* self) {
                    kept.push_back(cairn_new_ref(self));
                    return CAIRN_OK;
                });
            cairn_object* link = make(of, label);
            give(link, 1, next);
            next = link;
        }
        cairn_decref(next);
        // The first that kept itself keeps the rest of the chain, whose finalizers have not run.
        ASSERT_EQ(kept.size(), 1u);
        EXPECT_EQ(usage().objects, kLength - 149);
        while (!kept.empty()) {
            cairn_object* link = kept.back();
            kept.pop_back();
            EXPECT_TRUE(verify());
            EXPECT_EQ(cairn_refcount(link), 1u);
            EXPECT_TRUE(cairn_gc_is_tracked(link));
            EXPECT_TRUE(cairn_gc_is_finalized(link));
            EXPECT_EQ(referrers({get(link, 1)}), label_of(link));
            cairn_decref(link);
        }
        EXPECT_EQ(usage().objects, 0u);
        EXPECT_EQ(log().size(), 2 * kLength);
        (void)take_log();
    }
}

// The slots before the one whose object dies were dropped when the nesting is found too deep.
TEST_F(ReclaimTest, ObjectThatIsPutAsideDropsEachSlotOnce) {
    constexpr uint32_t kDepth = 120;
    log_deaths = false;
    cairn_object* shared = make(plain, "shared");
    cairn_object* next = nullptr;
    for (uint32_t i = 0; i < kDepth; ++i) {
        cairn_object* holder = make(plain, "holder");
        give(holder, 0, cairn_new_ref(shared));
        give(holder, 1, make(plain, "child"));
        give(holder, 2, cairn_new_ref(shared));
        cairn_object* link = make(custom, "link");
        give(link, 0, next);
        give(link, 1, holder);
        next = link;
    }
    EXPECT_EQ(cairn_refcount(shared), 1 + 2 * kDepth);
    cairn_decref(next);
    EXPECT_EQ(cairn_refcount(shared), 1u);
    EXPECT_EQ(objects(), "shared");
    EXPECT_TRUE(verify());
    cairn_decref(shared);
    (void)take_log();
}

// Chains of objects that die one inside the other, of every length around that at which a death is
// put aside: what hangs on the end is put aside, and the user code of the link before it runs.
class DeepDeathTest : public HeapTest {
  protected:
    explicit DeepDeathTest(uint32_t heap_flags = 0) : HeapTest(heap_flags) {
        link = type(function_spec("link"));
    }

    /// The first link, which refers to itself.
    cairn_object* make_chain(size_t length, cairn_object* end, cairn_object* before_end) {
        cairn_object* first = cairn_new(link);
        set(first, 1, first);
        cairn_object* last = first;
        for (size_t i = 1; i < length; ++i) {
            give(last, 0, cairn_new(link));
            last = get(last, 0);
            if (i + 2 == length) {
                give(last, 1, before_end);
            }
        }
        give(last, 0, end);
        return first;
    }

    cairn_type* link = nullptr;
};

TEST_F(DeepDeathTest, WhatWaitsInTheQueueStays) {
    cairn_type_spec spec = node_spec("waits");
    spec.flags = CAIRN_TYPE_QUEUE_FINALIZER;
    spec.finalize = [](cairn_object* self) {
        static_cast<World*>(cairn_type_user_data(cairn_type_of(self)))->note("waited");
        return CAIRN_OK;
    };
    cairn_type* waits = type(spec);
    for (size_t length = 40; length < 60; ++length) {
        // A leaf: it dies, and is finalized, with the link before the end.
        cairn_object* runs = make(leaf_fin, "runs");
        on_finalize("runs", [&](cairn_object*) {
            EXPECT_TRUE(verify());
            EXPECT_EQ(cairn_finalizers_run(heap, 0, 0), 1u);
            return CAIRN_OK;
        });
        cairn_decref(make_chain(length, cairn_new(waits), runs));
        collect();
        EXPECT_EQ(cairn_finalizers_run(heap, 0, 0), 0u);
        EXPECT_EQ(count_events("waited"), 1u) << length;
        EXPECT_EQ(usage().objects, 0u);
        take_log();
    }
}

TEST_F(DeepDeathTest, AReferenceStillCallsBackForAReferentThatWaits) {
    cairn_type_spec spec = node_spec("waits");
    spec.flags = CAIRN_TYPE_QUEUE_FINALIZER;
    spec.finalize = [](cairn_object*) { return CAIRN_OK; };
    cairn_type* waits = type(spec);
    for (size_t length = 40; length < 60; ++length) {
        cairn_object* referent = cairn_new(waits);
        cairn_object* ref = weak(referent, "w");
        cairn_decref(referent);
        cairn_object* runs = make_fin("runs", [&](cairn_object*) {
            cairn_finalizers_run(heap, 0, 0);
            return CAIRN_OK;
        });
        cairn_object* first = make_chain(length, ref, runs);
        cairn_clear(slot(first, 1));
        cairn_decref(first);
        cairn_finalizers_run(heap, 0, 0);
        EXPECT_EQ(count_events("cb w"), 1u) << length;
        EXPECT_EQ(usage().objects, 0u);
        take_log();
    }
}

class DeepDeathOfAKeyTest : public DeepDeathTest {
  public:
    DeepDeathOfAKeyTest() : DeepDeathTest(CAIRN_HEAP_FINALIZERS_FIRST) {}
};

TEST_F(DeepDeathOfAKeyTest, NoCollectionFindsWhatIsPutAside) {
    for (size_t length = 40; length < 60; ++length) {
        cairn_object* map = cairn_weakmap_new(heap, CAIRN_WEAK_KEY_MAP);
        cairn_object* key = make(leaf_fin, "key");
        cairn_object* value = make(plain, "value");
        ASSERT_EQ(cairn_weakmap_set(map, key, value), CAIRN_OK);
        cairn_decref(value);
        cairn_object* collects = make_fin("collects", [&](cairn_object*) {
            EXPECT_TRUE(verify());
            collect();
            return CAIRN_OK;
        });
        cairn_object* first = make_chain(length, key, collects);
        cairn_clear(slot(first, 1));
        cairn_decref(first);
        EXPECT_EQ(count_events("fin key"), 1u) << length;
        EXPECT_EQ(cairn_weakmap_length(map), 0u);
        EXPECT_TRUE(verify());
        cairn_decref(map);
        take_log();
    }
}

TEST_F(ReclaimTest, LongChainOfEveryKindDies) {
    log_deaths = false;
    cairn_object* next = make(leaf, "end");
    for (int i = 0; i < 300000; ++i) {
        cairn_object* object = nullptr;
        switch (i % 5) {
            case 0:
                object = cairn_new(plain);
                break;
            case 1:
                object = cairn_new(logged);
                break;
            case 2:
                object = cairn_new(by_hand);
                break;
            case 3:
                object = cairn_new_var(array, 2);
                break;
            default:
                object = cairn_new(custom);
                break;
        }
        ASSERT_NE(object, nullptr);
        *(i % 5 == 3 ? item(object, 1) : slot(object, 2)) = next;
        next = object;
    }
    EXPECT_TRUE(verify());
    cairn_decref(next);
    EXPECT_EQ(usage().objects, 0u);
    (void)take_log();
}

TEST_F(ReclaimTest, LongChainThroughCallbackArgumentsDies) {
    cairn_object* target = make(leaf, "target");
    cairn_object* next = make(leaf, "end");
    for (int i = 0; i < 100000; ++i) {
        cairn_object* ref = cairn_weakref_new(target, callback(), next, callback_data("w"));
        ASSERT_NE(ref, nullptr);
        cairn_decref(next);
        next = ref;
    }
    EXPECT_EQ(cairn_weakref_count(target), 100000u);
    cairn_decref(next);
    EXPECT_EQ(cairn_weakref_count(target), 0u);
    EXPECT_EQ(take_log(), "dealloc end");
    cairn_decref(target);
}

TEST_F(ReclaimTest, LongChainThroughCallbacksDies) {
    // The callback of each death drops the last reference to the next object.
    log_deaths = false;
    constexpr size_t kLength = 300;
    std::vector<cairn_object*> chain;
    std::vector<cairn_object*> refs;
    for (size_t i = 0; i < kLength; ++i) {
        chain.push_back(make(logged, "link"));
    }
    for (size_t i = 0; i + 1 < kLength; ++i) {
        refs.push_back(weak(chain[i], "w", [&chain, i](cairn_object*) {
            cairn_decref(chain[i + 1]);
            return CAIRN_OK;
        }));
    }
    cairn_decref(chain[0]);
    EXPECT_EQ(count_events("cb w"), kLength - 1);
    EXPECT_EQ(usage().objects, kLength - 1);
    for (cairn_object* ref : refs) {
        cairn_decref(ref);
    }
}

TEST_F(ReclaimTest, WideObjectDropsAllItsItemsInOrder) {
    constexpr size_t kWidth = 3000;
    cairn_object* a = make_array(kWidth, "a");
    std::string expected;
    for (size_t i = 0; i < kWidth; ++i) {
        *item(a, i) = make(leaf, std::to_string(i));
        expected += "dealloc " + std::to_string(i) + ", ";
    }
    cairn_decref(a);
    EXPECT_TRUE(take_log() == expected + "dealloc a");
}

TEST_F(ReclaimTest, DeallocReportsFewerExternalBytes) {
    struct Buffer {
        static void release(cairn_object* self) {
            EXPECT_EQ(cairn_heap_add_external(cairn_heap_of(self), -4096), CAIRN_OK);
        }
    };
    cairn_type_spec spec = node_spec("buffer");
    spec.dealloc = &Buffer::release;
    cairn_type* buffer = type(spec);
    cairn_object* by_count = make(buffer, "by_count");
    cairn_object* by_collection = make_ring(buffer, {"b", "c"});
    EXPECT_EQ(cairn_heap_add_external(heap, ptrdiff_t{3} * 4096), CAIRN_OK);
    cairn_decref(by_count);
    EXPECT_EQ(usage().external_bytes, 2u * 4096);
    cairn_decref(by_collection);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(usage().external_bytes, 0u);
}

}  // namespace
}  // namespace cairn_test
