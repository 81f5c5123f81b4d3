// SPDX-License-Identifier: MIT
/* The functions that are inline in C, called as a host in another language calls them. */
#define CAIRN_NO_INLINE
#include "cairn/cairn.h"
#include "check.h"

struct node {
    cairn_object head;
    cairn_object* slot;
};

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    CHECK(heap != NULL);
    cairn_type_spec spec = {0};
    spec.name = "node";
    spec.flags = CAIRN_TYPE_TAGGED_SLOTS;
    spec.object_size = sizeof(struct node);
    spec.slots_offset = offsetof(struct node, slot);
    spec.slot_count = 1;
    cairn_type* type = NULL;
    CHECK(cairn_type_new(heap, &spec, &type) == CAIRN_OK);
    cairn_object* a = cairn_new(type);
    cairn_object* b = cairn_new(type);
    cairn_object** slot = &((struct node*)a)->slot;
    CHECK(cairn_type_of(a) == type);
    cairn_incref(a);
    CHECK(cairn_refcount(a) == 2);
    cairn_decref(a);
    CHECK(cairn_new_ref(NULL) == NULL && cairn_new_ref(b) == b);
    cairn_set_consume(slot, b);
    cairn_set(slot, b);
    CHECK(cairn_refcount(b) == 2);
    cairn_clear(slot);
    CHECK(*slot == NULL && cairn_refcount(b) == 1);

    cairn_object* seven = (cairn_object*)(uintptr_t)15;
    CHECK(cairn_is_immediate(seven) && !cairn_is_immediate(b) && !cairn_is_immediate(NULL));
    cairn_value_incref(seven);
    cairn_value_decref(seven);
    cairn_value_decref(NULL);
    cairn_value_incref(b);
    cairn_value_decref(b);
    cairn_value_set(slot, seven);
    CHECK(*slot == seven && cairn_value_new_ref(seven) == seven);
    cairn_value_set(slot, b);
    CHECK(cairn_refcount(b) == 2);
    cairn_value_set_consume(slot, seven);
    CHECK(cairn_refcount(b) == 1);
    cairn_value_clear(slot);
    CHECK(*slot == NULL);
    cairn_decref(b);
    cairn_decref(a);
    CHECK(cairn_heap_free(heap) == 0);
    return 0;
}
