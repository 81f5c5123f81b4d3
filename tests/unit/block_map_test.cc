// SPDX-License-Identifier: MIT
/// The table from objects to their weak references: against a std::map, and what it holds.
#include "base/block_map.h"

#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "base/array.h"

namespace cairn_test {
namespace {

class BlockMapTest : public ::testing::Test {
  protected:
    BlockMapTest() { memory.allocator = cairn::default_allocator(); }
    ~BlockMapTest() override {
        map.release(memory);
        EXPECT_EQ(memory.table_bytes, 0u);
    }

    static const void* key(size_t granule) {
        return reinterpret_cast<const void*>((4096 + granule) * 32);
    }

    bool add(const void* at, int* value) {
        int** item = map.find_or_add(memory, at);
        if (item != nullptr) {
            *item = value;
        }
        return item != nullptr;
    }

    cairn::Memory memory;
    cairn::BlockMap<int> map;
    int values[64] = {};
};

TEST_F(BlockMapTest, AgreesWithAnOrderedMapWhateverIsDone) {
    std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same numbers in each run
    std::map<const void*, int*> expected;
    size_t short_ways = 0;
    for (int i = 0; i < 200000; ++i) {
        // Densely used granules, and some that lie far apart.
        const size_t granule =
            random() % 2 == 0 ? 1000 + random() % 500 : 2048 * (1 + random() % 400);
        const void* at = key(granule);
        // In the block found last, half of the time in the short way.
        const bool is_short = random() % 2 == 0 && map.is_at_hand(at);
        const bool is_there = expected.count(at) != 0;
        if (random() % 2 == 0) {
            int* value = &values[random() % 64];
            if (is_short && !is_there) {
                map.add_at_hand(at, value);
                ++short_ways;
            } else {
                ASSERT_TRUE(add(at, value));
            }
            expected[at] = value;
        } else if (is_short && is_there && map.remove_at_hand(at)) {
            expected.erase(at);
            ++short_ways;
        } else {
            int* taken = map.take(memory, at);
            ASSERT_EQ(taken, is_there ? expected[at] : nullptr);
            expected.erase(at);
        }
        ASSERT_EQ(map.size(), expected.size());
    }
    EXPECT_GT(short_ways, 100u);
    size_t seen = 0;
    map.for_each([&](const void* start, int* value) {
        ++seen;
        EXPECT_EQ(expected.at(start), value);
    });
    EXPECT_EQ(seen, expected.size());
    for (const auto& [at, value] : expected) {
        EXPECT_EQ(map.find(at), value);
    }
}

TEST_F(BlockMapTest, FindsByAnyAddressOfAGranule) {
    ASSERT_TRUE(add(key(7), &values[7]));
    const auto* inside = static_cast<const std::byte*>(key(7)) + 16;
    EXPECT_EQ(map.find(inside), &values[7]);
    EXPECT_EQ(map.find(key(8)), nullptr);
    map.replace(inside, &values[8]);
    EXPECT_EQ(map.take(memory, key(7)), &values[8]);
}

TEST_F(BlockMapTest, KeepsFewEmptyBlocks) {
    const size_t blocks = 10000;
    for (size_t i = 1; i <= blocks; ++i) {
        ASSERT_TRUE(add(key(i * 2048), &values[0]));
    }
    const size_t full = memory.table_bytes;
    for (size_t i = 1; i <= blocks; ++i) {
        EXPECT_EQ(map.take(memory, key(i * 2048)), &values[0]);
    }
    EXPECT_EQ(map.size(), 0u);
    // What is left is the hash map, which does not shrink, and eight blocks.
    EXPECT_LE(memory.table_bytes, full - (blocks - 8) * 256);
}

TEST_F(BlockMapTest, TheShortWayLeavesNoEmptyBlocks) {
    for (size_t i = 1; i <= 10000; ++i) {
        ASSERT_TRUE(add(key(i * 2048), &values[0]));
        ASSERT_EQ(map.find(key(i * 2048)), &values[0]);
        ASSERT_TRUE(map.is_at_hand(key(i * 2048)));
        if (!map.remove_at_hand(key(i * 2048))) {
            EXPECT_EQ(map.take(memory, key(i * 2048)), &values[0]);
        }
    }
    EXPECT_LE(memory.table_bytes, 16384u);
}

TEST_F(BlockMapTest, ComingAndGoingAsksForNoMemory) {
    ASSERT_TRUE(add(key(1), &values[1]));
    (void)map.take(memory, key(1));
    const uint64_t requests = memory.table_requests;
    for (int i = 0; i < 1000; ++i) {
        ASSERT_TRUE(add(key(1), &values[1]));
        ASSERT_TRUE(add(key(64), &values[2]));
        (void)map.take(memory, key(64));
        (void)map.take(memory, key(1));
    }
    EXPECT_LE(memory.table_requests, requests + 1);
}

TEST_F(BlockMapTest, NothingIsAddedWithoutMemory) {
    for (uint64_t failing = 1; failing <= 2; ++failing) {
        memory.fail_after = failing;
        EXPECT_FALSE(add(key(5), &values[5]));
        EXPECT_EQ(map.find(key(5)), nullptr);
        EXPECT_EQ(map.size(), 0u);
    }
    EXPECT_TRUE(add(key(5), &values[5]));
}

TEST(TableTest, WhatIsNotThereNeedNotBeRemoved) {
    cairn::Memory memory;
    memory.allocator = cairn::default_allocator();
    cairn::PointerMap<int> map;
    int a = 0;
    int b = 0;
    map.remove(&a);
    *map.find_or_add(memory, &a) = 5;
    map.remove(&b);
    ASSERT_NE(map.find(&a), nullptr);
    EXPECT_EQ(*map.find(&a), 5);
    map.release(memory);
    EXPECT_EQ(memory.table_bytes, 0u);
}

TEST(TableTest, AnArrayHasNoMoreItemsThanAddresses) {
    cairn::Memory memory;
    memory.allocator = cairn::default_allocator();
    cairn::Array<uint64_t> array;
    EXPECT_FALSE(array.reserve(memory, SIZE_MAX / 4));
    EXPECT_EQ(array.capacity(), 0u);
    EXPECT_EQ(memory.table_requests, 0u) << "the size would be another one, modulo 2 to the 64";
}

}  // namespace
}  // namespace cairn_test
