// SPDX-License-Identifier: MIT
// A table type whose record begins with two references, and an empty table: no address is computed
// from NULL.
#include <stdlib.h>

#include "cairn/cairn.h"
typedef struct {
    cairn_object head;
    void* rows;
    size_t n;
} table;
static void clear(cairn_object* o) {
    (void)o;
}
static void dealloc(cairn_object* o) {
    free(((table*)o)->rows);
}
int main(void) {
    cairn_heap* h = cairn_heap_new(NULL);
    cairn_type_spec s = {0};
    s.name = "table";
    s.object_size = sizeof(table);
    s.array_offset = 16;
    s.array_count_offset = 24;
    s.record_size = 24;
    s.record_slots = 2;
    s.clear = clear;
    s.dealloc = dealloc;
    cairn_type* t;
    if (cairn_type_new(h, &s, &t) != CAIRN_OK)
        return 1;
    cairn_object* o = cairn_new(t); /* no rows yet: n is 0, rows NULL, as type.h allows */
    cairn_gc_collect(h, 2, NULL);
    cairn_decref(o);
    return (int)cairn_heap_free(h);
}
