/// The cycle collector: running it, steering it, watching it.
///
/// Three generations and a permanent one. Collecting generation g examines g and all younger
/// ones; survivors move to the next older. Thresholds work as CPython 3.11's: generation 0 counts
/// allocations of containers less their deaths, the older ones count collections of the next
/// younger; a full collection also waits until the objects that reached the oldest generation
/// since the last one exceed a quarter of those that were there.
#ifndef CAIRN_GC_H
#define CAIRN_GC_H

#include <stddef.h>
#include <stdint.h>

#include "cairn/object.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CAIRN_GENERATIONS 3

typedef enum cairn_gc_debug {
    CAIRN_GC_DEBUG_STATS = 1 << 0,          ///< a line on standard error for each collection
    CAIRN_GC_DEBUG_COLLECTABLE = 1 << 1,    ///< a line for each object found and freed
    CAIRN_GC_DEBUG_UNCOLLECTABLE = 1 << 2,  ///< a line for each object found and not freed
    CAIRN_GC_DEBUG_SAVEALL = 1 << 5         ///< what is found goes to the garbage list
} cairn_gc_debug;

typedef enum cairn_gc_phase { CAIRN_GC_START = 0, CAIRN_GC_STOP } cairn_gc_phase;

/// What a start or stop callback is told. All counts are zero at the start.
typedef struct cairn_gc_info {
    int generation;
    int automatic;         ///< 1: set off by an allocation, 0: by cairn_gc_collect()
    size_t collected;      ///< objects found unreachable and freed
    size_t uncollectable;  ///< objects found unreachable and alive after being cleared
    size_t candidates;     ///< objects examined
    uint64_t duration_ns;  ///< monotonic time from start to stop, callbacks apart
} cairn_gc_info;

/// Told when a collection starts and stops. May run user code; a collection started inside does
/// nothing. A status other than CAIRN_OK goes to the unraisable hook.
typedef cairn_status (*cairn_gc_callback_fn)(cairn_heap* heap,
                                             cairn_gc_phase phase,
                                             const cairn_gc_info* info,
                                             void* user_data);

/// Sums over a generation's collections since the heap's birth.
typedef struct cairn_gc_stats {
    size_t collections;
    size_t collected;
    size_t uncollectable;
    size_t candidates;
    uint64_t duration_ns;
    uint64_t longest_ns;
} cairn_gc_stats;

/// Collects generations 0 to `generation` (2 = full), whether automatic collection is on or off.
/// `out_unreachable` (NULL allowed) receives the number of objects found unreachable.
///   owns:    nothing
///   errors:  CAIRN_INVALID for a generation that is none; CAIRN_NO_MEMORY when the working table
///            for objects with very many references could not be had (then nothing is freed, and
///            every object examined counts as a survivor). Inside a collection it does nothing,
///            and the number is 0
///   effects: may run user code
///   thread:  heap thread
CAIRN_API cairn_status cairn_gc_collect(cairn_heap* heap, int generation, size_t* out_unreachable);

/// Switches automatic collection on. It is on at birth.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_gc_enable(cairn_heap* heap);

/// Switches automatic collection off; cairn_gc_collect() works all the same.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_gc_disable(cairn_heap* heap);

/// Is automatic collection on?
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API int cairn_gc_is_enabled(const cairn_heap* heap);

/// Is a collection under way (this is one of its callbacks or finalizers)?
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API int cairn_gc_is_collecting(const cairn_heap* heap);

/// Sets the thresholds of the three generations (700, 10, 10 at birth). A first one of 0 stops
/// automatic collection by count.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_gc_set_thresholds(cairn_heap* heap, const uint32_t thresholds[3]);

/// Writes the thresholds of the three generations.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_gc_get_thresholds(const cairn_heap* heap, uint32_t out_thresholds[3]);

/// Sets what byte counts set off a collection, each 0 for never. `young_bytes`: bytes of tracked
/// objects allocated since the last collection set off generation 0 (at birth: 64 MiB).
/// `external_bytes`: growth of external bytes since the last full collection sets off a full
/// one, once it also exceeds half of what was external then (at birth: 16 MiB).
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_gc_set_byte_thresholds(cairn_heap* heap,
                                            size_t young_bytes,
                                            size_t external_bytes);

/// Writes the counters that the thresholds are compared with.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_gc_get_counts(const cairn_heap* heap, uint32_t out_counts[3]);

/// Adds a callback for the start and stop of collections, after those that are there. One added
/// by a callback is called in the same phase already.
///   owns:    `user_data` stays the host's
///   errors:  CAIRN_NO_MEMORY
///   effects: allocates
///   thread:  heap thread
CAIRN_API cairn_status cairn_gc_callback_add(cairn_heap* heap,
                                             cairn_gc_callback_fn callback,
                                             void* user_data);

/// Removes the first callback with this function and `user_data`. When a callback removes itself,
/// the next one is not called in that phase.
///   owns:    nothing
///   errors:  CAIRN_NOT_FOUND
///   effects: none
///   thread:  heap thread
CAIRN_API cairn_status cairn_gc_callback_remove(cairn_heap* heap,
                                                cairn_gc_callback_fn callback,
                                                void* user_data);

/// Writes the statistics of one generation.
///   owns:    nothing
///   errors:  CAIRN_INVALID for a generation that is none
///   effects: none
///   thread:  heap thread
CAIRN_API cairn_status cairn_gc_get_stats(const cairn_heap* heap,
                                          int generation,
                                          cairn_gc_stats* out_stats);

/// Sets the debug flags (cairn_gc_debug, or-ed).
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_gc_set_debug(cairn_heap* heap, uint32_t flags);

/// Returns the debug flags.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API uint32_t cairn_gc_get_debug(const cairn_heap* heap);

/// Moves all tracked objects into the permanent generation, which is not examined. Frozen objects
/// still die when their count reaches zero. Does not collect first. O(tracked objects).
///   owns:    nothing
///   errors:  does nothing inside a collection
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_gc_freeze(cairn_heap* heap);

/// Moves the permanent generation into the oldest one.
///   owns:    nothing
///   errors:  does nothing inside a collection
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_gc_unfreeze(cairn_heap* heap);

/// Returns the number of objects in the permanent generation. O(heap).
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API size_t cairn_gc_freeze_count(const cairn_heap* heap);

/// Returns the length of the garbage list: what CAIRN_GC_DEBUG_SAVEALL kept.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API size_t cairn_gc_garbage_count(const cairn_heap* heap);

/// Returns one object of the garbage list.
///   owns:    result is owned by the caller
///   errors:  NULL when `index` is out of range
///   effects: none
///   thread:  heap thread
CAIRN_API cairn_object* cairn_gc_garbage_get(const cairn_heap* heap, size_t index);

/// Empties the garbage list, first to last.
///   owns:    drops the list's references
///   errors:  none
///   effects: may run user code
///   thread:  heap thread
CAIRN_API void cairn_gc_garbage_clear(cairn_heap* heap);

/// Tracks an object that its type leaves to the host (CAIRN_TYPE_TRACK_BY_HAND). It must be
/// complete: valid for traverse.
///   owns:    nothing
///   errors:  CAIRN_INVALID for a leaf or an immortal object, or one that is tracked already (in a
///            checked build the latter is reported and aborts)
///   effects: none
///   thread:  heap thread
CAIRN_API cairn_status cairn_gc_track(cairn_object* object);

/// Stops tracking `object`: the collector no longer sees it, and so takes its references for ones
/// from outside. Nothing happens if it is not tracked.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_gc_untrack(cairn_object* object);

/// Is `object` tracked?
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API int cairn_gc_is_tracked(const cairn_object* object);

/// Was the finalizer of `object` run?
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API int cairn_gc_is_finalized(const cairn_object* object);

#ifdef __cplusplus
}
#endif

#endif
