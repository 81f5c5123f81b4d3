// SPDX-License-Identifier: MIT
#include "paths.h"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <unordered_map>

#include <fmt/format.h>

#include "../usage.h"
#include "retaining_edges.h"
#include "utf8.h"

namespace tool::heap {
namespace {

constexpr size_t kLabelCharacters = 60;

/// An edge's name in a merged path: indexes and keys of items are "[*]", V8's numbered slots "{*}".
std::string merged_edge(const Snapshot& s, Edge edge) {
    const EdgeKind kind = s.edge_kind(edge);
    if (s.edge_has_number(edge)) {
        return kind == EdgeKind::kElement ? "[*]" : "{*}";
    }
    const std::string_view name = s.texts[s.edge_name[edge]];
    if (kind == EdgeKind::kInternal && !name.empty() && name[0] >= '0' && name[0] <= '9') {
        return parse_entry_name(name).has_value() ? "{value of weak map}" : "{*}";
    }
    return name.starts_with('[') ? "[*]" : s.edge_text(edge);
}

/// Paths as a tree whose nodes are steps; a step that is like the one before it is the same step.
class PathTree {
  public:
    explicit PathTree(const HeapModel& model)
        : model_(model), place_of_(model.snapshot.node_count(), kNone) {
        places_.push_back({kNone, {}});
        place_of_[0] = 0;
    }

    void add(Node node) {
        Place& place = places_[place_of(node)];
        ++place.count;
        place.retained += model_.retained[node];
    }

    /// Only paths that are wanted get their steps: all together have as many as the square of a
    /// chain's length.
    [[nodiscard]] MergedPaths paths(size_t most) const {
        std::vector<const Place*> ends;
        for (const Place& place : places_) {
            if (place.count != 0) {
                ends.push_back(&place);
            }
        }
        const auto key = [](const Place* place) {
            return std::tuple(~place->retained, ~place->count, place->step.example);
        };
        std::sort(ends.begin(), ends.end(), [&](const Place* a, const Place* b) {
            return key(a) < key(b);
        });
        MergedPaths result;
        result.all = ends.size();
        ends.resize(std::min(ends.size(), most));
        for (const Place* end : ends) {
            MergedPath& path = result.paths.emplace_back();
            path.count = end->count;
            path.retained = end->retained;
            for (const Place* at = end; at->parent != kNone; at = &places_[at->parent]) {
                path.steps.push_back(at->step);
            }
            std::reverse(path.steps.begin(), path.steps.end());
        }
        return result;
    }

  private:
    struct Place {
        uint32_t parent = kNone;
        MergedPath::Step step;
        uint64_t count = 0;
        uint64_t retained = 0;
    };

    /// Returns the place of `node`, which is reachable, after those of all nodes on its path.
    uint32_t place_of(Node node) {
        std::vector<Node> above;
        for (Node at = node; place_of_[at] == kNone;
             at = model_.snapshot.edge_from(model_.distances.via[at])) {
            above.push_back(at);
        }
        for (; !above.empty(); above.pop_back()) {
            const Node at = above.back();
            const Edge edge = model_.distances.via[at];
            place_of_[at] = step_from(place_of_[model_.snapshot.edge_from(edge)], edge, at);
        }
        return place_of_[node];
    }

    uint32_t step_from(uint32_t place, Edge edge, Node node) {
        std::string text = merged_edge(model_.snapshot, edge);
        const Type type = model_.types.of_node[node];
        if (places_[place].step.type == type && places_[place].step.edge == text) {
            places_[place].step.repeats = true;
            return place;
        }
        const auto next = static_cast<uint32_t>(places_.size());
        const auto [at, is_new] = children_.emplace(std::tuple(place, type, text), next);
        if (is_new) {
            places_.push_back({place, {std::move(text), type, node, false}});
        }
        return at->second;
    }

    const HeapModel& model_;
    std::vector<uint32_t> place_of_;
    std::vector<Place> places_;
    std::map<std::tuple<uint32_t, Type, std::string>, uint32_t> children_;
};

std::vector<Node> find_by_id(const Snapshot& s, uint32_t id) {
    const auto at = std::find(s.id.begin(), s.id.end(), id);
    return at == s.id.end() ? std::vector<Node>()
                            : std::vector<Node>{static_cast<Node>(at - s.id.begin())};
}

std::vector<Node> find_by_type(const HeapModel& model, std::string_view word) {
    std::vector<Node> nodes;
    const auto type = std::find(model.types.names.begin(), model.types.names.end(), word);
    const auto wanted = static_cast<Type>(type - model.types.names.begin());
    for (Node node = 0; node < model.snapshot.node_count(); ++node) {
        if (model.types.of_node[node] == wanted) {
            nodes.push_back(node);
        }
    }
    return nodes;
}

}  // namespace

std::vector<Edge> path_to(const HeapModel& model, Node node) {
    std::vector<Edge> edges;
    for (Edge edge = model.distances.via[node]; edge != kNone; edge = model.distances.via[node]) {
        edges.push_back(edge);
        node = model.snapshot.edge_from(edge);
    }
    std::reverse(edges.begin(), edges.end());
    return edges;
}

std::string node_text(const HeapModel& model, Node node) {
    const Snapshot& s = model.snapshot;
    const std::string type = one_line(model.type_name(node), kLabelCharacters);
    if (node == 0) {
        return "(root)";
    }
    const NodeKind kind = s.kind(node);
    if (kind == NodeKind::kObject || kind == NodeKind::kNative || s.text(node).empty()) {
        return fmt::format("{} @{}", type, s.id[node]);
    }
    if (kind == NodeKind::kSynthetic) {
        return one_line(s.text(node), kLabelCharacters);
    }
    return fmt::format("{} @{} {}",
                       type,
                       s.id[node],
                       one_line(fmt::format("'{}'", s.text(node)), kLabelCharacters));
}

std::vector<Node> find_nodes(const HeapModel& model, std::string_view word) {
    const std::string_view digits = word.starts_with('@') ? word.substr(1) : word;
    const std::optional<uint64_t> id = parse_number(digits);
    std::vector<Node> nodes;
    if (id.has_value() && *id < kNone) {
        nodes = find_by_id(model.snapshot, static_cast<uint32_t>(*id));
    }
    if (nodes.empty()) {
        nodes = find_by_type(model, word);
    }
    if (nodes.empty() && id.has_value()) {
        throw std::runtime_error(fmt::format("no node has the id {}", *id));
    }
    if (nodes.empty()) {
        const std::vector<std::string_view> known(model.types.names.begin(),
                                                  model.types.names.end());
        const auto nearest = nearest_word(word, known);
        throw std::runtime_error(
            fmt::format("no node has the type '{}'{}",
                        word,
                        nearest ? fmt::format("; did you mean '{}'?", *nearest) : ""));
    }
    return nodes;
}

std::vector<Referrer> referrers_of(const Snapshot& s, Node node) {
    std::vector<Referrer> result;
    for (Node from = 0; from < s.node_count(); ++from) {
        for (Edge edge = s.first_edge[from]; edge < s.first_edge[from + 1]; ++edge) {
            if (s.edge_to[edge] == node && from != node) {
                result.push_back({from, edge});
            }
        }
    }
    return result;
}

MergedPaths merge_paths(const HeapModel& model, const std::vector<Node>& nodes, size_t most) {
    PathTree tree(model);
    for (const Node node : nodes) {
        if (model.is_reachable(node)) {
            tree.add(node);
        }
    }
    return tree.paths(most);
}

}  // namespace tool::heap
