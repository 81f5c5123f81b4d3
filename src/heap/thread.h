// SPDX-License-Identifier: MIT
// Which thread a heap belongs to: the address of a thread-local variable tells threads apart.
#ifndef CAIRN_HEAP_THREAD_H
#define CAIRN_HEAP_THREAD_H

#include "heap/heap.h"

namespace cairn {

const void* this_thread();
[[noreturn]] void report_foreign_thread(const cairn_heap* heap);

// In a checked build: aborts on a thread that is not the heap's. INV-THREAD-OWNER.
inline void check_thread(const cairn_heap* heap) {
#if CAIRN_CHECK_LEVEL >= 1
    if (heap->owner != this_thread()) {
        report_foreign_thread(heap);
    }
#endif
    (void)heap;
}

}  // namespace cairn

#endif
