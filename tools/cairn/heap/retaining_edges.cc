// SPDX-License-Identifier: MIT
#include "retaining_edges.h"

#include <charconv>

namespace tool::heap {
namespace {

constexpr std::string_view kDocumentTrees = "(Document DOM trees)";

constexpr std::string_view kDigits = "0123456789";

size_t count_digits(std::string_view text) {
    const size_t end = text.find_first_not_of(kDigits);
    return end == text.npos ? text.size() : end;
}

/// Is `text` " @" and digits at its end? Looks at no more than that.
bool ends_with_id(std::string_view text) {
    const size_t sign = text.find_last_not_of(kDigits);
    return sign != text.npos && sign + 1 < text.size() && text.substr(0, sign + 1).ends_with(" @");
}

bool is_document_trees(const Snapshot& s, Node node) {
    return s.kind(node) == NodeKind::kSynthetic && s.text(node) == kDocumentTrees;
}

/// The nodes that a web page owns: what its windows and DOM trees reach without weak edges. Empty
/// if there are no such roots.
Bits find_page_nodes(const Snapshot& s) {
    std::vector<Node> waiting;
    for (Edge edge = s.first_edge[0]; edge < s.first_edge[1]; ++edge) {
        const EdgeKind kind = s.edge_kind(edge);
        const Node to = s.edge_to[edge];
        if (kind == EdgeKind::kShortcut ||
            (kind == EdgeKind::kElement && is_document_trees(s, to))) {
            waiting.push_back(to);
        }
    }
    if (waiting.empty()) {
        return Bits();
    }
    Bits owned(s.node_count());
    for (const Node node : waiting) {
        owned.set(node);
    }
    while (!waiting.empty()) {
        const Node node = waiting.back();
        waiting.pop_back();
        for (Edge edge = s.first_edge[node]; edge < s.first_edge[node + 1]; ++edge) {
            const Node to = s.edge_to[edge];
            if (!owned[to] && s.edge_kind(edge) != EdgeKind::kWeak) {
                owned.set(to);
                waiting.push_back(to);
            }
        }
    }
    return owned;
}

}  // namespace

/// The form: DIGITS " / part of key (K @ID) -> value (V @ID) pair in WeakMap (table @ID)".
std::optional<ParsedEntryName> parse_entry_name(std::string_view name) {
    constexpr std::string_view kKey = " / part of key (";
    constexpr std::string_view kValue = ") -> value (";
    constexpr std::string_view kTable = ") pair in WeakMap (table @";
    if (name.empty() || name.back() != ')' || name[0] < '0' || name[0] > '9') {
        return std::nullopt;
    }
    const std::string_view shared = name.substr(count_digits(name));
    const size_t table = shared.rfind(kTable);
    if (!shared.starts_with(kKey) || table == shared.npos) {
        return std::nullopt;
    }
    const std::string_view id =
        shared.substr(table + kTable.size(), shared.size() - 1 - table - kTable.size());
    ParsedEntryName parsed{shared, 0};
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), parsed.table_id);
    if (error != std::errc{} || end != id.data() + id.size() ||
        table < kKey.size() + kValue.size()) {
        return std::nullopt;
    }
    const std::string_view pair = shared.substr(kKey.size(), table - kKey.size());
    if (!ends_with_id(pair)) {
        return std::nullopt;
    }
    for (size_t at = pair.find(kValue); at != pair.npos; at = pair.find(kValue, at + 1)) {
        if (ends_with_id(pair.substr(0, at))) {
            return parsed;
        }
    }
    return std::nullopt;
}

EntryNames::EntryNames(const Texts& texts) {
    std::unordered_map<std::string_view, uint32_t> entries;
    for (Text text = 0; text < texts.size(); ++text) {
        if (const auto parsed = parse_entry_name(texts[text])) {
            const auto next = static_cast<uint32_t>(entries.size());
            const uint32_t entry = entries.emplace(parsed->shared_part, next).first->second;
            names_.emplace(text, EntryName{entry, parsed->table_id});
        }
    }
    entry_count_ = static_cast<uint32_t>(entries.size());
}

bool is_user_root(const Snapshot& s, Node node) {
    return s.kind(node) != NodeKind::kSynthetic || is_document_trees(s, node);
}

bool has_user_roots(const Snapshot& s) {
    for (Edge edge = s.first_edge[0]; edge < s.first_edge[1]; ++edge) {
        if (is_user_root(s, s.edge_to[edge])) {
            return true;
        }
    }
    return false;
}

Bits find_retaining_edges(const Snapshot& s, const EntryNames& entries) {
    const Bits owned = find_page_nodes(s);
    Bits retaining(s.edge_count());
    for (Node from = 0; from < s.node_count(); ++from) {
        for (Edge edge = s.first_edge[from]; edge < s.first_edge[from + 1]; ++edge) {
            const Node to = s.edge_to[edge];
            const EdgeKind kind = s.edge_kind(edge);
            if (kind == EdgeKind::kWeak || from == to) {
                continue;
            }
            if (kind == EdgeKind::kInternal) {
                const EntryName* entry = entries.find(s.edge_name[edge]);
                if (entry != nullptr && entry->table_id == s.id[from]) {
                    continue;
                }
            }
            const bool enters_page = !owned.empty() && owned[to] && !owned[from];
            if (from != 0 && (kind == EdgeKind::kShortcut || enters_page)) {
                continue;
            }
            retaining.set(edge);
        }
    }
    return retaining;
}

}  // namespace tool::heap
