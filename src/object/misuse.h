// SPDX-License-Identifier: MIT
// Reports of wrong use by the host: what, which object, of which type, with which count.
#ifndef CAIRN_OBJECT_MISUSE_H
#define CAIRN_OBJECT_MISUSE_H

#include "object/header.h"

namespace cairn {

// Writes one line to standard error and aborts. The cell of a freed object still knows its type.
[[noreturn]] void report_misuse(const cairn_object* object, const char* what);

// In a checked build: aborts if `object` is not alive.
inline void check_alive(const cairn_object* object) {
#if CAIRN_CHECK_LEVEL >= 1
    if (!is_alive(object)) {
        report_misuse(object, "use of a freed object");
    }
#endif
    (void)object;
}

}  // namespace cairn

#endif
