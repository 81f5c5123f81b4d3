// SPDX-License-Identifier: MIT
/// Weak-value maps, weak-key maps and weak sets: what is stored, found, removed and dies.
#include "weakmap_helpers.h"

namespace cairn_test {
namespace {

class WeakmapKindTest : public WeakmapTest, public testing::WithParamInterface<cairn_weak_kind> {
  protected:
    static bool is_set() { return GetParam() == CAIRN_WEAK_SET; }
    static bool has_weak_values() { return GetParam() == CAIRN_WEAK_VALUE_MAP; }
};

std::string name_of_kind(const testing::TestParamInfo<cairn_weak_kind>& info) {
    static constexpr const char* kNames[] = {"", "Values", "Keys", "Members"};
    return kNames[info.param];
}

INSTANTIATE_TEST_SUITE_P(AllKinds,
                         WeakmapKindTest,
                         testing::Values(CAIRN_WEAK_VALUE_MAP, CAIRN_WEAK_KEY_MAP, CAIRN_WEAK_SET),
                         name_of_kind);

TEST_P(WeakmapKindTest, StoringAgainDoesNotCountTowardsACollection) {
    cairn_object* map = make_map(GetParam());
    cairn_object* key = make(logged, "k");
    cairn_object* value = make(logged, "v");
    const auto count = [this] {
        uint32_t counts[CAIRN_GENERATIONS] = {};
        cairn_gc_get_counts(heap, counts);
        return counts[0];
    };
    EXPECT_EQ(put(map, key, value), CAIRN_OK);
    const uint32_t before = count();
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(put(map, key, value), CAIRN_OK);
    }
    EXPECT_EQ(count(), before);
    cairn_weakmap_iterator iterator;
    cairn_weakmap_iterator_open(map, &iterator);
    cairn_object* other = make(logged, "other");
    EXPECT_EQ(put(map, other, value), CAIRN_BUSY);
    EXPECT_EQ(count(), before + 1) << "the key itself";
    cairn_weakmap_iterator_close(&iterator);
    cairn_decref(other);
    cairn_decref(map);
    cairn_decref(key);
    cairn_decref(value);
}

TEST_P(WeakmapKindTest, HoldsWhatWasStoredUntilItsWeakSideDies) {
    cairn_object* map = make_map(GetParam());
    EXPECT_EQ(cairn_weakmap_kind(map), GetParam());
    cairn_object* key = make(logged, "k");
    cairn_object* value = make(logged, "v");
    EXPECT_FALSE(contains(map, key));
    EXPECT_EQ(put(map, key, value), CAIRN_OK);
    EXPECT_TRUE(contains(map, key));
    EXPECT_EQ(cairn_weakmap_length(map), 1u);
    EXPECT_EQ(value_of(map, key), is_set() ? cairn_status_text(CAIRN_INVALID) : "v");
    EXPECT_EQ(contents(map), is_set() ? "k" : "k=v");
    cairn_decref(has_weak_values() ? value : key);
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
    EXPECT_EQ(take_log(), has_weak_values() ? "dealloc v" : "dealloc k");
    cairn_decref(has_weak_values() ? key : value);
    EXPECT_EQ(contents(map), "");
    cairn_decref(map);
}

TEST_P(WeakmapKindTest, OwnsTheStrongSideOnly) {
    cairn_object* map = make_map(GetParam());
    cairn_object* key = make(logged, "k");
    cairn_object* value = make(logged, "v");
    EXPECT_EQ(put(map, key, value), CAIRN_OK);
    EXPECT_EQ(cairn_refcount(key), has_weak_values() ? 2u : 1u);
    EXPECT_EQ(cairn_refcount(value), !is_set() && !has_weak_values() ? 2u : 1u);
    EXPECT_EQ(cairn_weakref_count(has_weak_values() ? value : key), 1u);
    cairn_decref(map);
    EXPECT_EQ(cairn_refcount(key), 1u);
    EXPECT_EQ(cairn_refcount(value), 1u);
    EXPECT_EQ(cairn_weakref_count(has_weak_values() ? value : key), 0u);
    cairn_decref(key);
    cairn_decref(value);
}

TEST_P(WeakmapKindTest, DeleteTakesTheEntryOut) {
    cairn_object* map = make_map(GetParam());
    cairn_object* key = make(logged, "k");
    EXPECT_EQ(cairn_weakmap_delete(map, key), CAIRN_NOT_FOUND);
    EXPECT_EQ(put(map, key, key), CAIRN_OK);
    EXPECT_EQ(cairn_weakmap_delete(map, key), CAIRN_OK);
    EXPECT_EQ(cairn_weakmap_delete(map, key), CAIRN_NOT_FOUND);
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
    EXPECT_EQ(cairn_refcount(key), 1u);
    cairn_decref(key);
    cairn_decref(map);
}

TEST_P(WeakmapKindTest, ClearTakesTheNewestOutFirst) {
    cairn_object* map = make_map(GetParam());
    std::vector<cairn_object*> held;
    for (const char* label : {"a", "b", "c"}) {
        cairn_object* key = make(logged, std::string("k") + label);
        cairn_object* value = make(logged, std::string("v") + label);
        EXPECT_EQ(put(map, key, value), CAIRN_OK);
        held.push_back(has_weak_values() ? value : key);
        cairn_decref(has_weak_values() ? key : value);
    }
    EXPECT_EQ(take_log(), is_set() ? "dealloc va, dealloc vb, dealloc vc" : "");
    EXPECT_EQ(cairn_weakmap_clear(map), CAIRN_OK);
    EXPECT_EQ(take_log(),
              is_set()            ? ""
              : has_weak_values() ? "dealloc kc, dealloc kb, dealloc ka"
                                  : "dealloc vc, dealloc vb, dealloc va");
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
    EXPECT_EQ(cairn_weakmap_clear(map), CAIRN_OK);
    for (cairn_object* object : held) {
        EXPECT_EQ(cairn_weakref_count(object), 0u);
        cairn_decref(object);
    }
    cairn_decref(map);
}

TEST_P(WeakmapKindTest, EqualKeysShareAnEntryAndTheFirstStays) {
    cairn_object* map = make_map(GetParam());
    cairn_object* first = make_valued("x:1");
    cairn_object* second = make_valued("x:2");
    EXPECT_EQ(put(map, first, first), CAIRN_OK);
    EXPECT_EQ(put(map, second, second), CAIRN_OK);
    EXPECT_EQ(cairn_weakmap_length(map), 1u);
    EXPECT_TRUE(contains(map, second));
    EXPECT_EQ(contents(map), is_set() ? "x:1" : "x:1=x:2");
    cairn_decref(first);
    // A weak-value map holds its key, the others held it weakly.
    EXPECT_EQ(cairn_weakmap_length(map), has_weak_values() ? 1u : 0u);
    cairn_decref(second);
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
    cairn_decref(map);
}

TEST_P(WeakmapKindTest, CopyHasTheLiveEntriesAndIsItsOwn) {
    cairn_object* map = make_map(GetParam());
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    EXPECT_EQ(put(map, a, a), CAIRN_OK);
    EXPECT_EQ(put(map, b, b), CAIRN_OK);
    cairn_object* copy = nullptr;
    ASSERT_EQ(cairn_weakmap_copy(map, &copy), CAIRN_OK);
    EXPECT_EQ(cairn_weakmap_kind(copy), GetParam());
    EXPECT_EQ(contents(copy), contents(map));
    EXPECT_EQ(cairn_weakmap_delete(map, a), CAIRN_OK);
    EXPECT_EQ(contents(copy), is_set() ? "a b" : "a=a b=b");
    EXPECT_EQ(contents(map), is_set() ? "b" : "b=b");
    cairn_decref(map);
    EXPECT_EQ(contents(copy), is_set() ? "a b" : "a=a b=b");
    cairn_decref(copy);
    cairn_decref(a);
    cairn_decref(b);
}

TEST_P(WeakmapKindTest, UpdateTakesOverFromTheSameKindOnly) {
    cairn_object* to = make_map(GetParam());
    cairn_object* from = make_map(GetParam());
    cairn_object* other = make_map(is_set() ? CAIRN_WEAK_KEY_MAP : CAIRN_WEAK_SET);
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    EXPECT_EQ(put(to, a, a), CAIRN_OK);
    EXPECT_EQ(put(from, a, b), CAIRN_OK);
    EXPECT_EQ(put(from, b, b), CAIRN_OK);
    EXPECT_EQ(cairn_weakmap_update(to, other), CAIRN_INVALID);
    EXPECT_EQ(cairn_weakmap_update(to, a), CAIRN_INVALID);
    EXPECT_EQ(cairn_weakmap_update(to, from), CAIRN_OK);
    EXPECT_EQ(contents(to), is_set() ? "a b" : "a=b b=b");
    EXPECT_EQ(cairn_weakmap_update(to, to), CAIRN_OK);
    EXPECT_EQ(contents(to), is_set() ? "a b" : "a=b b=b");
    for (cairn_object* object : {to, from, other, a, b}) {
        cairn_decref(object);
    }
}

TEST_P(WeakmapKindTest, RefsListsTheReferencesOfLiveEntries) {
    cairn_object* map = make_map(GetParam());
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    cairn_object* c = make(logged, "c");
    for (cairn_object* object : {a, b, c}) {
        EXPECT_EQ(put(map, object, object), CAIRN_OK);
    }
    EXPECT_EQ(cairn_weakmap_delete(map, b), CAIRN_OK);
    cairn_objects refs = {};
    ASSERT_EQ(cairn_weakmap_refs(map, &refs), CAIRN_OK);
    ASSERT_EQ(refs.count, 2u);
    EXPECT_EQ(deref(refs.items[0]) + deref(refs.items[1]), "ac");
    // A reference that outlives its entry or the map is harmless.
    cairn_decref(map);
    for (cairn_object* object : {a, b, c}) {
        cairn_decref(object);
    }
    if (!has_weak_values()) {
        EXPECT_EQ(deref(refs.items[0]) + deref(refs.items[1]), "--");
    }
    cairn_objects_release(heap, &refs);
}

TEST_P(WeakmapKindTest, CanBeWeaklyReferencedAndDieInACycle) {
    cairn_object* map = make_map(GetParam());
    cairn_object* ref = weak(map, "map died");
    cairn_object* key = make(fin, "k");
    cairn_object* value = make(fin, "v");
    set(key, 0, map);
    set(value, 0, map);
    EXPECT_EQ(put(map, key, value), CAIRN_OK);
    cairn_decref(map);
    cairn_decref(key);
    cairn_decref(value);
    collect();
    EXPECT_TRUE(cairn_weakref_is_cleared(ref));
    EXPECT_EQ(count_events("cb map died"), 1u);
    EXPECT_EQ(count_events("dealloc k"), 1u);
    EXPECT_EQ(count_events("dealloc v"), 1u);
    cairn_decref(ref);
    EXPECT_EQ(usage().objects, 0u);
}

TEST_P(WeakmapKindTest, CanHoldItself) {
    cairn_object* map = make_map(GetParam());
    EXPECT_EQ(put(map, map, map), CAIRN_OK);
    EXPECT_TRUE(contains(map, map));
    EXPECT_TRUE(verify());
    cairn_decref(map);
    collect();
    EXPECT_EQ(usage().objects, 0u);
}

TEST_P(WeakmapKindTest, AMillionEntriesDieInLinearTime) {
    const auto seconds = [this](size_t count) {
        log_deaths = false;
        cairn_object* map = make_map(GetParam());
        cairn_object* members = cairn_new_var(array, count);
        for (size_t i = 0; i < count; ++i) {
            *item(members, i) = cairn_new(plain);
            EXPECT_EQ(put(map, *item(members, i), *item(members, i)), CAIRN_OK);
        }
        cairn_gc_freeze(heap);  // What is measured is the death, not a search for garbage.
        const double start = seconds_spent();
        if (GetParam() == CAIRN_WEAK_SET) {
            cairn_decref(members);  // One entry after the other leaves.
            EXPECT_EQ(cairn_weakmap_length(map), 0u);
            cairn_decref(map);
        } else {
            EXPECT_EQ(cairn_weakmap_length(map), count);
            cairn_decref(map);
            cairn_decref(members);
        }
        return seconds_spent() - start;
    };
    EXPECT_TRUE(stays_below(60, seconds, 100000U, 1000000U));
}

TEST_P(WeakmapKindTest, ComingAndGoingKeepsTheTableSmall) {
    cairn_object* map = make_map(GetParam());
    cairn_object* stays = make(plain, "stays");
    EXPECT_EQ(put(map, stays, stays), CAIRN_OK);
    size_t before = 0;
    for (int i = 0; i < 10000; ++i) {
        cairn_object* object = cairn_new(plain);
        EXPECT_EQ(put(map, object, object), CAIRN_OK);
        EXPECT_EQ(cairn_weakmap_delete(map, object), CAIRN_OK);
        cairn_decref(object);
        before = i == 100 ? usage().table_bytes : before;
    }
    EXPECT_EQ(usage().table_bytes, before);
    EXPECT_EQ(cairn_weakmap_length(map), 1u);
    cairn_decref(map);
    cairn_decref(stays);
}

TEST_P(WeakmapKindTest, KeyThatComesAndGoesAmongOthersIsFoundAtOnce) {
    const auto time_of = [this](size_t count) {
        cairn_object* map = make_map(GetParam());
        cairn_object* key = cairn_new(plain);
        std::vector<cairn_object*> others;
        const double start = seconds_spent();
        for (size_t i = 0; i < count; ++i) {
            EXPECT_EQ(put(map, key, key), CAIRN_OK);
            others.push_back(cairn_new(plain));
            EXPECT_EQ(put(map, others.back(), others.back()), CAIRN_OK);
            EXPECT_EQ(cairn_weakmap_delete(map, key), CAIRN_OK);
        }
        const double taken = seconds_spent() - start;
        EXPECT_EQ(cairn_weakmap_length(map), others.size());
        cairn_decref(map);
        cairn_decref(key);
        for (cairn_object* object : others) {
            cairn_decref(object);
        }
        return taken;
    };
    EXPECT_TRUE(stays_below(60, time_of, 2500U, 50000U))
        << "a search looks at every place that the key once had";
}

TEST_P(WeakmapKindTest, AMapThatWasLargeIsQuickWhenItIsNearlyEmpty) {
    const auto after = [this](size_t count) {
        cairn_object* map = make_map(GetParam());
        std::vector<cairn_object*> many;
        for (size_t i = 0; i < count; ++i) {
            many.push_back(cairn_new(plain));
            EXPECT_EQ(put(map, many.back(), many.back()), CAIRN_OK);
        }
        EXPECT_EQ(cairn_weakmap_length(map), count);
        for (cairn_object* object : many) {
            EXPECT_EQ(cairn_weakmap_delete(map, object), CAIRN_OK);
            cairn_decref(object);
        }
        const double start = seconds_spent();
        for (int i = 0; i < 20000; ++i) {
            cairn_object* object = cairn_new(plain);
            EXPECT_EQ(put(map, object, object), CAIRN_OK);
            EXPECT_EQ(cairn_weakmap_delete(map, object), CAIRN_OK);
            cairn_decref(object);
        }
        const double taken = seconds_spent() - start;
        cairn_decref(map);
        return taken;
    };
    EXPECT_TRUE(stays_below(10, after, 10U, 200000U))
        << "each removal costs the size that the table once had";
}

TEST_F(WeakmapTest, PopGivesTheValueWithAReference) {
    for (const cairn_weak_kind kind : {CAIRN_WEAK_VALUE_MAP, CAIRN_WEAK_KEY_MAP}) {
        cairn_object* map = make_map(kind);
        cairn_object* key = make(logged, "k");
        cairn_object* value = make(logged, "v");
        cairn_object* popped = nullptr;
        EXPECT_EQ(cairn_weakmap_pop(map, key, &popped), CAIRN_NOT_FOUND);
        EXPECT_EQ(put(map, key, value), CAIRN_OK);
        EXPECT_EQ(cairn_weakmap_pop(map, key, &popped), CAIRN_OK);
        EXPECT_EQ(popped, value);
        EXPECT_EQ(cairn_refcount(value), 2u);
        EXPECT_EQ(cairn_weakmap_length(map), 0u);
        for (cairn_object* object : {popped, value, key, map}) {
            cairn_decref(object);
        }
    }
    cairn_object* set = make_map(CAIRN_WEAK_SET);
    cairn_object* popped = nullptr;
    EXPECT_EQ(cairn_weakmap_pop(set, set, &popped), CAIRN_INVALID);
    EXPECT_EQ(cairn_weakmap_set(set, set, set), CAIRN_INVALID);
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    EXPECT_EQ(cairn_weakset_add(map, map), CAIRN_INVALID);
    EXPECT_EQ(cairn_weakmap_new(heap, CAIRN_NOT_WEAK), nullptr);
    EXPECT_EQ(cairn_weakmap_kind(make(plain, "x")), CAIRN_NOT_WEAK);
    expected_held = 1;
    cairn_decref(map);
    cairn_decref(set);
}

TEST_P(WeakmapKindTest, PopLastTakesTheNewestEntryThatLives) {
    cairn_object* map = make_map(GetParam());
    cairn_object* key = nullptr;
    cairn_object* value = nullptr;
    EXPECT_EQ(cairn_weakmap_pop_last(map, &key, &value), CAIRN_NOT_FOUND);
    std::vector<cairn_object*> members;
    for (const char* label : {"a", "b", "c", "d"}) {
        members.push_back(make(logged, label));
        EXPECT_EQ(put(map, members.back(), members.back()), CAIRN_OK);
    }
    cairn_weakmap_iterator iterator;
    cairn_weakmap_iterator_open(map, &iterator);
    EXPECT_EQ(cairn_weakmap_pop_last(map, &key, &value), CAIRN_BUSY);
    cairn_weakmap_iterator_close(&iterator);
    EXPECT_EQ(cairn_weakmap_delete(map, members[3]), CAIRN_OK);
    for (const size_t at : {2u, 1u}) {
        EXPECT_EQ(cairn_weakmap_pop_last(map, &key, &value), CAIRN_OK);
        EXPECT_EQ(key, members[at]);
        EXPECT_EQ(value, is_set() ? nullptr : members[at]);
        EXPECT_EQ(cairn_refcount(key), is_set() ? 2u : 3u);
        cairn_clear(&key);
        cairn_clear(&value);
        EXPECT_FALSE(contains(map, members[at]));
    }
    // What takes the places that were cut off is found, and is the last again.
    EXPECT_EQ(put(map, members[3], members[3]), CAIRN_OK);
    EXPECT_EQ(put(map, members[1], members[1]), CAIRN_OK);
    EXPECT_EQ(contents(map), is_set() ? "a d b" : "a=a d=d b=b");
    EXPECT_EQ(cairn_weakmap_pop_last(map, &key, &value), CAIRN_OK);
    EXPECT_EQ(key, members[1]);
    cairn_clear(&key);
    cairn_clear(&value);
    EXPECT_TRUE(contains(map, members[0]) && contains(map, members[3]));
    EXPECT_EQ(cairn_verify_for_testing(heap), 1);
    EXPECT_EQ(cairn_weakmap_pop_last(members[0], &key, &value), CAIRN_INVALID);
    for (cairn_object* member : members) {
        cairn_decref(member);
    }
    cairn_decref(map);
}

// While one entry stays, others come and go at the end.
TEST_F(WeakmapTest, PopLastInTurnWithStoringNeverFillsTheTable) {
    cairn_object* map = make_map(CAIRN_WEAK_SET);
    cairn_object* first = make(plain, "first");
    EXPECT_EQ(put(map, first, nullptr), CAIRN_OK);
    cairn_heap_usage before = {};
    cairn_heap_get_usage(heap, &before);
    for (int i = 0; i < 1000; ++i) {
        cairn_object* members[] = {cairn_new(plain), cairn_new(plain), cairn_new(plain)};
        for (cairn_object* member : members) {
            EXPECT_EQ(put(map, member, nullptr), CAIRN_OK);
        }
        cairn_object* key = nullptr;
        cairn_object* value = nullptr;
        for (size_t at : {2u, 1u, 0u}) {
            EXPECT_EQ(cairn_weakmap_pop_last(map, &key, &value), CAIRN_OK);
            EXPECT_EQ(key, members[at]);
            cairn_clear(&key);
            cairn_decref(members[at]);
        }
    }
    EXPECT_TRUE(contains(map, first));
    EXPECT_EQ(cairn_weakmap_length(map), 1u);
    cairn_heap_usage after = {};
    cairn_heap_get_usage(heap, &after);
    EXPECT_LE(after.table_bytes, before.table_bytes + 4096);
    cairn_decref(first);
    cairn_decref(map);
}

// CPython bpo-28427: the old value's death must not take the new entry with it.
TEST_F(WeakmapTest, ANewValueUnderAnOldKeySurvivesTheDeathOfTheOldOne) {
    cairn_object* map = make_map(CAIRN_WEAK_VALUE_MAP);
    cairn_object* key = make(logged, "k");
    cairn_object* old_value = make(logged, "old");
    cairn_object* new_value = make(logged, "new");
    EXPECT_EQ(cairn_weakmap_set(map, key, old_value), CAIRN_OK);
    EXPECT_EQ(cairn_weakmap_set(map, key, new_value), CAIRN_OK);
    cairn_decref(old_value);
    EXPECT_EQ(value_of(map, key), "new");
    EXPECT_EQ(cairn_weakmap_length(map), 1u);
    // The same with an old value that dies in a collection whose callback stores the new one.
    cairn_object* third = make_ring(logged, {"r1", "r2"});
    EXPECT_EQ(cairn_weakmap_set(map, key, third), CAIRN_OK);
    cairn_object* ref =
        weak(third, "w", [&](cairn_object*) { return cairn_weakmap_set(map, key, new_value); });
    cairn_decref(third);
    collect();
    EXPECT_EQ(value_of(map, key), "new");
    EXPECT_EQ(cairn_weakmap_length(map), 1u);
    for (cairn_object* object : {ref, map, key, new_value}) {
        cairn_decref(object);
    }
}

TEST_F(WeakmapTest, LengthNeverCountsTheDead) {
    cairn_object* set = make_map(CAIRN_WEAK_SET);
    cairn_object* a = make_fin("a", [&](cairn_object*) {
        EXPECT_EQ(cairn_weakmap_length(set), 2u);  // Not dead yet.
        return CAIRN_OK;
    });
    cairn_object* b = make(logged, "b");
    EXPECT_EQ(cairn_weakset_add(set, a), CAIRN_OK);
    EXPECT_EQ(cairn_weakset_add(set, b), CAIRN_OK);
    cairn_object* ref = weak(a, "w", [&](cairn_object*) {
        EXPECT_EQ(cairn_weakmap_length(set), 1u);
        EXPECT_EQ(contents(set), "b");
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a, cb w, dealloc a");
    for (cairn_object* object : {ref, b, set}) {
        cairn_decref(object);
    }
}

TEST_F(WeakmapTest, IntrospectionShowsReferencesAndTheStrongSide) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* key = make(logged, "k");
    cairn_object* value = make(logged, "v");
    EXPECT_EQ(put(map, key, value), CAIRN_OK);
    EXPECT_EQ(referents(map), "weakref v");
    EXPECT_EQ(cairn_weakref_count(key), 1u);
    cairn_objects list = {};
    EXPECT_EQ(cairn_get_referrers(heap, &value, 1, &list), CAIRN_OK);
    ASSERT_EQ(list.count, 1u);
    EXPECT_EQ(list.items[0], map);
    cairn_objects_release(heap, &list);
    EXPECT_EQ(cairn_get_referrers(heap, &key, 1, &list), CAIRN_OK);
    EXPECT_EQ(list.count, 0u);
    cairn_objects_release(heap, &list);
    for (cairn_object* object : {map, key, value}) {
        cairn_decref(object);
    }
}

// Bits that only the upper half of a hash tells apart (floating-point numbers, say).
TEST_F(WeakmapTest, HashesThatDifferInTheUpperHalfDoNotCollide) {
    struct Number {
        cairn_object head;
        uint64_t hash;
    };
    cairn_type_spec spec = leaf_spec("number");
    spec.object_size = sizeof(Number);
    spec.hash = [](cairn_object* self, uint64_t* out_hash) {
        *out_hash = reinterpret_cast<Number*>(self)->hash;
        return CAIRN_OK;
    };
    spec.equal = [](cairn_object* self, cairn_object* other, int* out_equal) {
        *out_equal = self == other ? 1 : 0;
        return CAIRN_OK;
    };
    cairn_type* number = type(spec);
    const auto time_with = [&](int shift) {
        cairn_object* set = make_map(CAIRN_WEAK_SET);
        std::vector<cairn_object*> numbers;
        const double start = seconds_spent();
        for (uint64_t i = 0; i < 50000; ++i) {
            numbers.push_back(cairn_new(number));
            reinterpret_cast<Number*>(numbers.back())->hash = i << shift;
            EXPECT_EQ(cairn_weakset_add(set, numbers.back()), CAIRN_OK);
        }
        const double taken = seconds_spent() - start;
        for (cairn_object* object : numbers) {
            cairn_decref(object);
        }
        EXPECT_EQ(cairn_weakmap_length(set), 0u);
        cairn_decref(set);
        return taken;
    };
    EXPECT_TRUE(stays_below(10, time_with, 0, 40));
}

}  // namespace
}  // namespace cairn_test
