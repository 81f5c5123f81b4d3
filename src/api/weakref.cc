// SPDX-License-Identifier: MIT
#include "cairn/weakref.h"

#include "api/allocation.h"
#include "api/check.h"
#include "object/release.h"
#include "weakref/weakref.h"

using cairn::as_weakref;
using cairn::enter;
using cairn::WeakrefObject;

namespace {

// The usual case, in one straight line: the first reference to `referent`, whose place in the table
// is near that of the one before. nullptr: nothing was done.
inline WeakrefObject* make_first_at_once(cairn_heap* heap,
                                         const cairn_type* type,
                                         cairn_object* referent,
                                         uint32_t state) {
    const uint32_t flags = referent->flags;
    if ((flags & cairn::kHasWeakrefs) != 0 || !type->is_quick ||
        !heap->weakrefs.is_at_hand(referent)) {
        return nullptr;
    }
    cairn_object* object = cairn::allocate_at_once(type, type->bin);
    if (object == nullptr) {
        return nullptr;
    }
    WeakrefObject* ref = as_weakref(object);
    ref->referent = referent;
    ref->state = state;
    heap->weakrefs.add_at_hand(referent, ref);
    referent->flags = flags | cairn::kHasWeakrefs;
    return ref;
}

// The same for any reference.
inline WeakrefObject* make_at_once(cairn_heap* heap,
                                   const cairn_type* type,
                                   cairn_object* referent,
                                   uint32_t state) {
    cairn_object* object = type->is_quick ? cairn::allocate_at_once(type, type->bin) : nullptr;
    return object == nullptr ? nullptr : cairn::link_weakref(heap, object, referent, state);
}

// Not inline, so that the usual case keeps no registers for it. USER CODE, before.
[[gnu::noinline]] WeakrefObject* make_the_long_way(cairn_heap* heap,
                                                   const cairn_type* type,
                                                   cairn_object* referent) {
    return cairn::allocate_for_host(heap, type, [heap, type, referent] {  // USER CODE
        return cairn::make_weakref(heap, type, referent);
    });
}

// The same for the shared reference, which may be there already. A collection may run first, and a
// callback may make it meanwhile. USER CODE, before.
[[gnu::noinline]] cairn_object* share_the_long_way(cairn_heap* heap, cairn_object* referent) {
    if (WeakrefObject* shared = cairn::find_shared_weakref(heap, referent)) {
        return cairn::new_ref(&shared->head);
    }
    WeakrefObject* ref = make_at_once(heap, heap->weakref_type, referent, cairn::kShared);
    if (ref == nullptr) {
        ref = cairn::allocate_for_host(heap, heap->weakref_type, [heap, referent] {  // USER CODE
            WeakrefObject* shared = cairn::find_shared_weakref(heap, referent);
            return shared != nullptr ? as_weakref(cairn::new_ref(&shared->head))
                                     : cairn::make_shared_weakref(heap, referent);
        });
    }
    return ref == nullptr ? nullptr : &ref->head;
}

// A callback that will wait in the finalizer queue has its place there reserved first. USER CODE,
// before.
WeakrefObject* make_with_callback(cairn_heap* heap,
                                  const cairn_type* type,
                                  cairn_object* referent,
                                  cairn_weakref_fn callback) {
    const bool needs_place = callback != nullptr && cairn::queues_callbacks(heap);
    if (needs_place && !cairn::reserve_place_for_host(heap)) {  // USER CODE
        return nullptr;
    }
    WeakrefObject* ref = make_first_at_once(heap, type, referent, 0);
    ref = ref != nullptr ? ref : make_at_once(heap, type, referent, 0);
    ref = ref != nullptr ? ref : make_the_long_way(heap, type, referent);  // USER CODE
    if (ref == nullptr) {
        if (needs_place) {
            cairn::release_place(heap);
        }
        return nullptr;
    }
    if (callback != nullptr && !heap->silent) {
        cairn::set_callback(ref, callback);
    }
    ref->state |= needs_place ? cairn::kHasPlace : 0U;
    return ref;
}

}  // namespace

cairn_object* cairn_weakref_new(cairn_object* referent,
                                cairn_weakref_fn callback,
                                cairn_object* argument,
                                void* user_data) {
    cairn_heap* heap = enter(referent);
    cairn::check_argument(referent, argument);
    if (callback != nullptr) {
        return cairn_weakref_new_typed(
            heap->weakref_type, referent, callback, argument, user_data);  // USER CODE
    }
    WeakrefObject* ref = make_first_at_once(heap, heap->weakref_type, referent, cairn::kShared);
    return ref != nullptr ? &ref->head : share_the_long_way(heap, referent);  // USER CODE
}

cairn_object* cairn_weakref_new_typed(const cairn_type* type,
                                      cairn_object* referent,
                                      cairn_weakref_fn callback,
                                      cairn_object* argument,
                                      void* user_data) {
    cairn_heap* heap = enter(referent);
    cairn::check_type(type);
    cairn::check_argument(referent, argument);
    if (type->heap != heap || (type->flags & CAIRN_TYPE_WEAKREF) == 0) {
        return nullptr;
    }
    WeakrefObject* ref = make_with_callback(heap, type, referent, callback);  // USER CODE
    if (ref == nullptr) {
        return nullptr;
    }
    cairn::as_full_weakref(ref)->argument = cairn::new_ref(argument);
    cairn::as_full_weakref(ref)->user_data = user_data;
    return &ref->head;
}

cairn_object* cairn_weakref_get(cairn_object* ref) {
    enter(ref);
    if (!cairn::is_weakref(ref)) {
        return nullptr;
    }
    cairn_object* referent = as_weakref(ref)->referent;
    return referent != nullptr && cairn::is_alive(referent) ? cairn::new_ref(referent) : nullptr;
}

int cairn_weakref_is_cleared(const cairn_object* ref) {
    cairn::look_at(ref);
    return as_weakref(ref)->referent == nullptr ? 1 : 0;
}

cairn_object* cairn_weakref_argument(const cairn_object* ref) {
    cairn::look_at(ref);
    const cairn::WeakrefObject* weakref = as_weakref(ref);
    const uint32_t state = weakref->state;
    const bool is_gone =
        (state & cairn::kIsEntryRef) != 0 ||
        (state & (cairn::kCallbackTaken | cairn::kKeepsArgument)) == cairn::kCallbackTaken;
    return is_gone ? nullptr : reinterpret_cast<const cairn::FullWeakref*>(weakref)->argument;
}

int cairn_is_weakref(const cairn_object* object) {
    cairn::check_cell(object);
    return cairn::is_weakref(object) ? 1 : 0;
}

int cairn_weakref_has_callback(const cairn_object* ref) {
    cairn::look_at(ref);
    return cairn::has_pending_callback(as_weakref(ref)) ? 1 : 0;
}

cairn_status cairn_weakref_hash(cairn_object* ref, uint64_t* out_hash) {
    enter(ref);
    WeakrefObject* weakref = as_weakref(ref);
    if ((weakref->state & cairn::kHashKnown) == 0) {
        cairn_object* referent = cairn_weakref_get(ref);
        if (referent == nullptr) {
            return CAIRN_NOT_FOUND;
        }
        uint64_t hash = 0;
        const cairn_status status = cairn_hash(referent, &hash);  // USER CODE
        if (status == CAIRN_OK) {
            weakref->hash = hash;
            weakref->state |= cairn::kHashKnown;
        }
        cairn::release(referent);  // USER CODE
        if (status != CAIRN_OK) {
            return status;
        }
    }
    *out_hash = weakref->hash;
    return CAIRN_OK;
}

cairn_status cairn_weakref_equal(cairn_object* ref, cairn_object* other, int* out_equal) {
    enter(ref);
    cairn::check_argument(ref, other);
    cairn_object* mine = cairn_weakref_get(ref);
    cairn_object* theirs = cairn_weakref_get(other);
    cairn_status status = CAIRN_OK;
    if (mine == nullptr || theirs == nullptr) {
        *out_equal = ref == other ? 1 : 0;
    } else {
        status = cairn_equal(mine, theirs, out_equal);  // USER CODE
    }
    if (mine != nullptr) {
        cairn::release(mine);  // USER CODE
    }
    if (theirs != nullptr) {
        cairn::release(theirs);  // USER CODE
    }
    return status;
}

size_t cairn_weakref_count(const cairn_object* object) {
    cairn_heap* heap = cairn::look_at(object);
    size_t count = 0;
    for (WeakrefObject* ref = cairn::first_weakref(heap, object); ref != nullptr; ref = ref->next) {
        count += !cairn::is_dying(&ref->head);
    }
    return count;
}
