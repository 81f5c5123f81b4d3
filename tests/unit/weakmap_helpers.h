// SPDX-License-Identifier: MIT
/// What the tests of weak containers share: a fixture with values that compare by content, whose
/// hash and equal functions can be told to fail or to act.
#ifndef CAIRN_TESTS_UNIT_WEAKMAP_HELPERS_H
#define CAIRN_TESTS_UNIT_WEAKMAP_HELPERS_H

#include <functional>
#include <string>
#include <vector>

#include "heap_test.h"

namespace cairn_test {

class WeakmapTest : public HeapTest {
  public:
    explicit WeakmapTest(uint32_t heap_flags = 0) : HeapTest(heap_flags) {
        cairn_type_spec spec = node_spec("valued");
        spec.hash = &hash;
        spec.equal = &equal;
        spec.user_data = this;  // Not as a World: what follows needs no conversion.
        valued = type(spec);
    }

    /// An object that equals others with the same text before the first ':' of their labels.
    cairn_object* make_valued(const std::string& label) { return make(valued, label); }

    cairn_object* make_map(cairn_weak_kind kind) {
        cairn_object* map = cairn_weakmap_new(heap, kind);
        EXPECT_NE(map, nullptr);
        return map;
    }

    static cairn_status put(cairn_object* map, cairn_object* key, cairn_object* value) {
        return cairn_weakmap_kind(map) == CAIRN_WEAK_SET ? cairn_weakset_add(map, key)
                                                         : cairn_weakmap_set(map, key, value);
    }

    /// Label of the value under `key`, or the status in words.
    std::string value_of(cairn_object* map, cairn_object* key) {
        cairn_object* value = nullptr;
        const cairn_status status = cairn_weakmap_get(map, key, &value);
        if (status != CAIRN_OK) {
            return cairn_status_text(status);
        }
        std::string label = label_of(value);
        cairn_decref(value);
        return label;
    }

    static bool contains(cairn_object* map, cairn_object* key) {
        int found = -1;
        EXPECT_EQ(cairn_weakmap_contains(map, key, &found), CAIRN_OK);
        return found == 1;
    }

    /// "key:value key:value", or the members of a set.
    std::string contents(cairn_object* map) {
        std::string text;
        cairn_weakmap_iterator iterator;
        cairn_weakmap_iterator_open(map, &iterator);
        cairn_object* key = nullptr;
        cairn_object* value = nullptr;
        while (cairn_weakmap_iterator_next(&iterator, &key, &value) != 0) {
            text += (text.empty() ? "" : " ") + label_of(key);
            text += value == nullptr ? "" : "=" + label_of(value);
        }
        cairn_weakmap_iterator_close(&iterator);
        return text;
    }

    cairn_type* valued = nullptr;
    std::function<cairn_status()> in_hash;   ///< called by each hash, if set
    std::function<cairn_status()> in_equal;  ///< called by each equal, if set
    size_t hashes = 0;
    size_t equals = 0;

  private:
    static WeakmapTest* test_of(cairn_object* self) {
        return static_cast<WeakmapTest*>(cairn_type_user_data(cairn_type_of(self)));
    }

    std::string content_of(cairn_object* object) {
        const std::string label = label_of(object);
        return label.substr(0, label.find(':'));
    }

    static cairn_status hash(cairn_object* self, uint64_t* out_hash) {
        WeakmapTest* test = test_of(self);
        ++test->hashes;
        *out_hash = std::hash<std::string>{}(test->content_of(self));
        return test->in_hash ? test->in_hash() : CAIRN_OK;
    }

    static cairn_status equal(cairn_object* self, cairn_object* other, int* out_equal) {
        WeakmapTest* test = test_of(self);
        ++test->equals;
        *out_equal = cairn_type_of(other) == test->valued &&
                     test->content_of(self) == test->content_of(other);
        return test->in_equal ? test->in_equal() : CAIRN_OK;
    }
};

}  // namespace cairn_test

#endif
