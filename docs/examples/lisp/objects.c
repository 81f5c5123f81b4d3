// SPDX-License-Identifier: MIT
// The types, and how their objects are made.
#include <string.h>

#include "lisp.h"

static cairn_status text_hash(val self, uint64_t* out_hash) {
    uint64_t hash = 14695981039346656037U;  // FNV-1a
    for (size_t i = 0; i < ((text*)self)->length; ++i) {
        hash = (hash ^ (unsigned char)((text*)self)->bytes[i]) * 1099511628211U;
    }
    *out_hash = hash;
    return CAIRN_OK;
}

static cairn_status text_equal(val self, val other, int* out_equal) {
    const text *a = (text*)self, *b = (text*)other;
    *out_equal = cairn_type_of(self) == cairn_type_of(other) && a->length == b->length &&
                 memcmp(a->bytes, b->bytes, a->length) == 0;
    return CAIRN_OK;
}

int make_types(lisp* in) {
    const uint32_t tagged = CAIRN_TYPE_TAGGED_SLOTS;
    // clang-format off
    const cairn_type_spec specs[] = {
        {.name = "pair", .flags = tagged, .object_size = sizeof(pair),
         .slots_offset = offsetof(pair, car), .slot_count = 2},
        {.name = "string", .object_size = offsetof(text, bytes), .item_size = 1,
         .item_count_offset = offsetof(text, length), .hash = text_hash, .equal = text_equal},
        {.name = "symbol", .object_size = offsetof(text, bytes), .item_size = 1,
         .item_count_offset = offsetof(text, length)},
        {.name = "closure", .flags = tagged, .object_size = sizeof(closure),
         .slots_offset = offsetof(closure, parameters), .slot_count = 3},
        {.name = "builtin", .object_size = sizeof(builtin_object)},
        {.name = "table", .flags = tagged, .object_size = sizeof(table),
         .buffer_offset = offsetof(table, records), .record_size = sizeof(record), .record_slots = 2}};
    // clang-format on
    cairn_type** const types[] = {&in->pair,    &in->string,  &in->symbol,
                                  &in->closure, &in->builtin, &in->table};
    for (size_t i = 0; i < sizeof types / sizeof *types; ++i) {
        if (cairn_type_new(in->heap, &specs[i], types[i]) != CAIRN_OK) return 0;
    }
    return 1;
}

int fail_for_memory(lisp* in) {
    put(&in->error, hold(in->no_memory));
    return 0;
}

val new_text(cairn_type* type, const char* bytes, size_t length) {
    val self = cairn_new_var(type, length);
    if (self != NULL) memcpy(((text*)self)->bytes, bytes, length);
    return self;
}

int fail(lisp* in, const char* message) {
    val error = new_text(in->string, message, strlen(message));
    put(&in->error, error != NULL ? error : hold(in->no_memory));
    return FAILED;
}

int push(lisp* in, val v) {
    if (in->top < STACK) {
        in->stack[in->top++] = v;
        return 1;
    }
    drop(v);
    return fail(in, "the stack is full");
}

static val push_new(lisp* in, val v) {
    if (v == NULL) (void)fail_for_memory(in);
    return v != NULL && push(in, v) ? v : NULL;
}

val make(lisp* in, cairn_type* type) { return push_new(in, cairn_new(type)); }

int cons(lisp* in) {
    pair* self = (pair*)make(in, in->pair);
    if (self == NULL) return 0;
    in->top -= 2;  // the new pair takes over what was below it
    self->car = in->stack[in->top - 1];
    self->cdr = in->stack[in->top];
    in->stack[in->top - 1] = &self->head;
    return 1;
}

int make_text(lisp* in, cairn_type* type, const char* bytes, size_t length) {
    return push_new(in, new_text(type, bytes, length)) != NULL;
}

// A symbol lives as long as somebody uses it: the map refers to it weakly.
int intern(lisp* in, const char* bytes, size_t length) {
    val found = NULL;
    if (!make_text(in, in->string, bytes, length)) return FAILED;
    val* name = &in->stack[in->top - 1];
    if (cairn_weakmap_get(in->symbols, *name, &found) == CAIRN_NOT_FOUND) {
        if (!make_text(in, in->symbol, bytes, length)) return FAILED;
        if (cairn_weakmap_set(in->symbols, *name, name[1]) != CAIRN_OK) return fail_for_memory(in);
        found = pop(in);
    }
    put(name, found);
    return DONE;
}

static uint64_t hash_of(val key) {
    uint64_t hash = (uintptr_t)key;
    if (!is_int(key)) (void)cairn_hash(key, &hash);
    return hash * 0x9E3779B97F4A7C15U >> 16;
}

static int is_equal(val a, val b) {
    int equal = a == b;
    if (!equal && !is_int(a) && !is_int(b)) (void)cairn_equal(a, b, &equal);
    return equal;
}

// The record of `key`, or the empty one where it would be. The number of records is a power of two.
static record* probe(const cairn_buffer* records, val key, uint64_t hash) {
    record* all = records->records;
    size_t i = hash & (records->count - 1);
    while (all[i].key != NULL && !(all[i].hash == hash && is_equal(all[i].key, key))) {
        i = (i + 1) & (records->count - 1);
    }
    return &all[i];
}

val* table_find(val t, val key) {
    const cairn_buffer* records = &((table*)t)->records;
    record* r = records->count == 0 ? NULL : probe(records, key, hash_of(key));
    return r == NULL || r->key == NULL ? NULL : &r->value;
}

// Keeps a quarter of the records empty.
static int table_grow(lisp* in, table* t) {
    const size_t count = t->records.count;
    cairn_buffer old;
    if (t->used < count - count / 4) return 1;
    if (cairn_buffer_replace(&t->head, count == 0 ? 8 : count * 2, &old) != CAIRN_OK)
        return fail_for_memory(in);
    for (record* r = old.records; r < (record*)old.records + old.count; ++r) {
        if (r->key != NULL) *probe(&t->records, r->key, r->hash) = *r;
    }
    cairn_buffer_release(in->heap, &old);
    return 1;
}

int table_set(lisp* in, val t, val key, val value) {
    val* place = table_find(t, key);
    if (place == NULL) {
        if (!table_grow(in, (table*)t)) return 0;
        record* r = probe(&((table*)t)->records, key, hash_of(key));
        *r = (record){hold(key), NULL, hash_of(key)};
        ++((table*)t)->used;
        place = &r->value;
    }
    put(place, hold(value));
    return 1;
}
