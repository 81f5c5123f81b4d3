// SPDX-License-Identifier: MIT
// Which entries of weak containers are ephemerons.
#ifndef CAIRN_INSPECT_EPHEMERON_H
#define CAIRN_INSPECT_EPHEMERON_H

#include "weakref/weakmap.h"

namespace cairn {

// Is the strong side alive only if the weak one is? A map that no collection examines, immortal,
// untracked or frozen, holds its values as any other object does, and so does the entry of a key
// that dies, until it is dead. Collections of ordered heaps do not see leaf keys either.
inline bool is_ephemeron(const cairn_heap* heap, const WeakMapObject* map, const WeakEntry& entry) {
    const uint8_t side = *side_of(&map->head);
    return map->kind == CAIRN_WEAK_KEY_MAP && !has_option(heap, CAIRN_HEAP_STRONG_WEAKKEY_VALUES) &&
           side != kUntracked && side != kPermanent && weak_side(entry) != nullptr &&
           !(heap->ordered && (entry.weak->flags & kContainer) == 0);
}

}  // namespace cairn

#endif
