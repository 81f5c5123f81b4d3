#include "collect/unreachable.h"

#include "heap/cells.h"

namespace cairn {

cairn_object* UnreachableWalk::next() {
    if (heap_->ordered) {
        return next_in_order();
    }
    while (segment_ != nullptr) {
        if (cairn_object* object = next_in_page()) {
            return object;
        }
        if (pages_ == 0) {
            segment_ = segment_->next;
            pages_ = segment_ == nullptr ? 0 : segment_->examined_pages;
            continue;
        }
        Page* page = &segment_->pages[std::countr_zero(pages_)];
        pages_ &= pages_ - 1;
        cell_ = page->base;
        cell_size_ = page->cell_size;
        cells_left_ = page->cell_size == 0 ? 0 : carved_cells(page);
    }
    return nullptr;
}

cairn_object* UnreachableWalk::next_in_page() {
    while (cells_left_ > 0) {
        std::byte* cell = cell_;
        cell_ += cell_size_;
        --cells_left_;
        if (*side_of(cell) == kUnreachable) {
            return reinterpret_cast<cairn_object*>(cell);
        }
    }
    return nullptr;
}

// Takes the first of the list and moves it to the list of those seen, as CPython's
// finalize_garbage does: whatever happens to either list meanwhile, nothing is met twice.
cairn_object* UnreachableWalk::next_in_order() {
    OrderState& order = heap_->order;
    if (order.unreachable.is_empty()) {
        order.unreachable.take_all(order.seen);
        return nullptr;
    }
    cairn_object* object = order.unreachable.first()->object;
    order.seen.move_here(object);
    return object;
}

}  // namespace cairn
