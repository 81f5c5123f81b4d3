// SPDX-License-Identifier: MIT
// Garbage that reachable weak-key maps keep.
#ifndef CAIRN_COLLECT_KEPT_VALUES_H
#define CAIRN_COLLECT_KEPT_VALUES_H

#include "collect/candidates.h"

namespace cairn {

// A value dies with its key, and a weak reference that it holds is garbage like the key. But the
// host holds the map: until the entry goes the value is no trash, and its references call back, as
// they do where the key dies by its count. Marks the references to unreachable objects that values
// of reachable maps hold, directly or through others (kKeptByMap); clearing takes the mark back.
void mark_references_kept_by_maps(CandidateSet& set);

}  // namespace cairn

#endif
