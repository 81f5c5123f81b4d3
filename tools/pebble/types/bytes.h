// SPDX-License-Identifier: MIT
/// What bytes and bytearray share.
#ifndef PEBBLE_TYPES_BYTES_H
#define PEBBLE_TYPES_BYTES_H

#include "core/protocol.h"

namespace pebble {

bool is_bytes_like(Value v);           ///< bytes or bytearray
std::string_view bytes_view(Value v);  ///< of one of them, until it changes
/// The bytes that the arguments of bytes() or bytearray() stand for.
bool bytes_from(const Args& args, std::string* out);
/// What stands at `position` in the arguments, or is given by `name`; NULL: neither.
Value option(const Args& args, size_t position, std::string_view name);
/// A bytes or a bytearray, as `model` is.
Ref new_bytes_like(Value model, std::string_view data);
Ref new_bytearray(std::string_view data);
/// Gives both classes the methods that they share.
void add_bytes_methods(Class* cls);

Ref bytes_repr(Value self);
Ref bytes_compare(Value a, Value b, CmpOp op);
bool bytes_length(Value self, int64_t* out);
Ref bytes_get_item(Value self, Value given);
bool bytes_contains(Value self, Value item, bool* out);
Ref bytes_iter(Value self);
Ref bytes_binary(Value a, Value b, BinOp op);

}  // namespace pebble

#endif
