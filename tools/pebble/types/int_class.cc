// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "types/number.h"
#include "types/types.h"

namespace pebble {
namespace {

int64_t hash_big(const BigInt& big) {
    constexpr uint64_t kModulus = (uint64_t{1} << 61) - 1;
    uint64_t rest = 0;
    for (size_t i = big.digits.size(); i > 0; --i) {
        rest = static_cast<uint64_t>(
            (static_cast<unsigned __int128>(rest) << 32 | big.digits[i - 1]) % kModulus);
    }
    const auto hash = big.negative ? -static_cast<int64_t>(rest) : static_cast<int64_t>(rest);
    return hash == -1 ? -2 : hash;
}

bool int_hash(Value self, int64_t* out) {
    *out = hash_big(to_big(self));
    return true;
}

Ref int_repr(Value self) {
    return is_small(self) ? new_str(std::to_string(small_value(self)))
                          : new_str(to_text(to_big(self)));
}

bool int_truth(Value self, bool* out) {
    *out = !to_big(self).is_zero();
    return true;
}

Ref int_compare(Value a, Value b, CmpOp op) {
    if (!is_int(a) || !is_int(b)) {
        return Ref::own(not_implemented());
    }
    return Ref::own(truth(holds(op, compare(to_big(a), to_big(b)))));
}

void reduce(BigInt* number, const BigInt* modulus) {
    if (modulus != nullptr) {
        const BigInt dividend = *number;
        BigInt quotient;
        divide(dividend, *modulus, &quotient, number);
    }
}

Ref power(const BigInt& base, const BigInt& exponent, const BigInt* modulus) {
    BigInt result(1);
    BigInt factor = base;
    if (modulus == nullptr && bit_length(base) > 1 && bit_length(exponent) > 32) {
        return raise(vm.exceptions.OverflowError, "exponent too large");
    }
    const size_t bits = bit_length(exponent);
    for (size_t i = 0; i < bits; ++i) {
        if ((exponent.digits[i / 32] >> (i % 32) & 1) != 0) {
            result = multiply(result, factor);
            reduce(&result, modulus);
        }
        if (i + 1 < bits) {
            factor = multiply(factor, factor);
            reduce(&factor, modulus);
        }
    }
    reduce(&result, modulus);
    return from_big(result, vm.classes.int_);
}

Ref shift(const BigInt& a, const BigInt& b, bool left) {
    if (b.negative) {
        return raise(vm.exceptions.ValueError, "negative shift count");
    }
    if (b.digits.size() > 1) {
        return left && !a.is_zero()
                   ? Ref(raise(vm.exceptions.OverflowError, "too many digits in integer"))
                   : Ref::own(small(a.negative && !left ? -1 : 0));
    }
    const size_t bits = b.is_zero() ? 0 : b.digits[0];
    return from_big(left ? shift_left(a, bits) : shift_right(a, bits), vm.classes.int_);
}

Ref true_divide(const BigInt& a, const BigInt& b) {
    // Exact as long as the quotient is taken from enough bits.
    const auto excess = static_cast<int64_t>(bit_length(a)) - static_cast<int64_t>(bit_length(b));
    const int64_t scale = 66 - excess;
    BigInt numerator = a;
    numerator.negative = false;
    BigInt denominator = b;
    denominator.negative = false;
    scale > 0 ? void(numerator = shift_left(numerator, static_cast<size_t>(scale)))
              : void(denominator = shift_left(denominator, static_cast<size_t>(-scale)));
    BigInt quotient;
    BigInt rest;
    divide(numerator, denominator, &quotient, &rest);
    if (!rest.is_zero() && !quotient.is_zero()) {
        quotient.digits[0] |= 1;
    }
    const double value =
        std::ldexp(to_double(quotient), static_cast<int>(std::clamp<int64_t>(-scale, -5000, 5000)));
    if (std::isinf(value)) {
        return raise(vm.exceptions.OverflowError, "integer division result too large for a float");
    }
    return new_float(a.negative != b.negative ? -value : value);
}

Ref small_binary(int64_t a, int64_t b, BinOp op) {
    switch (op) {
        case BinOp::FloorDiv: {
            const int64_t q = a / b;
            return new_int(a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q);
        }
        case BinOp::Mod: {
            const int64_t r = a % b;
            return new_int(r != 0 && (r < 0) != (b < 0) ? r + b : r);
        }
        case BinOp::TrueDiv:
            if (a > -(int64_t{1} << 53) && a < int64_t{1} << 53 && b > -(int64_t{1} << 53) &&
                b < int64_t{1} << 53) {
                return new_float(static_cast<double>(a) / static_cast<double>(b));
            }
            break;
        default:
            break;
    }
    return {};
}

Ref int_binary(Value a, Value b, BinOp op) {
    if (!is_int(a) || !is_int(b)) {
        return Ref::own(not_implemented());
    }
    if (is_bool(a) && is_bool(b) && (op == BinOp::And || op == BinOp::Or || op == BinOp::Xor)) {
        const bool x = a == truth(true);
        const bool y = b == truth(true);
        return Ref::own(truth(op == BinOp::And ? x && y : op == BinOp::Or ? x || y : x != y));
    }
    const bool divides = op == BinOp::TrueDiv || op == BinOp::FloorDiv || op == BinOp::Mod;
    bool nonzero = true;
    if (divides && is_true(b, &nonzero) && !nonzero) {
        return raise(vm.exceptions.ZeroDivisionError,
                     op == BinOp::TrueDiv ? "division by zero"
                     : op == BinOp::Mod   ? "integer modulo by zero"
                                          : "integer division or modulo by zero");
    }
    if (is_small(a) && is_small(b) && divides) {
        if (Ref fast = small_binary(small_value(a), small_value(b), op)) {
            return fast;
        }
    }
    const BigInt x = to_big(a);
    const BigInt y = to_big(b);
    BigInt quotient;
    BigInt remainder;
    switch (op) {
        case BinOp::Add:
            return from_big(add(x, y), vm.classes.int_);
        case BinOp::Sub:
            return from_big(subtract(x, y), vm.classes.int_);
        case BinOp::Mul:
            return from_big(multiply(x, y), vm.classes.int_);
        case BinOp::TrueDiv:
            return true_divide(x, y);
        case BinOp::FloorDiv:
        case BinOp::Mod:
            divide(x, y, &quotient, &remainder);
            return from_big(op == BinOp::Mod ? remainder : quotient, vm.classes.int_);
        case BinOp::Pow:
            if (y.negative) {
                if (x.is_zero()) {
                    return raise(vm.exceptions.ZeroDivisionError,
                                 "0.0 cannot be raised to a negative power");
                }
                return new_float(std::pow(to_double(x), to_double(y)));
            }
            return power(x, y, nullptr);
        case BinOp::LShift:
        case BinOp::RShift:
            return shift(x, y, op == BinOp::LShift);
        case BinOp::And:
            return from_big(bitwise(x, y, [](uint32_t p, uint32_t q) { return p & q; }),
                            vm.classes.int_);
        case BinOp::Or:
            return from_big(bitwise(x, y, [](uint32_t p, uint32_t q) { return p | q; }),
                            vm.classes.int_);
        case BinOp::Xor:
            return from_big(bitwise(x, y, [](uint32_t p, uint32_t q) { return p ^ q; }),
                            vm.classes.int_);
        default:
            return Ref::own(not_implemented());
    }
}

Ref int_unary(Value self, UnOp op) {
    BigInt big = to_big(self);
    if (op == UnOp::Neg) {
        big.negative = !big.negative && !big.is_zero();
    } else if (op == UnOp::Invert) {
        big.negative = !big.negative && !big.is_zero();
        big = subtract(big, BigInt(1));
    }
    return from_big(big, vm.classes.int_);
}

Ref int_format(Value self, Str* spec) {
    return format_number(self, view(val(spec)));
}

Failed bad_literal(Value text, int64_t base) {
    return raise(vm.exceptions.ValueError,
                 "invalid literal for int() with base %lld: %s",
                 static_cast<long long>(base),
                 repr_text(text).c_str());
}

/// int(x): the value as an int of class int.
Ref convert(Value v, Value base_value) {
    int64_t base = 10;
    if (base_value != nullptr && !to_int64(base_value, &base)) {
        return {};
    }
    if (base != 0 && (base < 2 || base > 36)) {
        return raise(vm.exceptions.ValueError, "int() base must be >= 2 and <= 36, or 0");
    }
    if (is<Str>(v) || is<Bytes>(v)) {
        const std::string_view text =
            is<Str>(v) ? view(v) : std::string_view(as<Bytes>(v)->data, as<Bytes>(v)->size);
        Ref result = parse_int(text, static_cast<int>(base));
        return result || pending() ? std::move(result) : Ref(bad_literal(v, base));
    }
    if (base_value != nullptr) {
        return raise_type("int() can't convert non-string with explicit base");
    }
    if (is_int(v)) {
        return is_small(v) ? Ref::own(v) : from_big(to_big(v), vm.classes.int_);
    }
    if (is<Float>(v)) {
        return int_from_double(as<Float>(v)->value);
    }
    for (Str* name : {vm.names.int_, vm.names.index}) {
        Ref result = call_special(v, name, {});
        if (!result || result.get() != not_implemented()) {
            return result;
        }
    }
    return raise_type(
        "int() argument must be a string, a bytes-like object or a real number, not '%s'",
        type_name(v));
}

Ref int_create(Class* cls, const Args& args) {
    Value base = args.count > 1 ? args[1] : nullptr;
    if (args.keyword_count() == 1 && view(args.keywords->items[0]) == "base") {
        base = args[args.count];
    } else if (args.count > 2 || args.keyword_count() > 0) {
        return raise_type("int() takes at most 2 arguments (%zu given)",
                          args.count + args.keyword_count());
    }
    Ref number = args.count == 0 ? Ref::own(small(0)) : convert(args[0], base);
    return number && cls != vm.classes.int_ ? from_big(to_big(number), cls) : std::move(number);
}

Ref bool_create(Class*, const Args& args) {
    bool yes = false;
    if (args.count > 1 || args.keyword_count() > 0) {
        return raise_type("bool expected at most 1 argument, got %zu", args.count);
    }
    return args.count == 0 || is_true(args[0], &yes) ? Ref::own(truth(yes)) : Ref();
}

Ref bool_repr(Value self) {
    return new_str(self == truth(true) ? "True" : "False");
}

Ref bool_format(Value self, Str* spec) {
    return spec->size == 0 ? bool_repr(self)
                           : format_number(small(self == truth(true) ? 1 : 0), view(val(spec)));
}

Ref bit_length_method(Value self, const Args&) {
    return new_int(static_cast<int64_t>(bit_length(to_big(self))));
}
Ref bit_count_method(Value self, const Args&) {
    int64_t count = 0;
    for (uint32_t digit : to_big(self).digits) {
        count += __builtin_popcount(digit);
    }
    return new_int(count);
}
Ref divmod_method(Value self, const Args& args) {
    return is_int(args[0]) ? number_divmod(self, args[0]) : Ref::own(not_implemented());
}
Ref rdivmod_method(Value self, const Args& args) {
    return is_int(args[0]) ? number_divmod(args[0], self) : Ref::own(not_implemented());
}
Ref abs_method(Value self, const Args&) {
    BigInt big = to_big(self);
    big.negative = false;
    return from_big(big, vm.classes.int_);
}
Ref float_method(Value self, const Args&) {
    double value = 0;
    return to_double(self, &value) ? new_float(value) : Ref();
}
Ref self_method(Value self, const Args&) {
    return convert(self, nullptr);
}
Ref round_method(Value self, const Args& args) {
    int64_t digits = 0;
    if (args[0] == nullptr || is_none(args[0])) {
        return convert(self, nullptr);
    }
    if (!to_int64(args[0], &digits)) {
        return {};
    }
    if (digits >= 0) {
        return convert(self, nullptr);
    }
    // Round half to even at the place asked for.
    Ref unit_ref = power(BigInt(10), BigInt(-digits), nullptr);
    const BigInt unit = to_big(unit_ref);
    BigInt quotient;
    BigInt rest;
    divide(to_big(self), unit, &quotient, &rest);
    const int half = compare(shift_left(rest, 1), unit);
    if (half > 0 || (half == 0 && !quotient.is_zero() && (quotient.digits[0] & 1) != 0)) {
        quotient = add(quotient, BigInt(1));
    }
    return from_big(multiply(quotient, unit), vm.classes.int_);
}

Ref real_get(Value self) {
    return is_bool(self) ? Ref::own(small(self == truth(true) ? 1 : 0)) : Ref::share(self);
}

/// Reads the arguments that to_bytes() and from_bytes() share.
bool byte_order(Value order, Value is_signed, bool* big_endian, bool* with_sign) {
    *big_endian = order == nullptr || (is<Str>(order) && view(order) == "big");
    if (!*big_endian && (!is<Str>(order) || view(order) != "little")) {
        return raise(vm.exceptions.ValueError, "byteorder must be either 'little' or 'big'");
    }
    return is_signed == nullptr || is_true(is_signed, with_sign);
}

Ref to_bytes_method(Value self, const Args& args) {
    int64_t length = 1;
    bool big_endian = true;
    bool with_sign = false;
    if ((args[0] != nullptr && !to_int64(args[0], &length)) ||
        !byte_order(args[1], args[2], &big_endian, &with_sign)) {
        return {};
    }
    BigInt number = to_big(self);
    if (length < 0) {
        return raise(vm.exceptions.ValueError, "length argument must be non-negative");
    }
    if (number.negative && !with_sign) {
        return raise(vm.exceptions.OverflowError, "can't convert negative int to unsigned");
    }
    const BigInt range = shift_left(BigInt(1), static_cast<size_t>(length) * 8);
    const BigInt low_half = shift_right(range, 1);
    const bool too_big = number.negative ? compare(add(number, low_half), BigInt(0)) < 0
                                         : compare(number, with_sign ? low_half : range) >= 0;
    if (too_big && !(number.is_zero() && length == 0)) {
        return raise(vm.exceptions.OverflowError, "int too big to convert");
    }
    number = number.negative ? add(number, range) : number;
    std::string data(static_cast<size_t>(length), '\0');
    for (size_t i = 0; i < data.size() && i / 4 < number.digits.size(); ++i) {
        data[i] = static_cast<char>(number.digits[i / 4] >> i % 4 * 8);
    }
    if (big_endian) {
        std::reverse(data.begin(), data.end());
    }
    return new_bytes(data);
}

Ref from_bytes_method(Value cls, const Args& args) {
    bool big_endian = true;
    bool with_sign = false;
    Ref bytes = is<Bytes>(args[0]) ? Ref::share(args[0]) : call(val(vm.classes.bytes), {args[0]});
    if (!bytes || !byte_order(args[1], args[2], &big_endian, &with_sign)) {
        return {};
    }
    std::string data(bytes.as<Bytes>()->data, bytes.as<Bytes>()->size);
    if (big_endian) {
        std::reverse(data.begin(), data.end());
    }
    BigInt number;
    number.digits.resize((data.size() + 3) / 4);
    for (size_t i = 0; i < data.size(); ++i) {
        number.digits[i / 4] |= uint32_t{static_cast<unsigned char>(data[i])} << i % 4 * 8;
    }
    number.trim();
    if (with_sign && !data.empty() && (data.back() & 0x80) != 0) {
        number = subtract(number, shift_left(BigInt(1), data.size() * 8));
    }
    return from_big(number, as<Class>(cls));
}

template <int64_t kValue>
Ref constant_get(Value) {
    return Ref::own(small(kValue));
}
Ref ratio_method(Value self, const Args&) {
    Ref number = real_get(self);
    return number ? make_tuple({number, small(1)}) : Ref();
}

const NativeDef kMethods[] = {
    {"bit_length", bit_length_method, ""},
    {"bit_count", bit_count_method, ""},
    {"to_bytes", to_bytes_method, "length? byteorder? * signed?"},
    {"from_bytes", from_bytes_method, "bytes byteorder? * signed?", NativeDef::OfClass},
    {"__int__", self_method, ""},
    {"__index__", self_method, ""},
    {"__trunc__", self_method, ""},
    {"__abs__", abs_method, ""},
    {"__float__", float_method, ""},
    {"__floor__", self_method, ""},
    {"__ceil__", self_method, ""},
    {"__divmod__", divmod_method, "other /"},
    {"__rdivmod__", rdivmod_method, "other /"},
    {"conjugate", self_method, ""},
    {"as_integer_ratio", ratio_method, ""},
    {"__round__", round_method, "ndigits? /"},
    {nullptr, nullptr, nullptr}};
const GetSet kGetSets[] = {{"real", real_get},
                           {"imag", constant_get<0>},
                           {"numerator", real_get},
                           {"denominator", constant_get<1>},
                           {nullptr, nullptr}};
constexpr unsigned kAll = (1u << 13) - 1 - (1u << 3);

NativeClass int_class = {"int",
                         kInt,
                         {.create = int_create,
                          .repr = int_repr,
                          .hash = int_hash,
                          .compare = int_compare,
                          .truth = int_truth,
                          .binary = int_binary,
                          .binary_mask = kAll,
                          .unary = int_unary,
                          .format = int_format},
                         kMethods,
                         kGetSets};
NativeClass bool_class = {"bool",
                          kInt,
                          {.create = bool_create, .repr = bool_repr, .format = bool_format},
                          nullptr,
                          nullptr,
                          true};

}  // namespace

namespace {

/// The number whose product with `value` is 1 modulo `modulus`, by Euclid's algorithm.
Ref inverse_modulo(Value value, Value modulus) {
    Ref high = Ref::share(modulus);
    Ref low = binary(value, modulus, BinOp::Mod);
    Ref high_factor = Ref::own(small(0));
    Ref low_factor = Ref::own(small(1));
    while (low && low.get() != small(0)) {
        Ref quotient = binary(high, low, BinOp::FloorDiv);
        Ref rest = binary(high, low, BinOp::Mod);
        Ref product = quotient ? binary(quotient, low_factor, BinOp::Mul) : Ref();
        Ref factor = product ? binary(high_factor, product, BinOp::Sub) : Ref();
        if (!rest || !factor) {
            return {};
        }
        high = std::exchange(low, std::move(rest));
        high_factor = std::exchange(low_factor, std::move(factor));
    }
    const bool one = low && (high.get() == small(1) || high.get() == small(-1));
    if (!one) {
        return low ? Ref(raise(vm.exceptions.ValueError,
                               "base is not invertible for the given modulus"))
                   : Ref();
    }
    return binary(high_factor, high, BinOp::Mul);
}

}  // namespace

Ref int_power(Value base, Value exponent, Value modulus) {
    const BigInt m = to_big(modulus);
    const BigInt e = to_big(exponent);
    if (m.is_zero()) {
        return raise(vm.exceptions.ValueError, "pow() 3rd argument cannot be 0");
    }
    if (e.negative) {
        Ref inverse = inverse_modulo(base, modulus);
        return inverse ? int_power(inverse, unary(exponent, UnOp::Neg).get(), modulus) : Ref();
    }
    return power(to_big(base), e, &m);
}

void make_int_classes() {
    vm.classes.int_ = make_native_class(int_class, vm.classes.object);
    vm.classes.bool_ = make_native_class(bool_class, vm.classes.int_);
}

}  // namespace pebble
