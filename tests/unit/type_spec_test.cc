// SPDX-License-Identifier: MIT
/// Type specs: what is accepted, and that every contradiction is an error.
#include "heap_test.h"

namespace cairn_test {
namespace {

size_t repr_nothing(cairn_object*, char*, size_t) {
    return 0;
}
void visit_nothing(cairn_object*, cairn_visit_fn, void*) {}
void clear_nothing(cairn_object*) {}
cairn_status hash_one(cairn_object*, uint64_t* out_hash) {
    *out_hash = 1;
    return CAIRN_OK;
}
cairn_status equal_never(cairn_object*, cairn_object*, int* out_equal) {
    *out_equal = 0;
    return CAIRN_OK;
}

class TypeSpecTest : public HeapTest {
  protected:
    void expect_good(const cairn_type_spec& spec) {
        EXPECT_EQ(cairn_type_spec_problem(&spec), nullptr) << cairn_type_spec_problem(&spec);
        cairn_type* made = nullptr;
        EXPECT_EQ(cairn_type_new(heap, &spec, &made), CAIRN_OK);
        ASSERT_NE(made, nullptr);
        EXPECT_STREQ(cairn_type_name(made), spec.name);
    }

    void expect_bad(const cairn_type_spec& spec) {
        const char* problem = cairn_type_spec_problem(&spec);
        ASSERT_NE(problem, nullptr);
        EXPECT_GT(std::string(problem).size(), 5u) << problem;
        cairn_type* made = plain;
        EXPECT_EQ(cairn_type_new(heap, &spec, &made), CAIRN_INVALID);
        EXPECT_EQ(made, plain) << "an out parameter is written only on success";
    }

    cairn_type_spec leaf_like() { return leaf_spec("leaf_like"); }
    cairn_type_spec node_like() { return node_spec("node_like"); }
    cairn_type_spec array_like() { return array_spec("array_like"); }

    cairn_type_spec custom_like() {
        cairn_type_spec spec = leaf_spec("custom_like");
        spec.traverse = &visit_nothing;
        spec.clear = &clear_nothing;
        return spec;
    }

    cairn_type_spec table_like() {
        cairn_type_spec spec = leaf_spec("table_like");
        spec.object_size = 64;
        spec.array_offset = 24;
        spec.array_count_offset = 32;
        spec.clear = &clear_nothing;
        spec.dealloc = &clear_nothing;
        return spec;
    }

    cairn_type_spec weakref_like() {
        cairn_type_spec spec = leaf_spec("weakref_like");
        spec.flags = CAIRN_TYPE_WEAKREF;
        spec.object_size = CAIRN_WEAKREF_SIZE + 16;
        return spec;
    }
};

TEST_F(TypeSpecTest, HeaderAloneIsALeaf) {
    cairn_type_spec spec = {};
    spec.name = "header";
    spec.object_size = sizeof(cairn_object);
    expect_good(spec);
}

TEST_F(TypeSpecTest, EveryKindOfTypeIsAccepted) {
    expect_good(leaf_like());
    expect_good(node_like());
    expect_good(array_like());
    expect_good(custom_like());
    expect_good(table_like());
    expect_good(weakref_like());
}

TEST_F(TypeSpecTest, AnArrayLiesInRecordsWithRoomForTheirSlots) {
    cairn_type_spec good = table_like();
    good.record_size = 24;
    good.record_slots = 3;
    good.other_keys_offset = 63;
    good.slots_offset = 40;
    good.slot_count = 2;
    good.flags = CAIRN_TYPE_TAGGED_SLOTS | CAIRN_TYPE_TRACK_BY_HAND;
    expect_good(good);
    const auto bad = [this](void (*change)(cairn_type_spec&)) {
        cairn_type_spec spec = table_like();
        change(spec);
        expect_bad(spec);
    };
    bad([](cairn_type_spec& s) { s.array_offset = 20; });
    bad([](cairn_type_spec& s) { s.array_offset = 8; });
    bad([](cairn_type_spec& s) { s.array_offset = 64; });
    bad([](cairn_type_spec& s) { s.array_offset = 0xfffffff8; });
    bad([](cairn_type_spec& s) { s.array_count_offset = 0; });
    bad([](cairn_type_spec& s) { s.array_count_offset = 60; });
    bad([](cairn_type_spec& s) { s.record_size = 12; });
    bad([](cairn_type_spec& s) { s.record_slots = 2; });
    bad([](cairn_type_spec& s) {
        s.record_size = 16;
        s.record_slots = 3;
    });
    bad([](cairn_type_spec& s) { s.array_count_offset = s.array_offset; });
    bad([](cairn_type_spec& s) { s.other_keys_offset = s.array_offset + 7; });
    bad([](cairn_type_spec& s) { s.other_keys_offset = s.array_count_offset; });
    bad([](cairn_type_spec& s) {
        s.slots_offset = 16;
        s.slot_count = 2;
    });
    bad([](cairn_type_spec& s) {
        s.slots_offset = 40;
        s.slot_count = 3;
        s.other_keys_offset = 63;
    });
    bad([](cairn_type_spec& s) {
        s.record_size = 16;
        s.record_slots = 3;
    });
    bad([](cairn_type_spec& s) { s.other_keys_offset = 64; });
    bad([](cairn_type_spec& s) {
        s.other_keys_offset = 63;
        s.flags = CAIRN_TYPE_ARRAY_BACKWARDS;
    });
    bad([](cairn_type_spec& s) { s.other_keys_offset = 8; });
    bad([](cairn_type_spec& s) { s.clear = nullptr; });
    bad([](cairn_type_spec& s) { s.dealloc = nullptr; });
    bad([](cairn_type_spec& s) { s.traverse = &visit_nothing; });
    bad([](cairn_type_spec& s) { s.item_size = 8; });
    bad([](cairn_type_spec& s) { s.flags = CAIRN_TYPE_WEAKREF; });
    bad([](cairn_type_spec& s) { s.flags = CAIRN_TYPE_UNTRACK_ATOMIC; });
    bad([](cairn_type_spec& s) {
        s.flags = CAIRN_TYPE_UNTRACK_ATOMIC | CAIRN_TYPE_WEAKREF;
        s.slots_offset = CAIRN_WEAKREF_SIZE;
        s.slot_count = 1;
        s.object_size = CAIRN_WEAKREF_SIZE + 8;
    });
    bad([](cairn_type_spec& s) { s.array_offset = 0; });
    bad([](cairn_type_spec& s) {
        s.array_offset = s.array_count_offset = 0;
        s.traverse = &visit_nothing;
        s.record_size = 8;
    });
}

TEST_F(TypeSpecTest, OnlyAnArrayCanBeWalkedBackwards) {
    cairn_type_spec spec = node_like();
    spec.flags = CAIRN_TYPE_ARRAY_BACKWARDS;
    expect_bad(spec);
    spec = table_like();
    spec.flags = CAIRN_TYPE_ARRAY_BACKWARDS;
    expect_good(spec);
}

TEST_F(TypeSpecTest, CountingWhenTrackedNeedsTrackingByHand) {
    cairn_type_spec spec = node_like();
    spec.flags = CAIRN_TYPE_COUNT_WHEN_TRACKED;
    expect_bad(spec);
    spec.flags |= CAIRN_TYPE_TRACK_BY_HAND;
    expect_good(spec);
}

TEST_F(TypeSpecTest, LeafMayHaveAnySizeFromTheHeaderOn) {
    for (const uint32_t size : {16u, 17u, 31u, 33u, 100u, 4096u, 70000u, 1u << 20}) {
        cairn_type_spec spec = leaf_like();
        spec.object_size = size;
        expect_good(spec);
    }
}

TEST_F(TypeSpecTest, FixedSlotsAndItemsMayStandTogether) {
    cairn_type_spec spec = array_like();
    spec.object_size = sizeof(Array) + 16;
    spec.slots_offset = sizeof(Array);
    spec.slot_count = 2;
    expect_good(spec);
}

TEST_F(TypeSpecTest, ItemsNeedNotBeSlots) {
    cairn_type_spec spec = leaf_like();
    spec.item_size = 1;
    expect_good(spec);
    spec.item_size = 12;
    expect_good(spec);
}

TEST_F(TypeSpecTest, NameAndUserDataAreKept) {
    char name[] = "first";
    int data = 0;
    cairn_type_spec spec = leaf_like();
    spec.name = name;
    spec.user_data = &data;
    cairn_type* made = type(spec);
    name[0] = 'F';
    EXPECT_STREQ(cairn_type_name(made), "first");
    EXPECT_EQ(cairn_type_user_data(made), &data);
}

TEST_F(TypeSpecTest, TwoTypesMayHaveOneName) {
    expect_good(leaf_like());
    expect_good(leaf_like());
}

TEST_F(TypeSpecTest, ObjectKnowsItsType) {
    cairn_object* a = make(plain, "a");
    EXPECT_EQ(cairn_type_of(a), plain);
    cairn_decref(a);
}

TEST_F(TypeSpecTest, NameIsRequired) {
    cairn_type_spec spec = leaf_like();
    spec.name = nullptr;
    expect_bad(spec);
}

TEST_F(TypeSpecTest, ObjectMustHoldItsHeader) {
    for (const uint32_t size : {0u, 1u, 8u, 15u}) {
        cairn_type_spec spec = leaf_like();
        spec.object_size = size;
        expect_bad(spec);
    }
}

TEST_F(TypeSpecTest, SlotsMustBeAligned) {
    cairn_type_spec spec = node_like();
    spec.slot_count = 1;
    for (const uint32_t offset : {17u, 20u, 28u, 30u}) {
        spec.slots_offset = offset;
        expect_bad(spec);
    }
}

TEST_F(TypeSpecTest, SlotsMustNotOverlapTheHeader) {
    cairn_type_spec spec = node_like();
    spec.slot_count = 1;
    for (const uint32_t offset : {0u, 8u}) {
        spec.slots_offset = offset;
        expect_bad(spec);
    }
}

TEST_F(TypeSpecTest, SlotsMustLieInsideTheObject) {
    cairn_type_spec spec = node_like();
    spec.slot_count = kSlots + 1;
    expect_bad(spec);
    spec.slot_count = 1;
    spec.slots_offset = sizeof(Node);
    expect_bad(spec);
    spec.slots_offset = 0xFFFFFFF8u;
    expect_bad(spec);
    spec.slots_offset = 16;
    for (const uint32_t count : {UINT32_MAX, 1u << 29, (1u << 29) + 1, 1u << 31}) {
        spec.slot_count = count;
        expect_bad(spec);
    }
}

TEST_F(TypeSpecTest, ItemsThatAreSlotsAreReferences) {
    for (const uint32_t size : {0u, 4u, 16u, 9u}) {
        cairn_type_spec spec = array_like();
        spec.item_size = size;
        expect_bad(spec);
    }
}

TEST_F(TypeSpecTest, ItemsThatAreSlotsAreCounted) {
    cairn_type_spec spec = array_like();
    spec.item_count_offset = 0;
    expect_bad(spec);
}

TEST_F(TypeSpecTest, ItemCountMustLieInsideTheObject) {
    for (const uint32_t offset :
         {8u, 12u, static_cast<uint32_t>(sizeof(Array)), 4096u, 0xFFFFFFF8u}) {
        cairn_type_spec spec = array_like();
        spec.item_count_offset = offset;
        expect_bad(spec);
    }
}

TEST_F(TypeSpecTest, ItemCountMustBeAligned) {
    for (const uint32_t offset : {17u, 20u, 25u, 28u}) {
        cairn_type_spec spec = array_like();
        spec.item_count_offset = offset;
        expect_bad(spec);
    }
}

TEST_F(TypeSpecTest, ItemCountNeedsItems) {
    cairn_type_spec spec = leaf_like();
    spec.item_count_offset = 16;
    expect_bad(spec);
}

TEST_F(TypeSpecTest, SlotsMustNotOverlapTheItemCount) {
    cairn_type_spec spec = array_like();
    spec.slots_offset = 16;
    spec.slot_count = 2;
    expect_bad(spec);
    spec.slots_offset = spec.item_count_offset;
    spec.slot_count = 1;
    expect_bad(spec);
}

TEST_F(TypeSpecTest, TraverseStandsInsteadOfASlotLayout) {
    cairn_type_spec spec = node_like();
    spec.traverse = &visit_nothing;
    spec.clear = &clear_nothing;
    expect_bad(spec);
    spec = array_like();
    spec.traverse = &visit_nothing;
    spec.clear = &clear_nothing;
    expect_bad(spec);
}

TEST_F(TypeSpecTest, TraverseNeedsClear) {
    cairn_type_spec spec = custom_like();
    spec.clear = nullptr;
    expect_bad(spec);
}

TEST_F(TypeSpecTest, ClearNeedsTraverse) {
    cairn_type_spec spec = custom_like();
    spec.traverse = nullptr;
    expect_bad(spec);
    spec = node_like();
    spec.clear = &clear_nothing;
    expect_bad(spec);
}

TEST_F(TypeSpecTest, HashNeedsEqual) {
    cairn_type_spec spec = leaf_like();
    spec.hash = &hash_one;
    expect_bad(spec);
    spec.equal = &equal_never;
    spec.repr = &repr_nothing;
    expect_good(spec);
}

TEST_F(TypeSpecTest, TagsNeedSlots) {
    cairn_type_spec spec = leaf_like();
    spec.flags = CAIRN_TYPE_TAGGED_SLOTS;
    expect_bad(spec);
    spec = node_like();
    spec.flags = CAIRN_TYPE_TAGGED_SLOTS;
    expect_good(spec);
}

TEST_F(TypeSpecTest, UntrackingNeedsSlotsAndTrackingFromBirth) {
    cairn_type_spec spec = custom_like();
    spec.flags = CAIRN_TYPE_UNTRACK_ATOMIC;
    expect_bad(spec);
    spec = array_like();
    spec.flags |= CAIRN_TYPE_UNTRACK_ATOMIC;
    expect_good(spec);
    spec.flags |= CAIRN_TYPE_TRACK_BY_HAND;
    expect_bad(spec);
}

TEST_F(TypeSpecTest, WeakReferenceTypeLeavesTheLibraryItsPart) {
    cairn_type_spec spec = weakref_like();
    spec.object_size = CAIRN_WEAKREF_SIZE;
    expect_good(spec);
    spec.object_size = CAIRN_WEAKREF_SIZE - 8;
    expect_bad(spec);
    spec = weakref_like();
    spec.slots_offset = CAIRN_WEAKREF_SIZE - 8;
    spec.slot_count = 1;
    expect_bad(spec);
    spec.slots_offset = CAIRN_WEAKREF_SIZE;
    spec.slot_count = 2;
    expect_good(spec);
    spec.flags |= CAIRN_TYPE_UNTRACK_ATOMIC;
    expect_bad(spec);
    spec.flags &= ~uint32_t{CAIRN_TYPE_UNTRACK_ATOMIC};
    spec.slot_count = 3;
    expect_bad(spec);
}

TEST_F(TypeSpecTest, SlotsOfAWeakReferenceTypeComeFirstInItsPayload) {
    cairn_type_spec spec = weakref_like();
    spec.slots_offset = CAIRN_WEAKREF_SIZE + 8;
    spec.slot_count = 1;
    expect_bad(spec);
}

TEST_F(TypeSpecTest, WeakReferenceTypeHasAFixedSize) {
    cairn_type_spec spec = weakref_like();
    spec.item_size = 8;
    expect_bad(spec);
}

TEST_F(TypeSpecTest, RefusedSpecLeavesTheHeapAsItWas) {
    cairn_type_spec spec = node_like();
    spec.slot_count = 1000;
    const cairn_heap_usage before = usage();
    for (int i = 0; i < 1000; ++i) {
        expect_bad(spec);
    }
    EXPECT_EQ(usage().table_bytes, before.table_bytes);
    EXPECT_TRUE(verify());
}

TEST_F(TypeSpecTest, HeapMayHaveThousandsOfTypes) {
    std::vector<cairn_object*> all;
    for (int i = 0; i < 3000; ++i) {
        cairn_type_spec spec = node_spec("one_of_many");
        spec.slot_count = static_cast<uint32_t>(i % 5);
        spec.slots_offset = spec.slot_count == 0 ? 0 : spec.slots_offset;
        all.push_back(cairn_new(type(spec)));
        ASSERT_NE(all.back(), nullptr);
    }
    EXPECT_TRUE(verify());
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
}

TEST_F(TypeSpecTest, WhatNoKindOfTypeMayHave) {
    EXPECT_STREQ(cairn_type_spec_problem(nullptr), "no spec");
    cairn_type_spec spec = leaf_like();
    spec.flags = uint32_t{1} << 31;
    expect_bad(spec);
    spec = leaf_like();
    spec.object_size = (uint32_t{1} << 30) + 16;
    expect_bad(spec);
    spec = leaf_like();
    spec.flags = CAIRN_TYPE_TRACK_BY_HAND;
    expect_bad(spec);
    spec = weakref_like();
    spec.traverse = &visit_nothing;
    spec.clear = &clear_nothing;
    expect_bad(spec);
    spec = table_like();
    spec.buffer_offset = 40;
    expect_bad(spec);
}

// No user code runs after cairn_heap_finalize(): neither of types that were there, nor of others.
TEST_F(TypeSpecTest, ATypeMadeAfterTheEndOfUserCodeHasNoFinalizer) {
    EXPECT_EQ(cairn_heap_finalize(heap), CAIRN_OK);
    EXPECT_EQ(cairn_heap_finalize(heap), CAIRN_OK) << "a second call does nothing";
    cairn_type_spec spec = leaf_like();
    spec.finalize = [](cairn_object* self) {
        static_cast<TypeSpecTest*>(cairn_type_user_data(cairn_type_of(self)))->note("called");
        return CAIRN_OK;
    };
    spec.user_data = this;
    cairn_decref(cairn_new(type(spec)));
    EXPECT_EQ(take_log(), "");
    EXPECT_EQ(usage().objects, 0u);
}

}  // namespace
}  // namespace cairn_test
