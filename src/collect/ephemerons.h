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

// Is a candidate a key of a weak-key map?
[[nodiscard]] bool some_are_keys(const CandidateSet& set);

// Leaf keys that were reached are leaves again. Comes after each proof.
void untrack_reached_leaf_keys(CandidateSet& set);

// All are leaves again, for the time of user code that comes before their weak references are
// cleared. Those found unreachable are remembered, as long as they stay keys.
void set_leaf_keys_aside(CandidateSet& set);

// What was remembered is unreachable again.
void take_leaf_keys_back(CandidateSet& set);

// Calls `visit(map, entry)` for the entries whose keys are alive of the weak-key maps for which
// `is_asked(map)`.
template <typename F, typename Asked>
inline void for_each_weak_key_entry(cairn_heap* heap, F visit, Asked is_asked) {
    for (WeakMapObject* map = heap->first_weak_key_map; map != nullptr; map = map->next_map) {
        if (!is_asked(map)) {
            continue;
        }
        for (const WeakEntry& entry : map->table) {
            if (entry.weak != nullptr) {
                visit(map, entry);
            }
        }
    }
}

template <typename F>
inline void for_each_weak_key_entry(cairn_heap* heap, F visit) {
    for_each_weak_key_entry(heap, visit, [](const WeakMapObject*) { return true; });
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
