// SPDX-License-Identifier: MIT
// gc.h: generations, thresholds, callbacks, statistics, debug flags, freezing, tracking from C.
#include "cairn/testing.h"
#include "check.h"

static int starts = 0;
static int stops = 0;

static cairn_status count_phases(cairn_heap* heap,
                                 cairn_gc_phase phase,
                                 const cairn_gc_info* info,
                                 void* user_data) {
    CHECK(cairn_gc_is_collecting(heap) && user_data == &starts);
    if (phase == CAIRN_GC_START) {
        ++starts;
        CHECK(info->collected == 0 && info->candidates == 0);
    } else {
        ++stops;
    }
    return CAIRN_OK;
}

static void generations(cairn_heap* heap, cairn_type* type) {
    size_t found = 0;
    uint32_t counts[3];
    cairn_object* old = loop_new(type);
    CHECK(cairn_gc_collect(heap, 1, &found) == CAIRN_OK && found == 0);
    cairn_decref(old);
    cairn_decref(loop_new(type));
    CHECK(cairn_gc_collect(heap, 0, &found) == CAIRN_OK && found == 1);
    cairn_gc_get_counts(heap, counts);
    CHECK(counts[0] == 0 && counts[1] == 1 && counts[2] == 1);
    CHECK(cairn_gc_collect(heap, 2, &found) == CAIRN_OK && found == 1);
    CHECK(cairn_gc_collect(heap, 3, &found) == CAIRN_INVALID);
    cairn_gc_stats stats = {0};
    CHECK(cairn_gc_get_stats(heap, 2, &stats) == CAIRN_OK);
    CHECK(stats.collections == 1 && stats.collected == 1);
}

static void automatic(cairn_heap* heap, cairn_type* type) {
    const uint32_t few[3] = {10, 5, 5};
    uint32_t now[3];
    cairn_gc_set_thresholds(heap, few);
    cairn_gc_get_thresholds(heap, now);
    CHECK(now[0] == 10 && now[1] == 5 && now[2] == 5);
    CHECK(cairn_gc_callback_add(heap, count_phases, &starts) == CAIRN_OK);
    cairn_gc_disable(heap);
    CHECK(!cairn_gc_is_enabled(heap));
    for (int i = 0; i < 100; ++i) {
        cairn_decref(loop_new(type));
    }
    CHECK(starts == 0);
    cairn_gc_enable(heap);
    for (int i = 0; i < 100; ++i) {
        cairn_decref(loop_new(type));
    }
    CHECK(starts >= 5 && starts == stops);
    CHECK(cairn_gc_callback_remove(heap, count_phases, &starts) == CAIRN_OK);
    CHECK(cairn_gc_callback_remove(heap, count_phases, &starts) == CAIRN_NOT_FOUND);
    CHECK(cairn_gc_collect(heap, 2, NULL) == CAIRN_OK);
}

static void garbage_list(cairn_heap* heap, cairn_type* type) {
    size_t found = 0;
    cairn_gc_set_debug(heap, CAIRN_GC_DEBUG_SAVEALL);
    cairn_object* loop = loop_new(type);
    cairn_decref(loop);
    CHECK(cairn_gc_collect(heap, 2, &found) == CAIRN_OK && found == 1);
    CHECK(cairn_gc_garbage_count(heap) == 1);
    cairn_object* saved = cairn_gc_garbage_get(heap, 0);
    CHECK(saved == loop && cairn_gc_garbage_get(heap, 1) == NULL);
    cairn_decref(saved);
    cairn_gc_set_debug(heap, 0);
    cairn_gc_garbage_clear(heap);
    CHECK(cairn_gc_collect(heap, 2, &found) == CAIRN_OK && found == 1);
}

static void freezing(cairn_heap* heap, cairn_type* type) {
    size_t found = 0;
    cairn_decref(loop_new(type));
    cairn_gc_freeze(heap);
    CHECK(cairn_gc_freeze_count(heap) == 1);
    CHECK(cairn_gc_collect(heap, 2, &found) == CAIRN_OK && found == 0);
    cairn_gc_unfreeze(heap);
    CHECK(cairn_gc_collect(heap, 2, &found) == CAIRN_OK && found == 1);
}

static void tracking(cairn_heap* heap) {
    cairn_type_spec spec = pair_spec();
    spec.flags = CAIRN_TYPE_TRACK_BY_HAND;
    cairn_type* type = NULL;
    CHECK(cairn_type_new(heap, &spec, &type) == CAIRN_OK);
    cairn_object* self = pair_new(type);
    CHECK(!cairn_gc_is_tracked(self));
    CHECK(cairn_gc_track(self) == CAIRN_OK && cairn_gc_is_tracked(self));
    cairn_gc_untrack(self);
    CHECK(!cairn_gc_is_tracked(self) && !cairn_gc_is_finalized(self));
    cairn_decref(self);
}

int main(void) {
    cairn_heap* heap = cairn_heap_new(NULL);
    CHECK(heap != NULL && cairn_gc_is_enabled(heap));
    cairn_collect_every_for_testing(heap, 0);  // also where a build does so by itself
    cairn_type* type = pair_type_new(heap);
    generations(heap, type);
    automatic(heap, type);
    garbage_list(heap, type);
    freezing(heap, type);
    tracking(heap);
    CHECK(cairn_heap_free(heap) == 0);
    return 0;
}
