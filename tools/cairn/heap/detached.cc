// SPDX-License-Identifier: MIT
#include "detached.h"

namespace tool::heap {
namespace {

constexpr uint8_t kAttached = 1;
constexpr uint8_t kDetached = 2;

class MarkSpreader {
  public:
    explicit MarkSpreader(const Snapshot& s)
        : s_(s), is_seen_(s.node_count()), detached_(s.node_count()) {}

    Bits run() {
        for (Node node = 0; node < s_.node_count(); ++node) {
            if (s_.detachedness[node] != 0) {
                mark(node, s_.detachedness[node]);
            }
        }
        spread(attached_list_, kAttached);
        spread(detached_list_, kDetached);
        return std::move(detached_);
    }

  private:
    void mark(Node node, uint8_t state) {
        if (is_seen_[node]) {
            return;
        }
        is_seen_.set(node);
        if (s_.kind(node) != NodeKind::kNative) {
            return;
        }
        if (state == kAttached) {
            attached_list_.push_back(node);
        } else if (state == kDetached) {
            detached_.set(node);
            detached_list_.push_back(node);
        }
    }

    void spread(std::vector<Node>& list, uint8_t state) {
        while (!list.empty()) {
            const Node node = list.back();
            list.pop_back();
            for (Edge edge = s_.first_edge[node]; edge < s_.first_edge[node + 1]; ++edge) {
                const EdgeKind kind = s_.edge_kind(edge);
                if (kind != EdgeKind::kHidden && kind != EdgeKind::kWeak) {
                    mark(s_.edge_to[edge], state);
                }
            }
        }
    }

    const Snapshot& s_;
    Bits is_seen_;
    Bits detached_;
    std::vector<Node> attached_list_;
    std::vector<Node> detached_list_;
};

}  // namespace

Bits find_detached(const Snapshot& snapshot) {
    return snapshot.detachedness.empty() ? Bits() : MarkSpreader(snapshot).run();
}

}  // namespace tool::heap
