// SPDX-License-Identifier: MIT
/// Objects: allocation, reference counting, stores that are safe against user code.
///
/// The 16-byte header at the start of every object is part of the ABI. Only the library and the
/// inline functions below read and write its fields.
#ifndef CAIRN_OBJECT_H
#define CAIRN_OBJECT_H

#include <stddef.h>
#include <stdint.h>

#include "cairn/type.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The header. The struct of an object starts with it: `struct node { cairn_object head; ... };`
struct cairn_object {
    uint32_t refcount;  ///< 0: not alive; 1 to 2^31-1: mortal; above: immortal
    uint32_t flags;     ///< private to the library
    const cairn_type* type;
};

/// Allocates a fixed-size object, zeroed after its header, with a count of 1. A container is
/// tracked at once unless its type has CAIRN_TYPE_TRACK_BY_HAND.
///   owns:    result is owned by the caller
///   errors:  NULL if memory runs out, the memory limit is reached, or the type is variable-sized
///            or CAIRN_TYPE_WEAKREF
///   effects: allocates; may collect; may run user code
CAIRN_API cairn_object* cairn_new(const cairn_type* type);

/// Allocates a variable-sized object with `item_count` items, otherwise as cairn_new().
///   owns:    result is owned by the caller
///   errors:  NULL if memory runs out, the memory limit is reached, the type is fixed-size, or the
///            size overflows
///   effects: allocates; may collect; may run user code
CAIRN_API cairn_object* cairn_new_var(const cairn_type* type, size_t item_count);

// --- references ----------------------------------------------------------------------------------

/// Adds a reference to `object`, which must not be NULL. If the count would exceed 2^31 - 1, the
/// object becomes immortal.
///   owns:    the caller owns one more reference
CAIRN_INLINE void cairn_incref(cairn_object* object);

/// Releases a reference to `object`, which must not be NULL. The release of the last one kills the
/// object before the call returns: its finalizer runs, its callbacks are called, and its references
/// are released in slot order, on a bounded C stack for structures of any depth.
///   owns:    consumes one reference of the caller
///   effects: may run user code
CAIRN_INLINE void cairn_decref(cairn_object* object);

/// Adds a reference to `object` and returns it. NULL stays NULL.
///   owns:    result is owned by the caller
CAIRN_INLINE cairn_object* cairn_new_ref(cairn_object* object);

/// Stores `value` (or NULL) in `*slot`, then releases the old value.
///   owns:    the slot owns a new reference to `value`
///   effects: may run user code (after the store)
CAIRN_INLINE void cairn_set(cairn_object** slot, cairn_object* value);

/// Stores `value` (or NULL) in `*slot` without adding a reference, then releases the old value.
///   owns:    consumes the caller's reference to `value`
///   effects: may run user code (after the store)
CAIRN_INLINE void cairn_set_consume(cairn_object** slot, cairn_object* value);

/// Stores NULL in `*slot`, then releases the old value (or NULL).
///   owns:    releases the slot's reference
///   effects: may run user code (after the store)
CAIRN_INLINE void cairn_clear(cairn_object** slot);

/// Returns the type of `object`.
///   owns:    result is borrowed
CAIRN_INLINE const cairn_type* cairn_type_of(const cairn_object* object);

// --- values: references, tagged immediates or NULL -----------------------------------------------

/// Returns 1 if `value` is a tagged immediate, that is, if its lowest bit is set, else 0. NULL is
/// not an immediate.
///   thread:  any thread
CAIRN_INLINE int cairn_is_immediate(const cairn_object* value);

/// Adds a reference if `value` is one. Does nothing for an immediate and for NULL.
///   owns:    the caller owns one more reference
CAIRN_INLINE void cairn_value_incref(cairn_object* value);

/// Releases a reference if `value` is one. Does nothing for an immediate and for NULL.
///   owns:    consumes one reference of the caller
///   effects: may run user code
CAIRN_INLINE void cairn_value_decref(cairn_object* value);

/// Returns `value`, with a reference added if it is one. An immediate and NULL stay what they are.
///   owns:    result is owned by the caller
CAIRN_INLINE cairn_object* cairn_value_new_ref(cairn_object* value);

/// Stores `value` (a reference, an immediate or NULL) in `*slot`, then releases the old value.
///   owns:    the slot owns a new reference to `value`
///   effects: may run user code (after the store)
CAIRN_INLINE void cairn_value_set(cairn_object** slot, cairn_object* value);

/// Stores `value` (a reference, an immediate or NULL) in `*slot` without adding a reference, then
/// releases the old value.
///   owns:    consumes the caller's reference to `value`
///   effects: may run user code (after the store)
CAIRN_INLINE void cairn_value_set_consume(cairn_object** slot, cairn_object* value);

/// Stores NULL in `*slot`, then releases the old value (a reference, an immediate or NULL).
///   owns:    releases the slot's reference
///   effects: may run user code (after the store)
CAIRN_INLINE void cairn_value_clear(cairn_object** slot);

// --- what the inline functions call --------------------------------------------------------------

/// Completes cairn_incref() for immortal objects, on overflow, and in checked builds.
///   owns:    as cairn_incref()
CAIRN_API void cairn_incref_slow(cairn_object* object);

/// Completes cairn_decref() for the last reference, for immortal objects, and in checked builds.
///   owns:    as cairn_decref()
///   effects: may run user code
CAIRN_API void cairn_decref_slow(cairn_object* object);

/// Reports, in a checked build, a store of `value` in `*slot` that is misuse: into a freed object,
/// of a freed object, of an object of another heap, or by another thread than its heap's. Does
/// nothing in a release build.
CAIRN_API void cairn_check_store(cairn_object* const* slot, const cairn_object* value);

/// Reports, in a checked build, an `object` that is freed or none. Does nothing in a release build.
///   thread:  any thread
CAIRN_API void cairn_check_object(const cairn_object* object);

// --- objects -------------------------------------------------------------------------------------

/// Returns the number of references to `object`, or UINT32_MAX if it is immortal.
CAIRN_API uint32_t cairn_refcount(const cairn_object* object);

/// Makes `object` immortal: never reclaimed, no longer counted, no longer tracked. The objects that
/// it refers to stay alive until the heap ends. This cannot be undone.
///   owns:    the caller need not release its reference
CAIRN_API void cairn_make_immortal(cairn_object* object);

/// Returns 1 if `object` is immortal, by request or because its count overflowed, else 0.
CAIRN_API int cairn_is_immortal(const cairn_object* object);

/// Returns the size of `object` in the heap, including header and padding.
CAIRN_API size_t cairn_object_size(const cairn_object* object);

/// Returns the bytes of the buffer of `object`, if any, plus its external size by its type's
/// function, if that has one.
CAIRN_API size_t cairn_object_external_size(const cairn_object* object);

/// Writes a text about `object`, at most `size` bytes including the NUL, and returns its full
/// length: the text of the type's repr function, or "<NAME at ADDRESS>".
CAIRN_API size_t cairn_repr(const cairn_object* object, char* buffer, size_t size);

/// Writes the hash of `object`, by its type's hash function or by identity.
///   errors:  the status of the type's hash function
///   effects: may run user code
CAIRN_API cairn_status cairn_hash(cairn_object* object, uint64_t* out_hash);

/// Writes 1 if `object` equals `other`, else 0. Identical objects are equal; others are compared by
/// the equal function of the type of `object`, or are unequal if it has none.
///   errors:  the status of the type's equal function
///   effects: may run user code
CAIRN_API cairn_status cairn_equal(cairn_object* object, cairn_object* other, int* out_equal);

#ifndef CAIRN_NO_INLINE

static inline void cairn_incref(cairn_object* object) {
#if CAIRN_CHECK_LEVEL > 0
    cairn_incref_slow(object);
#else
    const uint32_t count = object->refcount + 1;
    if (CAIRN_LIKELY(CAIRN_TO_INT32(count) > 0)) {
        object->refcount = count;
    } else {
        cairn_incref_slow(object);
    }
#endif
}

static inline void cairn_decref(cairn_object* object) {
#if CAIRN_CHECK_LEVEL > 0
    cairn_decref_slow(object);
#else
    const uint32_t count = object->refcount - 1;
    if (CAIRN_LIKELY(CAIRN_TO_INT32(count) > 0)) {
        object->refcount = count;
    } else {
        cairn_decref_slow(object);
    }
#endif
}

static inline cairn_object* cairn_new_ref(cairn_object* object) {
    if (object != NULL) {
        cairn_incref(object);
    }
    return object;
}

static inline void cairn_set_consume(cairn_object** slot, cairn_object* value) {
#if CAIRN_CHECK_LEVEL > 0
    cairn_check_store(slot, value);
#endif
    cairn_object* old = *slot;
    *slot = value;
    if (old != NULL) {
        cairn_decref(old);
    }
}

static inline void cairn_set(cairn_object** slot, cairn_object* value) {
    cairn_set_consume(slot, cairn_new_ref(value));
}

static inline void cairn_clear(cairn_object** slot) {
    cairn_set_consume(slot, NULL);
}

static inline const cairn_type* cairn_type_of(const cairn_object* object) {
#if CAIRN_CHECK_LEVEL > 0
    cairn_check_object(object);
#endif
    return object->type;
}

static inline int cairn_is_immediate(const cairn_object* value) {
    return (CAIRN_ADDRESS_OF(value) & 1) != 0;
}

static inline void cairn_value_incref(cairn_object* value) {
    if (value != NULL && !cairn_is_immediate(value)) {
        cairn_incref(value);
    }
}

static inline void cairn_value_decref(cairn_object* value) {
    if (value != NULL && !cairn_is_immediate(value)) {
        cairn_decref(value);
    }
}

static inline cairn_object* cairn_value_new_ref(cairn_object* value) {
    cairn_value_incref(value);
    return value;
}

static inline void cairn_value_set_consume(cairn_object** slot, cairn_object* value) {
#if CAIRN_CHECK_LEVEL > 0
    cairn_check_store(slot, value);
#endif
    cairn_object* old = *slot;
    *slot = value;
    cairn_value_decref(old);
}

static inline void cairn_value_set(cairn_object** slot, cairn_object* value) {
    cairn_value_set_consume(slot, cairn_value_new_ref(value));
}

static inline void cairn_value_clear(cairn_object** slot) {
    cairn_value_set_consume(slot, NULL);
}

#endif

#ifdef __cplusplus
}
#endif

#endif
