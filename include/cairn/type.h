/// Types: what the heap must know about a kind of object.
///
/// A type says where its objects keep strong references, in one of two ways:
///
/// - a *slot layout*: `slot_count` consecutive references from `slots_offset` on, and, if
///   CAIRN_TYPE_ITEMS_ARE_SLOTS is set, the items of a variable-sized object as well. The heap
///   walks, clears and frees such objects itself: the fast way, and the one that cannot be wrong.
///   References that lie in one array outside the heap, as those of a list or a table do, can
///   belong to it too (`array_offset`): the heap walks them, and the type's `clear` function drops
///   them, together with those in slots. Its address and the number of its records must be right
///   whenever something is allocated: no records while there is no array. What a record begins with
///   follows the rules of slots.
/// - a `traverse` function with a `clear` function, for anything else.
///
/// A type with neither is a *leaf*: its objects hold no reference, and are never visited or
/// tracked.
#ifndef CAIRN_TYPE_H
#define CAIRN_TYPE_H

#include <stddef.h>
#include <stdint.h>

#include "cairn/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cairn_type cairn_type;

typedef enum cairn_type_flags {
    /// Items are strong references and belong to the slot layout. Needs `item_count_offset` and
    /// an `item_size` of 8.
    CAIRN_TYPE_ITEMS_ARE_SLOTS = 1 << 0,
    /// Slots may hold tagged immediates: any value with its lowest bit set is skipped.
    CAIRN_TYPE_TAGGED_SLOTS = 1 << 1,
    /// Objects are not tracked from birth: the host calls cairn_gc_track() when one is complete.
    CAIRN_TYPE_TRACK_BY_HAND = 1 << 2,
    /// A kind of weak reference: made with cairn_weakref_new_typed(). Its payload starts at
    /// CAIRN_WEAKREF_SIZE; references, if any, come first there (the heap's own reference to the
    /// callback's argument lies right before them).
    CAIRN_TYPE_WEAKREF = 1 << 3,
    /// Finalizers of this type wait for cairn_finalizers_run(), whatever the heap's option says.
    CAIRN_TYPE_QUEUE_FINALIZER = 1 << 4,
    /// Objects no longer change once their slots are all filled: tuples. A collection stops
    /// tracking those survivors that hold nothing but leaves, immediates, and objects of such types
    /// that are not tracked themselves, for they can be part of no cycle (CPython's
    /// untrack_tuples). One with an empty slot is taken for unfinished. Keys of weak-key maps, and
    /// what holds them, stay tracked; what becomes a key after that counts as held from outside.
    /// Needs a slot layout, without an array.
    CAIRN_TYPE_UNTRACK_ATOMIC = 1 << 5,
    /// With CAIRN_TYPE_TRACK_BY_HAND: an object counts towards the next collection from its first
    /// cairn_gc_track() on, not from birth. For what is rarely tracked at all, as the frames of an
    /// interpreter are, and would set off collections for nothing.
    CAIRN_TYPE_COUNT_WHEN_TRACKED = 1 << 6,
    /// Walks that go by order, as those of CAIRN_HEAP_CPYTHON_ORDER do, take the records of the
    /// array from the last to the first (CPython's list_traverse).
    CAIRN_TYPE_ARRAY_BACKWARDS = 1 << 7
} cairn_type_flags;

/// Called by a traverse function once for each strong reference; `referent` may be NULL.
typedef void (*cairn_visit_fn)(cairn_object* referent, void* visit_data);

/// Calls `visit(referent, visit_data)` once for every strong reference that `self` owns, no more
/// and no less. References to leaves may be left out: then introspection does not show them, and a
/// leaf that is a key of a weak-key map counts as held from outside. It must not allocate, change
/// counts, change `self`, or call into the heap.
typedef void (*cairn_traverse_fn)(cairn_object* self, cairn_visit_fn visit, void* visit_data);

/// Drops every strong reference that `self` owns, with cairn_clear() or by storing first and
/// releasing after: releasing runs user code, which may look at `self`. Afterwards `self` is
/// valid and owns none. It drops no other reference. Called to break a cycle and at death, so it
/// may be called twice. An object with an array may die without it: then the heap has dropped its
/// references, and `dealloc` gives the array back.
typedef void (*cairn_clear_fn)(cairn_object* self);

/// The finalizer: user code, run at most once, before anything of `self` is taken apart. It may do
/// everything, resurrect `self` (by making a new reference) included. `self` is borrowed. A status
/// other than CAIRN_OK goes to the unraisable hook.
typedef cairn_status (*cairn_finalize_fn)(cairn_object* self);

/// Releases what `self` holds outside the heap (buffers, handles). It must not look at its
/// references: they are gone, or, at the heap's end and of garbage that dies as a whole, may lead
/// to objects that are. Objects that die in one collection come in no promised order, unless the
/// heap has CAIRN_HEAP_CPYTHON_ORDER. Its memory is the heap's. It must not call into the heap,
/// except for cairn_heap_add_external() with a negative number, and cannot resurrect.
typedef void (*cairn_dealloc_fn)(cairn_object* self);

/// Writes a hash that equal objects share. May run user code; may fail.
typedef cairn_status (*cairn_hash_fn)(cairn_object* self, uint64_t* out_hash);

/// Writes 1 or 0. May run user code; may fail.
typedef cairn_status (*cairn_equal_fn)(cairn_object* self, cairn_object* other, int* out_equal);

/// Writes at most `size` bytes of text, NUL included, as snprintf does; returns the full length.
/// Used in reports: it must not allocate on the heap or run user code.
typedef size_t (*cairn_repr_fn)(cairn_object* self, char* buffer, size_t size);

/// Returns the bytes that `self` holds outside the heap. For cairn_object_external_size() only.
typedef size_t (*cairn_external_size_fn)(cairn_object* self);

/// Describes a type. Zero-initialise it (`cairn_type_spec spec = {0};`), then fill what you need.
typedef struct cairn_type_spec {
    const char* name;            ///< copied; required
    uint32_t flags;              ///< cairn_type_flags, or-ed
    uint32_t object_size;        ///< bytes without items, the 16-byte header included
    uint32_t item_size;          ///< bytes an item of a variable-sized object; 0 = fixed size
    uint32_t item_count_offset;  ///< where a `size_t` item count lies, filled by the heap; 0 = none
    uint32_t slots_offset;       ///< where the fixed slots start; 8-aligned, at least 16
    uint32_t slot_count;         ///< number of fixed slots
    uint32_t array_offset;       ///< where the address of records outside the heap lies; 0 = none.
                                 ///< It, the count, other_keys and the slots lie apart
    uint32_t array_count_offset;  ///< where a `size_t` says how many records hold references
    uint32_t record_size;         ///< bytes a record, a multiple of 8; 0 = 8
    uint32_t record_slots;        ///< references at the beginning of a record; 0 = 1
    uint32_t other_keys_offset;   ///< where a byte is 0 while the first references of all records
                                  ///< are to leaves: they are left out as by traverse; 0 = none
    cairn_traverse_fn traverse;   ///< instead of a slot layout; needs `clear`
    cairn_clear_fn clear;         ///< with `traverse` or an array, which needs `dealloc` too
    cairn_finalize_fn finalize;
    cairn_dealloc_fn dealloc;
    cairn_hash_fn hash;    ///< NULL: identity; needs `equal`
    cairn_equal_fn equal;  ///< NULL: identity
    cairn_repr_fn repr;
    cairn_external_size_fn external_size;
    void* user_data;  ///< for the host: cairn_type_user_data()
} cairn_type_spec;

/// Makes a type. Items of a variable-sized object start at `object_size`, rounded up to 8 if they
/// are slots. The host may lower the stored item count later, never raise it; slots beyond the
/// count must be empty, since nobody drops them.
///   owns:    the type belongs to `heap` and lives as long
///   errors:  CAIRN_NO_MEMORY; CAIRN_INVALID for a spec that contradicts itself: see
///            cairn_type_spec_problem()
///   effects: allocates
///   thread:  heap thread
CAIRN_API cairn_status cairn_type_new(cairn_heap* heap,
                                      const cairn_type_spec* spec,
                                      cairn_type** out_type);

/// Says what is wrong with `spec`, or returns NULL when nothing is.
///   owns:    result is static
///   errors:  none
///   effects: none
///   thread:  any
CAIRN_API const char* cairn_type_spec_problem(const cairn_type_spec* spec);

/// Returns the type's name.
///   owns:    result lives as long as the heap
///   errors:  none
///   effects: none
///   thread:  any
CAIRN_API const char* cairn_type_name(const cairn_type* type);

/// Returns the `user_data` of the type's spec.
///   owns:    result is the host's
///   errors:  none
///   effects: none
///   thread:  any
CAIRN_API void* cairn_type_user_data(const cairn_type* type);

#ifdef __cplusplus
}
#endif

#endif
