/// Finalizers: when they run, the finalizer queue, and registered finalizers.
///
/// A type's finalizer runs at most once for each object, before anything of it is taken apart.
/// Normally it runs where the object dies. With CAIRN_HEAP_QUEUE_FINALIZERS, or
/// CAIRN_TYPE_QUEUE_FINALIZER for one type, it waits, with its object alive, until the host calls
/// cairn_finalizers_run(); the order is the one in which inline delivery would have run them.
/// What a waiting finalizer or callback sets off waits in its turn, before what waited already; the
/// argument of a callback is let go right after the call.
///
/// A *registered finalizer* (CPython's weakref.finalize) is made for one object of any type and
/// runs when that object dies, or when called, or when the heap is freed: whichever is first.
#ifndef CAIRN_FINALIZE_H
#define CAIRN_FINALIZE_H

#include <stddef.h>
#include <stdint.h>

#include "cairn/object.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Returns how many finalizers and callbacks wait in the queue.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API size_t cairn_finalizers_pending(const cairn_heap* heap);

/// Does the finalizer of `object` wait in the queue?
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API int cairn_finalizer_is_waiting(const cairn_object* object);

/// Runs what waits, oldest first, until `max_count` have run, `max_ns` nanoseconds have passed
/// (at least one runs; 0 = no bound, for both), or none is left. Those that are queued meanwhile
/// count as waiting too. Returns how many ran.
///   owns:    nothing
///   errors:  none; what fails goes to the unraisable hook. Inside a finalizer that this call is
///            running it does nothing and returns 0
///   effects: may run user code
///   thread:  heap thread
CAIRN_API size_t cairn_finalizers_run(cairn_heap* heap, size_t max_count, uint64_t max_ns);

/// The function of a registered finalizer. `argument` is borrowed. The object is gone or going:
/// it is not given. A status other than CAIRN_OK goes to the unraisable hook.
typedef cairn_status (*cairn_finalizer_fn)(cairn_object* argument, void* user_data);

/// Registers a finalizer for `object`. It stays registered, whether the result is kept or not,
/// until it has run or is detached.
///   owns:    result is owned by the caller; the registry owns the finalizer and its reference to
///            `argument` (NULL allowed; an argument that reaches `object` keeps it alive)
///   errors:  NULL when memory is out
///   effects: allocates; may collect, and so run user code
///   thread:  heap thread
CAIRN_API cairn_object* cairn_finalizer_new(cairn_object* object,
                                            cairn_finalizer_fn function,
                                            cairn_object* argument,
                                            void* user_data);

/// Is `object` a registered finalizer?
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API int cairn_is_finalizer(const cairn_object* object);

/// Runs the finalizer now, if it has not run and is not detached. `out_ran` (NULL allowed)
/// receives 1 if it ran now, else 0. It is dead before its function is called.
///   owns:    nothing
///   errors:  CAIRN_INVALID when `finalizer` is none; what its function returns
///   effects: may run user code
///   thread:  heap thread
CAIRN_API cairn_status cairn_finalizer_call(cairn_object* finalizer, int* out_ran);

/// Has it neither run nor begun to wait in the finalizer queue, nor been detached?
///   owns:    nothing
///   errors:  0 too when `finalizer` is none
///   effects: none
///   thread:  heap thread
CAIRN_API int cairn_finalizer_is_alive(const cairn_object* finalizer);

/// Takes the finalizer off the registry without running it. Returns 1 if it was alive, else 0.
///   owns:    drops the reference to the argument
///   errors:  0 too when `finalizer` is none
///   effects: may run user code
///   thread:  heap thread
CAIRN_API int cairn_finalizer_detach(cairn_object* finalizer);

/// Tells what an alive finalizer is for; each out parameter may be NULL.
///   owns:    `out_object` and `out_argument` receive owned references (the argument may be NULL)
///   errors:  CAIRN_NOT_FOUND when it is dead
///   effects: none
///   thread:  heap thread
CAIRN_API cairn_status cairn_finalizer_peek(cairn_object* finalizer,
                                            cairn_object** out_object,
                                            cairn_object** out_argument,
                                            void** out_user_data);

/// Says whether the finalizer runs when the heap is freed while it is alive (1 at birth).
///   owns:    nothing
///   errors:  CAIRN_NOT_FOUND when it is dead
///   effects: none
///   thread:  heap thread
CAIRN_API cairn_status cairn_finalizer_set_atexit(cairn_object* finalizer, int at_exit);

/// Does it run when the heap is freed? 0 when it is dead.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API int cairn_finalizer_get_atexit(const cairn_object* finalizer);

/// Runs all alive at-exit finalizers, newest first, those registered meanwhile included, with
/// automatic collection off. cairn_heap_free() does so too.
///   owns:    nothing
///   errors:  none; what fails goes to the unraisable hook, and the others run
///   effects: may run user code
///   thread:  heap thread
CAIRN_API void cairn_finalizers_run_atexit(cairn_heap* heap);

#ifdef __cplusplus
}
#endif

#endif
