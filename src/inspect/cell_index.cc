// SPDX-License-Identifier: MIT
#include "inspect/cell_index.h"

namespace cairn {

bool CellIndex::build() {
    uint32_t segments = 0;
    size_t pages = 0;
    for (Segment* s = heap_->space.first_segment(); s != nullptr; s = s->next) {
        s->number = segments++;
        pages += static_cast<size_t>(std::popcount(used_pages(s)));
    }
    if (!firsts_.reserve(heap_->memory, segments * kMaxPages) ||
        !pages_.reserve(heap_->memory, pages)) {
        return false;
    }
    for (Segment* s = heap_->space.first_segment(); s != nullptr; s = s->next) {
        for (uint32_t i = 0; i < kMaxPages; ++i) {
            Page* page = &s->pages[i];
            firsts_.push_reserved(size_);
            if (i < s->page_count && page->cell_size != 0) {
                pages_.push_reserved({page, size_});
                size_ += carved_cells(page);
            }
        }
    }
    return true;
}

cairn_object* CellIndex::object(size_t number) const {
    size_t low = 0;
    size_t high = pages_.size();
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        (pages_[middle].first <= number ? low : high) = middle;
    }
    const NumberedPage& found = pages_[low];
    std::byte* cell = found.page->base + (number - found.first) * found.page->cell_size;
    return reinterpret_cast<cairn_object*>(cell);
}

}  // namespace cairn
