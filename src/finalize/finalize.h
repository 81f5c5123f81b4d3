// Finalizers: run once each.
#ifndef CAIRN_FINALIZE_FINALIZE_H
#define CAIRN_FINALIZE_FINALIZE_H

#include "heap/heap.h"
#include "object/header.h"

namespace cairn {

inline bool needs_finalizer(const cairn_object* object) {
    return (object->flags & (kHasFinalizer | kFinalized)) == kHasFinalizer;
}

// Runs the finalizer of an object that needs it and that the caller keeps alive meanwhile. It
// counts as finalized from the moment it starts. A failure is reported. USER CODE.
void run_finalizer(cairn_heap* heap, cairn_object* object);

}  // namespace cairn

#endif
