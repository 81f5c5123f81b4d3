// SPDX-License-Identifier: MIT
// Dropping the references of a dying object, and of all that dies of that, without recursion and
// without memory, however deep the structure.
#ifndef CAIRN_RECLAIM_TEARDOWN_H
#define CAIRN_RECLAIM_TEARDOWN_H

#include <cstddef>

#include "heap/heap.h"

namespace cairn {

// Drops the references of an object that has begun its death, from slot `next` on, and finishes its
// death. What dies of that begins, drops and finishes before the next slot. USER CODE.
void tear_down(cairn_heap* heap, cairn_object* root, size_t next);

}  // namespace cairn

#endif
