// SPDX-License-Identifier: MIT
/// Who holds an object: its shortest path from the root, and paths of many objects merged.
#ifndef CAIRN_TOOL_HEAP_PATHS_H
#define CAIRN_TOOL_HEAP_PATHS_H

#include <string>
#include <string_view>
#include <vector>

#include "heap_model.h"

namespace tool::heap {

/// Returns the edges of a shortest path from the root to `node`, or nothing if it is not reachable.
std::vector<Edge> path_to(const HeapModel& model, Node node);

/// Returns `node` as text: its type, its value if it is a string, and its id.
std::string node_text(const HeapModel& model, Node node);

/// Returns the nodes that `word` means: one for an id ("@17" or "17"), or all of a type, which may
/// be called "17" if no node has that id. Throws std::runtime_error that names the nearest type if
/// there is none.
std::vector<Node> find_nodes(const HeapModel& model, std::string_view word);

struct Referrer {
    Node from;
    Edge edge;
};

/// Returns the edges that lead to `node` from other nodes, in the file's order.
std::vector<Referrer> referrers_of(const Snapshot& snapshot, Node node);

/// Paths that differ only in indexes of items, and in how often a step repeats, are one.
struct MergedPath {
    struct Step {
        std::string edge;
        Type type = 0;
        Node example = 0;
        bool repeats = false;
    };
    std::vector<Step> steps;  ///< from the root's child to the objects
    uint64_t count = 0;
    uint64_t retained = 0;
};

struct MergedPaths {
    std::vector<MergedPath> paths;  ///< that of the most retained bytes first
    size_t all = 0;                 ///< how many there are without a limit
};

/// Returns at most `most` of the merged shortest paths to `nodes`. Nodes that are not reachable are
/// left out. Takes time for each node on the paths once, and for each step of what it returns.
MergedPaths merge_paths(const HeapModel& model, const std::vector<Node>& nodes, size_t most);

}  // namespace tool::heap

#endif
