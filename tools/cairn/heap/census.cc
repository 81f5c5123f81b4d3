// SPDX-License-Identifier: MIT
#include "census.h"

#include <algorithm>

namespace tool::heap {
namespace {

void count_nodes(const HeapModel& model, std::vector<TypeRow>& rows) {
    const Snapshot& s = model.snapshot;
    for (Node node = 0; node < s.node_count(); ++node) {
        if (s.self_size[node] == 0) {
            continue;
        }
        TypeRow& row = rows[model.types.of_node[node]];
        const int32_t distance = model.distances.distance[node];
        if (distance != kUnreachable) {
            row.distance =
                row.distance == kUnreachable ? distance : std::min(row.distance, distance);
        }
        ++row.count;
        row.self += s.self_size[node];
        row.external += s.external_size.empty() ? 0 : s.external_size[node];
    }
}

/// Walks the dominator tree and adds what a node retains to its type, unless a node of that type
/// lies above: that one has counted it.
void add_retained(const HeapModel& model,
                  const DominatedNodes& dominated,
                  std::vector<TypeRow>& rows) {
    const Snapshot& s = model.snapshot;
    struct Step {
        Node node;
        bool is_leaving;
    };
    std::vector<bool> is_above(rows.size());
    std::vector<Step> steps{{0, false}};
    while (!steps.empty()) {
        const Step step = steps.back();
        steps.pop_back();
        const Type type = model.types.of_node[step.node];
        if (step.is_leaving) {
            is_above[type] = false;
            continue;
        }
        const DominatedNodes::Range below = dominated.of(step.node);
        if (!is_above[type] && s.self_size[step.node] != 0) {
            rows[type].retained += model.retained[step.node];
            if (!below.empty()) {
                is_above[type] = true;
                steps.push_back({step.node, true});
            }
        }
        for (const Node node : below) {
            steps.push_back({node, false});
        }
    }
}

uint64_t value_of(const TypeRow& row, Order order) {
    switch (order) {
        case Order::kSelf:
            return row.self;
        case Order::kCount:
            return row.count;
        default:
            return row.retained;
    }
}

}  // namespace

std::vector<TypeRow> take_census(const HeapModel& model, const DominatedNodes& dominated) {
    std::vector<TypeRow> rows(model.types.names.size());
    for (size_t i = 0; i < rows.size(); ++i) {
        rows[i].type = static_cast<Type>(i);
    }
    count_nodes(model, rows);
    add_retained(model, dominated, rows);
    std::erase_if(rows, [](const TypeRow& row) { return row.count == 0; });
    return rows;
}

void sort_rows(std::vector<TypeRow>& rows, const HeapModel& model, Order order) {
    std::sort(rows.begin(), rows.end(), [&](const TypeRow& a, const TypeRow& b) {
        const uint64_t value_a = value_of(a, order);
        const uint64_t value_b = value_of(b, order);
        return value_a != value_b ? value_a > value_b
                                  : model.types.names[a.type] < model.types.names[b.type];
    });
}

std::vector<Node> largest_nodes(const HeapModel& model, Order order, size_t most) {
    const std::vector<uint64_t>& values =
        order == Order::kSelf ? model.snapshot.self_size : model.retained;
    std::vector<Node> nodes;
    for (Node node = 1; node < model.snapshot.node_count(); ++node) {
        if (model.snapshot.self_size[node] != 0) {
            nodes.push_back(node);
        }
    }
    const size_t count = std::min(most, nodes.size());
    std::partial_sort(
        nodes.begin(),
        nodes.begin() + static_cast<ptrdiff_t>(count),
        nodes.end(),
        [&](Node a, Node b) { return values[a] != values[b] ? values[a] > values[b] : a < b; });
    nodes.resize(count);
    return nodes;
}

}  // namespace tool::heap
