// SPDX-License-Identifier: MIT
/// Weak containers against user code: hash and equal that fail or change the table, maps that are
/// filled again or die meanwhile.
#include "weakmap_helpers.h"

namespace cairn_test {
namespace {

class WeakmapEqualTest : public WeakmapTest {
  protected:
    /// Calls `test(map, key, same)` for a container of each kind that has `key`, to which `same` is
    /// equal.
    template <typename F>
    void for_each_kind(F test) {
        for (const cairn_weak_kind kind :
             {CAIRN_WEAK_VALUE_MAP, CAIRN_WEAK_KEY_MAP, CAIRN_WEAK_SET}) {
            cairn_object* map = make_map(kind);
            cairn_object* key = make_valued("k:1");
            cairn_object* same = make_valued("k:2");
            EXPECT_EQ(put(map, key, key), CAIRN_OK);
            test(map, key, same);
            for (cairn_object* object : {map, key, same}) {
                cairn_decref(object);
            }
        }
    }
};

TEST_F(WeakmapTest, ErrorsOfHashPassThroughAndChangeNothing) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* key = make_valued("k:1");
    EXPECT_EQ(put(map, key, key), CAIRN_OK);
    in_hash = [] { return CAIRN_USER_ERROR; };
    cairn_object* value = nullptr;
    int found = -1;
    EXPECT_EQ(put(map, key, map), CAIRN_USER_ERROR);
    EXPECT_EQ(cairn_weakmap_get(map, key, &value), CAIRN_USER_ERROR);
    EXPECT_EQ(cairn_weakmap_pop(map, key, &value), CAIRN_USER_ERROR);
    EXPECT_EQ(cairn_weakmap_delete(map, key), CAIRN_USER_ERROR);
    EXPECT_EQ(cairn_weakmap_contains(map, key, &found), CAIRN_USER_ERROR);
    EXPECT_EQ(value, nullptr);
    EXPECT_EQ(found, -1);
    cairn_object* copy = nullptr;
    EXPECT_EQ(cairn_weakmap_copy(map, &copy), CAIRN_USER_ERROR);
    EXPECT_EQ(copy, nullptr);
    in_hash = nullptr;
    EXPECT_EQ(contents(map), "k:1=k:1");
    cairn_decref(map);
    cairn_decref(key);
}

TEST_F(WeakmapTest, HashMayLetGoOfTheValue) {
    for (const cairn_weak_kind kind : {CAIRN_WEAK_VALUE_MAP, CAIRN_WEAK_KEY_MAP}) {
        cairn_object* map = make_map(kind);
        cairn_object* key = make_valued("k:1");
        cairn_object* holder = make(plain, "holder");
        give(holder, 0, make(plain, "value"));
        in_hash = [holder] {
            cairn_clear(slot(holder, 0));
            return CAIRN_OK;
        };
        EXPECT_EQ(put(map, key, get(holder, 0)), CAIRN_OK);
        in_hash = nullptr;
        EXPECT_TRUE(verify());
        EXPECT_EQ(cairn_weakmap_length(map), kind == CAIRN_WEAK_KEY_MAP ? 1u : 0u);
        cairn_decref(holder);
        cairn_decref(key);
        cairn_decref(map);
    }
}

TEST_F(WeakmapTest, TheTypeOfAContainerMakesNoOther) {
    cairn_object* map = make_map(CAIRN_WEAK_SET);
    EXPECT_EQ(cairn_new(cairn_type_of(map)), nullptr);
    cairn_decref(map);
}

TEST_F(WeakmapEqualTest, ErrorsOfEqualPassThroughAndChangeNothing) {
    for_each_kind([this](cairn_object* map, cairn_object* key, cairn_object* same) {
        in_equal = [] { return CAIRN_USER_ERROR; };
        int found = -1;
        EXPECT_EQ(put(map, same, same), CAIRN_USER_ERROR);
        EXPECT_EQ(cairn_weakmap_delete(map, same), CAIRN_USER_ERROR);
        EXPECT_EQ(cairn_weakmap_contains(map, same, &found), CAIRN_USER_ERROR);
        EXPECT_TRUE(contains(map, key)) << "identity needs no equal";
        in_equal = nullptr;
        EXPECT_EQ(cairn_weakmap_length(map), 1u);
        EXPECT_EQ(cairn_weakref_count(same), 0u);
    });
}

TEST_F(WeakmapTest, ADeadKeyIsNeverGivenToEqual) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* key = make_valued("k:1");
    cairn_object* same = make_valued("k:2");
    EXPECT_EQ(put(map, key, map), CAIRN_OK);
    cairn_decref(key);
    equals = hashes = 0;
    EXPECT_FALSE(contains(map, same));
    EXPECT_EQ(equals, 0u);
    EXPECT_EQ(hashes, 1u);
    cairn_decref(same);
    cairn_decref(map);
    collect();
}

TEST_F(WeakmapTest, DeathOfAnEntryCallsNeitherHashNorEqual) {
    cairn_object* set = make_map(CAIRN_WEAK_SET);
    std::vector<cairn_object*> members;
    for (int i = 0; i < 100; ++i) {
        members.push_back(make_valued("m" + std::to_string(i % 50) + ":" + std::to_string(i)));
        EXPECT_EQ(cairn_weakset_add(set, members.back()), CAIRN_OK);
    }
    EXPECT_EQ(cairn_weakmap_length(set), 50u);
    equals = hashes = 0;
    for (cairn_object* member : members) {
        cairn_decref(member);
    }
    EXPECT_EQ(cairn_weakmap_length(set), 0u);
    EXPECT_EQ(equals + hashes, 0u);
    cairn_decref(set);
}

// What equal does to the table while the table is searched.
TEST_F(WeakmapEqualTest, EqualMayChangeTheTableUnderASearch) {
    std::vector<cairn_object*> kept;
    const std::vector<std::pair<const char*, std::function<void(cairn_object*)>>> changes = {
        {"clears", [](cairn_object* map) { EXPECT_EQ(cairn_weakmap_clear(map), CAIRN_OK); }},
        {"grows",
         [&](cairn_object* map) {
             for (int i = 0; i < 100; ++i) {
                 cairn_object* more = make(plain, "more");
                 EXPECT_EQ(put(map, more, more), CAIRN_OK);
                 kept.push_back(more);
             }
         }},
    };
    for (const auto& [name, change] : changes) {
        SCOPED_TRACE(name);
        const auto& act = change;
        for_each_kind([&](cairn_object* map, cairn_object*, cairn_object* same) {
            bool done = false;
            in_equal = [&] {
                if (!done) {
                    done = true;
                    act(map);
                }
                return CAIRN_OK;
            };
            (void)contains(map, same);
            EXPECT_EQ(put(map, same, same), CAIRN_OK);
            EXPECT_TRUE(done);
            in_equal = nullptr;
            EXPECT_TRUE(contains(map, same));
            EXPECT_TRUE(verify());
        });
        for (cairn_object* object : kept) {
            cairn_decref(object);
        }
        kept.clear();
    }
}

// CPython starts again only if the table is another one, or the entry was changed.
TEST_F(WeakmapEqualTest, EqualMayAddAndRemoveAnotherEntryEachTime) {
    for_each_kind([this](cairn_object* map, cairn_object* key, cairn_object* same) {
        size_t calls = 0;
        in_equal = [&] {
            cairn_object* other = make(plain, "other");
            EXPECT_EQ(put(map, other, key), CAIRN_OK);
            EXPECT_EQ(cairn_weakmap_delete(map, other), CAIRN_OK);
            cairn_decref(other);
            return ++calls < 1000 ? CAIRN_OK : CAIRN_USER_ERROR;
        };
        EXPECT_TRUE(contains(map, same));
        EXPECT_EQ(calls, 1u);
        in_equal = nullptr;
        EXPECT_TRUE(verify());
    });
}

// Its key and its place are the same, so the search goes on (CPython lookdict).
TEST_F(WeakmapTest, EqualMayReplaceTheValueOfTheEntryItCompares) {
    cairn_object* map = make_map(CAIRN_WEAK_VALUE_MAP);
    cairn_object* key = make_valued("k:1");
    cairn_object* same = make_valued("k:2");
    cairn_object* first = make(plain, "first");
    cairn_object* second = make(plain, "second");
    ASSERT_EQ(put(map, key, first), CAIRN_OK);
    equals = 0;
    in_equal = [&] { return put(map, key, second); };
    EXPECT_EQ(value_of(map, same), "second");
    EXPECT_EQ(equals, 1u);
    in_equal = nullptr;
    EXPECT_EQ(contents(map), "k:1=second");
    for (cairn_object* object : {map, key, same, first, second}) {
        cairn_decref(object);
    }
}

TEST_F(WeakmapTest, EqualMayDropTheLastReferenceToWhatItCompares) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* key = make_valued("k:1");
    cairn_object* same = make_valued("k:2");
    EXPECT_EQ(put(map, key, map), CAIRN_OK);
    in_equal = [&] {
        cairn_clear(&key);
        return CAIRN_OK;
    };
    EXPECT_EQ(put(map, same, same), CAIRN_OK);
    in_equal = nullptr;
    EXPECT_EQ(contents(map), "k:2=k:2") << "the value must not be stored under a dead key";
    EXPECT_EQ(cairn_weakmap_length(map), 1u);
    cairn_decref(same);
    cairn_decref(map);
    collect();
}

TEST_F(WeakmapTest, EqualMayKillWhatItComparesWhileAnIteratorIsOpen) {
    for (const cairn_weak_kind kind : {CAIRN_WEAK_KEY_MAP, CAIRN_WEAK_SET}) {
        cairn_object* map = make_map(kind);
        cairn_object* key = make_valued("k:1");
        cairn_object* same = make_valued("k:2");
        EXPECT_EQ(put(map, key, same), CAIRN_OK);
        cairn_weakmap_iterator iterator;
        cairn_weakmap_iterator_open(map, &iterator);
        in_equal = [&] {
            cairn_clear(&key);
            return CAIRN_OK;
        };
        EXPECT_FALSE(contains(map, same)) << "the member that was equal is dead";
        in_equal = nullptr;
        EXPECT_EQ(cairn_weakmap_length(map), 0u);
        EXPECT_TRUE(verify());
        cairn_weakmap_iterator_close(&iterator);
        cairn_decref(same);
        cairn_decref(map);
    }
}

class WeakmapRefillTest : public WeakmapTest, public testing::WithParamInterface<cairn_weak_kind> {
  protected:
    /// The strong side of a new entry, whose finalizer stores `more` further ones.
    cairn_object* refilling(cairn_object* map, int more) {
        cairn_object* object = make(fin, "refilling");
        on_finalize("refilling", [this, map, more](cairn_object*) {
            if (more > 0) {
                add(map, more - 1);
            }
            return CAIRN_OK;
        });
        return object;
    }

    void add(cairn_object* map, int more) {
        cairn_object* weak_side = make(logged, "weak");
        held_.push_back(weak_side);
        cairn_object* strong_side = refilling(map, more);
        const bool by_value = GetParam() == CAIRN_WEAK_VALUE_MAP;
        EXPECT_EQ(put(map, by_value ? strong_side : weak_side, by_value ? weak_side : strong_side),
                  CAIRN_OK);
        cairn_decref(strong_side);
    }

    void TearDown() override {
        for (cairn_object* object : held_) {
            cairn_decref(object);
        }
        WeakmapTest::TearDown();
    }

    std::vector<cairn_object*> held_;
};

INSTANTIATE_TEST_SUITE_P(Maps,
                         WeakmapRefillTest,
                         ::testing::Values(CAIRN_WEAK_VALUE_MAP, CAIRN_WEAK_KEY_MAP));

TEST_P(WeakmapRefillTest, ClearEndsEmptyWhatFinalizersStore) {
    cairn_object* map = make_map(GetParam());
    add(map, 5);
    EXPECT_EQ(cairn_weakmap_clear(map), CAIRN_OK);
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
    EXPECT_EQ(held_.size(), 6u);
    EXPECT_EQ(count_events("fin refilling"), 6u);
    cairn_decref(map);
}

TEST_P(WeakmapRefillTest, ClearStopsAtAnIteratorThatUserCodeOpens) {
    cairn_object* map = make_map(GetParam());
    add(map, 0);
    add(map, 0);
    cairn_weakmap_iterator iterator = {};
    bool opened = false;
    on_finalize("refilling", [&](cairn_object*) {
        if (!std::exchange(opened, true)) {
            cairn_weakmap_iterator_open(map, &iterator);
        }
        return CAIRN_OK;
    });
    EXPECT_EQ(cairn_weakmap_clear(map), CAIRN_BUSY);
    EXPECT_EQ(cairn_weakmap_length(map), 1u);
    cairn_weakmap_iterator_close(&iterator);
    EXPECT_EQ(cairn_weakmap_clear(map), CAIRN_OK);
    cairn_decref(map);
}

TEST_P(WeakmapRefillTest, UpdateCopyPopAndTheEndOfAnIterationMayStoreToo) {
    cairn_object* map = make_map(GetParam());
    add(map, 2);
    cairn_object* copy = nullptr;
    ASSERT_EQ(cairn_weakmap_copy(map, &copy), CAIRN_OK);
    cairn_object* key = nullptr;
    cairn_object* value = nullptr;
    ASSERT_EQ(cairn_weakmap_pop_last(map, &key, &value), CAIRN_OK);
    EXPECT_EQ(cairn_weakmap_clear(copy), CAIRN_OK);
    cairn_decref(key);
    cairn_decref(value);
    EXPECT_EQ(cairn_weakmap_length(map), 1u) << "the popped entry's end stored another";
    // An entry that dies while an iterator is open ends when that is closed.
    cairn_weakmap_iterator iterator;
    cairn_weakmap_iterator_open(map, &iterator);
    for (cairn_object* object : std::exchange(held_, {})) {
        cairn_decref(object);
    }
    cairn_weakmap_iterator_close(&iterator);
    EXPECT_EQ(cairn_weakmap_length(map), 1u);
    EXPECT_TRUE(verify());
    EXPECT_EQ(cairn_weakmap_update(copy, map), CAIRN_OK);
    EXPECT_EQ(cairn_weakmap_clear(map), CAIRN_OK);
    cairn_decref(map);
    cairn_decref(copy);
}

class MapThatDiesInARemovalTest : public WeakmapTest {};

// CPython's `remove` callbacks hold the mapping: the dying value comes first, then the mapping.
TEST_F(MapThatDiesInARemovalTest, LivesUntilTheRemovalIsOver) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* key = make(logged, "k");
    cairn_object* other = make(logged, "q");
    cairn_object* value = make_fin("v", [&](cairn_object*) {
        cairn_clear(&map);
        return CAIRN_OK;
    });
    give(value, 0, make_fin("u"));
    cairn_object* second = make_fin("v2");
    EXPECT_EQ(put(map, key, value), CAIRN_OK);
    EXPECT_EQ(put(map, other, second), CAIRN_OK);
    cairn_decref(value);
    cairn_decref(second);
    cairn_decref(key);
    EXPECT_EQ(take_log(), "fin v, fin u, dealloc u, dealloc v, fin v2, dealloc v2, dealloc k");
    cairn_decref(other);
}

TEST_F(MapThatDiesInARemovalTest, MayBeItsOwnKeyAndValue) {
    for (const cairn_weak_kind kind : {CAIRN_WEAK_KEY_MAP, CAIRN_WEAK_VALUE_MAP}) {
        cairn_object* map = make_map(kind);
        EXPECT_EQ(put(map, map, map), CAIRN_OK);
        cairn_decref(map);
        collect();
        EXPECT_EQ(usage().objects, 0u);
    }
}

TEST_F(WeakmapTest, AFinalizerStoresGarbageInALivingMap) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* f =
        make_fin("f", [map](cairn_object* self) { return put(map, get(self, 0), get(self, 1)); });
    cairn_object* key = make(plain, "key");
    set(key, 0, f);
    cairn_set_consume(slot(f, 1), make(plain, "value"));
    cairn_set_consume(slot(f, 0), key);
    cairn_decref(f);
    EXPECT_EQ(collect(), 4u) << "three objects and the entry";
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
    EXPECT_EQ(cairn_gc_garbage_count(heap), 0u);
    cairn_gc_stats stats{};
    EXPECT_EQ(cairn_gc_get_stats(heap, 2, &stats), CAIRN_OK);
    EXPECT_EQ(stats.uncollectable, 0u);
    EXPECT_EQ(usage().objects, 1u);
    EXPECT_TRUE(verify());
    cairn_decref(map);
}

TEST_F(WeakmapTest, ABorrowedMapOutlivesWhatDropsItsLastReference) {
    for (const bool is_source : {false, true}) {
        cairn_object* source = make_map(CAIRN_WEAK_SET);
        cairn_object* map = make_map(CAIRN_WEAK_SET);
        cairn_object* keys[] = {make_valued("a"), make_valued("b")};
        for (cairn_object* key : keys) {
            EXPECT_EQ(cairn_weakset_add(source, key), CAIRN_OK);
        }
        cairn_object** dropped = is_source ? &source : &map;
        in_hash = [dropped] {
            cairn_clear(dropped);
            return CAIRN_OK;
        };
        EXPECT_EQ(cairn_weakmap_update(map, source), CAIRN_OK);
        EXPECT_EQ(*dropped, nullptr);
        in_hash = nullptr;
        for (cairn_object* object : {map, source, keys[0], keys[1]}) {
            cairn_clear(&object);
        }
    }
    // Before a copy is made, a collection may run.
    cairn_object* map = make_map(CAIRN_WEAK_SET);
    cairn_object* ring = make_fin("ring", [&map](cairn_object*) {
        cairn_clear(&map);
        return CAIRN_OK;
    });
    set(ring, 0, ring);
    cairn_decref(ring);
    cairn_collect_every_for_testing(heap, 1);
    cairn_object* copy = nullptr;
    EXPECT_EQ(cairn_weakmap_copy(map, &copy), CAIRN_OK);
    cairn_collect_every_for_testing(heap, 0);
    EXPECT_EQ(map, nullptr);
    cairn_decref(copy);
    // What pop_last takes out on its way may be the last reference to the map: of two entries whose
    // keys are dead, the newer goes first, and is let go of when the older is out.
    cairn_object* values = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* keys = make_ring(plain, {"older", "newer"});
    cairn_object* value = make_fin("value", [&values](cairn_object*) {
        cairn_clear(&values);
        return CAIRN_OK;
    });
    EXPECT_EQ(put(values, keys, keys), CAIRN_OK);
    EXPECT_EQ(put(values, get(keys, 0), value), CAIRN_OK);
    cairn_decref(value);
    cairn_status status = CAIRN_OK;
    cairn_object* ref = weak(keys, "w", [&](cairn_object*) {
        cairn_object* out_key = nullptr;
        cairn_object* out_value = nullptr;
        status = cairn_weakmap_pop_last(values, &out_key, &out_value);
        return CAIRN_OK;
    });
    cairn_decref(keys);
    collect();
    EXPECT_EQ(status, CAIRN_NOT_FOUND);
    EXPECT_EQ(values, nullptr);
    cairn_decref(ref);
    EXPECT_EQ(usage().objects, 0u);
}

// CAIRN_NOT_FOUND too, which a search does not say.
TEST_F(WeakmapTest, ContainsReturnsTheStatusOfHash) {
    cairn_type_spec spec = leaf_spec("without hash");
    spec.hash = [](cairn_object*, uint64_t*) { return CAIRN_NOT_FOUND; };
    spec.equal = [](cairn_object*, cairn_object*, int*) { return CAIRN_OK; };
    cairn_object* key = cairn_new(type(spec));
    cairn_object* set = make_map(CAIRN_WEAK_SET);
    int found = 7;
    EXPECT_EQ(cairn_weakmap_contains(set, key, &found), CAIRN_NOT_FOUND);
    EXPECT_EQ(found, 7);
    cairn_decref(key);
    cairn_decref(set);
}

TEST_F(WeakmapTest, StoresOfManyCallbacksTakeTimeForThemselvesAlone) {
    cairn_collect_every_for_testing(heap, 0);
    struct Stored {
        cairn_object* map;
        cairn_object* key;
        size_t calls;
    };
    const auto time_of = [this](size_t count) {
        Stored stored{make_map(CAIRN_WEAK_KEY_MAP), make(plain, "living"), 0};
        std::vector<cairn_object*> refs;
        for (size_t i = 0; i < count; ++i) {
            cairn_object* key = cairn_new(plain);
            EXPECT_EQ(put(stored.map, key, key), CAIRN_OK);
            refs.push_back(cairn_weakref_new(
                key,
                [](cairn_object*, cairn_object*, void* data) {
                    auto* to = static_cast<Stored*>(data);
                    ++to->calls;
                    return put(to->map, to->key, to->key);
                },
                nullptr,
                &stored));
            set(key, 0, key);
            cairn_decref(key);
        }
        const double start = seconds_spent();
        EXPECT_EQ(collect(), 2 * count) << "the keys and their entries";
        const double taken = seconds_spent() - start;
        EXPECT_EQ(stored.calls, count);
        EXPECT_EQ(cairn_weakmap_length(stored.map), 1u);
        for (cairn_object* ref : refs) {
            cairn_decref(ref);
        }
        cairn_decref(stored.key);
        cairn_decref(stored.map);
        return taken;
    };
    EXPECT_TRUE(stays_below(60, time_of, 2000U, 40000U));
}

}  // namespace
}  // namespace cairn_test
