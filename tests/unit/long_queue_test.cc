// SPDX-License-Identifier: MIT
/// A finalizer queue in which very many wait: what a finalizer lets go of comes next, wherever it
/// waited, and neither that nor collections go through all of the queue.
#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "cycle_of_slices.h"
#include "heap_test.h"

namespace cairn_test {
namespace {

/// A tree of objects, made in a random order, that is garbage: its last object refers to its root.
/// The finalizer of each lets go of its children.
class TreeWorld : public World {
  public:
    explicit TreeWorld(uint32_t flags) : World(flags) { log_deaths = false; }

    void make_tree(size_t count, uint32_t seed) {
        std::vector<size_t> order(count);
        for (size_t i = 0; i < count; ++i) {
            order[i] = i;
        }
        std::shuffle(order.begin(), order.end(), std::mt19937(seed));
        std::vector<cairn_object*> nodes(count);
        for (const size_t i : order) {
            nodes[i] = make_fin(std::to_string(i), [this](cairn_object* self) {
                if (before_each != nullptr) {
                    before_each();
                }
                cairn_clear(slot(self, 0));
                cairn_clear(slot(self, 1));
                return CAIRN_OK;
            });
        }
        set(nodes[count - 1], 2, nodes[0]);
        cairn_object* root = nodes[0];
        for (size_t i = 1; i < count; ++i) {
            give(nodes[(i - 1) / 2], (i - 1) % 2, nodes[i]);
        }
        cairn_decref(root);
    }

    /// Collects the tree, and runs what waits with or without memory. Returns the log.
    std::string run(bool with_memory) {
        collect();
        memory.fail_always(!with_memory);
        cairn_finalizers_run(heap, 0, 0);
        memory.fail_always(false);
        EXPECT_TRUE(verify());
        EXPECT_EQ(cairn_finalizers_pending(heap), 0u);
        std::string events = take_log();
        collect();
        EXPECT_EQ(usage().objects, 0u);
        return events;
    }

    std::function<void()> before_each;
};

TEST(LongQueueTest, EqualsInlineOrder) {
    for (uint32_t seed = 0; seed < 20; ++seed) {
        TreeWorld expected(CAIRN_HEAP_CPYTHON_ORDER);
        expected.make_tree(400, seed);
        const std::string inline_order = expected.run(true);
        for (const bool with_memory : {true, false}) {
            TreeWorld queued(CAIRN_HEAP_CPYTHON_ORDER | CAIRN_HEAP_QUEUE_FINALIZERS);
            queued.make_tree(400, seed);
            ASSERT_EQ(queued.run(with_memory), inline_order) << seed << ", " << with_memory;
        }
    }
}

TEST(LongQueueTest, EqualsInlineOrderWhileItGrows) {
    // What the finalizers make needs places, and dies at once.
    std::string logs[2];
    for (const bool queued : {false, true}) {
        TreeWorld world(CAIRN_HEAP_CPYTHON_ORDER | (queued ? CAIRN_HEAP_QUEUE_FINALIZERS : 0));
        std::vector<cairn_object*> made;
        world.before_each = [&world, &made] {
            for (int i = 0; i < 20; ++i) {
                made.push_back(world.make_fin("made"));
            }
            EXPECT_TRUE(world.verify());
        };
        world.make_tree(300, 7);
        (void)world.collect();
        cairn_finalizers_run(world.heap, 0, 0);
        EXPECT_EQ(made.size(), 6000u);
        logs[queued ? 1 : 0] = world.take_log();
        for (cairn_object* object : made) {
            cairn_decref(object);
        }
    }
    EXPECT_EQ(logs[1], logs[0]);
}

/// Objects that only `owner` holds, or hold each other.
std::vector<cairn_object*> make_many(World& world, cairn_object* owner, size_t count) {
    std::vector<cairn_object*> many;
    for (size_t i = 0; i < count; ++i) {
        many.push_back(world.make_fin("many"));
        World::give(i == 0 ? owner : many[i - 1], 0, many[i]);
    }
    return many;
}

// The first finalizer lets go of what waits far away, before or after a collection finds more,
// which then comes next. Of what that found one object is let go of at once, and keeps its place.
// The finalizer from far away lets go of another.
std::string first_five(bool far_comes_before) {
    World world(CAIRN_HEAP_CPYTHON_ORDER | CAIRN_HEAP_QUEUE_FINALIZERS);
    world.log_deaths = false;
    cairn_object* later = nullptr;  // borrowed
    cairn_object* first = world.make_fin("first", [&](cairn_object* self) {
        if (far_comes_before) {
            cairn_clear(World::slot(self, 1));
        }
        later = world.make_fin("later");
        World::set(later, 3, later);
        World::give(later, 1, world.make_fin("stays"));
        (void)make_many(world, later, 40);
        World::give(later, 2, world.make_fin("jumps"));
        cairn_decref(later);
        world.collect(0);
        EXPECT_EQ(cairn_finalizers_pending(world.heap), 201u + 43u);
        cairn_clear(World::slot(later, 1));
        cairn_clear(World::slot(self, 1));
        EXPECT_TRUE(world.verify());
        return CAIRN_OK;
    });
    World::set(first, 3, first);
    const std::vector<cairn_object*> many = make_many(world, first, 100);
    World::give(first, 1, world.make_fin("far", [&](cairn_object*) {
        cairn_clear(World::slot(later, 2));
        EXPECT_TRUE(world.verify());
        return CAIRN_OK;
    }));
    (void)make_many(world, many.back(), 100);
    cairn_decref(first);
    world.collect();
    EXPECT_EQ(cairn_finalizers_pending(world.heap), 202u);
    EXPECT_EQ(cairn_finalizers_run(world.heap, 5, 0), 5u);
    std::string log = world.take_log();
    EXPECT_EQ(cairn_finalizers_run(world.heap, 0, 0), 240u);
    return log;
}

TEST(LongQueueTest, FindsWhatBeganToWaitLater) {
    EXPECT_EQ(first_five(true), "fin first, fin far, fin jumps, fin later, fin stays");
    EXPECT_EQ(first_five(false), "fin first, fin later, fin stays, fin many, fin many");
}

TEST(LongQueueTest, ACollectionOfFewDoesNotTakeThemForGarbage) {
    World world(CAIRN_HEAP_QUEUE_FINALIZERS);
    cairn_object* referent = world.make(world.leaf, "referent");
    std::vector<cairn_object*> refs;
    for (int i = 0; i < 100; ++i) {
        refs.push_back(world.weak(referent, "w"));
    }
    cairn_gc_freeze(world.heap);
    cairn_decref(referent);
    cairn_decref(world.make_ring(world.fin, {"a", "b", "c"}));
    EXPECT_EQ(world.collect(), 0u);
    EXPECT_EQ(cairn_finalizers_pending(world.heap), 103u);
    EXPECT_EQ(world.collect(), 0u);
    EXPECT_TRUE(world.verify());
    cairn_finalizers_run(world.heap, 0, 0);
    EXPECT_EQ(world.collect(), 3u);
    for (cairn_object* ref : refs) {
        cairn_decref(ref);
    }
}

TEST(LongQueueTest, ACycleDoesNotTakeThemForGarbage) {
    TreeWorld world(CAIRN_HEAP_QUEUE_FINALIZERS);
    world.make_tree(1000, 1);
    world.collect();
    ASSERT_EQ(cairn_gc_set_pause_target(world.heap, 1), CAIRN_OK);
    (void)finish_cycle(world.heap);
    cairn_gc_cycle_stats stats = {};
    cairn_gc_get_cycle_stats(world.heap, &stats);
    EXPECT_EQ(stats.cycles, 1u);
    EXPECT_EQ(stats.failed_proofs, 0u);
    EXPECT_EQ(stats.largest_group, 0u);
    EXPECT_EQ(cairn_finalizers_pending(world.heap), 1000u);
}

TEST(LongQueueTest, LettingGoInAnyOrderDoesNotGoThroughAllThatWait) {
    for (const bool at_limit : {false, true}) {
        const auto time_of = [at_limit](size_t count) {
            TreeWorld world(CAIRN_HEAP_QUEUE_FINALIZERS);
            world.make_tree(count, 1);
            (void)world.collect();
            cairn_heap_set_memory_limit(world.heap, at_limit ? 1 : 0);
            const double start = seconds_spent();
            cairn_finalizers_run(world.heap, 0, 0);
            return seconds_spent() - start;
        };
        EXPECT_TRUE(stays_below(60, time_of, 4000U, 80000U)) << at_limit;
    }
}

// Each tenth of the owned items that wait makes a few that are looked for: nothing is noted anew
// for them.
TEST(LongQueueTest, FewThatAreLookedForAgainAndAgainDoNotGoThroughAllThatWait) {
    const auto time_of = [](int count) {
        World world(CAIRN_HEAP_QUEUE_FINALIZERS);
        int ran = 0;
        world.on_finalize("owned", [&world, &ran](cairn_object*) {
            if (++ran % 10 == 0) {
                cairn_object* first = world.make_fin("first", [](cairn_object* self) {
                    cairn_clear(World::slot(self, 1));
                    return CAIRN_OK;
                });
                World::set(first, 3, first);
                const std::vector<cairn_object*> many = make_many(world, first, 60);
                World::set(first, 1, many[30]);
                cairn_clear(World::slot(many[29], 0));
                cairn_decref(first);
                world.collect(0);
            }
            return CAIRN_OK;
        });
        for (int i = 0; i < count; ++i) {
            cairn_decref(world.make(world.fin, "owned"));
        }
        world.log_deaths = false;
        const double start = seconds_spent();
        cairn_finalizers_run(world.heap, 0, 0);
        return seconds_spent() - start;
    };
    EXPECT_TRUE(stays_below(60, time_of, 2000, 40000));
}

// The older half of the weak references to an object that waits, and is saved, waits with it.
TEST(LongQueueTest, SavingAnObjectGoesThroughItsReferencesOnce) {
    const auto time_of = [](int count) {
        World world(CAIRN_HEAP_QUEUE_FINALIZERS);
        cairn_object* saved = nullptr;
        cairn_object* object = world.make_fin("saved", [&saved](cairn_object* self) {
            saved = cairn_new_ref(self);
            return CAIRN_OK;
        });
        std::vector<cairn_object*> refs;
        for (int i = 0; i < 2 * count; ++i) {
            refs.push_back(world.weak(object, "w"));
        }
        cairn_decref(object);
        for (int i = 0; i < count; ++i) {
            cairn_decref(refs[static_cast<size_t>(i)]);
        }
        const double start = seconds_spent();
        cairn_finalizers_run(world.heap, 0, 0);
        const double taken = seconds_spent() - start;
        EXPECT_EQ(cairn_weakref_count(saved), static_cast<size_t>(count));
        for (size_t i = refs.size() / 2; i < refs.size(); ++i) {
            cairn_decref(refs[i]);
        }
        cairn_decref(saved);
        return taken;
    };
    EXPECT_TRUE(stays_below(60, time_of, 1000, 20000));
}

TEST(LongQueueTest, YoungCollectionsDoNotPayForIt) {
    TreeWorld without(CAIRN_HEAP_QUEUE_FINALIZERS);
    TreeWorld with(CAIRN_HEAP_QUEUE_FINALIZERS);
    with.make_tree(100000, 1);
    with.collect();
    EXPECT_EQ(cairn_finalizers_pending(with.heap), 100000u);
    EXPECT_TRUE(stays_below(4, seconds_of_young_collections, without, with));
}

}  // namespace
}  // namespace cairn_test
