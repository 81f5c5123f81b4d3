// SPDX-License-Identifier: MIT
#include "distances.h"

#include <charconv>
#include <optional>

namespace tool::heap {
namespace {

/// Returns the number that `text` begins with, as JavaScript's parseInt() reads it.
std::optional<int64_t> leading_number(std::string_view text) {
    const size_t begin = text.find_first_not_of(" \t\n\r\v\f");
    if (begin == text.npos) {
        return std::nullopt;
    }
    text.remove_prefix(begin);
    if (text[0] == '+') {
        text.remove_prefix(1);
    }
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} ? std::optional<int64_t>(number) : std::nullopt;
}

class BreadthFirstSearch {
  public:
    BreadthFirstSearch(const Snapshot& snapshot, const EntryNames& entries)
        : s_(snapshot), entries_(entries), is_half_seen_(entries.entry_count()) {
        result_.distance.assign(s_.node_count(), kUnreachable);
        result_.via.assign(s_.node_count(), kNone);
        queue_.reserve(s_.node_count());
    }

    Distances run() {
        for (Edge edge = s_.first_edge[0]; edge < s_.first_edge[1]; ++edge) {
            const Node to = s_.edge_to[edge];
            if (is_user_root(s_, to)) {
                result_.distance[to] = 1;
                result_.via[to] = edge;
                queue_.push_back(to);
            }
        }
        const bool has_user_roots = !queue_.empty();
        drain();
        result_.distance[0] = has_user_roots ? kSystemDistance : 0;
        result_.via[0] = kNone;
        queue_.assign(1, 0);
        drain();
        return std::move(result_);
    }

  private:
    /// What the name of a node says of the edges that leave it.
    enum class Source : uint8_t { kOrdinary, kDescriptors, kContext };

    void drain() {
        for (size_t i = 0; i < queue_.size(); ++i) {
            visit(queue_[i]);
        }
    }

    void visit(Node node) {
        const Source source = source_of(node);
        const int32_t distance = result_.distance[node] + 1;
        for (Edge edge = s_.first_edge[node]; edge < s_.first_edge[node + 1]; ++edge) {
            const Node to = s_.edge_to[edge];
            if (result_.distance[to] != kUnreachable || s_.edge_kind(edge) == EdgeKind::kWeak ||
                !is_followed(edge, source)) {
                continue;
            }
            result_.distance[to] = distance;
            result_.via[to] = edge;
            queue_.push_back(to);
        }
    }

    [[nodiscard]] Source source_of(Node node) const {
        const NodeKind kind = s_.kind(node);
        if (kind == NodeKind::kArray && s_.text(node) == "(map descriptors)") {
            return Source::kDescriptors;
        }
        if (kind == NodeKind::kHidden && s_.text(node) == "system / NativeContext") {
            return Source::kContext;
        }
        return Source::kOrdinary;
    }

    /// V8's maps share descriptor arrays, so a third of their links may belong to another map; an
    /// entry of a weak map is as far as the farther of its key and its table, and the search comes
    /// to the second of the two edges later.
    bool is_followed(Edge edge, Source source) {
        const bool has_number = s_.edge_has_number(edge);
        const uint32_t name = s_.edge_name[edge];
        if (source == Source::kContext && !has_number && s_.texts[name] == "sloppy_function_map") {
            return false;
        }
        if (source == Source::kDescriptors) {
            const std::optional<int64_t> index =
                has_number ? std::optional<int64_t>(name) : leading_number(s_.texts[name]);
            return !index.has_value() || *index < 2 || *index % 3 != 1;
        }
        if (s_.edge_kind(edge) != EdgeKind::kInternal) {
            return true;
        }
        const EntryName* entry = entries_.find(name);
        if (entry == nullptr) {
            return true;
        }
        is_half_seen_[entry->entry] = !is_half_seen_[entry->entry];
        return !is_half_seen_[entry->entry];
    }

    const Snapshot& s_;
    const EntryNames& entries_;
    std::vector<bool> is_half_seen_;  ///< one of the edges of this entry was met
    std::vector<Node> queue_;
    Distances result_;
};

}  // namespace

Distances find_distances(const Snapshot& snapshot, const EntryNames& entries) {
    return BreadthFirstSearch(snapshot, entries).run();
}

}  // namespace tool::heap
