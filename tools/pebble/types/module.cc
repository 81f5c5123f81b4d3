// SPDX-License-Identifier: MIT
#include "modules/modules.h"

namespace pebble {

Ref new_module(std::string_view name) {
    Module* module = make<Module>(vm.classes.module);
    Ref result = Ref::own(module);
    Ref dict = module != nullptr ? new_dict() : Ref();
    Ref text = dict ? new_str(name) : Ref();
    if (!text) {
        return {};
    }
    module->dict = as<Dict>(dict.take());
    dict_set_name(module->dict, vm.names.name, text);
    for (Str* field : {vm.names.doc, vm.names.package}) {
        dict_set_name(module->dict, field, none());
    }
    return result;
}

bool module_add(Module* module, const NativeDef* functions) {
    for (; functions->name != nullptr; ++functions) {
        Ref native = new_native(functions, val(module), nullptr);
        if (!native || !dict_set_text(module->dict, functions->name, native)) {
            return false;
        }
    }
    return true;
}

bool module_set(Module* module, const char* name, Value value) {
    return dict_set_text(module->dict, name, value);
}

namespace {

Ref module_create(Class* cls, const Args& args) {
    if (args.count == 0 || !is<Str>(args[0])) {
        return raise_type("module() missing required argument 'name' (pos 1)");
    }
    (void)cls;
    Ref module = new_module(view(args[0]));
    if (module && args.count > 1) {
        dict_set_name(module.as<Module>()->dict, vm.names.doc, args[1]);
    }
    return module;
}

bool module_init(Value, const Args&) {
    return true;
}

Ref module_repr(Value self) {
    Dict* dict = as<Module>(self)->dict;
    Value name = dict_find_name(dict, vm.names.name);
    Value file = dict_find_name(dict, vm.names.file);
    const std::string shown = name != nullptr ? repr_text(name) : "'?'";
    return new_str("<module " + shown +
                   (file != nullptr ? " from " + repr_text(file) : " (built-in)") + ">");
}

NativeClass module_class = {"module",
                            kModule,
                            {.create = module_create, .init = module_init, .repr = module_repr},
                            nullptr,
                            nullptr,
                            true};

}  // namespace

void make_module_class() {
    vm.classes.module = make_native_class(module_class, vm.classes.object);
}

}  // namespace pebble
