// SPDX-License-Identifier: MIT
/// Callbacks for the start and stop of collections.
#include <chrono>

#include "cycle_of_slices.h"
#include "heap_test.h"

namespace cairn_test {
namespace {

class GcCallbackTest : public HeapTest {
  protected:
    /// A callback that logs "LABEL start" or "LABEL stop" and does `action`.
    struct Observer {
        World* world;
        std::string label;
        std::function<cairn_status(cairn_gc_phase, const cairn_gc_info&)> action;
        std::vector<cairn_gc_info> infos;

        static cairn_status run(cairn_heap* heap,
                                cairn_gc_phase phase,
                                const cairn_gc_info* info,
                                void* user_data) {
            auto* self = static_cast<Observer*>(user_data);
            EXPECT_EQ(heap, self->world->heap);
            EXPECT_TRUE(cairn_gc_is_collecting(heap));
            EXPECT_EQ(info->size, sizeof(cairn_gc_info));
            self->world->note(self->label + (phase == CAIRN_GC_START ? " start" : " stop"));
            self->infos.push_back(*info);
            return self->action == nullptr ? CAIRN_OK : self->action(phase, *info);
        }

        void add() { EXPECT_EQ(cairn_gc_callback_add(world->heap, &run, this), CAIRN_OK); }
        cairn_status remove() { return cairn_gc_callback_remove(world->heap, &run, this); }
    };

    Observer& observer(const std::string& label) {
        observers_.push_back({this, label, nullptr, {}});
        return observers_.back();
    }

    void TearDown() override {
        for (Observer& each : observers_) {
            each.action = nullptr;
        }
        HeapTest::TearDown();
    }

    std::deque<Observer> observers_;
};

TEST_F(GcCallbackTest, EachIsToldOfStartAndStopInOrder) {
    Observer& first = observer("1");
    Observer& second = observer("2");
    first.add();
    second.add();
    collect();
    EXPECT_EQ(take_log(), "1 start, 2 start, 1 stop, 2 stop");
}

TEST_F(GcCallbackTest, CountsAreZeroAtTheStartAndTrueAtTheStop) {
    Observer& seen = observer("o");
    seen.add();
    for (int generation = 0; generation < 3; ++generation) {
        seen.infos.clear();
        cairn_object* kept = make(logged, "kept");
        cairn_decref(make_ring(logged, {"a", "b"}));
        collect(generation);
        ASSERT_EQ(seen.infos.size(), 2u);
        const cairn_gc_info& start = seen.infos[0];
        const cairn_gc_info& stop = seen.infos[1];
        EXPECT_EQ(start.generation, generation);
        EXPECT_EQ(start.automatic, 0);
        EXPECT_EQ(start.collected, 0u);
        EXPECT_EQ(start.uncollectable, 0u);
        EXPECT_EQ(start.candidates, 0u);
        EXPECT_EQ(start.duration_ns, 0u);
        EXPECT_EQ(stop.generation, generation);
        EXPECT_EQ(stop.automatic, 0);
        EXPECT_EQ(stop.collected, 2u);
        EXPECT_EQ(stop.uncollectable, 0u);
        EXPECT_EQ(stop.candidates, 3u);
        cairn_decref(kept);
    }
}

TEST_F(GcCallbackTest, DurationIsMeasuredWithoutTheCallbacks) {
    Observer& seen = observer("o");
    constexpr auto kLong = std::chrono::milliseconds(100);
    seen.action = [&](cairn_gc_phase, const cairn_gc_info&) {
        const auto end = std::chrono::steady_clock::now() + kLong;
        while (std::chrono::steady_clock::now() < end) {
        }
        return CAIRN_OK;
    };
    seen.add();
    collect();
    ASSERT_EQ(seen.infos.size(), 2u);
    EXPECT_GT(seen.infos[1].duration_ns, 0u);
    EXPECT_LT(seen.infos[1].duration_ns,
              static_cast<uint64_t>(std::chrono::nanoseconds(kLong).count()));
}

TEST_F(GcCallbackTest, AutomaticCollectionSaysSo) {
    const uint32_t thresholds[3] = {2, 100, 100};
    cairn_gc_set_thresholds(heap, thresholds);
    Observer& seen = observer("o");
    seen.add();
    cairn_gc_enable(heap);
    cairn_object* all[3] = {cairn_new(plain), cairn_new(plain), cairn_new(plain)};
    cairn_gc_disable(heap);
    EXPECT_EQ(take_log(), "o start, o stop");
    EXPECT_EQ(seen.infos.at(0).automatic, 1);
    EXPECT_EQ(seen.infos.at(0).generation, 0);
    EXPECT_EQ(seen.infos.at(1).automatic, 1);
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
}

TEST_F(GcCallbackTest, CollectionInSlicesIsToldOfOnceEach) {
    Observer& seen = observer("o");
    seen.add();
    ASSERT_EQ(cairn_gc_set_pause_target(heap, 1), CAIRN_OK);
    cairn_object* held = make(plain, "held");
    (void)finish_cycle(heap);
    EXPECT_EQ(take_log(), "o start, o stop, o start, o stop");
    ASSERT_EQ(seen.infos.size(), 4u);
    EXPECT_EQ(seen.infos[1].generation, 1);
    EXPECT_EQ(seen.infos[1].slices, 0u);
    EXPECT_EQ(seen.infos[2].generation, 2);
    EXPECT_EQ(seen.infos[2].slices, 0u);
    EXPECT_EQ(seen.infos[3].generation, 2);
    EXPECT_GT(seen.infos[3].slices, 0u);
    EXPECT_GE(seen.infos[3].duration_ns, seen.infos[3].longest_ns);
    cairn_decref(held);
}

TEST_F(GcCallbackTest, OneAddedByACallbackIsCalledInTheSamePhase) {
    Observer& late = observer("late");
    Observer& early = observer("early");
    early.action = [&](cairn_gc_phase phase, const cairn_gc_info&) {
        if (phase == CAIRN_GC_START) {
            late.add();
        }
        return CAIRN_OK;
    };
    early.add();
    collect();
    EXPECT_EQ(take_log(), "early start, late start, early stop, late stop");
}

TEST_F(GcCallbackTest, OneAddedAtTheStopIsToldOfThatStop) {
    Observer& late = observer("late");
    Observer& early = observer("early");
    early.action = [&](cairn_gc_phase phase, const cairn_gc_info&) {
        if (phase == CAIRN_GC_STOP) {
            late.add();
        }
        return CAIRN_OK;
    };
    early.add();
    collect();
    EXPECT_EQ(take_log(), "early start, early stop, late stop");
}

TEST_F(GcCallbackTest, ManyMayBeAddedByOne) {
    Observer& early = observer("early");
    early.action = [&](cairn_gc_phase phase, const cairn_gc_info&) {
        for (int i = 0; phase == CAIRN_GC_START && i < 100; ++i) {
            observer("many").add();
        }
        return CAIRN_OK;
    };
    early.add();
    collect();
    EXPECT_EQ(count_events("many start"), 100u);
    EXPECT_EQ(count_events("many stop"), 100u);
}

TEST_F(GcCallbackTest, RemovedOneIsNoLongerCalled) {
    Observer& first = observer("1");
    Observer& second = observer("2");
    first.add();
    second.add();
    EXPECT_EQ(first.remove(), CAIRN_OK);
    EXPECT_EQ(first.remove(), CAIRN_NOT_FOUND);
    collect();
    EXPECT_EQ(take_log(), "2 start, 2 stop");
    EXPECT_EQ(second.remove(), CAIRN_OK);
    collect();
    EXPECT_EQ(take_log(), "");
}

TEST_F(GcCallbackTest, OneThatIsThereTwiceIsCalledTwiceAndRemovedOneByOne) {
    Observer& twice = observer("o");
    twice.add();
    twice.add();
    collect();
    EXPECT_EQ(take_log(), "o start, o start, o stop, o stop");
    EXPECT_EQ(twice.remove(), CAIRN_OK);
    collect();
    EXPECT_EQ(take_log(), "o start, o stop");
}

TEST_F(GcCallbackTest, OneThatRemovesItselfIsNotCalledAgain) {
    Observer& once = observer("once");
    once.action = [&](cairn_gc_phase, const cairn_gc_info&) { return once.remove(); };
    once.add();
    collect();
    collect();
    EXPECT_EQ(take_log(), "once start");
    EXPECT_TRUE(unraisables.empty());
}

TEST_F(GcCallbackTest, OneThatRemovesItselfHidesTheNextOnceInThatPhase) {
    Observer& once = observer("once");
    Observer& next = observer("next");
    Observer& last = observer("last");
    once.action = [&](cairn_gc_phase, const cairn_gc_info&) { return once.remove(); };
    once.add();
    next.add();
    last.add();
    collect();
    EXPECT_EQ(take_log(), "once start, last start, next stop, last stop");
}

TEST_F(GcCallbackTest, FailureIsReportedAndTheOthersAreCalled) {
    Observer& failing = observer("failing");
    Observer& other = observer("other");
    failing.action = [](cairn_gc_phase, const cairn_gc_info&) { return CAIRN_USER_ERROR; };
    failing.add();
    other.add();
    cairn_decref(make_ring(logged, {"a", "b"}));
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(count_events("other start"), 1u);
    EXPECT_EQ(count_events("other stop"), 1u);
    ASSERT_EQ(unraisables.size(), 2u);
    for (const Unraisable& failure : unraisables) {
        EXPECT_EQ(failure.place, CAIRN_PLACE_GC_CALLBACK);
        EXPECT_EQ(failure.status, CAIRN_USER_ERROR);
        EXPECT_EQ(failure.object, nullptr);
    }
}

TEST_F(GcCallbackTest, CollectionStartedInsideDoesNothing) {
    Observer& nested = observer("o");
    nested.action = [&](cairn_gc_phase, const cairn_gc_info&) {
        EXPECT_EQ(collect(), 0u);
        return CAIRN_OK;
    };
    nested.add();
    cairn_decref(make_ring(logged, {"a", "b"}));
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(count_events("o start"), 1u);
    EXPECT_EQ(count_events("o stop"), 1u);
}

TEST_F(GcCallbackTest, MayAllocateDropAndLookAround) {
    cairn_object* held = make_fin("held");
    cairn_object* made = nullptr;
    Observer& busy = observer("o");
    busy.action = [&](cairn_gc_phase phase, const cairn_gc_info&) {
        if (phase == CAIRN_GC_START) {
            cairn_set_consume(&made, make_ring(logged, {"m", "n"}));
            cairn_decref(held);
        } else {
            EXPECT_EQ(objects(), "m n");
            cairn_clear(&made);
        }
        EXPECT_TRUE(verify());
        return CAIRN_OK;
    };
    busy.add();
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(count_events("fin held"), 1u);
    EXPECT_EQ(busy.remove(), CAIRN_OK);
    EXPECT_EQ(collect(), 2u);
}

TEST_F(GcCallbackTest, GarbageMadeAtTheStartIsFoundByThatCollection) {
    Observer& litters = observer("o");
    litters.action = [&](cairn_gc_phase phase, const cairn_gc_info&) {
        if (phase == CAIRN_GC_START) {
            cairn_decref(make_ring(plain, {"a", "b"}));
        }
        return CAIRN_OK;
    };
    litters.add();
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(usage().objects, 0u);
    EXPECT_EQ(litters.remove(), CAIRN_OK);
}

TEST_F(GcCallbackTest, EndOfTheHeapIsNoCollectionToThem) {
    observer("o").add();
    cairn_decref(make_ring(logged, {"a", "b"}));
    close();
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b");
}

TEST_F(GcCallbackTest, StatisticsAreUpToDateAtTheStop) {
    Observer& reader = observer("o");
    size_t collections = 77;
    reader.action = [&](cairn_gc_phase phase, const cairn_gc_info&) {
        cairn_gc_stats stats = {};
        EXPECT_EQ(cairn_gc_get_stats(heap, 2, &stats), CAIRN_OK);
        collections = phase == CAIRN_GC_STOP ? stats.collections : collections;
        return CAIRN_OK;
    };
    reader.add();
    collect();
    EXPECT_EQ(collections, 1u);
}

}  // namespace
}  // namespace cairn_test
