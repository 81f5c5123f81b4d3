// SPDX-License-Identifier: MIT
// Tells ASan and valgrind which parts of a page belong to nobody. The first 16 bytes of a
// cell stay readable: see FreeCell.
#ifndef CAIRN_MEMORY_POISON_H
#define CAIRN_MEMORY_POISON_H

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define CAIRN_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CAIRN_ASAN 1
#endif
#endif
#ifndef CAIRN_ASAN
#define CAIRN_ASAN 0
#endif

#if CAIRN_ASAN
#include <sanitizer/asan_interface.h>
#endif
#if CAIRN_WITH_VALGRIND
#include <valgrind/memcheck.h>
#endif

namespace cairn {

inline void poison(void* start, size_t size) {
#if CAIRN_ASAN
    __asan_poison_memory_region(start, size);
#endif
#if CAIRN_WITH_VALGRIND
    VALGRIND_MAKE_MEM_NOACCESS(start, size);
#endif
    (void)start;
    (void)size;
}

inline void unpoison(void* start, size_t size) {
#if CAIRN_ASAN
    __asan_unpoison_memory_region(start, size);
#endif
#if CAIRN_WITH_VALGRIND
    VALGRIND_MAKE_MEM_UNDEFINED(start, size);
#endif
    (void)start;
    (void)size;
}

}  // namespace cairn

#endif
