// SPDX-License-Identifier: MIT
#include <algorithm>

#include "types/types.h"

namespace pebble {
namespace {

// Types made from types: `X | Y` (a is the tuple of its members), and `X[Y]` (a is X, b the tuple).

std::string shown(Value type) {
    if (type == constant(kEllipsisIndex)) {
        return "...";
    }
    if (type == val(vm.classes.none_type)) {
        return "None";
    }
    if (!is<Class>(type)) {
        return repr_text(type);
    }
    const Class* cls = as<Class>(type);
    Value module = dict_find_name(cls->dict, vm.names.module);
    const bool builtin = module == nullptr || !is<Str>(module) || view(module) == "builtins";
    return (builtin ? "" : std::string(view(module)) + ".") + c_str(cls->qualname);
}

std::string joined(Value types, const char* separator) {
    const Tuple* tuple = as<Tuple>(types);
    std::string text;
    for (size_t i = 0; i < tuple->count; ++i) {
        text += (i > 0 ? separator : "") + shown(tuple->items[i]);
    }
    return text;
}

template <Value Box::*kField>
Ref field(Value self) {
    return Ref::share(as<Box>(self)->*kField);
}

Ref union_repr(Value self) {
    return new_str(joined(as<Box>(self)->a, " | "));
}

Ref union_compare(Value a, Value b, CmpOp op) {
    if (class_of(b) != vm.classes.union_ || (op != CmpOp::Eq && op != CmpOp::Ne)) {
        return Ref::own(not_implemented());
    }
    const Tuple* left = as<Tuple>(as<Box>(a)->a);
    const Tuple* right = as<Tuple>(as<Box>(b)->a);
    const bool same = std::is_permutation(
        left->items, left->items + left->count, right->items, right->items + right->count);
    return Ref::own(truth(same == (op == CmpOp::Eq)));
}

Ref alias_repr(Value self) {
    return new_str(shown(as<Box>(self)->a) + "[" + joined(as<Box>(self)->b, ", ") + "]");
}

Ref alias_call(Value self, const Args& args) {
    Ref origin = Ref::share(as<Box>(self)->a);
    return call(origin, args);
}

Ref alias_compare(Value a, Value b, CmpOp op) {
    if (class_of(b) != vm.classes.generic_alias || as<Box>(a)->a != as<Box>(b)->a) {
        return Ref::own(not_implemented());
    }
    return compare(as<Box>(a)->b, as<Box>(b)->b, op);
}

const GetSet kUnionGetSets[] = {{"__args__", field<&Box::a>}, {nullptr, nullptr}};
NativeClass union_class = {"UnionType",
                           kBox,
                           {.repr = union_repr,
                            .compare = union_compare,
                            .binary = type_union,
                            .binary_mask = bit(BinOp::Or)},
                           nullptr,
                           kUnionGetSets,
                           true,
                           "types"};

const GetSet kAliasGetSets[] = {
    {"__origin__", field<&Box::a>}, {"__args__", field<&Box::b>}, {nullptr, nullptr}};
NativeClass alias_class = {"GenericAlias",
                           kBox,
                           {.repr = alias_repr,
                            .compare = alias_compare,
                            .call = alias_call,
                            .binary = type_union,
                            .binary_mask = bit(BinOp::Or)},
                           nullptr,
                           kAliasGetSets,
                           true,
                           "types"};

/// Adds what `type` stands for to the members of a union. False: it is no type.
bool add_members(std::vector<Value>* members, Value type) {
    if (!is_immediate(type) && class_of(type) == vm.classes.union_) {
        const Tuple* inner = as<Tuple>(as<Box>(type)->a);
        return std::all_of(inner->items, inner->items + inner->count, [&](Value member) {
            return add_members(members, member);
        });
    }
    type = is_none(type) ? val(vm.classes.none_type) : type;
    if (!is<Class>(type) && class_of(type) != vm.classes.generic_alias) {
        return false;
    }
    if (std::find(members->begin(), members->end(), type) == members->end()) {
        members->push_back(type);
    }
    return true;
}

}  // namespace

Ref type_union(Value a, Value b, BinOp) {
    std::vector<Value> members;
    if (!add_members(&members, a) || !add_members(&members, b)) {
        return Ref::own(not_implemented());
    }
    if (members.size() == 1) {
        return Ref::share(members[0]);
    }
    Ref tuple = new_tuple(members.size(), members.data());
    return tuple ? make_box(vm.classes.union_, tuple) : Ref();
}

Ref type_alias(Value origin, Value item) {
    Ref items = is<Tuple>(item) ? Ref::share(item) : make_tuple({item});
    return items ? make_box(vm.classes.generic_alias, origin, items) : Ref();
}

void make_alias_classes() {
    vm.classes.union_ = make_native_class(union_class, vm.classes.object);
    vm.classes.generic_alias = make_native_class(alias_class, vm.classes.object);
}

}  // namespace pebble
