// SPDX-License-Identifier: MIT
/// Moments as text.
#ifndef CAIRN_TOOL_HEAP_MOMENT_H
#define CAIRN_TOOL_HEAP_MOMENT_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tool::heap {

constexpr uint64_t kMostSeconds = 253'402'300'799;  ///< the end of the year 9999

/// Returns "2026-01-31 23:59:59.123", UTC, for milliseconds since 1970; "" for 0, which is unknown.
std::string moment_text(uint64_t time_ms);

/// Returns the milliseconds since 1970 of "2026-01-31 23:59:59" (or with a T, without the time, or
/// with a fraction of three digits), or of a number of seconds.
std::optional<uint64_t> parse_moment(std::string_view text);

}  // namespace tool::heap

#endif
