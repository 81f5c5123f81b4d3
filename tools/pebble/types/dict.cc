// SPDX-License-Identifier: MIT
#include <cstring>

#include "core/lookup.h"
#include "types/str.h"
#include "types/types.h"

namespace pebble {
namespace {

constexpr int32_t kEmpty = -1;
constexpr int32_t kDeleted = -2;

/// Can a value of this kind never be part of a cycle?
bool is_leaf(Value v) {
    return is_immediate(v) || v->type == layouts[kStr].exact || v->type == layouts[kFloat].exact ||
           v->type == layouts[kInt].exact || v->type == layouts[kBytes].exact;
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

/// To be called once the dict is as it will be, before anything that it held dies.
void changed(Dict* dict) {
    ++dict->version;
    if (dict->owner != nullptr) {
        class_changed(dict->owner);
    }
}

struct Probe {
    size_t place;
    size_t perturb;
    Probe(int64_t hash, size_t mask)
        : place(static_cast<size_t>(hash) & mask), perturb(static_cast<size_t>(hash)) {}
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

/// Makes room for so many entries more, without the deleted ones.
bool grow(Dict* dict, size_t extra = 1) {
    for (;;) {
        size_t places = 8;
        while (places < dict->used * 3 || places * 2 / 3 < dict->used + extra) {
            places *= 2;
        }
        const size_t capacity = places * 2 / 3;
        auto* entries = static_cast<DictEntry*>(buffer_new(block_size(capacity, places)));
        if (entries == nullptr) {
            return false;
        }
        if (dict->used + extra > capacity) {
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

/// Adds an entry for a key that is not there. There is room for it. Takes over both.
void append(Dict* dict, Value key, Value value, int64_t hash) {
    track_for(dict, value);
    track_for(dict, key);
    dict->other_keys = dict->other_keys || !is_exact<Str>(key);
    Probe probe(hash, dict->mask);
    while (dict->index[probe.place] >= 0) {
        probe.step(dict->mask);
    }
    dict->index[probe.place] = static_cast<int32_t>(dict->filled);
    dict->entries[dict->filled++] = {key, value, hash};
    ++dict->used;
    changed(dict);
}

/// Finds the entry with this key; -1: there is none, but room for it. False: an exception.
bool find_or_make_room(Dict* dict, Value key, int64_t hash, int32_t* out) {
    for (;;) {
        if (!find_entry(dict, key, hash, out)) {
            return false;
        }
        if (*out >= 0 || dict->filled < dict->capacity) {
            return true;
        }
        // Making room may run code that enters the key.
        const uint64_t version = dict->version;
        if (!grow(dict)) {
            return false;
        }
        if (dict->version == version) {
            return true;
        }
    }
}

bool insert(Dict* dict, Value key, Value value, int64_t hash) {
    int32_t found = -1;
    // Making room may run code that drops what the caller has only borrowed.
    Ref held_key = Ref::share(key);
    Ref held_value = Ref::share(value);
    if (!find_or_make_room(dict, key, hash, &found)) {
        return false;
    }
    if (found < 0) {
        append(dict, held_key.take(), held_value.take(), hash);
        return true;
    }
    track_for(dict, value);
    Ref old = Ref::own(std::exchange(dict->entries[found].value, held_value.take()));
    if (dict->owner != nullptr) {
        class_changed(dict->owner);
    }
    return true;
}

Ref take_entry(Dict* dict, int32_t index, size_t place) {
    DictEntry& entry = dict->entries[index];
    dict->index[place] = kDeleted;
    Ref key = Ref::own(std::exchange(entry.key, nullptr));
    Ref value = Ref::own(std::exchange(entry.value, nullptr));
    --dict->used;
    changed(dict);
    return value;
}

}  // namespace

bool dict_reserve(Dict* dict, size_t extra) {
    return dict->filled + extra <= dict->capacity || grow(dict, extra);
}

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
        if (entry.key == val(name) ||
            (entry.hash == hash && is<Str>(entry.key) && view(entry.key) == view(val(name)))) {
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
    if (dict->used == 0 || !hash_of(key, &hash) || !find_entry(dict, key, hash, &index, &place) ||
        index < 0) {
        return {};
    }
    return take_entry(dict, index, place);
}

Ref dict_setdefault(Dict* dict, Value key, Value value) {
    int64_t hash = 0;
    int32_t index = -1;
    if (!hash_of(key, &hash) || !find_or_make_room(dict, key, hash, &index)) {
        return {};
    }
    if (index >= 0) {
        return Ref::share(dict->entries[index].value);
    }
    append(dict, new_ref(key), new_ref(value), hash);
    return Ref::share(value);
}

namespace {

/// Where the index leads to an entry. It is there, so that no key is compared.
size_t place_of(const Dict* dict, int32_t entry) {
    Probe probe(dict->entries[entry].hash, dict->mask);
    while (dict->index[probe.place] != entry) {
        probe.step(dict->mask);
    }
    return probe.place;
}

}  // namespace

bool dict_pop_end(Dict* dict, bool last, Ref* key, Ref* value) {
    while (dict->filled > 0 && dict->entries[dict->filled - 1].key == nullptr) {
        --dict->filled;
    }
    if (dict->filled == 0) {
        return false;
    }
    int32_t entry = last ? static_cast<int32_t>(dict->filled - 1) : 0;
    while (dict->entries[entry].key == nullptr) {
        ++entry;
    }
    *key = Ref::share(dict->entries[entry].key);
    *value = take_entry(dict, entry, place_of(dict, entry));
    return true;
}

bool dict_move(Dict* dict, Value key, bool last, bool* found) {
    int64_t hash = 0;
    int32_t from = -1;
    size_t place = 0;
    *found = false;
    if (!hash_of(key, &hash)) {
        return false;
    }
    do {
        // Room at the end may have to be made, which may run code.
        if ((dict->filled == dict->capacity && dict->capacity > 0 && !grow(dict)) ||
            !find_entry(dict, key, hash, &from, &place)) {
            return false;
        }
    } while (from >= 0 && dict->filled == dict->capacity);
    *found = from >= 0;
    if (!*found) {
        return true;
    }
    const DictEntry moved = dict->entries[from];
    if (last) {
        dict->entries[from].key = dict->entries[from].value = nullptr;
        dict->index[place] = static_cast<int32_t>(dict->filled);
        dict->entries[dict->filled++] = moved;
    } else {
        // The entries before it move up by one, and the index follows them.
        for (int32_t i = from; i > 0; --i) {
            if (dict->entries[i - 1].key != nullptr) {
                dict->index[place_of(dict, i - 1)] = i;
            }
            dict->entries[i] = dict->entries[i - 1];
        }
        dict->entries[0] = moved;
        dict->index[place] = 0;
    }
    changed(dict);
    return true;
}

bool dict_delete(Dict* dict, Value key, bool* found) {
    int64_t hash = 0;
    if (dict->used == 0 && !hash_of(key, &hash)) {
        return false;
    }
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

bool dict_previous(const Dict* dict, size_t* at, Value* key, Value* value) {
    // The dict may have been made smaller meanwhile.
    for (*at = std::min(*at, dict->filled); *at > 0;) {
        const DictEntry& entry = dict->entries[--*at];
        if (entry.key != nullptr) {
            *key = entry.key;
            *value = entry.value;
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
    changed(dict);
    for (size_t i = 0; i < filled; ++i) {
        if (entries[i].key != nullptr) {
            decref(entries[i].key);
            decref(entries[i].value);
        }
    }
    buffer_free(entries, size);
}

namespace {

/// Gives an empty dict what another one holds, without comparing.
bool copy_entries(Dict* dict, const Dict* other) {
    // Making room may run code that changes either.
    while (dict->used == 0 && dict->capacity - dict->filled < other->used) {
        if (!grow(dict, other->used)) {
            return false;
        }
    }
    size_t at = 0;
    for (Value key, value; dict->used + (dict->capacity - dict->filled) >= other->used &&
                           dict_next(other, &at, &key, &value);) {
        append(dict, new_ref(key), new_ref(value), other->entries[at - 1].hash);
    }
    return true;
}

}  // namespace

Ref dict_copy(Dict* dict) {
    Ref copy = new_dict();
    return copy && copy_entries(copy.as<Dict>(), dict) ? std::move(copy) : Ref();
}

Ref dict_keys(Dict* dict) {
    Ref list = new_list();
    size_t at = 0;
    for (Value key, value; list && dict_next(dict, &at, &key, &value);) {
        Ref keep = Ref::share(key);
        if (!list_append(list.as<List>(), keep)) {
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
            return swallow(vm.exceptions.TypeError) ? raise_type(
                                                          "cannot convert dictionary update "
                                                          "sequence element #%lld to a sequence",
                                                          static_cast<long long>(position))
                                                    : Failed();
        }
        const List* list = pair.as<List>();
        if (list->count != 2) {
            return raise(vm.exceptions.ValueError,
                         "dictionary update sequence element #%lld has length %zu; 2 is required",
                         static_cast<long long>(position),
                         list->count);
        }
        ++position;
        return dict_set(dict, list->items[0], list->items[1]);
    });
}

}  // namespace

bool dict_update(Dict* dict, Value other) {
    if (is<Dict>(other) && !is_heap_class(class_of(other))) {
        Ref keep = Ref::share(other);
        if (dict->used == 0 && val(dict) != other) {
            return copy_entries(dict, as<Dict>(other));
        }
        size_t at = 0;
        const size_t filled = as<Dict>(other)->filled;
        for (Value key, value;
             val(dict) != other && dict_next(as<Dict>(other), &at, &key, &value);) {
            Ref k = Ref::share(key);
            Ref v = Ref::share(value);
            if (!insert(dict, k, v, as<Dict>(other)->entries[at - 1].hash)) {
                return false;
            }
            if (as<Dict>(other)->filled != filled) {
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
    names = names ? iterate(names) : Ref();
    names = names ? to_list(names) : Ref();
    return names && for_each(names, [&](const Ref& key) {
               Ref value = get_item(other, key);
               return value && dict_set(dict, key, value);
           });
}

}  // namespace pebble
