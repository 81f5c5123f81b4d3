// SPDX-License-Identifier: MIT
/// Ephemerons: a value of a weak-key map lives while its key and the map do, whatever it reaches.
#include "weakmap_helpers.h"

namespace cairn_test {
namespace {

/// Finalizers run while leaf keys are candidates still.
class EphemeronFinalizersFirstTest : public WeakmapTest {
  public:
    EphemeronFinalizersFirstTest() : WeakmapTest(CAIRN_HEAP_FINALIZERS_FIRST) {}
};

TEST_F(EphemeronFinalizersFirstTest, ALeafKeyIsTakenOutAndDiesInAFinalizer) {
    cairn_type_spec spec = leaf_spec("text");
    spec.item_size = 1;
    cairn_type* text = type(spec);
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* owner = make_fin("owner", [&](cairn_object* self) {
        EXPECT_EQ(cairn_weakmap_delete(map, get(self, 0)), CAIRN_OK);
        give(self, 0, nullptr);
        return CAIRN_OK;
    });
    give(owner, 0, cairn_new_var(text, 10));
    set(owner, 1, owner);
    cairn_object* value = make(logged, "v");
    EXPECT_EQ(put(map, get(owner, 0), value), CAIRN_OK);
    cairn_decref(value);
    cairn_decref(owner);
    collect();
    EXPECT_EQ(take_log(), "fin owner, dealloc v, dealloc owner");
    cairn_decref(map);
    EXPECT_EQ(usage().objects, 0u);
}

class EphemeronTest : public WeakmapTest, public testing::WithParamInterface<uint32_t> {
  public:
    EphemeronTest() : WeakmapTest(GetParam()) {}

  protected:
    void SetUp() override {
        WeakmapTest::SetUp();
        map = make_map(CAIRN_WEAK_KEY_MAP);
    }

    void TearDown() override {
        cairn_clear(&map);
        collect();
        EXPECT_EQ(usage().objects, 0u);
        WeakmapTest::TearDown();
    }

    /// Stores and lets go of the value.
    void put_value(cairn_object* in, cairn_object* key, cairn_object* value) {
        EXPECT_EQ(cairn_weakmap_set(in, key, value), CAIRN_OK);
        cairn_decref(value);
    }

    cairn_object* map = nullptr;
};

INSTANTIATE_TEST_SUITE_P(Orders, EphemeronTest, testing::Values(0u, CAIRN_HEAP_CPYTHON_ORDER));

TEST_P(EphemeronTest, AValueThatReachesItsOwnKeyDiesWithIt) {
    cairn_object* key = make(logged, "k");
    cairn_object* value = make(logged, "v");
    set(value, 0, key);
    put_value(map, key, value);
    collect();
    EXPECT_EQ(take_log(), "");
    EXPECT_EQ(value_of(map, key), "v");
    cairn_decref(key);
    EXPECT_EQ(take_log(), "");
    collect();
    EXPECT_EQ(take_sorted_log(), "dealloc k, dealloc v");
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
}

TEST_P(EphemeronTest, AValueThatIsItsOwnKeyDies) {
    cairn_object* self = make(logged, "s");
    EXPECT_EQ(put(map, self, self), CAIRN_OK);
    cairn_decref(self);
    EXPECT_EQ(take_log(), "");
    collect();
    EXPECT_EQ(take_log(), "dealloc s");
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
}

TEST_P(EphemeronTest, LoopsOfTwoEntriesDie) {
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    cairn_object* to_a = make(logged, "to a");
    cairn_object* to_b = make(logged, "to b");
    set(to_a, 0, a);
    set(to_b, 0, b);
    put_value(map, a, to_b);
    put_value(map, b, to_a);
    cairn_decref(a);
    collect();
    EXPECT_EQ(take_log(), "") << "b is held, and leads to a";
    cairn_decref(b);
    collect();
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b, dealloc to a, dealloc to b");
}

TEST_P(EphemeronTest, AValueThatReachesTheMapDoesNotHoldIt) {
    cairn_object* key = make(logged, "k");
    cairn_object* value = make(logged, "v");
    set(value, 0, map);
    put_value(map, key, value);
    cairn_clear(&map);
    collect();
    EXPECT_EQ(take_log(), "dealloc v") << "the map was held by its own entry alone";
    EXPECT_EQ(cairn_weakref_count(key), 0u);
    cairn_decref(key);
}

TEST_P(EphemeronTest, LoopsAcrossTwoMapsDie) {
    cairn_object* other = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    EXPECT_EQ(put(map, a, b), CAIRN_OK);
    EXPECT_EQ(put(other, b, a), CAIRN_OK);
    cairn_decref(a);
    collect();
    EXPECT_EQ(take_log(), "");
    cairn_decref(b);
    collect();
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b");
    cairn_decref(other);
}

TEST_P(EphemeronTest, AMapThatIsOnlyAValueLivesWithItsKey) {
    cairn_object* inner = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* outer_key = make(logged, "outer");
    cairn_object* inner_key = make(logged, "inner");
    put_value(inner, inner_key, make(logged, "deep"));
    put_value(map, outer_key, inner);
    collect();
    EXPECT_EQ(value_of(inner, inner_key), "deep");
    cairn_decref(outer_key);
    EXPECT_EQ(take_log(), "dealloc deep, dealloc outer");
    cairn_decref(inner_key);
}

TEST_P(EphemeronTest, TheMapDiesBeforeItsKeys) {
    cairn_object* key = make(logged, "k");
    cairn_object* value = make(logged, "v");
    set(value, 0, key);
    put_value(map, key, value);
    cairn_clear(&map);
    EXPECT_EQ(take_log(), "dealloc v");
    EXPECT_EQ(cairn_weakref_count(key), 0u);
    collect();
    cairn_decref(key);
    EXPECT_EQ(take_log(), "dealloc k");
}

TEST_P(EphemeronTest, GenerationsOfMapKeyAndValueDoNotMatter) {
    // Bit 0: the map is old, bit 1: the key, bit 2: the value.
    for (int old = 0; old < 8; ++old) {
        SCOPED_TRACE(old);
        cairn_object* table = nullptr;
        cairn_object* key = nullptr;
        cairn_object* value = nullptr;
        for (const bool now : {true, false}) {
            table = ((old & 1) != 0) == now ? make_map(CAIRN_WEAK_KEY_MAP) : table;
            key = ((old & 2) != 0) == now ? make(logged, "k") : key;
            value = ((old & 4) != 0) == now ? make(logged, "v") : value;
            if (now) {
                collect();
            }
        }
        set(value, 0, key);
        put_value(table, key, value);
        collect(0);
        EXPECT_EQ(value_of(table, key), "v");
        cairn_decref(key);
        collect(0);
        collect(1);
        EXPECT_TRUE(verify());
        collect();
        EXPECT_EQ(take_sorted_log(), "dealloc k, dealloc v");
        EXPECT_EQ(cairn_weakmap_length(table), 0u);
        cairn_decref(table);
    }
}

TEST_P(EphemeronTest, FrozenMapsKeepTheirEntries) {
    cairn_object* key = make(logged, "k");
    cairn_object* value = make(logged, "v");
    set(value, 0, key);
    put_value(map, key, value);
    cairn_gc_freeze(heap);
    cairn_decref(key);
    collect();
    EXPECT_EQ(take_log(), "");
    cairn_gc_unfreeze(heap);
    collect();
    EXPECT_EQ(take_sorted_log(), "dealloc k, dealloc v");
}

TEST_P(EphemeronTest, LeafKeysDieToo) {
    if (GetParam() == CAIRN_HEAP_CPYTHON_ORDER) {
        GTEST_SKIP() << "ordered heaps take leaf keys for alive";
    }
    cairn_object* key = make(leaf, "k");
    cairn_object* value = make(logged, "v");
    set(value, 0, key);
    put_value(map, key, value);
    cairn_object* ref = weak(key, "w");
    collect();
    EXPECT_EQ(take_log(), "");
    cairn_decref(key);
    collect();
    EXPECT_EQ(take_sorted_log(), "cb w, dealloc k, dealloc v");
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
    cairn_decref(ref);
}

TEST_P(EphemeronTest, ALeafKeyThatIsItsOwnValueDies) {
    if (GetParam() == CAIRN_HEAP_CPYTHON_ORDER) {
        GTEST_SKIP() << "ordered heaps take leaf keys for alive";
    }
    cairn_object* key = make(leaf, "k");
    EXPECT_EQ(put(map, key, key), CAIRN_OK);
    cairn_object* ref = weak(key, "w");
    cairn_decref(key);
    collect();
    EXPECT_EQ(take_sorted_log(), "cb w, dealloc k") << "nothing else is garbage";
    EXPECT_EQ(referents(map), "");
    cairn_decref(ref);
}

TEST_P(EphemeronTest, AValueThatReachesItsKeyThroughATupleDies) {
    cairn_type_spec spec = array_spec("tuple");
    spec.flags |= CAIRN_TYPE_UNTRACK_ATOMIC;
    cairn_object* tuple = cairn_new_var(type(spec), 1);
    cairn_object* leaf_key = make(leaf, "k");
    *item(tuple, 0) = cairn_new_ref(leaf_key);
    const bool in_order = GetParam() == CAIRN_HEAP_CPYTHON_ORDER;
    cairn_object* key = in_order ? cairn_new_ref(tuple) : cairn_new_ref(leaf_key);
    cairn_decref(leaf_key);
    cairn_object* value = make(logged, "v");
    give(value, 0, tuple);
    put_value(map, key, value);
    collect();
    EXPECT_TRUE(cairn_gc_is_tracked(tuple)) << "through a weak key it can be part of a cycle";
    cairn_decref(key);
    EXPECT_EQ(take_log(), "");
    collect();
    EXPECT_EQ(take_sorted_log(), "dealloc k, dealloc v");
}

TEST_P(EphemeronTest, AResurrectedKeyHasLostItsEntry) {
    cairn_object* holder = make(plain, "holder");
    cairn_object* key = make_fin("k", [&](cairn_object* self) {
        set(holder, 0, self);
        return CAIRN_OK;
    });
    cairn_object* value = make(logged, "v");
    set(value, 0, key);
    put_value(map, key, value);
    cairn_decref(key);
    collect();
    EXPECT_EQ(get(holder, 0), key);
    EXPECT_FALSE(contains(map, key)) << "weak references to a cycle are cleared before finalizers";
    EXPECT_EQ(take_log(), "fin k, dealloc v");
    EXPECT_EQ(put(map, key, holder), CAIRN_OK);
    collect();
    EXPECT_EQ(value_of(map, key), "holder");
    EXPECT_EQ(cairn_weakmap_delete(map, key), CAIRN_OK);
    cairn_decref(holder);
    EXPECT_EQ(take_log(), "dealloc k");
}

TEST_P(EphemeronTest, AKeyThatDiesByCountAndIsResurrectedKeepsItsEntry) {
    cairn_object* holder = make(plain, "holder");
    cairn_object* key = make_fin("k", [&](cairn_object* self) {
        set(holder, 0, self);
        return CAIRN_OK;
    });
    put_value(map, key, make(logged, "v"));
    cairn_decref(key);
    EXPECT_EQ(value_of(map, key), "v");
    cairn_decref(holder);
    EXPECT_EQ(take_log(), "fin k, dealloc v, dealloc k");
}

// Entry i's value is what reaches key i + 1; the first key is held.
double time_of_chain(World& world, cairn_object* map, size_t length, bool backwards) {
    world.log_deaths = false;
    std::vector<cairn_object*> keys;
    for (size_t i = 0; i < length; ++i) {
        keys.push_back(cairn_new(world.plain));
    }
    for (size_t n = 0; n + 1 < length; ++n) {
        const size_t i = backwards ? length - 2 - n : n;
        EXPECT_EQ(cairn_weakmap_set(map, keys[i], keys[i + 1]), CAIRN_OK);
    }
    for (size_t i = 1; i < length; ++i) {
        cairn_decref(keys[i]);
    }
    const double start = seconds_spent();
    EXPECT_EQ(cairn_gc_collect(world.heap, 2, nullptr), CAIRN_OK);
    EXPECT_EQ(cairn_weakmap_length(map), length - 1);
    const double taken = seconds_spent() - start;
    cairn_decref(keys[0]);
    EXPECT_EQ(cairn_weakmap_length(map), 0u) << "one death sets off the next";
    EXPECT_EQ(cairn_gc_collect(world.heap, 2, nullptr), CAIRN_OK);
    return taken;
}

TEST_P(EphemeronTest, ChainsTakeTimeInProportion) {
    for (const bool backwards : {false, true}) {
        const auto time_of = [&](size_t n) { return time_of_chain(*this, map, n, backwards); };
        EXPECT_TRUE(stays_below(40, time_of, 10000U, 100000U));
    }
}

TEST_P(EphemeronTest, AClosedChainOfManyEntriesDies) {
    log_deaths = false;
    const size_t length = 100000;
    std::vector<cairn_object*> keys;
    for (size_t i = 0; i < length; ++i) {
        keys.push_back(cairn_new(plain));
    }
    for (size_t i = 0; i < length; ++i) {
        EXPECT_EQ(cairn_weakmap_set(map, keys[i], keys[(i + 1) % length]), CAIRN_OK);
    }
    for (size_t i = 1; i < length; ++i) {
        cairn_decref(keys[i]);
    }
    collect();
    EXPECT_EQ(cairn_weakmap_length(map), length);
    cairn_decref(keys[0]);
    EXPECT_EQ(cairn_weakmap_length(map), length);
    collect();
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
}

TEST_P(EphemeronTest, AKeyOfManyMapsKeepsAllItsValues) {
    std::vector<cairn_object*> maps;
    cairn_object* key = make(logged, "k");
    for (int i = 0; i < 100; ++i) {
        maps.push_back(make_map(CAIRN_WEAK_KEY_MAP));
        cairn_object* value = make(logged, "v");
        set(value, 0, key);
        put_value(maps.back(), key, value);
    }
    collect();
    EXPECT_EQ(take_log(), "");
    cairn_decref(key);
    collect();
    EXPECT_EQ(count_events("dealloc v"), 100u);
    EXPECT_EQ(count_events("dealloc k"), 1u);
    for (cairn_object* each : maps) {
        cairn_decref(each);
    }
}

TEST_P(EphemeronTest, AFinalizerSeesAWholeObjectThoughEntriesAreGone) {
    cairn_object* key = make_fin("k", [&](cairn_object* self) {
        EXPECT_EQ(label_of(get(self, 0)), "kept by k");
        EXPECT_EQ(cairn_weakmap_length(map), 0u);
        return CAIRN_OK;
    });
    give(key, 0, make(logged, "kept by k"));
    cairn_object* value = make(logged, "v");
    set(value, 0, key);
    put_value(map, key, value);
    cairn_decref(key);
    collect();
    EXPECT_EQ(count_events("fin k"), 1u);
    EXPECT_EQ(count_events("dealloc kept by k"), 1u);
}

TEST_P(EphemeronTest, AnIteratedMapHoldsADeadValueUntilTheIteratorCloses) {
    cairn_object* self = make(logged, "s");
    EXPECT_EQ(put(map, self, self), CAIRN_OK);
    cairn_weakmap_iterator iterator;
    cairn_weakmap_iterator_open(map, &iterator);
    cairn_decref(self);
    collect();
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
    EXPECT_EQ(cairn_weakmap_iterator_next(&iterator, nullptr, nullptr), 0);
    EXPECT_EQ(take_log(), "");
    cairn_weakmap_iterator_close(&iterator);
    EXPECT_EQ(take_log(), "dealloc s");
}

/// With all combinations of the options that change the order of what a collection does.
class WatchedKeyTest : public WeakmapTest, public testing::WithParamInterface<uint32_t> {
  public:
    WatchedKeyTest() : WeakmapTest(GetParam()) {}

  protected:
    /// A value for `map` under `key`, with a reference to `watched` that calls back.
    void watch(cairn_object* map,
               cairn_object* key,
               cairn_object* watched,
               Action action = nullptr) {
        cairn_object* value = make(logged, "value");
        give(value, 0, weak(watched, "w", std::move(action)));
        EXPECT_EQ(put(map, key, value), CAIRN_OK);
        cairn_decref(value);
    }

    void collect_all() {
        for (int i = 0; i < 3; ++i) {
            collect();
            cairn_finalizers_run(heap, 0, 0);
            EXPECT_TRUE(verify());
        }
    }
};

INSTANTIATE_TEST_SUITE_P(AllOptions, WatchedKeyTest, ::testing::Range(0u, 32u));

TEST_P(WatchedKeyTest, ValueIsToldOfItsKeysDeathByCountAndInACycle) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    for (const bool in_cycle : {false, true}) {
        cairn_object* key = make(logged, "key");
        watch(map, key, key);
        if (in_cycle) {
            set(key, 0, key);
        }
        cairn_decref(key);
        collect_all();
        EXPECT_EQ(count_events("cb w"), 1u) << "in a cycle: " << in_cycle;
        EXPECT_EQ(count_events("dealloc value"), 1u);
        EXPECT_EQ(cairn_weakmap_length(map), 0u);
        take_log();
    }
    cairn_decref(map);
}

TEST_P(WatchedKeyTest, OtherMemberOfTheKeysCycleAndChainsOfMaps) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* second = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* ring = make_ring(logged, {"a", "b"});
    // The value of the first map is the key of the second, whose value watches the ring.
    cairn_object* link = make(logged, "link");
    EXPECT_EQ(put(map, ring, link), CAIRN_OK);
    watch(second, link, get(ring, 0));
    cairn_decref(link);
    cairn_decref(ring);
    collect_all();
    EXPECT_EQ(count_events("cb w"), 1u);
    EXPECT_EQ(usage().objects, 2u);
    cairn_decref(map);
    cairn_decref(second);
}

TEST_P(WatchedKeyTest, CallbackMaySaveTheValueAndWhatItReaches) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* key = make_ring(logged, {"a", "b"});
    cairn_object* saved = nullptr;
    watch(map, key, key, [&](cairn_object* ref) {
        saved = cairn_new_ref(ref);
        return CAIRN_OK;
    });
    cairn_decref(key);
    collect_all();
    EXPECT_EQ(count_events("cb w"), 1u);
    ASSERT_NE(saved, nullptr);
    EXPECT_EQ(cairn_weakref_is_cleared(saved), 1);
    EXPECT_TRUE(verify());
    cairn_decref(saved);
    cairn_decref(map);
    collect_all();
    EXPECT_EQ(usage().objects, 0u);
}

TEST_P(WatchedKeyTest, GarbageMapKeepsNobodyInformed) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* key = make(logged, "key");
    watch(map, key, key);
    give(key, 0, map);
    set(key, 1, key);
    cairn_decref(key);
    collect_all();
    EXPECT_EQ(count_events("cb w"), 0u);
    EXPECT_EQ(usage().objects, 0u);
}

/// The verifier finds nothing at any place where user code runs.
TEST_P(WatchedKeyTest, LeafKeysAreLeavesWhileUserCodeRuns) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* owner = make_fin("owner", [&](cairn_object* self) {
        EXPECT_TRUE(verify());
        EXPECT_EQ(cairn_gc_is_tracked(get(self, 0)), 0);
        return CAIRN_OK;
    });
    give(owner, 0, make(leaf, "key"));
    set(owner, 1, owner);
    cairn_object* ref = weak(owner, "r", [&](cairn_object*) {
        EXPECT_TRUE(verify());
        return CAIRN_OK;
    });
    cairn_object* value = make_fin("value", [&](cairn_object*) {
        EXPECT_TRUE(verify());
        return CAIRN_OK;
    });
    EXPECT_EQ(put(map, get(owner, 0), value), CAIRN_OK);
    cairn_decref(value);
    cairn_decref(owner);
    collect_all();
    EXPECT_EQ(count_events("fin owner"), 1u);
    cairn_decref(ref);
    cairn_decref(map);
    EXPECT_EQ(usage().objects, 0u);
}

TEST_P(WatchedKeyTest, LeafKeyWithAFinalizerDiesWithItsValue) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* value = make_fin("value");
    give(value, 0, make(leaf_fin, "key"));
    EXPECT_EQ(put(map, get(value, 0), value), CAIRN_OK);
    cairn_decref(value);
    collect_all();
    const bool keeps_it =
        (GetParam() & (CAIRN_HEAP_STRONG_WEAKKEY_VALUES | CAIRN_HEAP_CPYTHON_ORDER)) != 0;
    EXPECT_EQ(take_sorted_log(), keeps_it ? "" : "dealloc key, dealloc value, fin key, fin value");
    cairn_decref(map);
    collect_all();
    EXPECT_EQ(usage().objects, 0u);
}

}  // namespace
}  // namespace cairn_test
