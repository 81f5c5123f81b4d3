// SPDX-License-Identifier: MIT
/// Runs of a trace: one, or many with memory failing at a place further on each time.
#ifndef CAIRN_TOOL_TRACE_TRIALS_H
#define CAIRN_TOOL_TRACE_TRIALS_H

#include <cstdint>
#include <string>
#include <vector>

namespace tool {

struct TraceOptions {
    bool verify = false;
    uint64_t collect_every = 0;
    bool fail_sweep = false;
    bool declare_roots = false;
    bool unordered = false;
};

struct TrialResult {
    std::string output;
    std::vector<std::string> problems;
    uint64_t full_collections = 0;  ///< that examined the trace's roots
    uint64_t marked = 0;            ///< of these, those that reached them from a declared root
};

/// Runs a trace once. The output is its log.
TrialResult run_trace(const std::vector<std::string>& lines, const TraceOptions& options);

/// Runs a trace again and again: first failing the 1st, 2nd, 3rd ... memory request of the heap,
/// then refusing it the 1st, 2nd, 3rd ... block of memory, each until none fails. The output is a
/// line of numbers.
TrialResult sweep_failures(const std::vector<std::string>& lines, const TraceOptions& options);

}  // namespace tool

#endif
