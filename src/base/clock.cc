#include "base/clock.h"

#include <ctime>

namespace cairn {

uint64_t now_ns() {
    std::timespec t{};
#ifdef CLOCK_MONOTONIC
    clock_gettime(CLOCK_MONOTONIC, &t);
#else
    std::timespec_get(&t, TIME_UTC);
#endif
    return static_cast<uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(t.tv_nsec);
}

}  // namespace cairn
