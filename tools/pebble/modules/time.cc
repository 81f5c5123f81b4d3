#include <cerrno>
#include <time.h>

#include "modules/modules.h"

namespace pebble {
namespace {

double seconds(clockid_t clock) {
    timespec now = {};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

Ref nanoseconds(clockid_t clock) {
    timespec now = {};
    clock_gettime(clock, &now);
    return new_int(now.tv_sec * 1000000000 + now.tv_nsec);
}

Ref time_function(Value, const Args&) {
    return new_float(seconds(CLOCK_REALTIME));
}
Ref time_ns(Value, const Args&) {
    return nanoseconds(CLOCK_REALTIME);
}
Ref monotonic(Value, const Args&) {
    return new_float(seconds(CLOCK_MONOTONIC));
}
Ref monotonic_ns(Value, const Args&) {
    return nanoseconds(CLOCK_MONOTONIC);
}
Ref process_time(Value, const Args&) {
    return new_float(seconds(CLOCK_PROCESS_CPUTIME_ID));
}

Ref sleep(Value, const Args& args) {
    double length = 0;
    if (!to_double(args[0], &length)) {
        return {};
    }
    if (length < 0) {
        return raise(vm.exceptions.ValueError, "sleep length must be non-negative");
    }
    flush_streams();
    timespec left = {
        static_cast<time_t>(length),
        static_cast<long>((length - static_cast<double>(static_cast<time_t>(length))) * 1e9)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR && !vm.interrupted) {
    }
    return Ref::own(none());
}

const NativeDef kFunctions[] = {{"time", time_function, ""},
                                {"time_ns", time_ns, ""},
                                {"monotonic", monotonic, ""},
                                {"monotonic_ns", monotonic_ns, ""},
                                {"perf_counter", monotonic, ""},
                                {"perf_counter_ns", monotonic_ns, ""},
                                {"process_time", process_time, ""},
                                {"sleep", sleep, "seconds /"},
                                {nullptr, nullptr, nullptr}};

}  // namespace

bool fill_time(Module* module) {
    return module_add(module, kFunctions);
}

}  // namespace pebble
