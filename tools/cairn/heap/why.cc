// SPDX-License-Identifier: MIT
/// `cairn heap why`: who holds an object, or the objects of a type.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "paths.h"
#include "request.h"
#include "table.h"
#include "utf8.h"

namespace tool::heap {
namespace {

/// Paths longer than this are shown by their two ends.
constexpr size_t kMostSteps = 40;

std::string total_text(size_t count, const char* name) {
    return fmt::format("{} {}{}", grouped(count), name, count == 1 ? "" : "s");
}

void print_path(const HeapModel& model, const std::vector<Edge>& path) {
    fmt::print("    (root)\n");
    for (size_t i = 0; i < path.size(); ++i) {
        if (path.size() > kMostSteps && i == kMostSteps / 2) {
            const size_t skipped = path.size() - kMostSteps;
            fmt::print("    … {}\n", total_text(skipped, "more step"));
            i += skipped;
        }
        fmt::print("    {}  {}\n",
                   one_line(model.snapshot.edge_text(path[i]), 60),
                   node_text(model, model.snapshot.edge_to[path[i]]));
    }
}

void write_path(JsonWriter& json, const HeapModel& model, const std::vector<Edge>& path) {
    json.begin_array();
    for (const Edge edge : path) {
        const Node node = model.snapshot.edge_to[edge];
        json.begin_object();
        json.key("edge").text(model.snapshot.edge_text(edge));
        json.key("type").text(model.type_name(node));
        json.key("id").number(model.snapshot.id[node]);
        json.end_object();
    }
    json.end_array();
}

Table referrer_table(const HeapModel& model, Node node, size_t limit) {
    std::vector<Referrer> referrers = referrers_of(model.snapshot, node);
    const auto rank = [&](const Referrer& referrer) {
        const int32_t distance = model.distances.distance[referrer.from];
        return distance == kUnreachable ? INT32_MAX : distance;
    };
    std::sort(referrers.begin(), referrers.end(), [&](const Referrer& a, const Referrer& b) {
        return rank(a) != rank(b) ? rank(a) < rank(b) : a.edge < b.edge;
    });
    Table table({{"distance", "distance"},
                 {"retained", "retained"},
                 {"edge", "edge"},
                 {"referrer", "referrer"}});
    for (size_t i = 0; i < std::min(limit, referrers.size()); ++i) {
        const Node from = referrers[i].from;
        const int32_t distance = model.distances.distance[from];
        table.add({distance == kUnreachable ? Cell() : Cell(static_cast<uint64_t>(distance)),
                   model.retained[from],
                   one_line(model.snapshot.edge_text(referrers[i].edge), 60),
                   node_text(model, from)});
    }
    return table;
}

int explain_node(const Request& request, const HeapModel& model, Node node) {
    const Snapshot& s = model.snapshot;
    const std::vector<Edge> path = path_to(model, node);
    const Table referrers = referrer_table(model, node, request.limit);
    if (request.json) {
        std::string out;
        JsonWriter json(out);
        json.begin_object();
        json.key("type").text(model.type_name(node));
        json.key("id").number(s.id[node]);
        json.key("self").number(s.self_size[node]);
        json.key("retained").number(model.retained[node]);
        json.key("reachable").boolean(model.is_reachable(node));
        json.key("dominator").number(s.id[model.dominators.dominator[node]]);
        json.key("path");
        write_path(json, model, path);
        json.key("referrers");
        referrers.write(json);
        json.end_object();
        fmt::print("{}\n", out);
        return 0;
    }
    fmt::print("{}\n    {} bytes, retains {}; dominated by {}\n\n",
               heading(node_text(model, node)),
               grouped(s.self_size[node]),
               grouped(model.retained[node]),
               node_text(model, model.dominators.dominator[node]));
    if (model.is_reachable(node)) {
        fmt::print("{}\n", heading("Shortest path from the root"));
        print_path(model, path);
    } else {
        fmt::print("No path from the root: only weak references lead to it, or it is garbage.\n");
    }
    if (!referrers.empty()) {
        fmt::print("\n{}\n", heading("Referrers"));
        referrers.print();
    }
    return 0;
}

void print_merged(const HeapModel& model, const MergedPath& path) {
    fmt::print(
        "{}\n    (root)\n",
        heading(fmt::format(
            "{}, retaining {} bytes", total_text(path.count, "object"), grouped(path.retained))));
    for (size_t i = 0; i < path.steps.size(); ++i) {
        if (path.steps.size() > kMostSteps && i == kMostSteps / 2) {
            const size_t skipped = path.steps.size() - kMostSteps;
            fmt::print("    … {}\n", total_text(skipped, "more step"));
            i += skipped;
        }
        const MergedPath::Step& step = path.steps[i];
        fmt::print("    {}{}  {}\n",
                   one_line(step.edge, 60),
                   step.repeats ? " …" : "",
                   node_text(model, step.example));
    }
    fmt::print("\n");
}

void write_merged(JsonWriter& json, const HeapModel& model, const MergedPath& path) {
    json.begin_object();
    json.key("count").number(path.count);
    json.key("retained").number(path.retained);
    json.key("steps").begin_array();
    for (const MergedPath::Step& step : path.steps) {
        json.begin_object();
        json.key("edge").text(step.edge);
        json.key("type").text(model.types.names[step.type]);
        json.key("example").number(model.snapshot.id[step.example]);
        json.key("repeats").boolean(step.repeats);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

int explain_type(const Request& request, const HeapModel& model, const std::vector<Node>& nodes) {
    const auto [paths, all] = merge_paths(model, nodes, request.limit);
    const auto is_unreachable = [&](Node node) { return !model.is_reachable(node); };
    const auto unreachable =
        static_cast<uint64_t>(std::count_if(nodes.begin(), nodes.end(), is_unreachable));
    if (request.json) {
        std::string out;
        JsonWriter json(out);
        json.begin_object();
        json.key("type").text(model.type_name(nodes[0]));
        json.key("count").number(nodes.size());
        json.key("unreachable").number(unreachable);
        json.key("paths").begin_array();
        for (const MergedPath& path : paths) {
            write_merged(json, model, path);
        }
        json.end_array().end_object();
        fmt::print("{}\n", out);
        return 0;
    }
    fmt::print("{} of type {}; {} merged\n\n",
               total_text(nodes.size(), "object"),
               one_line(model.type_name(nodes[0]), 60),
               total_text(all, "path"));
    for (const MergedPath& path : paths) {
        print_merged(model, path);
    }
    if (paths.size() < all) {
        fmt::print("… {}; --limit shows more\n", total_text(all - paths.size(), "more path"));
    }
    if (unreachable != 0) {
        fmt::print("{} not reachable: only weak references lead there, or it is garbage\n",
                   total_text(unreachable, "object"));
    }
    return 0;
}

}  // namespace

int run_why(const Request& request) {
    const HeapModel model = load_for(request, request.words[0]);
    const std::vector<Node> nodes = find_nodes(model, request.words[1]);
    return nodes.size() == 1 ? explain_node(request, model, nodes[0])
                             : explain_type(request, model, nodes);
}

}  // namespace tool::heap
