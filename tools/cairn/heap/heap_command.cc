// SPDX-License-Identifier: MIT
/// `cairn heap`: reads its words, and runs the command that they name.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "../usage.h"
#include "moment.h"
#include "request.h"

namespace tool::heap {
namespace {

constexpr std::string_view kHelp =
    R"(usage: cairn heap COMMAND FILE... [OPTION]...
reads heap snapshots (.heapsnapshot), Cairn's and those of V8 (Chrome, Node); `-` is standard input

       cairn heap [summary] FILE...
           size, the largest types and objects
       cairn heap top FILE [--by retained|self|count] [--limit N]
           the largest objects; by count, the types with the most
       cairn heap types FILE [--by retained|self|count] [--limit N]
           all types
       cairn heap diff OLD NEW [--limit N]
           growth by type; the largest new objects and who holds them
       cairn heap why FILE ID|TYPE [--limit N]
           the paths from the root to an object, or to all of a type, merged where they are alike
       cairn heap dominators FILE [ID] [--depth N] [--limit N]
           the dominator tree: who would take how much with it
       cairn heap dot FILE ID|TYPE [--referrers] [--depth N] [--max-nodes N] [-o FILE.dot]
           the paths to objects, or all that refers to them, for Graphviz
       cairn heap flame FILE [--sites] [-o FILE]
           folded stacks for flame graphs: the dominator tree by type, or allocation sites
       cairn heap sites FILE [--limit N] [-o FILE.pb.gz]
           where sampled objects were allocated; with -o, a profile for `go tool pprof`
       cairn heap report [OLD] FILE -o FILE.html
           one page to look at in a browser, without a network
       cairn heap sql FILE... -o FILE.sqlite
       cairn heap rows FILE... -o DIRECTORY [--format ndjson|csv]
           rows for SQLite; for DuckDB, ClickHouse and other engines
       options of all: --json where a table is printed; --host, --build, --time for sql and rows
)";

struct Command {
    std::string_view word;
    size_t least_words;
    size_t most_words;
    std::string_view options;  ///< separated by blanks
    int (*run)(const Request& request);
};

constexpr size_t kMany = 100'000;
constexpr Command kCommands[] = {
    {"summary", 1, kMany, "--json --by", run_summary},
    {"top", 1, 1, "--json --by --limit", run_top},
    {"types", 1, 1, "--json --by --limit", run_types},
    {"diff", 2, 2, "--json --limit", run_diff},
    {"why", 2, 2, "--json --limit", run_why},
    {"dominators", 1, 2, "--json --limit --depth", run_dominators},
    {"dot", 2, 2, "--referrers --depth --max-nodes --output", run_dot},
    {"flame", 1, 1, "--sites --output", run_flame},
    {"sites", 1, 1, "--json --limit --output", run_sites},
    {"report", 1, 2, "--output", run_report},
    {"sql", 1, kMany, "--output --host --build --time", run_sql},
    {"rows", 1, kMany, "--output --format --host --build --time", run_rows},
};

std::vector<std::string_view> split(std::string_view words) {
    std::vector<std::string_view> result;
    while (!words.empty()) {
        const size_t end = std::min(words.find(' '), words.size());
        result.push_back(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return result;
}

/// Reads the options of one command. Faults are said on standard error.
class OptionReader {
  public:
    OptionReader(const Command& command, std::span<const std::string_view> words)
        : command_(command), words_(words) {}

    /// Returns 0, or the exit status for wrong use.
    int read(Request& request) {
        for (; at_ < words_.size() && status_ == 0; ++at_) {
            const std::string_view word = words_[at_];
            if (word.size() > 1 && word.starts_with('-')) {
                read_option(word == "-o" ? "--output" : word, request);
            } else {
                request.words.emplace_back(word);
            }
        }
        const size_t count = request.words.size();
        if (status_ == 0 && (count < command_.least_words || count > command_.most_words)) {
            status_ =
                wrong_use(fmt::format("heap {}: wrong number of files or words; see "
                                      "`cairn heap --help`",
                                      command_.word));
        }
        return status_;
    }

  private:
    void read_option(std::string_view option, Request& request) {
        const std::vector<std::string_view> known = split(command_.options);
        if (std::find(known.begin(), known.end(), option) == known.end()) {
            status_ = unknown_word("option", option, known);
        } else if (option == "--json") {
            request.json = true;
        } else if (option == "--sites") {
            request.by_site = true;
        } else if (option == "--referrers") {
            request.referrers = true;
        } else if (at_ + 1 == words_.size()) {
            status_ = wrong_use(fmt::format("{} needs a value", option));
        } else {
            read_value(option, words_[++at_], request);
        }
    }

    void read_value(std::string_view option, std::string_view value, Request& request) {
        if (option == "--by") {
            request.order = static_cast<Order>(choose(option, value, "retained self count"));
        } else if (option == "--limit") {
            request.limit = number(option, value, kMany * 1000);
        } else if (option == "--depth") {
            request.depth = number(option, value, 100);
        } else if (option == "--max-nodes") {
            request.max_nodes = number(option, value, 1000);
        } else if (option == "--output") {
            request.output = value;
        } else if (option == "--format") {
            (void)choose(option, value, "ndjson csv");
            request.format = value;
        } else if (option == "--host") {
            request.origin.host = value;
        } else if (option == "--build") {
            request.origin.build = value;
        } else {
            const std::optional<uint64_t> moment = parse_moment(value);
            if (!moment.has_value()) {
                status_ = wrong_use("--time takes \"2026-01-31 23:59:59\" (UTC), or seconds");
            }
            request.origin.time_ms = moment.value_or(0);
        }
    }

    size_t number(std::string_view option, std::string_view value, size_t most) {
        const std::optional<uint64_t> parsed = parse_number(value);
        if (!parsed.has_value() || *parsed == 0 || *parsed > most) {
            status_ = wrong_use(fmt::format("{} takes a whole number from 1 to {}", option, most));
        }
        return parsed.value_or(1);
    }

    size_t choose(std::string_view option, std::string_view value, std::string_view choices) {
        const std::vector<std::string_view> known = split(choices);
        const auto found = std::find(known.begin(), known.end(), value);
        if (found == known.end()) {
            status_ = unknown_word(fmt::format("value of {}", option), value, known);
            return 0;
        }
        return static_cast<size_t>(found - known.begin());
    }

    const Command& command_;
    std::span<const std::string_view> words_;
    size_t at_ = 0;
    int status_ = 0;
};

const Command* find_command(std::string_view word) {
    const auto found = std::find_if(std::begin(kCommands),
                                    std::end(kCommands),
                                    [&](const Command& command) { return command.word == word; });
    return found == std::end(kCommands) ? nullptr : found;
}

}  // namespace

int heap_command(std::span<const std::string_view> words) {
    if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
        fmt::print("{}", kHelp);
        return words.empty() ? 2 : 0;
    }
    const Command* command = find_command(words[0]);
    const bool is_file =
        command == nullptr && (words[0] == "-" || std::filesystem::exists(words[0]));
    if (command == nullptr && !is_file) {
        std::vector<std::string_view> known;
        for (const Command& each : kCommands) {
            known.push_back(each.word);
        }
        return unknown_word("heap command or file", words[0], known);
    }
    command = is_file ? &kCommands[0] : command;
    Request request;
    if (const int status = OptionReader(*command, words.subspan(is_file ? 0 : 1)).read(request);
        status != 0) {
        return status;
    }
    return command->run(request);
}

}  // namespace tool::heap
