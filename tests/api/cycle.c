// SPDX-License-Identifier: MIT
// Two objects that refer to each other, a weak reference that is told of their death, and a
// finalizer. This is the shortest program that shows what the heap does for an interpreter.
#include <stdio.h>
#include <stdlib.h>

#include "cairn/cairn.h"

// An object starts with the header. What follows is the host's.
typedef struct person {
    cairn_object head;
    cairn_object* friend;  // a strong reference
    const char* name;
} person;

// Runs once before a person is taken apart. It may do everything, even keep the person alive.
static cairn_status say_goodbye(cairn_object* self) {
    printf("finalizer: goodbye, %s\n", ((person*)self)->name);
    return CAIRN_OK;
}

// Runs when the referent of a weak reference has died.
static cairn_status referent_died(cairn_object* ref, cairn_object* argument, void* user_data) {
    (void)argument;
    printf("callback: %s is gone, the reference is %s\n",
           (const char*)user_data,
           cairn_weakref_is_cleared(ref) ? "cleared" : "alive");
    return CAIRN_OK;
}

static cairn_object* person_new(cairn_type* type, const char* name) {
    cairn_object* self = cairn_new(type);  // zeroed, refcount 1; NULL when memory is out
    if (self == NULL) {
        fprintf(stderr, "no memory\n");
        exit(1);
    }
    ((person*)self)->name = name;
    return self;
}

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    if (heap == NULL) {
        return 1;
    }
    // A type says where its objects keep references, so that the heap can follow them.
    cairn_type_spec spec = {0};
    spec.name = "person";
    spec.object_size = sizeof(person);
    spec.slots_offset = offsetof(person, friend);
    spec.slot_count = 1;
    spec.finalize = say_goodbye;
    cairn_type* type = NULL;
    if (cairn_type_new(heap, &spec, &type) != CAIRN_OK) {
        return 1;
    }

    cairn_object* ada = person_new(type, "Ada");
    cairn_object* bob = person_new(type, "Bob");
    cairn_set(&((person*)ada)->friend, bob);  // adds a reference of the slot's own
    cairn_set(&((person*)bob)->friend, ada);
    printf("references: Ada %u, Bob %u\n", cairn_refcount(ada), cairn_refcount(bob));

    char note[] = "Ada";
    cairn_object* ref = cairn_weakref_new(ada, referent_died, NULL, note);
    if (ref == NULL) {
        return 1;
    }

    // Nobody needs them any more, but each keeps the other alive: only a collection can tell.
    cairn_decref(ada);
    cairn_decref(bob);
    cairn_object* again = cairn_weakref_get(ref);  // an owned reference, or NULL
    printf("still there: %s\n", again != NULL ? ((person*)again)->name : "nobody");
    cairn_clear(&again);  // releases it, unless it is NULL

    size_t found = 0;
    if (cairn_gc_collect(heap, 2, &found) != CAIRN_OK) {
        return 1;
    }
    printf("unreachable objects: %zu\n", found);

    cairn_decref(ref);
    printf("objects left at the end: %zu\n", cairn_heap_free(heap));
    return 0;
}
