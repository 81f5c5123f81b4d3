// SPDX-License-Identifier: MIT
#include "collect/candidates.h"

#include "collect/count.h"
#include "collect/ephemerons.h"
#include "collect/order.h"
#include "collect/propagation.h"

namespace cairn {

void end_examination(cairn_heap* heap) {
    for (Segment* segment = heap->gc.first_examined; segment != nullptr;) {
        Segment* next = segment->next_examined;
        segment->examined_pages = 0;
        segment->next_examined = nullptr;
        segment = next;
    }
    heap->gc.first_examined = heap->gc.last_examined = nullptr;
}

namespace {

void examine_segment(cairn_heap* heap, Segment* segment, uint64_t pages) {
    if (segment->examined_pages == 0 && pages != 0) {
        Segment*& last = heap->gc.last_examined;
        (last == nullptr ? heap->gc.first_examined : last->next_examined) = segment;
        last = segment;
    }
    segment->examined_pages |= pages;
}

// The members of a young generation lie on few blocks of a page that has had some free cells, and
// each phase goes through all blocks that are examined: INV-CANDIDATE-BLOCK.
void merge_page(CandidateSet& set, Page* page, SideRange merged) {
    uint8_t* sides = side_of(page->base);
    uint32_t examined = 0;
    for_each_block(kAllBlocks, [&set, &examined, sides, merged](uint32_t first) {
        if (find_sides(sides + first, merged) != 0) {
            set.members += replace_sides(sides + first, merged, kUnreachable);
            examined |= uint32_t{1} << (first / kSideBlock);
        }
    });
    page->examined_blocks = examined;
}

}  // namespace

CandidateSet by_generation(cairn_heap* heap, int generation) {
    CandidateSet set(heap, generation < 2 ? generation + 1 : 2);
    set.is_whole = generation == 2;
    heap->space.close_bins();
    for (Segment* s = heap->space.first_segment(); s != nullptr; s = s->next) {
        examine_segment(heap,
                        s,
                        generation == 2   ? container_pages(s)
                        : generation == 1 ? s->young_pages | s->middle_pages
                                          : s->young_pages);
        s->young_pages = 0;
        s->middle_pages &= generation == 0 ? ~uint64_t{0} : 0;
        s->middle_pages |= set.target == 1 ? s->examined_pages : 0;
    }
    const SideRange merged = {kYoung, side_of_generation(generation)};
    for_each_examined(heap, [&set, merged](Page* page) { merge_page(set, page, merged); });
    if (heap->ordered) {
        merge_younger_lists(set, generation);
    } else {
        merge_leaf_keys(set);
    }
    return set;
}

void add_member(CandidateSet& set, const cairn_object* object) {
    uint8_t* side = side_of(object);
    Segment* segment = segment_of(object);
    Page* page = page_of(object);
    const uint64_t bit = uint64_t{1} << page_index_of(object);
    if ((segment->examined_pages & bit) == 0) {
        examine_segment(set.heap, segment, bit);
        page->examined_blocks = 0;
    }
    const auto offset = static_cast<size_t>(side - side_of(page->base));
    page->examined_blocks |= uint32_t{1} << (offset / kSideBlock);
    *side = kUnreachable;
}

namespace {

// Memory is out: every candidate survives.
void spare_all(CandidateSet& set) {
    const uint8_t target = side_of_generation(set.target);
    for_each_examined(set.heap, [&set, target](Page* page) {
        set.reached += replace_in(page, page->examined_blocks, kCandidateSides, target);
    });
    if (set.heap->ordered) {
        spare_list(set);
    }
}

}  // namespace

bool prove(CandidateSet& set) {
    bool is_proven = true;
    if (!mark_declared_roots(set)) {
        is_proven = count(set);
        if (!is_proven) {
            spare_all(set);
        } else if (set.heap->ordered) {
            separate_unreachable_in_order(set);
        } else {
            separate_unreachable(set);
        }
    }
    untrack_reached_leaf_keys(set);
    // What was found reachable is outside the set from now on.
    set.is_partial = true;
    return is_proven;
}

}  // namespace cairn
