// SPDX-License-Identifier: MIT
#include "core/lookup.h"
#include "types/types.h"

namespace pebble {
namespace {

// object.

bool is_overridden(Class* cls, Str* name) {
    Value found = class_lookup(cls, name);
    return found != nullptr &&
           !(is_exact<Native>(found) && as<Native>(found)->owner == vm.classes.object);
}

Ref object_create(Class* cls, const Args& args) {
    const bool any = args.count > 0 || args.keyword_count() > 0;
    if (any && !is_overridden(cls, vm.names.init)) {
        return raise_type("%s() takes no arguments", class_name(cls));
    }
    return Ref::own(make<Instance>(cls, is_heap_class(cls) ? cls->info->inline_capacity : 0));
}

bool object_init(Value, const Args&) {
    return true;
}

std::string qualified_name(Class* cls) {
    Value module = class_lookup(cls, vm.names.module);
    std::string name = c_str(cls->qualname);
    if (module != nullptr && is<Str>(module) && view(module) != "builtins") {
        name = std::string(view(module)) + "." + name;
    }
    return name;
}

Ref object_repr(Value self) {
    return new_str(format_text("<%s object at 0x%llx>",
                               qualified_name(class_of(self)).c_str(),
                               static_cast<unsigned long long>(identity(self))));
}

Ref object_str(Value self) {
    return repr(self);
}

bool object_hash(Value self, int64_t* out) {
    const auto bits = static_cast<uint64_t>(identity(self));
    *out = static_cast<int64_t>(bits >> 4 | bits << 60);
    return true;
}

Ref object_compare(Value a, Value b, CmpOp op) {
    if (a == b && (op == CmpOp::Eq || op == CmpOp::Ne)) {
        return Ref::own(truth(op == CmpOp::Eq));
    }
    return Ref::own(not_implemented());
}

Ref setattr_method(Value self, const Args& args) {
    Str* name = intern_value(args[0]);
    if (name == nullptr) {
        return {};
    }
    const auto set = class_of(self)->info->base->info->native->ops.set_attribute;
    return (set != nullptr ? set(self, name, args[1]) : generic_set_attribute(self, name, args[1]))
               ? Ref::own(none())
               : Ref();
}

Ref delattr_method(Value self, const Args& args) {
    Str* name = intern_value(args[0]);
    if (name == nullptr) {
        return {};
    }
    const auto set = class_of(self)->info->base->info->native->ops.set_attribute;
    return (set != nullptr ? set(self, name, nullptr) : generic_set_attribute(self, name, nullptr))
               ? Ref::own(none())
               : Ref();
}

Ref getattribute_method(Value self, const Args& args) {
    Str* name = intern_value(args[0]);
    return name != nullptr ? generic_get_attribute(self, name) : Ref();
}

Ref format_method(Value self, const Args& args) {
    if (is<Str>(args[0]) && as<Str>(args[0])->size > 0) {
        return raise_type("unsupported format string passed to %s.__format__", type_name(self));
    }
    return str(self);
}

Ref sizeof_method(Value self, const Args&) {
    return is_immediate(self) ? new_int(32)
                              : new_int(static_cast<int64_t>(cairn_object_size(self)));
}

Ref init_subclass_method(Value self, const Args& args) {
    return args.keyword_count() == 0
               ? Ref::own(none())
               : Ref(raise_type("%s.__init_subclass__() takes no keyword arguments",
                                class_name(as<Class>(self))));
}

Ref dir_method(Value self, const Args&) {
    Ref names = new_set(vm.classes.set);
    Class* cls = is<Class>(self) ? as<Class>(self) : class_of(self);
    const Tuple* mro = as<Tuple>(cls->mro);
    for (size_t i = 0; names && i < mro->count; ++i) {
        if (!set_update(names.as<Set>(), val(as<Class>(mro->items[i])->dict))) {
            return {};
        }
    }
    Ref own = is<Class>(self) ? Ref() : attribute_dict(self);
    if (!names || (own && !set_update(names.as<Set>(), own))) {
        return {};
    }
    Ref list = to_list(names);
    return list && list_sort(list.as<List>(), nullptr, false) ? std::move(list) : Ref();
}

Ref class_get(Value self) {
    return Ref::share(class_of(self));
}

Ref reduce_method(Value self, const Args&) {
    return raise_type("cannot pickle '%s' object", type_name(self));
}

const NativeDef kObjectMethods[] = {
    {"__setattr__", setattr_method, "name value /"},
    {"__delattr__", delattr_method, "name /"},
    {"__getattribute__", getattribute_method, "name /"},
    {"__format__", format_method, "format_spec /"},
    {"__sizeof__", sizeof_method, ""},
    {"__dir__", dir_method, ""},
    {"__reduce_ex__", reduce_method, "protocol /"},
    {"__init_subclass__", init_subclass_method, nullptr, NativeDef::OfClass},
    {nullptr, nullptr, nullptr}};

bool class_set_attribute(Value self, Value cls) {
    if (cls == nullptr || !is<Class>(cls)) {
        return raise_type("__class__ must be set to a class, not '%s' object",
                          cls != nullptr ? type_name(cls) : "NULL");
    }
    Class* from = class_of(self);
    Class* to = as<Class>(cls);
    const bool alike = is_heap_class(from) && is_heap_class(to) &&
                       from->info->layout == to->info->layout &&
                       from->info->slot_count == to->info->slot_count &&
                       from->info->has_dict == to->info->has_dict &&
                       from->info->has_del == to->info->has_del && from->info->layout != kWeakRef;
    if (!is_heap_class(to) || !is_heap_class(from)) {
        return raise_type(
            "__class__ assignment only supported for mutable types or ModuleType subclasses");
    }
    if (!alike) {
        return raise_type("__class__ assignment: '%s' object layout differs from '%s'",
                          class_name(to),
                          class_name(from));
    }
    // The inline places belong to the old class: the attributes move into a dict first.
    if (from->info->has_dict && !attribute_dict(self)) {
        return false;
    }
    store(reinterpret_cast<Value*>(&as<Object>(self)->cls), new_ref(cls));
    return true;
}

Ref dict_get(Value self) {
    Ref dict = attribute_dict(self);
    return dict || pending() ? std::move(dict)
                             : Ref(raise(vm.exceptions.AttributeError,
                                         "'%s' object has no attribute '__dict__'",
                                         type_name(self)));
}

Ref weakref_get(Value self) {
    cairn_objects refs = {};
    const cairn_status status = cairn_get_weakrefs(self, &refs);
    if (status != CAIRN_OK) {
        return raise_status(status);
    }
    const bool some = refs.count > 0 && is_known(refs.items[0]);
    Ref first = Ref::share(some ? refs.items[0] : none());
    cairn_objects_release(vm.heap, &refs);
    return first;
}

const GetSet kObjectGetSets[] = {{"__class__", class_get, class_set_attribute},
                                 {"__dict__", dict_get, set_attribute_dict},
                                 {"__weakref__", weakref_get},
                                 {nullptr, nullptr}};

NativeClass object_class = {"object",
                            kInstance,
                            {.create = object_create,
                             .init = object_init,
                             .repr = object_repr,
                             .str = object_str,
                             .hash = object_hash,
                             .compare = object_compare},
                            kObjectMethods,
                            kObjectGetSets};

// None, Ellipsis, NotImplemented.

Ref none_repr(Value) {
    return new_str("None");
}
Ref ellipsis_repr(Value) {
    return new_str("Ellipsis");
}
Ref not_implemented_repr(Value) {
    return new_str("NotImplemented");
}
bool never(Value, bool* out) {
    *out = false;
    return true;
}
Ref none_create(Class*, const Args&) {
    return Ref::own(none());
}

NativeClass none_class = {"NoneType",
                          kBox,
                          {.create = none_create, .repr = none_repr, .truth = never},
                          nullptr,
                          nullptr,
                          true};
NativeClass ellipsis_class = {"ellipsis", kBox, {.repr = ellipsis_repr}, nullptr, nullptr, true};
NativeClass not_implemented_class = {
    "NotImplementedType", kBox, {.repr = not_implemented_repr}, nullptr, nullptr, true};

}  // namespace

void make_object_classes() {
    vm.classes.object = make_native_class(object_class, nullptr, vm.classes.object);
}

void make_constant_classes() {
    vm.classes.none_type = make_native_class(none_class, vm.classes.object);
    vm.classes.ellipsis = make_native_class(ellipsis_class, vm.classes.object);
    vm.classes.not_implemented = make_native_class(not_implemented_class, vm.classes.object);
}

}  // namespace pebble
