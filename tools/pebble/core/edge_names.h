// SPDX-License-Identifier: MIT
/// What inspection calls the references of pebble's objects.
#ifndef PEBBLE_CORE_EDGE_NAMES_H
#define PEBBLE_CORE_EDGE_NAMES_H

#include <cstddef>

#include "core/objects.h"

namespace pebble {

/// An attribute's name, "['key']" of a dict, the name of a field; see cairn_edge_name_fn.
size_t edge_name(Value self, const cairn_edge* edge, char* buffer, size_t size);

}  // namespace pebble

#endif
