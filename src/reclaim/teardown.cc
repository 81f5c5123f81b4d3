// SPDX-License-Identifier: MIT
// What recursion would keep on the C stack is kept in the dying objects: their header links to the
// object whose slot they were in, and their first slot, emptied first, holds the index of the next
// slot to drop. An object with a buffer has that in the buffer's capacity.
#include "reclaim/teardown.h"

#include "heap/buffer.h"
#include "reclaim/clear_check.h"
#include "reclaim/death.h"
#include "reclaim/simple_death.h"

namespace cairn {

namespace {

// Where a teardown is: `object` is dying, and its slots from `next` on are still to be dropped.
struct Position {
    cairn_object* object;
    size_t next;
    SimpleSlots slots;  // if the rest is simple
};

inline Position position_in(cairn_object* object, size_t next) {
    if (!is_simple(object)) {
        return {object, next, {}};
    }
    return {object, next, slots_of_simple(object, page_of(object)->bin)};
}

// Where the next slot is kept while a child of the object is torn down.
inline cairn_object** saved_next(const Position& at) {
    if (is_simple(at.object)) {
        return const_cast<cairn_object**>(at.slots.first);
    }
    const cairn_type* type = at.object->type;
    if (type->shape.slots == Slots::kArray) {
        return reinterpret_cast<cairn_object**>(&buffer_of(at.object, type)->capacity);
    }
    return type->shape.slot_count != 0 ? fixed_slots(at.object, type->shape)
                                       : item_slots(at.object, type->shape);
}

// Drops the slots of an object from number `next` on, until one of them leaves an object without
// references that has more to do than be freed: that one is returned. nullptr at the end. Not
// inline, so that the teardown of simple objects keeps its registers.
[[gnu::noinline]] cairn_object* drop_all_slots(cairn_heap* heap,
                                               cairn_object* object,
                                               size_t& next) {
    const Shape& shape = object->type->shape;
    const bool tagged = shape.tagged;
    size_t at = next;
    cairn_object* died = nullptr;
    const auto drop = [&](cairn_object* const* slot, const cairn_edge&) {
        cairn_object* referent = *slot;
        ++at;
        if (!is_reference(referent, tagged)) {
            return true;
        }
        check_alive(referent);
        if (drop_unless_last(referent)) {
            return true;
        }
        referent->refcount = 0;
        if (!is_plain_leaf(referent)) {
            died = referent;
            return false;
        }
        give_back(heap, referent);
        return true;
    };
    if (walk_slots(object, shape, at, drop) && shape.slots == Slots::kArray) {
        walk_records(object, shape, at - shape.slot_count, drop);
    }
    next = at;
    return died;
}

// The same for a simple object from `slot` on, which holds the last reference to its referent.
[[gnu::always_inline]] inline cairn_object* drop_simple_slots(cairn_heap* heap,
                                                              Position& at,
                                                              cairn_object* const* slot) {
    while (slot != at.slots.end) {
        cairn_object* referent = *slot++;
        referent->refcount = 0;
        if (!is_plain_leaf(referent)) {
            at.next = static_cast<size_t>(slot - at.slots.first);
            return referent;
        }
        give_back(heap, referent);
        slot = drop_while_living(slot, at.slots.end);
    }
    return nullptr;
}

// Drops the references of the object until another, a child, dies of that. nullptr when all are
// dropped. USER CODE.
[[gnu::always_inline]] inline cairn_object* next_child(cairn_heap* heap, Position& at) {
    if (is_simple(at.object)) {
        return drop_simple_slots(
            heap, at, drop_while_living(at.slots.first + at.next, at.slots.end));
    }
    if ((at.object->flags & kOpaque) != 0 && at.object->type->clear != nullptr) {
        clear_opaque(heap, at.object);  // USER CODE
        return nullptr;
    }
    size_t next = at.next;  // A copy, so that the position itself may stay in registers.
    cairn_object* child = drop_all_slots(heap, at.object, next);
    at.next = next;
    return child;
}

// Leaves the teardown of an object for that of a child, which has begun its death.
inline void enter_child(Position& at, const Position& child) {
    *saved_next(at) = reinterpret_cast<cairn_object*>(at.next);
    child.object->flags |= kDying;
    set_dying_link(child.object, at.object);
    at = child;
}

// Begins the death of a simple child. Mostly it takes nothing with it, and is freed without being
// entered; W7 takes 17 % more instructions if it is entered. Returns what dies next. USER CODE.
inline cairn_object* begin_simple(cairn_heap* heap, Position& at, cairn_object* child) {
    Bin* bin = page_of(child)->bin;
    const SimpleSlots slots = slots_of_simple(child, bin);
    cairn_object* const* slot = drop_while_living(slots.first, slots.end);
    if (slot == slots.end) {
        finish_simple(heap, child, bin);
        return next_child(heap, at);  // USER CODE
    }
    untrack_simple(heap, child);
    enter_child(at, {child, 0, slots});
    return drop_simple_slots(heap, at, slot);
}

// The same for any other child. Not inline, so that the loop keeps its registers:
// 2 % of W7, 3 % of W9. USER CODE.
[[gnu::noinline]] bool begin_other(cairn_heap* heap, cairn_object* child) {
    return begin_death(heap, child);  // USER CODE
}

// Finishes the death of the object, all of whose references are dropped, and goes back to the
// teardown that it came from.
inline void leave_child(cairn_heap* heap, Position& at) {
    cairn_object* done = at.object;
    cairn_object* parent = dying_link(done);
    if (is_simple(done)) {
        // W9, a chain that dies, takes 8 % more instructions with finish_death().
        give_back_simple(heap, done, page_of(done)->bin);
    } else {
        finish_death(heap, done);
    }
    at = position_in(parent, 0);
    at.next = reinterpret_cast<size_t>(*saved_next(at));
}

}  // namespace

void tear_down(cairn_heap* heap, cairn_object* root, size_t next) {
    root->flags |= kDying;
    set_dying_link(root, nullptr);
    Position at = position_in(root, next);
    cairn_object* child = next_child(heap, at);  // USER CODE
    for (;;) {
        if (child == nullptr) {
            if (at.object == root) {
                finish_death(heap, root);
                return;
            }
            leave_child(heap, at);
            child = next_child(heap, at);  // USER CODE
        } else if (is_simple(child)) {
            child = begin_simple(heap, at, child);  // USER CODE
        } else {
            if (begin_other(heap, child)) {  // USER CODE
                enter_child(at, position_in(child, 0));
            }
            child = next_child(heap, at);  // USER CODE
        }
    }
}

}  // namespace cairn
