// SPDX-License-Identifier: MIT
// A death: begin, drop, finish. docs/design/death.md tells the whole path.
//
//   begin    untracked; finalizer (once; may resurrect); weak references cleared, callbacks called,
//            newest first
//   drop     references in slot order, each death that follows finished before the next slot
//   finish   dealloc; the cell goes back
//
// Begin and finish are here, drop is in teardown.cc. A simple object takes the same steps in line
// with its decref: see simple_death.h.
#ifndef CAIRN_RECLAIM_DEATH_H
#define CAIRN_RECLAIM_DEATH_H

#include "finalize/deliver.h"
#include "finalize/queue.h"
#include "heap/buffer.h"
#include "heap/give_back.h"
#include "heap/tracking.h"
#include "object/host_call.h"
#include "weakref/weakref.h"

namespace cairn {

// An object with one of these may live on when its last reference goes.
inline constexpr uint32_t kMayStay = kHasFinalizer | kIsBorrowed | kIsWeakref;

// Does somebody wait for an object with no references left: the finalizer queue, or, for a weak
// reference, its referent? Then it is to stay, with the reference that the waiter has from now on.
bool is_waited_for(cairn_heap* heap, cairn_object* object);

// Lets such an object finalize itself. Does it stay alive: resurrected, or because somebody waits
// for it? USER CODE.
bool stays_alive(cairn_heap* heap, cairn_object* object, bool was_tracked);

// A dying weak reference leaves its list, and its place in the finalizer queue.
inline void end_weakref(cairn_heap* heap, WeakrefObject* ref) {
    clear_weakref(heap, ref);
    if ((ref->state & kHasPlace) != 0) {
        release_place(heap);
    }
}

// The first step: all that comes before references are dropped. False: the object stays alive.
// USER CODE.
inline bool begin_death(cairn_heap* heap, cairn_object* object) {
    const bool was_tracked = untrack_dying(heap, object);
    if ((object->flags & kMayStay) != 0 && stays_alive(heap, object, was_tracked)) {  // USER CODE
        return false;
    }
    object->flags |= kDying;
    if ((object->flags & kHasWeakrefs) != 0) {
        deliver_weakrefs_at_death(heap, object);  // USER CODE
    }
    if (is_weakref(object)) {
        end_weakref(heap, as_weakref(object));
    }
    return true;
}

// Lets the object's type release what the object holds outside the heap, and frees its buffer.
inline void call_dealloc(cairn_object* object) {
    if ((object->flags & kHasDealloc) == 0) {
        return;
    }
    const cairn_type* type = object->type;
    if (type->dealloc != nullptr) {
        const HostCall call(type->heap, HostFunction::kDealloc, object);
        type->dealloc(object);  // HOST CODE
    }
    if (type->buffer.offset != 0) {
        free_buffer(type->heap, object);
    }
}

// The last step, when all references are dropped.
inline void finish_death(cairn_heap* heap, cairn_object* object) {
    call_dealloc(object);
    give_back(heap, object);
}

}  // namespace cairn

#endif
