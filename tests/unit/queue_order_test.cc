// SPDX-License-Identifier: MIT
/// A drained queue gives the order of inline delivery: the same random structures and the same user
/// code in two heaps, one that delivers inline and one that queues.
#include <random>

#include "heap_test.h"

namespace cairn_test {
namespace {

constexpr size_t kObjects = 12;

/// One heap with its objects: rings through slot 0, and chains through slot 1. What they are and do
/// follows from a seed alone. Each object has one owner: user code of what waits runs when the
/// death that led to it is over, and could let go of what its owner had shared with it.
class Structure {
  public:
    Structure(uint32_t seed, uint32_t flags) : world_(flags), random_(seed) {
        while (owned_.size() < kObjects) {
            add_ring(1 + below(4));
        }
        for (size_t i = 0; i < kObjects; ++i) {
            cairn_object* owner = owned_[below(owned_.size())];
            if (World::get(owner, 1) == nullptr) {
                cairn_object* child = make();
                World::give(owner, 1, child);
                owned_.push_back(child);
            }
        }
    }

    /// Lets go of the rings in an order of the seed's, and returns all that user code noted.
    std::string run() {
        while (!rings_.empty()) {
            const size_t i = below(rings_.size());
            cairn_object* ring = rings_[i];
            rings_.erase(rings_.begin() + static_cast<std::ptrdiff_t>(i));
            cairn_decref(ring);
            settle(below(3) == 0 ? 3 : 0);
        }
        settle(4);
        while (!kept_.empty()) {
            cairn_object* kept = kept_.back();
            kept_.pop_back();
            cairn_decref(kept);
            settle(4);
        }
        for (cairn_object* ref : refs_) {
            cairn_decref(ref);
        }
        EXPECT_TRUE(world_.verify());
        return text_;
    }

  private:
    size_t below(size_t limit) { return random_() % limit; }

    cairn_object* make() {
        const std::string label = std::to_string(++made_);
        cairn_object* object = world_.make(below(4) == 0 ? world_.custom : world_.fin, label);
        world_.on_finalize(label, action());
        if (below(3) == 0) {
            refs_.push_back(world_.weak(object, "w" + label));
        }
        return object;
    }

    void add_ring(size_t size) {
        cairn_object* first = make();
        owned_.push_back(first);
        cairn_object* last = first;
        for (size_t i = 1; i < size; ++i) {
            cairn_object* next = make();
            owned_.push_back(next);
            World::give(last, 0, next);
            last = next;
        }
        World::set(last, 0, first);
        rings_.push_back(first);
    }

    /// Runs what waits, then collects so many times, and runs what waits after each.
    void settle(int collections) {
        cairn_finalizers_run(world_.heap, 0, 0);
        for (int i = 0; i < collections; ++i) {
            world_.collect();
            cairn_finalizers_run(world_.heap, 0, 0);
        }
        for (const std::string& event : world_.log()) {
            text_ += event.compare(0, 7, "dealloc") == 0 ? "" : event + " ";
        }
        (void)world_.take_log();
    }

    /// What a finalizer does.
    Action action() {
        switch (below(5)) {
            case 0:
            case 1:
                return [](cairn_object* self) {
                    cairn_clear(World::slot(self, 1));
                    return CAIRN_OK;
                };
            case 2:
                return [this](cairn_object* self) {
                    kept_.push_back(cairn_new_ref(self));
                    return CAIRN_OK;
                };
            default:
                return nullptr;
        }
    }

    World world_;
    std::mt19937 random_;
    size_t made_ = 0;
    std::vector<cairn_object*> rings_;  // owned
    std::vector<cairn_object*> owned_;  // by others
    std::vector<cairn_object*> refs_;   // alive throughout: the tests below are about others
    std::vector<cairn_object*> kept_;
    std::string text_;
};

// Collections go by address in other heaps, and two heaps have other addresses.
TEST(QueueOrderTest, EqualsInlineOrderForRandomStructures) {
    for (const uint32_t flags : {0U, uint32_t{CAIRN_HEAP_FINALIZERS_FIRST}}) {
        for (uint32_t seed = 0; seed < 1000; ++seed) {
            const uint32_t ordered = flags | CAIRN_HEAP_CPYTHON_ORDER;
            const std::string inline_order = Structure(seed, ordered).run();
            const std::string queued = Structure(seed, ordered | CAIRN_HEAP_QUEUE_FINALIZERS).run();
            ASSERT_EQ(queued, inline_order) << "seed " << seed << ", flags " << flags;
        }
    }
}

class QueuedWorld : public World {
  public:
    explicit QueuedWorld(bool queued) : World(queued ? CAIRN_HEAP_QUEUE_FINALIZERS : 0) {}

    /// Runs what waits until nothing does, and returns the log.
    std::string drained() {
        cairn_finalizers_run(heap, 0, 0);
        return take_log();
    }
};

class BothOrdersTest : public ::testing::TestWithParam<bool> {
  protected:
    QueuedWorld world{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(InlineAndQueued, BothOrdersTest, ::testing::Bool());

TEST_P(BothOrdersTest, GarbageThatAFinalizerLetsGoOfComesNext) {
    cairn_object* root = world.make_fin("r");
    cairn_object* a = world.make_fin("a", [](cairn_object* self) {
        cairn_clear(World::slot(self, 0));
        return CAIRN_OK;
    });
    cairn_object* c = world.make_fin("c");
    World::give(a, 0, world.make_fin("b"));
    World::give(root, 0, a);
    World::give(root, 1, c);
    World::set(c, 0, root);
    cairn_decref(root);
    world.collect();
    EXPECT_EQ(world.count_events("dealloc b"), GetParam() ? 0u : 1u);
    const std::string log = world.drained();
    const size_t b = log.find("fin b");
    EXPECT_LT(log.find("fin a"), b);
    EXPECT_LT(b, log.find("fin c"));
    world.collect();
}

TEST_P(BothOrdersTest, WhatIsLetGoOfWhileNothingRunsKeepsItsPlace) {
    // b is let go of while nothing runs: it keeps its place.
    std::vector<cairn_object*> ring;
    for (const char* label : {"a", "b", "c"}) {
        ring.push_back(world.make_fin(label));
    }
    for (cairn_object* object : ring) {
        World::set(object, 0, object);
    }
    cairn_object* b = cairn_new_ref(ring[1]);
    cairn_object* ref = World::weak(b);
    for (cairn_object* object : ring) {
        cairn_decref(object);
    }
    cairn_decref(b);
    world.collect();
    if (GetParam()) {
        b = cairn_weakref_get(ref);
        EXPECT_EQ(b, nullptr) << "cleared before finalizers";
        cairn_objects list = {};
        ASSERT_EQ(cairn_get_objects(world.heap, -1, &list), CAIRN_OK);
        for (size_t i = 0; i < list.count; ++i) {
            if (!cairn_is_weakref(list.items[i]) && world.label_of(list.items[i]) == "b") {
                EXPECT_EQ(cairn_finalizer_is_waiting(list.items[i]), 1);
                EXPECT_EQ(cairn_refcount(list.items[i]), 3u) << "itself, the list, the queue";
                cairn_clear(World::slot(list.items[i], 0));
                EXPECT_EQ(cairn_refcount(list.items[i]), 2u);
            }
        }
        cairn_objects_release(world.heap, &list);
        EXPECT_TRUE(world.verify());
        EXPECT_EQ(cairn_finalizers_pending(world.heap), 3u);
    }
    EXPECT_EQ(world.drained().substr(0, 5), "fin a");
    world.collect();
    EXPECT_EQ(world.usage().objects, 1u);
    cairn_decref(ref);
}

TEST_P(BothOrdersTest, ReferenceThatWouldHaveBeenAliveCallsBack) {
    cairn_object* pair = world.make(world.plain, "p");
    World::give(pair, 0, world.make_fin("x"));
    World::give(pair, 1, world.weak(World::get(pair, 0), "w"));
    cairn_decref(pair);
    EXPECT_EQ(world.drained(), GetParam() ? "fin x, dealloc x, cb w" : "fin x, cb w, dealloc x");
    EXPECT_EQ(world.usage().objects, 0u);
}

TEST_P(BothOrdersTest, ReferenceToWhatItsFinalizerSavesDiesUncalled) {
    cairn_object* saved = nullptr;
    cairn_object* pair = world.make(world.plain, "p");
    World::give(pair, 0, world.make_fin("x", [&saved](cairn_object* self) {
        saved = cairn_new_ref(self);
        return CAIRN_OK;
    }));
    World::give(pair, 1, world.weak(World::get(pair, 0), "w"));
    cairn_decref(pair);
    EXPECT_EQ(world.drained(), "fin x");
    EXPECT_NE(saved, nullptr);
    EXPECT_EQ(cairn_weakref_count(saved), 0u);
    cairn_decref(saved);
    EXPECT_EQ(world.drained(), "dealloc x");
}

TEST_P(BothOrdersTest, ReferenceInGarbageToWhatWaitsCallsBackWithItsArgument) {
    // The ring dies while x, which had died of its count before, waits.
    cairn_object* ring = world.make(world.logged, "ring");
    World::set(ring, 0, ring);
    cairn_object* argument = world.make(world.logged, "argument");
    cairn_object* x = world.make_fin("x");
    World::give(ring, 1, world.weak(x, "w", nullptr, argument));
    cairn_decref(argument);
    cairn_decref(x);
    cairn_decref(ring);
    world.collect();
    world.drained();
    world.collect();
    world.drained();
    EXPECT_EQ(world.usage().objects, 0u);
    EXPECT_TRUE(world.verify());
}

TEST(QueueOrderTest, ReferenceInGarbageIsCalledThoughItsHolderIsCollectedFirst) {
    QueuedWorld world(true);
    cairn_object* ring = world.make(world.logged, "ring");
    World::set(ring, 0, ring);
    cairn_object* x = world.make_fin("x");
    World::give(ring, 1, world.weak(x, "w"));
    cairn_decref(x);
    cairn_decref(ring);
    world.collect();
    EXPECT_EQ(world.drained(), "dealloc ring, fin x, dealloc x, cb w");
    EXPECT_EQ(world.usage().objects, 0u);
}

// What cannot be made up for: a reference to what the waiting object would have taken with it.
TEST(QueueOrderTest, ReferenceToWhatAWaitingObjectHoldsMayDieUncalled) {
    for (const bool queued : {false, true}) {
        QueuedWorld world(queued);
        cairn_object* pair = world.make(world.plain, "p");
        cairn_object* x = world.make_fin("x");
        World::give(x, 0, world.make(world.logged, "y"));
        World::give(pair, 1, world.weak(World::get(x, 0), "w"));
        World::give(pair, 0, x);
        cairn_decref(pair);
        EXPECT_EQ(world.drained(),
                  queued ? "fin x, dealloc y, dealloc x" : "fin x, cb w, dealloc y, dealloc x");
    }
}

}  // namespace
}  // namespace cairn_test
