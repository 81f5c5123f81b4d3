// Allocation of objects, without policy: who calls it has decided not to collect first.
#ifndef CAIRN_HEAP_ALLOCATE_H
#define CAIRN_HEAP_ALLOCATE_H

#include "heap/heap.h"
#include "heap/tracking.h"
#include "object/header.h"

namespace cairn {

// A new fixed-size object with a refcount of 1, zeroed and, if its type wants so, tracked.
// nullptr when memory is out.
cairn_object* allocate_object(cairn_heap* heap, cairn_type* type);

// Can there be an object with so many items at all?
bool items_fit(const cairn_type* type, size_t count);

// The same with items that fit.
cairn_object* allocate_items(cairn_heap* heap, cairn_type* type, size_t count);

// Gives the object's cell back. It is untracked, and nothing refers to it.
void free_object(cairn_heap* heap, cairn_object* object);

}  // namespace cairn

#endif
