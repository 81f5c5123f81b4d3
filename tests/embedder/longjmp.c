// SPDX-License-Identifier: MIT
// A finalizer that leaves by longjmp: a checked build reports it at the next call. With an
// argument: in a collection.
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "cairn/cairn.h"
#include "cairn/testing.h"
static jmp_buf J;
static int armed;
static cairn_status fin(cairn_object* o) {
    (void)o;
    if (armed) {
        armed = 0;
        longjmp(J, 1);
    }
    return CAIRN_OK;
}
typedef struct {
    cairn_object h;
    cairn_object* a;
} node;
int main(int c, char** v) {
    (void)v;
    cairn_heap* H = cairn_heap_new(NULL);
    cairn_type_spec s = {0};
    s.name = "n";
    s.object_size = 24;
    s.slots_offset = 16;
    s.slot_count = 1;
    s.finalize = fin;
    cairn_type* t;
    cairn_type_new(H, &s, &t);
    cairn_object* o = cairn_new(t);
    int cyc = c > 1;
    if (cyc)
        cairn_set(&((node*)o)->a, o);
    armed = 1;
    if (setjmp(J) == 0) {
        cairn_decref(o);
        if (cyc)
            cairn_gc_collect(H, 2, NULL);
    } else
        printf("jumped; collecting %d\n", cairn_gc_is_collecting(H));
    size_t n = 99;
    int rc = cairn_gc_collect(H, 2, &n);
    printf("collect %d found %zu\n", rc, n);
    o = cairn_new(t);
    cairn_decref(o);
    printf("verify %d, free %ld\n", cairn_verify_for_testing(H), (long)cairn_heap_free(H));
    return 0;
}
