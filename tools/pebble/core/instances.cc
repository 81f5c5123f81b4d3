// SPDX-License-Identifier: MIT
#include "core/eval.h"
#include "types/types.h"

namespace pebble {

bool check_subclass(Value v, Value cls, bool* out) {
    if (!is_immediate(cls) && class_of(cls) == vm.classes.union_) {
        return check_subclass(v, as<Box>(cls)->a, out);
    }
    *out = false;
    if (is<Tuple>(cls)) {
        const Tuple* tuple = as<Tuple>(cls);
        for (size_t i = 0; i < tuple->count && !*out; ++i) {
            if (!check_subclass(v, tuple->items[i], out)) {
                return false;
            }
        }
        return true;
    }
    if (!is<Class>(cls)) {
        return raise_type("issubclass() arg 2 must be a class, a tuple of classes, or a union");
    }
    if (!is<Class>(v)) {
        return raise_type("issubclass() arg 1 must be a class");
    }
    *out = is_subclass(as<Class>(v), as<Class>(cls));
    if (!*out) {
        // The abstract base classes of collections.abc know their own by other means.
        if (Value hook = class_lookup(as<Class>(cls), vm.names.subclasscheck)) {
            Ref method = bind(hook, nullptr, as<Class>(cls));
            Ref result = method ? call(method, {v}) : Ref();
            return result && is_true(result, out);
        }
    }
    return true;
}

bool check_instance(Value v, Value cls, bool* out) {
    if (!is_immediate(cls) && class_of(cls) == vm.classes.union_) {
        return check_instance(v, as<Box>(cls)->a, out);
    }
    if (is<Tuple>(cls)) {
        *out = false;
        const Tuple* tuple = as<Tuple>(cls);
        for (size_t i = 0; i < tuple->count && !*out; ++i) {
            if (!check_instance(v, tuple->items[i], out)) {
                return false;
            }
        }
        return true;
    }
    if (!is<Class>(cls)) {
        return raise_type("isinstance() arg 2 must be a type, a tuple of types, or a union");
    }
    if (!check_subclass(val(class_of(v)), cls, out) || *out) {
        return !pending();
    }
    // A proxy claims to be what it stands for.
    Class* own = class_of(v);
    if (own->info->custom_getattr || own->info->base->info->native->ops.get_attribute != nullptr) {
        Ref claimed = find_attribute(v, vm.names.class_);
        if (claimed && is<Class>(claimed) && claimed.as<Class>() != own) {
            return check_subclass(claimed, cls, out);
        }
        return !pending();
    }
    return true;
}

}  // namespace pebble
