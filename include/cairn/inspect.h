/// Introspection: what is alive, who holds it, what does it hold.
///
/// Lists hold owned references, and never show an object that is dying. Only one that is found
/// unreachable itself, in its finalizer, leads to others that are (cairn_get_referents()).
#ifndef CAIRN_INSPECT_H
#define CAIRN_INSPECT_H

#include <stddef.h>
#include <stdint.h>

#include "cairn/object.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A list of objects. Give it back with cairn_objects_release().
typedef struct cairn_objects {
    cairn_object** items;
    size_t count;
} cairn_objects;

/// Drops the list's references and memory, and empties it.
///   owns:    consumes what `objects` holds
///   errors:  none
///   effects: may run user code
///   thread:  heap thread
CAIRN_API void cairn_objects_release(cairn_heap* heap, cairn_objects* objects);

/// Lists the tracked objects of one generation (0 to 2), or of all three (-1). The permanent
/// generation is left out. O(heap).
///   owns:    the list is owned by the caller
///   errors:  CAIRN_INVALID, CAIRN_NO_MEMORY
///   effects: allocates
///   thread:  heap thread
CAIRN_API cairn_status cairn_get_objects(cairn_heap* heap,
                                         int generation,
                                         cairn_objects* out_objects);

/// Lists what `object` refers to, in traversal order, as often as it does.
///   owns:    the list is owned by the caller
///   errors:  CAIRN_NO_MEMORY
///   effects: allocates
///   thread:  heap thread
CAIRN_API cairn_status cairn_get_referents(cairn_object* object, cairn_objects* out_objects);

/// Lists the tracked objects outside the permanent generation that refer to at least one of the
/// `target_count` targets, each once. One pass over the heap, however many targets.
///   owns:    the list is owned by the caller
///   errors:  CAIRN_NO_MEMORY
///   effects: allocates
///   thread:  heap thread
CAIRN_API cairn_status cairn_get_referrers(cairn_heap* heap,
                                           cairn_object* const* targets,
                                           size_t target_count,
                                           cairn_objects* out_objects);

/// Lists the weak references to `object`: the shared one first, then newest first.
///   owns:    the list is owned by the caller
///   errors:  CAIRN_NO_MEMORY
///   effects: allocates
///   thread:  heap thread
CAIRN_API cairn_status cairn_get_weakrefs(cairn_object* object, cairn_objects* out_objects);

/// Called for each live object by cairn_visit_objects(); return 0 to stop. `object` is borrowed.
/// It must not change counts, allocate on the heap, or run user code.
typedef int (*cairn_visit_object_fn)(cairn_object* object, void* user_data);

/// Visits every live object, leaves, untracked and frozen ones included. O(heap).
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_visit_objects(cairn_heap* heap, cairn_visit_object_fn visit, void* user_data);

#ifdef __cplusplus
}
#endif

#endif
