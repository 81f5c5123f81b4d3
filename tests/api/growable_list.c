// SPDX-License-Identifier: MIT
// A growable list: a type that keeps its references outside the heap, in a buffer of its own.
//
// Such a type describes itself with functions: traverse, clear and dealloc. What it allocates
// outside is reported with cairn_heap_add_external(), so that lists of many items drive
// collections although each is a small object.
#include <stdio.h>
#include <stdlib.h>

#include "cairn/cairn.h"

typedef struct list {
    cairn_object head;
    cairn_object** items;  // owned references; NULL while the capacity is zero
    size_t count;
    size_t capacity;
} list;

// Shows every reference that the list owns. A list fresh from cairn_new() is zeroed: it has none.
static void list_traverse(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
    list* l = (list*)self;
    for (size_t i = 0; i < l->count; ++i) {
        visit(l->items[i], visit_data);
    }
}

// Drops every reference. The list is emptied before the first release, because a release may run
// user code, and that code may look at the list or even append to it.
static void list_clear(cairn_object* self) {
    cairn_heap* heap = cairn_heap_of(self);
    list* l = (list*)self;
    cairn_object** items = l->items;
    const size_t count = l->count;
    const size_t capacity = l->capacity;
    l->items = NULL;
    l->count = 0;
    l->capacity = 0;
    for (size_t i = 0; i < count; ++i) {
        cairn_decref(items[i]);
    }
    free(items);
    cairn_heap_add_external(heap, -(ptrdiff_t)(capacity * sizeof(cairn_object*)));
}

// Releases what is not a reference. list_clear() has run before, but user code that ran meanwhile
// may have given the list a new buffer, so look again.
static void list_dealloc(cairn_object* self) {
    list* l = (list*)self;
    free(l->items);
    cairn_heap_add_external(cairn_heap_of(self), -(ptrdiff_t)(l->capacity * sizeof(cairn_object*)));
}

static size_t list_repr(cairn_object* self, char* buffer, size_t size) {
    const int length = snprintf(buffer, size, "<list of %zu>", ((list*)self)->count);
    return (size_t)length;
}

static size_t list_external_size(cairn_object* self) {
    return ((list*)self)->capacity * sizeof(cairn_object*);
}

// Makes room for one item more. Fails without a change when memory is out.
static cairn_status list_grow(cairn_object* self) {
    cairn_heap* heap = cairn_heap_of(self);
    list* l = (list*)self;
    const size_t old = l->capacity;
    const size_t capacity = old == 0 ? 8 : old * 2;
    const ptrdiff_t more = (ptrdiff_t)((capacity - old) * sizeof(cairn_object*));
    const cairn_status status = cairn_heap_add_external(heap, more);
    if (status != CAIRN_OK) {
        return status;
    }
    if (l->capacity != old) {
        // The report set off a collection, and user code that it ran made this list grow.
        return cairn_heap_add_external(heap, -more);
    }
    cairn_object** items = realloc(l->items, capacity * sizeof(cairn_object*));
    if (items == NULL) {
        cairn_heap_add_external(heap, -more);
        return CAIRN_NO_MEMORY;
    }
    l->items = items;
    l->capacity = capacity;
    return CAIRN_OK;
}

// Appends `item`; the list gets a reference of its own.
static cairn_status list_append(cairn_object* self, cairn_object* item) {
    list* l = (list*)self;
    while (l->count == l->capacity) {
        const cairn_status status = list_grow(self);
        if (status != CAIRN_OK) {
            return status;
        }
    }
    l->items[l->count++] = cairn_new_ref(item);
    return CAIRN_OK;
}

static cairn_type* list_type_new(cairn_heap* heap) {
    cairn_type_spec spec = {0};
    spec.name = "list";
    spec.object_size = sizeof(list);
    spec.traverse = list_traverse;
    spec.clear = list_clear;
    spec.dealloc = list_dealloc;
    spec.repr = list_repr;
    spec.external_size = list_external_size;
    cairn_type* type = NULL;
    if (cairn_type_new(heap, &spec, &type) != CAIRN_OK) {
        fprintf(stderr, "list: %s\n", cairn_type_spec_problem(&spec));
        exit(1);
    }
    return type;
}

static size_t external_bytes(cairn_heap* heap) {
    cairn_heap_usage usage = {0};
    cairn_heap_get_usage(heap, &usage);
    return usage.external_bytes;
}

// A finalizer that appends to the list in `target` while that list is growing.
static cairn_object* target = NULL;

static cairn_status append_more(cairn_object* self) {
    for (int i = 0; i < 100; ++i) {
        if (list_append(target, target) != CAIRN_OK) {
            return CAIRN_NO_MEMORY;
        }
    }
    (void)self;
    return CAIRN_OK;
}

// Growth that sets off a collection whose finalizers make the same list grow loses nothing.
static int grows_inside_growth(cairn_heap* heap, cairn_type* list_type) {
    cairn_type_spec spec = {0};
    spec.name = "meddler";
    spec.object_size = sizeof(cairn_object) + sizeof(cairn_object*);
    spec.slots_offset = sizeof(cairn_object);
    spec.slot_count = 1;
    spec.finalize = append_more;
    cairn_type* meddler_type = NULL;
    if (cairn_type_new(heap, &spec, &meddler_type) != CAIRN_OK) {
        return 0;
    }
    target = cairn_new(list_type);
    cairn_object* meddler = cairn_new(meddler_type);
    if (target == NULL || meddler == NULL) {
        return 0;
    }
    cairn_set((cairn_object**)(meddler + 1), meddler);  // garbage once it is dropped
    cairn_decref(meddler);
    cairn_gc_set_byte_thresholds(heap, 0, 1);  // any growth outside collects
    if (list_append(target, target) != CAIRN_OK) {
        return 0;
    }
    const size_t count = ((list*)target)->count;
    list_clear(target);
    cairn_clear(&target);
    return count == 101;
}

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    if (heap == NULL) {
        return 1;
    }
    cairn_type* list_type = list_type_new(heap);
    cairn_object* outer = cairn_new(list_type);
    cairn_object* inner = cairn_new(list_type);
    if (outer == NULL || inner == NULL) {
        return 1;
    }
    for (int i = 0; i < 1000; ++i) {
        if (list_append(outer, inner) != CAIRN_OK) {
            return 1;
        }
    }
    if (list_append(inner, outer) != CAIRN_OK) {  // a cycle of two lists
        return 1;
    }
    char text[64];
    cairn_repr(outer, text, sizeof text);
    printf("%s refers 1000 times to one whose count is %u\n", text, cairn_refcount(inner));
    printf("bytes outside the heap: %zu\n", external_bytes(heap));

    cairn_decref(outer);
    cairn_decref(inner);
    size_t found = 0;
    if (cairn_gc_collect(heap, 2, &found) != CAIRN_OK) {
        return 1;
    }
    printf("unreachable: %zu, bytes outside the heap: %zu\n", found, external_bytes(heap));
    printf("grows inside growth: %s\n", grows_inside_growth(heap, list_type) ? "yes" : "no");
    return cairn_heap_free(heap) == 0 ? 0 : 1;
}
