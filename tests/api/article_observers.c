// SPDX-License-Identifier: MIT
/* Observers in a weak set: one that dies has unsubscribed itself. */
#include "article_host.h"

/* Listeners may come, go and die while they are told, so a list of them is made first. */
static void emit(cairn_heap* heap, cairn_object* listeners, const char* event) {
    cairn_objects refs;
    CHECK(cairn_weakmap_refs(listeners, &refs) == CAIRN_OK);
    for (size_t i = 0; i < refs.count; ++i) {
        cairn_object* listener = cairn_weakref_get(refs.items[i]);
        if (listener != NULL) {
            printf("%s: %s\n", item_of(listener)->name, event);
            cairn_decref(listener);
        }
    }
    cairn_objects_release(heap, &refs);
}

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    cairn_type* type = item_type_new(heap, "listener");
    cairn_object* listeners = cairn_weakmap_new(heap, CAIRN_WEAK_SET);
    cairn_object* logger = item_new(type, "LOG", 0);
    cairn_object* analytics = item_new(type, "TRACK", 0);
    CHECK(cairn_weakset_add(listeners, logger) == CAIRN_OK);
    CHECK(cairn_weakset_add(listeners, analytics) == CAIRN_OK);
    emit(heap, listeners, "user_login");
    cairn_decref(logger);
    emit(heap, listeners, "user_logout");
    cairn_decref(analytics);
    cairn_decref(listeners);
    return cairn_heap_free(heap) == 0 ? 0 : 1;
}
