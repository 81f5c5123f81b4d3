// SPDX-License-Identifier: MIT
// The one door to the allocator vtable: accounting, the hard limit, planned failures.
#ifndef CAIRN_BASE_MEMORY_H
#define CAIRN_BASE_MEMORY_H

#include <cstddef>
#include <cstdint>

#include "cairn/heap.h"

namespace cairn {

cairn_allocator default_allocator();

// The memory of `block` will be written to all over, soon: asks the system to provide it at once,
// 1.0 us for 4 KiB, and not with a page fault for each, 1.4 us. Advice only.
void provide_memory(void* block, size_t size);

struct Memory {
    cairn_allocator allocator{};
    size_t object_bytes = 0;    // pages in use and large objects
    size_t table_bytes = 0;     // tables of the heap
    size_t buffer_bytes = 0;    // buffers of objects
    size_t reserved_bytes = 0;  // segments, whole
    size_t external_bytes = 0;
    size_t peak_bytes = 0;
    size_t limit = 0;  // 0: none
    bool limit_external = false;
    uint64_t table_requests = 0;  // requests that were not object allocations
    uint64_t fail_after = 0;      // the request with this number fails; 0: none
    bool planned_failure = false;

    [[nodiscard]] size_t counted_bytes() const {
        return object_bytes + table_bytes + buffer_bytes + (limit_external ? external_bytes : 0);
    }

    [[nodiscard]] bool within_limit(size_t more) const {
        return limit == 0 || (counted_bytes() <= limit && more <= limit - counted_bytes());
    }

    void note_peak() {
        const size_t now = object_bytes + table_bytes + buffer_bytes;
        peak_bytes = now > peak_bytes ? now : peak_bytes;
    }

    // Is this request the one that a test wants to fail?
    [[nodiscard]] bool fails_now() {
        if (fail_after == 0 || --fail_after != 0) {
            return false;
        }
        planned_failure = true;
        return true;
    }

    // Was the last failure planned by a test? Asking takes the answer back.
    [[nodiscard]] bool take_planned_failure() {
        const bool planned = planned_failure;
        planned_failure = false;
        return planned;
    }

    // Tables: counted, limited, may be told to fail. nullptr when memory is out.
    [[nodiscard]] void* allocate_table(size_t size);
    void release_table(void* block, size_t size);

    // Lets the system have the memory of a part of a table that will be written before it is read
    // again, or released. Does nothing to what a host's allocator gave.
    void discard_table(void* part, size_t size) const;

    // Buffers of objects: the same, in a sum of their own.
    [[nodiscard]] void* allocate_buffer(size_t size);
    void release_buffer(void* block, size_t size);

    // Segments: the caller accounts for the pages in use.
    [[nodiscard]] void* allocate_segment(size_t size, size_t alignment);
    void release_segment(void* block, size_t size, size_t alignment);

    // Lets the system have the memory of a part of such a segment, whose contents are lost, and
    // which can be used again at any time. Does nothing to what a host's allocator gave.
    void discard(void* part, size_t part_size, size_t size, size_t alignment) const;

  private:
    [[nodiscard]] void* allocate_block(size_t size, size_t& sum);
};

// While one lives there is no limit: for the tables without which a collection could not give
// memory back. No user code runs meanwhile.
class LimitLifted {
  public:
    explicit LimitLifted(Memory& memory) : memory_(memory), limit_(memory.limit) {
        memory.limit = 0;
    }
    ~LimitLifted() { memory_.limit = limit_; }
    LimitLifted(const LimitLifted&) = delete;
    LimitLifted& operator=(const LimitLifted&) = delete;

  private:
    Memory& memory_;
    size_t limit_;
};

}  // namespace cairn

#endif
