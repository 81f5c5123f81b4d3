// SPDX-License-Identifier: MIT
// What takes part in a cycle of collection in slices.
#ifndef CAIRN_COLLECT_CYCLE_MEMBERS_H
#define CAIRN_COLLECT_CYCLE_MEMBERS_H

#include "collect/ephemerons.h"
#include "heap/cells.h"
#include "object/walk.h"

namespace cairn {

// A leaf that is a key of a weak-key map.
inline bool is_leaf_key(const cairn_object* object) {
    return is_alive(object) && (object->flags & kIsEphemeronKey) != 0 && !is_immortal(object);
}

// Is what had its shadow byte set still what takes part, or may it be anything by now?
inline bool is_enrolled(const cairn_object* object) {
    return *side_of(object) == kOld || (page_of(object)->is_leaf && is_leaf_key(object));
}

// Objects with more slots than this are visited in parts. A block of shadow bytes has at most 64
// objects, which are visited in one go.
inline constexpr size_t kLargestWhole = 512;
inline constexpr size_t kHubPart = 256;

inline bool is_hub(const cairn_object* object) {
    return slot_count_of(object) > kLargestWhole;
}

// The object whose side byte this is; nullptr if its page is not in use.
inline cairn_object* object_at(const uint8_t* side) {
    const auto address = reinterpret_cast<uintptr_t>(side);
    const uintptr_t start = address & ~(kSegmentSize - 1);
    const auto* place = reinterpret_cast<const std::byte*>(start + (address - start) * kGranule);
    const Page* page = page_of(place);
    if (page->cell_size == 0) {
        return nullptr;
    }
    return object_of_granule(page, static_cast<uint32_t>(side - side_of(page->base)));
}

// The objects of a block that take part, if their shadow bytes say so.
inline uint64_t members_in(const Page* page, uint32_t first) {
    if (!page->is_leaf) {
        return find_sides(side_of(page->base) + first, only(kOld));
    }
    const uint8_t* shadows = shadow_of(page->base) + first;
    uint64_t members = 0;
    for (uint32_t i = 0; i < kSideBlock; ++i) {
        const bool takes_part = shadows[i] != 0 && is_leaf_key(object_of_granule(page, first + i));
        members |= uint64_t{takes_part} << i;
    }
    return members;
}

}  // namespace cairn

#endif
