// SPDX-License-Identifier: MIT
// A piece of garbage too large for one slice: proof by sum, and freeing in slices.
//
// A set of objects is garbage if and only if the sum of their counts is the number of references
// from the set to itself: each count is at least the references from inside, so if the sums are
// equal each is. That takes one pass that writes nothing, in one piece, and a second that marks the
// objects as dying: a sixth of the time of trial deletion with its end. From then on nobody can
// reach them, not even an enumeration; they are taken apart in slices.
//
// Only garbage that dies silently and whose slots are known can go this way. The rest goes the
// usual one, in one slice.
#ifndef CAIRN_COLLECT_CYCLE_GIANT_H
#define CAIRN_COLLECT_CYCLE_GIANT_H

#include "collect/cycle/groups.h"

namespace cairn {

// Members that are proven garbage and dying: those from `place` to `end` in Groups::packed.
struct Giant {
    size_t place = 0;
    size_t end = 0;           // 0: there is none
    size_t next = 0;          // the member that is due
    size_t slot = 0;          // of that member
    bool is_freeing = false;  // all references are dropped
};

// Proves the group from `place` to `end`, and marks it as dying. False: it may be alive, or cannot
// go this way, and is as it was.
[[nodiscard]] bool doom(
    cairn_heap* heap, Giant& giant, const Groups& groups, size_t place, size_t end);

// Drops its references, then frees it. True when all is done. USER CODE.
bool free_some(cairn_heap* heap, Giant& giant, const Groups& groups, Budget& budget);

}  // namespace cairn

#endif
