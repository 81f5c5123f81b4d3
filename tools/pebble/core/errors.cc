// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstdarg>
#include <cstring>

#include "compile/code.h"
#include "compile/compiler.h"
#include "core/eval.h"
#include "types/types.h"

namespace pebble {

const char* type_name(Value v) {
    const Class* cls = class_of(v);
    const NativeClass* native = cls->info->native;
    return native != nullptr && !native->full_name.empty() ? native->full_name.c_str()
                                                           : class_name(cls);
}
namespace {

__attribute__((format(printf, 1, 0))) std::string format_list(const char* format, va_list args) {
    va_list again;
    va_copy(again, args);
    const int length = vsnprintf(nullptr, 0, format, args);
    std::string text(length < 0 ? 0 : static_cast<size_t>(length), '\0');
    vsnprintf(text.data(), text.size() + 1, format, again);
    va_end(again);
    return text;
}

/// An exception that has itself as a context would never end: the chain is cut where it comes back.
void set_context(Exception* exception, Value context) {
    if (context == nullptr || context == val(exception)) {
        return;
    }
    for (Value at = context; at != nullptr;) {
        Value next = as<Exception>(at)->context;
        if (next == val(exception)) {
            store(&as<Exception>(at)->context, nullptr);
            break;
        }
        at = next;
    }
    store(&exception->context, new_ref(context));
}

}  // namespace

std::string format_text(const char* format, ...) {
    va_list args;
    va_start(args, format);
    std::string text = format_list(format, args);
    va_end(args);
    return text;
}

Value handled_exception() {
    for (const Handled* handled = vm.handled; handled != nullptr; handled = handled->outer) {
        if (handled->exception != nullptr) {
            return handled->exception;
        }
    }
    return nullptr;
}

Failed raise_exception(Value exception) {
    set_context(as<Exception>(exception), handled_exception());
    return restore(Ref::share(exception));
}

Failed restore(Ref exception) {
    Ref old = Ref::own(val(vm.pending));
    vm.pending = as<Exception>(exception.take());
    return {};
}

Ref fetch() {
    return Ref::own(std::exchange(vm.pending, nullptr));
}

Failed raise_value(Class* cls, Value argument) {
    const AboveLimit enough;
    Ref exception = new_exception(cls, argument);
    return exception ? raise_exception(exception) : Failed();
}

Failed raise(Class* cls, const char* format, ...) {
    va_list args;
    va_start(args, format);
    const std::string text = format_list(format, args);
    va_end(args);
    Ref message;
    {
        const AboveLimit enough;
        message = new_str(text);
    }
    return message
               ? raise_value(cls,
                             text.empty() && cls == vm.exceptions.KeyboardInterrupt ? nullptr
                                                                                    : message.get())
               : Failed();
}

Failed raise_type(const char* format, ...) {
    va_list args;
    va_start(args, format);
    const std::string text = format_list(format, args);
    va_end(args);
    return raise(vm.exceptions.TypeError, "%s", text.c_str());
}

/// A new exception, which goes with what it holds when it was handled. The one made in advance is
/// for the time when there is no memory at all.
Failed raise_memory() {
    if (!vm.making_memory_error) {
        vm.making_memory_error = true;
        raise_value(vm.exceptions.MemoryError, nullptr);
        vm.making_memory_error = false;
        return {};
    }
    Exception* error = vm.memory_error;
    if (vm.pending != error) {
        store(&error->traceback, nullptr);
        store(&error->context, nullptr);
    }
    return restore(Ref::share(error));
}

bool check_interrupt() {
    return !vm.interrupted.exchange(false) || raise(vm.exceptions.KeyboardInterrupt, "%s", "");
}

Failed raise_key(Value key) {
    return raise_value(vm.exceptions.KeyError, key);
}

Failed raise_unbound(Str* name, Unbound where) {
    const char* before = where == Unbound::Name    ? "name '"
                         : where == Unbound::Local ? "cannot access local variable '"
                                                   : "cannot access free variable '";
    const char* after = where == Unbound::Name ? "' is not defined"
                        : where == Unbound::Local
                            ? "' where it is not associated with a value"
                            : "' where it is not associated with a value in enclosing scope";
    Ref message = new_str(std::string(before) + name->data + after);
    Ref exception = message
                        ? new_exception(where == Unbound::Local ? vm.exceptions.UnboundLocalError
                                                                : vm.exceptions.NameError,
                                        message)
                        : Ref();
    if (!exception) {
        return {};
    }
    exception.as<Exception>()->name = new_ref(val(name));
    return raise_exception(exception);
}

Class* os_error_class(int64_t error) {
    switch (error) {
        case ENOENT:
            return vm.exceptions.FileNotFoundError;
        case EEXIST:
            return vm.exceptions.FileExistsError;
        case EACCES:
        case EPERM:
            return vm.exceptions.PermissionError;
        case EISDIR:
            return vm.exceptions.IsADirectoryError;
        case ENOTDIR:
            return vm.exceptions.NotADirectoryError;
        case EINTR:
            return vm.exceptions.InterruptedError;
        case EPIPE:
            return vm.exceptions.BrokenPipeError;
        default:
            return vm.exceptions.OSError;
    }
}

Failed raise_os(int error, const char* path) {
    Ref number = new_int(error);
    Ref text = new_str(strerror(error));
    Ref name = path != nullptr ? new_str(path) : Ref();
    Ref args = path != nullptr ? make_tuple({number, text, name}) : make_tuple({number, text});
    Ref exception = args ? call(val(os_error_class(error)),
                                Args{args.as<Tuple>()->items, args.as<Tuple>()->count, nullptr})
                         : Ref();
    return exception ? raise_exception(exception) : Failed();
}

Failed raise_status(cairn_status status) {
    switch (status) {
        case CAIRN_NO_MEMORY:
            return raise_memory();
        case CAIRN_USER_ERROR:
            return {};
        case CAIRN_BUSY:
            return raise(vm.exceptions.RuntimeError,
                         "weak container changed size during iteration");
        default:
            return raise(vm.exceptions.SystemError, "%s", cairn_status_text(status));
    }
}

bool pending_is(const Class* cls) {
    return vm.pending != nullptr && is_instance(val(vm.pending), cls);
}

bool swallow(const Class* cls) {
    if (!pending_is(cls)) {
        return false;
    }
    fetch();
    return true;
}

/// A class is called to make the exception.
static Ref exception_of(Value what) {
    if (is<Class>(what) && as<Class>(what)->info->is_exception) {
        Ref made = call(what, {});
        if (made && !is<Exception>(made)) {
            return raise_type(
                "calling %s should have returned an instance of BaseException, not %s",
                class_name(as<Class>(what)),
                type_name(made));
        }
        return made;
    }
    if (!is<Exception>(what)) {
        return raise_type("exceptions must derive from BaseException");
    }
    return Ref::share(what);
}

Failed raise_statement(Value what, Value cause) {
    Ref exception = exception_of(what);
    if (!exception) {
        return {};
    }
    if (cause != nullptr) {
        Ref from;
        if (!is_none(cause)) {
            if (!is<Exception>(cause) &&
                !(is<Class>(cause) && as<Class>(cause)->info->is_exception)) {
                return raise_type("exception causes must derive from BaseException");
            }
            from = exception_of(cause);
            if (!from) {
                return {};
            }
        }
        store(&exception.as<Exception>()->cause, from.take());
        exception.as<Exception>()->suppress_context = true;
    }
    return raise_exception(exception);
}

bool add_traceback(Frame* frame) {
    Ref exception = fetch();
    const AboveLimit enough;
    Traceback* traceback = make<Traceback>(vm.classes.traceback);
    if (traceback == nullptr) {
        return false;
    }
    traceback->frame = new_ref(val(frame));
    traceback->pc = frame->pc;
    traceback->next = exception.as<Exception>()->traceback;
    exception.as<Exception>()->traceback = val(traceback);
    restore(std::move(exception));
    return true;
}

bool stack_is_used_up() {
    const char here = 0;
    return &here < vm.stack_limit;
}

Failed raise_recursion(const char* where) {
    // A little room beyond the limit lets handlers of the error do their work.
    const int limit = vm.depth_limit;
    const char* stack = vm.stack_limit;
    vm.depth_limit += 50;
    vm.stack_limit -= stack_is_used_up() ? 64 * 1024 : 0;
    raise(vm.exceptions.RecursionError, "maximum recursion depth exceeded%s", where);
    vm.depth_limit = limit;
    vm.stack_limit = stack;
    return {};
}

Recursion::Recursion(const char* where) : ok_(true) {
    if (++vm.depth > vm.depth_limit || stack_is_used_up()) {
        ok_ = false;
        --vm.depth;
        raise_recursion(where);
        ++vm.depth;
    }
}

void report_unraisable(const char* what, Value object) {
    Ref exception = fetch();
    if (!exception) {
        return;
    }
    if (exception.as<Exception>()->traceback == nullptr && vm.frame != nullptr) {
        restore(std::move(exception));
        add_traceback(vm.frame);
        exception = fetch();
    }
    Value traceback = exception.as<Exception>()->traceback;
    Ref message = what != nullptr ? new_str(what) : Ref::own(none());
    Ref info = call(val(vm.classes.namespace_), {});
    const std::pair<const char*, Value> fields[] = {
        {"exc_type", val(class_of(exception))},
        {"exc_value", exception},
        {"exc_traceback", traceback != nullptr ? traceback : none()},
        {"err_msg", message ? message.get() : none()},
        {"object", object != nullptr ? object : none()}};
    for (const auto& [name, value] : fields) {
        if (info) {
            set_attribute(info, intern(name), value);
        }
    }
    Value sys = nullptr;
    Ref hook;
    if (dict_find(vm.modules, val(intern("sys")), &sys) && sys != nullptr) {
        hook = find_attribute(sys, vm.names.unraisablehook);
    }
    if (!info || !hook || !call(hook, {info})) {
        fetch();
        print_exception(exception);
    }
}

Failed raise_syntax(const Source& source, const SyntaxProblem& problem) {
    if (std::string_view(problem.kind) == "RecursionError") {
        return raise(vm.exceptions.RecursionError, "%s", problem.message.c_str());
    }
    Class* cls = vm.exceptions.SyntaxError;
    if (std::string_view(problem.kind) == "IndentationError") {
        cls = vm.exceptions.IndentationError;
    } else if (std::string_view(problem.kind) == "TabError") {
        cls = vm.exceptions.TabError;
    }
    const std::string_view line =
        problem.line.empty() ? source.line(problem.at.from.line) : problem.line;
    const auto column = [&](Pos pos) {
        const auto before = static_cast<size_t>(std::max(pos.column, 0));
        return small(static_cast<int64_t>(utf8_length(line.substr(0, before))) +
                     std::min(pos.column, 0) + 1);
    };
    Ref filename = new_str(source.name());
    Ref text = new_str(std::string(line) + (problem.bare_line ? "" : "\n"));
    const bool one_line = problem.at.to.line == problem.at.from.line;
    Ref place = make_tuple(
        {filename,
         small(problem.at.from.line),
         column(problem.at.from),
         text,
         small(problem.at.to.line),
         one_line ? column(problem.at.to) : small(static_cast<int64_t>(utf8_length(line)) + 1)});
    Ref message = place ? new_str(problem.message) : Ref();
    Ref exception = message ? call(val(cls), {message, place}) : Ref();
    return exception ? raise_exception(exception) : Failed();
}

}  // namespace pebble
