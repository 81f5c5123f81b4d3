// SPDX-License-Identifier: MIT
// A visit function, a traverse function (one argument) or a dealloc function (two) that allocates.
#include <stdio.h>

#include "cairn/cairn.h"
static cairn_heap* H;
static cairn_type* T;
static int v(cairn_object* o, void* d) {
    (void)o;
    (void)d;
    cairn_object* n = cairn_new(T);
    if (n)
        cairn_decref(n);
    return 1;
}
static void tr(cairn_object* o, cairn_visit_fn f, void* d) {
    (void)o;
    (void)f;
    (void)d;
    cairn_object* n = cairn_new(T);
    if (n)
        cairn_decref(n);
}
static void cl(cairn_object* o) {
    (void)o;
}
static void de(cairn_object* o) {
    cairn_object* n = cairn_new(T);
    printf("new in dealloc %p\n", (void*)n);
    if (n)
        cairn_decref(n);
    (void)o;
}
int main(int c, char** a) {
    (void)a;
    setvbuf(stdout, 0, _IONBF, 0);
    H = cairn_heap_new(NULL);
    cairn_type_spec s = {0};
    s.name = "leaf";
    s.object_size = 32;
    cairn_type_new(H, &s, &T);
    cairn_object* keep = cairn_new(T);
    if (c == 1) {
        cairn_visit_objects(H, v, NULL);
        printf("visit that allocates: survived\n");
    } else if (c == 2) {
        s.name = "t";
        s.traverse = tr;
        s.clear = cl;
        cairn_type* t;
        cairn_type_new(H, &s, &t);
        cairn_object* o = cairn_new(t);
        cairn_gc_collect(H, 2, NULL);
        printf("traverse that allocates: survived\n");
        cairn_decref(o);
    } else {
        s.name = "d";
        s.dealloc = de;
        cairn_type* t;
        cairn_type_new(H, &s, &t);
        cairn_decref(cairn_new(t));
        printf("dealloc that allocates: survived\n");
    }
    cairn_decref(keep);
    printf("left %zu\n", cairn_heap_free(H));
}
