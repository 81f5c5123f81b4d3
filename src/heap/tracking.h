// SPDX-License-Identifier: MIT
// Which generation an object is in.
#ifndef CAIRN_HEAP_TRACKING_H
#define CAIRN_HEAP_TRACKING_H

#include "heap/heap.h"
#include "object/header.h"

namespace cairn {

// A collection of a generation looks only at pages that are marked here.
inline void mark_page(cairn_object* object, int generation) {
    Segment* segment = segment_of(object);
    const uint32_t index = page_index_of(object);
    if (generation == 0) {
        // Set already, but for the first object after a collection: no store to wait for.
        if ((segment->young_pages >> index & 1) == 0) {
            segment->young_pages |= uint64_t{1} << index;
        }
    } else if (generation == 1) {
        segment->middle_pages |= uint64_t{1} << index;
    }
}

// Puts a tracked or untracked object into a generation, as its newest member: INV-SIDE-TRACKED,
// INV-PAGE-MARKS, INV-ORDER-LISTS.
inline void set_generation(cairn_heap* heap, cairn_object* object, int generation) {
    *side_of(object) = side_of_generation(generation);
    mark_page(object, generation);
    if (heap->ordered) {
        heap->order.generations[generation].move_here(object);
    }
}

// The quarter rule counts what joined the oldest generation, less what died there.
inline void forget_old(cairn_heap* heap, uint8_t side) {
    if (side == kOld && heap->policy.long_lived_pending > 0) {
        --heap->policy.long_lived_pending;
    }
}

// Takes an object out of its generation, while it lives. Was it in one?
inline bool untrack(cairn_heap* heap, cairn_object* object) {
    uint8_t* side = side_of(object);
    if (*side == kUntracked) {
        return false;
    }
    if (heap->ordered) {
        OrderList::remove(object);
    }
    *side = kUntracked;
    return true;
}

// The same when it dies.
inline bool untrack_dying(cairn_heap* heap, cairn_object* object) {
    forget_old(heap, *side_of(object));
    return untrack(heap, object);
}

// It never dies from now on, and what it refers to is referred to from outside.
inline void make_immortal(cairn_heap* heap, cairn_object* object) {
    object->refcount = kImmortalRefcount;
    untrack(heap, object);
}

}  // namespace cairn

#endif
