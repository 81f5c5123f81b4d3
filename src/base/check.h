// SPDX-License-Identifier: MIT
// Assertions by strength of belief. Disabled ones still type-check their condition.
#ifndef CAIRN_BASE_CHECK_H
#define CAIRN_BASE_CHECK_H

#include "cairn/status.h"

namespace cairn {

void set_misuse_hook(cairn_misuse_fn hook, void* user_data);

// Writes a line to standard error, calls the misuse hook with it and with an object that is alive
// or nullptr, and ends the process. HOST CODE.
[[noreturn]] void end_process(const char* report, cairn_object* object);

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
