// SPDX-License-Identifier: MIT
// A finalizer needs a function, and debug output names objects.
#include <stdio.h>

#include "cairn/cairn.h"
typedef struct {
    cairn_object h;
    cairn_object* a;
} node;
static size_t rp(cairn_object* o, char* b, size_t n) {
    (void)o;
    return (size_t)snprintf(b, n, "my node");
}
int main(void) {
    cairn_heap* H = cairn_heap_new(NULL);
    cairn_type_spec s = {0};
    s.name = "n";
    s.object_size = 24;
    s.slots_offset = 16;
    s.slot_count = 1;
    cairn_type* t;
    cairn_type_new(H, &s, &t);
    s.repr = rp;
    s.name = "withrepr";
    cairn_type* t2;
    cairn_type_new(H, &s, &t2);
    cairn_gc_set_debug(
        H, CAIRN_GC_DEBUG_STATS | CAIRN_GC_DEBUG_COLLECTABLE | CAIRN_GC_DEBUG_UNCOLLECTABLE);
    cairn_object *o = cairn_new(t), *p = cairn_new(t2);
    cairn_set(&((node*)o)->a, p);
    cairn_set(&((node*)p)->a, o);
    cairn_decref(o);
    cairn_decref(p);
    cairn_gc_collect(H, 2, NULL);
    cairn_object* k = cairn_new(t2);
    (void)k;
    cairn_finalizer_new(k, 0, 0, 0);
    return cairn_heap_free(H) != 1;
}
