// SPDX-License-Identifier: MIT
/// What the words after `cairn heap` ask for.
#ifndef CAIRN_TOOL_HEAP_REQUEST_H
#define CAIRN_TOOL_HEAP_REQUEST_H

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "census.h"
#include "snapshot.h"

namespace tool::heap {

struct Request {
    std::vector<std::string> words;  ///< all but options: files and what to look for
    Order order = Order::kRetained;
    size_t limit = 20;
    size_t depth = 0;  ///< 0: the command's default
    size_t max_nodes = 200;
    std::string output;
    std::string format;
    Origin origin;  ///< replaces what the files say, where it says something
    bool json = false;
    bool by_site = false;
    bool referrers = false;
};

/// The commands. Each returns the exit status.
int run_summary(const Request& request);
int run_top(const Request& request);
int run_types(const Request& request);
int run_diff(const Request& request);
int run_why(const Request& request);
int run_dominators(const Request& request);
int run_dot(const Request& request);
int run_flame(const Request& request);
int run_sites(const Request& request);
int run_report(const Request& request);
int run_sql(const Request& request);
int run_rows(const Request& request);

/// Reads a snapshot for `request`: its origin is the file's with the request's put over it.
HeapModel load_for(const Request& request, const std::string& path);

/// `cairn heap`: returns the exit status.
int heap_command(std::span<const std::string_view> words);

}  // namespace tool::heap

#endif
