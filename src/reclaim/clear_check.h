// SPDX-License-Identifier: MIT
// Clearing objects whose type has its own traverse and clear, and, in a checked build, finding out
// whether the two agree.
#ifndef CAIRN_RECLAIM_CLEAR_CHECK_H
#define CAIRN_RECLAIM_CLEAR_CHECK_H

#include "heap/heap.h"

namespace cairn {

// Calls the clear function of an object. A checked build counts what traverse visits before
// and what clear releases, and reports a type whose numbers differ; it may visit fewer leaves.
// USER CODE.
void clear_opaque(cairn_heap* heap, cairn_object* object);

}  // namespace cairn

#endif
