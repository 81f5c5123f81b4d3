/// Weak references: to any object, leaves included, with an optional callback at its death.
///
/// A weak reference is an object of the heap. When its referent dies it is *cleared*; all
/// references to an object are cleared before the first callback runs, and callbacks run newest
/// first. A weak reference that dies before or together with its referent never calls back.
/// Rules: CPython 3.11, Objects/weakrefobject.c and Modules/gcmodule.c.
#ifndef CAIRN_WEAKREF_H
#define CAIRN_WEAKREF_H

#include <stddef.h>
#include <stdint.h>

#include "cairn/object.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Where the payload of a CAIRN_TYPE_WEAKREF type starts, in bytes.
#define CAIRN_WEAKREF_SIZE 80

/// Told that the referent of `ref` died. `ref` is cleared, borrowed, and alive during the call;
/// `argument` is borrowed too. May do everything. A status other than CAIRN_OK goes to the
/// unraisable hook.
typedef cairn_status (*cairn_weakref_fn)(cairn_object* ref,
                                         cairn_object* argument,
                                         void* user_data);

/// Makes a weak reference to `referent`. Without a callback the one reference that all share is
/// returned, made if it is not there; `argument` and `user_data` are not used then.
///   owns:    result is owned by the caller; the weak reference owns a reference to `argument`
///            (NULL allowed) until it dies or its callback was called
///   errors:  NULL when memory is out
///   effects: allocates; may collect, and so run user code
///   thread:  heap thread
CAIRN_API cairn_object* cairn_weakref_new(cairn_object* referent,
                                          cairn_weakref_fn callback,
                                          cairn_object* argument,
                                          void* user_data);

/// Makes a weak reference of the host's own type (CAIRN_TYPE_WEAKREF), never shared. Its payload
/// is zeroed.
///   owns:    as cairn_weakref_new()
///   errors:  NULL when memory is out, or `type` is not a kind of weak reference of the heap of
///            `referent`
///   effects: allocates; may collect, and so run user code
///   thread:  heap thread
CAIRN_API cairn_object* cairn_weakref_new_typed(cairn_type* type,
                                                cairn_object* referent,
                                                cairn_weakref_fn callback,
                                                cairn_object* argument,
                                                void* user_data);

/// Returns the referent, or NULL if the weak reference is cleared.
///   owns:    result is owned by the caller
///   errors:  NULL too when `ref` is not a weak reference
///   effects: none
///   thread:  heap thread
CAIRN_API cairn_object* cairn_weakref_get(cairn_object* ref);

/// Is the weak reference cleared?
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API int cairn_weakref_is_cleared(const cairn_object* ref);

/// Is `object` a weak reference, of whatever type?
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API int cairn_is_weakref(const cairn_object* object);

/// Has the weak reference a callback that has not been called yet?
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API int cairn_weakref_has_callback(const cairn_object* ref);

/// Writes the hash of the referent, computed while it lives and kept afterwards.
///   owns:    nothing
///   errors:  CAIRN_NOT_FOUND when the referent died before a hash was asked for; what its hash
///            returns
///   effects: may run user code
///   thread:  heap thread
CAIRN_API cairn_status cairn_weakref_hash(cairn_object* ref, uint64_t* out_hash);

/// Writes whether two weak references are equal: by their referents while both live, by identity
/// as soon as one is cleared.
///   owns:    nothing
///   errors:  what the referent's equal returns
///   effects: may run user code
///   thread:  heap thread
CAIRN_API cairn_status cairn_weakref_equal(cairn_object* ref, cairn_object* other, int* out_equal);

/// Returns the number of weak references to `object`, those of weak containers and registered
/// finalizers included. O(that number).
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API size_t cairn_weakref_count(const cairn_object* object);

#ifdef __cplusplus
}
#endif

#endif
