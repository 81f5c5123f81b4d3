// SPDX-License-Identifier: MIT
#include "collect/ephemerons.h"

#include "heap/cells.h"

namespace cairn {

void add_leaf_key(CandidateSet& set, const cairn_object* key) {
    add_member(set, key);
    set.has_leaf_keys = true;
}

bool some_are_keys(const CandidateSet& set) {
    bool found = false;
    if (set.heap->first_weak_key_map == nullptr) {
        return false;
    }
    for_each_examined(set.heap, [&found](Page* page) {
        for_each_in(page,
                    page->examined_blocks,
                    kCandidateSides,
                    [&found](const cairn_object* object, const uint8_t*) {
                        found = found || (object->flags & kIsEphemeronKey) != 0;
                    });
    });
    return found;
}

void merge_leaf_keys(CandidateSet& set) {
    const auto is_member = [](const WeakMapObject* map) { return is_candidate(*side_of(map)); };
    for_each_weak_key_entry(
        set.heap,
        [&set](const WeakMapObject*, const WeakEntry& entry) {
            if (may_be_leaf_key(entry.weak)) {
                add_leaf_key(set, entry.weak);
                ++set.members;
            }
        },
        is_member);
}

namespace {

void untrack_leaf_keys(CandidateSet& set, SideRange range) {
    for_each_examined(set.heap, [range](Page* page) {
        if (page->is_leaf) {
            (void)replace_in(page, page->examined_blocks, range, kUntracked);
        }
    });
}

}  // namespace

void untrack_reached_leaf_keys(CandidateSet& set) {
    if (set.has_leaf_keys) {
        untrack_leaf_keys(set, {kYoung, kGray});
    }
}

void set_leaf_keys_aside(CandidateSet& set) {
    if (!set.has_leaf_keys) {
        return;
    }
    for_each_weak_key_entry(set.heap, [](const WeakMapObject*, const WeakEntry& entry) {
        if ((entry.weak->flags & kContainer) == 0 && *side_of(entry.weak) == kUnreachable) {
            entry.ref->weakref.state |= kKeyWasUnreachable;
        }
    });
    untrack_leaf_keys(set, kTrackedSides);
}

void take_leaf_keys_back(CandidateSet& set) {
    if (!set.has_leaf_keys) {
        return;
    }
    for_each_weak_key_entry(set.heap, [&set](const WeakMapObject*, const WeakEntry& entry) {
        uint32_t& state = entry.ref->weakref.state;
        if ((state & kKeyWasUnreachable) != 0) {
            state &= ~static_cast<uint32_t>(kKeyWasUnreachable);
            if (may_be_leaf_key(entry.weak)) {
                add_leaf_key(set, entry.weak);
            }
        }
    });
}

namespace {

// A value lives while its key and its map do, so it is visited with the second of the two.
template <bool (*kIsReached)(const cairn_object*)>
void visit_map(const WeakMapObject* map, cairn_visit_fn visit, void* visit_data) {
    for (const WeakEntry& entry : map->table) {
        if (entry.ref == nullptr) {
            continue;
        }
        visit(&entry.ref->weakref.head, visit_data);
        if (entry.weak == nullptr || kIsReached(entry.weak)) {
            visit(entry.strong, visit_data);
        }
    }
}

}  // namespace

template <bool (*kIsReached)(const cairn_object*)>
void visit_values_of_key(cairn_heap* heap,
                         const cairn_object* key,
                         cairn_visit_fn visit,
                         void* visit_data) {
    const bool is_key = (key->flags & kIsEphemeronKey) != 0;
    for (WeakrefObject* r = is_key ? first_weakref(heap, key) : nullptr; r != nullptr;
         r = r->next) {
        const WeakMapObject* map = (r->state & kInWeakMap) != 0 ? as_entry_ref(r)->map : nullptr;
        if (map != nullptr && map->kind == CAIRN_WEAK_KEY_MAP && kIsReached(&map->head)) {
            visit(map->table.entries[r->entry].strong, visit_data);
        }
    }
}

template <bool (*kIsReached)(const cairn_object*)>
void visit_ephemerons(cairn_heap* heap,
                      cairn_object* object,
                      cairn_visit_fn visit,
                      void* visit_data) {
    visit_values_of_key<kIsReached>(heap, object, visit, visit_data);
    if (weakmap_kind(object) == CAIRN_WEAK_KEY_MAP &&
        !has_option(heap, CAIRN_HEAP_STRONG_WEAKKEY_VALUES)) {
        visit_map<kIsReached>(as_weakmap(object), visit, visit_data);
    } else {
        for_each_referent(
            object, [visit, visit_data](cairn_object* referent) { visit(referent, visit_data); });
    }
}

template void visit_ephemerons<is_reached<SidePlane>>(cairn_heap*,
                                                      cairn_object*,
                                                      cairn_visit_fn,
                                                      void*);
template void visit_ephemerons<is_reached<ShadowPlane>>(cairn_heap*,
                                                        cairn_object*,
                                                        cairn_visit_fn,
                                                        void*);
template void visit_ephemerons<is_any>(cairn_heap*, cairn_object*, cairn_visit_fn, void*);
template void visit_values_of_key<is_reached<ShadowPlane>>(cairn_heap*,
                                                           const cairn_object*,
                                                           cairn_visit_fn,
                                                           void*);
template void visit_values_of_key<is_any>(cairn_heap*, const cairn_object*, cairn_visit_fn, void*);

}  // namespace cairn
