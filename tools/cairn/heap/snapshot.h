// SPDX-License-Identifier: MIT
/// A heap snapshot in memory: one column a field, as small as the numbers allow.
#ifndef CAIRN_TOOL_HEAP_SNAPSHOT_H
#define CAIRN_TOOL_HEAP_SNAPSHOT_H

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tool::heap {

/// Index of a node in the file: the root is 0.
using Node = uint32_t;
/// Index of an edge in the file. The edges of a node follow each other.
using Edge = uint32_t;
/// Index of a string.
using Text = uint32_t;

constexpr uint32_t kNone = UINT32_MAX;

/// The kinds of nodes whose names mean something to a reader; a file may have others.
enum class NodeKind : uint8_t {
    kHidden,
    kArray,
    kString,
    kObject,
    kCode,
    kClosure,
    kRegExp,
    kNative,
    kSynthetic,
    kOther
};
enum class EdgeKind : uint8_t {
    kContext,
    kElement,
    kProperty,
    kInternal,
    kHidden,
    kShortcut,
    kWeak,
    kOther
};

/// The strings of a file, one after the other.
class Texts {
  public:
    Text add(std::string_view text) {
        bytes_.append(text);
        ends_.push_back(bytes_.size());
        return static_cast<Text>(ends_.size() - 1);
    }
    [[nodiscard]] std::string_view operator[](Text text) const {
        const size_t begin = text == 0 ? 0 : ends_[text - 1];
        return std::string_view(bytes_).substr(begin, ends_[text] - begin);
    }
    [[nodiscard]] size_t size() const { return ends_.size(); }

  private:
    std::string bytes_;
    std::vector<size_t> ends_;
};

/// Where and when a snapshot was written, as far as the file says.
struct Origin {
    std::string host;
    std::string build;
    std::string program;
    uint64_t process = 0;
    uint64_t time_ms = 0;          ///< since 1970, UTC; 0 is unknown
    uint64_t sample_interval = 0;  ///< bytes an allocation sample stands for; 0: each was recorded
};

struct Function {
    Text name = 0;
    Text file = 0;
    uint32_t line = 0;
    uint32_t column = 0;
};

/// A node of the tree of call stacks that allocated.
struct Site {
    uint32_t id = 0;
    uint32_t parent = kNone;  ///< index of the caller
    uint32_t function = 0;
    uint64_t count = 0;  ///< objects ever allocated here, as recorded
    uint64_t bytes = 0;
};

struct Snapshot {
    Texts texts;
    Origin origin;
    uint64_t extra_native_bytes = 0;  ///< V8: memory that no node stands for

    std::vector<std::string> node_types;  ///< names of the values in `type`
    std::vector<std::string> edge_types;
    std::array<NodeKind, 256> node_kinds{};
    std::array<EdgeKind, 256> edge_kinds{};

    std::vector<uint8_t> type;
    std::vector<Text> name;
    std::vector<uint32_t> id;
    std::vector<uint64_t> self_size;
    std::vector<Edge> first_edge;  ///< one more than there are nodes

    // Columns that a file may leave out, or fill with zeros: then they are empty.
    std::vector<uint32_t> site_id;
    std::vector<uint8_t> detachedness;
    std::vector<uint64_t> external_size;  ///< of self_size, what lies outside the heap

    std::vector<uint8_t> edge_type;
    std::vector<uint32_t> edge_name;  ///< a number for elements and hidden edges, else a Text
    std::vector<Node> edge_to;

    std::vector<Function> functions;
    std::vector<Site> sites;

    [[nodiscard]] Node node_count() const { return static_cast<Node>(type.size()); }
    [[nodiscard]] Edge edge_count() const { return static_cast<Edge>(edge_to.size()); }
    [[nodiscard]] NodeKind kind(Node node) const { return node_kinds[type[node]]; }
    [[nodiscard]] EdgeKind edge_kind(Edge edge) const { return edge_kinds[edge_type[edge]]; }
    [[nodiscard]] std::string_view text(Node node) const { return texts[name[node]]; }
    [[nodiscard]] bool edge_has_number(Edge edge) const {
        const EdgeKind kind = edge_kind(edge);
        return kind == EdgeKind::kElement || kind == EdgeKind::kHidden;
    }
    /// Returns the node that `edge` leaves; takes a binary search.
    [[nodiscard]] Node edge_from(Edge edge) const;
    /// Returns the name of `edge` as a programmer would write it: ".name", "[3]", "{hidden}".
    [[nodiscard]] std::string edge_text(Edge edge) const;
};

}  // namespace tool::heap

#endif
