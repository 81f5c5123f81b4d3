// SPDX-License-Identifier: MIT
/// What can be done with any value. Results are owned; nothing or false: an exception is pending.
#ifndef PEBBLE_CORE_PROTOCOL_H
#define PEBBLE_CORE_PROTOCOL_H

#include <initializer_list>

#include "core/vm.h"

namespace pebble {

// Attributes: attributes.cc.

Ref get_attribute(Value object, Str* name);
/// The same, but nothing without an exception when there is no such attribute.
Ref find_attribute(Value object, Str* name);
bool set_attribute(Value object, Str* name, Value value);  ///< value NULL: delete
/// The attribute as the class object sees it by default (object.__getattribute__).
Ref generic_get_attribute(Value object, Str* name);
bool generic_set_attribute(Value object, Str* name, Value value);
/// For a call: writes the function and, if it is an unbound method, `object` as its self.
bool get_method(Value object, Str* name, Ref* function, Ref* self);
/// The attributes' dict of an object, made if need be; nothing without an exception: it has none.
Ref attribute_dict(Value object);
/// A special method, bound; nothing without an exception when the class has none.
Ref special_method(Value object, Str* name);
/// Applies the descriptor protocol to what a class lookup found.
Ref bind(Value found, Value object, Class* cls);

// Calls: call.cc.

Ref call(Value callable, const Args& args);
Ref call(Value callable, std::initializer_list<Value> args);
Ref call_method(Value object, Str* name, std::initializer_list<Value> args);
/// Calls a special method of the class of `object`; NotImplemented when there is none.
Ref call_special(Value object, Str* name, std::initializer_list<Value> args);
bool is_callable(Value v);
/// Calls a function taking over the arguments.
Ref call_function(Function* function, Value* args, size_t count, Tuple* keywords);

// Operators: operators.cc.

Ref binary(Value a, Value b, BinOp op);
Ref inplace(Value a, Value b, BinOp op);
Ref unary(Value v, UnOp op);
Ref compare(Value a, Value b, CmpOp op);

Ref divide(Value a, Value b);                          ///< divmod()
Ref power(Value base, Value exponent, Value modulus);  ///< pow() with three arguments

/// Does `a op b` hold, `op` being up to Ge? `order` is negative, zero or positive as a is less
/// than, equal to or greater than b.
bool holds(CmpOp op, int order);

/// Identity, else `==`.
bool equal(Value a, Value b, bool* out);
bool compare_bool(Value a, Value b, CmpOp op, bool* out);
bool is_true(Value v, bool* out);
bool hash_of(Value v, int64_t* out);
bool contains(Value container, Value item, bool* out);
Ref get_item(Value object, Value key);
bool set_item(Value object, Value key, Value value);  ///< value NULL: delete
bool length_of(Value v, int64_t* out);
int64_t identity(Value v);

// Texts: operators.cc.

Ref repr(Value v);
Ref str(Value v);
Ref format_value(Value v, Str* spec);
std::string repr_text(Value v);  ///< for messages: never raises

// Iteration: iterate.cc.

Ref iterate(Value v);
/// The next item; nothing without an exception at the end.
Ref next(Value iterator);
/// The items of any iterable as a new list.
Ref to_list(Value iterable);
/// The same as a tuple; an exact tuple is shared.
Ref to_tuple(Value iterable);
/// Calls `visit` for each item until it returns false.
template <class Visit>
bool for_each(Value iterable, Visit visit) {
    Ref iterator = iterate(iterable);
    if (!iterator) {
        return false;
    }
    for (;;) {
        Ref item = next(iterator);
        if (!item) {
            return !pending();
        }
        if (!visit(item)) {
            return false;
        }
    }
}

// Conversions.

/// An integer argument that must fit in 64 bits.
bool to_int64(Value v, int64_t* out, const char* what = nullptr);
/// An index: clipped to the range of int64 instead of raising OverflowError.
bool to_index(Value v, int64_t* out);
/// `__index__` applied: an int.
Ref index_of(Value v);
bool to_double(Value v, double* out);

// Classes of values: instances.cc.

bool is_instance(Value v, const Class* cls);
/// isinstance() and issubclass(): `cls` may be a tuple.
bool check_instance(Value v, Value cls, bool* out);
bool check_subclass(Value v, Value cls, bool* out);

}  // namespace pebble

#endif
