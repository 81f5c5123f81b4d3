// SPDX-License-Identifier: MIT
/// Looking at side bytes many at a time finds what looking at one after the other finds.
#include "memory/side_scan.h"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace cairn_test {
namespace {

using cairn::kPageSides;
using cairn::kSideBlock;
using cairn::SideRange;

struct alignas(64) Sides {
    uint8_t bytes[kPageSides];
};

/// Ranges that the collector asks for, and every one that begins or ends at an edge of them.
std::vector<SideRange> ranges() {
    const std::vector<uint8_t> edges = {0, 1, 2, 3, 4, 5, 7, 8, 9, 127, 128, 129, 254, 255};
    std::vector<SideRange> all;
    for (const uint8_t low : edges) {
        for (const uint8_t high : edges) {
            if (low <= high) {
                all.push_back({low, high});
            }
        }
    }
    return all;
}

/// Bytes of every value, with the small ones and those around 128 more often, as in a page.
Sides random_sides(std::mt19937& random) {
    Sides sides = {};
    for (uint8_t& side : sides.bytes) {
        const auto kind = random() % 4;
        const auto value = random();
        side = static_cast<uint8_t>(kind == 0   ? value
                                    : kind == 1 ? value % 9
                                    : kind == 2 ? 126 + value % 5
                                                : 0);
    }
    return sides;
}

class SideScanTest : public ::testing::TestWithParam<uint32_t> {
  protected:
    std::mt19937 random{GetParam()};
};

TEST_P(SideScanTest, FindsTheSameInEachBlock) {
    const Sides sides = random_sides(random);
    for (const SideRange range : ranges()) {
        for (size_t first = 0; first < kPageSides; first += kSideBlock) {
            EXPECT_EQ(cairn::find_sides(sides.bytes + first, range),
                      cairn::portable::find_sides(sides.bytes + first, range))
                << int{range.low} << " .. " << int{range.high} << " from " << first;
        }
    }
}

TEST_P(SideScanTest, CountsTheSame) {
    const Sides sides = random_sides(random);
    for (const SideRange range : ranges()) {
        for (size_t first = 0; first < kPageSides; first += kSideBlock) {
            EXPECT_EQ(cairn::count_sides(sides.bytes + first, range),
                      cairn::portable::count_sides(sides.bytes + first, range))
                << int{range.low} << " .. " << int{range.high} << " from " << first;
        }
    }
}

TEST_P(SideScanTest, ReplacesTheSameAndSaysHowMany) {
    const Sides sides = random_sides(random);
    for (const SideRange range : ranges()) {
        Sides fast = sides;
        Sides slow = sides;
        const auto with = static_cast<uint8_t>(random());
        for (size_t first = 0; first < kPageSides; first += kSideBlock) {
            EXPECT_EQ(cairn::replace_sides(fast.bytes + first, range, with),
                      cairn::portable::replace_sides(slow.bytes + first, range, with));
        }
        EXPECT_TRUE(std::equal(fast.bytes, fast.bytes + kPageSides, slow.bytes))
            << int{range.low} << " .. " << int{range.high} << " with " << int{with};
    }
}

TEST_P(SideScanTest, TakesTheSameStarts) {
    const Sides sides = random_sides(random);
    for (size_t first = 0; first < kPageSides; first += kSideBlock) {
        Sides fast = sides;
        Sides slow = sides;
        const cairn::Starts taken = cairn::take_starts(fast.bytes + first, 3);
        const cairn::Starts expected = cairn::portable::take_starts(slow.bytes + first, 3);
        EXPECT_EQ(taken.found, expected.found) << "from " << first;
        EXPECT_EQ(taken.grays, expected.grays) << "from " << first;
        EXPECT_TRUE(std::equal(fast.bytes, fast.bytes + kPageSides, slow.bytes));
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SideScanTest, ::testing::Range(1U, 9U));

TEST(SideScanOfFullBlockTest, CountsUpToEveryGranule) {
    Sides sides = {};
    std::fill(sides.bytes, sides.bytes + kPageSides, uint8_t{200});
    EXPECT_EQ(cairn::count_sides(sides.bytes, cairn::kCandidateSides), kSideBlock);
    EXPECT_EQ(cairn::replace_sides(sides.bytes, cairn::kCandidateSides, 1), kSideBlock);
    EXPECT_EQ(cairn::count_sides(sides.bytes, cairn::only(1)), kSideBlock);
    EXPECT_EQ(cairn::find_sides(sides.bytes, cairn::only(1)), UINT64_MAX);
    EXPECT_EQ(sides.bytes[kSideBlock], 200);
}

TEST(PortableSideScanTest, StartsAreGrayOrHaveACount) {
    Sides sides = {};
    const uint8_t in_block[] = {0, 3, 4, cairn::kGray, 6, 7, 8, 127, 128, 129, 255, cairn::kGray};
    std::copy(std::begin(in_block), std::end(in_block), sides.bytes);
    const cairn::Starts starts = cairn::portable::take_starts(sides.bytes, 2);
    EXPECT_EQ(starts.found, uint64_t{0b1110'1100'1000});
    EXPECT_EQ(starts.grays, 2U);
    const uint8_t afterwards[] = {0, 3, 4, 2, 6, 7, 2, 2, 128, 2, 2, 2};
    EXPECT_TRUE(std::equal(std::begin(afterwards), std::end(afterwards), sides.bytes));
}

TEST(PortableSideScanTest, FindsCountsAndReplacesByDefinition) {
    Sides sides = {};
    sides.bytes[0] = 8;
    sides.bytes[63] = 255;
    sides.bytes[64] = 7;
    sides.bytes[kPageSides - 1] = 128;
    const SideRange candidates = cairn::kCandidateSides;
    EXPECT_EQ(cairn::portable::find_sides(sides.bytes, candidates), uint64_t{1} << 63 | 1);
    EXPECT_EQ(cairn::portable::find_sides(sides.bytes + 64, candidates), 0U);
    EXPECT_EQ(cairn::portable::count_sides(sides.bytes, candidates), 2U);
    EXPECT_EQ(cairn::portable::replace_sides(sides.bytes, candidates, 3), 2U);
    EXPECT_EQ(sides.bytes[63], 3);
    EXPECT_EQ(sides.bytes[64], 7);
}

}  // namespace
}  // namespace cairn_test
