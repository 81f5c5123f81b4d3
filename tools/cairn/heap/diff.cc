// SPDX-License-Identifier: MIT
/// `cairn heap diff`: growth by type, and the new objects with who holds them.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "growth.h"
#include "paths.h"
#include "request.h"
#include "table.h"
#include "utf8.h"

namespace tool::heap {
namespace {

constexpr size_t kMostHolders = 5;
constexpr size_t kMostStepsShown = 12;

Table growth_table(const Growth& growth, size_t limit) {
    Table table({{"bytes", "bytes_change"},
                 {"objects", "count_change"},
                 {"new", "new_count"},
                 {"gone", "gone_count"},
                 {"retained", "retained_change"},
                 {"type", "type"}});
    for (size_t i = 0; i < std::min(limit, growth.rows.size()); ++i) {
        const GrowthRow& row = growth.rows[i];
        table.add({row.bytes_change(),
                   row.count_change(),
                   row.new_count,
                   row.gone_count,
                   row.retained_change,
                   row.type});
    }
    return table;
}

std::string path_text(const HeapModel& model, const MergedPath& path) {
    std::string text = "(root)";
    const size_t size = path.steps.size();
    for (size_t i = 0; i < size; ++i) {
        if (size > kMostStepsShown && i == kMostStepsShown / 2) {
            text += " …";
            i = size - kMostStepsShown / 2;
        }
        const MergedPath::Step& step = path.steps[i];
        text += fmt::format(" {}{} {}",
                            one_line(step.edge, 40),
                            step.repeats ? "…" : "",
                            one_line(model.types.names[step.type], 40));
    }
    return text;
}

Table holder_table(const HeapModel& model, const std::vector<MergedPath>& paths) {
    Table table(
        {{"objects", "count"}, {"retained", "retained"}, {"example", "example"}, {"path", "path"}});
    for (const MergedPath& path : paths) {
        if (path.steps.empty()) {
            continue;
        }
        table.add({path.count,
                   path.retained,
                   fmt::format("@{}", model.snapshot.id[path.steps.back().example]),
                   path_text(model, path)});
    }
    return table;
}

}  // namespace

int run_diff(const Request& request) {
    const OldObjects old = list_objects(load_for(request, request.words[0]));
    const HeapModel model = load_for(request, request.words[1]);
    const Growth growth = compare(old, model);
    const Table rows = growth_table(growth, request.limit);
    const size_t all = growth.new_nodes.size();
    const std::vector<Node> separate = largest_separate(model, growth.new_nodes, all);
    const size_t most_holders = std::max(kMostHolders, request.limit / 2);
    const Table holders = holder_table(model, merge_paths(model, separate, most_holders).paths);
    if (request.json) {
        std::string out;
        JsonWriter json(out);
        json.begin_object();
        json.key("types");
        rows.write(json);
        json.key("new_objects").number(all);
        json.key("holders");
        holders.write(json);
        json.end_object();
        fmt::print("{}\n", out);
        return 0;
    }
    if (growth.rows.empty()) {
        fmt::print("no difference\n");
        return 0;
    }
    rows.print();
    if (growth.rows.size() > request.limit) {
        fmt::print("… {} more types; --limit shows more\n", growth.rows.size() - request.limit);
    }
    if (!holders.empty()) {
        fmt::print("\n{} new objects; who holds those that no other new object dominates:\n\n",
                   grouped(all));
        holders.print();
    }
    return 0;
}

}  // namespace tool::heap
