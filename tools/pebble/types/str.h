// SPDX-License-Identifier: MIT
/// What the files of str share.
#ifndef PEBBLE_TYPES_STR_H
#define PEBBLE_TYPES_STR_H

#include "core/protocol.h"

namespace pebble {

/// The hash of a string, which it keeps.
int64_t hash_text(Str* str);
Ref make_str(Class* cls, std::string_view text);
/// Writes the text of a str argument, or raises TypeError: "WHAT must be str".
bool text_of(Value v, const char* what, std::string_view* out);
extern const NativeDef kStrMethods[];        ///< str_methods.cc
extern const NativeDef kStrSearchMethods[];  ///< str_search.cc; they are added to the others

}  // namespace pebble

#endif
