// SPDX-License-Identifier: MIT
#include "random_heap.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include <fmt/format.h>

namespace heap_tests {
namespace {

// The values of "type" in the files that are written here.
enum NodeType : uint8_t {
    kHidden = 0,
    kArray = 1,
    kString = 2,
    kObject = 3,
    kNumber = 7,
    kNative = 8,
    kSynthetic = 9
};
enum EdgeType : uint8_t {
    kContext = 0,
    kElement = 1,
    kProperty = 2,
    kInternal = 3,
    kHiddenEdge = 4,
    kShortcut = 5,
    kWeak = 6
};

constexpr std::string_view kMeta =
    R"({"node_fields":["type","name","id","self_size","edge_count","trace_node_id","detachedness"],)"
    R"("node_types":[["hidden","array","string","object","code","closure","regexp","number",)"
    R"("native","synthetic","concatenated string","sliced string","symbol","bigint"],)"
    R"("string","number","number","number","number","number"],)"
    R"("edge_fields":["type","name_or_index","to_node"],)"
    R"("edge_types":[["context","element","property","internal","hidden","shortcut","weak"],)"
    R"("string_or_number","node"],)"
    R"("trace_function_info_fields":["function_id","name","script_name","script_id","line",)"
    R"("column"],"trace_node_fields":["id","function_info_index","count","size","children"],)"
    R"("sample_fields":["timestamp_us","last_assigned_id"],)"
    R"("location_fields":["object_index","script_id","line","column"]})";
constexpr uint64_t kNodeFields = 7;
constexpr uint32_t kTypeNames = 12;
constexpr uint32_t kEdgeNames = 16;
constexpr uint32_t kFunctions = 4;

/// splitmix64: the same numbers everywhere.
class Random {
  public:
    explicit Random(uint64_t seed) : state_(seed) {}
    uint64_t next() {
        state_ += 0x9e3779b97f4a7c15;
        uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    uint32_t below(uint64_t end) { return static_cast<uint32_t>(next() % end); }
    bool one_in(uint64_t n) { return below(n) == 0; }

  private:
    uint64_t state_;
};

struct GraphEdge {
    uint32_t from;
    EdgeType type;
    uint32_t name;
    uint32_t to;
    uint32_t order;
};

struct GraphNode {
    NodeType type = kObject;
    uint32_t name = 0;
    uint32_t id = 0;
    uint32_t size = 0;
    uint32_t site = 0;
};

class Graph {
  public:
    explicit Graph(const RandomHeap& heap)
        : heap_(heap), random_(heap.seed * 1000003 + (heap.dialect == Dialect::kV8 ? 1 : 0)) {
        add_texts();
        add_roots();
        const uint32_t count = std::max<uint32_t>(heap.nodes, first_object_ + 1);
        for (uint32_t node = first_object_; node < count; ++node) {
            add_object();
        }
        add_edges();
        if (heap.grown_by != 0) {
            grow();
        }
        if (heap.has_no_garbage) {
            hold_garbage();
        }
        std::sort(edges_.begin(), edges_.end(), [](const GraphEdge& a, const GraphEdge& b) {
            return a.from != b.from ? a.from < b.from : a.order < b.order;
        });
    }

    void write(const Write& out) const;

  private:
    uint32_t text(std::string value) {
        texts_.push_back(std::move(value));
        return static_cast<uint32_t>(texts_.size() - 1);
    }
    [[nodiscard]] uint32_t count() const { return static_cast<uint32_t>(nodes_.size()); }
    void edge(uint32_t from, EdgeType type, uint32_t name, uint32_t to) {
        edges_.push_back({from, type, name, to, static_cast<uint32_t>(edges_.size())});
    }
    uint32_t random_name() { return first_edge_name_ + random_.below(kEdgeNames); }

    void add_texts();
    void add_roots();
    void add_object();
    void add_edges();
    void add_edge(uint32_t from);
    void add_chain();
    void add_entry();
    void grow();
    void hold_garbage();
    [[nodiscard]] std::string meta() const;
    void write_nodes(const Write& out) const;
    void write_edges(const Write& out) const;

    const RandomHeap& heap_;
    Random random_;
    std::vector<std::string> texts_;
    std::vector<GraphNode> nodes_;
    std::vector<GraphEdge> edges_;
    uint32_t first_edge_name_ = 0;
    uint32_t first_type_name_ = 0;
    uint32_t first_object_ = 0;
    uint32_t first_root_group_ = 2;
};

void Graph::add_texts() {
    (void)text("");
    (void)text("(GC roots)");
    (void)text("(Globals)");
    (void)text("(Host handles)");
    first_type_name_ = static_cast<uint32_t>(texts_.size());
    for (uint32_t i = 0; i < kTypeNames; ++i) {
        (void)text(fmt::format("Type{}", i));
    }
    first_edge_name_ = static_cast<uint32_t>(texts_.size());
    for (uint32_t i = 0; i < kEdgeNames; ++i) {
        (void)text(fmt::format("field{}", i));
    }
    for (uint32_t i = 0; i < kFunctions; ++i) {
        (void)text(fmt::format("function{}", i));
    }
    (void)text("program.py");
}

void Graph::add_roots() {
    nodes_.push_back({kSynthetic, 0, 1, 0, 0});
    nodes_.push_back({kSynthetic, 1, 3, 0, 0});
    nodes_.push_back({kSynthetic, 2, 5, 0, 0});
    nodes_.push_back({kSynthetic, 3, 7, 0, 0});
    first_object_ = count();
    edge(0, kElement, 1, 1);
    edge(1, kElement, 1, 2);
    edge(1, kElement, 2, 3);
}

void Graph::add_object() {
    GraphNode node;
    node.id = 2 * count() + 1;
    node.name = first_type_name_ + std::min(random_.below(kTypeNames), random_.below(kTypeNames));
    node.size = 16 + 8 * random_.below(30);
    if (heap_.has_sites && random_.one_in(4)) {
        node.site = 2 + random_.below(kFunctions);
    }
    if (random_.one_in(40)) {
        node.type = kString;
    } else if (random_.one_in(50)) {
        node.type = kNumber;
    } else if (random_.one_in(60)) {
        node.type = kNative;
    }
    if (heap_.dialect == Dialect::kV8 && random_.one_in(4)) {
        node.type = random_.one_in(2) ? kHidden : kArray;
    }
    nodes_.push_back(node);
}

void Graph::add_edge(uint32_t from) {
    // Half of the edges stay near: real heaps are local.
    const uint32_t objects = count() - first_object_;
    uint32_t to = first_object_ + random_.below(objects);
    if (random_.one_in(2)) {
        to = std::min(count() - 1, from + 1 + random_.below(8));
    }
    if (random_.one_in(100)) {
        to = from;
    }
    if (random_.one_in(12)) {
        edge(from, kWeak, random_name(), to);
    } else if (random_.one_in(3)) {
        edge(from, kElement, random_.below(1000), to);
    } else if (random_.one_in(10)) {
        edge(from, kHiddenEdge, random_.below(50), to);
    } else if (random_.one_in(8)) {
        edge(from, kInternal, random_name(), to);
    } else {
        const bool is_shortcut = heap_.dialect == Dialect::kV8 && random_.one_in(20);
        edge(from,
             is_shortcut         ? kShortcut
             : random_.one_in(9) ? kContext
                                 : kProperty,
             random_name(),
             to);
    }
}

/// A long list: its nodes have one edge each.
void Graph::add_chain() {
    const uint32_t objects = count() - first_object_;
    uint32_t at = first_object_ + random_.below(objects);
    for (uint32_t length = random_.below(objects); length > 0 && at + 1 < count(); --length, ++at) {
        edge(at, kProperty, first_edge_name_, at + 1);
    }
}

void Graph::add_entry() {
    const uint32_t objects = count() - first_object_;
    const uint32_t table = first_object_ + random_.below(objects);
    const uint32_t key = first_object_ + random_.below(objects);
    const uint32_t value = first_object_ + random_.below(objects);
    if (heap_.dialect == Dialect::kCairn) {
        edge(table, kWeak, random_name(), key);
        edge(table, kWeak, random_name(), value);
        edge(key, kInternal, random_name(), value);
        return;
    }
    const std::string shared =
        fmt::format(" / part of key (K @{}) -> value (V @{}) pair in WeakMap (table @{})",
                    nodes_[key].id,
                    nodes_[value].id,
                    nodes_[table].id);
    const uint32_t number = static_cast<uint32_t>(edges_.size());
    edge(key, kInternal, text(fmt::format("{}{}", number, shared)), value);
    edge(table, kInternal, text(fmt::format("{}{}", number + 1, shared)), value);
}

void Graph::add_edges() {
    const uint32_t objects = count() - first_object_;
    const uint32_t roots = 1 + random_.below(std::max<uint32_t>(objects / 50, 2));
    for (uint32_t i = 0; i < roots; ++i) {
        edge(first_root_group_ + random_.below(2),
             kProperty,
             random_name(),
             first_object_ + random_.below(objects));
    }
    if (heap_.dialect == Dialect::kV8) {
        for (uint32_t i = 0; i < 3 && random_.one_in(2); ++i) {
            edge(0,
                 random_.one_in(2) ? kShortcut : kElement,
                 random_name(),
                 first_object_ + random_.below(objects));
        }
    }
    // A fifth of the objects have many edges, the others few or none: some are garbage, then.
    for (uint32_t node = first_object_; node < count(); ++node) {
        const auto most = static_cast<uint64_t>(heap_.edges_per_node * 2.0) + 1;
        uint64_t edges = random_.below(most);
        if (random_.one_in(500)) {
            edges += random_.below(200);
        }
        for (; edges > 0; --edges) {
            add_edge(node);
        }
    }
    if (random_.one_in(3)) {
        add_chain();
    }
    for (uint32_t i = random_.below(2 + objects / 20); i > 0; --i) {
        add_entry();
    }
}

/// New objects of one type, held by one that was there before.
void Graph::grow() {
    const uint32_t holder = count();
    nodes_.push_back({kObject, first_type_name_, 2 * holder + 1, 64, 0});
    edge(2, kProperty, first_edge_name_, holder);
    for (uint32_t i = 0; i < heap_.grown_by; ++i) {
        const uint32_t node = count();
        nodes_.push_back({kObject, first_type_name_ + 1, 2 * node + 1, 48, 0});
        edge(holder, kElement, i, node);
    }
}

/// Adds an edge from a group of roots to each node that is not reached.
void Graph::hold_garbage() {
    std::vector<std::vector<uint32_t>> targets(count());
    for (const GraphEdge& edge : edges_) {
        if (edge.type != kWeak) {
            targets[edge.from].push_back(edge.to);
        }
    }
    std::vector<bool> is_reached(count());
    std::vector<uint32_t> waiting;
    const auto reach = [&](uint32_t from) {
        is_reached[from] = true;
        waiting.push_back(from);
        while (!waiting.empty()) {
            const uint32_t node = waiting.back();
            waiting.pop_back();
            for (const uint32_t to : targets[node]) {
                if (!is_reached[to]) {
                    is_reached[to] = true;
                    waiting.push_back(to);
                }
            }
        }
    };
    reach(0);
    for (uint32_t node = first_object_; node < count(); ++node) {
        if (!is_reached[node]) {
            edge(3, kElement, node, node);
            reach(node);
        }
    }
}

/// Collects text and writes it in large parts.
class Buffer {
  public:
    explicit Buffer(const Write& write) : write_(write) {}
    ~Buffer() { write_(text_); }
    template <typename... Values>
    void add(fmt::format_string<Values...> format, Values&&... values) {
        fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
        if (text_.size() > (1 << 16)) {
            write_(text_);
            text_.clear();
        }
    }

  private:
    const Write& write_;
    std::string text_;
};

void Graph::write_nodes(const Write& out) const {
    std::vector<uint32_t> edge_counts(nodes_.size());
    for (const GraphEdge& edge : edges_) {
        ++edge_counts[edge.from];
    }
    Buffer buffer(out);
    buffer.add("\"nodes\":[");
    for (size_t i = 0; i < nodes_.size(); ++i) {
        const GraphNode& node = nodes_[i];
        buffer.add("{}{},{},{},{},{},{},0{}\n",
                   i == 0 ? "" : ",",
                   static_cast<int>(node.type),
                   node.name,
                   node.id,
                   node.size,
                   edge_counts[i],
                   node.site,
                   !heap_.has_external ? ""
                   : i % 3 == 0        ? ",0"
                                       : ",8");
    }
    buffer.add("],\n");
}

void Graph::write_edges(const Write& out) const {
    Buffer buffer(out);
    buffer.add("\"edges\":[");
    for (size_t i = 0; i < edges_.size(); ++i) {
        const GraphEdge& edge = edges_[i];
        buffer.add("{}{},{},{}\n",
                   i == 0 ? "" : ",",
                   static_cast<int>(edge.type),
                   edge.name,
                   edge.to * (kNodeFields + (heap_.has_external ? 1 : 0)));
    }
    buffer.add("],\n");
}

/// The description of the records, with one more field if it is wanted.
std::string Graph::meta() const {
    std::string text(kMeta);
    if (heap_.has_external) {
        constexpr std::string_view kLast = "\"detachedness\"";
        text.insert(text.find(kLast) + kLast.size(), ",\"external_size\"");
        constexpr std::string_view kTypes = "\"number\"],\"edge_fields\"";
        text.insert(text.find(kTypes), "\"number\",");
    }
    return text;
}

void Graph::write(const Write& out) const {
    out(
        fmt::format("{{\"snapshot\":{{\"meta\":{},\"node_count\":{},\"edge_count\":{},"
                    "\"trace_function_count\":{},\"cairn\":{{\"version\":1,\"program\":\"random\","
                    "\"host\":\"test\",\"build\":\"b{}\",\"process\":1,\"time_ms\":{}}}}},\n",
                    meta(),
                    nodes_.size(),
                    edges_.size(),
                    heap_.has_sites ? kFunctions + 1 : 0,
                    heap_.seed,
                    1'700'000'000'000 + heap_.grown_by));
    write_nodes(out);
    write_edges(out);
    const uint32_t first_function = first_edge_name_ + kEdgeNames;
    if (heap_.has_sites) {
        std::string functions = "0,0,0,0,0,0";
        std::string sites;
        for (uint32_t i = 0; i < kFunctions; ++i) {
            functions += fmt::format(",{},{},{},1,{},1",
                                     i + 1,
                                     first_function + i,
                                     first_function + kFunctions,
                                     10 * i + 1);
            // Each function is called by the one before it.
            sites += fmt::format("{},{},{},{},[", i + 2, i + 1, 100 * (i + 1), 6400 * (i + 1));
        }
        out(fmt::format("\"trace_function_infos\":[{}],\n\"trace_tree\":[1,0,0,0,[{}{}]],\n",
                        functions,
                        sites,
                        std::string(kFunctions, ']')));
    } else {
        out("\"trace_function_infos\":[],\n\"trace_tree\":[],\n");
    }
    out("\"samples\":[],\n\"locations\":[],\n");
    Buffer buffer(out);
    buffer.add("\"strings\":[");
    for (size_t i = 0; i < texts_.size(); ++i) {
        buffer.add("{}\"{}\"\n", i == 0 ? "" : ",", texts_[i]);
    }
    buffer.add("]}}");
}

}  // namespace

void write_random_heap(const RandomHeap& heap, const Write& write) {
    Graph(heap).write(write);
}

std::string random_heap_text(const RandomHeap& heap) {
    std::string text;
    write_random_heap(heap, [&](std::string_view part) { text += part; });
    return text;
}

}  // namespace heap_tests
