// SPDX-License-Identifier: MIT
#include <algorithm>

#include "types/sequence.h"
#include "types/types.h"

namespace pebble {

Ref new_tuple(size_t count, Value const* items) {
    if (count == 0 && vm.empty_tuple != nullptr) {
        return Ref::share(vm.empty_tuple);
    }
    Tuple* tuple = make<Tuple>(vm.classes.tuple, count);
    for (size_t i = 0; tuple != nullptr && items != nullptr && i < count; ++i) {
        tuple->items[i] = new_ref(items[i]);
    }
    return Ref::own(tuple);
}

Ref make_tuple(std::initializer_list<Value> items) {
    for (Value item : items) {
        if (item == nullptr) {
            return {};  // The maker of an item has raised.
        }
    }
    return new_tuple(items.size(), items.begin());
}

// What lists and tuples share.

Ref compare_sequences(Value a, Value b, CmpOp op) {
    Items left{};
    Items right{};
    if (!items_of(a, &left) || !items_of(b, &right) || is<List>(a) != is<List>(b)) {
        return Ref::own(not_implemented());
    }
    if (left.count != right.count && (op == CmpOp::Eq || op == CmpOp::Ne)) {
        return Ref::own(truth(op == CmpOp::Ne));
    }
    for (size_t i = 0; i < left.count && i < right.count; ++i) {
        Ref x = Ref::share(left.data[i]);
        Ref y = Ref::share(right.data[i]);
        bool same = false;
        if (!equal(x, y, &same)) {
            return {};
        }
        // The comparison may have changed the sequences. The items that are there now are ordered;
        // if there are none, the lengths decide.
        items_of(a, &left);
        items_of(b, &right);
        if (same) {
            continue;
        }
        if (i >= left.count || i >= right.count) {
            break;
        }
        if (op == CmpOp::Eq || op == CmpOp::Ne) {
            return Ref::own(truth(op == CmpOp::Ne));
        }
        x = Ref::share(left.data[i]);
        y = Ref::share(right.data[i]);
        return compare(x, y, op);
    }
    return compare(
        small(static_cast<int64_t>(left.count)), small(static_cast<int64_t>(right.count)), op);
}

Ref result_tuple(Value kept) {
    if (cairn_refcount(kept) > 1) {
        return new_tuple(as<Tuple>(kept)->count);
    }
    if (!cairn_gc_is_tracked(kept)) {
        cairn_gc_track(kept);
    }
    return Ref::share(kept);
}

Ref sequence_iter(Value self) {
    return new_iterator(self);
}

bool sequence_contains(Value self, Value item, bool* out) {
    Items items{};
    *out = false;
    for (size_t i = 0; items_of(self, &items) && i < items.count && !*out; ++i) {
        Ref keep = Ref::share(items.data[i]);
        if (!equal(keep, item, out)) {
            return false;
        }
    }
    return true;
}

Ref sequence_count(Value self, const Args& args) {
    Items items{};
    int64_t count = 0;
    for (size_t i = 0; items_of(self, &items) && i < items.count; ++i) {
        Ref keep = Ref::share(items.data[i]);
        bool same = false;
        if (!equal(keep, args[0], &same)) {
            return {};
        }
        count += same ? 1 : 0;
    }
    return new_int(count);
}

Ref sequence_index(Value self, const Args& args) {
    Items items{};
    int64_t start = 0;
    int64_t stop = INT64_MAX;
    if ((args[1] != nullptr && !to_index(args[1], &start)) ||
        (args[2] != nullptr && !to_index(args[2], &stop))) {
        return {};
    }
    items_of(self, &items);
    const auto length = static_cast<int64_t>(items.count);
    start = start < 0 ? std::max<int64_t>(start + length, 0) : start;
    stop = stop < 0 ? stop + length : stop;
    for (int64_t i = start;
         items_of(self, &items) && i < stop && i < static_cast<int64_t>(items.count);
         ++i) {
        Ref keep = Ref::share(items.data[i]);
        bool same = false;
        if (!equal(keep, args[0], &same)) {
            return {};
        }
        if (same) {
            return new_int(i);
        }
    }
    if (is<Tuple>(self)) {
        return raise(vm.exceptions.ValueError, "tuple.index(x): x not in tuple");
    }
    return raise(vm.exceptions.ValueError, "%s is not in list", repr_text(args[0]).c_str());
}

Ref repeat_sequence(Value a, Value b) {
    Items items{};
    Value sequence = a;
    Value times = b;
    if (!items_of(a, &items)) {
        std::swap(sequence, times);
    }
    int64_t count = 0;
    if (!is_int(times) && class_lookup(class_of(times), vm.names.index) == nullptr) {
        return Ref::own(not_implemented());
    }
    if (!to_int64(times, &count)) {
        return {};
    }
    items_of(sequence, &items);
    const size_t total = count <= 0 ? 0 : items.count * static_cast<size_t>(count);
    if (count > 0 && total / static_cast<size_t>(count) != items.count) {
        return raise_memory();
    }
    if (is_exact<Tuple>(sequence) && count == 1) {
        return Ref::share(sequence);
    }
    const bool list = is<List>(sequence);
    Ref result = list ? new_list(total) : new_tuple(total);
    if (!result || total == 0) {
        return result;
    }
    items_of(sequence, &items);
    if (items.count * static_cast<size_t>(count) != total) {
        return repeat_sequence(a, b);  // Making room has run code that changed the sequence.
    }
    Value* out = list ? result.as<List>()->items.data() : result.as<Tuple>()->items;
    for (size_t i = 0; i < total; ++i) {
        out[i] = new_ref(items.data[i % items.count]);
    }
    return result;
}

namespace {

Ref tuple_create(Class* cls, const Args& args) {
    if (args.count > 1 || args.keyword_count() > 0) {
        return raise_type("tuple expected at most 1 argument, got %zu", args.count);
    }
    Ref items = args.count == 0 ? Ref::share(vm.empty_tuple) : to_tuple(args[0]);
    if (!items || cls == vm.classes.tuple) {
        return items;
    }
    Tuple* tuple = make<Tuple>(cls, items.as<Tuple>()->count);
    for (size_t i = 0; tuple != nullptr && i < tuple->count; ++i) {
        tuple->items[i] = new_ref(items.as<Tuple>()->items[i]);
    }
    return Ref::own(tuple);
}

Ref tuple_repr(Value self) {
    ReprGuard guard(self);
    if (guard.again()) {
        return new_str("(...)");
    }
    std::string text = "(";
    if (!append_items(&text, self)) {
        return {};
    }
    return new_str(text + (as<Tuple>(self)->count == 1 ? ",)" : ")"));
}

bool tuple_hash(Value self, int64_t* out) {
    constexpr uint64_t kPrime1 = 11400714785074694791u;
    constexpr uint64_t kPrime2 = 14029467366897019727u;
    constexpr uint64_t kPrime5 = 2870177450012600261u;
    if (stack_is_used_up()) {
        return raise_recursion(" while hashing a tuple");
    }
    const Tuple* tuple = as<Tuple>(self);
    uint64_t sum = kPrime5;
    for (size_t i = 0; i < tuple->count; ++i) {
        int64_t hash = 0;
        if (!hash_of(tuple->items[i], &hash)) {
            return false;
        }
        sum += static_cast<uint64_t>(hash) * kPrime2;
        sum = (sum << 31 | sum >> 33) * kPrime1;
    }
    sum += tuple->count ^ (kPrime5 ^ 3527539u);
    *out = sum == ~uint64_t{0} ? 1546275796 : static_cast<int64_t>(sum);
    return true;
}

bool tuple_length(Value self, int64_t* out) {
    *out = static_cast<int64_t>(as<Tuple>(self)->count);
    return true;
}

Ref tuple_get_item(Value self, Value key) {
    const Tuple* tuple = as<Tuple>(self);
    if (class_of(key) == vm.classes.slice) {
        SliceRange range{};
        if (!slice_range(key, static_cast<int64_t>(tuple->count), &range)) {
            return {};
        }
        Ref result = new_tuple(static_cast<size_t>(range.count));
        for (int64_t i = 0; result && i < range.count; ++i) {
            result.as<Tuple>()->items[i] = new_ref(tuple->items[range.start + i * range.step]);
        }
        return result;
    }
    size_t index = 0;
    return item_index(key, tuple->count, "tuple", &index) ? Ref::share(tuple->items[index]) : Ref();
}

Ref tuple_binary(Value a, Value b, BinOp op) {
    if (op == BinOp::Mul) {
        return repeat_sequence(a, b);
    }
    if (!is<Tuple>(a) || op != BinOp::Add) {
        return Ref::own(not_implemented());
    }
    if (!is<Tuple>(b)) {
        return raise_type("can only concatenate tuple (not \"%s\") to tuple", type_name(b));
    }
    const Tuple* left = as<Tuple>(a);
    const Tuple* right = as<Tuple>(b);
    Ref result = new_tuple(left->count + right->count);
    for (size_t i = 0; result && i < left->count + right->count; ++i) {
        result.as<Tuple>()->items[i] =
            new_ref(i < left->count ? left->items[i] : right->items[i - left->count]);
    }
    return result;
}

const NativeDef kMethods[] = {{"count", sequence_count, "value /"},
                              {"index", sequence_index, "value start? stop? /"},
                              {nullptr, nullptr, nullptr}};

NativeClass tuple_class = {"tuple",
                           kTuple,
                           {.create = tuple_create,
                            .repr = tuple_repr,
                            .hash = tuple_hash,
                            .compare = compare_sequences,
                            .iter = sequence_iter,
                            .length = tuple_length,
                            .get_item = tuple_get_item,
                            .contains = sequence_contains,
                            .binary = tuple_binary,
                            .binary_mask = bit(BinOp::Add) | bit(BinOp::Mul)},
                           kMethods};

}  // namespace

void make_tuple_class() {
    vm.classes.tuple = make_native_class(tuple_class, vm.classes.object, vm.classes.tuple);
}

}  // namespace pebble
