// SPDX-License-Identifier: MIT
#include "weakref/weakmap.h"

#include "heap/allocate.h"
#include "object/release.h"

namespace cairn {

namespace {

constexpr const char* kNames[] = {"", "weak-value map", "weak-key map", "weak set"};

// --- the types -----------------------------------------------------------------------------------

void traverse_weakmap(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
    const WeakMapObject* map = as_weakmap(self);
    for (const WeakEntry& entry : map->table) {
        if (entry.ref != nullptr) {
            visit(&entry.ref->weakref.head, visit_data);
            visit(entry.strong, visit_data);
        }
    }
}

// USER CODE.
void clear_object(cairn_object* self) {
    clear_weakmap(as_weakmap(self));  // USER CODE
}

// At the heap's end a map dies with its entries in place.
void dealloc_weakmap(cairn_object* self) {
    cairn_heap* heap = heap_of(self);
    WeakMapObject* map = as_weakmap(self);
    map->table.release(heap->memory);
    heap->weak_key_maps -= map->kind == CAIRN_WEAK_KEY_MAP;
}

cairn_type* weakmap_type(cairn_heap* heap, cairn_weak_kind kind) {
    cairn_type*& type = heap->weakmap_types[kind];
    if (type == nullptr) {
        cairn_type_spec spec{};
        spec.name = kNames[kind];
        spec.object_size = sizeof(WeakMapObject);
        spec.traverse = traverse_weakmap;
        spec.clear = clear_object;
        spec.dealloc = dealloc_weakmap;
        type = make_own_type(heap, spec, kIsWeakMap);
    }
    return type;
}

cairn_type* entry_ref_type(cairn_heap* heap) {
    if (heap->entry_ref_type == nullptr) {
        cairn_type_spec spec{};
        spec.name = "weak container reference";
        spec.flags = kContainerWithoutSlots;
        spec.object_size = sizeof(EntryRef);
        heap->entry_ref_type = make_own_type(heap, spec, kIsWeakref);
    }
    return heap->entry_ref_type;
}

EntryRef* make_entry_ref(cairn_heap* heap, WeakMapObject* map, cairn_object* referent) {
    cairn_type* type = entry_ref_type(heap);
    WeakrefObject* weakref = type == nullptr ? nullptr : make_weakref(heap, type, referent);
    if (weakref == nullptr) {
        return nullptr;
    }
    weakref->state |= kIsEntryRef | kHasCallback | kInWeakMap;
    EntryRef* ref = as_entry_ref(weakref);
    ref->map = map;
    return ref;
}

// Lets go of what an entry owned, in the order of a CPython dict: the key side first. USER CODE.
void release_entry(cairn_weak_kind kind, const WeakEntry& entry) {
    const bool strong_first = kind == CAIRN_WEAK_VALUE_MAP;
    if (strong_first) {
        release(entry.strong);  // USER CODE
    }
    release(&entry.ref->weakref.head);  // USER CODE
    if (!strong_first && entry.strong != nullptr) {
        release(entry.strong);  // USER CODE
    }
}

// Cuts the tie between an entry's reference and the map. INV-MAP-LENGTH.
void detach_ref(WeakMapObject* map, EntryRef* ref) {
    --(ref->weakref.referent != nullptr ? map->length : map->dead);
    map->left_over -= is_left_over(ref->weakref);
    ref->map = nullptr;
    ref->weakref.state &= ~static_cast<uint32_t>(kInWeakMap);
}

}  // namespace

cairn_weak_kind weakmap_kind(const cairn_object* object) {
    return is_weakmap(object) ? reinterpret_cast<const WeakMapObject*>(object)->kind
                              : CAIRN_NOT_WEAK;
}

WeakMapObject* make_weakmap(cairn_heap* heap, cairn_weak_kind kind) {
    cairn_type* type = weakmap_type(heap, kind);
    cairn_object* object = type == nullptr ? nullptr : allocate_object(heap, type);
    if (object == nullptr) {
        return nullptr;
    }
    WeakMapObject* map = as_weakmap(object);
    map->kind = kind;
    heap->weak_key_maps += kind == CAIRN_WEAK_KEY_MAP;
    return map;
}

namespace {

// Keeps a map alive while user code may drop the last reference to it; one that is dying is alive
// as long. USER CODE, at the end.
class HoldMap {
  public:
    explicit HoldMap(WeakMapObject* map)
        : map_(is_dying(&map->head) ? nullptr : new_ref(&map->head)) {}
    ~HoldMap() { release_if_any(map_); }  // USER CODE
    HoldMap(const HoldMap&) = delete;
    HoldMap& operator=(const HoldMap&) = delete;

  private:
    cairn_object* map_;
};

// --- search --------------------------------------------------------------------------------------

// Does a live entry of the right hash belong to what is searched? Asks `equal(&result)`, which may
// change the map. USER CODE.
template <typename F>
[[gnu::noinline]] cairn_status match_by_equal(const WeakMapObject* map,
                                              const WeakEntry& entry,
                                              cairn_object* candidate,
                                              Match* out_match,
                                              F equal) {
    const EntryTable& table = map->table;
    const uint32_t layout = table.layout;
    int is_equal = 0;
    retain(candidate);
    cairn_status status = CAIRN_OK;
    {
        const HostCall call(heap_of(&map->head), HostFunction::kEqual, candidate);
        status = equal(&is_equal);  // USER CODE
    }
    // While the candidate is held, no other object can have come in its place. Entries that equal
    // adds or removes elsewhere do not matter: else one that does so would be called for ever.
    const bool is_same = table.layout == layout && key_side(map, entry) == candidate;
    const uint32_t version = table.version;
    release(candidate);  // USER CODE
    if (status == CAIRN_OK) {
        // What equal runs, or the release, may also kill the entry's referent.
        const auto is_there = [map, &entry] {
            return entry.weak != nullptr && entry_key(map, entry) != nullptr;
        };
        *out_match = !is_same || table.version != version ? Match::kStartAgain
                     : is_equal != 0 && is_there()        ? Match::kYes
                                                          : Match::kNo;
    }
    return status;
}

}  // namespace

cairn_status find_entry(const WeakMapObject* map,
                        cairn_object* key,
                        uint64_t hash,
                        uint32_t* out_at) {
    return find_in_table(  // USER CODE
        map->table,
        hash,
        out_at,
        [map, key](const WeakEntry& entry, Match* out_match) {
            if (key_side(map, entry) == key) {
                *out_match = Match::kYes;
                return CAIRN_OK;
            }
            cairn_object* candidate = entry_key(map, entry);
            if (candidate == nullptr || candidate->type->equal == nullptr) {
                return CAIRN_OK;
            }
            return match_by_equal(  // USER CODE
                map,
                entry,
                candidate,
                out_match,
                [candidate, key](int* out_equal) {
                    return candidate->type->equal(candidate, key, out_equal);  // USER CODE
                });
        });
}

cairn_status find_described(const WeakMapObject* map,
                            const DescribedKey& wanted,
                            uint32_t* out_at) {
    return find_in_table(  // USER CODE
        map->table,
        wanted.hash,
        out_at,
        [map, &wanted](const WeakEntry& entry, Match* out_match) {
            cairn_object* candidate = entry_key(map, entry);
            if (candidate == nullptr) {
                return CAIRN_OK;
            }
            return match_by_equal(  // USER CODE
                map,
                entry,
                candidate,
                out_match,
                [candidate, &wanted](int* out_equal) {
                    return wanted.equal(candidate, wanted.data, out_equal);  // USER CODE
                });
        });
}

namespace {

// --- stores and removals -------------------------------------------------------------------------

// Adds an entry that is not there. CAIRN_NO_MEMORY: nothing was changed. Runs no user code.
// In line, with store_at(): else a store takes 3 % more instructions (drivers/weak.cc, 2026-11).
[[gnu::always_inline]] inline cairn_status add_entry(WeakMapObject* map,
                                                     cairn_object* key,
                                                     cairn_object* value,
                                                     uint64_t hash) {
    // Room may be made by moving entries: INV-MAP-ITERATED.
    CAIRN_ASSERT_INTERNAL(map->iterators == 0);
    cairn_heap* heap = heap_of(&map->head);
    const bool by_value = map->kind == CAIRN_WEAK_VALUE_MAP;
    cairn_object* weak = by_value ? value : key;
    cairn_object* strong = by_value ? key : value;
    if (!map->table.make_room(heap->memory)) {
        return CAIRN_NO_MEMORY;
    }
    EntryRef* ref = make_entry_ref(heap, map, weak);
    if (ref == nullptr) {
        return CAIRN_NO_MEMORY;
    }
    map->table.add({ref, weak, new_ref(strong), {hash}});
    ++map->length;
    if (map->kind == CAIRN_WEAK_KEY_MAP && !has_option(heap, CAIRN_HEAP_STRONG_WEAKKEY_VALUES)) {
        key->flags |= kIsEphemeronKey;
        page_of(key)->holds_keys |= (key->flags & kContainer) == 0;  // INV-KEY-PAGE
    }
    return CAIRN_OK;
}

// Stores another value in an entry that is there. USER CODE, after the store.
cairn_status replace_value(WeakMapObject* map, uint32_t at, cairn_object* value) {
    WeakEntry& entry = map->table.entries[at];
    if (map->kind != CAIRN_WEAK_VALUE_MAP) {
        set_slot(&entry.strong, value);  // USER CODE
        return CAIRN_OK;
    }
    EntryRef* ref = make_entry_ref(heap_of(&map->head), map, value);
    if (ref == nullptr) {
        return CAIRN_NO_MEMORY;
    }
    EntryRef* old = entry.ref;
    detach_ref(map, old);
    ref->weakref.entry = at;
    entry.ref = ref;
    entry.weak = value;
    ++map->length;
    release(&old->weakref.head);  // USER CODE
    return CAIRN_OK;
}

// Dead entries that go when the last iterator closes. In the other direction the list is linked by
// `previous` of their references, which have no referent any more (INV-MAP-PENDING).
void enter_pending(WeakMapObject* map, EntryRef* ref) {
    map->table.entries[ref->weakref.entry].pending_before = map->pending;
    if (map->pending != nullptr) {
        map->pending->weakref.previous = &ref->weakref;
    }
    ref->weakref.previous = nullptr;
    map->pending = ref;
    ref->weakref.state |= kIsPending;
}

// User code of one that goes may take out another.
void leave_pending(WeakMapObject* map, const EntryRef* ref) {
    EntryRef* before = map->table.entries[ref->weakref.entry].pending_before;
    WeakrefObject* after = ref->weakref.previous;
    (after == nullptr ? map->pending : map->table.entries[after->entry].pending_before) = before;
    if (before != nullptr) {
        before->weakref.previous = after;
    }
}

// USER CODE, after the removal.
void remove_entry(WeakMapObject* map, uint32_t at) {
    // INV-MAP-ITERATED
    CAIRN_ASSERT_INTERNAL(map->iterators == 0);
    const WeakEntry entry = map->table.entries[at];
    if ((entry.ref->weakref.state & kIsPending) != 0) {
        leave_pending(map, entry.ref);
    }
    // What the entry owned may hold the last reference to the map, which must live until the
    // removal is over, as the `remove` callbacks of CPython's weakref.py have it.
    const HoldMap hold(map);
    detach_ref(map, entry.ref);
    map->table.forget(at);
    release_entry(map->kind, entry);  // USER CODE
}

// The newest entry, which may be dead, or kNoEntry. Cuts off the removed ones behind it, so that
// the next search does not meet them.
uint32_t find_last_entry(WeakMapObject* map) {
    map->table.trim();
    return map->table.used > 0 ? map->table.used - 1 : kNoEntry;
}

}  // namespace

namespace {

// Stores in the entry that was found, or adds one. USER CODE, after the store.
[[gnu::always_inline]] inline cairn_status store_at(WeakMapObject* map,
                                                    uint32_t at,
                                                    cairn_object* key,
                                                    cairn_object* value,
                                                    uint64_t hash,
                                                    bool* out_made_ref) {
    if (at != kNoEntry) {
        if (map->kind == CAIRN_WEAK_SET) {
            return CAIRN_OK;
        }
        *out_made_ref = map->kind == CAIRN_WEAK_VALUE_MAP;
        return replace_value(map, at, value);  // USER CODE
    }
    if (map->iterators > 0) {
        return CAIRN_BUSY;
    }
    *out_made_ref = true;
    return add_entry(map, key, value, hash);
}

}  // namespace

cairn_status store_entry(WeakMapObject* map,
                         cairn_object* key,
                         cairn_object* value,
                         bool* out_made_ref) {
    *out_made_ref = false;
    uint64_t hash = 0;
    uint32_t at = kNoEntry;
    cairn_status status = hash_of(key, &hash);  // USER CODE
    if (status == CAIRN_OK) {
        status = find_entry(map, key, hash, &at);  // USER CODE
    }
    return status != CAIRN_OK ? status
                              : store_at(map, at, key, value, hash, out_made_ref);  // USER CODE
}

cairn_status store_described(WeakMapObject* map,
                             const DescribedKey& wanted,
                             cairn_object* key,
                             cairn_object* value,
                             cairn_object** out_key,
                             bool* out_made_ref) {
    *out_made_ref = false;
    uint32_t at = kNoEntry;
    cairn_status status = find_described(map, wanted, &at);  // USER CODE
    if (status != CAIRN_OK) {
        return status;
    }
    // The entry may be gone after the store.
    cairn_object* stored = at == kNoEntry ? key : entry_key(map, map->table.entries[at]);
    retain(stored);
    status = store_at(map, at, key, value, wanted.hash, out_made_ref);  // USER CODE
    if (status == CAIRN_OK) {
        *out_key = stored;
    } else {
        release(stored);  // USER CODE
    }
    return status;
}

cairn_status take_entry(WeakMapObject* map, cairn_object* key, cairn_object** out_value) {
    uint32_t at = kNoEntry;
    if (map->iterators > 0) {
        return CAIRN_BUSY;
    }
    const cairn_status status = find_key(map, key, &at);  // USER CODE
    if (status != CAIRN_OK) {
        return status;
    }
    if (at == kNoEntry) {
        return CAIRN_NOT_FOUND;
    }
    if (map->iterators > 0) {
        return CAIRN_BUSY;
    }
    if (out_value != nullptr) {
        cairn_object* value = entry_value(map, map->table.entries[at]);
        if (value == nullptr) {
            return CAIRN_NOT_FOUND;
        }
        *out_value = new_ref(value);
    }
    remove_entry(map, at);  // USER CODE
    return CAIRN_OK;
}

// In one go the death takes 22.5 ns instead of 24.
bool remove_with_referent(cairn_heap* heap, WeakrefObject* weakref) {
    EntryRef* ref = as_entry_ref(weakref);
    WeakMapObject* map = ref->map;
    if (map == nullptr || map->iterators > 0) {  // INV-MAP-ITERATED
        return false;
    }
    cairn_object* strong = map->table.entries[weakref->entry].strong;
    detach_ref(map, ref);
    weakref->referent = nullptr;
    weakref->state |= kCallbackTaken;
    map->table.forget(weakref->entry);
    ++heap->gc.user_code_runs;
    if (strong != nullptr && (CAIRN_CHECK_LEVEL > 0 || !drop_unless_last(strong))) {
        const HoldMap hold(map);
        release_slow(strong);  // USER CODE
    }
    release(&weakref->head);  // NO USER CODE: it holds nothing
    return true;
}

// Takes dead entries out on its way, and lets go of what one holds when the next is out, as
// popitem() of CPython's weakref.py does.
bool pop_last_entry(WeakMapObject* map, cairn_object** out_key, cairn_object** out_value) {
    cairn_object* left = nullptr;
    bool found = false;
    while (!found && map->iterators == 0) {
        const uint32_t at = find_last_entry(map);
        if (at == kNoEntry) {
            break;
        }
        const WeakEntry& entry = map->table.entries[at];
        cairn_object* before = left;
        left = nullptr;
        found = weak_side(entry) != nullptr;
        if (found) {
            *out_key = new_ref(entry_key(map, entry));
            *out_value = new_ref(entry_value(map, entry));
        } else {
            left = new_ref(entry.strong);
        }
        remove_entry(map, at);  // USER CODE
        if (before != nullptr) {
            release(before);  // USER CODE
        }
    }
    if (left != nullptr) {
        release(left);  // USER CODE
    }
    return found;
}

void clear_weakmap(WeakMapObject* map) {
    Memory& memory = heap_of(&map->head)->memory;
    const cairn_weak_kind kind = map->kind;
    for (const WeakEntry& entry : map->table) {
        if (entry.ref != nullptr) {
            detach_ref(map, entry.ref);
        }
    }
    // The map may be gone after the first entry.
    EntryTable taken = map->table.take();
    map->pending = nullptr;
    for (const WeakEntry& entry : taken) {
        if (entry.ref != nullptr) {
            release_entry(kind, entry);  // USER CODE
        }
    }
    taken.release(memory);
}

bool empty_weakmap(WeakMapObject* map) {
    cairn_object* key = nullptr;
    cairn_object* value = nullptr;
    bool has_table = true;
    while (has_table && map->iterators == 0) {
        if (map->kind != CAIRN_WEAK_SET && pop_last_entry(map, &key, &value)) {  // USER CODE
            release(value);                                                      // USER CODE
            release(key);                                                        // USER CODE
        } else {
            // What is left are entries of objects that were put aside while they die.
            has_table = map->kind != CAIRN_WEAK_SET && map->table.used > map->table.removed;
            clear_weakmap(map);  // USER CODE
        }
    }
    return !has_table;
}

// --- dead entries --------------------------------------------------------------------------------

void remove_pending_entries(WeakMapObject* map) {
    while (map->pending != nullptr && map->iterators == 0) {
        remove_entry(map, map->pending->weakref.entry);  // USER CODE
    }
}

void remove_left_over_entries(WeakMapObject* map) {
    const EntryTable& table = map->table;
    uint32_t version = table.version;
    for (uint32_t i = 0; map->left_over > 0 && map->iterators == 0 && i < table.used;) {
        if (table.entries[i].ref == nullptr || !is_left_over(table.entries[i].ref->weakref)) {
            ++i;
            continue;
        }
        remove_entry(map, i);  // USER CODE
        i = table.version == ++version ? i + 1 : 0;
        version = table.version;
    }
}

void note_entry_cleared(WeakrefObject* ref) {
    WeakMapObject* map = as_entry_ref(ref)->map;
    map->table.entries[ref->entry].weak = nullptr;
    --map->length;
    ++map->dead;
    ++map->left_over;
}

void note_entry_taken(WeakrefObject* ref) {
    --as_entry_ref(ref)->map->left_over;
}

void entry_died(EntryRef* ref) {
    WeakMapObject* map = ref->map;
    if (map == nullptr) {
        return;
    }
    if (map->iterators == 0) {
        remove_entry(map, ref->weakref.entry);  // USER CODE
    } else {
        enter_pending(map, ref);
    }
}

}  // namespace cairn
