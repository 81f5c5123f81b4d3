// SPDX-License-Identifier: MIT
/* Why a cache should hold its values weakly: one that owns them keeps all of them for ever, and
 * introspection shows who holds what nobody needs any more. */
#include "article_host.h"

enum { USERS = 5 };

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    cairn_type* user_type = item_type_new(heap, "user");
    cairn_type* cache_type = item_type_new(heap, "cache link");
    /* The cache is a list of links that own their users. */
    cairn_object* cache = NULL;
    for (int i = 0; i < USERS; ++i) {
        cairn_object* user = item_new(user_type, "user", i);
        cairn_object* link = item_new(cache_type, "link", i);
        cairn_set(&item_of(link)->first, user);
        cairn_set_consume(&item_of(link)->second, cache);
        cache = link;
        cairn_decref(user); /* Nobody else needs it now. */
    }
    CHECK(cairn_gc_collect(heap, 2, NULL) == CAIRN_OK);
    cairn_heap_usage usage = {0};
    cairn_heap_get_usage(heap, &usage);
    printf("objects nobody uses, still alive: %zu\n", usage.objects - USERS);
    cairn_object* newest = item_of(cache)->first;
    cairn_objects holders;
    CHECK(cairn_get_referrers(heap, &newest, 1, &holders) == CAIRN_OK);
    printf("held by: %s\n", cairn_type_name(cairn_type_of(holders.items[0])));
    cairn_objects_release(heap, &holders);
    cairn_decref(cache);
    cairn_heap_get_usage(heap, &usage);
    printf("without the cache: %zu\n", usage.objects);
    return cairn_heap_free(heap) == 0 ? 0 : 1;
}
