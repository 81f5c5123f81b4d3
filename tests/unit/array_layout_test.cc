// SPDX-License-Identifier: MIT
/// References in an array outside the heap: records of a table, found without a traverse function.
#include <cstring>

#include "heap_test.h"

namespace cairn_test {
namespace {

/// A hash table of an interpreter: records in the order of insertion.
struct Record {
    cairn_object* key;
    cairn_object* value;
    uint64_t hash;
};

struct Table {
    cairn_object head;
    uint64_t label;
    cairn_object* slot;
    Record* records;
    size_t count;
    unsigned char other_keys;
};

constexpr size_t kCapacity = 8;

Table* table_of(cairn_object* object) {
    return reinterpret_cast<Table*>(object);
}

class ArrayLayoutTest : public HeapTest {
  protected:
    ArrayLayoutTest() : table(type(table_spec("table"))), silent(type(leaf_spec("silent"))) {}

    static void clear_table(cairn_object* self) {
        Table* t = table_of(self);
        Record* records = std::exchange(t->records, nullptr);
        const size_t count = std::exchange(t->count, 0);
        for (size_t i = 0; i < count; ++i) {
            for (cairn_object* value : {records[i].key, records[i].value}) {
                if (value != nullptr && (reinterpret_cast<uintptr_t>(value) & 1) == 0) {
                    cairn_decref(value);
                }
            }
        }
        delete[] records;
        cairn_clear(&t->slot);
        ++world_of(self)->cleared;
    }

    static void dealloc_table(cairn_object* self) {
        delete[] table_of(self)->records;
        ++world_of(self)->deallocated;
    }

    static ArrayLayoutTest* world_of(cairn_object* self) {
        return static_cast<ArrayLayoutTest*>(
            static_cast<World*>(cairn_type_user_data(cairn_type_of(self))));
    }

    cairn_type_spec table_spec(const char* name) {
        cairn_type_spec spec = leaf_spec(name);
        spec.flags = CAIRN_TYPE_TAGGED_SLOTS;
        spec.object_size = sizeof(Table);
        spec.slots_offset = offsetof(Table, slot);
        spec.slot_count = 1;
        spec.array_offset = offsetof(Table, records);
        spec.array_count_offset = offsetof(Table, count);
        spec.record_size = sizeof(Record);
        spec.record_slots = 2;
        spec.other_keys_offset = offsetof(Table, other_keys);
        spec.clear = &clear_table;
        spec.dealloc = &dealloc_table;
        return spec;
    }

    cairn_object* make_table(const std::string& label) {
        cairn_object* object = make(table, label);
        table_of(object)->records = new Record[kCapacity]();
        return object;
    }

    /// Appends a record, which takes over both references.
    static void add(cairn_object* to, cairn_object* key, cairn_object* value) {
        Table* t = table_of(to);
        t->records[t->count++] = {key, value, 0x123456789abcdef0};
    }

    cairn_type* table;
    cairn_type* silent;
    size_t cleared = 0;
    size_t deallocated = 0;
};

TEST_F(ArrayLayoutTest, ReferentsAreTheSlotsAndTheRecordsInUse) {
    cairn_object* a = make_table("a");
    table_of(a)->slot = make(logged, "slot");
    table_of(a)->other_keys = 1;
    add(a, make(logged, "k"), make(logged, "v"));
    add(a, nullptr, nullptr);
    add(a, immediate(7), immediate(8));
    add(a, make(leaf, "l"), immediate(9));
    EXPECT_EQ(referents(a), "slot k l v");
    EXPECT_EQ(referrers({table_of(a)->records[0].value}), "a");
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc k, dealloc v, dealloc l, dealloc slot");
    EXPECT_EQ(cleared, 1u);
    EXPECT_EQ(deallocated, 1u);
}

TEST_F(ArrayLayoutTest, KeysThatAreLeavesAreLeftOut) {
    cairn_object* a = make_table("a");
    add(a, make(leaf, "k"), make(logged, "v"));
    EXPECT_EQ(referents(a), "v");
    EXPECT_EQ(collect(), 0u);
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc k, dealloc v");
}

TEST_F(ArrayLayoutTest, BackwardsFromTheLastRecordToTheFirst) {
    cairn_type_spec spec = table_spec("backwards");
    spec.flags |= CAIRN_TYPE_ARRAY_BACKWARDS;
    spec.other_keys_offset = 0;
    table = type(spec);
    cairn_object* a = make_table("a");
    table_of(a)->slot = make(logged, "slot");
    for (const char* label : {"x", "y", "z"}) {
        add(a, make(leaf, label), immediate(1));
    }
    EXPECT_EQ(referents(a), "slot z y x");
    EXPECT_EQ(collect(), 0u);
    cairn_decref(a);
}

TEST_F(ArrayLayoutTest, EmptyTablesAreHarmless) {
    cairn_object* a = make(table, "a");
    EXPECT_EQ(referents(a), "");
    EXPECT_EQ(collect(), 0u);
    cairn_decref(a);
    EXPECT_EQ(deallocated, 1u);
}

TEST_F(ArrayLayoutTest, CyclesThroughRecordsAreFound) {
    cairn_object* live = make(logged, "live");
    cairn_object* shared = make(silent, "shared");
    cairn_object* first = make_table("0");
    cairn_object* last = first;
    for (int i = 1; i < 5; ++i) {
        cairn_object* next = make_table(std::to_string(i));
        add(last, cairn_new_ref(shared), next);
        add(last, make(silent, "own"), cairn_new_ref(live));
        last = next;
    }
    add(last, immediate(1), cairn_new_ref(first));
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(cairn_refcount(shared), 5u);
    cairn_decref(first);
    EXPECT_EQ(collect(), 5u);
    EXPECT_EQ(deallocated, 5u);
    EXPECT_EQ(cairn_refcount(live), 1u);
    EXPECT_EQ(cairn_refcount(shared), 1u);
    EXPECT_EQ(usage().objects, 2u);
    EXPECT_TRUE(verify());
    cairn_decref(live);
    cairn_decref(shared);
}

TEST_F(ArrayLayoutTest, SilentGarbageIsNotClearedOneByOne) {
    // What dies with the garbage is older than it, or not tracked.
    cairn_object* old = make_table("old");
    add(old, make(silent, "k"), make(by_hand, "b"));
    collect(1);
    cairn_object* a = make_table("a");
    add(a, make(silent, "k"), cairn_new_ref(a));
    add(a, immediate(1), old);
    cairn_decref(a);
    EXPECT_EQ(collect(0), 1u);
    EXPECT_EQ(cleared, 0u);
    EXPECT_EQ(deallocated, 2u);
    EXPECT_EQ(take_log(), "dealloc b");
    EXPECT_EQ(usage().objects, 0u);
    EXPECT_TRUE(verify());
}

TEST_F(ArrayLayoutTest, GarbageThatSomebodyWatchesIsCleared) {
    cairn_object* a = make_table("a");
    add(a, make(silent, "k"), cairn_new_ref(a));
    // What is met first is dropped and comes back.
    cairn_object* shared = make(silent, "shared");
    add(a, shared, make_table("hidden"));
    add(a, immediate(1), make(leaf_fin, "held"));
    cairn_decref(a);
    EXPECT_EQ(collect(), 2u);
    EXPECT_GE(cleared, 2u);
    EXPECT_EQ(deallocated, 2u);
    EXPECT_EQ(take_log(), "fin held, dealloc held");
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(ArrayLayoutTest, TrackedByHandInYoungAndOldCollections) {
    cairn_type_spec spec = table_spec("by hand");
    spec.flags |= CAIRN_TYPE_TRACK_BY_HAND;
    table = type(spec);
    for (int generation = 0; generation < 3; ++generation) {
        cairn_object* a = make_table("a");
        add(a, make(silent, "k"), cairn_new_ref(a));
        EXPECT_FALSE(cairn_gc_is_tracked(a));
        cairn_decref(a);
        EXPECT_EQ(collect(generation), 0u);
        EXPECT_EQ(cairn_gc_track(a), CAIRN_OK);
        EXPECT_EQ(collect(generation), 1u);
    }
    EXPECT_EQ(deallocated, 3u);
}

TEST_F(ArrayLayoutTest, AFinalizerMayChangeItsTable) {
    cairn_type_spec spec = table_spec("finalized");
    spec.finalize = [](cairn_object* self) {
        Table* t = table_of(self);
        cairn_object* old = std::exchange(t->records[0].value, nullptr);
        t->count = 1;
        cairn_decref(old);
        return CAIRN_OK;
    };
    table = type(spec);
    cairn_object* a = make_table("a");
    cairn_object* b = make(logged, "b");
    add(a, make(silent, "k"), b);
    set(b, 0, a);
    cairn_decref(a);
    EXPECT_EQ(collect(), 0u) << "it broke its cycle itself";
    EXPECT_EQ(take_log(), "dealloc b");
    EXPECT_EQ(deallocated, 1u);
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(ArrayLayoutTest, LargeObjectsHaveArraysToo) {
    cairn_type_spec spec = table_spec("large");
    spec.object_size = 100'000;
    table = type(spec);
    cairn_object* a = make_table("a");
    add(a, make(silent, "k"), cairn_new_ref(a));
    EXPECT_EQ(collect(), 0u);
    cairn_decref(a);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(deallocated, 1u);
}

}  // namespace
}  // namespace cairn_test
