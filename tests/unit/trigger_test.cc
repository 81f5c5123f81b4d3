// SPDX-License-Identifier: MIT
/// Automatic collections: what sets them off, and what does not.
#include "heap/heap.h"
#include "heap_test.h"

namespace cairn_test {
namespace {

class TriggerTest : public HeapTest {
  protected:
    void SetUp() override {
        HeapTest::SetUp();
        ASSERT_EQ(cairn_gc_callback_add(heap, &record, this), CAIRN_OK);
        cairn_gc_set_byte_thresholds(heap, 0, 0);
    }

    void TearDown() override {
        cairn_gc_disable(heap);
        let_go();
        collect();
        HeapTest::TearDown();
    }

    static cairn_status record(cairn_heap*,
                               cairn_gc_phase phase,
                               const cairn_gc_info* info,
                               void* user_data) {
        auto* self = static_cast<TriggerTest*>(user_data);
        if (phase == CAIRN_GC_START && info->automatic != 0) {
            self->automatic.push_back(info->generation);
        }
        return CAIRN_OK;
    }

    void thresholds(uint32_t first, uint32_t second, uint32_t third) {
        const uint32_t values[3] = {first, second, third};
        cairn_gc_set_thresholds(heap, values);
    }

    /// Allocates `count` containers and keeps them.
    void keep(size_t count) {
        for (size_t i = 0; i < count; ++i) {
            kept_.push_back(cairn_new(plain));
        }
    }

    /// Where 100 MiB were external; nothing is due before.
    void grow_by_more_than_half() {
        cairn_gc_enable(heap);
        EXPECT_EQ(cairn_heap_add_external(heap, 40 << 20), CAIRN_OK);
        keep(1);
        EXPECT_EQ(automatic, Generations{});
        EXPECT_EQ(cairn_heap_add_external(heap, 20 << 20), CAIRN_OK);
        keep(1);
    }

    void let_go() {
        for (cairn_object* object : std::exchange(kept_, {})) {
            cairn_decref(object);
        }
    }

    /// Generations of the automatic collections so far.
    std::vector<int> automatic;

    using Generations = std::vector<int>;

    std::vector<cairn_object*> kept_;
};

TEST_F(TriggerTest, IsOnAtBirth) {
    cairn_heap* other = cairn_heap_new(nullptr);
    ASSERT_NE(other, nullptr);
    EXPECT_TRUE(cairn_gc_is_enabled(other));
    EXPECT_EQ(cairn_heap_free(other), 0u);
}

TEST_F(TriggerTest, CollectsWhenTheNetNumberOfContainersPassesTheThreshold) {
    collect();
    cairn_gc_enable(heap);
    keep(700);
    EXPECT_EQ(automatic, Generations{});
    keep(1);
    EXPECT_EQ(automatic, Generations{0});
    keep(690);
    EXPECT_EQ(automatic, Generations{0});
    keep(20);
    EXPECT_EQ(automatic, (Generations{0, 0}));
}

TEST_F(TriggerTest, ThresholdsTakeEffectAtOnce) {
    collect();
    cairn_gc_enable(heap);
    keep(10);
    thresholds(20, 10, 10);
    keep(11);
    EXPECT_EQ(automatic, Generations{0});
    thresholds(40, 10, 10);
    keep(40);
    EXPECT_EQ(automatic, Generations{0});
    keep(2);
    EXPECT_EQ(automatic, (Generations{0, 0}));
}

TEST_F(TriggerTest, DeathsByCountKeepTheNumberDown) {
    cairn_gc_enable(heap);
    for (int i = 0; i < 100000; ++i) {
        cairn_decref(cairn_new(plain));
    }
    EXPECT_EQ(automatic, Generations{});
}

TEST_F(TriggerTest, LeavesSetNothingOff) {
    cairn_gc_enable(heap);
    for (int i = 0; i < 10000; ++i) {
        kept_.push_back(cairn_new(leaf));
    }
    EXPECT_EQ(automatic, Generations{});
    log_deaths = false;
}

TEST_F(TriggerTest, OlderGenerationsHaveTheirTurn) {
    thresholds(10, 2, 2);
    collect();
    cairn_gc_enable(heap);
    keep(size_t{11} * 30);
    EXPECT_EQ(automatic, (Generations{0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0,
                                      0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0, 0, 1}));
}

// So that such a collection, which has no slices, does not become the longest pause.
TEST_F(TriggerTest, WithAPauseTargetTheMiddleGenerationHasFourTurnsForOne) {
    thresholds(10, 8, 100);
    collect();
    ASSERT_EQ(cairn_gc_set_pause_target(heap, 1000000), CAIRN_OK);
    cairn_gc_enable(heap);
    keep(size_t{11} * 8);
    EXPECT_EQ(automatic, (Generations{0, 0, 0, 1, 0, 0, 0, 1}));
}

TEST_F(TriggerTest, DisabledMeansNever) {
    thresholds(10, 2, 2);
    cairn_gc_disable(heap);
    keep(1000);
    EXPECT_EQ(automatic, Generations{});
    cairn_gc_enable(heap);
    keep(1);
    EXPECT_EQ(automatic.size(), 1u);
}

TEST_F(TriggerTest, FirstThresholdOfZeroMeansNever) {
    thresholds(0, 10, 10);
    cairn_gc_enable(heap);
    keep(5000);
    EXPECT_EQ(automatic, Generations{});
    cairn_decref(make_ring(logged, {"a", "b"}));
    EXPECT_EQ(collect(), 2u);
}

TEST_F(TriggerTest, GarbageIsFoundWithoutAnybodyAsking) {
    cairn_gc_enable(heap);
    for (int i = 0; i < 20000; ++i) {
        cairn_decref(make_ring(plain, {"a", "b", "c"}));
    }
    EXPECT_LT(usage().objects, 5000u);
    EXPECT_GT(automatic.size(), 50u);
}

TEST_F(TriggerTest, NewObjectSurvivesTheCollectionThatItSetOff) {
    thresholds(1, 1000, 1000);
    cairn_gc_enable(heap);
    for (int i = 0; i < 100; ++i) {
        cairn_object* a = make(logged, "a");
        EXPECT_EQ(cairn_refcount(a), 1u);
        EXPECT_EQ(get(a, 0), nullptr);
        kept_.push_back(a);
    }
    EXPECT_GT(automatic.size(), 30u);
    EXPECT_EQ(take_log(), "");
}

TEST_F(TriggerTest, FinalizersRunFromAnAllocation) {
    thresholds(20, 1000, 1000);
    cairn_object* a = make_fin("a", [&](cairn_object*) {
        for (int i = 0; i < 100; ++i) {  // Inside a collection this sets off nothing.
            kept_.push_back(make(logged, "b"));
        }
        EXPECT_EQ(automatic.size(), 1u);
        return CAIRN_OK;
    });
    set(a, 0, a);
    cairn_decref(a);
    cairn_gc_enable(heap);
    keep(20);
    EXPECT_EQ(count_events("fin a"), 1u);
    EXPECT_EQ(automatic.size(), 1u);
    keep(1);  // What the finalizer allocated was counted.
    EXPECT_EQ(automatic.size(), 2u);
    EXPECT_TRUE(verify());
}

TEST_F(TriggerTest, FullCollectionWaitsForAQuarterOfTheOld) {
    keep(8000);
    collect();  // 8000 old objects.
    thresholds(10, 0, 0);
    cairn_gc_enable(heap);
    keep(1500);
    EXPECT_EQ(std::count(automatic.begin(), automatic.end(), 2), 0);
    EXPECT_GT(std::count(automatic.begin(), automatic.end(), 1), 10);
    keep(1500);  // Somewhere on the way a quarter is passed.
    EXPECT_EQ(std::count(automatic.begin(), automatic.end(), 2), 1);
}

TEST_F(TriggerTest, OldObjectsThatDiedByCountNoLongerAskForAFullCollection) {
    keep(8000);
    collect();
    thresholds(10, 0, 0);
    cairn_gc_enable(heap);
    std::vector<cairn_object*> permanent;
    permanent.swap(kept_);
    for (int round = 0; round < 40; ++round) {
        keep(500);
        collect(1);  // They become old,
        let_go();    // and die by their count.
    }
    EXPECT_EQ(std::count(automatic.begin(), automatic.end(), 2), 0);
    kept_.swap(permanent);
}

// Else there would be no slice where each next one is planned for after a young collection.
TEST_F(TriggerTest, AYoungCollectionWaitsForASliceFirst) {
    ASSERT_EQ(cairn_gc_set_pause_target(heap, 1000000), CAIRN_OK);
    thresholds(100, 0, 0);
    keep(20000);
    ASSERT_EQ(cairn_gc_step(heap, 1, nullptr), CAIRN_OK);
    collect(0);
    heap->policy.next_slice = UINT64_MAX;
    cairn::set_trigger(heap);
    const auto slices = [this] {
        cairn_gc_cycle_stats stats = {};
        cairn_gc_get_cycle_stats(heap, &stats);
        return stats.slices;
    };
    const uint64_t before = slices();
    cairn_gc_enable(heap);
    for (int i = 0; i < 200 && slices() == before; ++i) {
        keep(1);
    }
    cairn_gc_disable(heap);
    EXPECT_EQ(automatic, Generations{});
    EXPECT_GT(slices(), before);
}

TEST_F(TriggerTest, BytesOfYoungObjectsSetOffAYoungCollection) {
    cairn_gc_set_byte_thresholds(heap, size_t{1} << 20, 0);
    cairn_gc_enable(heap);
    for (int i = 0; i < 30; ++i) {
        kept_.push_back(make_array(12800, "big"));  // 100 KiB.
    }
    EXPECT_GE(automatic.size(), 2u);
    EXPECT_LE(automatic.size(), 4u);
    EXPECT_EQ(std::count(automatic.begin(), automatic.end(), 0),
              static_cast<ptrdiff_t>(automatic.size()));
    log_deaths = false;
}

TEST_F(TriggerTest, ALowerByteThresholdIsHeededByTheNextAllocation) {
    cairn_gc_enable(heap);
    kept_.push_back(make_array(12800, "big"));
    keep(1);
    EXPECT_EQ(automatic, Generations{});
    cairn_gc_set_byte_thresholds(heap, size_t{64} << 10, 0);
    keep(1);
    EXPECT_EQ(automatic, Generations{0});
    log_deaths = false;
}

TEST_F(TriggerTest, BytesOfLeavesSetNothingOff) {
    cairn_type_spec spec = {};
    spec.name = "bytes";
    spec.object_size = sizeof(cairn_object);
    spec.item_size = 1;
    cairn_type* bytes = type(spec);
    cairn_gc_set_byte_thresholds(heap, size_t{1} << 20, 0);
    cairn_gc_enable(heap);
    for (int i = 0; i < 100; ++i) {
        kept_.push_back(cairn_new_var(bytes, 100000));
    }
    EXPECT_EQ(automatic, Generations{});
}

TEST_F(TriggerTest, FatGarbageRingsDoNotPileUp) {
    cairn_gc_set_byte_thresholds(heap, size_t{4} << 20, 0);
    cairn_gc_enable(heap);
    log_deaths = false;
    for (int i = 0; i < 300; ++i) {
        cairn_object* a = make_array(25000, "fat");  // 200 KB, garbage at once.
        *item(a, 0) = a;
    }
    EXPECT_LT(usage().peak_bytes, size_t{16} << 20);
}

TEST_F(TriggerTest, CellsThatAreUsedAgainAreNoYoungBytes) {
    thresholds(0, 0, 0);
    log_deaths = false;
    keep(100000);
    collect();
    for (size_t i = 0; i < kept_.size(); i += 2) {
        cairn_clear(&kept_[i]);
    }
    cairn_gc_set_byte_thresholds(heap, size_t{1} << 20, 0);
    cairn_gc_enable(heap);
    for (size_t i = 0; i < kept_.size(); i += 2) {
        kept_[i] = cairn_new(plain);
    }
    EXPECT_EQ(automatic, Generations{});
}

TEST_F(TriggerTest, ExternalBytesSetOffAFullCollection) {
    cairn_gc_set_byte_thresholds(heap, 0, size_t{1} << 20);
    cairn_gc_enable(heap);
    cairn_decref(make_ring(logged, {"a", "b"}));
    EXPECT_EQ(cairn_heap_add_external(heap, 512 << 10), CAIRN_OK);
    keep(1);
    EXPECT_EQ(automatic, Generations{});
    EXPECT_EQ(cairn_heap_add_external(heap, 2 << 20), CAIRN_OK);
    keep(1);
    EXPECT_EQ(automatic, Generations{2});
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b");
    EXPECT_EQ(cairn_heap_add_external(heap, -((2 << 20) + (512 << 10))), CAIRN_OK);
    EXPECT_EQ(usage().external_bytes, 0u);
}

TEST_F(TriggerTest, ExternalBytesMustAlsoGrowByHalf) {
    cairn_gc_set_byte_thresholds(heap, 0, size_t{1} << 20);
    EXPECT_EQ(cairn_heap_add_external(heap, 100 << 20), CAIRN_OK);
    collect();
    grow_by_more_than_half();
    EXPECT_EQ(automatic, Generations{2});
}

TEST_F(TriggerTest, ExternalBytesMustAlsoGrowByHalfOfThoseAtTheEndOfACycle) {
    cairn_gc_set_byte_thresholds(heap, 0, size_t{1} << 20);
    ASSERT_EQ(cairn_gc_set_pause_target(heap, 1000000), CAIRN_OK);
    EXPECT_EQ(cairn_heap_add_external(heap, 100 << 20), CAIRN_OK);
    int done = 0;
    while (done == 0) {
        ASSERT_EQ(cairn_gc_step(heap, 1000000, &done), CAIRN_OK);
    }
    grow_by_more_than_half();
    EXPECT_NE(automatic, Generations{});
}

TEST_F(TriggerTest, ExternalBytesSetOffNothingWithoutAThreshold) {
    cairn_gc_set_byte_thresholds(heap, 0, 0);
    cairn_gc_enable(heap);
    EXPECT_EQ(cairn_heap_add_external(heap, 100 << 20), CAIRN_OK);
    keep(1);
    EXPECT_EQ(automatic, Generations{});
}

TEST_F(TriggerTest, ExternalBytesSetOffNothingWhileDisabled) {
    cairn_gc_set_byte_thresholds(heap, 0, size_t{1} << 20);
    cairn_gc_disable(heap);
    EXPECT_EQ(cairn_heap_add_external(heap, 100 << 20), CAIRN_OK);
    keep(100);
    EXPECT_EQ(automatic, Generations{});
}

TEST_F(TriggerTest, ThousandSmallWrappersOfBigBuffersDoNotPileUp) {
    struct Wrapper {
        static void release(cairn_object* self) {
            (void)cairn_heap_add_external(cairn_heap_of(self), -(1 << 20));
        }
    };
    cairn_type_spec spec = node_spec("wrapper");
    spec.dealloc = &Wrapper::release;
    cairn_type* wrapper = type(spec);
    cairn_gc_set_byte_thresholds(heap, 0, size_t{16} << 20);
    cairn_gc_enable(heap);
    size_t highest = 0;
    for (int i = 0; i < 1000; ++i) {
        cairn_object* a = cairn_new(wrapper);
        set(a, 0, a);
        EXPECT_EQ(cairn_heap_add_external(heap, 1 << 20), CAIRN_OK);
        cairn_decref(a);
        highest = std::max(highest, usage().external_bytes);
    }
    EXPECT_LE(highest, size_t{32} << 20);
}

TEST_F(TriggerTest, ManualCollectionIsNotAutomatic) {
    collect();
    collect(0);
    EXPECT_EQ(automatic, Generations{});
}

}  // namespace
}  // namespace cairn_test
