// SPDX-License-Identifier: MIT
// The phases of a collection whose order can be seen, done as CPython 3.11 does them
// (Modules/gcmodule.c: gc_list_merge, move_unreachable, visit_reachable).
#include "collect/collection.h"
#include "collect/ephemerons.h"
#include "object/walk.h"

namespace cairn {

void merge_younger_lists(Collection& c) {
    OrderList* lists = c.heap->order.generations;
    for (int g = 0; g < c.generation; ++g) {
        lists[c.generation].take_all(lists[g]);
    }
}

namespace {

// A reachable object refers to this one. If it was set aside already, it goes to the end of the
// list, to be visited in its turn.
void visit_reachable(cairn_object* referent, OrderList& base) {
    uint8_t* side = side_of(referent);
    if (*side == kTentative) {
        base.move_here(referent);
        *side = UINT8_MAX;
    } else if (*side == kUnreachable) {
        *side = UINT8_MAX;
    }
}

}  // namespace

// Walks `base`, which holds exactly the candidates. Reachable ones stay, in the order of their
// visits; what is left in the `unreachable` list of the heap was reached from none.
void separate_unreachable_in_order(Collection& c, OrderList& base) {
    OrderList aside;
    for (OrderLink* link = base.first(); link != base.end();) {
        cairn_object* object = link->object;
        uint8_t* side = side_of(object);
        if (*side == kUnreachable) {
            link = link->next;
            aside.move_here(object);
            *side = kTentative;
            continue;
        }
        survive(c, object);
        for_each_kept_alive(
            c.heap, object, [&base](cairn_object* referent) { visit_reachable(referent, base); });
        link = link->next;
    }
    for (OrderLink* link = aside.first(); link != aside.end(); link = link->next) {
        *side_of(link->object) = kUnreachable;
    }
    if (!c.is_rescue) {
        untrack_atomic_in_order(c, base);
    }
    OrderState& order = c.heap->order;
    if (&base != &order.generations[c.target]) {
        order.generations[c.target].take_all(base);
    }
    order.unreachable.take_all(aside);
}

}  // namespace cairn
