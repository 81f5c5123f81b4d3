// Propagation through weak-key maps.
#ifndef CAIRN_COLLECT_EPHEMERONS_H
#define CAIRN_COLLECT_EPHEMERONS_H

#include "collect/collection.h"
#include "object/slots.h"
#include "weakref/weakmap.h"

namespace cairn {

// A leaf that is a key of a weak-key map decides whether its value lives, and is not tracked. So
// for the time of a collection the leaf keys of the maps that it examines are candidates too:
// counted here before internal references are subtracted, settled and forgotten after unreachable
// objects are separated. False: memory is out.
[[nodiscard]] bool count_leaf_keys(Collection& c);

// Clears the weak references to unreachable leaf keys, noting callbacks, and ends their tracking.
void settle_leaf_keys(Collection& c);

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
