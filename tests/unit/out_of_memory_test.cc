// SPDX-License-Identifier: MIT
/// The sweep: each memory request of a long sequence of calls fails once in turn. The call that
/// met the failure reports it and changes nothing; done again it succeeds, and in the end the same
/// things have happened as if nothing had failed.
#include "heap_test.h"

namespace cairn_test {
namespace {

/// Runs the sequence; a call that reports no memory is checked and done once more.
class Sequence {
  public:
    World world;

    /// How many calls reported that memory was out.
    int refusals = 0;

    void run() {
        types();
        graph();
        weakrefs();
        collector();
        roots();
        lists();
        teardown();
    }

  private:
    size_t live() { return world.usage().objects; }

    /// Calls `call` until it gives something; a refusal must leave everything as it was.
    template <typename Call>
    auto pointer(Call call) {
        const size_t before = live();
        const std::vector<std::string> log = world.log();
        auto result = call();
        if (result == nullptr) {
            ++refusals;
            EXPECT_EQ(live(), before);
            EXPECT_EQ(world.log(), log);
            EXPECT_TRUE(world.verify());
            result = call();
        }
        EXPECT_NE(result, nullptr);
        return result;
    }

    template <typename Call>
    void status(Call call) {
        const size_t before = live();
        const std::vector<std::string> log = world.log();
        cairn_status result = call();
        if (result == CAIRN_NO_MEMORY) {
            ++refusals;
            EXPECT_EQ(live(), before);
            EXPECT_EQ(world.log(), log);
            EXPECT_TRUE(world.verify());
            result = call();
        }
        EXPECT_EQ(result, CAIRN_OK);
    }

    cairn_object* make(cairn_type* of, const char* label) {
        return named(pointer([&] { return cairn_new(of); }), label);
    }

    cairn_object* make_array(size_t count, const char* label) {
        return named(pointer([&] { return cairn_new_var(world.array, count); }), label);
    }

    cairn_object* named(cairn_object* object, const char* label) {
        world.relabel(object, label);
        return object;
    }

    cairn_object* weak(cairn_object* of, const char* label, cairn_object* argument = nullptr) {
        void* data = world.callback_data(label);
        return pointer([&] { return cairn_weakref_new(of, World::callback(), argument, data); });
    }

    cairn_object* weak(cairn_object* of) {
        return pointer([&] { return cairn_weakref_new(of, nullptr, nullptr, nullptr); });
    }

    void types() {
        const cairn_type_spec spec = world.node_spec("another");
        status([&] { return cairn_type_new(world.heap, &spec, &another_); });
    }

    void graph() {
        cairn_type* const kinds[] = {
            world.plain, world.logged, world.fin, world.custom, another_, world.leaf_fin};
        for (int round = 0; round < 12; ++round) {
            for (cairn_type* of : kinds) {
                kept_.push_back(make(of, "kept"));
            }
        }
        for (const size_t count :
             {size_t{0}, size_t{50}, size_t{3000}, size_t{40000}, size_t{70000}}) {
            kept_.push_back(make_array(count, "array"));
        }
        cairn_object* first = make(world.fin, "ring");
        ring_ = first;
        cairn_object* last = first;
        for (int i = 0; i < 80; ++i) {
            World::give(last, 0, make(i % 2 == 0 ? world.fin : world.custom, "ring"));
            last = World::get(last, 0);
            World::set(last, 1, first);  // The first is a hub.
        }
        World::set(last, 0, first);
    }

    void weakrefs() {
        for (size_t i = 0; i < kept_.size(); i += 2) {
            refs_.push_back(weak(kept_[i]));
            refs_.push_back(weak(kept_[i], "cb"));
        }
        for (int i = 0; i < 60; ++i) {
            refs_.push_back(weak(ring_, "ring cb", kept_[0]));
        }
    }

    void collector() {
        status([&] { return cairn_gc_callback_add(world.heap, &ignore, this); });
        for (int generation = 0; generation < 3; ++generation) {
            size_t found = 0;
            status([&] { return cairn_gc_collect(world.heap, generation, &found); });
            EXPECT_EQ(found, 0u);
        }
        cairn_decref(ring_);
        size_t found = 0;
        status([&] { return cairn_gc_collect(world.heap, 2, &found); });
        EXPECT_EQ(found, 81u);
    }

    void roots() {
        for (cairn_object*& variable : kept_) {
            status([&] { return cairn_root_add(world.heap, &variable); });
        }
        size_t found = 0;
        status([&] { return cairn_gc_collect(world.heap, 2, &found); });
        EXPECT_EQ(found, 0u);
        for (cairn_object*& variable : kept_) {
            EXPECT_EQ(cairn_root_remove(world.heap, &variable), CAIRN_OK);
        }
    }

    void lists() {
        World::set(kept_[0], 0, kept_[5]);
        cairn_objects list = {};
        status([&] { return cairn_get_objects(world.heap, -1, &list); });
        EXPECT_GT(list.count, 60u);
        cairn_objects_release(world.heap, &list);
        status([&] { return cairn_get_referrers(world.heap, &kept_[5], 1, &list); });
        EXPECT_EQ(list.count, 1u);
        cairn_objects_release(world.heap, &list);
        status([&] { return cairn_get_referents(kept_[0], &list); });
        EXPECT_EQ(list.count, 1u);
        cairn_objects_release(world.heap, &list);
        status([&] { return cairn_get_weakrefs(kept_[0], &list); });
        EXPECT_EQ(list.count, 2u);
        cairn_objects_release(world.heap, &list);
    }

    void teardown() {
        // Those to the ring hold an object still: a collection called them, and left it to them.
        release_refs((kept_.size() + 1) / 2 * 2);
        for (cairn_object* object : kept_) {
            cairn_decref(object);
        }
        release_refs(0);
        EXPECT_EQ(cairn_gc_callback_remove(world.heap, &ignore, this), CAIRN_OK);
        EXPECT_TRUE(world.verify());
        EXPECT_EQ(live(), 0u);
    }

    // All but the first `left`.
    void release_refs(size_t left) {
        for (; refs_.size() > left; refs_.pop_back()) {
            EXPECT_TRUE(cairn_weakref_is_cleared(refs_.back()));
            cairn_decref(refs_.back());
        }
    }

    static cairn_status ignore(cairn_heap*, cairn_gc_phase, const cairn_gc_info*, void*) {
        return CAIRN_OK;
    }

    cairn_type* another_ = nullptr;
    cairn_object* ring_ = nullptr;
    std::vector<cairn_object*> kept_;
    std::vector<cairn_object*> refs_;
};

std::string expected_log() {
    Sequence sequence;
    sequence.run();
    EXPECT_EQ(sequence.refusals, 0);
    return sequence.world.take_sorted_log();
}

TEST(OutOfMemoryTest, EveryRequestMayFailOnce) {
    const std::string expected = expected_log();
    uint64_t total = 0;
    for (uint64_t n = 1; n == 1 || n <= total; ++n) {
        Sequence sequence;
        const uint64_t before = cairn_allocation_requests_for_testing(sequence.world.heap);
        cairn_fail_allocation_for_testing(sequence.world.heap, n);
        sequence.run();
        cairn_fail_allocation_for_testing(sequence.world.heap, 0);
        total = cairn_allocation_requests_for_testing(sequence.world.heap) - before;
        EXPECT_LE(sequence.refusals, 1) << "request " << n;
        EXPECT_EQ(sequence.world.take_sorted_log() == expected, true) << "request " << n;
        ASSERT_FALSE(testing::Test::HasFailure()) << "request " << n;
    }
    EXPECT_GT(total, 300u);
}

TEST(OutOfMemoryTest, EveryRequestToTheAllocatorMayFailOnce) {
    const std::string expected = expected_log();
    int refused = 0;
    for (uint64_t n = 1;; ++n) {
        ASSERT_LT(n, 100000u);
        Sequence sequence;
        sequence.world.memory.fail_at(n);
        sequence.run();
        const bool failed = sequence.world.memory.failures() != 0;
        sequence.world.memory.fail_at(0);
        EXPECT_LE(sequence.refusals, failed ? 1 : 0) << "request " << n;
        refused += sequence.refusals;
        EXPECT_EQ(sequence.world.take_sorted_log() == expected, true) << "request " << n;
        ASSERT_FALSE(testing::Test::HasFailure()) << "request " << n;
        if (!failed) {
            break;
        }
    }
    EXPECT_GT(refused, 5);
}

TEST(OutOfMemoryTest, GarbageThatTheListCannotHoldIsNotLost) {
    for (uint64_t n = 1; n < 30; ++n) {
        World world;
        cairn_gc_set_debug(world.heap, CAIRN_GC_DEBUG_SAVEALL);
        for (int i = 0; i < 100; ++i) {
            cairn_decref(world.make_ring(world.logged, {"a", "b"}));
        }
        cairn_fail_allocation_for_testing(world.heap, n);
        size_t found = 0;
        (void)cairn_gc_collect(world.heap, 2, &found);
        cairn_fail_allocation_for_testing(world.heap, 0);
        EXPECT_TRUE(world.verify());
        cairn_gc_set_debug(world.heap, 0);
        cairn_gc_garbage_clear(world.heap);
        world.collect();
        EXPECT_EQ(world.usage().objects, 0u);
        EXPECT_EQ(world.count_events("dealloc a"), 100u);
    }
}

}  // namespace
}  // namespace cairn_test
