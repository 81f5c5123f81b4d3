// SPDX-License-Identifier: MIT
#include "object/release.h"

#include "heap/thread.h"
#include "heap/tracking.h"
#include "object/misuse.h"
#include "reclaim/simple_death.h"

namespace cairn {

void retain_slow(cairn_object* object) {
    cairn_heap* heap = heap_of(object);
    check_thread(heap);
    check_alive(object);
    if (is_immortal(object)) {
        return;
    }
    ++object->refcount;
    if (is_immortal(object)) {
        // Saturated: the true count is lost, so the object must never die.
        make_immortal(heap, object);
    }
}

void release_slow(cairn_object* object) {
#if CAIRN_CHECK_LEVEL >= 1
    cairn_heap* heap = heap_of(object);
    check_thread(heap);
    if (!is_alive(object)) {
        report_misuse(object, "decref of a freed object: its refcount is below zero");
    }
    heap->reclaim.released.add(object);
#endif
    if (object->refcount == 1) {
        reclaim(object);  // USER CODE
    } else if (!is_immortal(object)) {
        --object->refcount;
    }
}

}  // namespace cairn
