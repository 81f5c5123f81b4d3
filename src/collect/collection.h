// SPDX-License-Identifier: MIT
// One collection: its state, and its phases in the order in which collect.cc conducts them.
#ifndef CAIRN_COLLECT_COLLECTION_H
#define CAIRN_COLLECT_COLLECTION_H

#include <cstddef>
#include <cstdint>

#include "heap/heap.h"
#include "weakref/weakref.h"

namespace cairn {

struct Collection {
    Collection(cairn_heap* in_heap, int of_generation)
        : heap(in_heap),
          generation(of_generation),
          target(of_generation < 2 ? of_generation + 1 : 2),
          user_code_before(in_heap->gc.user_code_runs) {}

    cairn_heap* heap;
    int generation;
    int target;  // the generation that survivors move to
    size_t candidates = 0;
    size_t reached = 0;      // candidates proven reachable
    size_t untracked = 0;    // of those, found to be atomic
    size_t unreachable = 0;  // found in the end
    size_t freed_weakrefs = 0;
    size_t kept = 0;  // unreachable, cleared, and alive all the same
    size_t segments_to_release = 0;
    uint64_t user_code_before;
    bool out_of_memory = false;
    bool saves_references = false;  // weak references among the garbage are to call back
    bool is_rescue = false;         // counting again, inside the unreachable set
    bool has_leaf_keys = false;     // leaves are among the candidates: see ephemerons.h
    CallbackList callbacks;
};

// Turns the members of the generation and the younger ones into candidates: side byte 128.
void merge_younger_generations(Collection& c);

// Candidates that the host's declared roots reach become members of the target generation without
// being counted: half the time when all are, which is what it returns. Full collections only.
[[nodiscard]] bool mark_declared_roots(Collection& c);

// Sets each candidate's side byte to 128 + (refcount - references from other candidates). Needs no
// order between counting and subtracting: the byte, with the overflow map, is exact throughout.
// False when the map could not grow.
[[nodiscard]] bool subtract_internal_refs(Collection& c);

// Every candidate survives: what is done when memory is out.
void spare_all(Collection& c);

// Candidates with a count, and what they reach, become members of the target generation. The rest
// keep side byte 128: unreachable.
void separate_unreachable(Collection& c);

// Survivors that can be part of no cycle, now or later, are untracked, if their type wants it.
void untrack_atomic(Collection& c);

// Clears the weak references to unreachable objects and those that are unreachable themselves.
// Callbacks of reachable references to unreachable objects are noted.
void clear_weakrefs_to_unreachable(Collection& c);

// Calls the noted callbacks, in the order in which they were noted. USER CODE.
void run_weakref_callbacks(Collection& c);

// Finalizes every unreachable object that has a finalizer and was not finalized. USER CODE.
void run_finalizers(Collection& c);

// If user code ran: counts again, inside the unreachable set only; what has references from
// outside now, and all it reaches, survives.
void rescue_resurrected(Collection& c);

// Counts what is unreachable now.
void count_unreachable(Collection& c);

// Clears the weak references to what is still unreachable: those that finalizers made, and those
// that an option let outlive them. They are not called back; but the heap's own callbacks, which
// remove entries of weak containers, are noted.
void clear_weakrefs_left(Collection& c);

// Frees what is unreachable, or, with CAIRN_GC_DEBUG_SAVEALL, keeps it in the garbage list.
// USER CODE.
void break_cycles(Collection& c);

// What the debug flags and the callbacks want to know.
void report_unreachable(Collection& c);
void report_uncollectable(const Collection& c, const cairn_object* object);

// The phases above for heaps with CAIRN_HEAP_CPYTHON_ORDER, where they differ.
void merge_younger_lists(Collection& c);
void separate_unreachable_in_order(Collection& c, OrderList& base);
void untrack_atomic_in_order(Collection& c, OrderList& survivors);

// Makes a candidate a member of the target generation.
inline void survive(Collection& c, cairn_object* object) {
    *side_of(object) = side_of_generation(c.target);
    ++c.reached;
}

}  // namespace cairn

#endif
