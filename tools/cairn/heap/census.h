// SPDX-License-Identifier: MIT
/// How many nodes a snapshot has of each type, and what they hold.
#ifndef CAIRN_TOOL_HEAP_CENSUS_H
#define CAIRN_TOOL_HEAP_CENSUS_H

#include <vector>

#include "heap_model.h"

namespace tool::heap {

enum class Order : uint8_t { kRetained, kSelf, kCount };

struct TypeRow {
    Type type = 0;
    uint64_t count = 0;
    uint64_t self = 0;
    uint64_t external = 0;  ///< part of `self` outside the heap
    uint64_t retained = 0;  ///< what would die with all of them, counted once
    int32_t distance = kUnreachable;
};

/// Returns a row for each type that has nodes with a size, in no order. Nodes of size 0 (roots and
/// their groups) are left out, as in Chrome DevTools.
std::vector<TypeRow> take_census(const HeapModel& model, const DominatedNodes& dominated);

/// Sorts rows: the largest first, types with equal values by their names.
void sort_rows(std::vector<TypeRow>& rows, const HeapModel& model, Order order);

/// Returns at most `most` nodes that have a size, those with the largest retained or self size
/// first. Nodes of equal size are in the file's order.
std::vector<Node> largest_nodes(const HeapModel& model, Order order, size_t most);

}  // namespace tool::heap

#endif
