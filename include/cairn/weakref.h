// SPDX-License-Identifier: MIT
/// Weak references to any object, including leaves, with an optional callback at its death.
///
/// A weak reference is an object of the heap. When its referent dies it is *cleared*. All weak
/// references to an object are cleared before the first callback is called; callbacks are called
/// newest first. The callback of a weak reference that dies before or together with its referent is
/// never called. The rules are those of CPython 3.11, Objects/weakrefobject.c and
/// Modules/gcmodule.c.
#ifndef CAIRN_WEAKREF_H
#define CAIRN_WEAKREF_H

#include <stddef.h>
#include <stdint.h>

#include "cairn/object.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Offset of the payload of a CAIRN_TYPE_WEAKREF type, in bytes.
#define CAIRN_WEAKREF_SIZE 80

/// Called after the referent of `ref` died. `ref` is cleared, borrowed, and alive during the call;
/// `argument` is borrowed. May make every call. A status other than CAIRN_OK goes to the unraisable
/// hook. Must return.
typedef cairn_status (*cairn_weakref_fn)(cairn_object* ref,
                                         cairn_object* argument,
                                         void* user_data);

/// Makes a weak reference to `referent`. Without a callback, returns the one weak reference that
/// all such calls share, and ignores `argument` and `user_data`.
///   owns:    result is owned by the caller; the weak reference owns a reference to `argument`
///            (NULL allowed) until it dies or, if its referent dies by count, until after the
///            call; a call made by a collection leaves the argument (CPython 3.11)
///   errors:  NULL if memory runs out
///   effects: allocates; may collect; may run user code
CAIRN_API cairn_object* cairn_weakref_new(cairn_object* referent,
                                          cairn_weakref_fn callback,
                                          cairn_object* argument,
                                          void* user_data);

/// Makes a weak reference of the host's own type (CAIRN_TYPE_WEAKREF), never shared, with a zeroed
/// payload. `callback` may be NULL.
///   owns:    as cairn_weakref_new()
///   errors:  NULL if memory runs out, or if `type` is not a CAIRN_TYPE_WEAKREF type of the heap of
///            `referent`
///   effects: allocates; may collect; may run user code
CAIRN_API cairn_object* cairn_weakref_new_typed(const cairn_type* type,
                                                cairn_object* referent,
                                                cairn_weakref_fn callback,
                                                cairn_object* argument,
                                                void* user_data);

/// Returns the referent, or NULL if `ref` is cleared, its referent is dying, or `ref` is not a weak
/// reference.
///   owns:    result is owned by the caller
CAIRN_API cairn_object* cairn_weakref_get(cairn_object* ref);

/// Returns 1 if the weak reference is cleared, else 0.
CAIRN_API int cairn_weakref_is_cleared(const cairn_object* ref);

/// Returns the argument of the callback, borrowed; NULL if there is none, or if the referent died
/// by count and the callback is being called or has been.
CAIRN_API cairn_object* cairn_weakref_argument(const cairn_object* ref);

/// Returns 1 if `object` is a weak reference of any type, else 0.
CAIRN_API int cairn_is_weakref(const cairn_object* object);

/// Returns 1 if the weak reference has a callback that has not been called yet, and does not wait
/// in the finalizer queue, else 0.
CAIRN_API int cairn_weakref_has_callback(const cairn_object* ref);

/// Writes the hash of the referent, which the weak reference keeps after the referent's death.
///   errors:  CAIRN_NOT_FOUND if the referent died before its hash was first asked for; the status
///            of the referent's hash function
///   effects: may run user code
CAIRN_API cairn_status cairn_weakref_hash(cairn_object* ref, uint64_t* out_hash);

/// Writes 1 if two weak references are equal, else 0. Compares the referents while both are alive,
/// and the identity of the weak references once either is cleared.
///   errors:  the status of the referent's equal function
///   effects: may run user code
CAIRN_API cairn_status cairn_weakref_equal(cairn_object* ref, cairn_object* other, int* out_equal);

/// Returns the number of weak references to `object`, including those of weak containers and
/// registered finalizers. O(result).
CAIRN_API size_t cairn_weakref_count(const cairn_object* object);

#ifdef __cplusplus
}
#endif

#endif
