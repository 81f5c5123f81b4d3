// SPDX-License-Identifier: MIT
#include "weakref/weakmap.h"

#include <cstring>

#include "heap/allocate.h"
#include "object/walk.h"
#include "weakref/probe.h"

namespace cairn {

namespace {

constexpr uint32_t kFirstCapacity = 8;
constexpr uint32_t kLargestCapacity = uint32_t{1} << 30;

constexpr const char* kNames[] = {"", "weak-value map", "weak-key map", "weak set"};

// --- the table -----------------------------------------------------------------------------------

// A place of the index: 0 if it was never used, else the entry's number + 1, and above that, as far
// as there are bits left, bits of the hash. So hardly an entry of another hash is looked at.
class IndexKey {
  public:
    IndexKey(const WeakMapObject* map, uint64_t hash)
        : number_mask_(2 * map->capacity - 1),
          hash_bits_(static_cast<uint32_t>(hash * 0x9E3779B97F4A7C15U >> 32) & ~number_mask_) {}

    [[nodiscard]] uint32_t with_entry(uint32_t entry) const { return hash_bits_ | (entry + 1); }
    [[nodiscard]] bool may_be_in(uint32_t place) const {
        return (place & ~number_mask_) == hash_bits_;
    }
    [[nodiscard]] uint32_t entry_in(uint32_t place) const { return (place & number_mask_) - 1; }

  private:
    uint32_t number_mask_;
    uint32_t hash_bits_;
};

Probe start_probe(const WeakMapObject* map, uint64_t hash) {
    return {hash, 2 * map->capacity};
}

// Takes the first place that was never used, or that a removed entry of the same hash leaves: so
// searches do not get longer when one key comes and goes. (To know removed entries of other hashes,
// they would have to be looked at.)
void insert_index(WeakMapObject* map, uint32_t entry) {
    const uint64_t hash = map->entries[entry].hash;
    const IndexKey key(map, hash);
    Probe probe = start_probe(map, hash);
    const auto is_taken = [map, &key](uint32_t place) {
        return place != 0 &&
               !(key.may_be_in(place) && map->entries[key.entry_in(place)].ref == nullptr);
    };
    while (is_taken(map->index[probe.place()])) {
        probe.next();
    }
    map->index[probe.place()] = key.with_entry(entry);
    ++map->placed;
}

void release_table(Memory& memory, WeakEntry* entries, uint32_t* index, size_t capacity) {
    memory.release_table(entries, capacity * sizeof(WeakEntry));
    memory.release_table(index, 2 * capacity * sizeof(uint32_t));
}

// Copies the entries that are there into a table of `capacity`, without the removed ones.
bool rebuild(Memory& memory, WeakMapObject* map, uint32_t capacity) {
    if (capacity > kLargestCapacity) {
        return false;
    }
    const size_t index_size = 2 * size_t{capacity} * sizeof(uint32_t);
    auto* entries = static_cast<WeakEntry*>(memory.allocate_table(capacity * sizeof(WeakEntry)));
    auto* index =
        entries == nullptr ? nullptr : static_cast<uint32_t*>(memory.allocate_table(index_size));
    if (index == nullptr) {
        memory.release_table(entries, capacity * sizeof(WeakEntry));
        return false;
    }
    // Half of the entries are copied at once.
    provide_memory(entries, capacity / 2 * sizeof(WeakEntry));
    provide_memory(index, index_size);
    std::memset(index, 0, index_size);
    WeakEntry* old_entries = map->entries;
    uint32_t* old_index = map->index;
    const uint32_t old_capacity = map->capacity;
    const uint32_t old_used = map->used;
    map->entries = entries;
    map->index = index;
    map->capacity = capacity;
    map->used = map->removed = map->placed = 0;
    ++map->version;
    for (uint32_t i = 0; i < old_used; ++i) {
        if (old_entries[i].ref != nullptr) {
            entries[map->used] = old_entries[i];
            if (map->used != i) {
                entries[map->used].ref->weakref.entry = map->used;
            }
            insert_index(map, map->used++);
        }
    }
    release_table(memory, old_entries, old_index, old_capacity);
    return true;
}

bool make_room(Memory& memory, WeakMapObject* map) {
    if (map->placed < map->capacity) {
        return true;
    }
    const uint32_t left = map->used - map->removed;
    const bool half_removed = left < map->capacity / 2;
    const uint32_t capacity = map->capacity == 0 ? kFirstCapacity
                              : half_removed     ? map->capacity
                                                 : 2 * map->capacity;
    return rebuild(memory, map, capacity);
}

// --- the types -----------------------------------------------------------------------------------

void traverse_weakmap(cairn_object* self, cairn_visit_fn visit, void* visit_data) {
    const WeakMapObject* map = as_weakmap(self);
    for (uint32_t i = 0; i < map->used; ++i) {
        const WeakEntry& entry = map->entries[i];
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
    release_table(heap->memory, map->entries, map->index, map->capacity);
    map->entries = nullptr;
    map->index = nullptr;
    map->used = map->capacity = 0;
    if (map->next_map != nullptr) {
        map->next_map->previous_map = map->previous_map;
    }
    if (map->previous_map != nullptr) {
        map->previous_map->next_map = map->next_map;
    } else if (heap->first_weak_key_map == map) {
        heap->first_weak_key_map = map->next_map;
    }
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

// Cuts the tie between an entry's reference and the map.
void detach_ref(WeakMapObject* map, EntryRef* ref) {
    --(ref->weakref.referent != nullptr ? map->length : map->dead);
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
    if (kind == CAIRN_WEAK_KEY_MAP) {
        map->next_map = heap->first_weak_key_map;
        if (map->next_map != nullptr) {
            map->next_map->previous_map = map;
        }
        heap->first_weak_key_map = map;
    }
    return map;
}

namespace {

enum class Match { kNo, kYes, kTableChanged };

// Does a live entry, whose hash is that of `key`, belong to it by the type's equal? USER CODE.
[[gnu::noinline]] cairn_status match_by_equal(WeakMapObject* map,
                                              const WeakEntry& entry,
                                              cairn_object* candidate,
                                              cairn_object* key,
                                              Match* out_match) {
    const uint64_t version = map->version;
    int equal = 0;
    retain(candidate);
    const cairn_status status = candidate->type->equal(candidate, key, &equal);  // USER CODE
    release(candidate);                                                          // USER CODE
    if (status == CAIRN_OK) {
        // What equal runs may also kill the entry's referent.
        *out_match = map->version != version               ? Match::kTableChanged
                     : equal != 0 && entry.weak != nullptr ? Match::kYes
                                                           : Match::kNo;
    }
    return status;
}

// Does the entry that the index leads to belong to `key`? USER CODE.
inline cairn_status match_entry(WeakMapObject* map,
                                const WeakEntry& entry,
                                cairn_object* key,
                                uint64_t hash,
                                Match* out_match) {
    *out_match = Match::kNo;
    if (entry.weak == nullptr || entry.hash != hash) {
        return CAIRN_OK;
    }
    cairn_object* candidate = map->kind == CAIRN_WEAK_VALUE_MAP ? entry.strong : entry.weak;
    if (candidate == key) {
        *out_match = Match::kYes;
        return CAIRN_OK;
    }
    candidate = entry_key(map, entry);
    if (candidate == nullptr || candidate->type->equal == nullptr) {
        return CAIRN_OK;
    }
    return match_by_equal(map, entry, candidate, key, out_match);  // USER CODE
}

}  // namespace

cairn_status find_entry(WeakMapObject* map, cairn_object* key, uint64_t hash, uint32_t* out_at) {
    *out_at = kNoEntry;
    if (map->used == 0) {
        return CAIRN_OK;
    }
    Probe probe = start_probe(map, hash);
    IndexKey index_key(map, hash);
    while (map->capacity != 0) {
        const uint32_t place = map->index[probe.place()];
        if (place == 0) {
            break;
        }
        Match match = Match::kNo;
        if (index_key.may_be_in(place)) {
            const uint32_t at = index_key.entry_in(place);
            const cairn_status status =
                match_entry(map, map->entries[at], key, hash, &match);  // USER CODE
            if (status != CAIRN_OK) {
                return status;
            }
            if (match == Match::kYes) {
                *out_at = at;
                return CAIRN_OK;
            }
        }
        if (match == Match::kTableChanged) {
            // A change made by equal starts the search again, as in a CPython dict.
            probe = start_probe(map, hash);
            index_key = IndexKey(map, hash);
        } else {
            probe.next();
        }
    }
    return CAIRN_OK;
}

cairn_status add_entry(WeakMapObject* map, cairn_object* key, cairn_object* value, uint64_t hash) {
    cairn_heap* heap = heap_of(&map->head);
    const bool by_value = map->kind == CAIRN_WEAK_VALUE_MAP;
    cairn_object* weak = by_value ? value : key;
    cairn_object* strong = by_value ? key : value;
    if (!make_room(heap->memory, map)) {
        return CAIRN_NO_MEMORY;
    }
    EntryRef* ref = make_entry_ref(heap, map, weak);
    if (ref == nullptr) {
        return CAIRN_NO_MEMORY;
    }
    const uint32_t at = map->used++;
    ref->weakref.entry = at;
    map->entries[at] = {ref, weak, new_ref(strong), hash};
    insert_index(map, at);
    ++map->length;
    ++map->version;
    if (map->kind == CAIRN_WEAK_KEY_MAP && !has_option(heap, CAIRN_HEAP_STRONG_WEAKKEY_VALUES)) {
        key->flags |= kIsEphemeronKey;
    }
    return CAIRN_OK;
}

cairn_status replace_value(WeakMapObject* map, uint32_t at, cairn_object* value) {
    WeakEntry& entry = map->entries[at];
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
    ++map->version;
    release(&old->weakref.head);  // USER CODE
    return CAIRN_OK;
}

namespace {

// Empties the place of an entry whose reference is detached.
inline void forget_entry(WeakMapObject* map, uint32_t at) {
    map->entries[at].ref = nullptr;
    map->entries[at].weak = nullptr;
    map->entries[at].strong = nullptr;
    ++map->removed;
    ++map->version;
    if (map->removed == map->used && map->placed >= map->capacity / 4) {
        // An empty table starts anew, so that coming and going costs no rebuilding.
        std::memset(map->index, 0, 2 * size_t{map->capacity} * sizeof(uint32_t));
        map->used = map->removed = map->placed = 0;
    }
}

}  // namespace

void remove_entry(WeakMapObject* map, uint32_t at) {
    const WeakEntry entry = map->entries[at];
    // What the entry owned may hold the last reference to the map, which must live until the
    // removal is over, as the `remove` callbacks of CPython's weakref.py have it.
    const HoldMap hold(map);
    detach_ref(map, entry.ref);
    forget_entry(map, at);
    release_entry(map->kind, entry);  // USER CODE
}

// In one go the death takes 22.5 ns instead of 24.
bool remove_with_referent(cairn_heap* heap, WeakrefObject* weakref) {
    EntryRef* ref = as_entry_ref(weakref);
    WeakMapObject* map = ref->map;
    if (map == nullptr || map->iterators > 0) {
        return false;
    }
    cairn_object* strong = map->entries[weakref->entry].strong;
    detach_ref(map, ref);
    weakref->referent = nullptr;
    weakref->state |= kCallbackTaken;
    forget_entry(map, weakref->entry);
    ++heap->gc.user_code_runs;
    if (strong != nullptr && (CAIRN_CHECK_LEVEL > 0 || !drop_unless_last(strong))) {
        const HoldMap hold(map);
        release_slow(strong);  // USER CODE
    }
    release(&weakref->head);  // NO USER CODE: it holds nothing
    return true;
}

uint32_t find_last_entry(WeakMapObject* map) {
    // Their places in the index lead to entries that are not there, as those of other removed ones.
    while (map->used > 0 && map->entries[map->used - 1].ref == nullptr) {
        --map->used;
        --map->removed;
    }
    uint32_t at = map->used;
    while (at > 0 && weak_side(map->entries[at - 1]) == nullptr) {
        --at;
    }
    return at > 0 ? at - 1 : kNoEntry;
}

void clear_weakmap(WeakMapObject* map) {
    Memory& memory = heap_of(&map->head)->memory;
    const cairn_weak_kind kind = map->kind;
    WeakEntry* entries = map->entries;
    uint32_t* index = map->index;
    const uint32_t used = map->used;
    const uint32_t capacity = map->capacity;
    for (uint32_t i = 0; i < used; ++i) {
        if (entries[i].ref != nullptr) {
            detach_ref(map, entries[i].ref);
        }
    }
    map->entries = nullptr;
    map->index = nullptr;
    map->used = map->capacity = map->removed = map->placed = 0;
    ++map->version;
    for (uint32_t i = 0; i < used; ++i) {
        if (entries[i].ref != nullptr) {
            release_entry(kind, entries[i]);  // USER CODE
        }
    }
    release_table(memory, entries, index, capacity);
}

bool pop_last_entry(WeakMapObject* map, cairn_object** out_key, cairn_object** out_value) {
    const uint32_t at = find_last_entry(map);
    if (at == kNoEntry) {
        return false;
    }
    const WeakEntry& entry = map->entries[at];
    *out_key = new_ref(entry_key(map, entry));
    *out_value = new_ref(entry_value(map, entry));
    remove_entry(map, at);  // USER CODE
    return true;
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
            has_table = map->kind != CAIRN_WEAK_SET && map->used > map->removed;
            clear_weakmap(map);  // USER CODE
        }
    }
    return !has_table;
}

void remove_dead_entries_now(WeakMapObject* map) {
    uint64_t version = map->version;
    for (uint32_t i = 0; map->dead > 0 && map->iterators == 0 && i < map->used;) {
        const WeakEntry& entry = map->entries[i];
        if (entry.ref == nullptr || entry.weak != nullptr) {
            ++i;
            continue;
        }
        remove_entry(map, i);  // USER CODE
        i = map->version == ++version ? i + 1 : 0;
        version = map->version;
    }
}

void note_entry_cleared(WeakrefObject* ref) {
    WeakMapObject* map = as_entry_ref(ref)->map;
    map->entries[ref->entry].weak = nullptr;
    --map->length;
    ++map->dead;
}

void entry_died(EntryRef* ref) {
    WeakMapObject* map = ref->map;
    if (map != nullptr && map->iterators == 0) {
        remove_entry(map, ref->weakref.entry);  // USER CODE
    }
}

namespace {

void visit_map(WeakMapObject* map,
               bool (*is_reached)(const cairn_object*),
               cairn_visit_fn visit,
               void* visit_data) {
    for (uint32_t i = 0; i < map->used; ++i) {
        const WeakEntry& entry = map->entries[i];
        if (entry.ref == nullptr) {
            continue;
        }
        visit(&entry.ref->weakref.head, visit_data);
        if (entry.weak == nullptr || is_reached(entry.weak)) {
            visit(entry.strong, visit_data);
        }
    }
}

}  // namespace

void visit_ephemerons(cairn_heap* heap,
                      cairn_object* object,
                      bool (*is_reached)(const cairn_object*),
                      cairn_visit_fn visit,
                      void* visit_data) {
    if ((object->flags & kIsEphemeronKey) != 0) {
        for (WeakrefObject* r = first_weakref(heap, object); r != nullptr; r = r->next) {
            WeakMapObject* map = (r->state & kInWeakMap) != 0 ? as_entry_ref(r)->map : nullptr;
            if (map != nullptr && map->kind == CAIRN_WEAK_KEY_MAP && is_reached(&map->head)) {
                visit(map->entries[r->entry].strong, visit_data);
            }
        }
    }
    const bool is_table = is_weakmap(object) && weakmap_kind(object) == CAIRN_WEAK_KEY_MAP &&
                          !has_option(heap, CAIRN_HEAP_STRONG_WEAKKEY_VALUES);
    if (is_table) {
        visit_map(as_weakmap(object), is_reached, visit, visit_data);
    } else {
        for_each_referent(
            object, [visit, visit_data](cairn_object* referent) { visit(referent, visit_data); });
    }
}

}  // namespace cairn
