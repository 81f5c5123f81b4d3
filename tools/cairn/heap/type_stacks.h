// SPDX-License-Identifier: MIT
/// The dominator tree with the nodes of one type below the same types merged.
#ifndef CAIRN_TOOL_HEAP_TYPE_STACKS_H
#define CAIRN_TOOL_HEAP_TYPE_STACKS_H

#include <unordered_map>
#include <vector>

#include "heap_model.h"

namespace tool::heap {

struct TypeStack {
    uint32_t parent = kNone;  ///< index of the stack without the last type
    Type type = 0;
    uint32_t depth = 0;
    uint64_t bytes = 0;     ///< of the nodes with this stack alone
    uint64_t retained = 0;  ///< with all stacks that begin with this one
};

/// Returns the stacks, each after its parent; the first is the root's. A type that dominates itself
/// is in a stack once for each run, and a stack has at most 200 types: lists of any length are
/// short.
std::vector<TypeStack> merge_by_type(const HeapModel& model);

}  // namespace tool::heap

#endif
