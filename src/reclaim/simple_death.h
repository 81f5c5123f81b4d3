// SPDX-License-Identifier: MIT
// The death of a simple object: plain, of a small fixed-size type, with a few untagged slots, as
// nearly every object is. Nobody can watch it, and it makes no call unless another dies with it.
//
// What there is to know is asked of the page, which the address leads to, not of the type, which
// lies behind the object. Of objects that die in random order, each in a line of memory that is in
// no cache, the processor can begin with several at a time only as long as no store waits for such
// a line to know where it goes: a death takes half the time so.
//
// The steps of death.h, in line: drop; untracked, since nobody can tell that this comes after the
// drops; the cell goes back.
#ifndef CAIRN_RECLAIM_SIMPLE_DEATH_H
#define CAIRN_RECLAIM_SIMPLE_DEATH_H

#include "base/prefetch.h"
#include "heap/give_back.h"
#include "heap/tracking.h"
#include "object/misuse.h"
#include "object/walk.h"
#include "reclaim/reclaim.h"

namespace cairn {

inline bool is_simple(const cairn_object* object) {
    return (object->flags & kDeathIsNotSimple) == 0;
}

// Are the `count` slots before `end` known to be empty, without a loop or a branch for each? Many
// short-lived objects have empty slots only; without this W1 takes 9 % more instructions.
inline bool are_empty(cairn_object* const* end, uint32_t count) {
    uintptr_t any = 0;
    switch (count) {
        case 4:
            any |= reinterpret_cast<uintptr_t>(end[-4]);
            [[fallthrough]];
        case 3:
            any |= reinterpret_cast<uintptr_t>(end[-3]);
            [[fallthrough]];
        case 2:
            any |= reinterpret_cast<uintptr_t>(end[-2]);
            [[fallthrough]];
        case 1:
            any |= reinterpret_cast<uintptr_t>(end[-1]);
            [[fallthrough]];
        case 0:
            return any == 0;
        default:
            return false;
    }
}

// Drops slots as long as nothing dies of that. Returns the first that it did not drop, or `end`.
// A loop of its own and not the walk of object/walk.h: it ends at a slot and goes on from one by
// address, without a shape at hand, and nearly every death passes here.
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

struct SimpleSlots {
    cairn_object* const* first;
    cairn_object* const* end;
};

// The slots of a simple object from `bin`.
inline SimpleSlots slots_of_simple(const cairn_object* object, const Bin* bin) {
    const Shape& shape = shape_of(bin);
    cairn_object* const* first = fixed_slots(object, shape);
    return {first, first + shape.slot_count};
}

// Takes a simple object, which is in no list, out of its generation.
inline void untrack_simple(cairn_heap* heap, cairn_object* object) {
    CAIRN_ASSERT_INTERNAL(!heap->ordered);
    if (heap->ordered) {
        __builtin_unreachable();
    }
    untrack_dying(heap, object);
}

// Gives back the cell of one that is in no generation any more, without looking at the object.
inline void give_back_simple(cairn_heap* heap, cairn_object* object, Bin* bin) {
    give_back_to(heap, bin, object, bin->holds_containers, !bin->holds_containers);
}

// The last step for one that is not young. Not inline, so that the usual case saves no registers.
[[gnu::noinline]] inline void finish_old(cairn_heap* heap, cairn_object* object, Bin* bin) {
    untrack_simple(heap, object);
    give_back_simple(heap, object, bin);
}

// The last step: out of its generation, and the cell goes back. That of a young one is on a page
// that is marked as young, and that of a leaf needs no mark. With these two asked for first W1
// takes a tenth fewer instructions.
[[gnu::always_inline]] inline void finish_simple(cairn_heap* heap, cairn_object* object, Bin* bin) {
    const uint8_t side = *side_of(object);
    if (side == kYoung) [[likely]] {
        untrack_simple(heap, object);
        give_back_to(heap, bin, object, true, true);
    } else if (side == kUntracked && !bin->holds_containers) {
        give_back_to(heap, bin, object, false, true);
    } else {
        finish_old(heap, object, bin);
    }
}

// Drop and finish, for an object with the layout of a simple one. USER CODE.
[[gnu::always_inline]] inline void drop_and_finish(cairn_object* object) {
    Bin* bin = page_of(object)->bin;
    const SimpleSlots slots = slots_of_simple(object, bin);
    if (!are_empty(slots.end, shape_of(bin).slot_count)) {
        cairn_object* const* slot = drop_while_living(slots.first, slots.end);
        if (slot != slots.end) [[unlikely]] {
            reclaim_from(object, slot);  // USER CODE
            return;
        }
    }
    finish_simple(heap_of(object), object, bin);
}

// Reclaims an object whose count is about to become zero: it shows 1, or 0. What is not usual is
// left to other functions as the last step, so that the usual case saves no registers. USER CODE.
[[gnu::always_inline]] inline void reclaim(cairn_object* object) {
    // The last slots may lie in the next line of the cache: 4 % on deaths in random order.
    prefetch_to_write(reinterpret_cast<const std::byte*>(object) + 40);
    if (!is_simple(object)) [[unlikely]] {
        reclaim_with_care(object);  // USER CODE
        return;
    }
    drop_and_finish(object);  // USER CODE
}

}  // namespace cairn

#endif
