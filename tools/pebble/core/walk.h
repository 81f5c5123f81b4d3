// SPDX-License-Identifier: MIT
/// How the heap walks and takes apart the layouts that keep references outside a row of slots.
#ifndef PEBBLE_CORE_WALK_H
#define PEBBLE_CORE_WALK_H

#include "core/vm.h"

namespace pebble {

void frame_traverse(Value self, cairn_visit_fn visit, void* data);
void generator_traverse(Value self, cairn_visit_fn visit, void* data);
void class_traverse(Value self, cairn_visit_fn visit, void* data);
void frame_clear(Value self);
void generator_clear(Value self);
void class_clear(Value self);
void class_dealloc(Value self);
void file_dealloc(Value self);

}  // namespace pebble

#endif
