// SPDX-License-Identifier: MIT
// A growable array of trivially copyable items whose growth can fail.
#ifndef CAIRN_BASE_ARRAY_H
#define CAIRN_BASE_ARRAY_H

#include <cstddef>
#include <cstring>
#include <type_traits>

#include "base/check.h"
#include "base/memory.h"

namespace cairn {

template <typename T>
class Array {
    static_assert(std::is_trivially_copyable_v<T>);

  public:
    [[nodiscard]] size_t size() const { return size_; }
    [[nodiscard]] size_t capacity() const { return capacity_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] T* begin() { return items_; }
    [[nodiscard]] T* end() { return items_ + size_; }
    [[nodiscard]] const T* begin() const { return items_; }
    [[nodiscard]] const T* end() const { return items_ + size_; }

    T& operator[](size_t i) {
        CAIRN_ASSERT_INTERNAL(i < size_);
        return items_[i];
    }

    const T& operator[](size_t i) const {
        CAIRN_ASSERT_INTERNAL(i < size_);
        return items_[i];
    }

    // Makes room for `wanted` items in all.
    [[nodiscard]] bool reserve(Memory& memory, size_t wanted) {
        if (wanted <= capacity_) {
            return true;
        }
        size_t capacity = capacity_ < 8 ? 8 : capacity_ + capacity_ / 2;
        capacity = capacity < wanted ? wanted : capacity;
        if (capacity > SIZE_MAX / sizeof(T)) {
            return false;
        }
        T* items = static_cast<T*>(memory.allocate_table(capacity * sizeof(T)));
        if (items == nullptr) {
            return false;
        }
        if (size_ > 0) {
            std::memcpy(static_cast<void*>(items), items_, size_ * sizeof(T));
        }
        memory.release_table(items_, capacity_ * sizeof(T));
        items_ = items;
        capacity_ = capacity;
        return true;
    }

    // Makes it `size` items long; new ones are not set.
    [[nodiscard]] bool resize(Memory& memory, size_t size) {
        if (!reserve(memory, size)) {
            return false;
        }
        size_ = size;
        return true;
    }

    [[nodiscard]] bool push(Memory& memory, T item) {
        if (size_ == capacity_ && !reserve(memory, size_ + 1)) {
            return false;
        }
        items_[size_++] = item;
        return true;
    }

    void push_reserved(T item) {
        CAIRN_ASSERT_INTERNAL(size_ < capacity_);
        items_[size_++] = item;
    }

    T pop() {
        CAIRN_ASSERT_INTERNAL(size_ > 0);
        return items_[--size_];
    }

    void remove(size_t i) {
        CAIRN_ASSERT_INTERNAL(i < size_);
        std::memmove(static_cast<void*>(items_ + i), items_ + i + 1, (size_ - i - 1) * sizeof(T));
        --size_;
    }

    void clear() { size_ = 0; }

    // Drops the last items, a megabyte of them at most, and lets the system have their memory: it
    // may take a millisecond for a whole array. False: there is none.
    [[nodiscard]] bool discard_last(const Memory& memory) {
        constexpr size_t kPart = (size_t{1} << 20) / sizeof(T);
        const size_t count = size_ < kPart ? size_ : kPart;
        if (count == 0) {
            return false;
        }
        size_ -= count;
        memory.discard_table(items_ + size_, count * sizeof(T));
        return true;
    }

    // Leaves the items, `capacity()` of them, to the caller.
    [[nodiscard]] T* detach() {
        T* items = items_;
        items_ = nullptr;
        size_ = capacity_ = 0;
        return items;
    }

    void release(Memory& memory) {
        memory.release_table(items_, capacity_ * sizeof(T));
        items_ = nullptr;
        size_ = capacity_ = 0;
    }

  private:
    T* items_ = nullptr;
    size_t size_ = 0;
    size_t capacity_ = 0;
};

}  // namespace cairn

#endif
