// SPDX-License-Identifier: MIT
// Writes heap snapshots; docs/snapshots.md has the form.
#ifndef CAIRN_INSPECT_SNAPSHOT_H
#define CAIRN_INSPECT_SNAPSHOT_H

#include "cairn/snapshot.h"
#include "heap/heap.h"

namespace cairn {

// See cairn_snapshot_write().
cairn_status write_snapshot(cairn_heap* heap,
                            const cairn_snapshot_options& options,
                            cairn_write_fn write,
                            void* write_data);

}  // namespace cairn

#endif
