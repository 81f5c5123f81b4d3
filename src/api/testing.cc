// SPDX-License-Identifier: MIT
#include "cairn/testing.h"

#include "api/check.h"
#include "collect/verify.h"
#include "object/header.h"

using cairn::enter;

void cairn_fail_allocation_for_testing(cairn_heap* heap, uint64_t n) {
    enter(heap)->memory.fail_after = n;
    heap->memory.planned_failure = false;
    cairn::set_slow_allocation(heap);
}

uint64_t cairn_allocation_requests_for_testing(const cairn_heap* heap) {
    cairn::look_at(heap);
    const uint64_t fast_allocations = cairn::allocations(heap) - heap->testing.slow_allocations;
    return fast_allocations + heap->testing.requests + heap->memory.table_requests;
}

void cairn_collect_every_for_testing(cairn_heap* heap, uint64_t n) {
    enter(heap)->testing.collect_every = n;
    heap->testing.collect_countdown = n;
    cairn::set_slow_allocation(heap);
}

int cairn_verify_for_testing(cairn_heap* heap) {
    return cairn::verify(enter(heap)) ? 1 : 0;
}

void cairn_add_references_for_testing(cairn_object* object, uint64_t count) {
    enter(object);
    if (!cairn::is_immortal(object)) {
        const uint64_t sum = object->refcount + count;
        const bool saturated = count >= cairn::kImmortalBit || sum >= cairn::kImmortalBit;
        if (saturated) {
            cairn_make_immortal(object);
        } else {
            object->refcount = static_cast<uint32_t>(sum);
        }
    }
}
