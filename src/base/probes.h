// SPDX-License-Identifier: MIT
// Places where tracers and debuggers may look: docs/tracing.md lists them. Each is a nop in the
// code, and a note in the file that says where its arguments are.
#ifndef CAIRN_BASE_PROBES_H
#define CAIRN_BASE_PROBES_H

#if CAIRN_WITH_PROBES
#define SDT_USE_VARIADIC 1
#include <sys/sdt.h>
#define CAIRN_PROBE(...) STAP_PROBEV(cairn, __VA_ARGS__)
#else
#define CAIRN_PROBE(...) static_cast<void>(0)
#endif

#endif
