// SPDX-License-Identifier: MIT
// Trial deletion: which candidates are referred to from outside the set of candidates?
#include "collect/collection.h"
#include "collect/ephemerons.h"
#include "finalize/queue.h"
#include "heap/cells.h"
#include "heap/tracking.h"
#include "object/misuse.h"
#include "object/walk.h"

namespace cairn {

namespace {

// A side byte holds -120 .. 127 around 128. What does not fit is carried, 64 at a time, to the
// overflow map: the exact value is (side - 128) + 64 * map.
constexpr int64_t kCarry = 64;

class Counter {
  public:
    explicit Counter(cairn_heap* heap) : heap_(heap) {}

    // Adds an object's references if a side byte holds the sum. Those of an immortal object it
    // never does, so nothing else need be asked first.
    static bool add_few(const cairn_object* object, uint8_t* side) {
        const uint32_t sum = *side + object->refcount;
        const bool fits = object->refcount <= uint32_t{UINT8_MAX} - *side;
        *side = fits ? static_cast<uint8_t>(sum) : *side;
        return fits;
    }

    [[gnu::noinline]] void add_many(const cairn_object* object, uint8_t* side) {
        const int64_t exact = int64_t{*side} + object->refcount - kUnreachable;
        *side = static_cast<uint8_t>(kUnreachable + exact % kCarry);
        carry(object, exact / kCarry);
    }

    // Whether a referent is a candidate cannot be predicted, so no branch depends on it: a
    // twentieth off the time for real programs.
    void subtract(const cairn_object* referent) {
        uint8_t* side = side_of(referent);
        const uint8_t before = *side;
        if (before == kFirstCandidate) [[unlikely]] {
            *side = kFirstCandidate + kCarry - 1;
            carry(referent, -1);
            return;
        }
        *side = static_cast<uint8_t>(before - (before > kFirstCandidate));
    }

    // Adds a reference that no count has.
    void add_one(const cairn_object* object) {
        uint8_t* side = side_of(object);
        if (*side == UINT8_MAX) {
            *side = UINT8_MAX + 1 - kCarry;
            carry(object, 1);
        } else {
            *side = static_cast<uint8_t>(*side + is_candidate(*side));
        }
    }

    [[nodiscard]] bool failed() const { return failed_; }

  private:
    [[gnu::noinline]] void carry(const cairn_object* object, int64_t units) {
        int64_t* carried = heap_->gc.overflow.find_or_add(heap_->memory, object);
        if (carried == nullptr) {
            failed_ = true;
            return;
        }
        *carried += units;
    }

    cairn_heap* heap_;
    bool failed_ = false;
};

}  // namespace

void spare_all(Collection& c) {
    const uint8_t target = side_of_generation(c.target);
    for_each_page(c.heap, examined_pages, [&c, target](Page* page) {
        c.reached += replace_in(page, page->examined_blocks, kCandidateSides, target);
    });
    OrderState& order = c.heap->order;
    // In a rescue these lists hold what user code made.
    if (c.heap->ordered && c.target != c.generation && !c.is_rescue) {
        order.generations[c.target].take_all(order.generations[c.generation]);
    }
    if (c.heap->ordered) {
        order.generations[c.target].take_all(order.unreachable);
    }
}

namespace {

void report_too_many_visits(const cairn_object* object) {
#if CAIRN_CHECK_LEVEL >= 1
    report_misuse(object, "traverse visits it more often than it is referred to");
#endif
    (void)object;
}

// Puts what was carried back: a candidate has references from outside, or it has none.
void resolve_overflow(cairn_heap* heap) {
    heap->gc.overflow.for_each([](const void* key, int64_t carried) {
        uint8_t* side = side_of(key);
        if (!is_candidate(*side)) {
            return;  // An immortal object, found and untracked after it had been counted down.
        }
        const int64_t exact = int64_t{*side} - kUnreachable + kCarry * carried;
        if (exact < 0) {
            report_too_many_visits(static_cast<const cairn_object*>(key));
        }
        *side = exact == 0 ? kUnreachable : UINT8_MAX;
    });
    heap->gc.overflow.clear();
}

// The members of a young generation lie on few blocks of a page that has had some free cells, and
// each phase goes through all blocks that are examined.
void merge_page(Collection& c, Page* page, SideRange merged) {
    uint8_t* sides = side_of(page->base);
    uint32_t examined = 0;
    for_each_block(kAllBlocks, [&c, &examined, sides, merged](uint32_t first) {
        if (find_sides(sides + first, merged) != 0) {
            c.candidates += replace_sides(sides + first, merged, kUnreachable);
            examined |= uint32_t{1} << (first / kSideBlock);
        }
    });
    page->examined_blocks = examined;
}

}  // namespace

void merge_younger_generations(Collection& c) {
    const int generation = c.generation;
    c.heap->space.close_bins();
    for (Segment* s = c.heap->space.first_segment(); s != nullptr; s = s->next) {
        s->examined_pages = generation == 2   ? container_pages(s)
                            : generation == 1 ? s->young_pages | s->middle_pages
                                              : s->young_pages;
        s->young_pages = 0;
        s->middle_pages &= generation == 0 ? ~uint64_t{0} : 0;
        s->middle_pages |= c.target == 1 ? s->examined_pages : 0;
    }
    const SideRange merged = {kYoung, side_of_generation(generation)};
    for_each_page(
        c.heap, examined_pages, [&c, merged](Page* page) { merge_page(c, page, merged); });
    if (c.heap->ordered) {
        merge_younger_lists(c);
    }
}

namespace {

template <typename Walk>
inline void count_object(
    Collection& c, Counter& counter, cairn_object* object, uint8_t* side, const Walk& walk) {
    if (!Counter::add_few(object, side)) [[unlikely]] {
        if (is_immortal(object)) {
            // It is nobody's garbage, and what it refers to is referred to from outside.
            untrack(c.heap, object);
            --c.candidates;
            return;
        }
        counter.add_many(object, side);
    }
    walk(object, [&counter](cairn_object* referent) { counter.subtract(referent); });
}

// In a full collection nearly every cell holds a candidate. One function for each way of walking,
// so that it has the processor's registers to itself.
template <typename Walk>
[[gnu::noinline]] void count_all_cells(Collection& c, Counter& counter, Page* page, Walk walk) {
    const CellsAhead ahead(page);
    for_each_cell_in(page, kCandidateSides, [&, ahead, walk](cairn_object* object, uint8_t* side) {
        ahead.prefetch(object);
        count_object(c, counter, object, side, walk);
    });
}

template <typename Walk>
[[gnu::noinline]] void count_found_cells(Collection& c, Counter& counter, Page* page, Walk walk) {
    for_each_in(page,
                page->examined_blocks,
                kCandidateSides,
                [&, walk](cairn_object* object, uint8_t* side) {
                    count_object(c, counter, object, side, walk);
                });
}

void count_page(Collection& c, Counter& counter, Page* page) {
    if (c.generation == 2 && !c.is_rescue) {
        with_walk_of(page, [&](auto walk) { count_all_cells(c, counter, page, walk); });
    } else {
        with_walk_of(page, [&](auto walk) { count_found_cells(c, counter, page, walk); });
    }
}

}  // namespace

namespace {

// A map that is reachable keeps its values only as far as their keys are: inside the unreachable
// set a value's reference from such a map is an internal one. (The first count has it so already,
// since map and value were candidates together.)
void subtract_ephemerons(const Collection& c, Counter& counter) {
    if (has_option(c.heap, CAIRN_HEAP_STRONG_WEAKKEY_VALUES)) {
        return;
    }
    for_each_weak_key_entry(c.heap, [&counter](const WeakMapObject* map, const WeakEntry& entry) {
        const bool key_is_unreachable = is_candidate(*side_of(entry.weak));
        if (!is_candidate(*side_of(map)) && key_is_unreachable && entry.strong != nullptr) {
            counter.subtract(entry.strong);
        }
    });
}

}  // namespace

bool subtract_internal_refs(Collection& c) {
    const LimitLifted lifted(c.heap->memory);
    Counter counter(c.heap);
    for_each_page(
        c.heap, examined_pages, [&c, &counter](Page* page) { count_page(c, counter, page); });
    if (c.is_rescue) {
        subtract_ephemerons(c, counter);
    }
    for_each_borrowed(c.heap, [&counter](const cairn_object* object) { counter.add_one(object); });
    if (counter.failed()) {
        c.heap->gc.overflow.clear();
        return false;
    }
    resolve_overflow(c.heap);
    return true;
}

}  // namespace cairn
