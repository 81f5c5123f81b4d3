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

// Drops what a slot held. Returns the object if it is without references now and has more to do
// than be freed.
[[gnu::always_inline]] inline cairn_object* drop_one(cairn_heap* heap,
                                                     cairn_object* referent,
                                                     bool tagged) {
    if (!is_reference(referent, tagged)) {
        return nullptr;
    }
    check_alive(referent);
    if (drop_unless_last(referent)) {
        return nullptr;
    }
    referent->refcount = 0;
    if (!is_plain_leaf(referent)) {
        return referent;
    }
    give_back(heap, referent);
    return nullptr;
}

// Drops the slots that an object has inside from number `next` on, until that leaves an object
// which has more to do: that one is returned. nullptr at the end. Not inline, so that the teardown
// of simple objects keeps its registers.
[[gnu::noinline]] cairn_object* drop_slots_inside(cairn_heap* heap,
                                                  cairn_object* object,
                                                  size_t& next) {
    const Shape& shape = object->type->shape;
    const bool tagged = shape.tagged;
    size_t at = next;
    cairn_object* died = nullptr;
    walk_slots(object, shape, at, [&](cairn_object* const* slot, const cairn_edge&) {
        ++at;
        died = drop_one(heap, *slot, tagged);
        return died == nullptr;
    });
    next = at;
    return died;
}

// Where the records of an object with a buffer are, from reference number `from` on: all references
// of a record before those of the next.
struct RecordCursor {
    RecordCursor(const cairn_object* object, size_t from) {
        const Shape& shape = object->type->shape;
        const ArrayLayout& array = shape.array;
        count = record_count(object, array);
        slots = array.record_slots;
        // Nearly always there is one reference, or a key and a value: then without a division.
        done = slots <= 2 ? from >> (slots - 1) : from / slots;
        part = from - done * slots;
        if (done >= count) {
            return;
        }
        const size_t size = array.record_size / sizeof(void*);
        const size_t first = shape.backwards ? count - 1 - done : done;
        record = first_record(object, array) + first * size;
        step = shape.backwards ? -static_cast<ptrdiff_t>(size) : static_cast<ptrdiff_t>(size);
    }

    // Calls `drop(referent)` for one after the other until that returns true.
    template <typename F>
    [[gnu::always_inline]] inline void run(F drop) {
        for (; done < count; ++done, record += step) {
            while (part < slots) {
                if (drop(record[part++])) {
                    return;
                }
            }
            part = 0;
        }
    }

    [[nodiscard]] size_t number() const { return done * slots + part; }

    cairn_object** record = nullptr;
    ptrdiff_t step = 0;
    size_t count, slots, done, part;
};

// The same for the records of a child that may take nothing with it.
[[gnu::noinline]] cairn_object* drop_records(cairn_heap* heap, cairn_object* object, size_t& next) {
    const Shape& shape = object->type->shape;
    const bool tagged = shape.tagged;
    RecordCursor cursor(object, next - shape.slot_count);
    cairn_object* died = nullptr;
    cursor.run([&](cairn_object* referent) {
        died = drop_one(heap, referent, tagged);
        return died != nullptr;
    });
    next = shape.slot_count + cursor.number();
    return died;
}

// The same for the slots outside records.
[[gnu::always_inline]] inline cairn_object* drop_fixed(cairn_heap* heap,
                                                       cairn_object* object,
                                                       size_t& next) {
    const Shape& shape = object->type->shape;
    if (shape.slots == Slots::kArray) {
        // Nearly always they are empty.
        while (next < shape.slot_count && fixed_slots(object, shape)[next] == nullptr) {
            ++next;
        }
        if (next >= shape.slot_count) {
            return nullptr;
        }
    }
    return drop_slots_inside(heap, object, next);
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

// Leaves the teardown of an object for that of a child, which has begun its death.
inline void enter_child(Position& at, const Position& child) {
    *saved_next(at) = reinterpret_cast<cairn_object*>(at.next);
    child.object->flags |= kDying;
    set_dying_link(child.object, at.object);
    at = child;
}

// Begins the death of any other child. Not inline, so that the loop keeps its registers:
// 2 % of W7, 3 % of W9. USER CODE.
[[gnu::noinline]] bool begin_other(cairn_heap* heap, cairn_object* child) {
    return begin_death(heap, child);  // USER CODE
}

// Begins the death of a simple child. Mostly it takes nothing with it, and is freed without being
// entered; W7 takes 17 % more instructions if it is entered. Returns true if it was, and writes
// what dies next.
[[gnu::always_inline]] inline bool enter_simple(cairn_heap* heap,
                                                Position& at,
                                                cairn_object* child,
                                                cairn_object*& next) {
    Bin* bin = page_of(child)->bin;
    const SimpleSlots slots = slots_of_simple(child, bin);
    cairn_object* const* slot = drop_while_living(slots.first, slots.end);
    if (slot == slots.end) {
        finish_simple(heap, child, bin);
        return false;
    }
    untrack_simple(heap, child);
    enter_child(at, {child, 0, slots});
    next = drop_simple_slots(heap, at, slot);
    return true;
}

// Drops the references of an object that is not simple until another, a child, dies of that.
// nullptr when all are dropped. USER CODE.
inline cairn_object* child_of_other(cairn_heap* heap, Position& at) {
    if ((at.object->flags & kOpaque) != 0 && at.object->type->clear != nullptr) {
        clear_opaque(heap, at.object);  // USER CODE
        return nullptr;
    }
    size_t next = at.next;  // A copy, so that the position itself may stay in registers.
    cairn_object* child = drop_fixed(heap, at.object, next);
    if (child == nullptr && at.object->type->shape.slots == Slots::kArray) {
        child = drop_records(heap, at.object, next);
    }
    at.next = next;
    return child;
}

// Drops the records of `at.object`. What dies of that and takes nothing with it is freed at once,
// without being entered. Returns what dies next otherwise. USER CODE.
[[gnu::noinline]] cairn_object* drop_records_at(cairn_heap* heap, Position& at) {
    cairn_object* object = at.object;
    const Shape& shape = object->type->shape;
    const bool tagged = shape.tagged;
    RecordCursor cursor(object, at.next - shape.slot_count);
    cairn_object* next = nullptr;
    cursor.run([&](cairn_object* referent) {
        cairn_object* child = drop_one(heap, referent, tagged);
        if (child == nullptr) {
            return false;
        }
        at.next = shape.slot_count + cursor.number();
        if (is_simple(child)) {
            return enter_simple(heap, at, child, next);
        }
        if (!begin_other(heap, child)) {  // USER CODE
            return false;
        }
        Position inside = position_in(child, 0);
        next = child_of_other(heap, inside);  // USER CODE
        if (next == nullptr) {
            finish_death(heap, child);
            return false;
        }
        enter_child(at, inside);
        return true;
    });
    return next;
}

// Drops the references of the object until another, a child, dies of that and has to be entered or
// begun. nullptr when all are dropped. USER CODE.
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
    cairn_object* child = drop_fixed(heap, at.object, next);
    at.next = next;
    if (child == nullptr && at.object->type->shape.slots == Slots::kArray) {
        Position moved = at;
        child = drop_records_at(heap, moved);  // USER CODE
        at = moved;
    }
    return child;
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
            cairn_object* after = nullptr;
            const bool entered = enter_simple(heap, at, child, after);
            child = entered ? after : next_child(heap, at);  // USER CODE
        } else {
            if (begin_other(heap, child)) {  // USER CODE
                enter_child(at, position_in(child, 0));
            }
            child = next_child(heap, at);  // USER CODE
        }
    }
}

}  // namespace cairn
