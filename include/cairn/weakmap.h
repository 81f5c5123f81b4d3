// SPDX-License-Identifier: MIT
/// Weak containers: weak-value map, weak-key map (a true ephemeron table), weak set.
///
/// Weak containers are objects: they can be in cycles, be weakly referenced, and appear in
/// introspection. Keys and members may be any objects, including leaves. They are compared by the
/// hash and equal functions of their types, or by identity where a type has none. An error of such
/// a function is returned, and nothing changes. NULL, tagged immediates and objects of another heap
/// cannot be keys, members or values: functions that take one return CAIRN_INVALID, and nothing
/// changes. A weak-key map that is frozen, immortal or untracked keeps its values, also those that
/// hold their keys. An entry is removed when the object that it refers to weakly dies; the length
/// never counts dead entries.
///
/// Iteration follows insertion order and keeps the current item alive. Entries that die while an
/// iterator is open are removed when the last iterator closes. Until then removals and new entries
/// fail with CAIRN_BUSY, so every open iterator must be closed. A call on an object that is not a
/// weak container returns CAIRN_INVALID, 0 or CAIRN_NOT_WEAK.
#ifndef CAIRN_WEAKMAP_H
#define CAIRN_WEAKMAP_H

#include <stddef.h>
#include <stdint.h>

#include "cairn/inspect.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum cairn_weak_kind {
    CAIRN_NOT_WEAK = 0,
    CAIRN_WEAK_VALUE_MAP,  ///< strong keys, weak values
    CAIRN_WEAK_KEY_MAP,    ///< weak keys; a value lives while both its key and the map do
    CAIRN_WEAK_SET         ///< weak members
} cairn_weak_kind;

/// Makes an empty weak container.
///   owns:    result is owned by the caller
///   errors:  NULL if memory runs out, or if `kind` is not one of the three weak kinds
///   effects: allocates; may collect; may run user code
CAIRN_API cairn_object* cairn_weakmap_new(cairn_heap* heap, cairn_weak_kind kind);

/// Returns the kind of weak container that `object` is, or CAIRN_NOT_WEAK.
CAIRN_API cairn_weak_kind cairn_weakmap_kind(const cairn_object* object);

/// Writes the value stored under `key`.
///   owns:    `out_value` receives an owned reference
///   errors:  CAIRN_NOT_FOUND; CAIRN_INVALID for a set; the status of hash or equal
///   effects: may run user code
CAIRN_API cairn_status cairn_weakmap_get(cairn_object* map,
                                         cairn_object* key,
                                         cairn_object** out_value);

/// Stores `value` under `key`. If the map has an equal key, it keeps that key.
///   owns:    the map owns a reference to the key (weak-value map) or to the value (weak-key map)
///   errors:  CAIRN_NO_MEMORY; CAIRN_BUSY if an iterator is open and the entry is new;
///            CAIRN_INVALID for a set; the status of hash or equal
///   effects: allocates; may collect; may run user code
CAIRN_API cairn_status cairn_weakmap_set(cairn_object* map, cairn_object* key, cairn_object* value);

/// Removes the entry of `key`.
///   owns:    releases the map's references
///   errors:  CAIRN_NOT_FOUND; CAIRN_BUSY if an iterator is open; the status of hash or equal
///   effects: may run user code
CAIRN_API cairn_status cairn_weakmap_delete(cairn_object* map, cairn_object* key);

/// Removes the entry of `key` and writes its value.
///   owns:    `out_value` receives an owned reference
///   errors:  as cairn_weakmap_delete(); CAIRN_INVALID for a set
///   effects: may run user code
CAIRN_API cairn_status cairn_weakmap_pop(cairn_object* map,
                                         cairn_object* key,
                                         cairn_object** out_value);

/// Removes the newest live entry, and dead ones on the way to it, and writes its key (or member)
/// and value (NULL in a set). O(1) on average.
///   owns:    `out_key` and `out_value` receive owned references
///   errors:  CAIRN_NOT_FOUND, also if user code opens an iterator meanwhile; CAIRN_BUSY if one is
///            open
///   effects: may run user code
CAIRN_API cairn_status cairn_weakmap_pop_last(cairn_object* map,
                                              cairn_object** out_key,
                                              cairn_object** out_value);

/// Writes 1 if the container has a live entry for `key` (in a set: a live equal member), else 0.
///   errors:  the status of hash or equal
///   effects: may run user code
CAIRN_API cairn_status cairn_weakmap_contains(cairn_object* map, cairn_object* key, int* out_found);

/// Adds `member` to a weak set. If the set has an equal member, it keeps that one.
///   errors:  CAIRN_NO_MEMORY; CAIRN_BUSY if an iterator is open and the member is new;
///            CAIRN_INVALID for a map; the status of hash or equal
///   effects: allocates; may collect; may run user code
CAIRN_API cairn_status cairn_weakset_add(cairn_object* set, cairn_object* member);

/// Compares the key of an entry (in a set: the member) with what `data` describes, and writes 1 if
/// they are equal, else 0. An error that it returns ends the search. It may change the container,
/// and must return.
typedef cairn_status (*cairn_weakmap_equal_fn)(cairn_object* key, void* data, int* out_equal);

/// Finds an entry without a key object: the live entry stored with `hash` for which `equal` writes
/// 1. Writes its key (or member) and value (NULL in a set); each out parameter may be NULL.
///   owns:    `out_key` and `out_value` receive owned references
///   errors:  CAIRN_NOT_FOUND; CAIRN_INVALID if `equal` is NULL; the status of equal
///   effects: may run user code
CAIRN_API cairn_status cairn_weakmap_find(cairn_object* map,
                                          uint64_t hash,
                                          cairn_weakmap_equal_fn equal,
                                          void* data,
                                          cairn_object** out_key,
                                          cairn_object** out_value);

/// Stores as cairn_weakmap_set() does, or adds to a set as cairn_weakset_add() does (`value` is
/// NULL then), with `hash` and `equal` in place of those of the types. Writes the key (or member)
/// that the container has: `key`, or the equal one that it had before; `out_key` may be NULL.
/// Functions that take a key without a hash find the entry only if its types agree with `hash`.
///   owns:    as cairn_weakmap_set(); `out_key` receives an owned reference
///   errors:  CAIRN_NO_MEMORY; CAIRN_BUSY if an iterator is open and the entry is new;
///            CAIRN_INVALID if `equal` is NULL, or for a set and a value; the status of equal
///   effects: allocates; may collect; may run user code
CAIRN_API cairn_status cairn_weakmap_store(cairn_object* map,
                                           uint64_t hash,
                                           cairn_weakmap_equal_fn equal,
                                           void* data,
                                           cairn_object* key,
                                           cairn_object* value,
                                           cairn_object** out_key);

/// Returns the number of entries whose weak references are not cleared: of live ones, and, while
/// more than 50 deaths are nested, of those that wait for the death of their key, member or value.
/// O(1).
CAIRN_API size_t cairn_weakmap_length(const cairn_object* map);

/// Removes all entries. A map ends empty, also if user code of what dies stores new ones: entries
/// go one by one, newest first, until none is left. A set releases what it has at once, so what
/// user code adds meanwhile stays. Both are CPython's way.
///   owns:    releases the map's references
///   errors:  CAIRN_BUSY if an iterator is open, or if user code opens one
///   effects: may run user code
CAIRN_API cairn_status cairn_weakmap_clear(cairn_object* map);

/// Stores every live entry of `source` in `map`, a weak container of the same kind. Entries stored
/// before an error stay.
///   owns:    as cairn_weakmap_set()
///   errors:  CAIRN_NO_MEMORY; CAIRN_BUSY if an iterator of `map` is open and an entry is new;
///            CAIRN_INVALID if the kinds or the heaps differ; the status of hash or equal
///   effects: allocates; may collect; may run user code
CAIRN_API cairn_status cairn_weakmap_update(cairn_object* map, cairn_object* source);

/// Makes a weak container of the same kind with the live entries of `map`, stored by the hash and
/// equal functions of the keys' types, as cairn_weakmap_update() does too.
///   owns:    `out_copy` receives an owned reference
///   errors:  CAIRN_NO_MEMORY; the status of hash or equal
///   effects: allocates; may collect; may run user code
CAIRN_API cairn_status cairn_weakmap_copy(cairn_object* map, cairn_object** out_copy);

/// Lists the weak references of the live entries, in insertion order.
///   owns:    `out_refs` is owned by the caller
///   errors:  CAIRN_NO_MEMORY
///   effects: allocates
CAIRN_API cairn_status cairn_weakmap_refs(cairn_object* map, cairn_objects* out_refs);

/// An open iteration. The fields are private to the library.
typedef struct cairn_weakmap_iterator {
    cairn_object* map;
    size_t position;
    cairn_object* key;
    cairn_object* value;
} cairn_weakmap_iterator;

/// Opens an iteration.
///   owns:    the iterator owns a reference to `map` until cairn_weakmap_iterator_close()
CAIRN_API void cairn_weakmap_iterator_open(cairn_object* map, cairn_weakmap_iterator* out_iterator);

/// Steps to the next live entry. Returns 1 and writes its key (or member) and value (NULL in a
/// set; each out parameter may be NULL), or returns 0 at the end.
///   owns:    the results are borrowed: the iterator owns them until the next step or the close
///   effects: may run user code (the previous item is released)
CAIRN_API int cairn_weakmap_iterator_next(cairn_weakmap_iterator* iterator,
                                          cairn_object** out_key,
                                          cairn_object** out_value);

/// Closes an iteration. Closing twice is allowed.
///   owns:    releases the iterator's references
///   effects: may run user code
CAIRN_API void cairn_weakmap_iterator_close(cairn_weakmap_iterator* iterator);

#ifdef __cplusplus
}
#endif

#endif
