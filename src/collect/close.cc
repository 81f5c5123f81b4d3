// SPDX-License-Identifier: MIT
#include "collect/close.h"

#include "collect/collect.h"
#include "collect/cycle/cycle.h"
#include "collect/generations.h"
#include "collect/leaks.h"
#include "finalize/deliver.h"
#include "finalize/queue.h"
#include "finalize/registry.h"
#include "heap/allocate.h"
#include "heap/cells.h"
#include "reclaim/death.h"
#include "reclaim/reclaim.h"

namespace cairn {

namespace {

// Keeps pages in place during a walk over all objects: user code between two steps may collect.
class PagesHeld {
  public:
    explicit PagesHeld(Space& space) : space_(space) {
        space.hold_segments = space.hold_pages = true;
    }
    ~PagesHeld() { space_.hold_segments = space_.hold_pages = false; }
    PagesHeld(const PagesHeld&) = delete;
    PagesHeld& operator=(const PagesHeld&) = delete;

  private:
    Space& space_;
};

// Also ends debugging and the collection callbacks. Comes before each collection of the end, since
// user code may have turned them on again.
void stop_automatic_collections(cairn_heap* heap) {
    heap->policy.enabled = false;
    set_trigger(heap);
    heap->gc.debug = 0;
    heap->gc.callbacks.clear();
}

// USER CODE.
void collect_everything(cairn_heap* heap) {
    clear_garbage_list(heap);  // USER CODE
    stop_automatic_collections(heap);
    unfreeze(heap);
    (void)collect(heap, 2, false, nullptr);  // USER CODE
}

// Runs the finalizers that have not run, the objects being alive before and after. Were there any?
// USER CODE.
bool finalize_survivors(cairn_heap* heap) {
    const PagesHeld held(heap->space);
    bool some = false;
    for_each_object(heap, [heap, &some](cairn_object* object) {
        some |= finalize_found(heap, object);  // USER CODE
    });
    return some;
}

// Has it a call to make, for which it needs what it refers to?
bool is_due(const cairn_heap* heap, cairn_object* object) {
    return is_finalizer(heap, object) ||
           (is_weakref(object) && has_pending_callback(as_weakref(object)));
}

// What only immortal objects hold is not leaked. With `all` those that were due to call, and now
// never will, let go of it too. USER CODE.
void clear_immortals(cairn_heap* heap, bool all) {
    const PagesHeld held(heap->space);
    for_each_object(heap, [heap, all](cairn_object* object) {
        if (is_immortal(object) && (object->flags & kContainer) != 0 &&
            (all || !is_due(heap, object))) {
            // The callback of a weak container's reference is no user code: it removes the entry.
            if (is_weakref(object) && (as_weakref(object)->state & kIsEntryRef) == 0) {
                as_weakref(object)->state &= ~static_cast<uint32_t>(kHasCallback);
            }
            drop_references(object);  // USER CODE
        }
    });
}

// Runs the registered finalizers that run at exit, and lets go of the others. USER CODE.
void end_registry(cairn_heap* heap) {
    run_finalizers_at_exit(heap);  // USER CODE
    drop_registry(heap);           // USER CODE
}

// What is made from now on has no user code.
void silence_new_objects(cairn_heap* heap) {
    for (cairn_type* type = heap->types; type != nullptr; type = type->next) {
        type->object_flags &= ~static_cast<uint32_t>(kHasFinalizer);
    }
    heap->silent = true;
}

// Finalizers may make objects that have finalizers, and register others. So the end is repeated
// until a round has found nothing to finalize; but not more often than this, since an object whose
// finalizer makes its successor would never let it end. (POSIX gives the destructors of
// thread-specific data four rounds.)
constexpr int kMostRounds = 16;

// Gives what is left, and what it makes meanwhile, its end. USER CODE.
void end_survivors(cairn_heap* heap) {
    bool some = true;
    for (int round = 0; some && round < kMostRounds; ++round) {
        if (allocations(heap) == deallocations(heap)) {
            return;
        }
        const uint64_t runs = heap->gc.user_code_runs;
        some = finalize_survivors(heap);  // USER CODE
        clear_immortals(heap, false);     // USER CODE
        end_registry(heap);               // USER CODE
        collect_everything(heap);         // USER CODE
        some |= heap->gc.user_code_runs != runs;
    }
    silence_new_objects(heap);
    drop_registry(heap);          // USER CODE
    clear_immortals(heap, true);  // USER CODE
    collect_everything(heap);     // USER CODE
}

size_t count_mortals(cairn_heap* heap) {
    size_t count = 0;
    for_each_object(heap, [&count](const cairn_object* object) { count += !is_immortal(object); });
    return count;
}

// Only pages of types with a dealloc or a buffer need a visit; the rest go back unread.
void dealloc_survivors(cairn_heap* heap) {
    for_each_object(heap, [](cairn_object* object) { call_dealloc(object); });
}

bool has_dealloc_types(const cairn_heap* heap) {
    for (const cairn_type* type = heap->types; type != nullptr; type = type->next) {
        if ((type->object_flags & kHasDealloc) != 0) {
            return true;
        }
    }
    return false;
}

// No user code of the heap is further up the C stack, hash and equal functions apart.
bool is_quiescent(const cairn_heap* heap) {
    return !heap->gc.collecting && !is_reclaiming(heap) && !heap->closing && !heap->queue.running &&
           heap->registered_running == 0;
}

// From now on nothing has user code: neither what is alive nor what will be made.
void silence(cairn_heap* heap) {
    silence_new_objects(heap);
    for_each_object(heap, [](cairn_object* object) { object->flags |= kFinalized; });
    heap->weakrefs.for_each([](const void*, WeakrefObject* first) {
        for (WeakrefObject* ref = first; ref != nullptr; ref = ref->next) {
            if ((ref->state & kIsEntryRef) == 0) {
                ref->state &= ~static_cast<uint32_t>(kHasCallback);
            }
        }
    });
    heap->policy.soft_limit = 0;
    set_slow_allocation(heap);
    heap->on_finalizers_waiting = nullptr;
    stop_automatic_collections(heap);
    heap->finalized = true;
}

// What finalizers, callbacks and registered finalizers are due, and all that can die. USER CODE.
void run_end(cairn_heap* heap) {
    abandon_cycle(heap);  // USER CODE
    // From here on user code is delivered inline.
    heap->closing = true;
    run_finalizers_at_exit(heap);  // USER CODE
    (void)run_queue(heap, 0, 0);   // USER CODE
    stop_automatic_collections(heap);
    end_registry(heap);        // USER CODE
    collect_everything(heap);  // USER CODE
    end_survivors(heap);       // USER CODE
}

}  // namespace

cairn_status finalize_heap(cairn_heap* heap) {
    if (heap->finalized) {
        return CAIRN_OK;
    }
    if (!is_quiescent(heap)) {
        return CAIRN_BUSY;
    }
    run_end(heap);  // USER CODE
    silence(heap);
    return CAIRN_OK;
}

size_t close_heap(cairn_heap* heap) {
    // A heap that was finalized is closing from then on.
    const bool was_closing = heap->closing;
    heap->closing = was_closing && !heap->finalized;
    if (!is_quiescent(heap)) {
        heap->closing = was_closing;
        return SIZE_MAX;
    }
    run_end(heap);  // USER CODE
    size_t leaked = 0;
    if (allocations(heap) != deallocations(heap)) {
        leaked = count_mortals(heap);
        if ((CAIRN_CHECK_LEVEL >= 1 || has_option(heap, CAIRN_HEAP_REPORT_LEAKS)) &&
            !has_option(heap, CAIRN_HEAP_KEEPS_OBJECTS)) {
            report_leaks(heap);
        }
        if (has_dealloc_types(heap)) {
            dealloc_survivors(heap);
        }
    }
    release_queue(heap);
    delete_cycle(heap);
    delete_heap(heap);
    return leaked;
}

}  // namespace cairn
