// SPDX-License-Identifier: MIT
#include <cstring>

#include "core/lookup.h"
#include "types/str.h"
#include "types/types.h"

namespace pebble {

bool is_atom(Value v) {
    return is_immediate(v) || v->type == layouts[kStr].exact || v->type == layouts[kFloat].exact ||
           v->type == layouts[kInt].exact || v->type == layouts[kBytes].exact ||
           v->type == layouts[kComplex].exact || v->type == layouts[kByteArray].exact ||
           as<Object>(v)->cls == vm.classes.object || as<Object>(v)->cls == vm.classes.range ||
           (v->type == layouts[kTuple].exact && cairn_gc_is_tracked(v) == 0) ||
           (v->type == layouts[kClass].exact && !is_heap_class(as<Class>(v)));
}

namespace {

// What is in a place of the index: the number of an entry, from 1 on, or one of these.
constexpr int32_t kEmpty = 0;
constexpr int32_t kDeleted = -1;

constexpr size_t kLargestSmallMask = 127;

size_t place_size(size_t mask) {
    return mask <= kLargestSmallMask ? sizeof(int8_t) : sizeof(int32_t);
}

int32_t number_at(const Dict* dict, size_t place) {
    return dict->mask <= kLargestSmallMask ? static_cast<const int8_t*>(dict->index)[place]
                                           : static_cast<const int32_t*>(dict->index)[place];
}

void set_number(Dict* dict, size_t place, int32_t number) {
    if (dict->mask <= kLargestSmallMask) {
        static_cast<int8_t*>(dict->index)[place] = static_cast<int8_t>(number);
    } else {
        static_cast<int32_t*>(dict->index)[place] = number;
    }
}

DictEntry& entry_of(const Dict* dict, int32_t number) {
    return dict->entries[static_cast<size_t>(number) - 1];
}

bool has_room(const Dict* dict, size_t entries = 1) {
    return entries == 0 || (dict->entries.records != nullptr && dict->room >= entries);
}

void track(Dict* dict) {
    dict->tracked = true;
    cairn_gc_track(val(dict));
}

void track_for(Dict* dict, Value v) {
    if (!dict->tracked && !is_atom(v)) {
        track(dict);
    }
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

/// Writes the number of the entry with this key, or 0. False: a comparison failed.
bool find_entry(Dict* dict, Value key, int64_t hash, int32_t* out, size_t* out_place = nullptr) {
restart:
    *out = 0;
    if (dict->entries.records == nullptr) {
        return true;
    }
    for (Probe probe(hash, dict->mask);; probe.step(dict->mask)) {
        const int32_t number = number_at(dict, probe.place);
        if (number == kEmpty) {
            return true;
        }
        if (number == kDeleted) {
            continue;
        }
        const DictEntry& entry = entry_of(dict, number);
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
            *out = number;
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
        while (places < dict->count() * 3 || places * 2 / 3 < dict->count() + extra) {
            places *= 2;
        }
        const size_t most = places * 2 / 3;
        const size_t index_size = (places * place_size(places - 1) - 1) / sizeof(DictEntry) + 1;
        Records<DictEntry> old;
        if (cairn_buffer_replace(val(dict), most + index_size, &old) != CAIRN_OK) {
            return raise_memory();
        }
        const size_t live = old.records != nullptr ? dict->live : 0;
        if (live + extra > most) {
            // Making room has run code that filled the dict.
            (void)cairn_buffer_exchange(val(dict), &old);
            cairn_buffer_release(vm.heap, &old);
            continue;
        }
        DictEntry* entries = dict->entries.data();
        dict->index = entries + most;
        dict->mask = places - 1;
        size_t count = 0;
        for (size_t i = 0; i < old.count; ++i) {
            if (old[i].key == nullptr) {
                continue;
            }
            entries[count++] = old[i];
            Probe probe(old[i].hash, places - 1);
            while (number_at(dict, probe.place) != kEmpty) {
                probe.step(places - 1);
            }
            set_number(dict, probe.place, static_cast<int32_t>(count));
        }
        dict->entries.count = dict->live = count;
        dict->room = most - count;
        cairn_buffer_release(vm.heap, &old);
        return true;
    }
}

/// Adds an entry for a key that is not there. There is room for it. Takes over both.
void append(Dict* dict, Value key, Value value, int64_t hash) {
    track_for(dict, value);
    track_for(dict, key);
    dict->other_keys = dict->other_keys || !is_exact<Str>(key);
    Probe probe(hash, dict->mask);
    while (number_at(dict, probe.place) > 0) {
        probe.step(dict->mask);
    }
    dict->entries[dict->entries.count++] = {key, value, hash};
    set_number(dict, probe.place, static_cast<int32_t>(dict->entries.count));
    ++dict->live;
    --dict->room;
    changed(dict);
}

/// Finds the entry with this key; 0: there is none, but room for it. False: an exception.
bool find_or_make_room(Dict* dict, Value key, int64_t hash, int32_t* out) {
    for (;;) {
        if (!find_entry(dict, key, hash, out)) {
            return false;
        }
        if (*out != 0 || has_room(dict)) {
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
    int32_t found = 0;
    // Making room may run code that drops what the caller has only borrowed.
    Ref held_key = Ref::share(key);
    Ref held_value = Ref::share(value);
    if (!find_or_make_room(dict, key, hash, &found)) {
        return false;
    }
    if (found == 0) {
        append(dict, held_key.take(), held_value.take(), hash);
        return true;
    }
    track_for(dict, value);
    Ref old = Ref::own(std::exchange(entry_of(dict, found).value, held_value.take()));
    if (dict->owner != nullptr) {
        class_changed(dict->owner);
    }
    return true;
}

Ref take_entry(Dict* dict, int32_t number, size_t place) {
    DictEntry& entry = entry_of(dict, number);
    set_number(dict, place, kDeleted);
    Ref key = Ref::own(std::exchange(entry.key, nullptr));
    Ref value = Ref::own(std::exchange(entry.value, nullptr));
    --dict->live;
    changed(dict);
    return value;
}

}  // namespace

bool dict_reserve(Dict* dict, size_t extra) {
    return has_room(dict, extra) || grow(dict, extra);
}

Ref new_dict() {
    return Ref::own(make<Dict>(vm.classes.dict));
}

bool dict_find(Dict* dict, Value key, Value* out) {
    int64_t hash = 0;
    int32_t number = 0;
    *out = nullptr;
    if (!hash_of(key, &hash) || !find_entry(dict, key, hash, &number)) {
        return false;
    }
    *out = number != 0 ? entry_of(dict, number).value : nullptr;
    return true;
}

/// Only strings can be equal to a name, so nothing is raised and no code runs.
Value dict_find_name(Dict* dict, Str* name) {
    if (dict->entries.records == nullptr) {
        return nullptr;
    }
    const int64_t hash = hash_text(name);
    for (Probe probe(hash, dict->mask);; probe.step(dict->mask)) {
        const int32_t number = number_at(dict, probe.place);
        if (number == kEmpty) {
            return nullptr;
        }
        if (number == kDeleted) {
            continue;
        }
        const DictEntry& entry = entry_of(dict, number);
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
    int32_t number = 0;
    size_t place = 0;
    if (dict->count() == 0 || !hash_of(key, &hash) ||
        !find_entry(dict, key, hash, &number, &place) || number == 0) {
        return {};
    }
    return take_entry(dict, number, place);
}

Ref dict_setdefault(Dict* dict, Value key, Value value) {
    int64_t hash = 0;
    int32_t number = 0;
    if (!hash_of(key, &hash) || !find_or_make_room(dict, key, hash, &number)) {
        return {};
    }
    if (number != 0) {
        return Ref::share(entry_of(dict, number).value);
    }
    append(dict, new_ref(key), new_ref(value), hash);
    return Ref::share(value);
}

namespace {

/// Where the index leads to an entry. It is there, so that no key is compared.
size_t place_of(const Dict* dict, int32_t number) {
    Probe probe(entry_of(dict, number).hash, dict->mask);
    while (number_at(dict, probe.place) != number) {
        probe.step(dict->mask);
    }
    return probe.place;
}

}  // namespace

bool dict_pop_end(Dict* dict, bool last, Ref* key, Ref* value) {
    size_t& count = dict->entries.count;
    while (count > 0 && dict->entries[count - 1].key == nullptr) {
        --count;  // Its place in the index stays filled: there is no more room than before.
    }
    if (count == 0) {
        return false;
    }
    auto number = static_cast<int32_t>(last ? count : 1);
    while (entry_of(dict, number).key == nullptr) {
        ++number;
    }
    *key = Ref::share(entry_of(dict, number).key);
    *value = take_entry(dict, number, place_of(dict, number));
    return true;
}

bool dict_move(Dict* dict, Value key, bool last, bool* found) {
    int64_t hash = 0;
    int32_t from = 0;
    size_t place = 0;
    *found = false;
    if (!hash_of(key, &hash)) {
        return false;
    }
    do {
        // Room at the end may have to be made, which may run code.
        if ((dict->count() != 0 && !dict_reserve(dict, 1)) ||
            !find_entry(dict, key, hash, &from, &place)) {
            return false;
        }
    } while (from != 0 && !has_room(dict));
    *found = from != 0;
    if (!*found) {
        return true;
    }
    const DictEntry moved = entry_of(dict, from);
    if (last) {
        entry_of(dict, from) = {};
        dict->entries[dict->entries.count++] = moved;
        set_number(dict, place, static_cast<int32_t>(dict->entries.count));
        --dict->room;
    } else {
        // The entries before it move up by one, and the index follows them.
        for (int32_t number = from; number > 1; --number) {
            if (entry_of(dict, number - 1).key != nullptr) {
                set_number(dict, place_of(dict, number - 1), number);
            }
            entry_of(dict, number) = entry_of(dict, number - 1);
        }
        entry_of(dict, 1) = moved;
        set_number(dict, place, 1);
    }
    changed(dict);
    return true;
}

bool dict_delete(Dict* dict, Value key, bool* found) {
    int64_t hash = 0;
    if (dict->count() == 0 && !hash_of(key, &hash)) {
        return false;
    }
    *found = static_cast<bool>(dict_pop(dict, key));
    return *found || !pending();
}

bool dict_delete_name(Dict* dict, Str* name) {
    return static_cast<bool>(dict_pop(dict, val(name)));
}

bool dict_next(const Dict* dict, size_t* at, Value* key, Value* value) {
    for (; *at < dict->entries.count; ++*at) {
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
    for (*at = std::min(*at, dict->entries.count); *at > 0;) {
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
    Records<DictEntry> old{};
    (void)cairn_buffer_exchange(val(dict), &old);
    changed(dict);
    for (size_t i = 0; i < old.count; ++i) {
        if (old[i].key != nullptr) {
            decref(old[i].key);
            decref(old[i].value);
        }
    }
    cairn_buffer_release(vm.heap, &old);
}

namespace {

/// Gives an empty dict what another one holds, without comparing.
bool copy_entries(Dict* dict, const Dict* other) {
    // Making room may run code that changes either.
    while (dict->count() == 0 && !has_room(dict, other->count())) {
        if (!grow(dict, other->count())) {
            return false;
        }
    }
    size_t at = 0;
    for (Value key, value;
         dict->count() + dict->room >= other->count() && dict_next(other, &at, &key, &value);) {
        append(dict, new_ref(key), new_ref(value), other->entries[at - 1].hash);
    }
    return true;
}

}  // namespace

Ref dict_copy(Dict* dict) {
    Ref copy = new_dict();
    if (!copy || !copy_entries(copy.as<Dict>(), dict)) {
        return {};
    }
    // In CPython a dict that is mostly full is copied whole.
    if (dict->tracked && is_exact<Dict>(val(dict)) && dict->count() > 0 &&
        dict->count() >= dict->entries.count * 2 / 3 && !copy.as<Dict>()->tracked) {
        track(copy.as<Dict>());
    }
    return copy;
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
        if (list->items.count != 2) {
            return raise(vm.exceptions.ValueError,
                         "dictionary update sequence element #%lld has length %zu; 2 is required",
                         static_cast<long long>(position),
                         list->items.count);
        }
        ++position;
        return dict_set(dict, list->items[0], list->items[1]);
    });
}

}  // namespace

bool dict_update(Dict* dict, Value other) {
    if (is<Dict>(other) && !is_heap_class(class_of(other))) {
        Ref keep = Ref::share(other);
        if (dict->count() == 0 && val(dict) != other) {
            return copy_entries(dict, as<Dict>(other));
        }
        size_t at = 0;
        const size_t filled = as<Dict>(other)->entries.count;
        for (Value key, value;
             val(dict) != other && dict_next(as<Dict>(other), &at, &key, &value);) {
            Ref k = Ref::share(key);
            Ref v = Ref::share(value);
            if (!insert(dict, k, v, as<Dict>(other)->entries[at - 1].hash)) {
                return false;
            }
            if (as<Dict>(other)->entries.count != filled) {
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
