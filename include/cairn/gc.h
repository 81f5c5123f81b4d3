// SPDX-License-Identifier: MIT
/// The cycle collector: run it, configure it, observe it.
///
/// There are three generations and a permanent one. Collecting generation g examines generations 0
/// to g; survivors move to the next older generation. Thresholds work as in CPython 3.11:
/// generation 0 counts allocations of containers less their deaths; an older generation counts
/// collections of the next younger one. A full collection also waits until the objects that reached
/// the oldest generation since the last full collection are at least a quarter of those that
/// survived it.
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
    CAIRN_GC_DEBUG_STATS = 1 << 0,          ///< print a line to standard error per collection
    CAIRN_GC_DEBUG_COLLECTABLE = 1 << 1,    ///< print a line per unreachable object
    CAIRN_GC_DEBUG_UNCOLLECTABLE = 1 << 2,  ///< print a line per object that was not freed
    CAIRN_GC_DEBUG_SAVEALL = 1 << 5         ///< move unreachable objects to the garbage list
} cairn_gc_debug;

typedef enum cairn_gc_phase { CAIRN_GC_START = 0, CAIRN_GC_STOP } cairn_gc_phase;

/// One collection, as a collection callback sees it. All counts are zero at the start.
typedef struct cairn_gc_info {
    size_t size;  ///< bytes of the struct that the library knows
    int generation;
    int automatic;         ///< 1: started by the library; 0: by a call of the host
    size_t collected;      ///< objects found unreachable and freed
    size_t uncollectable;  ///< objects found unreachable and still alive after being cleared
    size_t candidates;     ///< objects examined
    uint64_t duration_ns;  ///< monotonic time of all its slices, without collection callbacks
    size_t slices;         ///< of a full collection in slices; 0: in one piece, or no slice came
    uint64_t longest_ns;   ///< the longest slice; of a collection in one piece, all of it
} cairn_gc_info;

/// Called at the start and the stop of each collection, of one in slices once each. May run user
/// code; a collection requested inside does nothing. A status other than CAIRN_OK goes to the
/// unraisable hook. Must return.
typedef cairn_status (*cairn_gc_callback_fn)(cairn_heap* heap,
                                             cairn_gc_phase phase,
                                             const cairn_gc_info* info,
                                             void* user_data);

/// Sums over all collections of one generation since the heap was made. Set `size` first.
typedef struct cairn_gc_stats {
    size_t size;  ///< sizeof(cairn_gc_stats), or 0: the fields of version 0.2
    size_t collections;
    size_t collected;
    size_t uncollectable;
    size_t candidates;
    uint64_t duration_ns;
    uint64_t longest_ns;
} cairn_gc_stats;

/// Collects generations 0 to `generation` (2: full), even while automatic collection is off.
/// `out_unreachable` (NULL allowed) receives the number of objects found unreachable, and of weak
/// references and registered finalizers that die because they were called (CPython counts them
/// too). Inside a collection it does nothing and writes 0.
///   errors:  CAIRN_INVALID if `generation` is not 0, 1 or 2; CAIRN_NO_MEMORY if memory runs out
///            for the table of objects with very many references: then no unreachable object is
///            freed, and every object examined counts as a survivor, but callbacks and finalizers
///            may have run
///   effects: allocates; may collect; may run user code
CAIRN_API cairn_status cairn_gc_collect(cairn_heap* heap, int generation, size_t* out_unreachable);

/// Turns automatic collection on. It is on in a new heap.
CAIRN_API void cairn_gc_enable(cairn_heap* heap);

/// Turns automatic collection off. cairn_gc_collect() still works, and an allocation that finds
/// no memory still runs a full collection before it fails.
CAIRN_API void cairn_gc_disable(cairn_heap* heap);

/// Returns 1 if automatic collection is on, else 0.
CAIRN_API int cairn_gc_is_enabled(const cairn_heap* heap);

/// Returns 1 during a collection, that is, in one of its callbacks or finalizers, else 0.
CAIRN_API int cairn_gc_is_collecting(const cairn_heap* heap);

/// Sets the thresholds of the three generations (700, 10, 10 in a new heap). If the first is 0,
/// counts never start a collection.
CAIRN_API void cairn_gc_set_thresholds(cairn_heap* heap, const uint32_t thresholds[3]);

/// Writes the thresholds of the three generations.
CAIRN_API void cairn_gc_get_thresholds(const cairn_heap* heap, uint32_t out_thresholds[3]);

/// Sets the byte counts above which a collection starts (0: never). `young_bytes` (64 MiB in a new
/// heap) limits the pages and large objects taken for containers since the last collection.
/// `external_bytes` (16 MiB) limits the growth of external bytes and buffers since the last full
/// collection; a full collection starts when the growth also exceeds half of their sum then.
CAIRN_API void cairn_gc_set_byte_thresholds(cairn_heap* heap,
                                            size_t young_bytes,
                                            size_t external_bytes);

/// Writes the three counts that are compared with the thresholds.
CAIRN_API void cairn_gc_get_counts(const cairn_heap* heap, uint32_t out_counts[3]);

/// Adds a collection callback after the existing ones. One that is added by a callback is called in
/// the same phase. `user_data` must stay valid until the callback is removed.
///   errors:  CAIRN_NO_MEMORY
///   effects: allocates
CAIRN_API cairn_status cairn_gc_callback_add(cairn_heap* heap,
                                             cairn_gc_callback_fn callback,
                                             void* user_data);

/// Removes the first collection callback with this function and `user_data`. If a callback removes
/// itself, the next one is not called in that phase.
///   errors:  CAIRN_NOT_FOUND
CAIRN_API cairn_status cairn_gc_callback_remove(cairn_heap* heap,
                                                cairn_gc_callback_fn callback,
                                                void* user_data);

/// Writes the statistics of one generation.
///   errors:  CAIRN_INVALID if `generation` is not 0, 1 or 2
CAIRN_API cairn_status cairn_gc_get_stats(const cairn_heap* heap,
                                          int generation,
                                          cairn_gc_stats* out_stats);

/// Sets how long a pause of an automatic full collection is to be, in nanoseconds; 0 (as in a new
/// heap): as long as it takes.
///
/// With a target, an automatic full collection is a cycle of slices that come between young
/// collections. It finds what was garbage when it began, and aims to end before the heap has grown
/// by a quarter; where the program is too fast for that, slices get longer. Once external bytes and
/// buffers have grown enough since the cycle began to make another full collection due, each slice
/// is twice as long as the last. Finalizers and callbacks come in several batches, for some
/// *pieces* each: a piece is garbage that is linked together. The last pass over a piece comes in
/// one slice, however large it is; a piece with finalizers, weak references, traverse functions or
/// an object above 16 KiB is proved and freed in one slice. cairn_gc_collect() of generation 2, a
/// full collection at the memory limit, cairn_heap_free(), and 0 here end a cycle early. A cycle
/// takes some 20 bytes for each object that it suspects; without memory for them the collection is
/// in one piece.
///   errors:  CAIRN_INVALID for a heap with CAIRN_HEAP_CPYTHON_ORDER; CAIRN_NO_MEMORY
///   effects: allocates; may run user code
CAIRN_API cairn_status cairn_gc_set_pause_target(cairn_heap* heap, uint64_t ns);

/// Returns the pause target in nanoseconds.
CAIRN_API uint64_t cairn_gc_pause_target(const cairn_heap* heap);

/// Goes on with a cycle for about `budget_ns`, for a host with time to spare: even while automatic
/// collection is off. Without a cycle, begins one, for which it first collects generation 1 in one
/// piece, whatever the budget is. `out_done` (NULL allowed) receives 1 if the cycle has ended, else
/// 0. Inside a collection it does nothing and writes 0.
///   errors:  CAIRN_INVALID without a pause target
///   effects: allocates; may collect; may run user code
CAIRN_API cairn_status cairn_gc_step(cairn_heap* heap, uint64_t budget_ns, int* out_done);

/// The stage of a cycle of slices.
typedef enum cairn_gc_cycle_state {
    CAIRN_GC_CYCLE_IDLE = 0,
    CAIRN_GC_CYCLE_GUESSING,  ///< looks for what may be garbage
    CAIRN_GC_CYCLE_GROUPING,  ///< divides that into pieces
    CAIRN_GC_CYCLE_PROVING    ///< proves pieces, tells user code, and frees them
} cairn_gc_cycle_state;

/// Returns the stage of the heap's cycle.
CAIRN_API cairn_gc_cycle_state cairn_gc_get_cycle_state(const cairn_heap* heap);

/// Sums over all cycles of slices since the heap was made. Set `size` first.
typedef struct cairn_gc_cycle_stats {
    size_t size;       ///< sizeof(cairn_gc_cycle_stats), or 0: the fields of version 0.2
    size_t cycles;     ///< that came to their end
    size_t abandoned;  ///< that ended early
    size_t slices;     ///< all that were taken
    size_t stretched;  ///< slices that got more than the pause target, for the heap grew too fast
    size_t largest_group;  ///< objects of the largest piece that was tried at once
    size_t failed_proofs;  ///< tries that found some of their objects alive
} cairn_gc_cycle_stats;

/// Writes the statistics of cycles.
CAIRN_API void cairn_gc_get_cycle_stats(const cairn_heap* heap, cairn_gc_cycle_stats* out_stats);

/// Kinds of pauses.
typedef enum cairn_gc_pause_kind {
    CAIRN_GC_PAUSE_YOUNG = 0,  ///< a collection of generation 0
    CAIRN_GC_PAUSE_MIDDLE,     ///< of generation 1
    CAIRN_GC_PAUSE_WHOLE,      ///< of generation 2, in one piece
    CAIRN_GC_PAUSE_SLICE,      ///< a slice
    CAIRN_GC_PAUSE_KINDS       ///< how many kinds there are
} cairn_gc_pause_kind;

#define CAIRN_GC_PAUSE_BINS 40

/// All pauses of one kind since the heap was made. Set `size` first.
typedef struct cairn_gc_pauses {
    size_t size;  ///< sizeof(cairn_gc_pauses), or 0: the fields of version 0.2
    /// counts[i]: pauses of 2^(i-1) to 2^i - 1 nanoseconds; the last also has all longer ones
    uint64_t counts[CAIRN_GC_PAUSE_BINS];
    uint64_t longest_ns;
    uint64_t total_ns;
} cairn_gc_pauses;

/// Writes the pauses of one kind, with what user code took in them.
///   errors:  CAIRN_INVALID for an unknown kind
CAIRN_API cairn_status cairn_gc_get_pauses(const cairn_heap* heap,
                                           cairn_gc_pause_kind kind,
                                           cairn_gc_pauses* out_pauses);

/// Sets the debug flags (cairn_gc_debug, or-ed).
CAIRN_API void cairn_gc_set_debug(cairn_heap* heap, uint32_t flags);

/// Returns the debug flags.
CAIRN_API uint32_t cairn_gc_get_debug(const cairn_heap* heap);

/// Moves all tracked objects to the permanent generation, which no collection examines. Frozen
/// objects still die when their count reaches zero. Does not collect first. Inside a
/// collection the garbage it has found is not frozen. O(tracked objects).
CAIRN_API void cairn_gc_freeze(cairn_heap* heap);

/// Moves the permanent generation to the oldest one.
CAIRN_API void cairn_gc_unfreeze(cairn_heap* heap);

/// Returns the number of objects in the permanent generation. O(heap).
CAIRN_API size_t cairn_gc_freeze_count(const cairn_heap* heap);

/// Returns the length of the garbage list, which CAIRN_GC_DEBUG_SAVEALL fills.
CAIRN_API size_t cairn_gc_garbage_count(const cairn_heap* heap);

/// Returns one object of the garbage list, or NULL if `index` is out of range.
///   owns:    result is owned by the caller
CAIRN_API cairn_object* cairn_gc_garbage_get(const cairn_heap* heap, size_t index);

/// Empties the garbage list, first to last.
///   owns:    releases the list's references
///   effects: may run user code
CAIRN_API void cairn_gc_garbage_clear(cairn_heap* heap);

/// Tracks an object of a CAIRN_TYPE_TRACK_BY_HAND type. The object must be complete: its traverse
/// function or slots must be valid.
///   errors:  CAIRN_INVALID for a leaf, an immortal object, or an object that is tracked (a checked
///            build reports the last as misuse and aborts)
CAIRN_API cairn_status cairn_gc_track(cairn_object* object);

/// Stops tracking `object`, if it is tracked. The collector then treats its references as held from
/// outside.
CAIRN_API void cairn_gc_untrack(cairn_object* object);

/// Returns 1 if `object` is tracked, else 0.
CAIRN_API int cairn_gc_is_tracked(const cairn_object* object);

/// Returns 1 if the finalizer of `object` will not run again, else 0. A finalizer that runs because
/// the count reached zero sees 0 for its own object, one that a collection runs sees 1 (CPython).
/// While it waits in the queue: 0.
CAIRN_API int cairn_gc_is_finalized(const cairn_object* object);

#ifdef __cplusplus
}
#endif

#endif
