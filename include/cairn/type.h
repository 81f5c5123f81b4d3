// SPDX-License-Identifier: MIT
/// Types: what the heap needs to know about a kind of object.
///
/// A type declares where its objects keep strong references, in one of two ways:
///
/// - a *slot layout*: `slot_count` consecutive slots from `slots_offset` on, plus, with
///   CAIRN_TYPE_ITEMS_ARE_SLOTS, the items of a variable-sized object. The heap visits, clears and
///   frees such objects by itself. This is the faster way, and the safer one.
///   A slot layout may include a buffer (`buffer_offset`), a growable array of records that belongs
///   to the heap: see cairn/buffer.h.
///   Instead it may include one array of records outside the heap (`array_offset`), which the host
///   allocates. The heap visits the records; the type's clear function releases
///   the references in records and slots. The array's address and its number of records must be
///   valid whenever something is allocated; the number is 0 while there is no array. The references
///   at the start of each record follow the slot rules.
/// - a traverse function with a clear function, for any other layout.
///
/// A type with neither is a *leaf*: its objects hold no references, and are never visited or
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
struct cairn_edge;

typedef enum cairn_type_flags {
    /// Items are slots and belong to the slot layout. Needs `item_count_offset` and an `item_size`
    /// of 8.
    CAIRN_TYPE_ITEMS_ARE_SLOTS = 1 << 0,
    /// Slots may hold tagged immediates: a value whose lowest bit is set is skipped.
    CAIRN_TYPE_TAGGED_SLOTS = 1 << 1,
    /// Objects are not tracked when made: the host calls cairn_gc_track() when one is complete.
    CAIRN_TYPE_TRACK_BY_HAND = 1 << 2,
    /// A kind of weak reference, made with cairn_weakref_new_typed(). Its payload starts at
    /// CAIRN_WEAKREF_SIZE, and its slots, if any, start there too (the slot right before them holds
    /// the heap's reference to the callback's argument).
    CAIRN_TYPE_WEAKREF = 1 << 3,
    /// Finalizers of this type wait for cairn_finalizers_run(), whatever the heap's options are.
    CAIRN_TYPE_QUEUE_FINALIZER = 1 << 4,
    /// Objects do not change once all their slots are filled, like tuples. A collection stops
    /// tracking survivors that hold only leaves, immediates, and untracked objects of such types,
    /// because they cannot be part of a cycle (CPython's untrack_tuples). An object with an empty
    /// slot counts as unfinished and stays tracked. Keys of weak-key maps and objects that hold
    /// them stay tracked; an object that becomes a key after it was untracked counts as held from
    /// outside. Needs a slot layout without an array or a buffer with references; not for weak
    /// references, nor with CAIRN_TYPE_TRACK_BY_HAND.
    CAIRN_TYPE_UNTRACK_ATOMIC = 1 << 5,
    /// With CAIRN_TYPE_TRACK_BY_HAND: an object counts towards the next collection from its first
    /// cairn_gc_track() on, instead of when it is made. For objects that are rarely tracked, such
    /// as an interpreter's frames (in any language), which would otherwise start collections that
    /// find nothing.
    CAIRN_TYPE_COUNT_WHEN_TRACKED = 1 << 6,
    /// Visits whose order matters, as in a heap with CAIRN_HEAP_CPYTHON_ORDER and in
    /// cairn_get_referents(), take the records of the array or buffer from last to first (CPython's
    /// list_traverse). The records of a buffer are released in that order too: for languages in
    /// which what was added last ends first, as scopes, stacks and CPython's lists do.
    CAIRN_TYPE_ARRAY_BACKWARDS = 1 << 7,
    /// The records of the buffer hold no references, and may have any size.
    CAIRN_TYPE_PLAIN_BUFFER = 1 << 8,
    /// With CAIRN_TYPE_TRACK_BY_HAND: an object is complete from its birth on, tracked or not, so
    /// that inspection may look into it. Without this flag the references of an object that is not
    /// tracked count as the host's.
    CAIRN_TYPE_COMPLETE_AT_BIRTH = 1 << 9
} cairn_type_flags;

/// A function of the library that a traverse function calls once for each strong reference;
/// `referent` may be NULL, but not a tagged immediate.
typedef void (*cairn_visit_fn)(cairn_object* referent, void* visit_data);

/// Calls `visit(referent, visit_data)` exactly once for every strong reference that `self` owns.
/// References to leaves may be left out: then introspection does not show them, and a leaf that is
/// a key of a weak-key map counts as held from outside. Must not allocate, change counts, change
/// `self`, or call the library, except functions that only read an object, such as cairn_type_of()
/// and cairn_gc_is_tracked(). Must return.
typedef void (*cairn_traverse_fn)(cairn_object* self, cairn_visit_fn visit, void* visit_data);

/// Releases every strong reference that `self` owns and no other reference, with cairn_clear() or
/// by storing first and releasing afterwards: a release runs user code, which may look at `self`.
/// Afterwards `self` is valid and owns no reference. Called to break a cycle and at death, so it
/// may be called twice. An object with an array may die without this call: then the heap has
/// released the references, and the dealloc function frees the array. Must return.
typedef void (*cairn_clear_fn)(cairn_object* self);

/// The finalizer. Runs at most once for each object, before its references are released. `self` is
/// borrowed. May make every call, and may resurrect `self` by making a new reference to it. A
/// status other than CAIRN_OK goes to the unraisable hook. Must return.
typedef cairn_status (*cairn_finalize_fn)(cairn_object* self);

/// Releases the resources that `self` holds outside the heap (memory, handles), but not the memory
/// of `self`. Must not use the references in `self`: slots may already be cleared or point to freed
/// objects. Must not call the library, except to ask for the type, the heap and their user data,
/// and cairn_heap_add_external() with a negative number. Cannot resurrect. The order of these calls
/// for objects that die in one collection is unspecified, except with CAIRN_HEAP_CPYTHON_ORDER.
/// Must return.
typedef void (*cairn_dealloc_fn)(cairn_object* self);

/// Writes a hash; equal objects must have equal hashes. May run user code, and may fail. Must
/// return.
typedef cairn_status (*cairn_hash_fn)(cairn_object* self, uint64_t* out_hash);

/// Writes 1 if `self` equals `other`, which may be of another type, else 0. May run user code, and
/// may fail. Must return.
typedef cairn_status (*cairn_equal_fn)(cairn_object* self, cairn_object* other, int* out_equal);

/// Writes at most `size` bytes of text, including the NUL, and returns the full length, as snprintf
/// does. Called for reports: must not allocate on the heap or run user code. Must return.
typedef size_t (*cairn_repr_fn)(cairn_object* self, char* buffer, size_t size);

/// Returns the bytes that `self` holds outside the heap. Called by cairn_object_external_size(),
/// and for each object by the calls that add up sizes (cairn_census()). Must not change counts,
/// allocate on the heap, or run user code. Must return.
typedef size_t (*cairn_external_size_fn)(cairn_object* self);

/// Writes at most `size` bytes of text, including the NUL, that names the place of a reference of
/// `self` as a programmer writes it, such as "['a']", and returns the full length, as snprintf
/// does; 0: no name. `edge` is one that cairn_visit_referents() shows, strong and not of a weak
/// container. Called by cairn_edge_text() and cairn_snapshot_write() only. Must not change counts,
/// allocate on the heap, or run user code. Must return.
typedef size_t (*cairn_edge_name_fn)(cairn_object* self,
                                     const struct cairn_edge* edge,
                                     char* buffer,
                                     size_t size);

/// Describes a type. Zero-initialise it (`cairn_type_spec spec = {0};`), then set fields. Offsets
/// count from the start of the object.
typedef struct cairn_type_spec {
    size_t size;                  ///< sizeof(cairn_type_spec), or 0: the fields of version 0.2
    const char* name;             ///< copied; required
    uint32_t flags;               ///< cairn_type_flags, or-ed
    uint32_t object_size;         ///< bytes without items, including the 16-byte header
    uint32_t item_size;           ///< bytes per item of a variable-sized object; 0: fixed size
    uint32_t item_count_offset;   ///< offset of a `size_t` item count, set by the heap; 0: none
    uint32_t slots_offset;        ///< offset of the fixed slots; 8-aligned, at least 16
    uint32_t slot_count;          ///< number of fixed slots
    uint32_t array_offset;        ///< offset of the address of the array of records; 0: no array.
                                  ///< Address, count, flag byte and slots must not overlap
    uint32_t array_count_offset;  ///< offset of a `size_t` number of records in use
    uint32_t record_size;         ///< bytes per record, a multiple of 8; 0: 8
    uint32_t record_slots;        ///< references at the start of each record; 0: 1; at most 16 in
                                  ///< a buffer
    uint32_t other_keys_offset;   ///< offset of a flag byte: while 0, every record's first
                                  ///< reference is to a leaf (or empty) and is skipped; 0: none.
                                  ///< For tables whose keys are nearly always strings: collections
                                  ///< do not read the keys, a quarter of their time on such tables
    uint32_t buffer_offset;       ///< offset of a cairn_buffer; 0: none. Instead of an array
    cairn_traverse_fn traverse;   ///< instead of a slot layout; needs `clear`
    cairn_clear_fn clear;  ///< only with `traverse` or an array; an array needs `dealloc` too
    cairn_finalize_fn finalize;
    cairn_dealloc_fn dealloc;
    cairn_hash_fn hash;    ///< NULL: identity; set both `hash` and `equal` or neither
    cairn_equal_fn equal;  ///< NULL: identity
    cairn_repr_fn repr;
    cairn_external_size_fn external_size;
    void* user_data;                ///< for the host: cairn_type_user_data()
    const char* const* slot_names;  ///< copied: `slot_count` names for inspection, each may be
                                    ///< NULL; NULL: no names. Only with slots
    cairn_edge_name_fn edge_name;   ///< names other references for inspection; NULL: numbers
} cairn_type_spec;

/// Makes a type, which lives as long as `heap`. Items of a variable-sized object start at
/// `object_size`, rounded up to 8 if they are slots. The host may lower the stored item count later
/// but never raise it. Slots beyond the count must be empty, because the heap does not release
/// them.
///   owns:    `heap` owns the type
///   errors:  CAIRN_NO_MEMORY; CAIRN_INVALID if `spec` is not valid: cairn_type_spec_problem() says
///            why
///   effects: allocates
CAIRN_API cairn_status cairn_type_new(cairn_heap* heap,
                                      const cairn_type_spec* spec,
                                      cairn_type** out_type);

/// Returns a description of the first problem of `spec`, or NULL if it is valid. `spec` may be
/// NULL.
///   owns:    result is static
///   thread:  any thread
CAIRN_API const char* cairn_type_spec_problem(const cairn_type_spec* spec);

/// Returns the type's name.
///   owns:    result is borrowed, and valid as long as the heap
///   thread:  any thread
CAIRN_API const char* cairn_type_name(const cairn_type* type);

/// Returns the `user_data` of the type's spec.
///   thread:  any thread
CAIRN_API void* cairn_type_user_data(const cairn_type* type);

#ifdef __cplusplus
}
#endif

#endif
