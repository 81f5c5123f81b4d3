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
#define P(...)                                                 \
    do {                                                       \
        cairn_type_spec s = {0};                               \
        s.name = "t";                                          \
        s.object_size = 64;                                    \
        (void)(__VA_ARGS__);                                   \
        const char* p = cairn_type_spec_problem(&s);           \
        printf("%-70s -> %s\n", #__VA_ARGS__, p ? p : "fine"); \
    } while (0)
    P(s.name = NULL);
    P(s.object_size = 0);
    P(s.object_size = 8);
    P(s.slot_count = 2);
    P(s.slots_offset = 16);
    P(s.slots_offset = 12, s.slot_count = 1);
    P(s.slots_offset = 48, s.slot_count = 3);
    P(s.traverse = tr);
    P(s.clear = cl);
    P(s.traverse = tr, s.clear = cl, s.slots_offset = 16, s.slot_count = 1);
    P(s.hash = ha);
    P(s.flags = CAIRN_TYPE_TAGGED_SLOTS);
    P(s.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS);
    P(s.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS, s.item_size = 8);
    P(s.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS, s.item_size = 4, s.item_count_offset = 16);
    P(s.item_size = 1);
    P(s.array_offset = 16);
    P(s.array_offset = 16, s.array_count_offset = 24);
    P(s.array_offset = 16, s.array_count_offset = 24, s.clear = cl);
    P(s.array_offset = 16,
      s.array_count_offset = 24,
      s.clear = cl,
      s.dealloc = cl,
      s.record_slots = 2);
    P(s.flags = 1 << 20);
    P(s.flags = CAIRN_TYPE_WEAKREF);
    P(s.flags = CAIRN_TYPE_COUNT_WHEN_TRACKED);
    P(s.flags = CAIRN_TYPE_TRACK_BY_HAND);
    P(s.flags = CAIRN_TYPE_QUEUE_FINALIZER);
    P(s.object_size = 1u << 31);
    P(s.flags = CAIRN_TYPE_TAGGED_SLOTS, s.traverse = tr, s.clear = cl);
    P(s.object_size = 30);
    P(s.slots_offset = 0, s.slot_count = 2);
    cairn_heap_options z;
    memset(&z, 0, sizeof z);
    printf("options {0}: %p, %s\n", (void*)cairn_heap_new(&z), cairn_heap_options_problem(&z));
    z.size = sizeof z;
    printf("options {.size}: %d\n", cairn_heap_new(&z) != NULL);
    z.flags = 1 << 30;
    printf("flag: %p, %s\n", (void*)cairn_heap_new(&z), cairn_heap_options_problem(&z));
    z.flags = 0;
    for (size_t l = 1; l < 10000000; l *= 4) {
        z.memory_limit = l;
        cairn_heap* h = cairn_heap_new(&z);
        cairn_type* t = NULL;
        cairn_type_spec s = {.name = "t", .object_size = 64};
        int st = h ? (int)cairn_type_new(h, &s, &t) : -1;
        cairn_object* o = t ? cairn_new(t) : NULL;
        printf("limit %zu: heap %d type %d object %d\n", l, h != NULL, st, o != NULL);
        if (o)
            break;
    }
    return 0;
}
