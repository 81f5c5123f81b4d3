// SPDX-License-Identifier: MIT
// The roots that the host has declared, and those that its visitor reports.
#ifndef CAIRN_HEAP_ROOTS_H
#define CAIRN_HEAP_ROOTS_H

#include "cairn/inspect.h"
#include "heap/heap.h"
#include "object/host_call.h"
#include "object/walk.h"

namespace cairn {

// Has the host said what its roots are?
inline bool has_roots(const cairn_heap* heap) {
    return !heap->roots.empty() || heap->visit_roots != nullptr;
}

// Calls `visit(object, kind)` for each root.
template <typename F>
inline void for_each_root(const cairn_heap* heap, F visit) {
    for (cairn_object* const* location : heap->roots) {
        if (*location != nullptr) {
            visit(*location, CAIRN_ROOT_DECLARED);
        }
    }
    if (heap->visit_roots != nullptr) {
        auto report = [&visit](cairn_object* object) { visit(object, CAIRN_ROOT_REPORTED); };
        const HostCall call(heap, HostFunction::kVisitRoots, nullptr);
        heap->visit_roots(  // HOST CODE
            visit_thunk<decltype(report)>,
            &report,
            heap->visit_roots_data);
    }
}

}  // namespace cairn

#endif
