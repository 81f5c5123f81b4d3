// SPDX-License-Identifier: MIT
#include "finalize/queue.h"

#include <algorithm>

#include "base/clock.h"
#include "finalize/deliver.h"
#include "finalize/registry.h"
#include "object/host_call.h"

namespace cairn {

namespace {

void append(FinalizerQueue& queue, QueueList& list, uint32_t at) {
    queue.items[at].previous = list.last;
    queue.items[at].next = kNoItem;
    (list.last == kNoItem ? list.first : queue.items[list.last].next) = at;
    list.last = at;
    ++list.count;
}

void remove(FinalizerQueue& queue, QueueList& list, uint32_t at) {
    const QueueItem& item = queue.items[at];
    (item.previous == kNoItem ? list.first : queue.items[item.previous].next) = item.next;
    (item.next == kNoItem ? list.last : queue.items[item.next].previous) = item.previous;
    --list.count;
}

uint32_t put_last(FinalizerQueue& queue, QueueList& list, const QueueItem& item) {
    const uint32_t at = queue.free_item;
    queue.free_item = queue.items[at].next;
    queue.items[at] = item;
    append(queue, list, at);
    return at;
}

QueueItem take_first(FinalizerQueue& queue) {
    const uint32_t at = queue.waiting.first;
    const QueueItem item = queue.items[at];
    remove(queue, queue.waiting, at);
    queue.items[at].next = queue.free_item;
    queue.free_item = at;
    return item;
}

// Puts what the item that ran has set off before what waits, in its order.
void move_fresh_to_front(FinalizerQueue& queue) {
    QueueList& fresh = queue.fresh;
    if (fresh.count == 0) {
        return;
    }
    if (queue.waiting.count > 0) {
        queue.items[fresh.last].next = queue.waiting.first;
        queue.items[queue.waiting.first].previous = fresh.last;
        fresh.last = queue.waiting.last;
    }
    fresh.count += queue.waiting.count;
    queue.waiting = fresh;
    fresh = QueueList();
}

// Where the finalizer of an object waits, or kNoItem: it is fresh, or not among so many from both
// ends, where mostly what comes next is.
uint32_t search_waiting(const FinalizerQueue& queue, const cairn_object* object, size_t most) {
    const auto is_wanted = [&queue, object](uint32_t at) {
        return queue.items[at].object == object && queue.items[at].kind == QueueKind::kFinalizer;
    };
    uint32_t first = queue.waiting.first;
    uint32_t last = queue.waiting.last;
    for (size_t left = std::min(queue.waiting.count, most); left > 0; left -= left == 1 ? 1 : 2) {
        if (is_wanted(first)) {
            return first;
        }
        if (is_wanted(last)) {
            return last;
        }
        first = queue.items[first].next;
        last = queue.items[last].previous;
    }
    return kNoItem;
}

void forget_places(cairn_heap* heap) {
    heap->queue.places.release(heap->memory);
    heap->queue.noted = false;
}

// INV-QUEUE-NOTED. Where memory is out nothing is noted any more, and searches are long.
void note_place(cairn_heap* heap, uint32_t at) {
    FinalizerQueue& queue = heap->queue;
    if (!queue.noted || !is_borrowed(queue.items[at])) {
        return;
    }
    const LimitLifted lifted(heap->memory);
    uint32_t* place = queue.places.find_or_add(heap->memory, queue.items[at].object);
    if (place == nullptr) {
        forget_places(heap);
    } else {
        *place = at;
    }
}

void note_places(cairn_heap* heap, const QueueList& list) {
    const FinalizerQueue& queue = heap->queue;
    for (uint32_t i = list.first; i != kNoItem; i = queue.items[i].next) {
        note_place(heap, i);
    }
}

// Where the finalizer of a borrowed object waits, or kNoItem: it is fresh.
uint32_t find_waiting(cairn_heap* heap, const cairn_object* object) {
    constexpr size_t kShortSearch = 32;
    FinalizerQueue& queue = heap->queue;
    const uint32_t at = search_waiting(queue, object, kShortSearch);
    if (at != kNoItem || queue.waiting.count <= kShortSearch) {
        return at;
    }
    if (!queue.noted) {
        queue.noted = true;
        note_places(heap, queue.waiting);
        note_places(heap, queue.fresh);
    }
    if (!queue.noted) {
        return search_waiting(queue, object, queue.waiting.count);
    }
    const uint32_t place = *queue.places.find(object);
    return queue.items[place].set_off_by == queue.runs ? kNoItem : place;
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
    auto* items =
        capacity >= kNoItem
            ? nullptr
            : static_cast<QueueItem*>(heap->memory.allocate_table(capacity * sizeof(QueueItem)));
    if (items == nullptr) {
        return false;
    }
    FinalizerQueue& queue = heap->queue;
    forget_places(heap);
    const FinalizerQueue old = queue;
    queue.items = items;
    queue.capacity = capacity;
    queue.waiting = queue.fresh = QueueList();
    queue.free_item = kNoItem;
    for (size_t i = capacity; i-- > 0;) {
        items[i].next = queue.free_item;
        queue.free_item = static_cast<uint32_t>(i);
    }
    for_each_item(old, old.waiting, [&queue](const QueueItem& item) {
        put_last(queue, queue.waiting, item);
    });
    for_each_item(
        old, old.fresh, [&queue](const QueueItem& item) { put_last(queue, queue.fresh, item); });
    heap->memory.release_table(old.items, old.capacity * sizeof(QueueItem));
    return true;
}

void stop_borrowing(cairn_heap* heap, cairn_object* object) {
    object->flags &= ~static_cast<uint32_t>(kIsBorrowed);
    heap->queue.places.remove(object);
    --heap->queue.borrowed;
}

// Lets go of a weak reference, and returns the next to the same object, or the first if user code
// has let go of the next. USER CODE.
WeakrefObject* release_before(cairn_heap* heap, WeakrefObject* ref, WeakrefObject* next) {
    cairn_object* referent = ref->referent;
    if (next != nullptr) {
        retain(&next->head);
    }
    release(&ref->head);  // USER CODE
    if (next == nullptr) {
        return nullptr;
    }
    const bool is_there = next->referent == referent && next->head.refcount > 1;
    release(&next->head);  // USER CODE
    return is_there ? next : first_weakref(heap, referent);
}

// Lets go of the weak references that waited with `object` (see waits_with_referent()), if its
// finalizer saves it: they would have died without a call. USER CODE.
void release_resurrected(cairn_heap* heap, cairn_object* object) {
    if (object->refcount == 1) {
        return;
    }
    WeakrefObject* ref = first_weakref(heap, object);
    while (ref != nullptr) {
        WeakrefObject* next = ref->next;
        if ((ref->state & kWaitsWithReferent) != 0) {
            ref->state &= ~static_cast<uint32_t>(kWaitsWithReferent);
            next = release_before(heap, ref, next);  // USER CODE
        }
        ref = next;
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
            if (is_borrowed(item)) {
                stop_borrowing(heap, item.object);
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
    const size_t wanted = queue.count() + queue.reserved + 1;
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
    CAIRN_ASSERT_INTERNAL(queue.reserved > 0 && queue.free_item != kNoItem);
    --queue.reserved;
    ++heap->gc.user_code_runs;
    const bool was_empty = queue.count() == 0 && !queue.running;
    const QueueItem item = {object, kNoItem, kNoItem, queue.runs, kind};
    const uint32_t at = put_last(queue, queue.running ? queue.fresh : queue.waiting, item);
    queue.borrowed += is_borrowed(item);
    note_place(heap, at);
    if (was_empty) {
        tell_host(heap, object);  // HOST CODE
    }
}

void own_borrowed(cairn_heap* heap, cairn_object* object) {
    FinalizerQueue& queue = heap->queue;
    const uint32_t at = queue.running ? find_waiting(heap, object) : kNoItem;
    stop_borrowing(heap, object);
    if (at != kNoItem) {
        remove(queue, queue.waiting, at);
        append(queue, queue.fresh, at);
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
    while (queue.count() > 0 && (max_count == 0 || ran < max_count)) {
        const QueueItem item = take_first(queue);
        ++queue.runs;
        run_item(heap, item);  // USER CODE
        move_fresh_to_front(queue);
        ++ran;
        if (max_ns != 0 && now_ns() - start >= max_ns) {
            break;
        }
    }
    queue.running = false;
    if (queue.count() > 0) {
        tell_host(heap, nullptr);  // HOST CODE
    } else {
        forget_places(heap);
    }
    return ran;
}

void shrink_queue(cairn_heap* heap) {
    const FinalizerQueue& queue = heap->queue;
    const size_t wanted = capacity_for(queue.count() + queue.reserved);
    if (wanted < queue.capacity / 2) {
        (void)resize(heap, wanted);
    }
}

void release_queue(cairn_heap* heap) {
    forget_places(heap);
    heap->memory.release_table(heap->queue.items, heap->queue.capacity * sizeof(QueueItem));
}

}  // namespace cairn
