// SPDX-License-Identifier: MIT
// A type that was read from an object makes another object.
#include "cairn/cairn.h"
cairn_object* clone_shape(cairn_object* o);
cairn_object* clone_shape(cairn_object* o) {
    return cairn_new(cairn_type_of(o));
}
int main(void) {
    return 0;
}
