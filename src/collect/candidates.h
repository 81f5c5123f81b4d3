// SPDX-License-Identifier: MIT
// The set of objects that a collection works on.
//
// Its members have the side bytes of candidates. A proof makes those that are referred to from
// outside the set, and all that they reach, members of the generation of survivors; what is left is
// unreachable. That holds for any set of objects: a reference from outside, wherever it lies, is
// one that is not subtracted. So the set may be a generation, what a proof has left over after user
// code ran, or a guess (collect/cycle/).
#ifndef CAIRN_COLLECT_CANDIDATES_H
#define CAIRN_COLLECT_CANDIDATES_H

#include <cstddef>
#include <cstdint>

#include "heap/cells.h"
#include "heap/heap.h"

namespace cairn {

struct CandidateSet {
    CandidateSet(cairn_heap* in_heap, int survivors_generation)
        : heap(in_heap), target(survivors_generation) {}

    cairn_heap* heap;
    int target;                 // the generation that survivors move to
    size_t members = 0;         // ever
    size_t reached = 0;         // of those, proven reachable
    size_t untracked = 0;       // of those, found to be atomic
    OrderList* list = nullptr;  // CPython's order: holds exactly the members
    bool is_whole = false;      // all that was tracked was in it: most cells of its pages
    bool is_partial = false;  // others are reachable: weak-key maps among them may hold its values
    bool has_leaf_keys = false;  // leaves are among the members: see ephemerons.h
};

// Forgets which pages were examined. Ends every collection, before segments can go away.
void end_examination(cairn_heap* heap);

// The members of the generation and the younger ones.
CandidateSet by_generation(cairn_heap* heap, int generation);

// Makes an object a member, whatever its side byte was.
void add_member(CandidateSet& set, const cairn_object* object);

// Says which objects have references from outside the set or are reached from such: they become
// members of the target generation, or leaves again. False when memory is out: then all do.
[[nodiscard]] bool prove(CandidateSet& set);

// Makes a candidate a member of the target generation.
inline void survive(CandidateSet& set, cairn_object* object) {
    *side_of(object) = side_of_generation(set.target);
    ++set.reached;
}

}  // namespace cairn

#endif
