// SPDX-License-Identifier: MIT
#include "utf8.h"

#include <algorithm>
#include <cstddef>

namespace tool::heap {
namespace {

bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

/// Returns the length of the valid sequence at the start of `text`, or 0.
size_t sequence_length(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) {
        return 1;
    }
    const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) {
        return 0;
    }
    if (!std::all_of(
            text.begin() + 1, text.begin() + static_cast<ptrdiff_t>(length), is_continuation)) {
        return 0;
    }
    const auto second = static_cast<unsigned char>(text[1]);
    const bool is_overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    const bool is_surrogate = first == 0xed && second >= 0xa0;
    const bool is_too_large = first == 0xf4 && second >= 0x90;
    return is_overlong || is_surrogate || is_too_large ? 0 : length;
}

/// Returns the length of the character at the start of `text` if a terminal or a page would obey it
/// (C0, C1, separators of lines, directions of writing), or 0.
size_t control_length(std::string_view text) {
    const auto byte = [&](size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    if (byte(0) < 0x20 || byte(0) == 0x7f) {
        return 1;
    }
    if (byte(0) == 0xc2) {
        return byte(1) >= 0x80 && byte(1) < 0xa0 ? 2 : 0;
    }
    if (byte(0) != 0xe2) {
        return 0;
    }
    const bool is_separator_or_embedding = byte(1) == 0x80 && byte(2) >= 0xa8 && byte(2) <= 0xae;
    const bool is_isolate = byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9;
    return is_separator_or_embedding || is_isolate ? 3 : 0;
}

}  // namespace

void append_utf8(std::string& text, uint32_t code) {
    const auto tail = [&](unsigned shift) {
        text += static_cast<char>(0x80 | ((code >> shift) & 0x3f));
    };
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xc0 | (code >> 6));
        tail(0);
    } else if (code < 0x10000) {
        text += static_cast<char>(0xe0 | (code >> 12));
        tail(6);
        tail(0);
    } else {
        text += static_cast<char>(0xf0 | (code >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

void replace_invalid_utf8(std::string& text) {
    std::string valid;
    valid.reserve(text.size());
    for (std::string_view rest = text; !rest.empty();) {
        const size_t length = sequence_length(rest);
        if (length == 0) {
            append_utf8(valid, kReplacement);
        } else {
            valid.append(rest.substr(0, length));
        }
        rest.remove_prefix(std::max<size_t>(length, 1));
    }
    text = std::move(valid);
}

size_t character_count(std::string_view text) {
    return text.size() -
           static_cast<size_t>(std::count_if(text.begin(), text.end(), is_continuation));
}

std::string one_line(std::string_view text, size_t most) {
    std::string line;
    size_t characters = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        if (!is_continuation(text[i]) && ++characters > most) {
            // The last character makes room for the sign.
            do {
                const char last = line.back();
                line.pop_back();
                if (!is_continuation(last)) {
                    break;
                }
            } while (!line.empty());
            return line + "…";
        }
        const size_t length = control_length(text.substr(i));
        line += length != 0 ? ' ' : text[i];
        i += std::max<size_t>(length, 1) - 1;
    }
    return line;
}

}  // namespace tool::heap
