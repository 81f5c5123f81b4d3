// SPDX-License-Identifier: MIT
/// The text of a trace, cut into operations.
#ifndef CAIRN_TOOL_TRACE_LINES_H
#define CAIRN_TOOL_TRACE_LINES_H

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// The operations of a trace: lines without comments, their words separated by single spaces,
/// empty ones left out. Nothing when `text` is not UTF-8.
std::optional<std::vector<std::string>> trace_lines(std::string_view text);

std::vector<std::string_view> words_of(std::string_view line);

}  // namespace tool

#endif
