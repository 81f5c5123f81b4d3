// SPDX-License-Identifier: MIT
/// Ownership as types, for hosts in C that want a compiler to look for forgotten and doubled
/// releases.
///
/// A host that includes this header and defines CAIRN_TYPED_OWNERSHIP gets owned results as
/// `cairn_owned*`, which is then another type than `cairn_object*`: an owned reference must be kept
/// as such, and no other can be released or given to a slot. cairn_borrow() and cairn_claim() lead
/// from one to the other. Not covered are cairn_weakmap_find(), cairn_weakmap_store() and the calls
/// for values: pass their owned results through cairn_claim(). Such a build is meant to be compiled
/// with -Werror, and for nothing else: the code is the same. Without the option, and in C++ (see
/// cairn/cairn.hpp), both are one type.
#ifndef CAIRN_OWNERSHIP_H
#define CAIRN_OWNERSHIP_H

#include "cairn/finalize.h"
#include "cairn/gc.h"
#include "cairn/object.h"
#include "cairn/weakmap.h"
#include "cairn/weakref.h"

#if defined(CAIRN_TYPED_OWNERSHIP) && !defined(__cplusplus)

typedef struct cairn_owned_object cairn_owned;

#if defined(__GNUC__)
#define CAIRN_NOT_TO_BE_LOST __attribute__((warn_unused_result))
#else
#define CAIRN_NOT_TO_BE_LOST
#endif

/// Returns a reference that is borrowed from its owner.
///   owns:    result is borrowed
static inline cairn_object* cairn_borrow(cairn_owned* owned) {
    return (cairn_object*)owned;
}

/// Says that a reference is owned, for example one that was moved out of a slot.
///   owns:    result is owned by the caller
static inline cairn_owned* cairn_claim(cairn_object* object) CAIRN_NOT_TO_BE_LOST;
static inline cairn_owned* cairn_claim(cairn_object* object) {
    return (cairn_owned*)object;
}

// Results.
#define cairn_new(type) cairn_claim(cairn_new(type))
#define cairn_new_var(type, item_count) cairn_claim(cairn_new_var(type, item_count))
#define cairn_new_ref(object) cairn_claim(cairn_new_ref(object))
#define cairn_weakref_new(referent, callback, argument, user_data) \
    cairn_claim(cairn_weakref_new(referent, callback, argument, user_data))
#define cairn_weakref_new_typed(type, referent, callback, argument, user_data) \
    cairn_claim(cairn_weakref_new_typed(type, referent, callback, argument, user_data))
#define cairn_weakref_get(ref) cairn_claim(cairn_weakref_get(ref))
#define cairn_weakmap_new(heap, kind) cairn_claim(cairn_weakmap_new(heap, kind))
#define cairn_finalizer_new(object, function, argument, user_data) \
    cairn_claim(cairn_finalizer_new(object, function, argument, user_data))
#define cairn_gc_garbage_get(heap, index) cairn_claim(cairn_gc_garbage_get(heap, index))

// Out parameters.

/// Returns an out parameter as the calls below take it.
static inline cairn_object** cairn_out_of_owned(cairn_owned** out) {
    return (cairn_object**)out;
}
#define cairn_weakmap_get(map, key, out) cairn_weakmap_get(map, key, cairn_out_of_owned(out))
#define cairn_weakmap_pop(map, key, out) cairn_weakmap_pop(map, key, cairn_out_of_owned(out))
#define cairn_weakmap_pop_last(map, out_key, out_value) \
    cairn_weakmap_pop_last(map, cairn_out_of_owned(out_key), cairn_out_of_owned(out_value))
#define cairn_weakmap_copy(map, out) cairn_weakmap_copy(map, cairn_out_of_owned(out))
#define cairn_finalizer_peek(finalizer, out_object, out_argument, out_data) \
    cairn_finalizer_peek(                                                   \
        finalizer, cairn_out_of_owned(out_object), cairn_out_of_owned(out_argument), out_data)

// What is consumed.
#define cairn_decref(owned) cairn_decref(cairn_borrow(owned))
#define cairn_set_consume(slot, owned) cairn_set_consume(slot, cairn_borrow(owned))

#else

typedef cairn_object cairn_owned;

/// Returns a reference that is borrowed from its owner.
///   owns:    result is borrowed
static inline cairn_object* cairn_borrow(cairn_owned* owned) {
    return owned;
}

/// Says that a reference is owned, for example one that was moved out of a slot.
///   owns:    result is owned by the caller
static inline cairn_owned* cairn_claim(cairn_object* object) {
    return object;
}

#endif

#endif
