// SPDX-License-Identifier: MIT
// The conductor. Start reading here.
//
// A collection asks which tracked objects are referred to only by each other. It sets a candidate's
// side byte to its refcount less the references from other candidates; what is left above zero is
// referred to from outside, and keeps alive all that it reaches. Nothing else is: that is the
// unreachable set. Paper: D. F. Bacon and V. T. Rajan, "Concurrent Cycle Collection in Reference
// Counted Systems", 2001, for the family; CPython 3.11, Modules/gcmodule.c, for the phases.
#include "collect/collect.h"

#include "base/clock.h"
#include "collect/collection.h"
#include "collect/ephemerons.h"
#include "collect/policy.h"
#include "collect/report.h"
#include "collect/verify.h"
#include "reclaim/reclaim.h"

namespace cairn {

namespace {

void separate(Collection& c) {
    if (c.heap->ordered) {
        separate_unreachable_in_order(c, c.heap->order.generations[c.generation]);
    } else {
        separate_unreachable(c);
    }
}

// Callbacks and finalizers of the unreachable set, and what they save from it. USER CODE.
void tell_user_code(Collection& c) {
    if (has_option(c.heap, CAIRN_HEAP_FINALIZERS_FIRST)) {
        set_leaf_keys_aside(c);
        run_finalizers(c);  // USER CODE
        take_leaf_keys_back(c);
        rescue_resurrected(c);
        clear_weakrefs_to_unreachable(c);
        run_weakref_callbacks(c);  // USER CODE
        if (c.saves_references && !c.out_of_memory) {
            rescue_resurrected(c);
        }
        return;
    }
    clear_weakrefs_to_unreachable(c);
    // No weak reference leads to an unreachable object, and none of them will call back.
    run_weakref_callbacks(c);  // USER CODE
    run_finalizers(c);         // USER CODE
    rescue_resurrected(c);
}

// Memory is out before anything was found: every candidate survives.
void give_up(Collection& c) {
    c.out_of_memory = true;
    spare_all(c);
    untrack_reached_leaf_keys(c);
}

// USER CODE.
void run_phases(Collection& c) {
    merge_younger_generations(c);
    merge_leaf_keys(c);
    // Every member of the merged generations is a candidate; nothing else is but leaf keys.
    if (!mark_declared_roots(c)) {
        if (!subtract_internal_refs(c)) {
            give_up(c);
            return;
        }
        separate(c);
    }
    untrack_reached_leaf_keys(c);
    // Survivors are in the target generation already. Candidates left over are unreachable.
    untrack_atomic(c);
    note_survivors(c);
    if (c.reached == c.candidates) {
        return;
    }
    report_unreachable(c);
    tell_user_code(c);  // USER CODE
    if (c.out_of_memory) {
        return;
    }
    clear_weakrefs_left(c);
    // From here on nobody can reach the unreachable set.
    count_unreachable(c);
    break_cycles(c);           // USER CODE
    run_weakref_callbacks(c);  // USER CODE
}

// How many empty segments a collection may give back. A heap that fills and empties again and again
// would ask for them again, with a page fault for each 4 KiB; so a collection that nobody asked for
// gives back only as many as were empty before it already, and a young one none.
size_t segments_to_release(const cairn_heap* heap, int generation, bool automatic) {
    if (generation < 2) {
        return 0;
    }
    return automatic ? heap->space.count_empty_segments() : SIZE_MAX;
}

// USER CODE.
void collect_with_callbacks(Collection& c, bool automatic) {
    cairn_gc_info info{};
    info.generation = c.generation;
    info.automatic = automatic ? 1 : 0;
    tell_callbacks(c.heap, CAIRN_GC_START, info);  // USER CODE
    const uint64_t start = now_ns();
    count_collection(c.heap, c.generation);
    const bool held = c.heap->space.hold_segments;
    c.heap->space.hold_segments = true;
    run_phases(c);  // USER CODE
    c.heap->space.hold_segments = held;
    if (!held) {
        c.heap->space.release_empty_segments(c.segments_to_release);
    }
    info.collected = c.unreachable + c.freed_weakrefs - c.kept;
    info.uncollectable = c.kept;
    info.candidates = c.candidates;
    info.duration_ns = now_ns() - start;
    add_to_stats(c.heap, info);
    tell_callbacks(c.heap, CAIRN_GC_STOP, info);  // USER CODE
}

}  // namespace

cairn_status collect(cairn_heap* heap, int generation, bool automatic, size_t* out_unreachable) {
    size_t unreachable = 0;
    cairn_status status = CAIRN_OK;
    if (!heap->gc.collecting) {
        heap->gc.collecting = true;
        Collection c(heap, generation);
        c.segments_to_release = segments_to_release(heap, generation, automatic);
        collect_with_callbacks(c, automatic);  // USER CODE
        heap->gc.collecting = false;
        set_trigger(heap);
        unreachable = c.unreachable + c.freed_weakrefs;
        status = c.out_of_memory ? CAIRN_NO_MEMORY : CAIRN_OK;
#if CAIRN_CHECK_LEVEL >= 3
        CAIRN_CHECK(generation < 2 || verify(heap));
#endif
        if (generation == 2) {
            trim_after_full_collection(heap, c.segments_to_release);
        }
    }
    if (out_unreachable != nullptr && status == CAIRN_OK) {
        *out_unreachable = unreachable;
    }
    return status;
}

bool recover_memory(cairn_heap* heap) {
    if (heap->memory.take_planned_failure() || heap->gc.collecting || is_reclaiming(heap)) {
        return false;
    }
    (void)collect(heap, 2, true, nullptr);  // USER CODE
    trim(heap, SIZE_MAX);
    return true;
}

namespace {

// What one collection needed for a long list that died with its garbage is not kept for ever.
void shrink_mark_stack(cairn_heap* heap) {
    constexpr size_t kMostIdle = 65536;
    Array<cairn_object*> small;
    if (heap->gc.mark_stack.capacity() > kMostIdle &&
        small.reserve(heap->memory, kLeastMarkStack)) {
        heap->gc.mark_stack.release(heap->memory);
        heap->gc.mark_stack = small;
    }
}

}  // namespace

void trim(cairn_heap* heap, size_t most_segments) {
    if (!heap->gc.collecting && !is_reclaiming(heap) && !heap->space.hold_segments) {
        shrink_mark_stack(heap);
        heap->space.sweep(most_segments);
        heap->policy.deallocations_at_sweep = deallocations(heap);
    }
}

}  // namespace cairn
