// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>
#include <vector>

#include "compile/code.h"
#include "core/eval.h"
#include "types/types.h"

namespace pebble {

/// The parsed form of a native parameter list.
struct NativeParams {
    struct Param {
        std::string name;  ///< of no heap: the table outlives them
        bool optional;
    };
    std::vector<Param> params;
    size_t positional_only = 0;
    size_t positional = 0;  ///< how many can be given by position
    size_t required = 0;    ///< of those
};

namespace {

/// Copies arguments with one reference each, with room for a self in front. Small calls stay on
/// the C++ stack.
class ArgBuffer {
  public:
    ArgBuffer(Value self, const Args& args)
        : count_(args.count + args.keyword_count() + (self != nullptr ? 1 : 0)) {
        data_ = count_ <= kSmall ? small_ : new Value[count_];
        Value* out = data_;
        if (self != nullptr) {
            *out++ = self;
        }
        std::copy(args.values, args.values + args.count + args.keyword_count(), out);
    }
    ~ArgBuffer() {
        if (data_ != small_) {
            delete[] data_;
        }
    }
    ArgBuffer(const ArgBuffer&) = delete;
    ArgBuffer& operator=(const ArgBuffer&) = delete;
    Value* data() { return data_; }
    /// Makes the copies owned, for call_function().
    Value* share() {
        std::for_each(data_, data_ + count_, incref);
        return data_;
    }

  private:
    static constexpr size_t kSmall = 12;
    size_t count_;
    Value* data_;
    Value small_[kSmall];
};

const NativeParams* params_of(const NativeDef* def) {
    if (def->parsed == nullptr) {
        auto* parsed = new NativeParams;
        bool keyword_only = false;
        std::string_view text = def->params;
        while (!text.empty()) {
            const size_t end = std::min(text.find(' '), text.size());
            std::string_view word = text.substr(0, end);
            text.remove_prefix(std::min(end + 1, text.size()));
            if (word == "/") {
                parsed->positional_only = parsed->params.size();
            } else if (word == "*") {
                keyword_only = true;
            } else if (!word.empty()) {
                const bool optional = word.back() == '?';
                word.remove_suffix(optional ? 1 : 0);
                parsed->params.push_back({std::string(word), optional});
                parsed->positional += keyword_only ? 0 : 1;
                parsed->required += keyword_only || optional ? 0 : 1;
            }
        }
        def->parsed = parsed;
    }
    return def->parsed;
}

Failed wrong_count(const NativeDef* def, Value self, const NativeParams* params, size_t given) {
    const bool is_method = self != nullptr && !is<Module>(self) && !is<Class>(self);
    const std::string name =
        (is_method ? std::string(class_name(class_of(self)->info->base)) + "." : "") + def->name;
    if (params->positional == 0) {
        return raise_type("%s() takes no arguments (%zu given)", name.c_str(), given);
    }
    if (params->required == params->positional) {
        return params->positional == 1
                   ? raise_type("%s() takes exactly one argument (%zu given)", name.c_str(), given)
                   : raise_type("%s expected %zu arguments, got %zu",
                                def->name,
                                params->positional,
                                given);
    }
    const bool few = given < params->required;
    const size_t bound = few ? params->required : params->positional;
    return raise_type("%s expected at %s %zu argument%s, got %zu",
                      def->name,
                      few ? "least" : "most",
                      bound,
                      bound == 1 ? "" : "s",
                      given);
}

// Binding of arguments to the parameters of a function of the program.

std::string quoted_list(const std::vector<std::string>& names) {
    std::string text;
    for (size_t i = 0; i < names.size(); ++i) {
        const bool last = i + 1 == names.size();
        text += i == 0 ? "" : last ? (names.size() > 2 ? ", and " : " and ") : ", ";
        text += "'" + names[i] + "'";
    }
    return text;
}

class Binder {
  public:
    Binder(Frame* frame, Function* function)
        : items_(frame->items),
          function_(function),
          data_(data_of(frame->code)),
          names_(as<Tuple>(as<Code>(frame->code)->varnames)->items) {}

    bool bind(Value* args, size_t count, Tuple* keywords) {
        const size_t direct = std::min<size_t>(count, data_.positional);
        for (size_t i = 0; i < direct; ++i) {
            items_[i] = std::exchange(args[i], nullptr);
        }
        if (data_.star) {
            Ref rest = new_tuple(count - direct);
            if (!rest) {
                return false;
            }
            for (size_t i = direct; i < count; ++i) {
                rest.as<Tuple>()->items[i - direct] = std::exchange(args[i], nullptr);
            }
            items_[data_.positional + data_.keyword_only] = rest.take();
        }
        if (data_.star_star) {
            Ref dict = new_dict();
            if (!dict) {
                return false;
            }
            items_[data_.params - 1] = dict.take();
        }
        for (size_t i = 0; keywords != nullptr && i < keywords->count; ++i) {
            if (!keyword(keywords, keywords->items[i], &args[count + i])) {
                return false;
            }
        }
        if (count > data_.positional && !data_.star) {
            return too_many(count);
        }
        return fill_defaults();
    }

  private:
    [[nodiscard]] const char* name() const { return c_str(function_->qualname); }

    bool keyword(const Tuple* keywords, Value name, Value* value) {
        const size_t named = data_.positional + data_.keyword_only;
        for (size_t i = data_.positional_only; i < named; ++i) {
            if (names_[i] == name || view(names_[i]) == view(name)) {
                if (items_[i] != nullptr) {
                    return raise_type(
                        "%s() got multiple values for argument '%s'", this->name(), c_str(name));
                }
                items_[i] = std::exchange(*value, nullptr);
                return true;
            }
        }
        if (data_.star_star) {
            return dict_set(as<Dict>(items_[data_.params - 1]), name, *value);
        }
        const std::string misplaced = positional_only(keywords);
        if (!misplaced.empty()) {
            return raise_type(
                "%s() got some positional-only arguments passed as keyword arguments: '%s'",
                this->name(),
                misplaced.c_str());
        }
        return raise_type(
            "%s() got an unexpected keyword argument '%s'", this->name(), c_str(name));
    }

    /// The keywords that name positional-only parameters.
    std::string positional_only(const Tuple* keywords) const {
        std::string found;
        for (size_t i = 0; i < data_.positional_only; ++i) {
            for (size_t k = 0; k < keywords->count; ++k) {
                if (view(names_[i]) == view(keywords->items[k])) {
                    found += (found.empty() ? "" : ", ") + std::string(view(names_[i]));
                }
            }
        }
        return found;
    }

    bool fill_defaults() {
        const Tuple* defaults = as<Tuple>(function_->defaults);
        const size_t count = defaults != nullptr ? defaults->count : 0;
        std::vector<std::string> missing;
        for (size_t i = 0; i < data_.positional; ++i) {
            if (items_[i] != nullptr) {
                continue;
            }
            if (i + count >= data_.positional) {
                items_[i] = new_ref(defaults->items[i + count - data_.positional]);
            } else {
                missing.emplace_back(view(names_[i]));
            }
        }
        if (!missing.empty()) {
            return raise_type("%s() missing %zu required positional argument%s: %s",
                              name(),
                              missing.size(),
                              missing.size() == 1 ? "" : "s",
                              quoted_list(missing).c_str());
        }
        for (size_t i = data_.positional; i < data_.positional + data_.keyword_only; ++i) {
            Value value = function_->kwdefaults != nullptr
                              ? dict_find_name(as<Dict>(function_->kwdefaults), as<Str>(names_[i]))
                              : nullptr;
            if (items_[i] == nullptr && value == nullptr) {
                missing.emplace_back(view(names_[i]));
            } else if (items_[i] == nullptr) {
                items_[i] = new_ref(value);
            }
        }
        if (!missing.empty()) {
            return raise_type("%s() missing %zu required keyword-only argument%s: %s",
                              name(),
                              missing.size(),
                              missing.size() == 1 ? "" : "s",
                              quoted_list(missing).c_str());
        }
        return true;
    }

    bool too_many(size_t count) {
        const size_t defaults =
            function_->defaults != nullptr ? as<Tuple>(function_->defaults)->count : 0;
        const std::string takes =
            defaults > 0
                ? format_text("from %zu to %u", data_.positional - defaults, data_.positional)
                : format_text("%u", data_.positional);
        const auto named = std::count_if(items_ + data_.positional,
                                         items_ + data_.positional + data_.keyword_only,
                                         [](Value v) { return v != nullptr; });
        const std::string others =
            named == 0 ? ""
                       : format_text(" positional argument%s (and %zd keyword-only argument%s)",
                                     count == 1 ? "" : "s",
                                     named,
                                     named == 1 ? "" : "s");
        return raise_type("%s() takes %s positional argument%s but %zu%s %s given",
                          name(),
                          takes.c_str(),
                          takes == "1" ? "" : "s",
                          count,
                          others.c_str(),
                          count == 1 && named == 0 ? "was" : "were");
    }

    Value* items_;
    Function* function_;
    const CodeData& data_;
    Value* names_;
};

}  // namespace

/// Consumes the function and the arguments.
Ref call_function(Function* function, Value* args, size_t count, Tuple* keywords) {
    Frame* frame = new_frame(function, nullptr);
    bool bound = frame != nullptr;
    const size_t all = count + (keywords != nullptr ? keywords->count : 0);
    if (bound && keywords == nullptr && data_of(frame->code).takes(count)) {
        std::copy(args, args + count, frame->items);
    } else {
        bound = bound && Binder(frame, function).bind(args, count, keywords);
        for (size_t i = 0; i < all; ++i) {
            if (args[i] != nullptr) {
                decref(args[i]);
            }
        }
    }
    decref(val(function));
    Ref result;
    if (bound) {
        result = run_frame(frame);
    }
    if (frame != nullptr) {
        frame->is_generator ? decref(val(frame)) : finish_frame(frame);
    }
    return result;
}

Ref call_native(const NativeDef* def, Value self, const Args& args) {
    if (def->params == nullptr) {
        return def->function(self, args);
    }
    const NativeParams* params = params_of(def);
    const size_t total = params->params.size();
    if (args.keywords == nullptr && args.count == total && params->positional == total) {
        return def->function(self, args);
    }
    constexpr size_t kMost = 16;
    Value values[kMost] = {};
    if (args.count > params->positional) {
        return wrong_count(def, self, params, args.count);
    }
    std::copy(args.values, args.values + args.count, values);
    for (size_t k = 0; k < args.keyword_count(); ++k) {
        const std::string_view name = view(args.keywords->items[k]);
        size_t i = params->positional_only;
        while (i < total && params->params[i].name != name) {
            ++i;
        }
        if (i == total) {
            return total == 0 ? raise_type("%s() takes no keyword arguments", def->name)
                              : raise_type("'%s' is an invalid keyword argument for %s()",
                                           name.data(),
                                           def->name);
        }
        if (values[i] != nullptr) {
            return raise_type("argument for %s() given by name ('%s') and position (%zu)",
                              def->name,
                              name.data(),
                              i + 1);
        }
        values[i] = args.values[args.count + k];
    }
    for (size_t i = 0; i < total; ++i) {
        if (values[i] == nullptr && !params->params[i].optional) {
            return args.keyword_count() == 0
                       ? wrong_count(def, self, params, args.count)
                       : raise_type("%s() missing required argument '%s' (pos %zu)",
                                    def->name,
                                    params->params[i].name.c_str(),
                                    i + 1);
        }
    }
    return def->function(self, Args{values, total, nullptr});
}

namespace {

Ref call_native_object(Native* native, const Args& args) {
    const NativeDef* def = native->def;
    if (native->owner == nullptr || native->self != nullptr || def->flavour == NativeDef::Static) {
        return call_native(def, native->self, args);
    }
    // A method reached through its class: the first argument is self.
    if (args.count == 0) {
        return raise_type(
            "unbound method %s.%s() needs an argument", class_name(native->owner), def->name);
    }
    if (!is_instance(args[0], native->owner)) {
        return raise_type("descriptor '%s' for '%s' objects doesn't apply to a '%s' object",
                          def->name,
                          class_name(native->owner),
                          type_name(args[0]));
    }
    return call_native(def, args[0], Args{args.values + 1, args.count - 1, args.keywords});
}

}  // namespace

Ref call(Value callable, const Args& args) {
    if (!is_immediate(callable)) {
        if (is_exact<Function>(callable)) {
            ArgBuffer buffer(nullptr, args);
            incref(callable);
            return call_function(as<Function>(callable), buffer.share(), args.count, args.keywords);
        }
        if (is_exact<Native>(callable)) {
            Recursion recursion(" while calling a Python object");
            return recursion ? call_native_object(as<Native>(callable), args) : Ref();
        }
        if (is_exact<Class>(callable)) {
            return call_class(as<Class>(callable), args);
        }
    }
    Class* cls = class_of(callable);
    if (cls == vm.classes.method) {
        ArgBuffer buffer(as<Box>(callable)->b, args);
        return call(as<Box>(callable)->a, Args{buffer.data(), args.count + 1, args.keywords});
    }
    if (!is_heap_class(cls)) {
        return cls->info->native->ops.call != nullptr
                   ? cls->info->native->ops.call(callable, args)
                   : Ref(raise_type("'%s' object is not callable", type_name(callable)));
    }
    Recursion recursion(" while calling a Python object");
    if (!recursion) {
        return {};
    }
    Ref method = special_method(callable, vm.names.call);
    if (!method) {
        return pending() ? Ref()
                         : Ref(raise_type("'%s' object is not callable", type_name(callable)));
    }
    return call(method, args);
}

Ref call(Value callable, std::initializer_list<Value> args) {
    return call(callable, Args{args.begin(), args.size(), nullptr});
}

Ref call_method(Value object, Str* name, std::initializer_list<Value> args) {
    Ref function;
    Ref self;
    if (!get_method(object, name, &function, &self)) {
        return {};
    }
    const Args plain{args.begin(), args.size(), nullptr};
    if (!self) {
        return call(function, plain);
    }
    ArgBuffer buffer(self, plain);
    return call(function, Args{buffer.data(), args.size() + 1, nullptr});
}

Ref call_special(Value object, Str* name, std::initializer_list<Value> args) {
    Value found = class_lookup(class_of(object), name);
    if (found == nullptr) {
        return Ref::own(not_implemented());
    }
    const Args plain{args.begin(), args.size(), nullptr};
    Ref function = Ref::share(found);
    if (is_exact<Function>(function) ||
        (is_exact<Native>(function) && function.as<Native>()->def->flavour == NativeDef::Plain)) {
        ArgBuffer buffer(object, plain);
        return call(function, Args{buffer.data(), args.size() + 1, nullptr});
    }
    Ref method = bind(function, object, class_of(object));
    return method ? call(method, plain) : Ref();
}

bool is_callable(Value v) {
    Class* cls = class_of(v);
    if (!is_heap_class(cls)) {
        return cls->info->native->ops.call != nullptr || is<Function>(v) || is<Native>(v) ||
               is<Class>(v) || cls == vm.classes.method;
    }
    return class_lookup(cls, vm.names.call) != nullptr;
}

}  // namespace pebble
