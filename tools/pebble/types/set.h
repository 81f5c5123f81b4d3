// SPDX-License-Identifier: MIT
/// Sets with known hashes, and the algebra of sets.
#ifndef PEBBLE_TYPES_SET_H
#define PEBBLE_TYPES_SET_H

#include "types/types.h"

namespace pebble {

bool set_add_hashed(Set* set, Value key, int64_t hash);
bool set_has_hashed(Set* set, Value key, int64_t hash, bool* out);
bool set_discard_hashed(Set* set, Value key, int64_t hash, bool* found);

/// Calls `visit(item, hash)` for each item until it returns false. What `visit` runs may change
/// the set.
template <class Visit>
bool for_each_hashed(Set* set, Visit visit) {
    size_t at = 0;
    for (Value item; set_next(set, &at, &item);) {
        Ref keep = Ref::share(item);
        if (!visit(keep, set->table[at - 1].hash)) {
            return false;
        }
    }
    return true;
}

// The algebra compares in CPython's order, so that code which changes a set while it is compared
// meets the same moments: see set_algebra.cc. `cls` is the class of the result.

Ref set_copy(Value set, Class* cls);
Ref set_combine(Value a, Value b, BinOp op, Class* cls);  ///< b: any iterable
bool set_combine_into(Value set, Value other, BinOp op);  ///< the same in place
void set_swap(Value a, Value b);                          ///< exchanges what they hold
bool set_is_subset(Value a, Value b, bool* out);          ///< both are sets
bool set_is_subset_of_any(Value a, Value iterable, bool* out);
bool set_is_superset_of_any(Value a, Value iterable, bool* out);
bool set_is_disjoint(Value a, Value iterable, bool* out);

}  // namespace pebble

#endif
