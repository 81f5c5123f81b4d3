// SPDX-License-Identifier: MIT
// Which thread a heap belongs to: the address of a thread-local variable tells threads apart.
#ifndef CAIRN_HEAP_THREAD_H
#define CAIRN_HEAP_THREAD_H

#include "heap/heap.h"

namespace cairn {

const void* this_thread();
[[noreturn]] void report_foreign_thread(const cairn_heap* heap);

// A checked build knows all heaps.
void note_heap(const cairn_heap* heap);
void note_heap_end(const cairn_heap* heap);

// Aborts if there is no such heap.
void check_heap(const cairn_heap* heap);

// In a checked build: aborts on a thread that is not the heap's. INV-THREAD-OWNER.
inline void check_thread(const cairn_heap* heap) {
#if CAIRN_CHECK_LEVEL >= 1
    check_heap(heap);
    if (heap->owner != this_thread()) {
        report_foreign_thread(heap);
    }
#endif
    (void)heap;
}

}  // namespace cairn

#endif
