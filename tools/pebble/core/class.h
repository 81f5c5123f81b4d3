// SPDX-License-Identifier: MIT
/// Classes: what native ones are made from, and what every class knows beside its dict.
#ifndef PEBBLE_CORE_CLASS_H
#define PEBBLE_CORE_CLASS_H

#include <string>
#include <unordered_map>
#include <vector>

#include "core/objects.h"
#include "front/ast.h"

namespace pebble {

/// The arguments of a call, borrowed: positional ones, then the values of the keywords. A native
/// function with a parameter list gets one value a parameter instead, NULL where none was given.
struct Args {
    Value const* values;
    size_t count;
    Tuple* keywords;  ///< names, or NULL

    Value operator[](size_t i) const { return values[i]; }
    size_t keyword_count() const { return keywords != nullptr ? keywords->count : 0; }
};

using NativeFn = Ref (*)(Value self, const Args& args);

/// A native function or method. `params` names the parameters: "a b? / c? * d?", where `?` marks
/// an optional one; NULL: the function takes the Args as they are.
struct NativeDef {
    const char* name;
    NativeFn function;
    const char* params;
    enum Flavour : unsigned char { Plain, OfClass, Static } flavour = Plain;
    mutable const struct NativeParams* parsed = nullptr;  ///< of `params`, made at the first call
};

/// A computed attribute. Without a setter it is read-only.
struct GetSet {
    const char* name;
    Ref (*get)(Value self);
    bool (*set)(Value self, Value value) = nullptr;  ///< value NULL: delete
};

/// What a native class does in C++. NULL: it cannot. Each field given is also to be found under its
/// special name in the class's dict, so that subclasses can override it and call it by super().
struct Ops {
    Ref (*create)(Class* cls, const Args& args);  // __new__
    bool (*init)(Value self, const Args& args);   // __init__
    Ref (*repr)(Value self);
    Ref (*str)(Value self);
    bool (*hash)(Value self, int64_t* out);
    bool unhashable;
    Ref (*compare)(Value a, Value b, CmpOp op);  // may give NotImplemented
    Ref (*iter)(Value self);
    Ref (*next)(Value self);  // nothing without a pending exception: the end
    bool (*length)(Value self, int64_t* out);
    bool (*truth)(Value self, bool* out);
    Ref (*get_item)(Value self, Value key);
    bool (*set_item)(Value self, Value key, Value value);  // value NULL: delete
    bool (*contains)(Value self, Value item, bool* out);
    Ref (*call)(Value self, const Args& args);
    Ref (*binary)(Value a,
                  Value b,
                  BinOp op);  // either may be the instance; may give NotImplemented
    unsigned binary_mask;     // the BinOps that `binary` knows
    Ref (*inplace)(Value a, Value b, BinOp op);
    unsigned inplace_mask;
    Ref (*unary)(Value self, UnOp op);
    Ref (*get_attribute)(Value self, Str* name);
    bool (*set_attribute)(Value self, Str* name, Value value);
    Ref (*bind)(Value self, Value object, Class* cls);        // __get__; object may be NULL
    bool (*bind_set)(Value self, Value object, Value value);  // __set__ and __delete__
    Ref (*format)(Value self, Str* spec);
};

constexpr unsigned bit(BinOp op) {
    return 1u << static_cast<unsigned>(op);
}

/// A native class. Static: it lives as long as the program.
struct NativeClass {
    const char* name;
    LayoutId layout;
    Ops ops;
    const NativeDef* methods = nullptr;  ///< ends with a NULL name
    const GetSet* getsets = nullptr;     ///< ends with a NULL name
    bool final = false;                  ///< cannot be subclassed
    const char* module = "builtins";
    const char* doc = nullptr;
    std::string full_name = {};  ///< with the module, unless that is builtins
};

/// What a class keeps outside the heap.
struct ClassInfo {
    const NativeClass* native = nullptr;  ///< of a builtin class, else NULL
    Class* base = nullptr;                ///< the nearest builtin class: who creates instances
    LayoutId layout = kInstance;
    bool has_dict = false;  ///< instances have attributes of their own
    bool has_del = false;
    bool is_exception = false;
    bool final = false;
    bool custom_getattr = false;  ///< __getattr__ or __getattribute__ is defined in the program
    bool custom_setattr = false;  ///< likewise __setattr__ or __delattr__
    uint64_t version = 0;       ///< changes whenever a lookup in the class may give something else
    std::vector<Class*> bases;  ///< these two are not counted: a class takes itself off both
    std::vector<Class*> subclasses;  ///< when it dies, in whatever order a dead cycle is cleared
    std::unordered_map<Str*, uint32_t> keys;  ///< inline attributes: name to index
    std::vector<Str*> key_order;
    uint32_t inline_capacity = 0;
    uint32_t slot_count = 0;  ///< leading inline places that belong to __slots__
};

inline bool is_heap_class(const Class* cls) {
    return cls->info->native == nullptr;
}

/// Makes the class object of a native class; `base` NULL means object.
/// `into`: the placeholder that stands for the class until now (see start.cc).
Class* make_native_class(NativeClass& native, Class* base, Class* into = nullptr);
/// Adds native methods to a native class; the list ends with a NULL name.
void add_methods(Class* cls, const NativeDef* methods);
/// Makes a class of the program, as type(name, bases, dict) does.
Ref make_class(Value name, Tuple* bases, Dict* dict, const Args& keywords, uint32_t attribute_hint);
/// Calls a class: __new__, then __init__.
Ref call_class(Class* cls, const Args& args);
/// Finds `name` in the class and its bases. Borrowed; NULL when it is not there: nothing is raised.
Value class_lookup(Class* cls, Str* name);
/// The same, starting after `after` in the mro (super).
Value class_lookup_after(Class* cls, Class* after, Str* name);
bool class_set(Class* cls, Str* name, Value value);
/// Is `cls` the class `base` or derived from it?
bool is_subclass(const Class* cls, const Class* base);
/// Enters a class with its bases.
void link_class(Class* cls, const Tuple* bases);
/// A name as it is stored inside a class: __x becomes _Class__x.
std::string private_name(const std::string& class_name, const std::string& name);
/// Called at the death of a class.
void forget_class(Class* cls);
/// Instances from now on take care of a __del__ that their class gets later.
void expect_late_finalizers();

}  // namespace pebble

#endif
