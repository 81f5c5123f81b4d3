// SPDX-License-Identifier: MIT
/// Operations: iteration, registered finalizers, collections, settings, introspection, tracking.
#include "machine.h"

namespace cairn_fuzz {

void Machine::iterate() {
    cairn_weakmap_iterator& iterator = iterators_[bytes_.below(kIterators)];
    if (iterator.map == nullptr) {
        cairn_object* map = variables_[pick()];
        if (map != nullptr && cairn_weakmap_kind(map) != CAIRN_NOT_WEAK) {
            cairn_weakmap_iterator_open(map, &iterator);
        }
        return;
    }
    if (bytes_.below(4) == 0) {
        // Closed as a host must that user code may come back to: out of the variable first.
        cairn_weakmap_iterator closed = iterator;
        iterator = {};
        cairn_weakmap_iterator_close(&closed);
        cairn_weakmap_iterator_close(&closed);
        return;
    }
    cairn_object* key = nullptr;
    cairn_object* value = nullptr;
    // The step may run user code, which may not step or close the same iteration.
    cairn_weakmap_iterator mine = iterator;
    iterator = {};
    const bool some = cairn_weakmap_iterator_next(&mine, &key, &value) != 0;
    if (some) {
        check(key);
        const Hold hold(key);
        if (value != nullptr) {
            check(value);
            assign(pick(), cairn_new_ref(value));
        }
        assign(pick(), cairn_new_ref(key));
    }
    if (iterator.map == nullptr) {
        iterator = mine;
    } else {
        cairn_weakmap_iterator_close(&mine);
    }
}

void Machine::use_registered() {
    const Hold object(variables_[pick()]);
    if (object.get() == nullptr) {
        cairn_finalizers_run_atexit(heap_);
        return;
    }
    if (cairn_is_finalizer(object.get()) == 0) {
        const Hold argument(variables_[pick()]);
        Call* call = new_call();
        assign(pick(), cairn_finalizer_new(object.get(), registered, argument.get(), call));
        return;
    }
    switch (bytes_.below(4)) {
        case 0: {
            int ran = 0;
            const cairn_status status = cairn_finalizer_call(object.get(), &ran);
            require(status == CAIRN_OK || (status == CAIRN_USER_ERROR && ran == 1),
                    "a finalizer failed without its function");
            require(cairn_finalizer_is_alive(object.get()) == 0,
                    "a finalizer lives after its call");
            break;
        }
        case 1: {
            void* data = nullptr;
            const bool known =
                cairn_finalizer_peek(object.get(), nullptr, nullptr, &data) == CAIRN_OK;
            const bool was_alive = cairn_finalizer_is_alive(object.get()) != 0;
            if (known && was_alive) {
                // Marked before, because what it lets go of may run user code.
                static_cast<Call*>(data)->is_detached = true;
            }
            const bool detached = cairn_finalizer_detach(object.get()) != 0;
            require(detached == (known && was_alive), "detach says something else than peek");
            break;
        }
        case 2:
            (void)cairn_finalizer_set_atexit(object.get(), static_cast<int>(bytes_.below(2)));
            break;
        default: {
            cairn_object* of = nullptr;
            cairn_object* argument = nullptr;
            if (cairn_finalizer_peek(object.get(), &of, &argument, nullptr) == CAIRN_OK) {
                assign(pick(), of);
                assign(pick(), argument);
            }
            break;
        }
    }
}

void Machine::collect() {
    switch (bytes_.below(8)) {
        case 0:
        case 1: {
            size_t found = 0;
            const bool inside = cairn_gc_is_collecting(heap_) != 0;
            const cairn_status status = cairn_gc_collect(heap_, 2, &found);
            require(status == CAIRN_OK || status == CAIRN_NO_MEMORY, "a collection failed");
            require(!inside || found == 0, "a collection ran inside a collection");
            break;
        }
        case 2:
            require(cairn_gc_collect(heap_, static_cast<int>(bytes_.below(3)), nullptr) !=
                        CAIRN_INVALID,
                    "a generation was refused");
            break;
        case 3:
            (void)cairn_finalizers_run(heap_, bytes_.byte(), 0);
            break;
        case 4:
            cairn_gc_freeze(heap_);
            break;
        case 5:
            cairn_gc_unfreeze(heap_);
            break;
        case 6:
            cairn_heap_trim(heap_);
            break;
        default:
            if (cairn_gc_garbage_count(heap_) > 0) {
                assign(pick(), cairn_gc_garbage_get(heap_, 0));
                cairn_gc_garbage_clear(heap_);
            }
            break;
    }
}

void Machine::configure() {
    const uint32_t amount = bytes_.byte();
    cairn_heap_usage usage = {};
    cairn_heap_get_usage(heap_, &usage);
    const size_t used = usage.object_bytes + usage.table_bytes;
    switch (bytes_.below(14)) {
        case 0:
            cairn_gc_enable(heap_);
            break;
        case 1:
            cairn_gc_disable(heap_);
            break;
        case 2: {
            const uint32_t thresholds[3] = {amount, 1 + amount % 5, 1 + amount % 3};
            cairn_gc_set_thresholds(heap_, thresholds);
            break;
        }
        case 3:
            cairn_gc_set_byte_thresholds(heap_, size_t{amount} << 14, size_t{amount} << 10);
            break;
        case 4:
            if (cairn_gc_callback_add(heap_, at_collection, this) == CAIRN_OK && amount > 200) {
                require(cairn_gc_callback_remove(heap_, at_collection, this) == CAIRN_OK,
                        "a callback that was added is not there");
            }
            break;
        case 5:
            (void)cairn_gc_callback_remove(heap_, at_collection, this);
            break;
        case 6:
            cairn_heap_set_memory_limit(heap_, amount == 0 ? 0 : used + (size_t{amount} << 10));
            break;
        case 7:
            cairn_heap_set_soft_limit(
                heap_, used + usage.external_bytes + (size_t{amount} << 8), at_soft_limit, this);
            break;
        case 8:
            // What was added may be given back; never more.
            if (amount % 2 == 0) {
                (void)cairn_heap_add_external(heap_, ptrdiff_t{amount} << 12);
            } else {
                (void)cairn_heap_add_external(heap_, -static_cast<ptrdiff_t>(usage.external_bytes));
            }
            break;
        case 9:
            cairn_heap_set_root_visitor(heap_, amount % 2 == 0 ? visit_roots : nullptr, this);
            break;
        case 10: {
            const size_t variable = amount % kVariables;
            if (is_root_[variable]) {
                require(cairn_root_remove(heap_, &variables_[variable]) == CAIRN_OK,
                        "a root is not there");
                is_root_[variable] = false;
            } else if (cairn_root_add(heap_, &variables_[variable]) == CAIRN_OK) {
                is_root_[variable] = true;
            }
            break;
        }
        case 11:
            cairn_gc_set_debug(heap_, amount % 4 == 0 ? uint32_t{CAIRN_GC_DEBUG_SAVEALL} : 0u);
            break;
        case 12:
            cairn_fail_allocation_for_testing(heap_, amount % 32);
            break;
        default:
            // Not so often that a large heap takes seconds.
            cairn_collect_every_for_testing(
                heap_, amount % 16 == 0 ? 0 : amount % 16 + usage.objects / 100);
            break;
    }
}

void Machine::release(cairn_objects* objects) {
    for (size_t i = 0; i < objects->count && i < 100; ++i) {
        check(objects->items[i]);
    }
    cairn_objects_release(heap_, objects);
    require(objects->count == 0, "a released list has objects");
}

void Machine::inspect() {
    const Hold object(variables_[pick()]);
    cairn_objects objects = {};
    switch (bytes_.below(6)) {
        case 0:
            if (cairn_get_objects(heap_, static_cast<int>(bytes_.below(4)) - 1, &objects) ==
                CAIRN_OK) {
                release(&objects);
            }
            return;
        case 1: {
            size_t count = 0;
            cairn_visit_objects(
                heap_,
                [](cairn_object* each, void* user_data) {
                    require(cairn_refcount(each) != 0, "a dead object was visited");
                    ++*static_cast<size_t*>(user_data);
                    return 1;
                },
                &count);
            cairn_heap_usage usage = {};
            cairn_heap_get_usage(heap_, &usage);
            require(count <= usage.objects, "more objects were visited than there are");
            return;
        }
        case 2:
            verify();
            return;
        default:
            break;
    }
    if (object.get() == nullptr) {
        return;
    }
    const uint32_t what = bytes_.below(5);
    cairn_object* target = object.get();
    if ((what == 0 && cairn_get_referents(target, &objects) == CAIRN_OK) ||
        (what == 1 && cairn_get_referrers(heap_, &target, 1, &objects) == CAIRN_OK) ||
        (what == 2 && cairn_get_weakrefs(target, &objects) == CAIRN_OK)) {
        release(&objects);
    } else if (what == 3) {
        cairn_visit_referents(
            target,
            [](cairn_object* referent, const cairn_edge*, void*) {
                require(referent != nullptr, "nothing was visited");
                return 1;
            },
            nullptr);
    } else if (what == 4) {
        char text[40];
        (void)cairn_repr(target, text, sizeof text);
    }
}

void Machine::track() {
    const Hold object(variables_[pick()]);
    if (object.get() == nullptr) {
        return;
    }
    const bool by_hand =
        machine_of(object.get()) != nullptr && node_of(object.get())->kind == kByHand;
    switch (bytes_.below(8)) {
        case 0:
            may_leak_ = true;
            cairn_gc_untrack(object.get());
            break;
        case 1:
            cairn_make_immortal(object.get());
            break;
        case 2:
        case 3: {
            uint64_t hash = 0;
            (void)cairn_hash(object.get(), &hash);
            break;
        }
        case 4: {
            const Hold other(variables_[pick()]);
            int equal = 0;
            if (other.get() != nullptr) {
                (void)cairn_equal(object.get(), other.get(), &equal);
            }
            break;
        }
        default:
            if (by_hand && cairn_gc_is_tracked(object.get()) == 0) {
                (void)cairn_gc_track(object.get());
            }
            break;
    }
}

/// Calls in the wrong place or of the wrong kind, which must be refused.
void Machine::misplace(cairn_object* self) {
    if (depth_ > 0 && no_close_ == 0 && bytes_.below(2) == 0) {
        require(cairn_heap_free(heap_) == SIZE_MAX, "a heap was freed inside user code");
        return;
    }
    const Hold object(self != nullptr ? self : variables_[pick()]);
    if (object.get() == nullptr) {
        require(cairn_gc_collect(heap_, 3, nullptr) == CAIRN_INVALID, "generation 3");
        return;
    }
    if (cairn_weakmap_kind(object.get()) == CAIRN_NOT_WEAK) {
        require(cairn_weakmap_clear(object.get()) == CAIRN_INVALID, "what is no map was cleared");
    }
    if (cairn_is_weakref(object.get()) == 0) {
        require(cairn_weakref_get(object.get()) == nullptr, "what is no reference has a referent");
    }
    if (cairn_is_finalizer(object.get()) == 0) {
        require(cairn_finalizer_detach(object.get()) == 0, "what is no finalizer was detached");
    }
}

}  // namespace cairn_fuzz
