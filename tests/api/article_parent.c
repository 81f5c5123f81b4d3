// SPDX-License-Identifier: MIT
/* A child refers to its parent weakly: no cycle, so the parent dies as soon as nobody uses it. */
#include "article_host.h"

static void print_child(cairn_object* child) {
    cairn_object* parent = cairn_weakref_get(item_of(child)->first);
    printf("Child('%s', parent=%s)\n",
           item_of(child)->name,
           parent == NULL ? "None" : item_of(parent)->name);
    cairn_clear(&parent);
}

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    cairn_type* type = item_type_new(heap, "person");
    cairn_object* parent = item_new(type, "mom", 0);
    cairn_object* child = item_new(type, "kid", 0);
    cairn_set(&item_of(parent)->first, child);
    item_of(child)->first = cairn_weakref_new(parent, NULL, NULL, NULL);
    CHECK(item_of(child)->first != NULL);
    print_child(child);
    cairn_decref(parent);
    print_child(child);
    cairn_decref(child);
    return cairn_heap_free(heap) == 0 ? 0 : 1;
}
