// SPDX-License-Identifier: MIT
/// Native nodes that are not part of a document any more.
#ifndef CAIRN_TOOL_HEAP_DETACHED_H
#define CAIRN_TOOL_HEAP_DETACHED_H

#include "bits.h"
#include "snapshot.h"

namespace tool::heap {

/// Returns a bit for each node whose type Chrome DevTools begins with "Detached ", or nothing if
/// the file marks no node. The marks of native nodes pass on to the native nodes that they refer
/// to and that have none; "attached" goes first.
Bits find_detached(const Snapshot& snapshot);

}  // namespace tool::heap

#endif
