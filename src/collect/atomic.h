// SPDX-License-Identifier: MIT
// Untracking what can be part of no cycle, as CPython's untrack_tuples does.
//
// A program that keeps a million tuples of strings and numbers has each of them examined once or
// twice, and not by each full collection.
#ifndef CAIRN_COLLECT_ATOMIC_H
#define CAIRN_COLLECT_ATOMIC_H

#include "collect/candidates.h"

namespace cairn {

// Survivors of a first proof that can be part of no cycle, now or later, are untracked, if their
// type wants it.
void untrack_atomic(CandidateSet& set);

// The same for the survivors in a list.
void untrack_atomic_in_order(CandidateSet& set, OrderList& survivors);

}  // namespace cairn

#endif
