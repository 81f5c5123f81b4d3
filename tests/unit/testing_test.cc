// SPDX-License-Identifier: MIT
/// The test doors themselves: forced collections, forced failures, the verifier.
#include "heap_test.h"

namespace cairn_test {
namespace {

using TestingTest = HeapTest;

TEST_F(TestingTest, CollectionRunsBeforeEveryNthObjectAllocation) {
    cairn_gc_stats stats = {};
    const auto full_collections = [&] {
        EXPECT_EQ(cairn_gc_get_stats(heap, 2, &stats), CAIRN_OK);
        return stats.collections;
    };
    for (const size_t n : {size_t{1}, size_t{2}, size_t{10}}) {
        const size_t before = full_collections();
        cairn_collect_every_for_testing(heap, n);
        for (int i = 0; i < 100; ++i) {
            cairn_decref(make(plain, "a"));
        }
        cairn_collect_every_for_testing(heap, 0);
        EXPECT_EQ(full_collections() - before, 100 / n);
    }
    const size_t before = full_collections();
    cairn_decref(make(plain, "a"));
    EXPECT_EQ(full_collections(), before);
}

TEST_F(TestingTest, ForcedCollectionFreesGarbageAtOnce) {
    cairn_collect_every_for_testing(heap, 1);
    for (int i = 0; i < 50; ++i) {
        cairn_decref(make_ring(logged, {"a", "b"}));
        EXPECT_LE(usage().objects, 4u);
    }
    cairn_collect_every_for_testing(heap, 0);
    collect();
}

TEST_F(TestingTest, ForcedCollectionLeavesHalfBuiltStructuresAlone) {
    cairn_collect_every_for_testing(heap, 1);
    cairn_object* a = make_ring(custom, {"a", "b", "c", "d", "e"});
    cairn_object* w = weak(a, "w");
    cairn_object* big = make_array(100000, "big");
    EXPECT_EQ(deref(w), "a");
    EXPECT_EQ(take_log(), "");
    cairn_collect_every_for_testing(heap, 0);
    cairn_decref(big);
    cairn_decref(a);
    EXPECT_EQ(collect(), 5u);
    cairn_decref(w);
}

TEST_F(TestingTest, NthRequestFailsOnce) {
    cairn_object* warm = make(plain, "warm");
    for (uint64_t n = 1; n <= 5; ++n) {
        std::vector<cairn_object*> all;
        cairn_fail_allocation_for_testing(heap, n);
        for (int i = 0; i < 8; ++i) {
            all.push_back(cairn_new(plain));
        }
        EXPECT_EQ(std::count(all.begin(), all.end(), nullptr), 1);
        for (cairn_object*& object : all) {
            cairn_clear(&object);
        }
    }
    cairn_fail_allocation_for_testing(heap, 1);
    cairn_fail_allocation_for_testing(heap, 0);
    cairn_object* a = cairn_new(plain);
    EXPECT_NE(a, nullptr);
    cairn_decref(a);
    cairn_decref(warm);
}

TEST_F(TestingTest, RequestsAreCounted) {
    const uint64_t before = cairn_allocation_requests_for_testing(heap);
    cairn_object* a = make(plain, "a");
    cairn_object* b = make(leaf, "b");
    EXPECT_GE(cairn_allocation_requests_for_testing(heap), before + 2);
    cairn_decref(a);
    cairn_decref(b);
}

TEST_F(TestingTest, VerifierIsContentWithAHeapOfEverything) {
    std::vector<cairn_object*> all = {make(plain, "a"),
                                      make_ring(logged, {"b", "c"}),
                                      make(custom, "d"),
                                      make(leaf, "e"),
                                      make_array(10, "f"),
                                      make_array(300000, "g"),
                                      make(by_hand, "h"),
                                      make(fin, "i")};
    collect(0);
    all.push_back(weak(all[0], "w", nullptr, all[1]));
    all.push_back(weak(all[3]));
    EXPECT_TRUE(verify());
    cairn_gc_freeze(heap);
    all.push_back(make(logged, "j"));
    cairn_make_immortal(all[2]);
    EXPECT_TRUE(verify());
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
    cairn_gc_unfreeze(heap);
    EXPECT_TRUE(verify());
    collect();
}

TEST_F(TestingTest, VerifierSeesACountBelowItsReferences) {
    cairn_object* holder = make(plain, "holder");
    cairn_object* a = make(plain, "a");
    set(holder, 0, a);
    *slot(holder, 1) = a;  // A reference that was never counted,
    *slot(holder, 2) = a;  // and another one.
    testing::internal::CaptureStderr();
    EXPECT_FALSE(verify());
    const std::string text = testing::internal::GetCapturedStderr();
    EXPECT_NE(text.find("plain"), std::string::npos) << text;
    *slot(holder, 1) = nullptr;
    *slot(holder, 2) = nullptr;
    EXPECT_TRUE(verify());
    cairn_decref(a);
    cairn_decref(holder);
}

TEST_F(TestingTest, VerifierSeesASlotThatHoldsAFreedObject) {
    cairn_object* holder = make(plain, "holder");
    cairn_object* a = make(plain, "a");
    *slot(holder, 0) = a;
    cairn_decref(a);
    testing::internal::CaptureStderr();
    EXPECT_FALSE(verify());
    EXPECT_NE(testing::internal::GetCapturedStderr(), "");
    *slot(holder, 0) = nullptr;
    EXPECT_TRUE(verify());
    cairn_decref(holder);
}

}  // namespace
}  // namespace cairn_test
