// SPDX-License-Identifier: MIT
// What is done with the unreachable set: weak references, finalizers, and its end.
#include "collect/collection.h"
#include "collect/ephemerons.h"
#include "collect/kept_values.h"
#include "collect/plain_garbage.h"
#include "collect/unreachable.h"
#include "finalize/deliver.h"
#include "heap/cells.h"
#include "heap/tracking.h"
#include "object/walk.h"
#include "reclaim/reclaim.h"

namespace cairn {

namespace {

// CPython 3.15 leaves references without a callback readable until the finalizers have run. If they
// ran first, that is now.
bool may_outlive_finalizers(const cairn_heap* heap) {
    return has_option(heap, CAIRN_HEAP_WEAKREFS_OUTLIVE_FINALIZERS) &&
           !has_option(heap, CAIRN_HEAP_FINALIZERS_FIRST);
}

// Takes back the mark of a reference that a map keeps.
bool take_kept(Collection& c, WeakrefObject* ref) {
    const bool kept = (ref->state & kKeptByMap) != 0;
    ref->state &= ~static_cast<uint32_t>(kKeptByMap);
    c.saves_references |= kept;
    return kept;
}

void clear_readable(Collection& c, cairn_object* referent) {
    const bool all = !may_outlive_finalizers(c.heap);
    const auto is_no_trash = [&c](WeakrefObject* ref) {
        return take_kept(c, ref) || *side_of(ref) != kUnreachable;
    };
    if (all) {
        clear_weakrefs_to(c.heap, referent, c.callbacks, is_no_trash);
        return;
    }
    WeakrefObject* next = nullptr;
    for (WeakrefObject* ref = first_weakref(c.heap, referent); ref != nullptr; ref = next) {
        next = ref->next;
        if (has_pending_callback(ref)) {
            clear_weakref(c.heap, ref);
            if (may_call_back(ref) && is_no_trash(ref)) {
                c.callbacks.append(ref);
            }
        }
    }
}

// A reference that is garbage itself must not call back: its callback could see objects that are
// cleared already (CPython bpo-38006). Unless a map keeps it, or a referent that waits.
void clear_trash(Collection& c, WeakrefObject* ref) {
    if ((ref->state & kKeptByMap) != 0) {
        return;
    }
    if (waits_with_referent(ref)) {
        retain(&ref->head);
        ref->state |= kWaitsWithReferent;
        c.saves_references = true;
    } else if (!may_outlive_finalizers(c.heap) || has_pending_callback(ref)) {
        clear_weakref(c.heap, ref);
    }
}

}  // namespace

void clear_weakrefs_to_unreachable(Collection& c) {
    if (c.heap->weakrefs.size() == 0) {
        return;
    }
    mark_references_kept_by_maps(c.set);
    UnreachableWalk walk(c.set);
    while (cairn_object* object = walk.next()) {
        if (is_weakref(object)) {
            clear_trash(c, as_weakref(object));
        }
        if ((object->flags & kHasWeakrefs) != 0) {
            clear_readable(c, object);
        }
        if ((object->flags & kContainer) == 0) {
            // A leaf key: it has left its maps, and dies by its count like any leaf.
            *side_of(object) = kUntracked;
        }
    }
}

void run_weakref_callbacks(Collection& c) {
    while (WeakrefObject* ref = c.callbacks.take_first()) {
        ref->state |= kKeepsArgument;
        const bool called = deliver_callback(c.heap, ref);  // USER CODE
        // The collection did not count the reference among what it found; if the callback dropped
        // it (a weak container does), it counts as found all the same, as in handle_weakrefs.
        const bool dies = called && ref->head.refcount == 1;
        if (!dies && *side_of(ref) != kUntracked && *side_of(ref) != kUnreachable) {
            set_generation(c.heap, &ref->head, c.set.target);
        }
        c.freed_weakrefs += dies;
        if (called) {
            release_called(ref);  // USER CODE
        }
    }
}

void run_finalizers(Collection& c) {
    UnreachableWalk walk(c.set, true);
    while (cairn_object* object = walk.next()) {
        (void)finalize_found(c.heap, object);  // USER CODE
    }
    finalize_leaf_keys(c.set);  // USER CODE
}

void rescue_resurrected(Collection& c) {
    if (c.heap->gc.user_code_runs == c.user_code_before && !c.saves_references) {
        return;
    }
    c.out_of_memory = !prove(c.set);
}

void clear_weakrefs_left(Collection& c) {
    const bool may_be_some = c.heap->gc.user_code_runs != c.user_code_before ||
                             has_option(c.heap, CAIRN_HEAP_WEAKREFS_OUTLIVE_FINALIZERS);
    if (c.heap->weakrefs.size() == 0 || !may_be_some) {
        return;
    }
    UnreachableWalk walk(c.set);
    while (cairn_object* object = walk.next()) {
        if (is_weakref(object)) {
            clear_weakref(c.heap, as_weakref(object));
        }
        // An entry of a weak container must leave it: that is the heap's own callback.
        clear_weakrefs_to(c.heap, object, c.callbacks, [](const WeakrefObject* ref) {
            return (ref->state & kInWeakMap) != 0 && *side_of(ref) != kUnreachable;
        });
    }
}

namespace {

void keep_in_garbage_list(Collection& c, cairn_object* object) {
    // Without memory for the list the object is still kept, as CPython does.
    if (c.heap->gc.garbage.push(c.heap->memory, object)) {
        retain(object);
    }
    set_generation(c.heap, object, c.set.target);
}

// An object that was cleared and is still alive is held by others that are not cleared yet, or it
// is uncollectable. CPython moves it to the survivors at once, and its order is kept there.
void keep_for_now(Collection& c, cairn_object* object) {
    if (c.heap->ordered) {
        set_generation(c.heap, object, c.set.target);
    } else {
        *side_of(object) = kCleared;
        ++c.kept;
    }
}

// Drops the references of one unreachable object. If it is still alive then, others hold it; the
// last of them frees it. USER CODE.
void clear_unreachable(Collection& c, cairn_object* object) {
    retain(object);
    drop_references(object);  // USER CODE
    if (object->refcount > 1 && *side_of(object) == kUnreachable) {
        keep_for_now(c, object);
    }
    release(object);  // USER CODE
}

// What was cleared and is still alive now joins the survivors.
void keep_cleared(Collection& c) {
    if (c.kept == 0) {
        return;
    }
    c.kept = 0;
    for_each_examined(c.heap, [&c](Page* page) {
        for_each_in(
            page, page->examined_blocks, only(kCleared), [&c](cairn_object* object, uint8_t*) {
                set_generation(c.heap, object, c.set.target);
                report_uncollectable(c, object);
                ++c.kept;
            });
    });
}

}  // namespace

void break_cycles(Collection& c) {
    // User code may set the flag in the middle, and spare what is not cleared yet (delete_garbage).
    const auto saves_all = [&c] { return (c.heap->gc.debug & CAIRN_GC_DEBUG_SAVEALL) != 0; };
    // What an entry of a living map holds is not free before the entry has left.
    if (!saves_all() && c.callbacks.is_empty() && free_plain_garbage(c.set)) {
        return;
    }
    UnreachableWalk walk(c.set);
    while (cairn_object* object = walk.next()) {
        if (saves_all()) {
            keep_in_garbage_list(c, object);
        } else {
            clear_unreachable(c, object);  // USER CODE
        }
    }
    run_weakref_callbacks(c);  // USER CODE
    keep_cleared(c);
}

}  // namespace cairn
