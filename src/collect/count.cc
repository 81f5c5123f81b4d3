// SPDX-License-Identifier: MIT
#include "collect/count.h"

#include "collect/ephemerons.h"
#include "finalize/queue.h"
#include "heap/cells.h"
#include "heap/tracking.h"
#include "object/misuse.h"
#include "object/walk.h"

namespace cairn {

namespace {

using SideCounter = Counter<SidePlane>;

void report_too_many_visits(const cairn_object* object) {
#if CAIRN_CHECK_LEVEL >= 1
    report_misuse(object, "traverse visits it more often than it is referred to");
#endif
    (void)object;
}

// What one collection needed for very many is not gone through by all that follow.
void empty_overflow(cairn_heap* heap) {
    constexpr size_t kMostIdle = 4096;
    if (heap->gc.overflow.capacity() > kMostIdle) {
        heap->gc.overflow.release(heap->memory);
    } else {
        heap->gc.overflow.clear();
    }
}

// Puts what was carried back: a candidate has references from outside, or it has none.
void resolve_overflow(cairn_heap* heap) {
    heap->gc.overflow.for_each([](const void* key, int64_t carried) {
        uint8_t* side = side_of(key);
        if (!is_candidate(*side)) {
            return;  // An immortal object, found and untracked after it had been counted down.
        }
        const int64_t exact = exact_count(*side, carried);
        if (exact < 0) {
            report_too_many_visits(static_cast<const cairn_object*>(key));
        }
        *side = exact == 0 ? kUnreachable : UINT8_MAX;
    });
    empty_overflow(heap);
}

template <typename Walk>
inline void count_object(CandidateSet& set,
                         SideCounter& counter,
                         cairn_object* object,
                         uint8_t* side,
                         const Walk& walk) {
    if (!counter.add(object, side)) [[unlikely]] {
        // It is nobody's garbage, and what it refers to is referred to from outside.
        untrack(set.heap, object);
        --set.members;
        return;
    }
    walk(object, [&counter](cairn_object* referent) { counter.subtract(referent); });
}

// In a full collection nearly every cell holds a candidate. One function for each way of walking,
// so that it has the processor's registers to itself.
template <typename Walk>
[[gnu::noinline]] void count_all_cells(CandidateSet& set,
                                       SideCounter& counter,
                                       Page* page,
                                       Walk walk) {
    const CellsAhead ahead(page);
    for_each_cell_in(page, kCandidateSides, [&, ahead, walk](cairn_object* object, uint8_t* side) {
        ahead.prefetch(object);
        count_object(set, counter, object, side, walk);
    });
}

template <typename Walk>
[[gnu::noinline]] void count_found_cells(CandidateSet& set,
                                         SideCounter& counter,
                                         Page* page,
                                         Walk walk) {
    for_each_in(page,
                page->examined_blocks,
                kCandidateSides,
                [&, walk](cairn_object* object, uint8_t* side) {
                    count_object(set, counter, object, side, walk);
                });
}

void count_page(CandidateSet& set, SideCounter& counter, Page* page) {
    if (set.is_whole && !set.is_partial) {
        with_walk_of(page, [&](auto walk) { count_all_cells(set, counter, page, walk); });
    } else {
        with_walk_of(page, [&](auto walk) { count_found_cells(set, counter, page, walk); });
    }
}

}  // namespace

namespace {

// A map that is reachable keeps its values only as far as their keys are: inside the unreachable
// set a value's reference from such a map is an internal one. (The first count has it so already,
// since map and value were candidates together.)
void subtract_ephemerons(const CandidateSet& set, SideCounter& counter) {
    for_each_entry_of_keys(
        set.heap, kCandidateSides, [&counter](const WeakMapObject* map, const WeakEntry& entry) {
            if (!is_candidate(*side_of(map)) && entry.strong != nullptr) {
                counter.subtract(entry.strong);
            }
        });
}

// Objects that the finalizer queue holds without a count are referred to from outside. Goes through
// the shorter of two lists: the items that wait, or the candidates.
void add_borrowed(const CandidateSet& set, SideCounter& counter) {
    const FinalizerQueue& queue = set.heap->queue;
    const auto add = [&counter](const cairn_object* object) { counter.add_one(object); };
    if (queue.borrowed == 0 || queue.count() <= set.members) {
        for_each_borrowed(set.heap, add);
        return;
    }
    for_each_examined(set.heap, [&add](Page* page) {
        for_each_in(
            page, page->examined_blocks, kCandidateSides, [&add](cairn_object* object, uint8_t*) {
                if ((object->flags & kIsBorrowed) != 0) {
                    add(object);
                }
            });
    });
}

}  // namespace

bool count(CandidateSet& set) {
    const LimitLifted lifted(set.heap->memory);
    SideCounter counter(set.heap->memory, set.heap->gc.overflow);
    for_each_examined(set.heap, [&set, &counter](Page* page) { count_page(set, counter, page); });
    if (set.is_partial) {
        subtract_ephemerons(set, counter);
    }
    add_borrowed(set, counter);
    if (counter.failed()) {
        empty_overflow(set.heap);
        return false;
    }
    resolve_overflow(set.heap);
    return true;
}

}  // namespace cairn
