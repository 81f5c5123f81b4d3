// SPDX-License-Identifier: MIT
/// Pieces of garbage that take more than one slice.
#include <vector>

#include "cycle_of_slices.h"

namespace cairn_test {
namespace {

class LargePieceTest : public CycleOfSlicesTest {};

// One ring of garbage is freed in slices: in between some of it is gone, nothing of it is shown,
// and what it held of the living is whole.
TEST_F(LargePieceTest, IsTakenApartInSlices) {
    constexpr size_t kLength = 5000;
    cairn_object* live = make(graph_.types[kPlainNode]);
    make_rings(1, kLength, graph_.types[kPlainNode], live);
    bool was_part_gone = false;
    int done = 0;
    while (done == 0) {
        ASSERT_EQ(cairn_gc_step(heap_, 1, &done), CAIRN_OK);
        if (alive() > 1 && alive() < kLength + 1) {
            was_part_gone = true;
            ASSERT_NE(cairn_verify_for_testing(heap_), 0);
            EXPECT_LT(shown(), 10u);
        }
    }
    EXPECT_TRUE(was_part_gone);
    EXPECT_EQ(alive(), 1u);
    EXPECT_EQ(cairn_refcount(live), 1u);
    cairn_decref(live);
}

// The slice that frees the rest of one has proved enough.
TEST_F(LargePieceTest, IsNotFollowedByAnotherPieceInItsLastSlice) {
    constexpr size_t kNext = 60;
    make_rings(1, 1000, graph_.types[kPlainNode]);
    make_rings(1, kNext, graph_.types[kPlainNode]);
    int done = 0;
    while (done == 0 && alive() > kNext) {
        ASSERT_EQ(cairn_gc_step(heap_, 1, &done), CAIRN_OK);
    }
    EXPECT_EQ(alive(), kNext);
    finish_cycle(heap_);
    EXPECT_EQ(alive(), 0u);
}

// Freezing, at each step of a proof that takes many, takes the whole piece out of it.
TEST_F(LargePieceTest, StaysIfItIsFrozen) {
    constexpr size_t kLength = 3000;
    const size_t others = shown();
    size_t frozen = 0;
    for (bool was_dying = false; !was_dying; ++frozen) {
        make_rings(1, kLength, graph_.types[kPlainNode]);
        step_to(CAIRN_GC_CYCLE_PROVING);
        int done = 0;
        for (size_t i = 0; i < frozen; ++i) {
            ASSERT_EQ(cairn_gc_step(heap_, 1, &done), CAIRN_OK);
            ASSERT_EQ(done, 0);
        }
        was_dying = shown() == others;
        cairn_gc_freeze(heap_);
        finish_cycle(heap_);
        EXPECT_EQ(alive(), was_dying ? 0 : kLength);
        ASSERT_NE(cairn_verify_for_testing(heap_), 0);
        cairn_gc_unfreeze(heap_);
        finish_cycle(heap_);
        EXPECT_EQ(alive(), 0u);
    }
    EXPECT_GT(frozen, 10u);
}

// A collection that somebody asks for in the middle finds the rest gone.
TEST_F(LargePieceTest, IsFinishedByAnExplicitCollection) {
    make_rings(1, 5000, graph_.types[kPlainNode]);
    int done = 0;
    while (done == 0 && alive() == 5000) {
        ASSERT_EQ(cairn_gc_step(heap_, 1, &done), CAIRN_OK);
    }
    ASSERT_EQ(done, 0);
    ASSERT_EQ(cairn_gc_collect(heap_, 2, nullptr), CAIRN_OK);
    EXPECT_EQ(alive(), 0u);
    ASSERT_NE(cairn_verify_for_testing(heap_), 0);
}

// What cannot go in slices goes in one: a piece with a finalizer, one that is watched, one alive.
TEST_F(LargePieceTest, GoesInOnePieceIfItIsWatched) {
    static int calls;
    calls = 0;
    make_rings(1, 1000, graph_.types[kFinalizedNode]);
    make_rings(1, 1000, graph_.types[kOpaqueNode]);
    cairn_object* ref = nullptr;
    const auto watch = [&](cairn_object* object) {
        ref = cairn_weakref_new(
            object,
            [](cairn_object*, cairn_object*, void*) { return ++calls, CAIRN_OK; },
            nullptr,
            nullptr);
    };
    make_rings(1, 1000, graph_.types[kPlainNode], nullptr, watch);
    finish_cycle(heap_);
    graph_.expect_garbage_gone();
    EXPECT_EQ(calls, 1);
    cairn_decref(ref);
}

// The program has one handle on a live ring, and moves it from the end to the beginning while a
// walk is in the middle. So counting sees no handle, and when the right step is met, the sums are
// those of garbage: only the hash says that they are of different times.
TEST_F(LargePieceTest, IsNotProvedBySumsOfDifferentTimes) {
    constexpr size_t kLength = 3000;
    constexpr size_t kMostSteps = 200;  // of a stage
    const std::vector<cairn_object*> ring = make_live_ring(kLength);
    cairn_object* handle = ring[0];
    const auto move_to = [&handle](cairn_object* to) {
        cairn_incref(to);
        cairn_decref(handle);
        handle = to;
    };
    // Runs a cycle; the handle moves after so many steps of guessing, and of proving. How many
    // steps proving took.
    const auto run_cycle = [&](size_t guessing, size_t proving) {
        size_t steps[CAIRN_GC_CYCLE_PROVING + 1] = {};
        move_to(ring.back());
        int done = 0;
        while (done == 0 && !HasFailure()) {
            EXPECT_EQ(cairn_gc_step(heap_, 1, &done), CAIRN_OK);
            EXPECT_EQ(alive(), kLength);
            const cairn_gc_cycle_state state = cairn_gc_get_cycle_state(heap_);
            const size_t step = ++steps[state];
            if (state == CAIRN_GC_CYCLE_GROUPING) {
                move_to(ring.back());
            } else if (step == (state == CAIRN_GC_CYCLE_GUESSING ? guessing : proving)) {
                move_to(ring.front());
            }
        }
        return steps[CAIRN_GC_CYCLE_PROVING];
    };
    size_t guessing = 1;
    while (guessing < kMostSteps && run_cycle(guessing, kMostSteps) < 10) {
        ++guessing;
    }
    ASSERT_LT(guessing, kMostSteps) << "the ring was never a suspect";
    for (size_t proving = 1; proving < kMostSteps && !HasFailure(); ++proving) {
        run_cycle(guessing, proving);
    }
    cairn_decref(handle);
    finish_cycle(heap_);
    EXPECT_EQ(alive(), 0u);
}

}  // namespace
}  // namespace cairn_test
