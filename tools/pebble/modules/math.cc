// SPDX-License-Identifier: MIT
#include <cmath>

#include "modules/modules.h"
#include "types/number.h"

namespace pebble {
namespace {

// The parts of `math` that are the C library's; lib/math.py has those that are about ints.

/// A result, checked as Python does: what came from finite numbers must be finite.
Ref checked(double result, bool finite_arguments, bool pole = false) {
    if (std::isnan(result) && finite_arguments) {
        return raise(vm.exceptions.ValueError, "math domain error");
    }
    if (std::isinf(result) && finite_arguments) {
        return pole ? raise(vm.exceptions.ValueError, "math domain error")
                    : raise(vm.exceptions.OverflowError, "math range error");
    }
    return new_float(result);
}

template <double (*kFunction)(double)>
Ref of_one(Value, const Args& args) {
    double x = 0;
    if (!to_double(args[0], &x)) {
        return {};
    }
    const double result = kFunction(x);
    const bool no_value = std::isnan(result) && !std::isnan(x);
    return checked(result,
                   std::isfinite(x) || no_value,
                   kFunction == static_cast<double (*)(double)>(std::atanh));
}

template <double (*kFunction)(double, double)>
Ref of_two(Value, const Args& args) {
    double x = 0;
    double y = 0;
    if (!to_double(args[0], &x) || !to_double(args[1], &y)) {
        return {};
    }
    const double result = kFunction(x, y);
    const bool no_value = std::isnan(result) && !std::isnan(x) && !std::isnan(y);
    const bool finite = std::isfinite(x) && std::isfinite(y);
    return checked(result,
                   finite || no_value,
                   kFunction == static_cast<double (*)(double, double)>(std::pow) && x == 0);
}

template <bool (*kTest)(double)>
Ref test(Value, const Args& args) {
    double x = 0;
    return to_double(args[0], &x) ? Ref::own(truth(kTest(x))) : Ref();
}

/// A logarithm; an int may be too big for a double.
template <double (*kLog)(double)>
Ref logarithm(Value, const Args& args) {
    double x = 0;
    double more = 0;
    if (is_int(args[0])) {
        const BigInt big = to_big(args[0]);
        const size_t bits = bit_length(big);
        const size_t shift = bits > 1000 ? bits - 64 : 0;
        x = to_double(shift_right(big, shift));
        more = static_cast<double>(shift) * kLog(2.0);
    } else if (!to_double(args[0], &x)) {
        return {};
    }
    if (x <= 0) {
        return raise(vm.exceptions.ValueError, "math domain error");
    }
    return new_float(kLog(x) + more);
}

Ref frexp_function(Value, const Args& args) {
    double x = 0;
    int exponent = 0;
    if (!to_double(args[0], &x)) {
        return {};
    }
    Ref mantissa = new_float(std::isfinite(x) ? std::frexp(x, &exponent) : x);
    return mantissa ? make_tuple({mantissa, small(exponent)}) : Ref();
}

Ref modf_function(Value, const Args& args) {
    double x = 0;
    double whole = 0;
    if (!to_double(args[0], &x)) {
        return {};
    }
    Ref fraction = new_float(std::modf(x, &whole));
    Ref integer = fraction ? new_float(whole) : Ref();
    return integer ? make_tuple({fraction, integer}) : Ref();
}

Ref ldexp_function(Value, const Args& args) {
    double x = 0;
    int64_t exponent = 0;
    if (!to_double(args[0], &x) || !to_index(args[1], &exponent)) {
        return {};
    }
    const int64_t most = 5000;  // beyond any double's range
    return checked(std::ldexp(x, static_cast<int>(std::min(std::max(exponent, -most), most))),
                   std::isfinite(x));
}

const NativeDef kFunctions[] = {{"acos", of_one<std::acos>, "x /"},
                                {"acosh", of_one<std::acosh>, "x /"},
                                {"asin", of_one<std::asin>, "x /"},
                                {"asinh", of_one<std::asinh>, "x /"},
                                {"atan", of_one<std::atan>, "x /"},
                                {"atan2", of_two<std::atan2>, "y x /"},
                                {"atanh", of_one<std::atanh>, "x /"},
                                {"cbrt", of_one<std::cbrt>, "x /"},
                                {"copysign", of_two<std::copysign>, "x y /"},
                                {"cos", of_one<std::cos>, "x /"},
                                {"cosh", of_one<std::cosh>, "x /"},
                                {"erf", of_one<std::erf>, "x /"},
                                {"erfc", of_one<std::erfc>, "x /"},
                                {"exp", of_one<std::exp>, "x /"},
                                {"exp2", of_one<std::exp2>, "x /"},
                                {"expm1", of_one<std::expm1>, "x /"},
                                {"fabs", of_one<std::fabs>, "x /"},
                                {"float_ceil", of_one<std::ceil>, "x /"},
                                {"float_floor", of_one<std::floor>, "x /"},
                                {"fmod", of_two<std::fmod>, "x y /"},
                                {"frexp", frexp_function, "x /"},
                                {"gamma", of_one<std::tgamma>, "x /"},
                                {"isfinite", test<std::isfinite>, "x /"},
                                {"isinf", test<std::isinf>, "x /"},
                                {"isnan", test<std::isnan>, "x /"},
                                {"ldexp", ldexp_function, "x i /"},
                                {"lgamma", of_one<std::lgamma>, "x /"},
                                {"log10", logarithm<std::log10>, "x /"},
                                {"log1p", of_one<std::log1p>, "x /"},
                                {"log2", logarithm<std::log2>, "x /"},
                                {"modf", modf_function, "x /"},
                                {"natural_log", logarithm<std::log>, "x /"},
                                {"nextafter", of_two<std::nextafter>, "x y /"},
                                {"pow", of_two<std::pow>, "x y /"},
                                {"remainder", of_two<std::remainder>, "x y /"},
                                {"sin", of_one<std::sin>, "x /"},
                                {"sinh", of_one<std::sinh>, "x /"},
                                {"sqrt", of_one<std::sqrt>, "x /"},
                                {"tan", of_one<std::tan>, "x /"},
                                {"tanh", of_one<std::tanh>, "x /"},
                                {nullptr, nullptr, nullptr}};

}  // namespace

bool fill_math(Module* module) {
    const std::pair<const char*, double> constants[] = {
        {"pi", M_PI}, {"e", M_E}, {"tau", 2 * M_PI}, {"inf", HUGE_VAL}, {"nan", std::nan("")}};
    for (const auto& [name, value] : constants) {
        if (!module_set(module, name, new_float(value).get())) {
            return false;
        }
    }
    return module_add(module, kFunctions);
}

}  // namespace pebble
