// SPDX-License-Identifier: MIT
#include "heap/thread.h"

#include <cstdio>

#include "base/address_set.h"

namespace cairn {

namespace {
thread_local char thread_mark;

#if CAIRN_CHECK_LEVEL >= 1
AddressSet known_heaps;
#endif
}  // namespace

const void* this_thread() {
    return &thread_mark;
}

#if CAIRN_CHECK_LEVEL >= 1

void note_heap(const cairn_heap* heap) {
    known_heaps.add(heap);
}

void note_heap_end(const cairn_heap* heap) {
    known_heaps.remove(heap);
}

void check_heap(const cairn_heap* heap) {
    if (!known_heaps.has(heap)) {
        char report[96];
        (void)std::snprintf(report,
                            sizeof report,
                            "cairn: misuse: pointer %p is used as a heap: it is none, or freed",
                            static_cast<const void*>(heap));
        end_process(report, nullptr);
    }
}

#else

void note_heap(const cairn_heap*) {}
void note_heap_end(const cairn_heap*) {}
void check_heap(const cairn_heap*) {}

#endif

void report_foreign_thread(const cairn_heap* heap) {
    char report[160];
    (void)std::snprintf(
        report,
        sizeof report,
        "cairn: misuse: heap %p is used by a thread that does not own it; hand it over with "
        "cairn_heap_adopt()",
        static_cast<const void*>(heap));
    end_process(report, nullptr);
}

}  // namespace cairn
