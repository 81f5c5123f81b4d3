// SPDX-License-Identifier: MIT
// What is still alive when a heap ends, by type and with those that the host holds by name.
#ifndef CAIRN_COLLECT_LEAKS_H
#define CAIRN_COLLECT_LEAKS_H

#include "heap/heap.h"

namespace cairn {

// Writes lines to standard error about the mortal objects that are alive, if there are any.
// Allocates outside the heap. HOST CODE: repr functions.
void report_leaks(cairn_heap* heap);

}  // namespace cairn

#endif
