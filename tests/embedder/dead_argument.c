// SPDX-License-Identifier: MIT
// Nine calls with a freed object, by argument: a checked build reports each.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cairn/cairn.h"
static cairn_status call(cairn_object* ref, cairn_object* argument, void* user_data) {
    (void)ref;
    (void)argument;
    (void)user_data;
    return CAIRN_OK;
}
int main(int c, char** v) {
    setvbuf(stdout, 0, _IONBF, 0);
    cairn_heap* H = cairn_heap_new(NULL);
    cairn_type_spec s = {0};
    s.name = "leaf";
    s.object_size = 32;
    cairn_type* t;
    cairn_type_new(H, &s, &t);
    int m = atoi(v[1]);
    (void)c;
    cairn_object *d = cairn_new(t), *k = cairn_new(t),
                 *wm = cairn_weakmap_new(H, CAIRN_WEAK_KEY_MAP),
                 *ws = cairn_weakmap_new(H, CAIRN_WEAK_SET), *out;
    cairn_objects os;
    cairn_decref(d);
    int f;
    switch (m) {
        case 0:
            printf("weakmap_set dead key: %d\n", cairn_weakmap_set(wm, d, k));
            break;
        case 1:
            printf("weakmap_set dead value: %d\n", cairn_weakmap_set(wm, k, d));
            break;
        case 2:
            printf("weakref_new dead: %p\n", (void*)cairn_weakref_new(d, 0, 0, 0));
            break;
        case 3:
            printf("weakset_add dead: %d\n", cairn_weakset_add(ws, d));
            break;
        case 4:
            printf("get_referrers dead: %d\n", cairn_get_referrers(H, &d, 1, &os));
            break;
        case 5:
            printf("weakmap_get dead key: %d\n", cairn_weakmap_get(wm, d, &out));
            break;
        case 6:
            printf("equal dead: %d\n", cairn_equal(k, d, &f));
            break;
        case 7:
            printf("finalizer_new dead argument %p\n", (void*)cairn_finalizer_new(k, 0, d, 0));
            break;
        case 8:
            printf("weakref_new dead argument %p\n", (void*)cairn_weakref_new(k, call, d, 0));
            break;
    }
    return 0;
}
