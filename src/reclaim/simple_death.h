// The death of a simple object: plain, of a small fixed-size type, with a few untagged slots, as
// nearly every object is. Nobody can watch it, and it makes no call unless another dies with it.
//
// In line with the decref, and with the allocation in one line, an object that is made and dies
// takes 6 ns; with a call for each step, 16.
#ifndef CAIRN_RECLAIM_SIMPLE_DEATH_H
#define CAIRN_RECLAIM_SIMPLE_DEATH_H

#include "base/prefetch.h"
#include "heap/allocate.h"
#include "object/misuse.h"
#include "object/slots.h"
#include "reclaim/reclaim.h"

namespace cairn {

// Reclaims an object that is not simple, or deep inside other deaths. USER CODE.
void reclaim_with_care(cairn_object* object);

// Goes on with the death of a simple object that has dropped its slots before `slot`. USER CODE.
void reclaim_from(cairn_object* object, cairn_object* const* slot);

// Gives the cell of a simple object back that has dropped its slots.
void give_simple(cairn_object* object);

inline bool is_simple(const cairn_object* object) {
    return (object->flags & kDeathIsNotSimple) == 0;
}

// Drops slots as long as nothing dies of that. Returns the first that it did not drop, or `end`.
inline cairn_object* const* drop_while_living(cairn_object* const* slot, cairn_object* const* end) {
    for (; slot != end; ++slot) {
        cairn_object* referent = *slot;
        if (referent == nullptr) {
            continue;
        }
        check_alive(referent);
        if (!drop_unless_last(referent)) {
            break;
        }
    }
    return slot;
}

inline cairn_object* const* slots_of_simple(const cairn_object* object, const cairn_type* type) {
    return reinterpret_cast<cairn_object* const*>(reinterpret_cast<const std::byte*>(object) +
                                                  type->slots_offset);
}

// Gives the cell back of a simple object that has dropped its slots.
inline void free_simple(cairn_object* object, const cairn_type* type) {
    ++type->heap->freed[type->is_container];
    uint8_t* side = side_of(object);
    if (*side == type->fresh_side && type->bin->wants_spare()) {
        *side = kUntracked;
        type->bin->keep_spare(object);
    } else {
        give_simple(object);
    }
}

// Drops the slots of an object with the layout of a simple one, and frees it. USER CODE.
inline void drop_and_free(cairn_object* object) {
    const cairn_type* type = object->type;
    cairn_object* const* slots = slots_of_simple(object, type);
    cairn_object* const* end = slots + type->slot_count;
    cairn_object* const* slot = drop_while_living(slots, end);
    if (slot != end) [[unlikely]] {
        reclaim_from(object, slot);  // USER CODE
        return;
    }
    free_simple(object, type);
}

// Reclaims an object whose count is about to become zero: it shows 1, or 0. What is not usual is
// left to other functions as the last step, so that the usual case saves no registers. USER CODE.
inline void reclaim_at_once(cairn_object* object) {
    // The last slots may lie in the next line of the cache: 7 % on deaths in random order.
    prefetch_to_write(reinterpret_cast<const std::byte*>(object) + 40);
    const cairn_type* type = object->type;
    if (!is_simple(object) || type->heap->reclaim.depth >= kDeepestNesting) [[unlikely]] {
        reclaim_with_care(object);  // USER CODE
        return;
    }
    drop_and_free(object);  // USER CODE
}

}  // namespace cairn

#endif
