// The finalizer queue: what waits for cairn_finalizers_run().
//
// A death must not need memory, so everything that can come to wait reserves its place when it is
// made: an object whose finalizer is queued, a weak reference with a callback, a registered
// finalizer. The ring is always long enough for all that wait and all that may.
#ifndef CAIRN_FINALIZE_QUEUE_H
#define CAIRN_FINALIZE_QUEUE_H

#include "heap/heap.h"
#include "weakref/weakref.h"

namespace cairn {

// Does user code of this heap wait for the host?
inline bool queues_callbacks(const cairn_heap* heap) {
    return has_option(heap, CAIRN_HEAP_QUEUE_FINALIZERS) && !heap->closing;
}

inline bool queues_finalizer(const cairn_heap* heap, const cairn_type* type) {
    return (has_option(heap, CAIRN_HEAP_QUEUE_FINALIZERS) ||
            (type->flags & CAIRN_TYPE_QUEUE_FINALIZER) != 0) &&
           !heap->closing;
}

// Makes sure that one more thing can wait. False: memory is out.
[[nodiscard]] bool reserve_place(cairn_heap* heap);

// Gives a reserved place back: its holder will never wait.
void release_place(cairn_heap* heap);

// Puts something at the end, in its reserved place. The queue takes over one reference to `object`.
void enqueue(cairn_heap* heap, QueueKind kind, cairn_object* object);

// Runs what waits; see cairn_finalizers_run(). USER CODE.
size_t run_queue(cairn_heap* heap, size_t max_count, uint64_t max_ns);

void release_queue(cairn_heap* heap);

}  // namespace cairn

#endif
