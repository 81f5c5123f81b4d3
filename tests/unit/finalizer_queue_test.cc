// SPDX-License-Identifier: MIT
/// The finalizer queue: what waits, in which order it runs, how the host is told.
#include <functional>
#include <vector>

#include "heap/heap.h"
#include "heap_test.h"

namespace cairn_test {
namespace {

class FinalizerQueueTest : public HeapTest {
  public:
    explicit FinalizerQueueTest(uint32_t heap_flags = CAIRN_HEAP_QUEUE_FINALIZERS)
        : HeapTest(heap_flags) {
        cairn_heap_set_finalizers_waiting_hook(heap, &count_told, this);
    }

  protected:
    static void count_told(cairn_heap*, void* me) { ++static_cast<FinalizerQueueTest*>(me)->told; }

    size_t pending() { return cairn_finalizers_pending(heap); }
    size_t run(size_t count = 0, uint64_t ns = 0) { return cairn_finalizers_run(heap, count, ns); }

    int told = 0;
};

TEST_F(FinalizerQueueTest, FinalizersWaitWithTheirObjectsAlive) {
    cairn_object* object = make(fin, "x");
    give(object, 0, make(logged, "held"));
    cairn_object* ref = weak(object);
    cairn_decref(object);
    EXPECT_EQ(take_log(), "");
    EXPECT_EQ(pending(), 1u);
    EXPECT_EQ(deref(ref), "x");
    EXPECT_TRUE(cairn_finalizer_is_waiting(object));
    EXPECT_FALSE(cairn_gc_is_finalized(object));
    EXPECT_EQ(objects(), "held x");
    EXPECT_EQ(cairn_refcount(object), 1u);
    collect();
    EXPECT_EQ(take_log(), "");
    EXPECT_TRUE(verify());
    EXPECT_EQ(run(), 1u);
    EXPECT_EQ(take_log(), "fin x, dealloc held, dealloc x");
    EXPECT_EQ(pending(), 0u);
    EXPECT_EQ(run(), 0u);
    EXPECT_EQ(deref(ref), "-");
    cairn_decref(ref);
}

TEST_F(FinalizerQueueTest, CallbacksWaitWithTheirReferencesCleared) {
    cairn_object* object = make(logged, "x");
    cairn_object* ref = weak(object, "w");
    cairn_decref(object);
    EXPECT_EQ(take_log(), "dealloc x");
    EXPECT_TRUE(cairn_weakref_is_cleared(ref));
    EXPECT_EQ(pending(), 1u);
    cairn_decref(ref);  // The queue holds it.
    EXPECT_EQ(run(), 1u);
    EXPECT_EQ(take_log(), "cb w");
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(FinalizerQueueTest, AResurrectedObjectStaysAndIsSilentNextTime) {
    cairn_object* holder = make(plain, "holder");
    cairn_object* object = make_fin("x", [&](cairn_object* self) {
        EXPECT_FALSE(cairn_finalizer_is_waiting(self));
        EXPECT_TRUE(cairn_gc_is_finalized(self));
        set(holder, 0, self);
        return CAIRN_OK;
    });
    cairn_decref(object);
    EXPECT_EQ(run(), 1u);
    EXPECT_EQ(take_log(), "fin x");
    cairn_decref(holder);
    EXPECT_EQ(pending(), 0u);
    EXPECT_EQ(take_log(), "dealloc x");
}

TEST_F(FinalizerQueueTest, AnObjectRescuedWhileItWaitsIsFinalizedOnceOnly) {
    cairn_object* object = make(fin, "x");
    cairn_object* ref = weak(object);
    cairn_decref(object);
    cairn_object* rescued = cairn_weakref_get(ref);
    EXPECT_EQ(rescued, object);
    EXPECT_EQ(run(), 1u);
    EXPECT_EQ(take_log(), "fin x");
    cairn_decref(rescued);
    EXPECT_EQ(take_log(), "dealloc x");
    EXPECT_EQ(pending(), 0u);
    cairn_decref(ref);
}

TEST_F(FinalizerQueueTest, ErrorsAreReported) {
    cairn_decref(make_fin("x", [](cairn_object*) { return CAIRN_USER_ERROR; }));
    cairn_decref(make_fin("y"));
    EXPECT_EQ(run(), 2u);
    EXPECT_EQ(take_log(), "fin x, unraisable finalizer, dealloc x, fin y, dealloc y");
}

TEST_F(FinalizerQueueTest, BoundsAreKept) {
    for (int i = 0; i < 10; ++i) {
        cairn_decref(make(fin, "x"));
    }
    EXPECT_EQ(pending(), 10u);
    EXPECT_EQ(run(3), 3u);
    EXPECT_EQ(pending(), 7u);
    EXPECT_EQ(run(0, 1), 1u) << "time is up after the first, which always runs";
    EXPECT_EQ(run(2, UINT64_MAX), 2u);
    EXPECT_EQ(run(100, UINT64_MAX), 4u);
    EXPECT_EQ(pending(), 0u);
}

TEST_F(FinalizerQueueTest, TheHostIsToldWhenTheQueueFillsAndWhenSomethingIsLeft) {
    cairn_decref(make(fin, "a"));
    EXPECT_EQ(told, 1);
    cairn_decref(make(fin, "b"));
    cairn_decref(make(fin, "c"));
    EXPECT_EQ(told, 1);
    EXPECT_EQ(run(1), 1u);
    EXPECT_EQ(told, 2);
    EXPECT_EQ(run(), 2u);
    EXPECT_EQ(told, 2);
    cairn_object* ring = make_ring(fin, {"r", "s"});
    cairn_decref(ring);
    EXPECT_EQ(told, 2);
    collect();
    EXPECT_EQ(told, 3);
    run();
    collect();
    EXPECT_EQ(usage().objects, 0u);
    cairn_heap_set_finalizers_waiting_hook(heap, nullptr, nullptr);
    cairn_decref(make(fin, "d"));
    EXPECT_EQ(told, 3);
    run();
}

TEST_F(FinalizerQueueTest, RunningInsideItselfDoesNothing) {
    cairn_decref(make_fin("x", [&](cairn_object*) {
        EXPECT_EQ(run(), 0u);
        EXPECT_EQ(cairn_heap_free(heap), SIZE_MAX);
        return CAIRN_OK;
    }));
    cairn_decref(make(fin, "y"));
    EXPECT_EQ(run(), 2u);
    EXPECT_EQ(take_log(), "fin x, dealloc x, fin y, dealloc y");
}

TEST_F(FinalizerQueueTest, WhatIsSetOffRunsBeforeWhatWaited) {
    cairn_object* x = make(fin, "x");
    give(x, 0, make(fin, "x.0"));
    give(x, 1, make(fin, "x.1"));
    give(get(x, 0), 0, make(fin, "x.0.0"));
    cairn_decref(x);
    cairn_decref(make(fin, "y"));
    EXPECT_EQ(run(), 5u) << "those that are set off count too";
    take_log();
    EXPECT_EQ(pending(), 0u);
}

/// Runs `program` on a heap that delivers inline and on one that queues and drains at once; both
/// must show the finalizers and callbacks in the same order.
void expect_same_order(const std::function<void(World&)>& program) {
    std::string orders[2];
    for (const uint32_t flags : {0u, static_cast<uint32_t>(CAIRN_HEAP_QUEUE_FINALIZERS)}) {
        World world(flags | CAIRN_HEAP_CPYTHON_ORDER);
        program(world);
        cairn_finalizers_run(world.heap, 0, 0);
        for (const std::string& event : world.log()) {
            orders[flags == 0 ? 0 : 1] += event.rfind("dealloc", 0) == 0 ? "" : event + ", ";
        }
        world.take_log();
        cairn_gc_collect(world.heap, 2, nullptr);
    }
    EXPECT_EQ(orders[0], orders[1]);
    EXPECT_NE(orders[0], "");
}

TEST(FinalizerQueueOrderTest, IsTheOrderOfInlineDeliveryForATree) {
    expect_same_order([](World& world) {
        std::function<cairn_object*(int, const std::string&)> tree = [&](int depth,
                                                                         const std::string& name) {
            cairn_object* node = world.make(world.fin, name);
            for (size_t i = 0; depth > 0 && i < 2; ++i) {
                World::give(node, i, tree(depth - 1, name + "." + std::to_string(i)));
            }
            World::give(node, 3, world.weak(node, "own " + name));
            return node;
        };
        cairn_decref(tree(4, "t"));
        cairn_decref(tree(3, "u"));
    });
}

TEST(FinalizerQueueOrderTest, IsTheOrderOfInlineDeliveryForCallbacks) {
    expect_same_order([](World& world) {
        cairn_object* x = world.make(world.fin, "x");
        World::give(x, 0, world.make(world.fin, "child"));
        std::vector<cairn_object*> refs;
        for (const char* label : {"1", "2", "3"}) {
            refs.push_back(world.weak(x, label));
            refs.push_back(world.weak(World::get(x, 0), std::string("child ") + label));
        }
        cairn_decref(x);
        cairn_finalizers_run(world.heap, 0, 0);
        for (cairn_object* ref : refs) {
            cairn_decref(ref);
        }
    });
}

TEST_F(FinalizerQueueTest, TheArgumentOfACallbackIsLetGoRightAfterTheCall) {
    cairn_object* x = make(fin, "x");
    cairn_object* a = make(fin, "a");
    cairn_object* b = make(fin, "b");
    cairn_object* first = weak(x, "1", nullptr, a);
    cairn_object* second = weak(x, "2", nullptr, b);
    for (cairn_object* object : {a, b, x}) {
        cairn_decref(object);
    }
    log_deaths = false;
    EXPECT_EQ(run(), 5u);
    EXPECT_EQ(take_log(), "fin x, cb 2, fin b, cb 1, fin a");
    cairn_decref(first);
    cairn_decref(second);
}

TEST(FinalizerQueueOrderTest, IsTheOrderOfInlineDeliveryInACollection) {
    expect_same_order([](World& world) {
        cairn_object* ring = world.make_ring(world.fin, {"a", "b", "c"});
        cairn_object* first = world.weak(ring, "1");
        cairn_object* second = world.weak(World::get(ring, 0), "2");
        World::give(ring, 1, world.make(world.fin, "branch"));
        cairn_decref(ring);
        cairn_gc_collect(world.heap, 2, nullptr);
        cairn_finalizers_run(world.heap, 0, 0);
        cairn_decref(first);
        cairn_decref(second);
    });
}

TEST_F(FinalizerQueueTest, RegisteredFinalizersWaitToo) {
    cairn_object* object = make(logged, "x");
    cairn_object* finalizer = cairn_finalizer_new(
        object,
        [](cairn_object*, void* user_data) {
            static_cast<World*>(user_data)->note("run f");
            return CAIRN_OK;
        },
        nullptr,
        static_cast<World*>(this));
    cairn_decref(object);
    EXPECT_EQ(take_log(), "dealloc x");
    EXPECT_EQ(pending(), 1u);
    EXPECT_FALSE(cairn_finalizer_is_alive(finalizer));
    EXPECT_EQ(cairn_finalizer_detach(finalizer), 0);
    EXPECT_EQ(run(), 1u);
    EXPECT_EQ(take_log(), "run f");
    cairn_decref(finalizer);
}

TEST_F(FinalizerQueueTest, WeakContainersDoNotWait) {
    cairn_object* set = cairn_weakmap_new(heap, CAIRN_WEAK_SET);
    cairn_object* member = make(logged, "m");
    EXPECT_EQ(cairn_weakset_add(set, member), CAIRN_OK);
    cairn_decref(member);
    EXPECT_EQ(cairn_weakmap_length(set), 0u);
    EXPECT_EQ(pending(), 0u);
    cairn_decref(set);
}

TEST_F(FinalizerQueueTest, FreeingTheHeapDrainsIt) {
    cairn_object* x = make(fin, "x");
    give(x, 0, make(fin, "y"));
    cairn_object* ref = weak(x, "w");
    cairn_decref(x);
    EXPECT_EQ(pending(), 1u);
    close(1);
    EXPECT_EQ(take_log(), "fin x, cb w, fin y, dealloc y, dealloc x");
    (void)ref;
}

TEST_F(FinalizerQueueTest, DeathsNeedNoMemory) {
    std::vector<cairn_object*> refs;
    cairn_object* list = make_array(2000, "list");
    for (size_t i = 0; i < 2000; ++i) {
        *item(list, i) = make(fin, "x");
        refs.push_back(weak(*item(list, i), "w"));
        cairn_decref(cairn_finalizer_new(
            *item(list, i), [](cairn_object*, void*) { return CAIRN_OK; }, nullptr, nullptr));
    }
    memory.fail_always(true);
    const uint64_t requests = memory.requests();
    cairn_decref(list);
    EXPECT_EQ(pending(), 2000u);
    EXPECT_EQ(run(), 6000u);
    EXPECT_EQ(memory.requests(), requests);
    memory.fail_always(false);
    EXPECT_EQ(count_events("fin x"), 2000u);
    EXPECT_EQ(count_events("cb w"), 2000u);
    for (cairn_object* ref : refs) {
        cairn_decref(ref);
    }
}

TEST(FinalizerQueuePlaces, AreOnlyForReferencesThatMayCallBackLater) {
    const auto tables_of = [](uint32_t flags, bool with_callback) {
        World world(flags);
        std::vector<cairn_object*> made;
        const size_t before = world.usage().table_bytes;
        for (int i = 0; i < 1000; ++i) {
            made.push_back(world.make(world.leaf, "referent"));
            made.push_back(with_callback ? world.weak(made.back(), "w") : World::weak(made.back()));
        }
        const size_t after = world.usage().table_bytes;
        for (size_t i = made.size(); i-- > 0;) {
            cairn_decref(made[i]);
        }
        return after - before;
    };
    const size_t inline_without = tables_of(0, false);
    EXPECT_EQ(tables_of(0, true), inline_without);
    EXPECT_EQ(tables_of(CAIRN_HEAP_QUEUE_FINALIZERS, false), inline_without);
    EXPECT_GT(tables_of(CAIRN_HEAP_QUEUE_FINALIZERS, true), inline_without);
}

TEST_F(FinalizerQueueTest, TheRingIsReusedAndOnlyGrowsWithWhatMayWait) {
    size_t tables = 0;
    for (int i = 0; i < 5000; ++i) {
        cairn_decref(make(fin, "x"));
        cairn_object* object = make(logged, "y");
        cairn_decref(weak(object, "never called"));
        cairn_decref(object);
        run();
        tables = i == 100 ? usage().table_bytes : tables;
    }
    EXPECT_EQ(usage().table_bytes, tables);
    EXPECT_EQ(count_events("cb never called"), 0u);
}

class TypeQueueTest : public FinalizerQueueTest {
  public:
    TypeQueueTest() : FinalizerQueueTest(0) {}
};

TEST_F(TypeQueueTest, OnlyFinalizersOfTheTypeWait) {
    cairn_type_spec spec = node_spec("waits");
    spec.flags = CAIRN_TYPE_QUEUE_FINALIZER;
    spec.finalize = [](cairn_object* self) {
        static_cast<World*>(cairn_type_user_data(cairn_type_of(self)))->note("fin waits");
        return CAIRN_OK;
    };
    cairn_type* waits = type(spec);
    cairn_object* object = cairn_new(waits);
    cairn_object* ref = weak(object, "w");
    cairn_decref(make(fin, "inline"));
    EXPECT_EQ(take_log(), "fin inline, dealloc inline");
    cairn_decref(object);
    EXPECT_EQ(take_log(), "");
    EXPECT_EQ(pending(), 1u);
    EXPECT_EQ(told, 1);
    EXPECT_EQ(run(), 1u);
    EXPECT_EQ(take_log(), "fin waits, cb w");
    cairn_decref(ref);
}

// An item makes garbage that waits without a counted reference, and drops what holds it: it is
// among what the item has set off already, and stays at its place there.
TEST_F(FinalizerQueueTest, WhatAnItemFoundAndLetGoKeepsItsPlace) {
    cairn_object* a = make_fin("a", [&](cairn_object*) {
        cairn_object* b = make(fin, "b");
        cairn_object* c = make(fin, "c");
        set(b, 0, b);
        set(c, 0, c);
        cairn_decref(b);
        cairn_decref(c);
        collect();
        EXPECT_EQ(pending(), 3u);
        cairn_clear(slot(b, 0));
        EXPECT_TRUE(verify());
        return CAIRN_OK;
    });
    cairn_object* waits = make(fin, "waits");
    cairn_decref(a);
    cairn_decref(waits);
    run();
    EXPECT_EQ(take_log(), "fin a, dealloc a, fin b, dealloc b, fin c, fin waits, dealloc waits");
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(usage().objects, 0u);
}

// As many references from outside as a side byte counts, and the queue's, which is not counted.
TEST_F(FinalizerQueueTest, AWaitingObjectMayHaveAnyNumberOfReferences) {
    for (uint64_t more = 120; more < 140; ++more) {
        cairn_object* a = make_fin("a");
        set(a, 0, a);
        cairn_decref(a);
        collect();
        ASSERT_EQ(pending(), 1u);
        cairn_add_references_for_testing(a, more);
        cairn_clear(slot(a, 0));
        EXPECT_EQ(collect(), 0u);
        EXPECT_TRUE(verify());
        for (uint64_t i = 0; i < more; ++i) {
            cairn_decref(a);
        }
        EXPECT_EQ(run(), 1u);
        EXPECT_EQ(take_log(), "fin a, dealloc a");
    }
}

TEST_F(FinalizerQueueTest, AReferenceWithoutAPlaceForItsCallbackIsRefused) {
    cairn_object* a = make(plain, "a");
    cairn_fail_allocation_for_testing(heap, 1);
    EXPECT_EQ(cairn_weakref_new(a, callback(), nullptr, callback_data("w")), nullptr);
    cairn_fail_allocation_for_testing(heap, 0);
    EXPECT_EQ(cairn_weakref_count(a), 0u);
    EXPECT_TRUE(verify());
    cairn_decref(weak(a, "w"));
    cairn_decref(a);
    EXPECT_EQ(take_log(), "");
}

TEST_F(FinalizerQueueTest, WhatIsNotMadeGivesItsPlaceBack) {
    cairn_object* a = make(leaf, "a");
    const std::function<cairn_object*()> ways[] = {
        [&] { return cairn_new(fin); },
        [&] { return cairn_weakref_new(a, callback(), nullptr, nullptr); },
        [&] {
            return cairn_finalizer_new(
                a, [](cairn_object*, void*) { return CAIRN_OK; }, nullptr, nullptr);
        },
    };
    const auto make_and_drop = [&](const std::function<cairn_object*()>& way) {
        cairn_object* made = way();
        EXPECT_EQ(heap->queue.reserved, 1u);
        if (cairn_is_finalizer(made) != 0) {
            EXPECT_EQ(cairn_finalizer_detach(made), 1);
        }
        cairn_decref(made);
        (void)run();
        EXPECT_EQ(heap->queue.reserved, 0u);
    };
    for (const auto& way : ways) {
        make_and_drop(way);  // Types and places are there now, but no page that has room.
        cairn_heap_trim(heap);
        cairn_heap_set_memory_limit(heap, 1);
        EXPECT_EQ(way(), nullptr);
        EXPECT_EQ(heap->queue.reserved, 0u);
        cairn_heap_set_memory_limit(heap, 0);
        make_and_drop(way);
    }
    cairn_decref(a);
}

TEST_F(FinalizerQueueTest, TrimGivesBackPlacesThatAreMuchMoreThanNeeded) {
    log_deaths = false;
    std::vector<cairn_object*> held;
    while (held.size() < 64) {
        held.push_back(make(fin, ""));
    }
    const auto capacity_with = [&](size_t count) {
        for (; held.size() > count; held.pop_back()) {
            cairn_decref(held.back());
        }
        run();
        cairn_heap_trim(heap);
        return heap->queue.capacity;
    };
    EXPECT_EQ(capacity_with(64), 64u);
    EXPECT_EQ(capacity_with(17), 64u) << "half of them are needed";
    EXPECT_EQ(capacity_with(16), 16u);
    EXPECT_EQ(capacity_with(0), 16u);
}

// Each item is the next then, wherever it waits.
TEST_F(FinalizerQueueTest, AFinalizerThatEmptiesALongList) {
    cairn_collect_every_for_testing(heap, 0);
    struct List {
        cairn_object head;
        cairn_buffer items;
    };
    cairn_type_spec spec = {};
    spec.name = "list";
    spec.object_size = sizeof(List);
    spec.buffer_offset = offsetof(List, items);
    spec.finalize = [](cairn_object* self) { return cairn_buffer_clear(self); };
    for (const uint32_t flags : {0U, uint32_t{CAIRN_TYPE_ARRAY_BACKWARDS}}) {
        spec.flags = flags;
        cairn_type* const list_type = type(spec);
        log_deaths = false;
        const auto time_of = [&](size_t count) {
            cairn_object* list = cairn_new(list_type);
            EXPECT_EQ(cairn_buffer_resize(list, count), CAIRN_OK);
            auto** items =
                static_cast<cairn_object**>(reinterpret_cast<List*>(list)->items.records);
            for (size_t i = 0; i < count; ++i) {
                items[i] = make(fin, "");
                set(items[i], 0, list);
            }
            cairn_decref(list);
            collect();
            EXPECT_EQ(pending(), count + 1);
            const double start = seconds_spent();
            EXPECT_EQ(run(), count + 1);
            const double taken = seconds_spent() - start;
            EXPECT_EQ(usage().objects, 0u);
            return taken;
        };
        EXPECT_TRUE(stays_below(60, time_of, 3000U, 60000U));
    }
}

}  // namespace
}  // namespace cairn_test
