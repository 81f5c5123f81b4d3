// SPDX-License-Identifier: MIT
/// From any address inside a segment to the cell around it, as reports of misuse need it.
#include "base/address_set.h"
#include "heap_test.h"
#include "memory/known.h"
#include "memory/segment.h"

namespace cairn_test {
namespace {

class FindCellTest : public HeapTest {
  protected:
    static const void* cell(const void* address) { return cairn::find_cell(address).start; }
};

TEST_F(FindCellTest, SmallObjects) {
    std::vector<cairn_object*> all;
    for (int i = 0; i < 100; ++i) {
        all.push_back(make(plain, "a"));
    }
    for (cairn_object* object : all) {
        const auto* start = reinterpret_cast<const std::byte*>(object);
        for (const size_t inside : {size_t{0}, size_t{1}, size_t{8}, sizeof(Node) - 1}) {
            EXPECT_EQ(cell(start + inside), object);
        }
    }
    const auto* base = reinterpret_cast<const std::byte*>(cairn::segment_of(all[0]));
    EXPECT_EQ(cell(base), nullptr) << "descriptors are no cell";
    EXPECT_EQ(cell(base + cairn::kPagesOffset - 1), nullptr);
    const std::byte* last = cairn::page_of(all[0])->base + cairn::kPageSize - 1;
    EXPECT_EQ(cell(last), nullptr) << "never handed out";
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
}

TEST(AddressSetTest, WhatIsFullSaysYesToEverythingButNotSurely) {
    static cairn::AddressSet set;
    const auto address = [](uintptr_t i) { return reinterpret_cast<const void*>(i << 22); };
    set.add(address(1));
    EXPECT_TRUE(set.has(address(1)) && set.has_surely(address(1)));
    EXPECT_FALSE(set.has(address(2)) || set.has_surely(address(2)));
    for (uintptr_t i = 2; i < 20000; ++i) {
        set.add(address(i));
    }
    EXPECT_TRUE(set.has(address(1)) && set.has_surely(address(1)));
    EXPECT_TRUE(set.has(address(30000)));
    EXPECT_FALSE(set.has_surely(address(30000)));
    EXPECT_FALSE(set.has(nullptr) || set.has_surely(nullptr));
}

TEST_F(FindCellTest, LargeObjects) {
    for (const size_t count : {size_t{20000}, size_t{1000000}}) {
        cairn_object* object = make_array(count, "large");
        const auto* start = reinterpret_cast<const std::byte*>(object);
        const size_t size = cairn_object_size(object);
        const size_t segment = cairn::kSegmentSize - cairn::kPagesOffset;
        const size_t in_segment = size < segment ? size : segment;
        for (size_t inside = 0; inside < in_segment; inside += 5000) {
            EXPECT_EQ(cell(start + inside), object);
        }
        cairn_decref(object);
    }
}

}  // namespace
}  // namespace cairn_test
