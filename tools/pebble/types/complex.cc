// SPDX-License-Identifier: MIT
#include <cmath>

#include "types/types.h"

namespace pebble {
namespace {

// Of complex numbers there is what writes them, `1 + 2j`, for programs that hand them round: they
// can be added, shown, compared and hashed, not computed with.

Ref make_complex(double real, double imag) {
    auto* number = make<Complex>(vm.classes.complex);
    if (number != nullptr) {
        number->real = real;
        number->imag = imag;
    }
    return Ref::own(number);
}

/// An int, float or complex; other values are none of its business.
bool operand(Value v, double* real, double* imag) {
    *imag = 0;
    if (!is_immediate(v) && is<Complex>(v)) {
        *real = as<Complex>(v)->real;
        *imag = as<Complex>(v)->imag;
        return true;
    }
    return (is_int(v) || (!is_immediate(v) && is<Float>(v))) && to_double(v, real);
}

Ref complex_binary(Value a, Value b, BinOp op) {
    double left[2];
    double right[2];
    if (!operand(a, &left[0], &left[1]) || !operand(b, &right[0], &right[1])) {
        return pending() ? Ref() : Ref::own(not_implemented());
    }
    return op == BinOp::Add ? make_complex(left[0] + right[0], left[1] + right[1])
                            : make_complex(left[0] - right[0], left[1] - right[1]);
}

std::string part_text(double value) {
    std::string text = float_repr(value);
    const bool whole = text.size() > 2 && text.compare(text.size() - 2, 2, ".0") == 0;
    text.resize(text.size() - (whole ? 2 : 0));
    return text;
}

Ref complex_repr(Value self) {
    const double real = as<Complex>(self)->real;
    const std::string imag = part_text(as<Complex>(self)->imag) + "j";
    if (real == 0 && !std::signbit(real)) {
        return new_str(imag);
    }
    return new_str("(" + part_text(real) + (imag[0] == '-' ? "" : "+") + imag + ")");
}

Ref complex_compare(Value a, Value b, CmpOp op) {
    double left[2];
    double right[2];
    if ((op != CmpOp::Eq && op != CmpOp::Ne) || !operand(a, &left[0], &left[1]) ||
        !operand(b, &right[0], &right[1])) {
        return pending() ? Ref() : Ref::own(not_implemented());
    }
    const bool same = left[0] == right[0] && left[1] == right[1];
    return Ref::own(truth(same == (op == CmpOp::Eq)));
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
    *out = as<Complex>(self)->real != 0 || as<Complex>(self)->imag != 0;
    return true;
}

Ref get_real(Value self) {
    return new_float(as<Complex>(self)->real);
}
Ref get_imag(Value self) {
    return new_float(as<Complex>(self)->imag);
}

const GetSet kGetSets[] = {{"real", get_real}, {"imag", get_imag}, {nullptr, nullptr}};
NativeClass complex_class = {"complex",
                             kComplex,
                             {.repr = complex_repr,
                              .hash = complex_hash,
                              .compare = complex_compare,
                              .truth = complex_truth,
                              .binary = complex_binary,
                              .binary_mask = bit(BinOp::Add) | bit(BinOp::Sub)},
                             nullptr,
                             kGetSets,
                             true};

}  // namespace

Ref new_imaginary(double value) {
    return make_complex(0, value);
}

void make_complex_class() {
    vm.classes.complex = make_native_class(complex_class, vm.classes.object);
}

}  // namespace pebble
