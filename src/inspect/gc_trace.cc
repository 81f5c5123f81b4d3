// SPDX-License-Identifier: MIT
#include "inspect/gc_trace.h"

#include "base/clock.h"
#include "inspect/output.h"

namespace cairn {

namespace {

// The format counts in microseconds.
void put_time(Output& out, uint64_t ns) {
    out.number(ns / 1000);
    out.put('.');
    for (uint64_t unit = 100; unit > 0; unit /= 10) {
        out.put(static_cast<char>('0' + ns / unit % 10));
    }
}

// On the first track are pauses, one inside another; on the second, cycles from the first slice to
// the last, with the collections and the program's work between their slices. A collection lasts to
// the moment when it is written: info.duration_ns begins later than its event, by what other
// callbacks take or the system, and so its phases could end outside of it.
void put_event(Output& out, const char* category, int track, uint64_t start_ns, uint64_t ns) {
    out.raw("\",\"cat\":\"");
    out.raw(category);
    out.raw("\",\"ph\":\"X\",\"pid\":1,\"tid\":");
    out.number(static_cast<uint64_t>(track));
    out.raw(",\"ts\":");
    put_time(out, start_ns);
    out.raw(",\"dur\":");
    put_time(out, ns);
}

void put_collection(Output& out, uint64_t start_ns, const cairn_gc_info& info) {
    const uint64_t end_ns = now_ns();
    const bool is_cycle = info.slices > 0 || info.longest_ns == 0;  // or it ended before its first
    out.raw("{\"name\":\"generation ");
    out.number(static_cast<uint64_t>(info.generation));
    put_event(out, "gc", is_cycle ? 2 : 1, start_ns, end_ns - start_ns);
    out.raw(",\"args\":{\"automatic\":");
    out.raw(info.automatic != 0 ? "true" : "false");
    out.raw(",\"candidates\":");
    out.number(info.candidates);
    out.raw(",\"collected\":");
    out.number(info.collected);
    out.raw(",\"uncollectable\":");
    out.number(info.uncollectable);
    if (is_cycle) {
        out.raw(",\"slices\":");
        out.number(info.slices);
    }
    out.raw("}}");
}

template <typename F>
void write_part(GcTrace& trace, F put) {
    if (!trace.gave_up) {
        Output out(trace.write, trace.write_data);
        put(out);
        out.flush();
        trace.gave_up = out.failed();
    }
}

template <typename F>
void write_event(GcTrace& trace, F put) {
    write_part(trace, [&](Output& out) {
        out.raw(trace.has_events ? ",\n" : "\n");
        put(out);
    });
    trace.has_events = true;
}

void write_phase(GcTrace& trace, const char* name, uint64_t start_ns) {
    const uint64_t end_ns = now_ns();
    write_event(trace, [&](Output& out) {
        out.raw("{\"name\":\"");
        out.raw(name);
        put_event(out, "phase", 1, start_ns, end_ns - start_ns);
        out.put('}');
    });
}

void note_or_write_collection(GcTrace& trace, cairn_gc_phase phase, const cairn_gc_info& info) {
    uint64_t& start = trace.start_ns[info.generation];
    if (phase == CAIRN_GC_START) {
        start = now_ns();
    } else {
        write_event(trace, [&](Output& out) { put_collection(out, start, info); });
    }
}

}  // namespace

cairn_status start_trace(cairn_heap* heap, cairn_write_fn write, void* write_data) {
    GcTrace& trace = heap->trace;
    if (trace.write != nullptr) {
        return CAIRN_BUSY;
    }
    trace = {};
    trace.write = write;
    trace.write_data = write_data;
    trace.put_phase = write_phase;
    trace.put_collection = note_or_write_collection;
    for (uint64_t& start : trace.start_ns) {
        start = now_ns();  // If it starts inside a collection.
    }
    write_part(trace, [](Output& out) { out.put('['); });
    return CAIRN_OK;
}

void stop_trace(cairn_heap* heap) {
    GcTrace& trace = heap->trace;
    if (trace.write == nullptr) {
        return;
    }
    write_part(trace, [](Output& out) { out.raw("\n]\n"); });
    trace.write = nullptr;
    trace.put_phase = nullptr;
    trace.put_collection = nullptr;
}

}  // namespace cairn
