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
    probe(set->places - 1, hash, [&](size_t place) {
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
    if (set->used >= places) {
        // Making room has run code that filled the set.
        buffer_free(table, places * sizeof(SetEntry));
        return resize(set, set->used * 2);
    }
    memset(table, 0, places * sizeof(SetEntry));
    SetEntry* old = std::exchange(set->table, table);
    const size_t old_places = std::exchange(set->places, places);
    for (size_t i = 0; i < old_places; ++i) {
        if (old[i].key != nullptr && old[i].key != kDummy) {
            insert_clean(table, places - 1, old[i].key, old[i].hash);
        }
    }
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
    return set->fill * 5 < (set->places - 1) * 3 ||
           resize(set, set->used > 50000 ? set->used * 2 : set->used * 4);
}

bool merge(Set* set, Set* other) {
    if (set == other || other->used == 0) {
        return true;
    }
    if ((set->fill + other->used) * 5 + 3 >= set->places * 3 &&
        !resize(set, (set->used + other->used) * 2)) {
        return false;
    }
    size_t at = 0;
    for (Value item; set_next(other, &at, &item);) {
        Ref keep = Ref::share(item);
        if (!insert(set, keep, other->table[at - 1].hash)) {
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
    for (; *at < set->places; ++*at) {
        Value key = set->table[*at].key;
        if (key != nullptr && key != kDummy) {
            *item = key;
            ++*at;
            return true;
        }
    }
    return false;
}

void set_drop_all(Set* set) {
    SetEntry* table = std::exchange(set->table, nullptr);
    const size_t places = std::exchange(set->places, 0);
    set->fill = set->used = 0;
    for (size_t i = 0; i < places; ++i) {
        if (table[i].key != nullptr) {
            decref(table[i].key);
        }
    }
    buffer_free(table, places * sizeof(SetEntry));
}

Ref set_take_any(Set* set) {
    size_t place = static_cast<size_t>(set->hash) & (set->places - 1);
    while (set->table[place].key == nullptr || set->table[place].key == kDummy) {
        place = (place + 1) & (set->places - 1);
    }
    Ref item = Ref::share(set->table[place].key);
    remove_place(set, place);
    set->hash = static_cast<int64_t>(place + 1);
    return item;
}

}  // namespace pebble
