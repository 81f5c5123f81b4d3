// SPDX-License-Identifier: MIT
#include "weakref/weakref.h"

#include "base/probes.h"
#include "heap/allocate.h"
#include "heap/give_back.h"
#include "heap/tracking.h"
#include "object/host_call.h"
#include "weakref/weakmap.h"

namespace cairn {

namespace {

WeakrefObject* make(cairn_heap* heap,
                    const cairn_type* type,
                    cairn_object* referent,
                    uint32_t state) {
    cairn_object* object = allocate_object(heap, type);
    return object == nullptr ? nullptr : link_weakref(heap, object, referent, state);
}

}  // namespace

WeakrefObject* make_weakref(cairn_heap* heap, const cairn_type* type, cairn_object* referent) {
    return make(heap, type, referent, 0);
}

WeakrefObject* make_shared_weakref(cairn_heap* heap, cairn_object* referent) {
    return make(heap, heap->weakref_type, referent, kShared);
}

WeakrefObject* refuse_weakref(cairn_heap* heap, cairn_object* object) {
    untrack(heap, object);
    give_back(heap, object);
    return nullptr;
}

// INV-WEAKREF-LIST.
void link_newest(WeakrefObject*& first, WeakrefObject* ref) {
    WeakrefObject* before = nullptr;
    WeakrefObject* after = first;
    if ((first->state & kShared) != 0 && (ref->state & kShared) == 0) {
        before = first;
        after = first->next;
    }
    ref->previous = before;
    ref->next = after;
    if (after != nullptr) {
        after->previous = ref;
    }
    (before != nullptr ? before->next : first) = ref;
}

void unlink_weakref(cairn_heap* heap, WeakrefObject* ref) {
    if (ref->previous != nullptr) {
        ref->previous->next = ref->next;
    } else {
        heap->weakrefs.replace(ref->referent, ref->next);
    }
    if (ref->next != nullptr) {
        ref->next->previous = ref->previous;
    }
}

void take_for_call(WeakrefObject* ref) {
    if ((ref->state & kWaitsWithReferent) != 0) {
        ref->state &= ~static_cast<uint32_t>(kWaitsWithReferent);  // which has a reference
    } else {
        retain(&ref->head);
        if ((ref->state & kInWeakMap) != 0) {
            note_entry_taken(ref);
        }
    }
    ref->state |= kCallbackTaken;
}

void CallbackList::append(WeakrefObject* ref) {
    take_for_call(ref);
    ref->previous = last;
    ref->next = nullptr;
    (last == nullptr ? first : last->next) = ref;
    last = ref;
}

WeakrefObject* CallbackList::take_first() {
    WeakrefObject* ref = first;
    if (ref != nullptr) {
        first = ref->next;
        (first == nullptr ? last : first->previous) = nullptr;
        ref->next = nullptr;
    }
    return ref;
}

void run_callback(cairn_heap* heap, WeakrefObject* ref) {
    ++heap->gc.user_code_runs;
    if ((ref->state & kIsEntryRef) != 0) {
        entry_died(as_entry_ref(ref));  // USER CODE
        return;
    }
    const FullWeakref* full = as_full_weakref(ref);
    CAIRN_PROBE(callback__begin, heap, ref);
    const cairn_status status = [heap, full, ref] {
        const HostCall call(heap, HostFunction::kWeakrefCallback, &ref->head);
        return full->callback(&ref->head, full->argument, full->user_data);  // USER CODE
    }();
    CAIRN_PROBE(callback__end, heap, ref, status);
    if (status != CAIRN_OK) {
        unraisable(heap, CAIRN_PLACE_WEAKREF_CALLBACK, status, &ref->head);  // USER CODE
    }
}

void release_called(WeakrefObject* ref) {
    ref->next = nullptr;  // Its `previous` may be the map's by now: see enter_pending().
    if ((ref->state & (kIsEntryRef | kKeepsArgument)) == 0) {
        clear_slot(&as_full_weakref(ref)->argument);  // USER CODE
    }
    release(&ref->head);  // USER CODE
}

}  // namespace cairn
