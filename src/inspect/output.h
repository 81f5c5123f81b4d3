// SPDX-License-Identifier: MIT
// Numbers and JSON texts, handed to a host's function in parts.
#ifndef CAIRN_INSPECT_OUTPUT_H
#define CAIRN_INSPECT_OUTPUT_H

#include <cstddef>
#include <cstdint>
#include <cstring>

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
        end_ = append(end_, value);
    }

    // With commas between them.
    template <typename... Values>
    void numbers(uint64_t first, Values... others) {
        make_room((1 + sizeof...(others)) * (kMostDigits + 1));
        char* end = append(end_, first);
        ((*end = ',', end = append(end + 1, others)), ...);
        end_ = end;
    }

    // With quotes and escapes, in ASCII. Bytes that are not UTF-8 become U+FFFD.
    void string(const char* text);

    void flush();

  private:
    static constexpr size_t kMostDigits = 20;
    static constexpr char kPairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
        "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
        "8081828384858687888990919293949596979899";

    // Returns the end of the number. What lies behind it, up to kMostDigits in all, may change.
    static char* append(char* to, uint64_t value) {
        if (value < 10) {
            *to = static_cast<char>('0' + value);
            return to + 1;
        }
        char digits[2 * kMostDigits];
        char* first = digits + kMostDigits;
        for (; value >= 10; value /= 100) {
            first -= 2;
            std::memcpy(first, &kPairs[2 * (value % 100)], 2);
        }
        if (value > 0) {
            *--first = static_cast<char>('0' + value);
        }
        std::memcpy(to, first, kMostDigits);  // a known size needs no call
        return to + (digits + kMostDigits - first);
    }

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
