// SPDX-License-Identifier: MIT
// type.h: slot layouts, items, tagged immediates, names and user data from C.
#include <string.h>

#include "check.h"

typedef struct tuple {
    cairn_object head;
    size_t count;
    cairn_object* items[];
} tuple;

// A value that is no reference: its lowest bit is set.
static cairn_object* small_integer(uintptr_t value) {
    return (cairn_object*)(value << 1 | 1);
}

static void refuse_contradictions(cairn_heap* heap) {
    cairn_type* type = NULL;
    cairn_type_spec spec = pair_spec();
    CHECK(cairn_type_spec_problem(&spec) == NULL);
    spec.slot_count = 3;  // one more than there is room for
    CHECK(cairn_type_spec_problem(&spec) != NULL);
    CHECK(cairn_type_new(heap, &spec, &type) == CAIRN_INVALID && type == NULL);
    spec = pair_spec();
    spec.name = NULL;
    CHECK(cairn_type_new(heap, &spec, &type) == CAIRN_INVALID && type == NULL);
}

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    CHECK(heap != NULL);
    refuse_contradictions(heap);

    int data = 0;
    char name[] = "tuple";
    cairn_type_spec spec = {0};
    spec.name = name;
    spec.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS | CAIRN_TYPE_TAGGED_SLOTS;
    spec.object_size = sizeof(tuple);
    spec.item_size = sizeof(cairn_object*);
    spec.item_count_offset = offsetof(tuple, count);
    spec.user_data = &data;
    cairn_type* type = NULL;
    CHECK(cairn_type_new(heap, &spec, &type) == CAIRN_OK);
    name[0] = '?';
    CHECK(strcmp(cairn_type_name(type), "tuple") == 0);
    CHECK(cairn_type_user_data(type) == &data);

    CHECK(cairn_new(type) == NULL);  // it has a variable size
    CHECK(cairn_new_var(type, SIZE_MAX / 4) == NULL);
    tuple* t = (tuple*)cairn_new_var(type, 3);
    CHECK(t != NULL && t->count == 3 && t->items[2] == NULL);
    t->items[0] = small_integer(42);
    cairn_set(&t->items[1], &t->head);
    t->items[2] = cairn_new_var(type, 0);
    CHECK(t->items[2] != NULL && cairn_refcount(&t->head) == 2);

    size_t found = 0;
    cairn_decref(&t->head);
    CHECK(cairn_gc_collect(heap, 2, &found) == CAIRN_OK && found == 2);
    CHECK(cairn_heap_free(heap) == 0);
    return 0;
}
