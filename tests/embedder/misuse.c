// SPDX-License-Identifier: MIT
// Kinds of misuse, one a word. A second argument collects at every allocation.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cairn/cairn.h"
#include "cairn/testing.h"
typedef struct {
    cairn_object h;
    cairn_object *a, *b;
    long pad;
} node;
#define N(x) ((node*)(x))
static cairn_heap* H;
static cairn_type *T, *L, *FT, *BY_HAND, *VAR, *ARR;
static size_t nrepr(cairn_object* o, char* p, size_t n) {
    return (size_t)snprintf(p, n, "node(pad=%ld)", N(o)->pad);
}
static cairn_type* mk(cairn_type_spec s) {
    cairn_type* t = NULL;
    if (cairn_type_new(H, &s, &t) != CAIRN_OK) {
        printf("spec: %s\n", cairn_type_spec_problem(&s));
        exit(3);
    }
    return t;
}
static int skip_b, twice, clear_skip_b;
static void tr(cairn_object* o, cairn_visit_fn v, void* d) {
    v(N(o)->a, d);
    if (!skip_b)
        v(N(o)->b, d);
    if (twice)
        v(N(o)->a, d);
}
static void cl(cairn_object* o) {
    cairn_clear(&N(o)->a);
    if (!clear_skip_b)
        cairn_clear(&N(o)->b);
}
static cairn_object** slot;
static cairn_status meddle(cairn_object* o) {
    (void)o;
    if (slot)
        cairn_clear(slot);
    return CAIRN_OK;
}
static void* other(void* p) {
    cairn_incref(p);
    cairn_decref(p);
    (void)cairn_new(T);
    printf("thread did it\n");
    return NULL;
}
static cairn_status end_it(cairn_object* o) {
    printf("heap_free inside: %ld\n", (long)cairn_heap_free(cairn_heap_of(o)));
    return CAIRN_OK;
}
typedef struct {
    cairn_object h;
    size_t n;
    cairn_object* items[];
} var;
typedef struct {
    cairn_object h;
    cairn_object** p;
    size_t n;
} arr;
static void acl(cairn_object* o) {
    arr* a = (arr*)o;
    cairn_object** p = a->p;
    size_t n = a->n;
    a->p = NULL;
    a->n = 0;
    for (size_t i = 0; i < n; i++)
        if (p[i])
            cairn_decref(p[i]);
    free(p);
}
static void adl(cairn_object* o) {
    free(((arr*)o)->p);
}
int main(int c, char** v) {
    const char* m = c > 1 ? v[1] : "";
    int stress = c > 2;
#define IS(s) (strcmp(m, s) == 0)
    skip_b = IS("traverse-forgets") || IS("both-forget");
    clear_skip_b = IS("clear-forgets") || IS("both-forget");
    twice = IS("traverse-twice");
    setvbuf(stdout, NULL, _IONBF, 0);
    H = cairn_heap_new(NULL);
    cairn_type_spec s = {0};
    s.name = "node";
    s.object_size = sizeof(node);
    s.slots_offset = 16;
    s.slot_count = 2;
    s.repr = nrepr;
    T = mk(s);
    cairn_type_spec l = {0};
    l.name = "leaf";
    l.object_size = 32;
    L = mk(l);
    cairn_type_spec f = {0};
    f.name = "fnode";
    f.object_size = sizeof(node);
    f.traverse = tr;
    f.clear = cl;
    FT = mk(f);
    s.name = "byhand";
    s.flags = CAIRN_TYPE_TRACK_BY_HAND;
    BY_HAND = mk(s);
    cairn_type_spec w = {0};
    w.name = "var";
    w.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS;
    w.object_size = offsetof(var, items);
    w.item_size = 8;
    w.item_count_offset = offsetof(var, n);
    VAR = mk(w);
    cairn_type_spec a = {0};
    a.name = "arr";
    a.object_size = sizeof(arr);
    a.array_offset = offsetof(arr, p);
    a.array_count_offset = offsetof(arr, n);
    a.clear = acl;
    a.dealloc = adl;
    ARR = mk(a);
    if (stress)
        cairn_collect_every_for_testing(H, 1);
    cairn_object *x = cairn_new(T), *y = cairn_new(T);
    N(x)->pad = 1;
    N(y)->pad = 2;
    if (IS("leak")) {
        cairn_incref(x);
    } else if (IS("double-decref")) {
        cairn_decref(y);
        cairn_decref(y);
        y = NULL;
    } else if (IS("double-decref-later")) {
        cairn_decref(y);
        for (int i = 0; i < 10; i++) {
            cairn_object* z = cairn_new(T);
            N(x)->a = N(x)->a;
            cairn_set(&N(x)->a, z);
            cairn_decref(z);
        }
        cairn_decref(y);
        y = NULL;
    } else if (IS("double-decref-held")) {
        cairn_set(&N(x)->a, y);
        cairn_decref(y);
        cairn_decref(y);
        cairn_object* z = cairn_new(T);
        N(z)->pad = 77;
        cairn_decref(z);
        y = NULL;
    } else if (IS("stolen")) {
        N(x)->a = y;
        cairn_decref(y);
        y = NULL;
        cairn_object* z = cairn_new(T);
        N(z)->pad = 9;
        printf("x.a pad %ld\n", N(N(x)->a)->pad);
        cairn_decref(z);
    } else if (IS("borrowed")) {
        cairn_type_spec q = s;
        q.flags = 0;
        q.name = "meddler";
        q.finalize = meddle;
        cairn_type* MT = mk(q);
        cairn_object* g = cairn_new(MT);
        cairn_set(&N(g)->a, g);
        slot = &N(x)->a;
        cairn_set(&N(x)->a, y);
        cairn_decref(y);
        cairn_decref(g);
        if (!stress)
            cairn_gc_set_byte_thresholds(H, 1, 0);
        cairn_object* item = N(x)->a;
        cairn_object* box = cairn_new(T);
        N(box)->a = cairn_new_ref(item);
        printf("item pad %ld\n", N(item)->pad);
        cairn_decref(box);
        y = NULL;
    } else if (IS("traverse-forgets") || IS("clear-forgets") || IS("both-forget") ||
               IS("traverse-twice")) {
        cairn_object *p = cairn_new(FT), *q = cairn_new(FT);
        cairn_set(&N(p)->a, q);
        cairn_set(&N(p)->b, x);
        cairn_set(&N(q)->a, p);
        cairn_decref(p);
        cairn_decref(q);
        size_t n = 0;
        cairn_gc_collect(H, 2, &n);
        printf("found %zu, x count %u\n", n, cairn_refcount(x));
        p = cairn_new(FT);
        cairn_set(&N(p)->b, x);
        cairn_set(&N(p)->a, y);
        cairn_decref(p);
        printf("after count death: x count %u\n", cairn_refcount(x));
    } else if (IS("other-heap")) {
        cairn_heap* H2 = cairn_heap_new(NULL);
        cairn_type* t2;
        s.flags = 0;
        cairn_type_new(H2, &s, &t2);
        cairn_object* o = cairn_new(t2);
        cairn_set(&N(x)->a, o);
        cairn_gc_collect(H, 2, NULL);
        cairn_gc_collect(H2, 2, NULL);
        printf("verify %d %d\n", cairn_verify_for_testing(H), cairn_verify_for_testing(H2));
        cairn_decref(o);
        printf("h2 left %zu\n", cairn_heap_free(H2));
    } else if (IS("other-heap-weak")) {
        cairn_heap* H2 = cairn_heap_new(NULL);
        cairn_type* t2;
        s.flags = 0;
        cairn_type_new(H2, &s, &t2);
        cairn_object* o = cairn_new(t2);
        cairn_object* wm = cairn_weakmap_new(H, CAIRN_WEAK_KEY_MAP);
        printf("set: %s\n", cairn_status_text(cairn_weakmap_set(wm, o, x)));
        cairn_decref(o);
        printf("h2 left %zu\n", cairn_heap_free(H2));
        cairn_decref(wm);
    } else if (IS("thread")) {
        pthread_t t;
        pthread_create(&t, NULL, other, x);
        pthread_join(t, NULL);
    } else if (IS("no-track")) {
        cairn_object* p = cairn_new(BY_HAND);
        cairn_set(&N(p)->a, p);
        cairn_decref(p);
        size_t n;
        cairn_gc_collect(H, 2, &n);
        printf("found %zu\n", n);
    } else if (IS("track-twice")) {
        printf("%s\n", cairn_status_text(cairn_gc_track(x)));
    } else if (IS("track-leaf")) {
        cairn_object* p = cairn_new(L);
        printf("%s\n", cairn_status_text(cairn_gc_track(p)));
        cairn_decref(p);
    } else if (IS("immediate-incref")) {
        cairn_object* i = (cairn_object*)(uintptr_t)85;
        cairn_incref(i);
    } else if (IS("immediate-untagged")) {
        N(x)->a = (cairn_object*)(uintptr_t)85;
        cairn_gc_collect(H, 2, NULL);
        N(x)->a = NULL;
    } else if (IS("null-decref")) {
        cairn_decref(NULL);
    } else if (IS("use-after-death-write")) {
        cairn_decref(y);
        N(y)->a = x;
        N(y)->pad = 5;
        cairn_object* z = cairn_new(T);
        printf("fresh a=%p pad=%ld\n", (void*)N(z)->a, N(z)->pad);
        cairn_decref(z);
        y = NULL;
    } else if (IS("use-after-death-read")) {
        cairn_set(&N(y)->a, x);
        cairn_decref(y);
        printf("read a=%p pad=%ld type=%s\n",
               (void*)N(y)->a,
               N(y)->pad,
               cairn_type_name(cairn_type_of(y)));
        y = NULL;
    } else if (IS("set-into-dead")) {
        cairn_decref(y);
        cairn_set(&N(y)->a, x);
        y = NULL;
    } else if (IS("dead-in-slot")) {
        cairn_decref(y);
        cairn_set(&N(x)->a, y);
        y = NULL;
    } else if (IS("raise-count")) {
        cairn_object* o = cairn_new_var(VAR, 1);
        ((var*)o)->n = 100;
        cairn_gc_collect(H, 2, NULL);
        printf("survived\n");
        cairn_decref(o);
    } else if (IS("lower-count-leak")) {
        cairn_object* o = cairn_new_var(VAR, 2);
        ((var*)o)->items[1] = cairn_new_ref(x);
        ((var*)o)->n = 1;
        cairn_decref(o);
    } else if (IS("array-uninit")) {
        cairn_object* o = cairn_new(ARR);
        arr* r = (arr*)o;
        r->p = malloc(64);
        memset(r->p, 0xAB, 64);
        r->n = 8;
        cairn_gc_collect(H, 2, NULL);
        printf("survived\n");
    } else if (IS("small-size")) {
        cairn_type_spec q = {0};
        q.name = "small";
        q.object_size = sizeof(cairn_object) + 8;
        q.slots_offset = 16;
        q.slot_count = 1;
        cairn_type* t = mk(q);
        cairn_object *o1 = cairn_new(t), *o2 = cairn_new(t);
        memset((char*)o1 + 16, 0x11, 32);
        cairn_decref(o2);
        cairn_decref(o1);
    } else if (IS("heap-free-inside")) {
        cairn_type_spec q = s;
        q.flags = 0;
        q.finalize = end_it;
        q.name = "ender";
        cairn_object* o = cairn_new(mk(q));
        cairn_decref(o);
    } else if (IS("after-heap-free")) {
        printf("left %zu\n", cairn_heap_free(H));
        cairn_decref(x);
        printf("survived\n");
        return 0;
    } else if (IS("iterator-open")) {
        cairn_object* wm = cairn_weakmap_new(H, CAIRN_WEAK_KEY_MAP);
        cairn_weakmap_set(wm, x, y);
        cairn_weakmap_iterator it;
        cairn_weakmap_iterator_open(wm, &it);
        cairn_object* k;
        cairn_weakmap_iterator_next(&it, &k, NULL);
        cairn_decref(wm);
    } else if (IS("list-unreleased")) {
        cairn_objects os;
        cairn_get_objects(H, -1, &os);
    } else if (IS("objects-decref-all")) {
        cairn_set(&N(x)->a, y);
        cairn_set(&N(y)->a, x);
        cairn_decref(x);
        cairn_decref(x);
        cairn_gc_collect(H, 2, NULL);
        x = NULL;
        cairn_decref(y);
        y = NULL;
        cairn_gc_collect(H, 2, NULL);
    } else if (IS("wrong-type")) {
        printf("%p\n", (void*)cairn_new_var(T, 3));
        printf("%p\n", (void*)cairn_new(VAR));
    } else if (IS("type-other-heap")) {
        cairn_heap* H2 = cairn_heap_new(NULL);
        cairn_object* o = cairn_new(T);
        printf("heap of o is H: %d\n", cairn_heap_of(o) == H);
        cairn_decref(o);
        cairn_heap_free(H2);
    } else {
        printf("modes?\n");
        return 2;
    }
    if (x)
        cairn_decref(x);
    if (y)
        cairn_decref(y);
    printf("left %zu\n", cairn_heap_free(H));
    return 0;
}
