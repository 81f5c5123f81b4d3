// SPDX-License-Identifier: MIT
#include "finalize/deliver.h"

#include "base/probes.h"
#include "finalize/queue.h"
#include "object/host_call.h"
#include "object/type.h"

namespace cairn {

namespace {

// The heap's own callbacks (of weak containers and registered finalizers) keep its tables in order
// and always run at once; user code that they lead to is delivered in its turn.
bool waits(const cairn_heap* heap, const WeakrefObject* ref) {
    return queues_callbacks(heap) && (ref->state & kHasPlace) != 0;
}

}  // namespace

void call_finalizer(cairn_heap* heap, cairn_object* object) {
    ++heap->gc.user_code_runs;
    CAIRN_PROBE(finalizer__begin, heap, object, object->type->name);
    const cairn_status status = [heap, object] {
        const HostCall call(heap, HostFunction::kFinalizer, object);
        return object->type->finalize(object);  // USER CODE
    }();
    CAIRN_PROBE(finalizer__end, heap, object, status);
    if (status != CAIRN_OK) {
        unraisable(heap, CAIRN_PLACE_FINALIZER, status, object);  // USER CODE
    }
}

void deliver_finalizer(cairn_heap* heap, cairn_object* object, DiedBy cause) {
    // INV-FINALIZE-ONCE; who calls this has seen that needs_finalizer() holds.
    CAIRN_ASSERT_INTERNAL((object->flags & kHasFinalizer) != 0 && object->refcount > 0);
    if (queues_finalizer(heap, object->type)) {
        // INV-QUEUE-FLAG: run_item() clears it.
        object->flags |= kFinalized | kIsQueued;
        if (cause == DiedBy::kCollection) {
            object->flags |= kIsBorrowed;
        } else {
            retain(object);
        }
        enqueue(heap, QueueKind::kFinalizer, object);
    } else {
        call_finalizer(heap, object);  // USER CODE
    }
}

bool finalize_found(cairn_heap* heap, cairn_object* object) {
    if (!needs_finalizer(object)) {
        return false;
    }
    const Hold hold(object);
    object->flags |= kFinalized;
    deliver_finalizer(heap, object, DiedBy::kCollection);  // USER CODE
    return true;
}

bool deliver_callback(cairn_heap* heap, WeakrefObject* ref) {
    if (waits(heap, ref)) {
        ref->state &= ~static_cast<uint32_t>(kHasPlace);
        enqueue(heap, QueueKind::kCallback, &ref->head);
        return false;
    }
    run_callback(heap, ref);  // USER CODE
    return true;
}

namespace {

// Tells the only reference to an object, which is cleared. USER CODE.
void deliver_one(cairn_heap* heap, WeakrefObject* ref) {
    if (may_call_back(ref)) {
        take_for_call(ref);
        if (deliver_callback(heap, ref)) {  // USER CODE
            release_called(ref);            // USER CODE
        }
    }
}

}  // namespace

void deliver_weakrefs_at_death(cairn_heap* heap, cairn_object* referent) {
    WeakrefObject* first = take_weakrefs(heap, referent);
    if (first != nullptr && first->next == nullptr) {
        if ((first->state & kInWeakMap) != 0 && remove_with_referent(heap, first)) {  // USER CODE
            return;
        }
        (void)clear_taken(first);
        deliver_one(heap, first);  // USER CODE
        return;
    }
    CallbackList callbacks;
    clear_all_taken(first, callbacks, [](const WeakrefObject*) { return true; });
    WeakrefObject* called = nullptr;
    while (WeakrefObject* ref = callbacks.take_first()) {
        if (deliver_callback(heap, ref)) {  // USER CODE
            ref->next = called;
            called = ref;
        }
    }
    while (called != nullptr) {
        WeakrefObject* ref = called;
        called = ref->next;
        release_called(ref);  // USER CODE
    }
}

}  // namespace cairn
