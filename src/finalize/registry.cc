// SPDX-License-Identifier: MIT
#include "finalize/registry.h"

#include <cstddef>

#include "base/probes.h"
#include "finalize/queue.h"
#include "heap/allocate.h"
#include "heap/give_back.h"
#include "heap/tracking.h"
#include "object/host_call.h"
#include "object/order.h"

namespace cairn {

namespace {

// The heap's own weak reference of a registered finalizer.
struct FinalizerRef {
    FullWeakref full;
    FinalizerObject* finalizer;  // nullptr: it is off the list
};

FinalizerRef* as_finalizer_ref(WeakrefObject* ref) {
    return reinterpret_cast<FinalizerRef*>(ref);
}

bool make_types(cairn_heap* heap) {
    if (heap->finalizer_type == nullptr) {
        cairn_type_spec spec{};
        spec.name = "registered finalizer";
        spec.object_size = sizeof(FinalizerObject);
        spec.slots_offset = offsetof(FinalizerObject, ref);
        spec.slot_count = 2;
        heap->finalizer_type = make_own_type(heap, spec, 0);
    }
    if (heap->finalizer_ref_type == nullptr) {
        cairn_type_spec spec{};
        spec.name = "registered finalizer reference";
        spec.flags = CAIRN_TYPE_WEAKREF;
        spec.object_size = sizeof(FinalizerRef);
        heap->finalizer_ref_type = make_own_type(heap, spec, 0);
    }
    return heap->finalizer_type != nullptr && heap->finalizer_ref_type != nullptr;
}

// The object died: its finalizer runs, or waits. The function is called with the finalizer dead.
// USER CODE.
cairn_status object_died(cairn_object* self, cairn_object*, void*) {
    FinalizerObject* finalizer = as_finalizer_ref(as_weakref(self))->finalizer;
    if (finalizer == nullptr) {
        return CAIRN_OK;
    }
    cairn_heap* heap = heap_of(self);
    if (queues_callbacks(heap)) {
        retain(&finalizer->head);
        enqueue(heap, QueueKind::kRegistered, &finalizer->head);
        finalizer->has_place = false;
        unregister_finalizer(heap, finalizer);  // USER CODE
        return CAIRN_OK;
    }
    retain(&finalizer->head);
    unregister_finalizer(heap, finalizer);                               // USER CODE
    const cairn_status status = run_registered(heap, &finalizer->head);  // USER CODE
    report_registered(heap, &finalizer->head, status);                   // USER CODE
    release(&finalizer->head);                                           // USER CODE
    return CAIRN_OK;
}

// INV-REGISTRY-ALIVE, with unlink().
void link_newest(cairn_heap* heap, FinalizerObject* finalizer) {
    finalizer->older = heap->newest_finalizer;
    if (heap->newest_finalizer != nullptr) {
        heap->newest_finalizer->newer = finalizer;
    }
    heap->newest_finalizer = finalizer;
    finalizer->is_alive = true;
    for (ExitRun* run = heap->exit_run; run != nullptr; run = run->outer) {
        run->is_stale = true;
    }
}

void unlink(cairn_heap* heap, FinalizerObject* finalizer) {
    for (ExitRun* run = heap->exit_run; run != nullptr; run = run->outer) {
        run->next = run->next == finalizer ? finalizer->older : run->next;
    }
    if (finalizer->older != nullptr) {
        finalizer->older->newer = finalizer->newer;
    }
    if (finalizer->newer != nullptr) {
        finalizer->newer->older = finalizer->older;
    } else {
        heap->newest_finalizer = finalizer->older;
    }
    finalizer->older = finalizer->newer = nullptr;
    finalizer->is_alive = false;
}

}  // namespace

FinalizerObject* register_finalizer(cairn_heap* heap, cairn_object* object) {
    const bool queued = queues_callbacks(heap);
    if (!make_types(heap) || (queued && !reserve_place(heap))) {
        return nullptr;
    }
    cairn_object* made = allocate_object(heap, heap->finalizer_type);
    WeakrefObject* ref =
        made == nullptr ? nullptr : make_weakref(heap, heap->finalizer_ref_type, object);
    if (ref == nullptr) {
        if (queued) {
            release_place(heap);
        }
        if (made != nullptr) {
            untrack(heap, made);
            give_back(heap, made);
        }
        return nullptr;
    }
    FinalizerObject* finalizer = as_finalizer(made);
    finalizer->ref = ref;
    finalizer->at_exit = true;
    finalizer->has_place = queued;
    set_callback(ref, object_died);
    as_finalizer_ref(ref)->finalizer = finalizer;
    link_newest(heap, finalizer);
    retain(made);
    return finalizer;
}

void unregister_finalizer(cairn_heap* heap, FinalizerObject* finalizer) {
    unlink(heap, finalizer);
    if (finalizer->has_place) {
        finalizer->has_place = false;
        release_place(heap);
    }
    WeakrefObject* ref = finalizer->ref;
    finalizer->ref = nullptr;
    as_finalizer_ref(ref)->finalizer = nullptr;
    ref->state |= kCallbackTaken;
    release(&ref->head);        // USER CODE
    release(&finalizer->head);  // USER CODE
}

cairn_status run_registered(cairn_heap* heap, cairn_object* object) {
    FinalizerObject* finalizer = as_finalizer(object);
    ++heap->gc.user_code_runs;
    ++heap->registered_running;
    CAIRN_PROBE(finalizer__begin, heap, object, object->type->name);
    const cairn_status status = [heap, finalizer] {
        const HostCall call(heap, HostFunction::kRegisteredFinalizer, &finalizer->head);
        return finalizer->function(finalizer->argument, finalizer->user_data);  // USER CODE
    }();
    CAIRN_PROBE(finalizer__end, heap, object, status);
    --heap->registered_running;
    clear_slot(&finalizer->argument);  // USER CODE
    return status;
}

void report_registered(cairn_heap* heap, cairn_object* finalizer, cairn_status status) {
    if (status != CAIRN_OK) {
        unraisable(heap, CAIRN_PLACE_REGISTERED_FINALIZER, status, finalizer);  // USER CODE
    }
}

namespace {

// The next that is to run, or nullptr.
FinalizerObject* next_at_exit(cairn_heap* heap, ExitRun& run) {
    if (run.is_stale) {
        for (FinalizerObject* f = heap->newest_finalizer; f != nullptr; f = f->older) {
            f->pending = f->at_exit;
        }
        run.next = heap->newest_finalizer;
        run.is_stale = false;
    }
    while (run.next != nullptr && !run.next->pending) {
        run.next = run.next->older;
    }
    return run.next;
}

}  // namespace

void run_finalizers_at_exit(cairn_heap* heap) {
    const bool was_enabled = heap->policy.enabled;
    heap->policy.enabled = false;
    set_trigger(heap);
    ExitRun run{heap->exit_run, nullptr, true};
    heap->exit_run = &run;
    while (FinalizerObject* finalizer = next_at_exit(heap, run)) {
        retain(&finalizer->head);
        unregister_finalizer(heap, finalizer);                               // USER CODE
        const cairn_status status = run_registered(heap, &finalizer->head);  // USER CODE
        report_registered(heap, &finalizer->head, status);                   // USER CODE
        release(&finalizer->head);                                           // USER CODE
    }
    heap->exit_run = run.outer;
    heap->policy.enabled = heap->policy.enabled || was_enabled;  // One of them may have enabled it.
    set_trigger(heap);
}

void drop_registry(cairn_heap* heap) {
    size_t left = 0;
    for (const FinalizerObject* f = heap->newest_finalizer; f != nullptr; f = f->older) {
        ++left;
    }
    for (; left > 0 && heap->newest_finalizer != nullptr; --left) {
        unregister_finalizer(heap, heap->newest_finalizer);  // USER CODE
    }
}

}  // namespace cairn
