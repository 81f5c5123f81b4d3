// SPDX-License-Identifier: MIT
/// Counts that no side byte can hold: objects with hundreds to a million references.
#include <tuple>

#include "heap_test.h"

namespace cairn_test {
namespace {

class HubTest : public HeapTest, public ::testing::WithParamInterface<size_t> {
  protected:
    /// A hub with GetParam() references from the items of one array, which it refers to.
    cairn_object* make_hub() {
        cairn_object* hub = make(logged, "hub");
        cairn_object* holder = make_array(GetParam(), "holder");
        for (size_t i = 0; i < GetParam(); ++i) {
            *item(holder, i) = cairn_new_ref(hub);
        }
        give(hub, 0, holder);
        return hub;
    }
};

TEST_P(HubTest, HeldByOneReferenceMoreIsAlive) {
    cairn_object* hub = make_hub();
    EXPECT_EQ(cairn_refcount(hub), GetParam() + 1);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(cairn_refcount(hub), GetParam() + 1);
    EXPECT_EQ(take_log(), "");
    cairn_decref(hub);
    collect();
}

TEST_P(HubTest, HeldFromInsideOnlyIsGarbage) {
    cairn_object* hub = make_hub();
    cairn_object* w = weak(hub, "w");
    cairn_decref(hub);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(take_sorted_log(), "cb w, dealloc holder, dealloc hub");
    cairn_decref(w);
}

TEST_P(HubTest, HeldBySeparateObjectsIsFound) {
    cairn_object* hub = make(logged, "hub");
    cairn_object* chain = cairn_new_ref(hub);
    for (size_t i = 0; i < GetParam(); ++i) {
        cairn_object* node = cairn_new(plain);
        set(node, 0, hub);
        give(node, 1, chain);
        chain = node;
    }
    give(hub, 0, chain);
    EXPECT_EQ(collect(), 0u);
    cairn_decref(hub);
    EXPECT_EQ(collect(), GetParam() + 1);
    EXPECT_EQ(usage().objects, 0u);
}

TEST_P(HubTest, ReferencesFromOutsideTheGenerationCountAsOutside) {
    cairn_object* holder = make_array(GetParam(), "holder");
    collect();
    cairn_object* hub = make(logged, "hub");
    set(hub, 0, hub);
    for (size_t i = 0; i < GetParam(); ++i) {
        *item(holder, i) = cairn_new_ref(hub);
    }
    cairn_decref(hub);
    EXPECT_EQ(collect(0), 0u);
    EXPECT_EQ(cairn_refcount(hub), GetParam() + 1);
    cairn_decref(holder);
    EXPECT_EQ(take_log(), "dealloc holder");
    EXPECT_EQ(collect(), 1u);
}

TEST_P(HubTest, ResurrectedHubKeepsItsCount) {
    cairn_object* hub = make_fin("hub", [&](cairn_object* self) {
        cairn_incref(self);
        return CAIRN_OK;
    });
    cairn_object* holder = make_array(GetParam(), "holder");
    for (size_t i = 0; i < GetParam(); ++i) {
        *item(holder, i) = cairn_new_ref(hub);
    }
    give(hub, 0, holder);
    cairn_decref(hub);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(cairn_refcount(hub), GetParam() + 1);
    EXPECT_EQ(cairn_refcount(holder), 1u);
    cairn_decref(hub);
    EXPECT_EQ(collect(), 2u);
}

TEST_P(HubTest, SelfReferencesAreInsideReferences) {
    cairn_object* hub = make_array(GetParam(), "hub");
    for (size_t i = 0; i < GetParam(); ++i) {
        *item(hub, i) = cairn_new_ref(hub);
    }
    EXPECT_EQ(collect(), 0u);
    cairn_decref(hub);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(take_log(), "dealloc hub");
}

TEST_P(HubTest, HoldsManyObjects) {
    cairn_object* hub = make_array(GetParam(), "hub");
    for (size_t i = 0; i < GetParam(); ++i) {
        *item(hub, i) = cairn_new(plain);
        set(*item(hub, i), 0, hub);
    }
    EXPECT_EQ(collect(0), 0u);
    EXPECT_EQ(collect(1), 0u);
    EXPECT_EQ(collect(2), 0u);
    cairn_decref(hub);
    EXPECT_EQ(collect(), GetParam() + 1);
    EXPECT_EQ(usage().objects, 0u);
}

INSTANTIATE_TEST_SUITE_P(References,
                         HubTest,
                         ::testing::Values(1,
                                           2,
                                           62,
                                           63,
                                           64,
                                           65,
                                           70,
                                           126,
                                           127,
                                           128,
                                           129,
                                           200,
                                           254,
                                           255,
                                           256,
                                           257,
                                           1000,
                                           65535,
                                           65536,
                                           70000));

class ManyHubsTest : public HeapTest {};

TEST_F(ManyHubsTest, HubOfAMillionReferencesIsCountedExactly) {
    constexpr size_t kReferences = 1000000;
    cairn_object* hub = make(logged, "hub");
    cairn_object* holder = make_array(kReferences, "holder");
    for (size_t i = 0; i < kReferences; ++i) {
        *item(holder, i) = cairn_new_ref(hub);
    }
    give(hub, 1, holder);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(cairn_refcount(hub), kReferences + 1);
    cairn_decref(hub);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(ManyHubsTest, ThousandsOfHubsAtOnceSomeHeldSomeNot) {
    constexpr size_t kHubs = 3000;
    constexpr size_t kReferences = 150;
    std::vector<cairn_object*> held;
    for (size_t i = 0; i < kHubs; ++i) {
        cairn_object* hub = make_array(kReferences + i % 3, "hub");
        for (size_t j = 0; j < kReferences + i % 3; ++j) {
            *item(hub, j) = cairn_new_ref(hub);
        }
        if (i % 2 == 0) {
            held.push_back(hub);
        } else {
            cairn_decref(hub);
        }
    }
    EXPECT_EQ(collect(), kHubs / 2);
    EXPECT_EQ(usage().objects, kHubs / 2);
    for (cairn_object* hub : held) {
        EXPECT_EQ(cairn_refcount(hub), reinterpret_cast<Array*>(hub)->count + 1);
        cairn_decref(hub);
    }
    EXPECT_EQ(collect(), kHubs / 2);
}

TEST_F(ManyHubsTest, OutsideReferencesOfAHubAreCountedExactly) {
    for (const uint64_t outside : {1u, 100u, 127u, 128u, 1000u, 1000000u}) {
        for (const size_t inside : {size_t{1}, size_t{127}, size_t{128}, size_t{5000}}) {
            cairn_object* hub = make_array(inside, "hub");
            for (size_t i = 0; i < inside; ++i) {
                *item(hub, i) = cairn_new_ref(hub);
            }
            cairn_add_references_for_testing(hub, outside - 1);
            EXPECT_EQ(collect(), 0u) << inside << " " << outside;
            for (uint64_t i = 0; i < outside; ++i) {
                cairn_decref(hub);
            }
            EXPECT_EQ(collect(), 1u) << inside << " " << outside;
        }
    }
}

TEST_F(ManyHubsTest, WorkingTableThatCannotBeHadFindsNothingAndLosesNothing) {
    cairn_object* hub = make_array(5000, "hub");
    for (size_t i = 0; i < 5000; ++i) {
        *item(hub, i) = cairn_new_ref(hub);
    }
    cairn_object* w = weak(hub, "w");
    cairn_decref(hub);
    memory.fail_always(true);
    size_t found = 77;
    const cairn_status status = cairn_gc_collect(heap, 2, &found);
    memory.fail_always(false);
    if (status == CAIRN_OK) {
        EXPECT_EQ(found, 1u);  // The table was there already.
    } else {
        EXPECT_EQ(status, CAIRN_NO_MEMORY);
        EXPECT_EQ(found, 77u);
        EXPECT_EQ(take_log(), "");
        EXPECT_EQ(deref(w), "hub");
        EXPECT_TRUE(verify());
        EXPECT_EQ(collect(), 1u);
    }
    EXPECT_EQ(take_log(), "cb w, dealloc hub");
    cairn_decref(w);
}

}  // namespace
}  // namespace cairn_test
