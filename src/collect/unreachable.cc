// SPDX-License-Identifier: MIT
#include "collect/unreachable.h"

#include "collect/order.h"
#include "heap/cells.h"

namespace cairn {

cairn_object* UnreachableWalk::next() {
    if (heap_->ordered) {
        return next_unreachable_in_order(heap_);
    }
    while (segment_ != nullptr) {
        if (cairn_object* object = next_in_page()) {
            return object;
        }
        if (pages_ == 0) {
            segment_ = segment_->next_examined;
            pages_ = segment_ == nullptr ? 0 : segment_->examined_pages;
            continue;
        }
        const Page* page = &segment_->pages[std::countr_zero(pages_)];
        pages_ &= pages_ - 1;
        const bool can_have_finalizers = page->bin == nullptr || page->bin->has_finalizers;
        if (page->cell_size != 0 && (can_have_finalizers || !with_finalizers_)) {
            page_ = page;
            blocks_ = page->examined_blocks;
        }
    }
    return nullptr;
}

// Nothing becomes unreachable during a walk. So side bytes are found 64 at a time, and each is
// looked at again when its turn comes: a walk over few garbage among many live objects reads no
// cell, and none one by one.
cairn_object* UnreachableWalk::next_in_page() {
    while (found_ != 0 || blocks_ != 0) {
        const uint8_t* sides = side_of(page_->base);
        if (found_ == 0) {
            first_ = static_cast<uint32_t>(std::countr_zero(blocks_)) * uint32_t{kSideBlock};
            blocks_ &= blocks_ - 1;
            found_ = find_sides(sides + first_, only(kUnreachable));
            continue;
        }
        const uint32_t granule = first_ + static_cast<uint32_t>(std::countr_zero(found_));
        found_ &= found_ - 1;
        // A page that lost all its objects meanwhile may have been given to other ones.
        if (sides[granule] == kUnreachable) {
            return object_of_granule(page_, granule);
        }
    }
    return nullptr;
}

}  // namespace cairn
