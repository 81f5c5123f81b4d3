// SPDX-License-Identifier: MIT
#include "core/start.h"
#include "modules/modules.h"

namespace pebble {
namespace {

// _weakref.Finalizer, the base of weakref.finalize: a is the heap's registered finalizer, whose
// argument is a tuple of this object, the function, and its arguments. So the registry keeps all of
// that until the finalizer has run, and nothing else has to.

enum Field : unsigned char { kSelf, kFunction, kArguments, kKeywords, kFieldCount };

Ref call_registered(Value argument) {
    Value const* fields = as<Tuple>(argument)->items;
    const Tuple* positional = as<Tuple>(fields[kArguments]);
    if (is_none(fields[kKeywords])) {
        return call(fields[kFunction], Args{positional->items, positional->count, nullptr});
    }
    Dict* keywords = as<Dict>(fields[kKeywords]);
    Ref names = dict_keys(keywords);
    names = names ? to_tuple(names) : Ref();
    Ref values = names ? new_tuple(positional->count + names.as<Tuple>()->count) : Ref();
    if (!values) {
        return {};
    }
    for (size_t i = 0; i < positional->count; ++i) {
        values.as<Tuple>()->items[i] = new_ref(positional->items[i]);
    }
    for (size_t i = 0; i < names.as<Tuple>()->count; ++i) {
        Value value = nullptr;
        if (!dict_find(keywords, names.as<Tuple>()->items[i], &value)) {
            return {};
        }
        values.as<Tuple>()->items[positional->count + i] = new_ref(value);
    }
    return call(fields[kFunction],
                Args{values.as<Tuple>()->items, positional->count, names.as<Tuple>()});
}

/// An error is told as CPython tells it: at the end of the program by sys.excepthook, otherwise as
/// one of a callback.
void report(Value finalizer) {
    if (!vm.finalizing_at_exit) {
        report_unraisable(nullptr, finalizer);
        return;
    }
    Ref exception = fetch();
    Value traceback = exception.as<Exception>()->traceback;
    Value sys = dict_find_name(vm.modules, intern("sys"));
    Ref hook = sys != nullptr ? find_attribute(sys, vm.names.excepthook) : Ref();
    Ref done =
        hook
            ? call(hook,
                   {val(class_of(exception)), exception, traceback != nullptr ? traceback : none()})
            : Ref();
    if (!done) {
        report_unraisable(nullptr, finalizer);
    }
}

}  // namespace

/// A call by the program: it gets the result, or the exception.
struct FinalizeCall {
    Value self;
    Ref result;
};

namespace {

cairn_status run_registered(Value argument, void*) {
    if (vm.dismantled || vm.finalizers_over) {
        return CAIRN_OK;
    }
    FinalizeCall* call = vm.finalize_call;
    if (call != nullptr && call->self == as<Tuple>(argument)->items[kSelf]) {
        vm.finalize_call = nullptr;
        Ref keep = Ref::share(argument);
        call->result = call_registered(keep);
        return call->result ? CAIRN_OK : CAIRN_USER_ERROR;
    }
    const OutOfTurn turn;
    Ref keep = Ref::share(argument);
    Ref result = call_registered(keep);
    if (!result) {
        report(keep.as<Tuple>()->items[kSelf]);
    }
    return CAIRN_OK;
}

Ref create(Class* cls, const Args&) {
    return make_box(cls);
}

/// What the finalizer is for, and its argument; false without an exception: it is dead.
bool peek(Value self, Ref* object, Ref* argument) {
    Value finalizer = as<Box>(self)->a;
    Value watched = nullptr;
    Value given = nullptr;
    if (finalizer == nullptr ||
        cairn_finalizer_peek(finalizer, &watched, &given, nullptr) != CAIRN_OK) {
        return false;
    }
    *object = Ref::own(watched);
    *argument = Ref::own(given);
    return true;
}

Ref shown(const Ref& object, const Ref& argument) {
    Value const* fields = argument.as<Tuple>()->items;
    Ref keywords = is_none(fields[kKeywords]) ? new_dict() : Ref::share(fields[kKeywords]);
    return keywords ? make_tuple({object, fields[kFunction], fields[kArguments], keywords}) : Ref();
}

Ref watch_method(Value self, const Args& args) {
    Value object = args[0];
    if (is_immediate(object)) {
        return raise_type("cannot create weak reference to '%s' object", type_name(object));
    }
    Ref argument = make_tuple({self, args[1], args[2], args[3]});
    Ref finalizer =
        argument ? Ref::own(cairn_finalizer_new(object, run_registered, argument, nullptr)) : Ref();
    if (!finalizer) {
        return pending() ? Ref() : Ref(raise_memory());
    }
    // Made anew, it lets go of what it was for.
    Ref old = Ref::own(std::exchange(as<Box>(self)->a, finalizer.take()));
    if (old) {
        cairn_finalizer_detach(old);
    }
    return Ref::own(none());
}

/// Also one whose object is dying, if its turn has not come.
Ref call_op(Value self, const Args&) {
    Ref finalizer = Ref::share(as<Box>(self)->a);
    if (!finalizer || cairn_finalizer_is_alive(finalizer) == 0) {
        return Ref::own(none());
    }
    FinalizeCall own{self, Ref()};
    FinalizeCall* outer = std::exchange(vm.finalize_call, &own);
    const cairn_status status = cairn_finalizer_call(finalizer, nullptr);
    vm.finalize_call = outer;
    return own.result || status != CAIRN_OK ? std::move(own.result) : Ref::own(none());
}

Ref peek_method(Value self, const Args&) {
    Ref object;
    Ref argument;
    return peek(self, &object, &argument) && object ? shown(object, argument) : Ref::own(none());
}

Ref detach_method(Value self, const Args&) {
    Ref object;
    Ref argument;
    Ref finalizer = Ref::share(as<Box>(self)->a);
    const bool detached =
        peek(self, &object, &argument) && object && cairn_finalizer_detach(finalizer) != 0;
    return detached ? shown(object, argument) : Ref::own(none());
}

Ref alive_get(Value self) {
    Value finalizer = as<Box>(self)->a;
    return Ref::own(truth(finalizer != nullptr && cairn_finalizer_is_alive(finalizer) != 0));
}

Ref atexit_get(Value self) {
    Value finalizer = as<Box>(self)->a;
    return Ref::own(truth(finalizer != nullptr && cairn_finalizer_get_atexit(finalizer) != 0));
}

bool atexit_set(Value self, Value value) {
    bool at_exit = false;
    if (value == nullptr) {
        return raise(vm.exceptions.AttributeError, "can't delete attribute 'atexit'");
    }
    if (!is_true(value, &at_exit)) {
        return false;
    }
    if (Value finalizer = as<Box>(self)->a) {
        cairn_finalizer_set_atexit(finalizer, at_exit ? 1 : 0);
    }
    return true;
}

Ref finalizer_repr(Value self) {
    Ref object;
    Ref argument;
    const auto at = static_cast<unsigned long long>(identity(self));
    const char* name = class_name(class_of(self));
    return new_str(peek(self, &object, &argument) && object
                       ? format_text("<%s object at 0x%llx; for '%s' at 0x%llx>",
                                     name,
                                     at,
                                     type_name(object),
                                     static_cast<unsigned long long>(identity(object)))
                       : format_text("<%s object at 0x%llx; dead>", name, at));
}

const NativeDef kMethods[] = {{"_watch", watch_method, "object function args kwargs /"},
                              {"peek", peek_method, ""},
                              {"detach", detach_method, ""},
                              {nullptr, nullptr, nullptr}};
const GetSet kGetSets[] = {
    {"alive", alive_get}, {"atexit", atexit_get, atexit_set}, {nullptr, nullptr}};
NativeClass finalizer_class = {"Finalizer",
                               kBox,
                               {.create = create, .repr = finalizer_repr, .call = call_op},
                               kMethods,
                               kGetSets,
                               false,
                               "_weakref"};

/// Runs those that are alive, newest first; from then on none runs.
Ref run_at_exit(Value, const Args&) {
    vm.finalizing_at_exit = true;
    cairn_finalizers_run_atexit(vm.heap);
    vm.finalizing_at_exit = false;
    vm.finalizers_over = true;
    return Ref::own(none());
}

const NativeDef kFunctions[] = {{"run_finalizers", run_at_exit, ""}, {nullptr, nullptr, nullptr}};

}  // namespace

bool fill_finalize(Module* module) {
    Class* cls = make_native_class(finalizer_class, vm.classes.object);
    return cls != nullptr && module_set(module, "Finalizer", val(cls)) &&
           module_add(module, kFunctions);
}

}  // namespace pebble
