// SPDX-License-Identifier: MIT
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

bool may_be_leaf_key(const cairn_object* key) {
    return (key->flags & kContainer) == 0 && !is_immortal(key) && *side_of(key) == kUntracked;
}

void join_candidates(Collection& c, const cairn_object* key) {
    *side_of(key) = kUnreachable;
    examine(key);
    c.has_leaf_keys = true;
}

}  // namespace

void merge_leaf_keys(Collection& c) {
    if (c.heap->ordered) {
        return;
    }
    for_each_weak_key_entry(c.heap, [&c](const WeakMapObject* map, const WeakEntry& entry) {
        if (is_candidate(*side_of(map)) && may_be_leaf_key(entry.weak)) {
            join_candidates(c, entry.weak);
            ++c.candidates;
        }
    });
}

namespace {

void untrack_leaf_keys(Collection& c, SideRange range) {
    for_each_page(c.heap, examined_pages, [range](Page* page) {
        if (page->is_leaf) {
            (void)replace_in(page, page->examined_blocks, range, kUntracked);
        }
    });
}

}  // namespace

void untrack_reached_leaf_keys(Collection& c) {
    if (c.has_leaf_keys) {
        untrack_leaf_keys(c, {kYoung, kGray});
    }
}

void set_leaf_keys_aside(Collection& c) {
    if (!c.has_leaf_keys) {
        return;
    }
    for_each_weak_key_entry(c.heap, [](const WeakMapObject*, const WeakEntry& entry) {
        if ((entry.weak->flags & kContainer) == 0 && *side_of(entry.weak) == kUnreachable) {
            entry.ref->weakref.state |= kKeyWasUnreachable;
        }
    });
    untrack_leaf_keys(c, kTrackedSides);
}

void take_leaf_keys_back(Collection& c) {
    if (!c.has_leaf_keys) {
        return;
    }
    for_each_weak_key_entry(c.heap, [&c](const WeakMapObject*, const WeakEntry& entry) {
        uint32_t& state = entry.ref->weakref.state;
        if ((state & kKeyWasUnreachable) != 0) {
            state &= ~static_cast<uint32_t>(kKeyWasUnreachable);
            if (may_be_leaf_key(entry.weak)) {
                join_candidates(c, entry.weak);
            }
        }
    });
}

namespace {

// A value lives while its key and its map do, so it is visited with the second of the two.
void visit_map(const WeakMapObject* map, cairn_visit_fn visit, void* visit_data) {
    for (const WeakEntry& entry : map->table) {
        if (entry.ref == nullptr) {
            continue;
        }
        visit(&entry.ref->weakref.head, visit_data);
        if (entry.weak == nullptr || is_reached(entry.weak)) {
            visit(entry.strong, visit_data);
        }
    }
}

void visit_values_of_key(cairn_heap* heap,
                         const cairn_object* key,
                         cairn_visit_fn visit,
                         void* visit_data) {
    for (WeakrefObject* r = first_weakref(heap, key); r != nullptr; r = r->next) {
        const WeakMapObject* map = (r->state & kInWeakMap) != 0 ? as_entry_ref(r)->map : nullptr;
        if (map != nullptr && map->kind == CAIRN_WEAK_KEY_MAP && is_reached(&map->head)) {
            visit(map->table.entries[r->entry].strong, visit_data);
        }
    }
}

}  // namespace

void visit_ephemerons(cairn_heap* heap,
                      cairn_object* object,
                      cairn_visit_fn visit,
                      void* visit_data) {
    if ((object->flags & kIsEphemeronKey) != 0) {
        visit_values_of_key(heap, object, visit, visit_data);
    }
    if (weakmap_kind(object) == CAIRN_WEAK_KEY_MAP &&
        !has_option(heap, CAIRN_HEAP_STRONG_WEAKKEY_VALUES)) {
        visit_map(as_weakmap(object), visit, visit_data);
    } else {
        for_each_referent(
            object, [visit, visit_data](cairn_object* referent) { visit(referent, visit_data); });
    }
}

}  // namespace cairn
