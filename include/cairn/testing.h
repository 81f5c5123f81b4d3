// SPDX-License-Identifier: MIT
/// Hooks for tests: fail an allocation, force collections, verify the heap.
/// Not part of the stable ABI.
#ifndef CAIRN_TESTING_H
#define CAIRN_TESTING_H

#include <stddef.h>
#include <stdint.h>

#include "cairn/heap.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Makes the `n`-th memory request from now on fail, once (1: the next; 0: none). A memory request
/// is the allocation of an object, or the growth of a buffer or of one of the heap's tables.
CAIRN_API void cairn_fail_allocation_for_testing(cairn_heap* heap, uint64_t n);

/// Returns the number of memory requests since the heap was made.
CAIRN_API uint64_t cairn_allocation_requests_for_testing(const cairn_heap* heap);

/// Runs a full collection before every `n`-th allocation of an object or growth of a buffer (0:
/// never), even while automatic collection is off.
CAIRN_API void cairn_collect_every_for_testing(cairn_heap* heap, uint64_t n);

/// Verifies the whole heap and returns 1 if it is consistent, else 0. Checks reference counts
/// against references, side bytes against object states, the weak reference table, free lists and
/// page descriptors. Writes a report of the first problems to standard error. Allocates outside the
/// heap. During a collection or a death it checks what holds then. O(heap).
///   errors:  0 if memory for the check runs out; a line on standard error says so
CAIRN_API int cairn_verify_for_testing(cairn_heap* heap);

/// Adds `count` to the references of `object`, as so many calls of cairn_incref() would.
///   owns:    the caller owns `count` more references
CAIRN_API void cairn_add_references_for_testing(cairn_object* object, uint64_t count);

#ifdef __cplusplus
}
#endif

#endif
