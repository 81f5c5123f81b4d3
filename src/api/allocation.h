// What comes before every allocation that a host asks for: the collection that is due, and the
// wishes of tests.
#ifndef CAIRN_API_ALLOCATION_H
#define CAIRN_API_ALLOCATION_H

#include "collect/collect.h"
#include "heap/allocate.h"

namespace cairn {

// Runs the test hooks. False: this allocation is to fail. USER CODE.
bool run_test_hooks(cairn_heap* heap);

// Counts the allocation and collects if that is due. False: it is to fail. USER CODE.
inline bool before_allocation(cairn_heap* heap, const cairn_type* type) {
    if (heap->slow_allocation && !run_test_hooks(heap)) {
        return false;
    }
    if (type->is_container && ++heap->policy.counts[0] > heap->policy.trigger) {
        collect_if_due(heap);  // USER CODE
    }
    return true;
}

}  // namespace cairn

#endif
