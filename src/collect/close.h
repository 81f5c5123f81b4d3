// SPDX-License-Identifier: MIT
// The end of a heap.
#ifndef CAIRN_COLLECT_CLOSE_H
#define CAIRN_COLLECT_CLOSE_H

#include "heap/heap.h"

namespace cairn {

// Gives every object what is due to it and frees the heap. Returns how many objects somebody still
// held, or SIZE_MAX, with nothing done, when it is not quiescent. USER CODE.
size_t close_heap(cairn_heap* heap);

}  // namespace cairn

#endif
