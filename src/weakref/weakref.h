// SPDX-License-Identifier: MIT
// Weak references. Rules: CPython 3.11, Objects/weakrefobject.c.
//
// The references to one object form a doubly linked list, the shared one first, then newest first;
// a per-heap table finds the list, and a flag of the object says whether to look. So an object
// that is never weakly referenced pays nothing. The table keeps neighbours together: of a million
// objects that die one after the other, each with a reference that calls back, a death takes
// 33 ns, with a hash table of objects 148.
#ifndef CAIRN_WEAKREF_WEAKREF_H
#define CAIRN_WEAKREF_WEAKREF_H

#include <cstddef>
#include <cstdint>

#include "cairn/weakref.h"
#include "heap/heap.h"
#include "object/header.h"
#include "object/release.h"

namespace cairn {

enum WeakrefState : uint32_t {
    kShared = 1U << 0,         // the one that all callback-less requests get
    kCallbackTaken = 1U << 1,  // the callback was called, or is about to be
    kHashKnown = 1U << 2,
    kInWeakMap = 1U << 3,           // it belongs to an entry of a weak container
    kHasPlace = 1U << 4,            // a place in the finalizer queue is reserved for its callback
    kHasCallback = 1U << 5,         // it was made with a callback
    kIsEntryRef = 1U << 6,          // made for an entry of a weak container: it ends after `hash`
    kKeepsArgument = 1U << 7,       // a collection called it: its argument stays until it dies
    kKeyWasUnreachable = 1U << 8,   // of an entry: see set_leaf_keys_aside()
    kKeptByMap = 1U << 9,           // see mark_references_kept_by_maps()
    kIsPending = 1U << 11,          // of an entry: see WeakMapObject::pending
    kWaitsWithReferent = 1U << 10,  // it owns a reference to itself: see waits_with_referent()
};

// What every weak reference has. Those of weak containers, of which there are many, have one field
// of their own after it and fill one line of the cache: see EntryRef.
struct WeakrefObject {
    cairn_object head;
    cairn_object* referent;   // nullptr: cleared
    WeakrefObject* previous;  // among the references to the referent; while callbacks are
    WeakrefObject* next;      // delivered, among those of one delivery
    uint32_t state;
    uint32_t entry;  // of an EntryRef
    uint64_t hash;
};

// A weak reference that a host asked for, and the start of those of its own types.
struct FullWeakref {
    WeakrefObject weakref;
    cairn_weakref_fn callback;
    void* user_data;
    cairn_object* argument;  // strong: the first slot of the layout
};

static_assert(sizeof(FullWeakref) == CAIRN_WEAKREF_SIZE);
static_assert(offsetof(FullWeakref, argument) == CAIRN_WEAKREF_SIZE - 8);

inline WeakrefObject* as_weakref(cairn_object* object) {
    return reinterpret_cast<WeakrefObject*>(object);
}

inline const WeakrefObject* as_weakref(const cairn_object* object) {
    return reinterpret_cast<const WeakrefObject*>(object);
}

inline bool is_weakref(const cairn_object* object) {
    return (object->flags & kIsWeakref) != 0;
}

// Not for an EntryRef.
inline FullWeakref* as_full_weakref(WeakrefObject* ref) {
    CAIRN_ASSERT_INTERNAL((ref->state & kIsEntryRef) == 0);
    return reinterpret_cast<FullWeakref*>(ref);
}

inline bool has_pending_callback(const WeakrefObject* ref) {
    return (ref->state & (kHasCallback | kCallbackTaken)) == kHasCallback;
}

// Gives a new reference its callback, which must not be nullptr.
inline void set_callback(WeakrefObject* ref, cairn_weakref_fn callback) {
    as_full_weakref(ref)->callback = callback;
    ref->state |= kHasCallback;
}

// Puts `ref` into the list that begins with `first`: the shared reference at the head, any other
// right behind it (CPython insert_head, insert_after).
void link_newest(WeakrefObject*& first, WeakrefObject* ref);

// Gives back an object that was to become a reference; nullptr.
WeakrefObject* refuse_weakref(cairn_heap* heap, cairn_object* object);

// Makes a new object of a kind of weak reference refer to `referent`. When memory is out the object
// is gone, and the result nullptr.
inline WeakrefObject* link_weakref(cairn_heap* heap,
                                   cairn_object* object,
                                   cairn_object* referent,
                                   uint32_t state) {
    WeakrefObject** first = heap->weakrefs.find_or_add(heap->memory, referent);
    if (first == nullptr) {
        return refuse_weakref(heap, object);
    }
    WeakrefObject* ref = as_weakref(object);
    ref->referent = referent;
    ref->state = state;
    if (*first == nullptr) {
        *first = ref;
        referent->flags |= kHasWeakrefs;
    } else {
        link_newest(*first, ref);
    }
    return ref;
}

// Allocates a reference of `type` and links it; nullptr when memory is out. Does not collect.
WeakrefObject* make_weakref(cairn_heap* heap, const cairn_type* type, cairn_object* referent);

// The same for the reference that all callback-less requests share.
WeakrefObject* make_shared_weakref(cairn_heap* heap, cairn_object* referent);

// A reference that is dying itself does not call back (CPython asks for a refcount above 0).
inline bool may_call_back(const WeakrefObject* ref) {
    return has_pending_callback(ref) && is_alive(&ref->head);
}

// The delivery of a callback takes over a reference to `ref`, and the callback with it.
void take_for_call(WeakrefObject* ref);

// Does a reference whose last holder goes stay, to call back? Its referent died by its count before
// that, and its finalizer waits in the queue: inline, all that was alive at that moment would be
// called. It stays until the referent has died, or was resurrected.
inline bool waits_with_referent(const WeakrefObject* ref) {
    return has_pending_callback(ref) && (ref->state & (kIsEntryRef | kWaitsWithReferent)) == 0 &&
           ref->referent != nullptr &&
           (ref->referent->flags & (kIsQueued | kIsBorrowed)) == kIsQueued;
}

// The first reference to `referent`, or nullptr.
inline WeakrefObject* first_weakref(cairn_heap* heap, const cairn_object* referent) {
    return (referent->flags & kHasWeakrefs) == 0 ? nullptr : heap->weakrefs.find(referent);
}

// The shared reference to `referent`, borrowed, or nullptr.
inline WeakrefObject* find_shared_weakref(cairn_heap* heap, cairn_object* referent) {
    WeakrefObject* first = first_weakref(heap, referent);
    const bool usable = first != nullptr && (first->state & kShared) != 0 && is_alive(&first->head);
    return usable ? first : nullptr;
}

// Takes the whole list of references to `referent`, which has some, away from it, for
// clear_taken() to clear one after the other: one look into the table for all of them. The flag
// goes with them: INV-WEAKREF-FLAG.
inline WeakrefObject* take_weakrefs(cairn_heap* heap, cairn_object* referent) {
    referent->flags &= ~(kHasWeakrefs | kIsEphemeronKey);
    return heap->weakrefs.take(heap->memory, referent);
}

// Tells the container of an entry that its reference is about to be cleared.
void note_entry_cleared(WeakrefObject* ref);

// Tells it that the callback of the reference, which is cleared, is to come.
void note_entry_taken(WeakrefObject* ref);

// Clears a reference of a list that was taken. Returns the next.
inline WeakrefObject* clear_taken(WeakrefObject* ref) {
    if ((ref->state & kInWeakMap) != 0) {
        note_entry_cleared(ref);
    }
    WeakrefObject* next = ref->next;
    ref->referent = nullptr;
    ref->previous = ref->next = nullptr;
    return next;
}

// The referent of an entry's reference dies, and has no other: clears the reference and removes the
// entry, as its callback would. False, with nothing done, where the entry must stay for now.
// USER CODE.
bool remove_with_referent(cairn_heap* heap, WeakrefObject* ref);

// Takes one of several references off its list.
void unlink_weakref(cairn_heap* heap, WeakrefObject* ref);

// Clears one reference; its callback stays where it is and is not called.
inline void clear_weakref(cairn_heap* heap, WeakrefObject* ref) {
    if (ref->referent == nullptr) {
        return;
    }
    if (ref->previous == nullptr && ref->next == nullptr) {
        (void)take_weakrefs(heap, ref->referent);
    } else {
        unlink_weakref(heap, ref);
    }
    (void)clear_taken(ref);
}

// A dying reference leaves the table, if it is the only one to its referent and nobody else keeps
// account of it, in a straight line. False: nothing was done.
inline bool forget_only_weakref(cairn_heap* heap, WeakrefObject* ref) {
    cairn_object* referent = ref->referent;
    if (referent == nullptr || ref->previous != nullptr || ref->next != nullptr ||
        (ref->state & (kInWeakMap | kHasPlace)) != 0 || (referent->flags & kIsQueued) != 0 ||
        !heap->weakrefs.is_at_hand(referent) || !heap->weakrefs.remove_at_hand(referent)) {
        return false;
    }
    referent->flags &= ~(kHasWeakrefs | kIsEphemeronKey);
    ref->referent = nullptr;
    return true;
}

// References whose callbacks are to be called, linked through themselves so that delivery needs no
// memory. The list owns a reference to each.
struct CallbackList {
    WeakrefObject* first = nullptr;
    WeakrefObject* last = nullptr;

    [[nodiscard]] bool is_empty() const { return first == nullptr; }
    void append(WeakrefObject* ref);
    WeakrefObject* take_first();  // nullptr: empty
};

// Clears a list of references that was taken. Those that are to call back go to `callbacks`, except
// where `is_wanted(ref)` says no.
template <typename F>
void clear_all_taken(WeakrefObject* first, CallbackList& callbacks, F is_wanted) {
    for (WeakrefObject* next = first; next != nullptr;) {
        WeakrefObject* ref = next;
        next = clear_taken(ref);
        if (may_call_back(ref) && is_wanted(ref)) {
            callbacks.append(ref);
        }
    }
}

// The same for all references to `referent`.
template <typename F>
void clear_weakrefs_to(cairn_heap* heap,
                       cairn_object* referent,
                       CallbackList& callbacks,
                       F is_wanted) {
    if ((referent->flags & kHasWeakrefs) != 0) {
        clear_all_taken(take_weakrefs(heap, referent), callbacks, is_wanted);
    }
}

// Calls the callback of one reference, and reports its failure. USER CODE.
void run_callback(cairn_heap* heap, WeakrefObject* ref);

// Lets go of a reference after its callback: drops the argument, unless a collection made the call
// (CPython's handle_weakrefs leaves the callback where it is, PyObject_ClearWeakRefs does not),
// then the list's reference. USER CODE.
void release_called(WeakrefObject* ref);

}  // namespace cairn

#endif
