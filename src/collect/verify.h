// SPDX-License-Identifier: MIT
// Checks the consistency of a whole heap.
#ifndef CAIRN_COLLECT_VERIFY_H
#define CAIRN_COLLECT_VERIFY_H

#include "heap/heap.h"

namespace cairn {

// True if nothing is wrong; else the first problems are on standard error. Takes its memory
// outside the heap. May be called while user code runs inside a collection or a death.
bool verify(cairn_heap* heap);

}  // namespace cairn

#endif
