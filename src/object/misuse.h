// SPDX-License-Identifier: MIT
// Reports of wrong use by the host: what, which object, of which type, with which count.
//
// A checked build asks of every pointer that is to be an object whether it is one, before it reads
// anything there.
#ifndef CAIRN_OBJECT_MISUSE_H
#define CAIRN_OBJECT_MISUSE_H

#include "object/header.h"

namespace cairn {

// Writes one line to standard error, calls the misuse hook and aborts. `object` may be anything:
// what can be said of it is. The cell of a freed object still knows its type.
[[noreturn]] void report_misuse(const cairn_object* object, const char* what);

// The same with another object that has to do with it.
[[noreturn]] void report_misuse(const cairn_object* object,
                                const char* what,
                                const cairn_object* other);

// Types that a checked build knows, so that a header that was overwritten is noticed.
void add_known_type(const cairn_type* type);
void remove_known_type(const cairn_type* type);

#if CAIRN_CHECK_LEVEL >= 1

// What is wrong with a pointer that is to be an object in a heap, or nullptr.
const char* address_problem(const cairn_object* object);

// The same if it is also to be alive, or to have a cell that is not free.
const char* object_problem(const cairn_object* object);
const char* cell_problem(const cairn_object* object);

// A reference in a slot of `owner`. Aborts unless it leads to an object of the same heap whose cell
// is not free.
void check_referent(const cairn_object* owner, const cairn_object* referent);

// Aborts if the items of `owner` are more than its cell holds.
void check_item_count(const cairn_object* owner);

// Aborts if something was written behind the end of an object that is about to be freed.
void check_end(const cairn_object* object);

// Aborts if there is no such type.
void check_type(const cairn_type* type);

// Aborts if a store is misuse: see cairn_check_store().
void check_store(cairn_object* const* slot, const cairn_object* value);

// Aborts if two arguments of one call belong to different heaps. Both are alive.
void check_same_heap(const cairn_object* object, const cairn_object* other);

inline void check_address(const cairn_object* object) {
    if (const char* problem = address_problem(object)) {
        report_misuse(object, problem);
    }
}

inline void check_alive(const cairn_object* object) {
    if (const char* problem = object_problem(object)) {
        report_misuse(object, problem);
    }
}

inline void check_cell(const cairn_object* object) {
    if (const char* problem = cell_problem(object)) {
        report_misuse(object, problem);
    }
}

#else

inline void check_referent(const cairn_object*, const cairn_object*) {}
inline void check_item_count(const cairn_object*) {}
inline void check_end(const cairn_object*) {}
inline void check_type(const cairn_type*) {}
inline void check_store(cairn_object* const*, const cairn_object*) {}
inline void check_same_heap(const cairn_object*, const cairn_object*) {}
inline void check_address(const cairn_object*) {}
inline void check_alive(const cairn_object*) {}
inline void check_cell(const cairn_object*) {}

#endif

}  // namespace cairn

#endif
