// SPDX-License-Identifier: MIT
// The end of a heap.
#ifndef CAIRN_COLLECT_CLOSE_H
#define CAIRN_COLLECT_CLOSE_H

#include "heap/heap.h"

namespace cairn {

// Runs the user code of the heap's end and keeps the heap, which then runs none. CAIRN_BUSY, with
// nothing done, when it is not quiescent. USER CODE.
cairn_status finalize_heap(cairn_heap* heap);

// Gives every object what is due to it and frees the heap. Returns how many objects somebody still
// held, or SIZE_MAX, with nothing done, when it is not quiescent. USER CODE.
size_t close_heap(cairn_heap* heap);

}  // namespace cairn

#endif
