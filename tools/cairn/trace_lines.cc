// SPDX-License-Identifier: MIT
#include "trace_lines.h"

#include <algorithm>
#include <cstdint>

namespace tool {
namespace {

struct CodePoint {
    uint32_t value = 0;
    size_t length = 0;  ///< bytes; 0: not UTF-8
};

CodePoint first_code_point(std::string_view text) {
    const auto byte = [&](size_t i) {
        return i < text.size() ? static_cast<uint32_t>(static_cast<unsigned char>(text[i])) : 0;
    };
    const uint32_t lead = byte(0);
    if (lead < 0x80) {
        return {lead, 1};
    }
    const size_t length = lead >= 0xF0 ? 4 : (lead >= 0xE0 ? 3 : 2);
    constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t value = lead & (0xFFU >> (length + 1));
    bool good = lead >= 0xC0 && lead < 0xF8;
    for (size_t i = 1; i < length; ++i) {
        good = good && (byte(i) & 0xC0U) == 0x80;
        value = value << 6 | (byte(i) & 0x3FU);
    }
    good = good && value >= kLeast[length] && value <= 0x10FFFF &&
           !(value >= 0xD800 && value <= 0xDFFF);
    return {value, good ? length : 0};
}

/// What Python's str.split() takes for white space.
bool is_space(uint32_t c) {
    return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 ||
           c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000;
}

/// Collects one line; a word is preceded by a space only if there is one before it.
struct LineBuilder {
    std::string line;
    bool gap = false;
    bool comment = false;

    void add(std::string_view bytes, uint32_t value) {
        if (value == '#') {
            comment = true;
        }
        if (comment) {
            return;
        }
        if (is_space(value)) {
            gap = true;
            return;
        }
        if (gap && !line.empty()) {
            line += ' ';
        }
        gap = false;
        line += bytes;
    }
};

}  // namespace

std::optional<std::vector<std::string>> trace_lines(std::string_view text) {
    std::vector<std::string> lines;
    LineBuilder builder;
    const auto end_line = [&] {
        if (!builder.line.empty()) {
            lines.push_back(builder.line);
        }
        builder = {};
    };
    while (!text.empty()) {
        const CodePoint c = first_code_point(text);
        if (c.length == 0) {
            return std::nullopt;
        }
        if (c.value == '\n' || c.value == '\r') {
            end_line();
        } else {
            builder.add(text.substr(0, c.length), c.value);
        }
        text.remove_prefix(c.length);
    }
    end_line();
    return lines;
}

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    while (!line.empty()) {
        const size_t end = std::min(line.find(' '), line.size());
        words.push_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return words;
}

}  // namespace tool
