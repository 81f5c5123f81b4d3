// SPDX-License-Identifier: MIT
#include "snapshot_reader.h"

#include <algorithm>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "moment.h"
#include "site_reader.h"

namespace tool::heap {
namespace {

constexpr uint64_t kMost32 = std::numeric_limits<uint32_t>::max() - 1;
constexpr uint64_t kMost64 = std::numeric_limits<int64_t>::max();

/// What a column of the file is for, and where a field with that name goes.
enum class Column : uint8_t {
    kSkipped,
    kType,
    kName,
    kId,
    kSelfSize,
    kEdgeCount,
    kSiteId,
    kDetachedness,
    kExternalSize,
    kTo
};

struct NamedColumn {
    std::string_view name;
    Column column;
};

constexpr NamedColumn kNodeColumns[] = {
    {"type", Column::kType},
    {"name", Column::kName},
    {"id", Column::kId},
    {"self_size", Column::kSelfSize},
    {"edge_count", Column::kEdgeCount},
    {"trace_node_id", Column::kSiteId},
    {"detachedness", Column::kDetachedness},
    {"external_size", Column::kExternalSize},
};
constexpr NamedColumn kEdgeColumns[] = {
    {"type", Column::kType}, {"name_or_index", Column::kName}, {"to_node", Column::kTo}};
constexpr size_t kNeededNodeColumns = 5;

constexpr std::string_view kNodeKindNames[] = {
    "hidden", "array", "string", "object", "code", "closure", "regexp", "native", "synthetic"};
constexpr std::string_view kEdgeKindNames[] = {
    "context", "element", "property", "internal", "hidden", "shortcut", "weak"};

template <typename Kind, size_t kCount>
void name_kinds(const std::vector<std::string>& names,
                const std::string_view (&known)[kCount],
                std::array<Kind, 256>& kinds) {
    kinds.fill(Kind::kOther);
    for (size_t i = 0; i < names.size(); ++i) {
        const auto found = std::find(std::begin(known), std::end(known), names[i]);
        kinds[i] = static_cast<Kind>(found - std::begin(known));
    }
}

class SnapshotReader {
  public:
    explicit SnapshotReader(ByteSource& source) : source_(source), json_(source) {}

    Snapshot read() {
        json_.object([&](const std::string& key) { member(key); });
        json_.expect_end();
        check_whole();
        return std::move(snapshot_);
    }

  private:
    void member(const std::string& key) {
        const bool needs_meta = key == "nodes" || key == "edges" || key == "trace_tree" ||
                                key == "trace_function_infos";
        if (needs_meta && node_columns_.empty()) {
            json_.fail(fmt::format("\"{}\" comes before \"snapshot\", which describes it", key));
        }
        if (key == "snapshot") {
            once(has_header_, key);
            read_header();
        } else if (key == "nodes") {
            once(has_nodes_, key);
            read_nodes();
        } else if (key == "edges") {
            once(has_edges_, key);
            read_edges();
        } else if (key == "strings") {
            once(has_strings_, key);
            read_strings();
        } else if (key == "trace_function_infos") {
            once(has_functions_, key);
            read_functions(json_, snapshot_, function_fields_);
        } else if (key == "trace_tree") {
            once(has_sites_, key);
            read_sites(json_, snapshot_, site_fields_);
        } else {
            json_.skip();
        }
    }

    void once(bool& has, const std::string& key) {
        if (has) {
            json_.fail(fmt::format("a second \"{}\"", key));
        }
        has = true;
    }

    void read_header();
    void read_meta();
    void read_origin();
    void read_types(std::vector<std::string>& types);
    void read_fields(std::vector<std::string>& fields);
    template <size_t kCount>
    std::vector<Column> columns(const std::vector<std::string>& fields,
                                const NamedColumn (&known)[kCount],
                                size_t needed,
                                const char* what);
    void read_nodes();
    void read_node_field(Column column);
    void read_edges();
    void read_edge_field(Column column);
    void read_strings();
    void reserve();
    void check_whole();
    void check_texts();
    void drop_empty_columns();

    ByteSource& source_;
    JsonReader json_;
    Snapshot snapshot_;
    std::vector<Column> node_columns_;
    std::vector<Column> edge_columns_;
    std::vector<std::string> function_fields_;
    std::vector<std::string> site_fields_;
    std::optional<uint64_t> node_count_;
    std::optional<uint64_t> edge_count_;
    uint64_t edges_of_nodes_ = 0;
    bool has_header_ = false;
    bool has_nodes_ = false;
    bool has_edges_ = false;
    bool has_strings_ = false;
    bool has_functions_ = false;
    bool has_sites_ = false;
};

void SnapshotReader::read_header() {
    json_.object([&](const std::string& key) {
        if (key == "meta") {
            read_meta();
        } else if (key == "node_count") {
            node_count_ = json_.number(kMost32, "node_count");
        } else if (key == "edge_count") {
            edge_count_ = json_.number(kMost32, "edge_count");
        } else if (key == "extra_native_bytes") {
            snapshot_.extra_native_bytes = json_.number(kMost64, "extra_native_bytes");
        } else if (key == "root_index") {
            (void)json_.number(0, "root_index");
        } else if (key == "cairn") {
            read_origin();
        } else {
            json_.skip();
        }
    });
    if (node_columns_.empty() || edge_columns_.empty()) {
        json_.fail("\"snapshot\" has no \"meta\" with node_fields and edge_fields");
    }
    reserve();
}

/// Memory for what the header announces, but no more than a file of this size can hold.
void SnapshotReader::reserve() {
    const auto fits = [&](std::optional<uint64_t> count, size_t fields, const char* what) {
        if (!count.has_value() || !source_.size().has_value()) {
            return uint64_t{0};
        }
        const uint64_t most = *source_.size() / (2 * fields);
        if (*count > most) {
            json_.fail(fmt::format("{} is {}, but a file of {} bytes has no room for them",
                                   what,
                                   *count,
                                   *source_.size()));
        }
        return *count;
    };
    const size_t nodes = fits(node_count_, node_columns_.size(), "node_count");
    snapshot_.type.reserve(nodes);
    snapshot_.name.reserve(nodes);
    snapshot_.id.reserve(nodes);
    snapshot_.self_size.reserve(nodes);
    snapshot_.first_edge.reserve(nodes + 1);
    const size_t edges = fits(edge_count_, edge_columns_.size(), "edge_count");
    snapshot_.edge_type.reserve(edges);
    snapshot_.edge_name.reserve(edges);
    snapshot_.edge_to.reserve(edges);
}

void SnapshotReader::read_meta() {
    std::vector<std::string> node_fields;
    std::vector<std::string> edge_fields;
    json_.object([&](const std::string& key) {
        if (key == "node_fields") {
            read_fields(node_fields);
        } else if (key == "edge_fields") {
            read_fields(edge_fields);
        } else if (key == "node_types") {
            read_types(snapshot_.node_types);
        } else if (key == "edge_types") {
            read_types(snapshot_.edge_types);
        } else if (key == "trace_function_info_fields") {
            read_fields(function_fields_);
        } else if (key == "trace_node_fields") {
            read_fields(site_fields_);
        } else {
            json_.skip();
        }
    });
    node_columns_ = columns(node_fields, kNodeColumns, kNeededNodeColumns, "node_fields");
    edge_columns_ = columns(edge_fields, kEdgeColumns, std::size(kEdgeColumns), "edge_fields");
    if (snapshot_.node_types.empty() || snapshot_.edge_types.empty()) {
        json_.fail("\"meta\" has no node_types or no edge_types");
    }
    name_kinds(snapshot_.node_types, kNodeKindNames, snapshot_.node_kinds);
    name_kinds(snapshot_.edge_types, kEdgeKindNames, snapshot_.edge_kinds);
}

void SnapshotReader::read_fields(std::vector<std::string>& fields) {
    constexpr size_t kMostFields = 64;
    fields.clear();
    json_.array([&] {
        json_.string(fields.emplace_back());
        if (fields.size() > kMostFields) {
            json_.fail("a record with more than 64 fields");
        }
    });
}

/// The types of a record's fields: the names of the values of "type", which is the first, then
/// words such as "number".
void SnapshotReader::read_types(std::vector<std::string>& types) {
    constexpr size_t kMostTypes = 255;
    types.clear();
    json_.array([&] {
        if (json_.next() != '[' || !types.empty()) {
            json_.skip();
            return;
        }
        json_.array([&] {
            json_.string(types.emplace_back());
            if (types.size() > kMostTypes) {
                json_.fail("more than 255 types");
            }
        });
    });
}

template <size_t kCount>
std::vector<Column> SnapshotReader::columns(const std::vector<std::string>& fields,
                                            const NamedColumn (&known)[kCount],
                                            size_t needed,
                                            const char* what) {
    for (size_t i = 0; i < kCount; ++i) {
        const auto times = std::count(fields.begin(), fields.end(), known[i].name);
        if (times > 1 || (times == 0 && i < needed)) {
            json_.fail(fmt::format(
                "{} has {} \"{}\"", what, times == 0 ? "no" : "more than one", known[i].name));
        }
    }
    std::vector<Column> result;
    for (const std::string& field : fields) {
        const auto found = std::find_if(std::begin(known),
                                        std::end(known),
                                        [&](const NamedColumn& k) { return k.name == field; });
        result.push_back(found == std::end(known) ? Column::kSkipped : found->column);
    }
    return result;
}

void SnapshotReader::read_origin() {
    Origin& origin = snapshot_.origin;
    json_.object([&](const std::string& key) {
        if (key == "host") {
            json_.string(origin.host);
        } else if (key == "build") {
            json_.string(origin.build);
        } else if (key == "program") {
            json_.string(origin.program);
        } else if (key == "process") {
            origin.process = json_.number(kMost64, "process");
        } else if (key == "time_ms") {
            const uint64_t time_ms = json_.number(kMost64, "time_ms");
            origin.time_ms = time_ms / 1000 <= kMostSeconds ? time_ms : 0;
        } else if (key == "sample_interval") {
            origin.sample_interval = json_.number(kMost64, "sample_interval");
        } else {
            json_.skip();
        }
    });
}

void SnapshotReader::read_node_field(Column column) {
    Snapshot& s = snapshot_;
    switch (column) {
        case Column::kType:
            s.type.push_back(
                static_cast<uint8_t>(json_.number(s.node_types.size() - 1, "a node's type")));
            break;
        case Column::kName:
            s.name.push_back(static_cast<Text>(json_.number(kMost32, "a node's name")));
            break;
        case Column::kId:
            s.id.push_back(static_cast<uint32_t>(json_.number(kMost32, "a node's id")));
            break;
        case Column::kSelfSize:
            s.self_size.push_back(json_.number(kMost64 >> 20, "a node's self_size"));
            break;
        case Column::kEdgeCount:
            s.first_edge.push_back(static_cast<Edge>(edges_of_nodes_));
            edges_of_nodes_ += json_.number(kMost32, "a node's edge_count");
            if (edges_of_nodes_ > kMost32) {
                json_.fail("the nodes have more than 4294967294 edges");
            }
            break;
        case Column::kSiteId:
            s.site_id.push_back(static_cast<uint32_t>(json_.number(kMost32, "a trace_node_id")));
            break;
        case Column::kDetachedness:
            s.detachedness.push_back(static_cast<uint8_t>(json_.number(255, "detachedness")));
            break;
        case Column::kExternalSize:
            s.external_size.push_back(json_.number(kMost64 >> 20, "an external_size"));
            break;
        default:
            json_.skip();
    }
}

void SnapshotReader::read_nodes() {
    size_t column = 0;
    size_t count = 0;
    json_.array([&] {
        read_node_field(node_columns_[column]);
        if (++column == node_columns_.size()) {
            column = 0;
            ++count;
        }
    });
    if (column != 0) {
        json_.fail(fmt::format("\"nodes\" ends in the middle of node {}: it has {} of {} fields",
                               count,
                               column,
                               node_columns_.size()));
    }
    if (node_count_.has_value() && count != *node_count_) {
        json_.fail(fmt::format("\"nodes\" has {} nodes, node_count says {}", count, *node_count_));
    }
    if (count == 0) {
        json_.fail("\"nodes\" is empty: there is no root");
    }
    snapshot_.first_edge.push_back(static_cast<Edge>(edges_of_nodes_));
    drop_empty_columns();
}

void SnapshotReader::drop_empty_columns() {
    const auto drop = [](auto& column) {
        if (std::all_of(column.begin(), column.end(), [](auto value) { return value == 0; })) {
            column.clear();
            column.shrink_to_fit();
        }
    };
    drop(snapshot_.site_id);
    drop(snapshot_.detachedness);
    drop(snapshot_.external_size);
}

void SnapshotReader::read_edge_field(Column column) {
    Snapshot& s = snapshot_;
    const size_t width = node_columns_.size();
    switch (column) {
        case Column::kType:
            s.edge_type.push_back(
                static_cast<uint8_t>(json_.number(s.edge_types.size() - 1, "an edge's type")));
            break;
        case Column::kName:
            s.edge_name.push_back(
                static_cast<uint32_t>(json_.number(UINT32_MAX, "an edge's name_or_index")));
            break;
        case Column::kTo: {
            const uint64_t place = json_.number(kMost64, "an edge's to_node");
            const bool is_known = has_nodes_;
            if (place % width != 0 || (is_known && place / width >= s.type.size()) ||
                place / width > kMost32) {
                json_.fail(fmt::format(
                    "edge {} leads to {}, where no node begins", s.edge_to.size(), place));
            }
            s.edge_to.push_back(static_cast<Node>(place / width));
            break;
        }
        default:
            json_.skip();
    }
}

void SnapshotReader::read_edges() {
    size_t column = 0;
    size_t count = 0;
    json_.array([&] {
        read_edge_field(edge_columns_[column]);
        if (++column == edge_columns_.size()) {
            column = 0;
            ++count;
        }
    });
    if (column != 0) {
        json_.fail(fmt::format("\"edges\" ends in the middle of edge {}: it has {} of {} fields",
                               count,
                               column,
                               edge_columns_.size()));
    }
    if (edge_count_.has_value() && count != *edge_count_) {
        json_.fail(fmt::format("\"edges\" has {} edges, edge_count says {}", count, *edge_count_));
    }
    if (count > kMost32) {
        json_.fail("more than 4294967294 edges");
    }
}

void SnapshotReader::read_strings() {
    std::string text;
    json_.array([&] {
        json_.string(text);
        snapshot_.texts.add(text);
    });
}

/// The arrays may come in any order, so that what one says of another is checked at the end.
void SnapshotReader::check_whole() {
    const auto need = [&](bool has, const char* key) {
        if (!has) {
            json_.fail(fmt::format("the file has no \"{}\"", key));
        }
    };
    need(has_header_, "snapshot");
    need(has_nodes_, "nodes");
    need(has_edges_, "edges");
    need(has_strings_, "strings");
    const Snapshot& s = snapshot_;
    if (edges_of_nodes_ != s.edge_to.size()) {
        json_.fail(fmt::format("\"edges\" has {} edges, the nodes' edge_count add up to {}",
                               s.edge_to.size(),
                               edges_of_nodes_));
    }
    for (Edge edge = 0; edge < s.edge_count(); ++edge) {
        if (s.edge_to[edge] >= s.node_count()) {
            json_.fail(fmt::format(
                "edge {} leads to node {} of {}", edge, s.edge_to[edge], s.node_count()));
        }
    }
    check_texts();
}

void SnapshotReader::check_texts() {
    const Snapshot& s = snapshot_;
    const auto check = [&](Text text, const char* what, size_t index) {
        if (text >= s.texts.size()) {
            json_.fail(fmt::format(
                "{} {} has string {}, but \"strings\" has {}", what, index, text, s.texts.size()));
        }
    };
    for (Node node = 0; node < s.node_count(); ++node) {
        check(s.name[node], "node", node);
    }
    for (Edge edge = 0; edge < s.edge_count(); ++edge) {
        if (!s.edge_has_number(edge)) {
            check(s.edge_name[edge], "edge", edge);
        }
    }
    for (size_t i = 0; i < s.functions.size(); ++i) {
        check(s.functions[i].name, "function", i);
        check(s.functions[i].file, "function", i);
    }
    for (size_t i = 0; i < s.sites.size(); ++i) {
        if (s.sites[i].function >= s.functions.size()) {
            json_.fail(fmt::format("trace node {} has function {}, but trace_function_infos has {}",
                                   s.sites[i].id,
                                   s.sites[i].function,
                                   s.functions.size()));
        }
    }
}

}  // namespace

Snapshot read_snapshot(ByteSource& source) {
    return SnapshotReader(source).read();
}

}  // namespace tool::heap
