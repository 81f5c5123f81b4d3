// SPDX-License-Identifier: MIT
#include "reclaim/death.h"

#include "object/misuse.h"

namespace cairn {

namespace {

// The object has one reference after all, as the newest member of generation 0.
void stay_alive(cairn_heap* heap, cairn_object* object, bool was_tracked) {
    object->refcount = 1;
    if (was_tracked) {
        set_generation(heap, object, 0);
    }
}

// Lets an object with no references left finalize itself, alive and in generation 0 meanwhile as
// in CPython's subtype_dealloc. Does it stay dead? USER CODE.
bool finalize_at_death(cairn_heap* heap, cairn_object* object, bool was_tracked) {
    CAIRN_ASSERT_INTERNAL(needs_finalizer(object));  // INV-FINALIZE-ONCE
    stay_alive(heap, object, was_tracked);
    deliver_finalizer(heap, object, DiedBy::kCount);  // USER CODE
    check_alive(object);
    object->flags |= kFinalized;
    if (is_immortal(object) || --object->refcount != 0) {
        return false;
    }
    untrack_dying(heap, object);
    return true;
}

}  // namespace

bool is_waited_for(cairn_heap* heap, cairn_object* object) {
    if ((object->flags & kIsBorrowed) != 0) {
        own_borrowed(heap, object);
        return true;
    }
    if (is_weakref(object) && waits_with_referent(as_weakref(object))) {
        as_weakref(object)->state |= kWaitsWithReferent;
        return true;
    }
    return false;
}

bool stays_alive(cairn_heap* heap, cairn_object* object, bool was_tracked) {
    if (needs_finalizer(object) && !finalize_at_death(heap, object, was_tracked)) {  // USER CODE
        return true;
    }
    if (is_waited_for(heap, object)) {
        stay_alive(heap, object, was_tracked);
        return true;
    }
    return false;
}

}  // namespace cairn
