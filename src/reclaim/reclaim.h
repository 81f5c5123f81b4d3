// Death: one teardown order for both ways to die, iterative, depth first in slot order.
//
//   finalizer (once; may resurrect) -> weak references cleared, callbacks newest first
//     -> references dropped in slot order, each death finished before the next slot
//     -> dealloc -> cell free
//
// What recursion would keep on the C stack is kept in the dying objects: their header links to the
// object whose slot they were in, and their first slot, emptied first, holds the index of the next
// slot to drop. So freeing takes no memory, however deep the structure.
//
// Types with a clear function do recurse, through the host's code; after kDeepestNesting nested
// deaths an object is put aside and torn down by the outermost one (CPython's trashcan), unless its
// death leads to nothing else.
#ifndef CAIRN_RECLAIM_RECLAIM_H
#define CAIRN_RECLAIM_RECLAIM_H

#include "heap/heap.h"
#include "object/release.h"

namespace cairn {

inline constexpr uint32_t kDeepestNesting = 50;

// Drops all references of a live object, in slot order, and leaves it valid and empty. The caller
// keeps it alive. USER CODE.
void drop_references(cairn_object* object);

// Is an object being torn down further up the C stack?
inline bool is_reclaiming(const cairn_heap* heap) {
    return heap->reclaim.depth > 0;
}

}  // namespace cairn

#endif
