// SPDX-License-Identifier: MIT
#include "reclaim/clear_check.h"

#include "object/host_call.h"
#include "object/misuse.h"
#include "object/walk.h"

namespace cairn {

void clear_opaque(cairn_heap* heap, cairn_object* object) {
#if CAIRN_CHECK_LEVEL >= 1
    RefTally visited;
    for_each_referent<Walked::kAll>(object,
                                    [&visited](cairn_object* referent) { visited.add(referent); });
    // Deaths inside the call that run user code have counters of their own: see NestedDeath.
    const RefTally outer = heap->reclaim.released;
    heap->reclaim.released = RefTally();
    {
        const HostCall call(heap, HostFunction::kClear, object);
        object->type->clear(object);  // USER CODE
    }
    const RefTally released = heap->reclaim.released;
    heap->reclaim.released = outer;
    if (is_immortal(object)) {
        return;  // It is still reachable: user code in the call may have changed it.
    }
    const bool has_array = object->type->shape.slots == Slots::kArray;
    // INV-CLEAR-TRAVERSE
    if (visited.containers < released.containers ||
        (has_array && visited.leaves < released.leaves)) {
        report_misuse(object, "traverse visits fewer references than clear releases");
    }
    if (visited.containers > released.containers || visited.leaves > released.leaves) {
        report_misuse(object, "traverse visits more references than clear releases");
    }
#else
    object->type->clear(object);  // USER CODE
#endif
    (void)heap;
}

}  // namespace cairn
