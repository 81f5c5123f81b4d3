// SPDX-License-Identifier: MIT
/// Format specifications, of which `%` and str.format() both make use.
#ifndef PEBBLE_TYPES_FORMAT_H
#define PEBBLE_TYPES_FORMAT_H

#include "types/number.h"

namespace pebble {

/// [[fill]align][sign][z][#][0][width][,][.precision][type]
struct Spec {
    std::string fill = " ";
    char align = '\0';
    char sign = '\0';
    bool no_negative_zero = false;
    bool alternate = false;
    bool zero = false;
    char group = '\0';
    int64_t width = 0;
    int64_t precision = -1;
    char type = '\0';
};

/// Puts fill around `sign` and `body`; the alignment `=` fills between them.
std::string padded(const Spec& spec, std::string_view sign, std::string_view body, char standard);
Ref format_int(const BigInt& value, const Spec& spec);
Ref format_double(double value, const Spec& spec);

}  // namespace pebble

#endif
