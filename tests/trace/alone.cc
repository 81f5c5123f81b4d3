// SPDX-License-Identifier: MIT
/// `cairn trace` without the rest of the command, whose libraries a cross build does not have.
#include <cstdio>
#include <string_view>
#include <vector>

#include "commands.h"

int main(int argc, char** argv) {
    // The first word is `trace`, as for the command.
    const std::vector<std::string_view> words(argv + (argc > 1 ? 2 : 1), argv + argc);
    const int status = tool::trace_command(words);
    return std::fflush(stdout) == 0 ? status : 1;
}
