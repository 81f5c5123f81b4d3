// SPDX-License-Identifier: MIT
/// A JSON reader that keeps nothing: the caller says what comes next, and every disagreement is an
/// error with its place.
#ifndef CAIRN_TOOL_HEAP_JSON_READER_H
#define CAIRN_TOOL_HEAP_JSON_READER_H

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "byte_source.h"

namespace tool::heap {

/// A fault in a file: where it is and what.
class FileFault : public std::runtime_error {
  public:
    FileFault(uint64_t offset, const std::string& what);
    [[nodiscard]] uint64_t offset() const { return offset_; }

  private:
    uint64_t offset_;
};

class JsonReader {
  public:
    explicit JsonReader(ByteSource& source) : source_(source) {}

    [[noreturn]] void fail(const std::string& what) const;
    [[noreturn]] static void fail_at(uint64_t offset, const std::string& what);
    [[nodiscard]] uint64_t offset() const { return source_.offset(); }

    /// Returns the first byte of what comes next, after blanks.
    int next() {
        int byte = source_.peek();
        while (byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r') {
            source_.advance();
            byte = source_.peek();
        }
        return byte;
    }
    /// Takes `byte` if it comes next.
    bool take(char byte) {
        if (next() != static_cast<unsigned char>(byte)) {
            return false;
        }
        source_.advance();
        return true;
    }
    void expect(char byte) {
        if (!take(byte)) {
            fail_expected(byte);
        }
    }
    /// Reads a whole number without sign of at most `most`. `what` names it in an error.
    uint64_t number(uint64_t most, const char* what) {
        // Nearly all numbers lie whole in the buffer and have few digits, so that only their end
        // must be looked at. long_number() reads all others, and says what is wrong with one.
        constexpr ptrdiff_t kMostDigits = 18;
        const char* const begin = source_.at();
        if (source_.end() - begin > kMostDigits) {
            const char* at = begin;
            uint64_t value = 0;
            for (; at - begin < kMostDigits; ++at) {
                const unsigned digit = static_cast<unsigned char>(*at) - unsigned{'0'};
                if (digit > 9) {
                    break;
                }
                value = value * 10 + digit;
            }
            if (at != begin && value <= most && (*at == ',' || *at == ']' || *at == '\n')) {
                source_.advance(static_cast<size_t>(at - begin));
                return value;
            }
        }
        return long_number(most, what);
    }
    /// Reads a string into `text` as UTF-8. Bytes that are not UTF-8 become U+FFFD.
    void string(std::string& text);
    /// Reads any value and drops it.
    void skip();
    /// Fails unless nothing but blanks follows.
    void expect_end();

    /// Calls member(key) for each member of an object; it must read the value.
    template <typename Member>
    void object(Member&& member) {
        expect('{');
        if (take('}')) {
            return;
        }
        std::string key;
        do {
            string(key);
            expect(':');
            member(key);
        } while (take(','));
        expect('}');
    }
    /// Calls element() for each element of an array; it must read the value.
    template <typename Element>
    void array(Element&& element) {
        expect('[');
        if (take(']')) {
            return;
        }
        do {
            element();
        } while (take(','));
        expect(']');
    }

  private:
    [[noreturn]] void fail_expected(char byte);
    [[nodiscard]] std::string seen();
    void escape(std::string& text);
    uint32_t four_digits();
    void skip_scalar();
    uint64_t long_number(uint64_t most, const char* what);

    ByteSource& source_;
    std::string scratch_;
};

}  // namespace tool::heap

#endif
