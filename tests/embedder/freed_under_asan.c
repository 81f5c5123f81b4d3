// SPDX-License-Identifier: MIT
// Under ASan every byte after the header of a freed object is out of bounds (the argument is the
// byte).
#include <stdio.h>
#include <stdlib.h>

#include "cairn/cairn.h"
typedef struct {
    cairn_object h;
    cairn_object *a, *b, *c, *d;
} node;
int main(int n, char** v) {
    cairn_heap* H = cairn_heap_new(NULL);
    cairn_type_spec s = {0};
    s.name = "node";
    s.object_size = sizeof(node);
    s.slots_offset = 16;
    s.slot_count = 4;
    cairn_type* t;
    cairn_type_new(H, &s, &t);
    cairn_object *keep = cairn_new(t), *y = cairn_new(t);
    cairn_decref(y);
    (void)n;
    (void)keep;
    cairn_object* volatile* p = (cairn_object* volatile*)((char*)y + atoi(v[1]));
    printf("read at %s: %p\n", v[1], (void*)*p);
    return 0;
}
