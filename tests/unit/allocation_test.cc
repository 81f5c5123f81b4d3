// SPDX-License-Identifier: MIT
/// Allocation: sizes from a header to megabytes, zeroing, alignment, reuse, refusals.
#include <algorithm>
#include <cstring>
#include <random>

#include "heap_test.h"
#include "memory/segment.h"

namespace cairn_test {
namespace {

class AllocationTest : public HeapTest {
  protected:
    cairn_type* leaf_of_size(uint32_t size) {
        cairn_type_spec spec = {};
        spec.name = "sized";
        spec.object_size = size;
        return type(spec);
    }

    cairn_type* bytes_type() {
        cairn_type_spec spec = {};
        spec.name = "bytes";
        spec.object_size = sizeof(cairn_object);
        spec.item_size = 1;
        return type(spec);
    }

    static unsigned char* body(cairn_object* object) {
        return reinterpret_cast<unsigned char*>(object) + sizeof(cairn_object);
    }

    static bool is_filled_with(cairn_object* object, size_t size, unsigned char value) {
        const unsigned char* bytes = body(object);
        for (size_t i = 0; i < size - sizeof(cairn_object); ++i) {
            if (bytes[i] != value) {
                return false;
            }
        }
        return true;
    }

    const std::vector<uint32_t> sizes_ = {
        16,    17,    24,    32,    33,    48,    56,     64,       100,      128,
        200,   256,   500,   512,   1000,  1024,  2048,   4000,     8192,     12000,
        16384, 16400, 32768, 40000, 65536, 65537, 100000, 1u << 20, 3u << 20, 5000001};
};

TEST_F(AllocationTest, ObjectsAreZeroedEvenInMemoryThatWasUsedBefore) {
    for (const uint32_t size : sizes_) {
        cairn_type* of = leaf_of_size(size);
        for (int round = 0; round < 3; ++round) {
            cairn_object* a = cairn_new(of);
            cairn_object* b = cairn_new(of);
            ASSERT_NE(a, nullptr) << size;
            ASSERT_NE(b, nullptr) << size;
            EXPECT_TRUE(is_filled_with(a, size, 0)) << size;
            EXPECT_TRUE(is_filled_with(b, size, 0)) << size;
            std::memset(body(a), 0xFF, size - sizeof(cairn_object));
            std::memset(body(b), 0xFF, size - sizeof(cairn_object));
            cairn_decref(a);
            cairn_decref(b);
        }
    }
    EXPECT_TRUE(verify());
}

TEST_F(AllocationTest, ObjectsAreAlignedForEveryPayload) {
    for (const uint32_t size : sizes_) {
        cairn_type* of = leaf_of_size(size);
        std::vector<cairn_object*> all;
        for (int i = 0; i < 20; ++i) {
            all.push_back(cairn_new(of));
            EXPECT_EQ(reinterpret_cast<uintptr_t>(all.back()) % 16, 0u) << size;
        }
        for (cairn_object* object : all) {
            cairn_decref(object);
        }
    }
}

TEST_F(AllocationTest, SizeCoversWhatWasAskedFor) {
    for (const uint32_t size : sizes_) {
        cairn_object* a = cairn_new(leaf_of_size(size));
        EXPECT_GE(cairn_object_size(a), size);
        EXPECT_LE(cairn_object_size(a), size + size / 3 + 4096);
        cairn_decref(a);
    }
}

TEST_F(AllocationTest, ACellIsAtMostAQuarterLarger) {
    cairn_type_spec spec = leaf_spec("bytes");
    spec.object_size = sizeof(Array);
    spec.item_size = 1;
    spec.item_count_offset = offsetof(Array, count);
    cairn_type* bytes = type(spec);
    for (size_t items = 0; items < 16000; items += 1 + items / 8) {
        cairn_object* object = cairn_new_var(bytes, items);
        cairn_retained_size cell = {};
        ASSERT_EQ(cairn_retained(heap, &object, 1, &cell, nullptr, nullptr), CAIRN_OK);
        const size_t size = sizeof(Array) + items;
        EXPECT_GE(cell.bytes, size);
        EXPECT_LE(cell.bytes, size + std::max<size_t>(15, size / 4));
        cairn_decref(object);
    }
}

TEST_F(AllocationTest, EveryObjectKnowsItsHeap) {
    for (const uint32_t size : sizes_) {
        cairn_object* a = cairn_new(leaf_of_size(size));
        EXPECT_EQ(cairn_heap_of(a), heap) << size;
        cairn_decref(a);
    }
}

TEST_F(AllocationTest, ObjectsNeverOverlap) {
    std::mt19937 random(7);
    cairn_type* bytes = bytes_type();
    struct Block {
        cairn_object* object;
        size_t size;
        unsigned char fill;
    };
    std::vector<Block> blocks;
    for (int step = 0; step < 6000; ++step) {
        if (!blocks.empty() && random() % 3 == 0) {
            const size_t at = random() % blocks.size();
            EXPECT_TRUE(is_filled_with(blocks[at].object, blocks[at].size, blocks[at].fill));
            cairn_decref(blocks[at].object);
            blocks[at] = blocks.back();
            blocks.pop_back();
        } else {
            const size_t items = random() % (step % 50 == 0 ? 200000 : 600);
            cairn_object* object = cairn_new_var(bytes, items);
            ASSERT_NE(object, nullptr);
            const size_t size = items + sizeof(cairn_object);
            const auto fill = static_cast<unsigned char>(random());
            EXPECT_TRUE(is_filled_with(object, size, 0));
            std::memset(body(object), fill, items);
            blocks.push_back({object, size, fill});
        }
    }
    EXPECT_TRUE(verify());
    for (const Block& block : blocks) {
        EXPECT_TRUE(is_filled_with(block.object, block.size, block.fill));
        cairn_decref(block.object);
    }
}

TEST_F(AllocationTest, ItemCountIsFilledIn) {
    for (const size_t count : {size_t{0}, size_t{1}, size_t{1000}, size_t{600000}}) {
        cairn_object* a = make_array(count, "a");
        EXPECT_EQ(reinterpret_cast<Array*>(a)->count, count);
        EXPECT_GE(cairn_object_size(a), sizeof(Array) + count * 8);
        cairn_decref(a);
    }
}

TEST_F(AllocationTest, VariableSizedObjectMayHaveNoItems) {
    cairn_object* a = make_array(0, "a");
    EXPECT_EQ(referents(a), "");
    EXPECT_EQ(collect(), 0u);
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc a");
}

TEST_F(AllocationTest, LargeArraysTakePartInCycles) {
    for (const size_t count : {size_t{1000},
                               size_t{2100},
                               size_t{8200},
                               size_t{130000},
                               size_t{600000},
                               size_t{2000000}}) {
        cairn_object* a = make_array(count, "a");
        cairn_object* b = make(logged, "b");
        *item(a, count - 1) = b;
        set(b, 0, a);
        set(b, 1, a);
        EXPECT_EQ(collect(), 0u) << count;
        cairn_decref(a);
        EXPECT_EQ(collect(), 2u) << count;
        EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b") << count;
        EXPECT_EQ(usage().objects, 0u);
        EXPECT_TRUE(verify());
    }
}

TEST_F(AllocationTest, LargeObjectsGoBackWhenTheyDie) {
    cairn_type* bytes = bytes_type();
    cairn_decref(cairn_new_var(bytes, 8u << 20));
    const size_t before = usage().object_bytes;
    for (int i = 0; i < 20; ++i) {
        cairn_object* a = cairn_new_var(bytes, 8u << 20);
        ASSERT_NE(a, nullptr);
        EXPECT_GE(usage().object_bytes, before + (8u << 20));
        cairn_decref(a);
        EXPECT_LE(usage().object_bytes, before);
    }
    EXPECT_LT(memory.peak_bytes(), size_t{40} << 20);
}

// So it need not be looked for in all segments.
TEST_F(AllocationTest, ALargeObjectIsMadeWhereOneDiedLast) {
    cairn_type* bytes = bytes_type();
    std::vector<cairn_object*> held;
    while (held.size() < 2 || cairn::segment_of(held.front()) == cairn::segment_of(held.back())) {
        held.push_back(cairn_new_var(bytes, 300000));
        ASSERT_NE(held.back(), nullptr);
    }
    for (cairn_object** place : {&held.back(), &held.front()}) {
        const cairn_object* died = *place;
        cairn_clear(place);
        cairn_object* made = cairn_new_var(bytes, 300000);
        EXPECT_EQ(made, died);
        cairn_decref(made);
    }
    for (cairn_object*& object : held) {
        cairn_clear(&object);
    }
}

TEST_F(AllocationTest, LargeObjectHasFinalizerAndWeakReferencesAsAnyOther) {
    cairn_type_spec spec = node_spec("large");
    spec.object_size = 2u << 20;
    cairn_object* a = make(type(spec), "a");
    cairn_object* w = weak(a, "w");
    set(a, 3, a);
    EXPECT_TRUE(cairn_gc_is_tracked(a));
    EXPECT_EQ(objects(0), "a");
    collect(0);
    EXPECT_EQ(objects(1), "a");
    EXPECT_EQ(deref(w), "a");
    cairn_decref(a);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(deref(w), "-");
    EXPECT_EQ(take_log(), "cb w");
    cairn_decref(w);
}

TEST_F(AllocationTest, FreedMemoryIsUsedAgain) {
    for (int i = 0; i < 1000; ++i) {
        cairn_decref(make(plain, "a"));
    }
    const size_t before = usage().object_bytes;
    for (int i = 0; i < 300000; ++i) {
        cairn_decref(cairn_new(plain));
    }
    EXPECT_EQ(usage().object_bytes, before);
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(AllocationTest, NoCollectionAtAnyFillOfAPageMakesMemoryLookScarce) {
    std::vector<cairn_object*> held;
    for (int i = 0; i < 3000; ++i) {
        held.push_back(make(plain, "a"));
        collect(0);
    }
    // An allocation that gets no cell tries a full collection.
    cairn_gc_stats stats = {};
    EXPECT_EQ(cairn_gc_get_stats(heap, 2, &stats), CAIRN_OK);
    EXPECT_EQ(stats.collections, 0u);
    for (cairn_object* object : held) {
        cairn_decref(object);
    }
}

TEST_F(AllocationTest, ObjectsInCellsOfOldOnesAreYoung) {
    std::vector<cairn_object*> old;
    for (int i = 0; i < 3000; ++i) {
        old.push_back(make(plain, "old"));
    }
    collect();
    for (size_t i = 0; i < old.size(); i += 7) {
        cairn_decref(old[i]);
        old[i] = make_ring(plain, {"young"});
    }
    for (size_t i = 0; i < old.size(); i += 7) {
        cairn_clear(&old[i]);
    }
    EXPECT_EQ(collect(0), (old.size() + 6) / 7);
    for (cairn_object*& object : old) {
        cairn_clear(&object);
    }
}

TEST_F(AllocationTest, FixedSizeCallRefusesTheOtherKinds) {
    EXPECT_EQ(cairn_new(array), nullptr);
    cairn_type_spec spec = {};
    spec.name = "ref";
    spec.flags = CAIRN_TYPE_WEAKREF;
    spec.object_size = CAIRN_WEAKREF_SIZE;
    EXPECT_EQ(cairn_new(type(spec)), nullptr);
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(AllocationTest, VariableSizeCallRefusesTheOtherKinds) {
    EXPECT_EQ(cairn_new_var(plain, 1), nullptr);
    EXPECT_EQ(cairn_new_var(leaf, 0), nullptr);
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(AllocationTest, SizeThatOverflowsIsRefused) {
    cairn_type* bytes = bytes_type();
    for (const size_t count : {SIZE_MAX,
                               SIZE_MAX - 15,
                               SIZE_MAX - 16,
                               SIZE_MAX - 17,
                               SIZE_MAX / 8,
                               SIZE_MAX / 8 - 2,
                               SIZE_MAX / 2,
                               SIZE_MAX / 2 + 1}) {
        EXPECT_EQ(cairn_new_var(array, count), nullptr) << count;
        if (count > SIZE_MAX - 32) {
            EXPECT_EQ(cairn_new_var(bytes, count), nullptr) << count;
        }
    }
    cairn_type_spec spec = {};
    spec.name = "wide";
    spec.object_size = sizeof(cairn_object);
    spec.item_size = UINT32_MAX;
    cairn_type* wide = type(spec);
    EXPECT_EQ(cairn_new_var(wide, (SIZE_MAX / UINT32_MAX) + 1), nullptr);
    EXPECT_EQ(cairn_new_var(wide, SIZE_MAX), nullptr);
    EXPECT_EQ(usage().objects, 0u);
    EXPECT_TRUE(verify());
}

TEST_F(AllocationTest, ManySizesLiveTogetherThroughCollections) {
    std::vector<cairn_object*> kept;
    for (const uint32_t size : sizes_) {
        if (size < 48) {
            continue;
        }
        cairn_type_spec spec = node_spec("sized_node");
        spec.object_size = std::max<uint32_t>(size, sizeof(Node));
        cairn_type* of = type(spec);
        for (int i = 0; i < 10; ++i) {
            cairn_object* a = make_ring(of, {"a", "b"});
            if (i % 2 == 0) {
                kept.push_back(a);
            } else {
                cairn_decref(a);
            }
        }
    }
    EXPECT_EQ(collect(), kept.size() * 2);
    EXPECT_EQ(usage().objects, kept.size() * 2);
    for (cairn_object* a : kept) {
        EXPECT_EQ(get(get(a, 0), 0), a);
        cairn_decref(a);
    }
    EXPECT_EQ(collect(), kept.size() * 2);
    EXPECT_EQ(usage().objects, 0u);
}

}  // namespace
}  // namespace cairn_test
