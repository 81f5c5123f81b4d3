// SPDX-License-Identifier: MIT
/* A resource that can be closed early, and is closed once in any case. */
#include "article_host.h"

static cairn_status say_closed(cairn_object* name, void* user_data) {
    (void)user_data;
    printf("Resource %s cleaned up\n", letters_of(name));
    return CAIRN_OK;
}

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    cairn_object* resource = item_new(item_type_new(heap, "resource"), "database", 0);
    cairn_object* name = text_new(text_type_new(heap), "database");
    /* The resource owns its finalizer. */
    item_of(resource)->first = cairn_finalizer_new(resource, say_closed, name, NULL);
    cairn_decref(name);
    CHECK(item_of(resource)->first != NULL);

    printf("Is alive: %s\n", cairn_finalizer_is_alive(item_of(resource)->first) ? "yes" : "no");
    CHECK(cairn_finalizer_call(item_of(resource)->first, NULL) == CAIRN_OK);
    printf("Is alive: %s\n", cairn_finalizer_is_alive(item_of(resource)->first) ? "yes" : "no");
    cairn_decref(resource);
    return cairn_heap_free(heap) == 0 ? 0 : 1;
}
