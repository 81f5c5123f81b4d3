// Going through the unreachable objects of a collection while user code may run between two steps.
#ifndef CAIRN_COLLECT_UNREACHABLE_H
#define CAIRN_COLLECT_UNREACHABLE_H

#include "collect/collection.h"

namespace cairn {

// Gives each object that is unreachable when its turn comes, once: by address, or in CPython's
// order. Objects may die, be rescued or be made meanwhile.
class UnreachableWalk {
  public:
    explicit UnreachableWalk(Collection& c)
        : heap_(c.heap), segment_(c.heap->ordered ? nullptr : c.heap->space.first_segment()) {
        pages_ = segment_ == nullptr ? 0 : segment_->examined_pages;
    }

    // nullptr at the end.
    cairn_object* next();

  private:
    cairn_object* next_in_order();
    cairn_object* next_in_page();

    cairn_heap* heap_;
    Segment* segment_;
    uint64_t pages_ = 0;  // of the segment, not yet entered
    std::byte* cell_ = nullptr;
    size_t cell_size_ = 0;
    uint32_t cells_left_ = 0;
};

}  // namespace cairn

#endif
