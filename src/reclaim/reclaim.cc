// SPDX-License-Identifier: MIT
#include "reclaim/reclaim.h"

#include <algorithm>

#include "heap/buffer.h"
#include "reclaim/clear_check.h"
#include "reclaim/death.h"
#include "reclaim/simple_death.h"
#include "reclaim/teardown.h"

namespace cairn {

namespace {

// A death that may run user code or lead to others: how deep they are nested, and how many
// references the clear function around it has released, are as before at its end.
class NestedDeath {
  public:
    explicit NestedDeath(ReclaimState& state) : state_(state) { ++state_.depth; }
    ~NestedDeath() {
        --state_.depth;
#if CAIRN_CHECK_LEVEL >= 1
        state_.released = released_;
#endif
    }
    NestedDeath(const NestedDeath&) = delete;
    NestedDeath& operator=(const NestedDeath&) = delete;

  private:
    ReclaimState& state_;
#if CAIRN_CHECK_LEVEL >= 1
    RefTally released_ = state_.released;
#endif
};

void put_aside(cairn_heap* heap, cairn_object* object) {
    const bool was_tracked = untrack_dying(heap, object);
    object->flags |= kDying | (was_tracked ? kWasTracked : 0U);
    set_dying_link(object, heap->reclaim.deferred);
    heap->reclaim.deferred = object;
}

// Has the outermost death ended, with some put aside?
inline bool some_are_due(const cairn_heap* heap) {
    return heap->reclaim.depth == 0 && heap->reclaim.deferred != nullptr;
}

// The newest death that was put aside, as it was before.
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

// Drop and finish: the rest of a death that has begun. An object that is simple by now mostly takes
// nothing with it; by tear_down() a death with a callback takes 24 % more instructions. USER CODE.
inline void end_death(cairn_heap* heap, cairn_object* object) {
    size_t next = 0;
    if (is_simple(object)) {
        Bin* bin = page_of(object)->bin;
        const SimpleSlots slots = slots_of_simple(object, bin);
        cairn_object* const* slot = drop_while_living(slots.first, slots.end);
        if (slot == slots.end) {
            give_back_simple(heap, object, bin);
            return;
        }
        next = static_cast<size_t>(slot - slots.first);
    }
    tear_down(heap, object, next);  // USER CODE
}

// Reclaims any object, then, if its death is the outermost one, what was put aside meanwhile. Not
// inline, so that the shorter ways keep no registers for it. USER CODE.
[[gnu::noinline]] void reclaim_in_full(cairn_heap* heap, cairn_object* object) {
    object->refcount = 0;
    if (heap->reclaim.depth >= kDeepestNesting) {
        if (!needs_finalizer(object) && is_waited_for(heap, object)) {
            object->refcount = 1;  // What it waits for may come before the outermost death ends.
        } else {
            put_aside(heap, object);
        }
        return;
    }
    for (;;) {
        {
            const NestedDeath nested(heap->reclaim);
            if (begin_death(heap, object)) {  // USER CODE
                end_death(heap, object);      // USER CODE
            }
        }
        if (!some_are_due(heap)) {
            return;
        }
        object = take_deferred(heap);
    }
}

}  // namespace

void reclaim_from(cairn_object* object, cairn_object* const* slot) {
    cairn_heap* heap = heap_of(object);
    cairn_object* const* first = slots_of_simple(object, page_of(object)->bin).first;
    if (heap->reclaim.depth >= kDeepestNesting) {
        std::fill_n(const_cast<cairn_object**>(first), slot - first, nullptr);
        put_aside(heap, object);
        return;
    }
    untrack_simple(heap, object);
    {
        const NestedDeath nested(heap->reclaim);
        tear_down(heap, object, static_cast<size_t>(slot - first));  // USER CODE
    }
    if (some_are_due(heap)) {
        reclaim_in_full(heap, take_deferred(heap));  // USER CODE
    }
}

void reclaim_with_care(cairn_object* object) {
    cairn_heap* heap = heap_of(object);
    if (is_plain_leaf(object)) {
        give_back(heap, object);
    } else if ((object->flags & kDeathIsNotSimple) == kIsWeakref &&
               forget_only_weakref(heap, as_weakref(object))) {
        drop_and_finish(object);  // USER CODE
    } else {
        reclaim_in_full(heap, object);  // USER CODE
    }
}

void drop_references(cairn_object* object) {
    const cairn_type* type = object->type;
    if (type->clear != nullptr) {
        clear_opaque(heap_of(object), object);  // USER CODE
        return;
    }
    const bool tagged = type->shape.tagged;
    walk_slots(object, type->shape, 0, [tagged](cairn_object** slot, const cairn_edge&) {
        if (is_reference(*slot, tagged)) {
            clear_slot(slot);  // USER CODE
        }
    });
    if (type->shape.slots == Slots::kArray) {
        clear_buffer(heap_of(object), object);  // USER CODE
    }
}

}  // namespace cairn
