// SPDX-License-Identifier: MIT
#include "object/repr.h"

#include <cstdio>

#include "object/host_call.h"
#include "object/type.h"

namespace cairn {

// USER CODE.
size_t repr(const cairn_object* object, char* buffer, size_t size) {
    const cairn_type* type = object->type;
    if (type->repr != nullptr) {
        const HostCall call(segment_of(object)->heap, HostFunction::kRepr, object);
        return type->repr(const_cast<cairn_object*>(object), buffer, size);  // USER CODE
    }
    const int length =
        std::snprintf(buffer, size, "<%s at %p>", type->name, static_cast<const void*>(object));
    return length < 0 ? 0 : static_cast<size_t>(length);
}

}  // namespace cairn
