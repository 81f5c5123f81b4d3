// SPDX-License-Identifier: MIT
// Where the index of a weak container is looked at for a hash, place after place.
//
// It starts at the low bits of the hash, so that hashes which follow one another (addresses of
// neighbours, small integers) use the same memory lines one after the other. Those that the low
// bits alone would put into one place are set side by side by the bits above. What is taken all the
// same has one neighbour, and then the search jumps, by all bits of the hash, and in the end to
// every place. Whatever the hashes' pattern, as long as they differ, a search in a full table looks
// at 4 places on average at most; at little more than one where hashes are addresses.
#ifndef CAIRN_WEAKREF_PROBE_H
#define CAIRN_WEAKREF_PROBE_H

#include <bit>
#include <cstdint>

namespace cairn {

class Probe {
  public:
    // Of an index with `size` places, a power of two.
    Probe(uint64_t hash, uint32_t size)
        : hash_(hash),
          mask_(size - 1),
          place_(static_cast<uint32_t>(hash + (hash >> std::countr_zero(size))) & mask_) {}

    [[nodiscard]] uint32_t place() const { return place_; }

    void next() {
        if (++steps_ % 2 != 0) {
            place_ = (place_ + 1) & mask_;
            return;
        }
        if (steps_ == 2) {
            hash_ = (hash_ ^ hash_ >> 32) * 0x9E3779B97F4A7C15U;
            hash_ ^= hash_ >> 32;
        }
        // Once nothing is left of the hash, this alone visits every place.
        hash_ >>= 13;
        place_ = (5 * place_ + 1 + static_cast<uint32_t>(hash_)) & mask_;
    }

  private:
    uint64_t hash_;
    uint32_t mask_;
    uint32_t place_;
    uint32_t steps_ = 0;
};

}  // namespace cairn

#endif
