// SPDX-License-Identifier: MIT
// What is said of specs and options that are not valid.
#include <stdio.h>
#include <string.h>

#include "cairn/cairn.h"
static void tr(cairn_object* o, cairn_visit_fn v, void* d) {
    (void)o;
    (void)v;
    (void)d;
}
static void cl(cairn_object* o) {
    (void)o;
}
static cairn_status ha(cairn_object* o, uint64_t* h) {
    (void)o;
    *h = 0;
    return 0;
}
int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
#define P(...)                                                             \
    do {                                                                   \
        cairn_type_spec s = {.name = "t", .object_size = 64, __VA_ARGS__}; \
        const char* p = cairn_type_spec_problem(&s);                       \
        printf("%-70s -> %s\n", #__VA_ARGS__, p ? p : "fine");             \
    } while (0)
    P(.name = NULL);
    P(.object_size = 0);
    P(.object_size = 8);
    P(.slot_count = 2);
    P(.slots_offset = 16);
    P(.slots_offset = 12, .slot_count = 1);
    P(.slots_offset = 48, .slot_count = 3);
    P(.traverse = tr);
    P(.clear = cl);
    P(.traverse = tr, .clear = cl, .slots_offset = 16, .slot_count = 1);
    P(.hash = ha);
    P(.flags = CAIRN_TYPE_TAGGED_SLOTS);
    P(.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS);
    P(.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS, .item_size = 8);
    P(.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS, .item_size = 4, .item_count_offset = 16);
    P(.item_size = 1);
    P(.array_offset = 16);
    P(.array_offset = 16, .array_count_offset = 24);
    P(.array_offset = 16, .array_count_offset = 24, .clear = cl);
    P(.array_offset = 16, .array_count_offset = 24, .clear = cl, .dealloc = cl, .record_slots = 2);
    P(.flags = 1 << 20);
    P(.flags = CAIRN_TYPE_WEAKREF);
    P(.flags = CAIRN_TYPE_COUNT_WHEN_TRACKED);
    P(.flags = CAIRN_TYPE_TRACK_BY_HAND);
    P(.flags = CAIRN_TYPE_QUEUE_FINALIZER);
    P(.object_size = 1u << 31);
    P(.flags = CAIRN_TYPE_TAGGED_SLOTS, .traverse = tr, .clear = cl);
    P(.object_size = 30);
    P(.slots_offset = 0, .slot_count = 2);
    cairn_heap_options z;
    memset(&z, 0, sizeof z);
    printf("options {0}: %p\n", (void*)cairn_heap_new(&z));
    z.size = sizeof z;
    printf("options {.size}: %d\n", cairn_heap_new(&z) != NULL);
    z.flags = 1 << 30;
    printf("unknown flag: %p\n", (void*)cairn_heap_new(&z));
    z.flags = 0;
    for (size_t l = 1; l < 10000000; l *= 4) {
        z.memory_limit = l;
        cairn_heap* h = cairn_heap_new(&z);
        cairn_type* t = NULL;
        cairn_type_spec s = {.name = "t", .object_size = 64};
        int st = h ? cairn_type_new(h, &s, &t) : -1;
        cairn_object* o = t ? cairn_new(t) : NULL;
        printf("limit %zu: heap %d type %d object %d\n", l, h != NULL, st, o != NULL);
        if (o)
            break;
    }
    return 0;
}
