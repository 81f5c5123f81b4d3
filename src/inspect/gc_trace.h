// SPDX-License-Identifier: MIT
// Collections as events of Chrome's trace format.
#ifndef CAIRN_INSPECT_GC_TRACE_H
#define CAIRN_INSPECT_GC_TRACE_H

#include "heap/heap.h"

namespace cairn {

// See cairn_gc_trace_start().
cairn_status start_trace(cairn_heap* heap, cairn_write_fn write, void* write_data);
void stop_trace(cairn_heap* heap);

}  // namespace cairn

#endif
