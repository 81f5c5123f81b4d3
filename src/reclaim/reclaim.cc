#include "reclaim/reclaim.h"

#include "finalize/deliver.h"
#include "finalize/queue.h"
#include "heap/allocate.h"
#include "heap/tracking.h"
#include "object/misuse.h"
#include "object/slots.h"
#include "reclaim/clear_check.h"
#include "weakref/weakref.h"

namespace cairn {

namespace {

// Takes a dying object out of its generation. Was it in one?
bool untrack_dying(cairn_heap* heap, cairn_object* object) {
    uint8_t* side = side_of(object);
    const bool was_tracked = *side != kUntracked;
    if (*side == kOld && heap->policy.long_lived_pending > 0) {
        --heap->policy.long_lived_pending;
    }
    if (was_tracked) {
        untrack(heap, object);
    }
    return was_tracked;
}

// Lets an object with no references left finalize itself, alive and in generation 0 meanwhile as
// in CPython's subtype_dealloc. Does it stay dead?
bool finalize_at_death(cairn_heap* heap, cairn_object* object, bool was_tracked) {
    object->refcount = 1;
    if (was_tracked) {
        set_generation(heap, object, 0);
    }
    deliver_finalizer(heap, object);  // USER CODE
    check_alive(object);
    if (is_immortal(object) || --object->refcount != 0) {
        return false;
    }
    untrack_dying(heap, object);
    return true;
}

// Everything that comes before references are dropped. False: the object was resurrected.
bool begin_death(cairn_heap* heap, cairn_object* object) {
    const bool was_tracked = untrack_dying(heap, object);
    if (needs_finalizer(object) && !finalize_at_death(heap, object, was_tracked)) {
        return false;
    }
    object->flags |= kDying;
    if ((object->flags & kHasWeakrefs) != 0) {
        deliver_weakrefs_at_death(heap, object);  // USER CODE
    }
    if ((object->flags & kIsWeakref) != 0) {
        clear_weakref(heap, as_weakref(object));
        if ((as_weakref(object)->state & kHasPlace) != 0) {
            release_place(heap);
        }
    }
    return true;
}

void finish_death(cairn_heap* heap, cairn_object* object) {
    if ((object->flags & kHasDealloc) != 0) {
        object->type->dealloc(object);
    }
    free_object(heap, object);
}

bool is_plain_leaf(const cairn_object* object) {
    return (object->flags & (kContainer | kDeathIsNotPlain)) == 0;
}

// Drops references from slot `next` on, until one of them leaves an object without references that
// has more to do than be freed: that one is returned. nullptr at the end.
cairn_object* drop_until_death(cairn_heap* heap, cairn_object* object, size_t& next) {
    const bool tagged = object->type->tagged;
    const size_t total = slot_total(object);
    while (next < total) {
        cairn_object* referent = *slot_at(object, next++);
        if (!is_reference(referent, tagged)) {
            continue;
        }
        check_alive(referent);
        const uint32_t count = referent->refcount - 1;
        if (static_cast<int32_t>(count) > 0) {
            referent->refcount = count;
        } else if (!is_immortal(referent)) {
            referent->refcount = 0;
            if (!is_plain_leaf(referent)) {
                return referent;
            }
            free_object(heap, referent);
        }
    }
    return nullptr;
}

void save_position(cairn_object* object, size_t next) {
    *slot_at(object, 0) = reinterpret_cast<cairn_object*>(next);
}

size_t saved_position(const cairn_object* object) {
    return reinterpret_cast<size_t>(*slot_at(object, 0));
}

// Tears down a tree of objects that die with `root`, which has begun its death.
void tear_down(cairn_heap* heap, cairn_object* root) {
    cairn_object* current = root;
    set_dying_link(root, nullptr);
    size_t next = 0;
    for (;;) {
        cairn_object* child = nullptr;
        if ((current->flags & kOpaque) != 0) {
            clear_opaque(heap, current);  // USER CODE
        } else {
            child = drop_until_death(heap, current, next);
        }
        if (child != nullptr) {
            if (begin_death(heap, child)) {  // USER CODE
                save_position(current, next);
                set_dying_link(child, current);
                current = child;
                next = 0;
            }
            continue;
        }
        cairn_object* parent = dying_link(current);
        finish_death(heap, current);
        if (parent == nullptr) {
            return;
        }
        current = parent;
        next = saved_position(current);
    }
}

void reclaim_now(cairn_heap* heap, cairn_object* object) {
    const uint64_t released = heap->reclaim.released;
    ++heap->reclaim.depth;
    if (begin_death(heap, object)) {  // USER CODE
        tear_down(heap, object);      // USER CODE
    }
    --heap->reclaim.depth;
    heap->reclaim.released = released;
}

void put_aside(cairn_heap* heap, cairn_object* object) {
    const bool was_tracked = untrack_dying(heap, object);
    object->flags |= kDying | (was_tracked ? kWasTracked : 0U);
    set_dying_link(object, heap->reclaim.deferred);
    heap->reclaim.deferred = object;
}

cairn_object* take_deferred(cairn_heap* heap) {
    cairn_object* object = heap->reclaim.deferred;
    heap->reclaim.deferred = dying_link(object);
    if ((object->flags & kWasTracked) != 0) {
        set_generation(heap, object, 0);
    }
    object->flags &= kLowFlags & ~(kDying | kWasTracked);
    object->refcount = 0;
    return object;
}

}  // namespace

void reclaim(cairn_object* object) {
    cairn_heap* heap = heap_of(object);
    if (is_plain_leaf(object)) {
        free_object(heap, object);
        return;
    }
    if (heap->reclaim.depth >= kDeepestNesting) {
        put_aside(heap, object);
        return;
    }
    reclaim_now(heap, object);
    if (heap->reclaim.depth == 0) {
        while (heap->reclaim.deferred != nullptr) {
            reclaim_now(heap, take_deferred(heap));
        }
    }
}

void drop_references(cairn_object* object) {
    const cairn_type* type = object->type;
    if (type->traverse != nullptr) {
        clear_opaque(heap_of(object), object);  // USER CODE
        return;
    }
    const bool tagged = type->tagged;
    const size_t total = slot_total(object);
    for (size_t i = 0; i < total; ++i) {
        cairn_object** slot = slot_at(object, i);
        if (is_reference(*slot, tagged)) {
            cairn_clear(slot);  // USER CODE
        }
    }
}

}  // namespace cairn
