// SPDX-License-Identifier: MIT
// Which entries of weak containers are ephemerons.
#ifndef CAIRN_INSPECT_EPHEMERON_H
#define CAIRN_INSPECT_EPHEMERON_H

#include "weakref/weakmap.h"

namespace cairn {

// Is the strong side alive only if the weak one is? Collections of ordered heaps do not see leaf
// keys: the entry then holds its value like any other reference.
inline bool is_ephemeron(const cairn_heap* heap, const WeakMapObject* map, const WeakEntry& entry) {
    return map->kind == CAIRN_WEAK_KEY_MAP && !has_option(heap, CAIRN_HEAP_STRONG_WEAKKEY_VALUES) &&
           entry.weak != nullptr && !(heap->ordered && (entry.weak->flags & kContainer) == 0);
}

}  // namespace cairn

#endif
