// SPDX-License-Identifier: MIT
// A program to look at with tools/cairn-gdb.py: it stops in stop_here().
#include <stddef.h>

#include "cairn/cairn.h"

typedef struct person {
    cairn_object head;
    cairn_object* friend_;
    cairn_object* home;
} person;

typedef struct list {
    cairn_object head;
    size_t count;
    cairn_object* items[];
} list;

cairn_heap* heap;
cairn_object* ada;
cairn_object* bob;
cairn_object* all;
cairn_object* ref;

__attribute__((noinline)) static void stop_here(void) {
    __asm__ volatile("" ::: "memory");
}

int main(void) {
    static const char* const names[] = {"friend", "home"};
    cairn_type_spec spec = {0};
    spec.name = "person";
    spec.object_size = sizeof(person);
    spec.slots_offset = offsetof(person, friend_);
    spec.slot_count = 2;
    spec.slot_names = names;
    cairn_type* person_type = NULL;
    heap = cairn_heap_new(NULL);
    if (heap == NULL || cairn_type_new(heap, &spec, &person_type) != CAIRN_OK) {
        return 1;
    }
    cairn_type_spec list_spec = {0};
    list_spec.name = "list";
    list_spec.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS;
    list_spec.object_size = sizeof(list);
    list_spec.item_size = 8;
    list_spec.item_count_offset = offsetof(list, count);
    cairn_type* list_type = NULL;
    if (cairn_type_new(heap, &list_spec, &list_type) != CAIRN_OK) {
        return 1;
    }
    ada = cairn_new(person_type);
    bob = cairn_new(person_type);
    all = cairn_new_var(list_type, 3);
    ref = cairn_weakref_new(ada, NULL, NULL, NULL);
    cairn_set(&((person*)ada)->friend_, bob);
    cairn_set(&((person*)bob)->friend_, ada);
    cairn_set(&((list*)all)->items[2], bob);
    (void)cairn_gc_collect(heap, 0, NULL);
    stop_here();
    cairn_decref(ref);
    cairn_decref(all);
    cairn_decref(bob);
    cairn_decref(ada);
    return cairn_heap_free(heap) == 0 ? 0 : 1;
}
