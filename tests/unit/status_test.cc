// SPDX-License-Identifier: MIT
/// Status codes, their texts, and the unraisable hook.
#include <cstring>
#include <set>

#include "heap_test.h"

namespace cairn_test {
namespace {

TEST(StatusTest, EveryStatusHasATextOfItsOwn) {
    std::set<std::string> texts;
    for (int i = CAIRN_OK; i <= CAIRN_USER_ERROR; ++i) {
        const char* text = cairn_status_text(static_cast<cairn_status>(i));
        ASSERT_NE(text, nullptr);
        EXPECT_GT(std::strlen(text), 0u);
        EXPECT_STRNE(text, "unknown status");
        texts.insert(text);
    }
    EXPECT_EQ(texts.size(), 6u);
}

TEST(StatusTest, EveryPlaceHasATextOfItsOwn) {
    std::set<std::string> texts;
    for (int i = CAIRN_PLACE_FINALIZER; i <= CAIRN_PLACE_GC_CALLBACK; ++i) {
        const char* text = cairn_place_text(static_cast<cairn_place>(i));
        ASSERT_NE(text, nullptr);
        EXPECT_STRNE(text, "unknown place");
        texts.insert(text);
    }
    EXPECT_EQ(texts.size(), 4u);
}

TEST(StatusTest, OtherValuesAreUnknown) {
    // The enumeration has three bits: larger values are no values of it in C++.
    // NOLINTBEGIN(clang-analyzer-optin.core.EnumCastOutOfRange): tested
    EXPECT_STREQ(cairn_status_text(static_cast<cairn_status>(6)), "unknown status");
    EXPECT_STREQ(cairn_status_text(static_cast<cairn_status>(7)), "unknown status");
    // NOLINTEND(clang-analyzer-optin.core.EnumCastOutOfRange)
}

class UnraisableTest : public HeapTest {
  protected:
    cairn_object* make_failing(const std::string& label) {
        return make_fin(label, [](cairn_object*) { return CAIRN_USER_ERROR; });
    }
};

TEST_F(UnraisableTest, HookIsToldPlaceStatusAndObject) {
    cairn_object* a = make_failing("a");
    cairn_object* w = weak(a, "w", [](cairn_object*) { return CAIRN_NO_MEMORY; });
    cairn_decref(a);
    ASSERT_EQ(unraisables.size(), 2u);
    EXPECT_EQ(unraisables[0].place, CAIRN_PLACE_FINALIZER);
    EXPECT_EQ(unraisables[0].status, CAIRN_USER_ERROR);
    EXPECT_EQ(unraisables[0].object, a);
    EXPECT_EQ(unraisables[1].place, CAIRN_PLACE_WEAKREF_CALLBACK);
    EXPECT_EQ(unraisables[1].status, CAIRN_NO_MEMORY);
    EXPECT_EQ(unraisables[1].object, w);
    cairn_decref(w);
}

TEST_F(UnraisableTest, HookCanBeReplaced) {
    int calls = 0;
    cairn_heap_set_unraisable_hook(
        heap,
        [](cairn_heap*, cairn_place, cairn_status, cairn_object*, void* user_data) {
            ++*static_cast<int*>(user_data);
        },
        &calls);
    cairn_decref(make_failing("a"));
    EXPECT_EQ(calls, 1);
    EXPECT_TRUE(unraisables.empty());
}

TEST_F(UnraisableTest, DefaultHookWritesOneLine) {
    cairn_heap_set_unraisable_hook(heap, nullptr, nullptr);
    testing::internal::CaptureStderr();
    cairn_decref(make_failing("a"));
    const std::string text = testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
    EXPECT_NE(text.find("fin"), std::string::npos) << text;
    EXPECT_NE(text.find(cairn_status_text(CAIRN_USER_ERROR)), std::string::npos) << text;
    EXPECT_EQ(take_log(), "fin a, dealloc a");
}

TEST_F(UnraisableTest, HookMayRunUserCode) {
    struct Hook {
        static void run(
            cairn_heap* heap, cairn_place, cairn_status, cairn_object*, void* user_data) {
            auto* world = static_cast<World*>(user_data);
            world->note("hook");
            cairn_decref(world->make_fin("b"));
            size_t found = 0;
            EXPECT_EQ(cairn_gc_collect(heap, 2, &found), CAIRN_OK);
            EXPECT_TRUE(world->verify());
        }
    };
    cairn_heap_set_unraisable_hook(heap, &Hook::run, static_cast<World*>(this));
    cairn_decref(make_failing("a"));
    EXPECT_EQ(take_log(), "fin a, hook, fin b, dealloc b, dealloc a");
    cairn_object* c = make_failing("c");
    set(c, 0, c);
    cairn_decref(c);
    EXPECT_EQ(collect(), 1u);
    EXPECT_EQ(take_log(), "fin c, hook, fin b, dealloc b, dealloc c");
}

TEST_F(UnraisableTest, HookMayResurrectTheFinalizedObject) {
    static cairn_object* kept = nullptr;
    cairn_heap_set_unraisable_hook(
        heap,
        [](cairn_heap*, cairn_place, cairn_status, cairn_object* object, void*) {
            cairn_set(&kept, object);
        },
        nullptr);
    cairn_object* a = make_failing("a");
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a");
    EXPECT_EQ(kept, a);
    EXPECT_EQ(cairn_refcount(a), 1u);
    cairn_clear(&kept);
    EXPECT_EQ(take_log(), "dealloc a");
}

TEST_F(UnraisableTest, FailureInsideAFailureIsReportedToo) {
    struct Hook {
        static void run(cairn_heap*, cairn_place, cairn_status, cairn_object*, void* user_data) {
            auto* world = static_cast<World*>(user_data);
            if (world->count_events("hook") < 5) {
                world->note("hook");
                cairn_decref(world->make(world->fin, "again"));
            }
        }
    };
    on_finalize("again", [](cairn_object*) { return CAIRN_USER_ERROR; });
    cairn_heap_set_unraisable_hook(heap, &Hook::run, static_cast<World*>(this));
    cairn_decref(make(fin, "again"));
    EXPECT_EQ(count_events("hook"), 5u);
    EXPECT_EQ(count_events("dealloc again"), 6u);
}

}  // namespace
}  // namespace cairn_test
