// SPDX-License-Identifier: MIT
/// How far nodes are from the root, and by which edge a shortest path comes.
#ifndef CAIRN_TOOL_HEAP_DISTANCES_H
#define CAIRN_TOOL_HEAP_DISTANCES_H

#include <vector>

#include "retaining_edges.h"
#include "snapshot.h"

namespace tool::heap {

/// Distance of a node that nothing but weak edges leads to.
constexpr int32_t kUnreachable = -5;
/// From this on, distances count from the root's other children: V8's own objects.
constexpr int32_t kSystemDistance = 100'000'000;

struct Distances {
    std::vector<int32_t> distance;
    std::vector<Edge> via;  ///< last edge of a shortest path, or kNone
};

/// Distances as Chrome DevTools counts them: first from the global objects, if the root has such
/// children, then from the root, with kSystemDistance added.
Distances find_distances(const Snapshot& snapshot, const EntryNames& entries);

}  // namespace tool::heap

#endif
