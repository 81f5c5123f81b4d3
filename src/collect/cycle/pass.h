// SPDX-License-Identifier: MIT
// Going through the enrolled pages, a block of shadow bytes at a time, over many slices.
#ifndef CAIRN_COLLECT_CYCLE_PASS_H
#define CAIRN_COLLECT_CYCLE_PASS_H

#include "collect/cycle/pacing.h"
#include "heap/cells.h"
#include "heap/heap.h"

namespace cairn {

// Where a pass goes on. A segment with enrolled pages stays until the cycle is over (Space), and
// the pass rests in no other.
struct Pass {
    Segment* segment = nullptr;
    uint64_t pages = 0;  // of the segment, not yet entered
    Page* page = nullptr;
    uint32_t blocks = 0;  // of the page, not yet visited

    // From the first segment on. `enter(segment)` says which pages of a segment are in the pass.
    template <typename F>
    void begin(cairn_heap* heap, F enter) {
        page = nullptr;
        blocks = 0;
        go_to(heap->space.first_segment(), enter);
    }

    // Calls `visit(page, first)` for the blocks that are left, which returns how much work that
    // was. True when there are no more, false when the budget is over.
    template <typename Enter, typename F>
    bool go_on(Budget& budget, Enter enter, F visit) {
        while (segment != nullptr) {
            for (; blocks != 0; blocks &= blocks - 1) {
                if (budget.is_over(0)) {
                    return false;
                }
                if (page->cell_size == 0) {
                    blocks = 0;
                    break;
                }
                const auto first =
                    static_cast<uint32_t>(std::countr_zero(blocks)) * uint32_t{kSideBlock};
                (void)budget.is_over(visit(page, first));
            }
            if (pages != 0) {
                page = &segment->pages[std::countr_zero(pages)];
                pages &= pages - 1;
                blocks = kAllBlocks;
                continue;
            }
            go_to(segment->next, enter);
        }
        return true;
    }

  private:
    // To the first segment from `next` on of which something is in the pass: another might go.
    template <typename F>
    void go_to(Segment* next, F enter) {
        pages = 0;
        for (segment = next; segment != nullptr; segment = segment->next) {
            pages = enter(segment);
            if (pages != 0) {
                return;
            }
        }
    }
};

inline uint64_t enrolled_pages(const Segment* segment) {
    return segment->enrolled_pages;
}

}  // namespace cairn

#endif
