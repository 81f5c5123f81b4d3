/* Two types: a text, which holds no references and has a hash, and a list, whose references lie in
 * a buffer of its own that grows. */
#include <cairn/cairn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text: a leaf with as many bytes behind its struct as it was made with. */
struct text {
    cairn_object head;
    size_t length; /* filled in by the heap: item_count_offset */
    char bytes[];
};

static cairn_status text_hash(cairn_object* self, uint64_t* out_hash) {
    const struct text* text = (const struct text*)self;
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    size_t i;
    for (i = 0; i < text->length; ++i) {
        hash = (hash ^ (unsigned char)text->bytes[i]) * 1099511628211u;
    }
    *out_hash = hash;
    return CAIRN_OK;
}

static cairn_status text_equal(cairn_object* self, cairn_object* other, int* out_equal) {
    const struct text* a = (const struct text*)self;
    const struct text* b = (const struct text*)other;
    *out_equal = cairn_type_of(self) == cairn_type_of(other) && a->length == b->length &&
                 memcmp(a->bytes, b->bytes, a->length) == 0;
    return CAIRN_OK;
}

static size_t text_repr(cairn_object* self, char* buffer, size_t size) {
    const struct text* text = (const struct text*)self;
    return (size_t)snprintf(buffer, size, "'%.*s'", (int)text->length, text->bytes);
}

static cairn_type* new_text_type(cairn_heap* heap) {
    cairn_type_spec spec = {0};
    cairn_type* type = NULL;
    spec.name = "text";
    spec.object_size = offsetof(struct text, bytes);
    spec.item_size = 1;
    spec.item_count_offset = offsetof(struct text, length);
    spec.hash = text_hash;
    spec.equal = text_equal;
    spec.repr = text_repr;
    return cairn_type_new(heap, &spec, &type) == CAIRN_OK ? type : NULL;
}

static cairn_object* new_text(cairn_type* type, const char* string) {
    cairn_object* object = cairn_new_var(type, strlen(string));
    if (object != NULL) {
        memcpy(((struct text*)object)->bytes, string, strlen(string));
    }
    return object;
}

/* A list: references in a buffer from malloc. The heap cannot see them by itself. */
struct list {
    cairn_object head;
    cairn_object** items;
    size_t length;
    size_t capacity;
};

static void list_traverse(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
    const struct list* list = (const struct list*)self;
    size_t i;
    for (i = 0; i < list->length; ++i) {
        visit(list->items[i], visit_data);
    }
}

/* Each item leaves the list before it is released: what dies may look at the list. */
static void list_clear(cairn_object* self) {
    struct list* list = (struct list*)self;
    while (list->length > 0) {
        cairn_decref(list->items[--list->length]);
    }
}

/* The references are gone by now; the buffer is not. */
static void list_dealloc(cairn_object* self) {
    struct list* list = (struct list*)self;
    (void)cairn_heap_add_external(cairn_heap_of(self),
                                  -(ptrdiff_t)(list->capacity * sizeof(cairn_object*)));
    free(list->items);
}

static cairn_type* new_list_type(cairn_heap* heap) {
    cairn_type_spec spec = {0};
    cairn_type* type = NULL;
    spec.name = "list";
    spec.object_size = sizeof(struct list);
    spec.traverse = list_traverse;
    spec.clear = list_clear;
    spec.dealloc = list_dealloc;
    return cairn_type_new(heap, &spec, &type) == CAIRN_OK ? type : NULL;
}

/* Appends an item; the list takes a reference of its own. */
static cairn_status list_append(cairn_object* self, cairn_object* item) {
    struct list* list = (struct list*)self;
    if (list->length == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 4 : 2 * list->capacity;
        const size_t more = (capacity - list->capacity) * sizeof(cairn_object*);
        cairn_object** items;
        /* May collect, and so run finalizers: `self` and `item` are the caller's to keep alive. */
        if (cairn_heap_add_external(cairn_heap_of(self), (ptrdiff_t)more) != CAIRN_OK) {
            return CAIRN_NO_MEMORY;
        }
        items = (cairn_object**)realloc(list->items, capacity * sizeof(cairn_object*));
        if (items == NULL) {
            (void)cairn_heap_add_external(cairn_heap_of(self), -(ptrdiff_t)more);
            return CAIRN_NO_MEMORY;
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->length++] = cairn_new_ref(item);
    return CAIRN_OK;
}

int main(void) {
    static const char* const words[] = {"red", "green", "blue", "green"};
    cairn_heap* heap = cairn_heap_new(NULL);
    cairn_type* text_type = heap == NULL ? NULL : new_text_type(heap);
    cairn_type* list_type = heap == NULL ? NULL : new_list_type(heap);
    cairn_object* list = list_type == NULL ? NULL : cairn_new(list_type);
    cairn_heap_usage usage;
    char line[32];
    int equal = 0;
    size_t found = 0;
    size_t i;

    if (text_type == NULL || list == NULL) {
        return EXIT_FAILURE;
    }
    for (i = 0; i < sizeof words / sizeof words[0]; ++i) {
        cairn_object* text = new_text(text_type, words[i]);
        if (text == NULL || list_append(list, text) != CAIRN_OK) {
            return EXIT_FAILURE;
        }
        cairn_decref(text); /* the list holds it */
    }
    if (list_append(list, list) != CAIRN_OK) { /* a cycle */
        return EXIT_FAILURE;
    }
    (void)cairn_repr(((struct list*)list)->items[1], line, sizeof line);
    (void)cairn_equal(((struct list*)list)->items[1], ((struct list*)list)->items[3], &equal);
    cairn_heap_get_usage(heap, &usage);
    printf("%s, equal %d, %d objects, %d external bytes\n",
           line,
           equal,
           (int)usage.objects,
           (int)usage.external_bytes);

    cairn_decref(list);
    (void)cairn_gc_collect(heap, 2, &found);
    cairn_heap_get_usage(heap, &usage);
    printf("found %d unreachable, %d objects, %d external bytes\n",
           (int)found,
           (int)usage.objects,
           (int)usage.external_bytes);
    return cairn_heap_free(heap) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
