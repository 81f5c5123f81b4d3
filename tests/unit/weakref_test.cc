// SPDX-License-Identifier: MIT
/// Weak references: to anything, shared and not, typed, compared, hashed, counted, listed.
#include "heap_test.h"

namespace cairn_test {
namespace {

class WeakrefTest : public HeapTest {
  protected:
    /// A weak reference with a label and two slots of its own.
    struct TypedRef {
        unsigned char library[CAIRN_WEAKREF_SIZE];
        cairn_object* slots[2];
        uint64_t label;
    };

    static TypedRef* typed(cairn_object* ref) { return reinterpret_cast<TypedRef*>(ref); }

    cairn_type_spec typed_spec() {
        cairn_type_spec spec = {};
        spec.name = "typed_ref";
        spec.flags = CAIRN_TYPE_WEAKREF;
        spec.object_size = sizeof(TypedRef);
        spec.slots_offset = offsetof(TypedRef, slots);
        spec.slot_count = 2;
        return spec;
    }

    std::vector<cairn_object*> listed(cairn_object* referent) {
        cairn_objects list = {};
        EXPECT_EQ(cairn_get_weakrefs(referent, &list), CAIRN_OK);
        std::vector<cairn_object*> result(list.items, list.items + list.count);
        cairn_objects_release(heap, &list);
        return result;
    }
};

TEST_F(WeakrefTest, GivesAnOwnedReferenceWhileTheReferentLives) {
    cairn_object* a = make(logged, "a");
    cairn_object* w = weak(a);
    EXPECT_EQ(cairn_refcount(a), 1u);
    cairn_object* got = cairn_weakref_get(w);
    EXPECT_EQ(got, a);
    EXPECT_EQ(cairn_refcount(a), 2u);
    EXPECT_FALSE(cairn_weakref_is_cleared(w));
    cairn_decref(a);
    EXPECT_EQ(take_log(), "");
    cairn_decref(got);
    EXPECT_EQ(take_log(), "dealloc a");
    EXPECT_EQ(cairn_weakref_get(w), nullptr);
    EXPECT_TRUE(cairn_weakref_is_cleared(w));
    cairn_decref(w);
}

TEST_F(WeakrefTest, EveryKindOfObjectCanBeReferredTo) {
    cairn_object* all[] = {make(plain, "a"),
                           make(logged, "b"),
                           make(custom, "c"),
                           make(leaf, "d"),
                           make(leaf_fin, "e"),
                           make_array(3, "f"),
                           make(by_hand, "g"),
                           make_array(1000000, "h")};
    for (cairn_object* object : all) {
        const std::string label = label_of(object);
        cairn_object* shared = weak(object);
        cairn_object* w = weak(object, "w");
        EXPECT_EQ(cairn_weakref_count(object), 2u) << label;
        EXPECT_EQ(deref(shared), label);
        cairn_decref(object);
        EXPECT_EQ(deref(shared), "-") << label;
        EXPECT_EQ(deref(w), "-") << label;
        EXPECT_EQ(count_events("cb w"), 1u) << label;
        (void)take_log();
        cairn_decref(shared);
        cairn_decref(w);
    }
}

TEST_F(WeakrefTest, WeakReferenceCanBeReferredToItself) {
    cairn_object* a = make(logged, "a");
    cairn_object* w = weak(a, "w");
    cairn_object* ww = weak(w, "ww");
    cairn_object* www = weak(ww);
    cairn_object* got = cairn_weakref_get(ww);
    EXPECT_EQ(got, w);
    cairn_decref(got);
    EXPECT_EQ(cairn_weakref_count(w), 1u);
    cairn_decref(a);
    EXPECT_EQ(take_log(), "cb w, dealloc a");
    EXPECT_FALSE(cairn_weakref_is_cleared(ww));
    cairn_decref(w);
    EXPECT_EQ(take_log(), "cb ww");
    cairn_decref(ww);
    EXPECT_TRUE(cairn_weakref_is_cleared(www));
    cairn_decref(www);
}

TEST_F(WeakrefTest, OnlyWeakReferencesAreWeakReferences) {
    cairn_object* a = make(logged, "a");
    cairn_object* shared = weak(a);
    cairn_object* w = weak(a, "w");
    cairn_object* t = cairn_weakref_new_typed(type(typed_spec()), a, nullptr, nullptr, nullptr);
    EXPECT_TRUE(cairn_is_weakref(shared));
    EXPECT_TRUE(cairn_is_weakref(w));
    EXPECT_TRUE(cairn_is_weakref(t));
    EXPECT_FALSE(cairn_is_weakref(a));
    EXPECT_EQ(cairn_weakref_get(a), nullptr);
    for (cairn_object* object : {shared, w, t, a}) {
        cairn_decref(object);
    }
}

TEST_F(WeakrefTest, WithoutACallbackThereIsOneThatAllShare) {
    cairn_object* a = make(logged, "a");
    cairn_object* first = weak(a);
    cairn_object* second = weak(a);
    EXPECT_EQ(first, second);
    EXPECT_EQ(cairn_refcount(first), 2u);
    EXPECT_EQ(cairn_weakref_count(a), 1u);
    EXPECT_FALSE(cairn_weakref_has_callback(first));
    cairn_object* w1 = weak(a, "w1");
    cairn_object* w2 = weak(a, "w1");
    EXPECT_NE(w1, w2);
    EXPECT_NE(w1, first);
    EXPECT_TRUE(cairn_weakref_has_callback(w1));
    EXPECT_EQ(cairn_weakref_count(a), 3u);
    for (cairn_object* object : {first, second, w1, w2, a}) {
        cairn_decref(object);
    }
}

TEST_F(WeakrefTest, SharedOneIsMadeAnewAfterItDied) {
    cairn_object* a = make(logged, "a");
    for (int i = 0; i < 3; ++i) {
        cairn_object* w = weak(a);
        EXPECT_EQ(deref(w), "a");
        EXPECT_EQ(cairn_weakref_count(a), 1u);
        cairn_decref(w);
        EXPECT_EQ(cairn_weakref_count(a), 0u);
    }
    cairn_decref(a);
}

TEST_F(WeakrefTest, ReferencesThatDieFirstAreForgotten) {
    cairn_object* a = make(logged, "a");
    std::vector<cairn_object*> refs;
    for (int i = 0; i < 1000; ++i) {
        refs.push_back(weak(a, "w"));
    }
    for (size_t i = 0; i < refs.size(); i += 2) {
        cairn_decref(refs[i]);
    }
    EXPECT_EQ(cairn_weakref_count(a), 500u);
    EXPECT_TRUE(verify());
    cairn_decref(a);
    EXPECT_EQ(count_events("cb w"), 500u);
    for (size_t i = 1; i < refs.size(); i += 2) {
        cairn_decref(refs[i]);
    }
}

TEST_F(WeakrefTest, ManyObjectsHaveManyReferences) {
    std::vector<cairn_object*> objects;
    std::vector<cairn_object*> refs;
    for (int i = 0; i < 5000; ++i) {
        objects.push_back(make(i % 2 == 0 ? leaf : plain, "a"));
        for (int j = 0; j < i % 4; ++j) {
            refs.push_back(weak(objects.back(), "w"));
        }
    }
    EXPECT_TRUE(verify());
    size_t expected = 0;
    for (size_t i = 0; i < objects.size(); ++i) {
        EXPECT_EQ(cairn_weakref_count(objects[i]), i % 4);
        expected += i % 4;
        cairn_decref(objects[i]);
    }
    EXPECT_EQ(count_events("cb w"), expected);
    for (cairn_object* ref : refs) {
        EXPECT_TRUE(cairn_weakref_is_cleared(ref));
        cairn_decref(ref);
    }
}

TEST_F(WeakrefTest, ListShowsTheSharedOneThenNewestFirst) {
    cairn_object* a = make(logged, "a");
    EXPECT_TRUE(listed(a).empty());
    cairn_object* t = cairn_weakref_new_typed(type(typed_spec()), a, nullptr, nullptr, nullptr);
    cairn_object* w1 = weak(a, "w1");
    cairn_object* shared = weak(a);
    cairn_object* w2 = weak(a, "w2");
    EXPECT_EQ(listed(a), (std::vector<cairn_object*>{shared, w2, w1, t}));
    cairn_decref(w1);
    EXPECT_EQ(listed(a), (std::vector<cairn_object*>{shared, w2, t}));
    for (cairn_object* object : {shared, w2, t, a}) {
        cairn_decref(object);
    }
}

TEST_F(WeakrefTest, ItRefersToItsArgumentAndNotToItsReferent) {
    cairn_object* a = make(logged, "a");
    cairn_object* argument = make(logged, "argument");
    cairn_object* w = weak(a, "w", nullptr, argument);
    EXPECT_EQ(cairn_refcount(argument), 2u);
    EXPECT_EQ(referents(w), "argument");
    EXPECT_EQ(referrers({a}), "");
    cairn_objects list = {};
    EXPECT_EQ(cairn_get_referrers(heap, &argument, 1, &list), CAIRN_OK);
    ASSERT_EQ(list.count, 1u);
    EXPECT_EQ(list.items[0], w);
    cairn_objects_release(heap, &list);
    cairn_decref(w);
    EXPECT_EQ(cairn_refcount(argument), 1u);
    cairn_decref(argument);
    cairn_decref(a);
    EXPECT_EQ(take_log(), "dealloc argument, dealloc a");
}

TEST_F(WeakrefTest, TypedReferenceIsNeverShared) {
    cairn_type* of = type(typed_spec());
    cairn_object* a = make(logged, "a");
    cairn_object* t1 = cairn_weakref_new_typed(of, a, nullptr, nullptr, nullptr);
    cairn_object* t2 = cairn_weakref_new_typed(of, a, nullptr, nullptr, nullptr);
    cairn_object* shared = weak(a);
    EXPECT_NE(t1, t2);
    EXPECT_NE(shared, t1);
    EXPECT_NE(shared, t2);
    EXPECT_EQ(cairn_type_of(t1), of);
    EXPECT_EQ(typed(t1)->label, 0u);
    EXPECT_EQ(typed(t1)->slots[0], nullptr);
    EXPECT_EQ(typed(t1)->slots[1], nullptr);
    for (cairn_object* object : {t1, t2, shared, a}) {
        cairn_decref(object);
    }
}

TEST_F(WeakrefTest, TypedReferenceOwnsItsPayload) {
    cairn_object* a = make(logged, "a");
    cairn_object* argument = make(logged, "argument");
    cairn_object* t =
        cairn_weakref_new_typed(type(typed_spec()), a, callback(), argument, callback_data("t"));
    cairn_decref(argument);
    typed(t)->slots[0] = make(logged, "x");
    typed(t)->slots[1] = make(leaf, "y");
    cairn_objects list = {};
    EXPECT_EQ(cairn_get_referents(t, &list), CAIRN_OK);
    EXPECT_EQ(labels(&list), "argument x y");
    EXPECT_TRUE(verify());
    cairn_decref(a);
    EXPECT_EQ(take_sorted_log(), "cb t, dealloc a, dealloc argument");
    cairn_decref(t);
    EXPECT_EQ(take_log(), "dealloc x, dealloc y");
}

TEST_F(WeakrefTest, TypedReferenceNeedsATypeOfItsKindAndHeap) {
    cairn_object* a = make(logged, "a");
    EXPECT_EQ(cairn_weakref_new_typed(plain, a, nullptr, nullptr, nullptr), nullptr);
    World other;
    cairn_type* foreign = other.type(typed_spec());
    EXPECT_EQ(cairn_weakref_new_typed(foreign, a, nullptr, nullptr, nullptr), nullptr);
    EXPECT_EQ(cairn_weakref_count(a), 0u);
    cairn_decref(a);
}

TEST_F(WeakrefTest, HashIsTheReferentsAndIsKept) {
    cairn_object* a = make(logged, "a");
    cairn_object* w = weak(a);
    cairn_object* late = weak(a, "late");
    uint64_t of_object = 1;
    uint64_t of_ref = 2;
    EXPECT_EQ(cairn_hash(a, &of_object), CAIRN_OK);
    EXPECT_EQ(cairn_weakref_hash(w, &of_ref), CAIRN_OK);
    EXPECT_EQ(of_ref, of_object);
    cairn_decref(a);
    of_ref = 0;
    EXPECT_EQ(cairn_weakref_hash(w, &of_ref), CAIRN_OK);
    EXPECT_EQ(of_ref, of_object);
    of_ref = 77;
    EXPECT_EQ(cairn_weakref_hash(late, &of_ref), CAIRN_NOT_FOUND);
    EXPECT_EQ(of_ref, 77u);
    cairn_decref(w);
    cairn_decref(late);
}

TEST_F(WeakrefTest, ClearedReferencesAreEqualToThemselvesOnly) {
    cairn_object* a = make(logged, "a");
    cairn_object* b = make(logged, "b");
    cairn_object* a1 = weak(a, "a1");
    cairn_object* a2 = weak(a, "a2");
    cairn_object* b1 = weak(b);
    const auto equal = [](cairn_object* x, cairn_object* y) {
        int result = -1;
        EXPECT_EQ(cairn_weakref_equal(x, y, &result), CAIRN_OK);
        return result;
    };
    EXPECT_EQ(equal(a1, a2), 1);
    EXPECT_EQ(equal(a1, a1), 1);
    EXPECT_EQ(equal(a1, b1), 0);
    cairn_decref(a);
    EXPECT_EQ(equal(a1, a2), 0);
    EXPECT_EQ(equal(a1, a1), 1);
    EXPECT_EQ(equal(a1, b1), 0);
    EXPECT_EQ(equal(b1, a1), 0);
    for (cairn_object* object : {a1, a2, b1, b}) {
        cairn_decref(object);
    }
}

TEST_F(WeakrefTest, CreationMayCollectAndStillFindsTheSharedOne) {
    cairn_object* a = make(logged, "a");
    cairn_object* ref = nullptr;
    cairn_object* garbage = make_fin("g", [&](cairn_object*) {
        ref = weak(a);  // Made while another is being made.
        return CAIRN_OK;
    });
    set(garbage, 0, garbage);
    cairn_decref(garbage);
    cairn_collect_every_for_testing(heap, 1);
    cairn_object* w = weak(a);
    cairn_collect_every_for_testing(heap, 0);
    ASSERT_NE(ref, nullptr);
    EXPECT_EQ(w, ref);
    EXPECT_EQ(cairn_weakref_count(a), 1u);
    EXPECT_TRUE(verify());
    cairn_decref(w);
    cairn_decref(ref);
    cairn_decref(a);
}

TEST_F(WeakrefTest, ReferenceMadeToADyingObjectInItsFinalizerCallsBack) {
    cairn_object* made = nullptr;
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        made = weak(self, "made");
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(take_log(), "fin a, cb made, dealloc a");
    EXPECT_EQ(deref(made), "-");
    cairn_decref(made);
}

TEST_F(WeakrefTest, SharedReferenceMadeInAFinalizerIsCleared) {
    cairn_object* made = nullptr;
    cairn_object* a = make_fin("a", [&](cairn_object* self) {
        made = weak(self);
        return CAIRN_OK;
    });
    cairn_decref(a);
    EXPECT_EQ(deref(made), "-");
    cairn_decref(made);
}

}  // namespace
}  // namespace cairn_test
