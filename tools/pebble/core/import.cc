// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <sys/stat.h>

#include "compile/compiler.h"
#include "core/eval.h"
#include "modules/modules.h"

namespace pebble {

bool read_file(const std::string& path, std::string* out) {
    FILE* file = fopen(path.c_str(), "rb");
    if (file == nullptr) {
        return false;
    }
    char buffer[65536];
    while (feof(file) == 0 && ferror(file) == 0) {
        out->append(buffer, fread(buffer, 1, sizeof buffer, file));
    }
    const bool ok = ferror(file) == 0;
    fclose(file);
    return ok;
}

namespace {

bool is_file(const std::string& path) {
    struct stat info = {};
    return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

/// Where a module's text comes from.
struct Found {
    std::string file;  ///< empty: embedded
    std::string text;
    std::string package_path;  ///< of a package: where its modules lie
    bool package = false;
};

Ref search_path(Value parent) {
    if (parent != nullptr) {
        return find_attribute(parent, vm.names.path);
    }
    Value sys = nullptr;
    dict_find(vm.modules, val(intern("sys")), &sys);
    return sys != nullptr ? find_attribute(sys, intern("path")) : Ref();
}

bool find_source(const std::string& name, Value parent, Found* out) {
    const std::string last = name.substr(name.rfind('.') + 1);
    Ref path = search_path(parent);
    Ref places = path ? to_list(path) : new_list();
    for (size_t i = 0; places && i < places.as<List>()->items.count; ++i) {
        Value place = places.as<List>()->items[i];
        const std::string folder =
            is<Str>(place) && !view(place).empty() ? std::string(view(place)) : ".";
        const std::string package = folder + "/" + last + "/__init__.py";
        const std::string plain = folder + "/" + last + ".py";
        if (is_file(package) || is_file(plain)) {
            out->package = is_file(package);
            out->file = out->package ? package : plain;
            out->package_path = out->package ? folder + "/" + last : "";
            return read_file(out->file, &out->text);
        }
    }
    return false;
}

bool find_embedded(const std::string& name, Found* out) {
    for (const EmbeddedModule* embedded = kEmbeddedModules; embedded->name != nullptr; ++embedded) {
        if (name == embedded->name) {
            out->text = embedded->text;
            out->package = embedded->package;
            return true;
        }
    }
    return false;
}

bool run_source(Module* module, const std::string& name, const Found& found) {
    const std::string shown = found.file.empty() ? "<pebble>/" + name + ".py" : found.file;
    Ref file = new_str(shown);
    Ref package = new_str(
        found.package ? name
                      : name.substr(0, name.find('.') == std::string::npos ? 0 : name.rfind('.')));
    if (!file || !package || !module_set(module, "__file__", file) ||
        !module_set(module, "__package__", package)) {
        return false;
    }
    if (found.package) {
        Ref path = new_list();
        Ref place = new_str(found.package_path);
        if (!path || !place ||
            (!found.package_path.empty() && !list_append(path.as<List>(), place)) ||
            !module_set(module, "__path__", path)) {
            return false;
        }
    }
    module_set(module, "__builtins__", val(vm.builtins));
    Ref code = compile_source(std::make_shared<Source>(shown, found.text), CompileMode::Module);
    vm.being_imported.push_back(name);
    const bool done = code && run_code(code, module->dict, nullptr);
    vm.being_imported.pop_back();
    return done;
}

const NativeModule* find_native(const std::string& name) {
    const NativeModule* native = kNativeModules;
    while (native->name != nullptr && name != native->name) {
        ++native;
    }
    return native->name != nullptr ? native : nullptr;
}

/// Imports one module whose parent, if any, is there.
Ref load(const std::string& name, Value parent) {
    Value there = nullptr;
    Ref key = new_str(name);
    if (!key || !dict_find(vm.modules, key, &there)) {
        return {};
    }
    if (there != nullptr && !is_none(there)) {
        return Ref::share(there);
    }
    if (vm.ending) {
        return raise(vm.exceptions.ImportError,
                     "sys.meta_path is None, Python is likely shutting down");
    }
    Found found;
    const NativeModule* native = find_native(name);
    if (there != nullptr ||
        (native == nullptr && !find_embedded(name, &found) && !find_source(name, parent, &found))) {
        Ref path = parent != nullptr ? find_attribute(parent, vm.names.path) : Ref();
        const std::string outer = name.substr(0, name.rfind('.'));
        Ref message =
            new_str("No module named '" + name + "'" +
                    (parent != nullptr && !path ? "; '" + outer + "' is not a package" : ""));
        Ref exception = message ? new_exception(vm.exceptions.ModuleNotFoundError, message) : Ref();
        if (exception) {
            exception.as<Exception>()->name = key.take();
            raise_exception(exception);
        }
        return {};
    }
    Ref module = new_module(name);
    if (!module || !dict_set(vm.modules, key, module)) {
        return {};
    }
    if (!(native != nullptr ? native->fill(module.as<Module>())
                            : run_source(module.as<Module>(), name, found))) {
        Ref problem = fetch();
        bool gone = false;
        dict_delete(vm.modules, key, &gone);
        return restore(std::move(problem));
    }
    // A module may put something else in its place.
    if (!dict_find(vm.modules, key, &there)) {
        return {};
    }
    module = Ref::share(there != nullptr ? there : module.get());
    if (parent != nullptr &&
        !set_attribute(parent, intern(name.substr(name.rfind('.') + 1)), module)) {
        return {};
    }
    return module;
}

/// The full name that `level` leading dots mean in a module with these globals.
bool absolute_name(std::string* name, int level, Dict* globals) {
    if (level == 0) {
        return true;
    }
    Value package = dict_find_name(globals, vm.names.package);
    std::string base = package != nullptr && is<Str>(package) ? std::string(view(package)) : "";
    for (int i = 1; i < level && !base.empty(); ++i) {
        base = base.find('.') == std::string::npos ? "" : base.substr(0, base.rfind('.'));
    }
    if (base.empty()) {
        return raise(vm.exceptions.ImportError,
                     "attempted relative import with no known parent package");
    }
    *name = name->empty() ? base : base + "." + *name;
    return true;
}

}  // namespace

bool is_being_imported(std::string_view module) {
    return std::find(vm.being_imported.begin(), vm.being_imported.end(), module) !=
           vm.being_imported.end();
}

Ref import_module(std::string_view given, Value from_list, int level, Dict* globals) {
    std::string name(given);
    if (!absolute_name(&name, level, globals)) {
        return {};
    }
    Ref top;
    Ref module;
    for (size_t end = 0; end != std::string::npos;) {
        end = name.find('.', end == 0 ? 0 : end + 1);
        Ref parent = std::move(module);
        module = load(name.substr(0, end), parent);
        if (!module) {
            return {};
        }
        top = top ? std::move(top) : Ref::share(module);
    }
    if (is_none(from_list)) {
        return top;
    }
    // `from package import module` loads the module.
    const Tuple* names = as<Tuple>(from_list);
    for (size_t i = 0; find_attribute(module, vm.names.path) && i < names->count; ++i) {
        const std::string full = name + "." + c_str(names->items[i]);
        if (view(names->items[i]) == "*" || find_attribute(module, as<Str>(names->items[i])) ||
            load(full, module)) {
            continue;
        }
        // That there is no such module is said later; that it misses another one is said as it is.
        Value missing = vm.pending != nullptr ? vm.pending->name : nullptr;
        const bool itself = missing != nullptr && is<Str>(missing) && view(missing) == full;
        if (!itself || !swallow(vm.exceptions.ModuleNotFoundError)) {
            return {};
        }
    }
    return pending() ? Ref() : std::move(module);
}

Ref import_from(Value module, Str* name) {
    Ref value = find_attribute(module, name);
    if (value || pending()) {
        return value;
    }
    Ref module_name = find_attribute(module, vm.names.name);
    Ref file = find_attribute(module, vm.names.file);
    const char* named = module_name && is<Str>(module_name) ? c_str(module_name) : "?";
    const bool partial = is_being_imported(named);
    const std::string place = file && is<Str>(file) ? c_str(file) : "unknown location";
    Ref message = new_str(format_text("cannot import name '%s' from %s'%s' (%s%s)",
                                      name->data,
                                      partial ? "partially initialized module " : "",
                                      named,
                                      partial ? "most likely due to a circular import) (" : "",
                                      place.c_str()));
    Ref exception = message ? new_exception(vm.exceptions.ImportError, message) : Ref();
    if (exception) {
        exception.as<Exception>()->name = module_name ? module_name.take() : nullptr;
        raise_exception(exception);
    }
    return {};
}

bool import_star(Value module, Dict* into) {
    Ref dict = attribute_dict(module);
    if (!dict) {
        return raise_type("import * of something that is no module");
    }
    Value all = dict_find_name(dict.as<Dict>(), vm.names.all);
    Ref names = all != nullptr ? to_list(all) : dict_keys(dict.as<Dict>());
    for (size_t i = 0; names && i < names.as<List>()->items.count; ++i) {
        Str* name = intern_value(names.as<List>()->items[i]);
        if (name == nullptr) {
            return false;
        }
        if (all == nullptr && name->data[0] == '_') {
            continue;
        }
        Ref value = get_attribute(module, name);
        if (!value || !dict_set_name(into, name, value)) {
            return false;
        }
    }
    return static_cast<bool>(names);
}

}  // namespace pebble
