// SPDX-License-Identifier: MIT
// How large objects are, and numbers for types.
#ifndef CAIRN_INSPECT_SIZES_H
#define CAIRN_INSPECT_SIZES_H

#include "heap/buffer.h"
#include "object/host_call.h"

namespace cairn {

inline size_t cell_bytes(const cairn_object* object) {
    return page_of(object)->cell_size;
}

// What cairn_object_external_size() returns.
inline size_t external_bytes(cairn_object* object) {
    const cairn_type* type = object->type;
    if (type->external_size == nullptr) {
        return buffer_bytes_of(object);
    }
    const HostCall call(type->heap, HostFunction::kExternalSize, object);
    return buffer_bytes_of(object) + type->external_size(object);  // HOST CODE
}

inline bool has_external_bytes(const cairn_type* type) {
    return type->external_size != nullptr || type->buffer.offset != 0;
}

// Numbers the heap's types from 0 on, in the order of its list. Returns how many there are.
inline size_t number_types(const cairn_heap* heap) {
    size_t count = 0;
    for (cairn_type* type = heap->types; type != nullptr; type = type->next) {
        type->number = count++;
    }
    return count;
}

}  // namespace cairn

#endif
