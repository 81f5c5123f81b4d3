// SPDX-License-Identifier: MIT
// A type that was read from an object makes another object.
#include "cairn/cairn.h"

static cairn_object* make_another(cairn_object* object) {
    return cairn_new(cairn_type_of(object));
}

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    cairn_type_spec spec = {0};
    cairn_type* type = NULL;
    spec.name = "leaf";
    spec.object_size = 32;
    if (heap == NULL || cairn_type_new(heap, &spec, &type) != CAIRN_OK) {
        return 1;
    }
    cairn_object* one = cairn_new(type);
    cairn_object* other = make_another(one);
    cairn_decref(other);
    cairn_decref(one);
    return cairn_heap_free(heap) != 0;
}
