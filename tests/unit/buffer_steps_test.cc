// SPDX-License-Identifier: MIT
/// Buffers that the heap owns: what user code meets between two steps, and
/// a failure, a collection and a drop at each.
#include <cstring>

#include "buffer_list.h"

namespace cairn_test {
namespace {

/// What user code does between two steps: it looks at the whole heap, collects, and appends.
TEST_F(BufferTest, UserCodeInRemovalMeetsAWholeBuffer) {
    for (const size_t count : {2u, 100u}) {
        cairn_object* a = make(list, "a");
        for (size_t i = 0; i < count; ++i) {
            ASSERT_EQ(push(a,
                           make_fin(std::to_string(i),
                                    [&](cairn_object*) {
                                        EXPECT_TRUE(verify());
                                        collect();
                                        EXPECT_EQ(push(a, make(plain, "new")), CAIRN_OK);
                                        EXPECT_EQ(cairn_buffer_insert(a, 0, 1), CAIRN_OK);
                                        return CAIRN_OK;
                                    })),
                      CAIRN_OK);
        }
        EXPECT_EQ(cairn_buffer_remove(a, 0, count), CAIRN_OK);
        EXPECT_EQ(buffer_in(a).count, 2 * count);
        EXPECT_LE(buffer_in(a).count, buffer_in(a).capacity);
        EXPECT_EQ(take_log().find("unraisable"), std::string::npos);
        cairn_decref(a);
        EXPECT_EQ(usage().objects, 0u);
        EXPECT_EQ(usage().buffer_bytes, 0u);
    }
}

TEST_F(BufferTest, NestedRemovalsEmptyingsAndReplacements) {
    for (int what = 0; what < 4; ++what) {
        cairn_object* a = make(list, "a");
        bool over = false;
        for (size_t i = 0; i < 300; ++i) {
            ASSERT_EQ(push(a,
                           make_fin("item",
                                    [&](cairn_object*) {
                                        if (over) {
                                            return CAIRN_OK;
                                        }
                                        const size_t n = buffer_in(a).count;
                                        cairn_buffer old;
                                        if (what == 0 && n >= 40) {
                                            EXPECT_EQ(cairn_buffer_remove(a, n - 40, 40), CAIRN_OK);
                                        } else if (what == 1) {
                                            EXPECT_EQ(cairn_buffer_clear(a), CAIRN_OK);
                                        } else if (what == 2) {
                                            EXPECT_EQ(cairn_buffer_trim(a), CAIRN_OK);
                                        } else if (what == 3 && n > 0) {
                                            EXPECT_EQ(cairn_buffer_replace(a, n, &old), CAIRN_OK);
                                            std::memcpy(
                                                items_in(a), old.records, n * sizeof(void*));
                                            cairn_buffer_release(heap, &old);
                                        }
                                        EXPECT_TRUE(verify());
                                        return CAIRN_OK;
                                    })),
                      CAIRN_OK);
        }
        EXPECT_EQ(cairn_buffer_remove(a, 100, 50), CAIRN_OK);
        EXPECT_EQ(buffer_in(a).count, what == 1 ? 0u : what == 0 ? 10u : 250u);
        over = true;
        cairn_decref(a);
        EXPECT_EQ(usage().objects, 0u);
        EXPECT_EQ(usage().buffer_bytes, 0u);
        take_log();
    }
}

TEST_F(BufferTest, UserCodeBeforeAGrowthMayChangeTheBuffer) {
    cairn_object* a = make_list("a", {"0", "1"});
    cairn_object* ring = make_fin("ring", [&](cairn_object*) {
        EXPECT_EQ(cairn_buffer_clear(a), CAIRN_OK);
        EXPECT_EQ(cairn_buffer_resize(a, 1), CAIRN_NO_MEMORY);
        return CAIRN_OK;
    });
    give(ring, 0, ring);
    // Memory is out until a collection has freed the cycle.
    cairn_heap_set_memory_limit(heap, 1);
    EXPECT_EQ(cairn_buffer_insert(a, 2, 50), CAIRN_NO_MEMORY);
    cairn_heap_set_memory_limit(heap, 0);
    EXPECT_EQ(buffer_in(a).count, 0u);
    take_log();
    // Now the record to insert before is gone by then.
    ASSERT_EQ(push(a, make(plain, "0")), CAIRN_OK);
    ASSERT_EQ(push(a, make(plain, "1")), CAIRN_OK);
    ring = make_fin("ring", [&](cairn_object*) { return cairn_buffer_clear(a); });
    give(ring, 0, ring);
    cairn_collect_every_for_testing(heap, 1);
    EXPECT_EQ(cairn_buffer_insert(a, 2, 50), CAIRN_INVALID);
    cairn_collect_every_for_testing(heap, 0);
    EXPECT_EQ(buffer_in(a).count, 0u);
    cairn_decref(a);
}

/// Appends, inserts, removes and replaces, with one thing done at each step.
class BufferCalls {
  public:
    explicit BufferCalls(uint32_t flags = 0) : world(flags) {
        cairn_type_spec spec = world.leaf_spec("list");
        spec.object_size = sizeof(ListWithBuffer);
        spec.slots_offset = offsetof(ListWithBuffer, slot);
        spec.slot_count = 1;
        spec.buffer_offset = offsetof(ListWithBuffer, items);
        list = world.type(spec);
    }

    int refusals = 0;

    /// Calls `call`, once more if memory was out.
    template <typename Call>
    void status(Call call) {
        const size_t count = buffer_in(a).count;
        cairn_status result = call();
        if (result == CAIRN_NO_MEMORY) {
            ++refusals;
            EXPECT_EQ(buffer_in(a).count, count);
            EXPECT_TRUE(world.verify());
            result = call();
        }
        EXPECT_EQ(result, CAIRN_OK);
    }

    template <typename Call>
    cairn_object* pointer(Call call) {
        cairn_object* result = call();
        if (result == nullptr) {
            ++refusals;
            result = call();
        }
        return result;
    }

    void run() {
        a = pointer([&] { return cairn_new(list); });
        for (int i = 0; i < 40; ++i) {
            cairn_object* item = pointer([&] { return cairn_new(i % 2 ? world.fin : list); });
            status([&] { return cairn_buffer_reserve(a, buffer_in(a).count + 1); });
            items_in(a)[buffer_in(a).count++] = item;
            if (i % 2 == 0) {
                status([&] { return cairn_buffer_resize(item, 3); });
                items_in(item)[1] = cairn_new_ref(a);
            }
        }
        status([&] { return cairn_buffer_insert(a, 20, 30); });
        EXPECT_EQ(cairn_buffer_remove(a, 10, 50), CAIRN_OK);
        cairn_object* out = nullptr;
        EXPECT_EQ(cairn_buffer_shift_out(a, 1, &out), CAIRN_OK);
        cairn_decref(out);
        cairn_buffer old;
        status([&] {
            const cairn_status result = cairn_buffer_replace(a, 2 * buffer_in(a).count, &old);
            if (result == CAIRN_OK) {
                std::memcpy(items_in(a), old.records, old.count * sizeof(void*));
                cairn_buffer_release(world.heap, &old);
            }
            return result;
        });
        EXPECT_EQ(cairn_buffer_trim(a), CAIRN_OK);
        EXPECT_EQ(cairn_buffer_resize(a, 5), CAIRN_OK);
        EXPECT_EQ(cairn_buffer_trim(a), CAIRN_OK);
        cairn_decref(a);
        world.collect();
        EXPECT_EQ(world.usage().objects, 0u);
        EXPECT_EQ(world.usage().buffer_bytes, 0u);
    }

    World world;
    cairn_object* a = nullptr;
    cairn_type* list;
};

TEST(BufferSteps, AFailureAtEachStep) {
    for (const uint32_t flags : {0u, static_cast<uint32_t>(CAIRN_HEAP_CPYTHON_ORDER)}) {
        uint64_t last = 0;
        {
            BufferCalls steps(flags);
            const uint64_t before = cairn_allocation_requests_for_testing(steps.world.heap);
            steps.run();
            last = cairn_allocation_requests_for_testing(steps.world.heap) - before;
            EXPECT_EQ(steps.refusals, 0);
        }
        EXPECT_GT(last, 60u);
        int refusals = 0;
        for (uint64_t n = 1; n <= last; ++n) {
            BufferCalls steps(flags);
            cairn_fail_allocation_for_testing(steps.world.heap, n);
            steps.run();
            refusals += steps.refusals;
        }
        EXPECT_GE(refusals, static_cast<int>(last) - 8) << "a trim keeps its failure to itself";
    }
}

TEST(BufferSteps, ACollectionAtEachStep) {
    for (const uint32_t flags : {0u, static_cast<uint32_t>(CAIRN_HEAP_CPYTHON_ORDER)}) {
        BufferCalls steps(flags);
        cairn_collect_every_for_testing(steps.world.heap, 1);
        steps.run();
    }
}

/// Drops the list's last reference from a finalizer at each step of its growth.
TEST_F(BufferTest, ADropAtEachStep) {
    for (int step = 1; step < 30; ++step) {
        cairn_object* owner = make(plain, "owner");
        give(owner, 0, make(list, "a"));
        cairn_object* a = get(owner, 0);
        cairn_incref(a);  // as every caller of a call that runs user code must
        cairn_collect_every_for_testing(heap, 1);
        for (int i = 1; i < 30; ++i) {
            if (i == step) {
                cairn_object* ring = make_fin("ring", [&](cairn_object*) {
                    cairn_clear(slot(owner, 0));
                    return CAIRN_OK;
                });
                give(ring, 0, ring);
            }
            ASSERT_EQ(cairn_buffer_resize(a, buffer_in(a).count * 2 + 1), CAIRN_OK);
            if (buffer_in(a).count > 1000) {
                ASSERT_EQ(cairn_buffer_clear(a), CAIRN_OK);
            }
            ASSERT_EQ(push(a, make(plain, "item")), CAIRN_OK);
        }
        cairn_collect_every_for_testing(heap, 0);
        EXPECT_EQ(get(owner, 0), nullptr);
        EXPECT_EQ(cairn_refcount(a), 1u);
        cairn_decref(a);
        cairn_decref(owner);
        EXPECT_EQ(usage().objects, 0u);
        EXPECT_EQ(usage().buffer_bytes, 0u);
    }
}

}  // namespace
}  // namespace cairn_test
