// SPDX-License-Identifier: MIT
// A hash map from non-null pointers to small values: open addressing, linear probing, removal by
// shifting back, so that there are no tombstones. Growth can fail.
#ifndef CAIRN_BASE_POINTER_MAP_H
#define CAIRN_BASE_POINTER_MAP_H

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/check.h"
#include "base/memory.h"

namespace cairn {

template <typename V>
class PointerMap {
    static_assert(std::is_trivially_copyable_v<V>);

  public:
    struct Entry {
        const void* key;
        V value;
    };

    [[nodiscard]] size_t size() const { return size_; }

    // nullptr when `key` is not there. The pointer is valid until the map changes.
    [[nodiscard]] V* find(const void* key) const {
        if (size_ == 0) {
            return nullptr;
        }
        for (size_t i = home(key);; i = (i + 1) & mask_) {
            if (entries_[i].key == key) {
                return &entries_[i].value;
            }
            if (entries_[i].key == nullptr) {
                return nullptr;
            }
        }
    }

    // The value under `key`, made with V{} if it is not there; nullptr when memory is out.
    [[nodiscard]] V* find_or_add(Memory& memory, const void* key) {
        if (V* value = find(key)) {
            return value;
        }
        if (4 * (size_ + 1) > 3 * capacity() &&
            !resize(memory, capacity() == 0 ? kLeastCapacity : 2 * capacity())) {
            return nullptr;
        }
        Entry* entry = free_entry(key);
        entry->key = key;
        entry->value = V{};
        ++size_;
        return &entry->value;
    }

    void remove(const void* key) {
        V* value = find(key);
        if (value == nullptr) {
            return;
        }
        // Shift back every later entry of the run that may lie in the hole.
        size_t hole = static_cast<size_t>(
            reinterpret_cast<Entry*>(reinterpret_cast<char*>(value) - offsetof(Entry, value)) -
            entries_);
        for (size_t i = (hole + 1) & mask_; entries_[i].key != nullptr; i = (i + 1) & mask_) {
            const size_t distance_to_home = (i - home(entries_[i].key)) & mask_;
            if (distance_to_home >= ((i - hole) & mask_)) {
                entries_[hole] = entries_[i];
                hole = i;
            }
        }
        entries_[hole].key = nullptr;
        --size_;
    }

    template <typename F>
    void for_each(F visit) const {
        for (size_t i = 0; i < capacity(); ++i) {
            if (entries_[i].key != nullptr) {
                visit(entries_[i].key, entries_[i].value);
            }
        }
    }

    void clear() {
        for (size_t i = 0; size_ > 0 && i < capacity(); ++i) {
            entries_[i].key = nullptr;
        }
        size_ = 0;
    }

    void release(Memory& memory) {
        memory.release_table(entries_, capacity() * sizeof(Entry));
        entries_ = nullptr;
        mask_ = size_ = 0;
    }

    // Gives back what is much more than the entries need, if there is memory for that.
    void shrink(Memory& memory) {
        size_t wanted = kLeastCapacity;
        while (wanted < 2 * size_) {
            wanted *= 2;
        }
        if (wanted < capacity() / 2) {
            (void)resize(memory, wanted);
        }
    }

    // The places that a walk goes through.
    [[nodiscard]] size_t capacity() const { return entries_ == nullptr ? 0 : mask_ + 1; }

  private:
    static constexpr size_t kLeastCapacity = 16;

    [[nodiscard]] size_t home(const void* key) const {
        // Cells are multiples of 16: the low bits say nothing. Fibonacci hashing spreads the rest.
        const uint64_t bits = reinterpret_cast<uintptr_t>(key) >> 4;
        return (bits * 0x9E3779B97F4A7C15U) >> 20 & mask_;
    }

    Entry* free_entry(const void* key) {
        size_t i = home(key);
        while (entries_[i].key != nullptr) {
            i = (i + 1) & mask_;
        }
        return &entries_[i];
    }

    // False, with nothing changed: memory is out.
    bool resize(Memory& memory, size_t new_capacity) {
        const size_t old_capacity = capacity();
        auto* entries = static_cast<Entry*>(memory.allocate_table(new_capacity * sizeof(Entry)));
        if (entries == nullptr) {
            return false;
        }
        for (size_t i = 0; i < new_capacity; ++i) {
            entries[i].key = nullptr;
        }
        Entry* old_entries = entries_;
        entries_ = entries;
        mask_ = new_capacity - 1;
        for (size_t i = 0; i < old_capacity; ++i) {
            if (old_entries[i].key != nullptr) {
                *free_entry(old_entries[i].key) = old_entries[i];
            }
        }
        memory.release_table(old_entries, old_capacity * sizeof(Entry));
        return true;
    }

    Entry* entries_ = nullptr;
    size_t mask_ = 0;
    size_t size_ = 0;
};

}  // namespace cairn

#endif
