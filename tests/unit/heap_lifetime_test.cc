// SPDX-License-Identifier: MIT
/// The birth and the end of a heap.
#include "heap_test.h"

namespace cairn_test {
namespace {

TEST(HeapBirthTest, OptionsAreOptional) {
    cairn_heap* heap = cairn_heap_new(nullptr);
    ASSERT_NE(heap, nullptr);
    EXPECT_EQ(cairn_heap_user_data(heap), nullptr);
    EXPECT_TRUE(cairn_verify_for_testing(heap));
    EXPECT_EQ(cairn_heap_free(heap), 0u);
}

TEST(HeapBirthTest, DefaultsAreFilledIn) {
    cairn_heap_options options;
    cairn_heap_options_init(&options);
    EXPECT_EQ(options.size, sizeof(cairn_heap_options));
    EXPECT_EQ(options.flags, 0u);
    EXPECT_EQ(options.allocator.allocate, nullptr);
    EXPECT_EQ(options.allocator.release, nullptr);
    EXPECT_EQ(options.memory_limit, 0u);
    EXPECT_EQ(options.soft_limit, 0u);
    EXPECT_EQ(options.on_unraisable, nullptr);
    int data = 0;
    options.user_data = &data;
    cairn_heap* heap = cairn_heap_new(&options);
    ASSERT_NE(heap, nullptr);
    EXPECT_EQ(cairn_heap_user_data(heap), &data);
    EXPECT_EQ(cairn_heap_free(heap), 0u);
}

TEST(HeapBirthTest, HalfAnAllocatorMakesNoSense) {
    CountingAllocator memory;
    cairn_heap_options options;
    cairn_heap_options_init(&options);
    options.allocator = memory.vtable();
    options.allocator.release = nullptr;
    EXPECT_EQ(cairn_heap_new(&options), nullptr);
    options.allocator = memory.vtable();
    options.allocator.allocate = nullptr;
    EXPECT_EQ(cairn_heap_new(&options), nullptr);
    EXPECT_EQ(memory.requests(), 0u);
}

TEST(HeapBirthTest, ManyHeapsCanLiveAtOnce) {
    std::deque<World> worlds(20);
    std::vector<cairn_object*> objects;
    for (World& world : worlds) {
        objects.push_back(world.make_ring(world.logged, {"a", "b"}));
        EXPECT_EQ(cairn_heap_of(objects.back()), world.heap);
    }
    for (size_t i = 0; i < worlds.size(); ++i) {
        EXPECT_EQ(worlds[i].usage().objects, 2u);
        EXPECT_EQ(worlds[i].objects(), "a b");
        cairn_decref(objects[i]);
        EXPECT_EQ(worlds[i].collect(), 2u);
        EXPECT_EQ(worlds[i].take_sorted_log(), "dealloc a, dealloc b");
    }
}

TEST(HeapBirthTest, EmptyHeapIsSmall) {
    World world;
    EXPECT_LT(world.memory.bytes(), size_t{2} << 20);
    cairn_decref(world.make(world.plain, "a"));
    EXPECT_LT(world.memory.bytes(), size_t{8} << 20);
}

TEST(HeapEndTest, NullHeapHasEnded) {
    EXPECT_EQ(cairn_heap_free(nullptr), 0u);
}

TEST(HeapEndTest, ObjectsThatAreStillAliveAreCounted) {
    World world;
    (void)world.make(world.plain, "a");
    (void)world.make(world.leaf, "b");
    (void)world.make_ring(world.logged, {"c", "d"});
    world.close(4);
}

TEST(HeapEndTest, ObjectsHeldByHeldObjectsAreCountedToo) {
    World world;
    cairn_object* a = world.make(world.plain, "a");
    World::give(a, 0, world.make(world.plain, "b"));
    World::give(World::get(a, 0), 0, world.make(world.leaf, "c"));
    world.close(3);
}

TEST(HeapEndTest, HeldWeakReferencesAreCountedToo) {
    World world;
    cairn_object* a = world.make(world.leaf, "a");
    (void)World::weak(a);
    cairn_decref(a);
    world.close(1);
}

TEST(HeapEndTest, GarbageIsCollectedFirst) {
    World world;
    cairn_object* w = world.weak(world.make_ring(world.fin, {"a", "b"}), "w");
    cairn_object* a = cairn_weakref_get(w);
    cairn_decref(a);
    cairn_decref(a);
    world.close(1);  // The weak reference itself.
    EXPECT_EQ(world.take_sorted_log(), "cb w, dealloc a, dealloc b, fin a, fin b");
}

TEST(HeapEndTest, LivingObjectsAreFinalizedAndDeallocatedOnce) {
    World world;
    cairn_object* a = world.make(world.fin, "a");
    World::give(a, 0, world.make(world.custom, "b"));
    World::give(a, 1, world.make(world.leaf_fin, "c"));
    World::give(a, 2, world.make_array(3, "d"));
    world.close(4);
    EXPECT_EQ(world.take_sorted_log(),
              "dealloc a, dealloc b, dealloc c, dealloc d, fin a, fin b, fin c");
}

TEST(HeapEndTest, FinalizersRunBeforeAnythingIsTakenApart) {
    World world;
    cairn_object* a = nullptr;
    a = world.make_fin("a", [&](cairn_object* self) {
        EXPECT_EQ(world.label_of(World::get(self, 0)), "b");
        return CAIRN_OK;
    });
    World::give(a, 0, world.make_fin("b", [&](cairn_object*) {
        EXPECT_EQ(world.label_of(a), "a");
        return CAIRN_OK;
    }));
    world.close(2);
    EXPECT_EQ(world.take_sorted_log(), "dealloc a, dealloc b, fin a, fin b");
}

TEST(HeapEndTest, FinalizersThatRanAreNotRunAgain) {
    World world;
    cairn_object* kept = nullptr;
    cairn_object* a = world.make_fin("a", [&](cairn_object* self) {
        cairn_set(&kept, self);
        return CAIRN_OK;
    });
    cairn_decref(a);
    world.close(1);
    EXPECT_EQ(world.take_log(), "fin a, dealloc a");
}

TEST(HeapEndTest, FinalizersMayAllocateLinkAndResurrectToTheLast) {
    World world;
    cairn_object* kept = nullptr;
    cairn_object* a = world.make_fin("a", [&](cairn_object* self) {
        kept = cairn_new_ref(self);  // In vain.
        World::give(self, 1, world.make(world.fin, "late"));
        cairn_decref(world.make_ring(world.logged, {"x", "y"}));
        return CAIRN_OK;
    });
    World::set(a, 0, a);
    cairn_decref(a);
    EXPECT_TRUE(world.verify());
    EXPECT_GT(cairn_heap_free(world.heap), 0u);
    world.heap = nullptr;
    EXPECT_EQ(world.memory.blocks(), 0u);
    for (const char* label : {"a", "late", "x", "y"}) {
        EXPECT_EQ(world.count_events(std::string("dealloc ") + label), 1u) << label;
    }
    EXPECT_EQ(world.count_events("fin a"), 1u);
    EXPECT_LE(world.count_events("fin late"), 1u);
}

TEST(HeapEndTest, WhatFinalizersMakeAtTheEndIsFinalizedToo) {
    for (const bool held : {true, false}) {
        World world;
        cairn_object* first = world.make_fin("first", [&world](cairn_object* self) {
            World::give(self, 1, world.make_fin("second", [&world](cairn_object* second) {
                World::give(second, 1, world.make_fin("third"));
                return CAIRN_OK;
            }));
            return CAIRN_OK;
        });
        World::set(first, 0, first);
        if (!held) {
            cairn_decref(first);
        }
        EXPECT_EQ(cairn_heap_free(std::exchange(world.heap, nullptr)), held ? 3u : 0u);
        for (const char* label : {"first", "second", "third"}) {
            EXPECT_EQ(world.count_events(std::string("fin ") + label), 1u) << label;
            EXPECT_EQ(world.count_events(std::string("dealloc ") + label), 1u) << label;
        }
    }
}

TEST(HeapEndTest, FinalizersThatAreRegisteredAtTheEndRun) {
    World world;
    int ran = 0;
    const auto function = [](cairn_object*, void* count) {
        ++*static_cast<int*>(count);
        return CAIRN_OK;
    };
    cairn_object* kept = world.make_fin("kept", [&](cairn_object* self) {
        cairn_decref(cairn_finalizer_new(self, function, nullptr, &ran));
        return CAIRN_OK;
    });
    EXPECT_EQ(cairn_heap_free(std::exchange(world.heap, nullptr)), 1u);
    EXPECT_EQ(ran, 1);
    EXPECT_NE(kept, nullptr);
}

// An object whose finalizer makes its successor: the end gives up after 16 rounds.
TEST(HeapEndTest, AnEndlessLineOfSuccessorsEnds) {
    World world;
    cairn_object* last = nullptr;
    const Action make_successor = [&](cairn_object*) {
        last = world.make(world.fin, "successor");
        return CAIRN_OK;
    };
    last = world.make_fin("successor", make_successor);
    const size_t left = cairn_heap_free(std::exchange(world.heap, nullptr));
    const size_t finalized = world.count_events("fin successor");
    EXPECT_GE(finalized, 16u);
    EXPECT_LT(finalized, 100000u);
    EXPECT_EQ(left, finalized + 1);
    EXPECT_EQ(world.count_events("dealloc successor"), left);
    EXPECT_NE(last, nullptr);
}

TEST(HeapEndTest, ImmortalObjectsAreNotHeldBySomebody) {
    World world;
    cairn_object* a = world.make(world.fin, "a");
    World::give(a, 0, world.make(world.logged, "b"));
    cairn_make_immortal(a);
    world.close(0);
    EXPECT_EQ(world.count_events("dealloc a"), 1u);
    EXPECT_EQ(world.count_events("dealloc b"), 1u);
    EXPECT_EQ(world.count_events("fin a"), 1u);
}

// They have a call to make, for which they need what they refer to.
TEST(HeapEndTest, ImmortalReferencesAndFinalizersStillCall) {
    World world;
    cairn_object* kept = world.make(world.logged, "kept");
    bool ran = false;
    (void)world.make_fin("a", [&](cairn_object*) {
        cairn_object* finalizer = cairn_finalizer_new(
            kept,
            [](cairn_object*, void* data) {
                *static_cast<bool*>(data) = true;
                return CAIRN_OK;
            },
            nullptr,
            &ran);
        cairn_make_immortal(finalizer);
        return CAIRN_OK;
    });
    cairn_object* holder = world.make(world.logged, "holder");
    World::give(holder, 0, world.make(world.logged, "x"));
    cairn_object* argument = world.make(world.logged, "argument");
    cairn_object* seen = nullptr;
    cairn_object* ref = world.weak(
        World::get(holder, 0),
        "w",
        [&](cairn_object* self) {
            seen = cairn_weakref_argument(self);
            return CAIRN_OK;
        },
        argument);
    cairn_decref(argument);
    cairn_make_immortal(ref);
    cairn_make_immortal(holder);
    EXPECT_GT(cairn_heap_free(std::exchange(world.heap, nullptr)), 0u);
    EXPECT_TRUE(ran);
    EXPECT_EQ(world.count_events("cb w"), 1u);
    EXPECT_EQ(world.count_events("dealloc argument"), 1u);
}

TEST(HeapEndTest, FinalizersThatRegisterOthersForEverEnd) {
    World world;
    cairn_object* held = cairn_new(world.plain);
    size_t runs = 0;
    std::function<cairn_status(cairn_object*)> again = [&](cairn_object*) {
        ++runs;
        cairn_object* next = world.make_fin("next", again);
        cairn_object* registered = cairn_finalizer_new(
            held, [](cairn_object*, void*) { return CAIRN_OK; }, next, nullptr);
        cairn_decref(next);
        if (registered != nullptr) {  // Not in the last round.
            EXPECT_EQ(cairn_finalizer_set_atexit(registered, 0), CAIRN_OK);
            cairn_decref(registered);
        }
        return CAIRN_OK;
    };
    cairn_object* first = world.make_fin("first", again);
    cairn_decref(first);
    EXPECT_EQ(runs, 1u);
    EXPECT_GT(cairn_heap_free(std::exchange(world.heap, nullptr)), 0u);
    EXPECT_LE(runs, 1000u);
}

TEST(HeapEndTest, UserCodeMayChangeAnImmortalObjectThatIsBeingCleared) {
    World world;
    cairn_object* module = cairn_new(world.type(world.function_spec("module")));
    cairn_make_immortal(module);
    cairn_set_consume(World::slot(module, 0), cairn_new(world.plain));
    cairn_set_consume(World::slot(module, 1), cairn_new(world.plain));
    cairn_object* ref = cairn_weakref_new(
        World::get(module, 0),
        [](cairn_object*, cairn_object*, void* data) {
            cairn_clear(World::slot(static_cast<cairn_object*>(data), 1));
            return CAIRN_OK;
        },
        nullptr,
        module);
    cairn_make_immortal(ref);
}

TEST(HeapEndTest, WhatAnImmortalReferenceWouldHaveCalledWithIsNotLeaked) {
    World world;
    cairn_object* immortal = world.make(world.logged, "immortal");
    cairn_make_immortal(immortal);
    cairn_object* argument = world.make(world.logged, "argument");
    cairn_make_immortal(world.weak(immortal, "w", nullptr, argument));
    cairn_decref(argument);
    world.close(0);
    EXPECT_EQ(world.count_events("cb w"), 0u);
    EXPECT_EQ(world.count_events("dealloc argument"), 1u);
}

TEST(HeapEndTest, WhatTheLastDeathsMakeIsFinalizedToo) {
    for (const bool in_a_cycle : {false, true}) {
        World world;
        cairn_object* holder = world.make(world.logged, "holder");
        World::give(holder, 0, world.make(world.logged, "x"));
        if (in_a_cycle) {
            World::set(World::get(holder, 0), 0, World::get(holder, 0));
        }
        (void)world.weak(World::get(holder, 0), "w", [&](cairn_object*) {
            (void)world.make_fin("late");
            return CAIRN_OK;
        });
        cairn_make_immortal(holder);
        EXPECT_EQ(cairn_heap_free(std::exchange(world.heap, nullptr)), 2u);
        EXPECT_EQ(world.count_events("cb w"), 1u);
        EXPECT_EQ(world.count_events("fin late"), 1u);
    }
}

TEST(HeapEndTest, ARefusalLeavesAFinalizedHeapAsItWas) {
    World world(CAIRN_HEAP_QUEUE_FINALIZERS);
    ASSERT_EQ(cairn_heap_finalize(world.heap), CAIRN_OK);
    const cairn_gc_callback_fn try_it =
        [](cairn_heap* heap, cairn_gc_phase, const cairn_gc_info*, void*) {
            EXPECT_EQ(cairn_heap_free(heap), SIZE_MAX);
            return CAIRN_OK;
        };
    ASSERT_EQ(cairn_gc_callback_add(world.heap, try_it, nullptr), CAIRN_OK);
    world.collect();
    const size_t before = world.usage().table_bytes;
    for (int i = 0; i < 10000; ++i) {
        cairn_decref(world.make(world.fin, "a"));
    }
    EXPECT_EQ(world.usage().table_bytes, before);
    EXPECT_EQ(cairn_gc_callback_remove(world.heap, try_it, nullptr), CAIRN_OK);
}

class FinalizedHeapTest : public testing::TestWithParam<bool> {};

TEST_P(FinalizedHeapTest, GivesMemoryBack) {
    World world;
    world.log_deaths = false;
    cairn_object* held = nullptr;
    held = world.make_fin("held", [&](cairn_object*) {
        if (GetParam()) {
            cairn_clear(&held);
        }
        return CAIRN_OK;
    });
    ASSERT_EQ(cairn_heap_finalize(world.heap), CAIRN_OK);
    EXPECT_EQ(held == nullptr, GetParam());
    std::vector<cairn_object*> more;
    for (int i = 0; i < 100000; ++i) {
        more.push_back(cairn_new(world.plain));
    }
    for (cairn_object* object : more) {
        cairn_decref(object);
    }
    const size_t before = world.usage().reserved_bytes;
    cairn_heap_trim(world.heap);
    EXPECT_LT(world.usage().reserved_bytes, before);
    cairn_clear(&held);
}

INSTANTIATE_TEST_SUITE_P(LetsGoOfTheLastObject, FinalizedHeapTest, testing::Bool());

TEST(HeapEndTest, NothingIsRegisteredWhereTheSoftLimitHookFinalizesTheHeap) {
    World world;
    cairn_object* a = world.make(world.logged, "a");
    int calls = 0;
    const cairn_soft_limit_fn hook = [](cairn_heap* heap, size_t, void* data) {
        ++*static_cast<int*>(data);
        EXPECT_EQ(cairn_heap_finalize(heap), CAIRN_OK);
    };
    cairn_heap_set_soft_limit(world.heap, 1, hook, &calls);
    const cairn_finalizer_fn function = [](cairn_object*, void*) { return CAIRN_OK; };
    EXPECT_EQ(cairn_finalizer_new(a, function, nullptr, nullptr), nullptr);
    EXPECT_EQ(calls, 1);
    cairn_heap_set_soft_limit(world.heap, 1, hook, &calls);
    cairn_decref(world.make(world.logged, "b"));
    EXPECT_EQ(calls, 1);
    cairn_decref(a);
}

TEST(HeapEndTest, FrozenObjectsEndToo) {
    World world;
    cairn_object* a = world.make_ring(world.logged, {"a", "b"});
    cairn_gc_freeze(world.heap);
    cairn_decref(a);
    (void)world.make(world.logged, "c");
    cairn_gc_freeze(world.heap);
    world.close(1);
    EXPECT_EQ(world.take_sorted_log(), "dealloc a, dealloc b, dealloc c");
}

TEST(HeapEndTest, UntrackedObjectsEndToo) {
    World world;
    cairn_object* a = world.make_ring(world.by_hand, {"a", "b"});
    cairn_decref(a);
    const size_t held = cairn_heap_free(world.heap);
    world.heap = nullptr;
    EXPECT_LE(held, 2u);
    EXPECT_EQ(world.memory.blocks(), 0u);
    EXPECT_EQ(world.take_sorted_log(), "dealloc a, dealloc b");
}

TEST(HeapEndTest, CustomTypesGiveBackTheirBuffers) {
    struct Holder {
        cairn_object head;
        uint64_t label;
        char* buffer;
        static void release(cairn_object* self) {
            delete[] reinterpret_cast<Holder*>(self)->buffer;
        }
    };
    World world;
    cairn_type_spec spec = world.leaf_spec("holder");
    spec.object_size = sizeof(Holder);
    spec.dealloc = &Holder::release;
    cairn_type* holder = world.type(spec);
    for (int i = 0; i < 1000; ++i) {
        cairn_object* a = cairn_new(holder);
        reinterpret_cast<Holder*>(a)->buffer = new char[100];
        if (i % 2 == 0) {
            cairn_decref(a);
        }
    }
    world.close(500);  // A leak checker sees whether the buffers are gone.
}

TEST(HeapEndTest, RefusedFromAFinalizerACallbackAndACollection) {
    World world;
    const auto try_it = [&](cairn_object*) {
        EXPECT_EQ(cairn_heap_free(world.heap), SIZE_MAX);
        return CAIRN_OK;
    };
    cairn_object* a = world.make_fin("a", try_it);
    cairn_object* w = world.weak(a, "w", try_it);
    cairn_decref(a);
    cairn_object* b = world.make_fin("b", try_it);
    World::set(b, 0, b);
    cairn_object* v = world.weak(b, "v", try_it);
    cairn_decref(b);
    EXPECT_EQ(world.collect(), 1u);
    EXPECT_EQ(world.take_log(), "fin a, cb w, dealloc a, cb v, fin b, dealloc b");
    cairn_decref(w);
    cairn_decref(v);
}

TEST(HeapEndTest, RefusedFromAFinalizerThatTheEndItselfRuns) {
    World world;
    (void)world.make_fin("a", [&](cairn_object*) {
        EXPECT_EQ(cairn_heap_free(world.heap), SIZE_MAX);
        return CAIRN_OK;
    });
    world.close(1);
    EXPECT_EQ(world.take_log(), "fin a, dealloc a");
}

TEST(HeapEndTest, EverySizeOfObjectIsGivenBack) {
    World world;
    size_t held = 0;
    for (const size_t count : {0u, 1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u}) {
        for (int i = 0; i < 5; ++i) {
            (void)world.make_array(count, "a");
            ++held;
        }
    }
    world.close(held);
}

TEST(HeapEndTest, RootsAndCallbacksNeedNotBeRemovedFirst) {
    cairn_object* variable = nullptr;
    World world;
    EXPECT_EQ(cairn_root_add(world.heap, &variable), CAIRN_OK);
    EXPECT_EQ(cairn_gc_callback_add(
                  world.heap,
                  [](cairn_heap*, cairn_gc_phase, const cairn_gc_info*, void*) { return CAIRN_OK; },
                  nullptr),
              CAIRN_OK);
    world.close();
}

}  // namespace
}  // namespace cairn_test
