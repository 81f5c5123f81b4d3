// SPDX-License-Identifier: MIT
/* A cache in a weak-value map: an entry lives as long as somebody uses the value. */
#include "article_host.h"

static cairn_type* user_type;
static cairn_type* text_type;

static cairn_object* get_user(cairn_object* cache, int id) {
    char name[32];
    snprintf(name, sizeof name, "%d", id);
    cairn_object* key = text_new(text_type, name);
    cairn_object* user = NULL;
    if (cairn_weakmap_get(cache, key, &user) == CAIRN_OK) {
        printf("Cache hit for %d\n", id);
    } else {
        printf("Loading user %d from database...\n", id);
        snprintf(name, sizeof name, "User%d", id);
        user = item_new(user_type, name, id);
        CHECK(cairn_weakmap_set(cache, key, user) == CAIRN_OK);
    }
    cairn_decref(key);
    return user;
}

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    user_type = item_type_new(heap, "user");
    text_type = text_type_new(heap);
    cairn_object* cache = cairn_weakmap_new(heap, CAIRN_WEAK_VALUE_MAP);
    cairn_object* user = get_user(cache, 1);
    cairn_object* again = get_user(cache, 1);
    CHECK(user == again);
    printf("User(%d, '%s')\n", item_of(user)->number, item_of(user)->name);
    printf("Cache size: %zu\n", cairn_weakmap_length(cache));
    cairn_decref(user);
    cairn_decref(again);
    printf("Cache size: %zu\n", cairn_weakmap_length(cache));
    cairn_decref(cache);
    return cairn_heap_free(heap) == 0 ? 0 : 1;
}
