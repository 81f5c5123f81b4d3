// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "core/eval.h"
#include "core/special.h"
#include "modules/modules.h"
#include "types/number.h"

namespace pebble {
namespace {

bool is_not_implemented(const Ref& v) {
    return v.get() == not_implemented();
}

/// One side's try at a binary operator.
Ref try_binary(Value self, Value other, BinOp op, bool reflected) {
    Class* cls = class_of(self);
    if (!is_heap_class(cls)) {
        const Ops& ops = cls->info->native->ops;
        if (ops.binary == nullptr) {
            return Ref::own(not_implemented());
        }
        return reflected ? ops.binary(other, self, op) : ops.binary(self, other, op);
    }
    return call_special(self, reflected ? reflected_name(op) : operator_name(op), {other});
}

/// Joining and repeating are what a sequence does when the other operand has no operator for it.
bool is_joining(const Class* left, BinOp op) {
    const LayoutId layout = left->info->layout;
    return (op == BinOp::Add || op == BinOp::Mul) && !is_heap_class(left) &&
           (layout == kList || layout == kTuple || layout == kStr || layout == kBytes ||
            layout == kDeque);
}

Ref try_both(Value a, Value b, BinOp op) {
    Class* left = class_of(a);
    Class* right = class_of(b);
    const bool right_first =
        left != right && is_heap_class(right) &&
        (is_subclass(right, left) || is_joining(left, op)) &&
        class_lookup(right, reflected_name(op)) != class_lookup(left, reflected_name(op));
    if (right_first) {
        Ref result = try_binary(b, a, op, true);
        if (!result || !is_not_implemented(result)) {
            return result;
        }
    }
    Ref result = try_binary(a, b, op, false);
    if (!result || !is_not_implemented(result)) {
        return result;
    }
    return right_first || left == right ? std::move(result) : try_binary(b, a, op, true);
}

bool is_sequence(Value v) {
    return is<Str>(v) || is<List>(v) || is<Tuple>(v) || is<Bytes>(v) || is<ByteArray>(v);
}

Failed unsupported(Value a, Value b, BinOp op, const char* suffix) {
    const char* symbol = op == BinOp::Pow && *suffix != '\0' ? "**" : operator_symbol(op);
    if (op == BinOp::Mul && (is_sequence(a) || is_sequence(b))) {
        return raise_type("can't multiply sequence by non-int of type '%s'",
                          type_name(is_sequence(a) ? b : a));
    }
    return raise_type("unsupported operand type(s) for %s%s: '%s' and '%s'",
                      symbol,
                      suffix,
                      type_name(a),
                      type_name(b));
}

CmpOp swapped(CmpOp op) {
    switch (op) {
        case CmpOp::Lt:
            return CmpOp::Gt;
        case CmpOp::Le:
            return CmpOp::Ge;
        case CmpOp::Gt:
            return CmpOp::Lt;
        case CmpOp::Ge:
            return CmpOp::Le;
        default:
            return op;
    }
}

Ref try_compare(Value a, Value b, CmpOp op) {
    Class* cls = class_of(a);
    if (!is_heap_class(cls)) {
        const Ops& ops = cls->info->native->ops;
        return ops.compare != nullptr ? ops.compare(a, b, op) : Ref::own(not_implemented());
    }
    Ref result = call_special(a, comparison_name(op), {b});
    // object.__ne__ is the opposite of what __eq__ says; a __ne__ of the program's own speaks for
    // itself.
    if (op == CmpOp::Ne && result && is_not_implemented(result) &&
        is_exact<Native>(class_lookup(cls, vm.names.ne))) {
        result = call_special(a, vm.names.eq, {b});
        bool same = false;
        if (result && !is_not_implemented(result)) {
            return is_true(result, &same) ? Ref::own(truth(!same)) : Ref();
        }
    }
    return result;
}

}  // namespace

Ref binary(Value a, Value b, BinOp op) {
    Ref result = try_both(a, b, op);
    return result && is_not_implemented(result) ? Ref(unsupported(a, b, op, ""))
                                                : std::move(result);
}

Ref inplace(Value a, Value b, BinOp op) {
    Class* cls = class_of(a);
    Ref result = Ref::own(not_implemented());
    if (is_heap_class(cls)) {
        result = call_special(a, inplace_name(op), {b});
    } else if (cls->info->native->ops.inplace != nullptr) {
        result = cls->info->native->ops.inplace(a, b, op);
    }
    if (result && is_not_implemented(result)) {
        result = try_both(a, b, op);
    }
    return result && is_not_implemented(result) ? Ref(unsupported(a, b, op, "="))
                                                : std::move(result);
}

Ref unary(Value v, UnOp op) {
    if (op == UnOp::Not) {
        bool yes = false;
        return is_true(v, &yes) ? Ref::own(truth(!yes)) : Ref();
    }
    Class* cls = class_of(v);
    Ref result = Ref::own(not_implemented());
    if (is_heap_class(cls)) {
        result = call_special(v,
                              op == UnOp::Neg   ? vm.names.neg
                              : op == UnOp::Pos ? vm.names.pos
                                                : vm.names.invert,
                              {});
    } else if (cls->info->native->ops.unary != nullptr) {
        result = cls->info->native->ops.unary(v, op);
    }
    if (result && is_not_implemented(result)) {
        return raise_type("bad operand type for unary %s: '%s'",
                          op == UnOp::Neg   ? "-"
                          : op == UnOp::Pos ? "+"
                                            : "~",
                          class_name(cls));
    }
    return result;
}

Ref divide(Value a, Value b) {
    Ref result = call_special(a, vm.names.divmod, {b});
    if (!result || !is_not_implemented(result)) {
        return result;
    }
    result = call_special(b, vm.names.rdivmod, {a});
    return !result || !is_not_implemented(result)
               ? std::move(result)
               : Ref(raise_type("unsupported operand type(s) for divmod(): '%s' and '%s'",
                                type_name(a),
                                type_name(b)));
}

/// A class of the program that is the base has its __pow__ called; otherwise every operand that is
/// a proxy stands for its object.
Ref power(Value base, Value exponent, Value modulus) {
    if (is_int(base) && is_int(exponent) && is_int(modulus)) {
        return int_power(base, exponent, modulus);
    }
    if (is_heap_class(class_of(base))) {
        Ref result = call_special(base, vm.names.pow, {exponent, modulus});
        if (!result || !is_not_implemented(result)) {
            return result;
        }
    }
    Ref x = unwrap_proxy(base);
    Ref y = x ? unwrap_proxy(exponent) : Ref();
    Ref z = y ? unwrap_proxy(modulus) : Ref();
    if (!z) {
        return {};
    }
    if (x.get() != base || y.get() != exponent || z.get() != modulus) {
        return power(x, y, z);
    }
    const bool number = is_int(x) || is<Float>(x);
    return number ? raise_type("pow() 3rd argument not allowed unless all arguments are integers")
                  : raise_type("unsupported operand type(s) for ** or pow(): '%s', '%s', '%s'",
                               type_name(x),
                               type_name(y),
                               type_name(z));
}

bool holds(CmpOp op, int order) {
    switch (op) {
        case CmpOp::Lt:
            return order < 0;
        case CmpOp::Le:
            return order <= 0;
        case CmpOp::Eq:
            return order == 0;
        case CmpOp::Ne:
            return order != 0;
        case CmpOp::Gt:
            return order > 0;
        default:
            return order >= 0;
    }
}

Ref compare(Value a, Value b, CmpOp op) {
    Recursion recursion(" in comparison");
    if (!recursion) {
        return {};
    }
    Class* left = class_of(a);
    Class* right = class_of(b);
    const bool right_first = left != right && is_heap_class(right) && is_subclass(right, left);
    Ref result = right_first ? try_compare(b, a, swapped(op)) : try_compare(a, b, op);
    if (result && is_not_implemented(result)) {
        result = right_first ? try_compare(a, b, op) : try_compare(b, a, swapped(op));
    }
    if (!result || !is_not_implemented(result)) {
        return result;
    }
    if (op == CmpOp::Eq || op == CmpOp::Ne) {
        return Ref::own(truth((a == b) == (op == CmpOp::Eq)));
    }
    static constexpr const char* kSymbols[] = {"<", "<=", "==", "!=", ">", ">="};
    return raise_type("'%s' not supported between instances of '%s' and '%s'",
                      kSymbols[static_cast<size_t>(op)],
                      type_name(a),
                      type_name(b));
}

bool compare_bool(Value a, Value b, CmpOp op, bool* out) {
    Ref result = compare(a, b, op);
    return result && is_true(result, out);
}

bool equal(Value a, Value b, bool* out) {
    if (a == b) {
        *out = true;
        return true;
    }
    if (is_exact<Str>(a) && is_exact<Str>(b)) {
        *out = view(a) == view(b);
        return true;
    }
    return compare_bool(a, b, CmpOp::Eq, out);
}

bool is_true(Value v, bool* out) {
    if (is_immediate(v)) {
        *out = is_small(v) ? small_value(v) != 0 : v != none() && v != truth(false);
        return true;
    }
    Class* cls = class_of(v);
    int64_t length = 0;
    if (!is_heap_class(cls)) {
        const Ops& ops = cls->info->native->ops;
        *out = true;
        if (ops.truth != nullptr) {
            return ops.truth(v, out);
        }
        if (ops.length != nullptr) {
            const bool ok = ops.length(v, &length);
            *out = length != 0;
            return ok;
        }
        return true;
    }
    if (class_lookup(cls, vm.names.bool_) != nullptr) {
        Ref result = call_special(v, vm.names.bool_, {});
        if (result && !is_bool(result)) {
            return raise_type("__bool__ should return bool, returned %s", type_name(result));
        }
        *out = result && result.get() == truth(true);
        return static_cast<bool>(result);
    }
    *out = true;
    if (class_lookup(cls, vm.names.len) != nullptr) {
        const bool ok = length_of(v, &length);
        *out = length != 0;
        return ok;
    }
    return true;
}

int64_t identity(Value v) {
    return static_cast<int64_t>(reinterpret_cast<uintptr_t>(v));
}

bool hash_of(Value v, int64_t* out) {
    Class* cls = class_of(v);
    if (!is_heap_class(cls)) {
        const Ops& ops = cls->info->native->ops;
        if (ops.unhashable) {
            return raise_type("unhashable type: '%s'", type_name(v));
        }
        if (ops.hash != nullptr) {
            return ops.hash(v, out);
        }
        *out = identity(v) >> 4;
        return true;
    }
    Value found = class_lookup(cls, vm.names.hash);
    if (found == nullptr || is_none(found)) {
        return raise_type("unhashable type: '%s'", type_name(v));
    }
    Ref result = call_special(v, vm.names.hash, {});
    if (!result) {
        return false;
    }
    if (!is_int(result)) {
        return raise_type("__hash__ method should return an integer");
    }
    // Only a number beyond 64 bits is hashed itself.
    return to_int64(result, out) || (swallow(vm.exceptions.OverflowError) &&
                                     vm.classes.int_->info->native->ops.hash(result, out));
}

bool length_of(Value v, int64_t* out) {
    Class* cls = class_of(v);
    if (!is_heap_class(cls)) {
        const Ops& ops = cls->info->native->ops;
        return ops.length != nullptr
                   ? ops.length(v, out)
                   : raise_type("object of type '%s' has no len()", class_name(cls));
    }
    Ref result = call_special(v, vm.names.len, {});
    if (!result) {
        return false;
    }
    if (is_not_implemented(result)) {
        return raise_type("object of type '%s' has no len()", class_name(cls));
    }
    if (!to_int64(result, out)) {
        return false;
    }
    return *out >= 0 || raise(vm.exceptions.ValueError, "__len__() should return >= 0");
}

bool contains(Value container, Value item, bool* out) {
    Class* cls = class_of(container);
    if (!is_heap_class(cls) && cls->info->native->ops.contains != nullptr) {
        return cls->info->native->ops.contains(container, item, out);
    }
    if (is_heap_class(cls) && class_lookup(cls, vm.names.contains) != nullptr) {
        Ref result = call_special(container, vm.names.contains, {item});
        return result && is_true(result, out);
    }
    *out = false;
    Ref iterator = iterate(container);
    if (!iterator) {
        return swallow(vm.exceptions.TypeError)
                   ? raise_type("argument of type '%s' is not iterable", class_name(cls))
                   : Failed();
    }
    for (;;) {
        Ref element = next(iterator);
        if (!element) {
            return !pending();
        }
        if (!equal(element, item, out) || *out) {
            return *out;
        }
    }
}

Ref get_item(Value object, Value key) {
    Class* cls = class_of(object);
    if (!is_heap_class(cls)) {
        const Ops& ops = cls->info->native->ops;
        if (ops.get_item != nullptr) {
            return ops.get_item(object, key);
        }
        if (is<Class>(object)) {
            if (Ref method = find_attribute(object, vm.names.class_getitem)) {
                return call(method, {key});
            }
            const Class* known[] = {vm.classes.list,
                                    vm.classes.dict,
                                    vm.classes.tuple,
                                    vm.classes.set,
                                    vm.classes.frozenset,
                                    vm.classes.type};
            if (std::find(std::begin(known), std::end(known), as<Class>(object)) !=
                std::end(known)) {
                return type_alias(object, key);
            }
            return pending() ? Ref()
                             : Ref(raise_type("type '%s' is not subscriptable",
                                              class_name(as<Class>(object))));
        }
        return raise_type("'%s' object is not subscriptable", class_name(cls));
    }
    Ref result = call_special(object, vm.names.getitem, {key});
    return result && is_not_implemented(result)
               ? Ref(raise_type("'%s' object is not subscriptable", class_name(cls)))
               : std::move(result);
}

bool set_item(Value object, Value key, Value value) {
    Class* cls = class_of(object);
    const char* what =
        value != nullptr ? "does not support item assignment" : "doesn't support item deletion";
    if (!is_heap_class(cls)) {
        const Ops& ops = cls->info->native->ops;
        return ops.set_item != nullptr ? ops.set_item(object, key, value)
                                       : raise_type("'%s' object %s", class_name(cls), what);
    }
    Ref result = value != nullptr ? call_special(object, vm.names.setitem, {key, value})
                                  : call_special(object, vm.names.delitem, {key});
    if (result && is_not_implemented(result)) {
        return raise_type("'%s' object %s", class_name(cls), what);
    }
    return static_cast<bool>(result);
}

// Texts.

Ref repr(Value v) {
    Recursion recursion(" while getting the repr of an object");
    if (!recursion) {
        return {};
    }
    Class* cls = class_of(v);
    if (!is_heap_class(cls) && cls->info->native->ops.repr != nullptr) {
        return cls->info->native->ops.repr(v);
    }
    Ref result = call_special(v, vm.names.repr, {});
    return result && !is<Str>(result)
               ? Ref(raise_type("__repr__ returned non-string (type %s)", type_name(result)))
               : std::move(result);
}

Ref str(Value v) {
    if (is_exact<Str>(v)) {
        return Ref::share(v);
    }
    Class* cls = class_of(v);
    if (!is_heap_class(cls)) {
        const Ops& ops = cls->info->native->ops;
        return ops.str != nullptr ? ops.str(v) : repr(v);
    }
    Recursion recursion(" while getting the str of an object");
    if (!recursion) {
        return {};
    }
    Ref result = call_special(v, vm.names.str, {});
    return result && !is<Str>(result)
               ? Ref(raise_type("__str__ returned non-string (type %s)", type_name(result)))
               : std::move(result);
}

std::string repr_text(Value v) {
    Ref outer = pending() ? fetch() : Ref();
    Ref text = repr(v);
    std::string result = text ? std::string(view(text))
                              : format_text("<%s object at 0x%llx>",
                                            type_name(v),
                                            static_cast<unsigned long long>(identity(v)));
    if (pending()) {
        fetch();
    }
    if (outer) {
        restore(std::move(outer));
    }
    return result;
}

Ref format_value(Value v, Str* spec) {
    Class* cls = class_of(v);
    if (is_heap_class(cls)) {
        Value found = class_lookup(cls, vm.names.format);
        if (found != nullptr && !is_exact<Native>(found)) {
            return call_special(v, vm.names.format, {val(spec)});
        }
    }
    const Ops& ops = cls->info->base->info->native->ops;
    if (ops.format != nullptr && (spec->size > 0 || !is_heap_class(cls))) {
        return ops.format(v, spec);
    }
    if (spec->size > 0) {
        return raise_type("unsupported format string passed to %s.__format__", type_name(v));
    }
    return str(v);
}

}  // namespace pebble
