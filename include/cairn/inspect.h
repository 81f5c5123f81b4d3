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

/// Lists the tracked objects that refer to at least one of the `target_count` targets, each once,
/// by a reference that cairn_get_referents() lists. The permanent generation is left out. Makes one
/// pass over the heap for any number of targets.
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

/// Visits every live object, including leaves, untracked and frozen objects. Inside a collection it
/// shows what that has found unreachable too: only a finalizer may keep it. O(heap).
CAIRN_API void cairn_visit_objects(cairn_heap* heap, cairn_visit_object_fn visit, void* user_data);

/// The kind of place that a reference lies in. CAIRN_EDGE_EPHEMERON_KEY and CAIRN_EDGE_WEAK are
/// weak; each edge of another kind is one counted reference that the object owns.
typedef enum cairn_edge_kind {
    /// A fixed slot: `index` counts from the type's `slots_offset`.
    CAIRN_EDGE_SLOT = 0,
    /// An item of a variable-sized object: `index` is its number.
    CAIRN_EDGE_ITEM = 1,
    /// A record of an array or a buffer: `index` is the record's number, `part` the reference's in
    /// the record.
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
    uint32_t part;     ///< of a record; else 0
    size_t index;      ///< see the kinds; 0 for kinds of which an object has one
    const char* name;  ///< of a slot, from the type's `slot_names`; NULL: no name. Borrowed from
                       ///< the type. See also cairn_edge_text()
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

/// Writes a text for an edge of `from`, at most `size` bytes including the NUL, and returns its
/// full length: the name that the type gives it (`slot_names`, `edge_name`), or "[3]" for an item,
/// a record or a reference without a name, or the kind in words.
CAIRN_API size_t cairn_edge_text(cairn_object* from,
                                 const cairn_edge* edge,
                                 char* buffer,
                                 size_t size);

// --- what is there, and what has grown -----------------------------------------------------------
//
// The calls below are safe in finalizers and callbacks, and inside a collection. References that
// the library or a dying object holds there for the moment count as held by the host. So do the
// references of an object of a CAIRN_TYPE_TRACK_BY_HAND type that is not tracked: it may be half
// built, and is not looked into unless its type has CAIRN_TYPE_COMPLETE_AT_BIRTH.

/// One type's share of the heap.
typedef struct cairn_census_row {
    size_t size;  ///< bytes of the struct that the library knows
    const cairn_type* type;
    size_t objects;
    size_t bytes;           ///< in the heap, including headers and padding
    size_t external_bytes;  ///< of buffers, and by the type's external_size function
    size_t held;            ///< objects that the host holds; see cairn_visit_held()
} cairn_census_row;

/// Called by cairn_census() and cairn_census_since() for each type that has objects; returns 0 to
/// stop. `row` is valid during the call. Must not change counts, allocate on the heap, or run user
/// code. Must return.
typedef int (*cairn_visit_census_fn)(const cairn_census_row* row, void* user_data);

/// Counts the live objects by type, and visits the rows, most bytes (external ones included) first.
/// One pass over the heap, with a byte for each cell meanwhile, and up to 64 for each object with
/// more than 255 references.
///   errors:  CAIRN_NO_MEMORY
///   effects: allocates
CAIRN_API cairn_status cairn_census(cairn_heap* heap, cairn_visit_census_fn visit, void* user_data);

/// Called by cairn_visit_held() for each object; returns 0 to stop. `object` is borrowed.
/// `references` is the number of references to it that no object owns, `roots` how many of these
/// are in declared roots or reported by the root visitor. Must not change counts, allocate on the
/// heap, or run user code. Must return.
typedef int (*cairn_visit_held_fn)(cairn_object* object,
                                   size_t references,
                                   size_t roots,
                                   void* user_data);

/// Visits the objects that the host holds: those with more references than objects and the library
/// account for. Immortal objects are left out, because their references are not counted. The
/// library accounts for the garbage list, the finalizer queue and registered finalizers. One pass
/// over the heap, with a byte for each cell meanwhile.
///   errors:  CAIRN_NO_MEMORY
///   effects: allocates
CAIRN_API cairn_status cairn_visit_held(cairn_heap* heap,
                                        cairn_visit_held_fn visit,
                                        void* user_data);

/// Marks this moment: the result tells the objects that are alive now from later ones. Costs one
/// pass over the heap and no memory; births and deaths pay nothing. Never 0. Not for visit
/// functions.
///
/// Marks are numbered from 1. Those more than 16,382 marks ago are taken for the oldest that is
/// known. An object that lives on from inside more than 50 nested deaths counts as made then, and
/// its site is forgotten.
CAIRN_API uint64_t cairn_mark(cairn_heap* heap);

/// Returns 1 if `object` was made after `mark`, else 0. Every object is newer than 0.
CAIRN_API int cairn_is_newer(const cairn_object* object, uint64_t mark);

/// Does the same as cairn_census() for the objects made after `mark` that are alive.
///   errors:  CAIRN_NO_MEMORY; CAIRN_INVALID if there was no such mark
///   effects: allocates
CAIRN_API cairn_status cairn_census_since(cairn_heap* heap,
                                          uint64_t mark,
                                          cairn_visit_census_fn visit,
                                          void* user_data);

// --- who holds it --------------------------------------------------------------------------------

/// Why a path starts at an object.
typedef enum cairn_root_kind {
    /// It does not: the object is a later step.
    CAIRN_ROOT_NONE = 0,
    /// A declared root refers to it (cairn_root_add()).
    CAIRN_ROOT_DECLARED = 1,
    /// The root visitor reported it.
    CAIRN_ROOT_REPORTED = 2,
    /// The host holds it by other references: see cairn_visit_held().
    CAIRN_ROOT_HELD = 3,
    /// The library holds it: the garbage list, the finalizer queue, a registered finalizer, or a
    /// weak reference that waits for its referent.
    CAIRN_ROOT_LIBRARY = 4,
    /// It is immortal.
    CAIRN_ROOT_IMMORTAL = 5
} cairn_root_kind;

/// One step of a path.
typedef struct cairn_path_step {
    cairn_object* object;
    cairn_root_kind root;  ///< of the first step; else CAIRN_ROOT_NONE
    cairn_edge edge;       ///< by which the object before refers to this one; zero in the first
} cairn_path_step;

/// Called by cairn_path_to_root() for each step, the root first; returns 0 to stop. `step` and its
/// object are borrowed. Must not change counts, allocate on the heap, or run user code. Must
/// return.
typedef int (*cairn_visit_path_fn)(const cairn_path_step* step, void* user_data);

/// Visits a shortest chain of strong references from a root to `object`. A value of a weak-key map
/// is reached once both its map and its key are, and then from its map. One pass over the heap and
/// a search, with at most 9 bytes for each cell meanwhile, and up to 64 for each object with more
/// than 255 references.
///   errors:  CAIRN_NOT_FOUND if nothing leads to `object`: it is garbage that no collection has
///            found yet; CAIRN_NO_MEMORY
///   effects: allocates
CAIRN_API cairn_status cairn_path_to_root(cairn_object* object,
                                          cairn_visit_path_fn visit,
                                          void* user_data);

/// The sizes that cairn_retained() writes. Set `size` first.
typedef struct cairn_retained_size {
    size_t size;  ///< sizeof(cairn_retained_size), or 0: the fields of version 0.2
    size_t objects;
    size_t bytes;           ///< in the heap, including headers and padding
    size_t external_bytes;  ///< of buffers, and by the types' external_size functions
} cairn_retained_size;

/// Computes what would die if all references to the `count` objects were let go except those from
/// objects that they reach: trial deletion of what they reach. Calls `visit` (NULL allowed) for
/// each object that would die. Includes what weak containers would let go; a reference of theirs
/// goes only with its entry, so a key of a weak-value map that leads to its own value stays. Leaves
/// out registered finalizers and what they hold. Assumes that no finalizer resurrects anything, and
/// that no callback's argument is held for its weak reference alone. Takes time and memory for each
/// object that is reached, and the time once more for each entry of a weak container that goes
/// because another one went.
///   errors:  CAIRN_NO_MEMORY
///   effects: allocates
CAIRN_API cairn_status cairn_retained(cairn_heap* heap,
                                      cairn_object* const* objects,
                                      size_t count,
                                      cairn_retained_size* out_size,
                                      cairn_visit_object_fn visit,
                                      void* user_data);

#ifdef __cplusplus
}
#endif

#endif
