// SPDX-License-Identifier: MIT
// Where user code of dying objects runs: here and now, or in the finalizer queue.
#ifndef CAIRN_FINALIZE_DELIVER_H
#define CAIRN_FINALIZE_DELIVER_H

#include "heap/heap.h"
#include "object/header.h"
#include "weakref/weakref.h"

namespace cairn {

inline bool needs_finalizer(const cairn_object* object) {
    return (object->flags & (kHasFinalizer | kFinalized)) == kHasFinalizer;
}

// Calls the type's finalizer and reports its failure. USER CODE.
void call_finalizer(cairn_heap* heap, cairn_object* object);

// Whether what comes to wait is referred to by others, which a collection found to be garbage, or
// has died by its count.
enum class DiedBy : uint8_t { kCollection, kCount };

// Finalizes an object that needs it and that the caller holds: runs the finalizer, or lets the
// object wait for it, borrowed if it died by a collection. The caller sets kFinalized: before
// the call in a collection (CPython finalize_garbage), after it at a death by count
// (PyObject_CallFinalizer). USER CODE.
void deliver_finalizer(cairn_heap* heap, cairn_object* object, DiedBy cause);

// Finalizes an object that a collection, or the heap's end, has found. Was that needed? USER CODE.
bool finalize_found(cairn_heap* heap, cairn_object* object);

// Death of `referent` by count: clears all references to it, then calls back, newest first, then
// lets go of the references, oldest first. USER CODE.
void deliver_weakrefs_at_death(cairn_heap* heap, cairn_object* referent);

// Calls one callback; true. Or lets it wait; false, and the queue has taken over the caller's
// reference to `ref`. USER CODE.
[[nodiscard]] bool deliver_callback(cairn_heap* heap, WeakrefObject* ref);

}  // namespace cairn

#endif
