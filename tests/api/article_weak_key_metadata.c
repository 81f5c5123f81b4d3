// SPDX-License-Identifier: MIT
/* Metadata about objects whose type knows nothing of it: a weak-key map. */
#include "article_host.h"

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    cairn_type* document_type = item_type_new(heap, "document");
    cairn_type* metadata_type = item_type_new(heap, "metadata");
    cairn_object* metadata = cairn_weakmap_new(heap, CAIRN_WEAK_KEY_MAP);
    cairn_object* readme = item_new(document_type, "README", 0);
    cairn_object* changes = item_new(document_type, "CHANGELOG", 0);
    cairn_object* about_readme = item_new(metadata_type, "2026-03-22", 42);
    cairn_object* about_changes = item_new(metadata_type, "2026-03-21", 7);
    /* Metadata that refers back to its document is no leak. */
    cairn_set(&item_of(about_changes)->first, changes);
    CHECK(cairn_weakmap_set(metadata, readme, about_readme) == CAIRN_OK);
    CHECK(cairn_weakmap_set(metadata, changes, about_changes) == CAIRN_OK);
    cairn_decref(about_readme);
    cairn_decref(about_changes);

    cairn_object* found = NULL;
    CHECK(cairn_weakmap_get(metadata, readme, &found) == CAIRN_OK);
    printf("README views: %d\n", item_of(found)->number);
    cairn_decref(found);
    cairn_decref(changes);
    CHECK(cairn_gc_collect(heap, 2, NULL) == CAIRN_OK);

    cairn_weakmap_iterator iterator;
    cairn_object* document = NULL;
    cairn_weakmap_iterator_open(metadata, &iterator);
    while (cairn_weakmap_iterator_next(&iterator, &document, NULL)) {
        printf("still there: %s\n", item_of(document)->name);
    }
    cairn_weakmap_iterator_close(&iterator);
    cairn_decref(readme);
    printf("entries: %zu\n", cairn_weakmap_length(metadata));
    cairn_decref(metadata);
    return cairn_heap_free(heap) == 0 ? 0 : 1;
}
