// SPDX-License-Identifier: MIT
/// `cairn heap summary`, `top` and `types`: what is there.
#include <algorithm>
#include <cstdio>
#include <ctime>

#include <fmt/format.h>

#include "census.h"
#include "moment.h"
#include "paths.h"
#include "request.h"
#include "table.h"
#include "utf8.h"

namespace tool::heap {
namespace {

constexpr size_t kSummaryRows = 10;

Cell distance_cell(int32_t distance) {
    return distance < 0 || distance >= kSystemDistance ? Cell()
                                                       : Cell(static_cast<uint64_t>(distance));
}

Table type_table(const HeapModel& model, const std::vector<TypeRow>& rows, size_t limit) {
    const bool has_external = !model.snapshot.external_size.empty();
    std::vector<Table::Column> columns{
        {"retained", "retained"}, {"self", "self"}, {"objects", "count"}};
    if (has_external) {
        columns.push_back({"external", "external"});
    }
    columns.push_back({"distance", "distance"});
    columns.push_back({"type", "type"});
    Table table(columns);
    for (size_t i = 0; i < std::min(limit, rows.size()); ++i) {
        const TypeRow& row = rows[i];
        std::vector<Cell> cells{row.retained, row.self, row.count};
        if (has_external) {
            cells.emplace_back(row.external);
        }
        cells.push_back(distance_cell(row.distance));
        cells.emplace_back(model.types.names[row.type]);
        table.add(std::move(cells));
    }
    return table;
}

Table node_table(const HeapModel& model, const std::vector<Node>& nodes) {
    Table table({{"retained", "retained"},
                 {"self", "self"},
                 {"distance", "distance"},
                 {"id", "id"},
                 {"object", "object"}});
    for (const Node node : nodes) {
        table.add({model.retained[node],
                   model.snapshot.self_size[node],
                   distance_cell(model.distances.distance[node]),
                   fmt::format("@{}", model.snapshot.id[node]),
                   node_text(model, node)});
    }
    return table;
}

struct Totals {
    uint64_t unreachable_nodes = 0;
    uint64_t unreachable_bytes = 0;
    uint64_t external_bytes = 0;
};

Totals add_up(const HeapModel& model) {
    const Snapshot& s = model.snapshot;
    Totals totals;
    totals.external_bytes = s.extra_native_bytes;
    for (Node node = 0; node < s.node_count(); ++node) {
        if (!model.is_reachable(node)) {
            ++totals.unreachable_nodes;
            totals.unreachable_bytes += s.self_size[node];
        }
        totals.external_bytes += s.external_size.empty() ? 0 : s.external_size[node];
    }
    return totals;
}

void print_header(const HeapModel& model, const Totals& totals) {
    const Snapshot& s = model.snapshot;
    const Origin& origin = s.origin;
    fmt::print("{}\n", heading(model.path));
    const auto line = [](const char* name, const std::string& value) {
        if (!value.empty()) {
            fmt::print("    {:<12} {}\n", name, one_line(value, 100));
        }
    };
    line("program", origin.program);
    line("host", origin.host);
    line("build", origin.build);
    line("process", origin.process == 0 ? "" : fmt::format("{}", origin.process));
    line("time", moment_text(origin.time_ms));
    line("nodes", grouped(s.node_count()));
    line("edges", grouped(s.edge_count()));
    line("bytes", grouped(model.total_size()));
    line("external", totals.external_bytes == 0 ? "" : grouped(totals.external_bytes));
    line("unreachable",
         totals.unreachable_nodes == 0 ? ""
                                       : fmt::format("{} nodes, {} bytes (weakly held, or garbage)",
                                                     grouped(totals.unreachable_nodes),
                                                     grouped(totals.unreachable_bytes)));
}

void write_header(JsonWriter& json, const HeapModel& model, const Totals& totals) {
    const Snapshot& s = model.snapshot;
    json.key("file").text(model.path);
    json.key("program").text(s.origin.program);
    json.key("host").text(s.origin.host);
    json.key("build").text(s.origin.build);
    json.key("process").number(s.origin.process);
    json.key("time_ms").number(s.origin.time_ms);
    json.key("nodes").number(s.node_count());
    json.key("edges").number(s.edge_count());
    json.key("bytes").number(model.total_size());
    json.key("external").number(totals.external_bytes);
    json.key("unreachable_nodes").number(totals.unreachable_nodes);
    json.key("unreachable_bytes").number(totals.unreachable_bytes);
}

void print_json(const Table& table) {
    std::string out;
    JsonWriter json(out);
    table.write(json);
    fmt::print("{}\n", out);
}

}  // namespace

int run_summary(const Request& request) {
    for (const std::string& path : request.words) {
        const HeapModel model = load_for(request, path);
        std::vector<TypeRow> rows = take_census(model, DominatedNodes(model.dominators.dominator));
        sort_rows(rows, model, request.order);
        const Totals totals = add_up(model);
        const Table types = type_table(model, rows, kSummaryRows);
        const Table nodes = node_table(model, largest_nodes(model, request.order, kSummaryRows));
        if (request.json) {
            std::string out;
            JsonWriter json(out);
            json.begin_object();
            write_header(json, model, totals);
            json.key("types");
            types.write(json);
            json.key("objects");
            nodes.write(json);
            json.end_object();
            fmt::print("{}\n", out);
        } else {
            print_header(model, totals);
            fmt::print("\n");
            types.print();
            fmt::print("\n");
            nodes.print();
        }
    }
    return 0;
}

int run_top(const Request& request) {
    const HeapModel model = load_for(request, request.words[0]);
    if (request.order == Order::kCount) {
        return run_types(request);
    }
    const Table table = node_table(model, largest_nodes(model, request.order, request.limit));
    if (request.json) {
        print_json(table);
    } else {
        table.print();
    }
    return 0;
}

int run_types(const Request& request) {
    const HeapModel model = load_for(request, request.words[0]);
    std::vector<TypeRow> rows = take_census(model, DominatedNodes(model.dominators.dominator));
    sort_rows(rows, model, request.order);
    const Table table = type_table(model, rows, request.limit);
    if (request.json) {
        print_json(table);
        return 0;
    }
    table.print();
    if (rows.size() > request.limit) {
        fmt::print("… {} more types; --limit shows more\n", rows.size() - request.limit);
    }
    return 0;
}

}  // namespace tool::heap
