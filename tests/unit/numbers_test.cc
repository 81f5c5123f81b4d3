// SPDX-License-Identifier: MIT
/// What a host asks for by number: versions, structs that may grow, live bytes, problems of
/// options.
#include <cstddef>
#include <cstring>
#include <string>

#include "heap_test.h"

namespace cairn_test {
namespace {

using NumbersTest = HeapTest;

// How many bytes of `Options` its init call leaves as they were, whatever they were.
template <typename Options>
size_t bytes_left_by(void (*init)(Options*)) {
    alignas(Options) unsigned char bytes[2][sizeof(Options)];
    for (auto& filled : bytes) {
        std::memset(filled, &filled == &bytes[0] ? 0xA5 : 0x5A, sizeof(Options));
        init(reinterpret_cast<Options*>(filled));
    }
    size_t left = 0;
    for (size_t i = 0; i < sizeof(Options); ++i) {
        left += bytes[0][i] == 0xA5 && bytes[1][i] == 0x5A;
    }
    return left;
}

TEST_F(NumbersTest, TheLibrarySaysWhatItIs) {
    EXPECT_EQ(cairn_version(), static_cast<uint32_t>(CAIRN_VERSION_NUMBER));
    EXPECT_EQ(cairn_check_level(), CAIRN_CHECK_LEVEL);
}

TEST_F(NumbersTest, StructsSayHowLongTheyAre) {
    EXPECT_EQ(usage().size, sizeof(cairn_heap_usage));
    cairn_heap_usage used = {};
    used.size = sizeof used;
    cairn_heap_get_usage(heap, &used);
    EXPECT_EQ(used.size, sizeof used);
    cairn_gc_stats stats = {};
    EXPECT_EQ(cairn_gc_get_stats(heap, 0, &stats), CAIRN_OK);
    EXPECT_EQ(stats.size, sizeof stats);
    size_t seen = 0;
    ASSERT_EQ(cairn_gc_callback_add(
                  heap,
                  [](cairn_heap*, cairn_gc_phase, const cairn_gc_info* info, void* out) {
                      *static_cast<size_t*>(out) = info->size;
                      return CAIRN_OK;
                  },
                  &seen),
              CAIRN_OK);
    collect();
    EXPECT_EQ(seen, sizeof(cairn_gc_info));
}

TEST_F(NumbersTest, StructsOfInspectionSayHowLongTheyAre) {
    const cairn_site_fn site = [](cairn_heap*, const cairn_type*, size_t, void*) {
        return uint32_t{7};
    };
    cairn_heap_set_sampler(heap, 1, site, nullptr);
    cairn_object* object = make(plain, "a");
    cairn_heap_set_sampler(heap, 0, nullptr, nullptr);
    cairn_retained_size retained = {};
    ASSERT_EQ(cairn_retained(heap, &object, 1, &retained, nullptr, nullptr), CAIRN_OK);
    EXPECT_EQ(retained.size, sizeof retained);
    size_t row_size = 0;
    ASSERT_EQ(cairn_census(
                  heap,
                  [](const cairn_census_row* row, void* out) {
                      *static_cast<size_t*>(out) = row->size;
                      return 1;
                  },
                  &row_size),
              CAIRN_OK);
    EXPECT_EQ(row_size, sizeof(cairn_census_row));
    size_t sum_size = 0;
    ASSERT_EQ(cairn_visit_sites(
                  heap,
                  [](const cairn_site_sum* sum, void* out) {
                      *static_cast<size_t*>(out) = sum->size;
                      return 1;
                  },
                  &sum_size),
              CAIRN_OK);
    EXPECT_EQ(sum_size, sizeof(cairn_site_sum));
    cairn_decref(object);
}

TEST_F(NumbersTest, NothingIsWrittenBehindTheStructOfAnOlderHost) {
    cairn_heap_usage used;
    std::memset(&used, 0xA5, sizeof used);
    constexpr size_t kKnown = offsetof(cairn_heap_usage, peak_bytes);
    used.size = kKnown;
    cairn_heap_get_usage(heap, &used);
    EXPECT_EQ(used.size, kKnown);
    EXPECT_EQ(used.reserved_bytes, usage().reserved_bytes);
    EXPECT_EQ(used.peak_bytes, 0xA5A5A5A5A5A5A5A5u);
}

TEST_F(NumbersTest, InitCallsLeaveNoFieldAsItWas) {
    constexpr size_t kPadding = offsetof(cairn_heap_options, allocator) -
                                offsetof(cairn_heap_options, flags) - sizeof(uint32_t);
    EXPECT_EQ(bytes_left_by(&cairn_heap_options_init), kPadding);
    EXPECT_EQ(bytes_left_by(&cairn_snapshot_options_init), 0u);
}

TEST_F(NumbersTest, ASpecHasNoSizeOrTheRightOne) {
    cairn_type_spec spec = {};
    spec.name = "t";
    spec.object_size = 32;
    EXPECT_EQ(cairn_type_spec_problem(&spec), nullptr);
    spec.size = sizeof spec;
    EXPECT_EQ(cairn_type_spec_problem(&spec), nullptr);
    for (const size_t size : {size_t{8}, sizeof spec + 8}) {
        spec.size = size;
        EXPECT_NE(std::string(cairn_type_spec_problem(&spec)).find("size"), std::string::npos);
        cairn_type* type = nullptr;
        EXPECT_EQ(cairn_type_new(heap, &spec, &type), CAIRN_INVALID);
    }
}

TEST_F(NumbersTest, ATooSmallWeakReferenceIsTold) {
    cairn_type_spec spec = {};
    spec.name = "ref";
    spec.flags = CAIRN_TYPE_WEAKREF;
    spec.object_size = 64;
    EXPECT_NE(std::string(cairn_type_spec_problem(&spec)).find("CAIRN_WEAKREF_SIZE"),
              std::string::npos);
    spec.object_size = 8;
    EXPECT_NE(std::string(cairn_type_spec_problem(&spec)).find("header"), std::string::npos);
}

TEST_F(NumbersTest, OptionsHaveProblemsInWords) {
    const auto problem = [](const cairn_heap_options& options) {
        const char* text = cairn_heap_options_problem(&options);
        EXPECT_EQ(cairn_heap_new(&options) == nullptr, text != nullptr);
        return std::string(text == nullptr ? "" : text);
    };
    EXPECT_EQ(cairn_heap_options_problem(nullptr), nullptr);
    cairn_heap_options options = {};
    EXPECT_NE(problem(options).find("cairn_heap_options_init"), std::string::npos);
    options.size = 8;
    EXPECT_NE(problem(options).find("size"), std::string::npos);
    options.size = sizeof options + 8;
    EXPECT_NE(problem(options).find("size"), std::string::npos);
    cairn_heap_options_init(&options);
    options.flags = 1U << 30;
    EXPECT_EQ(problem(options), "unknown flags");
    cairn_heap_options_init(&options);
    options.allocator.release = [](void*, size_t, size_t, void*) {};
    EXPECT_NE(problem(options).find("allocator"), std::string::npos);
}

TEST_F(NumbersTest, LiveBytesAreTheCellsOfLiveObjects) {
    EXPECT_EQ(usage().live_bytes, 0u);
    std::vector<cairn_object*> all;
    size_t expected = 0;
    const auto add = [&](cairn_object* object) {
        all.push_back(object);
        expected += cairn_object_size(object);
    };
    for (int i = 0; i < 5000; ++i) {
        add(cairn_new(plain));
        add(cairn_new(leaf));
    }
    add(make_array(500000, "large"));
    add(make_array(20, "small"));
    EXPECT_EQ(usage().live_bytes, expected);
    for (size_t i = 0; i < all.size(); i += 3) {
        expected -= cairn_object_size(all[i]);
        cairn_decref(all[i]);
        all[i] = nullptr;
        if (i % 999 == 0) {
            EXPECT_EQ(usage().live_bytes, expected);
        }
    }
    EXPECT_EQ(usage().live_bytes, expected);
    collect();
    EXPECT_EQ(usage().live_bytes, expected);
    EXPECT_LT(usage().live_bytes, usage().object_bytes);
    for (cairn_object* object : all) {
        if (object != nullptr) {
            cairn_decref(object);
        }
    }
    EXPECT_EQ(usage().live_bytes, 0u);
}

TEST_F(NumbersTest, AHostOfAnotherLevelIsWarned) {
    const auto warning = [](int level) {
        testing::internal::CaptureStderr();
        cairn_heap_free(cairn_heap_new_at_level(nullptr, level));
        return testing::internal::GetCapturedStderr();
    };
    const int other = CAIRN_CHECK_LEVEL > 0 ? 0 : 2;
    EXPECT_NE(warning(other).find("CAIRN_CHECK_LEVEL"), std::string::npos);
    EXPECT_EQ(warning(CAIRN_CHECK_LEVEL), "");
    if (CAIRN_CHECK_LEVEL > 0) {
        EXPECT_EQ(warning(1), "") << "both report misuse";
    }
}

TEST_F(NumbersTest, AFinalizerNeedsAFunction) {
    cairn_object* a = make(plain, "a");
    const size_t objects = usage().objects;
    EXPECT_EQ(cairn_finalizer_new(a, nullptr, nullptr, nullptr), nullptr);
    EXPECT_EQ(usage().objects, objects);
    EXPECT_EQ(cairn_weakref_count(a), 0u);
    cairn_decref(a);
}

}  // namespace
}  // namespace cairn_test
