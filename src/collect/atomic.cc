// SPDX-License-Identifier: MIT
#include "collect/atomic.h"

#include "heap/cells.h"
#include "heap/tracking.h"
#include "object/walk.h"

namespace cairn {

namespace {

bool may_be_atomic(const cairn_object* object) {
    return (object->type->flags & CAIRN_TYPE_UNTRACK_ATOMIC) != 0;
}

class AtomicSearch {
  public:
    explicit AtomicSearch(CandidateSet& set) : set_(set), has_keys_(set.heap->weak_key_maps != 0) {}

    void untrack_if_atomic(cairn_object* object) {
        if (is_atomic(object)) {
            untrack(set_.heap, object);
            ++set_.untracked;
        }
    }

  private:
    // A key of a weak-key map keeps its value alive, and so can be part of a cycle even if it is a
    // leaf.
    [[nodiscard]] bool leads_to_values(const cairn_object* object) const {
        return has_keys_ && (object->flags & kIsEphemeronKey) != 0;
    }

    // Is a leaf, or was found to be atomic before. Other untracked objects may yet be tracked. A
    // leaf, which lies anywhere, is not looked at: its page says what it is.
    [[nodiscard]] bool is_inert(const cairn_object* object) const {
        if (page_of(object)->is_leaf) {
            return !leads_to_values(object);
        }
        return *side_of(object) == kUntracked && may_be_atomic(object) && !is_immortal(object) &&
               !leads_to_values(object);
    }

    [[nodiscard]] bool is_atomic(const cairn_object* object) const {
        if (!may_be_atomic(object) || leads_to_values(object)) {
            return false;
        }
        const Shape& shape = object->type->shape;
        return walk_slots(object, shape, 0, [&](cairn_object* const* slot, const cairn_edge&) {
            return *slot != nullptr && (!is_reference(*slot, shape.tagged) || is_inert(*slot));
        });
    }

    CandidateSet& set_;
    bool has_keys_;
};

}  // namespace

// Tuples are made after those that they hold, and so they are in the list.
void untrack_atomic_in_order(CandidateSet& set, OrderList& survivors) {
    AtomicSearch search(set);
    for (OrderLink* link = survivors.first(); link != survivors.end();) {
        cairn_object* object = link->object;
        link = link->next;
        search.untrack_if_atomic(object);
    }
}

// By address the outer one of two may be seen first; then it waits for the next collection.
void untrack_atomic(CandidateSet& set) {
    const uint8_t target = side_of_generation(set.target);
    AtomicSearch search(set);
    for_each_examined(set.heap, [&search, target](Page* page) {
        if (page->bin != nullptr && !shape_of(page->bin).atomic) {
            return;
        }
        for_each_in(
            page, page->examined_blocks, only(target), [&search](cairn_object* object, uint8_t*) {
                search.untrack_if_atomic(object);
            });
    });
}

}  // namespace cairn
