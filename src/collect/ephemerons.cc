#include "collect/ephemerons.h"

#include "heap/cells.h"

namespace cairn {

namespace {

// Has the phases look at the block of side bytes where an object is that joins the candidates.
void examine(const cairn_object* object) {
    Segment* segment = segment_of(object);
    Page* page = page_of(object);
    const uint64_t bit = uint64_t{1} << page_index_of(object);
    if ((segment->examined_pages & bit) == 0) {
        segment->examined_pages |= bit;
        page->examined_blocks = 0;
    }
    const auto offset = static_cast<size_t>(side_of(object) - side_of(page->base));
    page->examined_blocks |= uint32_t{1} << (offset / kSideBlock);
}

}  // namespace

void merge_leaf_keys(Collection& c) {
    if (c.heap->ordered) {
        return;
    }
    for_each_weak_key_entry(c.heap, [&c](const WeakMapObject* map, const WeakEntry& entry) {
        const cairn_object* key = entry.weak;
        if (!is_candidate(*side_of(map)) || *side_of(key) != kUntracked ||
            (key->flags & kContainer) != 0 || is_immortal(key)) {
            return;
        }
        *side_of(key) = kUnreachable;
        examine(key);
        ++c.candidates;
        c.has_leaf_keys = true;
    });
}

void untrack_leaf_keys(Collection& c, bool unreachable_too) {
    if (!c.has_leaf_keys) {
        return;
    }
    const SideRange range =
        unreachable_too ? SideRange{kYoung, UINT8_MAX} : SideRange{kYoung, kGray};
    for_each_page(c.heap, examined_pages, [range](Page* page) {
        if (page->is_leaf) {
            (void)replace_in(page, page->examined_blocks, range, kUntracked);
        }
    });
}

}  // namespace cairn
