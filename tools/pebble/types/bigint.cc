// SPDX-License-Identifier: MIT
#include "types/bigint.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pebble {
namespace {

using Digits = std::vector<uint32_t>;

int compare_magnitude(const Digits& a, const Digits& b) {
    if (a.size() != b.size()) {
        return a.size() < b.size() ? -1 : 1;
    }
    for (size_t i = a.size(); i > 0; --i) {
        if (a[i - 1] != b[i - 1]) {
            return a[i - 1] < b[i - 1] ? -1 : 1;
        }
    }
    return 0;
}

Digits add_magnitude(const Digits& a, const Digits& b) {
    Digits sum(std::max(a.size(), b.size()) + 1);
    uint64_t carry = 0;
    for (size_t i = 0; i < sum.size(); ++i) {
        carry += (i < a.size() ? a[i] : 0) + uint64_t{i < b.size() ? b[i] : 0};
        sum[i] = static_cast<uint32_t>(carry);
        carry >>= 32;
    }
    return sum;
}

/// a - b, where a is not smaller.
Digits subtract_magnitude(const Digits& a, const Digits& b) {
    Digits difference(a.size());
    int64_t borrow = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        const int64_t digit = int64_t{a[i]} - (i < b.size() ? b[i] : 0) + borrow;
        difference[i] = static_cast<uint32_t>(digit);
        borrow = digit >> 32;
    }
    return difference;
}

/// Divides in place by one digit; returns the remainder.
uint32_t divide_small(Digits* a, uint32_t divisor) {
    uint64_t rest = 0;
    for (size_t i = a->size(); i > 0; --i) {
        rest = rest << 32 | (*a)[i - 1];
        (*a)[i - 1] = static_cast<uint32_t>(rest / divisor);
        rest %= divisor;
    }
    return static_cast<uint32_t>(rest);
}

/// Knuth's algorithm D. `a` becomes the remainder; both are shifted so that b's top bit is set.
Digits divide_long(Digits* a, const Digits& b) {
    const size_t n = b.size();
    a->push_back(0);
    Digits quotient(a->size() - n);
    for (size_t j = quotient.size(); j-- > 0;) {
        const uint64_t top = uint64_t{(*a)[j + n]} << 32 | (*a)[j + n - 1];
        uint64_t guess = top / b[n - 1];
        uint64_t rest = top % b[n - 1];
        while (guess >> 32 != 0 || (n > 1 && guess * b[n - 2] > (rest << 32 | (*a)[j + n - 2]))) {
            --guess;
            rest += b[n - 1];
            if (rest >> 32 != 0) {
                break;
            }
        }
        int64_t borrow = 0;
        uint64_t carry = 0;
        for (size_t i = 0; i < n; ++i) {
            carry += guess * b[i];
            const int64_t digit = int64_t{(*a)[i + j]} - static_cast<uint32_t>(carry) + borrow;
            (*a)[i + j] = static_cast<uint32_t>(digit);
            carry >>= 32;
            borrow = digit >> 32;
        }
        const int64_t digit = int64_t{(*a)[j + n]} - static_cast<int64_t>(carry) + borrow;
        (*a)[j + n] = static_cast<uint32_t>(digit);
        if (digit < 0) {
            --guess;
            uint64_t sum = 0;
            for (size_t i = 0; i < n; ++i) {
                sum += uint64_t{(*a)[i + j]} + b[i];
                (*a)[i + j] = static_cast<uint32_t>(sum);
                sum >>= 32;
            }
            (*a)[j + n] += static_cast<uint32_t>(sum);
        }
        quotient[j] = static_cast<uint32_t>(guess);
    }
    return quotient;
}

/// Two's complement digits, `count` of them.
Digits complement(const BigInt& a, size_t count) {
    Digits digits = a.digits;
    digits.resize(count);
    if (a.negative) {
        uint64_t carry = 1;
        for (uint32_t& digit : digits) {
            carry += ~digit;
            digit = static_cast<uint32_t>(carry);
            carry >>= 32;
        }
    }
    return digits;
}

}  // namespace

BigInt::BigInt(int64_t n) : negative(n < 0) {
    uint64_t magnitude = n < 0 ? ~static_cast<uint64_t>(n) + 1 : static_cast<uint64_t>(n);
    for (; magnitude != 0; magnitude >>= 32) {
        digits.push_back(static_cast<uint32_t>(magnitude));
    }
}

void BigInt::trim() {
    while (!digits.empty() && digits.back() == 0) {
        digits.pop_back();
    }
    negative = negative && !digits.empty();
}

int compare(const BigInt& a, const BigInt& b) {
    if (a.negative != b.negative) {
        return a.negative ? -1 : 1;
    }
    const int order = compare_magnitude(a.digits, b.digits);
    return a.negative ? -order : order;
}

BigInt add(const BigInt& a, const BigInt& b) {
    BigInt sum;
    if (a.negative == b.negative) {
        sum.digits = add_magnitude(a.digits, b.digits);
        sum.negative = a.negative;
    } else {
        const bool a_bigger = compare_magnitude(a.digits, b.digits) >= 0;
        sum.digits = a_bigger ? subtract_magnitude(a.digits, b.digits)
                              : subtract_magnitude(b.digits, a.digits);
        sum.negative = a_bigger ? a.negative : b.negative;
    }
    sum.trim();
    return sum;
}

BigInt subtract(const BigInt& a, const BigInt& b) {
    BigInt negated = b;
    negated.negative = !b.negative && !b.is_zero();
    return add(a, negated);
}

BigInt multiply(const BigInt& a, const BigInt& b) {
    BigInt product;
    product.digits.resize(a.digits.size() + b.digits.size());
    for (size_t i = 0; i < a.digits.size(); ++i) {
        uint64_t carry = 0;
        for (size_t j = 0; j < b.digits.size(); ++j) {
            carry += uint64_t{a.digits[i]} * b.digits[j] + product.digits[i + j];
            product.digits[i + j] = static_cast<uint32_t>(carry);
            carry >>= 32;
        }
        product.digits[i + b.digits.size()] = static_cast<uint32_t>(carry);
    }
    product.negative = a.negative != b.negative;
    product.trim();
    return product;
}

void divide(const BigInt& a, const BigInt& b, BigInt* quotient, BigInt* remainder) {
    *quotient = BigInt();
    *remainder = a;
    remainder->negative = false;
    if (compare_magnitude(a.digits, b.digits) >= 0) {
        const auto shift = static_cast<size_t>(__builtin_clz(b.digits.back()));
        BigInt divisor = b;
        divisor.negative = false;
        divisor = shift_left(divisor, shift);
        *remainder = shift_left(*remainder, shift);
        quotient->digits = divide_long(&remainder->digits, divisor.digits);
        remainder->trim();
        *remainder = shift_right(*remainder, shift);
    }
    quotient->negative = a.negative != b.negative;
    quotient->trim();
    remainder->negative = a.negative;
    remainder->trim();
    if (!remainder->is_zero() && a.negative != b.negative) {
        *quotient = subtract(*quotient, BigInt(1));
        *remainder = add(*remainder, b);
    }
}

BigInt shift_left(const BigInt& a, size_t bits) {
    BigInt result;
    result.negative = a.negative;
    result.digits.assign(bits / 32, 0);
    uint64_t carry = 0;
    for (uint32_t digit : a.digits) {
        carry |= uint64_t{digit} << (bits % 32);
        result.digits.push_back(static_cast<uint32_t>(carry));
        carry >>= 32;
    }
    result.digits.push_back(static_cast<uint32_t>(carry));
    result.trim();
    return result;
}

BigInt shift_right(const BigInt& a, size_t bits) {
    BigInt result;
    result.negative = a.negative;
    bool lost = false;
    const size_t skip = bits / 32;
    for (size_t i = 0; i < std::min(skip, a.digits.size()); ++i) {
        lost = lost || a.digits[i] != 0;
    }
    for (size_t i = skip; i < a.digits.size(); ++i) {
        const uint64_t wide =
            uint64_t{a.digits[i]} | uint64_t{i + 1 < a.digits.size() ? a.digits[i + 1] : 0} << 32;
        result.digits.push_back(static_cast<uint32_t>(wide >> (bits % 32)));
    }
    if (skip < a.digits.size() && (a.digits[skip] & ((uint64_t{1} << (bits % 32)) - 1)) != 0) {
        lost = true;
    }
    result.trim();
    return a.negative && lost ? subtract(result, BigInt(1)) : result;
}

BigInt bitwise(const BigInt& a, const BigInt& b, uint32_t (*op)(uint32_t, uint32_t)) {
    const size_t count = std::max(a.digits.size(), b.digits.size()) + 1;
    const Digits left = complement(a, count);
    const Digits right = complement(b, count);
    BigInt result;
    result.digits.resize(count);
    for (size_t i = 0; i < count; ++i) {
        result.digits[i] = op(left[i], right[i]);
    }
    result.negative = (result.digits.back() >> 31) != 0;
    if (result.negative) {
        result.digits = complement(result, count);
    }
    result.trim();
    return result;
}

size_t bit_length(const BigInt& a) {
    return a.is_zero() ? 0
                       : a.digits.size() * 32 - static_cast<size_t>(__builtin_clz(a.digits.back()));
}

double to_double(const BigInt& a) {
    const size_t bits = bit_length(a);
    if (bits > 1100) {
        constexpr double kInfinity = std::numeric_limits<double>::infinity();
        return a.negative ? -kInfinity : kInfinity;
    }
    // The top 64 bits, the last one sticky, so that the conversion rounds as the whole would.
    const size_t cut = bits > 64 ? bits - 64 : 0;
    BigInt magnitude = a;
    magnitude.negative = false;
    const BigInt top = shift_right(magnitude, cut);
    uint64_t mantissa = 0;
    for (size_t i = top.digits.size(); i > 0; --i) {
        mantissa = mantissa << 32 | top.digits[i - 1];
    }
    if (cut > 0 && compare(shift_left(top, cut), magnitude) != 0) {
        mantissa |= 1;
    }
    const double value = std::ldexp(static_cast<double>(mantissa), static_cast<int>(cut));
    return a.negative ? -value : value;
}

BigInt from_double(double value) {
    int exponent = 0;
    const double fraction = std::frexp(std::fabs(std::trunc(value)), &exponent);
    BigInt result(static_cast<int64_t>(std::ldexp(fraction, 53)));
    result = exponent >= 53 ? shift_left(result, static_cast<size_t>(exponent - 53))
                            : shift_right(result, static_cast<size_t>(53 - exponent));
    result.negative = value < 0 && !result.is_zero();
    return result;
}

std::string to_text(const BigInt& a, unsigned base) {
    if (a.is_zero()) {
        return "0";
    }
    unsigned per_chunk = 0;
    uint32_t chunk = 1;
    while (uint64_t{chunk} * base <= UINT32_MAX) {
        chunk *= base;
        ++per_chunk;
    }
    std::string text;
    BigInt rest = a;
    while (!rest.is_zero()) {
        uint32_t part = divide_small(&rest.digits, chunk);
        rest.trim();
        for (unsigned i = 0; i < per_chunk && (part != 0 || !rest.is_zero()); ++i) {
            text += "0123456789abcdefghijklmnopqrstuvwxyz"[part % base];
            part /= base;
        }
    }
    text += a.negative ? "-" : "";
    std::reverse(text.begin(), text.end());
    return text;
}

bool parse_digits(std::string_view text, unsigned base, BigInt* out) {
    *out = BigInt();
    if (text.empty()) {
        return false;
    }
    for (char c : text) {
        const unsigned digit = c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
                               : c >= 'a' && c <= 'z' ? static_cast<unsigned>(c - 'a' + 10)
                               : c >= 'A' && c <= 'Z' ? static_cast<unsigned>(c - 'A' + 10)
                                                      : 99;
        if (digit >= base) {
            return false;
        }
        uint64_t carry = digit;
        for (uint32_t& part : out->digits) {
            carry += uint64_t{part} * base;
            part = static_cast<uint32_t>(carry);
            carry >>= 32;
        }
        if (carry != 0) {
            out->digits.push_back(static_cast<uint32_t>(carry));
        }
    }
    return true;
}

}  // namespace pebble
