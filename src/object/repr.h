// SPDX-License-Identifier: MIT
// Text about an object.
#ifndef CAIRN_OBJECT_REPR_H
#define CAIRN_OBJECT_REPR_H

#include <cstddef>

#include "cairn/object.h"

namespace cairn {

// See cairn_repr().
size_t repr(const cairn_object* object, char* buffer, size_t size);

}  // namespace cairn

#endif
