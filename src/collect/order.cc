// SPDX-License-Identifier: MIT
#include "collect/order.h"

#include "collect/atomic.h"
#include "collect/ephemerons.h"
#include "object/walk.h"

namespace cairn {

void merge_younger_lists(CandidateSet& set, int generation) {
    OrderList* lists = set.heap->order.generations;
    for (int g = 0; g < generation; ++g) {
        lists[generation].take_all(lists[g]);
    }
    set.list = &lists[generation];
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

// Reachable ones stay, in the order of their visits; what is set aside and does not come back was
// reached from none.
void separate_unreachable_in_order(CandidateSet& set) {
    OrderList base;
    base.take_all(*set.list);
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
        survive(set, object);
        for_each_kept_alive(
            set.heap, object, [&base](cairn_object* referent) { visit_reachable(referent, base); });
        link = link->next;
    }
    for (OrderLink* link = aside.first(); link != aside.end(); link = link->next) {
        *side_of(link->object) = kUnreachable;
    }
    if (!set.is_partial) {
        untrack_atomic_in_order(set, base);
    }
    OrderState& order = set.heap->order;
    order.generations[set.target].take_all(base);
    order.unreachable.take_all(aside);
    set.list = &order.unreachable;
}

void spare_list(CandidateSet& set) {
    OrderList& survivors = set.heap->order.generations[set.target];
    if (set.list != &survivors) {
        survivors.take_all(*set.list);
    }
}

cairn_object* next_unreachable_in_order(cairn_heap* heap) {
    OrderState& order = heap->order;
    if (order.unreachable.is_empty()) {
        order.unreachable.take_all(order.seen);
        return nullptr;
    }
    cairn_object* object = order.unreachable.first()->object;
    order.seen.move_here(object);
    return object;
}

void freeze_lists(cairn_heap* heap) {
    for (OrderList& list : heap->order.generations) {
        heap->order.permanent.take_all(list);
    }
}

void unfreeze_lists(cairn_heap* heap) {
    heap->order.generations[2].take_all(heap->order.permanent);
}

}  // namespace cairn
