// SPDX-License-Identifier: MIT
// Hints that memory will be needed soon. Any address may be given. Always inline: a compiler may
// see that a function with nothing but a hint in it has no effect, and drop calls of it.
#ifndef CAIRN_BASE_PREFETCH_H
#define CAIRN_BASE_PREFETCH_H

namespace cairn {

[[gnu::always_inline]] inline void prefetch_to_read(const void* address) {
#if defined(__GNUC__)
    __builtin_prefetch(address, 0);
#endif
    (void)address;
}

[[gnu::always_inline]] inline void prefetch_to_write(const void* address) {
#if defined(__GNUC__)
    __builtin_prefetch(address, 1);
#endif
    (void)address;
}

}  // namespace cairn

#endif
