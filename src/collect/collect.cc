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
#include "base/probes.h"
#include "collect/atomic.h"
#include "collect/collection.h"
#include "collect/cycle/cycle.h"
#include "collect/ephemerons.h"
#include "collect/phase.h"
#include "collect/policy.h"
#include "collect/report.h"
#include "collect/verify.h"
#include "finalize/queue.h"
#include "reclaim/reclaim.h"

namespace cairn {

namespace {

// Callbacks and finalizers of the unreachable set, and what they save from it. USER CODE.
void tell_user_code(Collection& c) {
    const Phase phase(c.heap, "user code");
    if (has_option(c.heap, CAIRN_HEAP_FINALIZERS_FIRST)) {
        set_leaf_keys_aside(c.set);
        run_finalizers(c);  // USER CODE
        take_leaf_keys_back(c.set);
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

}  // namespace

void collect_set(Collection& c) {
    {
        const Phase phase(c.heap, "find");
        c.out_of_memory = !prove(c.set);
    }
    if (c.out_of_memory) {
        return;
    }
    if (!c.heap->ordered) {  // There it was done while the survivors were a list of their own.
        untrack_atomic(c.set);
    }
    note_survivors(c);
    if (c.set.reached == c.set.members) {
        return;
    }
    report_unreachable(c);
    tell_user_code(c);  // USER CODE
    if (c.out_of_memory) {
        return;
    }
    const Phase phase(c.heap, "free");
    clear_weakrefs_left(c);
    // From here on nobody can reach the unreachable set.
    c.unreachable = count_examined(c.heap, only(kUnreachable));
    break_cycles(c);  // USER CODE
}

namespace {

// How many empty segments a collection may give back. A heap that fills and empties again and again
// would ask for them again, with a page fault for each 4 KiB; so a collection that nobody asked for
// gives back only as many as were empty before it already, and a young one none.
size_t segments_to_release(const cairn_heap* heap, int generation, bool automatic) {
    if (generation < 2) {
        return 0;
    }
    return automatic ? heap->space.count_empty_segments() : SIZE_MAX;
}

// What a collection came to.
struct Result {
    size_t unreachable = 0;
    bool out_of_memory = false;
};

// USER CODE.
Result collect_with_callbacks(cairn_heap* heap,
                              int generation,
                              bool automatic,
                              size_t most_segments) {
    cairn_gc_info info{};
    info.size = sizeof info;
    info.generation = generation;
    info.automatic = automatic ? 1 : 0;
    tell_callbacks(heap, CAIRN_GC_START, info);  // USER CODE
    CAIRN_PROBE(collection__begin, heap, generation, info.automatic);
    const uint64_t start = now_ns();
    count_collection(heap, generation);
    const bool held = heap->space.hold_segments;
    heap->space.hold_segments = true;
    Collection c(generation, by_generation(heap, generation));
    collect_set(c);  // USER CODE
    end_examination(heap);
    heap->space.hold_segments = held;
    if (!held && !gives_back_in_slices(heap)) {
        heap->space.release_empty_segments(most_segments);
    }
    info.collected = c.unreachable + c.freed_weakrefs - c.kept;
    info.uncollectable = c.kept;
    info.candidates = c.set.members;
    info.duration_ns = info.longest_ns = now_ns() - start;
    CAIRN_PROBE(collection__end, heap, generation, info.collected, info.duration_ns);
    note_pause(heap, static_cast<cairn_gc_pause_kind>(generation), info.duration_ns);
    add_to_stats(heap, info);
    tell_callbacks(heap, CAIRN_GC_STOP, info);  // USER CODE
    return {c.unreachable + c.freed_weakrefs, c.out_of_memory};
}

}  // namespace

cairn_status collect(cairn_heap* heap, int generation, bool automatic, size_t* out_unreachable) {
    Result result;
    if (!heap->gc.collecting) {
        if (generation == 2) {
            abandon_cycle(heap);  // USER CODE
        }
        heap->gc.collecting = true;
        const size_t most_segments = segments_to_release(heap, generation, automatic);
        result = collect_with_callbacks(heap, generation, automatic, most_segments);  // USER CODE
        heap->gc.collecting = false;
        if (!heap->policy.has_pause_target) {
            abandon_cycle(heap);  // USER CODE: a callback may have taken the target away
        }
        schedule_slice(heap);
        set_trigger(heap);
#if CAIRN_CHECK_LEVEL >= 3
        CAIRN_CHECK(generation < 2 || verify(heap));
#endif
        if (generation == 2) {
            trim_after_full_collection(heap, most_segments);
        }
    }
    if (result.out_of_memory) {
        return CAIRN_NO_MEMORY;
    }
    if (out_unreachable != nullptr) {
        *out_unreachable = result.unreachable;
    }
    return CAIRN_OK;
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

bool may_trim(const cairn_heap* heap) {
    return !heap->gc.collecting && !is_reclaiming(heap);
}

}  // namespace

void trim(cairn_heap* heap, size_t most_segments) {
    if (may_trim(heap) && !heap->space.hold_segments) {
        shrink_mark_stack(heap);
        heap->space.sweep(most_segments);
        heap->policy.deallocations_at_sweep = deallocations(heap);
    }
}

// Not after a collection: moving what is left in a large table would lengthen its pause.
void trim_with_tables(cairn_heap* heap) {
    if (may_trim(heap)) {
        heap->weakrefs.shrink(heap->memory);
        shrink_queue(heap);
    }
    trim(heap, SIZE_MAX);
}

}  // namespace cairn
