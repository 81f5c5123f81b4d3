// SPDX-License-Identifier: MIT
// A set of addresses that all threads share, for checked builds: what is a segment, what is a type.
//
// Asked for each reference that a checked build counts, so asking takes no lock. A table of fixed
// size that is never freed: when it is full the set says yes to everything, and finds less misuse.
#ifndef CAIRN_BASE_ADDRESS_SET_H
#define CAIRN_BASE_ADDRESS_SET_H

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace cairn {

class AddressSet {
  public:
    void add(const void* address) {
        const Lock lock(busy_);
        size_t place = first_place(address);
        for (size_t i = 0; i < kMostSteps; ++i, place = next(place)) {
            const uintptr_t there = places_[place].load(std::memory_order_relaxed);
            if (there == kEmpty || there == kRemoved) {
                places_[place].store(reinterpret_cast<uintptr_t>(address),
                                     std::memory_order_release);
                return;
            }
        }
        is_full_.store(true, std::memory_order_relaxed);
    }

    void remove(const void* address) {
        const Lock lock(busy_);
        const size_t place = find(address);
        if (place != kNowhere) {
            const bool ends_here = places_[next(place)].load(std::memory_order_relaxed) == kEmpty;
            places_[place].store(ends_here ? kEmpty : kRemoved, std::memory_order_relaxed);
        }
    }

    [[nodiscard]] bool has(const void* address) const {
        return reinterpret_cast<uintptr_t>(address) > kRemoved &&
               (find(address) != kNowhere || is_full_.load(std::memory_order_relaxed));
    }

    // The same, but false for what the set had no room for.
    [[nodiscard]] bool has_surely(const void* address) const {
        return reinterpret_cast<uintptr_t>(address) > kRemoved && find(address) != kNowhere;
    }

  private:
    static constexpr size_t kPlaces = size_t{1} << 13;
    static constexpr size_t kMostSteps = 128;
    static constexpr size_t kNowhere = kPlaces;
    static constexpr uintptr_t kEmpty = 0;
    static constexpr uintptr_t kRemoved = 1;

    class Lock {
      public:
        explicit Lock(std::atomic_flag& flag) : flag_(flag) {
            while (flag_.test_and_set(std::memory_order_acquire)) {
            }
        }
        ~Lock() {
            flag_.clear(std::memory_order_release);  // NO USER CODE: a flag of the standard library
        }
        Lock(const Lock&) = delete;
        Lock& operator=(const Lock&) = delete;

      private:
        std::atomic_flag& flag_;
    };

    static size_t first_place(const void* address) {
        const uint64_t key = reinterpret_cast<uintptr_t>(address) >> 4;
        return key * 0x9E3779B97F4A7C15U >> 51;
    }
    static size_t next(size_t place) { return (place + 1) % kPlaces; }

    [[nodiscard]] size_t find(const void* address) const {
        size_t place = first_place(address);
        for (size_t i = 0; i < kMostSteps; ++i, place = next(place)) {
            const uintptr_t there = places_[place].load(std::memory_order_acquire);
            if (there == reinterpret_cast<uintptr_t>(address)) {
                return place;
            }
            if (there == kEmpty) {
                return kNowhere;
            }
        }
        return kNowhere;
    }

    std::atomic<uintptr_t> places_[kPlaces] = {};
    std::atomic<bool> is_full_ = false;
    std::atomic_flag busy_;
};

}  // namespace cairn

#endif
