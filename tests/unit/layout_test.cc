// SPDX-License-Identifier: MIT
/// Where references lie: fixed slots, items, tagged immediates, traverse functions.
#include <cstring>
#include <tuple>

#include "heap_test.h"

namespace cairn_test {
namespace {

cairn_object** slot_at(cairn_object* object, size_t offset) {
    return reinterpret_cast<cairn_object**>(reinterpret_cast<char*>(object) + offset);
}

class LayoutTest : public HeapTest {
  protected:
    /// A list with a capacity of its own outside the heap, as an interpreter would have one.
    struct List {
        cairn_object head;
        uint64_t label;
        std::vector<cairn_object*>* items;
    };

    static std::vector<cairn_object*>& items(cairn_object* self) {
        return *reinterpret_cast<List*>(self)->items;
    }

    static void traverse_list(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
        if (reinterpret_cast<List*>(self)->items == nullptr) {
            return;
        }
        for (cairn_object* value : items(self)) {
            visit(value, visit_data);
        }
    }

    static void clear_list(cairn_object* self) {
        if (reinterpret_cast<List*>(self)->items == nullptr) {
            return;
        }
        std::vector<cairn_object*> old;
        old.swap(items(self));
        for (cairn_object* value : old) {
            if (value != nullptr) {
                cairn_decref(value);
            }
        }
    }

    static void dealloc_list(cairn_object* self) {
        auto* list = reinterpret_cast<List*>(self);
        EXPECT_TRUE(list->items == nullptr || list->items->empty()) << "dealloc before clear";
        delete list->items;
        static_cast<World*>(cairn_type_user_data(cairn_type_of(self)))->note("dealloc list");
    }

    cairn_type* list_type() {
        cairn_type_spec spec = leaf_spec("list");
        spec.object_size = sizeof(List);
        spec.traverse = &traverse_list;
        spec.clear = &clear_list;
        spec.dealloc = &dealloc_list;
        return type(spec);
    }

    cairn_object* make_list(cairn_type* of, const std::string& label) {
        cairn_object* object = make(of, label);
        reinterpret_cast<List*>(object)->items = new std::vector<cairn_object*>;
        return object;
    }
};

TEST_F(LayoutTest, ReferentsComeInSlotOrderAndAsOftenAsTheyAreThere) {
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    give(a, 0, make(leaf, "x"));
    set(a, 1, b);
    set(a, 3, b);
    EXPECT_EQ(referents(a), "x b b");
    EXPECT_EQ(referents(b), "");
    cairn_decref(b);
    cairn_decref(a);
}

TEST_F(LayoutTest, ItemsAreReferences) {
    cairn_object* a = make_array(5, "a");
    *item(a, 0) = make(logged, "x");
    *item(a, 4) = make(logged, "y");
    EXPECT_EQ(referents(a), "x y");
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc x, dealloc y, dealloc a");
}

TEST_F(LayoutTest, FixedSlotsComeBeforeItems) {
    cairn_type_spec spec = array_spec("both");
    spec.object_size = sizeof(Array) + 16;
    spec.slots_offset = sizeof(Array);
    spec.slot_count = 2;
    cairn_object* a = cairn_new_var(type(spec), 3);
    for (size_t i = 0; i < 5; ++i) {
        *item(a, i) = make(logged, std::string(1, static_cast<char>('p' + i)));
    }
    EXPECT_EQ(referents(a), "p q r s t");
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc p, dealloc q, dealloc r, dealloc s, dealloc t");
}

TEST_F(LayoutTest, ItemsStartAtTheNextEighthByteIfTheyAreSlots) {
    cairn_type_spec spec = array_spec("odd");
    spec.object_size = sizeof(Array) + 3;
    cairn_object* a = cairn_new_var(type(spec), 2);
    ASSERT_NE(a, nullptr);
    *slot_at(a, sizeof(Array) + 8) = make(logged, "x");
    *slot_at(a, sizeof(Array) + 16) = make(logged, "y");
    EXPECT_EQ(referents(a), "x y");
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc x, dealloc y");
}

TEST_F(LayoutTest, HostMayLowerTheItemCount) {
    cairn_object* a = make_array(4, "a");
    for (size_t i = 0; i < 4; ++i) {
        *item(a, i) = make(logged, "x");
    }
    cairn_clear(item(a, 2));
    cairn_clear(item(a, 3));
    reinterpret_cast<Array*>(a)->count = 2;
    EXPECT_EQ(referents(a), "x x");
    EXPECT_EQ(collect(), 0u);
    EXPECT_TRUE(verify());
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc x, dealloc x, dealloc x, dealloc x, dealloc a");
}

TEST_F(LayoutTest, LoweredItemCountIsObeyedInACycle) {
    cairn_object* a = make_array(1000, "a");
    *item(a, 0) = cairn_new_ref(a);
    *item(a, 999) = make(logged, "last");
    EXPECT_EQ(referents(a), "a last");
    cairn_clear(item(a, 999));
    reinterpret_cast<Array*>(a)->count = 1;
    EXPECT_EQ(referents(a), "a");
    EXPECT_EQ(collect(), 0u);
    cairn_decref(a);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(take_log(), "dealloc last, dealloc a");
}

TEST_F(LayoutTest, ImmediatesInFixedSlotsAreSkipped) {
    cairn_type_spec spec = node_spec("tagged");
    spec.flags = CAIRN_TYPE_TAGGED_SLOTS;
    cairn_object* a = make(type(spec), "a");
    *slot(a, 0) = immediate(0);
    *slot(a, 1) = make(logged, "x");
    *slot(a, 2) = immediate(UINTPTR_MAX >> 1);
    EXPECT_EQ(referents(a), "x");
    EXPECT_EQ(collect(), 0u);
    EXPECT_TRUE(verify());
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc x");
}

TEST_F(LayoutTest, ImmediatesInItemsAreSkipped) {
    cairn_type_spec spec = array_spec("tagged_array");
    spec.flags |= CAIRN_TYPE_TAGGED_SLOTS;
    cairn_object* a = cairn_new_var(type(spec), 1001);
    for (size_t i = 0; i < 1000; ++i) {
        *item(a, i) = i % 2 == 0 ? immediate(i) : cairn_new_ref(a);
    }
    *item(a, 1000) = make(logged, "x");
    EXPECT_EQ(collect(), 0u);
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_log(), "dealloc x");
}

TEST_F(LayoutTest, RingThroughTaggedSlotsIsCollected) {
    cairn_type_spec spec = node_spec("tagged");
    spec.flags = CAIRN_TYPE_TAGGED_SLOTS;
    cairn_object* a = make_ring(type(spec), {"a", "b", "c"});
    *slot(a, 1) = immediate(77);
    *slot(get(a, 0), 3) = immediate(78);
    cairn_decref(a);
    EXPECT_EQ(collect(), 3u);
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(LayoutTest, UntaggedTypeBesideATaggedOneIsNotMistakenForIt) {
    cairn_type_spec spec = node_spec("tagged");
    spec.flags = CAIRN_TYPE_TAGGED_SLOTS;
    cairn_object* a = make(type(spec), "a");
    cairn_object* b = make(logged, "b");
    give(a, 0, b);
    set(b, 0, a);
    *slot(a, 1) = immediate(5);
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_log(), "dealloc b");
}

TEST_F(LayoutTest, TraverseFunctionIsAsGoodAsSlots) {
    cairn_type* list = list_type();
    cairn_object* a = make_list(list, "a");
    cairn_object* b = make_list(list, "b");
    items(a).assign({cairn_new_ref(b), nullptr, make(logged, "x"), cairn_new_ref(b)});
    EXPECT_EQ(referents(a), "b x b");
    EXPECT_EQ(referrers({b}), "a");
    cairn_decref(b);
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc x, dealloc list, dealloc list");
}

TEST_F(LayoutTest, ZeroedObjectOfATraverseTypeIsValid) {
    cairn_object* a = make(list_type(), "a");
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(referents(a), "");
    EXPECT_TRUE(verify());
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc list");
}

TEST_F(LayoutTest, RingThroughATraverseTypeIsClearedAndFreed) {
    cairn_type* list = list_type();
    cairn_object* a = make_list(list, "a");
    cairn_object* b = make(logged, "b");
    items(a).assign({b, make(leaf, "x")});
    set(b, 0, a);
    set(b, 1, b);
    EXPECT_EQ(collect(), 0u);
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_sorted_log(), "dealloc b, dealloc list, dealloc x");
}

TEST_F(LayoutTest, TraverseTypeMayHoldThousandsOfReferences) {
    cairn_type* list = list_type();
    cairn_object* a = make_list(list, "a");
    cairn_object* b = make_list(list, "b");
    for (int i = 0; i < 5000; ++i) {
        items(a).push_back(cairn_new_ref(b));
        items(b).push_back(cairn_new_ref(a));
    }
    cairn_decref(b);
    EXPECT_EQ(collect(), 0u);
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_log(), "dealloc list, dealloc list");
}

/// Slot count, bytes of payload before the slots, bytes behind them.
class EverySlotTest
    : public HeapTest,
      public ::testing::WithParamInterface<std::tuple<uint32_t, uint32_t, uint32_t>> {
  protected:
    cairn_type* slotted() {
        const auto [count, before, behind] = GetParam();
        cairn_type_spec spec = {};
        spec.name = "slotted";
        spec.slots_offset = 16 + before;
        spec.slot_count = count;
        spec.object_size = spec.slots_offset + count * 8 + behind;
        return type(spec);
    }
};

TEST_P(EverySlotTest, IsSeenByTheCollectorAndReleasedAtDeath) {
    const auto [count, before, behind] = GetParam();
    cairn_type* of = slotted();
    cairn_object* a = cairn_new(of);
    std::memset(reinterpret_cast<char*>(a) + 16, 0xFF, before);
    std::memset(reinterpret_cast<char*>(a) + 16 + before + size_t{count} * 8, 0xFF, behind);
    const uint32_t step = count > 64 ? count / 16 : 1;
    for (uint32_t i = 0; i < count; i += step) {
        cairn_object** here = slot_at(a, 16 + before + size_t{i} * 8);
        *here = make(logged, "child");
        give(*here, 0, cairn_new_ref(a));
        EXPECT_EQ(collect(), 0u);
        give(*here, 0, nullptr);
        cairn_clear(here);
        EXPECT_EQ(take_log(), "dealloc child") << "slot " << i;

        *here = make(logged, "last");
        cairn_decref(a);
        EXPECT_EQ(take_log(), "dealloc last") << "slot " << i;

        a = cairn_new(of);
        here = slot_at(a, 16 + before + size_t{i} * 8);
        *here = cairn_new_ref(a);
        cairn_decref(a);
        EXPECT_EQ(collect(), 1u) << "slot " << i;
        EXPECT_EQ(usage().objects, 0u) << "slot " << i;
        a = cairn_new(of);
    }
    cairn_decref(a);
}

INSTANTIATE_TEST_SUITE_P(Shapes,
                         EverySlotTest,
                         ::testing::Combine(::testing::Values(1u, 2u, 3u, 5u, 8u, 31u, 33u, 1000u),
                                            ::testing::Values(0u, 8u, 120u),
                                            ::testing::Values(0u, 4u, 200u)));

}  // namespace
}  // namespace cairn_test
