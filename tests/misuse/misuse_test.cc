// SPDX-License-Identifier: MIT
/// Wrong use in a checked build: the process ends with a message on standard error that names the
/// object's type, its address and what was wrong.
#include <cstddef>
#include <cstdio>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "cairn/cairn.h"
#include "cairn/testing.h"

namespace cairn_misuse {
namespace {

#if defined(__SANITIZE_ADDRESS__)
#define CAIRN_MISUSE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CAIRN_MISUSE_ASAN 1
#endif
#endif
#ifndef CAIRN_MISUSE_ASAN
#define CAIRN_MISUSE_ASAN 0
#endif

struct Node {
    cairn_object head;
    cairn_object* slots[2];
    cairn_object* hidden;  ///< not part of the slot layout
};

/// What the traverse function of the type "crooked" does.
enum class Crooked { kRight, kTooMuch, kTooLittle };
Crooked crooked = Crooked::kRight;

void traverse(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
    const auto* node = reinterpret_cast<const Node*>(self);
    visit(node->slots[0], visit_data);
    if (crooked == Crooked::kTooMuch) {
        for (int i = 0; i < 3; ++i) {
            visit(node->slots[0], visit_data);
        }
    }
    if (crooked != Crooked::kTooLittle) {
        visit(node->slots[1], visit_data);
    }
}

void clear(cairn_object* self) {
    auto* node = reinterpret_cast<Node*>(self);
    cairn_clear(&node->slots[0]);
    cairn_clear(&node->slots[1]);
}

class MisuseTest : public ::testing::Test {
  protected:
    void SetUp() override {
        // A death test runs again from the start in a process of its own, threads or not.
        testing::FLAGS_gtest_death_test_style = "threadsafe";
        crooked = Crooked::kRight;
        heap_ = cairn_heap_new(nullptr);
        ASSERT_NE(heap_, nullptr);
        cairn_type_spec spec = {};
        spec.name = "gadget";
        spec.object_size = sizeof(Node);
        spec.slots_offset = offsetof(Node, slots);
        spec.slot_count = 2;
        gadget_ = make_type(spec);
        spec.name = "by_hand";
        spec.flags = CAIRN_TYPE_TRACK_BY_HAND;
        by_hand_ = make_type(spec);
        spec = {};
        spec.name = "crooked";
        spec.object_size = sizeof(Node);
        spec.traverse = &traverse;
        spec.clear = &clear;
        crooked_ = make_type(spec);
        spec = {};
        spec.name = "leaf";
        spec.object_size = sizeof(Node);
        leaf_ = make_type(spec);
    }

    void TearDown() override { cairn_heap_free(heap_); }

    cairn_type* make_type(const cairn_type_spec& spec) {
        cairn_type* type = nullptr;
        EXPECT_EQ(cairn_type_new(heap_, &spec, &type), CAIRN_OK);
        return type;
    }

    static cairn_object** slot(cairn_object* object, size_t i) {
        return &reinterpret_cast<Node*>(object)->slots[i];
    }

    /// Two objects of the type "crooked" that refer to each other, with an extra reference.
    cairn_object* make_crooked_ring() {
        cairn_object* a = cairn_new(crooked_);
        cairn_object* b = cairn_new(crooked_);
        cairn_set(slot(a, 0), b);
        cairn_set(slot(b, 0), a);
        cairn_set(slot(a, 1), b);
        cairn_decref(b);
        return a;
    }

    cairn_heap* heap_ = nullptr;
    cairn_type* gadget_ = nullptr;
    cairn_type* by_hand_ = nullptr;
    cairn_type* crooked_ = nullptr;
    cairn_type* leaf_ = nullptr;
    int number_ = 7;
};

/// A regular expression for a line that holds the name of the type and one of `words`. Where the
/// address sanitizer guards freed objects, its own report comes first.
std::string report(const std::string& words, const std::string& type = "gadget") {
    const std::string line = "(" + words + ").*" + type + "|" + type + ".*(" + words + ")";
    return CAIRN_MISUSE_ASAN ? line + "|use-after-poison" : line;
}

TEST_F(MisuseTest, DecrefOfAFreedObject) {
    cairn_object* a = cairn_new(gadget_);
    EXPECT_DEATH(
        {
            cairn_decref(a);
            cairn_decref(a);
        },
        report("freed|refcount"));
    cairn_decref(a);
}

TEST_F(MisuseTest, IncrefOfAFreedObject) {
    cairn_object* a = cairn_new(gadget_);
    EXPECT_DEATH(
        {
            cairn_decref(a);
            cairn_incref(a);
        },
        report("freed|refcount"));
    cairn_decref(a);
}

TEST_F(MisuseTest, WeakReferenceToAFreedObject) {
    cairn_object* a = cairn_new(gadget_);
    EXPECT_DEATH(
        {
            cairn_decref(a);
            (void)cairn_weakref_new(a, nullptr, nullptr, nullptr);
        },
        report("freed|refcount"));
    cairn_decref(a);
}

TEST_F(MisuseTest, ReportHoldsTheAddress) {
    testing::FLAGS_gtest_death_test_style = "fast";  // A forked child has the same addresses.
    cairn_object* a = cairn_new(by_hand_);
    ASSERT_EQ(cairn_gc_track(a), CAIRN_OK);
    char address[32];
    (void)std::snprintf(address, sizeof address, "%p", static_cast<void*>(a));
    EXPECT_DEATH((void)cairn_gc_track(a), address);
    cairn_decref(a);
}

TEST_F(MisuseTest, TrackOfATrackedObject) {
    cairn_object* a = cairn_new(by_hand_);
    ASSERT_EQ(cairn_gc_track(a), CAIRN_OK);
    EXPECT_DEATH((void)cairn_gc_track(a), report("tracked", "by_hand"));
    cairn_decref(a);
}

TEST_F(MisuseTest, TraverseThatVisitsTooMuch) {
    cairn_object* a = make_crooked_ring();
    EXPECT_DEATH(
        {
            crooked = Crooked::kTooMuch;
            (void)cairn_gc_collect(heap_, 2, nullptr);
        },
        report("traverse|refcount|reference", "crooked"));
    EXPECT_DEATH(
        {
            crooked = Crooked::kTooMuch;
            cairn_decref(a);
            (void)cairn_gc_collect(heap_, 2, nullptr);
        },
        report("traverse|refcount|reference", "crooked"));
    cairn_decref(a);
    EXPECT_EQ(cairn_gc_collect(heap_, 2, nullptr), CAIRN_OK);
}

TEST_F(MisuseTest, TraverseThatVisitsTooLittleIsFoundAtTheDeath) {
    // The collector alone cannot see it: a reference that is not shown looks like one from
    // outside. But clear drops what traverse did not show.
    cairn_object* a = make_crooked_ring();
    EXPECT_DEATH(
        {
            crooked = Crooked::kTooLittle;
            cairn_clear(slot(*slot(a, 0), 0));
            cairn_decref(a);
        },
        report("traverse|refcount|reference", "crooked"));
    cairn_decref(a);
    EXPECT_EQ(cairn_gc_collect(heap_, 2, nullptr), CAIRN_OK);
}

TEST_F(MisuseTest, TraverseMayLeaveOutLeavesButNotVisitThemTwice) {
    cairn_object* a = make_crooked_ring();
    cairn_object* leaf = cairn_new(leaf_);
    cairn_set(slot(a, 1), leaf);
    cairn_set(slot(*slot(a, 0), 1), leaf);
    crooked = Crooked::kTooLittle;
    cairn_decref(a);
    EXPECT_EQ(cairn_verify_for_testing(heap_), 1);
    size_t found = 0;
    EXPECT_EQ(cairn_gc_collect(heap_, 2, &found), CAIRN_OK);
    EXPECT_EQ(found, 2U);
    EXPECT_EQ(cairn_refcount(leaf), 1U);

    cairn_object* b = cairn_new(crooked_);
    cairn_set(slot(b, 0), leaf);
    EXPECT_DEATH(
        {
            crooked = Crooked::kTooMuch;
            cairn_decref(b);
        },
        report("traverse", "crooked"));
    cairn_decref(b);
    cairn_decref(leaf);
}

TEST_F(MisuseTest, ReferenceThatWasNeverCounted) {
    cairn_object* a = cairn_new(gadget_);
    cairn_object* b = cairn_new(gadget_);
    EXPECT_DEATH(
        {
            cairn_set(slot(a, 0), b);
            *slot(a, 1) = b;  // Stored without a reference of its own,
            cairn_decref(b);
            cairn_decref(a);  // so dropping both slots goes below zero.
        },
        report("freed|refcount"));
    cairn_decref(a);
    cairn_decref(b);
}

TEST_F(MisuseTest, UseFromAForeignThread) {
    cairn_object* a = cairn_new(gadget_);
    // INV-THREAD-OWNER
    EXPECT_DEATH(std::thread([&] { cairn_incref(a); }).join(), "thread");
    EXPECT_DEATH(std::thread([&] { cairn_decref(a); }).join(), "thread");
    EXPECT_DEATH(std::thread([&] { (void)cairn_new(gadget_); }).join(), "thread");
    EXPECT_DEATH(std::thread([&] { (void)cairn_gc_collect(heap_, 2, nullptr); }).join(), "thread");
    EXPECT_DEATH(std::thread([&] { (void)cairn_weakref_new(a, nullptr, nullptr, nullptr); }).join(),
                 "thread");
    EXPECT_DEATH(std::thread([&] { (void)cairn_heap_free(heap_); }).join(), "thread");
    cairn_decref(a);
}

TEST_F(MisuseTest, UseByTheFormerThreadAfterAnAdoption) {
    std::thread([&] { cairn_heap_adopt(heap_); }).join();
    EXPECT_DEATH((void)cairn_new(gadget_), "thread");
    cairn_heap_adopt(heap_);
    cairn_object* a = cairn_new(gadget_);
    EXPECT_NE(a, nullptr);
    cairn_decref(a);
}

TEST_F(MisuseTest, CallsForAnyThreadAreNoMisuse) {
    cairn_object* a = cairn_new(gadget_);
    std::thread([&] {
        EXPECT_EQ(cairn_heap_of(a), heap_);
        EXPECT_EQ(cairn_heap_user_data(heap_), nullptr);
        EXPECT_STREQ(cairn_type_name(gadget_), "gadget");
        EXPECT_EQ(cairn_is_weakref(a), 0);
        EXPECT_NE(cairn_status_text(CAIRN_OK), nullptr);
    }).join();
    cairn_decref(a);
}

TEST_F(MisuseTest, TheHookIsCalledWithTheReportBeforeTheEnd) {
    cairn_object* a = cairn_new(gadget_);
    cairn_set_misuse_hook(
        [](const char* text, cairn_object* object, void* user_data) {
            (void)std::fprintf(stderr,
                               "hook %d: %s, %s\n",
                               *static_cast<int*>(user_data),
                               object == nullptr ? "-" : cairn_type_name(cairn_type_of(object)),
                               text);
        },
        &number_);
    EXPECT_DEATH(cairn_decref(nullptr), "hook 7: -, cairn: misuse: NULL is used as an object");
    cairn_object* b = cairn_new(by_hand_);
    ASSERT_EQ(cairn_gc_track(b), CAIRN_OK);
    EXPECT_DEATH((void)cairn_gc_track(b), "hook 7: by_hand, cairn: misuse: track");
    cairn_set_misuse_hook(nullptr, nullptr);
    cairn_decref(a);
    cairn_decref(b);
}

TEST_F(MisuseTest, AHookThatMakesTheSameMistakeEndsTheProcess) {
    cairn_set_misuse_hook([](const char*, cairn_object*, void*) { cairn_decref(nullptr); },
                          nullptr);
    EXPECT_DEATH(cairn_decref(nullptr), "NULL is used as an object");
    cairn_set_misuse_hook(nullptr, nullptr);
}

TEST_F(MisuseTest, PointersThatAreNoObjects) {
    cairn_object* a = cairn_new(gadget_);
    cairn_object local = {};
    auto* inside = reinterpret_cast<cairn_object*>(reinterpret_cast<char*>(a) + 16);
    auto* unaligned = reinterpret_cast<cairn_object*>(reinterpret_cast<char*>(a) + 4);
    EXPECT_DEATH(cairn_incref(reinterpret_cast<cairn_object*>(uintptr_t{7})), "tagged immediate");
    EXPECT_DEATH(cairn_incref(unaligned), "not aligned");
    EXPECT_DEATH(cairn_incref(inside), "where no object begins");
    EXPECT_DEATH(cairn_incref(&local), "no heap|not aligned");
    EXPECT_DEATH((void)cairn_heap_of(nullptr), "NULL is used");
    EXPECT_DEATH((void)cairn_new(nullptr), "used as a type");
    EXPECT_DEATH((void)cairn_gc_collect(nullptr, 2, nullptr), "used as a heap");
    EXPECT_DEATH(cairn_set(nullptr, a), "slot at NULL");
    cairn_decref(a);
}

TEST_F(MisuseTest, ObjectsOfTwoHeapsInOneCall) {
    cairn_heap* other_heap = cairn_heap_new(nullptr);
    cairn_type_spec spec = {};
    spec.name = "stranger";
    spec.object_size = 32;
    cairn_type* stranger = nullptr;
    ASSERT_EQ(cairn_type_new(other_heap, &spec, &stranger), CAIRN_OK);
    cairn_object* a = cairn_new(gadget_);
    cairn_object* b = cairn_new(stranger);
    int equal = 0;
    EXPECT_DEATH((void)cairn_equal(a, b, &equal), "two heaps.*gadget.*stranger");
    EXPECT_DEATH((void)cairn_finalizer_new(
                     a, [](cairn_object*, void*) { return CAIRN_OK; }, b, nullptr),
                 "two heaps.*gadget.*stranger");
    EXPECT_DEATH(cairn_set(slot(a, 0), b), "another heap.*gadget.*stranger");
    // A store that no call has seen is found by the verifier, and by a collection.
    *slot(a, 0) = cairn_new_ref(b);
    testing::internal::CaptureStderr();
    EXPECT_EQ(cairn_verify_for_testing(heap_), 0);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("another heap"), std::string::npos);
    EXPECT_DEATH((void)cairn_gc_collect(heap_, 2, nullptr), "another heap.*gadget.*stranger");
    cairn_clear(slot(a, 0));
    cairn_decref(a);
    cairn_decref(b);
    EXPECT_EQ(cairn_heap_free(other_heap), 0U);
}

// Functions that visit, measure or describe must not make objects.
TEST_F(MisuseTest, CallsThatFunctionsForInspectionMustNotMake) {
    static cairn_type* type;
    type = gadget_;
    cairn_type_spec spec = {};
    spec.name = "measured";
    spec.object_size = 24;
    spec.external_size = [](cairn_object*) { return size_t{cairn_new(type) != nullptr}; };
    cairn_type* measured = nullptr;
    ASSERT_EQ(cairn_type_new(heap_, &spec, &measured), CAIRN_OK);
    cairn_object* a = cairn_new(gadget_);
    const cairn_visit_object_fn visit = [](cairn_object*, void*) {
        return cairn_new(type) != nullptr ? 1 : 0;
    };
    cairn_retained_size size = {};
    EXPECT_DEATH(cairn_visit_objects(heap_, visit, nullptr), "visit function");
    EXPECT_DEATH((void)cairn_retained(heap_, &a, 1, &size, visit, nullptr), "visit function");
    EXPECT_DEATH(
        (void)cairn_census(
            heap_,
            [](const cairn_census_row*, void*) { return cairn_new(type) != nullptr ? 1 : 0; },
            nullptr),
        "visit function");
    EXPECT_DEATH(
        (void)cairn_visit_held(
            heap_,
            [](cairn_object*, size_t, size_t, void*) { return cairn_new(type) != nullptr ? 1 : 0; },
            nullptr),
        "visit function");
    EXPECT_DEATH(
        (void)cairn_path_to_root(
            a,
            [](const cairn_path_step*, void*) { return cairn_new(type) != nullptr ? 1 : 0; },
            nullptr),
        "visit function");
    cairn_snapshot_options options;
    cairn_snapshot_options_init(&options);
    options.describe = [](cairn_object*, cairn_node*, void*) { (void)cairn_new(type); };
    const cairn_write_fn write = [](const void*, size_t, void*) { return 1; };
    EXPECT_DEATH((void)cairn_snapshot_write(heap_, &options, write, nullptr), "visit function");
    cairn_object* b = cairn_new(measured);
    EXPECT_DEATH((void)cairn_census(
                     heap_, [](const cairn_census_row*, void*) { return 1; }, nullptr),
                 "size function");
    cairn_decref(a);
    cairn_decref(b);
}

TEST_F(MisuseTest, RightUseIsSilent) {
    testing::internal::CaptureStderr();
    cairn_object* a = make_crooked_ring();
    cairn_object* w = cairn_weakref_new(a, nullptr, nullptr, nullptr);
    cairn_decref(a);
    size_t found = 0;
    EXPECT_EQ(cairn_gc_collect(heap_, 2, &found), CAIRN_OK);
    EXPECT_EQ(found, 2u);
    cairn_decref(w);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace cairn_misuse
