// SPDX-License-Identifier: MIT
/// What the numeric types and their formatting share.
#ifndef PEBBLE_TYPES_NUMBER_H
#define PEBBLE_TYPES_NUMBER_H

#include "core/protocol.h"
#include "types/bigint.h"

namespace pebble {

BigInt to_big(Value v);  ///< `v` is an int
Ref from_big(const BigInt& big, Class* cls);
/// divmod() of two ints or floats; NotImplemented for anything else.
Ref number_divmod(Value a, Value b);
Ref int_power(Value base, Value exponent, Value modulus);

}  // namespace pebble

#endif
