// SPDX-License-Identifier: MIT
// The hash of an object, for the layers below api/.
#ifndef CAIRN_OBJECT_HASH_H
#define CAIRN_OBJECT_HASH_H

#include "object/host_call.h"
#include "object/type.h"

namespace cairn {

// By the function of its type, or by identity. USER CODE.
inline cairn_status hash_of(cairn_object* object, uint64_t* out_hash) {
    if (object->type->hash != nullptr) {
        const HostCall call(segment_of(object)->heap, HostFunction::kHash, object);
        return object->type->hash(object, out_hash);  // USER CODE
    }
    *out_hash = reinterpret_cast<uintptr_t>(object) >> 4;
    return CAIRN_OK;
}

}  // namespace cairn

#endif
