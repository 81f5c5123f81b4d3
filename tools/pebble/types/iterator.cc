// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/eval.h"
#include "types/sequence.h"
#include "types/types.h"

namespace pebble {

Ref self_iter(Value self) {
    return Ref::share(self);
}

Ref iterator_copy(Value self, const Args&) {
    const Box* box = as<Box>(self);
    Ref copy = make_box(class_of(self), box->a, box->b, box->c, box->d);
    if (copy) {
        copy.as<Box>()->i = box->i;
        copy.as<Box>()->n = box->n;
    }
    return copy;
}

const NativeDef kIteratorCopy[] = {{"__copy__", iterator_copy, ""}, {nullptr, nullptr, nullptr}};

NativeClass hidden_iterator(const char* name,
                            decltype(Ops::next) next,
                            const NativeDef* methods,
                            const char* module) {
    return {name, kBox, {.iter = self_iter, .next = next}, methods, nullptr, true, module};
}

namespace {

// Over a sequence a, at index i (a byte offset in a string). Each builtin sequence has a class of
// its own for that, as in CPython; all do the same.

Ref iterator_next(Value self) {
    Box* box = as<Box>(self);
    Value sequence = box->a;
    if (sequence == nullptr) {
        return {};
    }
    Items items{};
    if ((is_exact<List>(sequence) || is<Tuple>(sequence) || is<List>(sequence)) &&
        items_of(sequence, &items)) {
        if (static_cast<size_t>(box->i) < items.count) {
            return Ref::share(items.data[box->i++]);
        }
    } else if (is<Str>(sequence)) {
        auto at = static_cast<size_t>(box->i);
        const size_t from = at;
        if (at < view(sequence).size()) {
            next_character(view(sequence), &at);
            box->i = static_cast<int64_t>(at);
            return new_str(view(sequence).substr(from, at - from));
        }
    } else if (is<Bytes>(sequence)) {
        if (static_cast<size_t>(box->i) < as<Bytes>(sequence)->size) {
            return Ref::own(small(static_cast<unsigned char>(as<Bytes>(sequence)->data[box->i++])));
        }
    } else {
        Ref keep = Ref::share(sequence);
        Ref item = get_item(keep, small(box->i));
        if (item) {
            ++box->i;
            return item;
        }
        if (!swallow(vm.exceptions.IndexError) && !swallow(vm.exceptions.StopIteration)) {
            return {};
        }
    }
    store(&box->a, nullptr);
    return {};
}

Ref iterator_length_hint(Value self, const Args&) {
    const Box* box = as<Box>(self);
    int64_t length = 0;
    if (box->a != nullptr && !length_of(box->a, &length)) {
        return {};
    }
    return new_int(std::max<int64_t>(box->a != nullptr ? length - box->i : 0, 0));
}

// call_iterator: calls a until it gives b.

Ref call_iterator_next(Value self) {
    Box* box = as<Box>(self);
    Ref function = Ref::share(box->a);
    if (!function) {
        return {};
    }
    Ref result = call(function, {});
    bool end = false;
    if (!result || !equal(result, box->b, &end)) {
        return {};
    }
    if (end) {
        store(&box->a, nullptr);
        return {};
    }
    return result;
}

// enumerate: over a, at number i; b is the tuple of the results.

Ref enumerate_start(Value cls, const Args& args) {
    int64_t start = 0;
    if (args[1] != nullptr && !to_int64(args[1], &start)) {
        return {};
    }
    // In CPython's order, which a collection shows.
    Ref result = make_box(as<Class>(cls));
    Ref iterator = result ? iterate(args[0]) : Ref();
    Ref row = iterator ? make_tuple({none(), none()}) : Ref();
    if (!row) {
        return {};
    }
    Box* box = result.as<Box>();
    store(&box->a, iterator.take());
    store(&box->b, row.take());
    box->i = start;
    return result;
}
const NativeDef kEnumerate = {"enumerate", enumerate_start, "iterable start?"};
Ref enumerate_create(Class* cls, const Args& args) {
    return call_native(&kEnumerate, val(cls), args);
}
Ref enumerate_next(Value self) {
    Box* box = as<Box>(self);
    Ref item = next(box->a);
    if (!item) {
        return {};
    }
    Ref number = new_int(box->i++);
    Ref row = number ? result_tuple(box->b) : Ref();
    if (row) {
        store(&row.as<Tuple>()->items[0], number.take());
        store(&row.as<Tuple>()->items[1], item.take());
    }
    return row;
}

// zip: over the iterators in tuple a; b is the tuple of the results, n = 1: strict. map: function
// b, iterators a.

Ref iterators_of(const Args& args, size_t from) {
    Ref tuple = new_tuple(args.count - from);
    for (size_t i = from; tuple && i < args.count; ++i) {
        Ref iterator = iterate(args[i]);
        if (!iterator) {
            return {};
        }
        tuple.as<Tuple>()->items[i - from] = iterator.take();
    }
    return tuple;
}

Ref zip_create(Class* cls, const Args& args) {
    bool strict = false;
    if (args.keyword_count() > 0 &&
        (view(args.keywords->items[0]) != "strict" || !is_true(args[args.count], &strict))) {
        return pending() ? Ref() : Ref(raise_type("zip() got an unexpected keyword argument"));
    }
    Ref iterators = iterators_of(args, 0);
    Ref row = iterators ? new_tuple(args.count) : Ref();
    Ref result = row ? make_box(cls, iterators, row) : Ref();
    if (result) {
        result.as<Box>()->n = strict ? 1 : 0;
    }
    return result;
}

Failed zip_uneven(size_t at, bool longer) {
    return raise(vm.exceptions.ValueError,
                 "zip() argument %zu is %s than argument%s%zu",
                 at + 1,
                 longer ? "longer" : "shorter",
                 at == 1 ? " " : "s 1-",
                 at);
}

Ref zip_next(Value self) {
    Box* box = as<Box>(self);
    const Tuple* iterators = as<Tuple>(box->a);
    Ref row = iterators->count > 0 ? result_tuple(box->b) : Ref();
    for (size_t i = 0; row && i < iterators->count; ++i) {
        Ref item = next(iterators->items[i]);
        if (item) {
            store(&row.as<Tuple>()->items[i], item.take());
            continue;
        }
        if (pending() || box->n == 0) {
            return {};
        }
        if (i > 0) {
            return zip_uneven(i, false);
        }
        for (size_t k = 1; k < iterators->count; ++k) {
            if (next(iterators->items[k])) {
                return zip_uneven(k, true);
            }
        }
        return {};
    }
    return row;
}

Ref map_create(Class* cls, const Args& args) {
    if (args.count < 2) {
        return raise_type("map() must have at least two arguments.");
    }
    Ref iterators = iterators_of(args, 1);
    return iterators ? make_box(cls, iterators, args[0]) : Ref();
}

Ref map_next(Value self) {
    Box* box = as<Box>(self);
    const Tuple* iterators = as<Tuple>(box->a);
    Ref row = new_tuple(iterators->count);
    for (size_t i = 0; row && i < iterators->count; ++i) {
        Ref item = next(iterators->items[i]);
        if (!item) {
            return {};
        }
        row.as<Tuple>()->items[i] = item.take();
    }
    return row ? call(box->b, Args{row.as<Tuple>()->items, iterators->count, nullptr}) : Ref();
}

// filter: function b (None: truth), iterator a.

Ref filter_create(Class* cls, const Args& args) {
    if (args.count != 2) {
        return raise_type("filter expected 2 arguments, got %zu", args.count);
    }
    Ref iterator = iterate(args[1]);
    return iterator ? make_box(cls, iterator, args[0]) : Ref();
}

Ref filter_next(Value self) {
    Box* box = as<Box>(self);
    for (;;) {
        Ref item = next(box->a);
        if (!item) {
            return {};
        }
        Ref verdict = is_none(box->b) ? Ref::share(item) : call(box->b, {item});
        bool keep = false;
        if (!verdict || !is_true(verdict, &keep)) {
            return {};
        }
        if (keep) {
            return item;
        }
    }
}

// reversed: over the sequence a, at index i.

Ref reversed_create(Class* cls, const Args& args) {
    if (args.count != 1) {
        return raise_type("reversed expected 1 argument, got %zu", args.count);
    }
    Ref own = call_special(args[0], vm.names.reversed, {});
    if (!own || own.get() != not_implemented()) {
        return own;
    }
    int64_t length = 0;
    const bool sequence = class_lookup(class_of(args[0]), vm.names.getitem) != nullptr &&
                          class_lookup(class_of(args[0]), vm.names.len) != nullptr;
    if (!sequence || is<Set>(args[0])) {
        return raise_type("'%s' object is not reversible", type_name(args[0]));
    }
    Ref result = length_of(args[0], &length) ? make_box(cls, args[0]) : Ref();
    if (result) {
        result.as<Box>()->i = length - 1;
    }
    return result;
}

Ref reversed_next(Value self) {
    Box* box = as<Box>(self);
    if (box->a == nullptr || box->i < 0) {
        store(&box->a, nullptr);
        return {};
    }
    Ref item = get_item(box->a, small(box->i--));
    if (!item && swallow(vm.exceptions.IndexError)) {
        store(&box->a, nullptr);
    }
    return item;
}

Ref reversed_length_hint(Value self, const Args&) {
    const Box* box = as<Box>(self);
    return new_int(box->a != nullptr ? box->i + 1 : 0);
}

const NativeDef kReversedMethods[] = {{"__length_hint__", reversed_length_hint, ""},
                                      {"__copy__", iterator_copy, ""},
                                      {nullptr, nullptr, nullptr}};
const NativeDef kIteratorMethods[] = {{"__length_hint__", iterator_length_hint, ""},
                                      {"__copy__", iterator_copy, ""},
                                      {nullptr, nullptr, nullptr}};
/// By the layout of the sequence.
struct {
    LayoutId layout;
    NativeClass native;
    Class* cls = nullptr;
} sequence_iterators[] = {
    {kList, hidden_iterator("list_iterator", iterator_next, kIteratorMethods)},
    {kTuple, hidden_iterator("tuple_iterator", iterator_next, kIteratorMethods)},
    {kStr, hidden_iterator("str_ascii_iterator", iterator_next, kIteratorMethods)},
    {kStr, hidden_iterator("str_iterator", iterator_next, kIteratorMethods)},
    {kBytes, hidden_iterator("bytes_iterator", iterator_next, kIteratorMethods)},
    {kByteArray, hidden_iterator("bytearray_iterator", iterator_next, kIteratorMethods)},
    {kInstance, hidden_iterator("iterator", iterator_next, kIteratorMethods)}};
NativeClass call_iterator_class = hidden_iterator("callable_iterator", call_iterator_next, nullptr);
NativeClass enumerate_class = {
    "enumerate",
    kBox,
    {.create = enumerate_create, .iter = self_iter, .next = enumerate_next},
    kIteratorCopy};
NativeClass zip_class = {
    "zip", kBox, {.create = zip_create, .iter = self_iter, .next = zip_next}, kIteratorCopy};
NativeClass map_class = {
    "map", kBox, {.create = map_create, .iter = self_iter, .next = map_next}, kIteratorCopy};
NativeClass filter_class = {"filter",
                            kBox,
                            {.create = filter_create, .iter = self_iter, .next = filter_next},
                            kIteratorCopy};
NativeClass reversed_class = {"reversed",
                              kBox,
                              {.create = reversed_create, .iter = self_iter, .next = reversed_next},
                              kReversedMethods};
NativeClass list_reversed_class =
    hidden_iterator("list_reverseiterator", reversed_next, kReversedMethods);

}  // namespace

Ref new_iterator(Value sequence) {
    const auto* kind = sequence_iterators;
    const LayoutId layout = class_of(sequence)->info->layout;
    while (kind->layout != layout && kind->layout != kInstance) {
        ++kind;
    }
    const bool ascii =
        is_exact<Str>(sequence) && as<Str>(sequence)->length == as<Str>(sequence)->size;
    return make_box((kind->layout == kStr && !ascii ? kind + 1 : kind)->cls, sequence);
}

void make_iterator_classes() {
    Class* object = vm.classes.object;
    for (auto& kind : sequence_iterators) {
        kind.cls = make_native_class(kind.native, object);
    }
    vm.classes.call_iterator = make_native_class(call_iterator_class, object);
    vm.classes.enumerate = make_native_class(enumerate_class, object);
    vm.classes.zip = make_native_class(zip_class, object);
    vm.classes.map = make_native_class(map_class, object);
    vm.classes.filter = make_native_class(filter_class, object);
    vm.classes.reversed = make_native_class(reversed_class, object);
    vm.classes.list_reversed = make_native_class(list_reversed_class, object);
}

}  // namespace pebble
