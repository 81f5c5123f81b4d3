// SPDX-License-Identifier: MIT
/// Registered finalizers: run once, by death, by call, or at the heap's end.
#include "heap_test.h"

namespace cairn_test {
namespace {

class RegisteredFinalizerTest : public HeapTest {
  public:
    explicit RegisteredFinalizerTest(uint32_t heap_flags = 0) : HeapTest(heap_flags) {}

  protected:
    struct Called {
        RegisteredFinalizerTest* test;
        std::string label;
        std::function<cairn_status()> action;
        cairn_object* argument;
        cairn_object* self;
    };

    /// Registers; the caller owns the result.
    cairn_object* add(cairn_object* object,
                      const std::string& label,
                      std::function<cairn_status()> action = nullptr,
                      cairn_object* argument = nullptr) {
        calls_.push_back({this, label, std::move(action), argument, nullptr});
        cairn_object* made = cairn_finalizer_new(object, &run, argument, &calls_.back());
        EXPECT_NE(made, nullptr);
        calls_.back().self = made;
        return made;
    }

    /// Registers and forgets.
    void leave(cairn_object* object, const std::string& label) { cairn_decref(add(object, label)); }

    static cairn_status run(cairn_object* argument, void* user_data) {
        auto* called = static_cast<Called*>(user_data);
        EXPECT_EQ(argument, called->argument);
        EXPECT_EQ(cairn_finalizer_is_alive(called->self), 0) << "dead before it is called";
        called->test->note("run " + called->label);
        return called->action ? called->action() : CAIRN_OK;
    }

    std::deque<Called> calls_;
};

// Somebody may hold it after the finalizer has let go of it; it is not the shared one.
TEST_F(RegisteredFinalizerTest, ItsReferenceIsNotGivenToOthers) {
    cairn_object* object = make(plain, "x");
    cairn_object* finalizer = add(object, "f");
    cairn_objects refs{};
    ASSERT_EQ(cairn_get_weakrefs(object, &refs), CAIRN_OK);
    ASSERT_EQ(refs.count, 1u);
    EXPECT_EQ(cairn_finalizer_detach(finalizer), 1);
    cairn_object* ref = cairn_weakref_new(object, nullptr, nullptr, nullptr);
    EXPECT_NE(ref, refs.items[0]);
    cairn_objects_release(heap, &refs);
    for (cairn_object* each : {ref, finalizer, object}) {
        cairn_decref(each);
    }
}

TEST_F(RegisteredFinalizerTest, RunsOnceWhenItsObjectDies) {
    cairn_object* object = make(logged, "x");
    cairn_object* finalizer = add(object, "f");
    EXPECT_TRUE(cairn_is_finalizer(finalizer));
    EXPECT_FALSE(cairn_is_finalizer(object));
    EXPECT_TRUE(cairn_finalizer_is_alive(finalizer));
    EXPECT_EQ(cairn_refcount(object), 1u);
    cairn_decref(object);
    EXPECT_EQ(take_log(), "run f, dealloc x");
    EXPECT_FALSE(cairn_finalizer_is_alive(finalizer));
    int ran = -1;
    EXPECT_EQ(cairn_finalizer_call(finalizer, &ran), CAIRN_OK);
    EXPECT_EQ(ran, 0);
    EXPECT_EQ(cairn_finalizer_detach(finalizer), 0);
    EXPECT_EQ(cairn_finalizer_set_atexit(finalizer, 1), CAIRN_NOT_FOUND);
    EXPECT_EQ(cairn_finalizer_get_atexit(finalizer), 0);
    EXPECT_EQ(take_log(), "");
    cairn_decref(finalizer);
}

TEST_F(RegisteredFinalizerTest, StaysRegisteredWhenTheResultIsDropped) {
    cairn_object* object = make(leaf, "x");
    leave(object, "f");
    collect();
    EXPECT_EQ(take_log(), "");
    cairn_decref(object);
    EXPECT_EQ(take_log(), "run f, dealloc x");
    EXPECT_EQ(usage().objects, 0u);
}

TEST_F(RegisteredFinalizerTest, RunsWhenACycleIsCollectedBeforeItsFinalizers) {
    cairn_object* ring = make_ring(fin, {"a", "b"});
    leave(ring, "f");
    leave(get(ring, 0), "g");
    cairn_decref(ring);
    collect();
    EXPECT_EQ(log().size(), 6u);
    EXPECT_EQ(count_events("run f") + count_events("run g"), 2u);
    EXPECT_EQ(log()[0].substr(0, 3) + log()[1].substr(0, 3), "runrun");
}

TEST_F(RegisteredFinalizerTest, NewestRunsFirst) {
    cairn_object* object = make(logged, "x");
    leave(object, "1");
    leave(object, "2");
    leave(object, "3");
    cairn_decref(object);
    EXPECT_EQ(take_log(), "run 3, run 2, run 1, dealloc x");
}

TEST_F(RegisteredFinalizerTest, AnEarlyCallRunsItAndDropsTheArgument) {
    cairn_object* object = make(logged, "x");
    cairn_object* argument = make(logged, "arg");
    cairn_object* finalizer = add(
        object, "f", [] { return CAIRN_USER_ERROR; }, argument);
    cairn_decref(argument);
    int ran = -1;
    EXPECT_EQ(cairn_finalizer_call(finalizer, &ran), CAIRN_USER_ERROR) << "the caller is told";
    EXPECT_EQ(ran, 1);
    EXPECT_EQ(take_log(), "run f, dealloc arg");
    EXPECT_EQ(cairn_finalizer_call(finalizer, nullptr), CAIRN_OK);
    EXPECT_EQ(cairn_finalizer_call(object, &ran), CAIRN_INVALID);
    EXPECT_EQ(cairn_weakref_count(object), 0u);
    cairn_decref(object);
    EXPECT_EQ(take_log(), "dealloc x");
    cairn_decref(finalizer);
}

TEST_F(RegisteredFinalizerTest, DetachTakesItOffWithoutRunning) {
    cairn_object* object = make(logged, "x");
    cairn_object* argument = make(logged, "arg");
    cairn_object* finalizer = add(object, "f", nullptr, argument);
    cairn_decref(argument);
    EXPECT_EQ(cairn_finalizer_detach(finalizer), 1);
    EXPECT_EQ(take_log(), "dealloc arg");
    EXPECT_EQ(cairn_finalizer_detach(finalizer), 0);
    EXPECT_EQ(cairn_finalizer_detach(object), 0);
    EXPECT_EQ(cairn_finalizer_peek(finalizer, nullptr, nullptr, nullptr), CAIRN_NOT_FOUND);
    cairn_decref(finalizer);
    cairn_decref(object);
    EXPECT_EQ(take_log(), "dealloc x");
}

TEST_F(RegisteredFinalizerTest, PeekTellsWhatItIsFor) {
    cairn_object* object = make(logged, "x");
    cairn_object* argument = make(logged, "arg");
    cairn_object* finalizer = add(object, "f", nullptr, argument);
    cairn_object* seen_object = nullptr;
    cairn_object* seen_argument = nullptr;
    void* user_data = nullptr;
    EXPECT_EQ(cairn_finalizer_peek(finalizer, &seen_object, &seen_argument, &user_data), CAIRN_OK);
    EXPECT_EQ(seen_object, object);
    EXPECT_EQ(seen_argument, argument);
    EXPECT_EQ(user_data, &calls_.back());
    EXPECT_EQ(cairn_refcount(object), 2u);
    EXPECT_EQ(cairn_finalizer_peek(finalizer, nullptr, nullptr, nullptr), CAIRN_OK);
    EXPECT_EQ(cairn_refcount(object), 2u);
    for (cairn_object* each : {seen_object, seen_argument, argument, object, finalizer}) {
        cairn_decref(each);
    }
    EXPECT_EQ(take_log(), "run f, dealloc arg, dealloc x");
}

TEST_F(RegisteredFinalizerTest, AnErrorIsReportedAndTheOthersRun) {
    cairn_object* object = make(logged, "x");
    leave(object, "1");
    cairn_decref(add(object, "2", [] { return CAIRN_USER_ERROR; }));
    leave(object, "3");
    cairn_decref(object);
    EXPECT_EQ(take_log(), "run 3, run 2, unraisable registered, run 1, dealloc x");
    ASSERT_EQ(unraisables.size(), 1u);
    EXPECT_EQ(unraisables[0].status, CAIRN_USER_ERROR);
    EXPECT_EQ(unraisables[0].object, calls_[1].self);
}

TEST_F(RegisteredFinalizerTest, AnArgumentThatReachesTheObjectKeepsItUntilTheEnd) {
    cairn_object* object = make(logged, "x");
    cairn_decref(add(object, "f", nullptr, object));
    cairn_decref(object);
    collect();
    EXPECT_EQ(take_log(), "");
    close();
    EXPECT_EQ(take_log(), "run f, dealloc x");
}

TEST_F(RegisteredFinalizerTest, AtTheEndNewestRunsFirstThoseRegisteredMeanwhileIncluded) {
    cairn_object* object = make(logged, "x");
    leave(object, "1");
    cairn_decref(add(object, "2", [&] {
        leave(object, "new");
        return CAIRN_USER_ERROR;
    }));
    cairn_object* silent = add(object, "silent");
    EXPECT_EQ(cairn_finalizer_get_atexit(silent), 1);
    EXPECT_EQ(cairn_finalizer_set_atexit(silent, 0), CAIRN_OK);
    EXPECT_EQ(cairn_finalizer_get_atexit(silent), 0);
    cairn_decref(silent);
    leave(object, "3");
    cairn_finalizers_run_atexit(heap);
    EXPECT_EQ(take_log(), "run 3, run 2, unraisable registered, run new, run 1");
    cairn_decref(object);
    EXPECT_EQ(take_log(), "run silent, dealloc x");
}

TEST_F(RegisteredFinalizerTest, WhatRunsAtTheEndIsLookedUpAtTheStartAndAfterARegistration) {
    for (const bool registers : {false, true}) {
        cairn_object* object = make(logged, "x");
        cairn_object* included = add(object, "included");
        cairn_object* excluded = add(object, "excluded");
        cairn_object* detached = add(object, "detached");
        EXPECT_EQ(cairn_finalizer_set_atexit(included, 0), CAIRN_OK);
        cairn_decref(add(object, "first", [&] {
            EXPECT_EQ(cairn_finalizer_set_atexit(included, 1), CAIRN_OK);
            EXPECT_EQ(cairn_finalizer_set_atexit(excluded, 0), CAIRN_OK);
            EXPECT_EQ(cairn_finalizer_detach(detached), 1);
            if (registers) {
                leave(object, "new");
            }
            return CAIRN_OK;
        }));
        cairn_finalizers_run_atexit(heap);
        EXPECT_EQ(take_log(),
                  registers ? "run first, run new, run included" : "run first, run excluded");
        for (cairn_object* finalizer : {included, excluded, detached}) {
            cairn_decref(finalizer);
        }
        cairn_decref(object);
        EXPECT_EQ(take_log(), registers ? "run excluded, dealloc x" : "run included, dealloc x");
    }
}

TEST_F(RegisteredFinalizerTest, ARunAtTheEndInsideARunLeavesNothingToTheOuterOne) {
    cairn_object* object = make(logged, "x");
    leave(object, "1");
    leave(object, "2");
    cairn_decref(add(object, "3", [&] {
        cairn_finalizers_run_atexit(heap);
        note("inner is over");
        leave(object, "4");
        return CAIRN_OK;
    }));
    cairn_finalizers_run_atexit(heap);
    EXPECT_EQ(take_log(), "run 3, run 2, run 1, inner is over, run 4");
    cairn_decref(object);
    EXPECT_EQ(take_log(), "dealloc x");
}

TEST_F(RegisteredFinalizerTest, FreeingTheHeapRunsTheRestOnce) {
    cairn_object* object = make(logged, "x");
    leave(object, "1");
    cairn_object* silent = add(object, "silent");
    EXPECT_EQ(cairn_finalizer_set_atexit(silent, 0), CAIRN_OK);
    cairn_decref(silent);
    leave(object, "2");
    close(1);
    EXPECT_EQ(take_log(), "run 2, run 1, dealloc x");
}

TEST_F(RegisteredFinalizerTest, NoAutomaticCollectionRunsAtExit) {
    cairn_gc_enable(heap);
    const uint32_t thresholds[3] = {1, 1, 1};
    cairn_gc_set_thresholds(heap, thresholds);
    cairn_object* object = make(logged, "x");
    size_t collections = 0;
    cairn_decref(add(object, "f", [&] {
        EXPECT_FALSE(cairn_gc_is_enabled(heap));
        for (int i = 0; i < 100; ++i) {
            cairn_decref(make_ring(plain, {"r", "s"}));
        }
        for (int generation = 0; generation < 3; ++generation) {
            cairn_gc_stats stats = {};
            EXPECT_EQ(cairn_gc_get_stats(heap, generation, &stats), CAIRN_OK);
            collections += stats.collections;
        }
        return CAIRN_OK;
    }));
    size_t before = 0;
    for (int generation = 0; generation < 3; ++generation) {
        cairn_gc_stats stats = {};
        EXPECT_EQ(cairn_gc_get_stats(heap, generation, &stats), CAIRN_OK);
        before += stats.collections;
    }
    cairn_finalizers_run_atexit(heap);
    EXPECT_EQ(collections, before);
    EXPECT_TRUE(cairn_gc_is_enabled(heap));
    cairn_decref(object);
    collect();
}

TEST_F(RegisteredFinalizerTest, AFinalizerCanBeWeaklyReferencedAndInACycle) {
    cairn_object* object = make(logged, "x");
    cairn_object* argument = make(logged, "arg");
    cairn_object* finalizer = add(object, "f", nullptr, argument);
    give(argument, 0, finalizer);  // The argument holds the finalizer that holds it.
    cairn_object* ref = weak(finalizer, "finalizer died");
    cairn_decref(argument);
    collect();
    EXPECT_EQ(take_log(), "") << "the registry holds it";
    cairn_decref(object);
    EXPECT_EQ(take_log(), "run f, dealloc arg, cb finalizer died, dealloc x");
    cairn_decref(ref);
}

}  // namespace
}  // namespace cairn_test
