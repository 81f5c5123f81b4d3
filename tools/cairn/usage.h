// SPDX-License-Identifier: MIT
/// What to say about a word that nobody knows.
#ifndef CAIRN_TOOL_USAGE_H
#define CAIRN_TOOL_USAGE_H

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tool {

/// The word of `known` that takes the fewest changes of one letter to get from `word`, if few
/// enough to be what was meant.
std::optional<std::string_view> nearest_word(std::string_view word,
                                             std::span<const std::string_view> known);

/// Says on standard error that `word` is no `kind`, and what would have been right. Returns 2.
int unknown_word(std::string_view kind,
                 std::string_view word,
                 std::span<const std::string_view> known);

/// Says on standard error what was wrong in the use of a command. Returns 2.
int wrong_use(std::string_view message);

/// A whole number without sign, or nothing.
std::optional<uint64_t> parse_number(std::string_view text);

}  // namespace tool

#endif
