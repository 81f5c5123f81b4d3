// SPDX-License-Identifier: MIT
#include "compile/code.h"
#include "core/eval.h"
#include "core/lookup.h"
#include "types/types.h"

namespace pebble {
namespace {

// property: a getter, b setter, c deleter, d doc.

/// The name under which a class or one of its bases holds `value`; empty: none does.
std::string name_in_class(const Class* cls, Value value) {
    const Tuple* mro = as<Tuple>(cls->mro);
    for (size_t i = 0; i < mro->count; ++i) {
        size_t at = 0;
        for (Value key, held; dict_next(as<Class>(mro->items[i])->dict, &at, &key, &held);) {
            if (held == value && is<Str>(key)) {
                return c_str(key);
            }
        }
    }
    return {};
}

Ref property_create(Class* cls, const Args&) {
    return make_box(cls);
}

Ref property_init_native(Value self, const Args& args) {
    Box* box = as<Box>(self);
    Value* const fields[] = {&box->a, &box->b, &box->c, &box->d};
    for (size_t i = 0; i < 4; ++i) {
        const bool given = args[i] != nullptr && !is_none(args[i]);
        store(fields[i], given ? new_ref(args[i]) : nullptr);
    }
    if (box->d == nullptr && box->a != nullptr) {
        box->d = find_attribute(box->a, vm.names.doc).take();
    }
    return pending() ? Ref() : Ref::own(none());
}
const NativeDef kPropertyInit = {"property", property_init_native, "fget? fset? fdel? doc?"};

bool property_init(Value self, const Args& args) {
    return static_cast<bool>(call_native(&kPropertyInit, self, args));
}

Failed no_accessor(Value self, Value object, const char* what) {
    const std::string name = name_in_class(class_of(object), self);
    return raise(vm.exceptions.AttributeError,
                 "property%s of '%s' object has no %s",
                 name.empty() ? "" : (" '" + name + "'").c_str(),
                 type_name(object),
                 what);
}

Ref property_bind(Value self, Value object, Class*) {
    if (object == nullptr) {
        return Ref::share(self);
    }
    Ref getter = Ref::share(as<Box>(self)->a);
    return getter ? call(getter, {object}) : Ref(no_accessor(self, object, "getter"));
}

bool property_bind_set(Value self, Value object, Value value) {
    Ref function = Ref::share(value != nullptr ? as<Box>(self)->b : as<Box>(self)->c);
    if (!function) {
        return no_accessor(self, object, value != nullptr ? "setter" : "deleter");
    }
    return static_cast<bool>(value != nullptr ? call(function, {object, value})
                                              : call(function, {object}));
}

/// A copy with one of the functions replaced.
template <size_t kField>
Ref property_with(Value self, const Args& args) {
    const Box* box = as<Box>(self);
    Value fields[] = {box->a, box->b, box->c};
    fields[kField] = args[0];
    for (Value& field : fields) {
        field = field != nullptr ? field : none();
    }
    return call(val(class_of(self)), {fields[0], fields[1], fields[2]});
}

template <Value Box::*kField>
Ref box_field(Value self) {
    Value v = as<Box>(self)->*kField;
    return Ref::share(v != nullptr ? v : none());
}

const NativeDef kPropertyMethods[] = {{"getter", property_with<0>, "fget /"},
                                      {"setter", property_with<1>, "fset /"},
                                      {"deleter", property_with<2>, "fdel /"},
                                      {nullptr, nullptr, nullptr}};
const GetSet kPropertyGetSets[] = {{"fget", box_field<&Box::a>},
                                   {"fset", box_field<&Box::b>},
                                   {"fdel", box_field<&Box::c>},
                                   {"__doc__", box_field<&Box::d>},
                                   {nullptr, nullptr}};
NativeClass property_class = {"property",
                              kBox,
                              {.create = property_create,
                               .init = property_init,
                               .bind = property_bind,
                               .bind_set = property_bind_set},
                              kPropertyMethods,
                              kPropertyGetSets};

// staticmethod and classmethod: a is the function.

Ref wrapper_create(Class* cls, const Args& args) {
    return args.count == 1
               ? make_box(cls, args[0])
               : Ref(raise_type("%s expected 1 argument, got %zu", class_name(cls), args.count));
}
Ref static_bind(Value self, Value, Class*) {
    return Ref::share(as<Box>(self)->a);
}
Ref static_call(Value self, const Args& args) {
    Ref function = Ref::share(as<Box>(self)->a);
    return call(function, args);
}
Ref class_bind(Value self, Value, Class* cls) {
    Value function = as<Box>(self)->a;
    return is<Function>(function) ? new_method(function, val(cls))
                                  : bind(function, val(cls), vm.classes.type);
}
const GetSet kWrapperGetSets[] = {
    {"__func__", box_field<&Box::a>}, {"__wrapped__", box_field<&Box::a>}, {nullptr, nullptr}};
NativeClass static_class = {"staticmethod",
                            kBox,
                            {.create = wrapper_create, .call = static_call, .bind = static_bind},
                            nullptr,
                            kWrapperGetSets};
NativeClass class_class = {
    "classmethod", kBox, {.create = wrapper_create, .bind = class_bind}, nullptr, kWrapperGetSets};

// Computed attributes of native classes: a is the name, b the class, i the GetSet.

const GetSet* getset_of(Value self) {
    return reinterpret_cast<const GetSet*>(as<Box>(self)->i);
}
Ref getset_bind(Value self, Value object, Class*) {
    return object == nullptr ? Ref::share(self) : getset_of(self)->get(object);
}
bool getset_bind_set(Value self, Value object, Value value) {
    const GetSet* getset = getset_of(self);
    if (getset->set == nullptr) {
        return raise(vm.exceptions.AttributeError,
                     "attribute '%s' of '%s' objects is not writable",
                     getset->name,
                     class_name(as<Class>(as<Box>(self)->b)));
    }
    return getset->set(object, value);
}
Ref getset_repr(Value self) {
    return new_str(format_text("<attribute '%s' of '%s' objects>",
                               c_str(as<Box>(self)->a),
                               class_name(as<Class>(as<Box>(self)->b))));
}
const GetSet kDescriptorGetSets[] = {
    {"__name__", box_field<&Box::a>}, {"__objclass__", box_field<&Box::b>}, {nullptr, nullptr}};
NativeClass getset_class = {"getset_descriptor",
                            kBox,
                            {.repr = getset_repr, .bind = getset_bind, .bind_set = getset_bind_set},
                            nullptr,
                            kDescriptorGetSets,
                            true};

// Attributes named in __slots__: a is the name, b the class, i the inline place or -1.

bool check_owner(Value self, Value object) {
    return is_instance(object, as<Class>(as<Box>(self)->b)) ||
           raise_type("descriptor '%s' for '%s' objects doesn't apply to a '%s' object",
                      c_str(as<Box>(self)->a),
                      class_name(as<Class>(as<Box>(self)->b)),
                      type_name(object));
}
Value slot_value(Value self, Value object) {
    const Box* box = as<Box>(self);
    return box->i < 0 ? slot_in_dict(object, as<Str>(box->a)) : as<Instance>(object)->items[box->i];
}
Failed no_slot(Value self, Value object) {
    return raise(vm.exceptions.AttributeError,
                 "'%s' object has no attribute '%s'",
                 type_name(object),
                 c_str(as<Box>(self)->a));
}
Ref member_bind(Value self, Value object, Class*) {
    if (object == nullptr) {
        return Ref::share(self);
    }
    if (!check_owner(self, object)) {
        return {};
    }
    Value value = slot_value(self, object);
    return value != nullptr ? Ref::share(value) : Ref(no_slot(self, object));
}
bool member_bind_set(Value self, Value object, Value value) {
    if (!check_owner(self, object)) {
        return false;
    }
    const Box* box = as<Box>(self);
    if (value == nullptr && slot_value(self, object) == nullptr) {
        return raise(vm.exceptions.AttributeError, "%s", c_str(box->a));
    }
    if (box->i < 0) {
        return set_slot_in_dict(object, as<Str>(box->a), value);
    }
    store(&as<Instance>(object)->items[box->i], new_ref(value));
    return true;
}
Ref member_repr(Value self) {
    return new_str(format_text("<member '%s' of '%s' objects>",
                               c_str(as<Box>(self)->a),
                               class_name(as<Class>(as<Box>(self)->b))));
}
NativeClass member_class = {"member_descriptor",
                            kBox,
                            {.repr = member_repr, .bind = member_bind, .bind_set = member_bind_set},
                            nullptr,
                            kDescriptorGetSets,
                            true};

// super: a is the class to look behind, b the object or NULL, c the class of the lookup.

/// super() without arguments: from the method that runs.
bool implied(Value* cls, Value* object) {
    const Frame* frame = vm.frame;
    if (frame == nullptr) {
        return raise(vm.exceptions.RuntimeError, "super(): no current frame");
    }
    const Code* code = as<Code>(frame->code);
    const CodeData& data = *code->data;
    const Tuple* names = as<Tuple>(code->varnames);
    if (data.params == 0) {
        return raise(vm.exceptions.RuntimeError, "super(): no arguments");
    }
    *object = frame->items[0];
    *cls = nullptr;
    for (size_t i = data.locals - data.cells - data.frees; i < data.locals; ++i) {
        Value content = frame->items[i] != nullptr ? as<Cell>(frame->items[i])->value : nullptr;
        if (view(names->items[i]) == "__class__") {
            *cls = content;
        } else if (*object == nullptr && names->items[i] == names->items[0]) {
            *object = content;
        }
    }
    if (*object == nullptr) {
        return raise(vm.exceptions.RuntimeError, "super(): arg[0] deleted");
    }
    return *cls != nullptr ||
           raise(vm.exceptions.RuntimeError, "super(): __class__ cell not found");
}

Ref super_create(Class* cls, const Args& args) {
    Value start = args.count > 0 ? args[0] : nullptr;
    Value object = args.count > 1 ? args[1] : nullptr;
    if (args.count == 0 && !implied(&start, &object)) {
        return {};
    }
    if (!is<Class>(start)) {
        return raise_type("super() argument 1 must be a type, not %s", type_name(start));
    }
    Value lookup = none();
    if (object != nullptr) {
        const bool of_class = is<Class>(object) && is_subclass(as<Class>(object), as<Class>(start));
        lookup = of_class ? object : val(class_of(object));
        if (!of_class && !is_instance(object, as<Class>(start))) {
            return raise_type("super(type, obj): obj must be an instance or subtype of type");
        }
    }
    return make_box(cls, start, object, lookup);
}

Ref super_get_attribute(Value self, Str* name) {
    const Box* box = as<Box>(self);
    if (box->b == nullptr || name == vm.names.class_) {
        return generic_get_attribute(self, name);
    }
    Value found = class_lookup_after(as<Class>(box->c), as<Class>(box->a), name);
    if (found == nullptr) {
        if (Value own = class_lookup(class_of(self), name)) {
            return bind(own, self, class_of(self));
        }
        return raise(
            vm.exceptions.AttributeError, "'super' object has no attribute '%s'", name->data);
    }
    const bool of_class = box->b == box->c;
    return bind(found, of_class ? nullptr : box->b, as<Class>(box->c));
}
Ref super_repr(Value self) {
    return new_str(format_text("<super: <class '%s'>, <%s object>>",
                               class_name(as<Class>(as<Box>(self)->a)),
                               as<Box>(self)->b != nullptr ? type_name(as<Box>(self)->b) : "NULL"));
}
NativeClass super_class = {
    "super",
    kBox,
    {.create = super_create, .repr = super_repr, .get_attribute = super_get_attribute}};

}  // namespace

void make_getset_class() {
    vm.classes.getset = make_native_class(getset_class, vm.classes.object, vm.classes.getset);
    vm.classes.member = make_native_class(member_class, vm.classes.object, vm.classes.member);
}

void make_descriptor_classes() {
    vm.classes.property = make_native_class(property_class, vm.classes.object);
    vm.classes.staticmethod = make_native_class(static_class, vm.classes.object);
    vm.classes.classmethod = make_native_class(class_class, vm.classes.object);
    vm.classes.super = make_native_class(super_class, vm.classes.object);
}

}  // namespace pebble
