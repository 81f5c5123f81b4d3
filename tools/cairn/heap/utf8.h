// SPDX-License-Identifier: MIT
/// Text as UTF-8.
#ifndef CAIRN_TOOL_HEAP_UTF8_H
#define CAIRN_TOOL_HEAP_UTF8_H

#include <cstdint>
#include <string>
#include <string_view>

namespace tool::heap {

constexpr uint32_t kReplacement = 0xfffd;

void append_utf8(std::string& text, uint32_t code);

/// Replaces each byte that is not part of a valid sequence by U+FFFD.
void replace_invalid_utf8(std::string& text);

/// Returns how many columns `text` takes if each character takes one.
size_t character_count(std::string_view text);

/// Returns `text` on one line, with at most `most` characters: blanks for control characters and
/// for those that change the direction of writing, and "…" for what is cut off.
std::string one_line(std::string_view text, size_t most);

}  // namespace tool::heap

#endif
