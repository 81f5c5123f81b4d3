// SPDX-License-Identifier: MIT
// weakref.h: shared and typed weak references, callbacks, comparison, counting from C.
#include "check.h"

typedef struct named_ref {
    unsigned char library[CAIRN_WEAKREF_SIZE];
    cairn_object* name;  // the host's own reference
} named_ref;

static cairn_status count_call(cairn_object* ref, cairn_object* argument, void* user_data) {
    CHECK(cairn_is_weakref(ref) && cairn_weakref_is_cleared(ref) && argument != NULL);
    ++*(int*)user_data;
    return CAIRN_OK;
}

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    CHECK(heap != NULL);
    cairn_type* type = pair_type_new(heap);
    cairn_type_spec spec = {0};
    spec.name = "named_ref";
    spec.flags = CAIRN_TYPE_WEAKREF;
    spec.object_size = sizeof(named_ref);
    spec.slots_offset = offsetof(named_ref, name);
    spec.slot_count = 1;
    cairn_type* ref_type = NULL;
    CHECK(cairn_type_new(heap, &spec, &ref_type) == CAIRN_OK);
    CHECK(cairn_new(ref_type) == NULL);  // weak references are made by their own calls

    cairn_object* target = pair_new(type);
    cairn_object* argument = pair_new(type);
    int calls = 0;
    cairn_object* shared = cairn_weakref_new(target, NULL, NULL, NULL);
    cairn_object* same = cairn_weakref_new(target, NULL, NULL, NULL);
    cairn_object* told = cairn_weakref_new(target, count_call, argument, &calls);
    cairn_object* named = cairn_weakref_new_typed(ref_type, target, count_call, argument, &calls);
    CHECK(shared != NULL && shared == same && told != NULL && named != NULL);
    CHECK(cairn_weakref_count(target) == 3);
    CHECK(cairn_weakref_has_callback(told) && !cairn_weakref_has_callback(shared));
    CHECK(cairn_weakref_new_typed(type, target, NULL, NULL, NULL) == NULL);
    cairn_set(&((named_ref*)named)->name, argument);
    CHECK(cairn_refcount(argument) == 4);

    int equal = 0;
    uint64_t hash = 0;
    uint64_t kept = 1;
    CHECK(cairn_weakref_equal(shared, told, &equal) == CAIRN_OK && equal == 1);
    CHECK(cairn_weakref_hash(shared, &hash) == CAIRN_OK);
    cairn_object* got = cairn_weakref_get(told);
    CHECK(got == target);
    cairn_decref(got);

    cairn_decref(target);
    CHECK(calls == 2 && cairn_weakref_get(shared) == NULL);
    CHECK(cairn_weakref_equal(shared, told, &equal) == CAIRN_OK && equal == 0);
    CHECK(cairn_weakref_hash(shared, &kept) == CAIRN_OK && kept == hash);
    CHECK(cairn_weakref_hash(told, &kept) == CAIRN_NOT_FOUND);
    CHECK(cairn_refcount(argument) == 2);  // the payload's reference is left
    cairn_decref(named);
    CHECK(cairn_refcount(argument) == 1);
    cairn_decref(argument);
    cairn_decref(told);
    cairn_decref(same);
    cairn_decref(shared);
    CHECK(cairn_heap_free(heap) == 0);
    return 0;
}
