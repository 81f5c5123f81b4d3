// SPDX-License-Identifier: MIT
/// What the heap's options change: when weak references are cleared, in which order user code of a
/// cycle comes, what holds a weak-key map's values.
#include "weakmap_helpers.h"

namespace cairn_test {
namespace {

class OutliveTest : public WeakmapTest {
  public:
    OutliveTest() : WeakmapTest(CAIRN_HEAP_WEAKREFS_OUTLIVE_FINALIZERS) {}
};

TEST_F(OutliveTest, ReferencesWithoutCallbackAreReadableInFinalizersOfACycle) {
    cairn_object* ring = make_ring(fin, {"a", "b"});
    cairn_object* plain_ref = weak(ring);
    cairn_object* told = weak(ring, "w");
    on_finalize("a", [&](cairn_object* self) {
        EXPECT_EQ(deref(plain_ref), "a");
        EXPECT_TRUE(cairn_weakref_is_cleared(told));
        (void)self;
        return CAIRN_OK;
    });
    cairn_decref(ring);
    collect();
    EXPECT_TRUE(cairn_weakref_is_cleared(plain_ref));
    EXPECT_EQ(log()[0], "cb w") << "callbacks come before finalizers";
    EXPECT_EQ(count_events("fin a"), 1u);
    cairn_decref(plain_ref);
    cairn_decref(told);
}

TEST_F(OutliveTest, TheySurviveIfTheObjectDoes) {
    cairn_object* holder = make(plain, "holder");
    cairn_object* ring = make_ring(fin, {"a", "b"});
    cairn_object* plain_ref = weak(ring);
    cairn_object* told = weak(ring, "w");
    on_finalize("b", [&](cairn_object* self) {
        set(holder, 0, self);
        return CAIRN_OK;
    });
    cairn_decref(ring);
    collect();
    EXPECT_EQ(deref(plain_ref), "a");
    EXPECT_TRUE(cairn_weakref_is_cleared(told));
    EXPECT_EQ(count_events("cb w"), 1u);
    cairn_decref(holder);
    collect();
    EXPECT_EQ(deref(plain_ref), "-");
    cairn_decref(plain_ref);
    cairn_decref(told);
}

TEST_F(OutliveTest, AFinalizerCanResurrectThroughThem) {
    cairn_object* holder = make(plain, "holder");
    cairn_object* ring = make_ring(fin, {"a", "b"});
    cairn_object* other_ring = make_ring(logged, {"c", "d"});
    cairn_object* ref = weak(other_ring);
    on_finalize("a", [&](cairn_object*) {
        give(holder, 0, cairn_weakref_get(ref));
        return CAIRN_OK;
    });
    cairn_decref(ring);
    cairn_decref(other_ring);
    collect();
    ASSERT_EQ(get(holder, 0), other_ring);
    EXPECT_EQ(label_of(get(other_ring, 0)), "d") << "it is whole";
    EXPECT_EQ(deref(ref), "c");
    cairn_decref(holder);
    collect();
    EXPECT_EQ(deref(ref), "-");
    cairn_decref(ref);
}

class FinalizersFirstTest : public WeakmapTest {
  public:
    explicit FinalizersFirstTest(uint32_t more = 0)
        : WeakmapTest(CAIRN_HEAP_FINALIZERS_FIRST | more) {}
};

TEST_F(FinalizersFirstTest, OneOrderOnBothWaysToDie) {
    cairn_object* object = make(fin, "x");
    cairn_object* ref = weak(object, "w");
    cairn_decref(object);
    EXPECT_EQ(take_log(), "fin x, cb w, dealloc x");
    cairn_object* ring = make(fin, "x");
    set(ring, 0, ring);
    cairn_object* ring_ref = weak(ring, "w");
    cairn_decref(ring);
    collect();
    EXPECT_EQ(take_log(), "fin x, cb w, dealloc x");
    cairn_decref(ref);
    cairn_decref(ring_ref);
}

class QueuedFinalizersFirstTest : public FinalizersFirstTest {
  public:
    QueuedFinalizersFirstTest() : FinalizersFirstTest(CAIRN_HEAP_QUEUE_FINALIZERS) {}
};

// The reference is garbage with its referent, but for CPython its map holds it: so it calls back,
// and must be whole until then.
TEST_F(QueuedFinalizersFirstTest, AReferenceThatAMapKeepsWaitsForItsCall) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* ring = make_ring(logged, {"a", "b"});
    cairn_object* argument = make(logged, "argument");
    cairn_object* seen = nullptr;
    cairn_object* ref = cairn_weakref_new(
        ring,
        [](cairn_object*, cairn_object* given, void* data) {
            *static_cast<cairn_object**>(data) = given;
            return CAIRN_OK;
        },
        argument,
        &seen);
    cairn_decref(argument);
    EXPECT_EQ(put(map, ref, ref), CAIRN_OK);
    cairn_decref(ref);
    cairn_decref(ring);
    collect();
    EXPECT_TRUE(verify());
    EXPECT_EQ(cairn_finalizers_pending(heap), 1u);
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b");
    EXPECT_EQ(cairn_finalizers_run(heap, 0, 0), 1u);
    EXPECT_EQ(seen, argument);
    EXPECT_EQ(take_log(), "dealloc argument");
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
    cairn_decref(map);
}

TEST_F(FinalizersFirstTest, AResurrectedObjectKeepsItsReferencesAndEntries) {
    cairn_object* holder = make(plain, "holder");
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* ring = make_ring(fin, {"a", "b"});
    cairn_object* ref = weak(ring, "w");
    EXPECT_EQ(put(map, ring, map), CAIRN_OK);
    on_finalize("a", [&](cairn_object* self) {
        EXPECT_TRUE(contains(map, self));
        set(holder, 0, self);
        return CAIRN_OK;
    });
    cairn_decref(ring);
    collect();
    EXPECT_EQ(deref(ref), "a");
    EXPECT_TRUE(contains(map, ring));
    EXPECT_EQ(count_events("cb w"), 0u);
    cairn_decref(holder);
    collect();
    EXPECT_EQ(count_events("cb w"), 1u);
    EXPECT_EQ(count_events("fin a"), 1u);
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
    cairn_decref(ref);
    cairn_decref(map);
    collect();
}

TEST_F(FinalizersFirstTest, FinalizersOfOthersDoNotSaveDeadEntries) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* self = make(logged, "s");
    EXPECT_EQ(put(map, self, self), CAIRN_OK);
    cairn_decref(self);
    cairn_decref(make_ring(fin, {"a", "b"}));
    collect();
    EXPECT_EQ(take_sorted_log(), "dealloc a, dealloc b, dealloc s, fin a, fin b");
    EXPECT_EQ(cairn_weakmap_length(map), 0u);
    cairn_decref(map);
}

class FinalizersFirstOutliveTest : public FinalizersFirstTest {
  public:
    FinalizersFirstOutliveTest() : FinalizersFirstTest(CAIRN_HEAP_WEAKREFS_OUTLIVE_FINALIZERS) {}
};

TEST_F(FinalizersFirstOutliveTest, CallbacksReachNothingThatIsTakenApart) {
    cairn_object* holder = make(plain, "holder");
    cairn_object* ring = make_ring(logged, {"a", "b"});
    cairn_object* readable = weak(ring);
    cairn_object* told = weak(ring, "w", [&](cairn_object*) {
        cairn_object* found = cairn_weakref_get(readable);
        if (found != nullptr) {
            give(holder, 0, found);
        }
        return CAIRN_OK;
    });
    cairn_decref(ring);
    collect();
    EXPECT_EQ(count_events("cb w"), 1u);
    if (cairn_object* found = get(holder, 0)) {
        EXPECT_NE(get(found, 0), nullptr) << "a living object was taken apart";
    }
    for (cairn_object* object : {holder, readable, told}) {
        cairn_decref(object);
    }
    collect();
    EXPECT_EQ(usage().objects, 0u);
}

class FinalizersFirstQueueTest : public FinalizersFirstTest {
  public:
    FinalizersFirstQueueTest() : FinalizersFirstTest(CAIRN_HEAP_QUEUE_FINALIZERS) {}
};

TEST_F(FinalizersFirstQueueTest, WaitingMembersOfACycleKeepTheirReferences) {
    cairn_object* ring = make(fin, "x");
    set(ring, 0, ring);
    cairn_object* ref = weak(ring, "w");
    cairn_decref(ring);
    collect();
    EXPECT_EQ(deref(ref), "x");
    EXPECT_EQ(cairn_finalizers_run(heap, 0, 0), 1u);
    EXPECT_EQ(take_log(), "fin x");
    collect();
    EXPECT_EQ(cairn_finalizers_run(heap, 0, 0), 1u);
    EXPECT_EQ(take_log(), "dealloc x, cb w");
    cairn_decref(ref);
}

class StrongValuesTest : public WeakmapTest {
  public:
    StrongValuesTest() : WeakmapTest(CAIRN_HEAP_STRONG_WEAKKEY_VALUES) {}
};

TEST_F(StrongValuesTest, AValueThatReachesItsKeyLeaksAsInCpython) {
    cairn_object* map = make_map(CAIRN_WEAK_KEY_MAP);
    cairn_object* key = make(logged, "k");
    cairn_object* value = make(logged, "v");
    set(value, 0, key);
    EXPECT_EQ(put(map, key, value), CAIRN_OK);
    cairn_decref(key);
    cairn_decref(value);
    collect();
    EXPECT_EQ(take_log(), "");
    EXPECT_EQ(cairn_weakmap_length(map), 1u);
    cairn_decref(map);
    collect();
    EXPECT_EQ(take_sorted_log(), "dealloc k, dealloc v");
}

TEST(HeapOptionsTest, UnknownFlagsAreRefused) {
    cairn_heap_options options;
    cairn_heap_options_init(&options);
    options.flags = 1u << 31;
    EXPECT_EQ(cairn_heap_new(&options), nullptr);
    options.flags = 0x7F;  // All that are known go together.
    cairn_heap* heap = cairn_heap_new(&options);
    ASSERT_NE(heap, nullptr);
    EXPECT_EQ(cairn_heap_free(heap), 0u);
}

TEST(HeapOptionsTest, HugePagesAreAdviceOnly) {
    cairn_heap_options options;
    cairn_heap_options_init(&options);
    options.flags = CAIRN_HEAP_HUGE_PAGES;
    cairn_heap* heap = cairn_heap_new(&options);
    ASSERT_NE(heap, nullptr);
    cairn_object* map = cairn_weakmap_new(heap, CAIRN_WEAK_SET);
    EXPECT_NE(map, nullptr);
    cairn_decref(map);
    EXPECT_EQ(cairn_heap_free(heap), 0u);
}

}  // namespace
}  // namespace cairn_test
