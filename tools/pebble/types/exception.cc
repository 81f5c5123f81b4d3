// SPDX-License-Identifier: MIT
#include <unordered_map>

#include "core/eval.h"
#include "types/types.h"

namespace pebble {

Ref new_exception(Class* cls, Value argument) {
    Exception* exception = make<Exception>(cls);
    Ref result = Ref::own(exception);
    if (exception == nullptr) {
        return {};
    }
    Ref args = new_tuple(argument != nullptr ? 1 : 0, &argument);
    if (!args) {
        return {};
    }
    exception->args = args.take();
    return result;
}

namespace {

/// Keeps the arguments. An OSError has errno and message alone in `args`: the filename behind them
/// is in the field that others have for a name.
bool keep_args(Exception* exception, const Args& args) {
    size_t count = args.count;
    if (count > 2 && count <= 5 && is_subclass(exception->cls, vm.exceptions.OSError)) {
        store(&exception->name, new_ref(args[2]));
        count = 2;
    }
    Ref tuple = new_tuple(count, args.values);
    if (!tuple) {
        return false;
    }
    store(&exception->args, tuple.take());
    return true;
}

Ref exception_create(Class* cls, const Args& args) {
    if (cls == vm.exceptions.OSError && args.count >= 2 && is_small(args[0])) {
        cls = os_error_class(small_value(args[0]));
    }
    Exception* exception = make<Exception>(cls);
    Ref result = Ref::own(exception);
    return exception != nullptr && keep_args(exception, args) ? std::move(result) : Ref();
}

constexpr const char* kSyntaxFields[] = {
    "filename", "lineno", "offset", "text", "end_lineno", "end_offset"};

/// A SyntaxError is given a message, and a tuple that says where.
bool keep_place(Value self, const Args& args) {
    Ref place = args.count == 2 ? to_tuple(args[1]) : Ref::share(vm.empty_tuple);
    bool ok = place && (args.count == 0 || set_attribute(self, intern("msg"), args[0]));
    for (size_t i = 0; ok && i < std::min(place.as<Tuple>()->count, std::size(kSyntaxFields));
         ++i) {
        ok = set_attribute(self, intern(kSyntaxFields[i]), place.as<Tuple>()->items[i]);
    }
    return ok;
}

bool exception_init(Value self, const Args& args) {
    Class* cls = class_of(self);
    for (size_t i = 0; i < args.keyword_count(); ++i) {
        Str* name = as<Str>(args.keywords->items[i]);
        const bool known =
            (is_subclass(cls, vm.exceptions.AttributeError) &&
             (view(val(name)) == "name" || view(val(name)) == "obj")) ||
            (is_subclass(cls, vm.exceptions.NameError) && view(val(name)) == "name") ||
            (is_subclass(cls, vm.exceptions.ImportError) &&
             (view(val(name)) == "name" || view(val(name)) == "path"));
        if (!known) {
            return raise_type("%s() takes no keyword arguments", class_name(cls));
        }
        if (!set_attribute(self, intern(view(val(name))), args[args.count + i])) {
            return false;
        }
    }
    return keep_args(as<Exception>(self), args) &&
           (!is_subclass(cls, vm.exceptions.SyntaxError) || keep_place(self, args));
}

/// Borrowed: whoever runs code holds them, for it may give the exception others.
const Tuple* args_of(Value self) {
    return as<Tuple>(as<Exception>(self)->args);
}

Ref exception_str(Value self) {
    Ref held = Ref::share(as<Exception>(self)->args);
    const auto* args = held.as<Tuple>();
    if (args == nullptr || args->count == 0) {
        return new_str("");
    }
    return args->count == 1 ? str(args->items[0]) : repr(held);
}

Ref exception_repr(Value self) {
    Ref held = Ref::share(as<Exception>(self)->args);
    const auto* args = held.as<Tuple>();
    std::string text = std::string(class_name(class_of(self))) + "(";
    for (size_t i = 0; args != nullptr && i < args->count; ++i) {
        Ref part = repr(args->items[i]);
        if (!part) {
            return {};
        }
        text += (i > 0 ? ", " : "") + std::string(view(part));
    }
    return new_str(text + ")");
}

template <Value Exception::*kField>
Ref field_get(Value self) {
    Value v = as<Exception>(self)->*kField;
    return Ref::share(v != nullptr ? v : none());
}
template <Value Exception::*kField>
bool field_set(Value self, Value value) {
    store(&(as<Exception>(self)->*kField),
          value != nullptr && !is_none(value) ? new_ref(value) : nullptr);
    return true;
}

bool args_set(Value self, Value value) {
    Ref tuple = value != nullptr ? to_tuple(value) : Ref();
    if (!tuple) {
        return pending() ? false : raise_type("args may not be deleted");
    }
    store(&as<Exception>(self)->args, tuple.take());
    return true;
}
bool traceback_set(Value self, Value value) {
    if (value == nullptr || (!is_none(value) && !is<Traceback>(value))) {
        return raise_type("__traceback__ must be a traceback or None");
    }
    return field_set<&Exception::traceback>(self, value);
}
bool context_set(Value self, Value value) {
    if (value == nullptr || (!is_none(value) && !is<Exception>(value))) {
        return raise_type("exception context must be None or derive from BaseException");
    }
    return field_set<&Exception::context>(self, value);
}
bool cause_set(Value self, Value value) {
    if (value == nullptr || (!is_none(value) && !is<Exception>(value))) {
        return raise_type("exception cause must be None or derive from BaseException");
    }
    as<Exception>(self)->suppress_context = true;
    return field_set<&Exception::cause>(self, value);
}
Ref suppress_get(Value self) {
    return Ref::own(truth(as<Exception>(self)->suppress_context));
}
bool suppress_set(Value self, Value value) {
    return value != nullptr && is_true(value, &as<Exception>(self)->suppress_context);
}

Ref with_traceback(Value self, const Args& args) {
    return traceback_set(self, args[0]) ? Ref::share(self) : Ref();
}
Ref add_note(Value self, const Args& args) {
    if (!is<Str>(args[0])) {
        return raise_type("note must be a str, not '%s'", type_name(args[0]));
    }
    Ref notes = find_attribute(self, vm.names.notes);
    if (!notes) {
        notes = new_list();
        if (!notes || !set_attribute(self, vm.names.notes, notes)) {
            return {};
        }
    }
    return list_append(notes.as<List>(), args[0]) ? Ref::own(none()) : Ref();
}

const NativeDef kMethods[] = {{"with_traceback", with_traceback, "tb /"},
                              {"add_note", add_note, "note /"},
                              {nullptr, nullptr, nullptr}};
const GetSet kGetSets[] = {{"args", field_get<&Exception::args>, args_set},
                           {"__traceback__", field_get<&Exception::traceback>, traceback_set},
                           {"__context__", field_get<&Exception::context>, context_set},
                           {"__cause__", field_get<&Exception::cause>, cause_set},
                           {"__suppress_context__", suppress_get, suppress_set},
                           {nullptr, nullptr}};

// Attributes of some exceptions that are only another view of their arguments.

template <size_t kIndex>
Ref argument_get(Value self) {
    const Tuple* args = args_of(self);
    return Ref::share(args != nullptr && args->count > kIndex ? args->items[kIndex] : none());
}
/// errno and strerror exist when there are at least two arguments.
template <size_t kIndex>
Ref os_argument_get(Value self) {
    const Tuple* args = args_of(self);
    return Ref::share(
        args != nullptr && args->count >= 2 && args->count > kIndex ? args->items[kIndex] : none());
}
Ref exit_code_get(Value self) {
    const Tuple* args = args_of(self);
    return Ref::share(args->count == 0   ? none()
                      : args->count == 1 ? args->items[0]
                                         : as<Exception>(self)->args);
}
Ref key_error_str(Value self) {
    Ref held = Ref::share(as<Exception>(self)->args);
    const auto* args = held.as<Tuple>();
    return args->count == 1 ? repr(args->items[0]) : exception_str(self);
}
/// The message, with the name of the file and the line if they are known.
Ref syntax_error_str(Value self) {
    Dict* dict = as<Exception>(self)->dict;
    Ref name = Ref::share(dict != nullptr ? dict_find_name(dict, intern("filename")) : nullptr);
    Ref line = Ref::share(dict != nullptr ? dict_find_name(dict, intern("lineno")) : nullptr);
    Ref message = find_attribute(self, intern("msg"));
    Ref text = message ? str(message) : Ref();
    if (!text || !name || !line || !is<Str>(name) || !is_small(line)) {
        return text;
    }
    const std::string_view path = view(name);
    const std::string file(path.substr(path.rfind('/') + 1));
    return new_str(format_text("%s (%s, line %lld)",
                               c_str(text),
                               file.c_str(),
                               static_cast<long long>(small_value(line))));
}
/// encoding, object, start, end, reason.
Ref unicode_error_str(Value self) {
    Ref held = Ref::share(as<Exception>(self)->args);
    const auto* args = held.as<Tuple>();
    if (args->count != 5 || !is_small(args->items[2]) || !is_small(args->items[3])) {
        return exception_str(self);
    }
    const bool encoding = is<Str>(args->items[1]);
    const int64_t start = small_value(args->items[2]);
    const int64_t end = small_value(args->items[3]);
    Ref item = end == start + 1 ? get_item(args->items[1], args->items[2]) : Ref();
    fetch();
    std::string what = encoding ? "characters" : "bytes";
    std::string place =
        format_text("%lld-%lld", static_cast<long long>(start), static_cast<long long>(end - 1));
    if (item) {
        Ref shown = encoding ? ascii_repr(item) : Ref();
        what = encoding ? "character " + std::string(view(shown))
                        : format_text("byte 0x%02x", static_cast<unsigned>(small_value(item)));
        place = std::to_string(start);
    }
    Ref name = str(args->items[0]);
    Ref reason = str(args->items[4]);
    return new_str(format_text("'%s' codec can't %s %s in position %s: %s",
                               name ? c_str(name) : "?",
                               encoding ? "encode" : "decode",
                               what.c_str(),
                               place.c_str(),
                               reason ? c_str(reason) : "?"));
}
Ref os_error_str(Value self) {
    Ref held = Ref::share(as<Exception>(self)->args);
    const auto* args = held.as<Tuple>();
    if (args->count < 2) {
        return exception_str(self);
    }
    std::string text = "[Errno " + repr_text(args->items[0]) + "] ";
    Ref message = str(args->items[1]);
    text += message ? std::string(view(message)) : "";
    Ref name = Ref::share(as<Exception>(self)->name);
    if (name && !is_none(name)) {
        text += ": " + repr_text(name);
    }
    return message ? new_str(text) : Ref();
}

const GetSet kStopGetSets[] = {{"value", argument_get<0>}, {nullptr, nullptr}};
const GetSet kExitGetSets[] = {{"code", exit_code_get}, {nullptr, nullptr}};
const GetSet kUnicodeGetSets[] = {{"encoding", argument_get<0>},
                                  {"object", argument_get<1>},
                                  {"start", argument_get<2>},
                                  {"end", argument_get<3>},
                                  {"reason", argument_get<4>},
                                  {nullptr, nullptr}};
const GetSet kNameGetSets[] = {{"name", field_get<&Exception::name>, field_set<&Exception::name>},
                               {nullptr, nullptr}};
const GetSet kAttributeGetSets[] = {
    {"name", field_get<&Exception::name>, field_set<&Exception::name>},
    {"obj", field_get<&Exception::obj>, field_set<&Exception::obj>},
    {nullptr, nullptr}};
const GetSet kImportGetSets[] = {{"name", field_get<&Exception::name>, field_set<&Exception::name>},
                                 {"msg", argument_get<0>},
                                 {nullptr, nullptr}};
const GetSet kOsGetSets[] = {{"errno", os_argument_get<0>},
                             {"strerror", os_argument_get<1>},
                             {"filename", field_get<&Exception::name>, field_set<&Exception::name>},
                             {nullptr, nullptr}};

/// One NativeClass for each exception; those that are named here differ from the plain ones.
NativeClass exception_class(const char* name) {
    NativeClass native = {name,
                          kException,
                          {.create = exception_create,
                           .init = exception_init,
                           .repr = exception_repr,
                           .str = exception_str}};
    const std::string_view text = name;
    if (text == "BaseException") {
        native.methods = kMethods;
        native.getsets = kGetSets;
    } else if (text == "StopIteration") {
        native.getsets = kStopGetSets;
    } else if (text == "SystemExit") {
        native.getsets = kExitGetSets;
    } else if (text == "NameError") {
        native.getsets = kNameGetSets;
    } else if (text == "AttributeError") {
        native.getsets = kAttributeGetSets;
    } else if (text == "ImportError") {
        native.getsets = kImportGetSets;
    } else if (text == "OSError") {
        native.getsets = kOsGetSets;
        native.ops.str = os_error_str;
    } else if (text == "KeyError") {
        native.ops.str = key_error_str;
    } else if (text == "SyntaxError") {
        native.ops.str = syntax_error_str;
    } else if (text == "UnicodeError") {
        native.getsets = kUnicodeGetSets;
        native.ops.str = unicode_error_str;
    }
    if (native.ops.str == exception_str) {
        // Derived from the base's operations, a KeyError's subclass shows its key as KeyError does.
        native.ops.str = text == "BaseException" ? exception_str : nullptr;
    }
    return native;
}

Class* make_exception_class(const char* name, Class* base) {
    static std::unordered_map<std::string, NativeClass> natives;
    NativeClass& native = natives[name] = exception_class(name);
    Class* cls = make_native_class(native, base);
    cls->info->is_exception = true;
    return cls;
}

}  // namespace

void make_exception_classes() {
    Class* object = vm.classes.object;
    vm.exceptions.BaseException = make_exception_class("BaseException", object);
#define PEBBLE_MAKE(name, base)                                               \
    if (vm.exceptions.name == nullptr) {                                      \
        vm.exceptions.name = make_exception_class(#name, vm.exceptions.base); \
    }
    PEBBLE_EXCEPTIONS(PEBBLE_MAKE)
#undef PEBBLE_MAKE
    class_set(vm.exceptions.SyntaxError, intern("msg"), none());
    for (const char* field : kSyntaxFields) {
        class_set(vm.exceptions.SyntaxError, intern(field), none());
    }
    vm.memory_error = as<Exception>(new_exception(vm.exceptions.MemoryError, nullptr).take());
}

}  // namespace pebble
