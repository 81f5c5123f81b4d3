// SPDX-License-Identifier: MIT
#include <climits>
#include <cstdlib>
#include <unistd.h>

#include "core/eval.h"
#include "modules/modules.h"

namespace pebble {
namespace {

Ref getrefcount(Value, const Args& args) {
    // None, ints and the like are no objects of the heap: they have no count, so a large one.
    return new_int(is_immediate(args[0]) ? int64_t{1} << 30 : int64_t{cairn_refcount(args[0])});
}

Ref getsizeof(Value, const Args& args) {
    Ref size = call_special(args[0], vm.names.sizeof_, {});
    return size && size.get() == not_implemented() ? Ref::own(small(0)) : std::move(size);
}

Ref exc_info(Value, const Args&) {
    Value exception = handled_exception();
    if (exception == nullptr) {
        return make_tuple({none(), none(), none()});
    }
    Value traceback = as<Exception>(exception)->traceback;
    return make_tuple(
        {val(class_of(exception)), exception, traceback != nullptr ? traceback : none()});
}

Ref exception(Value, const Args&) {
    Value handled = handled_exception();
    return Ref::share(handled != nullptr ? handled : none());
}

Ref exit_function(Value, const Args& args) {
    return raise_value(vm.exceptions.SystemExit, args[0]);
}

Ref intern_function(Value, const Args& args) {
    return is<Str>(args[0])
               ? Ref::share(val(intern(view(args[0]))))
               : Ref(raise_type("intern() argument must be str, not %s", type_name(args[0])));
}

Ref getrecursionlimit(Value, const Args&) {
    return new_int(vm.depth_limit);
}
Ref setrecursionlimit(Value, const Args& args) {
    int64_t limit = 0;
    if (!to_int64(args[0], &limit)) {
        return {};
    }
    if (limit < 1) {
        return raise(vm.exceptions.ValueError, "recursion limit must be greater or equal than 1");
    }
    vm.depth_limit = static_cast<int>(std::min<int64_t>(limit, INT32_MAX - 100));
    return Ref::own(none());
}

Ref getframe(Value, const Args& args) {
    int64_t depth = 0;
    if (args[0] != nullptr && !to_int64(args[0], &depth)) {
        return {};
    }
    Frame* frame = vm.frame;
    while (depth-- > 0 && frame != nullptr) {
        frame = frame->previous;
    }
    return frame != nullptr ? Ref::share(frame)
                            : Ref(raise(vm.exceptions.ValueError, "call stack is not deep enough"));
}

/// Field of an object that may be missing or None.
Ref field(Value object, const char* name) {
    Ref value = find_attribute(object, intern(name));
    return value && is_none(value) ? Ref() : std::move(value);
}

Ref unraisablehook(Value, const Args& args) {
    Ref exception_value = field(args[0], "exc_value");
    Ref object = field(args[0], "object");
    Ref message = field(args[0], "err_msg");
    std::string text = message && is<Str>(message) ? c_str(message) : "Exception ignored in";
    text += object ? ": " + repr_text(object) + "\n" : ":\n";
    text +=
        exception_value && is<Exception>(exception_value) ? format_unchained(exception_value) : "";
    return write_stream(vm.names.stderr_, text) ? Ref::own(none()) : Ref();
}

Ref excepthook(Value, const Args& args) {
    if (is<Exception>(args[1])) {
        print_exception(args[1]);
    }
    return Ref::own(none());
}

Ref displayhook(Value, const Args& args) {
    return display(args[0]) ? Ref::own(none()) : Ref();
}

Ref getdefaultencoding(Value, const Args&) {
    return new_str("utf-8");
}
Ref is_finalizing(Value, const Args&) {
    return Ref::own(truth(false));
}
Ref nothing(Value, const Args&) {
    return Ref::own(none());
}

const NativeDef kFunctions[] = {{"getrefcount", getrefcount, "object /"},
                                {"getsizeof", getsizeof, "object default?"},
                                {"exc_info", exc_info, ""},
                                {"exception", exception, ""},
                                {"exit", exit_function, "status? /"},
                                {"intern", intern_function, "string /"},
                                {"getrecursionlimit", getrecursionlimit, ""},
                                {"setrecursionlimit", setrecursionlimit, "limit /"},
                                {"_getframe", getframe, "depth? /"},
                                {"unraisablehook", unraisablehook, "unraisable /"},
                                {"__unraisablehook__", unraisablehook, "unraisable /"},
                                {"excepthook", excepthook, "exctype value traceback /"},
                                {"__excepthook__", excepthook, "exctype value traceback /"},
                                {"displayhook", displayhook, "value /"},
                                {"getdefaultencoding", getdefaultencoding, ""},
                                {"getfilesystemencoding", getdefaultencoding, ""},
                                {"is_finalizing", is_finalizing, ""},
                                {"gettrace", nothing, ""},
                                {"settrace", nothing, "function /"},
                                {nullptr, nullptr, nullptr}};

bool set_text(Module* module, const char* name, std::string_view text) {
    return module_set(module, name, new_str(text).get());
}

/// The file of this very program, so that a script can start it again.
std::string program_path() {
    char path[PATH_MAX];
    const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
    return size > 0 ? std::string(path, static_cast<size_t>(size)) : "";
}

/// sys.implementation
bool set_implementation(Module* module) {
    Ref data = call(val(vm.classes.namespace_), {});
    Ref name = data ? new_str("pebble") : Ref();
    return name && set_attribute(data, intern("name"), name) &&
           module_set(module, "implementation", data);
}

}  // namespace

bool fill_sys(Module* module) {
    Ref version = make_tuple({small(3), small(11), small(0), val(intern("final")), small(0)});
    const std::pair<const char*, Ref> streams[] = {{"stdin", open_stream(0, "<stdin>", false)},
                                                   {"stdout", open_stream(1, "<stdout>", true)},
                                                   {"stderr", open_stream(2, "<stderr>", true)}};
    for (const auto& [name, stream] : streams) {
        if (!module_set(module, name, stream) ||
            !module_set(module, ("__" + std::string(name) + "__").c_str(), stream)) {
            return false;
        }
    }
    Ref implementation = call(val(vm.classes.namespace_), {});
    return implementation &&
           set_attribute(implementation, vm.names.plain_name, new_str("pebble").get()) &&
           module_set(module, "implementation", implementation) &&
           module_set(module, "modules", val(vm.modules)) &&
           module_set(module, "version_info", version) &&
           module_set(module, "argv", new_list().get()) &&
           module_set(module, "path", new_list().get()) &&
           set_text(module, "version", "3.11.0 (pebble " CAIRN_VERSION_STRING ")") &&
           set_text(module, "platform", "linux") && set_text(module, "byteorder", "little") &&
           set_text(module, "executable", program_path()) && set_implementation(module) &&
           module_set(module, "maxsize", new_int(INT64_MAX).get()) &&
           module_set(module, "hexversion", small(0x030B00F0)) &&
           module_set(module, "maxunicode", small(0x10FFFF)) &&
           module_set(module, "warnoptions", new_list().get()) && module_add(module, kFunctions);
}

void set_arguments(const char* path0, int argc, char** argv) {
    Value sys = nullptr;
    dict_find(vm.modules, val(intern("sys")), &sys);
    Ref list = new_list();
    for (int i = 0; i < argc; ++i) {
        list_append(list.as<List>(), new_str(argv[i]).get());
    }
    set_attribute(sys, intern("argv"), list);
    Ref path = get_attribute(sys, intern("path"));
    list_append(path.as<List>(), new_str(path0).get());
    // Folders of modules, as PYTHONPATH is for CPython.
    const char* more = getenv("PEBBLEPATH");
    for (std::string_view rest = more != nullptr ? more : ""; !rest.empty();) {
        const size_t end = std::min(rest.find(':'), rest.size());
        list_append(path.as<List>(), new_str(rest.substr(0, end)).get());
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

}  // namespace pebble
