// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstring>

#include "types/sequence.h"
#include "types/types.h"

namespace pebble {
namespace {

/// Makes room for `extra` items. May run user code; the list's fields must be read again.
bool reserve(List* list, size_t extra) {
    while (list->items.capacity - list->items.count < extra) {
        const size_t wanted = list->items.count + extra;
        if (wanted < extra || cairn_buffer_reserve(val(list), wanted) != CAIRN_OK) {
            return raise_memory();
        }
    }
    return true;
}

/// Asks a class of the program how long its instance is, for it may tell by what the question sets
/// off; room is made as it is needed. False: it failed.
bool ask_length(Value iterable) {
    Class* cls = class_of(iterable);
    if (!is_heap_class(cls)) {
        return true;
    }
    for (Str* name : {vm.names.len, vm.names.length_hint}) {
        if (class_lookup(cls, name) != nullptr) {
            return call_special(iterable, name, {}) || swallow(vm.exceptions.TypeError);
        }
    }
    return true;
}

Ref copy_list(const List* from) {
    Ref result = new_list();
    List* list = result.as<List>();
    if (!result || !reserve(list, from->items.count)) {
        return {};
    }
    // Making room may have run code that changed `from`.
    list->items.count = std::min(from->items.count, list->items.capacity);
    for (size_t i = 0; i < list->items.count; ++i) {
        list->items[i] = new_ref(from->items[i]);
    }
    return result;
}

}  // namespace

Ref new_list(size_t count, Value const* items) {
    List* list = make<List>(vm.classes.list);
    Ref result = Ref::own(list);
    if (list == nullptr || count == 0) {
        return result;
    }
    cairn_buffer none_yet;
    if (cairn_buffer_replace(val(list), count, &none_yet) != CAIRN_OK) {
        return raise_memory();
    }
    for (size_t i = 0; items != nullptr && i < count; ++i) {
        list->items[i] = new_ref(items[i]);
    }
    return result;
}

bool list_append(List* list, Value item) {
    Ref held = Ref::share(item);  // making room may run code that drops it
    if (list->items.count == list->items.capacity && !reserve(list, 1)) {
        return false;
    }
    list->items[list->items.count++] = held.take();
    return true;
}

bool list_insert(List* list, size_t at, Value item) {
    Ref held = Ref::share(item);
    if (!reserve(list, 1)) {
        return false;
    }
    at = std::min(at, list->items.count);
    std::memmove(list->items.data() + at + 1,
                 list->items.data() + at,
                 (list->items.count - at) * sizeof(Value));
    list->items[at] = held.take();
    ++list->items.count;
    return true;
}

bool list_extend(List* list, Value iterable) {
    if (is_exact<List>(iterable) || is_exact<Tuple>(iterable)) {
        Items items{};
        items_of(iterable, &items);
        if (!reserve(list, items.count)) {
            return false;
        }
        items_of(iterable, &items);
        const size_t count = std::min(items.count, list->items.capacity - list->items.count);
        for (size_t i = 0; i < count; ++i) {
            list->items[list->items.count + i] = new_ref(items.data[i]);
        }
        list->items.count += count;
        return true;
    }
    Ref iterator = iterate(iterable);
    if (!iterator || !ask_length(iterable)) {
        return false;
    }
    while (Ref item = next(iterator)) {
        if (!list_append(list, item)) {
            return false;
        }
    }
    return !pending();
}

void list_remove_range(List* list, size_t from, size_t count) {
    if (count == list->items.count) {
        list_drop_items(list);
        return;
    }
    Ref keep = Ref::share(list);
    (void)cairn_buffer_remove(val(list), from, count);
}

void list_drop_items(List* list) {
    (void)cairn_buffer_clear(val(list));
}

namespace {

Ref list_create(Class* cls, const Args&) {
    return Ref::own(make<List>(cls));
}

bool list_init(Value self, const Args& args) {
    if (args.keyword_count() > 0) {
        return raise_type("list() takes no keyword arguments");
    }
    if (args.count > 1) {
        return raise_type("list expected at most 1 argument, got %zu", args.count);
    }
    list_remove_range(as<List>(self), 0, as<List>(self)->items.count);
    return args.count == 0 || list_extend(as<List>(self), args[0]);
}

Ref list_repr(Value self) {
    ReprGuard guard(self);
    if (guard.again()) {
        return new_str("[...]");
    }
    std::string text = "[";
    return append_items(&text, self) ? new_str(text + "]") : Ref();
}

bool list_length(Value self, int64_t* out) {
    *out = static_cast<int64_t>(as<List>(self)->items.count);
    return true;
}

Ref list_get_item(Value self, Value given) {
    List* list = as<List>(self);
    Ref key = settled_key(given);
    if (!key) {
        return {};
    }
    if (class_of(key) == vm.classes.slice) {
        SliceRange range{};
        if (!slice_range(key, static_cast<int64_t>(list->items.count), &range)) {
            return {};
        }
        Ref result = new_list();
        List* part = result.as<List>();
        if (!result || !reserve(part, static_cast<size_t>(range.count))) {
            return {};
        }
        // Making room may have run code that changed the list.
        for (int64_t i = 0; i < range.count; ++i) {
            const auto at = static_cast<size_t>(range.start + i * range.step);
            if (at < list->items.count) {
                part->items[part->items.count++] = new_ref(list->items[at]);
            }
        }
        return result;
    }
    size_t index = 0;
    return item_index(key, list->items.count, "list", &index) ? Ref::share(list->items[index])
                                                              : Ref();
}

/// list[slice] = value, or del list[slice].
bool set_slice(List* list, Value slice, Value value) {
    Ref key = settled_key(slice);
    Ref items = !key ? Ref() : value != nullptr ? to_list(value) : new_list();
    if (key && !items && swallow(vm.exceptions.TypeError)) {
        return raise_type("can only assign an iterable");
    }
    SliceRange range{};
    if (!items || !slice_range(key, static_cast<int64_t>(list->items.count), &range)) {
        return false;
    }
    const List* given = items.as<List>();
    if (range.step != 1 && value != nullptr) {
        if (static_cast<int64_t>(given->items.count) != range.count) {
            return raise(vm.exceptions.ValueError,
                         "attempt to assign sequence of size %zu to extended slice of size %lld",
                         given->items.count,
                         static_cast<long long>(range.count));
        }
        for (int64_t i = 0; i < range.count; ++i) {
            std::swap(list->items[static_cast<size_t>(range.start + i * range.step)],
                      given->items[static_cast<size_t>(i)]);
        }
        return true;
    }
    if (range.step != 1) {
        std::vector<bool> gone(list->items.count);
        for (int64_t i = 0; i < range.count; ++i) {
            gone[static_cast<size_t>(range.start + i * range.step)] = true;
        }
        std::vector<Value> removed;
        size_t kept = 0;
        for (size_t i = 0; i < gone.size(); ++i) {
            if (gone[i]) {
                removed.push_back(list->items[i]);
            } else {
                list->items[kept++] = list->items[i];
            }
        }
        list->items.count = kept;
        std::for_each(removed.begin(), removed.end(), decref);
        return true;
    }
    if (!reserve(list, given->items.count)) {
        return false;
    }
    const auto from = std::min(static_cast<size_t>(range.start), list->items.count);
    const auto count = std::min(static_cast<size_t>(range.count), list->items.count - from);
    std::vector<Value> removed(list->items.data() + from, list->items.data() + from + count);
    if (list->items.count > from + count) {
        std::memmove(list->items.data() + from + given->items.count,
                     list->items.data() + from + count,
                     (list->items.count - from - count) * sizeof(Value));
    }
    for (size_t i = 0; i < given->items.count; ++i) {
        list->items[from + i] = new_ref(given->items[i]);
    }
    list->items.count += given->items.count - count;
    std::for_each(removed.begin(), removed.end(), decref);
    return true;
}

bool list_set_item(Value self, Value given, Value value) {
    List* list = as<List>(self);
    if (class_of(given) == vm.classes.slice) {
        return set_slice(list, given, value);
    }
    size_t index = 0;
    Ref key = settled_key(given);
    if (!key || !item_index(key, list->items.count, "list assignment", &index)) {
        return false;
    }
    if (value == nullptr) {
        list_remove_range(list, index, 1);
    } else {
        store(&list->items[index], new_ref(value));
    }
    return true;
}

Ref list_binary(Value a, Value b, BinOp op) {
    if (op == BinOp::Mul) {
        return repeat_sequence(a, b);
    }
    if (!is<List>(a) || op != BinOp::Add) {
        return Ref::own(not_implemented());
    }
    if (!is<List>(b)) {
        return raise_type("can only concatenate list (not \"%s\") to list", type_name(b));
    }
    Ref result = copy_list(as<List>(a));
    for (size_t i = 0; result && i < as<List>(b)->items.count; ++i) {
        Ref item = Ref::share(as<List>(b)->items[i]);
        if (!list_append(result.as<List>(), item)) {
            return {};
        }
    }
    return result;
}

Ref list_inplace(Value a, Value b, BinOp op) {
    if (op == BinOp::Add) {
        return list_extend(as<List>(a), b) ? Ref::share(a) : Ref();
    }
    Ref result = op == BinOp::Mul ? repeat_sequence(a, b) : Ref::own(not_implemented());
    if (!result || result.get() == not_implemented()) {
        return result;
    }
    swap_buffers(a, result);
    return Ref::share(a);
}

// Methods.

Ref none_if(bool ok) {
    return ok ? Ref::own(none()) : Ref();
}

Ref append_method(Value self, const Args& args) {
    return none_if(list_append(as<List>(self), args[0]));
}
Ref extend_method(Value self, const Args& args) {
    return none_if(list_extend(as<List>(self), args[0]));
}
Ref insert_method(Value self, const Args& args) {
    int64_t index = 0;
    if (!to_index(args[0], &index)) {
        return {};
    }
    const auto count = static_cast<int64_t>(as<List>(self)->items.count);
    index = index < 0 ? std::max<int64_t>(index + count, 0) : std::min(index, count);
    return none_if(list_insert(as<List>(self), static_cast<size_t>(index), args[1]));
}
Ref pop_method(Value self, const Args& args) {
    List* list = as<List>(self);
    int64_t index = -1;
    if (args[0] != nullptr && !to_index(args[0], &index)) {
        return {};
    }
    if (list->items.count == 0) {
        return raise(vm.exceptions.IndexError, "pop from empty list");
    }
    index += index < 0 ? static_cast<int64_t>(list->items.count) : 0;
    if (index < 0 || index >= static_cast<int64_t>(list->items.count)) {
        return raise(vm.exceptions.IndexError, "pop index out of range");
    }
    const auto at = static_cast<size_t>(index);
    Ref item = Ref::own(list->items[at]);
    std::memmove(list->items.data() + at,
                 list->items.data() + at + 1,
                 (list->items.count - at - 1) * sizeof(Value));
    --list->items.count;
    return item;
}
Ref remove_method(Value self, const Args& args) {
    List* list = as<List>(self);
    for (size_t i = 0; i < list->items.count; ++i) {
        Ref item = Ref::share(list->items[i]);
        bool same = false;
        if (!equal(item, args[0], &same)) {
            return {};
        }
        if (same) {
            // The comparison may have made the list shorter: then there is nothing to remove.
            list_remove_range(list, i, i < list->items.count ? 1 : 0);
            return Ref::own(none());
        }
    }
    return raise(vm.exceptions.ValueError, "list.remove(x): x not in list");
}
Ref clear_method(Value self, const Args&) {
    list_drop_items(as<List>(self));
    return Ref::own(none());
}
Ref reverse_method(Value self, const Args&) {
    std::reverse(as<List>(self)->items.data(),
                 as<List>(self)->items.data() + as<List>(self)->items.count);
    return Ref::own(none());
}
Ref sort_method(Value self, const Args& args) {
    bool reverse = false;
    if (args[1] != nullptr && !is_true(args[1], &reverse)) {
        return {};
    }
    return none_if(list_sort(
        as<List>(self), args[0] != nullptr && !is_none(args[0]) ? args[0] : nullptr, reverse));
}
Ref copy_method(Value self, const Args&) {
    return copy_list(as<List>(self));
}
Ref reversed_method(Value self, const Args&) {
    Ref iterator = make_box(vm.classes.list_reversed, self);
    if (iterator) {
        iterator.as<Box>()->i = static_cast<int64_t>(as<List>(self)->items.count) - 1;
    }
    return iterator;
}

const NativeDef kMethods[] = {{"append", append_method, "object /"},
                              {"extend", extend_method, "iterable /"},
                              {"insert", insert_method, "index object /"},
                              {"pop", pop_method, "index? /"},
                              {"remove", remove_method, "value /"},
                              {"clear", clear_method, ""},
                              {"reverse", reverse_method, ""},
                              {"sort", sort_method, "* key? reverse?"},
                              {"copy", copy_method, ""},
                              {"count", sequence_count, "value /"},
                              {"index", sequence_index, "value start? stop? /"},
                              {"__reversed__", reversed_method, ""},
                              {nullptr, nullptr, nullptr}};

NativeClass list_class = {"list",
                          kList,
                          {.create = list_create,
                           .init = list_init,
                           .repr = list_repr,
                           .unhashable = true,
                           .compare = compare_sequences,
                           .iter = sequence_iter,
                           .length = list_length,
                           .get_item = list_get_item,
                           .set_item = list_set_item,
                           .contains = sequence_contains,
                           .binary = list_binary,
                           .binary_mask = bit(BinOp::Add) | bit(BinOp::Mul),
                           .inplace = list_inplace,
                           .inplace_mask = bit(BinOp::Add) | bit(BinOp::Mul)},
                          kMethods};

}  // namespace

void make_list_class() {
    vm.classes.list = make_native_class(list_class, vm.classes.object);
}

}  // namespace pebble
