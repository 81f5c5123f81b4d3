// SPDX-License-Identifier: MIT
/// How long slices are planned to be, and how far apart.
#include "collect/cycle/pacing.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

constexpr size_t kOldCount = 1000000;
constexpr size_t kYoungCount = 700;
constexpr size_t kNoRoom = kOldCount / 8;  // as many have joined as may

Pacing begun(uint64_t target_ns) {
    Pacing pacing;
    pacing.target_ns = target_ns;
    pacing.begin(kOldCount);
    return pacing;
}

TEST(PacingTest, WhereThereIsTimeSlicesAreAsLongAsTheTarget) {
    Pacing pacing = begun(200000);
    pacing.plan(0, kYoungCount);
    EXPECT_EQ(pacing.budget_ns, 200000u);
    EXPECT_LE(pacing.gap, kYoungCount / 2);
    const size_t gap = pacing.gap;
    pacing.note_slice(200000, 50000000);  // another process had the processor
    pacing.note_slice(200000, 30000000);
    EXPECT_EQ(pacing.spent_ns, 800000u);
    pacing.plan(kOldCount / 16, kYoungCount);
    EXPECT_EQ(pacing.budget_ns, 200000u);
    EXPECT_LT(pacing.gap, gap) << "half of the room is gone";
    EXPECT_GE(pacing.gap, kYoungCount / 8);
}

// A host may collect generation 0 as often as it likes.
TEST(PacingTest, OnlySlicesMakeTheNextOneLonger) {
    Pacing pacing = begun(200000);
    pacing.plan(kNoRoom, kYoungCount);
    const uint64_t first = pacing.budget_ns;
    EXPECT_GT(first, 200000u);
    EXPECT_LE(first, 226000u);
    for (int i = 0; i < 60; ++i) {
        pacing.plan(kNoRoom, kYoungCount);
    }
    EXPECT_EQ(pacing.budget_ns, first);
}

TEST(PacingTest, WhereThereIsNoRoomSlicesGrowByAnEighthEach) {
    for (const uint64_t target : {uint64_t{1}, uint64_t{7}, uint64_t{200000}}) {
        Pacing pacing = begun(target);
        uint64_t last = target;
        for (int i = 0; i < 100; ++i) {
            pacing.plan(kNoRoom, kYoungCount);
            const uint64_t budget = pacing.take_budget(false);
            EXPECT_LE(budget, last + last / 8 + 1);
            pacing.note_slice(budget, budget);
            last = budget;
        }
        EXPECT_GT(last, 50 * target);
        EXPECT_EQ(pacing.gap, kYoungCount / 8);
    }
}

TEST(PacingTest, WorkInShortStepsCounts) {
    Pacing pacing = begun(200000);
    for (int i = 0; i < 1000; ++i) {
        pacing.note_slice(1, 20000);
    }
    pacing.note_slice(UINT64_MAX, 5);
    EXPECT_EQ(pacing.spent_ns, 20000005u);
    pacing.note_cycle(100000);
    EXPECT_GE(pacing.ns_per_object, 200);
}

TEST(PacingTest, NoTargetIsTooLong) {
    for (const uint64_t target : {UINT64_MAX, UINT64_MAX - 4096, UINT64_MAX / 2}) {
        Pacing pacing = begun(target);
        pacing.plan(0, 700);
        EXPECT_EQ(pacing.budget_ns, target);
        EXPECT_EQ(pacing.take_budget(false), target);
    }
}

TEST(PacingTest, NoHeapIsTooSmall) {
    Pacing pacing = begun(1);
    pacing.begin(0);
    for (const uint64_t young : {uint64_t{1}, uint64_t{700}}) {
        pacing.plan(5, young);
        EXPECT_GE(pacing.gap, 1u);
        EXPECT_GE(pacing.budget_ns, 1u);
    }
    pacing.note_cycle(0);
    EXPECT_GE(pacing.ns_per_object, 60);
}

}  // namespace
}  // namespace cairn
