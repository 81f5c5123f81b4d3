// SPDX-License-Identifier: MIT
#include "dominators.h"

#include <algorithm>

namespace tool::heap {
namespace {

/// Nodes are numbered in the order in which a depth-first search finds them. All arrays but
/// `number_` and `first_predecessor_` are in that order. What is no longer needed is given back
/// before the next array is made: at most six arrays and the predecessors exist at a time.
class SemiNca {
  public:
    SemiNca(const Snapshot& snapshot, const Bits& retaining)
        : s_(snapshot), retaining_(retaining) {}

    Dominators run() {
        collect_predecessors();
        search();
        find_semidominators();
        return find_nearest_common_ancestors();
    }

  private:
    using Number = uint32_t;

    void collect_predecessors();
    void search();
    void search_from(Node start);
    void find_semidominators();
    Number least_semidominator(Number node, Number first_linked);
    Dominators find_nearest_common_ancestors();

    const Snapshot& s_;
    const Bits& retaining_;
    std::vector<uint32_t> first_predecessor_;  ///< one more than there are nodes
    std::vector<uint32_t> predecessors_;       ///< nodes; after the search, their numbers
    std::vector<Number> number_;     ///< of each node; kNone if the search does not find it
    std::vector<Node> node_;         ///< of each number
    std::vector<Number> parent_;     ///< in the search tree; later the compressed path upwards
    std::vector<Number> dominator_;  ///< the parent in the search tree, at first
    std::vector<Number> semi_;
    std::vector<Number> label_;  ///< least semidominator on the compressed part of the path
    std::vector<Number> path_;
};

void SemiNca::collect_predecessors() {
    const Node count = s_.node_count();
    first_predecessor_.assign(size_t{count} + 1, 0);
    for (Edge edge = 0; edge < s_.edge_count(); ++edge) {
        if (retaining_[edge]) {
            ++first_predecessor_[s_.edge_to[edge]];
        }
    }
    uint32_t end = 0;
    for (uint32_t& first : first_predecessor_) {
        end += first;
        first = end;
    }
    predecessors_.resize(end);
    for (Node from = count; from-- > 0;) {
        for (Edge edge = s_.first_edge[from]; edge < s_.first_edge[from + 1]; ++edge) {
            if (retaining_[edge]) {
                predecessors_[--first_predecessor_[s_.edge_to[edge]]] = from;
            }
        }
    }
}

void SemiNca::search() {
    const Node count = s_.node_count();
    number_.assign(count, kNone);
    node_.reserve(count);
    parent_.reserve(count);
    semi_.reserve(count);  // during the search: the next edge to look at
    search_from(0);
    for (Node node = 1; node < count; ++node) {
        if (first_predecessor_[node] == first_predecessor_[node + 1]) {
            search_from(node);
        }
    }
    for (uint32_t& predecessor : predecessors_) {
        predecessor = number_[predecessor];
    }
    number_ = std::vector<Number>();
}

void SemiNca::search_from(Node start) {
    std::vector<uint32_t>& next = semi_;
    const auto enter = [&](Node node, Number parent) {
        number_[node] = static_cast<Number>(node_.size());
        node_.push_back(node);
        parent_.push_back(parent);
        next.push_back(s_.first_edge[node]);
    };
    enter(start, 0);
    const Number first = number_[start];
    Number at = first;
    for (;;) {
        const Edge end = s_.first_edge[node_[at] + 1];
        Edge edge = next[at];
        while (edge < end && (!retaining_[edge] || number_[s_.edge_to[edge]] != kNone)) {
            ++edge;
        }
        if (edge < end) {
            next[at] = edge + 1;
            enter(s_.edge_to[edge], at);
            at = static_cast<Number>(node_.size() - 1);
        } else if (at == first) {
            return;
        } else {
            next[at] = end;
            at = parent_[at];
        }
    }
}

/// Returns the least semidominator on the path from `node` up to below the first node that is not
/// linked yet: numbers below `first_linked` are not. Shortens the path for the next time.
SemiNca::Number SemiNca::least_semidominator(Number node, Number first_linked) {
    if (node < first_linked) {
        return node;
    }
    path_.clear();
    Number top = node;
    while (parent_[top] >= first_linked) {
        path_.push_back(top);
        top = parent_[top];
    }
    for (; !path_.empty(); path_.pop_back()) {
        const Number below = path_.back();
        label_[below] = std::min(label_[below], label_[top]);
        parent_[below] = parent_[top];
        top = below;
    }
    return label_[node];
}

void SemiNca::find_semidominators() {
    const auto count = static_cast<Number>(node_.size());
    semi_.resize(count);
    dominator_ = parent_;
    label_.resize(count);
    for (Number w = count; w-- > 1;) {
        const Node node = node_[w];
        const uint32_t begin = first_predecessor_[node];
        const uint32_t end = first_predecessor_[node + 1];
        // The root holds what nothing else does.
        Number semi = begin == end ? 0 : w;
        for (uint32_t i = begin; i < end; ++i) {
            const Number v = predecessors_[i];
            if (v != kNone) {
                semi = std::min(semi, least_semidominator(v, w + 1));
            }
        }
        semi_[w] = semi;
        label_[w] = semi;
    }
    first_predecessor_ = std::vector<uint32_t>();
    predecessors_ = std::vector<uint32_t>();
    parent_ = std::vector<Number>();
    label_ = std::vector<Number>();
}

Dominators SemiNca::find_nearest_common_ancestors() {
    const auto count = static_cast<Number>(node_.size());
    for (Number w = 1; w < count; ++w) {
        Number dominator = dominator_[w];
        while (dominator > semi_[w]) {
            dominator = dominator_[dominator];
        }
        dominator_[w] = dominator;
    }
    Dominators result;
    result.dominator.assign(s_.node_count(), kNone);
    for (Number w = 0; w < count; ++w) {
        result.dominator[node_[w]] = node_[dominator_[w]];
    }
    result.order = std::move(node_);
    for (Node node = 0; node < s_.node_count(); ++node) {
        if (result.dominator[node] == kNone) {
            result.dominator[node] = 0;
            result.order.push_back(node);
        }
    }
    return result;
}

}  // namespace

Dominators find_dominators(const Snapshot& snapshot, const Bits& retaining) {
    return SemiNca(snapshot, retaining).run();
}

std::vector<uint64_t> sum_retained(const Dominators& dominators,
                                   const std::vector<uint64_t>& sizes) {
    std::vector<uint64_t> retained = sizes;
    for (size_t i = dominators.order.size(); i-- > 1;) {
        const Node node = dominators.order[i];
        retained[dominators.dominator[node]] += retained[node];
    }
    return retained;
}

}  // namespace tool::heap
