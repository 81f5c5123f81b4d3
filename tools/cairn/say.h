// SPDX-License-Identifier: MIT
/// Messages on standard error.
#ifndef CAIRN_TOOL_SAY_H
#define CAIRN_TOOL_SAY_H

#include <cstdio>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace tool {

/// Unlike fmt::print() it does not throw where standard error cannot be written: a message that is
/// lost must change neither the exit status nor what is done next.
template <typename... Values>
void say(fmt::format_string<Values...> format, Values&&... values) {
    const std::string message = fmt::format(format, std::forward<Values>(values)...);
    (void)std::fwrite(message.data(), 1, message.size(), stderr);
}

}  // namespace tool

#endif
