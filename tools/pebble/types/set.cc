#include <cstring>

#include "types/types.h"

namespace pebble {
namespace {

// Open addressing with short linear runs, grown fourfold; so small sets of ints come out in the
// order that people know. A deleted place keeps a dummy key. `hash` of a mutable set is where the
// next pop() starts to look.

const Value kDummy = reinterpret_cast<Value>(uintptr_t{255} << 2 | 3);
constexpr size_t kRun = 9;

/// Visits the places for a hash until `visit` returns true.
template <class Visit>
void probe(size_t mask, int64_t hash, Visit visit) {
    auto perturb = static_cast<size_t>(hash);
    for (size_t i = perturb & mask;; i = (i * 5 + 1 + perturb) & mask) {
        const size_t last = i + kRun <= mask ? i + kRun : i;
        for (size_t place = i; place <= last; ++place) {
            if (visit(place)) {
                return;
            }
        }
        perturb >>= 5;
    }
}

enum class Found : unsigned char { Yes, No, Failed };

/// Finds the key, or the free place where it would go.
Found find_place(Set* set, Value key, int64_t hash, size_t* out) {
restart:
    if (set->table == nullptr) {
        return Found::No;
    }
    Found found = Found::No;
    bool again = false;
    probe(set->mask, hash, [&](size_t place) {
        const SetEntry entry = set->table[place];
        *out = place;
        if (entry.key == nullptr) {
            return true;
        }
        bool same = entry.key == key;
        if (!same && entry.key != kDummy && entry.hash == hash) {
            const SetEntry* table = set->table;
            Ref keep = Ref::share(entry.key);
            if (!equal(keep, key, &same)) {
                found = Found::Failed;
                return true;
            }
            // The comparison may have run code that changed the set.
            again = set->table != table || set->table[place].key != keep.get();
        }
        found = same && !again ? Found::Yes : Found::No;
        return same || again;
    });
    if (again) {
        goto restart;
    }
    return found;
}

void insert_clean(SetEntry* table, size_t mask, Value key, int64_t hash) {
    probe(mask, hash, [&](size_t place) {
        if (table[place].key != nullptr) {
            return false;
        }
        table[place] = {key, hash};
        return true;
    });
}

bool resize(Set* set, size_t at_least) {
    size_t places = 8;
    while (places <= at_least) {
        places *= 2;
    }
    auto* table = static_cast<SetEntry*>(buffer_new(places * sizeof(SetEntry)));
    if (table == nullptr) {
        return false;
    }
    memset(table, 0, places * sizeof(SetEntry));
    SetEntry* old = std::exchange(set->table, table);
    const size_t old_places = old != nullptr ? set->mask + 1 : 0;
    for (size_t i = 0; i < old_places; ++i) {
        if (old[i].key != nullptr && old[i].key != kDummy) {
            insert_clean(table, places - 1, old[i].key, old[i].hash);
        }
    }
    set->mask = places - 1;
    set->fill = set->used;
    buffer_free(old, old_places * sizeof(SetEntry));
    return true;
}

bool insert(Set* set, Value key, int64_t hash) {
    if (set->table == nullptr && !resize(set, 0)) {
        return false;
    }
    size_t place = 0;
    const Found found = find_place(set, key, hash, &place);
    if (found != Found::No) {
        return found == Found::Yes;
    }
    set->table[place] = {new_ref(key), hash};
    ++set->fill;
    ++set->used;
    return set->fill * 5 < set->mask * 3 || resize(set, set->used > 50000 ? set->used * 2 : set->used * 4);
}

bool merge(Set* set, Set* other) {
    if (set == other || other->used == 0) {
        return true;
    }
    if ((set->fill + other->used) * 5 >= set->mask * 3 && !resize(set, (set->used + other->used) * 2)) {
        return false;
    }
    size_t at = 0;
    for (Value item; set_next(other, &at, &item);) {
        if (!insert(set, item, other->table[at - 1].hash)) {
            return false;
        }
    }
    return true;
}

void remove_place(Set* set, size_t place) {
    Ref key = Ref::own(set->table[place].key);
    set->table[place] = {kDummy, -1};
    --set->used;
}

void drop_all(Set* set) {
    SetEntry* table = std::exchange(set->table, nullptr);
    const size_t places = table != nullptr ? set->mask + 1 : 0;
    set->mask = set->fill = set->used = 0;
    for (size_t i = 0; i < places; ++i) {
        if (table[i].key != nullptr) {
            decref(table[i].key);
        }
    }
    buffer_free(table, places * sizeof(SetEntry));
}

}  // namespace

Ref new_set(Class* cls) {
    return Ref::own(make<Set>(cls));
}

bool set_add(Set* set, Value item) {
    int64_t hash = 0;
    return hash_of(item, &hash) && insert(set, item, hash);
}

bool set_contains(Set* set, Value item, bool* out) {
    int64_t hash = 0;
    size_t place = 0;
    *out = false;
    if (!hash_of(item, &hash)) {
        return false;
    }
    const Found found = find_place(set, item, hash, &place);
    *out = found == Found::Yes;
    return found != Found::Failed;
}

bool set_discard(Set* set, Value item, bool* found) {
    int64_t hash = 0;
    size_t place = 0;
    *found = false;
    if (!hash_of(item, &hash)) {
        return false;
    }
    const Found result = find_place(set, item, hash, &place);
    if (result == Found::Yes) {
        *found = true;
        remove_place(set, place);
    }
    return result != Found::Failed;
}

bool set_update(Set* set, Value iterable) {
    if (is<Set>(iterable)) {
        return merge(set, as<Set>(iterable));
    }
    return for_each(iterable, [&](const Ref& item) { return set_add(set, item); });
}

bool set_next(const Set* set, size_t* at, Value* item) {
    for (; set->table != nullptr && *at <= set->mask; ++*at) {
        Value key = set->table[*at].key;
        if (key != nullptr && key != kDummy) {
            *item = key;
            ++*at;
            return true;
        }
    }
    return false;
}

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
        if (!set_contains(other.as<Set>(), keep, &found) || (found == wanted && !set_add(result.as<Set>(), keep))) {
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
        return set_contains(as<Set>(a), item, &found) && (!found || set_add(result.as<Set>(), item));
    });
    return ok ? std::move(result) : Ref();
}

Ref symmetric_difference(Value a, Value b, Class* cls) {
    Ref other = lookup_set(b);
    Ref result = other ? select(a, other, false, cls) : Ref();
    Ref rest = result ? select(other, a, false, vm.classes.set) : Ref();
    return rest && set_update(result.as<Set>(), rest) ? std::move(result) : Ref();
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
    std::swap(set->mask, other->mask);
    std::swap(set->fill, other->fill);
    std::swap(set->used, other->used);
    return Ref::share(self);
}

Ref combine(Value a, Value b, BinOp op, Class* cls) {
    switch (op) {
        case BinOp::And: return intersection(a, b, cls);
        case BinOp::Or: return union_of(a, b, cls);
        case BinOp::Sub: return select(a, b, false, cls);
        default: return symmetric_difference(a, b, cls);
    }
}

Ref set_binary(Value a, Value b, BinOp op) {
    if (!is<Set>(a) || !is<Set>(b) || (op != BinOp::And && op != BinOp::Or && op != BinOp::Sub && op != BinOp::Xor)) {
        return Ref::own(not_implemented());
    }
    return combine(a, b, op, result_class(a));
}

Ref set_inplace(Value a, Value b, BinOp op) {
    if (!is<Set>(b) || (op != BinOp::And && op != BinOp::Or && op != BinOp::Sub && op != BinOp::Xor)) {
        return Ref::own(not_implemented());
    }
    if (op == BinOp::Or) {
        return merge(as<Set>(a), as<Set>(b)) ? Ref::share(a) : Ref();
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
    drop_all(as<Set>(self));
    return args.count == 0 || set_update(as<Set>(self), args[0]);
}

Ref set_repr(Value self) {
    ReprGuard guard(self);
    const std::string name = type_name(self);
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
        case CmpOp::Eq: result = result && same_size; break;
        case CmpOp::Ne: result = !(result && same_size); break;
        case CmpOp::Lt:
        case CmpOp::Gt: result = result && !same_size; break;
        default: break;
    }
    return Ref::own(truth(result));
}

bool set_length(Value self, int64_t* out) {
    *out = static_cast<int64_t>(as<Set>(self)->used);
    return true;
}

bool set_contains_op(Value self, Value item, bool* out) {
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

Ref iterator_iter(Value self) {
    return Ref::share(self);
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
    Set* set = as<Set>(self);
    if (set->used == 0) {
        return raise(vm.exceptions.KeyError, "pop from an empty set");
    }
    size_t place = static_cast<size_t>(set->hash) & set->mask;
    while (set->table[place].key == nullptr || set->table[place].key == kDummy) {
        place = (place + 1) & set->mask;
    }
    Ref item = Ref::share(set->table[place].key);
    remove_place(set, place);
    set->hash = static_cast<int64_t>(place + 1);
    return item;
}
Ref clear_method(Value self, const Args&) {
    drop_all(as<Set>(self));
    return Ref::own(none());
}
Ref copy_method(Value self, const Args&) {
    return class_of(self) == vm.classes.frozenset ? Ref::share(self) : copy_of(self, class_of(self));
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

#define PEBBLE_SHARED_METHODS                                                                                          \
    {"copy", copy_method, ""}, {"union", combine_method<BinOp::Or>, nullptr}, {"intersection", combine_method<BinOp::And>, nullptr}, \
        {"difference", combine_method<BinOp::Sub>, nullptr}, {"symmetric_difference", combine_method<BinOp::Xor>, nullptr}, \
        {"issubset", issubset_method, "other /"}, {"issuperset", issuperset_method, "other /"}, {"isdisjoint", isdisjoint_method, "other /"}

const NativeDef kMethods[] = {PEBBLE_SHARED_METHODS,
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
NativeClass iterator_class = {"set_iterator", kBox, {.iter = iterator_iter, .next = iterator_next}, nullptr, nullptr, true};

}  // namespace

void make_set_classes() {
    vm.classes.set = make_native_class(set_class, vm.classes.object);
    vm.classes.frozenset = make_native_class(frozenset_class, vm.classes.object);
    vm.classes.set_iterator = make_native_class(iterator_class, vm.classes.object);
}

}  // namespace pebble
