// SPDX-License-Identifier: MIT
// Allocation of objects, without policy: who calls it has decided not to collect first.
#ifndef CAIRN_HEAP_ALLOCATE_H
#define CAIRN_HEAP_ALLOCATE_H

#include "heap/heap.h"
#include "heap/tracking.h"
#include "object/header.h"

namespace cairn {

// A cell when the bin's current page has no more; nullptr when memory is out.
void* take_from_other_page(cairn_heap* heap, Bin* bin);

inline void* take_cell(cairn_heap* heap, Bin* bin) {
    void* cell = bin->take();
    return cell != nullptr ? cell : take_from_other_page(heap, bin);
}

// Makes an untracked object of `cell`, whose payload is zero. INV-CELL-TYPE: the cell is of a bin
// of the type.
inline cairn_object* write_header(void* cell, const cairn_type* type) {
    auto* object = static_cast<cairn_object*>(cell);
    object->refcount = 1;
    object->flags = type->object_flags;
    object->type = type;
    return object;
}

// An object was made while slow_allocation is set: it may be a sample.
void note_slow_allocation(cairn_heap* heap, cairn_object* object, size_t size);

// The same, tracked if its type wants so, and counted as made, but not as asked for by a host.
inline cairn_object* make_object(cairn_heap* heap,
                                 const cairn_type* type,
                                 void* cell,
                                 size_t size) {
    ++heap->made[0];
    zero_payload(cell, size);
    cairn_object* object = write_header(cell, type);
    if (heap->slow_allocation) [[unlikely]] {
        note_slow_allocation(heap, object, size);
    }
    if (type->tracked_at_birth) {
        set_generation(heap, object, 0);
    }
    return object;
}

// An object with pages of its own; nullptr when memory is out.
cairn_object* allocate_large(cairn_heap* heap, const cairn_type* type, size_t size);

// A new fixed-size object with a refcount of 1, zeroed and, if its type wants so, tracked.
// nullptr when memory is out.
inline cairn_object* allocate_object(cairn_heap* heap, const cairn_type* type) {
    Bin* bin = type->bin;
    if (bin == nullptr) {
        return allocate_large(heap, type, type->cell_size);
    }
    void* cell = take_cell(heap, bin);
    return cell == nullptr ? nullptr : make_object(heap, type, cell, bin->cell_size);
}

// Can there be an object with so many items at all?
bool items_fit(const cairn_type* type, size_t count);

// The same with items that fit.
cairn_object* allocate_items(cairn_heap* heap, const cairn_type* type, size_t count);

}  // namespace cairn

#endif
