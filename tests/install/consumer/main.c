// SPDX-License-Identifier: MIT
/* Uses the installed library as a host does, and says whose malloc the program has got:
 * Debian's libmimalloc takes malloc over in every program that is linked to it directly. */
#define _GNU_SOURCE /* dladdr */
#include <cairn/cairn.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

struct pair {
    cairn_object head;
    cairn_object* slots[2];
};

static const char* malloc_owner(void) {
    Dl_info info;
    void* function = dlsym(RTLD_DEFAULT, "malloc");
    if (function == NULL || dladdr(function, &info) == 0) {
        return "unknown";
    }
    return strstr(info.dli_fname, "mimalloc") != NULL ? "mimalloc" : "system";
}

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    cairn_type_spec spec = {0};
    cairn_type* type;
    struct pair* pair;
    size_t found = 0;

    if (heap == NULL) {
        return 1;
    }
    spec.name = "pair";
    spec.object_size = sizeof(struct pair);
    spec.slots_offset = offsetof(struct pair, slots);
    spec.slot_count = 2;
    if (cairn_type_new(heap, &spec, &type) != CAIRN_OK) {
        return 1;
    }
    pair = (struct pair*)cairn_new(type);
    if (pair == NULL) {
        return 1;
    }
    cairn_set(&pair->slots[0], &pair->head);
    cairn_decref(&pair->head);
    if (cairn_gc_collect(heap, 2, &found) != CAIRN_OK) {
        return 1;
    }
    printf("collected %d, left %d, malloc %s\n",
           (int)found,
           (int)cairn_heap_free(heap),
           malloc_owner());
    return 0;
}
