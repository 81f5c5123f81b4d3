// SPDX-License-Identifier: MIT
#include <algorithm>

#include "types/types.h"

namespace pebble {

// slice: a start, b stop, c step. range: a start, b stop, c step as ints; n its length.

Ref new_slice(Value start, Value stop, Value step) {
    return make_box(vm.classes.slice, start, stop, step);
}

bool slice_range(Value slice, int64_t length, SliceRange* out) {
    const Box* box = as<Box>(slice);
    out->step = 1;
    if (!is_none(box->c) && !to_index(box->c, &out->step)) {
        return false;
    }
    if (out->step == 0) {
        return raise(vm.exceptions.ValueError, "slice step cannot be zero");
    }
    const bool back = out->step < 0;
    out->start = back ? length - 1 : 0;
    out->stop = back ? -1 : length;
    const auto clip = [&](Value v, int64_t* at) {
        if (is_none(v)) {
            return true;
        }
        if (!to_index(v, at)) {
            return false;
        }
        *at += *at < 0 ? length : 0;
        *at = std::clamp<int64_t>(*at, back ? -1 : 0, back ? length - 1 : length);
        return true;
    };
    if (!clip(box->a, &out->start) || !clip(box->b, &out->stop)) {
        return swallow(vm.exceptions.TypeError)
                   ? raise_type(
                         "slice indices must be integers or None or have an __index__ method")
                   : Failed();
    }
    const int64_t distance = back ? out->start - out->stop : out->stop - out->start;
    const int64_t stride = back ? -out->step : out->step;
    out->count = distance <= 0 ? 0 : (distance - 1) / stride + 1;
    return true;
}

Ref settled_key(Value key) {
    const auto settled = [](Value v) {
        const bool runs_code = !is_immediate(v) && class_of(v) != vm.classes.int_ &&
                               class_lookup(class_of(v), vm.names.index) != nullptr;
        return runs_code ? index_of(v) : Ref::share(v);
    };
    if (is_immediate(key) || class_of(key) != vm.classes.slice) {
        return settled(key);
    }
    const Box* slice = as<Box>(key);
    const bool plain = is_immediate(slice->a) && is_immediate(slice->b) && is_immediate(slice->c);
    if (plain) {
        return Ref::share(key);
    }
    Ref step = settled(slice->c);
    Ref start = step ? settled(slice->a) : Ref();
    Ref stop = start ? settled(slice->b) : Ref();
    return stop ? new_slice(start, stop, step) : Ref();
}

bool item_index(Value key, size_t length, const char* what, size_t* out) {
    int64_t index = 0;
    if (is_small(key)) {
        index = small_value(key);
    } else if (!to_index(key, &index)) {
        if (swallow(vm.exceptions.TypeError)) {
            if (std::string_view(what) == "string") {
                return raise_type("string indices must be integers, not '%s'", type_name(key));
            }
            const bool assignment = std::string_view(what) == "list assignment";
            return raise_type("%s indices must be integers or slices, not %s",
                              assignment ? "list" : what,
                              type_name(key));
        }
        return false;
    }
    index += index < 0 ? static_cast<int64_t>(length) : 0;
    if (index < 0 || static_cast<size_t>(index) >= length) {
        return raise(vm.exceptions.IndexError, "%s index out of range", what);
    }
    *out = static_cast<size_t>(index);
    return true;
}

namespace {

Ref field_or_none(Value v) {
    return Ref::share(v != nullptr ? v : none());
}
Ref start_get(Value self) {
    return field_or_none(as<Box>(self)->a);
}
Ref stop_get(Value self) {
    return field_or_none(as<Box>(self)->b);
}
Ref step_get(Value self) {
    return field_or_none(as<Box>(self)->c);
}
const GetSet kGetSets[] = {
    {"start", start_get}, {"stop", stop_get}, {"step", step_get}, {nullptr, nullptr}};

Ref slice_create(Class* cls, const Args& args) {
    if (args.count < 1 || args.count > 3) {
        return raise_type("slice expected at least 1 argument, got %zu", args.count);
    }
    return make_box(cls,
                    args.count > 1 ? args[0] : none(),
                    args[args.count > 1 ? 1 : 0],
                    args.count > 2 ? args[2] : none());
}
Ref slice_repr(Value self) {
    const Box* box = as<Box>(self);
    return new_str("slice(" + repr_text(box->a) + ", " + repr_text(box->b) + ", " +
                   repr_text(box->c) + ")");
}
Ref slice_compare(Value a, Value b, CmpOp op) {
    if (class_of(b) != vm.classes.slice) {
        return Ref::own(not_implemented());
    }
    Ref left = make_tuple({as<Box>(a)->a, as<Box>(a)->b, as<Box>(a)->c});
    Ref right = make_tuple({as<Box>(b)->a, as<Box>(b)->b, as<Box>(b)->c});
    return left && right ? compare(left, right, op) : Ref();
}
Ref slice_indices(Value self, const Args& args) {
    int64_t length = 0;
    SliceRange range{};
    if (!to_int64(args[0], &length) || !slice_range(self, length, &range)) {
        return {};
    }
    return make_tuple({small(range.start), small(range.stop), small(range.step)});
}
const NativeDef kSliceMethods[] = {{"indices", slice_indices, "length /"},
                                   {nullptr, nullptr, nullptr}};
NativeClass slice_class = {
    "slice",
    kBox,
    {.create = slice_create, .repr = slice_repr, .unhashable = true, .compare = slice_compare},
    kSliceMethods,
    kGetSets,
    true};

// range.

int64_t start_of(Value range) {
    return small_value(as<Box>(range)->a);
}
int64_t step_of(Value range) {
    return small_value(as<Box>(range)->c);
}

Ref make_range(int64_t start, int64_t stop, int64_t step) {
    Ref range = make_box(vm.classes.range, small(start), small(stop), small(step));
    if (range) {
        const int64_t distance = step > 0 ? stop - start : start - stop;
        const int64_t stride = step > 0 ? step : -step;
        range.as<Box>()->n = distance <= 0 ? 0 : (distance - 1) / stride + 1;
    }
    return range;
}

Ref range_create(Class*, const Args& args) {
    if (args.count < 1 || args.count > 3) {
        return raise_type("range expected at least 1 argument, got %zu", args.count);
    }
    int64_t parts[3] = {0, 0, 1};
    for (size_t i = 0; i < args.count; ++i) {
        if (!to_int64(args[i], &parts[args.count == 1 ? 1 : i])) {
            return {};
        }
    }
    if (parts[2] == 0) {
        return raise(vm.exceptions.ValueError, "range() arg 3 must not be zero");
    }
    for (int64_t part : parts) {
        if (!fits_small(part)) {
            return raise(vm.exceptions.OverflowError,
                         "pebble does not support ranges beyond 2**61");
        }
    }
    return make_range(parts[0], parts[1], parts[2]);
}

Ref range_repr(Value self) {
    const Box* box = as<Box>(self);
    const std::string step = step_of(self) == 1 ? "" : ", " + repr_text(box->c);
    return new_str("range(" + repr_text(box->a) + ", " + repr_text(box->b) + step + ")");
}
bool range_length(Value self, int64_t* out) {
    *out = as<Box>(self)->n;
    return true;
}
Ref range_get_item(Value self, Value key) {
    const Box* box = as<Box>(self);
    if (class_of(key) == vm.classes.slice) {
        SliceRange part{};
        if (!slice_range(key, box->n, &part)) {
            return {};
        }
        const int64_t start = start_of(self) + part.start * step_of(self);
        const int64_t step = step_of(self) * part.step;
        return make_range(start, start_of(self) + part.stop * step_of(self), step);
    }
    size_t index = 0;
    return item_index(key, static_cast<size_t>(box->n), "range object", &index)
               ? new_int(start_of(self) + static_cast<int64_t>(index) * step_of(self))
               : Ref();
}
/// Where `item` is in the range, -1: nowhere. What is no int may be equal to one, and is compared
/// with each.
bool range_find(Value self, Value item, int64_t* at) {
    const int64_t count = as<Box>(self)->n;
    *at = -1;
    if (is_bool(item)) {
        item = small(item == truth(true) ? 1 : 0);
    }
    if (is_small(item)) {
        const int64_t offset = small_value(item) - start_of(self);
        const int64_t index = offset / step_of(self);
        *at = offset % step_of(self) == 0 && index >= 0 && index < count ? index : -1;
        return true;
    }
    for (int64_t i = 0; !is_exact<Int>(item) && i < count; ++i) {
        Ref number = new_int(start_of(self) + i * step_of(self));
        bool same = false;
        if (!number || !equal(number, item, &same) || !check_interrupt()) {
            return false;
        }
        if (same) {
            *at = i;
            break;
        }
    }
    return true;
}
bool range_contains(Value self, Value item, bool* out) {
    int64_t at = 0;
    const bool ok = range_find(self, item, &at);
    *out = ok && at >= 0;
    return ok;
}
Ref range_compare(Value a, Value b, CmpOp op) {
    if (class_of(b) != vm.classes.range || (op != CmpOp::Eq && op != CmpOp::Ne)) {
        return Ref::own(not_implemented());
    }
    const int64_t n = as<Box>(a)->n;
    const bool same = n == as<Box>(b)->n && (n == 0 || start_of(a) == start_of(b)) &&
                      (n < 2 || step_of(a) == step_of(b));
    return Ref::own(truth(same == (op == CmpOp::Eq)));
}
bool range_hash(Value self, int64_t* out) {
    *out = as<Box>(self)->n * 1000003 ^ start_of(self);
    return true;
}

// An iterator: i the next number, n how many are left, a the step.
Class* range_iterator = nullptr;

Ref make_iterator(int64_t start, int64_t step, int64_t count) {
    Ref iterator = make_box(range_iterator, small(step));
    if (iterator) {
        iterator.as<Box>()->i = start;
        iterator.as<Box>()->n = count;
    }
    return iterator;
}
Ref range_iter(Value self) {
    return make_iterator(start_of(self), step_of(self), as<Box>(self)->n);
}
Ref range_reversed(Value self, const Args&) {
    const int64_t n = as<Box>(self)->n;
    return make_iterator(start_of(self) + (n - 1) * step_of(self), -step_of(self), n);
}
Ref range_count(Value self, const Args& args) {
    int64_t at = 0;
    return range_find(self, args[0], &at) ? Ref::own(small(at >= 0 ? 1 : 0)) : Ref();
}
Ref range_index(Value self, const Args& args) {
    int64_t at = 0;
    if (!range_find(self, args[0], &at)) {
        return {};
    }
    return at >= 0
               ? new_int(at)
               : Ref(raise(
                     vm.exceptions.ValueError, "%s is not in range", repr_text(args[0]).c_str()));
}
Ref iterator_next(Value self) {
    Box* box = as<Box>(self);
    if (box->n <= 0) {
        return {};
    }
    --box->n;
    const int64_t number = box->i;
    box->i += small_value(box->a);
    return new_int(number);
}

Ref iterator_length_hint(Value self, const Args&) {
    return new_int(as<Box>(self)->n);
}

const NativeDef kIteratorMethods[] = {{"__length_hint__", iterator_length_hint, ""},
                                      {"__copy__", iterator_copy, ""},
                                      {nullptr, nullptr, nullptr}};
const NativeDef kRangeMethods[] = {{"__reversed__", range_reversed, ""},
                                   {"count", range_count, "value /"},
                                   {"index", range_index, "value /"},
                                   {nullptr, nullptr, nullptr}};
NativeClass range_class = {"range",
                           kBox,
                           {.create = range_create,
                            .repr = range_repr,
                            .hash = range_hash,
                            .compare = range_compare,
                            .iter = range_iter,
                            .length = range_length,
                            .get_item = range_get_item,
                            .contains = range_contains},
                           kRangeMethods,
                           kGetSets,
                           true};
NativeClass iterator_class = hidden_iterator("range_iterator", iterator_next, kIteratorMethods);

}  // namespace

void make_range_classes() {
    vm.classes.slice = make_native_class(slice_class, vm.classes.object);
    vm.classes.range = make_native_class(range_class, vm.classes.object);
    range_iterator = make_native_class(iterator_class, vm.classes.object);
}

}  // namespace pebble
