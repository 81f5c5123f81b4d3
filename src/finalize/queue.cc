#include "finalize/queue.h"

#include "base/clock.h"
#include "finalize/deliver.h"
#include "finalize/registry.h"

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

// Moves the last `moved` items to the front, in their order.
void move_to_front(FinalizerQueue& queue, size_t moved) {
    for (size_t i = 0; i < moved && moved < queue.count; ++i) {
        const QueueItem item = item_at(queue, queue.count - 1);
        queue.first = (queue.first + queue.capacity - 1) & (queue.capacity - 1);
        queue.items[queue.first] = item;
    }
}

bool grow(cairn_heap* heap, size_t wanted) {
    FinalizerQueue& queue = heap->queue;
    size_t capacity = queue.capacity == 0 ? 16 : queue.capacity;
    while (capacity < wanted) {
        capacity *= 2;
    }
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

// Runs one item and lets go of it. USER CODE.
void run_item(cairn_heap* heap, const QueueItem& item) {
    switch (item.kind) {
        case QueueKind::kFinalizer:
            item.object->flags &= ~static_cast<uint32_t>(kIsQueued);
            call_finalizer(heap, item.object);
            cairn_decref(item.object);
            break;
        case QueueKind::kCallback:
            run_callback(heap, as_weakref(item.object));
            release_called(as_weakref(item.object));
            break;
        case QueueKind::kRegistered:
            report_registered(heap, item.object, run_registered(heap, item.object));
            cairn_decref(item.object);
            break;
    }
}

}  // namespace

bool reserve_place(cairn_heap* heap) {
    FinalizerQueue& queue = heap->queue;
    const size_t wanted = queue.count + queue.reserved + 1;
    if (wanted > queue.capacity && !grow(heap, wanted)) {
        return false;
    }
    ++queue.reserved;
    return true;
}

void release_place(cairn_heap* heap) {
    CAIRN_ASSERT_INTERNAL(heap->queue.reserved > 0);
    --heap->queue.reserved;
}

void enqueue(cairn_heap* heap, QueueKind kind, cairn_object* object) {
    FinalizerQueue& queue = heap->queue;
    CAIRN_ASSERT_INTERNAL(queue.reserved > 0 && queue.count < queue.capacity);
    --queue.reserved;
    ++heap->gc.user_code_runs;
    const bool was_empty = queue.count == 0 && !queue.running;
    ++queue.count;
    item_at(queue, queue.count - 1) = {object, kind};
    if (was_empty && heap->on_finalizers_waiting != nullptr) {
        heap->on_finalizers_waiting(heap, heap->finalizers_waiting_data);
    }
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
        const size_t waiting = queue.count;
        run_item(heap, item);  // USER CODE
        // What this set off would, inline, have run before anything that was waiting already.
        move_to_front(queue, queue.count - waiting);
        ++ran;
        if (max_ns != 0 && now_ns() - start >= max_ns) {
            break;
        }
    }
    queue.running = false;
    if (queue.count > 0 && heap->on_finalizers_waiting != nullptr) {
        heap->on_finalizers_waiting(heap, heap->finalizers_waiting_data);
    }
    return ran;
}

void release_queue(cairn_heap* heap) {
    heap->memory.release_table(heap->queue.items, heap->queue.capacity * sizeof(QueueItem));
    heap->queue = FinalizerQueue{};
}

}  // namespace cairn
