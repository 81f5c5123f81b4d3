// SPDX-License-Identifier: MIT
#include "memory/known.h"

#include "base/address_set.h"
#include "memory/bin.h"

namespace cairn {

#if CAIRN_CHECK_LEVEL >= 1

namespace {
AddressSet known_segments;
}  // namespace

void add_known_segment(const Segment* segment) {
    known_segments.add(segment);
}

void remove_known_segment(const Segment* segment) {
    known_segments.remove(segment);
}

bool is_in_known_segment(const void* address) {
    return known_segments.has(segment_of(address));
}

bool is_surely_in_known_segment(const void* address) {
    return known_segments.has_surely(segment_of(address));
}

#else

void add_known_segment(const Segment*) {}
void remove_known_segment(const Segment*) {}
bool is_in_known_segment(const void*) {
    return true;
}
bool is_surely_in_known_segment(const void*) {
    return false;
}

#endif

CellAt find_cell(const void* address) {
    constexpr CellAt kNone = {nullptr, nullptr};
    const Segment* segment = segment_of(address);
    const auto offset = reinterpret_cast<uintptr_t>(address) - reinterpret_cast<uintptr_t>(segment);
    if (offset < kPagesOffset) {
        return kNone;
    }
    const uint32_t index = page_index_of(address);
    uint32_t first = index < segment->page_count ? index : segment->page_count - 1;
    while (first > 0 && segment->pages[first].cell_size == 0) {
        --first;  // The rest of a large object has no descriptors of its own.
    }
    const Page* page = &segment->pages[first];
    const Bin* bin = page->bin;
    const auto inside =
        reinterpret_cast<uintptr_t>(address) - reinterpret_cast<uintptr_t>(page->base);
    if (bin == nullptr) {
        return inside < page->cell_size ? CellAt{page, page->base} : kNone;
    }
    const uint64_t cell = inside / 16 * page->granule_scale >> 32;
    if (first != index || cell >= bin->carved(page)) {
        return kNone;
    }
    return {page, page->base + cell * page->cell_size};
}

}  // namespace cairn
