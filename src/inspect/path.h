// SPDX-License-Identifier: MIT
// Why an object is alive: a shortest path from a root.
#ifndef CAIRN_INSPECT_PATH_H
#define CAIRN_INSPECT_PATH_H

#include "cairn/inspect.h"
#include "heap/heap.h"

namespace cairn {

// See cairn_path_to_root().
cairn_status show_path(cairn_heap* heap,
                       cairn_object* object,
                       cairn_visit_path_fn visit,
                       void* visit_data);

}  // namespace cairn

#endif
