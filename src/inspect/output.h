// SPDX-License-Identifier: MIT
// Numbers and JSON texts, handed to a host's function in parts.
#ifndef CAIRN_INSPECT_OUTPUT_H
#define CAIRN_INSPECT_OUTPUT_H

#include <cstddef>
#include <cstdint>

#include "cairn/snapshot.h"

namespace cairn {

class Output {
  public:
    Output(cairn_write_fn write, void* write_data) : write_(write), write_data_(write_data) {}
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    // Has the host given up?
    [[nodiscard]] bool failed() const { return failed_; }

    void put(char c) {
        make_room(1);
        *end_++ = c;
    }

    // As it is.
    void raw(const char* text);

    void number(uint64_t value) {
        make_room(kMostDigits);
        char digits[kMostDigits];
        char* first = digits + kMostDigits;
        do {
            *--first = static_cast<char>('0' + value % 10);
            value /= 10;
        } while (value != 0);
        while (first != digits + kMostDigits) {
            *end_++ = *first++;
        }
    }

    // With quotes and escapes, in ASCII. Bytes that are not UTF-8 become U+FFFD.
    void string(const char* text);

    void flush();

  private:
    static constexpr size_t kMostDigits = 20;

    void make_room(size_t size) {
        if (static_cast<size_t>(buffer_ + sizeof buffer_ - end_) < size) [[unlikely]] {
            flush();
        }
    }
    void escape(uint32_t unit);
    const char* code_point(const char* text);

    cairn_write_fn write_;
    void* write_data_;
    char* end_ = buffer_;
    bool failed_ = false;
    char buffer_[8192];
};

}  // namespace cairn

#endif
