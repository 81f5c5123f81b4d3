// SPDX-License-Identifier: MIT
/// What collections pay for weak-key maps: for keys that are garbage, and not for all that there
/// are.
#include <utility>
#include <vector>

#include "cycle_of_slices.h"
#include "weakmap_helpers.h"

namespace cairn_test {
namespace {

class WeakKeyTimeTest : public WeakmapTest, public testing::WithParamInterface<uint32_t> {
  public:
    WeakKeyTimeTest() : WeakmapTest(GetParam()) {}

  protected:
    void SetUp() override {
        WeakmapTest::SetUp();
        log_deaths = false;
        map = make_map(CAIRN_WEAK_KEY_MAP);
    }

    void TearDown() override {
        cairn_clear(&map);
        drop_held();
        collect();
        EXPECT_EQ(usage().objects, 0u);
        WeakmapTest::TearDown();
    }

    /// Keys that only their values hold.
    void put_garbage(cairn_type* type, size_t count) {
        for (size_t i = 0; i < count; ++i) {
            cairn_object* key = cairn_new(type);
            cairn_object* value = cairn_new(plain);
            give(value, 0, key);
            EXPECT_EQ(cairn_weakmap_set(map, key, value), CAIRN_OK);
            cairn_decref(value);
        }
    }

    /// Pairs of live objects, as entries of the map or not.
    void put_live(size_t count, bool in_map) {
        for (size_t i = 0; i < count; ++i) {
            cairn_object* key = cairn_new(leaf);
            cairn_object* value = cairn_new(plain);
            if (in_map) {
                EXPECT_EQ(cairn_weakmap_set(map, key, value), CAIRN_OK);
            }
            held.push_back(key);
            held.push_back(value);
        }
    }

    void drop_held() {
        for (cairn_object* object : std::exchange(held, {})) {
            cairn_decref(object);
        }
    }

    /// Seconds for a full collection that frees some garbage keys of `type`.
    double time_of_collection(cairn_type* type, bool in_slices) {
        const size_t live = cairn_weakmap_length(map);
        put_garbage(type, 6000);
        collect(1);
        EXPECT_EQ(cairn_gc_set_pause_target(heap, in_slices ? 1000000 : 0), CAIRN_OK);
        const double start = seconds_spent();
        if (in_slices) {
            EXPECT_GT(finish_cycle(heap), 200u);
        } else {
            collect();
        }
        const double taken = seconds_spent() - start;
        EXPECT_EQ(cairn_weakmap_length(map), live);
        EXPECT_EQ(cairn_gc_set_pause_target(heap, 0), CAIRN_OK);
        return taken;
    }

    cairn_object* map = nullptr;
    std::vector<cairn_object*> held;
};

TEST_P(WeakKeyTimeTest, GarbageKeysInSlicesDoNotPayForLiveOnes) {
    put_live(100000, true);
    for (cairn_type* type : {plain, leaf_fin}) {
        const auto time_of = [&](bool in_slices) { return time_of_collection(type, in_slices); };
        EXPECT_TRUE(stays_below(15, time_of, false, true));
    }
}

TEST_P(WeakKeyTimeTest, YoungCollectionsDoNotPayForOldMaps) {
    put_live(20000, false);
    World without;
    for (int i = 0; i < 40000; ++i) {
        held.push_back(make_map(CAIRN_WEAK_KEY_MAP));
    }
    EXPECT_TRUE(stays_below(4, seconds_of_young_collections, without, *this));
}

INSTANTIATE_TEST_SUITE_P(Options, WeakKeyTimeTest, testing::Values(0, CAIRN_HEAP_FINALIZERS_FIRST));

}  // namespace
}  // namespace cairn_test
