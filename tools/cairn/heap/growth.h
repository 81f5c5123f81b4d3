// SPDX-License-Identifier: MIT
/// What changed between two snapshots of a program.
#ifndef CAIRN_TOOL_HEAP_GROWTH_H
#define CAIRN_TOOL_HEAP_GROWTH_H

#include <string>
#include <vector>

#include "census.h"
#include "heap_model.h"

namespace tool::heap {

/// The nodes of a snapshot that have a size, as (type, id), for finding them in another one. Types
/// are known by name: their numbers differ between files.
struct OldObjects {
    struct Object {
        Type type;  ///< index into `types`
        uint32_t id;
        uint64_t self;
    };
    std::vector<std::string> types;
    std::vector<Object> objects;     ///< sorted by type and id
    std::vector<uint64_t> retained;  ///< of each type
};

OldObjects list_objects(const HeapModel& model);

struct GrowthRow {
    std::string type;
    uint64_t new_count = 0;  ///< objects that the old snapshot does not have
    uint64_t gone_count = 0;
    uint64_t new_bytes = 0;
    uint64_t gone_bytes = 0;
    int64_t retained_change = 0;
    [[nodiscard]] int64_t count_change() const {
        return static_cast<int64_t>(new_count) - static_cast<int64_t>(gone_count);
    }
    [[nodiscard]] int64_t bytes_change() const {
        return static_cast<int64_t>(new_bytes) - static_cast<int64_t>(gone_bytes);
    }
};

struct Growth {
    std::vector<GrowthRow> rows;  ///< types that changed; the one that grew by most bytes first
    std::vector<Node> new_nodes;  ///< in the newer snapshot, in the file's order
};

/// Compares as Chrome DevTools does: an object is the same if its type and its id are.
Growth compare(const OldObjects& old, const HeapModel& newer);

/// Returns at most `most` of `nodes`: those that retain most, without those that another of them
/// dominates.
std::vector<Node> largest_separate(const HeapModel& model, std::vector<Node> nodes, size_t most);

}  // namespace tool::heap

#endif
