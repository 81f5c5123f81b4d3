#include "reclaim/clear_check.h"

#include "object/misuse.h"
#include "object/slots.h"

namespace cairn {

void clear_opaque(cairn_heap* heap, cairn_object* object) {
#if CAIRN_CHECK_LEVEL >= 1
    uint64_t visited = 0;
    for_each_referent(object, [&visited](cairn_object*) { ++visited; });
    // Deaths inside the call have counters of their own: reclaim() saves and restores this one.
    const uint64_t outer = heap->reclaim.released;
    heap->reclaim.released = 0;
    object->type->clear(object);  // USER CODE
    const uint64_t released = heap->reclaim.released;
    heap->reclaim.released = outer;
    if (visited < released) {
        report_misuse(object, "traverse visits fewer references than clear releases");
    }
    if (visited > released) {
        report_misuse(object, "traverse visits more references than clear releases");
    }
#else
    object->type->clear(object);  // USER CODE
#endif
    (void)heap;
}

}  // namespace cairn
