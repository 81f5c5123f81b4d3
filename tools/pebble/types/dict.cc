#include <cstring>

#include "types/str.h"
#include "types/types.h"

namespace pebble {
namespace {

constexpr int32_t kEmpty = -1;
constexpr int32_t kDeleted = -2;

/// Can a value of this kind never be part of a cycle?
bool is_leaf(Value v) {
    return is_immediate(v) || v->type == layouts[kStr].exact || v->type == layouts[kFloat].exact || v->type == layouts[kInt].exact ||
           v->type == layouts[kBytes].exact;
}

void track_for(Dict* dict, Value v) {
    if (!dict->tracked && !is_leaf(v)) {
        dict->tracked = true;
        cairn_gc_track(val(dict));
    }
}

size_t block_size(size_t capacity, size_t places) {
    return capacity * sizeof(DictEntry) + places * sizeof(int32_t);
}

struct Probe {
    size_t place;
    size_t perturb;
    Probe(int64_t hash, size_t mask) : place(static_cast<size_t>(hash) & mask), perturb(static_cast<size_t>(hash)) {}
    void step(size_t mask) {
        perturb >>= 5;
        place = (place * 5 + perturb + 1) & mask;
    }
};

/// Writes the index of the entry with this key, or -1. False: a comparison failed.
bool find_entry(Dict* dict, Value key, int64_t hash, int32_t* out, size_t* out_place = nullptr) {
restart:
    *out = -1;
    if (dict->entries == nullptr) {
        return true;
    }
    for (Probe probe(hash, dict->mask);; probe.step(dict->mask)) {
        const int32_t index = dict->index[probe.place];
        if (index == kEmpty) {
            return true;
        }
        if (index == kDeleted) {
            continue;
        }
        const DictEntry& entry = dict->entries[index];
        bool same = entry.key == key;
        if (!same && entry.hash == hash) {
            if (is_exact<Str>(key) && is_exact<Str>(entry.key)) {
                same = view(key) == view(entry.key);
            } else {
                // The comparison may run code that changes the dict.
                const uint64_t version = dict->version;
                Ref keep = Ref::share(entry.key);
                if (!equal(keep, key, &same)) {
                    return false;
                }
                if (dict->version != version) {
                    goto restart;
                }
            }
        }
        if (same) {
            *out = index;
            if (out_place != nullptr) {
                *out_place = probe.place;
            }
            return true;
        }
    }
}

/// Makes room for one entry more, without the deleted ones.
bool grow(Dict* dict) {
    for (;;) {
        size_t places = 8;
        while (places < dict->used * 3) {
            places *= 2;
        }
        const size_t capacity = places * 2 / 3;
        auto* entries = static_cast<DictEntry*>(buffer_new(block_size(capacity, places)));
        if (entries == nullptr) {
            return false;
        }
        if (dict->used >= capacity) {
            buffer_free(entries, block_size(capacity, places));
            continue;
        }
        auto* index = reinterpret_cast<int32_t*>(entries + capacity);
        memset(index, 0xFF, places * sizeof(int32_t));
        size_t count = 0;
        for (size_t i = 0; i < dict->filled; ++i) {
            if (dict->entries[i].key == nullptr) {
                continue;
            }
            entries[count] = dict->entries[i];
            Probe probe(entries[count].hash, places - 1);
            while (index[probe.place] != kEmpty) {
                probe.step(places - 1);
            }
            index[probe.place] = static_cast<int32_t>(count++);
        }
        DictEntry* old = std::exchange(dict->entries, entries);
        const size_t old_size = block_size(dict->capacity, dict->mask + 1);
        dict->index = index;
        dict->filled = count;
        dict->capacity = capacity;
        dict->mask = places - 1;
        buffer_free(old, old_size);
        return true;
    }
}

bool insert(Dict* dict, Value key, Value value, int64_t hash) {
    int32_t found = -1;
    if (!find_entry(dict, key, hash, &found)) {
        return false;
    }
    track_for(dict, value);
    if (found >= 0) {
        store(&dict->entries[found].value, new_ref(value));
        return true;
    }
    if (dict->filled == dict->capacity && !grow(dict)) {
        return false;
    }
    track_for(dict, key);
    Probe probe(hash, dict->mask);
    while (dict->index[probe.place] >= 0) {
        probe.step(dict->mask);
    }
    dict->index[probe.place] = static_cast<int32_t>(dict->filled);
    dict->entries[dict->filled++] = {new_ref(key), new_ref(value), hash};
    ++dict->used;
    ++dict->version;
    return true;
}

Ref take_entry(Dict* dict, int32_t index, size_t place) {
    DictEntry& entry = dict->entries[index];
    dict->index[place] = kDeleted;
    Ref key = Ref::own(std::exchange(entry.key, nullptr));
    Ref value = Ref::own(std::exchange(entry.value, nullptr));
    --dict->used;
    ++dict->version;
    return value;
}

}  // namespace

Ref new_dict() {
    return Ref::own(make<Dict>(vm.classes.dict));
}

bool dict_find(Dict* dict, Value key, Value* out) {
    int64_t hash = 0;
    int32_t index = -1;
    *out = nullptr;
    if (!hash_of(key, &hash) || !find_entry(dict, key, hash, &index)) {
        return false;
    }
    *out = index >= 0 ? dict->entries[index].value : nullptr;
    return true;
}

/// Only strings can be equal to a name, so nothing is raised and no code runs.
Value dict_find_name(Dict* dict, Str* name) {
    if (dict->used == 0) {
        return nullptr;
    }
    const int64_t hash = hash_text(name);
    for (Probe probe(hash, dict->mask);; probe.step(dict->mask)) {
        const int32_t index = dict->index[probe.place];
        if (index == kEmpty) {
            return nullptr;
        }
        if (index == kDeleted) {
            continue;
        }
        const DictEntry& entry = dict->entries[index];
        if (entry.key == val(name) || (entry.hash == hash && is<Str>(entry.key) && view(entry.key) == view(val(name)))) {
            return entry.value;
        }
    }
}

bool dict_set(Dict* dict, Value key, Value value) {
    int64_t hash = 0;
    return hash_of(key, &hash) && insert(dict, key, value, hash);
}

bool dict_set_name(Dict* dict, Str* name, Value value) {
    return insert(dict, val(name), value, hash_text(name));
}

bool dict_set_text(Dict* dict, const char* name, Value value) {
    return value != nullptr && dict_set_name(dict, intern(name), value);
}

Ref dict_pop(Dict* dict, Value key) {
    int64_t hash = 0;
    int32_t index = -1;
    size_t place = 0;
    if (!hash_of(key, &hash) || !find_entry(dict, key, hash, &index, &place) || index < 0) {
        return {};
    }
    return take_entry(dict, index, place);
}

bool dict_delete(Dict* dict, Value key, bool* found) {
    *found = static_cast<bool>(dict_pop(dict, key));
    return *found || !pending();
}

bool dict_delete_name(Dict* dict, Str* name) {
    return static_cast<bool>(dict_pop(dict, val(name)));
}

bool dict_next(const Dict* dict, size_t* at, Value* key, Value* value) {
    for (; *at < dict->filled; ++*at) {
        const DictEntry& entry = dict->entries[*at];
        if (entry.key != nullptr) {
            *key = entry.key;
            *value = entry.value;
            ++*at;
            return true;
        }
    }
    return false;
}

void dict_clear(Dict* dict) {
    DictEntry* entries = std::exchange(dict->entries, nullptr);
    const size_t filled = std::exchange(dict->filled, 0);
    const size_t size = block_size(dict->capacity, dict->mask + 1);
    dict->index = nullptr;
    dict->used = dict->capacity = dict->mask = 0;
    ++dict->version;
    for (size_t i = 0; i < filled; ++i) {
        if (entries[i].key != nullptr) {
            decref(entries[i].key);
            decref(entries[i].value);
        }
    }
    buffer_free(entries, size);
}

Ref dict_copy(Dict* dict) {
    Ref copy = new_dict();
    size_t at = 0;
    for (Value key, value; copy && dict_next(dict, &at, &key, &value);) {
        if (!insert(copy.as<Dict>(), key, value, dict->entries[at - 1].hash)) {
            return {};
        }
    }
    return copy;
}

Ref dict_keys(Dict* dict) {
    Ref list = new_list();
    size_t at = 0;
    for (Value key, value; list && dict_next(dict, &at, &key, &value);) {
        if (!list_append(list.as<List>(), key)) {
            return {};
        }
    }
    return list;
}

namespace {

bool update_from_pairs(Dict* dict, Value pairs) {
    int64_t position = 0;
    return for_each(pairs, [&](const Ref& item) -> bool {
        Ref pair = to_list(item);
        if (!pair) {
            return swallow(vm.exceptions.TypeError) ? raise_type("cannot convert dictionary update sequence element #%lld to a sequence", static_cast<long long>(position)) : Failed();
        }
        const List* list = pair.as<List>();
        if (list->count != 2) {
            return raise(vm.exceptions.ValueError, "dictionary update sequence element #%lld has length %zu; 2 is required", static_cast<long long>(position), list->count);
        }
        ++position;
        return dict_set(dict, list->items[0], list->items[1]);
    });
}

}  // namespace

bool dict_update(Dict* dict, Value other) {
    if (is<Dict>(other) && !is_heap_class(class_of(other))) {
        Ref keep = Ref::share(other);
        size_t at = 0;
        for (Value key, value; dict_next(as<Dict>(other), &at, &key, &value);) {
            Ref k = Ref::share(key);
            Ref v = Ref::share(value);
            const uint64_t version = as<Dict>(other)->version;
            if (!insert(dict, k, v, as<Dict>(other)->entries[at - 1].hash)) {
                return false;
            }
            if (val(dict) != other && as<Dict>(other)->version != version) {
                return raise(vm.exceptions.RuntimeError, "dict mutated during update");
            }
        }
        return true;
    }
    Ref keys = find_attribute(other, vm.names.keys);
    if (!keys) {
        return !pending() && update_from_pairs(dict, other);
    }
    Ref names = call(keys, {});
    return names && for_each(names, [&](const Ref& key) {
               Ref value = get_item(other, key);
               return value && dict_set(dict, key, value);
           });
}

namespace {

Ref dict_create(Class* cls, const Args&) {
    Dict* dict = make<Dict>(cls);
    if (dict != nullptr && is_heap_class(cls)) {
        dict->tracked = true;
        cairn_gc_track(val(dict));
    }
    return Ref::own(dict);
}

/// dict(), dict.update(): a mapping or pairs, then keywords.
bool update_from_args(Dict* dict, const Args& args, const char* what) {
    if (args.count > 1) {
        return raise_type("%s expected at most 1 argument, got %zu", what, args.count);
    }
    if (args.count == 1 && !dict_update(dict, args[0])) {
        return false;
    }
    for (size_t i = 0; i < args.keyword_count(); ++i) {
        if (!dict_set(dict, args.keywords->items[i], args[args.count + i])) {
            return false;
        }
    }
    return true;
}

bool dict_init(Value self, const Args& args) {
    return update_from_args(as<Dict>(self), args, "dict");
}

Ref dict_repr(Value self) {
    Dict* dict = as<Dict>(self);
    ReprGuard guard(self);
    if (guard.again()) {
        return new_str("{...}");
    }
    std::string text = "{";
    size_t at = 0;
    for (Value key, value; dict_next(dict, &at, &key, &value);) {
        Ref k = Ref::share(key);
        Ref v = Ref::share(value);
        Ref key_text = repr(k);
        Ref value_text = key_text ? repr(v) : Ref();
        if (!value_text) {
            return {};
        }
        text += text.size() > 1 ? ", " : "";
        text += std::string(view(key_text)) + ": " + std::string(view(value_text));
    }
    return new_str(text + "}");
}

Ref dict_compare(Value a, Value b, CmpOp op) {
    if (!is<Dict>(a) || !is<Dict>(b) || (op != CmpOp::Eq && op != CmpOp::Ne)) {
        return Ref::own(not_implemented());
    }
    bool same = as<Dict>(a)->used == as<Dict>(b)->used;
    size_t at = 0;
    for (Value key, value; same && dict_next(as<Dict>(a), &at, &key, &value);) {
        Ref k = Ref::share(key);
        Ref v = Ref::share(value);
        Value other = nullptr;
        if (!dict_find(as<Dict>(b), k, &other)) {
            return {};
        }
        Ref keep = Ref::share(other);
        same = other != nullptr;
        if (same && !equal(v, keep, &same)) {
            return {};
        }
    }
    return Ref::own(truth(same == (op == CmpOp::Eq)));
}

Ref dict_iter(Value self) {
    Ref iterator = make_box(vm.classes.dict_iterator, self);
    if (iterator) {
        iterator.as<Box>()->n = static_cast<int64_t>(as<Dict>(self)->used);
    }
    return iterator;
}

bool dict_length(Value self, int64_t* out) {
    *out = static_cast<int64_t>(as<Dict>(self)->used);
    return true;
}

Ref dict_get_item(Value self, Value key) {
    Value found = nullptr;
    if (!dict_find(as<Dict>(self), key, &found)) {
        return {};
    }
    if (found == nullptr && class_of(self) != vm.classes.dict) {
        Ref result = call_special(self, vm.names.missing, {key});
        if (!result || result.get() != not_implemented()) {
            return result;
        }
    }
    return found != nullptr ? Ref::share(found) : Ref(raise_key(key));
}

bool dict_set_item(Value self, Value key, Value value) {
    if (value != nullptr) {
        return dict_set(as<Dict>(self), key, value);
    }
    bool found = false;
    return dict_delete(as<Dict>(self), key, &found) && (found || raise_key(key));
}

bool dict_contains(Value self, Value key, bool* out) {
    Value found = nullptr;
    const bool ok = dict_find(as<Dict>(self), key, &found);
    *out = found != nullptr;
    return ok;
}

Ref dict_binary(Value a, Value b, BinOp) {
    if (!is<Dict>(a) || !is<Dict>(b)) {
        return Ref::own(not_implemented());
    }
    Ref result = dict_copy(as<Dict>(a));
    return result && dict_update(result.as<Dict>(), b) ? std::move(result) : Ref();
}

Ref dict_inplace(Value a, Value b, BinOp) {
    return dict_update(as<Dict>(a), b) ? Ref::share(a) : Ref();
}

// Methods.

Ref dict_get(Value self, const Args& args) {
    Value found = nullptr;
    if (!dict_find(as<Dict>(self), args[0], &found)) {
        return {};
    }
    return Ref::share(found != nullptr ? found : args[1] != nullptr ? args[1] : none());
}

Ref dict_setdefault(Value self, const Args& args) {
    Value found = nullptr;
    Value fallback = args[1] != nullptr ? args[1] : none();
    if (!dict_find(as<Dict>(self), args[0], &found)) {
        return {};
    }
    if (found != nullptr) {
        return Ref::share(found);
    }
    return dict_set(as<Dict>(self), args[0], fallback) ? Ref::share(fallback) : Ref();
}

Ref dict_pop_method(Value self, const Args& args) {
    Ref value = dict_pop(as<Dict>(self), args[0]);
    if (value || pending()) {
        return value;
    }
    return args[1] != nullptr ? Ref::share(args[1]) : Ref(raise_key(args[0]));
}

Ref dict_popitem(Value self, const Args&) {
    Dict* dict = as<Dict>(self);
    while (dict->filled > 0 && dict->entries[dict->filled - 1].key == nullptr) {
        --dict->filled;
    }
    if (dict->filled == 0) {
        return raise(vm.exceptions.KeyError, "popitem(): dictionary is empty");
    }
    Ref key = Ref::share(dict->entries[dict->filled - 1].key);
    Ref value = dict_pop(dict, key);
    return value ? make_tuple({key, value}) : Ref();
}

Ref dict_update_method(Value self, const Args& args) {
    return update_from_args(as<Dict>(self), args, "update") ? Ref::own(none()) : Ref();
}

Ref dict_clear_method(Value self, const Args&) {
    dict_clear(as<Dict>(self));
    return Ref::own(none());
}

Ref dict_copy_method(Value self, const Args&) {
    return dict_copy(as<Dict>(self));
}

Ref dict_fromkeys(Value cls, const Args& args) {
    Ref result = call(cls, {});
    Value value = args[1] != nullptr ? args[1] : none();
    return result && for_each(args[0], [&](const Ref& key) { return set_item(result, key, value); }) ? std::move(result) : Ref();
}

Ref dict_keys_view(Value self, const Args&) {
    return make_box(vm.classes.dict_keys, self);
}
Ref dict_values_view(Value self, const Args&) {
    return make_box(vm.classes.dict_values, self);
}
Ref dict_items_view(Value self, const Args&) {
    return make_box(vm.classes.dict_items, self);
}
Ref dict_reversed(Value self, const Args&) {
    Ref keys = dict_keys(as<Dict>(self));
    return keys ? call_method(keys, vm.names.reversed, {}) : Ref();
}

const NativeDef kMethods[] = {{"get", dict_get, "key default? /"},
                              {"setdefault", dict_setdefault, "key default? /"},
                              {"pop", dict_pop_method, "key default? /"},
                              {"popitem", dict_popitem, ""},
                              {"update", dict_update_method, nullptr},
                              {"clear", dict_clear_method, ""},
                              {"copy", dict_copy_method, ""},
                              {"keys", dict_keys_view, ""},
                              {"values", dict_values_view, ""},
                              {"items", dict_items_view, ""},
                              {"__reversed__", dict_reversed, ""},
                              {"fromkeys", dict_fromkeys, "iterable value? /", NativeDef::OfClass},
                              {nullptr, nullptr, nullptr}};

NativeClass dict_class = {"dict",
                          kDict,
                          {.create = dict_create,
                           .init = dict_init,
                           .repr = dict_repr,
                           .unhashable = true,
                           .compare = dict_compare,
                           .iter = dict_iter,
                           .length = dict_length,
                           .get_item = dict_get_item,
                           .set_item = dict_set_item,
                           .contains = dict_contains,
                           .binary = dict_binary,
                           .binary_mask = bit(BinOp::Or),
                           .inplace = dict_inplace,
                           .inplace_mask = bit(BinOp::Or)},
                          kMethods};

}  // namespace

void make_dict_class() {
    vm.classes.dict = make_native_class(dict_class, vm.classes.object, vm.classes.dict);
}

}  // namespace pebble
