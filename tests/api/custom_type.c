// SPDX-License-Identifier: MIT
// Two types that say where their references lie, and leave the rest to the heap: a text, which
// holds none, and a tuple, whose items are references.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cairn/cairn.h"

// As many bytes behind the struct as it was made with. The heap fills in the count.
typedef struct text {
    cairn_object head;
    size_t length;
    char bytes[];
} text;

static cairn_status text_hash(cairn_object* self, uint64_t* out_hash) {
    uint64_t hash = 14695981039346656037U;  // FNV-1a
    for (size_t i = 0; i < ((text*)self)->length; ++i) {
        hash = (hash ^ (unsigned char)((text*)self)->bytes[i]) * 1099511628211U;
    }
    *out_hash = hash;
    return CAIRN_OK;
}

// `self` is a text; `other` may be anything.
static cairn_status text_equal(cairn_object* self, cairn_object* other, int* out_equal) {
    const text* a = (text*)self;
    const text* b = (text*)other;
    *out_equal = cairn_type_of(self) == cairn_type_of(other) && a->length == b->length &&
                 memcmp(a->bytes, b->bytes, a->length) == 0;
    return CAIRN_OK;
}

static size_t text_repr(cairn_object* self, char* buffer, size_t size) {
    const text* t = (text*)self;
    return (size_t)snprintf(buffer, size, "'%.*s'", (int)t->length, t->bytes);
}

static cairn_type* text_type_new(cairn_heap* heap) {
    cairn_type_spec spec = {0};
    spec.name = "text";
    spec.object_size = offsetof(text, bytes);
    spec.item_size = 1;
    spec.item_count_offset = offsetof(text, length);
    spec.hash = text_hash;
    spec.equal = text_equal;
    spec.repr = text_repr;
    cairn_type* type = NULL;
    return cairn_type_new(heap, &spec, &type) == CAIRN_OK ? type : NULL;
}

// As many references behind the struct as it was made with.
typedef struct tuple {
    cairn_object head;
    size_t count;
    cairn_object* items[];
} tuple;

static cairn_type* tuple_type_new(cairn_heap* heap) {
    cairn_type_spec spec = {0};
    spec.name = "tuple";
    spec.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS;
    spec.object_size = offsetof(tuple, items);
    spec.item_size = sizeof(cairn_object*);
    spec.item_count_offset = offsetof(tuple, count);
    cairn_type* type = NULL;
    return cairn_type_new(heap, &spec, &type) == CAIRN_OK ? type : NULL;
}

static cairn_object* text_new(cairn_type* type, const char* string) {
    cairn_object* self = cairn_new_var(type, strlen(string));
    if (self != NULL) {
        memcpy(((text*)self)->bytes, string, strlen(string));
    }
    return self;
}

// A tuple of the texts in `words` with one empty item behind them; NULL when memory is out.
static cairn_object* tuple_of(cairn_type* type,
                              cairn_type* text_type,
                              const char* const* words,
                              size_t count) {
    cairn_object* self = cairn_new_var(type, count + 1);  // zeroed, so every item is empty
    for (size_t i = 0; self != NULL && i < count; ++i) {
        // Making a text may collect. The tuple is ours, and half filled is valid.
        cairn_object* item = text_new(text_type, words[i]);
        if (item == NULL) {
            cairn_clear(&self);
        } else {
            ((tuple*)self)->items[i] = item;  // empty before: the slot takes the reference over
        }
    }
    return self;
}

static size_t objects_in(const cairn_heap* heap) {
    cairn_heap_usage usage = {0};
    cairn_heap_get_usage(heap, &usage);
    return usage.objects;
}

int main(void) {
    static const char* const words[] = {"red", "green", "green"};
    cairn_heap* heap = cairn_heap_new(NULL);
    if (heap == NULL) {
        return EXIT_FAILURE;
    }
    cairn_type* text_type = text_type_new(heap);
    cairn_type* tuple_type = tuple_type_new(heap);
    if (text_type == NULL || tuple_type == NULL) {
        return EXIT_FAILURE;
    }
    cairn_object* colours = tuple_of(tuple_type, text_type, words, 3);
    if (colours == NULL) {
        return EXIT_FAILURE;
    }
    cairn_object** items = ((tuple*)colours)->items;
    cairn_set(&items[3], colours);  // a cycle: the slot gets a reference of its own

    char line[32];
    int equal = 0;
    (void)cairn_repr(items[1], line, sizeof line);
    if (cairn_equal(items[1], items[2], &equal) != CAIRN_OK) {
        return EXIT_FAILURE;
    }
    printf("item 1 is %s, equal to item 2: %d\n", line, equal);
    printf("tracked: tuple %d, text %d\n",
           cairn_gc_is_tracked(colours),
           cairn_gc_is_tracked(items[1]));

    cairn_decref(colours);
    printf("objects held by the cycle: %zu\n", objects_in(heap));
    size_t found = 0;
    if (cairn_gc_collect(heap, 2, &found) != CAIRN_OK) {
        return EXIT_FAILURE;
    }
    printf("unreachable: %zu, objects left: %zu\n", found, objects_in(heap));
    return cairn_heap_free(heap) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
