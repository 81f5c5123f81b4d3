// SPDX-License-Identifier: MIT
/// Moves the sizes of V8's inner arrays to the objects that they belong to.
#ifndef CAIRN_TOOL_HEAP_OWNERS_H
#define CAIRN_TOOL_HEAP_OWNERS_H

#include "snapshot.h"

namespace tool::heap {

/// Adds the size of each array and hidden node that one other node alone holds to that node, as
/// Chrome DevTools does. Nothing changes in a snapshot without global objects: it shows a heap as
/// it is, and so do Cairn's.
void move_sizes_to_owners(Snapshot& snapshot);

}  // namespace tool::heap

#endif
