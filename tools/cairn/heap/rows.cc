// SPDX-License-Identifier: MIT
/// `cairn heap rows`: snapshots as rows for engines, one file a table.
#include <filesystem>
#include <iterator>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "census.h"
#include "json_writer.h"
#include "moment.h"
#include "output.h"
#include "request.h"

namespace tool::heap {
namespace {

/// Writes the rows of one table as CSV with a line of names, or as one JSON object a line.
class RowWriter {
  public:
    RowWriter(const Request& request, const char* table)
        : is_csv_(request.format == "csv"),
          output_(fmt::format("{}/{}.{}", request.output, table, is_csv_ ? "csv" : "ndjson"),
                  request.words) {}

    RowWriter& text(std::string_view name, std::string_view value) {
        separate(name);
        if (!is_csv_) {
            append_json_string(line_, value);
        } else if (value.find_first_of(",\"\r\n") == value.npos) {
            line_ += value;
        } else {
            line_ += '"';
            for (const char c : value) {
                line_.append(c == '"' ? 2 : 1, c);
            }
            line_ += '"';
        }
        return *this;
    }
    /// Nothing between two commas or null, for "".
    RowWriter& text_or_null(std::string_view name, std::string_view value) {
        if (!value.empty()) {
            return text(name, value);
        }
        separate(name);
        line_ += is_csv_ ? "" : "null";
        return *this;
    }
    template <typename Number>
    RowWriter& number(std::string_view name, Number value) {
        separate(name);
        fmt::format_to(std::back_inserter(line_), "{}", value);
        return *this;
    }
    void end_row() {
        if (is_csv_ && row_count_++ == 0) {
            output_.write(names_ + "\n");
        }
        line_ += is_csv_ ? "\n" : "}\n";
        output_.write(line_);
        line_.clear();
        cell_count_ = 0;
    }
    void close() { output_.close(); }

  private:
    void separate(std::string_view name) {
        const char* const comma = cell_count_++ == 0 ? "" : ",";
        if (is_csv_) {
            line_ += comma;
            if (row_count_ == 0) {
                names_ += comma;
                names_ += name;
            }
            return;
        }
        line_ += *comma == '\0' ? "{" : ",";
        append_json_string(line_, name);
        line_ += ':';
    }

    bool is_csv_;
    Output output_;
    size_t row_count_ = 0;
    size_t cell_count_ = 0;
    std::string names_;
    std::string line_;
};

/// The tables of one run: all snapshots go to the same files.
class Tables {
  public:
    explicit Tables(const Request& request)
        : snapshots_(request, "snapshots"),
          types_(request, "types"),
          nodes_(request, "nodes"),
          edges_(request, "edges") {}

    void add(const HeapModel& model, const std::string& name) {
        model_ = &model;
        name_ = name;
        time_ = moment_text(model.snapshot.origin.time_ms).substr(0, 19);
        add_snapshot();
        add_types();
        add_nodes();
        add_edges();
    }
    void close() {
        snapshots_.close();
        types_.close();
        nodes_.close();
        edges_.close();
    }

  private:
    /// What each row begins with: engines group by these without a join.
    RowWriter& begin(RowWriter& row) {
        const Origin& origin = model_->snapshot.origin;
        return row.text("snapshot", name_)
            .text("host", origin.host)
            .text("build", origin.build)
            .text_or_null("time", time_);
    }

    void add_snapshot() {
        const Snapshot& s = model_->snapshot;
        begin(snapshots_)
            .text("program", s.origin.program)
            .number("process", s.origin.process)
            .number("nodes", s.node_count())
            .number("edges", s.edge_count())
            .number("bytes", model_->total_size())
            .end_row();
    }

    void add_types() {
        std::vector<TypeRow> rows =
            take_census(*model_, DominatedNodes(model_->dominators.dominator));
        sort_rows(rows, *model_, Order::kRetained);
        for (const TypeRow& row : rows) {
            begin(types_)
                .text("type", model_->types.names[row.type])
                .number("objects", row.count)
                .number("self_size", row.self)
                .number("external_size", row.external)
                .number("retained_size", row.retained)
                .end_row();
        }
    }

    void add_nodes() {
        const Snapshot& s = model_->snapshot;
        for (Node node = 0; node < s.node_count(); ++node) {
            const Node dominator = model_->dominators.dominator[node];
            begin(nodes_)
                .number("node", node)
                .number("id", s.id[node])
                .text("kind", s.node_types[s.type[node]])
                .text("type", model_->type_name(node))
                .text("name", s.text(node))
                .number("self_size", s.self_size[node])
                .number("external_size", s.external_size.empty() ? 0 : s.external_size[node])
                .number("retained_size", model_->retained[node])
                .number("distance", model_->distances.distance[node])
                .number("dominator", dominator)
                .text("dominator_type", model_->type_name(dominator))
                .end_row();
        }
    }

    void add_edges() {
        const Snapshot& s = model_->snapshot;
        for (Node from = 0; from < s.node_count(); ++from) {
            for (Edge edge = s.first_edge[from]; edge < s.first_edge[from + 1]; ++edge) {
                begin(edges_)
                    .number("from_node", from)
                    .number("to_node", s.edge_to[edge])
                    .text("kind", s.edge_types[s.edge_type[edge]])
                    .text("name", s.edge_text(edge))
                    .end_row();
            }
        }
    }

    RowWriter snapshots_;
    RowWriter types_;
    RowWriter nodes_;
    RowWriter edges_;
    const HeapModel* model_ = nullptr;
    std::string name_;
    std::string time_;
};

/// A snapshot's name: its file's, without the ending; with a number if another one has it.
std::string new_name(const std::string& path, std::set<std::string>& taken) {
    const std::string stem = std::filesystem::path(path).stem().string();
    std::string name = stem;
    for (size_t i = 2; !taken.insert(name).second; ++i) {
        name = fmt::format("{}-{}", stem, i);
    }
    return name;
}

}  // namespace

int run_rows(const Request& request) {
    if (request.output.empty()) {
        throw std::runtime_error("heap rows needs -o DIRECTORY");
    }
    // The first snapshot is read before old tables go.
    HeapModel model = load_for(request, request.words[0]);
    std::filesystem::create_directories(request.output);
    Tables tables(request);
    std::set<std::string> names;
    for (size_t i = 0; i < request.words.size(); ++i) {
        if (i != 0) {
            model = load_for(request, request.words[i]);
        }
        tables.add(model, new_name(request.words[i], names));
    }
    tables.close();
    return 0;
}

}  // namespace tool::heap
