// SPDX-License-Identifier: MIT
#include "moment.h"

#include <ctime>

#include <fmt/format.h>

#include "../usage.h"

namespace tool::heap {

std::string moment_text(uint64_t time_ms) {
    const auto seconds = static_cast<time_t>(time_ms / 1000);
    struct tm parts = {};
    if (time_ms == 0 || gmtime_r(&seconds, &parts) == nullptr) {
        return "";
    }
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}",
                       parts.tm_year + 1900,
                       parts.tm_mon + 1,
                       parts.tm_mday,
                       parts.tm_hour,
                       parts.tm_min,
                       parts.tm_sec,
                       time_ms % 1000);
}

std::optional<uint64_t> parse_moment(std::string_view text) {
    if (const std::optional<uint64_t> seconds = parse_number(text)) {
        return *seconds <= kMostSeconds ? std::optional(*seconds * 1000) : std::nullopt;
    }
    std::string whole(text);
    if (whole.size() == 10) {
        whole += " 00:00:00";
    }
    if (whole.size() == 19) {
        whole += ".000";
    }
    if (whole.size() != 23 || whole[19] != '.') {
        return std::nullopt;
    }
    whole[10] = ' ';
    struct tm parts = {};
    const char* const end = strptime(whole.c_str(), "%Y-%m-%d %H:%M:%S", &parts);
    const std::optional<uint64_t> fraction = parse_number(std::string_view(whole).substr(20));
    if (end != whole.c_str() + 19 || !fraction.has_value()) {
        return std::nullopt;
    }
    const time_t seconds = timegm(&parts);
    return seconds < 0 ? std::nullopt
                       : std::optional(static_cast<uint64_t>(seconds) * 1000 + *fraction);
}

}  // namespace tool::heap
