// SPDX-License-Identifier: MIT
// The finalizer queue: what waits for cairn_finalizers_run().
//
// A drained queue gives the order of inline delivery. What an item sets off goes before what waited
// already. And what a collection found waits *borrowed*, without a counted reference: if an item
// drops the last one, the object dies by its count then, as it would inline, and its finalizer
// comes next. Collections take a borrowed object for referred to from outside.
//
// A death must not need memory, so everything that can come to wait reserves its place when it is
// made: an object whose finalizer is queued, a weak reference with a callback, a registered
// finalizer. There are always places for all that wait and all that may.
//
// The places are linked, not a ring: a finalizer that empties a long list makes each of its items
// the next, wherever it waits. If very many wait, a map finds the item. The first long search makes
// it, if there is memory for it.
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

// Puts something at the end, in its reserved place. The queue takes over one reference to `object`,
// or, if it has kIsBorrowed, keeps it without one.
void enqueue(cairn_heap* heap, QueueKind kind, cairn_object* object);

// The last counted reference to a borrowed object is gone: the queue owns it from now on. Inline,
// its finalizer would run now and not where it waits; so while an item runs it joins those that
// this item has set off.
void own_borrowed(cairn_heap* heap, cairn_object* object);

// Calls `visit(item)` for each item of one of the queue's lists, in their order.
template <typename F>
inline void for_each_item(const FinalizerQueue& queue, const QueueList& list, F visit) {
    for (uint32_t i = list.first; i != kNoItem; i = queue.items[i].next) {
        visit(queue.items[i]);
    }
}

// The same for all; the fresh ones come last.
template <typename F>
inline void for_each_item(const FinalizerQueue& queue, F visit) {
    for_each_item(queue, queue.waiting, visit);
    for_each_item(queue, queue.fresh, visit);
}

// Is this the finalizer of an object that waits borrowed, not the callback of one?
inline bool is_borrowed(const QueueItem& item) {
    return item.kind == QueueKind::kFinalizer && (item.object->flags & kIsBorrowed) != 0;
}

// Calls `visit(object)` for each object that waits borrowed: nothing but the queue accounts for it.
template <typename F>
inline void for_each_borrowed(const cairn_heap* heap, F visit) {
    if (heap->queue.borrowed == 0) {
        return;
    }
    for_each_item(heap->queue, [&visit](const QueueItem& item) {
        if (is_borrowed(item)) {
            visit(item.object);
        }
    });
}

// Runs what waits; see cairn_finalizers_run(). USER CODE.
size_t run_queue(cairn_heap* heap, size_t max_count, uint64_t max_ns);

// Gives back places that nothing needs.
void shrink_queue(cairn_heap* heap);

void release_queue(cairn_heap* heap);

}  // namespace cairn

#endif
