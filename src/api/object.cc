// SPDX-License-Identifier: MIT
#include "cairn/object.h"

#include "api/allocation.h"
#include "api/check.h"
#include "heap/buffer.h"
#include "heap/tracking.h"
#include "inspect/sizes.h"
#include "object/hash.h"
#include "object/release.h"
#include "object/repr.h"
#include "object/walk.h"

using cairn::enter;
using cairn::HostCall;
using cairn::HostFunction;

namespace cairn {

void collect_for_testing(cairn_heap* heap) {
    if (heap->testing.collect_every != 0 && --heap->testing.collect_countdown == 0) {
        heap->testing.collect_countdown = heap->testing.collect_every;
        (void)collect(heap, 2, false, nullptr);  // USER CODE
    }
}

bool before_slow_allocation(cairn_heap* heap) {
    check_soft_limit(heap);     // USER CODE
    collect_for_testing(heap);  // USER CODE
    ++heap->testing.requests;
    if (heap->memory.fails_now()) {
        (void)heap->memory.take_planned_failure();
        return false;
    }
    return true;
}

namespace {

// Not inline, so that the usual case keeps no registers for it. USER CODE, before.
[[gnu::noinline]] cairn_object* allocate_the_long_way(cairn_heap* heap, const cairn_type* type) {
    if (type->is_variable || (type->object_flags & (kIsWeakref | kIsWeakMap)) != 0) {
        return nullptr;
    }
    return allocate_for_host(heap, type, [heap, type] {  // USER CODE
        return allocate_object(heap, type);
    });
}

}  // namespace

}  // namespace cairn

cairn_object* cairn_new(const cairn_type* type) {
    cairn::check_type(type);
    cairn_heap* heap = enter(type->heap);
    cairn_object* object = cairn::allocate_at_once(type, type->quick_bin);
    return object != nullptr ? object : cairn::allocate_the_long_way(heap, type);  // USER CODE
}

cairn_object* cairn_new_var(const cairn_type* type, size_t item_count) {
    cairn::check_type(type);
    cairn_heap* heap = enter(type->heap);
    if (!type->is_variable || !cairn::items_fit(type, item_count)) {
        return nullptr;
    }
    return cairn::allocate_for_host(heap, type, [heap, type, item_count] {  // USER CODE
        return cairn::allocate_items(heap, type, item_count);
    });
}

void cairn_incref_slow(cairn_object* object) {
    enter(object);
    cairn::retain_slow(object);
}

void cairn_decref_slow(cairn_object* object) {
    enter(object);
    cairn::release_slow(object);  // USER CODE
}

void cairn_check_store(cairn_object* const* slot, const cairn_object* value) {
    cairn::check_store(slot, value);
    if (cairn::is_reference(value, true)) {
        cairn::check_thread(cairn::heap_of(value));
    }
}

void cairn_check_object(const cairn_object* object) {
    cairn::check_cell(object);  // Dealloc functions ask for the type of a dying one.
}

uint32_t cairn_refcount(const cairn_object* object) {
    cairn::look_at(object);
    // The finalizer queue's reference counts, whether it is borrowed or not.
    const uint32_t borrowed = (object->flags & cairn::kIsBorrowed) != 0 ? 1 : 0;
    return cairn::is_immortal(object) ? UINT32_MAX : object->refcount + borrowed;
}

void cairn_make_immortal(cairn_object* object) {
    cairn::make_immortal(enter(object), object);
}

int cairn_is_immortal(const cairn_object* object) {
    cairn::look_at(object);
    return cairn::is_immortal(object) ? 1 : 0;
}

size_t cairn_object_size(const cairn_object* object) {
    cairn::look_at(object);
    return cairn::page_of(object)->cell_size;
}

size_t cairn_object_external_size(const cairn_object* object) {
    cairn::look_at(object);
    return cairn::external_bytes(const_cast<cairn_object*>(object));  // HOST CODE
}

size_t cairn_repr(const cairn_object* object, char* buffer, size_t size) {
    cairn::look_at(object);
    return cairn::repr(object, buffer, size);
}

cairn_status cairn_hash(cairn_object* object, uint64_t* out_hash) {
    enter(object);
    return cairn::hash_of(object, out_hash);  // USER CODE
}

cairn_status cairn_equal(cairn_object* object, cairn_object* other, int* out_equal) {
    const cairn_heap* heap = enter(object);
    cairn::check_argument(object, other);
    if (object == other || object->type->equal == nullptr) {
        *out_equal = object == other ? 1 : 0;
        return CAIRN_OK;
    }
    const HostCall call(heap, HostFunction::kEqual, object);
    return object->type->equal(object, other, out_equal);  // USER CODE
}
