// SPDX-License-Identifier: MIT
#include "core/special.h"
#include "modules/modules.h"

namespace pebble {
namespace {

bool is_proxy(Value v) {
    Class* cls = class_of(v);
    return cls == vm.classes.weakproxy || cls == vm.classes.callable_weakproxy;
}

}  // namespace

Ref unwrap_proxy(Value v) {
    if (!is_proxy(v)) {
        return Ref::share(v);
    }
    Ref object = Ref::own(cairn_weakref_get(v));
    return object ? std::move(object)
                  : Ref(raise(vm.exceptions.ReferenceError,
                              "weakly-referenced object no longer exists"));
}

namespace {

Ref proxy_repr(Value self) {
    Ref object = Ref::own(cairn_weakref_get(self));
    const auto at = static_cast<unsigned long long>(identity(self));
    return new_str(object ? format_text("<weakproxy at 0x%llx to %s at 0x%llx>",
                                        at,
                                        type_name(object),
                                        static_cast<unsigned long long>(identity(object)))
                          : format_text("<weakproxy at 0x%llx to NoneType at 0x0>", at));
}
Ref proxy_str(Value self) {
    Ref object = unwrap_proxy(self);
    return object ? str(object) : Ref();
}
Ref proxy_compare(Value a, Value b, CmpOp op) {
    Ref left = unwrap_proxy(a);
    Ref right = left ? unwrap_proxy(b) : Ref();
    return right ? compare(left, right, op) : Ref();
}
Ref proxy_iter(Value self) {
    Ref object = unwrap_proxy(self);
    return object ? iterate(object) : Ref();
}
Ref proxy_next(Value self) {
    Ref object = unwrap_proxy(self);
    if (!object) {
        return {};
    }
    Class* cls = class_of(object);
    const bool iterator = is_heap_class(cls) ? class_lookup(cls, vm.names.next) != nullptr
                                             : cls->info->native->ops.next != nullptr;
    return iterator ? next(object)
                    : Ref(raise_type("Weakref proxy referenced a non-iterator '%s' object",
                                     class_name(cls)));
}
bool proxy_length(Value self, int64_t* out) {
    Ref object = unwrap_proxy(self);
    return object && length_of(object, out);
}
bool proxy_truth(Value self, bool* out) {
    Ref object = unwrap_proxy(self);
    return object && is_true(object, out);
}
Ref proxy_get_item(Value self, Value key) {
    Ref object = unwrap_proxy(self);
    return object ? get_item(object, key) : Ref();
}
bool proxy_set_item(Value self, Value key, Value value) {
    Ref object = unwrap_proxy(self);
    return object && set_item(object, key, value);
}
bool proxy_contains(Value self, Value item, bool* out) {
    Ref object = unwrap_proxy(self);
    return object && contains(object, item, out);
}
Ref proxy_call(Value self, const Args& args) {
    Ref object = unwrap_proxy(self);
    return object ? call(object, args) : Ref();
}
Ref proxy_binary(Value a, Value b, BinOp op) {
    Ref left = unwrap_proxy(a);
    Ref right = left ? unwrap_proxy(b) : Ref();
    return right ? binary(left, right, op) : Ref();
}
Ref proxy_inplace(Value a, Value b, BinOp op) {
    Ref left = unwrap_proxy(a);
    Ref right = left ? unwrap_proxy(b) : Ref();
    return right ? inplace(left, right, op) : Ref();
}
Ref proxy_unary(Value self, UnOp op) {
    Ref object = unwrap_proxy(self);
    return object ? unary(object, op) : Ref();
}
Ref proxy_get_attribute(Value self, Str* name) {
    Ref object = unwrap_proxy(self);
    return object ? get_attribute(object, name) : Ref();
}
bool proxy_set_attribute(Value self, Str* name, Value value) {
    Ref object = unwrap_proxy(self);
    return object && set_attribute(object, name, value);
}

constexpr unsigned kAll = (1u << 13) - 1;
constexpr Ops kOps = {.repr = proxy_repr,
                      .str = proxy_str,
                      .unhashable = true,
                      .compare = proxy_compare,
                      .iter = proxy_iter,
                      .next = proxy_next,
                      .length = proxy_length,
                      .truth = proxy_truth,
                      .get_item = proxy_get_item,
                      .set_item = proxy_set_item,
                      .contains = proxy_contains,
                      .binary = proxy_binary,
                      .binary_mask = kAll,
                      .inplace = proxy_inplace,
                      .inplace_mask = kAll,
                      .unary = proxy_unary,
                      .get_attribute = proxy_get_attribute,
                      .set_attribute = proxy_set_attribute};

Ref bytes_method(Value self, const Args&) {
    Ref object = unwrap_proxy(self);
    return object ? call_special(object, vm.names.bytes, {}) : Ref();
}
Ref abs_method(Value self, const Args&) {
    Ref object = unwrap_proxy(self);
    return object ? call_special(object, vm.names.abs, {}) : Ref();
}
Ref int_method(Value self, const Args&) {
    Ref object = unwrap_proxy(self);
    return object ? call(val(vm.classes.int_), {object}) : Ref();
}
Ref float_method(Value self, const Args&) {
    Ref object = unwrap_proxy(self);
    return object ? call(val(vm.classes.float_), {object}) : Ref();
}
template <bool kReflected>
Ref divmod_method(Value self, const Args& args) {
    Ref object = unwrap_proxy(self);
    Ref other = object ? unwrap_proxy(args[0]) : Ref();
    return !other ? Ref() : kReflected ? divide(other, object) : divide(object, other);
}
Ref index_method(Value self, const Args&) {
    Ref object = unwrap_proxy(self);
    return object ? index_of(object) : Ref();
}
Ref reversed_method(Value self, const Args&) {
    Ref object = unwrap_proxy(self);
    return object ? call(val(vm.classes.reversed), {object}) : Ref();
}
const NativeDef kMethods[] = {{"__abs__", abs_method, ""},
                              {"__divmod__", divmod_method<false>, "other /"},
                              {"__rdivmod__", divmod_method<true>, "other /"},
                              {"__int__", int_method, ""},
                              {"__float__", float_method, ""},
                              {"__bytes__", bytes_method, ""},
                              {"__index__", index_method, ""},
                              {"__reversed__", reversed_method, ""},
                              {nullptr, nullptr, nullptr}};

NativeClass proxy_class = {"ProxyType", kWeakRef, kOps, kMethods, nullptr, true, "weakref"};
NativeClass callable_class = {
    "CallableProxyType", kWeakRef, kOps, kMethods, nullptr, true, "weakref"};

/// proxy(object, callback=None). Proxies without a callback are shared, like references.
Ref proxy(Value, const Args& args) {
    const bool plain = args[1] == nullptr || is_none(args[1]);
    Class* cls = is_callable(args[0]) ? vm.classes.callable_weakproxy : vm.classes.weakproxy;
    if (plain && !is_immediate(args[0])) {
        cairn_objects refs = {};
        const cairn_status status = cairn_get_weakrefs(args[0], &refs);
        if (status != CAIRN_OK) {
            return raise_status(status);
        }
        Ref shared;
        for (size_t i = 0; i < refs.count && !shared; ++i) {
            const bool alike = is_known(refs.items[i]) && is_proxy(refs.items[i]) &&
                               cairn_weakref_argument(refs.items[i]) == nullptr;
            shared = Ref::share(alike ? refs.items[i] : nullptr);
        }
        cairn_objects_release(vm.heap, &refs);
        if (shared) {
            return shared;
        }
    }
    return make_weak_reference(cls, args[0], args[1]);
}

const NativeDef kFunctions[] = {{"proxy", proxy, "object callback? /"},
                                {nullptr, nullptr, nullptr}};

}  // namespace

bool fill_weakproxy(Module* module) {
    proxy_class.ops.call = nullptr;
    callable_class.ops.call = proxy_call;
    vm.classes.weakproxy = make_native_class(proxy_class, vm.classes.object);
    vm.classes.callable_weakproxy = make_native_class(callable_class, vm.classes.object);
    return module_set(module, "ProxyType", val(vm.classes.weakproxy)) &&
           module_set(module, "CallableProxyType", val(vm.classes.callable_weakproxy)) &&
           module_add(module, kFunctions);
}

}  // namespace pebble
