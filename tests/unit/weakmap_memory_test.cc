// SPDX-License-Identifier: MIT
/// Each memory request of a sequence of container and finalizer operations fails once in turn: the
/// call that met it reports it and changes nothing, and done again it succeeds.
#include <algorithm>

#include "weakmap_helpers.h"
#include "weakref/weakmap.h"

namespace cairn_test {
namespace {

class Operations : public WeakmapTest {
  public:
    explicit Operations(uint32_t heap_flags) : WeakmapTest(heap_flags) {}
    void TestBody() override {}

    int refusals = 0;

    void run() {
        for (const cairn_weak_kind kind :
             {CAIRN_WEAK_VALUE_MAP, CAIRN_WEAK_KEY_MAP, CAIRN_WEAK_SET}) {
            use(kind);
        }
        finalizers();
        cairn_finalizers_run(heap, 0, 0);
        cairn_finalizers_run_atexit(heap);
        EXPECT_EQ(usage().objects, 0u);
    }

  private:
    /// Calls until it succeeds; a refusal must leave everything as it was.
    template <typename Call>
    void status(cairn_object* map, Call call) {
        const std::string before = map == nullptr ? "" : contents(map);
        const size_t live = usage().objects;
        cairn_status result = call();
        if (result == CAIRN_NO_MEMORY) {
            ++refusals;
            EXPECT_EQ(map == nullptr ? "" : contents(map), before);
            EXPECT_EQ(usage().objects, live);
            EXPECT_TRUE(verify());
            result = call();
        }
        EXPECT_EQ(result, CAIRN_OK);
    }

    template <typename Call>
    cairn_object* pointer(Call call) {
        cairn_object* result = nullptr;
        status(nullptr, [&] {
            result = call();
            return result == nullptr ? CAIRN_NO_MEMORY : CAIRN_OK;
        });
        return result;
    }

    cairn_object* node(cairn_type* of, const std::string& label) {
        cairn_object* object = pointer([of] { return cairn_new(of); });
        relabel(object, label);
        return object;
    }

    void use(cairn_weak_kind kind) {
        cairn_object* map = pointer([&] { return cairn_weakmap_new(heap, kind); });
        std::vector<cairn_object*> keys;
        for (int i = 0; i < 20; ++i) {
            keys.push_back(node(i % 2 == 0 ? valued : logged, "k" + std::to_string(i)));
            status(map, [&] { return put(map, keys.back(), keys.back()); });
        }
        cairn_object* fresh = node(logged, "fresh");
        status(map, [&] { return put(map, keys[3], fresh); });
        cairn_object* copy = nullptr;
        status(map, [&] { return cairn_weakmap_copy(map, &copy); });
        EXPECT_EQ(contents(copy), contents(map));
        cairn_objects refs = {};
        status(map, [&] { return cairn_weakmap_refs(map, &refs); });
        EXPECT_EQ(refs.count, 20u);
        cairn_objects_release(heap, &refs);
        status(map, [&] { return cairn_weakmap_delete(map, keys[4]); });
        // What was stored before an error stays, so the second attempt ends the same.
        cairn_status result = cairn_weakmap_update(map, copy);
        refusals += result == CAIRN_NO_MEMORY ? 1 : 0;
        result = result == CAIRN_NO_MEMORY ? cairn_weakmap_update(map, copy) : result;
        EXPECT_EQ(result, CAIRN_OK);
        EXPECT_EQ(cairn_weakmap_length(map), 20u);
        status(nullptr, [&] { return cairn_gc_collect(heap, 2, nullptr); });
        EXPECT_EQ(cairn_weakmap_clear(copy), CAIRN_OK);
        cairn_decref(copy);
        cairn_decref(map);
        for (cairn_object* key : keys) {
            cairn_decref(key);
        }
        cairn_decref(fresh);
    }

    void finalizers() {
        cairn_object* object = node(fin, "x");
        for (int i = 0; i < 20; ++i) {
            cairn_decref(pointer([&] {
                return cairn_finalizer_new(
                    object,
                    [](cairn_object*, void* world) {
                        static_cast<World*>(world)->note("registered");
                        return CAIRN_OK;
                    },
                    nullptr,
                    static_cast<World*>(this));
            }));
        }
        cairn_decref(object);
    }
};

class WeakmapMemoryTest : public testing::TestWithParam<uint32_t> {};

INSTANTIATE_TEST_SUITE_P(Options,
                         WeakmapMemoryTest,
                         testing::Values(0u,
                                         CAIRN_HEAP_QUEUE_FINALIZERS,
                                         CAIRN_HEAP_CPYTHON_ORDER));

TEST_P(WeakmapMemoryTest, EveryRequestMayFailOnce) {
    std::string expected;
    uint64_t total = 0;
    int refused = 0;
    for (uint64_t n = 0; n <= total; ++n) {
        Operations operations(GetParam());
        const uint64_t before = cairn_allocation_requests_for_testing(operations.heap);
        cairn_fail_allocation_for_testing(operations.heap, n);
        operations.run();
        cairn_fail_allocation_for_testing(operations.heap, 0);
        total = cairn_allocation_requests_for_testing(operations.heap) - before;
        EXPECT_LE(operations.refusals, n == 0 ? 0 : 1);
        refused += operations.refusals;
        const std::string log = operations.take_sorted_log();
        expected = n == 0 ? log : expected;
        EXPECT_TRUE(log == expected);
        operations.close();
        ASSERT_FALSE(HasFailure()) << "request " << n;
    }
    EXPECT_GT(total, 200u);
    EXPECT_GT(refused, 150);
}

TEST_P(WeakmapMemoryTest, EveryRequestToTheAllocatorMayFailOnce) {
    std::string expected;
    for (uint64_t n = 0;; ++n) {
        Operations operations(GetParam());
        operations.memory.fail_at(n);
        operations.run();
        const bool failed = operations.memory.failures() != 0;
        operations.memory.fail_at(0);
        EXPECT_LE(operations.refusals, failed ? 1 : 0);
        const std::string log = operations.take_sorted_log();
        expected = n == 0 ? log : expected;
        EXPECT_TRUE(log == expected);
        operations.close();
        ASSERT_FALSE(HasFailure()) << "request " << n;
        if (n > 0 && !failed) {
            break;
        }
    }
}

// Another value under a key that is there needs a new weak reference.
TEST(WeakmapValueMemoryTest, AnotherValueIsRefusedWithoutMemory) {
    World world;
    cairn_object* map = cairn_weakmap_new(world.heap, CAIRN_WEAK_VALUE_MAP);
    cairn_object* key = world.make(world.plain, "key");
    cairn_object* first = world.make(world.plain, "first");
    // Far from the first, so that the table of weak references has no room for it yet.
    cairn_object* second = world.make_array(100000, "second");
    ASSERT_EQ(cairn_weakmap_set(map, key, first), CAIRN_OK);
    int refusals = 0;
    for (uint64_t n = 1;; ++n) {
        ASSERT_LT(n, 100u);
        cairn_fail_allocation_for_testing(world.heap, n);
        const cairn_status status = cairn_weakmap_set(map, key, second);
        cairn_fail_allocation_for_testing(world.heap, 0);
        cairn_object* value = nullptr;
        ASSERT_EQ(cairn_weakmap_get(map, key, &value), CAIRN_OK);
        EXPECT_EQ(value, status == CAIRN_OK ? second : first);
        cairn_decref(value);
        EXPECT_TRUE(world.verify());
        if (status == CAIRN_OK) {
            break;
        }
        EXPECT_EQ(status, CAIRN_NO_MEMORY);
        ++refusals;
    }
    EXPECT_GT(refusals, 0);
    for (cairn_object* object : {map, key, first, second}) {
        cairn_decref(object);
    }
}

// The index has a place for each member that stays, and one each for the two that come and go: so
// a search for these does not get longer, whichever way they go, and in whichever order.
TEST_F(WeakmapTest, AMemberThatComesAndGoesLastTakesOnePlace) {
    cairn_object* set = make_map(CAIRN_WEAK_SET);
    std::vector<cairn_object*> members;
    const auto stay = [&] {
        members.push_back(make(plain, "stays"));
        ASSERT_EQ(cairn_weakset_add(set, members.back()), CAIRN_OK);
    };
    const auto pop = [&] {
        cairn_object* member = nullptr;
        cairn_object* no_value = nullptr;
        ASSERT_EQ(cairn_weakmap_pop_last(set, &member, &no_value), CAIRN_OK);
        cairn_decref(member);
    };
    cairn_object* one = make(plain, "one");
    cairn_object* two = make(plain, "two");
    for (int i = 0; i < 300; ++i) {
        stay();
    }
    for (int round = 0; round < 100; ++round) {
        for (cairn_object* first : {one, two}) {
            ASSERT_EQ(cairn_weakset_add(set, first), CAIRN_OK);
            ASSERT_EQ(cairn_weakset_add(set, first == one ? two : one), CAIRN_OK);
            pop();
            pop();
        }
        stay();
    }
    const cairn::EntryTable& table = cairn::as_weakmap(set)->table;
    const auto places = std::count_if(table.index,
                                      table.index + 2 * size_t{table.capacity},
                                      [](uint32_t place) { return place != 0; });
    EXPECT_LE(static_cast<size_t>(places), members.size() + 2);
    EXPECT_TRUE(verify());
    for (cairn_object* object : members) {
        cairn_decref(object);
    }
    for (cairn_object* object : {set, one, two}) {
        cairn_decref(object);
    }
}

TEST_F(WeakmapTest, TableOfFewLeftIsSmallOnceItIsFull) {
    log_deaths = false;
    cairn_object* set = make_map(CAIRN_WEAK_SET);
    std::vector<cairn_object*> members;
    for (int i = 0; i < 100000; ++i) {
        members.push_back(cairn_new(plain));
        ASSERT_EQ(cairn_weakset_add(set, members.back()), CAIRN_OK);
    }
    const size_t most = usage().table_bytes;
    for (; members.size() > 10; members.pop_back()) {
        cairn_decref(members.back());
    }
    for (int i = 0; i < 200000; ++i) {
        cairn_object* member = cairn_new(plain);
        ASSERT_EQ(cairn_weakset_add(set, member), CAIRN_OK);
        cairn_decref(member);
    }
    EXPECT_EQ(cairn_weakmap_length(set), 10u);
    cairn_heap_trim(heap);
    EXPECT_LT(usage().table_bytes, most / 10);
    EXPECT_TRUE(verify());
    for (cairn_object* member : members) {
        cairn_decref(member);
    }
    cairn_decref(set);
}

}  // namespace
}  // namespace cairn_test
