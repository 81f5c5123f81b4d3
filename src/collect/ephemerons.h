// SPDX-License-Identifier: MIT
// Propagation through weak-key maps.
#ifndef CAIRN_COLLECT_EPHEMERONS_H
#define CAIRN_COLLECT_EPHEMERONS_H

#include "collect/candidates.h"
#include "object/walk.h"
#include "weakref/weakmap.h"

namespace cairn {

// A leaf that is a key of a weak-key map decides whether its value lives, and is not tracked. So
// while a collection proves what is unreachable, the leaf keys of the maps that it examines are
// candidates too. In CPython's order they are not, and count as reached.
void merge_leaf_keys(CandidateSet& set);

// May a key of a weak-key map join the candidates as a leaf? Not one that was put aside as it dies.
inline bool may_be_leaf_key(const cairn_object* key) {
    return (key->flags & kContainer) == 0 && !is_immortal(key) && is_alive(key) &&
           *side_of(key) == kUntracked;
}

// Makes such a key a member.
void add_leaf_key(CandidateSet& set, const cairn_object* key);

// Leaf keys that were reached are leaves again. Comes after each proof.
void untrack_reached_leaf_keys(CandidateSet& set);

// All are leaves again, for the time of user code that comes before their weak references are
// cleared. Those found unreachable are remembered, as long as they stay keys.
void set_leaf_keys_aside(CandidateSet& set);

// Finalizes what is remembered. USER CODE.
void finalize_leaf_keys(const CandidateSet& set);

// What is remembered is unreachable again.
void take_leaf_keys_back(CandidateSet& set);

// Calls `visit(map, entry)` for the entries of a key in weak-key maps. A heap has few garbage keys,
// and may have large maps: so a collection asks keys for their entries, not maps for their keys.
template <typename F>
inline void for_each_entry_of_key(cairn_heap* heap, const cairn_object* key, F visit) {
    const bool is_key = (key->flags & kIsEphemeronKey) != 0;
    for (WeakrefObject* r = is_key ? first_weakref(heap, key) : nullptr; r != nullptr;
         r = r->next) {
        WeakMapObject* map = (r->state & kInWeakMap) != 0 ? as_entry_ref(r)->map : nullptr;
        if (map != nullptr && map->kind == CAIRN_WEAK_KEY_MAP) {
            visit(map, map->table.entries[r->entry]);
        }
    }
}

// The same for all keys among the examined objects whose side bytes lie in `range`.
template <typename F>
inline void for_each_entry_of_keys(cairn_heap* heap, SideRange range, F visit) {
    if (heap->weak_key_maps == 0) {
        return;
    }
    for_each_examined(heap, [heap, range, &visit](Page* page) {
        for_each_in(page,
                    page->examined_blocks,
                    range,
                    [heap, &visit](const cairn_object* object, const uint8_t*) {
                        for_each_entry_of_key(heap, object, visit);
                    });
    });
}

// Is `object` known to be alive, or not examined at all? Its referents may not be visited yet.
template <typename Plane = SidePlane>
inline bool is_reached(const cairn_object* object) {
    const uint8_t side = *Plane::byte_of(object);
    return side != kUnreachable && side != kTentative;
}

// For what asks about any entry, whatever is reached.
inline bool is_any(const cairn_object*) {
    return true;
}

// Calls `visit` for the values that a key keeps in maps that are reached.
template <bool (*kIsReached)(const cairn_object*)>
void visit_values_of_key(cairn_heap* heap,
                         const cairn_object* key,
                         cairn_visit_fn visit,
                         void* visit_data);

// The part of for_each_kept_alive() for objects with kIsEphemeronKey or kIsWeakMap.
template <bool (*kIsReached)(const cairn_object*)>
void visit_ephemerons(cairn_heap* heap,
                      cairn_object* object,
                      cairn_visit_fn visit,
                      void* visit_data);

// Calls `visit` for what a reached object keeps alive: its referents, except that a value of a
// weak-key map is kept alive by its key and the map together.
template <typename Plane = SidePlane, typename F>
inline void for_each_kept_alive(cairn_heap* heap, cairn_object* object, F visit) {
    if ((object->flags & (kIsEphemeronKey | kIsWeakMap)) == 0) {
        for_each_referent(object, visit);
    } else {
        visit_ephemerons<is_reached<Plane>>(heap, object, visit_thunk<F>, &visit);
    }
}

}  // namespace cairn

#endif
