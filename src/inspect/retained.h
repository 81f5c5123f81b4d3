// SPDX-License-Identifier: MIT
// What would die with some objects: trial deletion of what they reach.
#ifndef CAIRN_INSPECT_RETAINED_H
#define CAIRN_INSPECT_RETAINED_H

#include "cairn/inspect.h"
#include "heap/heap.h"

namespace cairn {

// See cairn_retained().
cairn_status measure_retained(cairn_heap* heap,
                              cairn_object* const* objects,
                              size_t count,
                              cairn_retained_size* out_size,
                              cairn_visit_object_fn visit,
                              void* visit_data);

}  // namespace cairn

#endif
