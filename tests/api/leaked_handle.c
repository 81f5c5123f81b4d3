// SPDX-License-Identifier: MIT
// The native handle of docs/leaks.md: who is held by the host, and nobody else?
#include <stdio.h>

#include "check.h"

#define RINGS 16

static int print_held(cairn_object* object, size_t references, size_t roots, void* user_data) {
    (void)user_data;
    printf("%s: %zu references, %zu of them roots\n",
           cairn_type_name(cairn_type_of(object)),
           references,
           roots);
    return 1;
}

static cairn_type* make_type(cairn_heap* heap, const char* name) {
    cairn_type_spec spec = {0};
    spec.name = name;
    spec.object_size = sizeof(pair);
    spec.slots_offset = offsetof(pair, first);
    spec.slot_count = 2;
    cairn_type* type = NULL;
    CHECK(cairn_type_new(heap, &spec, &type) == CAIRN_OK);
    return type;
}

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    CHECK(heap != NULL);
    cairn_type* session = make_type(heap, "session");
    cairn_type* socket = make_type(heap, "socket");
    cairn_type* buffer = make_type(heap, "buffer");
    for (int i = 0; i < RINGS; ++i) {
        cairn_object* first = cairn_new(session);
        cairn_set_consume(&((pair*)first)->first, cairn_new(socket));
        cairn_object* second = ((pair*)first)->first;
        cairn_set_consume(&((pair*)second)->first, cairn_new(buffer));
        cairn_set(&((pair*)((pair*)second)->first)->first, first);
        if (i % 5 == 0) {
            cairn_incref(second);  // a handle that nobody gives back
        }
        cairn_decref(first);
    }
    CHECK(cairn_gc_collect(heap, 2, NULL) == CAIRN_OK);
    CHECK(cairn_visit_held(heap, print_held, NULL) == CAIRN_OK);
    CHECK(cairn_heap_free(heap) == 12);
    return 0;
}
