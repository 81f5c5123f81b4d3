// SPDX-License-Identifier: MIT
#include "modules/modules.h"

namespace pebble {
namespace {

Ref referent_of(Value ref) {
    return Ref::own(cairn_weakref_get(ref));
}

/// The heap holds the callback as its argument, and lets go of it when CPython does.
cairn_status run_callback(Value ref, Value callback, void*) {
    if (vm.dismantled) {
        return CAIRN_OK;
    }
    const OutOfTurn turn;
    if (!call(callback, {ref})) {
        report_unraisable(nullptr, callback);
    }
    return CAIRN_OK;
}

/// A weak reference or proxy of class `cls`.
Ref make_weak(Class* cls, Value object, Value callback) {
    if (is_immediate(object)) {
        return raise_type("cannot create weak reference to '%s' object", type_name(object));
    }
    const bool plain = callback == nullptr || is_none(callback);
    if (cls == vm.classes.weakref && plain) {
        Ref shared = Ref::own(cairn_weakref_new(object, nullptr, nullptr, nullptr));
        return shared ? std::move(shared) : Ref(raise_memory());
    }
    if (!plain && is_immediate(callback)) {
        return raise_type("'%s' object is not callable", type_name(callback));
    }
    Ref ref = Ref::own(cairn_weakref_new_typed(layouts[kWeakRef].exact,
                                               object,
                                               plain ? nullptr : run_callback,
                                               plain ? nullptr : callback,
                                               nullptr));
    if (!ref) {
        return raise_memory();
    }
    ref.as<WeakRef>()->cls = as<Class>(new_ref(val(cls)));
    return ref;
}

Ref ref_create(Class* cls, const Args& args) {
    if (args.count < 1 || (args.count > 2 && !is_heap_class(cls))) {
        return raise_type("__new__ expected at least 1 argument, got %zu", args.count);
    }
    if (args.keyword_count() > 0 && !is_heap_class(cls)) {
        return raise_type("ref() takes no keyword arguments");
    }
    return make_weak(cls, args[0], args.count > 1 ? args[1] : nullptr);
}

bool ref_init(Value, const Args& args) {
    return (args.count >= 1 && args.count <= 2) ||
           raise_type("__init__ expected 1 to 2 arguments, got %zu", args.count);
}

Ref ref_call(Value self, const Args& args) {
    if (args.count > 0 || args.keyword_count() > 0) {
        return raise_type("__call__() takes no arguments (%zu given)", args.count);
    }
    Ref object = referent_of(self);
    return object ? std::move(object) : Ref::own(none());
}

bool ref_hash(Value self, int64_t* out) {
    uint64_t hash = 0;
    const cairn_status status = cairn_weakref_hash(self, &hash);
    *out = static_cast<int64_t>(hash);
    if (status == CAIRN_NOT_FOUND) {
        return raise_type("weak object has gone away");
    }
    return status == CAIRN_OK || raise_status(status);
}

bool is_ref(Value v) {
    return !is_immediate(v) && cairn_is_weakref(v) != 0 && is_instance(v, vm.classes.weakref);
}

Ref ref_compare(Value a, Value b, CmpOp op) {
    if (!is_ref(a) || !is_ref(b) || (op != CmpOp::Eq && op != CmpOp::Ne)) {
        return Ref::own(not_implemented());
    }
    Ref left = referent_of(a);
    Ref right = referent_of(b);
    if (left && right) {
        return compare(left, right, op);
    }
    return Ref::own(truth((a == b) == (op == CmpOp::Eq)));
}

}  // namespace

Ref weak_reference_repr(Value self) {
    Ref object = referent_of(self);
    const auto at = static_cast<unsigned long long>(identity(self));
    if (!object) {
        return new_str(format_text("<weakref at 0x%llx; dead>", at));
    }
    Ref name = find_attribute(object, vm.names.name);
    const std::string shown = name && is<Str>(name) ? format_text(" (%s)", c_str(name)) : "";
    return pending() ? Ref()
                     : new_str(format_text("<weakref at 0x%llx; to '%s' at 0x%llx%s>",
                                           at,
                                           type_name(object),
                                           static_cast<unsigned long long>(identity(object)),
                                           shown.c_str()));
}

namespace {

Ref callback_get(Value self) {
    Value callback = cairn_weakref_argument(self);
    return Ref::share(callback != nullptr ? callback : none());
}
const GetSet kRefGetSets[] = {{"__callback__", callback_get}, {nullptr, nullptr}};
NativeClass ref_class = {"ReferenceType",
                         kWeakRef,
                         {.create = ref_create,
                          .init = ref_init,
                          .repr = weak_reference_repr,
                          .hash = ref_hash,
                          .compare = ref_compare,
                          .call = ref_call},
                         nullptr,
                         kRefGetSets,
                         false,
                         "weakref"};

// Module functions.

Ref getweakrefcount(Value, const Args& args) {
    return new_int(is_immediate(args[0]) ? 0 : static_cast<int64_t>(cairn_weakref_count(args[0])));
}

Ref getweakrefs(Value, const Args& args) {
    Ref list = new_list();
    if (!list || is_immediate(args[0])) {
        return list;
    }
    cairn_objects objects = {};
    const cairn_status status = cairn_get_weakrefs(args[0], &objects);
    if (status != CAIRN_OK) {
        return raise_status(status);
    }
    bool ok = true;
    for (size_t i = 0; i < objects.count && ok; ++i) {
        ok = !is_known(objects.items[i]) || list_append(list.as<List>(), objects.items[i]);
    }
    cairn_objects_release(vm.heap, &objects);
    return ok ? std::move(list) : Ref();
}

const NativeDef kFunctions[] = {{"getweakrefcount", getweakrefcount, "object /"},
                                {"getweakrefs", getweakrefs, "object /"},
                                {nullptr, nullptr, nullptr}};

}  // namespace

Ref make_weak_reference(Class* cls, Value object, Value callback) {
    return make_weak(cls, object, callback);
}

void make_weakref_class() {
    // All weak references without a callback are of one heap type, whose name is not public.
    Ref probe = Ref::own(make<Instance>(vm.classes.object));
    Ref shared = Ref::own(cairn_weakref_new(probe, nullptr, nullptr, nullptr));
    vm.shared_ref_type = cairn_type_of(shared);
    vm.classes.weakref = make_native_class(ref_class, vm.classes.object);
}

bool fill_weakref(Module* module) {
    return fill_weakmap(module) && fill_weakproxy(module) && fill_finalize(module) &&
           module_set(module, "ref", val(vm.classes.weakref)) &&
           module_set(module, "ReferenceType", val(vm.classes.weakref)) &&
           module_add(module, kFunctions);
}

}  // namespace pebble
