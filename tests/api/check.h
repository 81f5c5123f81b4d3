// SPDX-License-Identifier: MIT
/* What the programs in this folder share: a check that says where it failed, and a plain type. */
#ifndef CAIRN_TESTS_API_CHECK_H
#define CAIRN_TESTS_API_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#include "cairn/cairn.h"

#define CHECK(condition)                                                            \
    do {                                                                            \
        if (!(condition)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                                \
        }                                                                           \
    } while (0)

typedef struct pair {
    cairn_object head;
    cairn_object* first;
    cairn_object* second;
} pair;

static inline cairn_type_spec pair_spec(void) {
    cairn_type_spec spec = {0};
    spec.name = "pair";
    spec.object_size = sizeof(pair);
    spec.slots_offset = offsetof(pair, first);
    spec.slot_count = 2;
    return spec;
}

static inline cairn_type* pair_type_new(cairn_heap* heap) {
    const cairn_type_spec spec = pair_spec();
    cairn_type* type = NULL;
    CHECK(cairn_type_new(heap, &spec, &type) == CAIRN_OK);
    return type;
}

static inline cairn_object* pair_new(cairn_type* type) {
    cairn_object* self = cairn_new(type);
    CHECK(self != NULL);
    return self;
}

/* A pair whose first slot refers to itself. The caller owns the result. */
static inline cairn_object* loop_new(cairn_type* type) {
    cairn_object* self = pair_new(type);
    cairn_set(&((pair*)self)->first, self);
    return self;
}

#endif
