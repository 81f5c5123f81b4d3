// SPDX-License-Identifier: MIT
#include "growth.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "bits.h"

namespace tool::heap {
namespace {

struct NewObject {
    Type type;
    uint32_t id;
    Node node;
};

bool comes_before(const OldObjects::Object& a, const NewObject& b) {
    return std::tie(a.type, a.id) < std::tie(b.type, b.id);
}

/// Types of both snapshots, numbered as in the old one; new types follow.
class SharedTypes {
  public:
    explicit SharedTypes(const OldObjects& old) {
        for (const std::string& name : old.types) {
            (void)intern(name);
        }
    }
    Type intern(const std::string& name) {
        const auto next = static_cast<Type>(rows_.size());
        const auto [at, is_new] = by_name_.emplace(name, next);
        if (is_new) {
            rows_.emplace_back().type = name;
        }
        return at->second;
    }
    std::vector<GrowthRow>& rows() { return rows_; }

  private:
    std::unordered_map<std::string, Type> by_name_;
    std::vector<GrowthRow> rows_;
};

std::vector<NewObject> list_new(const HeapModel& model, SharedTypes& types) {
    std::vector<Type> shared;
    shared.reserve(model.types.names.size());
    for (const std::string& name : model.types.names) {
        shared.push_back(types.intern(name));
    }
    std::vector<NewObject> objects;
    for (Node node = 0; node < model.snapshot.node_count(); ++node) {
        if (model.snapshot.self_size[node] != 0) {
            objects.push_back({shared[model.types.of_node[node]], model.snapshot.id[node], node});
        }
    }
    std::sort(objects.begin(), objects.end(), [](const NewObject& a, const NewObject& b) {
        return std::tie(a.type, a.id) < std::tie(b.type, b.id);
    });
    return objects;
}

void merge(const std::vector<OldObjects::Object>& old,
           const std::vector<NewObject>& now,
           const HeapModel& newer,
           std::vector<GrowthRow>& rows,
           std::vector<Node>& new_nodes) {
    size_t i = 0;
    size_t j = 0;
    while (i < old.size() || j < now.size()) {
        const bool is_gone = j == now.size() || (i < old.size() && comes_before(old[i], now[j]));
        if (is_gone) {
            ++rows[old[i].type].gone_count;
            rows[old[i].type].gone_bytes += old[i].self;
            ++i;
        } else if (i < old.size() && old[i].type == now[j].type && old[i].id == now[j].id) {
            ++i;
            ++j;
        } else {
            ++rows[now[j].type].new_count;
            rows[now[j].type].new_bytes += newer.snapshot.self_size[now[j].node];
            new_nodes.push_back(now[j].node);
            ++j;
        }
    }
}

}  // namespace

OldObjects list_objects(const HeapModel& model) {
    OldObjects result;
    result.types = model.types.names;
    for (Node node = 0; node < model.snapshot.node_count(); ++node) {
        if (model.snapshot.self_size[node] != 0) {
            result.objects.push_back({model.types.of_node[node],
                                      model.snapshot.id[node],
                                      model.snapshot.self_size[node]});
        }
    }
    std::sort(result.objects.begin(), result.objects.end(), [](const auto& a, const auto& b) {
        return std::tie(a.type, a.id) < std::tie(b.type, b.id);
    });
    result.retained.assign(result.types.size(), 0);
    for (const TypeRow& row : take_census(model, DominatedNodes(model.dominators.dominator))) {
        result.retained[row.type] = row.retained;
    }
    return result;
}

Growth compare(const OldObjects& old, const HeapModel& newer) {
    SharedTypes types(old);
    const std::vector<NewObject> now = list_new(newer, types);
    Growth growth;
    std::vector<GrowthRow>& rows = types.rows();
    merge(old.objects, now, newer, rows, growth.new_nodes);
    for (size_t i = 0; i < old.retained.size(); ++i) {
        rows[i].retained_change -= static_cast<int64_t>(old.retained[i]);
    }
    for (const TypeRow& row : take_census(newer, DominatedNodes(newer.dominators.dominator))) {
        rows[types.intern(newer.types.names[row.type])].retained_change +=
            static_cast<int64_t>(row.retained);
    }
    std::erase_if(rows, [](const GrowthRow& row) {
        return row.new_count == 0 && row.gone_count == 0 && row.retained_change == 0;
    });
    std::sort(rows.begin(), rows.end(), [](const GrowthRow& a, const GrowthRow& b) {
        return a.bytes_change() != b.bytes_change() ? a.bytes_change() > b.bytes_change()
                                                    : a.type < b.type;
    });
    growth.rows = std::move(rows);
    std::sort(growth.new_nodes.begin(), growth.new_nodes.end());
    return growth;
}

std::vector<Node> largest_separate(const HeapModel& model, std::vector<Node> nodes, size_t most) {
    Bits wanted(model.snapshot.node_count());
    for (const Node node : nodes) {
        wanted.set(node);
    }
    // Whether a node has one of them above it: in the order of dominators, its own dominator knows.
    Bits is_below(model.snapshot.node_count());
    for (size_t i = 1; i < model.dominators.order.size(); ++i) {
        const Node node = model.dominators.order[i];
        const Node above = model.dominators.dominator[node];
        if (wanted[above] || is_below[above]) {
            is_below.set(node);
        }
    }
    std::erase_if(nodes, [&](Node node) { return is_below[node]; });
    std::sort(nodes.begin(), nodes.end(), [&](Node a, Node b) {
        const uint64_t bytes_a = model.retained[a];
        const uint64_t bytes_b = model.retained[b];
        return bytes_a != bytes_b ? bytes_a > bytes_b : a < b;
    });
    nodes.resize(std::min(most, nodes.size()));
    return nodes;
}

}  // namespace tool::heap
