// Untracking what can be part of no cycle, as CPython's untrack_tuples does.
//
// A program that keeps a million tuples of strings and numbers has each of them examined once or
// twice, and not by each full collection.
#include "collect/collection.h"
#include "heap/cells.h"
#include "heap/tracking.h"
#include "object/slots.h"

namespace cairn {

namespace {

bool may_be_atomic(const cairn_object* object) {
    return (object->type->flags & CAIRN_TYPE_UNTRACK_ATOMIC) != 0;
}

// A key of a weak-key map keeps its value alive, and so can be part of a cycle even if it is a
// leaf.
bool leads_to_values(const cairn_object* object) {
    return (object->flags & kIsEphemeronKey) != 0;
}

// Is a leaf, or was found to be atomic before. Other untracked objects may yet be tracked.
bool is_inert(const cairn_object* object) {
    if (leads_to_values(object)) {
        return false;
    }
    return (object->flags & kContainer) == 0 ||
           (may_be_atomic(object) && *side_of(object) == kUntracked && !is_immortal(object));
}

bool is_atomic(const cairn_object* object) {
    if (!may_be_atomic(object) || leads_to_values(object)) {
        return false;
    }
    const size_t total = slot_total(object);
    const bool tagged = object->type->tagged;
    for (size_t i = 0; i < total; ++i) {
        const cairn_object* value = *slot_at(object, i);
        if (value == nullptr || (is_reference(value, tagged) && !is_inert(value))) {
            return false;
        }
    }
    return true;
}

void untrack_if_atomic(Collection& c, cairn_object* object) {
    if (is_atomic(object)) {
        untrack(c.heap, object);
        ++c.untracked;
    }
}

}  // namespace

// Tuples are made after those that they hold, and so they are in the list.
void untrack_atomic_in_order(Collection& c, OrderList& survivors) {
    for (OrderLink* link = survivors.first(); link != survivors.end();) {
        cairn_object* object = link->object;
        link = link->next;
        untrack_if_atomic(c, object);
    }
}

// By address the outer one of two may be seen first; then it waits for the next collection.
void untrack_atomic(Collection& c) {
    if (c.heap->ordered) {
        return;  // That was done while the survivors were a list of their own.
    }
    const uint8_t target = side_of_generation(c.target);
    for_each_page(c.heap, examined_pages, [&c, target](Page* page) {
        if (page->bin != nullptr && !page->bin->shape.atomic) {
            return;
        }
        for_each_in(
            page, page->examined_blocks, only(target), [&c](cairn_object* object, uint8_t*) {
                untrack_if_atomic(c, object);
            });
    });
}

}  // namespace cairn
