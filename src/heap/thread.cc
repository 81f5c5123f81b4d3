// SPDX-License-Identifier: MIT
#include "heap/thread.h"

#include <cstdio>
#include <cstdlib>

namespace cairn {

namespace {
thread_local char thread_mark;
}  // namespace

const void* this_thread() {
    return &thread_mark;
}

void report_foreign_thread(const cairn_heap* heap) {
    std::fprintf(
        stderr,
        "cairn: misuse: heap %p is used by a thread that does not own it; hand it over with "
        "cairn_heap_adopt()\n",
        static_cast<const void*>(heap));
    std::abort();
}

}  // namespace cairn
