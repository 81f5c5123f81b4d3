// SPDX-License-Identifier: MIT
/// Finalizers: when they run, the finalizer queue, and registered finalizers.
///
/// A type's finalizer runs at most once for each object, before the object's references are
/// dropped. By default it runs where the object dies. With CAIRN_HEAP_QUEUE_FINALIZERS, or
/// CAIRN_TYPE_QUEUE_FINALIZER for one type, it waits in the finalizer queue, which keeps its object
/// alive, until the host calls cairn_finalizers_run(). The queue runs in the order of inline
/// delivery: work queued while an item runs goes to the front of the queue, and garbage whose last
/// reference an item drops comes next. The order differs only where the death that queued an item
/// has gone on meanwhile: the item runs after its owner has released its other references, and
/// after garbage that nothing queued refers to is freed. A weak reference whose referent died by
/// count and waits calls back even if it is released meanwhile; one to an object that only the
/// waiting object holds need not.
///
/// A *registered finalizer* (CPython's weakref.finalize) belongs to one object of any type. Its
/// function runs once: when that object dies, when cairn_finalizer_call() is called, or when the
/// heap is freed, whichever is first.
#ifndef CAIRN_FINALIZE_H
#define CAIRN_FINALIZE_H

#include <stddef.h>
#include <stdint.h>

#include "cairn/object.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Returns the number of finalizers and callbacks in the finalizer queue.
CAIRN_API size_t cairn_finalizers_pending(const cairn_heap* heap);

/// Returns 1 if the finalizer of `object` waits in the finalizer queue, else 0.
CAIRN_API int cairn_finalizer_is_waiting(const cairn_object* object);

/// Runs the finalizer queue, oldest first, and returns how many items ran. Stops after `max_count`
/// items or `max_ns` nanoseconds (0: no bound; at least one item runs), or when the queue is empty.
/// Items queued meanwhile run too. Failures go to the unraisable hook. Does nothing and returns 0
/// inside an item that it is running.
///   effects: may run user code
CAIRN_API size_t cairn_finalizers_run(cairn_heap* heap, size_t max_count, uint64_t max_ns);

/// The function of a registered finalizer. `argument` is borrowed. The dead object is not passed. A
/// status other than CAIRN_OK goes to the unraisable hook. May make every call. Must return.
typedef cairn_status (*cairn_finalizer_fn)(cairn_object* argument, void* user_data);

/// Registers a finalizer for `object`, alive until it runs or is detached, even if the result is
/// released. An `argument` that reaches `object` keeps `object` alive.
///   owns:    result is owned by the caller; the registry owns the finalizer and a reference to
///            `argument` (NULL allowed)
///   errors:  NULL if memory runs out, `function` is NULL, or cairn_heap_finalize() was called;
///            nothing is registered then
///   effects: allocates; may collect; may run user code
CAIRN_API cairn_object* cairn_finalizer_new(cairn_object* object,
                                            cairn_finalizer_fn function,
                                            cairn_object* argument,
                                            void* user_data);

/// Returns 1 if `object` is a registered finalizer, else 0.
CAIRN_API int cairn_is_finalizer(const cairn_object* object);

/// Runs a registered finalizer now if it is alive; it is dead before its function is called.
/// `out_ran` (NULL allowed) receives 1 if it ran, else 0.
///   errors:  CAIRN_INVALID if `finalizer` is not a registered finalizer; the status of its
///            function, with `out_ran` written
///   effects: may run user code
CAIRN_API cairn_status cairn_finalizer_call(cairn_object* finalizer, int* out_ran);

/// Returns 1 if the finalizer is alive, else 0. It is alive until it runs, is queued to run, or is
/// detached.
///   errors:  0 if `finalizer` is not a registered finalizer
CAIRN_API int cairn_finalizer_is_alive(const cairn_object* finalizer);

/// Removes the finalizer from the registry without running it. Returns 1 if it was alive, else 0.
///   owns:    releases the registry's references
///   errors:  0 if `finalizer` is not a registered finalizer, or its object is dying
///   effects: may run user code
CAIRN_API int cairn_finalizer_detach(cairn_object* finalizer);

/// Writes the object, argument and `user_data` of an alive finalizer. Each out parameter may be
/// NULL.
///   owns:    `out_object` and `out_argument` receive owned references (the argument may be NULL)
///   errors:  CAIRN_NOT_FOUND if it is dead, its object is dying, or it is not a registered
///            finalizer
CAIRN_API cairn_status cairn_finalizer_peek(cairn_object* finalizer,
                                            cairn_object** out_object,
                                            cairn_object** out_argument,
                                            void** out_user_data);

/// Sets whether an alive finalizer runs when the heap is freed (1 at first).
///   errors:  CAIRN_NOT_FOUND if it is dead or not a registered finalizer
CAIRN_API cairn_status cairn_finalizer_set_atexit(cairn_object* finalizer, int at_exit);

/// Returns 1 if the finalizer is alive and runs when the heap is freed, else 0.
CAIRN_API int cairn_finalizer_get_atexit(const cairn_object* finalizer);

/// Runs all alive at-exit finalizers, newest first, with automatic collection off; it is on
/// afterwards if it was on before or one of them has turned it on (as in CPython's weakref.py).
/// Those registered meanwhile run too. A change by cairn_finalizer_set_atexit() meanwhile has no
/// effect until one is registered. Failures go to the unraisable hook. cairn_heap_free() does the
/// same.
///   effects: may run user code
CAIRN_API void cairn_finalizers_run_atexit(cairn_heap* heap);

#ifdef __cplusplus
}
#endif

#endif
