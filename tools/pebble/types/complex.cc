#include "types/types.h"

namespace pebble {
namespace {

// Of complex numbers there are the imaginary literals alone, for programs that hand them round:
// they can be shown, compared and hashed, not computed with.

Ref complex_repr(Value self) {
    std::string text = float_repr(as<Complex>(self)->imag);
    const bool whole = text.size() > 2 && text.compare(text.size() - 2, 2, ".0") == 0;
    text.resize(text.size() - (whole ? 2 : 0));
    return new_str(text + "j");
}

Ref complex_compare(Value a, Value b, CmpOp op) {
    if ((op != CmpOp::Eq && op != CmpOp::Ne) || is_immediate(b) || !is<Complex>(b)) {
        return Ref::own(not_implemented());
    }
    return Ref::own(truth((as<Complex>(a)->imag == as<Complex>(b)->imag) == (op == CmpOp::Eq)));
}

bool complex_hash(Value self, int64_t* out) {
    Ref imag = new_float(as<Complex>(self)->imag);
    if (!imag || !hash_of(imag, out)) {
        return false;
    }
    *out = static_cast<int64_t>(1000003 * static_cast<uint64_t>(*out));
    return true;
}

bool complex_truth(Value self, bool* out) {
    *out = as<Complex>(self)->imag != 0;
    return true;
}

Ref get_real(Value) {
    return new_float(0);
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
                              .truth = complex_truth},
                             nullptr,
                             kGetSets,
                             true};

}  // namespace

Ref new_imaginary(double value) {
    auto* number = make<Complex>(vm.classes.complex);
    if (number != nullptr) {
        number->imag = value;
    }
    return Ref::own(number);
}

void make_complex_class() {
    vm.classes.complex = make_native_class(complex_class, vm.classes.object);
}

}  // namespace pebble
