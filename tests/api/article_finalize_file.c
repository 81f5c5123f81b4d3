// SPDX-License-Identifier: MIT
/* A temporary file that goes when the object that stands for it does. The clean-up is given the
 * path, not the object: it would keep the object alive. */
#include "article_host.h"

static int file_exists(const char* path) {
    FILE* file = fopen(path, "r");
    if (file != NULL) {
        fclose(file);
    }
    return file != NULL;
}

static cairn_status clean_up(cairn_object* path, void* user_data) {
    (void)user_data;
    if (file_exists(letters_of(path)) && remove(letters_of(path)) == 0) {
        printf("Cleaned up temp file\n");
    }
    return CAIRN_OK;
}

static cairn_object* make_file(cairn_type* type, cairn_object* path, cairn_object** out_finalizer) {
    FILE* file = fopen(letters_of(path), "w");
    CHECK(file != NULL);
    CHECK(fputs("temporary data", file) >= 0 && fclose(file) == 0);
    printf("Created temp file\n");
    cairn_object* manager = item_new(type, "manager", 0);
    cairn_object* finalizer = cairn_finalizer_new(manager, clean_up, path, NULL);
    CHECK(finalizer != NULL);
    if (out_finalizer != NULL) {
        *out_finalizer = finalizer;
    } else {
        cairn_decref(finalizer); /* It stays registered. */
    }
    return manager;
}

int main(void) {
    char name[64] = "cairn_article_finalize_file.tmp";
    cairn_heap* heap = cairn_heap_new(NULL);
    cairn_type* type = item_type_new(heap, "temporary file");
    cairn_object* path = text_new(text_type_new(heap), name);

    cairn_object* manager = make_file(type, path, NULL);
    printf("File exists: %s\n", file_exists(name) ? "yes" : "no");
    cairn_decref(manager);
    printf("File exists: %s\n", file_exists(name) ? "yes" : "no");

    /* Leaving a block early cleans up at once, and only once. */
    cairn_object* finalizer = NULL;
    int ran = 0;
    manager = make_file(type, path, &finalizer);
    CHECK(cairn_finalizer_call(finalizer, &ran) == CAIRN_OK && ran == 1);
    cairn_decref(manager);
    CHECK(cairn_finalizer_call(finalizer, &ran) == CAIRN_OK && ran == 0);
    cairn_decref(finalizer);

    /* What is still there at the end is cleaned up then. */
    manager = make_file(type, path, NULL);
    cairn_set(&item_of(manager)->first, manager);
    cairn_decref(manager);
    cairn_decref(path);
    CHECK(cairn_heap_free(heap) == 0);
    printf("File exists: %s\n", file_exists(name) ? "yes" : "no");
    return 0;
}
