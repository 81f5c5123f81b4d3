// SPDX-License-Identifier: MIT
#include "types/set.h"

#include <cstring>

namespace pebble {
namespace {

// Open addressing with short linear runs, grown fourfold; so small sets of ints come out in the
// order that people know. A deleted place keeps a dummy key. `hash` of a mutable set is where the
// next pop() starts to look.

cairn_object* const kDummy = reinterpret_cast<Value>(uintptr_t{255} << 2 | 3);
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

/// Looks for a key. A comparison may run code that changes the set: then the search begins anew.
class Search {
  public:
    Search(Set* set, Value key, int64_t hash) : set_(set), key_(key), hash_(hash) {}

    /// To look the key up: Yes only if the set still holds it where it was found.
    Found find() { return run(false); }
    /// To add it: what has compared equal is there, even if it has been taken away since. No: it
    /// goes to place(), which may be a deleted one.
    Found find_or_place() { return run(true); }
    [[nodiscard]] size_t place() const { return place_; }

  private:
    Found run(bool adding) {
        for (;;) {
            found_ = Found::No;
            again_ = false;
            size_t deleted = SIZE_MAX;
            if (set_->table.records == nullptr) {
                return Found::No;
            }
            probe(set_->table.count - 1, hash_, [&](size_t place) {
                const SetEntry entry = set_->table[place];
                place_ = place;
                if (entry.key == nullptr) {
                    return true;
                }
                deleted = entry.key == kDummy ? place : deleted;
                return entry.key != kDummy && entry.hash == hash_ && is_end(entry.key, adding);
            });
            if (!again_) {
                place_ = adding && found_ == Found::No && deleted != SIZE_MAX ? deleted : place_;
                return found_;
            }
        }
    }

    /// Does the search end at this entry, with or without a result?
    bool is_end(Value there, bool adding) {
        bool same = there == key_;
        if (!same) {
            const SetEntry* table = set_->table.data();
            const size_t places = set_->table.count;
            Ref keep = Ref::share(there);
            if (!equal(keep, key_, &same)) {
                found_ = Found::Failed;
                return true;
            }
            again_ =
                !(same && adding) && (set_->table.data() != table || set_->table.count != places ||
                                      set_->table[place_].key != keep.get());
        }
        found_ = same && !again_ ? Found::Yes : Found::No;
        return same || again_;
    }

    Set* set_;
    Value key_;
    int64_t hash_;
    size_t place_ = 0;
    Found found_ = Found::No;
    bool again_ = false;
};

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
    Records<SetEntry> old;
    if (cairn_buffer_replace(val(set), places, &old) != CAIRN_OK) {
        return raise_memory();
    }
    if (old.records != nullptr && set->live >= places) {
        // Making room has run code that filled the set.
        (void)cairn_buffer_exchange(val(set), &old);
        cairn_buffer_release(vm.heap, &old);
        return resize(set, set->count() * 2);
    }
    set->live = 0;
    for (size_t i = 0; i < old.count; ++i) {
        if (old[i].key != nullptr && old[i].key != kDummy) {
            insert_clean(set->table.data(), places - 1, old[i].key, old[i].hash);
            ++set->live;
        }
    }
    set->filled = set->live;
    cairn_buffer_release(vm.heap, &old);
    return true;
}

/// One place must stay unused, or a search would not end.
bool is_full(const Set* set) {
    return set->table.records == nullptr || set->filled + 1 >= set->table.count;
}

void remove_place(Set* set, size_t place) {
    Ref key = Ref::own(set->table[place].key);
    set->table[place] = {kDummy, -1};
    --set->live;
}

}  // namespace

Ref new_set(Class* cls) {
    return Ref::own(make<Set>(cls));
}

bool set_add_hashed(Set* set, Value key, int64_t hash) {
    Search search(set, key, hash);
    do {
        // Making room may run code, and so may the search: it may take the table away again.
        if (is_full(set) && !resize(set, set->count() * 2)) {
            return false;
        }
        const Found found = search.find_or_place();
        if (found != Found::No) {
            return found == Found::Yes;
        }
    } while (is_full(set));
    SetEntry& entry = set->table[search.place()];
    const bool unused = entry.key == nullptr;
    entry = {new_ref(key), hash};
    ++set->live;
    set->filled += unused ? 1 : 0;
    return !unused || set->filled * 5 < (set->table.count - 1) * 3 ||
           resize(set, set->live > 50000 ? set->live * 2 : set->live * 4);
}

bool set_has_hashed(Set* set, Value key, int64_t hash, bool* out) {
    const Found found = Search(set, key, hash).find();
    *out = found == Found::Yes;
    return found != Found::Failed;
}

bool set_discard_hashed(Set* set, Value key, int64_t hash, bool* found) {
    Search search(set, key, hash);
    const Found result = search.find();
    *found = result == Found::Yes;
    if (*found) {
        remove_place(set, search.place());
    }
    return result != Found::Failed;
}

bool set_add(Set* set, Value item) {
    int64_t hash = 0;
    return hash_of(item, &hash) && set_add_hashed(set, item, hash);
}

bool set_contains(Set* set, Value item, bool* out) {
    int64_t hash = 0;
    *out = false;
    return hash_of(item, &hash) && set_has_hashed(set, item, hash, out);
}

bool set_discard(Set* set, Value item, bool* found) {
    int64_t hash = 0;
    *found = false;
    return hash_of(item, &hash) && set_discard_hashed(set, item, hash, found);
}

namespace {

/// Gives an empty set what another one holds, without comparing. False: there was no memory.
bool copy_items(Set* set, const Set* other) {
    const bool same_table = set->table.count == other->table.count && other->filled == other->live;
    for (size_t i = 0; i < other->table.count; ++i) {
        const SetEntry& entry = other->table[i];
        if (entry.key == nullptr || entry.key == kDummy) {
            continue;
        }
        incref(entry.key);
        if (same_table) {
            set->table[i] = entry;
        } else {
            insert_clean(set->table.data(), set->table.count - 1, entry.key, entry.hash);
        }
    }
    set->filled = set->live = other->live;
    return true;
}

bool merge(Set* set, Set* other) {
    if (set == other || other->count() == 0) {
        return true;
    }
    if (set->table.records == nullptr && !resize(set, 0)) {
        return false;
    }
    // Making room may run code that changes either.
    while (set->table.records == nullptr ||
           (set->filled + other->count()) * 5 >= (set->table.count - 1) * 3) {
        if (!resize(set, (set->count() + other->count()) * 2)) {
            return false;
        }
    }
    if (set->filled == 0) {
        return copy_items(set, other);
    }
    size_t at = 0;
    for (Value item; set_next(other, &at, &item);) {
        Ref keep = Ref::share(item);
        if (!set_add_hashed(set, keep, other->table[at - 1].hash)) {
            return false;
        }
    }
    return true;
}

}  // namespace

bool set_update(Set* set, Value iterable) {
    if (is<Set>(iterable)) {
        return merge(set, as<Set>(iterable));
    }
    if (is_exact<Dict>(iterable)) {
        Dict* dict = as<Dict>(iterable);
        size_t at = 0;
        for (Value key, value; dict_next(dict, &at, &key, &value);) {
            Ref keep = Ref::share(key);
            if (!set_add_hashed(set, keep, dict->entries[at - 1].hash)) {
                return false;
            }
        }
        return true;
    }
    return for_each(iterable, [&](const Ref& item) { return set_add(set, item); });
}

bool set_next(const Set* set, size_t* at, Value* item) {
    for (; *at < set->table.count; ++*at) {
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
    (void)cairn_buffer_clear(val(set));
}

Ref set_take_any(Set* set) {
    size_t place = static_cast<size_t>(set->hash) & (set->table.count - 1);
    while (set->table[place].key == nullptr || set->table[place].key == kDummy) {
        place = (place + 1) & (set->table.count - 1);
    }
    Ref item = Ref::share(set->table[place].key);
    remove_place(set, place);
    set->hash = static_cast<int64_t>(place + 1);
    return item;
}

}  // namespace pebble
