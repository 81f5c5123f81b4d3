// SPDX-License-Identifier: MIT
#include "core/start.h"

#include <algorithm>
#include <cairn/testing.h>
#include <cstdio>
#include <sys/resource.h>
#include <vector>

#include "compile/code.h"
#include "core/eval.h"
#include "core/lookup.h"
#include "core/special.h"
#include "modules/modules.h"

namespace pebble {
namespace {

/// Classes that the making of the first classes needs already.
void make_placeholders() {
    static NativeClass unfinished = {};
    for (Class** place : {&vm.classes.type,
                          &vm.classes.object,
                          &vm.classes.str,
                          &vm.classes.tuple,
                          &vm.classes.dict,
                          &vm.classes.native,
                          &vm.classes.native_method,
                          &vm.classes.getset,
                          &vm.classes.member}) {
        *place = as<Class>(cairn_new(layouts[kClass].exact));
        (*place)->info = new ClassInfo;
        (*place)->info->native = &unfinished;
        (*place)->cls = vm.classes.type;
    }
}

void make_classes() {
    make_placeholders();
#define PEBBLE_INTERN(name, text) vm.names.name = intern(text);
    PEBBLE_NAMES(PEBBLE_INTERN)
#undef PEBBLE_INTERN
    make_operator_names();
    vm.empty_tuple = new_tuple(0).take();
    cairn_gc_untrack(vm.empty_tuple);
    make_object_classes();
    make_type_class();
    make_str_class();
    make_tuple_class();
    make_dict_class();
    make_native_function_classes();
    make_getset_class();
    make_int_classes();
    make_float_class();
    make_complex_class();
    make_bytes_class();
    make_bytearray_class();
    make_list_class();
    make_set_classes();
    make_constant_classes();
    make_iterator_classes();
    make_range_classes();
    make_dict_view_classes();
    make_function_classes();
    make_descriptor_classes();
    make_generator_class();
    make_module_class();
    make_namespace_class();
    make_alias_classes();
    make_exception_classes();
    make_weakref_class();
    make_file_class();
}

bool add_module(const char* name, bool (*fill)(Module* module)) {
    Ref module = new_module(name);
    Ref key = module ? new_str(name) : Ref();
    return key && dict_set(vm.modules, key, module) && fill(module.as<Module>());
}

/// The heap's errors in finalizers and callbacks carry a pending exception, or none if they are its
/// own.
void on_unraisable(
    cairn_heap*, cairn_place place, cairn_status status, cairn_object* object, void*) {
    if (!pending()) {
        raise_status(status);
    }
    report_unraisable(cairn_place_text(place), object);
}

void visit_root(cairn_visit_fn visit, void* data, Value v) {
    if (v != nullptr && !is_immediate(v)) {
        visit(v, data);
    }
}

/// Nearly all that lives is reached from the modules and from the variables of running functions.
void visit_roots(cairn_visit_fn visit, void* data, void*) {
    visit_root(visit, data, val(vm.modules));
    for (const Frame* frame = vm.frame; frame != nullptr; frame = frame->previous) {
        visit_root(visit, data, frame->function);
        visit_root(visit, data, frame->locals);
        const size_t count = data_of(frame->code).locals;
        for (size_t i = 0; i < count; ++i) {
            visit_root(visit, data, frame->items[i]);
        }
    }
}

void find_stack_limit() {
    const auto* here = static_cast<const char*>(__builtin_frame_address(0));
    rlimit limit = {};
    size_t size = size_t{8} << 20;
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        size = limit.rlim_cur;
    }
    // The rest is for native code and for signal handlers.
    vm.stack_limit = here - (size - std::min<size_t>(size / 4, size_t{512} << 10));
}

/// Runs what waits, if finalizers are queued: at the end nobody else does.
void run_waiting() {
    cairn_finalizers_run(vm.heap, 0, 0);
}

/// The last one registered is called first; those that are registered meanwhile are not called.
void run_exit_functions() {
    vm.exit_pending = vm.exit_functions->items.count;
    while (vm.exit_pending > 0) {
        Ref entry = Ref::share(vm.exit_functions->items[--vm.exit_pending]);
        list_remove_range(vm.exit_functions, vm.exit_pending, 1);
        Value const* fields = entry.as<Tuple>()->items;
        const Tuple* values = as<Tuple>(fields[1]);
        Tuple* names = is_none(fields[2]) ? nullptr : as<Tuple>(fields[2]);
        const size_t named = names != nullptr ? names->count : 0;
        if (!call(fields[0], Args{values->items, values->count - named, names})) {
            report_unraisable("Exception ignored in atexit callback", fields[0]);
        }
    }
}

void collect_all() {
    cairn_gc_collect(vm.heap, CAIRN_GENERATIONS - 1, nullptr);
    run_waiting();
}

/// Empties a module that something still holds: private names first, then the others.
void clear_module(Module* module) {
    for (int pass = 0; pass < 2; ++pass) {
        Ref keys = dict_keys(module->dict);
        for (size_t i = 0; keys && i < keys.as<List>()->items.count; ++i) {
            Value key = keys.as<List>()->items[i];
            const std::string_view name = is<Str>(key) ? view(key) : std::string_view();
            const bool is_private = name.size() > 1 && name[0] == '_' && name[1] != '_';
            if (pass == 0 ? is_private : name != "__builtins__") {
                dict_set(module->dict, key, none());
                run_waiting();
            }
        }
    }
}

/// Lets go of what sys holds for the program, and puts back the streams that it may have changed.
void reset_sys() {
    Value sys = nullptr;
    dict_find(vm.modules, val(intern("sys")), &sys);
    if (sys == nullptr || !is<Module>(sys)) {
        return;
    }
    Dict* dict = as<Module>(sys)->dict;
    for (const char* name :
         {"path", "argv", "ps1", "ps2", "last_type", "last_value", "last_traceback"}) {
        if (dict_find_name(dict, intern(name)) != nullptr) {
            dict_set_text(dict, name, none());
        }
    }
    for (const char* name : {"stdin", "stdout", "stderr"}) {
        if (Value own = dict_find_name(dict, intern("__" + std::string(name) + "__"))) {
            dict_set_text(dict, name, own);
        }
    }
}

void clear_modules() {
    std::vector<Ref> weak;
    Value found = nullptr;
    dict_find(vm.modules, val(intern("sys")), &found);
    Ref sys = Ref::share(found);
    Ref names = dict_keys(vm.modules);
    for (size_t i = 0; names && i < names.as<List>()->items.count; ++i) {
        Value name = names.as<List>()->items[i];
        Value module = nullptr;
        if (!dict_find(vm.modules, name, &module) || module == nullptr || !is<Module>(module)) {
            continue;
        }
        if (view(name) == "builtins" || view(name) == "sys") {
            continue;
        }
        weak.push_back(Ref::own(cairn_weakref_new(module, nullptr, nullptr, nullptr)));
        dict_set(vm.modules, name, none());
        run_waiting();
    }
    collect_all();
    while (!weak.empty()) {
        Ref module = weak.back() ? Ref::own(cairn_weakref_get(weak.back())) : Ref();
        if (module) {
            clear_module(module.as<Module>());
        }
        weak.pop_back();
    }
    collect_all();
    if (sys && is<Module>(sys)) {
        clear_module(sys.as<Module>());
    }
}

}  // namespace

bool start(const StartOptions& options) {
    cairn_heap_options heap_options;
    cairn_heap_options_init(&heap_options);
    heap_options.flags |= CAIRN_HEAP_LIMIT_EXTERNAL | CAIRN_HEAP_KEEPS_OBJECTS |
                          (options.cpython_order ? CAIRN_HEAP_CPYTHON_ORDER : 0) |
                          (options.queue_finalizers ? CAIRN_HEAP_QUEUE_FINALIZERS : 0);
    heap_options.on_unraisable = on_unraisable;
    vm.heap = cairn_heap_new(&heap_options);
    if (vm.heap == nullptr) {
        return false;
    }
    find_stack_limit();
    // Nothing that is made here can be garbage.
    cairn_gc_disable(vm.heap);
    make_layouts();
    make_classes();
    vm.modules = as<Dict>(new_dict().take());
    vm.exit_functions = as<List>(new_list().take());
    cairn_heap_set_root_visitor(vm.heap, visit_roots, nullptr);
    if (!add_module("builtins", fill_builtins) || !add_module("sys", fill_sys)) {
        return false;
    }
    cairn_gc_collect(vm.heap, CAIRN_GENERATIONS - 1, nullptr);
    cairn_gc_enable(vm.heap);
    if (options.pause_target != 0 &&
        cairn_gc_set_pause_target(vm.heap, options.pause_target) != CAIRN_OK) {
        return false;
    }
    vm.untracks_atomic = options.cpython_order;
    vm.memory_limit = options.memory_limit;
    cairn_heap_set_memory_limit(vm.heap, vm.memory_limit);
    vm.young_every = vm.young_countdown = options.young_every;
    cairn_collect_every_for_testing(vm.heap, options.collect_every);
    return true;
}

void stop() {
    run_exit_functions();
    run_waiting();
    cairn_finalizers_run_atexit(vm.heap);
    vm.finalizers_over = true;
    collect_all();
    vm.ending = true;
    reset_sys();
    clear_modules();
    flush_streams();
    run_waiting();
    cairn_heap_free(vm.heap);
    vm.heap = nullptr;
    vm.interned.clear();
}

bool at_exit(Value function, Value args, Value keywords) {
    Ref entry = make_tuple({function, args, keywords != nullptr ? keywords : none()});
    return entry && list_append(vm.exit_functions, entry);
}

bool forget_at_exit(Value function) {
    // The comparison may register and forget functions.
    for (size_t i = 0; i < vm.exit_functions->items.count;) {
        Ref entry = Ref::share(vm.exit_functions->items[i]);
        bool same = false;
        if (!equal(entry.as<Tuple>()->items[0], function, &same)) {
            return false;
        }
        const bool there =
            i < vm.exit_functions->items.count && vm.exit_functions->items[i] == entry.get();
        if (same && there) {
            vm.exit_pending -= i < vm.exit_pending ? 1 : 0;
            list_remove_range(vm.exit_functions, i, 1);
        } else {
            ++i;
        }
    }
    return true;
}

}  // namespace pebble
