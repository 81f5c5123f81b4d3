#include <cmath>
#include <complex>

#include "types/types.h"

namespace pebble {
namespace {

using Number = std::complex<double>;

Ref make_complex(Class* cls, Number value) {
    Complex* number = make<Complex>(cls);
    if (number != nullptr) {
        number->real = value.real();
        number->imag = value.imag();
    }
    return Ref::own(number);
}

Number value_of(Value v) {
    return {as<Complex>(v)->real, as<Complex>(v)->imag};
}

/// An int, float or complex; other values are none of its business.
bool operand(Value v, Number* out) {
    double real = 0;
    if (!is_immediate(v) && is<Complex>(v)) {
        *out = value_of(v);
        return true;
    }
    if ((!is_immediate(v) && is<Float>(v)) || is_int(v)) {
        const bool ok = to_double(v, &real);
        *out = real;
        return ok;
    }
    return false;
}

Ref power(Number x, Number y) {
    if (y == Number()) {
        return new_complex(1, 0);
    }
    if (x == Number()) {
        return y.imag() != 0 || y.real() < 0 ? Ref(raise(vm.exceptions.ZeroDivisionError,
                                                         "0.0 to a negative or complex power"))
                                             : new_complex(0, 0);
    }
    // Small whole exponents by multiplication: exact where a product is.
    if (y.imag() == 0 && std::floor(y.real()) == y.real() && std::fabs(y.real()) <= 100) {
        Number result = 1;
        for (int i = 0; i < static_cast<int>(std::fabs(y.real())); ++i) {
            result *= x;
        }
        result = y.real() < 0 ? Number(1) / result : result;
        return new_complex(result.real(), result.imag());
    }
    // In polar coordinates, for CPython's digits.
    double length = std::pow(std::abs(x), y.real());
    double angle = std::arg(x) * y.real();
    if (y.imag() != 0) {
        length /= std::exp(std::arg(x) * y.imag());
        angle += y.imag() * std::log(std::abs(x));
    }
    return new_complex(length * std::cos(angle), length * std::sin(angle));
}

Ref complex_binary(Value a, Value b, BinOp op) {
    Number x;
    Number y;
    if (!operand(a, &x) || !operand(b, &y)) {
        return pending() ? Ref() : Ref::own(not_implemented());
    }
    Number result;
    switch (op) {
        case BinOp::Add:
            result = x + y;
            break;
        case BinOp::Sub:
            result = x - y;
            break;
        case BinOp::Mul:
            result = x * y;
            break;
        case BinOp::TrueDiv:
            if (y == Number()) {
                return raise(vm.exceptions.ZeroDivisionError, "complex division by zero");
            }
            result = x / y;
            break;
        case BinOp::Pow:
            return power(x, y);
        default:
            return Ref::own(not_implemented());
    }
    return new_complex(result.real(), result.imag());
}

Ref complex_compare(Value a, Value b, CmpOp op) {
    Number other;
    if ((op != CmpOp::Eq && op != CmpOp::Ne) || !operand(b, &other)) {
        return pending() ? Ref() : Ref::own(not_implemented());
    }
    return Ref::own(truth((value_of(a) == other) == (op == CmpOp::Eq)));
}

Ref complex_unary(Value self, UnOp op) {
    const Number x = value_of(self);
    return op == UnOp::Invert ? Ref::own(not_implemented())
           : op == UnOp::Neg  ? new_complex(-x.real(), -x.imag())
                              : new_complex(x.real(), x.imag());
}

bool complex_hash(Value self, int64_t* out) {
    int64_t parts[2] = {};
    const double values[2] = {as<Complex>(self)->real, as<Complex>(self)->imag};
    for (int i = 0; i < 2; ++i) {
        Ref part = new_float(values[i]);
        if (!part || !hash_of(part, &parts[i])) {
            return false;
        }
    }
    // Without an imaginary part it is equal to a float, and so is the hash.
    *out = static_cast<int64_t>(static_cast<uint64_t>(parts[0]) +
                                1000003 * static_cast<uint64_t>(parts[1]));
    *out = *out == -1 ? -2 : *out;
    return true;
}

bool complex_truth(Value self, bool* out) {
    *out = value_of(self) != Number();
    return true;
}

std::string part_text(double value) {
    const std::string text = float_repr(value);
    return text.size() > 2 && text.substr(text.size() - 2) == ".0" ? text.substr(0, text.size() - 2)
                                                                   : text;
}

Ref complex_repr(Value self) {
    const Number x = value_of(self);
    const std::string imag = part_text(x.imag()) + "j";
    if (x.real() == 0 && !std::signbit(x.real())) {
        return new_str(imag);
    }
    return new_str("(" + part_text(x.real()) + (imag[0] == '-' ? "" : "+") + imag + ")");
}

/// "1+2j", "3", "-4.5j", with or without parentheses.
bool parse_complex(std::string_view text, Number* out) {
    const size_t from = text.find_first_not_of(" (");
    if (from == std::string_view::npos) {
        return false;
    }
    text = text.substr(from, text.find_last_not_of(" )") - from + 1);
    double real = 0;
    double imag = 0;
    if (text.back() != 'j' && text.back() != 'J') {
        *out = 0;
        return parse_float(text, &real) && (*out = real, true);
    }
    text.remove_suffix(1);
    size_t split = text.find_last_of("+-");
    if (split != std::string_view::npos && split > 0 && (text[split - 1] | 0x20) == 'e') {
        split = text.find_last_of("+-", split - 1);
    }
    split = split == std::string_view::npos ? 0 : split;
    std::string last(text.substr(split));
    last += last.empty() || last == "+" || last == "-" ? "1" : "";
    if (!parse_float(last, &imag) || (split > 0 && !parse_float(text.substr(0, split), &real))) {
        return false;
    }
    *out = Number(real, imag);
    return true;
}

/// One argument of complex(): a number, or something with __complex__ or __float__.
bool part_of(Value v, Number* out) {
    if (operand(v, out)) {
        return true;
    }
    double real = 0;
    if (pending() || !to_double(v, &real)) {
        return false;
    }
    *out = real;
    return true;
}

Ref complex_create(Class* cls, const Args& args) {
    Value parts[2] = {args.count > 0 ? args[0] : nullptr, args.count > 1 ? args[1] : nullptr};
    for (size_t i = 0; i < args.keyword_count(); ++i) {
        parts[view(args.keywords->items[i]) == "imag" ? 1 : 0] = args[args.count + i];
    }
    if (args.count + args.keyword_count() > 2) {
        return raise_type("complex() takes at most 2 arguments (%zu given)",
                          args.count + args.keyword_count());
    }
    Number real;
    Number imag;
    if (parts[0] != nullptr && is<Str>(parts[0])) {
        if (parts[1] != nullptr) {
            return raise_type("complex() can't take second arg if first is a string");
        }
        if (!parse_complex(view(parts[0]), &real)) {
            return raise(vm.exceptions.ValueError, "complex() arg is a malformed string");
        }
    } else if ((parts[0] != nullptr && !part_of(parts[0], &real)) ||
               (parts[1] != nullptr && !part_of(parts[1], &imag))) {
        return {};
    }
    return make_complex(cls, Number(real.real() - imag.imag(), real.imag() + imag.real()));
}

Ref conjugate_method(Value self, const Args&) {
    return new_complex(as<Complex>(self)->real, -as<Complex>(self)->imag);
}
Ref abs_method(Value self, const Args&) {
    return new_float(std::hypot(as<Complex>(self)->real, as<Complex>(self)->imag));
}
Ref get_real(Value self) {
    return new_float(as<Complex>(self)->real);
}
Ref get_imag(Value self) {
    return new_float(as<Complex>(self)->imag);
}

const NativeDef kMethods[] = {
    {"conjugate", conjugate_method, ""}, {"__abs__", abs_method, ""}, {nullptr, nullptr, nullptr}};
const GetSet kGetSets[] = {{"real", get_real}, {"imag", get_imag}, {nullptr, nullptr}};
constexpr unsigned kOps =
    bit(BinOp::Add) | bit(BinOp::Sub) | bit(BinOp::Mul) | bit(BinOp::TrueDiv) | bit(BinOp::Pow);

NativeClass complex_class = {"complex",
                             kComplex,
                             {.create = complex_create,
                              .repr = complex_repr,
                              .hash = complex_hash,
                              .compare = complex_compare,
                              .truth = complex_truth,
                              .binary = complex_binary,
                              .binary_mask = kOps,
                              .unary = complex_unary},
                             kMethods,
                             kGetSets};

}  // namespace

Ref new_complex(double real, double imag) {
    return make_complex(vm.classes.complex, Number(real, imag));
}

Ref complex_power(double base, double exponent) {
    return power(base, exponent);
}

void make_complex_class() {
    vm.classes.complex = make_native_class(complex_class, vm.classes.object);
}

}  // namespace pebble
