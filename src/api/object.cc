#include "cairn/object.h"

#include <cstdio>

#include "api/allocation.h"
#include "api/check.h"
#include "reclaim/simple_death.h"

using cairn::enter;

namespace cairn {

bool before_slow_allocation(cairn_heap* heap) {
    check_soft_limit(heap);  // USER CODE
    if (heap->testing.collect_every != 0 && --heap->testing.collect_countdown == 0) {
        heap->testing.collect_countdown = heap->testing.collect_every;
        (void)collect(heap, 2, false, nullptr);  // USER CODE
    }
    ++heap->testing.requests;
    if (heap->memory.fails_now()) {
        (void)heap->memory.take_planned_failure();
        return false;
    }
    return true;
}

namespace {

// Not inline, so that the usual case keeps no registers for it.
[[gnu::noinline]] cairn_object* allocate_the_long_way(cairn_heap* heap, cairn_type* type) {
    if (type->is_variable || (type->object_flags & kIsWeakref) != 0) {
        return nullptr;
    }
    return allocate_for_host(heap, type, [heap, type] { return allocate_object(heap, type); });
}

}  // namespace

}  // namespace cairn

cairn_object* cairn_new(cairn_type* type) {
    cairn_heap* heap = enter(type->heap);
    cairn_object* object = cairn::allocate_at_once(type, type->quick_bin);
    return object != nullptr ? object : cairn::allocate_the_long_way(heap, type);
}

cairn_object* cairn_new_var(cairn_type* type, size_t item_count) {
    cairn_heap* heap = enter(type->heap);
    if (!type->is_variable || !cairn::items_fit(type, item_count)) {
        return nullptr;
    }
    return cairn::allocate_for_host(heap, type, [heap, type, item_count] {
        return cairn::allocate_items(heap, type, item_count);
    });
}

void cairn_incref_slow(cairn_object* object) {
    enter(object);
    if (cairn::is_immortal(object)) {
        return;
    }
    ++object->refcount;
    if (cairn::is_immortal(object)) {
        // Saturated: the true count is lost, so the object must never die.
        cairn_make_immortal(object);
    }
}

void cairn_decref_slow(cairn_object* object) {
#if CAIRN_CHECK_LEVEL >= 1
    cairn_heap* heap = cairn::heap_of(object);
    cairn::check_thread(heap);
    if (object->refcount == 0 || (object->flags & cairn::kDying) != 0) {
        cairn::report_misuse(object, "decref of a freed object: its refcount is below zero");
    }
    heap->reclaim.released.add(object);
#endif
    if (object->refcount == 1) {
        cairn::reclaim_at_once(object);  // USER CODE
    } else if (!cairn::is_immortal(object)) {
        --object->refcount;
    }
}

uint32_t cairn_refcount(const cairn_object* object) {
    enter(object);
    return cairn::is_immortal(object) ? UINT32_MAX : object->refcount;
}

void cairn_make_immortal(cairn_object* object) {
    cairn_heap* heap = enter(object);
    object->refcount = cairn::kImmortalRefcount;
    if (*cairn::side_of(object) != cairn::kUntracked) {
        cairn::untrack(heap, object);
    }
}

int cairn_is_immortal(const cairn_object* object) {
    enter(object);
    return cairn::is_immortal(object) ? 1 : 0;
}

size_t cairn_object_size(const cairn_object* object) {
    enter(object);
    return cairn::page_of(object)->cell_size;
}

size_t cairn_object_external_size(const cairn_object* object) {
    enter(object);
    const cairn_external_size_fn size = object->type->external_size;
    return size == nullptr ? 0 : size(const_cast<cairn_object*>(object));
}

size_t cairn_repr(const cairn_object* object, char* buffer, size_t size) {
    const cairn_type* type = object->type;
    if (type->repr != nullptr) {
        return type->repr(const_cast<cairn_object*>(object), buffer, size);
    }
    const int length =
        std::snprintf(buffer, size, "<%s at %p>", type->name, static_cast<const void*>(object));
    return length < 0 ? 0 : static_cast<size_t>(length);
}

cairn_status cairn_hash(cairn_object* object, uint64_t* out_hash) {
    enter(object);
    if (object->type->hash != nullptr) {
        return object->type->hash(object, out_hash);  // USER CODE
    }
    *out_hash = reinterpret_cast<uintptr_t>(object) >> 4;
    return CAIRN_OK;
}

cairn_status cairn_equal(cairn_object* object, cairn_object* other, int* out_equal) {
    enter(object);
    if (object == other || object->type->equal == nullptr) {
        *out_equal = object == other ? 1 : 0;
        return CAIRN_OK;
    }
    return object->type->equal(object, other, out_equal);  // USER CODE
}
