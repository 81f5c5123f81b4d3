// SPDX-License-Identifier: MIT
#include "cairn/finalize.h"

#include "api/allocation.h"
#include "api/check.h"
#include "finalize/queue.h"
#include "finalize/registry.h"
#include "object/release.h"

using cairn::as_finalizer;
using cairn::enter;
using cairn::FinalizerObject;

namespace {

bool is_alive(const cairn_object* object) {
    const cairn_heap* heap = cairn::look_at(object);
    return cairn::is_finalizer(heap, object) &&
           reinterpret_cast<const FinalizerObject*>(object)->is_alive;
}

// The object of an alive finalizer, owned, or nullptr if it is dying just now.
cairn_object* object_of(FinalizerObject* finalizer) {
    return cairn_weakref_get(&finalizer->ref->head);
}

}  // namespace

size_t cairn_finalizers_pending(const cairn_heap* heap) {
    cairn::look_at(heap);
    return heap->queue.count();
}

size_t cairn_finalizers_run(cairn_heap* heap, size_t max_count, uint64_t max_ns) {
    return cairn::run_queue(enter(heap), max_count, max_ns);  // USER CODE
}

int cairn_finalizer_is_waiting(const cairn_object* object) {
    cairn::look_at(object);
    return (object->flags & cairn::kIsQueued) != 0 ? 1 : 0;
}

cairn_object* cairn_finalizer_new(cairn_object* object,
                                  cairn_finalizer_fn function,
                                  cairn_object* argument,
                                  void* user_data) {
    cairn_heap* heap = enter(object);
    cairn::check_argument(object, argument);
    if (function == nullptr || heap->silent ||
        !cairn::before_container_allocation(heap) ||  // USER CODE, which may finalize the heap
        heap->silent) {
        return nullptr;
    }
    FinalizerObject* finalizer = cairn::register_finalizer(heap, object);
    if (finalizer == nullptr && cairn::recover_memory(heap)) {  // USER CODE
        finalizer = cairn::register_finalizer(heap, object);
    }
    if (finalizer == nullptr) {
        return nullptr;
    }
    finalizer->function = function;
    finalizer->argument = cairn::new_ref(argument);
    finalizer->user_data = user_data;
    return &finalizer->head;
}

int cairn_is_finalizer(const cairn_object* object) {
    cairn::check_alive(object);
    return cairn::is_finalizer(cairn::heap_of(object), object) ? 1 : 0;
}

cairn_status cairn_finalizer_call(cairn_object* finalizer, int* out_ran) {
    cairn_heap* heap = enter(finalizer);
    if (!cairn::is_finalizer(heap, finalizer)) {
        return CAIRN_INVALID;
    }
    const bool runs = is_alive(finalizer);
    cairn_status status = CAIRN_OK;
    if (runs) {
        cairn::retain(finalizer);
        cairn::unregister_finalizer(heap, as_finalizer(finalizer));  // USER CODE
        status = cairn::run_registered(heap, finalizer);             // USER CODE
        cairn::release(finalizer);                                   // USER CODE
    }
    if (out_ran != nullptr) {
        *out_ran = runs ? 1 : 0;
    }
    return status;
}

int cairn_finalizer_is_alive(const cairn_object* finalizer) {
    return is_alive(finalizer) ? 1 : 0;
}

int cairn_finalizer_detach(cairn_object* finalizer) {
    if (!is_alive(finalizer)) {
        return 0;
    }
    FinalizerObject* self = as_finalizer(finalizer);
    cairn_object* object = object_of(self);
    if (object == nullptr) {
        return 0;
    }
    cairn::retain(finalizer);
    cairn::unregister_finalizer(cairn::heap_of(finalizer), self);  // USER CODE
    cairn::clear_slot(&self->argument);                            // USER CODE
    cairn::release(object);                                        // USER CODE
    cairn::release(finalizer);                                     // USER CODE
    return 1;
}

cairn_status cairn_finalizer_peek(cairn_object* finalizer,
                                  cairn_object** out_object,
                                  cairn_object** out_argument,
                                  void** out_user_data) {
    FinalizerObject* self = as_finalizer(finalizer);
    cairn_object* object = is_alive(finalizer) ? object_of(self) : nullptr;
    if (object == nullptr) {
        return CAIRN_NOT_FOUND;
    }
    if (out_argument != nullptr) {
        *out_argument = cairn::new_ref(self->argument);
    }
    if (out_user_data != nullptr) {
        *out_user_data = self->user_data;
    }
    if (out_object != nullptr) {
        *out_object = object;
    } else {
        cairn::release(object);  // NO USER CODE: it was alive before
    }
    return CAIRN_OK;
}

cairn_status cairn_finalizer_set_atexit(cairn_object* finalizer, int at_exit) {
    enter(finalizer);
    if (!is_alive(finalizer)) {
        return CAIRN_NOT_FOUND;
    }
    as_finalizer(finalizer)->at_exit = at_exit != 0;
    return CAIRN_OK;
}

int cairn_finalizer_get_atexit(const cairn_object* finalizer) {
    return is_alive(finalizer) && reinterpret_cast<const FinalizerObject*>(finalizer)->at_exit ? 1
                                                                                               : 0;
}

void cairn_finalizers_run_atexit(cairn_heap* heap) {
    cairn::run_finalizers_at_exit(enter(heap));  // USER CODE
}
