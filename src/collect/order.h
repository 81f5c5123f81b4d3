// SPDX-License-Identifier: MIT
// All that a collection does differently in a heap with CAIRN_HEAP_CPYTHON_ORDER: its generations,
// and what it finds unreachable, are lists as well, rearranged as CPython 3.11 does it
// (Modules/gcmodule.c). The lists themselves: object/order.h.
#ifndef CAIRN_COLLECT_ORDER_H
#define CAIRN_COLLECT_ORDER_H

#include "collect/candidates.h"

namespace cairn {

// The list of the generation takes in those of the younger ones, and is the set's (gc_list_merge).
void merge_younger_lists(CandidateSet& set, int generation);

// separate_unreachable(), in the order of the set's list, which is that of what is unreachable from
// then on (move_unreachable). Atomic survivors are untracked after a first proof.
void separate_unreachable_in_order(CandidateSet& set);

// Every member has survived.
void spare_list(CandidateSet& set);

// The first of what is unreachable that was not met, or nullptr: then all of it may be met again.
// Whatever happens to the lists meanwhile, nothing is met twice (finalize_garbage).
cairn_object* next_unreachable_in_order(cairn_heap* heap);

// The permanent generation takes in the others, or the oldest one takes it in.
void freeze_lists(cairn_heap* heap);
void unfreeze_lists(cairn_heap* heap);

}  // namespace cairn

#endif
