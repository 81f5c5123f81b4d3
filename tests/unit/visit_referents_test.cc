// SPDX-License-Identifier: MIT
/// Referents with their edges: which references are shown, as what, in which order.
#include <array>
#include <string>
#include <vector>

#include "weakmap_helpers.h"

namespace cairn_test {
namespace {

const char* kind_name(cairn_edge_kind kind) {
    static constexpr const char* kNames[] = {"slot",
                                             "item",
                                             "array",
                                             "traverse",
                                             "argument",
                                             "entry",
                                             "entry-key",
                                             "ephemeron-value",
                                             "ephemeron-key",
                                             "weak"};
    return kNames[kind];
}

class VisitReferentsTest : public WeakmapTest {
  public:
    explicit VisitReferentsTest(uint32_t heap_flags = 0) : WeakmapTest(heap_flags) {}

  protected:
    struct Visit {
        VisitReferentsTest* test;
        size_t stop_after;
        size_t shown;
        std::string text;
    };

    static int visit(cairn_object* referent, const cairn_edge* edge, void* user_data) {
        auto* v = static_cast<Visit*>(user_data);
        v->text += v->text.empty() ? "" : ", ";
        v->text += kind_name(edge->kind);
        v->text += " " + std::to_string(edge->index);
        v->text += edge->part == 0 ? "" : "/" + std::to_string(edge->part);
        v->text += edge->name == nullptr ? "" : std::string(" (") + edge->name + ")";
        v->text += " " + v->test->label_of(referent);
        return ++v->shown < v->stop_after ? 1 : 0;
    }

    /// "kind index/part (name) referent, ..."
    std::string edges(cairn_object* object, size_t stop_after = SIZE_MAX) {
        Visit v = {this, stop_after, 0, ""};
        cairn_visit_referents(object, &visit, &v);
        return v.text;
    }
};

TEST_F(VisitReferentsTest, FixedSlotsByNumberEmptyOnesLeftOut) {
    cairn_object* a = make(logged, "a");
    give(a, 1, make(leaf, "x"));
    set(a, 3, get(a, 1));
    EXPECT_EQ(edges(a), "slot 1 x, slot 3 x");
    EXPECT_EQ(cairn_refcount(get(a, 1)), 2u);
    EXPECT_EQ(edges(get(a, 1)), "");
    cairn_decref(a);
}

TEST_F(VisitReferentsTest, NamesAreCopiedAndMayBeMissing) {
    std::array<char, 8> friend_name = {"friend"};
    std::array<const char*, kSlots> names = {};
    names[0] = friend_name.data();
    names[2] = "";
    cairn_type_spec spec = node_spec("named");
    spec.slot_names = names.data();
    cairn_type* named = type(spec);
    friend_name = {"enemy"};
    names = {};
    cairn_object* a = make(named, "a");
    for (size_t i = 0; i < kSlots; ++i) {
        give(a, i, make(leaf, "x"));
    }
    EXPECT_EQ(edges(a).substr(0, 45), "slot 0 (friend) x, slot 1 x, slot 2 () x, slo");
    cairn_decref(a);
}

TEST_F(VisitReferentsTest, NamesWithoutSlotsAreRefused) {
    const char* const name = "x";
    cairn_type_spec spec = leaf_spec("leaf");
    spec.slot_names = &name;
    EXPECT_STREQ(cairn_type_spec_problem(&spec), "slot_names without slots");
}

TEST_F(VisitReferentsTest, ATypeWhoseNamesFindNoMemoryIsNotMade) {
    const std::array<const char*, kSlots> names = {"friend"};
    cairn_type_spec spec = node_spec("named");
    spec.slot_names = names.data();
    size_t failures = 0;
    cairn_type* made = nullptr;
    while (made == nullptr && failures < 100) {
        memory.fail_at(failures + 1);
        const cairn_status status = cairn_type_new(heap, &spec, &made);
        memory.fail_at(0);
        ASSERT_EQ(status, made == nullptr ? CAIRN_NO_MEMORY : CAIRN_OK);
        failures += made == nullptr ? 1 : 0;
    }
    EXPECT_GE(failures, 3u);  // The type, its name, the names of its slots.
    cairn_object* a = make(made, "a");
    set(a, 0, a);
    EXPECT_EQ(edges(a), "slot 0 (friend) a");
    cairn_clear(slot(a, 0));
    cairn_decref(a);
}

TEST_F(VisitReferentsTest, ItemsByNumber) {
    cairn_object* a = make_array(4, "a");
    *item(a, 0) = make(leaf, "x");
    *item(a, 3) = make(leaf, "y");
    EXPECT_EQ(edges(a), "item 0 x, item 3 y");
    cairn_decref(a);
}

TEST_F(VisitReferentsTest, TaggedImmediatesAreNoReferences) {
    cairn_type_spec spec = node_spec("tagged");
    spec.flags = CAIRN_TYPE_TAGGED_SLOTS;
    cairn_object* a = make(type(spec), "a");
    *slot(a, 0) = reinterpret_cast<cairn_object*>(uintptr_t{15});
    give(a, 1, make(leaf, "x"));
    EXPECT_EQ(edges(a), "slot 1 x");
    cairn_decref(a);
}

TEST_F(VisitReferentsTest, WhatATraverseFunctionVisitsIsCounted) {
    cairn_object* a = make(custom, "a");
    give(a, 1, make(leaf, "x"));
    give(a, 2, make(leaf, "y"));
    EXPECT_EQ(edges(a), "traverse 0 x, traverse 1 y");
    EXPECT_EQ(edges(a, 1), "traverse 0 x");
    cairn_decref(a);
}

TEST_F(VisitReferentsTest, StopsWhenTheVisitorSaysSo) {
    cairn_object* a = make(logged, "a");
    cairn_object* b = make_array(3, "b");
    for (size_t i = 0; i < 3; ++i) {
        give(a, i, make(leaf, "x"));
        *item(b, i) = make(leaf, "y");
    }
    EXPECT_EQ(edges(a, 2), "slot 0 x, slot 1 x");
    EXPECT_EQ(edges(b, 1), "item 0 y");
    cairn_decref(a);
    cairn_decref(b);
}

/// A table of pairs outside the heap.
struct PairTable {
    Labelled head;
    cairn_object* slot;
    cairn_object** records;
    size_t count;
    unsigned char other_keys;
};

class PairTableEdgesTest : public VisitReferentsTest {
  protected:
    static PairTable* as_table(cairn_object* object) {
        return reinterpret_cast<PairTable*>(object);
    }

    static void clear_table(cairn_object* self) {
        PairTable* t = as_table(self);
        for (size_t i = 2 * std::exchange(t->count, 0); i-- > 0;) {
            cairn_clear(&t->records[i]);
        }
        cairn_clear(&t->slot);
    }

    static void dealloc_table(cairn_object* self) { delete[] as_table(self)->records; }

    /// A table of two pairs, keys "k" and "l", values "v" and "w", and "s" in its slot.
    cairn_object* make_table(uint32_t flags, uint32_t other_keys_offset) {
        cairn_type_spec spec = leaf_spec("table");
        spec.flags = flags;
        spec.object_size = sizeof(PairTable);
        spec.slots_offset = offsetof(PairTable, slot);
        spec.slot_count = 1;
        spec.array_offset = offsetof(PairTable, records);
        spec.array_count_offset = offsetof(PairTable, count);
        spec.record_size = 16;
        spec.record_slots = 2;
        spec.other_keys_offset = other_keys_offset;
        spec.clear = &clear_table;
        spec.dealloc = &dealloc_table;
        cairn_object* object = make(type(spec), "table");
        PairTable* t = as_table(object);
        t->slot = make(leaf, "s");
        t->records = new cairn_object*[4];
        const char* const labels[] = {"k", "v", "l", "w"};
        for (size_t i = 0; i < 4; ++i) {
            t->records[i] = make(leaf, labels[i]);
        }
        t->count = 2;
        return object;
    }
};

TEST_F(PairTableEdgesTest, RecordsByNumberWithTheirParts) {
    cairn_object* a = make_table(0, 0);
    EXPECT_EQ(edges(a), "slot 0 s, array 0 k, array 1 l, array 0/1 v, array 1/1 w");
    EXPECT_EQ(edges(a, 4), "slot 0 s, array 0 k, array 1 l, array 0/1 v");
    cairn_decref(a);
}

TEST_F(PairTableEdgesTest, BackwardsFromTheLastRecord) {
    cairn_object* a = make_table(CAIRN_TYPE_ARRAY_BACKWARDS, 0);
    EXPECT_EQ(edges(a), "slot 0 s, array 1 l, array 1/1 w, array 0 k, array 0/1 v");
    EXPECT_EQ(edges(a, 2), "slot 0 s, array 1 l");
    cairn_decref(a);
}

TEST_F(PairTableEdgesTest, KeysThatAreLeavesAreShownAllTheSame) {
    cairn_object* a = make_table(0, offsetof(PairTable, other_keys));
    EXPECT_EQ(referents(a), "s v w");
    EXPECT_EQ(edges(a), "slot 0 s, array 0 k, array 1 l, array 0/1 v, array 1/1 w");
    cairn_decref(a);
}

TEST_F(VisitReferentsTest, AWeakReferenceShowsItsReferentAndItsArgument) {
    cairn_object* a = make(logged, "a");
    cairn_object* argument = make(leaf, "argument");
    cairn_object* ref = cairn_weakref_new(
        a, [](cairn_object*, cairn_object*, void*) { return CAIRN_OK; }, argument, nullptr);
    EXPECT_EQ(edges(ref), "weak 0 a, argument 0 argument");
    EXPECT_EQ(edges(ref, 1), "weak 0 a");
    EXPECT_EQ(edges(a), "");
    cairn_decref(a);
    EXPECT_EQ(edges(ref), "");
    cairn_decref(ref);
    cairn_decref(argument);
}

TEST_F(VisitReferentsTest, SlotsOfAWeakReferenceCountAsDeclared) {
    const char* const names[] = {"first", "second"};
    cairn_type_spec spec = {};
    spec.name = "weak kind";
    spec.flags = CAIRN_TYPE_WEAKREF;
    spec.object_size = CAIRN_WEAKREF_SIZE + 16;
    spec.slots_offset = CAIRN_WEAKREF_SIZE;
    spec.slot_count = 2;
    spec.slot_names = names;
    cairn_object* a = make(logged, "a");
    cairn_object* ref = cairn_weakref_new_typed(type(spec), a, nullptr, nullptr, nullptr);
    auto** slots =
        reinterpret_cast<cairn_object**>(reinterpret_cast<char*>(ref) + CAIRN_WEAKREF_SIZE);
    slots[0] = make(leaf, "x");
    slots[1] = make(leaf, "y");
    EXPECT_EQ(edges(ref), "weak 0 a, slot 0 (first) x, slot 1 (second) y");
    cairn_decref(ref);
    cairn_decref(a);
}

TEST_F(VisitReferentsTest, NothingIsShownOnceTheReferentHasDied) {
    cairn_object* a = make(logged, "a");
    std::string seen = "not called";
    cairn_object* ref = weak(a, "cb", [&](cairn_object* self) {
        seen = edges(self);
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(seen, "");
    cairn_decref(ref);
}

TEST_F(VisitReferentsTest, WeakContainersShowTheirEntries) {
    cairn_object* key = make_valued("k");
    cairn_object* value = make_valued("v");
    cairn_object* by_key = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* by_value = make_map(CAIRN_WEAK_VALUE_MAP);
    cairn_object* set = make_map(CAIRN_WEAK_SET);
    ASSERT_EQ(put(by_key, key, value), CAIRN_OK);
    ASSERT_EQ(put(by_value, key, value), CAIRN_OK);
    ASSERT_EQ(put(set, key, nullptr), CAIRN_OK);
    EXPECT_EQ(edges(by_key), "entry 0 weakref, ephemeron-value 0 v, ephemeron-key 0 k");
    EXPECT_EQ(edges(by_value), "entry 0 weakref, entry-key 0 k, weak 0 v");
    EXPECT_EQ(edges(set), "entry 0 weakref, weak 0 k");
    EXPECT_EQ(edges(by_key, 2), "entry 0 weakref, ephemeron-value 0 v");
    for (cairn_object* object : {by_key, by_value, set, key, value}) {
        cairn_decref(object);
    }
}

TEST_F(VisitReferentsTest, EntriesThatWereRemovedLeaveGaps) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* keys[3] = {make_valued("a"), make_valued("b"), make_valued("c")};
    for (cairn_object* key : keys) {
        ASSERT_EQ(put(map, key, key), CAIRN_OK);
    }
    ASSERT_EQ(cairn_weakmap_delete(map, keys[1]), CAIRN_OK);
    EXPECT_EQ(edges(map),
              "entry 0 weakref, ephemeron-value 0 a, ephemeron-key 0 a, "
              "entry 2 weakref, ephemeron-value 2 c, ephemeron-key 2 c");
    cairn_decref(map);
    for (cairn_object* key : keys) {
        cairn_decref(key);
    }
}

TEST_F(VisitReferentsTest, AnEntryWhoseKeyDiedDuringAnIterationStillOwnsItsValue) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* key = make_valued("k");
    cairn_object* value = make_valued("v");
    ASSERT_EQ(put(map, key, value), CAIRN_OK);
    cairn_weakmap_iterator iterator;
    cairn_weakmap_iterator_open(map, &iterator);
    cairn_decref(key);
    EXPECT_EQ(edges(map), "entry 0 weakref, ephemeron-value 0 v");
    cairn_weakmap_iterator_close(&iterator);
    EXPECT_EQ(edges(map), "");
    cairn_decref(map);
    cairn_decref(value);
}

/// Counts, for each object of a heap, the edges that lead to it.
struct Tally {
    std::vector<std::pair<cairn_object*, uint32_t>> counts;
};

int add_object(cairn_object* object, void* user_data) {
    static_cast<Tally*>(user_data)->counts.emplace_back(object, 0U);
    return 1;
}

int add_edge(cairn_object* referent, const cairn_edge* edge, void* user_data) {
    if (edge->kind != CAIRN_EDGE_WEAK && edge->kind != CAIRN_EDGE_EPHEMERON_KEY) {
        for (auto& [object, count] : static_cast<Tally*>(user_data)->counts) {
            count += object == referent ? 1U : 0U;
        }
    }
    return 1;
}

TEST_F(PairTableEdgesTest, StrongEdgesAreAllThatCountsAreMadeOf) {
    cairn_object* root = make_array(8, "root");
    *item(root, 0) = make_table(0, offsetof(PairTable, other_keys));
    *item(root, 1) = make_map(CAIRN_WEAK_KEY_MAP);
    *item(root, 2) = make_valued("k");
    *item(root, 3) = make_valued("v");
    *item(root, 4) = weak(*item(root, 2));
    *item(root, 5) = make_map(CAIRN_WEAK_VALUE_MAP);
    *item(root, 6) = make(custom, "custom");
    give(*item(root, 6), 0, cairn_new_ref(*item(root, 3)));
    *item(root, 7) = cairn_new_ref(root);
    ASSERT_EQ(put(*item(root, 1), *item(root, 2), *item(root, 3)), CAIRN_OK);
    ASSERT_EQ(put(*item(root, 5), *item(root, 2), *item(root, 3)), CAIRN_OK);

    Tally tally = {};
    cairn_visit_objects(heap, &add_object, &tally);
    memory.fail_always(true);
    const uint64_t failures = memory.failures();
    for (size_t i = 0; i < tally.counts.size(); ++i) {
        cairn_visit_referents(tally.counts[i].first, &add_edge, &tally);
    }
    EXPECT_EQ(memory.failures(), failures);
    memory.fail_always(false);
    EXPECT_EQ(tally.counts.size(), 15u);
    for (const auto& [object, count] : tally.counts) {
        // The test itself holds the root.
        EXPECT_EQ(count + (object == root ? 1 : 0), cairn_refcount(object))
            << cairn_type_name(cairn_type_of(object));
    }
    cairn_clear(item(root, 7));
    cairn_decref(root);
}

}  // namespace
}  // namespace cairn_test
