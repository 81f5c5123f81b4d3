// SPDX-License-Identifier: MIT
#include <algorithm>
#include <memory>

#include "compile/code.h"
#include "compile/compiler.h"
#include "core/eval.h"
#include "modules/modules.h"
#include "types/number.h"

namespace pebble {
namespace {

Value keyword(const Args& args, std::string_view name) {
    for (size_t i = 0; i < args.keyword_count(); ++i) {
        if (view(args.keywords->items[i]) == name) {
            return args[args.count + i];
        }
    }
    return nullptr;
}

/// Refuses keywords that are not among `allowed`, a list of words with spaces around them.
bool check_keywords(const char* function, const Args& args, std::string_view allowed) {
    for (size_t i = 0; i < args.keyword_count(); ++i) {
        const std::string word = " " + std::string(view(args.keywords->items[i])) + " ";
        if (allowed.find(word) == std::string_view::npos) {
            return raise_type("'%s' is an invalid keyword argument for %s()",
                              c_str(args.keywords->items[i]),
                              function);
        }
    }
    return true;
}

Ref print(Value, const Args& args) {
    if (!check_keywords("print", args, " sep end file flush ")) {
        return {};
    }
    const auto option = [&](const char* name, const char* standard) {
        Value v = keyword(args, name);
        return v != nullptr && is<Str>(v) ? view(v) : std::string_view(standard);
    };
    for (const char* name : {"sep", "end"}) {
        Value v = keyword(args, name);
        if (v != nullptr && !is_none(v) && !is<Str>(v)) {
            return raise_type("%s must be None or a string, not %s", name, type_name(v));
        }
    }
    std::string text;
    for (size_t i = 0; i < args.count; ++i) {
        Ref part = str(args[i]);
        if (!part) {
            return {};
        }
        text += i > 0 ? option("sep", " ") : "";
        text += view(part);
    }
    text += option("end", "\n");
    Value given = keyword(args, "file");
    Ref file = Ref::share(given);
    if (given == nullptr || is_none(given)) {
        Value sys = nullptr;
        dict_find(vm.modules, val(intern("sys")), &sys);
        file = sys != nullptr ? get_attribute(sys, vm.names.stdout_) : Ref();
        if (!file || is_none(file)) {
            return pending() ? Ref() : Ref::own(none());
        }
    }
    Ref message = new_str(text);
    if (!message || !call_method(file, vm.names.write, {message})) {
        return {};
    }
    Value flush = keyword(args, "flush");
    bool wanted = false;
    if (flush != nullptr && !is_true(flush, &wanted)) {
        return {};
    }
    return wanted && !call_method(file, intern("flush"), {}) ? Ref() : Ref::own(none());
}

Ref len(Value, const Args& args) {
    int64_t length = 0;
    return length_of(args[0], &length) ? new_int(length) : Ref();
}
Ref repr_function(Value, const Args& args) {
    return repr(args[0]);
}
Ref ascii(Value, const Args& args) {
    return ascii_repr(args[0]);
}
Ref id(Value, const Args& args) {
    return new_int_from_unsigned(static_cast<uint64_t>(identity(args[0])));
}
Ref hash(Value, const Args& args) {
    int64_t hash = 0;
    return hash_of(args[0], &hash) ? new_int(hash) : Ref();
}
Ref isinstance(Value, const Args& args) {
    bool yes = false;
    return check_instance(args[0], args[1], &yes) ? Ref::own(truth(yes)) : Ref();
}
Ref issubclass(Value, const Args& args) {
    bool yes = false;
    return check_subclass(args[0], args[1], &yes) ? Ref::own(truth(yes)) : Ref();
}
Ref callable(Value, const Args& args) {
    return Ref::own(truth(is_callable(args[0])));
}

Ref getattr(Value, const Args& args) {
    Str* name = intern_value(args[1]);
    if (name == nullptr) {
        return {};
    }
    if (args[2] == nullptr) {
        return get_attribute(args[0], name);
    }
    Ref found = find_attribute(args[0], name);
    return found || pending() ? std::move(found) : Ref::share(args[2]);
}
Ref hasattr(Value, const Args& args) {
    Str* name = intern_value(args[1]);
    Ref found = name != nullptr ? find_attribute(args[0], name) : Ref();
    return pending() ? Ref() : Ref::own(truth(static_cast<bool>(found)));
}
Ref setattr(Value, const Args& args) {
    Str* name = intern_value(args[1]);
    return name != nullptr && set_attribute(args[0], name, args[2]) ? Ref::own(none()) : Ref();
}
Ref delattr(Value, const Args& args) {
    Str* name = intern_value(args[1]);
    return name != nullptr && set_attribute(args[0], name, nullptr) ? Ref::own(none()) : Ref();
}

Ref iter(Value, const Args& args) {
    return args[1] == nullptr ? iterate(args[0])
                              : make_box(vm.classes.call_iterator, args[0], args[1]);
}
Ref next_function(Value, const Args& args) {
    Ref item = next_raw(args[0]);
    if (item || (pending() && !pending_is(vm.exceptions.StopIteration))) {
        return item;
    }
    if (args[1] != nullptr) {
        swallow(vm.exceptions.StopIteration);
        return Ref::share(args[1]);
    }
    return pending() ? Ref() : Ref(raise_value(vm.exceptions.StopIteration, nullptr));
}

Ref abs(Value, const Args& args) {
    Value v = args[0];
    Ref result = call_special(v, vm.names.abs, {});
    return result && result.get() == not_implemented()
               ? Ref(raise_type("bad operand type for abs(): '%s'", type_name(v)))
               : std::move(result);
}

/// min() and max().
Ref extreme(const Args& args, CmpOp better, const char* name) {
    if (!check_keywords(name, args, " key default ")) {
        return {};
    }
    if (args.count == 0) {
        return raise_type("%s expected at least 1 argument, got 0", name);
    }
    Value key = keyword(args, "key");
    key = key != nullptr && is_none(key) ? nullptr : key;
    Ref best;
    Ref best_key;
    const auto visit = [&](const Ref& item) {
        Ref item_key = key != nullptr ? call(key, {item}) : Ref::share(item);
        bool wins = !best;
        if (!item_key || (best && !compare_bool(item_key, best_key, better, &wins))) {
            return false;
        }
        if (wins) {
            best = Ref::share(item);
            best_key = std::move(item_key);
        }
        return true;
    };
    if (args.count == 1) {
        if (!for_each(args[0], visit)) {
            return {};
        }
    }
    for (size_t i = 0; args.count > 1 && i < args.count; ++i) {
        if (!visit(Ref::share(args[i]))) {
            return {};
        }
    }
    if (best) {
        return best;
    }
    Value fallback = keyword(args, "default");
    return fallback != nullptr
               ? Ref::share(fallback)
               : Ref(raise(vm.exceptions.ValueError, "%s() arg is an empty sequence", name));
}
Ref min(Value, const Args& args) {
    return extreme(args, CmpOp::Lt, "min");
}
Ref max(Value, const Args& args) {
    return extreme(args, CmpOp::Gt, "max");
}

Ref sum(Value, const Args& args) {
    Ref total = Ref::share(args[1] != nullptr ? args[1] : small(0));
    if (is<Str>(total)) {
        return raise_type("sum() can't sum strings [use ''.join(seq) instead]");
    }
    const bool ok = for_each(args[0], [&](const Ref& item) {
        total = binary(total, item, BinOp::Add);
        return static_cast<bool>(total);
    });
    return ok ? std::move(total) : Ref();
}

Ref any_or_all(Value iterable, bool stop_at) {
    bool found = false;
    const bool done = for_each(iterable, [&](const Ref& item) {
        bool yes = false;
        if (!is_true(item, &yes)) {
            return false;
        }
        found = yes == stop_at;
        return !found;
    });
    return done || found ? Ref::own(truth(found == stop_at)) : Ref();
}
Ref any(Value, const Args& args) {
    return any_or_all(args[0], true);
}
Ref all(Value, const Args& args) {
    return any_or_all(args[0], false);
}

Ref sorted(Value, const Args& args) {
    Ref list = to_list(args[0]);
    bool reverse = false;
    if (!list || (args[2] != nullptr && !is_true(args[2], &reverse))) {
        return {};
    }
    Value key = args[1] != nullptr && !is_none(args[1]) ? args[1] : nullptr;
    return list_sort(list.as<List>(), key, reverse) ? std::move(list) : Ref();
}

Ref chr(Value, const Args& args) {
    int64_t code = 0;
    if (!to_int64(args[0], &code)) {
        return {};
    }
    if (code < 0 || code > 0x10FFFF) {
        return raise(vm.exceptions.ValueError, "chr() arg not in range(0x110000)");
    }
    std::string text;
    append_utf8(&text, static_cast<unsigned>(code));
    return new_str(text);
}
Ref ord(Value, const Args& args) {
    if (is<Bytes>(args[0]) && as<Bytes>(args[0])->size == 1) {
        return Ref::own(small(static_cast<unsigned char>(as<Bytes>(args[0])->data[0])));
    }
    if (!is<Str>(args[0])) {
        return raise_type("ord() expected string of length 1, but %s found", type_name(args[0]));
    }
    if (as<Str>(args[0])->length != 1) {
        return raise_type("ord() expected a character, but string of length %zu found",
                          as<Str>(args[0])->length);
    }
    size_t at = 0;
    return new_int(next_character(view(args[0]), &at));
}

Ref in_base(Value v, const char* prefix, unsigned base) {
    Ref index = index_of(v);
    if (!index) {
        return {};
    }
    BigInt big = to_big(index);
    const bool negative = std::exchange(big.negative, false);
    return new_str((negative ? "-" : "") + std::string(prefix) + to_text(big, base));
}
Ref bin(Value, const Args& args) {
    return in_base(args[0], "0b", 2);
}
Ref oct(Value, const Args& args) {
    return in_base(args[0], "0o", 8);
}
Ref hex(Value, const Args& args) {
    return in_base(args[0], "0x", 16);
}

Ref round(Value, const Args& args) {
    Value digits = args[1] != nullptr ? args[1] : none();
    Ref result = is_none(digits) ? call_special(args[0], vm.names.round, {})
                                 : call_special(args[0], vm.names.round, {digits});
    return result && result.get() == not_implemented()
               ? Ref(raise_type("type %s doesn't define __round__ method", type_name(args[0])))
               : std::move(result);
}
Ref pow(Value, const Args& args) {
    if (args[2] == nullptr || is_none(args[2])) {
        return binary(args[0], args[1], BinOp::Pow);
    }
    return power(args[0], args[1], args[2]);
}
Ref divmod(Value, const Args& args) {
    return divide(args[0], args[1]);
}
Ref format(Value, const Args& args) {
    Value spec = args[1] != nullptr ? args[1] : val(vm.names.empty);
    return is<Str>(spec)
               ? format_value(args[0], as<Str>(spec))
               : Ref(raise_type("format() argument 2 must be str, not %s", type_name(spec)));
}

const NativeDef kFunctions[] = {{"print", print, nullptr},
                                {"len", len, "obj /"},
                                {"repr", repr_function, "obj /"},
                                {"ascii", ascii, "obj /"},
                                {"id", id, "obj /"},
                                {"hash", hash, "obj /"},
                                {"isinstance", isinstance, "obj class_or_tuple /"},
                                {"issubclass", issubclass, "cls class_or_tuple /"},
                                {"callable", callable, "obj /"},
                                {"getattr", getattr, "object name default? /"},
                                {"hasattr", hasattr, "obj name /"},
                                {"setattr", setattr, "obj name value /"},
                                {"delattr", delattr, "obj name /"},
                                {"iter", iter, "object sentinel? /"},
                                {"next", next_function, "iterator default? /"},
                                {"abs", abs, "x /"},
                                {"min", min, nullptr},
                                {"max", max, nullptr},
                                {"sum", sum, "iterable start?"},
                                {"any", any, "iterable /"},
                                {"all", all, "iterable /"},
                                {"sorted", sorted, "iterable / * key? reverse?"},
                                {"chr", chr, "i /"},
                                {"ord", ord, "c /"},
                                {"bin", bin, "number /"},
                                {"oct", oct, "number /"},
                                {"hex", hex, "number /"},
                                {"round", round, "number ndigits?"},
                                {"pow", pow, "base exp mod?"},
                                {"divmod", divmod, "x y /"},
                                {"format", format, "value format_spec? /"},
                                {nullptr, nullptr, nullptr}};

}  // namespace

bool fill_builtins(Module* module) {
    vm.builtins = as<Dict>(new_ref(val(module->dict)));
    const std::pair<const char*, Class*> classes[] = {{"object", vm.classes.object},
                                                      {"type", vm.classes.type},
                                                      {"bool", vm.classes.bool_},
                                                      {"int", vm.classes.int_},
                                                      {"float", vm.classes.float_},
                                                      {"str", vm.classes.str},
                                                      {"bytes", vm.classes.bytes},
                                                      {"bytearray", vm.classes.bytearray},
                                                      {"tuple", vm.classes.tuple},
                                                      {"list", vm.classes.list},
                                                      {"dict", vm.classes.dict},
                                                      {"set", vm.classes.set},
                                                      {"frozenset", vm.classes.frozenset},
                                                      {"range", vm.classes.range},
                                                      {"slice", vm.classes.slice},
                                                      {"property", vm.classes.property},
                                                      {"staticmethod", vm.classes.staticmethod},
                                                      {"classmethod", vm.classes.classmethod},
                                                      {"super", vm.classes.super},
                                                      {"enumerate", vm.classes.enumerate},
                                                      {"zip", vm.classes.zip},
                                                      {"map", vm.classes.map},
                                                      {"filter", vm.classes.filter},
                                                      {"reversed", vm.classes.reversed}};
    for (const auto& [name, cls] : classes) {
        module_set(module, name, val(cls));
    }
#define PEBBLE_ADD(name, base) module_set(module, #name, val(vm.exceptions.name));
    PEBBLE_EXCEPTIONS(PEBBLE_ADD)
#undef PEBBLE_ADD
    module_set(module, "IOError", val(vm.exceptions.OSError));
    module_set(module, "EnvironmentError", val(vm.exceptions.OSError));
    module_set(module, "Ellipsis", constant(kEllipsisIndex));
    module_set(module, "NotImplemented", not_implemented());
    module_set(module, "__debug__", truth(true));
    return module_add(module, kFunctions) && fill_code_builtins(module);
}

}  // namespace pebble
