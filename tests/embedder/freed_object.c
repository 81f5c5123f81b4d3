// SPDX-License-Identifier: MIT
// What a freed object holds, a write to it, and a write past an object's end.
#include <stdio.h>

#include "cairn/cairn.h"
#include "cairn/testing.h"
typedef struct {
    cairn_object h;
    long a, b;
} leaf;
int main(void) {
    cairn_heap* H = cairn_heap_new(NULL);
    cairn_type_spec s = {0};
    s.name = "leaf";
    s.object_size = sizeof(leaf);
    cairn_type* t;
    cairn_type_new(H, &s, &t);
    leaf* x = (leaf*)cairn_new(t);
    x->a = 111;
    x->b = 222;
    cairn_decref((cairn_object*)x);
    printf("freed: a=%ld b=%ld\n", x->a, x->b);
    x->b = 666;
    for (int i = 0; i < 5000; i++)
        cairn_decref(cairn_new(t));
    printf("write after death, then 5000 births: verify %d\n", cairn_verify_for_testing(H));
    leaf* y = (leaf*)cairn_new(t);
    *(long*)((char*)y + cairn_object_size((cairn_object*)y)) =
        0x4141414141414141; /* write past the end */
    leaf* z = (leaf*)cairn_new(t);
    printf("overrun: verify %d\n", cairn_verify_for_testing(H));
    (void)z;
    return 0;
}
