// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "types/bigint.h"
#include "types/number.h"
#include "types/types.h"

namespace pebble {

BigInt to_big(Value v) {
    if (is_small(v)) {
        return BigInt(small_value(v));
    }
    if (is_bool(v)) {
        return BigInt(v == truth(true) ? 1 : 0);
    }
    const Int* number = as<Int>(v);
    BigInt big;
    big.negative = number->negative;
    big.digits.assign(number->digits, number->digits + number->count);
    return big;
}

Ref from_big(const BigInt& big, Class* cls) {
    if (cls == vm.classes.int_ && big.digits.size() <= 2) {
        uint64_t magnitude = 0;
        for (size_t i = big.digits.size(); i > 0; --i) {
            magnitude = magnitude << 32 | big.digits[i - 1];
        }
        if (magnitude <= static_cast<uint64_t>(kSmallMax)) {
            return Ref::own(small(big.negative ? -static_cast<int64_t>(magnitude)
                                               : static_cast<int64_t>(magnitude)));
        }
    }
    Int* number = make<Int>(cls, big.digits.size());
    if (number != nullptr) {
        number->negative = big.negative;
        std::copy(big.digits.begin(), big.digits.end(), number->digits);
    }
    return Ref::own(number);
}

Ref new_int(int64_t n) {
    return fits_small(n) ? Ref::own(small(n)) : from_big(BigInt(n), vm.classes.int_);
}

Ref new_int_from_unsigned(uint64_t n) {
    if (n <= static_cast<uint64_t>(kSmallMax)) {
        return Ref::own(small(static_cast<int64_t>(n)));
    }
    BigInt big;
    big.digits = {static_cast<uint32_t>(n), static_cast<uint32_t>(n >> 32)};
    return from_big(big, vm.classes.int_);
}

bool is_int(Value v) {
    return is_small(v) || is_bool(v) || is<Int>(v);
}

Ref int_from_double(double value) {
    if (std::isnan(value)) {
        return raise(vm.exceptions.ValueError, "cannot convert float NaN to integer");
    }
    if (std::isinf(value)) {
        return raise(vm.exceptions.OverflowError, "cannot convert float infinity to integer");
    }
    return from_big(from_double(value), vm.classes.int_);
}

double int_to_double(Value v) {
    return is_small(v) ? static_cast<double>(small_value(v)) : to_double(to_big(v));
}

Ref parse_int(std::string_view text, int base) {
    const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    const bool negative = !text.empty() && text[0] == '-';
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        text.remove_prefix(1);
    }
    if (text.size() > 2 && text[0] == '0') {
        const char c = static_cast<char>(text[1] | 0x20);
        const int prefix = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 0;
        if (prefix != 0 && (base == 0 || base == prefix)) {
            base = prefix;
            text.remove_prefix(2);
        }
    }
    std::string digits(text);
    if (digits.find("__") == std::string::npos && !digits.empty() && digits.front() != '_' &&
        digits.back() != '_') {
        digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
    }
    BigInt big;
    if (!parse_digits(digits, static_cast<unsigned>(base == 0 ? 10 : base), &big)) {
        return {};
    }
    big.negative = negative && !big.is_zero();
    return from_big(big, vm.classes.int_);
}

Ref index_of(Value v) {
    if (is_int(v)) {
        return Ref::share(v);
    }
    Ref result =
        is_immediate(v) ? Ref::own(not_implemented()) : call_special(v, vm.names.index, {});
    if (result && result.get() == not_implemented()) {
        return raise_type("'%s' object cannot be interpreted as an integer", type_name(v));
    }
    if (result && !is_int(result)) {
        return raise_type("__index__ returned non-int (type %s)", type_name(result));
    }
    return result;
}

bool to_int64(Value v, int64_t* out, const char* what) {
    Ref index = index_of(v);
    if (!index) {
        return false;
    }
    if (is_small(index)) {
        *out = small_value(index);
        return true;
    }
    const BigInt big = to_big(index);
    if (bit_length(big) > 63) {
        return raise(vm.exceptions.OverflowError,
                     "%s",
                     what != nullptr ? what : "Python int too large to convert to C ssize_t");
    }
    const uint64_t magnitude =
        big.is_zero() ? 0
                      : big.digits[0] | (big.digits.size() > 1 ? uint64_t{big.digits[1]} << 32 : 0);
    *out = big.negative ? -static_cast<int64_t>(magnitude) : static_cast<int64_t>(magnitude);
    return true;
}

bool to_index(Value v, int64_t* out) {
    Ref index = index_of(v);
    if (!index) {
        return false;
    }
    const BigInt big = to_big(index);
    if (bit_length(big) > 62) {
        *out = big.negative ? INT64_MIN / 2 : INT64_MAX / 2;
        return true;
    }
    return to_int64(index, out);
}

}  // namespace pebble
