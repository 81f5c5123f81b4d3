// SPDX-License-Identifier: MIT
/// Full collections in slices: what takes part, what ends them, what they tell.
#include "cycle_of_slices.h"
#include "heap/heap.h"
#include "heap_test.h"

namespace cairn_test {
namespace {

TEST_F(CycleOfSlicesTest, RingsAreFoundAndLiveOnesStay) {
    make_rings(200, 5, graph_.types[kPlainNode]);
    make_rings(20, 50, graph_.types[kFinalizedNode]);
    make_rings(20, 5, graph_.types[kOpaqueNode]);
    cairn_object* live = make(graph_.types[kPlainNode]);
    cairn_set(&as_node(live)->slots[0], live);
    graph_.records.back().garbage = false;
    graph_.handles.push_back(live);
    EXPECT_GT(finish_cycle(heap_), 10u);
    graph_.expect_garbage_gone();
    EXPECT_NE(graph_.records[as_node(live)->id].node, nullptr);
    cairn_gc_cycle_stats stats{};
    cairn_gc_get_cycle_stats(heap_, &stats);
    EXPECT_EQ(stats.cycles, 1u);
    EXPECT_EQ(stats.largest_group, 50u);
    EXPECT_EQ(stats.failed_proofs, 0u);
}

// Or the young would be as many as the garbage before the next young collection came.
TEST_F(CycleOfSlicesTest, WhatSlicesFreeIsNotTakenOffTheYoung) {
    make_rings(200, 5, graph_.types[kPlainNode]);
    step_to(CAIRN_GC_CYCLE_PROVING);
    const size_t before = alive();
    for (int i = 0; i < 50; ++i) {
        graph_.handles.push_back(make(graph_.types[kPlainNode]));
        graph_.records.back().garbage = false;
    }
    uint32_t young[3];
    cairn_gc_get_counts(heap_, young);
    EXPECT_GE(young[0], 50u);
    finish_cycle(heap_);
    EXPECT_LT(alive(), before);
    uint32_t young_after[3];
    cairn_gc_get_counts(heap_, young_after);
    EXPECT_EQ(young_after[0], young[0]);
}

TEST_F(CycleOfSlicesTest, FreezingInASliceLeavesNothingYoung) {
    const auto freeze = [](cairn_object*, cairn_object*, void* heap) {
        cairn_gc_freeze(static_cast<cairn_heap*>(heap));
        return CAIRN_OK;
    };
    cairn_object* ref = nullptr;  // to the ring that is proved last
    make_rings(200, 5, graph_.types[kPlainNode], nullptr, [&](cairn_object* first) {
        if (graph_.records.size() == 1000) {
            ref = cairn_weakref_new(first, freeze, nullptr, heap_);
        }
    });
    step_to(CAIRN_GC_CYCLE_PROVING);
    for (int i = 0; i < 50; ++i) {
        graph_.handles.push_back(make(graph_.types[kPlainNode]));
        graph_.records.back().garbage = false;
    }
    finish_cycle(heap_);
    uint32_t young[3];
    cairn_gc_get_counts(heap_, young);
    EXPECT_EQ(young[0], 0u);
    EXPECT_GE(cairn_gc_freeze_count(heap_), 50u);
    cairn_gc_unfreeze(heap_);
    cairn_decref(ref);
}

// With more references than are visited at once; held at first, then garbage.
TEST_F(CycleOfSlicesTest, HubsAreVisitedInParts) {
    cairn_type_spec spec = {};
    spec.name = "hub";
    spec.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS;
    spec.object_size = sizeof(cairn_object) + sizeof(size_t);
    spec.item_size = sizeof(cairn_object*);
    spec.item_count_offset = sizeof(cairn_object);
    cairn_type* type = nullptr;
    ASSERT_EQ(cairn_type_new(heap_, &spec, &type), CAIRN_OK);
    constexpr size_t kItems = 5000;
    cairn_object* hub = cairn_new_var(type, kItems);
    ASSERT_NE(hub, nullptr);
    auto** items = reinterpret_cast<cairn_object**>(reinterpret_cast<size_t*>(hub + 1) + 1);
    for (size_t i = 0; i < kItems; ++i) {
        items[i] = make(graph_.types[kPlainNode]);
        cairn_set(&as_node(items[i])->slots[0], hub);
    }
    EXPECT_GT(finish_cycle(heap_), 30u);
    EXPECT_EQ(alive(), kItems);
    cairn_decref(hub);
    EXPECT_GT(finish_cycle(heap_), 60u);
    EXPECT_EQ(alive(), 0u);
}

TEST_F(CycleOfSlicesTest, ValueThatHoldsItsLeafKeyIsFound) {
    cairn_type_spec spec = {};
    spec.name = "leaf";
    spec.object_size = 32;
    cairn_type* leaf = nullptr;
    ASSERT_EQ(cairn_type_new(heap_, &spec, &leaf), CAIRN_OK);
    cairn_object* kept_key = cairn_new(leaf);
    for (int i = 0; i < 50; ++i) {
        cairn_object* key = cairn_new(leaf);
        cairn_object* value = make(graph_.types[kPlainNode]);
        cairn_set(&as_node(value)->slots[0], key);
        ASSERT_EQ(cairn_weakmap_set(graph_.map, key, value), CAIRN_OK);
        cairn_decref(key);
        held_.push_back(value);
    }
    cairn_object* value = make(graph_.types[kPlainNode]);
    cairn_set(&as_node(value)->slots[0], kept_key);
    ASSERT_EQ(cairn_weakmap_set(graph_.map, kept_key, value), CAIRN_OK);
    held_.push_back(value);
    let_go_when_old();
    finish_cycle(heap_);
    EXPECT_EQ(alive(), 1u);
    EXPECT_EQ(cairn_weakmap_length(graph_.map), 1u);
    cairn_decref(kept_key);
}

// A weak reference that is garbage does not call back, though nothing strong leads from it to its
// referent (CPython bpo-38006).
TEST_F(CycleOfSlicesTest, WeakReferenceInOtherGarbageDoesNotCallBack) {
    static int calls;
    calls = 0;
    const auto count = [](cairn_object*, cairn_object*, void*) {
        ++calls;
        return CAIRN_OK;
    };
    for (int i = 0; i < 20; ++i) {
        cairn_object* referent = make(graph_.types[kPlainNode]);
        cairn_set(&as_node(referent)->slots[0], referent);
        cairn_object* holder = make(graph_.types[kPlainNode]);
        cairn_set(&as_node(holder)->slots[0], holder);
        as_node(holder)->slots[1] = cairn_weakref_new(referent, count, nullptr, nullptr);
        held_.push_back(referent);
        held_.push_back(holder);
    }
    cairn_object* referent = make(graph_.types[kPlainNode]);
    cairn_set(&as_node(referent)->slots[0], referent);
    cairn_object* ref = cairn_weakref_new(referent, count, nullptr, nullptr);
    held_.push_back(referent);
    let_go_when_old();
    finish_cycle(heap_);
    EXPECT_EQ(alive(), 0u);
    EXPECT_EQ(calls, 1);
    cairn_decref(ref);
}

// The program has one handle, and always moves it to where the walk has been.
// A leaf takes no part in the cycle. It dies with its holder, whether that is proved first or last.
TEST(CycleTest, WeakReferenceInOtherGarbageToALeafDoesNotCallBack) {
    for (const bool holder_first : {false, true}) {
        World world;
        cairn_object* first = world.make(world.logged, "first");
        cairn_object* second = world.make(world.logged, "second");
        cairn_object* leaf = world.make(world.leaf, "leaf");
        World::give(holder_first ? second : first, 1, world.weak(leaf, "w"));
        World::give(holder_first ? first : second, 1, leaf);
        std::vector<cairn_object*> live;
        for (int i = 0; i < 1000; ++i) {
            live.push_back(world.make(world.plain, "live"));
        }
        for (cairn_object* ring : {first, second}) {
            World::set(ring, 0, ring);
        }
        world.collect(1);
        ASSERT_EQ(cairn_gc_set_pause_target(world.heap, 1), CAIRN_OK);
        cairn_decref(first);
        cairn_decref(second);
        (void)finish_cycle(world.heap);
        EXPECT_EQ(world.count_events("cb w"), 0u) << holder_first;
        EXPECT_EQ(world.count_events("dealloc leaf"), 1u);
        for (cairn_object* object : live) {
            cairn_decref(object);
        }
    }
}

TEST_F(CycleOfSlicesTest, RingWhoseOnlyHandleRunsAheadOfTheWalkStays) {
    constexpr size_t kLength = 3000;
    const std::vector<cairn_object*> ring = make_live_ring(kLength);
    cairn_object* handle = ring[0];
    for (int cycle = 0; cycle < 3; ++cycle) {
        int done = 0;
        for (size_t step = 0; done == 0; ++step) {
            ASSERT_EQ(cairn_gc_step(heap_, 1, &done), CAIRN_OK);
            cairn_object* to = step % 2 == 0 ? ring[kLength - 1] : ring[0];
            cairn_incref(to);
            cairn_decref(handle);
            handle = to;
            ASSERT_EQ(alive(), kLength);
        }
    }
    cairn_decref(handle);
    finish_cycle(heap_);
    EXPECT_EQ(alive(), 0u);
}

// An opaque object is visited to be counted, but not if a root reaches it; then it is marked, which
// the last one need not be.
TEST_F(CycleOfSlicesTest, WhatRootsReachIsNotCounted) {
    make_rings(100, 10, graph_.types[kOpaqueNode]);
    graph_.handles.push_back(cairn_new(graph_.types[kPlainNode]));
    cairn_object* live = graph_.handles.back();
    as_node(live)->graph = &graph_;
    as_node(live)->id = graph_.records.size();
    graph_.records.push_back({as_node(live)});
    finish_cycle(heap_);
    EXPECT_EQ(alive(), 1u);
    for (const bool has_roots : {false, true}) {
        cairn_object* ring = cairn_new(graph_.types[kOpaqueNode]);
        as_node(ring)->graph = &graph_;
        as_node(ring)->id = graph_.records.size();
        graph_.records.push_back({as_node(ring)});
        cairn_set(&as_node(live)->slots[0], ring);
        cairn_set(&as_node(ring)->slots[0], ring);
        cairn_decref(ring);
        if (has_roots) {
            graph_.report_roots(1);
        }
        ASSERT_EQ(cairn_gc_collect(heap_, 1, nullptr), CAIRN_OK);
        ASSERT_EQ(cairn_gc_collect(heap_, 1, nullptr), CAIRN_OK);
        finish_cycle(heap_);  // takes away the last ring
        graph_.traversals = 0;
        finish_cycle(heap_);
        EXPECT_EQ(graph_.traversals, has_roots ? 0u : 1u);
    }
}

// Garbage of one piece, in whatever state something else ends the cycle.
TEST_F(CycleOfSlicesTest, ExplicitCollectionEndsACycleInEveryState) {
    for (const cairn_gc_cycle_state state :
         {CAIRN_GC_CYCLE_GUESSING, CAIRN_GC_CYCLE_GROUPING, CAIRN_GC_CYCLE_PROVING}) {
        make_rings(300, 10, graph_.types[kPlainNode]);
        step_to(state);
        size_t found = 0;
        const size_t before = alive();
        ASSERT_EQ(cairn_gc_collect(heap_, 2, &found), CAIRN_OK);
        EXPECT_EQ(found, before);
        EXPECT_EQ(alive(), 0u);
        EXPECT_EQ(cairn_gc_get_cycle_state(heap_), CAIRN_GC_CYCLE_IDLE);
    }
    cairn_gc_cycle_stats stats{};
    cairn_gc_get_cycle_stats(heap_, &stats);
    EXPECT_EQ(stats.abandoned, 3u);
}

TEST_F(CycleOfSlicesTest, TargetOfZeroEndsACycleAndFreezingTakesItsMembers) {
    make_rings(300, 10, graph_.types[kPlainNode]);
    step_to(CAIRN_GC_CYCLE_GROUPING);
    cairn_gc_freeze(heap_);
    finish_cycle(heap_);
    EXPECT_EQ(alive(), 3000u);
    cairn_gc_unfreeze(heap_);
    step_to(CAIRN_GC_CYCLE_PROVING);
    EXPECT_EQ(cairn_gc_set_pause_target(heap_, 0), CAIRN_OK);
    EXPECT_EQ(cairn_gc_get_cycle_state(heap_), CAIRN_GC_CYCLE_IDLE);
    EXPECT_EQ(cairn_gc_step(heap_, 1, nullptr), CAIRN_INVALID);
    EXPECT_EQ(cairn_gc_set_pause_target(heap_, 1), CAIRN_OK);
    EXPECT_EQ(cairn_gc_pause_target(heap_), 1u);
    finish_cycle(heap_);
    EXPECT_EQ(alive(), 0u);
}

// The heap is freed in the middle: its destructor checks that nothing is left.
TEST(CycleTest, HeapEndsInEveryState) {
    for (const cairn_gc_cycle_state state :
         {CAIRN_GC_CYCLE_GUESSING, CAIRN_GC_CYCLE_GROUPING, CAIRN_GC_CYCLE_PROVING}) {
        Graph graph(7);
        for (int i = 0; i < 500; ++i) {
            graph.make();
            graph.mutate();
        }
        while (graph.handles.size() > 20) {
            graph.drop_handle();
        }
        int done = 0;
        while (done == 0 && cairn_gc_get_cycle_state(graph.heap) != state) {
            ASSERT_EQ(cairn_gc_step(graph.heap, 1, &done), CAIRN_OK);
        }
    }
}

// Every request for memory fails once: the collection is done all the same, or is said to be not.
TEST_F(CycleOfSlicesTest, WithoutMemoryForItsTablesACollectionIsInOnePiece) {
    const auto expect_asked_for =
        [](cairn_heap*, cairn_gc_phase, const cairn_gc_info* info, void*) {
            EXPECT_EQ(info->automatic, 0);  // also where it is done in one piece
            return CAIRN_OK;
        };
    ASSERT_EQ(cairn_gc_callback_add(heap_, expect_asked_for, nullptr), CAIRN_OK);
    for (uint64_t n = 1; n < 12; ++n) {
        // So many references to one object that a byte does not count them.
        cairn_object* shared = make(graph_.types[kPlainNode]);
        cairn_set(&as_node(shared)->slots[0], shared);
        make_rings(200, 10, graph_.types[kPlainNode], shared);
        cairn_decref(shared);
        step_to(CAIRN_GC_CYCLE_GUESSING);
        cairn_fail_allocation_for_testing(heap_, n);
        int done = 0;
        while (done == 0) {
            ASSERT_EQ(cairn_gc_step(heap_, 1, &done), CAIRN_OK);
        }
        cairn_fail_allocation_for_testing(heap_, 0);
        EXPECT_EQ(alive(), 0u) << "request " << n;
        ASSERT_NE(cairn_verify_for_testing(heap_), 0);
    }
}

TEST_F(CycleOfSlicesTest, CallbacksAreToldOnceWithTheNumberOfSlices) {
    struct Told {
        int starts = 0;
        int stops = 0;
        cairn_gc_info last{};
    } told;
    const auto callback =
        [](cairn_heap*, cairn_gc_phase phase, const cairn_gc_info* info, void* data) {
            auto* t = static_cast<Told*>(data);
            if (info->generation == 2) {
                ++(phase == CAIRN_GC_START ? t->starts : t->stops);
                t->last = *info;
            }
            return CAIRN_OK;
        };
    make_rings(300, 10, graph_.types[kPlainNode]);
    ASSERT_EQ(cairn_gc_callback_add(heap_, callback, &told), CAIRN_OK);
    const size_t slices = finish_cycle(heap_);
    EXPECT_EQ(told.starts, 1);
    EXPECT_EQ(told.stops, 1);
    EXPECT_EQ(told.last.slices, slices);
    EXPECT_EQ(told.last.collected, 3000u);
    EXPECT_GE(told.last.duration_ns, told.last.longest_ns);
    cairn_gc_pauses pauses{};
    ASSERT_EQ(cairn_gc_get_pauses(heap_, CAIRN_GC_PAUSE_SLICE, &pauses), CAIRN_OK);
    uint64_t counted = 0;
    for (const uint64_t count : pauses.counts) {
        counted += count;
    }
    EXPECT_EQ(counted, slices);
    EXPECT_EQ(pauses.longest_ns, told.last.longest_ns);
    EXPECT_EQ(cairn_gc_get_pauses(heap_, CAIRN_GC_PAUSE_KINDS, &pauses), CAIRN_INVALID);
    ASSERT_EQ(cairn_gc_callback_remove(heap_, callback, &told), CAIRN_OK);
}

TEST_F(CycleOfSlicesTest, EachSliceSaysWhenTheNextIsDue) {
    make_rings(200, 5, graph_.types[kPlainNode]);
    cairn_gc_enable(heap_);
    for (int done = 0; done == 0;) {
        ASSERT_EQ(cairn_gc_step(heap_, 1, &done), CAIRN_OK);
        EXPECT_EQ(heap_->policy.trigger, cairn::trigger_wanted(heap_));
    }
}

// Slices come with allocation, and a cycle ends before the heap has grown by a quarter: 25,000
// objects live, and everything made is garbage that only a collection finds, once it is old.
TEST(CycleTest, AutomaticCyclesKeepTheHeapFromGrowing) {
    struct Pair {
        cairn_object head;
        cairn_object* slots[2];
    };
    cairn_heap* heap = cairn_heap_new(nullptr);
    cairn_collect_every_for_testing(heap, 0);
    cairn_type_spec spec = {};
    spec.name = "pair";
    spec.object_size = sizeof(Pair);
    spec.slots_offset = offsetof(Pair, slots);
    spec.slot_count = 2;
    cairn_type* type = nullptr;
    ASSERT_EQ(cairn_type_new(heap, &spec, &type), CAIRN_OK);
    constexpr size_t kLive = 25000;
    std::vector<cairn_object*> held;
    for (size_t i = 0; i < kLive; ++i) {
        held.push_back(cairn_new(type));
    }
    ASSERT_EQ(cairn_gc_collect(heap, 2, nullptr), CAIRN_OK);
    const uint32_t thresholds[] = {100, 2, 2};
    cairn_gc_set_thresholds(heap, thresholds);
    ASSERT_EQ(cairn_gc_set_pause_target(heap, 50000), CAIRN_OK);
    size_t most = 0;
    cairn_gc_cycle_stats stats{};
    bool had_slice = false;
    size_t in_a_row = 0;
    for (size_t i = 0; i < 20 * kLive; ++i) {
        const size_t slices = stats.slices;
        cairn_object* object = cairn_new(type);
        cairn_gc_get_cycle_stats(heap, &stats);
        in_a_row += had_slice && stats.slices > slices;
        had_slice = stats.slices > slices;
        cairn_set(&reinterpret_cast<Pair*>(object)->slots[0], object);
        // It is let go when it is old.
        std::swap(object, held[i % kLive]);
        cairn_decref(object);
        cairn_heap_usage usage{};
        cairn_heap_get_usage(heap, &usage);
        most = usage.objects > most ? usage.objects : most;
    }
    EXPECT_GT(stats.cycles, 5u);
    EXPECT_EQ(stats.abandoned, 0u);
    EXPECT_LT(in_a_row, stats.slices / 2);
    // What became garbage while one cycle ran waits for the next.
    EXPECT_LT(most, kLive * 2);
    for (cairn_object* object : held) {
        cairn_decref(object);
    }
    EXPECT_EQ(cairn_heap_free(heap), 0u);
}

// Young collections come by bytes, and after fewer allocations than slices would: each waits for a
// slice. With a threshold of 0 nothing else is due.
TEST(CycleTest, WhereBytesMakeCollectionsDueCyclesGoOn) {
    struct Large {
        cairn_object head;
        cairn_object* slot;
        char rest[12000];
    };
    for (const uint32_t threshold : {0u, 700u}) {
        SCOPED_TRACE(threshold);
        cairn_heap* heap = cairn_heap_new(nullptr);
        cairn_collect_every_for_testing(heap, 0);
        cairn_type_spec spec = {};
        spec.name = "large";
        spec.object_size = sizeof(Large);
        spec.slots_offset = offsetof(Large, slot);
        spec.slot_count = 1;
        cairn_type* type = nullptr;
        ASSERT_EQ(cairn_type_new(heap, &spec, &type), CAIRN_OK);
        const uint32_t thresholds[] = {threshold, 10, 10};
        cairn_gc_set_thresholds(heap, thresholds);
        cairn_gc_set_byte_thresholds(heap, 256 << 10, 0);
        ASSERT_EQ(cairn_gc_set_pause_target(heap, 100000), CAIRN_OK);
        std::vector<cairn_object*> held(400);
        size_t most = 0;
        for (size_t i = 0; i < 20000; ++i) {
            cairn_object* object = cairn_new(type);
            cairn_set(&reinterpret_cast<Large*>(object)->slot, object);
            cairn_set_consume(&held[i % held.size()], object);
            cairn_heap_usage usage{};
            cairn_heap_get_usage(heap, &usage);
            most = usage.objects > most ? usage.objects : most;
        }
        cairn_gc_cycle_stats stats{};
        cairn_gc_get_cycle_stats(heap, &stats);
        EXPECT_GT(stats.cycles, 0u);
        EXPECT_LT(most, 15000u);
        for (cairn_object* object : held) {
            cairn_decref(object);
        }
        EXPECT_EQ(cairn_heap_free(heap), 0u);
    }
}

TEST(CycleTest, OrderedHeapsHaveNoSlices) {
    cairn_heap_options options;
    cairn_heap_options_init(&options);
    options.flags = CAIRN_HEAP_CPYTHON_ORDER;
    cairn_heap* heap = cairn_heap_new(&options);
    EXPECT_EQ(cairn_gc_set_pause_target(heap, 1000), CAIRN_INVALID);
    EXPECT_EQ(cairn_gc_pause_target(heap), 0u);
    EXPECT_EQ(cairn_gc_step(heap, 1000, nullptr), CAIRN_INVALID);
    EXPECT_EQ(cairn_heap_free(heap), 0u);
}

}  // namespace
}  // namespace cairn_test
