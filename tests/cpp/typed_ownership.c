// SPDX-License-Identifier: MIT
// Faults of ownership that CAIRN_TYPED_OWNERSHIP refuses to compile: see must_not_compile.py.
#include "cairn/ownership.h"

typedef struct node {
    cairn_object head;
    cairn_object* next;
} node;

cairn_object* cases(cairn_type* type, cairn_object* borrowed, cairn_object* map);

cairn_object* cases(cairn_type* type, cairn_object* borrowed, cairn_object* map) {
    cairn_owned* owned = cairn_new(type);
    cairn_owned* found = NULL;
    node* n = (node*)cairn_borrow(owned);
    if (cairn_weakmap_get(map, borrowed, &found) == CAIRN_OK) {
        cairn_set_consume(&n->next, found);
    }
    cairn_set(&n->next, borrowed);
    cairn_decref(cairn_claim(n->next));
    n->next = NULL;
    (void)cairn_refcount(cairn_borrow(owned));
#if CASE == 1  // incompatible: what is borrowed must not be released
    cairn_decref(borrowed);
#elif CASE == 2  // incompatible: an owned result is kept as such
    cairn_object* lost = cairn_new(type);
    (void)lost;
#elif CASE == 3  // incompatible: a slot takes over only what is owned
    cairn_set_consume(&n->next, borrowed);
#elif CASE == 4  // incompatible: an owned reference stored by hand is claimed by nobody
    n->next = owned;
#elif CASE == 5  // incompatible: nor does a function that borrows take it
    cairn_set(&n->next, cairn_new_ref(borrowed));
#elif CASE == 6  // incompatible: what a map gives is owned
    cairn_object* value = NULL;
    (void)cairn_weakmap_get(map, borrowed, &value);
#elif CASE == 7  // incompatible: what a weak reference gives is owned
    return cairn_weakref_get(borrowed);
#elif CASE == 8  // unused: an owned result is not to be lost
    cairn_new(type);
#endif
    cairn_decref(owned);
    return borrowed;
}
