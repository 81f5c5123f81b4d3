// SPDX-License-Identifier: MIT
/// Introspection: which objects are alive, what they refer to, what refers to them.
///
/// Lists own their objects and never contain a dying object. Objects that a collection found
/// unreachable are listed only as referents of another one, for example in its finalizer
/// (cairn_get_referents()).
#ifndef CAIRN_INSPECT_H
#define CAIRN_INSPECT_H

#include <stddef.h>
#include <stdint.h>

#include "cairn/object.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A list of objects. Release it with cairn_objects_release().
typedef struct cairn_objects {
    cairn_object** items;
    size_t count;
} cairn_objects;

/// Releases the list's references and memory, and empties it.
///   owns:    consumes the references in `objects`
///   effects: may run user code
CAIRN_API void cairn_objects_release(cairn_heap* heap, cairn_objects* objects);

/// Lists the tracked objects of one generation (0 to 2), or of all three (-1). The permanent
/// generation is left out. O(heap).
///   owns:    `out_objects` is owned by the caller
///   errors:  CAIRN_INVALID if `generation` is not -1 to 2; CAIRN_NO_MEMORY
///   effects: allocates
CAIRN_API cairn_status cairn_get_objects(cairn_heap* heap,
                                         int generation,
                                         cairn_objects* out_objects);

/// Lists the referents of `object` in traversal order, once for each reference. References to
/// leaves that its type leaves out are missing (cairn_traverse_fn, other_keys_offset).
///   owns:    `out_objects` is owned by the caller
///   errors:  CAIRN_NO_MEMORY
///   effects: allocates
CAIRN_API cairn_status cairn_get_referents(cairn_object* object, cairn_objects* out_objects);

/// Lists the tracked objects that refer to at least one of the `target_count` targets, each once.
/// The permanent generation is left out. Makes one pass over the heap for any number of targets.
///   owns:    `out_objects` is owned by the caller
///   errors:  CAIRN_NO_MEMORY
///   effects: allocates
CAIRN_API cairn_status cairn_get_referrers(cairn_heap* heap,
                                           cairn_object* const* targets,
                                           size_t target_count,
                                           cairn_objects* out_objects);

/// Lists the weak references to `object`: the shared one first, then newest first.
///   owns:    `out_objects` is owned by the caller
///   errors:  CAIRN_NO_MEMORY
///   effects: allocates
CAIRN_API cairn_status cairn_get_weakrefs(cairn_object* object, cairn_objects* out_objects);

/// Called by cairn_visit_objects() for each live object; returns 0 to stop. `object` is borrowed.
/// Must not change counts, allocate on the heap, or run user code. Must return.
typedef int (*cairn_visit_object_fn)(cairn_object* object, void* user_data);

/// Visits every live object, including leaves, untracked and frozen objects. O(heap).
CAIRN_API void cairn_visit_objects(cairn_heap* heap, cairn_visit_object_fn visit, void* user_data);

/// What kind of place a reference lies in. CAIRN_EDGE_EPHEMERON_KEY and CAIRN_EDGE_WEAK are weak;
/// each edge of another kind is one counted reference that the object owns.
typedef enum cairn_edge_kind {
    /// A fixed slot: `index` counts from the type's `slots_offset`.
    CAIRN_EDGE_SLOT = 0,
    /// An item of a variable-sized object: `index` is its number.
    CAIRN_EDGE_ITEM = 1,
    /// A record of an array: `index` is the record's number, `part` the reference's in the record.
    CAIRN_EDGE_ARRAY = 2,
    /// Visited by a traverse function: `index` counts its references, NULL left out.
    CAIRN_EDGE_TRAVERSE = 3,
    /// The argument of a weak reference's callback.
    CAIRN_EDGE_ARGUMENT = 4,
    /// The weak reference that a weak container owns for an entry. Entries of weak containers have
    /// their place in insertion order as `index`; removed entries leave gaps.
    CAIRN_EDGE_ENTRY = 5,
    /// The key of an entry of a weak-value map, which the map owns.
    CAIRN_EDGE_ENTRY_KEY = 6,
    /// The value of an entry of a weak-key map. The map owns it, but a collection counts it as
    /// reachable only if the key is too, unless CAIRN_HEAP_STRONG_WEAKKEY_VALUES is set.
    CAIRN_EDGE_EPHEMERON_VALUE = 7,
    /// The key of an entry of a weak-key map. Weak.
    CAIRN_EDGE_EPHEMERON_KEY = 8,
    /// The referent of a weak reference, the value of an entry of a weak-value map, or a member of
    /// a weak set. Weak.
    CAIRN_EDGE_WEAK = 9
} cairn_edge_kind;

/// Where in an object a reference lies.
typedef struct cairn_edge {
    cairn_edge_kind kind;
    uint32_t part;     ///< of an array's record; else 0
    size_t index;      ///< see the kinds; 0 for kinds of which an object has one
    const char* name;  ///< of a slot, from the type's `slot_names`; NULL: no name. Borrowed from
                       ///< the type
} cairn_edge;

/// Called by cairn_visit_referents() for each reference; returns 0 to stop. `referent` is borrowed,
/// and `edge` valid during the call. Must not change counts, allocate on the heap, or run user
/// code. Must return.
typedef int (*cairn_visit_edge_fn)(cairn_object* referent, const cairn_edge* edge, void* user_data);

/// Visits the referents of `object` with their edges, once for each reference: strong references in
/// traversal order, a weak reference's referent first, a weak container's entries one by one.
/// Unlike cairn_get_referents(), it also shows weak referents that are alive, and keys that are
/// left out while the byte at `other_keys_offset` is 0.
CAIRN_API void cairn_visit_referents(cairn_object* object,
                                     cairn_visit_edge_fn visit,
                                     void* user_data);

#ifdef __cplusplus
}
#endif

#endif
