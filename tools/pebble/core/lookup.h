// SPDX-License-Identifier: MIT
/// Attribute lookup in classes, with its cache.
#ifndef PEBBLE_CORE_LOOKUP_H
#define PEBBLE_CORE_LOOKUP_H

#include "core/protocol.h"

namespace pebble {

struct Lookup {
    Value value;    ///< what the class has under the name, borrowed, or NULL
    int32_t index;  ///< where instances keep an attribute of this name inline, or -1
};
Lookup lookup(Class* cls, Str* name);
/// Gives instances an inline place for `name`; returns its index.
int32_t add_key(Class* cls, Str* name);
/// Tells a class and those derived from it that its dict has changed. Runs no code.
void class_changed(Class* cls);
/// Forgets what is cached for them. To be called when the collector takes the class apart: then
/// they must not be looked at any more.
void forget_lookups(Class* cls);
bool set_attribute_dict(Value object, Value dict);
/// What a member of __slots__ holds in an object that has no inline places; borrowed, NULL:
/// nothing.
Value slot_in_dict(Value object, Str* name);
bool set_slot_in_dict(Value object, Str* name, Value value);  ///< value NULL: delete what is there
/// Does its class define __set__ or __delete__?
bool is_data_descriptor(Value descriptor);

}  // namespace pebble

#endif
