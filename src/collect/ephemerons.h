// Propagation through weak-key maps.
#ifndef CAIRN_COLLECT_EPHEMERONS_H
#define CAIRN_COLLECT_EPHEMERONS_H

#include "object/slots.h"
#include "weakref/weakmap.h"

namespace cairn {

// Is `object` known to be alive, or not examined at all? Its referents may not be visited yet.
inline bool is_reached(const cairn_object* object) {
    const uint8_t side = *side_of(object);
    return side != kUnreachable && side != kTentative;
}

// Calls `visit` for what a reached object keeps alive: its referents, except that a value of a
// weak-key map is kept alive by its key and the map together.
template <typename F>
inline void for_each_kept_alive(cairn_heap* heap, cairn_object* object, F visit) {
    if ((object->flags & (kIsEphemeronKey | kIsWeakMap)) == 0) {
        for_each_referent(object, visit);
    } else {
        visit_ephemerons(heap, object, is_reached, visit_thunk<F>, &visit);
    }
}

}  // namespace cairn

#endif
