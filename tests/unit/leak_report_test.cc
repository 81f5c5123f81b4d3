// SPDX-License-Identifier: MIT
/// What cairn_heap_free() says about objects that are still alive, and the end of user code.
#include <string>

#include "heap_test.h"

namespace cairn_test {
namespace {

class LeakReportTest : public HeapTest {
  public:
    LeakReportTest() : HeapTest(CAIRN_HEAP_REPORT_LEAKS) {}

  protected:
    /// What the end of the heap writes.
    std::string end(size_t expected) {
        testing::internal::CaptureStderr();
        EXPECT_EQ(cairn_heap_free(std::exchange(heap, nullptr)), expected);
        return testing::internal::GetCapturedStderr();
    }

    void TearDown() override {
        if (heap != nullptr) {
            HeapTest::TearDown();
        }
    }
};

TEST_F(LeakReportTest, AHeapWithoutLeaksSaysNothing) {
    cairn_object* ring = make_ring(plain, {"a", "b"});
    cairn_decref(ring);
    EXPECT_EQ(end(0), "");
}

TEST_F(LeakReportTest, ByTypeAndByHolder) {
    cairn_object* ring = make_ring(plain, {"a", "b", "c"});
    cairn_object* held_leaf = make(leaf, "d");
    (void)ring;
    (void)held_leaf;
    const std::string text = end(4);
    EXPECT_NE(text.find("leak: 4 object(s) are alive at the end of the heap, 2 held by the host"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("leak: 3 of type "), std::string::npos) << text;
    EXPECT_NE(text.find("leak: 1 of type "), std::string::npos) << text;
}

// What a host tracks by hand may be half built until then: nobody looks into it.
TEST_F(LeakReportTest, LooksIntoNothingThatWasNeverTracked) {
    cairn_type_spec spec = node_spec("half built");
    spec.slots_offset = 0;
    spec.slot_count = 0;
    spec.flags = CAIRN_TYPE_TRACK_BY_HAND;
    spec.traverse = [](cairn_object*, cairn_visit_fn, void*) { ADD_FAILURE(); };
    spec.clear = [](cairn_object*) {};
    ASSERT_NE(cairn_new(type(spec)), nullptr);
    const std::string text = end(1);
    EXPECT_NE(text.find("1 never tracked"), std::string::npos) << text;
}

TEST_F(LeakReportTest, SaysWhereSampledObjectsWereMade) {
    const cairn_site_fn site = [](cairn_heap*, const cairn_type*, size_t, void*) {
        return uint32_t{77};
    };
    cairn_heap_set_sampler(heap, 1, site, nullptr);
    make(plain, "sampled");
    cairn_heap_set_sampler(heap, 0, nullptr, nullptr);
    make(leaf, "not sampled");
    const std::string text = end(2);
    const size_t at = text.find(" made at site 77\n");
    ASSERT_NE(at, std::string::npos) << text;
    EXPECT_EQ(text.find("made at site", at + 5), std::string::npos) << text;
}

TEST_F(LeakReportTest, WhatAWeakMapOwnsIsNotHeldByTheHost) {
    cairn_object* map = cairn_weakmap_new(heap, CAIRN_WEAK_KEY_MAP);
    cairn_object* key = make(plain, "key");
    cairn_object* value = make(plain, "value");
    ASSERT_EQ(cairn_weakmap_set(map, key, value), CAIRN_OK);
    cairn_decref(value);
    const std::string text = end(4);  // map, key, value, and the entry's reference
    EXPECT_NE(text.find("4 object(s) are alive at the end of the heap, 2 held by the host"),
              std::string::npos)
        << text;
}

TEST_F(LeakReportTest, SaysWhichWereNeverTracked) {
    make(by_hand, "forgotten");
    cairn_gc_track(make(by_hand, "tracked"));
    const std::string text = end(2);
    EXPECT_NE(text.find("leak: 2 of type by_hand, 2 held by the host, 1 never tracked"),
              std::string::npos)
        << text;
}

TEST_F(LeakReportTest, WhatIsImmortalIsNoLeak) {
    cairn_make_immortal(make(leaf, "immortal"));
    EXPECT_EQ(end(0), "");
}

}  // namespace
}  // namespace cairn_test
