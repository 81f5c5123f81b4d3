// SPDX-License-Identifier: MIT
#include "object/misuse.h"

#include <cstdio>

#include "object/type.h"

namespace cairn {

void report_misuse(const cairn_object* object, const char* what) {
    const char* type = object->type == nullptr ? "?" : object->type->name;
    const unsigned count = is_dying(object) ? 0 : object->refcount;
    char report[512];
    (void)std::snprintf(report,
                        sizeof report,
                        "cairn: misuse: %s: object %p of type %s, refcount %u",
                        what,
                        static_cast<const void*>(object),
                        type,
                        count);
    end_process(report, is_alive(object) ? const_cast<cairn_object*>(object) : nullptr);
}

}  // namespace cairn
