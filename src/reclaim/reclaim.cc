#include "reclaim/reclaim.h"

#include <algorithm>

#include "finalize/deliver.h"
#include "finalize/queue.h"
#include "heap/allocate.h"
#include "heap/tracking.h"
#include "reclaim/clear_check.h"
#include "reclaim/simple_death.h"
#include "weakref/weakref.h"

namespace cairn {

namespace {

// A death that may run user code or lead to others: how deep they are nested, and how many
// references the clear function around it has released, are as before at its end.
class NestedDeath {
  public:
    explicit NestedDeath(ReclaimState& state) : state_(state), released_(state.released) {
        ++state_.depth;
    }
    ~NestedDeath() {
        --state_.depth;
        state_.released = released_;
    }
    NestedDeath(const NestedDeath&) = delete;
    NestedDeath& operator=(const NestedDeath&) = delete;

  private:
    ReclaimState& state_;
    RefTally released_;
};

// Takes a simple object out of its generation.
inline void untrack_simple(cairn_heap* heap, cairn_object* object) {
    uint8_t* side = side_of(object);
    forget_old(heap, *side);
    *side = kUntracked;
}

// Gives the cell of a simple object from `bin` back that is in no generation any more. A collection
// may have been since it was in one, and have taken the mark from its page.
inline void give_untracked(cairn_heap* heap, cairn_object* object, Bin* bin) {
    ++heap->freed[bin->holds_containers];
    bin->give_spare(object, !bin->holds_containers);
}

// Takes a dying object out of its generation. Was it in one?
bool untrack_dying(cairn_heap* heap, cairn_object* object) {
    const uint8_t side = *side_of(object);
    forget_old(heap, side);
    if (side != kUntracked) {
        untrack(heap, object);
    }
    return side != kUntracked;
}

// The object stays after all, with one reference, as the newest member of generation 0.
void stay_alive(cairn_heap* heap, cairn_object* object, bool was_tracked) {
    object->refcount = 1;
    if (was_tracked) {
        set_generation(heap, object, 0);
    }
}

// Lets an object with no references left finalize itself, alive and in generation 0 meanwhile as
// in CPython's subtype_dealloc. Does it stay dead?
bool finalize_at_death(cairn_heap* heap, cairn_object* object, bool was_tracked) {
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

// Somebody waits for an object with no references left: the finalizer queue, or, for a weak
// reference, its referent. Then it stays.
bool is_waited_for(cairn_heap* heap, cairn_object* object) {
    if ((object->flags & kIsBorrowed) != 0) {
        own_borrowed(heap, object);
        return true;
    }
    if ((object->flags & kIsWeakref) != 0 && waits_with_referent(as_weakref(object))) {
        as_weakref(object)->state |= kWaitsWithReferent;
        return true;
    }
    return false;
}

// A dying weak reference leaves its list, and its place in the finalizer queue.
inline void end_weakref(cairn_heap* heap, WeakrefObject* ref) {
    clear_weakref(heap, ref);
    if ((ref->state & kHasPlace) != 0) {
        release_place(heap);
    }
}

// Everything that comes before references are dropped. False: the object was resurrected.
bool begin_death(cairn_heap* heap, cairn_object* object) {
    const bool was_tracked = untrack_dying(heap, object);
    if (needs_finalizer(object) && !finalize_at_death(heap, object, was_tracked)) {
        return false;
    }
    if (is_waited_for(heap, object)) {
        stay_alive(heap, object, was_tracked);
        return false;
    }
    object->flags |= kDying;
    if ((object->flags & kHasWeakrefs) != 0) {
        deliver_weakrefs_at_death(heap, object);  // USER CODE
    }
    if ((object->flags & kIsWeakref) != 0) {
        end_weakref(heap, as_weakref(object));
    }
    return true;
}

// The last step of a teardown. Whole structures die so: no cell is worth being kept as the spare
// one.
inline void finish_death(cairn_heap* heap, cairn_object* object) {
    if (is_simple(object)) {
        CAIRN_ASSERT_INTERNAL(*side_of(object) == kUntracked);
        Bin* bin = page_of(object)->bin;
        ++heap->freed[bin->holds_containers];
        bin->give(object);
        return;
    }
    if ((object->flags & kHasDealloc) != 0) {
        object->type->dealloc(object);
    }
    free_object(heap, object);
}

// Drops what is in `slots[next]` .. `slots[count - 1]`, until one of them leaves an object without
// references that has more to do than be freed: that one is returned. nullptr at the end.
inline cairn_object* drop_slots(
    cairn_heap* heap, cairn_object* const* slots, size_t count, bool tagged, size_t& next) {
    while (next < count) {
        cairn_object* referent = slots[next++];
        if (!is_reference(referent, tagged)) {
            continue;
        }
        check_alive(referent);
        if (!drop_unless_last(referent)) {
            referent->refcount = 0;
            if (!is_plain_leaf(referent)) {
                return referent;
            }
            free_object(heap, referent);
        }
    }
    return nullptr;
}

// The same for all slots of an object, fixed ones first, from slot `next` on.
inline cairn_object* drop_until_death(cairn_heap* heap, cairn_object* object, size_t& next) {
    const cairn_type* type = object->type;
    const size_t fixed = type->slot_count;
    if (next < fixed) {
        cairn_object* died = drop_slots(heap, fixed_slots(object), fixed, type->tagged, next);
        if (died != nullptr) {
            return died;
        }
    }
    if (type->items_offset == 0) {
        return nullptr;
    }
    size_t item = next - fixed;
    cairn_object* died =
        drop_slots(heap, item_slots(object), item_count(object), type->tagged, item);
    next = fixed + item;
    return died;
}

// What was put aside dies when the outermost death is done. USER CODE.
void reclaim_deferred(cairn_heap* heap);

// Drops the references of a dying object from slot `next` on. Returns what died of that, if there
// is more to do for it than to free it; nullptr when all are dropped.
cairn_object* next_death(cairn_heap* heap, cairn_object* dying, size_t& next) {
    if ((dying->flags & kOpaque) != 0) {
        clear_opaque(heap, dying);  // USER CODE
        return nullptr;
    }
    return drop_until_death(heap, dying, next);
}

// Where a teardown is: `object` is dying, and its slots from `next` on are still to be dropped.
struct Position {
    cairn_object* object;
    size_t next;
    SimpleSlots slots;  // of a simple object

    Position(cairn_object* dying, size_t next_slot) : object(dying), next(next_slot), slots{} {
        if (is_simple(dying)) {
            slots = slots_of_simple(dying, page_of(dying)->bin);
        }
    }
};

// Where the next slot is kept while a child of the object is torn down.
inline cairn_object** saved_next(const Position& at) {
    return is_simple(at.object) ? const_cast<cairn_object**>(at.slots.first)
                                : slot_at(at.object, 0);
}

// Drops `slot`, which holds the last reference to its referent, and what follows it until there is
// one that has more to do than be freed. Returns that one; nullptr at the end.
inline cairn_object* drop_last(cairn_heap* heap, Position& at, cairn_object* const* slot) {
    while (slot != at.slots.end) {
        cairn_object* referent = *slot++;
        referent->refcount = 0;
        if (!is_plain_leaf(referent)) {
            at.next = static_cast<size_t>(slot - at.slots.first);
            return referent;
        }
        free_object(heap, referent);
        slot = drop_while_living(slot, at.slots.end);
    }
    return nullptr;
}

// Goes on with a teardown until another object dies of it. nullptr when all slots are dropped.
inline cairn_object* go_on(cairn_heap* heap, Position& at) {
    if (!is_simple(at.object)) {
        size_t next = at.next;  // A copy, so that the position itself may stay in registers.
        cairn_object* died = next_death(heap, at.object, next);  // USER CODE
        at.next = next;
        return died;
    }
    return drop_last(heap, at, drop_while_living(at.slots.first + at.next, at.slots.end));
}

// Leaves the teardown of an object for that of `child`, which died of it.
inline void enter_child(Position& at, const Position& child) {
    *saved_next(at) = reinterpret_cast<cairn_object*>(at.next);
    child.object->flags |= kDying;
    set_dying_link(child.object, at.object);
    at = child;
}

// Frees the object, all of whose slots are dropped, and returns to the teardown that it came from.
inline void leave_child(cairn_heap* heap, Position& at) {
    cairn_object* done = at.object;
    cairn_object* parent = dying_link(done);
    finish_death(heap, done);
    at = Position(parent, 0);
    at.next = reinterpret_cast<size_t>(*saved_next(at));
}

// A simple object that died of a teardown, and that mostly takes nothing with it: then it is freed.
// Otherwise its own teardown begins. Returns what dies next.
inline cairn_object* tear_down_simple(cairn_heap* heap, Position& at, cairn_object* object) {
    Bin* bin = page_of(object)->bin;
    const SimpleSlots slots = slots_of_simple(object, bin);
    cairn_object* const* slot = drop_while_living(slots.first, slots.end);
    if (slot == slots.end) {
        free_simple(heap, object, bin);
        return go_on(heap, at);  // USER CODE
    }
    untrack_simple(heap, object);
    enter_child(at, Position(object, 0));
    return drop_last(heap, at, slot);
}

// Tears down what dies with `root`, which has begun its death and dropped its slots before `next`:
// `child` died of that.
void tear_down_children(cairn_heap* heap, cairn_object* root, size_t next, cairn_object* child) {
    Position at(root, next);
    for (;;) {
        if (child == nullptr) {
            if (at.object == root) {
                return;
            }
            leave_child(heap, at);
            child = go_on(heap, at);  // USER CODE
        } else if (is_simple(child)) {
            child = tear_down_simple(heap, at, child);  // USER CODE
        } else {
            if (begin_death(heap, child)) {  // USER CODE
                enter_child(at, Position(child, 0));
            }
            child = go_on(heap, at);  // USER CODE
        }
    }
}

// Tears down a tree of objects that die with `root`, which has begun its death.
void tear_down(cairn_heap* heap, cairn_object* root) {
    set_dying_link(root, nullptr);
    size_t next = 0;
    cairn_object* child = next_death(heap, root, next);  // USER CODE
    if (child != nullptr) {
        tear_down_children(heap, root, next, child);  // USER CODE
    }
    finish_death(heap, root);
}

void reclaim_now(cairn_heap* heap, cairn_object* object) {
    const NestedDeath nested(heap->reclaim);
    if (begin_death(heap, object)) {  // USER CODE
        tear_down(heap, object);      // USER CODE
    }
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

void reclaim_deferred(cairn_heap* heap) {
    while (heap->reclaim.depth == 0 && heap->reclaim.deferred != nullptr) {
        reclaim_now(heap, take_deferred(heap));  // USER CODE
    }
}

}  // namespace

void reclaim_from(cairn_object* object, cairn_object* const* slot) {
    cairn_heap* heap = heap_of(object);
    const Bin* bin = page_of(object)->bin;
    cairn_object* const* first = slots_of_simple(object, bin).first;
    if (heap->reclaim.depth >= kDeepestNesting) {
        std::fill_n(fixed_slots(object), slot - first, nullptr);
        put_aside(heap, object);
        return;
    }
    untrack_simple(heap, object);
    auto next = static_cast<size_t>(slot - first);
    cairn_object* child = drop_until_death(heap, object, next);
    if (child != nullptr) {
        object->flags |= kDying;
        set_dying_link(object, nullptr);
        {
            const NestedDeath nested(heap->reclaim);
            tear_down_children(heap, object, next, child);  // USER CODE
        }
        reclaim_deferred(heap);  // USER CODE
    }
    free_object(heap, object);
}

namespace {

// An object with a simple layout that is plain but for having weak references dies without the
// general machinery. One with a reference that calls back takes 19 ns so, instead of 33.
void reclaim_referenced(cairn_heap* heap, cairn_object* object) {
    Bin* bin = page_of(object)->bin;
    untrack_simple(heap, object);
    object->flags |= kDying;
    {
        const NestedDeath nested(heap->reclaim);
        deliver_weakrefs_at_death(heap, object);  // USER CODE
    }
    const SimpleSlots slots = slots_of_simple(object, bin);
    cairn_object* const* slot = drop_while_living(slots.first, slots.end);
    if (slot == slots.end) {
        give_untracked(heap, object, bin);
    } else {
        reclaim_from(object, slot);  // USER CODE
    }
    reclaim_deferred(heap);  // USER CODE
}

// The same for a weak reference.
void reclaim_weakref(cairn_heap* heap, cairn_object* object) {
    if (is_waited_for(heap, object)) {
        object->refcount = 1;
        return;
    }
    end_weakref(heap, as_weakref(object));
    drop_and_free(object);  // USER CODE
}

// Not inline, so that the usual case keeps no registers for it. USER CODE.
[[gnu::noinline]] void reclaim_by_kind(cairn_heap* heap, cairn_object* object) {
    object->refcount = 0;
    if (heap->reclaim.depth >= kDeepestNesting) {
        put_aside(heap, object);
        return;
    }
    const uint32_t more = object->flags & kDeathIsNotSimple;
    if (more == kIsWeakref) {
        reclaim_weakref(heap, object);  // USER CODE
    } else if (more == kHasWeakrefs) {
        reclaim_referenced(heap, object);  // USER CODE
    } else {
        reclaim_now(heap, object);  // USER CODE
        reclaim_deferred(heap);     // USER CODE
    }
}

}  // namespace

void reclaim_with_care(cairn_object* object) {
    cairn_heap* heap = heap_of(object);
    if (is_plain_leaf(object)) {
        object->refcount = 0;
        free_object(heap, object);
    } else if ((object->flags & kDeathIsNotSimple) == kIsWeakref &&
               forget_only_weakref(heap, as_weakref(object))) {
        drop_and_free(object);  // USER CODE
    } else {
        reclaim_by_kind(heap, object);  // USER CODE
    }
}

void give_simple(cairn_object* object) {
    cairn_heap* heap = heap_of(object);
    Bin* bin = page_of(object)->bin;
    untrack_simple(heap, object);
    give_untracked(heap, object, bin);
}

void drop_references(cairn_object* object) {
    const cairn_type* type = object->type;
    if (type->clear != nullptr) {
        clear_opaque(heap_of(object), object);  // USER CODE
        return;
    }
    const bool tagged = type->tagged;
    const size_t total = slot_total(object);
    for (size_t i = 0; i < total; ++i) {
        cairn_object** slot = slot_at(object, i);
        if (is_reference(*slot, tagged)) {
            clear_slot(slot);  // USER CODE
        }
    }
}

}  // namespace cairn
