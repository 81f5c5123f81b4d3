// SPDX-License-Identifier: MIT
// The collector's entry points for the rest of the library.
#ifndef CAIRN_COLLECT_COLLECT_H
#define CAIRN_COLLECT_COLLECT_H

#include "heap/heap.h"

namespace cairn {

// Collects generations 0 to `generation`, with callbacks and statistics. Inside a collection it
// does nothing. USER CODE.
cairn_status collect(cairn_heap* heap, int generation, bool automatic, size_t* out_unreachable);

// Looks at the policy and collects what is due. Called when the allocation count has passed the
// trigger. USER CODE.
void collect_if_due(cairn_heap* heap);

// Memory could not be had: tries a full collection, so that the caller can try again. False, with
// nothing done, where that is impossible, or when the failure was a test's wish. USER CODE.
bool recover_memory(cairn_heap* heap);

// Tells the soft limit hook if the heap's use has risen past the limit and a full collection does
// not help. USER CODE.
void check_soft_limit(cairn_heap* heap);

// Counts `bytes` of external memory, positive or negative. USER CODE.
cairn_status add_external(cairn_heap* heap, ptrdiff_t bytes);

// Collects if external memory has grown so much that it is time to. USER CODE.
void collect_if_external_is_due(cairn_heap* heap);

// Gives empty pages back, and at most so many empty segments, unless a collection or a death is
// under way.
void trim(cairn_heap* heap, size_t most_segments);

// Gives all of them back, and what the tables of weak references and of the queue do not need.
void trim_with_tables(cairn_heap* heap);

}  // namespace cairn

#endif
