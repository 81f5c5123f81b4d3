// SPDX-License-Identifier: MIT
/// Declared roots: an optimisation that changes nothing that can be seen.
#include <random>
#include <vector>

#include "heap/heap.h"
#include "heap_test.h"

namespace cairn_test {
namespace {

using RootTest = HeapTest;

TEST_F(RootTest, WhatARootHoldsIsAlive) {
    cairn_object* variable = make_ring(logged, {"a", "b"});
    EXPECT_EQ(cairn_root_add(heap, &variable), CAIRN_OK);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(cairn_refcount(variable), 2u);
    cairn_clear(&variable);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_OK);
}

TEST_F(RootTest, MayBeEmptyAndMayChange) {
    cairn_object* variable = nullptr;
    EXPECT_EQ(cairn_root_add(heap, &variable), CAIRN_OK);
    EXPECT_EQ(collect(), 0u);
    for (int i = 0; i < 10; ++i) {
        cairn_set_consume(&variable, make_ring(logged, {"a", "b"}));
        EXPECT_EQ(collect(), i == 0 ? 0u : 2u);
    }
    cairn_clear(&variable);
    EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_OK);
    EXPECT_EQ(collect(), 2u);
}

TEST_F(RootTest, MayHoldLeavesImmortalsUntrackedAndFrozenObjects) {
    cairn_object* variables[] = {
        make(leaf, "a"), make(logged, "b"), make(by_hand, "c"), make(logged, "d")};
    give(variables[2], 0, make_ring(logged, {"x", "y"}));
    give(variables[3], 0, make_ring(logged, {"z"}));
    cairn_make_immortal(variables[1]);
    for (cairn_object*& variable : variables) {
        EXPECT_EQ(cairn_root_add(heap, &variable), CAIRN_OK);
    }
    cairn_gc_freeze(heap);
    cairn_object* late = make_ring(logged, {"late"});
    set(variables[3], 1, late);
    cairn_decref(late);
    EXPECT_EQ(collect(), 0u);
    EXPECT_TRUE(verify());
    for (cairn_object*& variable : variables) {
        EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_OK);
        cairn_clear(&variable);
    }
    cairn_gc_unfreeze(heap);
    EXPECT_EQ(collect(), 4u);
}

TEST_F(RootTest, OnlyDeclaredOnesCanBeRemoved) {
    cairn_object* variable = nullptr;
    cairn_object* other = nullptr;
    EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_NOT_FOUND);
    EXPECT_EQ(cairn_root_add(heap, &variable), CAIRN_OK);
    EXPECT_EQ(cairn_root_remove(heap, &other), CAIRN_NOT_FOUND);
    EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_OK);
    EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_NOT_FOUND);
}

TEST_F(RootTest, ReferencesNobodyDeclaredCountAsWell) {
    cairn_object* declared = make_ring(logged, {"a"});
    cairn_object* undeclared = make_ring(logged, {"b"});
    EXPECT_EQ(cairn_root_add(heap, &declared), CAIRN_OK);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(collect(1), 0u);
    cairn_decref(undeclared);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(cairn_root_remove(heap, &declared), CAIRN_OK);
    cairn_decref(declared);
    EXPECT_EQ(collect(), 1u);
}

TEST_F(RootTest, ThousandsCanComeAndGo) {
    std::vector<cairn_object*> variables(5000, nullptr);
    for (size_t i = 0; i < variables.size(); ++i) {
        EXPECT_EQ(cairn_root_add(heap, &variables[i]), CAIRN_OK);
        variables[i] = i % 3 == 0 ? make_ring(plain, {"a", "b"}) : nullptr;
    }
    EXPECT_EQ(collect(), 0u);
    for (size_t i = 0; i < variables.size(); i += 2) {
        EXPECT_EQ(cairn_root_remove(heap, &variables[i]), CAIRN_OK);
        cairn_clear(&variables[i]);
    }
    const size_t expected = 2 * ((variables.size() + 5) / 6);
    EXPECT_EQ(collect(), expected);
    for (size_t i = 1; i < variables.size(); i += 2) {
        EXPECT_EQ(cairn_root_remove(heap, &variables[i]), CAIRN_OK);
        cairn_clear(&variables[i]);
    }
    collect();
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(RootTest, CandidatesAreTheSameWithAndWithoutRoots) {
    cairn_object* variable = make_ring(plain, {"a", "b", "c"});
    cairn_gc_stats stats = {};
    collect();
    EXPECT_EQ(cairn_gc_get_stats(heap, 2, &stats), CAIRN_OK);
    EXPECT_EQ(stats.candidates, 3u);
    EXPECT_EQ(cairn_root_add(heap, &variable), CAIRN_OK);
    collect();
    EXPECT_EQ(cairn_gc_get_stats(heap, 2, &stats), CAIRN_OK);
    EXPECT_EQ(stats.candidates, 6u);
    EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_OK);
    cairn_decref(variable);
    collect();
}

TEST_F(RootTest, FinalizersAndReferencesBehaveAsWithoutRoots) {
    cairn_object* variable = make_ring(logged, {"live"});
    EXPECT_EQ(cairn_root_add(heap, &variable), CAIRN_OK);
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        set(variable, 1, self);
        return CAIRN_OK;
    });
    set(a, 0, a);
    set(a, 1, variable);
    cairn_object* w = weak(a, "w");
    cairn_object* of_live = weak(variable, "of live");
    cairn_decref(a);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(take_log(), "cb w, fin a");
    EXPECT_EQ(deref(of_live), "live");
    EXPECT_EQ(objects(2), "a live");
    EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_OK);
    cairn_decref(variable);
    EXPECT_EQ(collect(), 2u);
    cairn_decref(w);
    cairn_decref(of_live);
}

TEST_F(RootTest, AllThatIsReachedGrowsOld) {
    cairn_object* variable = make_ring(plain, {"a", "b", "c"});
    give(variable, 1, make_ring(custom, {"x", "y"}));
    EXPECT_EQ(cairn_root_add(heap, &variable), CAIRN_OK);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(objects(2), "a b c x y");
    EXPECT_EQ(collect(0), 0u);
    EXPECT_TRUE(verify());
    EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_OK);
    cairn_decref(variable);
    EXPECT_EQ(collect(), 5u);
}

TEST_F(RootTest, ImmortalsOnTheWayAreNoLongerTrackedAndKeepWhatTheyHold) {
    cairn_object* variable = make(plain, "a");
    cairn_object* immortal = make(plain, "immortal");
    set(variable, 0, immortal);
    give(immortal, 0, make_ring(plain, {"x", "y"}));
    cairn_add_references_for_testing(immortal, uint64_t{1} << 31);
    EXPECT_EQ(cairn_root_add(heap, &variable), CAIRN_OK);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(objects(2), "a x y");
    EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_OK);
    cairn_decref(variable);
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(usage().objects, 3u);
}

TEST_F(RootTest, WhatRootsDoNotReachIsCountedExactly) {
    cairn_object* variable = make_ring(plain, {"a", "b"});
    EXPECT_EQ(cairn_root_add(heap, &variable), CAIRN_OK);
    // Garbage that refers to what is reached; a ring held from outside; one that it holds.
    cairn_object* garbage = make_ring(plain, {"g", "h"});
    set(garbage, 1, variable);
    cairn_object* held = make_ring(plain, {"x", "y"});
    give(held, 1, make_ring(plain, {"z"}));
    set(held, 2, variable);
    cairn_decref(garbage);
    EXPECT_EQ(collect(), 2u);
    EXPECT_EQ(objects(2), "a b x y z");
    EXPECT_EQ(cairn_refcount(variable), 3u);
    EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_OK);
    cairn_decref(variable);
    EXPECT_EQ(collect(), 0u);
    cairn_decref(held);
    EXPECT_EQ(collect(), 5u);
}

/// What a host has on the stack of its interpreter.
struct HostStack {
    std::vector<cairn_object*> values;
    size_t visits = 0;

    static void visit(cairn_visit_fn visit, void* visit_data, void* user_data) {
        auto* stack = static_cast<HostStack*>(user_data);
        ++stack->visits;
        for (cairn_object* value : stack->values) {
            visit(value, visit_data);
        }
    }
};

TEST_F(RootTest, AVisitorShowsWhatIsNotDeclared) {
    HostStack stack;
    cairn_heap_set_root_visitor(heap, &HostStack::visit, &stack);
    cairn_object* garbage = make_ring(logged, {"g", "h"});
    stack.values = {make_ring(plain, {"a", "b"}), nullptr, make(leaf, "leaf")};
    set(garbage, 1, stack.values[0]);
    cairn_decref(garbage);
    EXPECT_EQ(collect(0), 2u);
    EXPECT_EQ(stack.visits, 0u) << "the young are counted";
    EXPECT_EQ(collect(), 0u);
    EXPECT_EQ(stack.visits, 1u);
    EXPECT_EQ(objects(2), "a b");
    cairn_heap_set_root_visitor(heap, nullptr, nullptr);
    EXPECT_EQ(collect(), 0u);
    EXPECT_LE(stack.visits, 1u);
    cairn_clear(&stack.values[2]);
    cairn_decref(stack.values[0]);
    EXPECT_EQ(collect(), 2u);
}

TEST_F(RootTest, WhatAVisitorDoesNotShowIsCounted) {
    HostStack stack;
    cairn_heap_set_root_visitor(heap, &HostStack::visit, &stack);
    cairn_object* variable = make_ring(plain, {"a", "b"});
    EXPECT_EQ(cairn_root_add(heap, &variable), CAIRN_OK);
    stack.values = {make_ring(custom, {"x"}), variable};
    cairn_object* hidden = make_ring(logged, {"c"});
    EXPECT_EQ(collect(), 0u);
    cairn_decref(hidden);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(objects(2), "a b x");
    EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_OK);
    cairn_decref(variable);
    cairn_clear(&stack.values[0]);
    stack.values.clear();
    EXPECT_EQ(collect(), 3u);
    cairn_heap_set_root_visitor(heap, nullptr, nullptr);
}

TEST_F(RootTest, RandomGraphsLoseExactlyWhatNobodyHolds) {
    for (uint32_t seed = 1; seed <= 30; ++seed) {
        std::mt19937 random(seed);
        constexpr size_t kSize = 2000;
        std::vector<cairn_object*> all;
        std::vector<std::vector<size_t>> edges(kSize);
        for (size_t i = 0; i < kSize; ++i) {
            all.push_back(make(random() % 2 == 0 ? plain : custom, std::to_string(i)));
        }
        for (size_t i = 0; i < kSize; ++i) {
            for (size_t s = 0; s < 2; ++s) {
                const size_t to = random() % kSize;
                if (random() % 2 == 0) {
                    set(all[i], s, all[to]);
                    edges[i].push_back(to);
                }
            }
        }
        std::vector<bool> alive(kSize, false);
        std::vector<size_t> stack;
        for (size_t i = 0; i < kSize; ++i) {
            if (random() % 30 != 0) {
                cairn_clear(&all[i]);
                continue;
            }
            if (random() % 2 == 0) {
                EXPECT_EQ(cairn_root_add(heap, &all[i]), CAIRN_OK);
            }
            alive[i] = true;
            stack.push_back(i);
        }
        while (!stack.empty()) {
            const size_t at = stack.back();
            stack.pop_back();
            for (const size_t to : edges[at]) {
                if (!alive[to]) {
                    alive[to] = true;
                    stack.push_back(to);
                }
            }
        }
        collect();
        const auto living = static_cast<size_t>(std::count(alive.begin(), alive.end(), true));
        EXPECT_EQ(usage().objects, living) << "seed " << seed;
        EXPECT_EQ(collect(), 0u);
        EXPECT_TRUE(verify());
        for (size_t i = 0; i < kSize; ++i) {
            (void)cairn_root_remove(heap, &all[i]);
            cairn_clear(&all[i]);
        }
        collect();
        EXPECT_EQ(usage().objects, 0u) << "seed " << seed;
    }
}

TEST_F(RootTest, WhatTheyHoldCountsAmongTheLongLived) {
    std::vector<cairn_object*> variables;
    for (int i = 0; i < 40; ++i) {
        variables.push_back(make_ring(logged, {"a", "b"}));
    }
    for (const bool declared : {false, true}) {
        for (cairn_object*& variable : variables) {
            EXPECT_EQ(declared ? cairn_root_add(heap, &variable) : CAIRN_OK, CAIRN_OK);
        }
        collect();
        EXPECT_EQ(heap->policy.long_lived_total, 80u) << declared;
    }
    for (cairn_object*& variable : variables) {
        EXPECT_EQ(cairn_root_remove(heap, &variable), CAIRN_OK);
        cairn_clear(&variable);
    }
    EXPECT_EQ(collect(), 80u);
}

}  // namespace
}  // namespace cairn_test
