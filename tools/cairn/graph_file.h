// SPDX-License-Identifier: MIT
/// Files that hold the object graph of a program (format: tests/graph/dump.py).
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
};

struct Graph {
    std::vector<GraphType> types;
    std::vector<GraphNode> nodes;
    std::vector<uint32_t> edges;  ///< numbers of nodes
    size_t bytes = 0;             ///< sum of the nodes' sizes
};

/// Reads a graph file, plain or .xz. Returns an empty string, or what is wrong with it. Nothing is
/// allocated that is out of proportion to the file, and .xz data may not unfold to more than
/// `limit` bytes; nor may the nodes' sizes, and pointers for all references to them, add up to
/// more.
std::string read_graph(const std::string& path, size_t limit, Graph& out_graph);

}  // namespace tool

#endif
