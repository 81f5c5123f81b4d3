// SPDX-License-Identifier: MIT
/// Iterators of weak containers: what they show, and what dies and changes while they are open.
#include "weakmap_helpers.h"

namespace cairn_test {
namespace {

class WeakmapIterationTest : public WeakmapTest {
  protected:
    void fill(cairn_weak_kind kind, const std::vector<std::string>& labels) {
        map = make_map(kind);
        for (const std::string& label : labels) {
            members.push_back(make(logged, label));
            EXPECT_EQ(put(map, members.back(), members.back()), CAIRN_OK);
        }
        cairn_weakmap_iterator_open(map, &iterator);
    }

    std::string next() {
        cairn_object* key = nullptr;
        return cairn_weakmap_iterator_next(&iterator, &key, nullptr) != 0 ? label_of(key) : "end";
    }

    /// The labels of what is left.
    std::string rest() {
        std::string labels;
        for (std::string label = next(); label != "end"; label = next()) {
            labels += label;
        }
        return labels;
    }

    void finish() {
        cairn_weakmap_iterator_close(&iterator);
        cairn_weakmap_iterator_close(&iterator);
        cairn_decref(map);
        for (cairn_object*& member : members) {
            cairn_clear(&member);
        }
    }

    cairn_object* map = nullptr;
    std::vector<cairn_object*> members;
    cairn_weakmap_iterator iterator = {};
};

TEST_F(WeakmapIterationTest, GoesInInsertionOrder) {
    fill(CAIRN_WEAK_SET, {"a", "b", "c"});
    EXPECT_EQ(rest(), "abc");
    EXPECT_EQ(next(), "end");
    finish();
}

TEST_F(WeakmapIterationTest, TheCurrentItemIsHeld) {
    fill(CAIRN_WEAK_SET, {"a", "b"});
    EXPECT_EQ(next(), "a");
    cairn_clear(&members[0]);
    EXPECT_EQ(take_log(), "");
    EXPECT_EQ(next(), "b");
    EXPECT_EQ(take_log(), "dealloc a");
    finish();
}

TEST_F(WeakmapIterationTest, EntriesThatDieAreSkippedAndNotCounted) {
    fill(CAIRN_WEAK_VALUE_MAP, {"a", "b", "c"});
    cairn_weakmap_iterator_close(&iterator);
    EXPECT_EQ(cairn_weakmap_clear(map), CAIRN_OK);
    cairn_object* key = make(plain, "key");
    cairn_object* other_key = make(plain, "other key");
    EXPECT_EQ(put(map, key, members[0]), CAIRN_OK);
    EXPECT_EQ(put(map, other_key, members[1]), CAIRN_OK);
    cairn_weakmap_iterator_open(map, &iterator);
    cairn_clear(&members[0]);
    EXPECT_EQ(cairn_weakmap_length(map), 1u);
    EXPECT_FALSE(contains(map, key));
    EXPECT_EQ(cairn_refcount(key), 2u) << "the entry is there until the iterator closes";
    EXPECT_EQ(next(), "other key");
    EXPECT_EQ(next(), "end");
    cairn_weakmap_iterator second;
    cairn_weakmap_iterator_open(map, &second);
    cairn_weakmap_iterator_close(&iterator);
    EXPECT_EQ(cairn_refcount(key), 2u) << "another iterator is open";
    cairn_weakmap_iterator_close(&second);
    EXPECT_EQ(cairn_refcount(key), 1u);
    cairn_decref(key);
    finish();
    cairn_decref(other_key);
}

TEST_F(WeakmapIterationTest, ExplicitChangesAreRefused) {
    fill(CAIRN_WEAK_KEY_MAP, {"a", "b"});
    cairn_object* fresh = make(logged, "fresh");
    cairn_object* value = nullptr;
    EXPECT_EQ(put(map, fresh, fresh), CAIRN_BUSY);
    EXPECT_EQ(cairn_weakmap_delete(map, members[0]), CAIRN_BUSY);
    EXPECT_EQ(cairn_weakmap_pop(map, members[0], &value), CAIRN_BUSY);
    EXPECT_EQ(value, nullptr);
    EXPECT_EQ(cairn_weakmap_clear(map), CAIRN_BUSY);
    EXPECT_EQ(put(map, members[0], fresh), CAIRN_OK) << "another value under a key that is there";
    EXPECT_EQ(cairn_weakref_count(fresh), 0u);
    EXPECT_EQ(rest(), "ab");
    cairn_weakmap_iterator_close(&iterator);
    EXPECT_EQ(put(map, fresh, fresh), CAIRN_OK);
    EXPECT_EQ(contents(map), "a=fresh b=b fresh=fresh");
    EXPECT_EQ(cairn_weakmap_clear(map), CAIRN_OK);
    cairn_decref(fresh);
    finish();
}

TEST_F(WeakmapIterationTest, AnIteratorHoldsTheMap) {
    fill(CAIRN_WEAK_SET, {"a"});
    cairn_decref(map);
    EXPECT_EQ(next(), "a");
    EXPECT_EQ(next(), "end");
    cairn_incref(map);
    finish();
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(WeakmapIterationTest, DeadEntriesLeaveAfterACollectionToo) {
    fill(CAIRN_WEAK_SET, {});
    cairn_weakmap_iterator_close(&iterator);
    cairn_object* ring = make_ring(logged, {"r", "s"});
    EXPECT_EQ(cairn_weakset_add(map, ring), CAIRN_OK);
    cairn_weakmap_iterator_open(map, &iterator);
    cairn_decref(ring);
    collect();
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
    EXPECT_EQ(next(), "end");
    EXPECT_TRUE(verify());
    finish();
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(WeakmapTest, TheEndOfAnIterationRemovesTheEntryThatDiedLastFirst) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    std::vector<cairn_object*> keys;
    for (const char* label : {"a", "b", "c"}) {
        keys.push_back(make(plain, label));
        cairn_object* value = make(logged, std::string("of ") + label);
        EXPECT_EQ(put(map, keys.back(), value), CAIRN_OK);
        cairn_decref(value);
    }
    cairn_weakmap_iterator iterator;
    cairn_weakmap_iterator_open(map, &iterator);
    for (const size_t i : {0U, 2U, 1U}) {
        cairn_clear(&keys[i]);
    }
    EXPECT_EQ(take_log(), "");
    cairn_weakmap_iterator_close(&iterator);
    EXPECT_EQ(take_log(), "dealloc of b, dealloc of c, dealloc of a");
    cairn_decref(map);
}

TEST_F(WeakmapTest, ADeadEntryStaysUntilItsOwnCallbackComes) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* other = make(plain, "other");
    cairn_object* key = make(plain, "key");
    cairn_object* value = make(logged, "value");
    EXPECT_EQ(put(map, key, value), CAIRN_OK);
    cairn_decref(value);
    // It is newer than the entry's reference, and called first.
    cairn_object* ref = weak(key, "w", [&](cairn_object*) {
        EXPECT_EQ(contents(map), "");
        EXPECT_EQ(put(map, other, other), CAIRN_OK);
        note("iterated and stored");
        return CAIRN_OK;
    });
    cairn_decref(key);
    EXPECT_EQ(take_log(), "cb w, iterated and stored, dealloc value");
    EXPECT_EQ(contents(map), "other=other");
    cairn_decref(ref);
    cairn_decref(map);
    cairn_decref(other);
}

TEST_F(WeakmapTest, TheEndOfAnIterationMayRebuildTheTable) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    std::vector<cairn_object*> keys;
    std::vector<cairn_object*> more;
    for (int i = 0; i < 6; ++i) {
        keys.push_back(make(plain, "k" + std::to_string(i)));
        cairn_object* value = make_fin("v" + std::to_string(i), [&](cairn_object*) {
            for (int j = 0; j < 20; ++j) {
                more.push_back(make(plain, "m"));
                EXPECT_EQ(put(map, more.back(), map), CAIRN_OK);
            }
            cairn_clear(&more.front());
            more.erase(more.begin());
            return CAIRN_OK;
        });
        EXPECT_EQ(put(map, keys.back(), value), CAIRN_OK);
        cairn_decref(value);
    }
    cairn_weakmap_iterator iterator;
    cairn_weakmap_iterator_open(map, &iterator);
    for (const size_t i : {1U, 4U, 2U, 5U}) {
        cairn_clear(&keys[i]);
    }
    cairn_weakmap_iterator_close(&iterator);
    EXPECT_EQ(take_log(),
              "fin v5, dealloc v5, fin v2, dealloc v2, fin v4, dealloc v4, fin v1, dealloc v1");
    EXPECT_EQ(cairn_weakmap_length(map), 2u + 4u * 19u);
    EXPECT_TRUE(verify());
    EXPECT_EQ(cairn_weakmap_clear(map), CAIRN_OK);
    for (cairn_object* object : {keys[0], keys[3], map}) {
        cairn_decref(object);
    }
    for (cairn_object* object : more) {
        cairn_decref(object);
    }
    collect();
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(WeakmapTest, DeathsFromInsideACallbackOfTheSameMap) {
    // Each value's finalizer stores into the map that it is being removed from.
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    std::vector<cairn_object*> keys;
    for (int i = 0; i < 20; ++i) {
        keys.push_back(make(logged, "k" + std::to_string(i)));
    }
    for (int i = 0; i < 20; ++i) {
        cairn_object* value = make_fin("v" + std::to_string(i), [&, i](cairn_object*) {
            return i + 1 < 20 ? put(map, keys[static_cast<size_t>(i) + 1], map) : CAIRN_OK;
        });
        EXPECT_EQ(put(map, keys[static_cast<size_t>(i)], value), CAIRN_OK);
        cairn_decref(value);
    }
    EXPECT_EQ(cairn_weakmap_delete(map, keys[0]), CAIRN_OK);
    EXPECT_EQ(count_events("fin v19"), 1u);
    EXPECT_EQ(cairn_weakmap_length(map), 19u);
    for (cairn_object* key : keys) {
        cairn_decref(key);
    }
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
    cairn_decref(map);
}

// All are called at its death before one of them is let go.
TEST_F(WeakmapTest, EntriesOfOneValueLeaveTogether) {
    cairn_object* map = make_map(CAIRN_WEAK_VALUE_MAP);
    cairn_object* value = make(plain, "value");
    std::vector<cairn_object*> keys;
    for (int i = 0; i < 4; ++i) {
        keys.push_back(make(plain, "key"));
        EXPECT_EQ(cairn_weakmap_set(map, keys.back(), value), CAIRN_OK);
    }
    cairn_weakmap_iterator iterator;
    cairn_weakmap_iterator_open(map, &iterator);
    cairn_decref(value);
    EXPECT_TRUE(verify());
    cairn_weakmap_iterator_close(&iterator);
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
    for (cairn_object* key : keys) {
        EXPECT_EQ(cairn_refcount(key), 1u);
        cairn_decref(key);
    }
    cairn_decref(map);
}

// The finalizer of the item before.
TEST_F(WeakmapTest, AnIteratorThatUserCodeMovesOnShowsNoItemOfNothing) {
    cairn_object* map = make_map(CAIRN_WEAK_SET);
    cairn_weakmap_iterator iterator;
    cairn_object* first = make_fin("first", [&](cairn_object*) {
        while (cairn_weakmap_iterator_next(&iterator, nullptr, nullptr) != 0) {
        }
        return CAIRN_OK;
    });
    cairn_object* second = make(plain, "second");
    EXPECT_EQ(cairn_weakset_add(map, first), CAIRN_OK);
    EXPECT_EQ(cairn_weakset_add(map, second), CAIRN_OK);
    cairn_weakmap_iterator_open(map, &iterator);
    cairn_object* key = nullptr;
    EXPECT_EQ(cairn_weakmap_iterator_next(&iterator, &key, nullptr), 1);
    cairn_decref(first);
    key = second;
    EXPECT_EQ(cairn_weakmap_iterator_next(&iterator, &key, nullptr), 0);
    EXPECT_EQ(key, second) << "nothing is written";
    cairn_weakmap_iterator_close(&iterator);
    cairn_decref(second);
    cairn_decref(map);
}

TEST_F(WeakmapTest, EntriesThatLeaveInAnyOrderTakeTimeForThemselvesAlone) {
    log_deaths = false;
    const auto time_of = [this](size_t count) {
        cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
        std::vector<cairn_object*> keys;
        for (size_t i = 0; i < count; ++i) {
            keys.push_back(make(leaf, "key"));
            cairn_object* value =
                i != 0 ? make(plain, "value")
                       : make_fin("v", [map](cairn_object*) { return cairn_weakmap_clear(map); });
            EXPECT_EQ(cairn_weakmap_set(map, keys.back(), value), CAIRN_OK);
            cairn_decref(value);
        }
        cairn_weakmap_iterator iterator;
        cairn_weakmap_iterator_open(map, &iterator);
        for (; !keys.empty(); keys.pop_back()) {
            cairn_decref(keys.back());
        }
        const double start = seconds_spent();
        cairn_weakmap_iterator_close(&iterator);
        const double taken = seconds_spent() - start;
        EXPECT_EQ(cairn_weakmap_length(map), 0u);
        cairn_decref(map);
        return taken;
    };
    EXPECT_TRUE(stays_below(60, time_of, 1500U, 30000U));
}

// What a removal that waited lets go of takes out another that waits, in all the ways there are.
TEST_F(WeakmapTest, TheEndOfAnIterationMayRemoveWhatIsToLeaveNext) {
    for (int way = 0; way < 3; ++way) {
        cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
        const auto remove = [&](cairn_object*) {
            cairn_object* key = nullptr;
            cairn_object* value = nullptr;
            if (way == 0) {
                EXPECT_EQ(cairn_weakmap_pop_last(map, &key, &value), CAIRN_NOT_FOUND);
            } else if (way == 1) {
                EXPECT_EQ(cairn_weakmap_clear(map), CAIRN_OK);
            } else {
                EXPECT_EQ(contents(map), "");
            }
            return CAIRN_OK;
        };
        std::vector<cairn_object*> keys;
        for (int i = 0; i < 4; ++i) {
            keys.push_back(make(leaf, "key"));
            cairn_object* value = make_fin("value", remove);
            ASSERT_EQ(cairn_weakmap_set(map, keys.back(), value), CAIRN_OK);
            cairn_decref(value);
        }
        cairn_weakmap_iterator iterator;
        cairn_weakmap_iterator_open(map, &iterator);
        for (cairn_object* key : keys) {
            cairn_decref(key);
        }
        EXPECT_EQ(cairn_weakmap_length(map), 0u);
        cairn_weakmap_iterator_close(&iterator);
        EXPECT_EQ(cairn_weakmap_length(map), 0u);
        EXPECT_EQ(count_events("fin value"), 4u);
        take_log();
        EXPECT_TRUE(verify());
        cairn_decref(map);
    }
}

TEST_F(WeakmapTest, TheItemBeforeMayCloseTheIterator) {
    cairn_object* map = make_map(CAIRN_WEAK_VALUE_MAP);
    cairn_weakmap_iterator iterator;
    cairn_object* first = make_fin("first", [&](cairn_object*) {
        cairn_weakmap_iterator_close(&iterator);
        return CAIRN_OK;
    });
    cairn_object* second = make(plain, "second");
    ASSERT_EQ(put(map, second, first), CAIRN_OK);
    ASSERT_EQ(put(map, map, second), CAIRN_OK);
    cairn_weakmap_iterator_open(map, &iterator);
    cairn_object* key = nullptr;
    cairn_object* value = nullptr;
    EXPECT_EQ(cairn_weakmap_iterator_next(&iterator, &key, &value), 1);
    EXPECT_EQ(value, first);
    cairn_decref(first);
    EXPECT_EQ(cairn_weakmap_iterator_next(&iterator, &key, &value), 0);
    EXPECT_EQ(cairn_weakmap_iterator_next(&iterator, &key, &value), 0);
    cairn_decref(second);
    cairn_decref(map);
}

// The last to die goes first, and what it lets go of takes the newest entry, which died first, and
// the one before, which lives. The one between them in time waits for its turn.
TEST_F(WeakmapIterationTest, AnEntryThatWaitsIsTakenOutWhileAnotherGoes) {
    map = make_map(CAIRN_WEAK_KEY_MAP);
    for (const char* label : {"last", "second", "lives", "first"}) {
        members.push_back(make(plain, label));
        const bool pops = members.size() == 1;
        cairn_object* value = make_fin(label, [&, pops](cairn_object*) {
            cairn_object* key = nullptr;
            cairn_object* left = nullptr;
            if (pops && cairn_weakmap_pop_last(map, &key, &left) == CAIRN_OK) {
                note("pop " + label_of(key));
                cairn_decref(left);
                cairn_decref(key);
            }
            return CAIRN_OK;
        });
        EXPECT_EQ(put(map, members.back(), value), CAIRN_OK);
        cairn_decref(value);
    }
    cairn_weakmap_iterator_open(map, &iterator);
    for (const size_t i : {size_t{3}, size_t{1}, size_t{0}}) {
        cairn_clear(&members[i]);
    }
    cairn_weakmap_iterator_close(&iterator);
    EXPECT_EQ(
        take_log(),
        "fin last, fin first, dealloc first, pop lives, fin lives, dealloc lives, dealloc last, "
        "fin second, dealloc second");
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
    EXPECT_TRUE(verify());
    cairn_clear(&members[2]);
    cairn_decref(map);
}

}  // namespace
}  // namespace cairn_test
