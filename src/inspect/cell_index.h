// SPDX-License-Identifier: MIT
// A number for each cell of a heap, in the order of a walk, so that tables about objects are
// arrays.
#ifndef CAIRN_INSPECT_CELL_INDEX_H
#define CAIRN_INSPECT_CELL_INDEX_H

#include <cstddef>
#include <cstdint>

#include "base/array.h"
#include "heap/cells.h"

namespace cairn {

// The number of an object's cell on its page.
inline size_t cell_on_page(const Page* page, const cairn_object* object) {
    return cell_of_granule(page, static_cast<uint32_t>(side_of(object) - side_of(page->base)));
}

// Numbers are valid until an object is made or a page given back. Takes 24 bytes for each page of
// 64 KiB. Two at a time number the cells alike.
class CellIndex {
  public:
    explicit CellIndex(cairn_heap* heap) : heap_(heap) {}
    ~CellIndex() {
        pages_.release(heap_->memory);
        firsts_.release(heap_->memory);
    }
    CellIndex(const CellIndex&) = delete;
    CellIndex& operator=(const CellIndex&) = delete;

    // Comes first. False when memory is out.
    [[nodiscard]] bool build();

    // All numbers are below it.
    [[nodiscard]] size_t size() const { return size_; }

    [[nodiscard]] size_t number(const cairn_object* object) const {
        const Segment* segment = segment_of(object);
        const Page* page = page_of(object);
        const auto on_segment = static_cast<size_t>(page - segment->pages);
        return firsts_[segment->number * kMaxPages + on_segment] + cell_on_page(page, object);
    }

    [[nodiscard]] cairn_object* object(size_t number) const;

    // Calls `visit(object, number)` for each live object.
    template <typename F>
    void for_each(F visit) const {
        for (const NumberedPage& numbered : pages_) {
            for_each_on(numbered, visit);
        }
    }

    // The same for those whose numbers lie in the range.
    template <typename F>
    void for_each_in(size_t first, size_t end, F visit) const {
        for (const NumberedPage& numbered : pages_) {
            if (numbered.first < end && numbered.first + carved_cells(numbered.page) > first) {
                for_each_on(numbered, [&](cairn_object* object, size_t number) {
                    if (number >= first && number < end) {
                        visit(object, number);
                    }
                });
            }
        }
    }

  private:
    struct NumberedPage {
        Page* page;
        size_t first;
    };

    template <typename F>
    static void for_each_on(const NumberedPage& numbered, F visit) {
        for_each_object_on(numbered.page, [&](cairn_object* object, size_t cell) {
            visit(object, numbered.first + cell);
        });
    }

    cairn_heap* heap_;
    Array<NumberedPage> pages_;
    Array<size_t> firsts_;  // of each page, by segment
    size_t size_ = 0;
};

}  // namespace cairn

#endif
