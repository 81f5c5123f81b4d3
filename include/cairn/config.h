// SPDX-License-Identifier: MIT
/// Version, linkage and build-time configuration.
#ifndef CAIRN_CONFIG_H
#define CAIRN_CONFIG_H

#include <stdint.h>

#define CAIRN_VERSION_MAJOR 0
#define CAIRN_VERSION_MINOR 2
#define CAIRN_VERSION_PATCH 0
#define CAIRN_VERSION_STRING "0.2.0"
/// Comparable: 1000000 * major + 1000 * minor + patch.
#define CAIRN_VERSION_NUMBER \
    (CAIRN_VERSION_MAJOR * 1000000 + CAIRN_VERSION_MINOR * 1000 + CAIRN_VERSION_PATCH)

/// 0: a release build. 1 and above: a *checked* build, in which inline reference counting calls the
/// library and detects misuse. The library's build sets the level for everything that links it;
/// cairn_heap_new() warns if a host was compiled without it.
#ifndef CAIRN_CHECK_LEVEL
#define CAIRN_CHECK_LEVEL 0
#endif

// Objects start with a header of 16 bytes whose last 8 are a pointer, and heaps divide an address
// space of 52 bits: there is no smaller layout.
#if UINTPTR_MAX < 0xFFFFFFFFFFFFFFFFu
#error "Cairn needs a processor with 64-bit pointers; this compiler makes code for a smaller one."
#endif

// CAIRN_BUILDING is defined while the library itself is compiled, CAIRN_STATIC by hosts that link
// the static library. Only Windows must know.
#if defined(_WIN32) && defined(CAIRN_BUILDING)
#define CAIRN_API __declspec(dllexport)
#elif defined(_WIN32) && !defined(CAIRN_STATIC)
#define CAIRN_API __declspec(dllimport)
#elif defined(__GNUC__) || defined(__clang__)
#define CAIRN_API __attribute__((visibility("default")))
#else
#define CAIRN_API
#endif

/// Marks the functions that are inline in C and C++. The library exports them too, for hosts in
/// other languages; a host that defines CAIRN_NO_INLINE calls those. (The library itself does not:
/// it has inline functions of its own.)
#if defined(CAIRN_BUILDING) && !defined(CAIRN_NO_INLINE)
#define CAIRN_NO_INLINE
#endif
#ifdef CAIRN_NO_INLINE
#define CAIRN_INLINE CAIRN_API
#else
#define CAIRN_INLINE static inline
#endif

// Conversions of the inline functions, without a cast that a C++ host's warnings forbid.
#ifdef __cplusplus
#define CAIRN_TO_INT32(number) static_cast<int32_t>(number)
#define CAIRN_ADDRESS_OF(pointer) reinterpret_cast<uintptr_t>(pointer)
#else
#define CAIRN_TO_INT32(number) ((int32_t)(number))
#define CAIRN_ADDRESS_OF(pointer) ((uintptr_t)(pointer))
#endif

#if defined(__GNUC__) || defined(__clang__)
#define CAIRN_LIKELY(condition) __builtin_expect(!!(condition), 1)
#else
#define CAIRN_LIKELY(condition) (condition)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Returns the CAIRN_VERSION_NUMBER of the library.
///   thread:  any thread
CAIRN_API uint32_t cairn_version(void);

/// Returns the CAIRN_CHECK_LEVEL that the library was compiled with.
///   thread:  any thread
CAIRN_API int cairn_check_level(void);

#ifdef __cplusplus
}
#endif

#endif
