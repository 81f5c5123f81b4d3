// SPDX-License-Identifier: MIT
/// Texts as UTF-8.
#ifndef PEBBLE_FRONT_UTF8_H
#define PEBBLE_FRONT_UTF8_H

#include <string>
#include <string_view>

namespace pebble {

/// How many characters the text has.
size_t utf8_length(std::string_view text);
/// Reads the character at `*at` and steps over it.
unsigned next_character(std::string_view text, size_t* at);
/// Appends a character.
void append_utf8(std::string* out, unsigned code);

}  // namespace pebble

#endif
