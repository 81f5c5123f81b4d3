// SPDX-License-Identifier: MIT
#include "collect/ephemerons.h"

#include "finalize/deliver.h"
#include "heap/cells.h"

namespace cairn {

void add_leaf_key(CandidateSet& set, const cairn_object* key) {
    add_member(set, key);
    set.has_leaf_keys = true;
}

// Maps are found by the bin that their pages are of: a young collection meets the young ones alone.
void merge_leaf_keys(CandidateSet& set) {
    const cairn_type* type = set.heap->weakmap_types[CAIRN_WEAK_KEY_MAP];
    if (set.heap->weak_key_maps == 0 || has_option(set.heap, CAIRN_HEAP_STRONG_WEAKKEY_VALUES)) {
        return;
    }
    const auto merge_keys_of = [&set](const WeakMapObject* map) {
        for (const WeakEntry& entry : map->table) {
            if (entry.weak != nullptr && may_be_leaf_key(entry.weak)) {
                add_leaf_key(set, entry.weak);
                ++set.members;
            }
        }
    };
    for_each_examined(set.heap, [type, merge_keys_of](Page* page) {
        if (page->bin != type->bin) {
            return;
        }
        for_each_in(page,
                    page->examined_blocks,
                    kCandidateSides,
                    [type, merge_keys_of](cairn_object* object, const uint8_t*) {
                        if (object->type == type) {
                            merge_keys_of(as_weakmap(object));
                        }
                    });
    });
}

namespace {

void untrack_leaf_keys(CandidateSet& set, SideRange range) {
    for_each_examined(set.heap, [range](Page* page) {
        if (page->is_leaf) {
            (void)replace_in(page, page->examined_blocks, range, kUntracked);
        }
    });
}

// Calls `visit(key)` for the leaf keys that are remembered. If that runs user code, their page may
// be given to others meanwhile.
template <typename F>
void for_each_remembered(cairn_heap* heap, F visit) {
    for_each_examined(heap, [heap, &visit](const Page* page) {
        const size_t cell_size = page->cell_size;
        for (uint32_t i = 0;
             page->holds_keys && page->cell_size == cell_size && i < carved_cells(page);
             ++i) {
            auto* key = reinterpret_cast<cairn_object*>(page->base + i * cell_size);
            bool is_remembered = false;
            if (is_alive(key)) {
                for_each_entry_of_key(
                    heap, key, [&is_remembered](const WeakMapObject*, const WeakEntry& entry) {
                        is_remembered |= (entry.ref->weakref.state & kKeyWasUnreachable) != 0;
                    });
            }
            if (is_remembered) {
                visit(key);
            }
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
    for_each_entry_of_keys(
        set.heap, only(kUnreachable), [](const WeakMapObject*, const WeakEntry& entry) {
            if ((entry.weak->flags & kContainer) == 0) {
                entry.ref->weakref.state |= kKeyWasUnreachable;
            }
        });
    untrack_leaf_keys(set, kTrackedSides);
}

void finalize_leaf_keys(const CandidateSet& set) {
    if (set.has_leaf_keys) {
        for_each_remembered(set.heap, [&set](cairn_object* key) {
            (void)finalize_found(set.heap, key);  // USER CODE
        });
    }
}

void take_leaf_keys_back(CandidateSet& set) {
    if (!set.has_leaf_keys) {
        return;
    }
    for_each_remembered(set.heap, [&set](const cairn_object* key) {
        for_each_entry_of_key(set.heap, key, [](const WeakMapObject*, const WeakEntry& entry) {
            entry.ref->weakref.state &= ~static_cast<uint32_t>(kKeyWasUnreachable);
        });
        if (may_be_leaf_key(key)) {
            add_leaf_key(set, key);
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
    for_each_entry_of_key(
        heap, key, [visit, visit_data](const WeakMapObject* map, const WeakEntry& entry) {
            if (kIsReached(&map->head)) {
                visit(entry.strong, visit_data);
            }
        });
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
