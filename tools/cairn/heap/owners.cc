// SPDX-License-Identifier: MIT
#include "owners.h"

#include "retaining_edges.h"

namespace tool::heap {
namespace {

constexpr Node kUnvisited = kNone;
constexpr Node kMany = kNone - 1;

bool can_be_owned(const Snapshot& s, Node node) {
    const NodeKind kind = s.kind(node);
    return kind == NodeKind::kHidden || kind == NodeKind::kArray ||
           (kind == NodeKind::kNative && s.text(node) == "system / ExternalStringData");
}

/// Returns the one node through which each node is held: itself, kMany or kUnvisited.
std::vector<Node> find_owners(const Snapshot& s) {
    std::vector<Node> owners(s.node_count());
    std::vector<Node> waiting;
    for (Node node = 0; node < s.node_count(); ++node) {
        if (can_be_owned(s, node)) {
            owners[node] = kUnvisited;
        } else {
            owners[node] = node;
            waiting.push_back(node);
        }
    }
    // A node is listed at most twice more: when it gets an owner, and when it gets another.
    while (!waiting.empty()) {
        const Node node = waiting.back();
        waiting.pop_back();
        const Node owner = owners[node];
        for (Edge edge = s.first_edge[node]; edge < s.first_edge[node + 1]; ++edge) {
            const Node to = s.edge_to[edge];
            if (s.edge_kind(edge) == EdgeKind::kWeak) {
                continue;
            }
            if (owners[to] == kUnvisited) {
                owners[to] = owner;
                waiting.push_back(to);
            } else if (owners[to] != to && owners[to] != owner && owners[to] != kMany) {
                owners[to] = kMany;
                waiting.push_back(to);
            }
        }
    }
    return owners;
}

}  // namespace

void move_sizes_to_owners(Snapshot& s) {
    if (!has_user_roots(s)) {
        return;
    }
    const std::vector<Node> owners = find_owners(s);
    for (Node node = 0; node < s.node_count(); ++node) {
        const Node owner = owners[node];
        if (owner == node || owner == kUnvisited || owner == kMany || owner == 0 ||
            s.kind(owner) == NodeKind::kSynthetic) {
            continue;
        }
        s.self_size[owner] += s.self_size[node];
        s.self_size[node] = 0;
    }
}

}  // namespace tool::heap
