/// Objects: allocation, reference counting, stores that are safe against user code.
///
/// The 16-byte header at the start of every object is part of the ABI. Its fields are read and
/// written by the inline functions below and by the library, never by the host.
#ifndef CAIRN_OBJECT_H
#define CAIRN_OBJECT_H

#include <stddef.h>
#include <stdint.h>

#include "cairn/type.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The header. An object type starts with it: `struct node { cairn_object head; ... };`
struct cairn_object {
    uint32_t refcount;  ///< 0: not alive; 1 .. 2^31-1: counted; above: immortal
    uint32_t flags;     ///< the library's
    const cairn_type* type;
};

/// Allocates a fixed-size object, zeroed after its header, with a refcount of 1. Objects that may
/// hold references are tracked from birth unless their type asks to be tracked by hand.
///   owns:    result is owned by the caller
///   errors:  NULL when memory is out, the limit is reached, or the type is variable-sized or a
///            weak reference
///   effects: allocates; may collect, and so run user code
///   thread:  heap thread
CAIRN_API cairn_object* cairn_new(cairn_type* type);

/// Allocates an object with `item_count` items.
///   owns:    result is owned by the caller
///   errors:  NULL as cairn_new(), for a fixed-size type, or when the size overflows
///   effects: allocates; may collect, and so run user code
///   thread:  heap thread
CAIRN_API cairn_object* cairn_new_var(cairn_type* type, size_t item_count);

/// The slow side of cairn_incref(): immortal objects, overflow, checks.
///   owns:    as cairn_incref()
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_incref_slow(cairn_object* object);

/// The slow side of cairn_decref(): the last reference, immortal objects, checks.
///   owns:    as cairn_decref()
///   errors:  none
///   effects: may run user code
///   thread:  heap thread
CAIRN_API void cairn_decref_slow(cairn_object* object);

/// Adds a reference. A count that would pass 2^31 - 1 makes the object immortal instead.
///   owns:    the caller owns one reference more
///   errors:  none
///   effects: none
///   thread:  heap thread
static inline void cairn_incref(cairn_object* object) {
#if CAIRN_CHECK_LEVEL > 0
    cairn_incref_slow(object);
#else
    const uint32_t count = object->refcount + 1;
    if (CAIRN_LIKELY((int32_t)count > 0)) {
        object->refcount = count;
    } else {
        cairn_incref_slow(object);
    }
#endif
}

/// Drops a reference. With the last one the object dies before the call returns: finalizer,
/// callbacks, references in slot order, however deep, on a bounded C stack.
///   owns:    consumes one reference of the caller's
///   errors:  none
///   effects: may run user code
///   thread:  heap thread
static inline void cairn_decref(cairn_object* object) {
#if CAIRN_CHECK_LEVEL > 0
    cairn_decref_slow(object);
#else
    const uint32_t count = object->refcount - 1;
    if (CAIRN_LIKELY((int32_t)count > 0)) {
        object->refcount = count;
    } else {
        cairn_decref_slow(object);
    }
#endif
}

/// Returns `object` with one reference more; NULL stays NULL.
///   owns:    result is owned by the caller
///   errors:  none
///   effects: none
///   thread:  heap thread
static inline cairn_object* cairn_new_ref(cairn_object* object) {
    if (object != NULL) {
        cairn_incref(object);
    }
    return object;
}

/// Stores `value` (or NULL) in `*slot`, then releases what was there.
///   owns:    the slot gets a reference of its own; the caller's stays the caller's
///   errors:  none
///   effects: may run user code, after the store
///   thread:  heap thread
static inline void cairn_set(cairn_object** slot, cairn_object* value) {
    cairn_object* old = *slot;
    *slot = cairn_new_ref(value);
    if (old != NULL) {
        cairn_decref(old);
    }
}

/// Stores `value` (or NULL) in `*slot` without adding a reference, then releases what was there.
///   owns:    consumes the caller's reference to `value`
///   errors:  none
///   effects: may run user code, after the store
///   thread:  heap thread
static inline void cairn_set_consume(cairn_object** slot, cairn_object* value) {
    cairn_object* old = *slot;
    *slot = value;
    if (old != NULL) {
        cairn_decref(old);
    }
}

/// Empties `*slot`, then releases what was there.
///   owns:    nothing
///   errors:  none
///   effects: may run user code, after the store
///   thread:  heap thread
static inline void cairn_clear(cairn_object** slot) {
    cairn_set_consume(slot, NULL);
}

/// Returns the type.
///   owns:    result is borrowed
///   errors:  none
///   effects: none
///   thread:  heap thread
static inline const cairn_type* cairn_type_of(const cairn_object* object) {
    return object->type;
}

/// Returns the number of references, UINT32_MAX for an immortal object.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API uint32_t cairn_refcount(const cairn_object* object);

/// Makes `object` immortal: never reclaimed, its count no longer adjusted, not tracked. What it
/// refers to stays alive with it. There is no way back.
///   owns:    the caller's reference need not be dropped any more
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_make_immortal(cairn_object* object);

/// Is `object` immortal, by request or because its count once overflowed?
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API int cairn_is_immortal(const cairn_object* object);

/// Returns the bytes that `object` takes in the heap, header and padding included.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API size_t cairn_object_size(const cairn_object* object);

/// Returns the bytes that `object` says to hold outside the heap, 0 if its type does not tell.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API size_t cairn_object_external_size(const cairn_object* object);

/// Writes at most `size` bytes of text about `object`, NUL included: its type's repr, or
/// "<NAME at ADDRESS>". Returns the full length.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API size_t cairn_repr(const cairn_object* object, char* buffer, size_t size);

/// Writes the hash of `object` by its type, or by identity.
///   owns:    nothing
///   errors:  what the type's hash returns
///   effects: may run user code
///   thread:  heap thread
CAIRN_API cairn_status cairn_hash(cairn_object* object, uint64_t* out_hash);

/// Writes whether `object` equals `other`: identity first, then by the type of `object`.
///   owns:    nothing
///   errors:  what the type's equal returns
///   effects: may run user code
///   thread:  heap thread
CAIRN_API cairn_status cairn_equal(cairn_object* object, cairn_object* other, int* out_equal);

#ifdef __cplusplus
}
#endif

#endif
