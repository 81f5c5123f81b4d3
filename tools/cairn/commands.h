// SPDX-License-Identifier: MIT
/// What main.cc chooses from: each command takes the words after its name and returns the exit
/// status (0 done, 1 failed, 2 wrong use).
#ifndef CAIRN_TOOL_COMMANDS_H
#define CAIRN_TOOL_COMMANDS_H

#include <span>
#include <string_view>

namespace tool {

using Words = std::span<const std::string_view>;

int trace_command(Words words);
int graph_command(Words words);

}  // namespace tool

#endif
