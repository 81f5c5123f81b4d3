// SPDX-License-Identifier: MIT
// Moving whole generations, and the garbage list.
#ifndef CAIRN_COLLECT_GENERATIONS_H
#define CAIRN_COLLECT_GENERATIONS_H

#include "heap/heap.h"

namespace cairn {

// All tracked objects become permanent; permanent ones become old.
void freeze(cairn_heap* heap);
void unfreeze(cairn_heap* heap);

[[nodiscard]] size_t count_permanent(cairn_heap* heap);

// Drops the garbage list's references, first to last. USER CODE.
void clear_garbage_list(cairn_heap* heap);

}  // namespace cairn

#endif
