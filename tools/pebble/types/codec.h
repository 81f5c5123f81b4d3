// SPDX-License-Identifier: MIT
/// Texts as bytes and back: UTF-8, ASCII and Latin-1.
#ifndef PEBBLE_TYPES_CODEC_H
#define PEBBLE_TYPES_CODEC_H

#include "core/protocol.h"

namespace pebble {

/// `encoding` and `errors` are strings, or NULL for UTF-8 and "strict".
bool encode_text(Value text, Value encoding, Value errors, std::string* out);
/// `source` is the bytes object that `data` is from, for the exception.
Ref decode_text(Value source, std::string_view data, Value encoding, Value errors);

}  // namespace pebble

#endif
