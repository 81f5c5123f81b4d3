// SPDX-License-Identifier: MIT
// When to collect, and what: CPython 3.11's counts and quarter rule, and bytes.
#ifndef CAIRN_COLLECT_POLICY_H
#define CAIRN_COLLECT_POLICY_H

#include "collect/collection.h"

namespace cairn {

// A collection of `generation` starts: the counters that led to it go back to zero.
void count_collection(cairn_heap* heap, int generation);

// Survivors are known: adjusts what the quarter rule compares.
void note_survivors(const Collection& c);

// What objects hold outside their cells: external memory and buffers.
inline size_t held_outside_cells(const cairn_heap* heap) {
    return heap->memory.external_bytes + heap->memory.buffer_bytes;
}

// Has so much been freed since pages were given back that it is worth the time again?
[[nodiscard]] bool is_worth_sweeping(const cairn_heap* heap);

// Rebuilds free lists and gives pages back if much was freed since that was done last.
void trim_after_full_collection(cairn_heap* heap, size_t most_segments);

}  // namespace cairn

#endif
