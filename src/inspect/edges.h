// SPDX-License-Identifier: MIT
// The references of one object, strong and weak, with the places where they lie.
#ifndef CAIRN_INSPECT_EDGES_H
#define CAIRN_INSPECT_EDGES_H

#include "cairn/inspect.h"

namespace cairn {

// See cairn_visit_referents(). Takes no memory, and changes nothing.
void visit_edges(cairn_object* object, cairn_visit_edge_fn visit, void* visit_data);

// The name that the type of `object` gives an edge of it, as cairn_edge_name_fn has it; 0: none.
size_t edge_name(cairn_object* object, const cairn_edge& edge, char* buffer, size_t size);

// See cairn_edge_text().
size_t edge_text(cairn_object* object, const cairn_edge& edge, char* buffer, size_t size);

}  // namespace cairn

#endif
