// SPDX-License-Identifier: MIT
/// Deaths that are so deep in others that they are put aside: what user code that comes before
/// their end sees of the dead.
#include "weakmap_helpers.h"

namespace cairn_test {
namespace {

class PutAsideTest : public WeakmapTest {
  protected:
    PutAsideTest() { nested = type(function_spec("nested")); }

    /// A chain of `length` deaths inside one another. The last lets go of `dies`, one death further
    /// inside, and then of an object whose finalizer does `look`.
    cairn_object* make_chain(size_t length, cairn_object* dies, Action look) {
        cairn_object* chain = make(nested, "last");
        give(chain, 0, make(nested, "further inside"));
        give(get(chain, 0), 0, dies);
        give(chain, 1, make_fin("looks", std::move(look)));
        for (size_t i = 1; i < length; ++i) {
            cairn_object* link = make(nested, "link");
            give(link, 0, chain);
            chain = link;
        }
        return chain;
    }

    cairn_type* nested = nullptr;
};

TEST_F(PutAsideTest, ADeadValueOrKeyIsNotFound) {
    size_t seen_dead = 0;
    for (size_t length = 45; length < 55; ++length) {
        cairn_object* by_value = make_map(CAIRN_WEAK_VALUE_MAP);
        cairn_object* by_key = make_map(CAIRN_WEAK_KEY_MAP);
        cairn_object* key = make(plain, "key");
        cairn_object* dies = make(logged, "dies");
        uint64_t hash_of_key = 0;
        uint64_t hash_of_dies = 0;
        ASSERT_EQ(cairn_hash(key, &hash_of_key), CAIRN_OK);
        ASSERT_EQ(cairn_hash(dies, &hash_of_dies), CAIRN_OK);
        ASSERT_EQ(cairn_weakmap_set(by_value, key, dies), CAIRN_OK);
        cairn_object* value = make(plain, "value");
        ASSERT_EQ(cairn_weakmap_set(by_key, dies, value), CAIRN_OK);
        cairn_decref(value);
        const cairn_weakmap_equal_fn any = [](cairn_object*, void*, int* out_equal) {
            *out_equal = 1;
            return CAIRN_OK;
        };
        size_t looked = 0;
        cairn_object* ref = weak(dies);
        const auto look = [&](cairn_object*) {
            ++looked;
            // What holds it may itself have been put aside.
            if (deref(ref) != "-") {
                return CAIRN_OK;
            }
            EXPECT_FALSE(contains(by_value, key));
            for (cairn_object* map : {by_value, by_key}) {
                cairn_objects refs{};
                EXPECT_EQ(cairn_weakmap_refs(map, &refs), CAIRN_OK);
                EXPECT_EQ(refs.count, 0u);
                cairn_objects_release(heap, &refs);
            }
            if (cairn_weakref_is_cleared(ref) == 0) {
                ++seen_dead;
                // Its entry holds the value until it is gone.
                const cairn_visit_path_fn step = [](const cairn_path_step*, void*) { return 1; };
                EXPECT_EQ(cairn_path_to_root(value, step, nullptr), CAIRN_OK);
            }
            cairn_object* out = nullptr;
            EXPECT_EQ(cairn_weakmap_get(by_value, key, &out), CAIRN_NOT_FOUND);
            EXPECT_EQ(cairn_weakmap_find(by_value, hash_of_key, any, nullptr, nullptr, &out),
                      CAIRN_NOT_FOUND);
            EXPECT_EQ(cairn_weakmap_pop(by_value, key, &out), CAIRN_NOT_FOUND);
            EXPECT_EQ(cairn_weakmap_find(by_key, hash_of_dies, any, nullptr, &out, nullptr),
                      CAIRN_NOT_FOUND);
            EXPECT_EQ(out, nullptr);
            return CAIRN_OK;
        };
        // A simple object at the top: the deaths below it are put aside until it is gone.
        cairn_object* top = make(plain, "top");
        give(top, 0, make_chain(length, dies, look));
        cairn_decref(top);
        EXPECT_EQ(looked, 1u);
        EXPECT_EQ(take_sorted_log(), "dealloc dies, dealloc looks, fin looks");
        EXPECT_EQ(cairn_weakmap_length(by_value), 0u);
        EXPECT_EQ(cairn_weakmap_length(by_key), 0u);
        EXPECT_TRUE(verify());
        for (cairn_object* object : {by_value, by_key, key, ref}) {
            cairn_decref(object);
        }
    }
    EXPECT_GT(seen_dead, 0u) << "at some length its death had begun and was put aside";
}

// A map that dies lets go of its values one by one; the finalizer of one collects. The collection
// finds leaf keys of another map, and passes the dying one by.
TEST_F(PutAsideTest, ACollectionInTheDeathOfAMapPassesItBy) {
    cairn_object* other = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* ring = make(logged, "ring");
    cairn_object* leaf_key = make(leaf_fin, "leaf key");
    cairn_object* key = make(plain, "key");
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* value = make_fin("value", [&](cairn_object*) {
        EXPECT_GE(collect(), 2u);
        return CAIRN_OK;
    });
    ASSERT_EQ(cairn_weakmap_set(map, key, value), CAIRN_OK);
    cairn_decref(value);
    // The leaf is the key of a value that holds it, in a map that lives: a cycle of garbage.
    ASSERT_EQ(cairn_weakmap_set(other, leaf_key, ring), CAIRN_OK);
    give(ring, 0, leaf_key);
    set(ring, 1, ring);
    cairn_decref(ring);
    cairn_decref(map);
    EXPECT_EQ(take_sorted_log(),
              "dealloc leaf key, dealloc ring, dealloc value, fin leaf key, fin value");
    EXPECT_EQ(cairn_weakmap_length(other), 0u);
    EXPECT_TRUE(verify());
    cairn_decref(other);
    cairn_decref(key);
}

}  // namespace
}  // namespace cairn_test
