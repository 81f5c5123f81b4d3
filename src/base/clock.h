// SPDX-License-Identifier: MIT
// Monotonic time where the system has it.
#ifndef CAIRN_BASE_CLOCK_H
#define CAIRN_BASE_CLOCK_H

#include <cstdint>

namespace cairn {

uint64_t now_ns();

}  // namespace cairn

#endif
