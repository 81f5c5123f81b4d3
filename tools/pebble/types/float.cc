// SPDX-License-Identifier: MIT
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "types/number.h"
#include "types/types.h"

namespace pebble {

Ref new_float(double value) {
    Float* number = make<Float>(vm.classes.float_);
    if (number != nullptr) {
        number->value = value;
    }
    return Ref::own(number);
}

std::string float_repr(double value) {
    if (std::isnan(value)) {
        return "nan";
    }
    if (std::isinf(value)) {
        return value < 0 ? "-inf" : "inf";
    }
    // The shortest digits that read back the same, placed as Python places them.
    char buffer[64];
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
    std::string text(buffer, end);
    const size_t e = text.find('e');
    const long exponent = std::strtol(text.c_str() + e + 1, nullptr, 10);
    if (exponent < -4 || exponent >= 16) {
        return text;
    }
    const auto fixed =
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed).ptr;
    text.assign(buffer, fixed);
    return text.find('.') == std::string::npos ? text + ".0" : text;
}

bool parse_float(std::string_view text, double* out) {
    std::string clean;
    const size_t from = text.find_first_not_of(" \t\n\r\f\v");
    if (from == std::string_view::npos) {
        return false;
    }
    text = text.substr(from, text.find_last_not_of(" \t\n\r\f\v") - from + 1);
    const auto is_digit = [&](size_t i) {
        return i < text.size() && text[i] >= '0' && text[i] <= '9';
    };
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == 'x' || c == 'X' || c == '(' ||
            (c == '_' && (i == 0 || !is_digit(i - 1) || !is_digit(i + 1)))) {
            return false;
        }
        if (c != '_') {
            clean += c;
        }
    }
    char* end = nullptr;
    *out = std::strtod(clean.c_str(), &end);
    return !clean.empty() && *end == '\0';
}

bool to_double(Value v, double* out) {
    if (!is_immediate(v) && is<Float>(v)) {
        *out = as<Float>(v)->value;
        return true;
    }
    if (is_int(v)) {
        *out = int_to_double(v);
        return !std::isinf(*out) ||
               raise(vm.exceptions.OverflowError, "int too large to convert to float");
    }
    for (Str* name : {vm.names.float_, vm.names.index}) {
        Ref result = is_immediate(v) ? Ref::own(not_implemented()) : call_special(v, name, {});
        if (!result) {
            return false;
        }
        if (result.get() != not_implemented()) {
            return (is<Float>(result) || is_int(result))
                       ? to_double(result, out)
                       : raise_type("%s.__float__ returned non-float (type %s)",
                                    type_name(v),
                                    type_name(result));
        }
    }
    return raise_type("must be real number, not %s", type_name(v));
}

namespace {

bool operand(Value v, double* out) {
    if (is_int(v)) {
        return to_double(v, out);
    }
    if (is_immediate(v) || !is<Float>(v)) {
        return false;
    }
    *out = as<Float>(v)->value;
    return true;
}

double floor_mod(double a, double b) {
    double rest = std::fmod(a, b);
    if (rest != 0 && (b < 0) != (rest < 0)) {
        rest += b;
    }
    return rest == 0 ? std::copysign(0.0, b) : rest;
}

Ref float_power(double x, double y) {
    if (x == 0 && y < 0) {
        return raise(vm.exceptions.ZeroDivisionError, "0.0 cannot be raised to a negative power");
    }
    const double result = std::pow(x, y);
    if (std::isnan(result) && !std::isnan(x) && !std::isnan(y)) {
        return raise(vm.exceptions.ValueError,
                     "negative number cannot be raised to a fractional power");
    }
    if (std::isinf(result) && !std::isinf(x) && !std::isinf(y)) {
        return raise(vm.exceptions.OverflowError, "(34, 'Numerical result out of range')");
    }
    return new_float(result);
}

Ref float_binary(Value a, Value b, BinOp op) {
    double x = 0;
    double y = 0;
    if (!operand(a, &x) || !operand(b, &y)) {
        return pending() ? Ref() : Ref::own(not_implemented());
    }
    if (y == 0 && (op == BinOp::TrueDiv || op == BinOp::FloorDiv || op == BinOp::Mod)) {
        return raise(vm.exceptions.ZeroDivisionError,
                     op == BinOp::TrueDiv ? "float division by zero"
                     : op == BinOp::Mod   ? "float modulo"
                                          : "float floor division by zero");
    }
    switch (op) {
        case BinOp::Add:
            return new_float(x + y);
        case BinOp::Sub:
            return new_float(x - y);
        case BinOp::Mul:
            return new_float(x * y);
        case BinOp::TrueDiv:
            return new_float(x / y);
        case BinOp::FloorDiv:
            return new_float(std::floor((x - floor_mod(x, y)) / y + 0.5));
        case BinOp::Mod:
            return new_float(floor_mod(x, y));
        case BinOp::Pow:
            return float_power(x, y);
        default:
            return Ref::own(not_implemented());
    }
}

Ref float_compare(Value a, Value b, CmpOp op) {
    int order = 0;
    const double x = as<Float>(a)->value;
    bool ordered = !std::isnan(x);
    if (is_int(b)) {
        // Exact: a big int is not rounded to a double first.
        if (std::isinf(x) || std::isnan(x)) {
            order = x > 0 ? 1 : -1;
        } else {
            order = compare(from_double(x), to_big(b));
            const double fraction = x - std::trunc(x);
            order = order == 0 && fraction != 0 ? (fraction > 0 ? 1 : -1) : order;
        }
    } else if (!is_immediate(b) && is<Float>(b)) {
        const double y = as<Float>(b)->value;
        ordered = ordered && !std::isnan(y);
        order = x < y ? -1 : x > y ? 1 : 0;
    } else {
        return Ref::own(not_implemented());
    }
    return Ref::own(truth(ordered ? holds(op, order) : op == CmpOp::Ne));
}

Ref float_unary(Value self, UnOp op) {
    const double x = as<Float>(self)->value;
    return op == UnOp::Invert ? Ref::own(not_implemented()) : new_float(op == UnOp::Neg ? -x : x);
}

/// Equal numbers have equal hashes, whatever their type: all are taken modulo 2^61 - 1.
bool float_hash(Value self, int64_t* out) {
    const double x = as<Float>(self)->value;
    if (std::isnan(x)) {
        *out = identity(self) >> 4;
        return true;
    }
    if (std::isinf(x)) {
        *out = x > 0 ? 314159 : -314159;
        return true;
    }
    constexpr uint64_t kModulus = (uint64_t{1} << 61) - 1;
    int exponent = 0;
    double fraction = std::frexp(std::fabs(x), &exponent);
    uint64_t hash = 0;
    while (fraction != 0) {
        hash = (hash << 28 & kModulus) | hash >> 33;
        fraction *= 268435456.0;
        exponent -= 28;
        const auto whole = static_cast<uint64_t>(fraction);
        fraction -= static_cast<double>(whole);
        hash += whole;
        hash = hash >= kModulus ? hash - kModulus : hash;
    }
    exponent = exponent >= 0 ? exponent % 61 : 60 - (-1 - exponent) % 61;
    hash = (hash << exponent & kModulus) | hash >> (61 - exponent);
    *out = x < 0 ? -static_cast<int64_t>(hash) : static_cast<int64_t>(hash);
    *out = *out == -1 ? -2 : *out;
    return true;
}

Ref float_repr_op(Value self) {
    return new_str(float_repr(as<Float>(self)->value));
}

bool float_truth(Value self, bool* out) {
    *out = as<Float>(self)->value != 0;
    return true;
}

Ref float_format(Value self, Str* spec) {
    return format_number(self, view(val(spec)));
}

Ref float_create(Class* cls, const Args& args) {
    double value = 0;
    if (args.count > 1 || args.keyword_count() > 0) {
        return raise_type("float expected at most 1 argument, got %zu", args.count);
    }
    if (args.count == 1 && is<Str>(args[0])) {
        if (!parse_float(view(args[0]), &value)) {
            return raise(vm.exceptions.ValueError,
                         "could not convert string to float: %s",
                         repr_text(args[0]).c_str());
        }
    } else if (args.count == 1 && !to_double(args[0], &value)) {
        return swallow(vm.exceptions.TypeError)
                   ? Ref(raise_type("float() argument must be a string or a real number, not '%s'",
                                    type_name(args[0])))
                   : Ref();
    }
    Float* number = make<Float>(cls);
    if (number != nullptr) {
        number->value = value;
    }
    return Ref::own(number);
}

Ref is_integer_method(Value self, const Args&) {
    const double x = as<Float>(self)->value;
    return Ref::own(truth(std::isfinite(x) && std::floor(x) == x));
}
Ref divmod_method(Value self, const Args& args) {
    return number_divmod(self, args[0]);
}
Ref rdivmod_method(Value self, const Args& args) {
    return number_divmod(args[0], self);
}
Ref abs_method(Value self, const Args&) {
    return new_float(std::fabs(as<Float>(self)->value));
}
Ref floor_method(Value self, const Args&) {
    return int_from_double(std::floor(as<Float>(self)->value));
}
Ref ceil_method(Value self, const Args&) {
    return int_from_double(std::ceil(as<Float>(self)->value));
}
Ref int_method(Value self, const Args&) {
    return int_from_double(as<Float>(self)->value);
}
Ref round_method(Value self, const Args& args) {
    const double x = as<Float>(self)->value;
    if (args[0] == nullptr || is_none(args[0])) {
        return int_from_double(std::nearbyint(x));
    }
    int64_t digits = 0;
    if (!to_int64(args[0], &digits)) {
        return {};
    }
    if (!std::isfinite(x) || digits > 300) {
        return new_float(x);
    }
    if (digits < 0) {
        const double unit = std::pow(10.0, static_cast<double>(-digits));
        return new_float(std::nearbyint(x / unit) * unit);
    }
    // printf rounds the exact value correctly.
    double rounded = 0;
    parse_float(format_text("%.*f", static_cast<int>(digits), x), &rounded);
    return new_float(rounded);
}

Ref as_integer_ratio_method(Value self, const Args&) {
    const double x = as<Float>(self)->value;
    if (!std::isfinite(x)) {
        return raise(std::isnan(x) ? vm.exceptions.ValueError : vm.exceptions.OverflowError,
                     "cannot convert %s to integer ratio",
                     std::isnan(x) ? "NaN" : "Infinity");
    }
    int exponent = 0;
    auto mantissa = static_cast<int64_t>(std::ldexp(std::frexp(x, &exponent), 53));
    exponent -= 53;
    while (mantissa != 0 && mantissa % 2 == 0 && exponent < 0) {
        mantissa /= 2;
        ++exponent;
    }
    const int64_t shift = mantissa == 0 ? 0 : std::abs(exponent);
    Ref number = new_int(mantissa);
    Ref one = new_int(1);
    Ref shifted = binary(exponent > 0 ? number : one, small(shift), BinOp::LShift);
    return exponent > 0 ? make_tuple({shifted, one}) : make_tuple({number, shifted});
}
Ref hex_method(Value self, const Args&) {
    const double x = as<Float>(self)->value;
    if (!std::isfinite(x)) {
        return float_repr_op(self);
    }
    int exponent = 0;
    const double fraction = std::frexp(std::fabs(x), &exponent);
    const int power = x == 0 ? 0 : std::max(exponent - 1, -1022);
    const auto bits =
        static_cast<unsigned long long>(std::ldexp(fraction, x == 0 ? 0 : 52 + exponent - power));
    return new_str(format_text("%s0x%llx.%0*llxp%+d",
                               std::signbit(x) ? "-" : "",
                               bits >> 52,
                               x == 0 ? 1 : 13,
                               bits & ((1ULL << 52) - 1),
                               power));
}

Ref real_get(Value self) {
    return new_float(as<Float>(self)->value);
}
Ref imag_get(Value) {
    return new_float(0);
}
Ref conjugate_method(Value self, const Args&) {
    return real_get(self);
}

const GetSet kGetSets[] = {{"real", real_get}, {"imag", imag_get}, {nullptr, nullptr}};
const NativeDef kMethods[] = {{"conjugate", conjugate_method, ""},
                              {"as_integer_ratio", as_integer_ratio_method, ""},
                              {"hex", hex_method, ""},
                              {"is_integer", is_integer_method, ""},
                              {"__int__", int_method, ""},
                              {"__trunc__", int_method, ""},
                              {"__abs__", abs_method, ""},
                              {"__floor__", floor_method, ""},
                              {"__ceil__", ceil_method, ""},
                              {"__divmod__", divmod_method, "other /"},
                              {"__rdivmod__", rdivmod_method, "other /"},
                              {"__round__", round_method, "ndigits? /"},
                              {nullptr, nullptr, nullptr}};
constexpr unsigned kOps = bit(BinOp::Add) | bit(BinOp::Sub) | bit(BinOp::Mul) |
                          bit(BinOp::TrueDiv) | bit(BinOp::FloorDiv) | bit(BinOp::Mod) |
                          bit(BinOp::Pow);

NativeClass float_class = {"float",
                           kFloat,
                           {.create = float_create,
                            .repr = float_repr_op,
                            .hash = float_hash,
                            .compare = float_compare,
                            .truth = float_truth,
                            .binary = float_binary,
                            .binary_mask = kOps,
                            .unary = float_unary,
                            .format = float_format},
                           kMethods,
                           kGetSets};

}  // namespace

Ref number_divmod(Value a, Value b) {
    for (Value v : {a, b}) {
        if (!is_int(v) && !is<Float>(v)) {
            return Ref::own(not_implemented());
        }
    }
    Ref quotient = binary(a, b, BinOp::FloorDiv);
    Ref rest = quotient ? binary(a, b, BinOp::Mod) : Ref();
    return make_tuple({quotient, rest});
}

void make_float_class() {
    vm.classes.float_ = make_native_class(float_class, vm.classes.object);
}

}  // namespace pebble
