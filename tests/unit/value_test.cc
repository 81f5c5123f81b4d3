// SPDX-License-Identifier: MIT
/// Values: slots that hold references, tagged immediates or nothing.
#include "heap_test.h"

namespace cairn_test {
namespace {

using ValueTest = HeapTest;

TEST_F(ValueTest, TheLowestBitTellsImmediates) {
    cairn_object* a = make(plain, "a");
    EXPECT_EQ(cairn_is_immediate(nullptr), 0);
    EXPECT_EQ(cairn_is_immediate(a), 0);
    EXPECT_EQ(cairn_is_immediate(immediate(0)), 1);
    EXPECT_EQ(cairn_is_immediate(immediate(42)), 1);
    cairn_decref(a);
}

TEST_F(ValueTest, ImmediatesAndNullAreNotCounted) {
    for (cairn_object* value : {static_cast<cairn_object*>(nullptr), immediate(42)}) {
        cairn_value_incref(value);
        cairn_value_decref(value);
        EXPECT_EQ(cairn_value_new_ref(value), value);
    }
}

TEST_F(ValueTest, ReferencesAreCounted) {
    cairn_object* a = make(plain, "a");
    cairn_value_incref(a);
    EXPECT_EQ(cairn_refcount(a), 2u);
    EXPECT_EQ(cairn_value_new_ref(a), a);
    EXPECT_EQ(cairn_refcount(a), 3u);
    cairn_value_decref(a);
    cairn_value_decref(a);
    cairn_value_decref(a);
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(ValueTest, StoresTakeEveryKindOfValueInTurn) {
    cairn_object* a = make(plain, "a");
    cairn_object* slot = nullptr;
    cairn_value_set(&slot, a);
    EXPECT_EQ(cairn_refcount(a), 2u);
    cairn_value_set(&slot, immediate(7));
    EXPECT_EQ(slot, immediate(7));
    EXPECT_EQ(cairn_refcount(a), 1u);
    cairn_value_set_consume(&slot, a);
    EXPECT_EQ(cairn_refcount(a), 1u);
    cairn_value_set(&slot, slot);
    EXPECT_EQ(cairn_refcount(slot), 1u);
    cairn_value_clear(&slot);
    EXPECT_EQ(slot, nullptr);
    EXPECT_EQ(usage().objects, 0u);
    cairn_value_set_consume(&slot, immediate(8));
    cairn_value_clear(&slot);
    cairn_value_clear(&slot);
    EXPECT_EQ(slot, nullptr);
}

TEST_F(ValueTest, UserCodeOfTheOldValueSeesTheNewOne) {
    cairn_object* slot = make(fin, "old");
    int runs = 0;
    on_finalize("old", [&](cairn_object*) {
        ++runs;
        EXPECT_EQ(slot, immediate(1));
        cairn_value_set(&slot, immediate(2));
        return CAIRN_OK;
    });
    cairn_value_set(&slot, immediate(1));
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(slot, immediate(2)) << "what user code stored stays";
}

}  // namespace
}  // namespace cairn_test
