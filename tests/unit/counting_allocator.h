// SPDX-License-Identifier: MIT
/// An allocator for heaps under test: it knows every block that is out, checks that each comes
/// back as it went, fills new blocks with garbage, and fails when told to.
#ifndef CAIRN_TESTS_UNIT_COUNTING_ALLOCATOR_H
#define CAIRN_TESTS_UNIT_COUNTING_ALLOCATOR_H

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>

#include <gtest/gtest.h>

#include "cairn/heap.h"

namespace cairn_test {

class CountingAllocator {
  public:
    CountingAllocator() = default;
    CountingAllocator(const CountingAllocator&) = delete;
    CountingAllocator& operator=(const CountingAllocator&) = delete;

    cairn_allocator vtable() { return {&allocate, &release, this}; }

    /// The `n`-th request from now on fails, once; 0 = none.
    void fail_at(uint64_t n) { until_failure_ = n; }
    /// Every request fails until told otherwise.
    void fail_always(bool fail) { fail_always_ = fail; }

    [[nodiscard]] uint64_t requests() const { return requests_; }
    [[nodiscard]] uint64_t failures() const { return failures_; }
    [[nodiscard]] size_t blocks() const { return out_.size(); }
    [[nodiscard]] size_t bytes() const { return bytes_; }
    [[nodiscard]] size_t peak_bytes() const { return peak_bytes_; }

  private:
    struct Block {
        size_t size;
        size_t alignment;
    };

    static void* allocate(size_t size, size_t alignment, void* user_data) {
        return static_cast<CountingAllocator*>(user_data)->allocate(size, alignment);
    }

    static void release(void* block, size_t size, size_t alignment, void* user_data) {
        static_cast<CountingAllocator*>(user_data)->release(block, size, alignment);
    }

    bool fails_now() {
        ++requests_;
        const bool counted_down = until_failure_ != 0 && --until_failure_ == 0;
        failures_ += (counted_down || fail_always_) ? 1 : 0;
        return counted_down || fail_always_;
    }

    void* allocate(size_t size, size_t alignment) {
        EXPECT_GT(size, 0u);
        EXPECT_TRUE(alignment != 0 && (alignment & (alignment - 1)) == 0) << alignment;
        EXPECT_LE(alignment, size_t{4} << 20);
        if (fails_now()) {
            return nullptr;
        }
        const size_t aligned = std::max(alignment, sizeof(void*));
        void* block = std::aligned_alloc(aligned, (size + aligned - 1) / aligned * aligned);
        if (block == nullptr) {
            return nullptr;
        }
        std::memset(block, 0xA5, size);
        out_[block] = {size, alignment};
        bytes_ += size;
        peak_bytes_ = std::max(peak_bytes_, bytes_);
        return block;
    }

    void release(void* block, size_t size, size_t alignment) {
        const auto found = out_.find(block);
        if (found == out_.end()) {
            ADD_FAILURE() << "a block that is not out came back: " << block;
            return;
        }
        EXPECT_EQ(found->second.size, size) << "a block came back with another size";
        EXPECT_EQ(found->second.alignment, alignment) << "a block came back with another alignment";
        bytes_ -= found->second.size;
        out_.erase(found);
        std::free(block);
    }

    std::map<void*, Block> out_;
    size_t bytes_ = 0;
    size_t peak_bytes_ = 0;
    uint64_t requests_ = 0;
    uint64_t failures_ = 0;
    uint64_t until_failure_ = 0;
    bool fail_always_ = false;
};

}  // namespace cairn_test

#endif
