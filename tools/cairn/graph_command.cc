// SPDX-License-Identifier: MIT
/// `cairn graph`: loads the object graph of a real program, times collections of it, and takes it
/// apart again.
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "commands.h"
#include "graph_file.h"
#include "graph_heap.h"
#include "heap/output.h"
#include "say.h"
#include "usage.h"

namespace tool {
namespace {

constexpr std::array<std::string_view, 5> kOptions = {
    "--no-collect-times", "--memory-limit", "--declare-roots", "--huge-pages", "--snapshot"};
constexpr uint64_t kMostMebibytes = uint64_t{1} << 20;
constexpr size_t kRounds = 7;

struct Request {
    std::string file;
    size_t limit = size_t{1} << 30;
    bool collect_times = true;
    bool declare_roots = false;
    bool huge_pages = false;
    std::string snapshot;  ///< the file to write one to; empty: none
};

/// Returns 0, or the exit status for wrong use.
int parse(Words words, Request& request) {
    std::vector<std::string_view> files;
    for (size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word == "--no-collect-times") {
            request.collect_times = false;
        } else if (word == "--declare-roots") {
            request.declare_roots = true;
        } else if (word == "--huge-pages") {
            request.huge_pages = true;
        } else if (word == "--snapshot") {
            // A forgotten file name must not take the next option for one.
            if (++i == words.size() || words[i].empty() || words[i].starts_with("--")) {
                return wrong_use("--snapshot takes a file to write");
            }
            request.snapshot = words[i];
        } else if (word == "--memory-limit") {
            const auto number =
                i + 1 < words.size() ? parse_number(words[++i]) : std::optional<uint64_t>();
            if (!number.has_value() || *number == 0 || *number > kMostMebibytes) {
                return wrong_use("--memory-limit takes a whole number of MiB from 1");
            }
            request.limit = static_cast<size_t>(*number) << 20;
        } else if (word.size() > 1 && word.starts_with('-')) {
            return unknown_word("option", word, kOptions);
        } else {
            files.push_back(word);
        }
    }
    if (files.size() != 1) {
        return wrong_use("graph takes one file: cairn graph FILE [OPTION]...");
    }
    request.file = files[0];
    return 0;
}

int fail(const std::string& file, std::string_view what) {
    say("cairn: {}: {}\n", file, what);
    return 1;
}

class Stopwatch {
  public:
    [[nodiscard]] double nanoseconds() const {
        return std::chrono::duration<double, std::nano>(Clock::now() - start_).count();
    }
    /// " in N.NN ms", or nothing if times are not wanted.
    [[nodiscard]] std::string text(const Request& request) const {
        return request.collect_times ? fmt::format(" in {:.2f} ms", nanoseconds() / 1e6) : "";
    }

  private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point start_ = Clock::now();
};

void print_graph(const std::string& file, const Graph& graph) {
    const auto is_container = [&](const GraphNode& node) {
        return graph.types[node.type].is_container;
    };
    const auto containers = std::count_if(graph.nodes.begin(), graph.nodes.end(), is_container);
    fmt::print("{}: {} nodes ({} of them containers), {} edges, {} types, {} bytes\n",
               file,
               graph.nodes.size(),
               containers,
               graph.edges.size(),
               graph.types.size(),
               graph.bytes);
}

cairn_status time_collections(GraphHeap& heap) {
    size_t unreachable = 0;
    cairn_status status = heap.collect(&unreachable);
    if (unreachable != 0) {
        fmt::print("{} objects were held by nothing but each other\n", unreachable);
    }
    std::array<double, kRounds> times = {};
    for (double& time : times) {
        const Stopwatch stopwatch;
        if (status == CAIRN_OK) {
            status = heap.collect(nullptr);
        }
        time = stopwatch.nanoseconds();
    }
    std::sort(times.begin(), times.end());
    const size_t tracked = heap.tracked_count();
    const double median = times[kRounds / 2];
    const auto divisor = static_cast<double>(std::max<size_t>(tracked, 1));
    fmt::print(
        "full collection of {} tracked live objects: median {:.2f} ms, {:.2f} ns an object "
        "(min {:.2f} ms, max {:.2f} ms)\n",
        tracked,
        median / 1e6,
        median / divisor,
        times.front() / 1e6,
        times.back() / 1e6);
    return status;
}

int write_part(const void* data, size_t size, void* file) {
    return std::fwrite(data, 1, size, static_cast<std::FILE*>(file)) == size ? 1 : 0;
}

/// Writes a snapshot of what a collection leaves. Returns what went wrong, or nothing.
std::string write_snapshot(GraphHeap& heap, heap::Draft& draft) {
    if (const cairn_status status = heap.collect(nullptr); status != CAIRN_OK) {
        return cairn_status_text(status);
    }
    std::FILE* file = std::fopen(draft.name().c_str(), "wb");
    if (file == nullptr) {
        return std::generic_category().message(errno);
    }
    const cairn_status status = heap.write_snapshot(write_part, file);
    if (std::fclose(file) != 0 || status == CAIRN_USER_ERROR) {
        return std::generic_category().message(errno);
    }
    if (status != CAIRN_OK) {
        return cairn_status_text(status);
    }
    draft.finish();
    return {};
}

/// Returns how many objects are left.
size_t take_apart(const Request& request, GraphHeap& heap) {
    const size_t before = heap.usage().objects;
    const Stopwatch by_count;
    heap.let_go();
    const std::string count_time = by_count.text(request);
    const size_t between = heap.usage().objects;
    fmt::print("let go of the external references: {} objects died by count{}\n",
               before - between,
               count_time);
    const Stopwatch by_collection;
    (void)heap.collect(nullptr);
    const std::string collection_time = by_collection.text(request);
    const size_t left = heap.usage().objects;
    fmt::print(
        "full collection: {} objects died{}, {} left\n", between - left, collection_time, left);
    return left;
}

}  // namespace

int graph_command(Words words) {
    Request request;
    if (const int status = parse(words, request); status != 0) {
        return status;
    }
    std::optional<heap::Draft> draft;
    if (!request.snapshot.empty()) {
        draft.emplace(request.snapshot, std::span(&request.file, 1));
    }
    Graph graph;
    if (const std::string error = read_graph(request.file, request.limit, graph); !error.empty()) {
        return fail(request.file, error);
    }
    GraphHeap heap;
    cairn_status status =
        heap.load(graph, request.limit, request.huge_pages ? unsigned{CAIRN_HEAP_HUGE_PAGES} : 0U);
    if (status == CAIRN_OK) {
        print_graph(request.file, graph);
        const cairn_heap_usage usage = heap.usage();
        fmt::print(
            "heap: {} objects, {} bytes of pages, {} bytes of tables; {} external references "
            "held\n",
            usage.objects,
            usage.object_bytes,
            usage.table_bytes,
            heap.held_count());
        if (request.declare_roots) {
            status = heap.declare_roots();
        }
        if (status == CAIRN_OK && request.collect_times) {
            status = time_collections(heap);
        }
    }
    if (status != CAIRN_OK) {
        return fail(
            request.file,
            status == CAIRN_NO_MEMORY ? needs_more_than(request.limit) : cairn_status_text(status));
    }
    if (draft.has_value()) {
        if (const std::string error = write_snapshot(heap, *draft); !error.empty()) {
            return fail(request.snapshot, error);
        }
    }
    const size_t left = take_apart(request, heap);
    return left == 0 ? 0 : fail(request.file, "not everything was reclaimed");
}

}  // namespace tool
