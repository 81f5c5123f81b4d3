/// Weak containers: weak-value map, weak-key map (a true ephemeron table), weak set.
///
/// They are objects: they can be in cycles, be weakly referenced, and are seen by introspection.
/// Keys and members are compared by their types' hash and equal, by identity where a type has
/// none. Errors of those functions pass through and change nothing. Entries die with what they
/// hold weakly; length never counts the dead.
///
/// Iteration is in insertion order and holds the current item alive. Entries that die while an
/// iterator is open disappear when the last iterator closes; an explicit change meanwhile fails
/// with CAIRN_BUSY, so an iterator that is opened must be closed. A call on an object that is no
/// weak container returns CAIRN_INVALID, or 0.
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
    CAIRN_WEAK_KEY_MAP,    ///< weak keys; a value lives while its key and the map do
    CAIRN_WEAK_SET         ///< weak members
} cairn_weak_kind;

/// Makes an empty weak container.
///   owns:    result is owned by the caller
///   errors:  NULL when memory is out or `kind` is none of the three
///   effects: allocates; may collect, and so run user code
///   thread:  heap thread
CAIRN_API cairn_object* cairn_weakmap_new(cairn_heap* heap, cairn_weak_kind kind);

/// Which kind of weak container is `object`?
///   owns:    nothing
///   errors:  CAIRN_NOT_WEAK when it is none
///   effects: none
///   thread:  heap thread
CAIRN_API cairn_weak_kind cairn_weakmap_kind(const cairn_object* object);

/// Writes the value stored under `key`.
///   owns:    `out_value` receives an owned reference
///   errors:  CAIRN_NOT_FOUND; CAIRN_INVALID on a set; what hash or equal returns
///   effects: may run user code
///   thread:  heap thread
CAIRN_API cairn_status cairn_weakmap_get(cairn_object* map,
                                         cairn_object* key,
                                         cairn_object** out_value);

/// Stores `value` under `key`; the key that is there already stays.
///   owns:    the map owns a reference to the key (weak-value map) or to the value (weak-key map)
///   errors:  CAIRN_NO_MEMORY; CAIRN_BUSY while iterated, if the entry is new; CAIRN_INVALID on a
///            set; what hash or equal returns
///   effects: allocates; may run user code
///   thread:  heap thread
CAIRN_API cairn_status cairn_weakmap_set(cairn_object* map, cairn_object* key, cairn_object* value);

/// Removes the entry of `key`.
///   owns:    drops the map's references
///   errors:  CAIRN_NOT_FOUND; CAIRN_BUSY while iterated; what hash or equal returns
///   effects: may run user code
///   thread:  heap thread
CAIRN_API cairn_status cairn_weakmap_delete(cairn_object* map, cairn_object* key);

/// Removes the entry of `key` and writes its value.
///   owns:    `out_value` receives an owned reference
///   errors:  as cairn_weakmap_delete(); CAIRN_INVALID on a set
///   effects: may run user code
///   thread:  heap thread
CAIRN_API cairn_status cairn_weakmap_pop(cairn_object* map,
                                         cairn_object* key,
                                         cairn_object** out_value);

/// Removes the entry that was stored last and writes its key (or member) and value (NULL in a set).
/// O(1) on average.
///   owns:    `out_key` and `out_value` receive owned references
///   errors:  CAIRN_NOT_FOUND; CAIRN_BUSY while iterated
///   effects: may run user code
///   thread:  heap thread
CAIRN_API cairn_status cairn_weakmap_pop_last(cairn_object* map,
                                              cairn_object** out_key,
                                              cairn_object** out_value);

/// Writes whether there is a live entry for `key` (a live member equal to it, in a set).
///   owns:    nothing
///   errors:  what hash or equal returns
///   effects: may run user code
///   thread:  heap thread
CAIRN_API cairn_status cairn_weakmap_contains(cairn_object* map, cairn_object* key, int* out_found);

/// Adds `member` to a weak set; an equal member that is there already stays.
///   owns:    nothing
///   errors:  CAIRN_NO_MEMORY; CAIRN_BUSY while iterated, if it is new; CAIRN_INVALID on a map;
///            what hash or equal returns
///   effects: allocates; may run user code
///   thread:  heap thread
CAIRN_API cairn_status cairn_weakset_add(cairn_object* set, cairn_object* member);

/// Returns the number of live entries. O(1).
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API size_t cairn_weakmap_length(const cairn_object* map);

/// Removes all entries.
///   owns:    drops the map's references
///   errors:  CAIRN_BUSY while iterated
///   effects: may run user code
///   thread:  heap thread
CAIRN_API cairn_status cairn_weakmap_clear(cairn_object* map);

/// Stores every live entry of `source` in `map`, a container of the same kind.
///   owns:    as cairn_weakmap_set()
///   errors:  as cairn_weakmap_set(), CAIRN_INVALID for another kind; entries stored before an
///            error stay
///   effects: allocates; may run user code
///   thread:  heap thread
CAIRN_API cairn_status cairn_weakmap_update(cairn_object* map, cairn_object* source);

/// Makes a new container with the live entries of `map`.
///   owns:    `out_copy` receives an owned reference
///   errors:  CAIRN_NO_MEMORY; what hash or equal returns
///   effects: allocates; may run user code
///   thread:  heap thread
CAIRN_API cairn_status cairn_weakmap_copy(cairn_object* map, cairn_object** out_copy);

/// Lists the weak references that the container holds, live entries only, in insertion order.
///   owns:    the list is owned by the caller
///   errors:  CAIRN_NO_MEMORY
///   effects: allocates
///   thread:  heap thread
CAIRN_API cairn_status cairn_weakmap_refs(cairn_object* map, cairn_objects* out_refs);

/// An open iteration. The fields are the library's.
typedef struct cairn_weakmap_iterator {
    cairn_object* map;
    size_t position;
    cairn_object* key;
    cairn_object* value;
} cairn_weakmap_iterator;

/// Opens an iteration.
///   owns:    the iterator owns a reference to `map` until cairn_weakmap_iterator_close()
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_weakmap_iterator_open(cairn_object* map, cairn_weakmap_iterator* out_iterator);

/// Steps to the next live entry. Returns 1 and writes its key (or member) and value (NULL in a
/// set; each out parameter may be NULL), or returns 0 at the end.
///   owns:    the results are borrowed: the iterator holds them until the next step or the close
///   errors:  none
///   effects: may run user code (what the iterator held may die)
///   thread:  heap thread
CAIRN_API int cairn_weakmap_iterator_next(cairn_weakmap_iterator* iterator,
                                          cairn_object** out_key,
                                          cairn_object** out_value);

/// Closes an iteration; closing twice is allowed.
///   owns:    drops what the iterator holds
///   errors:  none
///   effects: may run user code
///   thread:  heap thread
CAIRN_API void cairn_weakmap_iterator_close(cairn_weakmap_iterator* iterator);

#ifdef __cplusplus
}
#endif

#endif
