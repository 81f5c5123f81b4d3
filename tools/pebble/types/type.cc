// SPDX-License-Identifier: MIT
#include "core/lookup.h"
#include "types/types.h"

namespace pebble {
namespace {

Ref type_repr(Value self) {
    Class* cls = as<Class>(self);
    Value module = dict_find_name(cls->dict, vm.names.module);
    std::string name = c_str(cls->qualname);
    if (module != nullptr && is<Str>(module) && view(module) != "builtins") {
        name = std::string(view(module)) + "." + name;
    }
    return new_str("<class '" + name + "'>");
}

Ref type_call(Value self, const Args& args) {
    return call_class(as<Class>(self), args);
}

/// type(name, bases, dict).
Ref type_create(Class*, const Args& args) {
    if (args.count != 3) {
        return raise_type("type() takes 1 or 3 arguments");
    }
    if (!is<Str>(args[0]) || !is<Tuple>(args[1]) || !is<Dict>(args[2])) {
        return raise_type(
            "type.__new__() argument 1 must be str, argument 2 must be tuple, argument 3 must be "
            "dict");
    }
    Ref dict = dict_copy(as<Dict>(args[2]));
    if (!dict) {
        return {};
    }
    if (dict_find_name(dict.as<Dict>(), vm.names.module) == nullptr && vm.frame != nullptr) {
        Value module = dict_find_name(as<Function>(vm.frame->function)->globals, vm.names.name);
        dict_set_name(dict.as<Dict>(), vm.names.module, module != nullptr ? module : none());
    }
    return make_class(args[0], as<Tuple>(args[1]), dict.as<Dict>(), args, 4);
}

bool type_init(Value, const Args&) {
    return true;
}

Ref type_get_attribute(Value self, Str* name) {
    Class* cls = as<Class>(self);
    Value meta = class_lookup(vm.classes.type, name);
    if (meta != nullptr && is_data_descriptor(meta)) {
        return bind(meta, self, vm.classes.type);
    }
    if (Value found = class_lookup(cls, name)) {
        return bind(found, nullptr, cls);
    }
    if (meta != nullptr) {
        return bind(meta, self, vm.classes.type);
    }
    raise(vm.exceptions.AttributeError,
          "type object '%s' has no attribute '%s'",
          class_name(cls),
          name->data);
    if (pending_is(vm.exceptions.AttributeError)) {
        vm.pending->name = new_ref(val(name));
        vm.pending->obj = new_ref(self);
    }
    return {};
}

bool type_set_attribute(Value self, Str* name, Value value) {
    Class* cls = as<Class>(self);
    if (!is_heap_class(cls)) {
        return raise_type(
            "cannot set '%s' attribute of immutable type '%s'", name->data, class_name(cls));
    }
    Value meta = class_lookup(vm.classes.type, name);
    if (meta != nullptr && is_data_descriptor(meta) && name != vm.names.doc &&
        name != vm.names.module) {
        return generic_set_attribute(self, name, value);
    }
    return class_set(cls, name, value) || raise(vm.exceptions.AttributeError,
                                                "type object '%s' has no attribute '%s'",
                                                class_name(cls),
                                                name->data);
}

Ref name_get(Value self) {
    return Ref::share(as<Class>(self)->name);
}
bool name_set(Value self, Value value) {
    if (value == nullptr || !is<Str>(value)) {
        return raise_type("can only assign string to %s.__name__", class_name(as<Class>(self)));
    }
    store(&as<Class>(self)->name, new_ref(value));
    return true;
}
Ref qualname_get(Value self) {
    return Ref::share(as<Class>(self)->qualname);
}
bool qualname_set(Value self, Value value) {
    if (value == nullptr || !is<Str>(value)) {
        return raise_type("can only assign string to %s.__qualname__", class_name(as<Class>(self)));
    }
    store(&as<Class>(self)->qualname, new_ref(value));
    return true;
}
Ref module_get(Value self) {
    Value module = dict_find_name(as<Class>(self)->dict, vm.names.module);
    const NativeClass* native = as<Class>(self)->info->native;
    return native != nullptr   ? Ref::share(intern(native->module))
           : module != nullptr ? Ref::share(module)
                               : Ref::share(intern("builtins"));
}
Ref doc_get(Value self) {
    Value doc = dict_find_name(as<Class>(self)->dict, vm.names.doc);
    return Ref::share(doc != nullptr ? doc : none());
}
bool ignored_set(Value, Value) {
    return true;  // type_set_attribute() stores these in the class's dict.
}
Ref bases_get(Value self) {
    return Ref::share(as<Class>(self)->bases);
}
Ref base_get(Value self) {
    const Tuple* bases = as<Tuple>(as<Class>(self)->bases);
    return Ref::share(bases->count > 0 ? bases->items[0] : none());
}
Ref mro_get(Value self) {
    return Ref::share(as<Class>(self)->mro);
}
Ref dict_get(Value self) {
    return make_box(vm.classes.dict_proxy, val(as<Class>(self)->dict));
}

Ref mro_method(Value self, const Args&) {
    return to_list(as<Class>(self)->mro);
}
Ref subclasses_method(Value self, const Args&) {
    Ref list = new_list();
    for (Class* derived : as<Class>(self)->info->subclasses) {
        if (!list || !list_append(list.as<List>(), val(derived))) {
            return {};
        }
    }
    return list;
}
Ref instancecheck_method(Value self, const Args& args) {
    return Ref::own(truth(is_instance(args[0], as<Class>(self))));
}
Ref prepare_method(Value, const Args&) {
    return new_dict();
}

const NativeDef kMethods[] = {{"mro", mro_method, ""},
                              {"__subclasses__", subclasses_method, ""},
                              {"__instancecheck__", instancecheck_method, "instance /"},
                              {"__prepare__", prepare_method, nullptr, NativeDef::OfClass},
                              {nullptr, nullptr, nullptr}};
const GetSet kGetSets[] = {{"__name__", name_get, name_set},
                           {"__qualname__", qualname_get, qualname_set},
                           {"__module__", module_get, ignored_set},
                           {"__doc__", doc_get, ignored_set},
                           {"__bases__", bases_get},
                           {"__base__", base_get},
                           {"__mro__", mro_get},
                           {"__dict__", dict_get},
                           {nullptr, nullptr}};

NativeClass type_class = {"type",
                          kClass,
                          {.create = type_create,
                           .init = type_init,
                           .repr = type_repr,
                           .call = type_call,
                           .binary = type_union,
                           .binary_mask = bit(BinOp::Or),
                           .get_attribute = type_get_attribute,
                           .set_attribute = type_set_attribute},
                          kMethods,
                          kGetSets,
                          true};

}  // namespace

void make_type_class() {
    vm.classes.type = make_native_class(type_class, vm.classes.object, vm.classes.type);
}

}  // namespace pebble
