// SPDX-License-Identifier: MIT
// A runtime that counts references by malloc (STEP 0) moves to Cairn in five steps, each of which
// runs: docs/porting.md tells the story. Compile with -DSTEP=0 to -DSTEP=5.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if STEP >= 1
#include <cairn/cairn.h>
#endif

// --- objects -------------------------------------------------------------------------------------

#if STEP == 0
typedef struct object {
    int count;
    int kind;
} object;
enum { STRING, PAIR, VECTOR };
static size_t alive;
#else
typedef cairn_object object;
static cairn_heap* heap;
static cairn_type *string_type, *pair_type, *vector_type;
#endif

typedef struct string {
    object head;
    size_t length;
    char bytes[];
} string;

typedef struct pair {
    object head;
    object *car, *cdr;
} pair;

typedef struct vector {
    object head;
#if STEP <= 2
    object** items;
    size_t count, capacity;
#else
    cairn_buffer items;
#endif
} vector;

static void* must(void* made) {
    if (made == NULL) {
        fputs("memory is out\n", stderr);
        exit(EXIT_FAILURE);
    }
    return made;
}

// From step 5 on a script that makes too much gets an error, and the program goes on.
#if STEP >= 5
#define MADE(object) (object)
#else
#define MADE(object) must(object)
#endif

// --- counting ------------------------------------------------------------------------------------

#if STEP == 0
static object* retain(object* o) {
    ++o->count;
    return o;
}

static void release(object* o) {
    if (o == NULL || --o->count > 0) {
        return;
    }
    if (o->kind == PAIR) {
        release(((pair*)o)->car);
        release(((pair*)o)->cdr);
    } else if (o->kind == VECTOR) {
        for (size_t i = 0; i < ((vector*)o)->count; ++i) {
            release(((vector*)o)->items[i]);
        }
        free(((vector*)o)->items);
    }
    free(o);
    --alive;
}

static object* make(int kind, size_t size) {
    object* o = must(calloc(1, size));
    o->count = 1;
    o->kind = kind;
    ++alive;
    return o;
}
#else
static object* retain(object* o) {
    return cairn_new_ref(o);
}

static void release(object* o) {
    if (o != NULL) {
        cairn_decref(o);
    }
}
#endif

// --- types: what release() knew ------------------------------------------------------------------

#if STEP == 1
static void pair_traverse(object* o, cairn_visit_fn visit, void* data) {
    visit(((pair*)o)->car, data);
    visit(((pair*)o)->cdr, data);
}
static void pair_clear(object* o) {
    cairn_clear(&((pair*)o)->car);
    cairn_clear(&((pair*)o)->cdr);
}
#endif
#if STEP == 1 || STEP == 2
static void vector_traverse(object* o, cairn_visit_fn visit, void* data) {
    for (size_t i = 0; i < ((vector*)o)->count; ++i) {
        visit(((vector*)o)->items[i], data);
    }
}
static void vector_clear(object* o) {
    vector* v = (vector*)o;
    object** items = v->items;
    const size_t count = v->count;
    v->items = NULL;
    v->count = v->capacity = 0;
    for (size_t i = 0; i < count; ++i) {
        release(items[i]);
    }
    free(items);
}
static void vector_dealloc(object* o) {
    free(((vector*)o)->items);
}
#endif

#if STEP >= 4
static object* interned;  // a weak set: strings that are in use as symbols

static cairn_status string_hash(object* o, uint64_t* out_hash) {
    uint64_t hash = 5381;
    for (size_t i = 0; i < ((string*)o)->length; ++i) {
        hash = hash * 33 + (unsigned char)((string*)o)->bytes[i];
    }
    *out_hash = hash;
    return CAIRN_OK;
}
static cairn_status string_equal(object* a, object* b, int* out_equal) {
    *out_equal = cairn_type_of(a) == cairn_type_of(b) &&
                 ((string*)a)->length == ((string*)b)->length &&
                 memcmp(((string*)a)->bytes, ((string*)b)->bytes, ((string*)a)->length) == 0;
    return CAIRN_OK;
}
#endif

#if STEP >= 1
static cairn_type* make_type(const cairn_type_spec* spec) {
    cairn_type* type = NULL;
    if (cairn_type_new(heap, spec, &type) != CAIRN_OK) {
        const char* problem = cairn_type_spec_problem(spec);
        fprintf(stderr, "%s: %s\n", spec->name, problem != NULL ? problem : "memory is out");
        exit(EXIT_FAILURE);
    }
    return type;
}

static void start(void) {
    cairn_heap_options options;
    cairn_heap_options_init(&options);
#if STEP >= 5
    options.memory_limit = 1000000;
#endif
    heap = must(cairn_heap_new(&options));
    cairn_type_spec string_spec = {.name = "string",
                                   .object_size = offsetof(string, bytes),
                                   .item_size = 1,
                                   .item_count_offset = offsetof(string, length)};
    cairn_type_spec pair_spec = {.name = "pair", .object_size = sizeof(pair)};
    cairn_type_spec vector_spec = {.name = "vector", .object_size = sizeof(vector)};
#if STEP == 1
    pair_spec.traverse = pair_traverse;
    pair_spec.clear = pair_clear;
#else
    pair_spec.slots_offset = offsetof(pair, car);
    pair_spec.slot_count = 2;
#endif
#if STEP <= 2
    vector_spec.traverse = vector_traverse;
    vector_spec.clear = vector_clear;
    vector_spec.dealloc = vector_dealloc;
#else
    vector_spec.buffer_offset = offsetof(vector, items);
#endif
#if STEP >= 4
    string_spec.hash = string_hash;
    string_spec.equal = string_equal;
    interned = must(cairn_weakmap_new(heap, CAIRN_WEAK_SET));
#endif
    string_type = make_type(&string_spec);
    pair_type = make_type(&pair_spec);
    vector_type = make_type(&vector_spec);
}
#else
static void start(void) {}
#endif

// --- what the interpreter calls ------------------------------------------------------------------

static object* string_new(const char* bytes) {
    const size_t length = strlen(bytes);
#if STEP == 0
    string* s = (string*)make(STRING, sizeof(string) + length);
    s->length = length;
#else
    string* s = MADE((string*)cairn_new_var(string_type, length));
#endif
    if (s != NULL) {
        memcpy(s->bytes, bytes, length);
    }
    return (object*)s;
}

static object* pair_new(object* car, object* cdr) {
#if STEP == 0
    pair* p = (pair*)make(PAIR, sizeof(pair));
#else
    pair* p = MADE((pair*)cairn_new(pair_type));
#endif
    if (p != NULL) {
        p->car = retain(car);
        p->cdr = cdr == NULL ? NULL : retain(cdr);
    }
    return (object*)p;
}

static object* vector_new(void) {
#if STEP == 0
    return make(VECTOR, sizeof(vector));
#else
    return MADE(cairn_new(vector_type));
#endif
}

// Returns 0 if memory is out.
static int vector_push(object* o, object* item) {
    vector* v = (vector*)o;
#if STEP <= 2
    if (v->count == v->capacity) {
        v->capacity = v->capacity * 2 + 4;
        v->items = must(realloc(v->items, v->capacity * sizeof(object*)));
    }
    v->items[v->count++] = retain(item);
#else
    if (cairn_buffer_reserve(o, v->items.count + 1) != CAIRN_OK) {
        return 0;
    }
    ((object**)v->items.records)[v->items.count++] = retain(item);
#endif
    return 1;
}

static size_t objects_left(void) {
#if STEP == 0
    return alive;
#else
    cairn_heap_usage usage = {0};
    (void)cairn_gc_collect(heap, 2, NULL);
    cairn_heap_get_usage(heap, &usage);
    return usage.objects;
#endif
}

// --- the program ---------------------------------------------------------------------------------

static void make_cycle(void) {
    object* name = string_new("a ring");
    object* ring = pair_new(name, NULL);
    ((pair*)ring)->cdr = retain(ring);
    release(name);
    release(ring);
}

static void make_tree(void) {
    object* all = vector_new();
    for (int i = 0; i < 10; ++i) {
        object* leaf = string_new("leaf");
        object* node = pair_new(leaf, all);  // the tree knows its vector: a cycle
        (void)vector_push(all, node);
        release(node);
        release(leaf);
    }
    release(all);
}

int main(void) {
    start();
    const size_t before = objects_left();
    object* text = string_new("hello");
    printf("step %d says %.*s\n", STEP, (int)((string*)text)->length, ((string*)text)->bytes);
    release(text);
    printf("left after a string: %zu\n", objects_left() - before);
    make_cycle();
    printf("left after a ring: %zu\n", objects_left() - before);
    make_tree();
    printf("left after a tree: %zu\n", objects_left() - before);
#if STEP >= 4
    object* kept = string_new("symbol");
    object* same = string_new("symbol");
    int found = 0;
    if (cairn_weakset_add(interned, kept) != CAIRN_OK ||
        cairn_weakmap_contains(interned, same, &found) != CAIRN_OK) {
        return EXIT_FAILURE;
    }
    release(same);
    printf("interned: %d, symbols: %zu", found, cairn_weakmap_length(interned));
    release(kept);
    printf(", and when nobody uses it: %zu\n", cairn_weakmap_length(interned));
#endif
#if STEP >= 5
    object* all = vector_new();
    size_t made = 0;
    int room = 1;
    while (room) {
        object* s = string_new("more");
        room = s != NULL && vector_push(all, s);
        release(s);
        made += (size_t)room;
    }
    printf("the limit ends a script that makes too much: %s\n", made > 5000 ? "yes" : "no");
    release(all);
#endif
#if STEP >= 1
#if STEP >= 4
    release(interned);
#endif
    printf("leaked: %zu\n", cairn_heap_free(heap));
#endif
    return EXIT_SUCCESS;
}
