// SPDX-License-Identifier: MIT
// Assertions by strength of belief. Disabled ones still type-check their condition.
#ifndef CAIRN_BASE_CHECK_H
#define CAIRN_BASE_CHECK_H

#include "cairn/config.h"

namespace cairn {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace cairn

#define CAIRN_DISCARD(cond) ((void)sizeof((cond) ? 1 : 0))

// Holds in every build; checked in every build.
#define CAIRN_CHECK(cond) ((cond) ? (void)0 : ::cairn::check_failed(#cond, __FILE__, __LINE__))

// Cheap beliefs about arguments and states.
#if CAIRN_CHECK_LEVEL >= 1
#define CAIRN_ASSERT(cond) CAIRN_CHECK(cond)
#else
#define CAIRN_ASSERT(cond) CAIRN_DISCARD(cond)
#endif

// Beliefs about the library's own structures.
#if CAIRN_CHECK_LEVEL >= 2
#define CAIRN_ASSERT_INTERNAL(cond) CAIRN_CHECK(cond)
#else
#define CAIRN_ASSERT_INTERNAL(cond) CAIRN_DISCARD(cond)
#endif

// At level 3 a full collection ends with a check of the whole heap (collect/verify.h).

#endif
