// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cmath>
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
Ref process_time_ns(Value, const Args&) {
    return nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
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
    return check_interrupt() ? Ref::own(none()) : Ref();
}

// Calendar time: rows of nine numbers, as struct_time has them.

/// The row of a time in seconds, in universal or local time.
Ref row_of(Value, const Args& args) {
    double when = 0;
    bool local = false;
    if (!to_double(args[0], &when) || !is_true(args[1], &local)) {
        return {};
    }
    const auto whole = static_cast<time_t>(std::floor(when));
    tm row = {};
    (local ? localtime_r : gmtime_r)(&whole, &row);
    return make_tuple({small(row.tm_year + 1900),
                       small(row.tm_mon + 1),
                       small(row.tm_mday),
                       small(row.tm_hour),
                       small(row.tm_min),
                       small(row.tm_sec),
                       small((row.tm_wday + 6) % 7),
                       small(row.tm_yday + 1),
                       small(row.tm_isdst)});
}

bool read_row(Value v, tm* out) {
    Items items{};
    if (!items_of(v, &items) || items.count != 9) {
        return raise_type("Tuple or struct_time argument required");
    }
    int* const fields[] = {&out->tm_year,
                           &out->tm_mon,
                           &out->tm_mday,
                           &out->tm_hour,
                           &out->tm_min,
                           &out->tm_sec,
                           &out->tm_wday,
                           &out->tm_yday,
                           &out->tm_isdst};
    for (size_t i = 0; i < items.count; ++i) {
        int64_t field = 0;
        if (!to_int64(items.data[i], &field)) {
            return false;
        }
        *fields[i] = static_cast<int>(field);
    }
    out->tm_year -= 1900;
    out->tm_mon -= 1;
    out->tm_wday = (out->tm_wday + 1) % 7;
    out->tm_yday -= 1;
    return true;
}

Ref mktime_function(Value, const Args& args) {
    tm row = {};
    return read_row(args[0], &row) ? new_float(static_cast<double>(mktime(&row))) : Ref();
}

Ref format_row(Value, const Args& args) {
    tm row = {};
    char text[1024];
    // By a pointer: the compiler would warn that it cannot check the program's format.
    size_t (*const format)(char*, size_t, const char*, const tm*) = strftime;
    if (!is<Str>(args[0])) {
        return raise_type("strftime() argument 1 must be str, not %s", type_name(args[0]));
    }
    return read_row(args[1], &row)
               ? new_str({text, format(text, sizeof text, c_str(args[0]), &row)})
               : Ref();
}

const NativeDef kFunctions[] = {{"time", time_function, ""},
                                {"time_ns", time_ns, ""},
                                {"monotonic", monotonic, ""},
                                {"monotonic_ns", monotonic_ns, ""},
                                {"perf_counter", monotonic, ""},
                                {"perf_counter_ns", monotonic_ns, ""},
                                {"process_time", process_time, ""},
                                {"process_time_ns", process_time_ns, ""},
                                {"row_of", row_of, "seconds local /"},
                                {"mktime", mktime_function, "row /"},
                                {"format_row", format_row, "format row /"},
                                {"sleep", sleep, "seconds /"},
                                {nullptr, nullptr, nullptr}};

}  // namespace

bool fill_time(Module* module) {
    return module_add(module, kFunctions);
}

}  // namespace pebble
