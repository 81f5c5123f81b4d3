// SPDX-License-Identifier: MIT
// object.h: counting, stores, immortality, hash, equality and text from C.
#include <string.h>

#include "check.h"

static int deaths = 0;

static cairn_status count_death(cairn_object* self) {
    (void)self;
    ++deaths;
    return CAIRN_OK;
}

static size_t write_text(cairn_object* self, char* buffer, size_t size) {
    (void)self;
    return (size_t)snprintf(buffer, size, "(a pair)");
}

static cairn_status hash_seven(cairn_object* self, uint64_t* out_hash) {
    (void)self;
    *out_hash = 7;
    return CAIRN_OK;
}

static cairn_status equal_by_type(cairn_object* self, cairn_object* other, int* out_equal) {
    *out_equal = cairn_type_of(self) == cairn_type_of(other);
    return CAIRN_OK;
}

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    CHECK(heap != NULL);
    cairn_type_spec spec = pair_spec();
    spec.finalize = count_death;
    spec.repr = write_text;
    spec.hash = hash_seven;
    spec.equal = equal_by_type;
    cairn_type* type = NULL;
    CHECK(cairn_type_new(heap, &spec, &type) == CAIRN_OK);

    cairn_object* a = pair_new(type);
    cairn_object* b = pair_new(type);
    CHECK(cairn_refcount(a) == 1 && cairn_type_of(a) == type && cairn_heap_of(a) == heap);
    CHECK(((pair*)a)->first == NULL && ((pair*)a)->second == NULL);
    CHECK(cairn_object_size(a) >= sizeof(pair));

    CHECK(cairn_new_ref(b) == b && cairn_refcount(b) == 2);
    cairn_set_consume(&((pair*)a)->first, b);  // the slot takes the new reference over
    cairn_set(&((pair*)a)->second, b);
    CHECK(cairn_refcount(b) == 3);
    cairn_clear(&((pair*)a)->second);
    CHECK(cairn_refcount(b) == 2 && ((pair*)a)->second == NULL);

    char text[32];
    CHECK(cairn_repr(a, text, sizeof text) == 8 && strcmp(text, "(a pair)") == 0);
    uint64_t hash = 0;
    int equal = 0;
    CHECK(cairn_hash(a, &hash) == CAIRN_OK && hash == 7);
    CHECK(cairn_equal(a, b, &equal) == CAIRN_OK && equal == 1);

    cairn_decref(b);
    CHECK(deaths == 0);
    cairn_decref(a);  // its slot held the last reference to b
    CHECK(deaths == 2);

    cairn_object* constant = pair_new(type);
    cairn_make_immortal(constant);
    cairn_decref(constant);
    CHECK(cairn_is_immortal(constant) && cairn_refcount(constant) == UINT32_MAX);
    CHECK(cairn_heap_free(heap) == 0);
    CHECK(deaths == 3);
    return 0;
}
