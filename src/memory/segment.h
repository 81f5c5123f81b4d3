// SPDX-License-Identifier: MIT
// Segments: 4 MiB-aligned blocks cut into 64 KiB pages.
//
//   offset 0      Segment with its page descriptors
//   offset 4 KiB  MemberIndex: both lie where the side bytes of what is no page would be
//   offset 8 KiB  side bytes of the pages
//   136 KiB       shadow bytes of the pages, used by cycles of collection in slices only
//   256 KiB       pages
//
// Small heaps get shorter segments, with the same alignment and the same layout. An object too
// large for a segment gets one of its own, as long as needed; only its first granule has a side
// byte, and that lies inside.
#ifndef CAIRN_MEMORY_SEGMENT_H
#define CAIRN_MEMORY_SEGMENT_H

#include <cstddef>
#include <cstdint>

#include "memory/side_byte.h"

struct cairn_heap;

namespace cairn {

struct Bin;
struct FreeCell;

inline constexpr size_t kPageSize = size_t{64} << 10;
inline constexpr size_t kPagesOffset = 2 * kShadowDistance;
inline constexpr size_t kMaxPages = (kSegmentSize - kPagesOffset) / kPageSize;

struct alignas(64) Page {
    std::byte* base = nullptr;  // first cell
    size_t cell_size = 0;       // 0: not in use, or the rest of a large object
    FreeCell* free = nullptr;   // cells that were handed out and came back, newest first
    Bin* bin = nullptr;         // nullptr: large object
    Page* next = nullptr;       // in the bin
    Page* next_available = nullptr;
    uint32_t granule_scale = 0;    // see object_of_granule
    uint32_t examined_blocks = 0;  // during a collection: blocks of side bytes, a bit each, that
                                   // may hold candidates, if the page is an examined one
    uint16_t carved = 0;           // cells ever handed out; the bin knows better if current
    uint16_t free_count = 0;       // length of `free`
    bool is_leaf = false;          // its objects are never tracked
    bool is_available = false;     // the bin's current page, or in its list of available ones
    bool holds_keys = false;       // leaves that are keys of weak-key maps may lie here
};

struct Segment {
    cairn_heap* heap = nullptr;
    Segment* next = nullptr;
    Segment* previous = nullptr;
    size_t size = 0;  // bytes held from the allocator
    uint32_t page_count = 0;
    uint32_t number = 0;          // among the heap's segments, while an inspection runs
    uint64_t free_pages = 0;      // a bit a page, as in the next four
    uint64_t blank_pages = 0;     // free, and the system holds no memory for them
    uint64_t young_pages = 0;     // may hold objects of generation 0
    uint64_t middle_pages = 0;    // may hold objects of generation 1
    uint64_t examined_pages = 0;  // during a collection: may hold candidates
    Segment* next_examined = nullptr;
    uint64_t enrolled_pages = 0;  // take part in a cycle of collection in slices
    alignas(4 * sizeof(Page)) Page pages[kMaxPages];
};

// The number of a member of the set that a cycle has guessed: those of its page, its block of side
// bytes and the block itself before it are added up. See collect/cycle/groups.h.
struct MemberIndex {
    uint32_t before_page[kMaxPages];
    uint16_t before_block[kMaxPages][kPageSize / kGranule / 64];
};

static_assert(sizeof(Page) == 64);
static_assert(sizeof(Segment) == 4096 && sizeof(MemberIndex) <= 4096);
static_assert(sizeof(Segment) + 4096 == kPagesOffset / kGranule, "no side byte lies there");

inline Segment* segment_of(const void* object) {
    return reinterpret_cast<Segment*>(reinterpret_cast<uintptr_t>(object) & ~(kSegmentSize - 1));
}

inline MemberIndex* member_index_of(const Segment* segment) {
    return reinterpret_cast<MemberIndex*>(const_cast<Segment*>(segment) + 1);
}

inline uint32_t page_index_of(const void* object) {
    const uintptr_t blocks = reinterpret_cast<uintptr_t>(object) / kPageSize;
    return static_cast<uint32_t>((blocks - kPagesOffset / kPageSize) % (kSegmentSize / kPageSize));
}

// The descriptor of a page has the same number among all that is 64 bytes long in the segment as
// the page has among all that is 64 KiB long.
static_assert(offsetof(Segment, pages) == kPagesOffset / kPageSize * sizeof(Page));

inline Page* page_of(const void* object) {
    const auto address = reinterpret_cast<uintptr_t>(object);
    const uintptr_t start = address & ~(kSegmentSize - 1);
    constexpr uintptr_t kScale = kPageSize / sizeof(Page);
    return reinterpret_cast<Page*>(start +
                                   (address / kScale & (kSegmentSize / kScale - sizeof(Page))));
}

// Pages taken together, `page` being the first.
inline size_t page_span(const Page* page) {
    return page->bin != nullptr ? 1 : (page->cell_size + kPageSize - 1) / kPageSize;
}

// A bit for each of those that the segment has a descriptor for, `page` being number `index`.
inline uint64_t page_mask(const Page* page, uint32_t index) {
    const size_t span = page_span(page);
    const size_t described = span <= kMaxPages ? span : 1;
    return ((uint64_t{1} << described) - 1) << index;
}

inline std::byte* page_start(const Segment* segment, uint32_t index) {
    return reinterpret_cast<std::byte*>(const_cast<Segment*>(segment)) + kPagesOffset +
           index * kPageSize;
}

}  // namespace cairn

#endif
