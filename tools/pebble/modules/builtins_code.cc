// SPDX-License-Identifier: MIT
#include <memory>

#include "compile/code.h"
#include "compile/compiler.h"
#include "core/eval.h"
#include "modules/modules.h"

namespace pebble {
namespace {

// Names, code, and files: the builtin functions that know where they are called from.

Dict* current_globals() {
    return vm.frame != nullptr ? as<Function>(vm.frame->function)->globals : vm.builtins;
}
Ref globals(Value, const Args&) {
    return Ref::share(current_globals());
}
Ref locals(Value, const Args&) {
    return vm.frame != nullptr ? frame_locals(vm.frame) : Ref::share(vm.builtins);
}
Ref vars(Value, const Args& args) {
    if (args[0] == nullptr) {
        return locals(nullptr, args);
    }
    Ref dict = find_attribute(args[0], vm.names.dict);
    return dict || pending() ? std::move(dict)
                             : Ref(raise_type("vars() argument must have __dict__ attribute"));
}
Ref class_names(Value cls) {
    Ref method = get_attribute(val(vm.classes.object), vm.names.dir);
    return method ? call(method, {cls}) : Ref();
}
Ref dir(Value, const Args& args) {
    Ref names;
    if (args[0] != nullptr) {
        names = is<Class>(args[0]) ? class_names(args[0]) : call_special(args[0], vm.names.dir, {});
    } else {
        names = locals(nullptr, args);
    }
    Ref list = names ? to_list(names) : Ref();
    return list && list_sort(list.as<List>(), nullptr, false) ? std::move(list) : Ref();
}

Ref compile_text(Value text, const char* name, CompileMode mode) {
    if (is<Code>(text)) {
        return Ref::share(text);
    }
    if (!is<Str>(text) && !is<Bytes>(text)) {
        return raise_type("source must be a string, bytes or code object");
    }
    const std::string_view source =
        is<Str>(text) ? view(text) : std::string_view(as<Bytes>(text)->data, as<Bytes>(text)->size);
    return compile_source(std::make_shared<Source>(name, std::string(source)), mode);
}
Ref run_text(const Args& args, CompileMode mode) {
    const bool given = args[1] != nullptr && !is_none(args[1]);
    if (given && !is<Dict>(args[1])) {
        return raise_type("globals must be a dict, not %s", type_name(args[1]));
    }
    Dict* names = given ? as<Dict>(args[1]) : current_globals();
    Ref here = given || vm.frame == nullptr ? Ref() : frame_locals(vm.frame);
    Value local = args[2] != nullptr && !is_none(args[2]) ? args[2] : here.get();
    if (local != nullptr && !is<Dict>(local)) {
        return raise_type("locals must be a dict, not %s", type_name(local));
    }
    if (dict_find_name(names, vm.names.builtins) == nullptr) {
        dict_set_name(names, vm.names.builtins, val(vm.builtins));
    }
    Ref code = compile_text(args[0], "<string>", mode);
    return code ? run_code(code, names, as<Dict>(local)) : Ref();
}
Ref exec(Value, const Args& args) {
    return run_text(args, CompileMode::Module) ? Ref::own(none()) : Ref();
}
Ref eval(Value, const Args& args) {
    return run_text(args, CompileMode::Expression);
}
Ref compile(Value, const Args& args) {
    if (!is<Str>(args[1]) || !is<Str>(args[2])) {
        return raise_type("compile() arguments 2 and 3 must be str");
    }
    const std::string_view mode = view(args[2]);
    return compile_text(args[0],
                        c_str(args[1]),
                        mode == "eval"     ? CompileMode::Expression
                        : mode == "single" ? CompileMode::Prompt
                                           : CompileMode::Module);
}

Ref import_function(Value, const Args& args) {
    if (!is<Str>(args[0])) {
        return raise_type("__import__() argument 1 must be str, not %s", type_name(args[0]));
    }
    Ref names = args[3] != nullptr && !is_none(args[3]) ? to_tuple(args[3]) : Ref::own(none());
    int64_t level = 0;
    if (!names || (args[4] != nullptr && !to_int64(args[4], &level))) {
        return {};
    }
    const bool plain = is_none(names) || names.as<Tuple>()->count == 0;
    return import_module(
        view(args[0]), plain ? none() : names.get(), static_cast<int>(level), current_globals());
}

Ref input(Value, const Args& args) {
    if (args[0] != nullptr) {
        Ref prompt = str(args[0]);
        if (!prompt || !write_stream(vm.names.stdout_, view(prompt))) {
            return {};
        }
    }
    flush_streams();
    std::string line;
    int c = 0;
    while ((c = getchar()) != EOF && c != '\n') {
        line += static_cast<char>(c);
    }
    return c == EOF && line.empty() ? Ref(raise(vm.exceptions.EOFError, "EOF when reading a line"))
                                    : new_str(line);
}

/// __build_class__(body, name, *bases, **keywords).
Ref build_class(Value, const Args& args) {
    Function* body = as<Function>(args[0]);
    Ref bases = new_tuple(args.count - 2, args.values + 2);
    Ref dict = bases ? new_dict() : Ref();
    Frame* frame = dict ? new_frame(body, dict.as<Dict>()) : nullptr;
    if (frame == nullptr) {
        return {};
    }
    const uint32_t hint = data_of(frame->code).attribute_hint;
    Ref cell = run_frame(frame);
    finish_frame(frame);
    if (!cell) {
        return {};
    }
    Ref cls = make_class(args[1], bases.as<Tuple>(), dict.as<Dict>(), args, hint);
    if (cls && is_exact<Cell>(cell)) {
        store(&cell.as<Cell>()->value, new_ref(cls));
    }
    return cls;
}

Ref exit_function(Value, const Args& args) {
    return raise_value(vm.exceptions.SystemExit, args[0]);
}

const NativeDef kCodeFunctions[] = {
    {"exit", exit_function, "code? /"},
    {"quit", exit_function, "code? /"},
    {"globals", globals, ""},
    {"locals", locals, ""},
    {"vars", vars, "object? /"},
    {"dir", dir, "object? /"},
    {"exec", exec, "source globals? locals? /"},
    {"eval", eval, "source globals? locals? /"},
    {"compile", compile, "source filename mode flags? dont_inherit? optimize?"},
    {"input", input, "prompt? /"},
    {"open", open_function, "file mode? buffering? encoding? errors? newline?"},
    {"__import__", import_function, "name globals? locals? fromlist? level?"},
    {nullptr, nullptr, nullptr}};
const NativeDef kBuildClass = {"__build_class__", build_class, nullptr};

}  // namespace

Value build_class_function() {
    Value found = dict_find_name(vm.builtins, vm.names.build_class);
    if (found == nullptr) {
        raise(vm.exceptions.NameError, "__build_class__ not found");
    }
    return found;
}

bool display(Value value) {
    if (is_none(value)) {
        return true;
    }
    Ref text = repr(value);
    return text && dict_set_name(vm.builtins, vm.names.underscore, value) &&
           write_stream(vm.names.stdout_, std::string(view(text)) + "\n");
}

bool fill_code_builtins(Module* module) {
    Ref native = new_native(&kBuildClass, val(module), nullptr);
    return native && module_set(module, "__build_class__", native) &&
           module_add(module, kCodeFunctions);
}

}  // namespace pebble
