// SPDX-License-Identifier: MIT
/// The fixture of most tests: a world that is checked and must be empty when the test ends.
#ifndef CAIRN_TESTS_UNIT_HEAP_TEST_H
#define CAIRN_TESTS_UNIT_HEAP_TEST_H

#include <ctime>

#include <gtest/gtest.h>

#include "world.h"

namespace cairn_test {

/// Processor time of this process, in seconds. Time by the clock is other programs' too.
inline double seconds_spent() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Whether `seconds(many)` is below `factor` times `seconds(few)`. Measures both up to five times:
/// other programs, which take caches and clock rate, make either slower, but not the larger each
/// time.
template <typename Seconds, typename Few, typename Many>
::testing::AssertionResult stays_below(double factor, Seconds seconds, Few&& few, Many&& many) {
    for (int tries = 1;; ++tries) {
        const double small = seconds(few);
        const double large = seconds(many);
        if (large < factor * small + 0.1) {
            return ::testing::AssertionSuccess();
        }
        if (tries == 5) {
            return ::testing::AssertionFailure() << large << " s against " << small << " s";
        }
    }
}

/// Seconds for young collections of one object each.
inline double seconds_of_young_collections(World& world) {
    world.collect();
    const double start = seconds_spent();
    for (int i = 0; i < 1000; ++i) {
        cairn_object* object = cairn_new(world.plain);
        world.collect(0);
        cairn_decref(object);
    }
    return seconds_spent() - start;
}

class HeapTest : public ::testing::Test, public World {
  public:
    explicit HeapTest(uint32_t heap_flags = 0) : World(heap_flags) {}

  protected:
    void SetUp() override { ASSERT_NE(heap, nullptr); }
    void TearDown() override { close(expected_held); }

    /// The number of objects that the test leaves held on purpose.
    size_t expected_held = 0;
};

}  // namespace cairn_test

#endif
