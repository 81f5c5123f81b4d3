// SPDX-License-Identifier: MIT
#include "object/misuse.h"

#include <cstdio>
#include <cstdlib>

#include "object/type.h"

namespace cairn {

void report_misuse(const cairn_object* object, const char* what) {
    const char* type = object->type == nullptr ? "?" : object->type->name;
    const unsigned count = is_dying(object) ? 0 : object->refcount;
    std::fprintf(stderr,
                 "cairn: misuse: %s: object %p of type %s, refcount %u\n",
                 what,
                 static_cast<const void*>(object),
                 type,
                 count);
    std::abort();
}

}  // namespace cairn
