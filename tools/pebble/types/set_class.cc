// SPDX-License-Identifier: MIT
#include <algorithm>

#include "types/set.h"

namespace pebble {

namespace {

bool is_frozen(Value set) {
    return is_instance(set, vm.classes.frozenset);
}

/// The class of a result: that of the left operand, without its subclasses.
Class* result_class(Value self) {
    return is_frozen(self) ? vm.classes.frozenset : vm.classes.set;
}

Ref set_binary(Value a, Value b, BinOp op) {
    if (!is<Set>(a) || !is<Set>(b) ||
        (op != BinOp::And && op != BinOp::Or && op != BinOp::Sub && op != BinOp::Xor)) {
        return Ref::own(not_implemented());
    }
    return set_combine(a, b, op, result_class(a));
}

Ref set_inplace(Value a, Value b, BinOp op) {
    if (!is<Set>(b) ||
        (op != BinOp::And && op != BinOp::Or && op != BinOp::Sub && op != BinOp::Xor)) {
        return Ref::own(not_implemented());
    }
    return set_combine_into(a, b, op) ? Ref::share(a) : Ref();
}

Ref set_create(Class* cls, const Args& args) {
    Ref set = new_set(cls);
    if (set && is_frozen(set) && args.count > 0) {
        if (args.count == 1 && class_of(args[0]) == cls && cls == vm.classes.frozenset) {
            return Ref::share(args[0]);
        }
        return set_update(set.as<Set>(), args[0]) ? std::move(set) : Ref();
    }
    return set;
}

bool set_init(Value self, const Args& args) {
    if (is_frozen(self)) {
        return true;
    }
    if (args.count > 1) {
        return raise_type("set expected at most 1 argument, got %zu", args.count);
    }
    set_drop_all(as<Set>(self));
    return args.count == 0 || set_update(as<Set>(self), args[0]);
}

Ref set_repr(Value self) {
    ReprGuard guard(self);
    const std::string name = class_name(class_of(self));
    if (guard.again()) {
        return new_str(name + "(...)");
    }
    if (as<Set>(self)->count() == 0) {
        return new_str(name + "()");
    }
    // What is shown is what is there now: a repr may change the set.
    Ref items = to_list(self);
    std::string text = "{";
    if (!items || !append_items(&text, items)) {
        return {};
    }
    text += "}";
    return new_str(class_of(self) == vm.classes.set ? text : name + "(" + text + ")");
}

bool frozenset_hash(Value self, int64_t* out) {
    Set* set = as<Set>(self);
    if (set->hash == 0) {
        uint64_t hash = 0;
        size_t at = 0;
        for (Value item; set_next(set, &at, &item);) {
            const auto h = static_cast<uint64_t>(set->table[at - 1].hash);
            hash ^= ((h ^ 89869747u) ^ (h << 16)) * 3644798167u;
        }
        hash ^= (set->count() + 1) * 1927868237u;
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash * 69069u + 907133923u;
        set->hash = hash == 0 ? 590923713 : static_cast<int64_t>(hash);
    }
    *out = set->hash;
    return true;
}

Ref set_compare(Value a, Value b, CmpOp op) {
    if (!is<Set>(a) || !is<Set>(b)) {
        return Ref::own(not_implemented());
    }
    // The sizes are asked before code runs that may change them.
    const size_t left = as<Set>(a)->count();
    const size_t right = as<Set>(b)->count();
    const bool reversed = op == CmpOp::Gt || op == CmpOp::Ge;
    const bool equality = op == CmpOp::Eq || op == CmpOp::Ne;
    const bool strict = op == CmpOp::Lt || op == CmpOp::Gt;
    bool result = equality ? left == right : !strict || (reversed ? left > right : left < right);
    if (result && !set_is_subset(reversed ? b : a, reversed ? a : b, &result)) {
        return {};
    }
    result = result != (op == CmpOp::Ne);
    return Ref::own(truth(result));
}

bool set_length(Value self, int64_t* out) {
    *out = static_cast<int64_t>(as<Set>(self)->count());
    return true;
}

bool set_contains_op(Value self, Value item, bool* out) {
    // A set has no hash; what is looked for is a frozenset equal to it.
    if (is<Set>(item) && !is_subclass(class_of(item), vm.classes.frozenset)) {
        Ref frozen = set_copy(item, vm.classes.frozenset);
        return frozen && set_contains(as<Set>(self), frozen, out);
    }
    return set_contains(as<Set>(self), item, out);
}

// An iterator: a is the set, i the position, n its length at the start.
Ref set_iter(Value self) {
    Ref iterator = make_box(vm.classes.set_iterator, self);
    if (iterator) {
        iterator.as<Box>()->n = static_cast<int64_t>(as<Set>(self)->count());
    }
    return iterator;
}

Ref iterator_next(Value self) {
    Box* box = as<Box>(self);
    if (box->a == nullptr) {
        return {};
    }
    if (static_cast<int64_t>(as<Set>(box->a)->count()) != box->n) {
        box->n = -1;
        return raise(vm.exceptions.RuntimeError, "Set changed size during iteration");
    }
    auto at = static_cast<size_t>(box->i);
    Value item = nullptr;
    if (!set_next(as<Set>(box->a), &at, &item)) {
        store(&box->a, nullptr);
        return {};
    }
    box->i = static_cast<int64_t>(at);
    return Ref::share(item);
}

// Methods.

Ref none_if(bool ok) {
    return ok ? Ref::own(none()) : Ref();
}

Ref add_method(Value self, const Args& args) {
    return none_if(set_add(as<Set>(self), args[0]));
}
Ref discard_method(Value self, const Args& args) {
    bool found = false;
    return none_if(set_discard(as<Set>(self), args[0], &found));
}
Ref remove_method(Value self, const Args& args) {
    bool found = false;
    return none_if(set_discard(as<Set>(self), args[0], &found) && (found || raise_key(args[0])));
}
Ref pop_method(Value self, const Args&) {
    if (as<Set>(self)->count() == 0) {
        return raise(vm.exceptions.KeyError, "pop from an empty set");
    }
    return set_take_any(as<Set>(self));
}
Ref clear_method(Value self, const Args&) {
    set_drop_all(as<Set>(self));
    return Ref::own(none());
}
Ref copy_method(Value self, const Args&) {
    return class_of(self) == vm.classes.frozenset ? Ref::share(self)
                                                  : set_copy(self, class_of(self));
}
Ref update_method(Value self, const Args& args) {
    for (size_t i = 0; i < args.count; ++i) {
        if (!set_update(as<Set>(self), args[i])) {
            return {};
        }
    }
    return Ref::own(none());
}
template <BinOp kOp>
Ref combine_method(Value self, const Args& args) {
    if (args.count == 0) {
        return set_copy(self, result_class(self));
    }
    if (kOp == BinOp::And) {
        Ref result = Ref::share(self);
        for (size_t i = 0; result && i < args.count; ++i) {
            result = set_combine(result, args[i], kOp, result_class(self));
        }
        return result;
    }
    Ref result = set_combine(self, args[0], kOp, result_class(self));
    for (size_t i = 1; result && i < args.count; ++i) {
        if (!set_combine_into(result, args[i], kOp)) {
            return {};
        }
    }
    return result;
}
template <BinOp kOp>
Ref combine_update_method(Value self, const Args& args) {
    if (kOp == BinOp::And) {
        Ref result = args.count > 0 ? combine_method<kOp>(self, args) : Ref::share(self);
        if (result && result.get() != self) {
            set_swap(self, result);
        }
        return none_if(static_cast<bool>(result));
    }
    for (size_t i = 0; i < args.count; ++i) {
        if (!set_combine_into(self, args[i], kOp)) {
            return {};
        }
    }
    return Ref::own(none());
}
template <bool (*kTest)(Value a, Value b, bool* out)>
Ref test_method(Value self, const Args& args) {
    bool result = false;
    return kTest(self, args[0], &result) ? Ref::own(truth(result)) : Ref();
}

#define PEBBLE_SHARED_METHODS                                                 \
    {"copy", copy_method, ""}, {"union", combine_method<BinOp::Or>, nullptr}, \
        {"intersection", combine_method<BinOp::And>, nullptr},                \
        {"difference", combine_method<BinOp::Sub>, nullptr},                  \
        {"symmetric_difference", combine_method<BinOp::Xor>, nullptr},        \
        {"issubset", test_method<set_is_subset_of_any>, "other /"},           \
        {"issuperset", test_method<set_is_superset_of_any>, "other /"}, {     \
        "isdisjoint", test_method<set_is_disjoint>, "other /"                 \
    }

const NativeDef kMethods[] = {
    PEBBLE_SHARED_METHODS,
    {"add", add_method, "item /"},
    {"discard", discard_method, "item /"},
    {"remove", remove_method, "item /"},
    {"pop", pop_method, ""},
    {"clear", clear_method, ""},
    {"update", update_method, nullptr},
    {"intersection_update", combine_update_method<BinOp::And>, nullptr},
    {"difference_update", combine_update_method<BinOp::Sub>, nullptr},
    {"symmetric_difference_update", combine_update_method<BinOp::Xor>, nullptr},
    {nullptr, nullptr, nullptr}};
const NativeDef kFrozenMethods[] = {PEBBLE_SHARED_METHODS, {nullptr, nullptr, nullptr}};
#undef PEBBLE_SHARED_METHODS
constexpr unsigned kSetOps = bit(BinOp::And) | bit(BinOp::Or) | bit(BinOp::Sub) | bit(BinOp::Xor);

NativeClass set_class = {"set",
                         kSet,
                         {.create = set_create,
                          .init = set_init,
                          .repr = set_repr,
                          .unhashable = true,
                          .compare = set_compare,
                          .iter = set_iter,
                          .length = set_length,
                          .contains = set_contains_op,
                          .binary = set_binary,
                          .binary_mask = kSetOps,
                          .inplace = set_inplace,
                          .inplace_mask = kSetOps},
                         kMethods};
NativeClass frozenset_class = {"frozenset",
                               kSet,
                               {.create = set_create,
                                .repr = set_repr,
                                .hash = frozenset_hash,
                                .compare = set_compare,
                                .iter = set_iter,
                                .length = set_length,
                                .contains = set_contains_op,
                                .binary = set_binary,
                                .binary_mask = kSetOps},
                               kFrozenMethods};
NativeClass iterator_class = hidden_iterator("set_iterator", iterator_next, kIteratorCopy);

}  // namespace

void make_set_classes() {
    vm.classes.set = make_native_class(set_class, vm.classes.object);
    vm.classes.frozenset = make_native_class(frozenset_class, vm.classes.object);
    vm.classes.set_iterator = make_native_class(iterator_class, vm.classes.object);
}

}  // namespace pebble
