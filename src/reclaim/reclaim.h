// SPDX-License-Identifier: MIT
// Objects whose count reaches zero, but for the usual case in simple_death.h.
//
// Types with a clear function recurse through the host's code. After kDeepestNesting nested deaths
// an object is put aside, and dies when the outermost death is over (CPython's trashcan), unless
// its death leads to nothing else.
#ifndef CAIRN_RECLAIM_RECLAIM_H
#define CAIRN_RECLAIM_RECLAIM_H

#include "heap/heap.h"

namespace cairn {

inline constexpr uint32_t kDeepestNesting = 50;

// Reclaims an object that is not simple, and whose last reference is gone. USER CODE.
void reclaim_with_care(cairn_object* object);

// Goes on with the death of a simple object that has dropped its slots before `slot`: what that one
// holds dies too. USER CODE.
void reclaim_from(cairn_object* object, cairn_object* const* slot);

// Drops all references of a live object, in slot order, and leaves it valid and empty. The caller
// keeps it alive. USER CODE.
void drop_references(cairn_object* object);

// Is an object being torn down further up the C stack?
inline bool is_reclaiming(const cairn_heap* heap) {
    return heap->reclaim.depth > 0;
}

}  // namespace cairn

#endif
