// SPDX-License-Identifier: MIT
// Guessing what is garbage, on the shadow bytes, in slices.
//
// Between two slices the program runs, and no pointer to an object is kept. What is enrolled was
// old when its page was; its side byte is looked at again whenever its turn comes. Pages that are
// taken meanwhile have shadow bytes of zero, and so what lies there is no part of it.
#ifndef CAIRN_COLLECT_CYCLE_HINTS_H
#define CAIRN_COLLECT_CYCLE_HINTS_H

#include "base/pointer_map.h"
#include "collect/cycle/pacing.h"
#include "collect/cycle/pass.h"
#include "heap/heap.h"

namespace cairn {

// An object with so many references that they are visited in parts: from number `next` on.
struct Hub {
    uint8_t* side;
    size_t next;
};

struct Hints {
    Pass pass;
    PointerMap<int64_t> overflow;  // counts that do not fit a shadow byte
    Array<Hub> hubs;               // to be visited when the pass is over
    size_t unproven = 0;           // enrolled, and not known to be reached
    size_t grays = 0;
    bool follows = false;          // depth first: see Propagation
    bool found_some = false;       // in this sweep
    uint8_t* remembered[64] = {};  // gray: where the last slice was
    size_t remembered_count = 0;

    void release(Memory& memory) {
        overflow.release(memory);
        hubs.release(memory);
    }
};

// Begins with the first page that is to be enrolled.
void begin_enrolment(cairn_heap* heap, Hints& hints);

// One stage each. True when it is over; false when the budget is. `failed`: memory is out.
bool enrol_some(cairn_heap* heap, Hints& hints, Budget& budget);
bool count_some(cairn_heap* heap, Hints& hints, Budget& budget, bool& failed);
bool settle_some(cairn_heap* heap, Hints& hints, Budget& budget);
bool mark_some(cairn_heap* heap, Hints& hints, Budget& budget);

// Begins a marking from the host's roots, if it has said what they are: what that reaches need not
// be counted. Asks for the roots in one piece.
[[nodiscard]] bool begin_with_roots(cairn_heap* heap, Hints& hints);

}  // namespace cairn

#endif
