#include "finalize/finalize.h"

#include "object/type.h"

namespace cairn {

void run_finalizer(cairn_heap* heap, cairn_object* object) {
    CAIRN_ASSERT_INTERNAL(needs_finalizer(object) && object->refcount > 0);
    object->flags |= kFinalized;
    ++heap->gc.user_code_runs;
    const cairn_status status = object->type->finalize(object);  // USER CODE
    if (status != CAIRN_OK) {
        unraisable(heap, CAIRN_PLACE_FINALIZER, status, object);
    }
}

}  // namespace cairn
