// SPDX-License-Identifier: MIT
/// A snapshot and what follows from it: types, distances, dominators, retained sizes.
#ifndef CAIRN_TOOL_HEAP_HEAP_MODEL_H
#define CAIRN_TOOL_HEAP_HEAP_MODEL_H

#include <string>
#include <string_view>
#include <vector>

#include "distances.h"
#include "dominators.h"
#include "snapshot.h"

namespace tool::heap {

/// Index of a type's row.
using Type = uint32_t;

/// The types of a snapshot's nodes: an object's type is its name, as in Chrome DevTools; other
/// kinds of nodes are one type each.
struct Types {
    std::vector<std::string> names;
    std::vector<Type> of_node;
};

/// `detached` has a bit for each node whose type begins with "Detached ", or is empty.
Types find_types(const Snapshot& snapshot, const Bits& detached);

/// The nodes that each node dominates immediately.
class DominatedNodes {
  public:
    explicit DominatedNodes(const std::vector<Node>& dominator);
    struct Range {
        const Node* first;
        const Node* last;
        [[nodiscard]] const Node* begin() const { return first; }
        [[nodiscard]] const Node* end() const { return last; }
        [[nodiscard]] bool empty() const { return first == last; }
    };
    [[nodiscard]] Range of(Node node) const {
        return {nodes_.data() + first_[node], nodes_.data() + first_[node + 1]};
    }

  private:
    std::vector<uint32_t> first_;
    std::vector<Node> nodes_;
};

struct HeapModel {
    std::string path;
    Snapshot snapshot;
    Types types;
    Distances distances;
    Dominators dominators;
    std::vector<uint64_t> retained;

    [[nodiscard]] std::string_view type_name(Node node) const {
        return types.names[types.of_node[node]];
    }
    [[nodiscard]] bool is_reachable(Node node) const {
        return distances.distance[node] != kUnreachable;
    }
    /// Returns the bytes of all nodes.
    [[nodiscard]] uint64_t total_size() const { return retained[0] + snapshot.extra_native_bytes; }
};

/// Computes a model of `snapshot`.
HeapModel make_model(Snapshot snapshot, std::string path);

/// Reads the file at `path`. Throws FileFault, or std::runtime_error if it cannot be read.
HeapModel load_model(const std::string& path);

}  // namespace tool::heap

#endif
