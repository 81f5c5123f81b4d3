// SPDX-License-Identifier: MIT
/// Random heap snapshots, for tests and for measuring.
#ifndef CAIRN_TESTS_HEAP_RANDOM_HEAP_H
#define CAIRN_TESTS_HEAP_RANDOM_HEAP_H

#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>

namespace heap_tests {

enum class Dialect : uint8_t {
    kCairn,  ///< what cairn_snapshot_write() is to write: docs/snapshots.md
    kV8,     ///< also global objects, shortcuts, inner arrays and V8's edges of weak maps
};

struct RandomHeap {
    uint64_t seed = 1;
    uint32_t nodes = 100;
    Dialect dialect = Dialect::kCairn;
    /// How many edges leave a node on average.
    double edges_per_node = 2.0;
    bool has_sites = false;
    bool has_external = false;  ///< the field external_size
    /// Each node is held by something that the root reaches without weak edges.
    bool has_no_garbage = false;
    /// Nodes whose ids are new in comparison with a heap of the same seed and fewer nodes.
    uint32_t grown_by = 0;
};

using Write = std::function<void(std::string_view)>;

/// Writes a snapshot with all that readers treat in a special way: cycles, chains, wide nodes, weak
/// edges, edges to the same node, garbage, nodes that are only weakly held, entries of weak maps.
void write_random_heap(const RandomHeap& heap, const Write& write);

std::string random_heap_text(const RandomHeap& heap);

}  // namespace heap_tests

#endif
