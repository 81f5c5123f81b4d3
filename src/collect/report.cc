// SPDX-License-Identifier: MIT
#include "collect/report.h"

#include <bit>
#include <cinttypes>
#include <cstdio>

#include "collect/collection.h"
#include "collect/unreachable.h"
#include "object/host_call.h"
#include "object/repr.h"

namespace cairn {

namespace {

void report_object(const char* what, const cairn_object* object) {
    char text[160];
    (void)repr(object, text, sizeof text);
    std::fprintf(stderr, "gc: %s %s\n", what, text);
}

void tell_trace(cairn_heap* heap, cairn_gc_phase phase, const cairn_gc_info& info) {
    if (heap->trace.put_collection != nullptr) {
        const HostCall call(heap, HostFunction::kGcCallback, nullptr);
        heap->trace.put_collection(heap->trace, phase, info);  // HOST CODE
    }
}

}  // namespace

// The trace comes first and last, so that what callbacks take lies within its collection.
void tell_callbacks(cairn_heap* heap, cairn_gc_phase phase, const cairn_gc_info& info) {
    if (phase == CAIRN_GC_START) {
        tell_trace(heap, phase, info);  // HOST CODE
    }
    for (size_t i = 0; i < heap->gc.callbacks.size(); ++i) {
        const GcCallback callback = heap->gc.callbacks[i];
        const cairn_status status = [&] {
            const HostCall call(heap, HostFunction::kGcCallback, nullptr);
            return callback.function(heap, phase, &info, callback.user_data);  // USER CODE
        }();
        if (status != CAIRN_OK) {
            unraisable(heap, CAIRN_PLACE_GC_CALLBACK, status, nullptr);  // USER CODE
        }
    }
    if (phase == CAIRN_GC_STOP) {
        tell_trace(heap, phase, info);  // HOST CODE
    }
}

void note_pause(cairn_heap* heap, cairn_gc_pause_kind kind, uint64_t ns) {
    cairn_gc_pauses& pauses = heap->gc.pauses[kind];
    constexpr int kLast = CAIRN_GC_PAUSE_BINS - 1;
    const int bin = static_cast<int>(std::bit_width(ns));
    ++pauses.counts[bin < kLast ? bin : kLast];
    pauses.longest_ns = ns > pauses.longest_ns ? ns : pauses.longest_ns;
    pauses.total_ns += ns;
}

void add_to_stats(cairn_heap* heap, const cairn_gc_info& info) {
    cairn_gc_stats& stats = heap->gc.stats[info.generation];
    ++stats.collections;
    stats.collected += info.collected;
    stats.uncollectable += info.uncollectable;
    stats.candidates += info.candidates;
    stats.duration_ns += info.duration_ns;
    stats.longest_ns = info.longest_ns > stats.longest_ns ? info.longest_ns : stats.longest_ns;
    if ((heap->gc.debug & CAIRN_GC_DEBUG_STATS) != 0) {
        std::fprintf(stderr,
                     "gc: generation %d: %zu examined, %zu collected, %zu uncollectable, %" PRIu64
                     " ns\n",
                     info.generation,
                     info.candidates,
                     info.collected,
                     info.uncollectable,
                     info.duration_ns);
    }
}

void report_unreachable(Collection& c) {
    if ((c.heap->gc.debug & CAIRN_GC_DEBUG_COLLECTABLE) == 0) {
        return;
    }
    UnreachableWalk walk(c.set);
    while (const cairn_object* object = walk.next()) {
        report_object("collectable", object);
    }
}

void report_uncollectable(const Collection& c, const cairn_object* object) {
    if ((c.heap->gc.debug & CAIRN_GC_DEBUG_UNCOLLECTABLE) != 0) {
        report_object("uncollectable", object);
    }
}

}  // namespace cairn
