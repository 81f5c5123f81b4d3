// SPDX-License-Identifier: MIT
#include "memory/space.h"

#include <bit>
#include <new>

#include "base/probes.h"
#include "memory/known.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace cairn {

namespace {

bool is_empty(const Segment* segment) {
    return static_cast<uint32_t>(std::popcount(segment->free_pages)) == segment->page_count;
}

// May it go? A cycle of collection in slices has places in the segments that take part.
bool is_idle(const Segment* segment) {
    return is_empty(segment) && segment->enrolled_pages == 0;
}

// The first empty segment from `from` on that is to go back: one that a large object had to itself,
// or one of the `most` others. Where `keep_one` is set, the first of those stays.
Segment* next_to_release(Segment* from, bool& keep_one, size_t& most) {
    for (Segment* segment = from; segment != nullptr; segment = segment->next) {
        if (!is_idle(segment)) {
            continue;
        }
        if (segment->page_count == 1) {
            return segment;
        }
        if (keep_one) {
            keep_one = false;
        } else if (most > 0) {
            --most;
            return segment;
        }
    }
    return nullptr;
}

uint64_t run_mask(uint32_t index, uint32_t pages) {
    static_assert(kMaxPages < 64);
    return ((uint64_t{1} << pages) - 1) << index;
}

// Will the bin probably fill its next page? A small heap with many bins must not take memory for
// whole pages.
bool grows_fast(const Bin* bin) {
    const Page* page = bin->pages;
    for (int i = 0; i < 3 && page != nullptr; ++i) {
        page = page->next;
    }
    return page != nullptr;
}

void describe_page(Page* page, size_t cell_size, Bin* bin) {
    page->cell_size = cell_size;
    page->bin = bin;
    page->carved = 0;
    page->free = nullptr;
    page->free_count = 0;
    page->is_available = false;
    page->holds_keys = false;
    // Rounded up, so that the quotient is exact; a large object is cell 0 whatever the granule.
    page->granule_scale =
        bin == nullptr ? 0 : static_cast<uint32_t>((uint64_t{1} << 32) / (cell_size / 16) + 1);
}

}  // namespace

Bin* Space::bin_for(size_t cell_size, const Layout& layout, bool holds_containers) {
    for (Bin* bin = bins_; bin != nullptr; bin = bin->next) {
        if (bin->cell_size == cell_size && bin->layout == layout) {
            return bin;
        }
    }
    void* block = memory_->allocate_table(sizeof(Bin));
    if (block == nullptr) {
        return nullptr;
    }
    Bin* bin = new (block) Bin;
    bin->cell_size = cell_size;
    bin->layout = layout;
    bin->holds_containers = holds_containers;
    bin->next = bins_;
    bins_ = bin;
    return bin;
}

void* Space::take_from_other_page(Bin* bin, bool& is_new) {
    Page* page = bin->available;
    is_new = page == nullptr;
    if (is_new) {
        page = acquire(1, grows_fast(bin));
        if (page == nullptr) {
            return nullptr;
        }
        describe_page(page, bin->cell_size, bin);
        page->is_leaf = !bin->holds_containers;
        page->next = bin->pages;
        bin->pages = page;
    } else {
        bin->available = page->next_available;
    }
    open_bin(bin, page);
    return bin->take_from_page();
}

// Every object that is made from now on, until close_bins, lies on `page` or another that is open
// then, or in a cell whose object has died young. So no allocation need look at the mark
// (INV-PAGE-MARKS).
void Space::open_bin(Bin* bin, Page* page) {
    if (bin->current != nullptr) {
        bin->current->carved = bin->carved(bin->current);
        bin->current->is_available = false;
    }
    if (bin->holds_containers) {
        segment_of(page)->young_pages |= uint64_t{1} << (page - segment_of(page)->pages);
        if (bin->spare == kClosed) {
            bin->next_open = open_bins_;
            open_bins_ = bin;
        }
    }
    bin->select(page);
}

void Space::close_bins() {
    while (open_bins_ != nullptr) {
        Bin* bin = open_bins_;
        open_bins_ = bin->next_open;
        bin->close();
    }
}

void* Space::take_large(size_t size, bool is_leaf) {
    const auto pages = (size + kPageSize - 1) / kPageSize;
    Page* page = nullptr;
    if (pages <= kMaxPages) {
        page = acquire(static_cast<uint32_t>(pages), false);
    } else if (memory_->within_limit(counted_page_bytes(pages))) {
        Segment* segment = add_segment(kPagesOffset + pages * kPageSize, 1);
        if (segment != nullptr) {
            segment->free_pages = segment->blank_pages = 0;
            page = &segment->pages[0];
            page->base = page_start(segment, 0);
            blank_sides(page);
            memory_->object_bytes += counted_page_bytes(pages);
            memory_->note_peak();
        }
    }
    if (page == nullptr) {
        return nullptr;
    }
    describe_page(page, size, nullptr);
    page->carved = 1;
    page->is_leaf = is_leaf;
    unpoison(page->base, size);
    return page->base;
}

void Space::give_large(void* object) {
    auto* cell = static_cast<FreeCell*>(object);
    cell->refcount = 0;
    Page* page = page_of(object);
    poison(page->base + kHeaderSize, page->cell_size - kHeaderSize);
    release_pages(page);
    Segment* segment = segment_of(object);
    roomy_ = segment;  // Large objects come and go: the next one fits where this one was.
    if (is_idle(segment) && !hold_segments && segment->page_count == 1) {
        release_segment(segment);
    }
}

Page* Space::find_run(Segment* segment, uint32_t pages, bool provide) {
    // Bit i of `runs` stays set if the pages i .. i + pages - 1 are all free.
    uint64_t runs = segment->free_pages;
    for (uint32_t i = 1; i < pages && runs != 0; ++i) {
        runs &= segment->free_pages >> i;
    }
    if (runs == 0) {
        return nullptr;
    }
    const auto index = static_cast<uint32_t>(std::countr_zero(runs));
    Page* page = &segment->pages[index];
    page->base = page_start(segment, index);
    if (provide && (segment->blank_pages >> index & 1) != 0) {
        provide_memory(page->base, kPageSize);
    }
    segment->free_pages &= ~run_mask(index, pages);
    segment->blank_pages &= segment->free_pages;
    return page;
}

void Space::blank_sides(const Page* page) const {
    std::memset(side_of(page->base), kUntracked, kPageSize / kGranule);
    if (blank_shadows) {
        std::memset(shadow_of(page->base), kUntracked, kPageSize / kGranule);
    }
}

Page* Space::acquire(uint32_t pages, bool provide) {
    if (!memory_->within_limit(counted_page_bytes(pages))) {
        return nullptr;
    }
    Page* page = roomy_ == nullptr ? nullptr : find_run(roomy_, pages, provide);
    for (Segment* s = segments_; page == nullptr && s != nullptr; s = s->next) {
        page = find_run(s, pages, provide);
        roomy_ = page == nullptr ? roomy_ : s;
    }
    if (page == nullptr) {
        const uint32_t wanted = next_segment_pages_ < pages ? pages : next_segment_pages_;
        Segment* segment = add_segment(kPagesOffset + wanted * kPageSize, wanted);
        if (segment == nullptr) {
            return nullptr;
        }
        next_segment_pages_ = wanted >= kMaxPages / 2 ? kMaxPages : 2 * wanted + 2;
        roomy_ = segment;
        page = find_run(segment, pages, provide);
    }
    blank_sides(page);
    memory_->object_bytes += counted_page_bytes(pages);
    memory_->note_peak();
    return page;
}

Segment* Space::add_segment(size_t size, uint32_t page_count) {
    void* block = memory_->allocate_segment(size, kSegmentSize);
    if (block == nullptr) {
        return nullptr;
    }
#if defined(__linux__)
    if (huge_pages_) {
        // Advice only: where it is refused, pages are of the usual size.
        (void)madvise(block, size, MADV_HUGEPAGE);
    }
#endif
    CAIRN_PROBE(heap__grow, heap_, size);
    Segment* segment = new (block) Segment;
    add_known_segment(segment);
    segment->heap = heap_;
    segment->size = size;
    segment->page_count = page_count;
    segment->free_pages = run_mask(0, page_count);
    segment->blank_pages = segment->free_pages;
    // INV-SEGMENT-LINKS
    segment->next = segments_;
    if (segments_ != nullptr) {
        segments_->previous = segment;
    }
    segments_ = segment;
    return segment;
}

void Space::release_pages(Page* page) {
    Segment* segment = segment_of(page);
    const uint32_t index = static_cast<uint32_t>(page - segment->pages);
    const uint64_t pages = page_mask(page, index);
    // INV-MEMORY-BYTES, INV-SEGMENT-PAGES
    memory_->object_bytes -= counted_page_bytes(page_span(page));
    segment->free_pages |= pages;
    segment->young_pages &= ~pages;
    segment->middle_pages &= ~pages;
    describe_page(page, 0, nullptr);
}

void Space::release_segment(Segment* segment) {
    (segment->previous == nullptr ? segments_ : segment->previous->next) = segment->next;
    if (segment->next != nullptr) {
        segment->next->previous = segment->previous;
    }
    roomy_ = roomy_ == segment ? nullptr : roomy_;
    parted_ = parted_ == segment ? nullptr : parted_;
    remove_known_segment(segment);
    const size_t size = segment->size;
    unpoison(segment, size);  // The contents are undefined from here on.
    memory_->release_segment(segment, size, kSegmentSize);
}

void Space::release_empty_segments(size_t most) {
    const bool all = most == SIZE_MAX;
    // A heap that is empty keeps one, against freeing and asking in turn.
    bool keep_one = memory_->object_bytes == 0;
    Segment* segment = next_to_release(segments_, keep_one, most);
    while (segment != nullptr) {
        Segment* next = segment->next;
        release_segment(segment);
        segment = next_to_release(next, keep_one, most);
    }
    for (segment = segments_; all && segment != nullptr; segment = segment->next) {
        discard_free_pages(segment);
    }
}

void Space::discard_free_pages(Segment* segment) {
    for (uint64_t pages = segment->free_pages & ~segment->blank_pages; pages != 0;) {
        const auto first = static_cast<uint32_t>(std::countr_zero(pages));
        const auto count = static_cast<uint32_t>(std::countr_one(pages >> first));
        memory_->discard(
            page_start(segment, first), count * kPageSize, segment->size, kSegmentSize);
        pages &= ~run_mask(first, count);
    }
    segment->blank_pages = segment->free_pages;
}

// False when what is left of it may go back with the segment.
bool Space::discard_part(Segment* segment) {
    constexpr size_t kPart = size_t{1} << 20;
    if (parted_ != segment) {
        parted_ = segment;
        parted_before_ = kPagesOffset;
    }
    if (segment->size - parted_before_ <= kPart) {
        return false;
    }
    auto* part = reinterpret_cast<std::byte*>(segment) + parted_before_;
    memory_->discard(part, kPart, segment->size, kSegmentSize);
    parted_before_ += kPart;
    return true;
}

bool Space::release_some(size_t& most) {
    if (hold_segments) {
        return false;
    }
    size_t left = most;
    bool keep_one = memory_->object_bytes == 0;
    Segment* segment = next_to_release(segments_, keep_one, left);
    if (segment == nullptr) {
        return false;
    }
    if (!discard_part(segment)) {
        release_segment(segment);
        most = left;
    }
    return true;
}

size_t Space::count_empty_segments() const {
    size_t count = 0;
    for (const Segment* segment = segments_; segment != nullptr; segment = segment->next) {
        count += is_idle(segment);
    }
    return count;
}

size_t Space::live_bytes() const {
    size_t bytes = 0;
    for (const Segment* segment = segments_; segment != nullptr; segment = segment->next) {
        for (uint32_t i = 0; i < segment->page_count; ++i) {
            const Page& page = segment->pages[i];
            const Bin* bin = page.bin;
            // A page that is not in use has cells of size 0.
            const size_t carved = bin == nullptr ? 1 : bin->carved(&page);
            const size_t free_cells = bin == nullptr ? 0 : page.free_count;
            bytes += carved < free_cells ? 0 : (carved - free_cells) * page.cell_size;
        }
    }
    for (const Bin* bin = bins_; bin != nullptr; bin = bin->next) {
        bytes -= bin->idle_cells() * bin->cell_size;
    }
    return bytes;
}

void Space::sweep_bin(Bin* bin) {
    bin->release_quarantine();
    bin->close();
    for (Page** link = &bin->pages; *link != nullptr;) {
        Page* page = *link;
        if (hold_pages || page->free_count < page->carved) {
            link = &page->next;
        } else {
            *link = page->next;
            release_pages(page);
        }
    }
    bin->find_available();
}

void Space::sweep_pages() {
    close_bins();
    for (Bin* bin = bins_; bin != nullptr; bin = bin->next) {
        sweep_bin(bin);
    }
}

void Space::sweep(size_t most_segments) {
    sweep_pages();
    release_empty_segments(most_segments);
}

void Space::release_all() {
    while (segments_ != nullptr) {
        release_segment(segments_);
    }
    while (bins_ != nullptr) {
        Bin* next = bins_->next;
        memory_->release_table(bins_, sizeof(Bin));
        bins_ = next;
    }
}

}  // namespace cairn
