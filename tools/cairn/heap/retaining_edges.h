// SPDX-License-Identifier: MIT
/// Which edges hold the node that they lead to: the rules of Chrome DevTools.
#ifndef CAIRN_TOOL_HEAP_RETAINING_EDGES_H
#define CAIRN_TOOL_HEAP_RETAINING_EDGES_H

#include <optional>
#include <string_view>
#include <unordered_map>

#include "bits.h"
#include "snapshot.h"

namespace tool::heap {

/// V8 writes the value of a weak map's entry as two edges, from the table and from the key, with
/// names that say so. An entry is held by both together.
struct EntryName {
    uint32_t entry = 0;     ///< the same for both edges of an entry
    uint64_t table_id = 0;  ///< id of the table's node
};

/// The edge names of a file that have V8's form for weak maps' entries.
class EntryNames {
  public:
    explicit EntryNames(const Texts& texts);
    [[nodiscard]] const EntryName* find(Text text) const {
        if (names_.empty()) {
            return nullptr;
        }
        const auto found = names_.find(text);
        return found == names_.end() ? nullptr : &found->second;
    }
    [[nodiscard]] uint32_t entry_count() const { return entry_count_; }

  private:
    std::unordered_map<Text, EntryName> names_;
    uint32_t entry_count_ = 0;
};

/// Returns the parts of an edge name that has V8's form for entries of weak maps.
struct ParsedEntryName {
    std::string_view shared_part;
    uint64_t table_id = 0;
};
std::optional<ParsedEntryName> parse_entry_name(std::string_view name);

/// A root's child that is not a group of roots: V8 has a global object there.
bool is_user_root(const Snapshot& snapshot, Node node);
bool has_user_roots(const Snapshot& snapshot);

/// Returns a bit for each edge that counts for dominators. These do not: weak edges, edges to the
/// same node, the edge from a weak map's table to an entry's value, shortcuts that do not start at
/// the root, and edges from what the page does not own to what it owns.
Bits find_retaining_edges(const Snapshot& snapshot, const EntryNames& entries);

}  // namespace tool::heap

#endif
