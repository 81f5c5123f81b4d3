#include "weakref/weakref.h"

#include "heap/allocate.h"
#include "weakref/weakmap.h"

namespace cairn {

namespace {

void link_after(WeakrefObject* before, WeakrefObject* ref) {
    ref->previous = before;
    ref->next = before->next;
    if (before->next != nullptr) {
        before->next->previous = ref;
    }
    before->next = ref;
}

// Puts `ref` into the list whose head is `first`: the shared reference at the head, any other
// right behind it (CPython insert_head, insert_after).
void link_newest(WeakrefObject*& first, WeakrefObject* ref) {
    if (first != nullptr && (first->state & kShared) != 0 && (ref->state & kShared) == 0) {
        link_after(first, ref);
        return;
    }
    ref->next = first;
    if (first != nullptr) {
        first->previous = ref;
    }
    first = ref;
}

}  // namespace

WeakrefObject* find_shared_weakref(cairn_heap* heap, cairn_object* referent) {
    WeakrefObject* first = first_weakref(heap, referent);
    const bool usable = first != nullptr && (first->state & kShared) != 0 &&
                        (first->head.flags & kDying) == 0 && first->head.refcount != 0;
    return usable ? first : nullptr;
}

namespace {

WeakrefObject* make(cairn_heap* heap, cairn_type* type, cairn_object* referent, uint32_t state) {
    cairn_object* object = allocate_object(heap, type);
    if (object == nullptr) {
        return nullptr;
    }
    WeakrefObject** first = heap->weakrefs.find_or_add(heap->memory, referent);
    if (first == nullptr) {
        untrack(heap, object);
        free_object(heap, object);
        return nullptr;
    }
    WeakrefObject* ref = as_weakref(object);
    ref->referent = referent;
    ref->state = state;
    link_newest(*first, ref);
    referent->flags |= kHasWeakrefs;
    return ref;
}

}  // namespace

WeakrefObject* make_weakref(cairn_heap* heap, cairn_type* type, cairn_object* referent) {
    return make(heap, type, referent, 0);
}

WeakrefObject* make_shared_weakref(cairn_heap* heap, cairn_object* referent) {
    return make(heap, heap->weakref_type, referent, kShared);
}

void clear_weakref(cairn_heap* heap, WeakrefObject* ref) {
    cairn_object* referent = ref->referent;
    if (referent == nullptr) {
        return;
    }
    if (ref->previous != nullptr) {
        ref->previous->next = ref->next;
    } else if (ref->next != nullptr) {
        heap->weakrefs.replace(referent, ref->next);
    } else {
        (void)take_weakrefs(heap, referent);
    }
    if (ref->next != nullptr) {
        ref->next->previous = ref->previous;
    }
    (void)clear_taken(ref);
}

WeakrefObject* take_weakrefs(cairn_heap* heap, cairn_object* referent) {
    referent->flags &= ~(kHasWeakrefs | kIsEphemeronKey);
    return heap->weakrefs.take(heap->memory, referent);
}

WeakrefObject* clear_taken(WeakrefObject* ref) {
    if ((ref->state & kInWeakMap) != 0) {
        note_entry_cleared(as_entry_ref(ref));
    }
    WeakrefObject* next = ref->next;
    ref->referent = nullptr;
    ref->previous = ref->next = nullptr;
    return next;
}

void CallbackList::append(WeakrefObject* ref) {
    cairn_incref(&ref->head);
    ref->state |= kCallbackTaken;
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
    const cairn_status status = full->callback(&ref->head, full->argument, full->user_data);
    if (status != CAIRN_OK) {
        unraisable(heap, CAIRN_PLACE_WEAKREF_CALLBACK, status, &ref->head);
    }
}

void release_called(WeakrefObject* ref) {
    ref->previous = ref->next = nullptr;
    if ((ref->state & kIsEntryRef) == 0) {
        cairn_clear(&as_full_weakref(ref)->argument);  // USER CODE
    }
    cairn_decref(&ref->head);  // USER CODE
}

}  // namespace cairn
