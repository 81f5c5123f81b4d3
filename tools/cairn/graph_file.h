// SPDX-License-Identifier: MIT
/// Files that hold the object graph of a program (format: docs/graphs.md).
#ifndef CAIRN_TOOL_GRAPH_FILE_H
#define CAIRN_TOOL_GRAPH_FILE_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tool {

/// The format's largest number of external references. It stands for "more than were counted".
constexpr uint64_t kUncountedReferences = uint64_t{1} << 20;

struct GraphType {
    std::string name;
    bool is_container = false;
};

struct GraphNode {
    size_t size = 0;
    size_t first_edge = 0;
    uint32_t edge_count = 0;
    uint32_t type = 0;
    uint32_t external_references = 0;

    /// An uncounted number of references keeps an object alive as one does.
    [[nodiscard]] uint32_t held_references() const {
        return external_references == kUncountedReferences ? 1 : external_references;
    }
};

struct Graph {
    std::vector<GraphType> types;
    std::vector<GraphNode> nodes;
    std::vector<uint32_t> edges;  ///< numbers of nodes
    size_t bytes = 0;             ///< sum of the nodes' sizes
    size_t held_references = 0;   ///< sum of the nodes'
    size_t table_bytes = 0;       ///< what the graph takes, and pointers to its objects
};

/// Says that `limit` bytes, a whole number of MiB, do not suffice.
std::string needs_more_than(size_t limit);

/// Reads a graph file, plain or .xz; "-" is standard input. Returns an empty string, or what is
/// wrong with it. The unfolded text, the graph's tables and its objects must fit into `limit` bytes
/// together; that is checked before they are allocated.
std::string read_graph(const std::string& path, size_t limit, Graph& out_graph);

}  // namespace tool

#endif
