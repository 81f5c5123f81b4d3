// SPDX-License-Identifier: MIT
/// The special methods of native classes: their operations under the names that programs use.
#ifndef PEBBLE_CORE_SPECIAL_H
#define PEBBLE_CORE_SPECIAL_H

#include "core/vm.h"

namespace pebble {

/// Adds __len__, __add__ ... to the dict of a native class for what its Ops can do.
void add_special_methods(Class* cls);
/// The special method of a binary operator: "__add__", "__radd__" or "__iadd__".
Str* operator_name(BinOp op);
Str* reflected_name(BinOp op);
Str* inplace_name(BinOp op);
Str* comparison_name(CmpOp op);
const char* operator_symbol(BinOp op);

void make_operator_names();  ///< once, by start()

}  // namespace pebble

#endif
