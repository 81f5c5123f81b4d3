// SPDX-License-Identifier: MIT
/// Weak containers by hash and an equality function: symbols are interned without making one first.
#include "weakmap_helpers.h"

namespace cairn_test {
namespace {

constexpr cairn_weak_kind kKinds[] = {CAIRN_WEAK_VALUE_MAP, CAIRN_WEAK_KEY_MAP, CAIRN_WEAK_SET};
constexpr uint64_t kHash = 42;  // of all names: so each search asks `equal`

class WeakmapFindTest : public WeakmapTest {
  public:
    /// A name to look for; `then`, if set, runs in each comparison.
    struct Name {
        WeakmapFindTest* test;
        std::string text;
        std::function<cairn_status()> then;
        size_t calls = 0;
    };

    static cairn_status equal(cairn_object* key, void* data, int* out_equal) {
        auto* name = static_cast<Name*>(data);
        ++name->calls;
        *out_equal = name->test->label_of(key) == name->text;
        return name->then ? name->then() : CAIRN_OK;
    }

    Name name(const std::string& text, std::function<cairn_status()> then = nullptr) {
        return {this, text, std::move(then)};
    }

    /// The status in words, or the label of the key that was found.
    std::string find(cairn_object* map, Name wanted) {
        cairn_object* key = nullptr;
        cairn_object* value = nullptr;
        const cairn_status status = cairn_weakmap_find(map, kHash, equal, &wanted, &key, &value);
        EXPECT_EQ(key != nullptr, status == CAIRN_OK);
        EXPECT_EQ(value != nullptr,
                  status == CAIRN_OK && cairn_weakmap_kind(map) != CAIRN_WEAK_SET);
        const std::string text = key == nullptr ? cairn_status_text(status) : label_of(key);
        cairn_clear(&key);
        cairn_clear(&value);
        return text;
    }

    cairn_status store(cairn_object* map,
                       cairn_object* key,
                       cairn_object* value,
                       std::function<cairn_status()> then = nullptr,
                       cairn_object** out_key = nullptr) {
        Name wanted = name(label_of(key), std::move(then));
        const bool is_set = cairn_weakmap_kind(map) == CAIRN_WEAK_SET;
        return cairn_weakmap_store(
            map, kHash, equal, &wanted, key, is_set ? nullptr : value, out_key);
    }

    /// What a Lisp does with a symbol's name. The result is owned.
    cairn_object* intern(cairn_object* set, const std::string& text) {
        Name wanted = name(text);
        cairn_object* symbol = nullptr;
        if (cairn_weakmap_find(set, kHash, equal, &wanted, &symbol, nullptr) == CAIRN_OK) {
            return symbol;
        }
        cairn_object* fresh = make(logged, text);
        EXPECT_EQ(cairn_weakmap_store(set, kHash, equal, &wanted, fresh, nullptr, &symbol),
                  CAIRN_OK);
        cairn_decref(fresh);
        return symbol;
    }
};

TEST_F(WeakmapFindTest, ASymbolIsInternedOnceAndDiesWithItsLastReference) {
    cairn_object* set = make_map(CAIRN_WEAK_SET);
    cairn_object* car = intern(set, "car");
    cairn_object* cdr = intern(set, "cdr");
    const size_t made = usage().objects;
    EXPECT_EQ(intern(set, "car"), car);
    EXPECT_EQ(usage().objects, made) << "finding a symbol makes no object";
    EXPECT_EQ(contents(set), "car cdr");
    cairn_decref(car);
    cairn_decref(car);
    EXPECT_EQ(find(set, name("car")), cairn_status_text(CAIRN_NOT_FOUND));
    EXPECT_EQ(contents(set), "cdr");
    cairn_decref(cdr);
    cairn_decref(set);
}

TEST_F(WeakmapFindTest, AllKindsFindKeyAndValue) {
    for (const cairn_weak_kind kind : kKinds) {
        cairn_object* map = make_map(kind);
        cairn_object* key = make(logged, "k");
        cairn_object* value = make(logged, "v");
        EXPECT_EQ(store(map, key, value), CAIRN_OK);
        EXPECT_EQ(find(map, name("k")), "k");
        EXPECT_EQ(find(map, name("l")), cairn_status_text(CAIRN_NOT_FOUND));
        Name wanted = name("k");
        EXPECT_EQ(cairn_weakmap_find(map, kHash, equal, &wanted, nullptr, nullptr), CAIRN_OK);
        EXPECT_EQ(cairn_weakmap_find(map, kHash + 1, equal, &wanted, nullptr, nullptr),
                  CAIRN_NOT_FOUND);
        EXPECT_EQ(wanted.calls, 1u) << "a key of another hash is not compared";
        EXPECT_FALSE(contains(map, key)) << "the type's hash is another";
        cairn_decref(map);
        cairn_decref(key);
        cairn_decref(value);
    }
}

TEST_F(WeakmapFindTest, AStoreKeepsTheEqualKeyAndReplacesTheValue) {
    for (const cairn_weak_kind kind : kKinds) {
        cairn_object* map = make_map(kind);
        cairn_object* key = make(logged, "k");
        cairn_object* same = make(logged, "k");
        cairn_object* value = make(logged, "v");
        cairn_object* other = make(logged, "w");
        cairn_object* stored = nullptr;
        EXPECT_EQ(store(map, key, value, nullptr, &stored), CAIRN_OK);
        EXPECT_EQ(stored, key);
        cairn_clear(&stored);
        EXPECT_EQ(store(map, same, other, nullptr, &stored), CAIRN_OK);
        EXPECT_EQ(stored, key);
        cairn_clear(&stored);
        EXPECT_EQ(contents(map), kind == CAIRN_WEAK_SET ? "k" : "k=w");
        EXPECT_TRUE(verify());
        for (cairn_object* object : {map, key, same, value, other}) {
            cairn_decref(object);
        }
    }
}

TEST_F(WeakmapFindTest, AnErrorOfEqualPassesThroughAndChangesNothing) {
    for (const cairn_weak_kind kind : kKinds) {
        cairn_object* map = make_map(kind);
        cairn_object* key = make(logged, "k");
        EXPECT_EQ(store(map, key, key), CAIRN_OK);
        const auto fail = [] { return CAIRN_USER_ERROR; };
        const auto full = [] { return CAIRN_NO_MEMORY; };
        cairn_object* stored = nullptr;
        EXPECT_EQ(find(map, name("k", fail)), cairn_status_text(CAIRN_USER_ERROR));
        EXPECT_EQ(store(map, key, map, fail, &stored), CAIRN_USER_ERROR);
        EXPECT_EQ(store(map, key, map, full, &stored), CAIRN_NO_MEMORY);
        EXPECT_EQ(stored, nullptr);
        EXPECT_EQ(contents(map), kind == CAIRN_WEAK_SET ? "k" : "k=k");
        EXPECT_TRUE(verify());
        cairn_decref(map);
        cairn_decref(key);
    }
}

TEST_F(WeakmapFindTest, EqualMayChangeTheMapInAnyWay) {
    for (const cairn_weak_kind kind : kKinds) {
        for (int change = 0; change < 5; ++change) {
            cairn_object* map = make_map(kind);
            cairn_object* decoy = make(logged, "decoy");
            cairn_object* of_decoy = make(logged, "of decoy");
            cairn_object* key = make(logged, "k");
            cairn_object* value = make(logged, "v");
            std::vector<cairn_object*> more;
            EXPECT_EQ(store(map, decoy, of_decoy), CAIRN_OK);
            bool done = false;
            const auto act = [&] {
                if (done) {
                    return CAIRN_OK;
                }
                done = true;
                switch (change) {
                    case 0:  // another call stores the key first
                        EXPECT_EQ(store(map, key, value), CAIRN_OK);
                        break;
                    case 1:
                        EXPECT_EQ(cairn_weakmap_clear(map), CAIRN_OK);
                        break;
                    case 2:  // the entry that is compared dies, and everything else that can
                        cairn_clear(&decoy);
                        cairn_clear(&of_decoy);
                        collect();
                        break;
                    case 3:  // the table is rebuilt, twice
                        for (int i = 0; i < 40; ++i) {
                            more.push_back(make(logged, "m" + std::to_string(i)));
                            EXPECT_EQ(store(map, more.back(), more.back()), CAIRN_OK);
                        }
                        break;
                    default: {  // the map's last reference of the host goes, and its content
                        cairn_object* handed = map;
                        map = nullptr;
                        cairn_decref(handed);
                    }
                }
                return CAIRN_OK;
            };
            cairn_object* searched = map;
            cairn_object* stored = nullptr;
            Name wanted = name("k", act);
            EXPECT_EQ(cairn_weakmap_store(searched,
                                          kHash,
                                          equal,
                                          &wanted,
                                          key,
                                          kind == CAIRN_WEAK_SET ? nullptr : value,
                                          &stored),
                      CAIRN_OK);
            EXPECT_EQ(stored, key);
            if (map != nullptr) {
                EXPECT_EQ(find(map, name("k")), "k");
                EXPECT_EQ(cairn_weakmap_length(map),
                          change == 3   ? 42u
                          : change == 0 ? 2u
                                        : 1u)
                    << kind << " " << change;
            }
            EXPECT_TRUE(verify());
            cairn_clear(&stored);
            for (cairn_object* object : more) {
                cairn_decref(object);
            }
            cairn_clear(&map);
            cairn_clear(&decoy);
            cairn_clear(&of_decoy);
            cairn_decref(key);
            cairn_decref(value);
            EXPECT_EQ(usage().objects, 0u) << kind << " " << change;
        }
    }
}

TEST_F(WeakmapFindTest, AnEntryThatDiesWhileItIsComparedIsNotFound) {
    for (const cairn_weak_kind kind : kKinds) {
        cairn_object* map = make_map(kind);
        cairn_object* key = make(logged, "k");
        cairn_object* value = make(logged, "v");
        EXPECT_EQ(store(map, key, value), CAIRN_OK);
        EXPECT_EQ(find(map,
                       name("k",
                            [&] {
                                cairn_clear(&key);  // the search still holds it
                                cairn_clear(&value);
                                return CAIRN_OK;
                            })),
                  cairn_status_text(CAIRN_NOT_FOUND));
        cairn_decref(map);
        EXPECT_EQ(usage().objects, 0u);
    }
}

TEST_F(WeakmapFindTest, AnOpenIteratorRefusesANewEntryOnly) {
    for (const cairn_weak_kind kind : kKinds) {
        cairn_object* map = make_map(kind);
        cairn_object* key = make(logged, "k");
        cairn_object* other = make(logged, "l");
        EXPECT_EQ(store(map, key, key), CAIRN_OK);
        cairn_weakmap_iterator iterator;
        cairn_weakmap_iterator_open(map, &iterator);
        EXPECT_EQ(store(map, other, other), CAIRN_BUSY);
        EXPECT_EQ(store(map, key, other), CAIRN_OK);
        cairn_weakmap_iterator_close(&iterator);
        // An iterator that `equal` opens counts as well.
        EXPECT_EQ(store(map,
                        other,
                        other,
                        [&] {
                            cairn_weakmap_iterator_open(map, &iterator);
                            return CAIRN_OK;
                        }),
                  CAIRN_BUSY);
        cairn_weakmap_iterator_close(&iterator);
        cairn_decref(map);
        cairn_decref(key);
        cairn_decref(other);
    }
}

TEST_F(WeakmapFindTest, EachMemoryRequestOfAStoreFailsOnce) {
    for (const cairn_weak_kind kind : kKinds) {
        int refusals = 0;
        for (uint64_t n = 1; n < 100; ++n) {
            cairn_object* map = make_map(kind);
            cairn_object* key = make(logged, "k");
            cairn_object* stored = nullptr;
            cairn_fail_allocation_for_testing(heap, n);
            const cairn_status status = store(map, key, key, nullptr, &stored);
            cairn_fail_allocation_for_testing(heap, 0);
            refusals += status == CAIRN_NO_MEMORY;
            EXPECT_EQ(stored, status == CAIRN_OK ? key : nullptr);
            EXPECT_EQ(cairn_weakmap_length(map), status == CAIRN_OK ? 1u : 0u);
            EXPECT_TRUE(verify());
            cairn_clear(&stored);
            cairn_decref(map);
            cairn_decref(key);
        }
        EXPECT_GT(refusals, 0);
    }
}

TEST_F(WeakmapFindTest, WhatCannotBeInThemIsRefusedInAllKinds) {
    auto* immediate = reinterpret_cast<cairn_object*>(uintptr_t{15});
    cairn_heap* other = cairn_heap_new(nullptr);
    cairn_object* foreign = cairn_weakmap_new(other, CAIRN_WEAK_SET);
    for (const cairn_weak_kind kind : kKinds) {
        cairn_object* map = make_map(kind);
        cairn_object* good = make(logged, "k");
        cairn_object* out = nullptr;
        int found = -1;
        EXPECT_EQ(put(map, good, good), CAIRN_OK);
        const std::string before = contents(map);
        for (cairn_object* bad : {static_cast<cairn_object*>(nullptr), immediate, foreign}) {
            Name wanted = name("x");
            EXPECT_EQ(put(map, bad, good), CAIRN_INVALID);
            EXPECT_EQ(cairn_weakmap_set(map, good, bad), CAIRN_INVALID);
            EXPECT_EQ(cairn_weakmap_get(map, bad, &out), CAIRN_INVALID);
            EXPECT_EQ(cairn_weakmap_pop(map, bad, &out), CAIRN_INVALID);
            EXPECT_EQ(cairn_weakmap_delete(map, bad), CAIRN_INVALID);
            EXPECT_EQ(cairn_weakmap_contains(map, bad, &found), CAIRN_INVALID);
            EXPECT_EQ(cairn_weakmap_store(map, kHash, equal, &wanted, bad, good, &out),
                      CAIRN_INVALID);
            if (kind != CAIRN_WEAK_SET || bad != nullptr) {
                EXPECT_EQ(cairn_weakmap_store(map, kHash, equal, &wanted, good, bad, &out),
                          CAIRN_INVALID);
            }
        }
        Name wanted = name("k");
        EXPECT_EQ(cairn_weakmap_find(map, kHash, nullptr, &wanted, &out, &out), CAIRN_INVALID);
        EXPECT_EQ(cairn_weakmap_store(map, kHash, nullptr, &wanted, good, good, &out),
                  CAIRN_INVALID);
        EXPECT_EQ(cairn_weakmap_find(good, kHash, equal, &wanted, &out, &out), CAIRN_INVALID);
        EXPECT_EQ(cairn_weakmap_store(good, kHash, equal, &wanted, good, good, &out),
                  CAIRN_INVALID);
        cairn_objects list = {};
        EXPECT_EQ(cairn_weakmap_copy(good, &out), CAIRN_INVALID);
        EXPECT_EQ(cairn_weakmap_refs(good, &list), CAIRN_INVALID);
        cairn_weakmap_iterator iterator;
        cairn_weakmap_iterator_open(good, &iterator);
        EXPECT_EQ(cairn_weakmap_iterator_next(&iterator, &out, &out), 0);
        cairn_weakmap_iterator_close(&iterator);
        EXPECT_EQ(out, nullptr);
        EXPECT_EQ(found, -1);
        EXPECT_EQ(contents(map), before);
        EXPECT_EQ(cairn_weakmap_length(map), 1u);
        cairn_decref(map);
        cairn_decref(good);
    }
    cairn_object* set = cairn_weakmap_new(heap, CAIRN_WEAK_SET);
    EXPECT_EQ(cairn_weakmap_update(set, foreign), CAIRN_INVALID);
    cairn_decref(set);
    cairn_decref(foreign);
    EXPECT_EQ(cairn_heap_free(other), 0u);
}

// Members and their set are garbage together, and a finalizer saves the set alone: no callback will
// come for their entries, so the next store takes them out, and those for which one store's own
// user code makes room.
TEST_F(WeakmapFindTest, EntriesThatWereGarbageWithTheirMapGoWithTheNextStore) {
    for (const cairn_weak_kind kind : kKinds) {
        cairn_object* map = make_map(kind);
        cairn_object* saved = nullptr;
        cairn_object* saver = make_fin("saver", [&](cairn_object* self) {
            saved = cairn_new_ref(get(self, 1));
            return CAIRN_OK;
        });
        give(saver, 1, map);
        for (size_t i = 0; i < 20; ++i) {
            cairn_object* member = make(plain, "member");
            cairn_object* key = kind == CAIRN_WEAK_VALUE_MAP ? make(leaf_fin, "key") : member;
            EXPECT_EQ(put(map, key, member), CAIRN_OK);
            give(member, 0, cairn_new_ref(get(saver, 0)));
            give(saver, 0, member);
            if (key != member) {
                cairn_decref(key);
            }
        }
        set(saver, 2, saver);
        cairn_decref(saver);
        collect();
        ASSERT_EQ(saved, map);
        EXPECT_EQ(cairn_weakmap_length(map), 0u);
        EXPECT_TRUE(verify());
        cairn_object* other = make(plain, "other");
        on_finalize("key", [&](cairn_object*) { return put(map, other, other); });
        EXPECT_EQ(put(map, other, other), CAIRN_OK);
        EXPECT_EQ(cairn_weakmap_length(map), 1u);
        EXPECT_TRUE(verify());
        cairn_decref(map);
        cairn_decref(other);
        collect();
        EXPECT_EQ(usage().objects, 0u);
        (void)take_log();
    }
}

}  // namespace
}  // namespace cairn_test
