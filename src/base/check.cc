// SPDX-License-Identifier: MIT
#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace cairn {

void check_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "cairn: %s:%d: check failed: %s\n", file, line, condition);
    std::abort();
}

}  // namespace cairn
