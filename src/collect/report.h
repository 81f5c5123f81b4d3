// SPDX-License-Identifier: MIT
// What a collection tells the host: callbacks, statistics, debug output.
#ifndef CAIRN_COLLECT_REPORT_H
#define CAIRN_COLLECT_REPORT_H

#include "heap/heap.h"

namespace cairn {

// Calls every callback; one that is added meanwhile is called too. Tells the trace. USER CODE.
void tell_callbacks(cairn_heap* heap, cairn_gc_phase phase, const cairn_gc_info& info);

// The program stood still for so long.
void note_pause(cairn_heap* heap, cairn_gc_pause_kind kind, uint64_t ns);

void add_to_stats(cairn_heap* heap, const cairn_gc_info& info);

}  // namespace cairn

#endif
