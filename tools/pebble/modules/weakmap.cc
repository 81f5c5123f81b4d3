// SPDX-License-Identifier: MIT
#include <algorithm>

#include "modules/modules.h"
#include "types/number.h"

namespace pebble {
namespace {

// _weakref.Map: a is the heap's weak container. The classes that programs see are written in Python
// around it (lib/weakref.py).

Value map_of(Value self) {
    return as<Box>(self)->a;
}

cairn_weak_kind kind_of(Value self) {
    return cairn_weakmap_kind(map_of(self));
}

Ref map_create(Class* cls, const Args& args) {
    int64_t kind = 0;
    if (args.count != 1 || !to_int64(args[0], &kind)) {
        return pending() ? Ref() : Ref(raise_type("Map() takes the kind of map"));
    }
    Ref map = Ref::own(cairn_weakmap_new(vm.heap, static_cast<cairn_weak_kind>(kind)));
    return map ? make_box(cls, map) : Ref(raise_memory());
}

/// What is held weakly must be an object of the heap: the value, or the key.
bool check_weak_value(Value self, Value value) {
    return kind_of(self) != CAIRN_WEAK_VALUE_MAP || !is_immediate(value) ||
           raise_type("cannot create weak reference to '%s' object", type_name(value));
}
bool check_weak_key(Value self, Value key) {
    return kind_of(self) == CAIRN_WEAK_VALUE_MAP || !is_immediate(key) ||
           raise_type("cannot create weak reference to '%s' object", type_name(key));
}

/// The heap's containers hold objects alone. An immediate is given a stand-in: a small int one that
/// lies in the heap like a big one, None and the like a tuple with a tag that no program can make.
Ref boxed(Value v) {
    if (!is_immediate(v)) {
        return Ref::share(v);
    }
    if (!is_small(v)) {
        return make_tuple({val(vm.classes.getset), v});
    }
    const BigInt big(small_value(v));
    Int* number = make<Int>(vm.classes.int_, big.digits.size());
    if (number != nullptr) {
        number->negative = big.negative;
        std::copy(big.digits.begin(), big.digits.end(), number->digits);
    }
    return Ref::own(number);
}
Ref unboxed(Value v) {
    if (is_exact<Tuple>(v) && as<Tuple>(v)->count == 2 &&
        as<Tuple>(v)->items[0] == val(vm.classes.getset)) {
        return Ref::share(as<Tuple>(v)->items[1]);
    }
    return is_exact<Int>(v) ? from_big(to_big(v), vm.classes.int_) : Ref::share(v);
}
/// Takes over `value`.
Ref taken(Value value) {
    Ref held = Ref::own(value);
    return unboxed(held);
}

Ref get_method(Value self, const Args& args) {
    Ref key = check_weak_key(self, args[0]) ? boxed(args[0]) : Ref();
    Value value = nullptr;
    const cairn_status status =
        key ? cairn_weakmap_get(map_of(self), key, &value) : CAIRN_USER_ERROR;
    if (status == CAIRN_NOT_FOUND) {
        return Ref::share(args[1] != nullptr ? args[1] : none());
    }
    return status == CAIRN_OK ? taken(value) : Ref(raise_status(status));
}

Ref popitem_method(Value self, const Args&) {
    Value key = nullptr;
    Value value = nullptr;
    const cairn_status status = cairn_weakmap_pop_last(map_of(self), &key, &value);
    if (status == CAIRN_NOT_FOUND) {
        Ref message = new_str("popitem(): dictionary is empty");
        return message ? Ref(raise_key(message)) : Ref();
    }
    if (status != CAIRN_OK) {
        return raise_status(status);
    }
    Ref plain_key = taken(key);
    Ref plain_value = value != nullptr ? taken(value) : Ref::own(none());
    return plain_key && plain_value ? make_tuple({plain_key, plain_value}) : Ref();
}

Ref map_get_item(Value self, Value key) {
    Ref stand_in = check_weak_key(self, key) ? boxed(key) : Ref();
    Value value = nullptr;
    const cairn_status status =
        stand_in ? cairn_weakmap_get(map_of(self), stand_in, &value) : CAIRN_USER_ERROR;
    if (status == CAIRN_NOT_FOUND) {
        return raise_key(key);
    }
    return status == CAIRN_OK ? taken(value) : Ref(raise_status(status));
}

bool map_set_item(Value self, Value key, Value value) {
    Ref stand_in = check_weak_key(self, key) ? boxed(key) : Ref();
    if (!stand_in) {
        return false;
    }
    if (value == nullptr) {
        const cairn_status status = cairn_weakmap_delete(map_of(self), stand_in);
        return status == CAIRN_OK ||
               (status == CAIRN_NOT_FOUND ? raise_key(key) : raise_status(status));
    }
    if (!check_weak_value(self, value)) {
        return false;
    }
    Ref held = kind_of(self) == CAIRN_WEAK_VALUE_MAP ? Ref::share(value) : boxed(value);
    const cairn_status status =
        held ? cairn_weakmap_set(map_of(self), stand_in, held) : CAIRN_USER_ERROR;
    return status == CAIRN_OK || raise_status(status);
}

bool map_contains(Value self, Value key, bool* out) {
    if (kind_of(self) != CAIRN_WEAK_VALUE_MAP && is_immediate(key)) {
        *out = false;
        return true;
    }
    Ref stand_in = boxed(key);
    int found = 0;
    const cairn_status status =
        stand_in ? cairn_weakmap_contains(map_of(self), stand_in, &found) : CAIRN_USER_ERROR;
    *out = found != 0;
    return status == CAIRN_OK || raise_status(status);
}

bool map_length(Value self, int64_t* out) {
    *out = static_cast<int64_t>(cairn_weakmap_length(map_of(self)));
    return true;
}

Ref add_method(Value self, const Args& args) {
    if (!check_weak_key(self, args[0])) {
        return {};
    }
    const cairn_status status = cairn_weakset_add(map_of(self), args[0]);
    return status == CAIRN_OK ? Ref::own(none()) : Ref(raise_status(status));
}

Ref clear_method(Value self, const Args&) {
    const cairn_status status = cairn_weakmap_clear(map_of(self));
    return status == CAIRN_OK ? Ref::own(none()) : Ref(raise_status(status));
}

/// The strong keys of a weak-value map, as a list.
Ref keys_method(Value self, const Args&) {
    Ref list = new_list();
    cairn_weakmap_iterator iterator;
    cairn_weakmap_iterator_open(map_of(self), &iterator);
    bool ok = static_cast<bool>(list);
    for (Value key = nullptr; ok && cairn_weakmap_iterator_next(&iterator, &key, nullptr) != 0;) {
        Ref plain = unboxed(key);
        ok = plain && list_append(list.as<List>(), plain);
    }
    cairn_weakmap_iterator_close(&iterator);
    return ok ? std::move(list) : Ref();
}

/// The weak references that the container holds, as a list.
Ref refs_method(Value self, const Args&) {
    Ref list = new_list();
    cairn_objects refs = {};
    const cairn_status status = cairn_weakmap_refs(map_of(self), &refs);
    if (!list || status != CAIRN_OK) {
        return status == CAIRN_OK ? Ref() : Ref(raise_status(status));
    }
    bool ok = true;
    for (size_t i = 0; i < refs.count && ok; ++i) {
        // The container's own are of a kind that programs do not see.
        Ref object = Ref::own(cairn_weakref_get(refs.items[i]));
        Ref ref = object ? make_weak_reference(vm.classes.weakref, object, nullptr) : Ref();
        ok = !object || (ref && list_append(list.as<List>(), ref));
    }
    cairn_objects_release(vm.heap, &refs);
    return ok ? std::move(list) : Ref();
}

/// The container's own weak references, as CPython shows the set inside its WeakSet.
Ref map_repr(Value self) {
    cairn_objects refs = {};
    const cairn_status status = cairn_weakmap_refs(map_of(self), &refs);
    if (status != CAIRN_OK) {
        return raise_status(status);
    }
    std::string text;
    for (size_t i = 0; i < refs.count && !pending(); ++i) {
        Ref part = weak_reference_repr(refs.items[i]);
        text += (i > 0 ? ", " : "") + (part ? std::string(view(part)) : "");
    }
    cairn_objects_release(vm.heap, &refs);
    return pending() ? Ref() : new_str(text.empty() ? "set()" : "{" + text + "}");
}

const NativeDef kMethods[] = {{"get", get_method, "key default? /"},
                              {"add", add_method, "member /"},
                              {"popitem", popitem_method, ""},
                              {"clear", clear_method, ""},
                              {"keys", keys_method, ""},
                              {"refs", refs_method, ""},
                              {nullptr, nullptr, nullptr}};
NativeClass map_class = {"Map",
                         kBox,
                         {.create = map_create,
                          .repr = map_repr,
                          .unhashable = true,
                          .length = map_length,
                          .get_item = map_get_item,
                          .set_item = map_set_item,
                          .contains = map_contains},
                         kMethods,
                         nullptr,
                         true,
                         "_weakref"};

}  // namespace

bool fill_weakmap(Module* module) {
    Class* cls = make_native_class(map_class, vm.classes.object);
    return cls != nullptr && module_set(module, "Map", val(cls)) &&
           module_set(module, "VALUE_MAP", small(CAIRN_WEAK_VALUE_MAP)) &&
           module_set(module, "KEY_MAP", small(CAIRN_WEAK_KEY_MAP)) &&
           module_set(module, "SET", small(CAIRN_WEAK_SET));
}

}  // namespace pebble
