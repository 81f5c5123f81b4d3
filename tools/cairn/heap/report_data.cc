// SPDX-License-Identifier: MIT
#include "report_data.h"

#include <algorithm>
#include <queue>
#include <tuple>

#include <fmt/format.h>

#include "json_writer.h"
#include "moment.h"
#include "table.h"
#include "type_stacks.h"
#include "utf8.h"

namespace tool::heap {
namespace {

constexpr size_t kMostTreeObjects = 1500;
constexpr size_t kMostTreeTypes = 1500;
constexpr size_t kMostTypes = 300;
constexpr size_t kMostGrowthRows = 300;
constexpr size_t kMostLargest = 100;
constexpr size_t kMostReferrers = 12;
constexpr size_t kMostSteps = 40;
constexpr size_t kLineCharacters = 100;

/// The JSON of a page, with each text in it once.
class ReportWriter {
  public:
    ReportWriter(const HeapModel& model, const std::vector<TypeRow>& types)
        : model_(model), types_(types), objects_(model, types), json_(out_) {}

    std::string run(const Growth* growth, std::string_view old_path) {
        json_.begin_object();
        write_facts(old_path);
        find_examples();
        write_types();
        write_type_tree();
        write_object_tree();
        write_objects();
        write_largest();
        if (growth != nullptr) {
            write_growth(*growth);
        }
        // Last: by now all are known.
        json_.key("texts").begin_array();
        for (const std::string& text : texts_) {
            json_.text(text);
        }
        json_.end_array().end_object();
        return std::move(out_);
    }

  private:
    void text(std::string_view value) {
        std::string line = one_line(value, kLineCharacters);
        const auto next = static_cast<uint32_t>(texts_.size());
        const auto [at, is_new] = by_text_.emplace(std::move(line), next);
        if (is_new) {
            texts_.push_back(at->first);
        }
        json_.number(at->second);
    }
    /// Writes the place of `node` in the page's list of objects, or -1.
    void object(Node node) {
        const uint32_t place = objects_.place_of(node);
        json_.signed_number(place == kNone ? -1 : int64_t{place});
    }
    void fact(std::string_view name, const std::string& value) {
        if (!value.empty()) {
            json_.begin_array().text(name).text(value).end_array();
        }
    }
    void write_facts(std::string_view old_path);
    void find_examples();
    void write_types();
    void write_type_tree();
    void write_object_tree();
    void write_objects();
    void write_path(Node node);
    void write_largest();
    void write_growth(const Growth& growth);

    const HeapModel& model_;
    const std::vector<TypeRow>& types_;
    ReportObjects objects_;
    std::vector<Node> examples_;  ///< of each type, or kNone
    std::string out_;
    JsonWriter json_;
    std::vector<std::string> texts_;
    std::unordered_map<std::string, uint32_t> by_text_;
};

void ReportWriter::write_facts(std::string_view old_path) {
    const Origin& origin = model_.snapshot.origin;
    const std::string& name = origin.program.empty() ? model_.path : origin.program;
    json_.key("title").text(fmt::format("Heap of {}", one_line(name, kLineCharacters)));
    json_.key("facts").begin_array();
    fact("file", model_.path);
    fact("older file", std::string(old_path));
    fact("host", origin.host);
    fact("build", origin.build);
    fact("time", moment_text(origin.time_ms));
    fact("bytes", grouped(model_.total_size()));
    fact("nodes", grouped(model_.snapshot.node_count()));
    fact("edges", grouped(model_.snapshot.edge_count()));
    fact("types", grouped(types_.size()));
    json_.end_array();
}

/// Finds the example of each type: of the objects that the page has, the one that retains most.
void ReportWriter::find_examples() {
    examples_.assign(model_.types.names.size(), kNone);
    for (const Node node : objects_.nodes()) {
        Node& example = examples_[model_.types.of_node[node]];
        if (example == kNone || model_.retained[node] > model_.retained[example]) {
            example = node;
        }
    }
}

/// Rows of [text, retained, self, objects, example].
void ReportWriter::write_types() {
    const size_t count = std::min(kMostTypes, types_.size());
    json_.key("types").begin_array();
    for (size_t i = 0; i < count; ++i) {
        const TypeRow& row = types_[i];
        json_.begin_array();
        text(model_.types.names[row.type]);
        json_.number(row.retained).number(row.self).number(row.count);
        object(examples_[row.type]);
        json_.end_array();
    }
    json_.end_array();
}

/// Rows of [parent's row or -1, text, self, retained, example].
void ReportWriter::write_type_tree() {
    const std::vector<TypeStack> stacks = merge_by_type(model_);
    std::vector<uint32_t> order(stacks.size());
    for (uint32_t i = 0; i < order.size(); ++i) {
        order[i] = i;
    }
    // A parent retains at least as much and comes earlier: it stays before its children.
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
        return std::tuple(~stacks[a].retained, a) < std::tuple(~stacks[b].retained, b);
    });
    order.resize(std::min(order.size(), kMostTreeTypes));
    std::vector<int64_t> row_of(stacks.size(), -1);
    json_.key("typeTree").begin_array();
    for (size_t row = 0; row < order.size(); ++row) {
        const TypeStack& stack = stacks[order[row]];
        row_of[order[row]] = static_cast<int64_t>(row);
        json_.begin_array().signed_number(stack.parent == kNone ? -1 : row_of[stack.parent]);
        text(stack.parent == kNone ? "(root)" : std::string_view(model_.types.names[stack.type]));
        json_.number(stack.bytes).number(stack.retained);
        object(stack.parent == kNone ? kNone : examples_[stack.type]);
        json_.end_array();
    }
    json_.end_array();
}

/// The same rows, of objects, with their places.
void ReportWriter::write_object_tree() {
    json_.key("objectTree").begin_array();
    for (size_t i = 0; i < objects_.tree_size(); ++i) {
        const Node node = objects_.nodes()[i];
        json_.begin_array();
        json_.signed_number(
            node == 0 ? -1 : int64_t{objects_.place_of(model_.dominators.dominator[node])});
        text(node_text(model_, node));
        json_.number(model_.snapshot.self_size[node]).number(model_.retained[node]);
        object(node);
        json_.end_array();
    }
    json_.end_array();
}

void ReportWriter::write_path(Node node) {
    const std::vector<Edge> path = path_to(model_, node);
    json_.begin_array();
    for (size_t i = 0; i < path.size(); ++i) {
        if (path.size() > kMostSteps && i == kMostSteps / 2) {
            const size_t skipped = path.size() - kMostSteps;
            json_.begin_array();
            text("…");
            text(fmt::format("{} more steps", skipped));
            json_.signed_number(-1).end_array();
            i += skipped;
        }
        const Node to = model_.snapshot.edge_to[path[i]];
        json_.begin_array();
        text(model_.snapshot.edge_text(path[i]));
        text(node_text(model_, to));
        object(to);
        json_.end_array();
    }
    json_.end_array();
}

/// Rows of [text, self, retained, path, referrers, number of referrers].
void ReportWriter::write_objects() {
    json_.key("objects").begin_array();
    for (size_t i = 0; i < objects_.nodes().size(); ++i) {
        const Node node = objects_.nodes()[i];
        json_.begin_array();
        text(node_text(model_, node));
        json_.number(model_.snapshot.self_size[node]).number(model_.retained[node]);
        write_path(node);
        json_.begin_array();
        for (const Referrer& referrer : objects_.referrers(i)) {
            json_.begin_array();
            text(model_.snapshot.edge_text(referrer.edge));
            text(node_text(model_, referrer.from));
            object(referrer.from);
            json_.end_array();
        }
        json_.end_array().number(objects_.referrer_count(i)).end_array();
    }
    json_.end_array();
}

void ReportWriter::write_largest() {
    std::vector<uint32_t> places;
    for (uint32_t i = 0; i < objects_.nodes().size(); ++i) {
        if (model_.snapshot.self_size[objects_.nodes()[i]] != 0) {
            places.push_back(i);
        }
    }
    const auto key = [&](uint32_t place) {
        return std::tuple(~model_.retained[objects_.nodes()[place]], place);
    };
    std::sort(places.begin(), places.end(), [&](auto a, auto b) { return key(a) < key(b); });
    places.resize(std::min(places.size(), kMostLargest));
    json_.key("largest").begin_array();
    for (const uint32_t place : places) {
        json_.number(place);
    }
    json_.end_array();
}

/// Rows of [text, change of bytes, of objects, new, gone, change of retained, example].
void ReportWriter::write_growth(const Growth& growth) {
    std::unordered_map<std::string_view, Type> types;
    for (size_t i = 0; i < model_.types.names.size(); ++i) {
        types.emplace(model_.types.names[i], static_cast<Type>(i));
    }
    json_.key("growth").begin_array();
    for (size_t i = 0; i < std::min(kMostGrowthRows, growth.rows.size()); ++i) {
        const GrowthRow& row = growth.rows[i];
        json_.begin_array();
        text(row.type);
        json_.signed_number(row.bytes_change()).signed_number(row.count_change());
        json_.number(row.new_count).number(row.gone_count).signed_number(row.retained_change);
        const auto type = types.find(row.type);
        object(type == types.end() ? kNone : examples_[type->second]);
        json_.end_array();
    }
    json_.end_array();
}

}  // namespace

ReportObjects::ReportObjects(const HeapModel& model, const std::vector<TypeRow>& types) {
    add_top(model);
    add_examples(model, types);
    find_referrers(model.snapshot);
}

uint32_t ReportObjects::place_of(Node node) const {
    const auto at = places_.find(node);
    return at == places_.end() ? kNone : at->second;
}

void ReportObjects::add(Node node) {
    if (places_.emplace(node, static_cast<uint32_t>(nodes_.size())).second) {
        nodes_.push_back(node);
    }
}

/// From the root down, always the node that retains most.
void ReportObjects::add_top(const HeapModel& model) {
    const DominatedNodes dominated(model.dominators.dominator);
    using Entry = std::pair<uint64_t, Node>;
    std::priority_queue<Entry> waiting;
    waiting.emplace(model.retained[0], 0);
    while (!waiting.empty() && nodes_.size() < kMostTreeObjects) {
        const Node node = waiting.top().second;
        waiting.pop();
        add(node);
        for (const Node below : dominated.of(node)) {
            waiting.emplace(model.retained[below], below);
        }
    }
    tree_size_ = nodes_.size();
}

void ReportObjects::add_examples(const HeapModel& model, const std::vector<TypeRow>& types) {
    std::vector<Node> example(model.types.names.size(), kNone);
    for (Node node = 0; node < model.snapshot.node_count(); ++node) {
        Node& best = example[model.types.of_node[node]];
        if (model.snapshot.self_size[node] != 0 &&
            (best == kNone || model.retained[node] > model.retained[best])) {
            best = node;
        }
    }
    for (size_t i = 0; i < std::min(kMostTypes, types.size()); ++i) {
        add(example[types[i].type]);
    }
}

void ReportObjects::find_referrers(const Snapshot& s) {
    referrers_.resize(nodes_.size());
    counts_.assign(nodes_.size(), 0);
    Bits is_shown(s.node_count());
    for (const Node node : nodes_) {
        is_shown.set(node);
    }
    for (Node from = 0; from < s.node_count(); ++from) {
        for (Edge edge = s.first_edge[from]; edge < s.first_edge[from + 1]; ++edge) {
            const Node to = s.edge_to[edge];
            if (!is_shown[to] || from == to) {
                continue;
            }
            const uint32_t place = places_.at(to);
            if (++counts_[place] <= kMostReferrers) {
                referrers_[place].push_back({from, edge});
            }
        }
    }
}

std::string report_json(const HeapModel& model, const Growth* growth, std::string_view old_path) {
    std::vector<TypeRow> types = take_census(model, DominatedNodes(model.dominators.dominator));
    sort_rows(types, model, Order::kRetained);
    return ReportWriter(model, types).run(growth, old_path);
}

}  // namespace tool::heap
