// SPDX-License-Identifier: MIT
#include "json_reader.h"

#include <limits>
#include <vector>

#include <fmt/format.h>

#include "utf8.h"

namespace tool::heap {

FileFault::FileFault(uint64_t offset, const std::string& what)
    : std::runtime_error(fmt::format("byte {}: {}", offset, what)), offset_(offset) {}

void JsonReader::fail(const std::string& what) const {
    throw FileFault(source_.offset(), what);
}

void JsonReader::fail_at(uint64_t offset, const std::string& what) {
    throw FileFault(offset, what);
}

std::string JsonReader::seen() {
    const int byte = source_.peek();
    if (byte == ByteSource::kEnd) {
        return "the end of the file";
    }
    if (byte > ' ' && byte < 0x7f) {
        return fmt::format("'{}'", static_cast<char>(byte));
    }
    return fmt::format("byte 0x{:02x}", byte);
}

void JsonReader::fail_expected(char byte) {
    fail(fmt::format("expected '{}', found {}", byte, seen()));
}

uint64_t JsonReader::long_number(uint64_t most, const char* what) {
    int byte = next();
    if (byte < '0' || byte > '9') {
        fail(fmt::format("expected a whole number without sign ({}), found {}", what, seen()));
    }
    const uint64_t start = source_.offset();
    uint64_t value = 0;
    for (; byte >= '0' && byte <= '9'; byte = source_.peek()) {
        const auto digit = static_cast<uint64_t>(byte - '0');
        if (value > (std::numeric_limits<uint64_t>::max() - digit) / 10) {
            fail_at(start, fmt::format("{} is too large: at most {}", what, most));
        }
        value = value * 10 + digit;
        source_.advance();
    }
    if (byte == '.' || byte == 'e' || byte == 'E') {
        fail(fmt::format("{} must be a whole number, found {}", what, seen()));
    }
    if (value > most) {
        fail_at(start, fmt::format("{} is too large: {}, at most {}", what, value, most));
    }
    return value;
}

uint32_t JsonReader::four_digits() {
    uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        const int byte = source_.peek();
        uint32_t digit = 0;
        if (byte >= '0' && byte <= '9') {
            digit = static_cast<uint32_t>(byte - '0');
        } else if ((byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F')) {
            digit = static_cast<uint32_t>((byte | 0x20) - 'a') + 10;
        } else {
            fail(fmt::format("\\u needs four hexadecimal digits, found {}", seen()));
        }
        value = value * 16 + digit;
        source_.advance();
    }
    return value;
}

/// Reads what follows a backslash. A half of a surrogate pair without the other, which V8 writes
/// for strings cut in the middle, becomes U+FFFD.
void JsonReader::escape(std::string& text) {
    static constexpr std::string_view kShort = "\"\\/bfnrt";
    static constexpr std::string_view kMeaning = "\"\\/\b\f\n\r\t";
    const int byte = source_.peek();
    if (byte != ByteSource::kEnd) {
        if (const size_t at = kShort.find(static_cast<char>(byte)); at != kShort.npos) {
            source_.advance();
            text += kMeaning[at];
            return;
        }
    }
    if (byte != 'u') {
        fail(fmt::format("unknown escape: {}", seen()));
    }
    source_.advance();
    uint32_t code = four_digits();
    while (code >= 0xd800 && code < 0xdc00 && source_.peek() == '\\') {
        source_.advance();
        if (source_.peek() != 'u') {
            append_utf8(text, kReplacement);
            escape(text);
            return;
        }
        source_.advance();
        const uint32_t low = four_digits();
        if (low >= 0xdc00 && low < 0xe000) {
            append_utf8(text, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
            return;
        }
        append_utf8(text, kReplacement);
        code = low;
    }
    append_utf8(text, code >= 0xd800 && code < 0xe000 ? kReplacement : code);
}

void JsonReader::string(std::string& text) {
    expect('"');
    const uint64_t start = source_.offset() - 1;
    text.clear();
    bool is_ascii = true;
    for (;;) {
        const std::string_view bytes = source_.buffered();
        if (bytes.empty()) {
            fail_at(start, "the string that begins here does not end");
        }
        size_t length = 0;
        while (length < bytes.size()) {
            const auto byte = static_cast<unsigned char>(bytes[length]);
            if (byte == '"' || byte == '\\' || byte < 0x20) {
                break;
            }
            is_ascii = is_ascii && byte < 0x80;
            ++length;
        }
        text.append(bytes.substr(0, length));
        source_.advance(length);
        if (length == bytes.size()) {
            continue;
        }
        if (bytes[length] == '"') {
            source_.advance();
            break;
        }
        if (bytes[length] != '\\') {
            fail(fmt::format("a string has a control character ({}); it must be escaped", seen()));
        }
        source_.advance();
        escape(text);
    }
    if (!is_ascii) {
        replace_invalid_utf8(text);
    }
}

void JsonReader::skip_scalar() {
    const int first = next();
    if (first == '"') {
        string(scratch_);
        return;
    }
    std::string word;
    for (int byte = first; (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                           byte == '-' || byte == '+' || byte == '.' || byte == 'E';
         byte = source_.peek()) {
        if (word.size() > 64) {
            break;
        }
        word += static_cast<char>(byte);
        source_.advance();
    }
    const bool is_number = !word.empty() && (word[0] == '-' || (word[0] >= '0' && word[0] <= '9'));
    if (!is_number && word != "true" && word != "false" && word != "null") {
        fail(word.empty() ? fmt::format("expected a value, found {}", seen())
                          : fmt::format("'{}' is not a value", word));
    }
}

/// Open brackets are on a list, not on the C stack: a file may nest as deep as it likes.
void JsonReader::skip() {
    std::vector<char> closers;
    do {
        bool has_value = true;
        if (take('[')) {
            closers.push_back(']');
            has_value = next() == ']';
        } else if (take('{')) {
            closers.push_back('}');
            has_value = next() == '}';
        } else {
            skip_scalar();
        }
        while (has_value && !closers.empty()) {
            if (take(',')) {
                break;
            }
            expect(closers.back());
            closers.pop_back();
        }
        if (!closers.empty() && closers.back() == '}') {
            string(scratch_);
            expect(':');
        }
    } while (!closers.empty());
}

void JsonReader::expect_end() {
    if (next() != ByteSource::kEnd) {
        fail(fmt::format("expected the end of the file, found {}", seen()));
    }
}

}  // namespace tool::heap
