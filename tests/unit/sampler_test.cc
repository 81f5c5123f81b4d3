// SPDX-License-Identifier: MIT
/// Sampled allocation sites: sums, what is alive, how often, in snapshots.
#include <cmath>

#include "heap/heap.h"
#include "heap_test.h"
#include "snapshot_file.h"

namespace cairn_test {
namespace {

class SamplerTest : public HeapTest {
  public:
    void sample(size_t interval) {
        cairn_heap_set_sampler(
            heap,
            interval,
            [](cairn_heap*, const cairn_type*, size_t, void* data) {
                auto* test = static_cast<SamplerTest*>(data);
                ++test->asked;
                return test->site;
            },
            this);
    }

    /// "site: live objects / objects", in the order of the visit.
    std::string sites() {
        std::string text;
        EXPECT_EQ(cairn_visit_sites(
                      heap,
                      [](const cairn_site_sum* sum, void* data) {
                          auto* all = static_cast<std::string*>(data);
                          *all += (all->empty() ? "" : ", ") + std::to_string(sum->site) + ": " +
                                  std::to_string(sum->live_objects) + " / " +
                                  std::to_string(sum->objects);
                          return 1;
                      },
                      &text),
                  CAIRN_OK);
        return text;
    }

    uint32_t site = 0;
    size_t asked = 0;
};

TEST_F(SamplerTest, OffAtFirst) {
    cairn_decref(make(plain, "a"));
    EXPECT_EQ(sites(), "");
}

// To find the samples that are gone takes a pass over the heap.
TEST_F(SamplerTest, ALargeHeapIsSearchedSeldom) {
    constexpr size_t kOld = 50000;
    std::vector<cairn_object*> old;
    for (size_t i = 0; i < kOld; ++i) {
        old.push_back(cairn_new(plain));
    }
    sample(1);
    for (int i = 0; i < 100; ++i) {
        cairn_decref(cairn_new(i % 2 == 0 ? plain : fin));
        cairn_decref(make_array(static_cast<size_t>(i), "short"));
    }
    cairn_object* const last = cairn_new(plain);
    EXPECT_EQ(sites(), "0: 1 / 201");
    EXPECT_GE(heap->sampler.samples_limit, kOld / 16);
    cairn_decref(last);
    for (cairn_object* object : old) {
        cairn_decref(object);
    }
}

TEST_F(SamplerTest, OfEachAllocation) {
    sample(1);
    site = 7;
    cairn_object* a = make(plain, "a");
    cairn_object* b = make_array(10000, "b");
    site = 3;
    cairn_object* c = make(leaf, "c");
    EXPECT_EQ(sites(), "7: 2 / 2, 3: 1 / 1");
    cairn_decref(b);
    EXPECT_EQ(sites(), "7: 1 / 2, 3: 1 / 1");
    sample(0);
    cairn_object* d = make(plain, "d");
    EXPECT_EQ(asked, 3u);
    EXPECT_EQ(sites(), "7: 1 / 2, 3: 1 / 1");
    EXPECT_TRUE(verify());
    for (cairn_object* object : {a, c, d}) {
        cairn_decref(object);
    }
    EXPECT_EQ(sites(), "7: 0 / 2, 3: 0 / 1");
}

TEST_F(SamplerTest, InTheOrderOfWhatIsAliveThenOfWhatWasMadeThenOfTheirNumbers) {
    sample(1);
    std::vector<cairn_object*> alive;
    for (const uint32_t each : {5U, 9U, 2U, 4U, 9U, 2U}) {
        site = each;
        alive.push_back(make(plain, "a"));
    }
    site = 4;
    cairn_decref(make(plain, "b"));
    sample(0);
    EXPECT_EQ(sites(), "2: 2 / 2, 9: 2 / 2, 4: 1 / 2, 5: 1 / 1");
    for (cairn_object* object : alive) {
        cairn_decref(object);
    }
}

TEST_F(SamplerTest, WhatIsMadeInTheCellOfASampleIsNoSample) {
    sample(1);
    cairn_object* a = make(plain, "a");
    sample(0);
    cairn_decref(a);
    std::vector<cairn_object*> made;
    for (int i = 0; i < 1000; ++i) {
        made.push_back(make(plain, "b"));
    }
    EXPECT_EQ(sites(), "0: 0 / 1");
    for (cairn_object* object : made) {
        cairn_decref(object);
    }
}

TEST_F(SamplerTest, AsOftenAsTheIntervalSays) {
    constexpr size_t kInterval = 1000;
    sample(kInterval);
    const size_t size = 64;
    const size_t count = 500000;
    size_t bytes = 0;
    for (size_t i = 0; i < count; ++i) {
        cairn_object* object = cairn_new(leaf);
        ASSERT_NE(object, nullptr);
        bytes += cairn_object_size(object);
        cairn_decref(object);
    }
    ASSERT_LE(bytes, size * count);
    const double expected = static_cast<double>(bytes) / kInterval;
    // Five standard deviations of a Poisson distribution.
    EXPECT_NEAR(static_cast<double>(asked), expected, 5 * std::sqrt(expected));
    sample(0);
}

// Each round's samples lie in other cells, since what is kept takes those of the last.
TEST_F(SamplerTest, StaleSamplesTakeNoMemoryForEver) {
    std::vector<cairn_object*> kept;
    size_t most = 0;
    for (int round = 0; round < 50; ++round) {
        std::vector<cairn_object*> passing;
        sample(1);
        for (int i = 0; i < 1000; ++i) {
            passing.push_back(cairn_new(i % 2 == 0 ? plain : custom));
        }
        kept.push_back(cairn_new(plain));
        sample(0);
        for (cairn_object* object : passing) {
            cairn_decref(object);
        }
        for (int i = 0; i < 1000; ++i) {
            kept.push_back(cairn_new(i % 2 == 0 ? plain : custom));
        }
        most = round == 10 ? usage().table_bytes : most;
    }
    EXPECT_LE(usage().table_bytes, 2 * most);
    EXPECT_EQ(sites(), "0: 50 / 50050");
    for (cairn_object* object : kept) {
        cairn_decref(object);
    }
}

TEST_F(SamplerTest, WithoutMemoryASampleIsLeftOut) {
    std::vector<cairn_object*> made = {make(plain, "a")};
    sample(1);
    // The sums, the places of the sites, the samples.
    const uint64_t requests[] = {1, 2, 2};
    const char* const seen[] = {"", "", "0: 0 / 0"};
    for (size_t i = 0; i < 3; ++i) {
        memory.fail_at(requests[i]);
        made.push_back(cairn_new(plain));
        memory.fail_at(0);
        ASSERT_NE(made.back(), nullptr);
        EXPECT_EQ(memory.failures(), i + 1);
        EXPECT_EQ(sites(), seen[i]);
        EXPECT_TRUE(verify());
    }
    made.push_back(cairn_new(plain));
    EXPECT_EQ(sites(), "0: 1 / 1");
    for (cairn_object* object : made) {
        cairn_decref(object);
    }
}

TEST_F(SamplerTest, InSnapshots) {
    sample(1);
    site = 7;
    cairn_object* a = make(plain, "a");
    site = 8;
    cairn_object* b = make(leaf, "b");
    sample(0);
    std::string text;
    EXPECT_EQ(cairn_snapshot_write(heap, nullptr, append, &text), CAIRN_OK);
    EXPECT_NE(text.find("\"trace_function_count\":3"), std::string::npos);
    const std::string size_a = std::to_string(cairn_object_size(a));
    const std::string size_b = std::to_string(cairn_object_size(b));
    EXPECT_NE(text.find("\"trace_tree\":[1,0,0,0,[2,1,1," + size_a + ",[]\n,3,2,1," + size_b +
                        ",[]]],\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("\"(root)\",\n\"site 7\",\n\"\",\n\"site 8\",\n\"\"]}"), std::string::npos);
    cairn_snapshot_options options;
    cairn_snapshot_options_init(&options);
    options.frame = [](uint32_t at, size_t depth, cairn_frame* out_frame, void*) {
        static constexpr const char* kNames[] = {"main", "load", "parse"};
        *out_frame = {kNames[depth % 3], "a.c", at, 0};
        return depth < at - 5 ? 1 : 0;
    };
    text.clear();
    EXPECT_EQ(cairn_snapshot_write(heap, &options, append, &text), CAIRN_OK);
    EXPECT_NE(text.find("\"trace_function_count\":6"), std::string::npos);
    EXPECT_NE(text.find("[0,22,0,0,0,0\n,1,23,24,0,7,0\n,2,25,26,0,7,0\n,3,27,28,0,8,0"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("\"trace_tree\":[1,0,0,0,[2,1,0,0,[3,2,1," + size_a +
                        ",[]]\n,4,3,0,0,[5,4,0,0,[6,5,1," + size_b + ",[]]]]],\n"),
              std::string::npos)
        << text;
    cairn_decref(a);
    cairn_decref(b);
}

TEST_F(SamplerTest, TheVisitStopsWhenTheVisitorSaysSo) {
    sample(1);
    std::vector<cairn_object*> all;
    for (site = 1; site < 20; ++site) {
        all.push_back(make(plain, "a"));
    }
    size_t visits = 0;
    const auto once = [](const cairn_site_sum*, void* data) {
        return ++*static_cast<size_t*>(data), 0;
    };
    EXPECT_EQ(cairn_visit_sites(heap, once, &visits), CAIRN_OK);
    EXPECT_EQ(visits, 1u);
    cairn_fail_allocation_for_testing(heap, 1);
    EXPECT_EQ(cairn_visit_sites(heap, once, &visits), CAIRN_NO_MEMORY);
    cairn_fail_allocation_for_testing(heap, 0);
    EXPECT_EQ(visits, 1u);
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
}

TEST_F(SamplerTest, ASnapshotSaysHowOftenOneIsTaken) {
    sample(4096);
    site = 5;
    cairn_object* a = make_array(10000, "a");
    std::string text;
    EXPECT_EQ(cairn_snapshot_write(heap, nullptr, append, &text), CAIRN_OK);
    EXPECT_NE(text.find("\"sample_interval\":4096"), std::string::npos);
    cairn_decref(a);
}

// Each request of a snapshot with sites and names fails once: it says so, and is whole next time.
TEST_F(SamplerTest, ASnapshotWithoutMemoryIsRefused) {
    sample(1);
    std::vector<cairn_object*> all;
    for (site = 1; site < 20; ++site) {
        all.push_back(make(plain, "a"));
    }
    cairn_snapshot_options options;
    cairn_snapshot_options_init(&options);
    options.describe = [](cairn_object*, cairn_node* out_node, void*) { out_node->name = "same"; };
    std::string whole;
    ASSERT_EQ(cairn_snapshot_write(heap, &options, append, &whole), CAIRN_OK);
    int refusals = 0;
    for (uint64_t n = 1;; ++n) {
        ASSERT_LT(n, 1000u);
        std::string text;
        cairn_fail_allocation_for_testing(heap, n);
        const cairn_status status = cairn_snapshot_write(heap, &options, append, &text);
        cairn_fail_allocation_for_testing(heap, 0);
        if (status == CAIRN_OK) {
            EXPECT_EQ(text, whole);
            break;
        }
        EXPECT_EQ(status, CAIRN_NO_MEMORY);
        ++refusals;
    }
    EXPECT_GT(refusals, 3);
    for (cairn_object* object : all) {
        cairn_decref(object);
    }
}

}  // namespace
}  // namespace cairn_test
