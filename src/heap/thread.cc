// SPDX-License-Identifier: MIT
#include "heap/thread.h"

#include <cstdio>

namespace cairn {

namespace {
thread_local char thread_mark;
}  // namespace

const void* this_thread() {
    return &thread_mark;
}

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
