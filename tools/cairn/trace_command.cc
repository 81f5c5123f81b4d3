// SPDX-License-Identifier: MIT
/// `cairn trace`: runs heap traces and prints their logs.
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "commands.h"
#include "file.h"
#include "say.h"
#include "trace_lines.h"
#include "trace_trials.h"
#include "usage.h"

namespace tool {
namespace {

constexpr std::array<std::string_view, 6> kOptions = {
    "--verify", "--collect-every", "--fail-sweep", "--declare-roots", "--unordered", "--stats"};

struct Request {
    TraceOptions options;
    bool stats = false;
    std::vector<std::string> files;
};

struct Stats {
    uint64_t full_collections = 0;
    uint64_t marked = 0;
};

/// Returns 0, or the exit status for wrong use.
int parse(Words words, Request& request) {
    for (size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word == "--verify") {
            request.options.verify = true;
        } else if (word == "--fail-sweep") {
            request.options.fail_sweep = true;
        } else if (word == "--declare-roots") {
            request.options.declare_roots = true;
        } else if (word == "--unordered") {
            request.options.unordered = true;
        } else if (word == "--stats") {
            request.stats = true;
        } else if (word == "--collect-every") {
            const auto number =
                i + 1 < words.size() ? parse_number(words[++i]) : std::optional<uint64_t>();
            if (!number.has_value() || *number == 0) {
                return wrong_use("--collect-every takes a whole number from 1");
            }
            request.options.collect_every = *number;
        } else if (word.size() > 1 && word.starts_with('-')) {
            return unknown_word("option", word, kOptions);
        } else {
            request.files.emplace_back(word);
        }
    }
    if (request.files.empty()) {
        return wrong_use("trace takes one file or more: cairn trace [OPTION]... FILE...");
    }
    if (request.options.fail_sweep &&
        (request.options.verify || request.options.collect_every != 0)) {
        return wrong_use("--fail-sweep goes with neither --verify nor --collect-every");
    }
    return 0;
}

/// Returns whether all was well.
bool run_file(const std::string& file, const TraceOptions& options, Stats& stats) {
    const FileBytes text = read_file(file);
    if (!text.error.empty()) {
        say("cairn: {}: {}\n", file, text.error);
        return false;
    }
    const auto lines = trace_lines(text.bytes);
    if (!lines.has_value()) {
        say("cairn: {}: not UTF-8 text\n", file);
        return false;
    }
    TrialResult result;
    if (options.fail_sweep) {
        result = sweep_failures(*lines, options);
        result.output = fmt::format("{}: {}", file, result.output);
    } else {
        result = run_trace(*lines, options);
    }
    fmt::print("{}", result.output);
    // A crash in a later trace must not take this log with it.
    (void)std::fflush(stdout);
    for (const std::string& problem : result.problems) {
        say("cairn: {}: {}\n", file, problem);
    }
    stats.full_collections += result.full_collections;
    stats.marked += result.marked;
    return result.problems.empty();
}

}  // namespace

int trace_command(Words words) {
    Request request;
    if (const int status = parse(words, request); status != 0) {
        return status;
    }
    bool is_well = true;
    Stats stats;
    for (const std::string& file : request.files) {
        is_well = run_file(file, request.options, stats) && is_well;
    }
    if (request.stats) {
        say("stats: {} full collections examined the roots, {} marked them\n",
            stats.full_collections,
            stats.marked);
    }
    return is_well ? 0 : 1;
}

}  // namespace tool
