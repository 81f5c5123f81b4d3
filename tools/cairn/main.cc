// SPDX-License-Identifier: MIT
/// The `cairn` command: finds the command that the first word names, and runs it.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cairn/cairn.h"
#include "commands.h"
#include "heap/request.h"
#include "usage.h"

namespace tool {
namespace {

constexpr std::string_view kHelp =
    R"(Cairn: an embeddable object heap for scripting runtimes.

usage: cairn trace [--verify] [--collect-every N] [--fail-sweep] [--declare-roots]
                   [--unordered] [--stats] FILE...
           run heap traces and print their logs (language and options: docs/heap-trace.md);
           here and for graph the FILE `-` is standard input
       cairn graph FILE [--no-collect-times] [--declare-roots] [--huge-pages] [--memory-limit MIB]
                   [--snapshot FILE]
           load the object graph of a real program (plain or .xz), time full collections of
           it (its external references declared as roots, or on huge pages, if wanted), write a
           snapshot of it (for `cairn heap`), and take it apart; in 1024 MiB at most, or in MIB
           (format of the file: docs/graphs.md)
       cairn heap COMMAND FILE... [OPTION]...
           read heap snapshots: what is there, what grew, who holds it (cairn heap --help)
       cairn --help
       cairn --version
)";

int help_command(Words words) {
    if (!words.empty()) {
        return wrong_use("help takes no other word");
    }
    fmt::print("{}", kHelp);
    return 0;
}

int version_command(Words words) {
    if (!words.empty()) {
        return wrong_use("--version takes no other word");
    }
    fmt::print("cairn {}\n", CAIRN_VERSION_STRING);
    return 0;
}

struct Command {
    std::string_view word;
    int (*run)(Words words);
    bool is_in_main_help = false;  ///< whether kHelp describes its options
};

constexpr Command kCommands[] = {
    {"trace", trace_command, true},
    {"graph", graph_command, true},
    {"heap", heap::heap_command},
    {"help", help_command},
    {"--help", help_command},
    {"-h", help_command},
    {"--version", version_command},
};

bool is_help(std::string_view word) {
    return word == "--help" || word == "-h";
}

int run(Words words) {
    if (words.empty()) {
        return help_command(words);
    }
    std::vector<std::string_view> known;
    for (const Command& command : kCommands) {
        if (command.word == words[0]) {
            const Words rest = words.subspan(1);
            const bool asks_for_help = std::any_of(rest.begin(), rest.end(), is_help);
            return command.is_in_main_help && asks_for_help ? help_command({}) : command.run(rest);
        }
        known.push_back(command.word);
    }
    return unknown_word("command", words[0], known);
}

// The messages of the handlers need no memory.
int run_without_throwing(int argc, char** argv) try {
    const std::vector<std::string_view> words(argv + 1, argv + argc);
    return run(words);
} catch (const std::bad_alloc&) {
    (void)std::fputs("cairn: out of memory\n", stderr);
    return 1;
} catch (const std::exception& error) {
    // Output that cannot be written is one fault, whether a write throws or the flush below fails.
    if (std::ferror(stdout) == 0) {
        (void)std::fprintf(stderr, "cairn: %s\n", error.what());
    }
    return 1;
}

}  // namespace
}  // namespace tool

int main(int argc, char** argv) {
    int status = tool::run_without_throwing(argc, argv);
    // What could not be written was not printed: a full disk or a closed pipe must not look well.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
        (void)std::fputs("cairn: standard output cannot be written\n", stderr);
        status = 1;
    }
    return status;
}
