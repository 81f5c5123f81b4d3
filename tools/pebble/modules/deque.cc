// SPDX-License-Identifier: MIT
#include <algorithm>

#include "modules/modules.h"
#include "types/sequence.h"

namespace pebble {
namespace {

Class* deque_class = nullptr;
Class* iterator_class = nullptr;
Class* reverse_iterator_class = nullptr;

int64_t count_of(Value self) {
    return static_cast<int64_t>(as<Deque>(self)->count());
}

Value& place(Deque* deque, size_t i) {
    return deque->items[deque->first + i];
}

/// Makes room for one item at an end. What is free at the other end is used if it is worth the
/// moving of the items. May run user code; the fields must be read again.
bool reserve(Deque* deque, bool left) {
    Records<Value>& items = deque->items;
    for (;;) {
        deque->first = std::min(deque->first, items.count);
        const size_t first = deque->first;
        const size_t behind = items.capacity - items.count;
        if (left ? first > 0 : behind > 0) {
            return true;
        }
        if (!left && first > items.count / 4) {
            std::copy(items.data() + first, items.data() + items.count, items.data());
            items.count -= first;
            deque->first = 0;
        } else if (!left) {
            if (cairn_buffer_reserve(val(deque), items.count + 1) != CAIRN_OK) {
                return raise_memory();
            }
        } else {
            const size_t more = behind > items.count / 4 ? behind : items.count / 2 + 4;
            if (cairn_buffer_insert(val(deque), 0, more) != CAIRN_OK) {
                return raise_memory();
            }
            deque->first += more;
        }
    }
}

/// Takes off an end of a deque that is not empty.
Ref take(Deque* deque, bool left) {
    const size_t at = left ? deque->first++ : --deque->items.count;
    ++deque->version;
    return Ref::own(std::exchange(deque->items[at], nullptr));
}

bool is_full(const Deque* deque) {
    return deque->limit >= 0 && static_cast<int64_t>(deque->count()) >= deque->limit;
}

/// Adds at an end; a full one loses the item at the other.
bool put(Deque* deque, Value item, bool left) {
    if (deque->limit == 0) {
        return true;
    }
    // Making room may run code that fills the deque: what is too much is taken off after that.
    Ref held = Ref::share(item);
    if (!reserve(deque, left)) {
        return false;
    }
    Ref lost = is_full(deque) ? take(deque, !left) : Ref();
    deque->items[left ? --deque->first : deque->items.count++] = held.take();
    ++deque->version;
    return true;
}

bool put_all(Deque* deque, Value iterable, bool left) {
    Ref items = iterable == val(deque) ? to_list(iterable) : Ref::share(iterable);
    return items && for_each(items, [&](const Ref& item) { return put(deque, item, left); });
}

bool rotate(Deque* deque, int64_t steps) {
    const auto count = static_cast<int64_t>(deque->count());
    if (count < 2) {
        return true;
    }
    steps %= count;
    steps -= steps > count / 2 ? count : steps < -count / 2 ? -count : 0;
    for (; steps != 0; steps += steps > 0 ? -1 : 1) {
        // Making room may run code that takes items away.
        if (!reserve(deque, steps > 0)) {
            return false;
        }
        Ref item = deque->count() > 0 ? take(deque, steps < 0) : Ref();
        if (item && !put(deque, item, steps > 0)) {
            return false;
        }
    }
    return true;
}

Ref take_at(Deque* deque, size_t index) {
    Value* at = &place(deque, index);
    Ref item = Ref::own(*at);
    std::copy(at + 1, deque->items.data() + deque->items.count, at);
    --deque->items.count;
    ++deque->version;
    return item;
}

void drop_items(Deque* deque) {
    deque->first = 0;
    ++deque->version;
    (void)cairn_buffer_clear(val(deque));
}

Ref new_deque(Class* cls, int64_t limit) {
    Deque* deque = make<Deque>(cls);
    if (deque != nullptr) {
        deque->limit = limit;
    }
    return Ref::own(deque);
}

Ref copy_of(Value self) {
    Class* cls = class_of(self);
    if (cls != deque_class) {
        Ref limit = as<Deque>(self)->limit < 0 ? Ref::own(none()) : new_int(as<Deque>(self)->limit);
        return call(val(cls), {self, limit});
    }
    Ref copy = new_deque(cls, as<Deque>(self)->limit);
    return copy && put_all(copy.as<Deque>(), self, false) ? std::move(copy) : Ref();
}

Ref none_if(bool ok) {
    return ok ? Ref::own(none()) : Ref();
}

Ref create(Class* cls, const Args&) {
    return new_deque(cls, -1);
}

Ref init_function(Value self, const Args& args) {
    int64_t limit = -1;
    if (args[1] != nullptr && !is_none(args[1])) {
        if (!to_int64(args[1], &limit)) {
            return {};
        }
        if (limit < 0) {
            return raise(vm.exceptions.ValueError, "maxlen must be non-negative");
        }
    }
    Deque* deque = as<Deque>(self);
    deque->limit = limit;
    drop_items(deque);
    return none_if(args[0] == nullptr || put_all(deque, args[0], false));
}
const NativeDef kInit = {"deque", init_function, "iterable? maxlen?"};
bool init(Value self, const Args& args) {
    return static_cast<bool>(call_native(&kInit, self, args));
}

Ref deque_repr(Value self) {
    ReprGuard guard(self);
    if (guard.again()) {
        return new_str("[...]");
    }
    std::string text = std::string(class_name(class_of(self))) + "([";
    Ref items = to_list(self);
    if (!items || !append_items(&text, items)) {
        return {};
    }
    const int64_t limit = as<Deque>(self)->limit;
    return new_str(text + (limit < 0 ? "])" : "], maxlen=" + std::to_string(limit) + ")"));
}

Ref deque_iter(Value self);

Ref deque_compare(Value a, Value b, CmpOp op) {
    if (!is<Deque>(a) || !is<Deque>(b)) {
        return Ref::own(not_implemented());
    }
    const bool equality = op == CmpOp::Eq || op == CmpOp::Ne;
    if (equality && (a == b || count_of(a) != count_of(b))) {
        return Ref::own(truth((a == b) == (op == CmpOp::Eq)));
    }
    Ref left = deque_iter(a);
    Ref right = left ? deque_iter(b) : Ref();
    for (;;) {
        Ref x = right ? next(left) : Ref();
        Ref y = right && !pending() ? next(right) : Ref();
        if (!right || pending()) {
            return {};
        }
        if (!x || !y) {
            return Ref::own(truth(holds(op, x ? 1 : y ? -1 : 0)));
        }
        bool same = false;
        if (!equal(x, y, &same)) {
            return {};
        }
        if (!same) {
            return compare(x, y, op);
        }
    }
}

bool deque_length(Value self, int64_t* out) {
    *out = count_of(self);
    return true;
}

Ref get_item(Value self, Value given) {
    size_t index = 0;
    Ref key = settled_key(given);
    return key && item_index(key, as<Deque>(self)->count(), "deque", &index)
               ? Ref::share(place(as<Deque>(self), index))
               : Ref();
}

bool set_item(Value self, Value given, Value value) {
    Deque* deque = as<Deque>(self);
    size_t index = 0;
    Ref key = settled_key(given);
    if (!key || !item_index(key, deque->count(), "deque", &index)) {
        return false;
    }
    if (value == nullptr) {
        take_at(deque, index);
    } else {
        store(&place(deque, index), new_ref(value));
    }
    return true;
}

Ref deque_binary(Value a, Value b, BinOp op) {
    if (op == BinOp::Add && is<Deque>(a)) {
        if (!is<Deque>(b)) {
            return raise_type("can only concatenate deque (not \"%s\") to deque", type_name(b));
        }
        Ref sum = copy_of(a);
        return sum && put_all(sum.as<Deque>(), b, false) ? std::move(sum) : Ref();
    }
    Value self = is<Deque>(a) ? a : b;
    Value times = is<Deque>(a) ? b : a;
    if (op != BinOp::Mul || !is_int(times)) {
        return Ref::own(not_implemented());
    }
    Ref items = to_list(self);
    Ref product = copy_of(self);
    int64_t count = 0;
    if (!items || !product || !to_int64(times, &count)) {
        return {};
    }
    if (count <= 0) {
        drop_items(product.as<Deque>());
    }
    for (int64_t i = 1; i < count; ++i) {
        if (!put_all(product.as<Deque>(), items, false)) {
            return {};
        }
    }
    return product;
}

Ref deque_inplace(Value a, Value b, BinOp op) {
    if (op == BinOp::Add) {
        return put_all(as<Deque>(a), b, false) ? Ref::share(a) : Ref();
    }
    Ref product = deque_binary(a, b, op);
    if (!product || product.get() == not_implemented()) {
        return product;
    }
    drop_items(as<Deque>(a));
    return put_all(as<Deque>(a), product, false) ? Ref::share(a) : Ref();
}

// Iterators: over deque a, at index i; n is the version of the deque that they saw first.

Ref iterator_over(Value self, Class* cls) {
    Ref iterator = make_box(cls, self);
    if (iterator) {
        iterator.as<Box>()->n = static_cast<int64_t>(as<Deque>(self)->version);
    }
    return iterator;
}
Ref deque_iter(Value self) {
    return iterator_over(self, iterator_class);
}
Ref reversed_method(Value self, const Args&) {
    return iterator_over(self, reverse_iterator_class);
}
Ref iterator_next(Value self) {
    Box* box = as<Box>(self);
    auto* deque = as<Deque>(box->a);
    if (deque == nullptr) {
        return {};
    }
    if (static_cast<int64_t>(deque->version) != box->n) {
        return raise(vm.exceptions.RuntimeError, "deque mutated during iteration");
    }
    const auto at = static_cast<size_t>(box->i++);
    if (at >= deque->count()) {
        store(&box->a, nullptr);
        return {};
    }
    const bool forward = class_of(self) == iterator_class;
    return Ref::share(place(deque, forward ? at : deque->count() - 1 - at));
}

// Searching: the comparisons may change the deque.

/// When a comparison has changed the deque: is what it found told, or is that an error?
enum class Changed : unsigned char { Found, Error };

/// The index of the first item from `from` to `to` that equals `value`, or -1. `error` is the
/// exception when the deque has changed since it had this version.
bool find(Value self,
          Value value,
          int64_t from,
          int64_t to,
          int64_t* out,
          uint64_t version,
          Class* error,
          Changed changed = Changed::Found) {
    Deque* deque = as<Deque>(self);
    *out = -1;
    for (int64_t i = from; i < to; ++i) {
        Ref item = Ref::share(place(deque, static_cast<size_t>(i)));
        bool same = false;
        if (!equal(item, value, &same)) {
            return false;
        }
        if (deque->version != version && !(same && changed == Changed::Found)) {
            return raise(error, "deque mutated during iteration");
        }
        if (same) {
            *out = i;
            return true;
        }
    }
    return true;
}

uint64_t version_of(Value self) {
    return as<Deque>(self)->version;
}

bool deque_contains(Value self, Value item, bool* out) {
    int64_t index = -1;
    const bool ok =
        find(self, item, 0, count_of(self), &index, version_of(self), vm.exceptions.RuntimeError);
    *out = index >= 0;
    return ok;
}

Ref count_method(Value self, const Args& args) {
    int64_t found = 0;
    for (int64_t index = -1, total = 0;; ++total) {
        if (!find(self,
                  args[0],
                  index + 1,
                  count_of(self),
                  &found,
                  version_of(self),
                  vm.exceptions.RuntimeError,
                  Changed::Error)) {
            return {};
        }
        if (found < 0) {
            return new_int(total);
        }
        index = found;
    }
}

Ref index_method(Value self, const Args& args) {
    const uint64_t version = version_of(self);
    int64_t from = 0;
    int64_t to = count_of(self);
    if ((args[1] != nullptr && !to_index(args[1], &from)) ||
        (args[2] != nullptr && !to_index(args[2], &to))) {
        return {};
    }
    const int64_t count = count_of(self);
    from = from < 0 ? std::max<int64_t>(from + count, 0) : from;
    to = std::min(to < 0 ? to + count : to, count);
    int64_t index = -1;
    if (!find(self, args[0], from, to, &index, version, vm.exceptions.RuntimeError)) {
        return {};
    }
    return index >= 0
               ? new_int(index)
               : Ref(raise(
                     vm.exceptions.ValueError, "%s is not in deque", repr_text(args[0]).c_str()));
}

Ref remove_method(Value self, const Args& args) {
    int64_t index = -1;
    if (!find(self,
              args[0],
              0,
              count_of(self),
              &index,
              version_of(self),
              vm.exceptions.IndexError,
              Changed::Error)) {
        return {};
    }
    if (index < 0) {
        return raise(vm.exceptions.ValueError, "%s is not in deque", repr_text(args[0]).c_str());
    }
    take_at(as<Deque>(self), static_cast<size_t>(index));
    return Ref::own(none());
}

// The other methods.

template <bool kLeft>
Ref append_method(Value self, const Args& args) {
    return none_if(put(as<Deque>(self), args[0], kLeft));
}
template <bool kLeft>
Ref extend_method(Value self, const Args& args) {
    return none_if(put_all(as<Deque>(self), args[0], kLeft));
}
template <bool kLeft>
Ref pop_method(Value self, const Args&) {
    return as<Deque>(self)->count() > 0
               ? take(as<Deque>(self), kLeft)
               : Ref(raise(vm.exceptions.IndexError, "pop from an empty deque"));
}
Ref clear_method(Value self, const Args&) {
    drop_items(as<Deque>(self));
    return Ref::own(none());
}
Ref copy_method(Value self, const Args&) {
    return copy_of(self);
}
Ref insert_method(Value self, const Args& args) {
    Deque* deque = as<Deque>(self);
    int64_t index = 0;
    if (!to_index(args[0], &index)) {
        return {};
    }
    const int64_t count = count_of(self);
    if (deque->limit == count) {
        return raise(vm.exceptions.IndexError, "deque already at its maximum size");
    }
    index = index < 0 ? std::max<int64_t>(index + count, 0) : std::min(index, count);
    Ref held = Ref::share(args[1]);
    // Room first, for that may run code.
    if (!reserve(deque, false)) {
        return {};
    }
    if (is_full(deque) || index > count_of(self)) {
        return raise(vm.exceptions.IndexError, "deque changed while an item was inserted");
    }
    Value* at = &place(deque, static_cast<size_t>(index));
    Value* end = deque->items.data() + deque->items.count++;
    std::copy_backward(at, end, end + 1);
    *at = held.take();
    ++deque->version;
    return Ref::own(none());
}
Ref reverse_method(Value self, const Args&) {
    Deque* deque = as<Deque>(self);
    for (size_t i = 0; i < deque->count() / 2; ++i) {
        std::swap(place(deque, i), place(deque, deque->count() - 1 - i));
    }
    return Ref::own(none());
}
Ref rotate_method(Value self, const Args& args) {
    int64_t steps = 1;
    if (args[0] != nullptr && !to_int64(args[0], &steps)) {
        return {};
    }
    return none_if(rotate(as<Deque>(self), steps));
}
Ref maxlen_get(Value self) {
    return as<Deque>(self)->limit < 0 ? Ref::own(none()) : new_int(as<Deque>(self)->limit);
}

const NativeDef kMethods[] = {{"append", append_method<false>, "item /"},
                              {"appendleft", append_method<true>, "item /"},
                              {"extend", extend_method<false>, "iterable /"},
                              {"extendleft", extend_method<true>, "iterable /"},
                              {"pop", pop_method<false>, ""},
                              {"popleft", pop_method<true>, ""},
                              {"clear", clear_method, ""},
                              {"copy", copy_method, ""},
                              {"__copy__", copy_method, ""},
                              {"count", count_method, "value /"},
                              {"index", index_method, "value start? stop? /"},
                              {"insert", insert_method, "index item /"},
                              {"remove", remove_method, "value /"},
                              {"reverse", reverse_method, ""},
                              {"rotate", rotate_method, "n? /"},
                              {"__reversed__", reversed_method, ""},
                              {nullptr, nullptr, nullptr}};
const GetSet kGetSets[] = {{"maxlen", maxlen_get}, {nullptr, nullptr}};

NativeClass native_deque = {"deque",
                            kDeque,
                            {.create = create,
                             .init = init,
                             .repr = deque_repr,
                             .unhashable = true,
                             .compare = deque_compare,
                             .iter = deque_iter,
                             .length = deque_length,
                             .get_item = get_item,
                             .set_item = set_item,
                             .contains = deque_contains,
                             .binary = deque_binary,
                             .binary_mask = bit(BinOp::Add) | bit(BinOp::Mul),
                             .inplace = deque_inplace,
                             .inplace_mask = bit(BinOp::Add) | bit(BinOp::Mul)},
                            kMethods,
                            kGetSets,
                            false,
                            "collections"};
NativeClass native_iterator =
    hidden_iterator("_deque_iterator", iterator_next, nullptr, "_collections");
NativeClass native_reverse_iterator =
    hidden_iterator("_deque_reverse_iterator", iterator_next, nullptr, "_collections");

}  // namespace

bool fill_collections(Module* module) {
    deque_class = make_native_class(native_deque, vm.classes.object);
    iterator_class = make_native_class(native_iterator, vm.classes.object);
    reverse_iterator_class = make_native_class(native_reverse_iterator, vm.classes.object);
    return deque_class != nullptr && iterator_class != nullptr &&
           reverse_iterator_class != nullptr && module_set(module, "deque", val(deque_class)) &&
           fill_ordered(module);
}

}  // namespace pebble
