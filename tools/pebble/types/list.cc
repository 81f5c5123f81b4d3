#include <algorithm>
#include <cstring>

#include "types/sequence.h"
#include "types/types.h"

namespace pebble {
namespace {

/// Makes room for `extra` items. May run user code; the list's fields must be read again.
bool reserve(List* list, size_t extra) {
    while (list->count + extra > list->capacity) {
        size_t capacity = list->count + extra;
        capacity += (capacity >> 3) + (capacity < 9 ? 3 : 6);
        auto* items = static_cast<Value*>(buffer_new(capacity * sizeof(Value)));
        if (items == nullptr) {
            return false;
        }
        if (list->count > capacity) {
            buffer_free(items, capacity * sizeof(Value));
            continue;
        }
        std::copy(list->items, list->items + list->count, items);
        Value* old = std::exchange(list->items, items);
        const size_t old_capacity = std::exchange(list->capacity, capacity);
        buffer_free(old, old_capacity * sizeof(Value));
    }
    return true;
}

Ref copy_list(const List* from) {
    Ref result = new_list();
    List* list = result.as<List>();
    if (!result || !reserve(list, from->count)) {
        return {};
    }
    // Making room may have run code that changed `from`.
    list->count = std::min(from->count, list->capacity);
    for (size_t i = 0; i < list->count; ++i) {
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
    list->items = static_cast<Value*>(buffer_new(count * sizeof(Value)));
    if (list->items == nullptr) {
        return {};
    }
    list->capacity = count;
    for (size_t i = 0; i < count; ++i) {
        list->items[i] = items != nullptr ? new_ref(items[i]) : nullptr;
    }
    list->count = count;
    return result;
}

bool list_append(List* list, Value item) {
    if (list->count == list->capacity && !reserve(list, 1)) {
        return false;
    }
    list->items[list->count++] = new_ref(item);
    return true;
}

bool list_insert(List* list, size_t at, Value item) {
    if (!reserve(list, 1)) {
        return false;
    }
    at = std::min(at, list->count);
    std::memmove(list->items + at + 1, list->items + at, (list->count - at) * sizeof(Value));
    list->items[at] = new_ref(item);
    ++list->count;
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
        const size_t count = std::min(items.count, list->capacity - list->count);
        for (size_t i = 0; i < count; ++i) {
            list->items[list->count + i] = new_ref(items.data[i]);
        }
        list->count += count;
        return true;
    }
    return for_each(iterable, [&](const Ref& item) { return list_append(list, item); });
}

void list_remove_range(List* list, size_t from, size_t count) {
    if (count == 0) {
        return;
    }
    std::vector<Value> removed(list->items + from, list->items + from + count);
    std::memmove(list->items + from,
                 list->items + from + count,
                 (list->count - from - count) * sizeof(Value));
    list->count -= count;
    std::for_each(removed.rbegin(), removed.rend(), decref);
}

namespace {

struct Sortable {
    Value key;
    Value item;
};

/// Stable, and safe whatever the comparisons do. Runs that are in order already are found, the rest
/// is inserted where a binary search finds its place, as CPython does with fewer than 64 items: so
/// the same comparisons are made. More are merged from halves. False: a comparison failed.
class Sorter {
  public:
    explicit Sorter(std::vector<Sortable>* items) : items_(*items), scratch_(items->size()) {}

    bool sort(size_t from, size_t to) {
        size_t end = to;
        if (to - from < 2 || !find_run(from, to, &end)) {
            return to - from < 2;
        }
        if (end == to || to - from < 64) {
            return insert_rest(from, end, to);
        }
        const size_t middle = from + (to - from) / 2;
        return sort(from, middle) && sort(middle, to) && merge(from, middle, to);
    }

  private:
    bool less(const Sortable& a, const Sortable& b, bool* out) {
        return compare_bool(a.key, b.key, CmpOp::Lt, out);
    }

    /// Where the run at `from` ends that goes up, or strictly down; that is turned round.
    bool find_run(size_t from, size_t to, size_t* end) {
        bool down = false;
        if (!less(items_[from + 1], items_[from], &down)) {
            return false;
        }
        bool goes_on = true;
        for (*end = from + 2; *end < to; ++*end) {
            if (!less(items_[*end], items_[*end - 1], &goes_on)) {
                return false;
            }
            if (goes_on != down) {
                break;
            }
        }
        if (down) {
            std::reverse(at(from), at(*end));
        }
        return true;
    }

    bool insert_rest(size_t from, size_t start, size_t to) {
        for (; start < to; ++start) {
            const Sortable pivot = items_[start];
            size_t low = from;
            for (size_t high = start; low < high;) {
                const size_t middle = low + (high - low) / 2;
                bool before = false;
                if (!less(pivot, items_[middle], &before)) {
                    return false;
                }
                before ? void(high = middle) : void(low = middle + 1);
            }
            std::rotate(at(low), at(start), at(start + 1));
        }
        return true;
    }

    bool merge(size_t from, size_t middle, size_t to) {
        size_t left = from;
        size_t right = middle;
        for (size_t out = from; out < to; ++out) {
            bool take_right = left == middle;
            if (left < middle && right < to && !less(items_[right], items_[left], &take_right)) {
                return false;
            }
            scratch_[out] = items_[take_right ? right++ : left++];
        }
        std::copy(scratch_.begin() + static_cast<ptrdiff_t>(from),
                  scratch_.begin() + static_cast<ptrdiff_t>(to),
                  at(from));
        return true;
    }

    std::vector<Sortable>::iterator at(size_t i) {
        return items_.begin() + static_cast<ptrdiff_t>(i);
    }

    std::vector<Sortable>& items_;
    std::vector<Sortable> scratch_;
};

}  // namespace

bool list_sort(List* list, Value key, bool reverse) {
    // The items leave the list meanwhile: the comparisons may run code that looks at it.
    Value* items = std::exchange(list->items, nullptr);
    const size_t count = std::exchange(list->count, 0);
    const size_t capacity = std::exchange(list->capacity, 0);
    std::vector<Sortable> sorted(count);
    bool ok = true;
    for (size_t i = 0; i < count; ++i) {
        sorted[i] = {nullptr, items[i]};
        if (ok && key != nullptr) {
            sorted[i].key = call(key, {items[i]}).take();
            ok = sorted[i].key != nullptr;
        } else {
            sorted[i].key = new_ref(items[i]);
        }
    }
    // Equal items keep their order in reverse, too.
    const auto turn = [&] {
        if (reverse) {
            std::reverse(sorted.begin(), sorted.end());
        }
    };
    turn();
    ok = ok && Sorter(&sorted).sort(0, count);
    turn();
    for (size_t i = 0; i < count; ++i) {
        items[i] = sorted[i].item;
    }
    // The death of a key may still change the list.
    for (const Sortable& item : sorted) {
        if (item.key != nullptr) {
            decref(item.key);
        }
    }
    const bool changed = list->items != nullptr;
    std::swap(list->items, items);
    const size_t other_count = std::exchange(list->count, count);
    const size_t other_capacity = std::exchange(list->capacity, capacity);
    std::for_each(items, items + other_count, decref);
    buffer_free(items, other_capacity * sizeof(Value));
    if (ok && changed) {
        return raise(vm.exceptions.ValueError, "list modified during sort");
    }
    return ok;
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
    list_remove_range(as<List>(self), 0, as<List>(self)->count);
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
    *out = static_cast<int64_t>(as<List>(self)->count);
    return true;
}

Ref list_get_item(Value self, Value key) {
    List* list = as<List>(self);
    if (class_of(key) == vm.classes.slice) {
        SliceRange range{};
        if (!slice_range(key, static_cast<int64_t>(list->count), &range)) {
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
            if (at < list->count) {
                part->items[part->count++] = new_ref(list->items[at]);
            }
        }
        return result;
    }
    size_t index = 0;
    return item_index(key, list->count, "list", &index) ? Ref::share(list->items[index]) : Ref();
}

/// list[slice] = value, or del list[slice].
bool set_slice(List* list, Value key, Value value) {
    Ref items = value != nullptr ? to_list(value) : new_list();
    if (!items && swallow(vm.exceptions.TypeError)) {
        return raise_type("can only assign an iterable");
    }
    SliceRange range{};
    if (!items || !slice_range(key, static_cast<int64_t>(list->count), &range)) {
        return false;
    }
    const List* given = items.as<List>();
    if (range.step != 1 && value != nullptr) {
        if (static_cast<int64_t>(given->count) != range.count) {
            return raise(vm.exceptions.ValueError,
                         "attempt to assign sequence of size %zu to extended slice of size %lld",
                         given->count,
                         static_cast<long long>(range.count));
        }
        for (int64_t i = 0; i < range.count; ++i) {
            std::swap(list->items[range.start + i * range.step], given->items[i]);
        }
        return true;
    }
    if (range.step != 1) {
        std::vector<bool> gone(list->count);
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
        list->count = kept;
        std::for_each(removed.begin(), removed.end(), decref);
        return true;
    }
    if (!reserve(list, given->count)) {
        return false;
    }
    const auto from = std::min(static_cast<size_t>(range.start), list->count);
    const auto count = std::min(static_cast<size_t>(range.count), list->count - from);
    std::vector<Value> removed(list->items + from, list->items + from + count);
    if (list->count > from + count) {
        std::memmove(list->items + from + given->count,
                     list->items + from + count,
                     (list->count - from - count) * sizeof(Value));
    }
    for (size_t i = 0; i < given->count; ++i) {
        list->items[from + i] = new_ref(given->items[i]);
    }
    list->count += given->count - count;
    std::for_each(removed.begin(), removed.end(), decref);
    return true;
}

bool list_set_item(Value self, Value key, Value value) {
    List* list = as<List>(self);
    if (class_of(key) == vm.classes.slice) {
        return set_slice(list, key, value);
    }
    size_t index = 0;
    if (!item_index(key, list->count, "list assignment", &index)) {
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
    for (size_t i = 0; result && i < as<List>(b)->count; ++i) {
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
    std::swap(as<List>(a)->items, result.as<List>()->items);
    std::swap(as<List>(a)->count, result.as<List>()->count);
    std::swap(as<List>(a)->capacity, result.as<List>()->capacity);
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
    const auto count = static_cast<int64_t>(as<List>(self)->count);
    index = index < 0 ? std::max<int64_t>(index + count, 0) : std::min(index, count);
    return none_if(list_insert(as<List>(self), static_cast<size_t>(index), args[1]));
}
Ref pop_method(Value self, const Args& args) {
    List* list = as<List>(self);
    if (list->count == 0) {
        return raise(vm.exceptions.IndexError, "pop from empty list");
    }
    int64_t index = -1;
    if (args[0] != nullptr && !to_index(args[0], &index)) {
        return {};
    }
    index += index < 0 ? static_cast<int64_t>(list->count) : 0;
    if (index < 0 || index >= static_cast<int64_t>(list->count)) {
        return raise(vm.exceptions.IndexError, "pop index out of range");
    }
    const auto at = static_cast<size_t>(index);
    Ref item = Ref::own(list->items[at]);
    std::memmove(list->items + at, list->items + at + 1, (list->count - at - 1) * sizeof(Value));
    --list->count;
    return item;
}
Ref remove_method(Value self, const Args& args) {
    List* list = as<List>(self);
    for (size_t i = 0; i < list->count; ++i) {
        Ref item = Ref::share(list->items[i]);
        bool same = false;
        if (!equal(item, args[0], &same)) {
            return {};
        }
        if (same && i < list->count) {
            list_remove_range(list, i, 1);
            return Ref::own(none());
        }
    }
    return raise(vm.exceptions.ValueError, "list.remove(x): x not in list");
}
Ref clear_method(Value self, const Args&) {
    List* list = as<List>(self);
    list_remove_range(list, 0, list->count);
    return Ref::own(none());
}
Ref reverse_method(Value self, const Args&) {
    std::reverse(as<List>(self)->items, as<List>(self)->items + as<List>(self)->count);
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
        iterator.as<Box>()->i = static_cast<int64_t>(as<List>(self)->count) - 1;
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
