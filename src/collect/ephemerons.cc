#include "collect/ephemerons.h"

namespace cairn {

namespace {

bool is_untracked_leaf(const cairn_object* key) {
    return *side_of(key) == kUntracked && (key->flags & kContainer) == 0 && !is_immortal(key);
}

// Calls `visit(key)` for the live keys of the weak-key maps that the collection examines.
template <typename F>
void for_each_key(const Collection& c, F visit) {
    for (WeakMapObject* map = c.heap->first_weak_key_map; map != nullptr; map = map->next_map) {
        for (uint32_t i = 0; map->has_leaf_keys && i < map->used; ++i) {
            const EntryRef* ref = map->entries[i].ref;
            if (ref != nullptr && ref->weakref.referent != nullptr) {
                visit(map, ref->weakref.referent);
            }
        }
    }
}

}  // namespace

bool count_leaf_keys(Collection& c) {
    bool complete = true;
    for_each_key(c, [&c, &complete](const WeakMapObject* map, const cairn_object* key) {
        if (!is_candidate(*side_of(map)) || !is_untracked_leaf(key)) {
            return;
        }
        constexpr uint32_t kCarry = 64;  // as in trial_deletion.cc
        int64_t* carried = nullptr;
        if (key->refcount >= kCarry) {
            carried = c.heap->gc.overflow.find_or_add(c.heap->memory, key);
            if (carried == nullptr) {
                complete = false;
                return;
            }
            *carried = key->refcount / kCarry;
        }
        *side_of(key) = static_cast<uint8_t>(kUnreachable + key->refcount % kCarry);
    });
    return complete;
}

void settle_leaf_keys(Collection& c) {
    const uint8_t target = side_of_generation(c.target);
    for_each_key(c, [&c, target](const WeakMapObject*, cairn_object* key) {
        uint8_t* side = side_of(key);
        if ((key->flags & kContainer) != 0 || *side == kUntracked) {
            return;
        }
        const bool is_unreachable = *side == kUnreachable;
        c.reached -= *side == target;
        *side = kUntracked;
        if (is_unreachable) {
            clear_weakrefs_to(c.heap, key, c.callbacks, [](const WeakrefObject* ref) {
                return *side_of(ref) != kUnreachable;
            });
        }
    });
}

}  // namespace cairn
