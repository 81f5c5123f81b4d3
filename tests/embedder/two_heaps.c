// SPDX-License-Identifier: MIT
// Objects of two heaps that refer to each other: a checked build reports the first store, the
// verifier finds it.
#include <stdio.h>

#include "cairn/cairn.h"
#include "cairn/testing.h"
typedef struct {
    cairn_object h;
    cairn_object* a;
} node;
static cairn_type* mk(cairn_heap* H) {
    cairn_type_spec s = {0};
    s.name = "n";
    s.object_size = 24;
    s.slots_offset = 16;
    s.slot_count = 1;
    cairn_type* t;
    cairn_type_new(H, &s, &t);
    return t;
}
int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    cairn_heap *A = cairn_heap_new(NULL), *B = cairn_heap_new(NULL);
    cairn_type *ta = mk(A), *tb = mk(B);
    cairn_object *x = cairn_new(ta), *y = cairn_new(tb);
    cairn_set(&((node*)x)->a, y);
    cairn_set(&((node*)y)->a, x); /* a cycle over two heaps */
    cairn_decref(x);
    cairn_decref(y);
    size_t n = 0, m = 0;
    cairn_gc_collect(A, 2, &n);
    cairn_gc_collect(B, 2, &m);
    printf("A found %zu, B found %zu, verify %d %d\n",
           n,
           m,
           cairn_verify_for_testing(A),
           cairn_verify_for_testing(B));
    cairn_objects os;
    cairn_object* w = cairn_weakref_new(y, NULL, NULL, NULL);
    printf("weakref heap is B: %d\n", cairn_heap_of(w) == B);
    cairn_decref(w);
    cairn_object* key = cairn_new(ta);
    cairn_object* wm = cairn_weakmap_new(B, CAIRN_WEAK_KEY_MAP);
    printf("weakmap of B, key of A: %s\n", cairn_status_text(cairn_weakmap_set(wm, key, key)));
    printf("get_referrers(B, object of A): %d\n", cairn_get_referrers(B, &key, 1, &os));
    cairn_objects_release(B, &os);
    printf("free A %zu\n", cairn_heap_free(A));
    printf("free B %zu\n", cairn_heap_free(B));
    return 0;
}
