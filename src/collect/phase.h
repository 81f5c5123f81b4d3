// SPDX-License-Identifier: MIT
// A part of a collection with a name: an event of the heap's trace, if one is written.
#ifndef CAIRN_COLLECT_PHASE_H
#define CAIRN_COLLECT_PHASE_H

#include "base/clock.h"
#include "heap/heap.h"

namespace cairn {

// From its birth to its death.
class Phase {
  public:
    Phase(cairn_heap* heap, const char* name)
        : heap_(heap), name_(name), start_ns_(heap->trace.put_phase != nullptr ? now_ns() : 0) {}
    ~Phase() {
        // The trace may have begun or ended meanwhile.
        if (start_ns_ != 0 && heap_->trace.put_phase != nullptr) {
            heap_->trace.put_phase(heap_->trace, name_, start_ns_);  // HOST CODE
        }
    }
    Phase(const Phase&) = delete;
    Phase& operator=(const Phase&) = delete;

  private:
    cairn_heap* heap_;
    const char* name_;
    uint64_t start_ns_;
};

}  // namespace cairn

#endif
