// SPDX-License-Identifier: MIT
#include "cairn/type.h"

#include "api/check.h"
#include "object/header.h"
#include "object/order.h"
#include "object/type.h"

cairn_status cairn_type_new(cairn_heap* heap, const cairn_type_spec* spec, cairn_type** out_type) {
    cairn::enter(heap);
    if (cairn::spec_problem(spec) != nullptr) {
        return CAIRN_INVALID;
    }
    const size_t link_bytes = heap->ordered ? sizeof(cairn::OrderLink) : 0;
    cairn_type* type = cairn::make_type(heap, heap->memory, heap->space, *spec, link_bytes);
    if (type == nullptr) {
        return CAIRN_NO_MEMORY;
    }
    if (heap->silent) {
        type->object_flags &= ~static_cast<uint32_t>(cairn::kHasFinalizer);
    }
    type->next = heap->types;
    heap->types = type;
    *out_type = type;
    return CAIRN_OK;
}

const char* cairn_type_spec_problem(const cairn_type_spec* spec) {
    return cairn::spec_problem(spec);
}

const char* cairn_type_name(const cairn_type* type) {
    cairn::check_type(type);
    return type->name;
}

void* cairn_type_user_data(const cairn_type* type) {
    cairn::check_type(type);
    return type->user_data;
}
