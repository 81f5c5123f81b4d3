/// Test doors: make allocations fail, make collections happen, check the whole heap.
/// Not part of the stable ABI.
#ifndef CAIRN_TESTING_H
#define CAIRN_TESTING_H

#include <stddef.h>
#include <stdint.h>

#include "cairn/heap.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Makes the `n`-th memory request from now on fail, once (1 = the next; 0 = none). A memory
/// request is an object allocation or growth of one of the heap's tables.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_fail_allocation_for_testing(cairn_heap* heap, uint64_t n);

/// Returns how many memory requests there were since the heap's birth.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API uint64_t cairn_allocation_requests_for_testing(const cairn_heap* heap);

/// Runs a full collection before every `n`-th object allocation (0 = never), whether automatic
/// collection is on or off.
///   owns:    nothing
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_collect_every_for_testing(cairn_heap* heap, uint64_t n);

/// Checks the whole heap: counts against edges, side bytes against states, the weak reference
/// table, free lists, page descriptors. Returns 1 if all is well; else 0, and writes a report of
/// the first problems to standard error. Time grows with the heap; it allocates outside the heap.
/// Inside a collection or a death it checks what can be checked then.
///   owns:    nothing
///   errors:  0 too when memory for the check is out, with a line that says so
///   effects: none
///   thread:  heap thread
CAIRN_API int cairn_verify_for_testing(cairn_heap* heap);

/// Makes incref behave as if `object` had `count` references more; for tests of overflow.
///   owns:    the caller owns `count` references more
///   errors:  none
///   effects: none
///   thread:  heap thread
CAIRN_API void cairn_add_references_for_testing(cairn_object* object, uint64_t count);

#ifdef __cplusplus
}
#endif

#endif
