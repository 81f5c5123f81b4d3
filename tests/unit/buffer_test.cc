// SPDX-License-Identifier: MIT
/// Buffers that the heap owns: what their calls do, deaths, collections and limits.
#include <cstring>

#include "buffer_list.h"

namespace cairn_test {
namespace {

TEST_F(BufferTest, GrowsByAppending) {
    cairn_object* a = make(list, "a");
    EXPECT_EQ(buffer_in(a).records, nullptr);
    size_t moves = 0;
    for (size_t i = 0; i < 1000; ++i) {
        const void* before = buffer_in(a).records;
        ASSERT_EQ(push(a, make(plain, "item")), CAIRN_OK);
        moves += before != buffer_in(a).records;
        EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer_in(a).records) % 16, 0u);
    }
    EXPECT_LT(moves, 20u);
    EXPECT_EQ(buffer_in(a).count, 1000u);
    EXPECT_EQ(collect(), 0u);
    const cairn_heap_usage used = usage();
    EXPECT_GE(used.buffer_bytes, 8000u);
    EXPECT_GE(used.peak_bytes, used.object_bytes + used.table_bytes + used.buffer_bytes);
    EXPECT_EQ(cairn_object_external_size(a), used.buffer_bytes);
    EXPECT_EQ(cairn_buffer_trim(a), CAIRN_OK);
    EXPECT_EQ(buffer_in(a).capacity, 1000u);
    cairn_decref(a);
    EXPECT_EQ(usage().objects, 0u);
    EXPECT_EQ(usage().buffer_bytes, 0u);
}

TEST_F(BufferTest, ThatIsExactlyLargeEnoughStays) {
    cairn_object* a = make(list, "a");
    EXPECT_EQ(cairn_buffer_resize(a, 100), CAIRN_OK);
    EXPECT_EQ(cairn_buffer_trim(a), CAIRN_OK);
    const void* records = buffer_in(a).records;
    EXPECT_EQ(cairn_buffer_reserve(a, 100), CAIRN_OK);
    EXPECT_EQ(buffer_in(a).records, records);
    EXPECT_EQ(buffer_in(a).capacity, 100u);
    cairn_decref(a);
}

TEST_F(BufferTest, GrowsByLessNearTheLimit) {
    cairn_object* a = make(list, "a");
    cairn_object* item = make(plain, "item");
    for (size_t i = 0; i < 100000; ++i) {
        ASSERT_EQ(push(a, cairn_new_ref(item)), CAIRN_OK);
    }
    EXPECT_EQ(cairn_buffer_trim(a), CAIRN_OK);
    // Room for a block of 1.4 times the size beside the old one.
    const cairn_heap_usage now = usage();
    const size_t counted = now.object_bytes + now.table_bytes + now.buffer_bytes;
    cairn_heap_set_memory_limit(heap, counted + 14 * now.buffer_bytes / 10);
    size_t moves = 0;
    for (size_t i = 0; i < 10000; ++i) {
        const void* before = buffer_in(a).records;
        ASSERT_EQ(push(a, cairn_new_ref(item)), CAIRN_OK);
        moves += before != buffer_in(a).records;
    }
    EXPECT_LT(moves, 5u);
    cairn_heap_set_memory_limit(heap, 0);
    cairn_decref(a);
    cairn_decref(item);
}

TEST_F(BufferTest, ResizesInsertsRemovesAndShiftsOut) {
    cairn_object* a = make_list("a", {"0", "1", "2", "3"});
    EXPECT_EQ(cairn_buffer_insert(a, 5, 1), CAIRN_INVALID);
    EXPECT_EQ(cairn_buffer_insert(a, 1, 2), CAIRN_OK);
    EXPECT_EQ(referents(a), "0 1 2 3");
    EXPECT_EQ(items_in(a)[1], nullptr);
    EXPECT_EQ(items_in(a)[2], nullptr);
    EXPECT_EQ(label_of(items_in(a)[3]), "1");
    EXPECT_EQ(cairn_buffer_insert(a, 6, 0), CAIRN_OK);
    EXPECT_EQ(cairn_buffer_remove(a, 5, 2), CAIRN_INVALID);
    EXPECT_EQ(cairn_buffer_remove(a, 7, SIZE_MAX), CAIRN_INVALID);
    EXPECT_EQ(cairn_buffer_remove(a, 6, 0), CAIRN_OK);
    EXPECT_EQ(cairn_buffer_remove(a, 7, 0), CAIRN_INVALID);
    EXPECT_EQ(cairn_buffer_remove(a, 0, 4), CAIRN_OK);
    EXPECT_EQ(take_log(), "dealloc 0, dealloc 1");
    EXPECT_EQ(referents(a), "2 3");
    EXPECT_EQ(cairn_buffer_resize(a, 9), CAIRN_OK);
    EXPECT_EQ(buffer_in(a).count, 9u);
    EXPECT_EQ(items_in(a)[8], nullptr);
    cairn_object* out = nullptr;
    EXPECT_EQ(cairn_buffer_shift_out(a, 9, &out), CAIRN_INVALID);
    EXPECT_EQ(cairn_buffer_shift_out(a, 0, &out), CAIRN_OK);
    EXPECT_EQ(label_of(out), "2");
    cairn_decref(out);
    EXPECT_EQ(take_log(), "dealloc 2");
    EXPECT_EQ(cairn_buffer_resize(a, 0), CAIRN_OK);
    EXPECT_EQ(take_log(), "dealloc 3");
    EXPECT_GE(buffer_in(a).capacity, 9u);
    EXPECT_EQ(cairn_buffer_clear(a), CAIRN_OK);
    EXPECT_EQ(buffer_in(a).capacity, 0u);
    EXPECT_EQ(usage().buffer_bytes, 0u);
    EXPECT_EQ(cairn_buffer_reserve(a, SIZE_MAX / 4), CAIRN_NO_MEMORY);
    EXPECT_EQ(cairn_buffer_insert(a, 0, SIZE_MAX), CAIRN_NO_MEMORY);
    cairn_object* other = make(plain, "other");
    EXPECT_EQ(cairn_buffer_reserve(other, 1), CAIRN_INVALID);
    EXPECT_EQ(cairn_buffer_clear(other), CAIRN_INVALID);
    EXPECT_EQ(cairn_buffer_resize(other, 0), CAIRN_INVALID);
    EXPECT_EQ(cairn_buffer_insert(other, 0, 0), CAIRN_INVALID);
    EXPECT_EQ(cairn_buffer_remove(other, 0, 0), CAIRN_INVALID);
    EXPECT_EQ(cairn_buffer_trim(other), CAIRN_INVALID);
    cairn_buffer old = {};
    EXPECT_EQ(cairn_buffer_replace(other, 1, &old), CAIRN_INVALID);
    EXPECT_EQ(cairn_buffer_replace(a, SIZE_MAX / 4, &old), CAIRN_NO_MEMORY);
    EXPECT_EQ(old.records, nullptr);
    cairn_decref(other);
    cairn_decref(a);
}

TEST_F(BufferTest, AHashTableGrowsByReplacing) {
    cairn_type_spec spec = list_spec("table");
    spec.record_size = sizeof(TableRecord);
    spec.record_slots = 2;
    list = type(spec);
    cairn_object* a = make(list, "a");
    size_t used = 0;
    for (uint64_t hash = 0; hash < 500; ++hash) {
        if (used * 2 >= buffer_in(a).count) {
            cairn_buffer old;
            ASSERT_EQ(cairn_buffer_replace(a, used == 0 ? 8 : buffer_in(a).count * 2, &old),
                      CAIRN_OK);
            auto* from = static_cast<TableRecord*>(old.records);
            auto* to = static_cast<TableRecord*>(buffer_in(a).records);
            for (size_t i = 0; i < old.count; ++i) {
                if (from[i].key != nullptr) {
                    EXPECT_EQ(to[from[i].hash].key, nullptr);
                    to[from[i].hash] = from[i];
                }
            }
            cairn_buffer_release(heap, &old);
            EXPECT_EQ(old.records, nullptr);
        }
        TableRecord* record = static_cast<TableRecord*>(buffer_in(a).records) + hash;
        *record = {make(logged, "k"), cairn_new_ref(a), hash};
        ++used;
    }
    EXPECT_EQ(cairn_refcount(a), 501u);
    EXPECT_EQ(collect(), 0u);
    cairn_decref(a);
    EXPECT_EQ(collect(), 501u);
    EXPECT_EQ(usage().objects, 0u);
    EXPECT_EQ(usage().buffer_bytes, 0u);
}

TEST_F(BufferTest, RecordsLeaveAndMoveByExchange) {
    cairn_object* a = make_list("a", {"0", "1"});
    cairn_object* b = make_list("b", {"2"});
    const size_t bytes = usage().buffer_bytes;
    cairn_buffer away{};
    EXPECT_EQ(cairn_buffer_exchange(a, &away), CAIRN_OK);
    EXPECT_EQ(buffer_in(a).records, nullptr);
    EXPECT_EQ(buffer_in(a).capacity, 0u);
    EXPECT_EQ(away.count, 2u);
    // They count, and are alive, while they are away.
    EXPECT_EQ(usage().buffer_bytes, bytes);
    collect();
    EXPECT_TRUE(verify());
    EXPECT_EQ(usage().objects, 5u);
    EXPECT_EQ(push(a, make(plain, "3")), CAIRN_OK);
    EXPECT_EQ(cairn_buffer_exchange(b, &away), CAIRN_OK);
    EXPECT_EQ(buffer_in(b).count, 2u);
    EXPECT_EQ(away.count, 1u);
    EXPECT_EQ(cairn_buffer_exchange(a, &away), CAIRN_OK);
    EXPECT_TRUE(verify());
    cairn_decref(*static_cast<cairn_object**>(away.records));
    cairn_buffer_release(heap, &away);
    EXPECT_EQ(away.records, nullptr);
    cairn_object* other = make(plain, "no buffer");
    EXPECT_EQ(cairn_buffer_exchange(other, &away), CAIRN_INVALID);
    cairn_decref(other);
    cairn_decref(a);
    cairn_decref(b);
    EXPECT_EQ(usage().objects, 0u);
    EXPECT_EQ(usage().buffer_bytes, 0u);
}

TEST_F(BufferTest, ReleasesInOrder) {
    cairn_object* a = make_list("a", {"0", "1", "2"});
    buffered(a)->slot = make(logged, "slot");
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc slot, dealloc 0, dealloc 1, dealloc 2");
    cairn_type_spec spec = list_spec("backwards");
    spec.flags = CAIRN_TYPE_ARRAY_BACKWARDS;
    list = type(spec);
    a = make_list("a", {"0", "1", "2", "3", "4"});
    EXPECT_EQ(referents(a), "4 3 2 1 0");
    EXPECT_EQ(cairn_buffer_remove(a, 3, 2), CAIRN_OK);
    EXPECT_EQ(take_log(), "dealloc 4, dealloc 3");
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc 2, dealloc 1, dealloc 0");
}

TEST_F(BufferTest, DeepAndWideStructuresDieWithoutRecursion) {
    cairn_object* outer = make(list, "outer");
    for (int i = 0; i < 200'000; ++i) {
        cairn_object* next = make(list, "next");
        ASSERT_EQ(push(next, make(plain, "before")), CAIRN_OK);
        ASSERT_EQ(push(next, outer), CAIRN_OK);
        ASSERT_EQ(push(next, make(plain, "behind")), CAIRN_OK);
        outer = next;
    }
    cairn_decref(outer);
    EXPECT_EQ(usage().objects, 0u);
    EXPECT_EQ(usage().buffer_bytes, 0u);
}

TEST_F(BufferTest, RecordsOfTaggedAndEmptySlots) {
    cairn_type_spec spec = list_spec("tagged");
    spec.flags = CAIRN_TYPE_TAGGED_SLOTS;
    spec.slots_offset = spec.slot_count = 0;
    spec.record_size = sizeof(TableRecord);
    spec.record_slots = 2;
    list = type(spec);
    cairn_object* a = make(list, "a");
    ASSERT_EQ(cairn_buffer_resize(a, 60), CAIRN_OK);
    for (size_t i = 0; i < 60; ++i) {
        static_cast<TableRecord*>(buffer_in(a).records)[i] = {
            reinterpret_cast<cairn_object*>(2 * i + 1),
            i % 2 == 0 ? nullptr : make(logged, std::to_string(i)),
            ~uint64_t{0}};
    }
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(cairn_buffer_remove(a, 0, 2), CAIRN_OK);
    EXPECT_EQ(take_log(), "dealloc 1");
    EXPECT_EQ(cairn_buffer_remove(a, 4, 54), CAIRN_OK);
    EXPECT_EQ(referents(a), "3 5");
    EXPECT_EQ(std::count(log().begin(), log().end(), "dealloc 59"), 1);
    cairn_decref(a);
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(BufferTest, PlainBuffersHoldBytes) {
    cairn_type_spec spec = leaf_spec("text");
    spec.flags = CAIRN_TYPE_PLAIN_BUFFER;
    spec.object_size = sizeof(ListWithBuffer);
    spec.buffer_offset = offsetof(ListWithBuffer, items);
    spec.record_size = 1;
    cairn_type* text = type(spec);
    cairn_object* a = make(text, "a");
    EXPECT_FALSE(cairn_gc_is_tracked(a));
    ASSERT_EQ(cairn_buffer_resize(a, 11), CAIRN_OK);
    std::memcpy(buffer_in(a).records, "hello world", 11);
    EXPECT_EQ(cairn_buffer_remove(a, 5, 6), CAIRN_OK);
    ASSERT_EQ(cairn_buffer_insert(a, 0, 1), CAIRN_OK);
    EXPECT_EQ(std::memcmp(buffer_in(a).records, "\0hello", 6), 0);
    ASSERT_EQ(cairn_buffer_resize(a, 5000), CAIRN_OK);
    EXPECT_EQ(cairn_buffer_resize(a, 1), CAIRN_OK);
    cairn_decref(a);
    EXPECT_EQ(usage().buffer_bytes, 0u);
    // The same in an object with slots, in a cycle of its own.
    spec = list_spec("node");
    spec.flags = CAIRN_TYPE_PLAIN_BUFFER;
    cairn_object* b = make(type(spec), "b");
    ASSERT_EQ(cairn_buffer_resize(b, 100), CAIRN_OK);
    std::memset(buffer_in(b).records, 0xFF, 800);
    buffered(b)->slot = b;
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(usage().buffer_bytes, 0u);
}

TEST_F(BufferTest, CyclesThroughBuffersAreCollected) {
    for (const bool watched : {false, true}) {
        for (int generation = 0; generation < 3; ++generation) {
            cairn_object* live = make(plain, "live");
            cairn_object* a = make(list, "a");
            cairn_object* b = make(list, "b");
            ASSERT_EQ(push(a, cairn_new_ref(live)), CAIRN_OK);
            ASSERT_EQ(push(a, b), CAIRN_OK);
            ASSERT_EQ(push(b, cairn_new_ref(a)), CAIRN_OK);
            ASSERT_EQ(push(b, make(watched ? leaf_fin : leaf, "leaf")), CAIRN_OK);
            EXPECT_EQ(collect(generation), 0u);
            cairn_decref(a);
            EXPECT_EQ(collect(), 2u);
            EXPECT_EQ(take_log(), watched ? "fin leaf, dealloc leaf" : "dealloc leaf");
            EXPECT_EQ(cairn_refcount(live), 1u);
            EXPECT_EQ(usage().buffer_bytes, 0u);
            cairn_decref(live);
        }
    }
}

TEST_F(BufferTest, BuffersCountTowardsTheLimit) {
    cairn_object* a = make(list, "a");
    const cairn_heap_usage used = usage();
    cairn_heap_set_memory_limit(heap, used.object_bytes + used.table_bytes + 4000);
    EXPECT_EQ(cairn_buffer_reserve(a, 1000), CAIRN_NO_MEMORY);
    EXPECT_EQ(buffer_in(a).capacity, 0u);
    EXPECT_EQ(cairn_buffer_reserve(a, 300), CAIRN_OK);
    EXPECT_EQ(cairn_buffer_reserve(a, 301), CAIRN_NO_MEMORY) << "both blocks do not fit";
    EXPECT_EQ(buffer_in(a).capacity, 300u);
    // Garbage makes room.
    buffered(a)->slot = a;
    cairn_object* b = make(list, "b");
    EXPECT_EQ(cairn_buffer_reserve(b, 300), CAIRN_OK);
    cairn_heap_set_memory_limit(heap, 0);
    cairn_decref(b);
    EXPECT_EQ(usage().buffer_bytes, 0u);
}

TEST_F(BufferTest, GrowthStartsCollectionsAndTheSoftLimitHook) {
    const auto peak_of_garbage = [this](bool trim) {
        cairn_gc_enable(heap);
        size_t peak = 0;
        for (int i = 0; i < 200; ++i) {
            cairn_object* a = make(list, "a");
            EXPECT_EQ(cairn_buffer_reserve(a, trim ? 110'000 : 100'000), CAIRN_OK);
            EXPECT_EQ(cairn_buffer_resize(a, 100'000), CAIRN_OK);
            EXPECT_EQ(trim ? cairn_buffer_trim(a) : CAIRN_OK, CAIRN_OK);
            buffered(a)->slot = a;
            peak = std::max(peak, usage().buffer_bytes);
        }
        cairn_gc_disable(heap);
        collect();
        EXPECT_EQ(usage().buffer_bytes, 0u);
        return peak;
    };
    EXPECT_LT(peak_of_garbage(false), size_t{40} << 20) << "all would be 160 MB";
    EXPECT_LT(peak_of_garbage(true), size_t{40} << 20);
    // In slices too, of which a cycle of so many objects takes hundreds.
    cairn_object* live = make(plain, "live");
    for (int i = 0; i < 20'000; ++i) {
        cairn_object* next = make(plain, "live");
        give(next, 0, live);
        live = next;
    }
    ASSERT_EQ(cairn_gc_set_pause_target(heap, 1), CAIRN_OK);
    EXPECT_LT(peak_of_garbage(false), size_t{70} << 20);
    ASSERT_EQ(cairn_gc_set_pause_target(heap, 0), CAIRN_OK);
    cairn_decref(live);
    static int calls;
    calls = 0;
    cairn_heap_set_soft_limit(
        heap, size_t{1} << 20, [](cairn_heap*, size_t, void*) { ++calls; }, nullptr);
    cairn_object* a = make(list, "a");
    EXPECT_EQ(cairn_buffer_resize(a, 200'000), CAIRN_OK);
    EXPECT_EQ(cairn_buffer_resize(a, 400'000), CAIRN_OK);
    EXPECT_EQ(calls, 1);
    cairn_heap_set_soft_limit(heap, 0, nullptr, nullptr);
    cairn_decref(a);
}

TEST_F(BufferTest, ReplacingStartsCollections) {
    cairn_gc_enable(heap);
    size_t peak = 0;
    for (int i = 0; i < 200; ++i) {
        cairn_object* a = make(list, "a");
        cairn_buffer old;
        ASSERT_EQ(cairn_buffer_replace(a, 100'000, &old), CAIRN_OK);
        cairn_buffer_release(heap, &old);
        buffered(a)->slot = a;
        peak = std::max(peak, usage().buffer_bytes);
    }
    EXPECT_LT(peak, size_t{40} << 20) << "all would be 160 MB";
    cairn_gc_disable(heap);
    collect();
}

TEST_F(BufferTest, TheHeapFreesBuffersOfWhatIsLeft) {
    make_list("a", {"0", "1"});
    expected_held = 3;
}

TEST_F(BufferTest, ImmortalObjectsLetGoOfTheirRecords) {
    cairn_object* a = make_list("a", {"0", "1"});
    cairn_make_immortal(a);
    EXPECT_EQ(collect(), 0u);
}

class OrderedBufferTest : public BufferTest {
  protected:
    OrderedBufferTest() : BufferTest(CAIRN_HEAP_CPYTHON_ORDER) {}
};

TEST_F(OrderedBufferTest, GarbageIsClearedInOrder) {
    cairn_object* a = make_list("a", {"0", "1"});
    ASSERT_EQ(push(a, cairn_new_ref(a)), CAIRN_OK);
    cairn_decref(a);
    EXPECT_EQ(collect(), 3u);
    EXPECT_EQ(take_log(), "dealloc 0, dealloc 1");
    EXPECT_EQ(usage().buffer_bytes, 0u);
}

TEST_F(BufferTest, SpecsThatContradictThemselves) {
    const auto problem = [&](auto change) {
        cairn_type_spec spec = list_spec("list");
        change(spec);
        const char* text = cairn_type_spec_problem(&spec);
        return std::string(text == nullptr ? "" : text);
    };
    using Spec = cairn_type_spec&;
    EXPECT_EQ(problem([](Spec) {}), "");
    EXPECT_NE(problem([](Spec s) { s.buffer_offset = 12; }), "");
    EXPECT_NE(problem([](Spec s) { s.buffer_offset = offsetof(ListWithBuffer, slot); }), "");
    EXPECT_NE(problem([](Spec s) { s.buffer_offset = sizeof(ListWithBuffer) - 16; }), "");
    EXPECT_NE(problem([](Spec s) { s.buffer_offset = 0xFFFFFFF8; }), "");
    EXPECT_NE(problem([](Spec s) { s.record_size = 12; }), "");
    EXPECT_NE(problem([](Spec s) { s.record_slots = 2; }), "");
    EXPECT_NE(problem([](Spec s) {
                  s.record_size = 136;
                  s.record_slots = 17;
              }),
              "");
    EXPECT_EQ(problem([](Spec s) { s.record_size = s.record_slots = 0; }), "");
    EXPECT_NE(problem([](Spec s) { s.flags = CAIRN_TYPE_UNTRACK_ATOMIC; }), "");
    EXPECT_NE(problem([](Spec s) {
                  s.flags = CAIRN_TYPE_PLAIN_BUFFER;
                  s.record_slots = 1;
              }),
              "");
    EXPECT_NE(problem([](Spec s) {
                  s.flags = CAIRN_TYPE_PLAIN_BUFFER;
                  s.buffer_offset = 0;
              }),
              "");
    EXPECT_NE(problem([](Spec s) { s.clear = [](cairn_object*) {}; }), "");
    EXPECT_EQ(problem([](Spec s) {
                  s.flags = CAIRN_TYPE_PLAIN_BUFFER;
                  s.record_size = 3;
              }),
              "");
    EXPECT_NE(problem([](Spec s) { s.item_size = 8; }), "");
}

}  // namespace
}  // namespace cairn_test
