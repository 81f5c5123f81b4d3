// The death of a simple object: plain, of a small fixed-size type, with a few untagged slots, as
// nearly every object is. Nobody can watch it, and it makes no call unless another dies with it.
//
// In line with the decref, and with the allocation in one line, an object that is made and dies
// takes 6 ns; with a call for each step, 16.
#ifndef CAIRN_RECLAIM_SIMPLE_DEATH_H
#define CAIRN_RECLAIM_SIMPLE_DEATH_H

#include "heap/allocate.h"
#include "object/misuse.h"
#include "object/slots.h"
#include "reclaim/reclaim.h"

namespace cairn {

// Reclaims an object with a count of 0 that is not simple, or deep inside other deaths. USER CODE.
void reclaim_with_care(cairn_heap* heap, cairn_object* object);

// Goes on with the death of a simple object, which is untracked and has dropped its slots before
// `next`. USER CODE.
void reclaim_from(cairn_heap* heap, cairn_object* object, size_t next);

inline bool is_simple(const cairn_object* object) {
    return (object->flags & kDeathIsNotSimple) == 0;
}

// The quarter rule counts what joined the oldest generation, less what died there.
inline void forget_old(cairn_heap* heap, uint8_t side) {
    if (side == kOld && heap->policy.long_lived_pending > 0) {
        --heap->policy.long_lived_pending;
    }
}

// Takes the cell of a simple object with nothing in its slots to where it belongs.
void give_simple(cairn_heap* heap, cairn_object* object);

// Takes it out of its generation. Was it in generation 0, or is it a leaf?
inline bool untrack_simple(cairn_heap* heap, cairn_object* object, const cairn_type* type) {
    uint8_t* side = side_of(object);
    const uint8_t before = *side;
    *side = kUntracked;
    if (before == type->fresh_side) {
        return true;
    }
    forget_old(heap, before);
    return false;
}

// Drops slots as long as nothing dies of that. Returns the first that it did not drop, or `end`.
inline cairn_object* const* drop_while_living(cairn_object* const* slot, cairn_object* const* end) {
    for (; slot != end; ++slot) {
        cairn_object* referent = *slot;
        if (referent == nullptr) {
            continue;
        }
        check_alive(referent);
        const uint32_t left = referent->refcount - 1;
        if (static_cast<int32_t>(left) > 0) {
            referent->refcount = left;
        } else if (!is_immortal(referent)) {
            break;
        }
    }
    return slot;
}

// A simple object that takes nothing with it dies here; then true. Otherwise it is untracked, and
// its slots from `next` on are still to be dropped.
inline bool dies_alone(cairn_heap* heap, cairn_object* object, size_t& next) {
    const cairn_type* type = object->type;
    cairn_object* const* slots = reinterpret_cast<cairn_object* const*>(
        reinterpret_cast<const std::byte*>(object) + type->slots_offset);
    cairn_object* const* end = slots + type->slot_count;
    cairn_object* const* slot = drop_while_living(slots, end);
    if (slot != end) [[unlikely]] {
        (void)untrack_simple(heap, object, type);
        next = static_cast<size_t>(slot - slots);
        return false;
    }
    ++heap->freed[type->is_container];
    uint8_t* side = side_of(object);
    if (*side == type->fresh_side && type->bin->wants_spare()) {
        *side = kUntracked;
        type->bin->keep_spare(object);
    } else {
        give_simple(heap, object);
    }
    return true;
}

// Reclaims an object whose count is about to become zero: it shows 1, or 0. USER CODE.
inline void reclaim_at_once(cairn_object* object) {
    cairn_heap* heap = object->type->heap;
    size_t next = 0;
    if (!is_simple(object) || heap->reclaim.depth >= kDeepestNesting) [[unlikely]] {
        object->refcount = 0;
        reclaim_with_care(heap, object);  // USER CODE
    } else if (!dies_alone(heap, object, next)) {
        reclaim_from(heap, object, next);  // USER CODE
    }
}

}  // namespace cairn

#endif
