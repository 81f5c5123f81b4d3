#include "collect/ephemerons.h"

#include "heap/cells.h"

namespace cairn {

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
        segment_of(key)->examined_pages |= uint64_t{1} << page_index_of(key);
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
            (void)replace_sides(side_of(page->base), range, kUntracked);
        }
    });
}

}  // namespace cairn
