// SPDX-License-Identifier: MIT
/// What lists and tuples share.
#ifndef PEBBLE_TYPES_SEQUENCE_H
#define PEBBLE_TYPES_SEQUENCE_H

#include "core/protocol.h"

namespace pebble {

Ref compare_sequences(Value a, Value b, CmpOp op);
Ref sequence_iter(Value self);
bool sequence_contains(Value self, Value item, bool* out);
Ref sequence_count(Value self, const Args& args);
Ref sequence_index(Value self, const Args& args);
/// `sequence * n`, either way round; NotImplemented when neither is an int.
Ref repeat_sequence(Value a, Value b);

}  // namespace pebble

#endif
