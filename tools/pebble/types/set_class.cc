#include <algorithm>

#include "types/types.h"

namespace pebble {

namespace {

bool is_frozen(Value set) {
    return is_instance(set, vm.classes.frozenset);
}

/// The class of a result: that of the left operand, without its subclasses.
Class* result_class(Value self) {
    return is_frozen(self) ? vm.classes.frozenset : vm.classes.set;
}

Ref copy_of(Value iterable, Class* cls) {
    Ref copy = new_set(cls);
    return copy && set_update(copy.as<Set>(), iterable) ? std::move(copy) : Ref();
}

/// What is needed to ask for membership: a set is taken as it is.
Ref lookup_set(Value iterable) {
    return is<Set>(iterable) ? Ref::share(iterable) : copy_of(iterable, vm.classes.set);
}

/// The items of `a` whose membership in `b` is `wanted`.
Ref select(Value a, Value b, bool wanted, Class* cls) {
    Ref other = lookup_set(b);
    Ref result = other ? new_set(cls) : Ref();
    if (!result) {
        return {};
    }
    size_t at = 0;
    for (Value item; set_next(as<Set>(a), &at, &item);) {
        Ref keep = Ref::share(item);
        bool found = false;
        if (!set_contains(other.as<Set>(), keep, &found) ||
            (found == wanted && !set_add(result.as<Set>(), keep))) {
            return {};
        }
    }
    return result;
}

Ref intersection(Value a, Value b, Class* cls) {
    if (is<Set>(b)) {
        const bool swap = as<Set>(b)->used > as<Set>(a)->used;
        return swap ? select(a, b, true, cls) : select(b, a, true, cls);
    }
    Ref result = new_set(cls);
    const bool ok = result && for_each(b, [&](const Ref& item) {
                        bool found = false;
                        return set_contains(as<Set>(a), item, &found) &&
                               (!found || set_add(result.as<Set>(), item));
                    });
    return ok ? std::move(result) : Ref();
}

/// What is in one of the two only, in the order of a copy of `b`.
Ref symmetric_difference(Value a, Value b, Class* cls) {
    Ref result = copy_of(b, cls);
    size_t at = 0;
    for (Value item; result && set_next(as<Set>(a), &at, &item);) {
        Ref keep = Ref::share(item);
        bool found = false;
        if (!set_discard(result.as<Set>(), keep, &found) ||
            (!found && !set_add(result.as<Set>(), keep))) {
            return {};
        }
    }
    return result;
}

Ref union_of(Value a, Value b, Class* cls) {
    Ref result = copy_of(a, cls);
    return result && set_update(result.as<Set>(), b) ? std::move(result) : Ref();
}

/// Gives a set the contents of another one.
Ref assign(Value self, Ref result) {
    if (!result) {
        return {};
    }
    Set* set = as<Set>(self);
    Set* other = result.as<Set>();
    std::swap(set->table, other->table);
    std::swap(set->places, other->places);
    std::swap(set->fill, other->fill);
    std::swap(set->used, other->used);
    return Ref::share(self);
}

Ref combine(Value a, Value b, BinOp op, Class* cls) {
    switch (op) {
        case BinOp::And:
            return intersection(a, b, cls);
        case BinOp::Or:
            return union_of(a, b, cls);
        case BinOp::Sub:
            return select(a, b, false, cls);
        default:
            return symmetric_difference(a, b, cls);
    }
}

Ref set_binary(Value a, Value b, BinOp op) {
    if (!is<Set>(a) || !is<Set>(b) ||
        (op != BinOp::And && op != BinOp::Or && op != BinOp::Sub && op != BinOp::Xor)) {
        return Ref::own(not_implemented());
    }
    return combine(a, b, op, result_class(a));
}

Ref set_inplace(Value a, Value b, BinOp op) {
    if (!is<Set>(b) ||
        (op != BinOp::And && op != BinOp::Or && op != BinOp::Sub && op != BinOp::Xor)) {
        return Ref::own(not_implemented());
    }
    if (op == BinOp::Or) {
        return set_update(as<Set>(a), b) ? Ref::share(a) : Ref();
    }
    return assign(a, combine(a, b, op, vm.classes.set));
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
    if (as<Set>(self)->used == 0) {
        return new_str(name + "()");
    }
    std::string text = "{";
    if (!append_items(&text, self)) {
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
        hash ^= (set->used + 1) * 1927868237u;
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash * 69069u + 907133923u;
        set->hash = hash == 0 ? 590923713 : static_cast<int64_t>(hash);
    }
    *out = set->hash;
    return true;
}

bool is_subset(Value a, Value b, bool* out) {
    *out = as<Set>(a)->used <= as<Set>(b)->used;
    size_t at = 0;
    for (Value item; *out && set_next(as<Set>(a), &at, &item);) {
        Ref keep = Ref::share(item);
        if (!set_contains(as<Set>(b), keep, out)) {
            return false;
        }
    }
    return true;
}

Ref set_compare(Value a, Value b, CmpOp op) {
    if (!is<Set>(a) || !is<Set>(b)) {
        return Ref::own(not_implemented());
    }
    const bool reversed = op == CmpOp::Gt || op == CmpOp::Ge;
    bool result = false;
    if (!is_subset(reversed ? b : a, reversed ? a : b, &result)) {
        return {};
    }
    const bool same_size = as<Set>(a)->used == as<Set>(b)->used;
    switch (op) {
        case CmpOp::Eq:
            result = result && same_size;
            break;
        case CmpOp::Ne:
            result = !(result && same_size);
            break;
        case CmpOp::Lt:
        case CmpOp::Gt:
            result = result && !same_size;
            break;
        default:
            break;
    }
    return Ref::own(truth(result));
}

bool set_length(Value self, int64_t* out) {
    *out = static_cast<int64_t>(as<Set>(self)->used);
    return true;
}

bool set_contains_op(Value self, Value item, bool* out) {
    // A set has no hash; what is looked for is a frozenset equal to it.
    if (is<Set>(item) && !is_subclass(class_of(item), vm.classes.frozenset)) {
        Ref frozen = copy_of(item, vm.classes.frozenset);
        return frozen && set_contains(as<Set>(self), frozen, out);
    }
    return set_contains(as<Set>(self), item, out);
}

// An iterator: a is the set, i the position, n its length at the start.
Ref set_iter(Value self) {
    Ref iterator = make_box(vm.classes.set_iterator, self);
    if (iterator) {
        iterator.as<Box>()->n = static_cast<int64_t>(as<Set>(self)->used);
    }
    return iterator;
}

Ref iterator_next(Value self) {
    Box* box = as<Box>(self);
    if (box->a == nullptr) {
        return {};
    }
    if (static_cast<int64_t>(as<Set>(box->a)->used) != box->n) {
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
    if (as<Set>(self)->used == 0) {
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
                                                  : copy_of(self, class_of(self));
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
    Ref result = copy_of(self, result_class(self));
    for (size_t i = 0; result && i < args.count; ++i) {
        result = combine(result, args[i], kOp, result_class(self));
    }
    return result;
}
template <BinOp kOp>
Ref combine_update_method(Value self, const Args& args) {
    for (size_t i = 0; i < args.count; ++i) {
        if (!assign(self, combine(self, args[i], kOp, vm.classes.set))) {
            return {};
        }
    }
    return Ref::own(none());
}
Ref issubset_method(Value self, const Args& args) {
    Ref other = lookup_set(args[0]);
    bool result = false;
    return other && is_subset(self, other, &result) ? Ref::own(truth(result)) : Ref();
}
Ref issuperset_method(Value self, const Args& args) {
    Ref other = lookup_set(args[0]);
    bool result = false;
    return other && is_subset(other, self, &result) ? Ref::own(truth(result)) : Ref();
}
Ref isdisjoint_method(Value self, const Args& args) {
    Ref common = intersection(self, args[0], vm.classes.set);
    return common ? Ref::own(truth(common.as<Set>()->used == 0)) : Ref();
}

#define PEBBLE_SHARED_METHODS                                                                     \
    {"copy", copy_method, ""}, {"union", combine_method<BinOp::Or>, nullptr},                     \
        {"intersection", combine_method<BinOp::And>, nullptr},                                    \
        {"difference", combine_method<BinOp::Sub>, nullptr},                                      \
        {"symmetric_difference", combine_method<BinOp::Xor>, nullptr},                            \
        {"issubset", issubset_method, "other /"}, {"issuperset", issuperset_method, "other /"}, { \
        "isdisjoint", isdisjoint_method, "other /"                                                \
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
