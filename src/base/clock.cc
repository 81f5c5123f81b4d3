// SPDX-License-Identifier: MIT
#include "base/clock.h"

#include <ctime>

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#endif

namespace cairn {

namespace {
constexpr uint64_t kSecond = 1'000'000'000;
}  // namespace

#if defined(_WIN32)

uint64_t now_ns() {
    LARGE_INTEGER frequency;
    LARGE_INTEGER ticks;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&ticks);
    const auto rate = static_cast<uint64_t>(frequency.QuadPart);
    const auto count = static_cast<uint64_t>(ticks.QuadPart);
    // Whole seconds apart from the rest: all ticks since the machine's start, as nanoseconds times
    // the rate, would not fit.
    return count / rate * kSecond + count % rate * kSecond / rate;
}

#else

uint64_t now_ns() {
    std::timespec t{};
#ifdef CLOCK_MONOTONIC
    clock_gettime(CLOCK_MONOTONIC, &t);
#else
    std::timespec_get(&t, TIME_UTC);
#endif
    return static_cast<uint64_t>(t.tv_sec) * kSecond + static_cast<uint64_t>(t.tv_nsec);
}

#endif

}  // namespace cairn
