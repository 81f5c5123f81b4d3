// SPDX-License-Identifier: MIT
/// `cairn heap dot`: a part of the graph for Graphviz, small enough to be laid out.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "output.h"
#include "paths.h"
#include "request.h"
#include "table.h"
#include "utf8.h"

namespace tool::heap {
namespace {

constexpr size_t kMostLabel = 60;
constexpr size_t kMostReferrers = 10;  ///< of one node
constexpr size_t kReferrerDepth = 3;

std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : one_line(text, kMostLabel)) {
        if (c == '"' || c == '\\') {
            result += '\\';
        }
        result += c;
    }
    return result + "\"";
}

/// The nodes and edges of the picture; nodes beyond the limit are counted and not drawn.
class Picture {
  public:
    Picture(const HeapModel& model, size_t most) : model_(model), most_(most) {}

    /// Returns false when there is no room.
    bool add(Node node) {
        if (nodes_.contains(node)) {
            return true;
        }
        if (nodes_.size() >= most_) {
            return false;
        }
        nodes_.insert(node);
        return true;
    }
    void add_edge(Node from, Edge edge) { edges_.emplace(edge, from); }
    void add_rest(Node node, size_t count) { rest_[node] = count; }

    [[nodiscard]] std::string text(const std::vector<Node>& wanted) const {
        const std::set<Node> asked(wanted.begin(), wanted.end());
        std::string out = "digraph heap {\n  node [shape=box, style=filled, fillcolor=white];\n";
        for (const Node node : nodes_) {
            out += fmt::format("  n{} [label={}, tooltip=\"retains {} bytes\"{}];\n",
                               node,
                               quoted(node_text(model_, node)),
                               model_.retained[node],
                               asked.contains(node) ? ", color=red, fontcolor=red" : "");
        }
        for (const auto& [edge, from] : edges_) {
            const bool is_weak = model_.snapshot.edge_kind(edge) == EdgeKind::kWeak;
            out += fmt::format("  n{} -> n{} [label={}{}];\n",
                               from,
                               model_.snapshot.edge_to[edge],
                               quoted(model_.snapshot.edge_text(edge)),
                               is_weak ? ", style=dashed" : "");
        }
        for (const auto& [node, count] : rest_) {
            out += fmt::format(
                "  r{0} [label=\"{1} more\", fontcolor=white, fillcolor=red];\n"
                "  r{0} -> n{0};\n",
                node,
                grouped(count));
        }
        return out + "}\n";
    }

  private:
    const HeapModel& model_;
    size_t most_;
    std::set<Node> nodes_;
    std::map<Edge, Node> edges_;
    std::map<Node, size_t> rest_;
};

void draw_paths(const HeapModel& model, const std::vector<Node>& wanted, Picture& picture) {
    for (const Node node : wanted) {
        if (!picture.add(0) || !picture.add(node)) {
            return;
        }
        const std::vector<Edge> path = path_to(model, node);
        // From the object upwards: if there is no room for all of it, its end is there.
        for (size_t i = path.size(); i-- > 0;) {
            const Node from = model.snapshot.edge_from(path[i]);
            if (!picture.add(from)) {
                return;
            }
            picture.add_edge(from, path[i]);
        }
    }
}

/// Adds what refers to nodes, level by level: one pass over the edges each.
void draw_referrers(const HeapModel& model,
                    const std::vector<Node>& wanted,
                    size_t depth,
                    Picture& picture) {
    const Snapshot& s = model.snapshot;
    Bits is_seen(s.node_count());
    std::vector<Node> level;
    for (const Node node : wanted) {
        if (picture.add(node)) {
            is_seen.set(node);
            level.push_back(node);
        }
    }
    for (size_t i = 0; i < depth && !level.empty(); ++i) {
        std::map<Node, std::vector<Referrer>> found;
        for (const Node node : level) {
            found[node];
        }
        for (Node from = 0; from < s.node_count(); ++from) {
            for (Edge edge = s.first_edge[from]; edge < s.first_edge[from + 1]; ++edge) {
                const auto at = found.find(s.edge_to[edge]);
                if (at != found.end()) {
                    at->second.push_back({from, edge});
                }
            }
        }
        level.clear();
        for (const auto& [node, referrers] : found) {
            size_t drawn = 0;
            for (const auto& [from, edge] : referrers) {
                if (drawn == kMostReferrers || !picture.add(from)) {
                    break;
                }
                ++drawn;
                picture.add_edge(from, edge);
                if (!is_seen[from]) {
                    is_seen.set(from);
                    level.push_back(from);
                }
            }
            if (drawn < referrers.size()) {
                picture.add_rest(node, referrers.size() - drawn);
            }
        }
    }
}

}  // namespace

int run_dot(const Request& request) {
    const HeapModel model = load_for(request, request.words[0]);
    const std::vector<Node> wanted = find_nodes(model, request.words[1]);
    Picture picture(model, request.max_nodes);
    if (request.referrers) {
        draw_referrers(model, wanted, request.depth == 0 ? kReferrerDepth : request.depth, picture);
    } else {
        draw_paths(model, wanted, picture);
    }
    Output output(request.output, std::span(request.words).first(1));
    output.write(picture.text(wanted));
    output.close();
    return 0;
}

}  // namespace tool::heap
