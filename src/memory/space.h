// SPDX-License-Identifier: MIT
// All segments of one heap: pages for bins, spans for large objects, what is given back.
#ifndef CAIRN_MEMORY_SPACE_H
#define CAIRN_MEMORY_SPACE_H

#include <cstddef>
#include <cstdint>

#include "base/memory.h"
#include "memory/bin.h"
#include "memory/segment.h"

namespace cairn {

class Space {
  public:
    void init(Memory* memory, cairn_heap* heap, bool huge_pages) {
        memory_ = memory;
        heap_ = heap;
        huge_pages_ = huge_pages;
    }

    // The bin for this cell size and layout, made if need be; nullptr when memory is out. Objects
    // of one layout are all containers, or all leaves.
    [[nodiscard]] Bin* bin_for(size_t cell_size, const Layout& layout, bool holds_containers);

    // A cell from another page than the bin's current one, which has no more; nullptr when memory
    // is out. `is_new`: the page is new in the bin.
    [[nodiscard]] void* take_from_other_page(Bin* bin, bool& is_new);

    // Closes all bins that hand out cells without marking their pages as young, which open_bin did.
    // Comes before the marks are cleared.
    void close_bins();

    // A bin that never hands out a cell.
    [[nodiscard]] Bin* closed_bin() { return &closed_; }

    // Memory for one object above kLargestCell; nullptr when memory is out.
    [[nodiscard]] void* take_large(size_t size, bool is_leaf);
    void give_large(void* object);

    // Gives back the pages of a bin whose cells are all free; all bins must be closed.
    void sweep_bin(Bin* bin);

    // Gives back the pages of bins whose cells are all free, or forgotten (Bin::forget_cells).
    void sweep_pages();

    // The same, and empty segments as release_empty_segments() does. No collection may be under
    // way.
    void sweep(size_t most_segments);

    // Gives empty segments back: those that a large object had to itself, and `most` of the rest.
    // If that is SIZE_MAX, free pages of the other segments lose their memory too.
    void release_empty_segments(size_t most);
    [[nodiscard]] size_t count_empty_segments() const;

    // Gives back the next segment that release_empty_segments(most) would, or a part of its memory:
    // the system may take a millisecond for a whole one. False: there is none.
    [[nodiscard]] bool release_some(size_t& most);

    // The cells in use and large objects. O(pages).
    [[nodiscard]] size_t live_bytes() const;

    // Gives everything back, whatever is alive.
    void release_all();

    [[nodiscard]] Segment* first_segment() const { return segments_; }
    [[nodiscard]] Bin* first_bin() const { return bins_; }

    // Set during a collection, so that walks over segments stay valid while objects die.
    bool hold_segments = false;

    // Set during a walk over all cells between whose steps user code may collect: pages on which
    // nothing lives any more do not go to cells of another size.
    bool hold_pages = false;

    // Set during a cycle of collection in slices: what is on a page taken now is no part of it.
    bool blank_shadows = false;

  private:
    // `provide`: the memory of a single page will be written to all over, soon.
    Page* acquire(uint32_t pages, bool provide);
    void blank_sides(const Page* page) const;
    Segment* add_segment(size_t size, uint32_t page_count);
    void release_pages(Page* page);
    void release_segment(Segment* segment);
    void discard_free_pages(Segment* segment);
    bool discard_part(Segment* segment);
    static Page* find_run(Segment* segment, uint32_t pages, bool provide);
    void open_bin(Bin* bin, Page* page);

    Memory* memory_ = nullptr;
    cairn_heap* heap_ = nullptr;
    Segment* segments_ = nullptr;
    Segment* roomy_ = nullptr;   // where the last page was found
    Segment* parted_ = nullptr;  // an empty one whose memory went back before this offset
    size_t parted_before_ = 0;
    Bin* bins_ = nullptr;
    Bin* open_bins_ = nullptr;  // those of containers
    Bin closed_;
    uint32_t next_segment_pages_ = 6;
    bool huge_pages_ = false;
};

// Bytes that count as used for `pages` pages: their own and their side bytes.
inline constexpr size_t counted_page_bytes(size_t pages) {
    return pages * (kPageSize + kPageSize / kGranule);
}

}  // namespace cairn

#endif
