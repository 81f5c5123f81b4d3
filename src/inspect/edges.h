// SPDX-License-Identifier: MIT
// The references of one object, strong and weak, with the places where they lie.
#ifndef CAIRN_INSPECT_EDGES_H
#define CAIRN_INSPECT_EDGES_H

#include "cairn/inspect.h"

namespace cairn {

// See cairn_visit_referents(). Takes no memory, and changes nothing.
void visit_edges(cairn_object* object, cairn_visit_edge_fn visit, void* visit_data);

}  // namespace cairn

#endif
