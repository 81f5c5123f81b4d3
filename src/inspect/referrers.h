// SPDX-License-Identifier: MIT
// Who refers to some of the heap's objects: one pass over all slots.
#ifndef CAIRN_INSPECT_REFERRERS_H
#define CAIRN_INSPECT_REFERRERS_H

#include <cstddef>
#include <cstdint>

#include "base/pointer_map.h"
#include "heap/heap.h"
#include "inspect/inspect.h"

namespace cairn {

struct AddressRange {
    uintptr_t low = 0;
    uintptr_t span = 0;

    [[nodiscard]] bool contains(const cairn_object* object) const {
        return reinterpret_cast<uintptr_t>(object) - low <= span;
    }
};

// The objects that are looked for. Nearly every reference is to none of them, so what most can be
// told by comes first: their range of addresses, which is a single address for one target, then a
// bit for each of 16,384 classes of addresses.
class TargetSet {
  public:
    explicit TargetSet(Memory& memory) : memory_(memory) {}
    ~TargetSet() { exact_.release(memory_); }
    TargetSet(const TargetSet&) = delete;
    TargetSet& operator=(const TargetSet&) = delete;

    // False when memory is out.
    [[nodiscard]] bool add(cairn_object* const* targets, size_t count);

    // All of them lie in it, and no empty slot does.
    [[nodiscard]] AddressRange range() const { return range_; }

    [[nodiscard]] bool has(const cairn_object* object) const {
        return range_.contains(object) &&
               (single_ || (bit_is_set(object) && exact_.find(object) != nullptr));
    }

  private:
    static constexpr size_t kBits = 16384;

    static size_t bit_of(const cairn_object* object) {
        return reinterpret_cast<uintptr_t>(object) / 16 % kBits;
    }

    [[nodiscard]] bool bit_is_set(const cairn_object* object) const {
        const size_t bit = bit_of(object);
        return (bits_[bit / 64] >> bit % 64 & 1) != 0;
    }

    Memory& memory_;
    PointerMap<char> exact_;
    uint64_t bits_[kBits / 64] = {};
    AddressRange range_;
    bool single_ = false;
};

// Adds to `list` the tracked objects outside the permanent generation that refer to one of
// `wanted`, in the order of the memory.
void add_referrers(cairn_heap* heap, const TargetSet& wanted, ObjectList& list);

}  // namespace cairn

#endif
