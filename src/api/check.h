// SPDX-License-Identifier: MIT
// What every entry point asks of its arguments in a checked build.
#ifndef CAIRN_API_CHECK_H
#define CAIRN_API_CHECK_H

#include "heap/thread.h"
#include "object/misuse.h"

namespace cairn {

// The heap of an object that the caller says is alive, used by the heap thread.
inline cairn_heap* enter(const cairn_object* object) {
    cairn_heap* heap = heap_of(object);
    check_thread(heap);
    check_alive(object);
    return heap;
}

inline cairn_heap* enter(cairn_heap* heap) {
    check_thread(heap);
    return heap;
}

}  // namespace cairn

#endif
