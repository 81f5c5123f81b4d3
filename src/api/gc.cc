// SPDX-License-Identifier: MIT
#include "cairn/gc.h"

#include "api/check.h"
#include "base/hand_out.h"
#include "collect/collect.h"
#include "collect/cycle/cycle.h"
#include "collect/generations.h"
#include "heap/tracking.h"
#include "object/release.h"

using cairn::enter;

namespace {

bool is_generation_number(int generation) {
    return generation >= 0 && generation < CAIRN_GENERATIONS;
}

}  // namespace

cairn_status cairn_gc_collect(cairn_heap* heap, int generation, size_t* out_unreachable) {
    enter(heap);
    if (!is_generation_number(generation)) {
        return CAIRN_INVALID;
    }
    return cairn::collect(heap, generation, false, out_unreachable);  // USER CODE
}

void cairn_gc_enable(cairn_heap* heap) {
    enter(heap)->policy.enabled = true;
    cairn::set_trigger(heap);
}

void cairn_gc_disable(cairn_heap* heap) {
    enter(heap)->policy.enabled = false;
    cairn::set_trigger(heap);
}

int cairn_gc_is_enabled(const cairn_heap* heap) {
    cairn::look_at(heap);
    return heap->policy.enabled ? 1 : 0;
}

int cairn_gc_is_collecting(const cairn_heap* heap) {
    cairn::look_at(heap);
    return heap->gc.collecting ? 1 : 0;
}

void cairn_gc_set_thresholds(cairn_heap* heap, const uint32_t thresholds[3]) {
    enter(heap);
    for (int g = 0; g < CAIRN_GENERATIONS; ++g) {
        heap->policy.thresholds[g] = thresholds[g];
    }
    cairn::schedule_slice(heap);
    cairn::set_trigger(heap);
}

void cairn_gc_get_thresholds(const cairn_heap* heap, uint32_t out_thresholds[3]) {
    cairn::look_at(heap);
    for (int g = 0; g < CAIRN_GENERATIONS; ++g) {
        out_thresholds[g] = heap->policy.thresholds[g];
    }
}

void cairn_gc_set_byte_thresholds(cairn_heap* heap, size_t young_bytes, size_t external_bytes) {
    enter(heap);
    heap->policy.young_bytes_threshold = young_bytes;
    heap->policy.external_threshold = external_bytes;
    cairn::set_trigger(heap);
}

void cairn_gc_get_counts(const cairn_heap* heap, uint32_t out_counts[3]) {
    cairn::look_at(heap);
    const uint64_t young = cairn::young_count(heap);
    out_counts[0] = young < UINT32_MAX ? static_cast<uint32_t>(young) : UINT32_MAX;
    for (int g = 1; g < CAIRN_GENERATIONS; ++g) {
        out_counts[g] = heap->policy.counts[g];
    }
}

cairn_status cairn_gc_callback_add(cairn_heap* heap,
                                   cairn_gc_callback_fn callback,
                                   void* user_data) {
    enter(heap);
    return heap->gc.callbacks.push(heap->memory, {callback, user_data}) ? CAIRN_OK
                                                                        : CAIRN_NO_MEMORY;
}

cairn_status cairn_gc_callback_remove(cairn_heap* heap,
                                      cairn_gc_callback_fn callback,
                                      void* user_data) {
    enter(heap);
    for (size_t i = 0; i < heap->gc.callbacks.size(); ++i) {
        const cairn::GcCallback& entry = heap->gc.callbacks[i];
        if (entry.function == callback && entry.user_data == user_data) {
            heap->gc.callbacks.remove(i);
            return CAIRN_OK;
        }
    }
    return CAIRN_NOT_FOUND;
}

cairn_status cairn_gc_get_stats(const cairn_heap* heap, int generation, cairn_gc_stats* out_stats) {
    cairn::look_at(heap);
    if (!is_generation_number(generation)) {
        return CAIRN_INVALID;
    }
    cairn::hand_out(out_stats, heap->gc.stats[generation]);
    return CAIRN_OK;
}

cairn_status cairn_gc_set_pause_target(cairn_heap* heap, uint64_t ns) {
    if (enter(heap)->ordered) {
        return CAIRN_INVALID;
    }
    return cairn::set_pause_target(heap, ns) ? CAIRN_OK : CAIRN_NO_MEMORY;  // USER CODE
}

uint64_t cairn_gc_pause_target(const cairn_heap* heap) {
    cairn::look_at(heap);
    return heap->cycle == nullptr ? 0 : heap->cycle->pacing.target_ns;
}

cairn_status cairn_gc_step(cairn_heap* heap, uint64_t budget_ns, int* out_done) {
    if (!enter(heap)->policy.has_pause_target) {
        return CAIRN_INVALID;
    }
    const bool done = cairn::step_cycle(heap, budget_ns);  // USER CODE
    if (out_done != nullptr) {
        *out_done = done ? 1 : 0;
    }
    return CAIRN_OK;
}

cairn_gc_cycle_state cairn_gc_get_cycle_state(const cairn_heap* heap) {
    cairn::look_at(heap);
    return cairn::cycle_state(heap);
}

void cairn_gc_get_cycle_stats(const cairn_heap* heap, cairn_gc_cycle_stats* out_stats) {
    cairn::look_at(heap);
    cairn::hand_out(out_stats,
                    heap->cycle == nullptr ? cairn_gc_cycle_stats{} : heap->cycle->stats);
}

cairn_status cairn_gc_get_pauses(const cairn_heap* heap,
                                 cairn_gc_pause_kind kind,
                                 cairn_gc_pauses* out_pauses) {
    cairn::look_at(heap);
    if (static_cast<unsigned>(kind) >= CAIRN_GC_PAUSE_KINDS) {
        return CAIRN_INVALID;
    }
    cairn::hand_out(out_pauses, heap->gc.pauses[kind]);
    return CAIRN_OK;
}

void cairn_gc_set_debug(cairn_heap* heap, uint32_t flags) {
    enter(heap)->gc.debug = flags;
}

uint32_t cairn_gc_get_debug(const cairn_heap* heap) {
    cairn::look_at(heap);
    return heap->gc.debug;
}

void cairn_gc_freeze(cairn_heap* heap) {
    cairn::freeze(enter(heap));
}

void cairn_gc_unfreeze(cairn_heap* heap) {
    cairn::unfreeze(enter(heap));
}

size_t cairn_gc_freeze_count(const cairn_heap* heap) {
    cairn::look_at(heap);
    return cairn::count_permanent(const_cast<cairn_heap*>(heap));
}

size_t cairn_gc_garbage_count(const cairn_heap* heap) {
    cairn::look_at(heap);
    return heap->gc.garbage.size();
}

cairn_object* cairn_gc_garbage_get(const cairn_heap* heap, size_t index) {
    cairn::look_at(heap);
    return index < heap->gc.garbage.size() ? cairn::new_ref(heap->gc.garbage[index]) : nullptr;
}

void cairn_gc_garbage_clear(cairn_heap* heap) {
    cairn::clear_garbage_list(enter(heap));  // USER CODE
}

cairn_status cairn_gc_track(cairn_object* object) {
    cairn_heap* heap = enter(object);
    if ((object->flags & cairn::kContainer) == 0 || cairn::is_immortal(object)) {
        return CAIRN_INVALID;
    }
    if (*cairn::side_of(object) != cairn::kUntracked) {
#if CAIRN_CHECK_LEVEL >= 1
        cairn::report_misuse(object, "track of an object that is tracked already");
#else
        return CAIRN_INVALID;
#endif
    }
    if ((object->flags & cairn::kUncounted) != 0) {
        object->flags &= ~cairn::kUncounted;
        cairn::count_birth(heap);
    }
    cairn::set_generation(heap, object, 0);
    return CAIRN_OK;
}

void cairn_gc_untrack(cairn_object* object) {
    cairn_heap* heap = enter(object);
    cairn::untrack(heap, object);
}

int cairn_gc_is_tracked(const cairn_object* object) {
    cairn::look_at(object);
    return *cairn::side_of(object) != cairn::kUntracked ? 1 : 0;
}

int cairn_gc_is_finalized(const cairn_object* object) {
    cairn::look_at(object);
    return (object->flags & (cairn::kFinalized | cairn::kIsQueued)) == cairn::kFinalized ? 1 : 0;
}
