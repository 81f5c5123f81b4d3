// SPDX-License-Identifier: MIT
/* What the programs about uses of weak references share: a text that serves as a key, and an item
 * with a name, a number and two references. */
#ifndef CAIRN_TESTS_API_ARTICLE_HOST_H
#define CAIRN_TESTS_API_ARTICLE_HOST_H

#include <string.h>

#include "check.h"

typedef struct text {
    cairn_object head;
    char letters[64];
} text;

typedef struct item {
    cairn_object head;
    char name[32];
    int number;
    cairn_object* first;
    cairn_object* second;
} item;

static inline const char* letters_of(const cairn_object* self) {
    return ((const text*)self)->letters;
}

static inline item* item_of(cairn_object* self) {
    return (item*)self;
}

static inline cairn_status text_hash(cairn_object* self, uint64_t* out_hash) {
    uint64_t hash = 1469598103934665603u;
    for (const char* at = letters_of(self); *at != '\0'; ++at) {
        hash = (hash ^ (unsigned char)*at) * 1099511628211u;
    }
    *out_hash = hash;
    return CAIRN_OK;
}

static inline cairn_status text_equal(cairn_object* self, cairn_object* other, int* out_equal) {
    *out_equal = cairn_type_of(self) == cairn_type_of(other) &&
                 strcmp(letters_of(self), letters_of(other)) == 0;
    return CAIRN_OK;
}

static inline cairn_type* text_type_new(cairn_heap* heap) {
    cairn_type_spec spec = {0};
    cairn_type* type = NULL;
    spec.name = "text";
    spec.object_size = sizeof(text);
    spec.hash = text_hash;
    spec.equal = text_equal;
    CHECK(cairn_type_new(heap, &spec, &type) == CAIRN_OK);
    return type;
}

static inline cairn_object* text_new(cairn_type* type, const char* letters) {
    cairn_object* self = cairn_new(type);
    CHECK(self != NULL);
    snprintf(((text*)self)->letters, sizeof(((text*)self)->letters), "%s", letters);
    return self;
}

static inline cairn_type* item_type_new(cairn_heap* heap, const char* name) {
    cairn_type_spec spec = {0};
    cairn_type* type = NULL;
    spec.name = name;
    spec.object_size = sizeof(item);
    spec.slots_offset = offsetof(item, first);
    spec.slot_count = 2;
    CHECK(cairn_type_new(heap, &spec, &type) == CAIRN_OK);
    return type;
}

static inline cairn_object* item_new(cairn_type* type, const char* name, int number) {
    cairn_object* self = cairn_new(type);
    CHECK(self != NULL);
    snprintf(item_of(self)->name, sizeof(item_of(self)->name), "%s", name);
    item_of(self)->number = number;
    return self;
}

#endif
