// SPDX-License-Identifier: MIT
// Registered finalizers (CPython's weakref.finalize): a list, newest last, that owns them.
//
// Each owns a weak reference of the heap's own kind to its object. It is alive while it is in the
// list.
#ifndef CAIRN_FINALIZE_REGISTRY_H
#define CAIRN_FINALIZE_REGISTRY_H

#include "cairn/finalize.h"
#include "weakref/weakref.h"

namespace cairn {

struct FinalizerObject {
    cairn_object head;
    WeakrefObject* ref;      // owned, a slot; nullptr once it is dead
    cairn_object* argument;  // owned, a slot
    FinalizerObject* older;  // in the registry
    FinalizerObject* newer;
    cairn_finalizer_fn function;
    void* user_data;
    bool is_alive;
    bool at_exit;
    bool pending;    // found by the run of the at-exit finalizers that goes on
    bool has_place;  // in the finalizer queue
};

inline FinalizerObject* as_finalizer(cairn_object* object) {
    return reinterpret_cast<FinalizerObject*>(object);
}

inline bool is_finalizer(const cairn_heap* heap, const cairn_object* object) {
    return heap->finalizer_type != nullptr && object->type == heap->finalizer_type;
}

// Registers a finalizer, with one reference for the caller; nullptr when memory is out. Does not
// collect.
FinalizerObject* register_finalizer(cairn_heap* heap, cairn_object* object);

// Takes an alive finalizer off the list; its object, if it is to be told, is no longer watched.
// Drops the registry's reference. USER CODE, after the removal.
void unregister_finalizer(cairn_heap* heap, FinalizerObject* finalizer);

// Runs the function of a finalizer that is off the list, and drops its argument. USER CODE.
cairn_status run_registered(cairn_heap* heap, cairn_object* object);

// Reports what nobody else can receive. USER CODE.
void report_registered(cairn_heap* heap, cairn_object* finalizer, cairn_status status);

// A run of the at-exit finalizers. On the stack of run_finalizers_at_exit().
struct ExitRun {
    ExitRun* outer;
    FinalizerObject* next;  // the newest that was not looked at
    bool is_stale;          // one was registered since the run looked which are to run
};

// Runs all that are to run at exit, newest first. Which they are is looked up at the start, and
// again after one was registered, as in CPython's weakref.finalize. USER CODE.
void run_finalizers_at_exit(cairn_heap* heap);

// Drops as many as are registered. USER CODE, which may register more.
void drop_registry(cairn_heap* heap);

}  // namespace cairn

#endif
