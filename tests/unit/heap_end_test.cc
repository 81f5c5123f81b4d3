// SPDX-License-Identifier: MIT
/// The end of a heap whose user code collects, and goes on making and registering things.
#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "cycle_of_slices.h"
#include "heap_test.h"

namespace cairn_test {
namespace {

cairn_status count_call(cairn_object*, void* calls) {
    ++*static_cast<int*>(calls);
    return CAIRN_OK;
}

class EndlessWorld : public World {
  public:
    /// An object whose finalizer makes its successor, and does something.
    void make_endless(std::function<void()> action) {
        action_ = std::move(action);
        make_next();
    }

  private:
    void make_next() {
        cairn_object* next = make_fin("endless", [this](cairn_object*) {
            make_next();
            action_();
            return CAIRN_OK;
        });
        set(next, 0, next);
        cairn_decref(next);
    }

    std::function<void()> action_;
};

TEST(HeapEndlessTest, NoRegisteredFinalizerRunsAfterwards) {
    for (const bool immortal : {false, true}) {
        int calls = 0;
        EndlessWorld world;
        cairn_object* kept = world.make(world.plain, "kept");
        world.make_endless([&] {
            cairn_object* registered = cairn_finalizer_new(kept, &count_call, nullptr, &calls);
            if (registered != nullptr && immortal) {
                cairn_make_immortal(registered);
            } else if (registered != nullptr) {
                cairn_decref(registered);
            }
        });
        ASSERT_EQ(cairn_heap_finalize(world.heap), CAIRN_OK);
        const int before = calls;
        EXPECT_GT(before, 0);
        cairn_finalizers_run_atexit(world.heap);
        cairn_decref(kept);
        world.collect();
        EXPECT_EQ(calls, before);
        EXPECT_TRUE(world.verify());
        world.close();
        EXPECT_EQ(calls, before);
    }
}

// An entry goes with its key although its reference is immortal: its callback is no user code.
TEST(HeapEndTest, EntriesGoAfterwardsToo) {
    World world;
    cairn_object* map = cairn_weakmap_new(world.heap, CAIRN_WEAK_KEY_MAP);
    cairn_object* key = world.make(world.plain, "key");
    cairn_object* value = world.make(world.logged, "value");
    ASSERT_EQ(cairn_weakmap_set(map, key, value), CAIRN_OK);
    cairn_decref(value);
    cairn_object* other = world.weak(key, "other");
    cairn_objects refs{};
    ASSERT_EQ(cairn_weakmap_refs(map, &refs), CAIRN_OK);
    ASSERT_EQ(refs.count, 1u);
    cairn_make_immortal(refs.items[0]);
    cairn_objects_release(world.heap, &refs);
    ASSERT_EQ(cairn_heap_finalize(world.heap), CAIRN_OK);
    cairn_decref(key);
    EXPECT_EQ(world.take_log(), "dealloc value");
    EXPECT_TRUE(world.verify());
    cairn_decref(other);
    cairn_decref(map);
}

TEST(HeapEndlessTest, CollectionsThatAFinalizerHasTurnedOnAreOffAfterwards) {
    static int told;
    told = 0;
    World world;
    cairn_object* object = world.make_fin("a", [&world](cairn_object*) {
        const cairn_gc_callback_fn tell =
            [](cairn_heap*, cairn_gc_phase, const cairn_gc_info*, void*) {
                ++told;
                return CAIRN_OK;
            };
        EXPECT_EQ(cairn_gc_callback_add(world.heap, tell, nullptr), CAIRN_OK);
        cairn_gc_enable(world.heap);
        cairn_gc_set_debug(world.heap, CAIRN_GC_DEBUG_SAVEALL);
        return CAIRN_OK;
    });
    World::set(object, 0, object);
    cairn_decref(object);
    ASSERT_EQ(cairn_heap_finalize(world.heap), CAIRN_OK);
    EXPECT_EQ(cairn_gc_is_enabled(world.heap), 0);
    EXPECT_EQ(cairn_gc_get_debug(world.heap), 0u);
    EXPECT_EQ(cairn_gc_garbage_count(world.heap), 0u);
    const int before = told;
    world.collect();
    EXPECT_EQ(told, before);
}

/// The walk over what is still alive at the end is on a page of one object. Its finalizer lets it
/// die, and the last of many nested deaths comes after that: it makes garbage that is collected,
/// and takes pages for larger cells.
class HeapEndWalkTest : public testing::TestWithParam<bool> {};

TEST_P(HeapEndWalkTest, StaysOnThePageThatIsEmptyMeanwhile) {
    World world;
    std::vector<cairn_object*> page(900);
    for (cairn_object*& object : page) {
        object = world.make(world.fin, "a");
    }
    cairn_type_spec spec = world.leaf_spec("large");
    spec.object_size = 144;
    cairn_type* large = world.type(spec);
    cairn_object* held = page[0];
    std::vector<cairn_object*> taken;
    world.on_finalize("last", [&](cairn_object*) {
        for (int i = 0; i < 5000; ++i) {
            cairn_object* garbage = cairn_new(world.plain);
            World::set(garbage, 0, garbage);
            cairn_decref(garbage);
        }
        if (GetParam()) {
            EXPECT_EQ(cairn_gc_set_pause_target(world.heap, 1000000), CAIRN_OK);
            (void)finish_cycle(world.heap);
        } else {
            EXPECT_EQ(world.collect(), 5000u);
        }
        cairn_heap_trim(world.heap);
        for (int i = 0; i < 20000; ++i) {
            taken.push_back(cairn_new(large));
            auto* words = reinterpret_cast<uint64_t*>(taken.back()) + 3;
            std::fill(words, words + 15, 0x0000000400000005U);
        }
        return CAIRN_OK;
    });
    world.on_finalize("a", [&](cairn_object* self) {
        if (self != std::exchange(held, nullptr)) {
            return CAIRN_OK;
        }
        cairn_object* chain = world.make(world.leaf_fin, "last");
        for (int i = 0; i < 60; ++i) {
            cairn_object* next = world.make(world.custom, "chain");
            World::give(next, 0, chain);
            chain = next;
        }
        World::give(self, 1, chain);
        cairn_decref(self);
        return CAIRN_OK;
    });
    for (size_t i = 1; i < page.size(); ++i) {
        world.relabel(page[i], "b");
        cairn_decref(page[i]);
    }
    EXPECT_EQ(cairn_heap_finalize(world.heap), CAIRN_OK);
    EXPECT_EQ(taken.size(), 20000u);
    EXPECT_TRUE(world.verify());
    for (cairn_object* object : taken) {
        cairn_decref(object);
    }
}

INSTANTIATE_TEST_SUITE_P(CollectsInSlices, HeapEndWalkTest, testing::Bool());

}  // namespace
}  // namespace cairn_test
