// SPDX-License-Identifier: MIT
#include "finalize/queue.h"

#include "base/clock.h"
#include "finalize/deliver.h"
#include "finalize/registry.h"
#include "object/host_call.h"

namespace cairn {

namespace {

QueueItem& item_at(FinalizerQueue& queue, size_t position) {
    return queue.items[(queue.first + position) & (queue.capacity - 1)];
}

QueueItem take_first(FinalizerQueue& queue) {
    const QueueItem item = item_at(queue, 0);
    queue.first = (queue.first + 1) & (queue.capacity - 1);
    --queue.count;
    return item;
}

// Moves what the item that ran has enqueued to the front, in its order.
void move_fresh_to_front(FinalizerQueue& queue) {
    const size_t moved = queue.fresh;
    queue.fresh = 0;
    for (size_t i = 0; i < moved && moved < queue.count; ++i) {
        const QueueItem item = item_at(queue, queue.count - 1);
        queue.first = (queue.first + queue.capacity - 1) & (queue.capacity - 1);
        queue.items[queue.first] = item;
    }
}

void put_last(FinalizerQueue& queue, const QueueItem& item) {
    ++queue.count;
    ++queue.fresh;
    item_at(queue, queue.count - 1) = item;
}

// Where an object waits; it does.
size_t position_of(FinalizerQueue& queue, const cairn_object* object) {
    size_t position = 0;
    while (item_at(queue, position).object != object) {
        ++position;
    }
    return position;
}

constexpr size_t kLeastCapacity = 16;

size_t capacity_for(size_t items) {
    size_t capacity = kLeastCapacity;
    while (capacity < items) {
        capacity *= 2;
    }
    return capacity;
}

// False, with nothing changed: memory is out.
bool resize(cairn_heap* heap, size_t capacity) {
    FinalizerQueue& queue = heap->queue;
    auto* items =
        static_cast<QueueItem*>(heap->memory.allocate_table(capacity * sizeof(QueueItem)));
    if (items == nullptr) {
        return false;
    }
    for (size_t i = 0; i < queue.count; ++i) {
        items[i] = item_at(queue, i);
    }
    heap->memory.release_table(queue.items, queue.capacity * sizeof(QueueItem));
    queue.items = items;
    queue.capacity = capacity;
    queue.first = 0;
    return true;
}

void stop_borrowing(FinalizerQueue& queue, cairn_object* object) {
    object->flags &= ~static_cast<uint32_t>(kIsBorrowed);
    --queue.borrowed;
}

// Lets go of the weak references that waited with `object` (see waits_with_referent()), if its
// finalizer saves it: they would have died without a call. USER CODE.
void release_resurrected(cairn_heap* heap, cairn_object* object) {
    if (object->refcount == 1) {
        return;
    }
    WeakrefObject* ref = first_weakref(heap, object);
    while (ref != nullptr) {
        if ((ref->state & kWaitsWithReferent) != 0) {
            ref->state &= ~static_cast<uint32_t>(kWaitsWithReferent);
            release(&ref->head);  // USER CODE
            ref = first_weakref(heap, object);
        } else {
            ref = ref->next;
        }
    }
}

// Says that something waits; `object`: which came first, if that is news. HOST CODE.
void tell_host(cairn_heap* heap, const cairn_object* object) {
    if (heap->on_finalizers_waiting != nullptr) {
        const HostCall call(heap, HostFunction::kFinalizersWaitingHook, object);
        heap->on_finalizers_waiting(heap, heap->finalizers_waiting_data);  // HOST CODE
    }
}

// Runs one item and lets go of it. USER CODE.
void run_item(cairn_heap* heap, const QueueItem& item) {
    switch (item.kind) {
        case QueueKind::kFinalizer:
            if ((item.object->flags & kIsBorrowed) != 0) {
                stop_borrowing(heap->queue, item.object);
                retain(item.object);
            }
            item.object->flags &= ~static_cast<uint32_t>(kIsQueued);  // INV-QUEUE-FLAG
            call_finalizer(heap, item.object);                        // USER CODE
            release_resurrected(heap, item.object);                   // USER CODE
            release(item.object);                                     // USER CODE
            break;
        case QueueKind::kCallback:
            run_callback(heap, as_weakref(item.object));  // USER CODE
            release_called(as_weakref(item.object));      // USER CODE
            break;
        case QueueKind::kRegistered:
            report_registered(heap, item.object, run_registered(heap, item.object));  // USER CODE
            release(item.object);                                                     // USER CODE
            break;
    }
}

}  // namespace

bool reserve_place(cairn_heap* heap) {
    FinalizerQueue& queue = heap->queue;
    const size_t wanted = queue.count + queue.reserved + 1;
    if (wanted > queue.capacity && !resize(heap, capacity_for(wanted))) {
        return false;
    }
    ++queue.reserved;
    return true;
}

void release_place(cairn_heap* heap) {
    // INV-QUEUE-PLACE
    CAIRN_ASSERT_INTERNAL(heap->queue.reserved > 0);
    --heap->queue.reserved;
}

// USER CODE.
void enqueue(cairn_heap* heap, QueueKind kind, cairn_object* object) {
    FinalizerQueue& queue = heap->queue;
    // INV-QUEUE-PLACE
    CAIRN_ASSERT_INTERNAL(queue.reserved > 0 && queue.count < queue.capacity);
    --queue.reserved;
    queue.borrowed += (object->flags & kIsBorrowed) != 0;
    ++heap->gc.user_code_runs;
    const bool was_empty = queue.count == 0 && !queue.running;
    put_last(queue, {object, kind});
    if (was_empty) {
        tell_host(heap, object);  // HOST CODE
    }
}

void own_borrowed(cairn_heap* heap, cairn_object* object) {
    FinalizerQueue& queue = heap->queue;
    stop_borrowing(queue, object);
    if (!queue.running) {
        return;
    }
    const size_t position = position_of(queue, object);
    if (position >= queue.count - queue.fresh) {
        return;
    }
    const QueueItem item = item_at(queue, position);
    for (size_t i = position; i > 0; --i) {
        item_at(queue, i) = item_at(queue, i - 1);
    }
    (void)take_first(queue);
    put_last(queue, item);
}

size_t run_queue(cairn_heap* heap, size_t max_count, uint64_t max_ns) {
    FinalizerQueue& queue = heap->queue;
    if (queue.running) {
        return 0;
    }
    const uint64_t start = max_ns == 0 ? 0 : now_ns();
    size_t ran = 0;
    queue.running = true;
    while (queue.count > 0 && (max_count == 0 || ran < max_count)) {
        const QueueItem item = take_first(queue);
        queue.fresh = 0;
        run_item(heap, item);  // USER CODE
        move_fresh_to_front(queue);
        ++ran;
        if (max_ns != 0 && now_ns() - start >= max_ns) {
            break;
        }
    }
    queue.running = false;
    if (queue.count > 0) {
        tell_host(heap, nullptr);  // HOST CODE
    }
    return ran;
}

void shrink_queue(cairn_heap* heap) {
    const FinalizerQueue& queue = heap->queue;
    const size_t wanted = capacity_for(queue.count + queue.reserved);
    if (wanted < queue.capacity / 2) {
        (void)resize(heap, wanted);
    }
}

void release_queue(cairn_heap* heap) {
    heap->memory.release_table(heap->queue.items, heap->queue.capacity * sizeof(QueueItem));
}

}  // namespace cairn
