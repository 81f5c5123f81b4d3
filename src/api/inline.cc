// SPDX-License-Identifier: MIT
// The functions that are inline in C and C++, for hosts in other languages: see CAIRN_INLINE.
#include "api/check.h"
#include "cairn/heap.h"
#include "cairn/object.h"
#include "cairn/snapshot.h"
#include "object/release.h"

using cairn::enter;

namespace {

bool is_counted(const cairn_object* value) {
    return value != nullptr && cairn_is_immediate(value) == 0;
}

// Stores a value whose reference the slot takes over. USER CODE, after the store.
void store(cairn_object** slot, cairn_object* value) {
    cairn_check_store(slot, value);
    cairn_object* old = *slot;
    *slot = value;
    cairn_value_decref(old);  // USER CODE
}

}  // namespace

void cairn_heap_options_init(cairn_heap_options* options) {
    *options = cairn_heap_options{};
    options->size = sizeof(cairn_heap_options);
}

cairn_heap* cairn_heap_new(const cairn_heap_options* options) {
    return cairn_heap_new_at_level(options, CAIRN_CHECK_LEVEL);
}

void cairn_incref(cairn_object* object) {
    enter(object);
    cairn::retain(object);
}

void cairn_decref(cairn_object* object) {
    enter(object);
    cairn::release(object);  // USER CODE
}

cairn_object* cairn_new_ref(cairn_object* object) {
    if (object != nullptr) {
        cairn_incref(object);
    }
    return object;
}

void cairn_set(cairn_object** slot, cairn_object* value) {
    cairn_set_consume(slot, cairn_new_ref(value));  // USER CODE
}

void cairn_set_consume(cairn_object** slot, cairn_object* value) {
    cairn_check_store(slot, value);
    cairn_object* old = *slot;
    *slot = value;
    if (old != nullptr) {
        cairn_decref(old);  // USER CODE
    }
}

void cairn_clear(cairn_object** slot) {
    cairn_set_consume(slot, nullptr);  // USER CODE
}

const cairn_type* cairn_type_of(const cairn_object* object) {
    cairn_check_object(object);
    return object->type;
}

int cairn_is_immediate(const cairn_object* value) {
    return static_cast<int>(reinterpret_cast<uintptr_t>(value) & 1);
}

void cairn_value_incref(cairn_object* value) {
    if (is_counted(value)) {
        cairn_incref(value);
    }
}

void cairn_value_decref(cairn_object* value) {
    if (is_counted(value)) {
        cairn_decref(value);  // USER CODE
    }
}

cairn_object* cairn_value_new_ref(cairn_object* value) {
    cairn_value_incref(value);
    return value;
}

void cairn_value_set(cairn_object** slot, cairn_object* value) {
    store(slot, cairn_value_new_ref(value));  // USER CODE
}

void cairn_value_set_consume(cairn_object** slot, cairn_object* value) {
    store(slot, value);  // USER CODE
}

void cairn_value_clear(cairn_object** slot) {
    store(slot, nullptr);  // USER CODE
}

void cairn_snapshot_options_init(cairn_snapshot_options* options) {
    *options = cairn_snapshot_options{};
    options->size = sizeof(cairn_snapshot_options);
}
