// SPDX-License-Identifier: MIT
// One collection: its state, and its phases in the order in which collect.cc conducts them.
#ifndef CAIRN_COLLECT_COLLECTION_H
#define CAIRN_COLLECT_COLLECTION_H

#include <cstddef>
#include <cstdint>

#include "collect/candidates.h"
#include "heap/heap.h"
#include "weakref/weakref.h"

namespace cairn {

struct Collection {
    Collection(int of_generation, const CandidateSet& candidates)
        : heap(candidates.heap),
          generation(of_generation),
          set(candidates),
          user_code_before(candidates.heap->gc.user_code_runs) {}

    cairn_heap* heap;
    int generation;
    CandidateSet set;
    size_t unreachable = 0;  // found in the end
    size_t freed_weakrefs = 0;
    size_t kept = 0;  // unreachable, cleared, and alive all the same
    uint64_t user_code_before;
    bool out_of_memory = false;
    bool saves_references = false;  // weak references among the garbage are to call back
    CallbackList callbacks;
};

// A collection is three verbs on its set: a proof says what is unreachable, user code is told and a
// second proof says what that has saved, and the rest is disposed of. USER CODE.
void collect_set(Collection& c);

// Clears the weak references to unreachable objects and those that are unreachable themselves.
// Callbacks of reachable references to unreachable objects are noted.
void clear_weakrefs_to_unreachable(Collection& c);

// Calls the noted callbacks, in the order in which they were noted. USER CODE.
void run_weakref_callbacks(Collection& c);

// Finalizes every unreachable object that has a finalizer and was not finalized. USER CODE.
void run_finalizers(Collection& c);

// If user code ran: a second proof, on what is unreachable only. What has references from outside
// now, and all it reaches, survives.
void rescue_resurrected(Collection& c);

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

}  // namespace cairn

#endif
