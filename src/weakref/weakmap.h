// SPDX-License-Identifier: MIT
// Weak-value maps, weak-key maps, weak sets: one kind of object for the three.
//
// Each entry owns a weak reference of the heap's own kind that knows its map and its place, so the
// death of what it refers to removes the entry without a search.
#ifndef CAIRN_WEAKREF_WEAKMAP_H
#define CAIRN_WEAKREF_WEAKMAP_H

#include "cairn/weakmap.h"
#include "object/hash.h"
#include "weakref/entry_table.h"

namespace cairn {

struct WeakMapObject {
    cairn_object head;
    EntryTable table;
    size_t length;                 // entries whose reference is not cleared
    size_t dead;                   // entries whose reference is cleared, not yet removed
    size_t left_over;              // of them: see is_left_over()
    WeakMapObject* next_iterated;  // among the heap's weak-key maps with open iterators, each of
    WeakMapObject* previous_iterated;  // which keeps its map
    EntryRef* pending;   // of the dead entry whose callback came last while iterators were open
    uint32_t iterators;  // open ones: dead entries stay until the last closes
    cairn_weak_kind kind;
};

inline WeakMapObject* as_weakmap(cairn_object* object) {
    return reinterpret_cast<WeakMapObject*>(object);
}

inline EntryRef* as_entry_ref(WeakrefObject* ref) {
    CAIRN_ASSERT_INTERNAL((ref->state & kIsEntryRef) != 0);
    return reinterpret_cast<EntryRef*>(ref);
}

// Is the entry of this reference dead, and will nothing but a search remove it?
inline bool is_left_over(const WeakrefObject& ref) {
    return ref.referent == nullptr && (ref.state & kCallbackTaken) == 0;
}

inline bool is_weakmap(const cairn_object* object) {
    return (object->flags & kIsWeakMap) != 0;
}

cairn_weak_kind weakmap_kind(const cairn_object* object);

// nullptr when memory is out. Does not collect.
WeakMapObject* make_weakmap(cairn_heap* heap, cairn_weak_kind kind);

// The weak side of an entry, borrowed; nullptr if it can no longer be handed out.
inline cairn_object* weak_side(const WeakEntry& entry) {
    cairn_object* object = entry.weak;
    return object != nullptr && is_alive(object) ? object : nullptr;
}

// The side that is the key or the member, whether it can be handed out or not.
inline cairn_object* key_side(const WeakMapObject* map, const WeakEntry& entry) {
    return map->kind == CAIRN_WEAK_VALUE_MAP ? entry.strong : entry.weak;
}

// The two sides as key and value. A member of a set is a key.
inline cairn_object* entry_key(const WeakMapObject* map, const WeakEntry& entry) {
    return map->kind == CAIRN_WEAK_VALUE_MAP ? entry.strong : weak_side(entry);
}

inline cairn_object* entry_value(const WeakMapObject* map, const WeakEntry& entry) {
    return map->kind == CAIRN_WEAK_VALUE_MAP ? weak_side(entry) : entry.strong;
}

// In what follows, hash and equal functions of types may run, and their errors are returned. The
// caller keeps map and key alive.

// Finds the live entry of `key`, or kNoEntry. USER CODE.
cairn_status find_entry(const WeakMapObject* map,
                        cairn_object* key,
                        uint64_t hash,
                        uint32_t* out_at);

// The same with the key's own hash. USER CODE.
inline cairn_status find_key(const WeakMapObject* map, cairn_object* key, uint32_t* out_at) {
    uint64_t hash = 0;
    const cairn_status status = hash_of(key, &hash);                          // USER CODE
    return status == CAIRN_OK ? find_entry(map, key, hash, out_at) : status;  // USER CODE
}

// A key that the host describes by its hash and a function.
struct DescribedKey {
    uint64_t hash;
    cairn_weakmap_equal_fn equal;
    void* data;
};

// Finds the live entry of a described key, or kNoEntry. USER CODE.
cairn_status find_described(const WeakMapObject* map, const DescribedKey& wanted, uint32_t* out_at);

// Stores `value` under `key`, or adds a member to a set (`value` is nullptr). CAIRN_BUSY: the entry
// would be new, and there are iterators. CAIRN_NO_MEMORY: nothing was changed. Writes whether a
// weak reference was made, which counts as the birth of a container. USER CODE, also after the
// store.
cairn_status store_entry(WeakMapObject* map,
                         cairn_object* key,
                         cairn_object* value,
                         bool* out_made_ref);

// The same for a key that the host describes. What `*out_key` gets, the key of the entry, becomes
// the caller's. USER CODE, also after the store.
cairn_status store_described(WeakMapObject* map,
                             const DescribedKey& wanted,
                             cairn_object* key,
                             cairn_object* value,
                             cairn_object** out_key,
                             bool* out_made_ref);

// Removes the entry of `key`; its value, unless `out_value` is nullptr, becomes the caller's.
// CAIRN_NOT_FOUND; CAIRN_BUSY. USER CODE, also after the removal.
cairn_status take_entry(WeakMapObject* map, cairn_object* key, cairn_object** out_value);

// Removes the newest live entry, whose sides become the caller's: `*out_value` is nullptr for a
// set. False: there is none. USER CODE, after the removal.
bool pop_last_entry(WeakMapObject* map, cairn_object** out_key, cairn_object** out_value);

// Removes all entries at once, in insertion order. USER CODE, after the removal.
void clear_weakmap(WeakMapObject* map);

// Removes entries until there are none, also those that user code stores meanwhile: a map one by
// one, newest first (CPython's MutableMapping.clear), a set at once, and so what it stores stays
// (set.clear). False: user code has opened an iterator. USER CODE. The caller keeps the map alive.
bool empty_weakmap(WeakMapObject* map);

// Removes the dead entries of a map without iterators whose callbacks came while there were some,
// the last one first, as CPython's _commit_removals does. An entry whose callback is still to come
// stays until then. USER CODE.
void remove_pending_entries(WeakMapObject* map);

// Removes the dead entries for which no callback will come, since the map was garbage with them and
// was resurrected. USER CODE.
void remove_left_over_entries(WeakMapObject* map);

// What comes before a store. A WeakKeyDictionary has no _commit_removals there. USER CODE.
inline void remove_dead_entries_before_store(WeakMapObject* map) {
    if (map->dead > 0) {
        if (map->kind != CAIRN_WEAK_KEY_MAP) {
            remove_pending_entries(map);  // USER CODE
        }
        remove_left_over_entries(map);  // USER CODE
    }
}

// The callback of an entry's reference, which is cleared: the entry goes. USER CODE, after that.
void entry_died(EntryRef* ref);

// Opens an iterator, which keeps the map alive.
cairn_weakmap_iterator open_iterator(WeakMapObject* map);

// Steps to the next live entry, whose sides the iterator then owns; the ones before it are let go.
// False: there is none. USER CODE, after the step.
bool next_item(cairn_weakmap_iterator* iterator);

// Lets go of the iterator's item and of its map. USER CODE.
void close_iterator(cairn_weakmap_iterator* iterator);

}  // namespace cairn

#endif
