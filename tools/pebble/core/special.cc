// SPDX-License-Identifier: MIT
#include "core/special.h"

#include <utility>

#include "types/types.h"

namespace pebble {
namespace {

/// The operations of the builtin class that `self` is an instance of.
const Ops& ops_of(Value self) {
    return class_of(self)->info->base->info->native->ops;
}

Ref none_if(bool ok) {
    return ok ? Ref::own(none()) : Ref();
}

Ref bool_result(bool ok, bool value) {
    return ok ? Ref::own(truth(value)) : Ref();
}

template <CmpOp kOp>
Ref compare_method(Value self, const Args& args) {
    return ops_of(self).compare(self, args[0], kOp);
}

template <BinOp kOp>
Ref binary_method(Value self, const Args& args) {
    return ops_of(self).binary(self, args[0], kOp);
}

template <BinOp kOp>
Ref reflected_method(Value self, const Args& args) {
    return ops_of(self).binary(args[0], self, kOp);
}

template <BinOp kOp>
Ref inplace_method(Value self, const Args& args) {
    return ops_of(self).inplace(self, args[0], kOp);
}

template <UnOp kOp>
Ref unary_method(Value self, const Args&) {
    return ops_of(self).unary(self, kOp);
}

Ref dunder_new(Value, const Args& args) {
    if (args.count == 0 || !is<Class>(args[0])) {
        return raise_type("__new__(X): X is not a type object");
    }
    Class* cls = as<Class>(args[0]);
    const Ops& ops = cls->info->base->info->native->ops;
    if (ops.create == nullptr) {
        return raise_type("cannot create '%s' instances", class_name(cls));
    }
    return ops.create(cls, Args{args.values + 1, args.count - 1, args.keywords});
}

Ref init_method(Value self, const Args& args) {
    return none_if(ops_of(self).init(self, args));
}
Ref repr_method(Value self, const Args&) {
    return ops_of(self).repr(self);
}
Ref str_method(Value self, const Args&) {
    return ops_of(self).str(self);
}
Ref hash_method(Value self, const Args&) {
    int64_t hash = 0;
    return ops_of(self).hash(self, &hash) ? new_int(hash) : Ref();
}
Ref iter_method(Value self, const Args&) {
    return ops_of(self).iter(self);
}
Ref next_method(Value self, const Args&) {
    Ref item = ops_of(self).next(self);
    return item || pending() ? std::move(item)
                             : Ref(raise_value(vm.exceptions.StopIteration, nullptr));
}
Ref length_method(Value self, const Args&) {
    int64_t length = 0;
    return ops_of(self).length(self, &length) ? new_int(length) : Ref();
}
Ref truth_method(Value self, const Args&) {
    bool yes = false;
    const bool ok = ops_of(self).truth(self, &yes);
    return bool_result(ok, yes);
}
Ref get_item_method(Value self, const Args& args) {
    return ops_of(self).get_item(self, args[0]);
}
Ref set_item_method(Value self, const Args& args) {
    return none_if(ops_of(self).set_item(self, args[0], args[1]));
}
Ref delete_item_method(Value self, const Args& args) {
    return none_if(ops_of(self).set_item(self, args[0], nullptr));
}
Ref contains_method(Value self, const Args& args) {
    bool found = false;
    const bool ok = ops_of(self).contains(self, args[0], &found);
    return bool_result(ok, found);
}
Ref dunder_call(Value self, const Args& args) {
    return ops_of(self).call(self, args);
}
Ref get_attribute_method(Value self, const Args& args) {
    Str* name = intern_value(args[0]);
    if (name == nullptr) {
        return {};
    }
    return ops_of(self).get_attribute != nullptr ? ops_of(self).get_attribute(self, name)
                                                 : generic_get_attribute(self, name);
}
Ref bind_method(Value self, const Args& args) {
    const bool none_given = args[0] == nullptr || is_none(args[0]);
    Value owner = args[1] != nullptr ? args[1] : val(class_of(args[0]));
    return ops_of(self).bind(self, none_given ? nullptr : args[0], as<Class>(owner));
}
Ref bind_set_method(Value self, const Args& args) {
    return none_if(ops_of(self).bind_set(self, args[0], args[1]));
}
Ref bind_delete_method(Value self, const Args& args) {
    return none_if(ops_of(self).bind_set(self, args[0], nullptr));
}
Ref format_method(Value self, const Args& args) {
    return is<Str>(args[0]) ? ops_of(self).format(self, as<Str>(args[0]))
                            : Ref(raise_type("__format__() argument must be str"));
}

constexpr int kBinOps = OperatorNames::kCount;
struct Operator {
    NativeDef plain;
    NativeDef reflected;
    NativeDef inplace;
    const char* symbol;
};
#define PEBBLE_OPERATOR(op, name, symbol)                                   \
    {                                                                       \
        {"__" name "__", binary_method<BinOp::op>, "value /"},              \
            {"__r" name "__", reflected_method<BinOp::op>, "value /"},      \
            {"__i" name "__", inplace_method<BinOp::op>, "value /"}, symbol \
    }
const Operator kOperators[kBinOps] = {PEBBLE_OPERATOR(Add, "add", "+"),
                                      PEBBLE_OPERATOR(Sub, "sub", "-"),
                                      PEBBLE_OPERATOR(Mul, "mul", "*"),
                                      PEBBLE_OPERATOR(MatMul, "matmul", "@"),
                                      PEBBLE_OPERATOR(TrueDiv, "truediv", "/"),
                                      PEBBLE_OPERATOR(FloorDiv, "floordiv", "//"),
                                      PEBBLE_OPERATOR(Mod, "mod", "%"),
                                      PEBBLE_OPERATOR(Pow, "pow", "** or pow()"),
                                      PEBBLE_OPERATOR(LShift, "lshift", "<<"),
                                      PEBBLE_OPERATOR(RShift, "rshift", ">>"),
                                      PEBBLE_OPERATOR(And, "and", "&"),
                                      PEBBLE_OPERATOR(Or, "or", "|"),
                                      PEBBLE_OPERATOR(Xor, "xor", "^")};
#undef PEBBLE_OPERATOR

const NativeDef kComparisons[] = {{"__lt__", compare_method<CmpOp::Lt>, "value /"},
                                  {"__le__", compare_method<CmpOp::Le>, "value /"},
                                  {"__eq__", compare_method<CmpOp::Eq>, "value /"},
                                  {"__ne__", compare_method<CmpOp::Ne>, "value /"},
                                  {"__gt__", compare_method<CmpOp::Gt>, "value /"},
                                  {"__ge__", compare_method<CmpOp::Ge>, "value /"}};
const NativeDef kUnaries[] = {{"__neg__", unary_method<UnOp::Neg>, ""},
                              {"__pos__", unary_method<UnOp::Pos>, ""},
                              {"__invert__", unary_method<UnOp::Invert>, ""}};
const NativeDef kNew = {"__new__", dunder_new, nullptr, NativeDef::Static};

struct Single {
    bool (*present)(const Ops& ops);
    NativeDef def;
};
#define PEBBLE_SINGLE(field, name, function, params)           \
    {                                                          \
        [](const Ops& ops) { return ops.field != nullptr; }, { \
            name, function, params                             \
        }                                                      \
    }
const Single kSingles[] = {
    PEBBLE_SINGLE(init, "__init__", init_method, nullptr),
    PEBBLE_SINGLE(repr, "__repr__", repr_method, ""),
    PEBBLE_SINGLE(str, "__str__", str_method, ""),
    PEBBLE_SINGLE(hash, "__hash__", hash_method, ""),
    PEBBLE_SINGLE(iter, "__iter__", iter_method, ""),
    PEBBLE_SINGLE(next, "__next__", next_method, ""),
    PEBBLE_SINGLE(length, "__len__", length_method, ""),
    PEBBLE_SINGLE(truth, "__bool__", truth_method, ""),
    PEBBLE_SINGLE(get_item, "__getitem__", get_item_method, "key /"),
    PEBBLE_SINGLE(set_item, "__setitem__", set_item_method, "key value /"),
    PEBBLE_SINGLE(set_item, "__delitem__", delete_item_method, "key /"),
    PEBBLE_SINGLE(contains, "__contains__", contains_method, "key /"),
    PEBBLE_SINGLE(call, "__call__", dunder_call, nullptr),
    PEBBLE_SINGLE(get_attribute, "__getattribute__", get_attribute_method, "name /"),
    PEBBLE_SINGLE(bind, "__get__", bind_method, "instance owner? /"),
    PEBBLE_SINGLE(bind_set, "__set__", bind_set_method, "instance value /"),
    PEBBLE_SINGLE(bind_set, "__delete__", bind_delete_method, "instance /"),
    PEBBLE_SINGLE(format, "__format__", format_method, "format_spec /")};
#undef PEBBLE_SINGLE

void add(Class* cls, const NativeDef& def) {
    Ref native = new_native(&def, nullptr, cls);
    dict_set_name(cls->dict, intern(def.name), native);
}

}  // namespace

void make_operator_names() {
    for (int i = 0; i < kBinOps; ++i) {
        vm.operators.plain[i] = intern(kOperators[i].plain.name);
        vm.operators.reflected[i] = intern(kOperators[i].reflected.name);
        vm.operators.inplace[i] = intern(kOperators[i].inplace.name);
    }
}

void add_special_methods(Class* cls) {
    const Ops& ops = cls->info->native->ops;
    if (ops.create != nullptr) {
        add(cls, kNew);
    }
    for (const Single& single : kSingles) {
        if (single.present(ops)) {
            add(cls, single.def);
        }
    }
    if (ops.unhashable) {
        dict_set_name(cls->dict, vm.names.hash, none());
    }
    for (const NativeDef& def : kComparisons) {
        if (ops.compare != nullptr) {
            add(cls, def);
        }
    }
    for (const NativeDef& def : kUnaries) {
        if (ops.unary != nullptr) {
            add(cls, def);
        }
    }
    for (unsigned i = 0; i < kBinOps; ++i) {
        if ((ops.binary_mask >> i & 1) != 0) {
            add(cls, kOperators[i].plain);
            add(cls, kOperators[i].reflected);
        }
        if ((ops.inplace_mask >> i & 1) != 0) {
            add(cls, kOperators[i].inplace);
        }
    }
}

Str* operator_name(BinOp op) {
    return vm.operators.plain[static_cast<size_t>(op)];
}
Str* reflected_name(BinOp op) {
    return vm.operators.reflected[static_cast<size_t>(op)];
}
Str* inplace_name(BinOp op) {
    return vm.operators.inplace[static_cast<size_t>(op)];
}
const char* operator_symbol(BinOp op) {
    return kOperators[static_cast<size_t>(op)].symbol;
}

Str* comparison_name(CmpOp op) {
    switch (op) {
        case CmpOp::Lt:
            return vm.names.lt;
        case CmpOp::Le:
            return vm.names.le;
        case CmpOp::Eq:
            return vm.names.eq;
        case CmpOp::Ne:
            return vm.names.ne;
        case CmpOp::Gt:
            return vm.names.gt;
        default:
            return vm.names.ge;
    }
}

}  // namespace pebble
