// SPDX-License-Identifier: MIT
// A piece of garbage too large for one slice: proved by sum and freed, in slices.
//
// A set of objects is garbage if and only if the sum of their counts is the number of references
// from the set to itself: each count is at least the references from inside, so if the sums are
// equal each is. The sums are taken in slices, while the program runs, and with them a hash of the
// counts and references that were seen. Then one pass, in one piece and in the order of memory,
// hashes them again: if nothing has changed the sums hold now. It looks at no referent, and marks
// the members as dying on its way, so that nobody can reach them, not even an enumeration. The rest
// comes in slices again.
//
// Only garbage that dies silently and whose slots are known can go this way. The rest goes the
// usual one, in one slice.
#ifndef CAIRN_COLLECT_CYCLE_GIANT_H
#define CAIRN_COLLECT_CYCLE_GIANT_H

#include "collect/cycle/groups.h"

namespace cairn {

enum class GiantStage : uint8_t {
    kMark,   // its members are told apart from all other objects
    kSum,    // sums and hash
    kProve,  // the hash again, in one piece
    kDrop,   // references to what is no member
    kFree
};

// The members from `place` to `end` in Groups::packed.
struct Giant {
    size_t place = 0;
    size_t end = 0;  // 0: there is none
    GiantStage stage = GiantStage::kMark;
    size_t next = 0;  // the member that is due
    size_t slot = 0;  // of that member
    uint64_t counts = 0;
    uint64_t references = 0;
    uint64_t hash = 0;
    uint64_t key = 0;  // of the hash: nobody can tell which changes it would not notice

    // Its members are proven garbage, and must have their end.
    [[nodiscard]] bool is_dying() const { return end != 0 && stage > GiantStage::kProve; }
};

enum class GiantResult : uint8_t {
    kPaused,     // the budget is over
    kNotProven,  // it may be alive, or cannot go this way, and is as it was
    kFreed
};

[[nodiscard]] Giant begin_giant(const cairn_heap* heap, size_t place, size_t end);

// Goes on with it. What is to be in one piece begins a slice: `is_fresh`. USER CODE.
[[nodiscard]] GiantResult run_giant(
    cairn_heap* heap, Giant& giant, const Groups& groups, Budget& budget, bool is_fresh);

}  // namespace cairn

#endif
