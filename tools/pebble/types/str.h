/// What the files of str share.
#ifndef PEBBLE_TYPES_STR_H
#define PEBBLE_TYPES_STR_H

#include "core/protocol.h"

namespace pebble {

/// The hash of a string, which it keeps.
int64_t hash_text(Str* str);
Ref make_str(Class* cls, std::string_view text);
extern const NativeDef kStrMethods[];  ///< str_methods.cc

}  // namespace pebble

#endif
