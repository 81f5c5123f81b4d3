// SPDX-License-Identifier: MIT
// status.h: texts, and the hook for errors that no caller can receive, from C.
#include <string.h>

#include "check.h"

static cairn_status fail(cairn_object* self) {
    (void)self;
    return CAIRN_USER_ERROR;
}

typedef struct report {
    int count;
    cairn_place place;
    cairn_status status;
    cairn_object* object;
} report;

static void note(cairn_heap* heap,
                 cairn_place place,
                 cairn_status status,
                 cairn_object* object,
                 void* user_data) {
    report* last = user_data;
    CHECK(heap != NULL);
    last->count += 1;
    last->place = place;
    last->status = status;
    last->object = object;
}

int main(void) {
    CHECK(strcmp(cairn_status_text((cairn_status)99), "unknown status") == 0);
    CHECK(strcmp(cairn_status_text(CAIRN_NO_MEMORY), cairn_status_text(CAIRN_BUSY)) != 0);
    CHECK(strcmp(cairn_place_text((cairn_place)99), "unknown place") == 0);

    report last = {0, CAIRN_PLACE_GC_CALLBACK, CAIRN_OK, NULL};
    cairn_heap_options options;
    cairn_heap_options_init(&options);
    options.on_unraisable = note;
    options.user_data = &last;
    cairn_heap* heap = cairn_heap_new(&options);
    CHECK(heap != NULL);
    cairn_type_spec spec = pair_spec();
    spec.finalize = fail;
    cairn_type* type = NULL;
    CHECK(cairn_type_new(heap, &spec, &type) == CAIRN_OK);

    cairn_object* a = pair_new(type);
    cairn_decref(a);
    CHECK(last.count == 1 && last.place == CAIRN_PLACE_FINALIZER);
    CHECK(last.status == CAIRN_USER_ERROR && last.object == a);

    report other = last;
    cairn_heap_set_unraisable_hook(heap, note, &other);
    cairn_decref(loop_new(type));
    CHECK(cairn_gc_collect(heap, 2, NULL) == CAIRN_OK);
    CHECK(last.count == 1 && other.count == 2);
    CHECK(cairn_heap_free(heap) == 0);
    return 0;
}
