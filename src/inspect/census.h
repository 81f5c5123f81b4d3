// SPDX-License-Identifier: MIT
// What is there by type, and what has grown since a mark.
#ifndef CAIRN_INSPECT_CENSUS_H
#define CAIRN_INSPECT_CENSUS_H

#include "cairn/inspect.h"
#include "heap/heap.h"

namespace cairn {

// See cairn_mark().
uint64_t make_mark(cairn_heap* heap);

inline bool is_newer(const cairn_heap* heap, const cairn_object* object, uint64_t mark) {
    const uint32_t stamp = stamp_of(object);
    const uint64_t oldest = heap->marks.base + 1;
    return stamp == 0 || mark == 0 || heap->marks.base + stamp > (mark < oldest ? oldest : mark);
}

inline bool is_mark(const cairn_heap* heap, uint64_t mark) {
    return mark != 0 && mark <= heap->marks.base + heap->marks.last;
}

// See cairn_census_since(); 0: all objects.
cairn_status take_census(cairn_heap* heap,
                         uint64_t since,
                         cairn_visit_census_fn visit,
                         void* visit_data);

}  // namespace cairn

#endif
