// SPDX-License-Identifier: MIT
/* A cache that remembers which keys were used last, with a weak-value map for the values. The order
 * has room for three keys, and forgetting a key there evicts nothing: a value stays as long as
 * somebody holds it, so five held values are five entries. Two values die, and three are left. */
#include "article_host.h"

enum { VALUES = 5, MAX_SIZE = 3 };

typedef struct lru_cache {
    cairn_object* values;
    cairn_object* order[MAX_SIZE + 1]; /* keys, the least recently used first */
    int count;
} lru_cache;

static void put(lru_cache* cache, cairn_object* key, cairn_object* value) {
    CHECK(cairn_weakmap_set(cache->values, key, value) == CAIRN_OK);
    cache->order[cache->count++] = cairn_new_ref(key);
    while (cache->count > MAX_SIZE) {
        cairn_object* oldest = cache->order[0];
        memmove(cache->order, cache->order + 1, MAX_SIZE * sizeof cache->order[0]);
        --cache->count;
        cairn_decref(oldest);
    }
}

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    cairn_type* type = item_type_new(heap, "value");
    cairn_type* text_type = text_type_new(heap);
    lru_cache cache = {cairn_weakmap_new(heap, CAIRN_WEAK_VALUE_MAP), {NULL}, 0};
    cairn_object* values[VALUES];
    for (int i = 0; i < VALUES; ++i) {
        char name[32];
        snprintf(name, sizeof name, "key%d", i);
        cairn_object* key = text_new(text_type, name);
        values[i] = item_new(type, name, i);
        put(&cache, key, values[i]);
        cairn_decref(key);
    }
    printf("%zu\n", cairn_weakmap_length(cache.values));
    cairn_clear(&values[0]);
    cairn_clear(&values[2]);
    CHECK(cairn_gc_collect(heap, 2, NULL) == CAIRN_OK);
    printf("%zu\n", cairn_weakmap_length(cache.values));

    for (int i = 0; i < VALUES; ++i) {
        cairn_clear(&values[i]);
    }
    for (int i = 0; i < cache.count; ++i) {
        cairn_decref(cache.order[i]);
    }
    cairn_decref(cache.values);
    return cairn_heap_free(heap) == 0 ? 0 : 1;
}
