// SPDX-License-Identifier: MIT
/// Reads the .heapsnapshot format: V8's, and Cairn's dialect of it (docs/snapshots.md).
#ifndef CAIRN_TOOL_HEAP_SNAPSHOT_READER_H
#define CAIRN_TOOL_HEAP_SNAPSHOT_READER_H

#include "byte_source.h"
#include "json_reader.h"
#include "snapshot.h"

namespace tool::heap {

/// Reads a whole snapshot. Throws FileFault if the file is not one, or does not agree with itself:
/// what is returned can be used without a check.
Snapshot read_snapshot(ByteSource& source);

}  // namespace tool::heap

#endif
