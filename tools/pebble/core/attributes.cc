// SPDX-License-Identifier: MIT
#include "core/eval.h"
#include "core/lookup.h"
#include "types/types.h"

namespace pebble {
namespace {

/// The field for the dict of an object's attributes; NULL: its layout has none.
Dict** dict_field(Value object, const Class* cls) {
    switch (cls->info->layout) {
        case kInstance:
            return &as<Instance>(object)->dict;
        case kList:
            return &as<List>(object)->dict;
        case kDict:
            return &as<Dict>(object)->dict;
        case kSet:
            return &as<Set>(object)->dict;
        case kDeque:
            return &as<Deque>(object)->dict;
        case kException:
            return &as<Exception>(object)->dict;
        case kModule:
            return &as<Module>(object)->dict;
        case kFunction:
            return &as<Function>(object)->dict;
        case kWeakRef:
            return &as<WeakRef>(object)->dict;
        default:
            return nullptr;
    }
}

/// Where an object keeps the dict of its attributes; NULL: it has none.
Dict** dict_place(Value object, const Class* cls) {
    return cls->info->has_dict ? dict_field(object, cls) : nullptr;
}

bool is_inline(const Class* cls) {
    return cls->info->layout == kInstance && is_heap_class(cls);
}

/// Is there a dict, rather than nothing or the order of inline attributes?
bool is_made(Dict* dict) {
    return dict != nullptr && !is_immediate(val(dict));
}

/// The order in which inline attributes were set, where it is not that of their places: an
/// immediate in the dict's field. Four bits an attribute, its place plus one, the first set lowest.
class InlineOrder {
  public:
    explicit InlineOrder(Instance* object)
        : object_(object), first_(object->cls->info->slot_count) {
        if (object->dict != nullptr) {
            order_ = static_cast<uint64_t>(small_value(val(object->dict)));
        }
    }

    /// Notes that the empty place `index` is set. False: there is no room for that.
    bool add(size_t index) {
        if (order_ == 0 && !has_after(index)) {
            return true;
        }
        if (order_ == 0) {
            const bool noted =
                each([&](size_t i) { return object_->items[i] == nullptr || append(i); });
            if (!noted) {
                return false;
            }
        }
        return append(index) && save();
    }

    void remove(size_t index) {
        unsigned shift = 0;
        while (shift < kBits && (order_ >> shift & 15) != index - first_ + 1) {
            shift += 4;
        }
        if (order_ != 0 && shift < kBits) {
            const uint64_t before = order_ & ((uint64_t{1} << shift) - 1);
            order_ = order_ >> (shift + 4) << shift | before;
            save();
        }
    }

    /// Calls `f(place)` for each place, in order, until it gives false. Some may be empty.
    template <class F>
    [[nodiscard]] bool each(F f) const {
        if (order_ == 0) {
            for (size_t i = first_; i < object_->count; ++i) {
                if (!f(i)) {
                    return false;
                }
            }
            return true;
        }
        for (uint64_t rest = order_; rest != 0; rest >>= 4) {
            if (!f(first_ + (rest & 15) - 1)) {
                return false;
            }
        }
        return true;
    }

  private:
    static constexpr unsigned kBits = 60;

    [[nodiscard]] bool has_after(size_t index) const {
        for (size_t i = index + 1; i < object_->count; ++i) {
            if (object_->items[i] != nullptr) {
                return true;
            }
        }
        return false;
    }

    bool append(size_t index) {
        unsigned shift = 0;
        while (shift < kBits && order_ >> shift != 0) {
            shift += 4;
        }
        const size_t place = index - first_ + 1;
        if (shift == kBits || place > 15) {
            return false;
        }
        order_ |= static_cast<uint64_t>(place) << shift;
        return true;
    }

    bool save() {
        object_->dict = order_ != 0 ? as<Dict>(small(static_cast<int64_t>(order_))) : nullptr;
        return true;
    }

    Instance* object_;
    size_t first_;
    uint64_t order_ = 0;  ///< 0: that of the places
};

}  // namespace

bool is_data_descriptor(Value descriptor) {
    if (is_immediate(descriptor) || is_exact<Function>(descriptor)) {
        return false;
    }
    Class* cls = class_of(descriptor);
    if (!is_heap_class(cls)) {
        return cls->info->native->ops.bind_set != nullptr;
    }
    return class_lookup(cls, vm.names.set) != nullptr ||
           class_lookup(cls, vm.names.delete_) != nullptr;
}

namespace {

/// A pending AttributeError learns of what it is about. Hands `result` on.
Ref say_which(Value object, Str* name, Ref result) {
    if (!result && pending_is(vm.exceptions.AttributeError) && vm.pending->name == nullptr) {
        vm.pending->name = new_ref(val(name));
        vm.pending->obj = new_ref(object);
    }
    return result;
}

Failed no_attribute(Value object, Str* name) {
    if (class_of(object) == vm.classes.module) {
        Value module_name = dict_find_name(as<Module>(object)->dict, vm.names.name);
        const char* named =
            module_name != nullptr && is<Str>(module_name) ? c_str(module_name) : "?";
        const bool partial = is_being_imported(named);
        raise(vm.exceptions.AttributeError,
              "%smodule '%s' has no attribute '%s'%s",
              partial ? "partially initialized " : "",
              named,
              name->data,
              partial ? " (most likely due to a circular import)" : "");
    } else {
        raise(vm.exceptions.AttributeError,
              "'%s' object has no attribute '%s'",
              type_name(object),
              name->data);
    }
    say_which(object, name, {});
    return {};
}

/// object.__getattribute__, without raising for what is not there.
Ref find_generic(Value object, Str* name) {
    Class* cls = class_of(object);
    const Lookup found = lookup(cls, name);
    if (found.value != nullptr && is_data_descriptor(found.value)) {
        return bind(found.value, object, cls);
    }
    if (Dict** dict = dict_place(object, cls)) {
        Value v = nullptr;
        if (is_made(*dict)) {
            v = dict_find_name(*dict, name);
        } else if (found.index >= 0) {
            Instance* instance = as<Instance>(object);
            v = static_cast<size_t>(found.index) < instance->count ? instance->items[found.index]
                                                                   : nullptr;
        }
        if (v != nullptr) {
            return Ref::share(v);
        }
    }
    if (found.value != nullptr) {
        return bind(found.value, object, cls);
    }
    // A module may have a function for what it has not.
    Value fallback = cls == vm.classes.module
                         ? dict_find_name(as<Module>(object)->dict, vm.names.getattr)
                         : nullptr;
    return fallback != nullptr
               ? say_which(object, name, call(Ref::share(fallback).get(), {val(name)}))
               : Ref();
}

/// __getattribute__ and __getattr__ of the program.
Ref custom_get(Value object, Str* name) {
    Class* cls = class_of(object);
    Value getter = class_lookup(cls, vm.names.getattribute);
    Ref result = getter == nullptr || is_exact<Native>(getter)
                     ? Ref()
                     : call(Ref::share(getter).get(), {object, val(name)});
    if (getter == nullptr || is_exact<Native>(getter)) {
        const NativeClass* native = cls->info->base->info->native;
        result = native->ops.get_attribute != nullptr ? native->ops.get_attribute(object, name)
                                                      : generic_get_attribute(object, name);
    }
    Value fallback = result ? nullptr : class_lookup(cls, vm.names.getattr);
    if (fallback != nullptr && swallow(vm.exceptions.AttributeError)) {
        Ref method = Ref::share(fallback);
        return say_which(object, name, call(method, {object, val(name)}));
    }
    return result;
}

/// Stores in the inline places; *handled is false when only the dict will do.
bool store_inline(Instance* object, Str* name, Value value, bool* handled) {
    ClassInfo* info = object->cls->info;
    int32_t index = lookup(object->cls, name).index;
    *handled = true;
    if (index < 0 && value != nullptr &&
        info->slot_count + info->key_order.size() < object->count) {
        index = add_key(object->cls, name);
    }
    if (index < 0 || static_cast<size_t>(index) >= object->count) {
        *handled = value == nullptr;
        return !*handled;
    }
    Value* place = &object->items[index];
    if (*place == nullptr) {
        if (value == nullptr) {
            return false;
        }
        if (!InlineOrder(object).add(static_cast<size_t>(index))) {
            *handled = false;
            return true;
        }
    } else if (value == nullptr && object->dict != nullptr) {
        InlineOrder(object).remove(static_cast<size_t>(index));
    }
    store(place, new_ref(value));
    return true;
}

}  // namespace

Ref bind(Value found, Value object, Class* cls) {
    // A descriptor's code may take it away from its class.
    Ref keep = Ref::share(found);
    if (is_immediate(found)) {
        return keep;
    }
    if (is_exact<Function>(found)) {
        return object != nullptr ? new_method(found, object) : Ref::share(found);
    }
    if (is_exact<Native>(found)) {
        Native* native = as<Native>(found);
        if (native->owner == nullptr || native->self != nullptr ||
            native->def->flavour == NativeDef::Static) {
            return Ref::share(found);
        }
        if (native->def->flavour == NativeDef::OfClass) {
            return new_native(native->def, val(cls), native->owner);
        }
        return object != nullptr ? new_native(native->def, object, native->owner)
                                 : Ref::share(found);
    }
    Class* type = class_of(found);
    if (!is_heap_class(type)) {
        const Ops& ops = type->info->native->ops;
        return ops.bind != nullptr ? ops.bind(found, object, cls) : Ref::share(found);
    }
    if (class_lookup(type, vm.names.get) != nullptr) {
        return call_special(found, vm.names.get, {object != nullptr ? object : none(), val(cls)});
    }
    // A subclass of property and the like.
    const Ops& ops = type->info->base->info->native->ops;
    return ops.bind != nullptr ? ops.bind(found, object, cls) : Ref::share(found);
}

Ref generic_get_attribute(Value object, Str* name) {
    Ref result = find_generic(object, name);
    if (!result && !pending()) {
        return no_attribute(object, name);
    }
    return result;
}

Ref get_attribute(Value object, Str* name) {
    Class* cls = class_of(object);
    if (cls->info->custom_getattr) {
        return custom_get(object, name);
    }
    const NativeClass* native = cls->info->base->info->native;
    return native->ops.get_attribute != nullptr ? native->ops.get_attribute(object, name)
                                                : generic_get_attribute(object, name);
}

Ref find_attribute(Value object, Str* name) {
    Class* cls = class_of(object);
    if (cls->info->custom_getattr || cls->info->base->info->native->ops.get_attribute != nullptr) {
        Ref result = get_attribute(object, name);
        if (!result) {
            swallow(vm.exceptions.AttributeError);
        }
        return result;
    }
    Ref result = find_generic(object, name);
    if (!result && pending()) {
        swallow(vm.exceptions.AttributeError);
    }
    return result;
}

bool generic_set_attribute(Value object, Str* name, Value value) {
    Class* cls = class_of(object);
    Value found = class_lookup(cls, name);
    if (found != nullptr && is_data_descriptor(found)) {
        Class* type = class_of(found);
        Ref keep = Ref::share(found);
        const Ops& ops = type->info->base->info->native->ops;
        if (!is_heap_class(type) ||
            class_lookup(type, value != nullptr ? vm.names.set : vm.names.delete_) == nullptr) {
            return ops.bind_set != nullptr ? ops.bind_set(found, object, value)
                                           : no_attribute(object, name);
        }
        return static_cast<bool>(value != nullptr
                                     ? call_special(found, vm.names.set, {object, value})
                                     : call_special(found, vm.names.delete_, {object}));
    }
    Dict** dict = dict_place(object, cls);
    if (dict == nullptr) {
        if (found != nullptr) {
            return raise(vm.exceptions.AttributeError,
                         "'%s' object attribute '%s' is read-only",
                         class_name(cls),
                         name->data);
        }
        return no_attribute(object, name);
    }
    if (!is_made(*dict) && is_inline(cls)) {
        bool handled = false;
        if (!store_inline(as<Instance>(object), name, value, &handled)) {
            return no_attribute(object, name);
        }
        if (handled) {
            return true;
        }
    }
    if (!is_made(*dict) && !attribute_dict(object)) {
        return false;
    }
    Ref keep = Ref::share(*dict);
    if (value == nullptr) {
        return dict_delete_name(keep.as<Dict>(), name) || no_attribute(object, name);
    }
    return dict_set_name(keep.as<Dict>(), name, value);
}

bool set_attribute(Value object, Str* name, Value value) {
    Class* cls = class_of(object);
    if (cls->info->custom_setattr) {
        Str* special = value != nullptr ? vm.names.setattr : vm.names.delattr;
        return static_cast<bool>(value != nullptr
                                     ? call_special(object, special, {val(name), value})
                                     : call_special(object, special, {val(name)}));
    }
    const NativeClass* native = cls->info->base->info->native;
    return native->ops.set_attribute != nullptr ? native->ops.set_attribute(object, name, value)
                                                : generic_set_attribute(object, name, value);
}

bool get_method(Value object, Str* name, Ref* function, Ref* self) {
    Class* cls = class_of(object);
    if (!cls->info->custom_getattr && cls->info->base->info->native->ops.get_attribute == nullptr) {
        const Lookup found = lookup(cls, name);
        const bool method = found.value != nullptr && !is_immediate(found.value) &&
                            (is_exact<Function>(found.value) ||
                             (is_exact<Native>(found.value) &&
                              as<Native>(found.value)->def->flavour == NativeDef::Plain &&
                              as<Native>(found.value)->owner != nullptr));
        if (method) {
            Dict** dict = dict_place(object, cls);
            const bool hidden =
                dict != nullptr &&
                (is_made(*dict) ? dict_find_name(*dict, name) != nullptr : found.index >= 0);
            if (!hidden) {
                *function = Ref::share(found.value);
                *self = Ref::share(object);
                return true;
            }
        }
    }
    *function = get_attribute(object, name);
    return static_cast<bool>(*function);
}

Ref attribute_dict(Value object) {
    Class* cls = class_of(object);
    Dict** place = dict_place(object, cls);
    if (place == nullptr) {
        return {};
    }
    if (!is_made(*place)) {
        Ref dict = new_dict();
        if (!dict) {
            return {};
        }
        if (is_inline(cls) && !dict_reserve(dict.as<Dict>(), as<Instance>(object)->count)) {
            return {};
        }
        // All is allocated: no more code runs. What has run may have made the dict.
        if (is_made(*place)) {
            return Ref::share(*place);
        }
        if (!is_inline(cls)) {
            *place = as<Dict>(dict.take());
            return Ref::share(*place);
        }
        // The inline attributes move into the dict.
        Instance* instance = as<Instance>(object);
        const ClassInfo* info = cls->info;
        const bool moved = InlineOrder(instance).each([&](size_t i) {
            return instance->items[i] == nullptr ||
                   dict_set(dict.as<Dict>(),
                            val(info->key_order[i - info->slot_count]),
                            instance->items[i]);
        });
        if (!moved) {
            return {};
        }
        *place = as<Dict>(dict.take());
        for (size_t i = info->slot_count; i < instance->count; ++i) {
            store(&instance->items[i], nullptr);
        }
    }
    return Ref::share(*place);
}

/// Gives an object another attributes' dict.
bool set_attribute_dict(Value object, Value dict) {
    Dict** place = dict_place(object, class_of(object));
    if (place == nullptr || dict == nullptr || !is<Dict>(dict)) {
        return raise_type("__dict__ must be set to a dictionary, not a '%s'",
                          dict != nullptr ? type_name(dict) : "NULL");
    }
    Ref old = attribute_dict(object);
    if (!old) {
        return false;
    }
    old = Ref::own(*place);
    *place = as<Dict>(new_ref(dict));
    return true;
}

Value slot_in_dict(Value object, Str* name) {
    Dict* dict = *dict_field(object, class_of(object));
    return dict != nullptr ? dict_find_name(dict, name) : nullptr;
}

bool set_slot_in_dict(Value object, Str* name, Value value) {
    Dict** field = dict_field(object, class_of(object));
    Ref made = *field == nullptr ? new_dict() : Ref();
    if (*field == nullptr) {  // making it may have run code that has made one
        *field = as<Dict>(made.take());
    }
    if (*field == nullptr) {
        return false;
    }
    Ref keep = Ref::share(*field);
    return value != nullptr ? dict_set_name(keep.as<Dict>(), name, value)
                            : dict_delete_name(keep.as<Dict>(), name);
}

Ref special_method(Value object, Str* name) {
    Value found = class_lookup(class_of(object), name);
    return found != nullptr ? bind(found, object, class_of(object)) : Ref();
}

}  // namespace pebble
