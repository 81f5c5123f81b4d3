// SPDX-License-Identifier: MIT
/// Hash, equality and text of objects.
#include <cstring>
#include <set>

#include "heap_test.h"

namespace cairn_test {
namespace {

class IdentityTest : public HeapTest {
  protected:
    struct Number {
        cairn_object head;
        uint64_t label;
        int64_t value;
    };

    static int64_t& value(cairn_object* object) { return reinterpret_cast<Number*>(object)->value; }

    static cairn_status hash(cairn_object* self, uint64_t* out_hash) {
        if (value(self) < 0) {
            return CAIRN_USER_ERROR;
        }
        *out_hash = static_cast<uint64_t>(value(self)) * 1000;
        return CAIRN_OK;
    }

    static cairn_status equal(cairn_object* self, cairn_object* other, int* out_equal) {
        if (value(self) < 0) {
            return CAIRN_USER_ERROR;
        }
        *out_equal = cairn_type_of(self) == cairn_type_of(other) && value(self) == value(other);
        return CAIRN_OK;
    }

    static size_t repr(cairn_object* self, char* buffer, size_t size) {
        const int length =
            snprintf(buffer, size, "number %lld", static_cast<long long>(value(self)));
        return static_cast<size_t>(length);
    }

    void SetUp() override {
        HeapTest::SetUp();
        cairn_type_spec spec = leaf_spec("number");
        spec.object_size = sizeof(Number);
        spec.hash = &hash;
        spec.equal = &equal;
        spec.repr = &repr;
        number_type_ = type(spec);
    }

    cairn_object* number(int64_t n) {
        cairn_object* object = make(number_type_, "number");
        value(object) = n;
        return object;
    }

    static int equals(cairn_object* a, cairn_object* b) {
        int result = -1;
        EXPECT_EQ(cairn_equal(a, b, &result), CAIRN_OK);
        return result;
    }

    static uint64_t hash_of(cairn_object* object) {
        uint64_t result = 0;
        EXPECT_EQ(cairn_hash(object, &result), CAIRN_OK);
        return result;
    }

    cairn_type* number_type_ = nullptr;
};

TEST_F(IdentityTest, TypesWithoutFunctionsCompareByIdentity) {
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    EXPECT_EQ(equals(a, a), 1);
    EXPECT_EQ(equals(a, b), 0);
    EXPECT_EQ(hash_of(a), hash_of(a));
    cairn_decref(a);
    cairn_decref(b);
}

TEST_F(IdentityTest, HashByIdentityTellsObjectsApart) {
    std::vector<cairn_object*> all;
    std::set<uint64_t> hashes;
    std::set<uint64_t> low_bits;
    for (int i = 0; i < 4096; ++i) {
        all.push_back(make(plain, "a"));
        const uint64_t hash = hash_of(all.back());
        hashes.insert(hash);
        low_bits.insert(hash % 4096);
    }
    EXPECT_EQ(hashes.size(), all.size());
    EXPECT_GT(low_bits.size(), 1000u) << "a table indexed by the low bits would be one long chain";
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
}

TEST_F(IdentityTest, TypesFunctionsAreUsed) {
    cairn_object* a = number(5);
    cairn_object* b = number(5);
    cairn_object* c = number(6);
    EXPECT_EQ(equals(a, b), 1);
    EXPECT_EQ(equals(a, c), 0);
    EXPECT_EQ(hash_of(a), hash_of(b));
    EXPECT_EQ(hash_of(a), 5000u);
    for (cairn_object* object : {a, b, c}) {
        cairn_decref(object);
    }
}

TEST_F(IdentityTest, IdentityComesFirst) {
    cairn_object* failing = number(-1);
    EXPECT_EQ(equals(failing, failing), 1);
    cairn_decref(failing);
}

TEST_F(IdentityTest, EqualityIsTheFirstOnesAffair) {
    cairn_object* a = number(1);
    cairn_object* other = make(leaf, "other");
    EXPECT_EQ(equals(a, other), 0);
    EXPECT_EQ(equals(other, a), 0);
    cairn_decref(a);
    cairn_decref(other);
}

TEST_F(IdentityTest, FailuresPassThroughAndWriteNothing) {
    cairn_object* a = number(-1);
    cairn_object* b = number(2);
    int same = 77;
    uint64_t hash = 77;
    EXPECT_EQ(cairn_equal(a, b, &same), CAIRN_USER_ERROR);
    EXPECT_EQ(cairn_hash(a, &hash), CAIRN_USER_ERROR);
    EXPECT_EQ(same, 77);
    EXPECT_EQ(hash, 77u);
    cairn_decref(a);
    cairn_decref(b);
}

TEST_F(IdentityTest, WeakReferencesFollowTheirReferents) {
    cairn_object* a = number(5);
    cairn_object* b = number(5);
    cairn_object* c = number(6);
    cairn_object* wa = weak(a);
    cairn_object* wb = weak(b);
    cairn_object* wc = weak(c);
    int same = -1;
    EXPECT_EQ(cairn_weakref_equal(wa, wb, &same), CAIRN_OK);
    EXPECT_EQ(same, 1);
    EXPECT_EQ(cairn_weakref_equal(wa, wc, &same), CAIRN_OK);
    EXPECT_EQ(same, 0);
    uint64_t hash = 0;
    EXPECT_EQ(cairn_weakref_hash(wa, &hash), CAIRN_OK);
    EXPECT_EQ(hash, 5000u);
    cairn_decref(a);
    EXPECT_EQ(cairn_weakref_equal(wa, wb, &same), CAIRN_OK);
    EXPECT_EQ(same, 0);
    EXPECT_EQ(cairn_weakref_hash(wa, &hash), CAIRN_OK);
    EXPECT_EQ(hash, 5000u);
    for (cairn_object* object : {b, c, wa, wb, wc}) {
        cairn_decref(object);
    }
}

TEST_F(IdentityTest, WeakReferencesPassTheReferentsFailuresOn) {
    cairn_object* a = number(-1);
    cairn_object* b = number(-1);
    cairn_object* wa = weak(a);
    cairn_object* wb = weak(b);
    int same = 77;
    uint64_t hash = 77;
    EXPECT_EQ(cairn_weakref_equal(wa, wb, &same), CAIRN_USER_ERROR);
    EXPECT_EQ(cairn_weakref_hash(wa, &hash), CAIRN_USER_ERROR);
    EXPECT_EQ(same, 77);
    EXPECT_EQ(hash, 77u);
    for (cairn_object* object : {a, b, wa, wb}) {
        cairn_decref(object);
    }
}

TEST_F(IdentityTest, EqualThatEndsTheOtherReferentIsSafe) {
    // The comparison owns what it compares.
    static std::vector<cairn_object**> variables;
    struct Ending {
        static cairn_status hash(cairn_object*, uint64_t* out_hash) {
            *out_hash = 1;
            return CAIRN_OK;
        }
        static cairn_status equal(cairn_object* self, cairn_object* other, int* out_equal) {
            for (cairn_object** variable : variables) {
                cairn_clear(variable);
            }
            *out_equal = cairn_type_of(self) == cairn_type_of(other);
            return CAIRN_OK;
        }
    };
    cairn_type_spec spec = leaf_spec("ending");
    spec.hash = &Ending::hash;
    spec.equal = &Ending::equal;
    cairn_type* ending = type(spec);
    cairn_object* a = make(ending, "a");
    cairn_object* b = make(ending, "b");
    cairn_object* wa = weak(a);
    cairn_object* wb = weak(b);
    variables = {&a, &b};
    int same = -1;
    EXPECT_EQ(cairn_weakref_equal(wa, wb, &same), CAIRN_OK);
    EXPECT_EQ(same, 1);
    EXPECT_TRUE(cairn_weakref_is_cleared(wa));
    EXPECT_TRUE(cairn_weakref_is_cleared(wb));
    cairn_decref(wa);
    cairn_decref(wb);
}

TEST_F(IdentityTest, TextNamesTypeAndAddress) {
    cairn_object* a = make(logged, "a");
    char text[200];
    const size_t length = cairn_repr(a, text, sizeof text);
    EXPECT_EQ(length, std::strlen(text));
    EXPECT_EQ(std::string(text).substr(0, 11), "<logged at ");
    EXPECT_EQ(text[length - 1], '>');
    char address[40];
    (void)snprintf(address,
                   sizeof address,
                   "%llx",
                   static_cast<unsigned long long>(reinterpret_cast<uintptr_t>(a)));
    EXPECT_NE(std::strstr(text, address), nullptr) << text;
    cairn_decref(a);
}

TEST_F(IdentityTest, TextIsTheTypesOwnIfItHasOne) {
    cairn_object* a = number(42);
    char text[32];
    EXPECT_EQ(cairn_repr(a, text, sizeof text), 9u);
    EXPECT_STREQ(text, "number 42");
    cairn_decref(a);
}

TEST_F(IdentityTest, TextIsCutToTheBuffer) {
    cairn_object* a = make(logged, "a");
    char whole[200];
    const size_t length = cairn_repr(a, whole, sizeof whole);
    for (size_t size = 0; size <= length + 1; ++size) {
        std::vector<char> text(size + 1, '#');
        EXPECT_EQ(cairn_repr(a, text.data(), size), length);
        EXPECT_EQ(text[size], '#');
        if (size > 0) {
            EXPECT_EQ(std::string(text.data()), std::string(whole).substr(0, size - 1));
        }
    }
    cairn_decref(a);
}

TEST_F(IdentityTest, ObjectSaysWhatItHoldsOutsideTheHeap) {
    cairn_type_spec spec = leaf_spec("buffer");
    spec.external_size = [](cairn_object*) { return size_t{4096}; };
    cairn_object* a = make(type(spec), "a");
    cairn_object* b = make(leaf, "b");
    EXPECT_EQ(cairn_object_external_size(a), 4096u);
    EXPECT_EQ(cairn_object_external_size(b), 0u);
    EXPECT_EQ(usage().external_bytes, 0u)
        << "a type's word is for reports: the heap counts reports";
    cairn_decref(a);
    cairn_decref(b);
}

TEST_F(IdentityTest, WeakReferenceHasATextToo) {
    cairn_object* a = make(logged, "a");
    cairn_object* w = weak(a);
    char text[100];
    EXPECT_GT(cairn_repr(w, text, sizeof text), 0u);
    EXPECT_EQ(text[0], '<');
    EXPECT_GT(std::strlen(cairn_type_name(cairn_type_of(w))), 0u);
    cairn_decref(w);
    cairn_decref(a);
}

}  // namespace
}  // namespace cairn_test
