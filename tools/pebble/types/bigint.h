// SPDX-License-Identifier: MIT
/// Integers of any size, outside the heap: the arithmetic behind int.
#ifndef PEBBLE_TYPES_BIGINT_H
#define PEBBLE_TYPES_BIGINT_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pebble {

/// Sign and magnitude, base 2^32, lowest digit first, without leading zeros; zero is positive.
struct BigInt {
    bool negative = false;
    std::vector<uint32_t> digits;

    BigInt() = default;
    explicit BigInt(int64_t n);

    [[nodiscard]] bool is_zero() const { return digits.empty(); }
    void trim();
};

int compare(const BigInt& a, const BigInt& b);
BigInt add(const BigInt& a, const BigInt& b);
BigInt subtract(const BigInt& a, const BigInt& b);
BigInt multiply(const BigInt& a, const BigInt& b);
/// Rounds towards minus infinity, as Python does; `b` is not zero.
void divide(const BigInt& a, const BigInt& b, BigInt* quotient, BigInt* remainder);
BigInt shift_left(const BigInt& a, size_t bits);
BigInt shift_right(const BigInt& a, size_t bits);
/// `op` works on two's complement digits.
BigInt bitwise(const BigInt& a, const BigInt& b, uint32_t (*op)(uint32_t, uint32_t));
size_t bit_length(const BigInt& a);
/// Nearest double; infinity when it does not fit.
double to_double(const BigInt& a);
BigInt from_double(double value);
std::string to_text(const BigInt& a, unsigned base = 10);
/// Digits only, without sign or prefix. False: not a number in this base.
bool parse_digits(std::string_view text, unsigned base, BigInt* out);

}  // namespace pebble

#endif
