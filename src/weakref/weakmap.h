// SPDX-License-Identifier: MIT
// Weak-value maps, weak-key maps, weak sets: one table for the three.
//
// Entries lie in an array in insertion order; an open-addressing index of entry numbers finds them.
// Each entry owns a weak reference of the heap's own kind that knows its map and its place, so the
// death of what it refers to removes the entry without a search.
#ifndef CAIRN_WEAKREF_WEAKMAP_H
#define CAIRN_WEAKREF_WEAKMAP_H

#include "cairn/weakmap.h"
#include "weakref/weakref.h"

namespace cairn {

struct EntryRef;

// What a search or an iteration looks at is all here: it does not look at the reference.
struct WeakEntry {
    EntryRef* ref;         // owned; nullptr: removed
    cairn_object* weak;    // what `ref` refers to; nullptr: it died, or the entry is removed
    cairn_object* strong;  // owned: the key of a weak-value map, the value of a weak-key map
    uint64_t hash;
};

struct WeakMapObject {
    cairn_object head;
    WeakEntry* entries;  // `used` of them, removed ones included
    uint32_t* index;     // where entries are, by hash: see IndexKey. Twice as long as `entries`
    uint64_t version;    // another number after every change of entries or index
    uint32_t used;
    uint32_t capacity;        // a power of two, or 0
    uint32_t removed;         // among those used
    uint32_t iterators;       // open ones: dead entries stay until the last closes
    size_t length;            // entries whose reference is not cleared
    size_t dead;              // entries whose reference is cleared, not yet removed
    WeakMapObject* next_map;  // among the heap's weak-key maps
    WeakMapObject* previous_map;
    uint32_t placed;  // places taken in the index: entries stored since it was laid out
    cairn_weak_kind kind;
};

// The weak reference of an entry. It has no callback of the usual kind: see entry_died().
struct EntryRef {
    WeakrefObject weakref;  // `entry` is the place in the map
    WeakMapObject* map;     // nullptr: the entry is gone
};

static_assert(sizeof(EntryRef) == 64);

inline WeakMapObject* as_weakmap(cairn_object* object) {
    return reinterpret_cast<WeakMapObject*>(object);
}

inline EntryRef* as_entry_ref(WeakrefObject* ref) {
    return reinterpret_cast<EntryRef*>(ref);
}

inline bool is_weakmap(const cairn_object* object) {
    return (object->flags & kIsWeakMap) != 0;
}

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

cairn_weak_kind weakmap_kind(const cairn_object* object);

// nullptr when memory is out. Does not collect.
WeakMapObject* make_weakmap(cairn_heap* heap, cairn_weak_kind kind);

// Where an entry was found; `at` is kNoEntry if there is none.
inline constexpr uint32_t kNoEntry = UINT32_MAX;

// Finds the live entry of `key`. What `equal` returns passes through. USER CODE if types have an
// equal function; the caller keeps map and key alive.
cairn_status find_entry(WeakMapObject* map, cairn_object* key, uint64_t hash, uint32_t* out_at);

// The weak side of an entry, borrowed; nullptr if it can no longer be handed out.
inline cairn_object* weak_side(const WeakEntry& entry) {
    cairn_object* object = entry.weak;
    return object != nullptr && is_alive(object) ? object : nullptr;
}

// The two sides as key and value. A member of a set is a key.
inline cairn_object* entry_key(const WeakMapObject* map, const WeakEntry& entry) {
    return map->kind == CAIRN_WEAK_VALUE_MAP ? entry.strong : weak_side(entry);
}

inline cairn_object* entry_value(const WeakMapObject* map, const WeakEntry& entry) {
    return map->kind == CAIRN_WEAK_VALUE_MAP ? weak_side(entry) : entry.strong;
}

// Adds an entry that is not there. CAIRN_NO_MEMORY: nothing was changed. Runs no user code.
cairn_status add_entry(WeakMapObject* map, cairn_object* key, cairn_object* value, uint64_t hash);

// Stores another value in an entry that is there. USER CODE, after the store.
cairn_status replace_value(WeakMapObject* map, uint32_t at, cairn_object* value);

// Removes an entry. USER CODE, after the removal.
void remove_entry(WeakMapObject* map, uint32_t at);

// The newest live entry, or kNoEntry. Cuts off the removed ones behind it, so that the next search
// does not meet them.
uint32_t find_last_entry(WeakMapObject* map);

// Removes the newest live entry, whose sides become the caller's: `*out_value` is nullptr for a
// set. False: there is none. USER CODE, after the removal.
bool pop_last_entry(WeakMapObject* map, cairn_object** out_key, cairn_object** out_value);

// Removes all entries at once, in insertion order. USER CODE, after the removal.
void clear_weakmap(WeakMapObject* map);

// Removes entries until there are none, also those that user code stores meanwhile: a map one by
// one, newest first (CPython's MutableMapping.clear), a set at once, and so what it stores stays
// (set.clear). False: user code has opened an iterator. USER CODE. The caller keeps the map alive.
bool empty_weakmap(WeakMapObject* map);

// Removes the entries that died while iterators were open. USER CODE.
void remove_dead_entries_now(WeakMapObject* map);

// USER CODE.
inline void remove_dead_entries(WeakMapObject* map) {
    if (map->dead > 0) {
        remove_dead_entries_now(map);  // USER CODE
    }
}

// The callback of an entry's reference, which is cleared: the entry goes. USER CODE, after that.
void entry_died(EntryRef* ref);

// Visits what a reached object keeps alive, where that is more or less than what it refers to: a
// value of a weak-key map lives while its key and its map do, so it is visited with the second of
// the two. For objects with kIsEphemeronKey or kIsWeakMap.
void visit_ephemerons(cairn_heap* heap,
                      cairn_object* object,
                      bool (*is_reached)(const cairn_object*),
                      cairn_visit_fn visit,
                      void* visit_data);

}  // namespace cairn

#endif
