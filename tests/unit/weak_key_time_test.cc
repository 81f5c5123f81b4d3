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
        for (cairn_object* object : held) {
            cairn_decref(object);
        }
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

    /// Seconds for a cycle in slices of the least length that frees some garbage keys of `type`.
    double time_of_cycle(cairn_type* type) {
        const size_t live = cairn_weakmap_length(map);
        put_garbage(type, 6000);
        collect(1);
        EXPECT_EQ(cairn_gc_set_pause_target(heap, 1000000), CAIRN_OK);
        const double start = seconds_spent();
        EXPECT_GT(finish_cycle(heap), 200u);
        const double taken = seconds_spent() - start;
        EXPECT_EQ(cairn_weakmap_length(map), live);
        EXPECT_EQ(cairn_gc_set_pause_target(heap, 0), CAIRN_OK);
        return taken;
    }

    cairn_object* map = nullptr;
    std::vector<cairn_object*> held;
};

TEST_P(WeakKeyTimeTest, GarbageKeysInSlicesDoNotPayForLiveOnes) {
    for (cairn_type* type : {plain, leaf_fin}) {
        put_live(50000, false);
        const double without = time_of_cycle(type);
        put_live(50000, true);
        EXPECT_LT(time_of_cycle(type), 4 * without + 0.3) << without << " s without them";
        for (cairn_object* object : std::exchange(held, {})) {
            cairn_decref(object);
        }
    }
}

TEST_P(WeakKeyTimeTest, YoungCollectionsDoNotPayForOldMaps) {
    put_live(20000, false);
    const double without = seconds_of_young_collections(*this);
    for (int i = 0; i < 40000; ++i) {
        held.push_back(make_map(CAIRN_WEAK_KEY_MAP));
    }
    EXPECT_LT(seconds_of_young_collections(*this), 4 * without + 0.1)
        << without << " s without maps";
}

INSTANTIATE_TEST_SUITE_P(Options, WeakKeyTimeTest, testing::Values(0, CAIRN_HEAP_FINALIZERS_FIRST));

}  // namespace
}  // namespace cairn_test
