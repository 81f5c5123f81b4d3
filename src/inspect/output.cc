// SPDX-License-Identifier: MIT
#include "inspect/output.h"

namespace cairn {

void Output::flush() {
    const auto size = static_cast<size_t>(end_ - buffer_);
    end_ = buffer_;
    if (!failed_ && size > 0) {
        failed_ = write_(buffer_, size, write_data_) == 0;  // HOST CODE
    }
}

void Output::raw(const char* text) {
    for (; *text != '\0'; ++text) {
        put(*text);
    }
}

void Output::escape(uint32_t unit) {
    static constexpr char kHex[] = "0123456789abcdef";
    raw("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
        put(kHex[unit >> shift & 15]);
    }
}

namespace {

constexpr uint32_t kReplacement = 0xFFFD;

// How many bytes follow the first of a character; -1: none begins with it.
int following_bytes(uint8_t first) {
    return first >= 0xC2 && first <= 0xDF   ? 1
           : first >= 0xE0 && first <= 0xEF ? 2
           : first >= 0xF0 && first <= 0xF4 ? 3
                                            : -1;
}

// Shortest forms only, and no halves of pairs.
bool is_character(uint32_t value, int following) {
    constexpr uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
    return value >= kLeast[following] && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
}

}  // namespace

// Writes a character of several bytes, or a replacement for its first byte. Returns what follows.
const char* Output::code_point(const char* text) {
    const auto first = static_cast<uint8_t>(*text);
    const int following = following_bytes(first);
    uint32_t value = first & (0x3FU >> (following < 0 ? 0 : following));
    for (int i = 1; i <= following; ++i) {
        const auto byte = static_cast<uint8_t>(text[i]);
        if ((byte & 0xC0) != 0x80) {
            escape(kReplacement);
            return text + 1;
        }
        value = value << 6 | (byte & 0x3F);
    }
    if (following < 0 || !is_character(value, following)) {
        escape(kReplacement);
        return text + 1;
    }
    if (value >= 0x10000) {
        escape(0xD800 + ((value - 0x10000) >> 10));
        escape(0xDC00 + ((value - 0x10000) & 0x3FF));
    } else {
        escape(value);
    }
    return text + 1 + following;
}

void Output::string(const char* text) {
    put('"');
    while (*text != '\0') {
        const auto byte = static_cast<uint8_t>(*text);
        if (byte >= 0x80) {
            text = code_point(text);
            continue;
        }
        if (byte < 0x20 || byte == 0x7F) {
            escape(byte);
        } else {
            if (byte == '"' || byte == '\\') {
                put('\\');
            }
            put(*text);
        }
        ++text;
    }
    put('"');
}

}  // namespace cairn
