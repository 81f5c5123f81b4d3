// SPDX-License-Identifier: MIT
// What comes before every allocation that a host asks for: the collection that is due, and the
// wishes of tests.
#ifndef CAIRN_API_ALLOCATION_H
#define CAIRN_API_ALLOCATION_H

#include "collect/collect.h"
#include "finalize/queue.h"
#include "heap/allocate.h"

namespace cairn {

// Makes the collection that a test wants before this allocation. USER CODE.
void collect_for_testing(cairn_heap* heap);

// Looks at the soft limit and runs the test hooks. False: this allocation is to fail. USER CODE.
bool before_slow_allocation(cairn_heap* heap);

// Counts the allocation of a container and collects if that is due. False: it is to fail.
// USER CODE.
inline bool before_container_allocation(cairn_heap* heap) {
    if (heap->slow_allocation && !before_slow_allocation(heap)) {  // USER CODE
        return false;
    }
    count_birth(heap);
    if (young_count(heap) > heap->policy.trigger) {
        collect_if_due(heap);  // USER CODE
    }
    return true;
}

// The same for an object of `type`. USER CODE.
inline bool before_allocation(cairn_heap* heap, const cairn_type* type) {
    if (type->is_counted) {
        return before_container_allocation(heap);  // USER CODE
    }
    if (heap->slow_allocation && !before_slow_allocation(heap)) {  // USER CODE
        return false;
    }
    lower_young_floor(heap);
    // What is counted when it is tracked does not set off a collection then: this is the moment.
    if (type->is_container && young_count(heap) > heap->policy.trigger) {
        collect_if_due(heap);  // USER CODE
    }
    return true;
}

// Makes sure of a place in the finalizer queue; collects if there is no memory for it. USER CODE,
// before.
inline bool reserve_place_for_host(cairn_heap* heap) {
    return reserve_place(heap) || (recover_memory(heap) && reserve_place(heap));  // USER CODE
}

// Allocates by `make(heap)`, which does not collect and returns nullptr when memory is out; an
// object whose finalizer is to wait gets its place in the queue first. USER CODE, before.
template <typename Make>
inline auto allocate_for_host(cairn_heap* heap, const cairn_type* type, Make make)
    -> decltype(make()) {
    if (!before_allocation(heap, type)) {  // USER CODE
        return nullptr;
    }
    const bool needs_place = type->finalize != nullptr && queues_finalizer(heap, type);
    if (needs_place && !reserve_place_for_host(heap)) {  // USER CODE
        return nullptr;
    }
    auto object = make();
    if (object == nullptr && recover_memory(heap)) {  // USER CODE
        object = make();
    }
    if (object == nullptr && needs_place) {
        release_place(heap);
    }
    return object;
}

// The usual case of the above, in one straight line: an object of a small fixed-size type with
// nothing to do before it, in a cell of `bin`. nullptr: nothing was done, and allocate_for_host()
// knows why.
inline cairn_object* allocate_at_once(const cairn_type* type, Bin* bin) {
    cairn_heap* heap = type->heap;
    if (has_to_look(heap)) {
        return nullptr;
    }
    void* cell = bin->take();
    if (cell == nullptr) {
        return nullptr;
    }
    // The cell is written last: what is read next of the heap may look to the processor as if it
    // were read from there.
    if (type->tracked_at_birth) {
        ++heap->made[1];
        *side_of(cell) = kYoung;  // Its page is marked: see Space::close_bins.
    } else {
        ++heap->made[type->is_counted];
    }
    zero_quick_payload(cell, type->cell_size);
    return write_header(cell, type);
}

}  // namespace cairn

#endif
