// SPDX-License-Identifier: MIT
#include "types/types.h"

namespace pebble {

void dict_untrack(Dict* dict) {
    size_t at = 0;
    for (Value key, value; dict_next(dict, &at, &key, &value);) {
        if (!is_atom(key) || !is_atom(value)) {
            return;
        }
    }
    dict->tracked = false;
    cairn_gc_untrack(val(dict));
}

namespace {

Ref dict_create(Class* cls, const Args&) {
    Dict* dict = make<Dict>(cls);
    if (dict != nullptr && is_heap_class(cls)) {
        dict->tracked = true;
        cairn_gc_track(val(dict));
    }
    return Ref::own(dict);
}

/// dict(), dict.update(): a mapping or pairs, then keywords.
bool update_from_args(Dict* dict, const Args& args, const char* what) {
    if (args.count > 1) {
        return raise_type("%s expected at most 1 argument, got %zu", what, args.count);
    }
    if (args.count == 1 && !dict_update(dict, args[0])) {
        return false;
    }
    for (size_t i = 0; i < args.keyword_count(); ++i) {
        if (!dict_set(dict, args.keywords->items[i], args[args.count + i])) {
            return false;
        }
    }
    return true;
}

bool dict_init(Value self, const Args& args) {
    return update_from_args(as<Dict>(self), args, "dict");
}

Ref dict_repr(Value self) {
    Dict* dict = as<Dict>(self);
    ReprGuard guard(self);
    if (guard.again()) {
        return new_str("{...}");
    }
    std::string text = "{";
    size_t at = 0;
    for (Value key, value; dict_next(dict, &at, &key, &value);) {
        Ref k = Ref::share(key);
        Ref v = Ref::share(value);
        Ref key_text = repr(k);
        Ref value_text = key_text ? repr(v) : Ref();
        if (!value_text) {
            return {};
        }
        text += text.size() > 1 ? ", " : "";
        text += std::string(view(key_text)) + ": " + std::string(view(value_text));
    }
    return new_str(text + "}");
}

Ref dict_compare(Value a, Value b, CmpOp op) {
    if (!is<Dict>(a) || !is<Dict>(b) || (op != CmpOp::Eq && op != CmpOp::Ne)) {
        return Ref::own(not_implemented());
    }
    bool same = as<Dict>(a)->count() == as<Dict>(b)->count();
    size_t at = 0;
    for (Value key, value; same && dict_next(as<Dict>(a), &at, &key, &value);) {
        Ref k = Ref::share(key);
        Ref v = Ref::share(value);
        Value other = nullptr;
        if (!dict_find(as<Dict>(b), k, &other)) {
            return {};
        }
        Ref keep = Ref::share(other);
        same = other != nullptr;
        if (same && !equal(v, keep, &same)) {
            return {};
        }
    }
    return Ref::own(truth(same == (op == CmpOp::Eq)));
}

Ref dict_iter(Value self) {
    return dict_iterator(self, DictPart::Keys, false);
}

bool dict_length(Value self, int64_t* out) {
    *out = static_cast<int64_t>(as<Dict>(self)->count());
    return true;
}

Ref dict_get_item(Value self, Value key) {
    Value found = nullptr;
    if (!dict_find(as<Dict>(self), key, &found)) {
        return {};
    }
    if (found == nullptr && class_of(self) != vm.classes.dict) {
        Ref result = call_special(self, vm.names.missing, {key});
        if (!result || result.get() != not_implemented()) {
            return result;
        }
    }
    return found != nullptr ? Ref::share(found) : Ref(raise_key(key));
}

bool dict_set_item(Value self, Value key, Value value) {
    if (value != nullptr) {
        return dict_set(as<Dict>(self), key, value);
    }
    bool found = false;
    return dict_delete(as<Dict>(self), key, &found) && (found || raise_key(key));
}

bool dict_contains(Value self, Value key, bool* out) {
    Value found = nullptr;
    const bool ok = dict_find(as<Dict>(self), key, &found);
    *out = found != nullptr;
    return ok;
}

Ref dict_binary(Value a, Value b, BinOp) {
    if (!is<Dict>(a) || !is<Dict>(b)) {
        return Ref::own(not_implemented());
    }
    Ref result = dict_copy(as<Dict>(a));
    return result && dict_update(result.as<Dict>(), b) ? std::move(result) : Ref();
}

Ref dict_inplace(Value a, Value b, BinOp) {
    return dict_update(as<Dict>(a), b) ? Ref::share(a) : Ref();
}

// Methods.

Ref dict_get(Value self, const Args& args) {
    Value found = nullptr;
    if (!dict_find(as<Dict>(self), args[0], &found)) {
        return {};
    }
    return Ref::share(found != nullptr ? found : args[1] != nullptr ? args[1] : none());
}

Ref dict_setdefault(Value self, const Args& args) {
    return pebble::dict_setdefault(as<Dict>(self), args[0], args[1] != nullptr ? args[1] : none());
}

Ref dict_pop_method(Value self, const Args& args) {
    Ref value = dict_pop(as<Dict>(self), args[0]);
    if (value || pending()) {
        return value;
    }
    return args[1] != nullptr ? Ref::share(args[1]) : Ref(raise_key(args[0]));
}

Ref dict_popitem(Value self, const Args&) {
    // Making the tuple first may run code; the entry taken must be the last one after that.
    Ref pair = new_tuple(2);
    Ref key;
    Ref value;
    if (!pair) {
        return {};
    }
    if (!dict_pop_end(as<Dict>(self), true, &key, &value)) {
        return raise(vm.exceptions.KeyError, "popitem(): dictionary is empty");
    }
    pair.as<Tuple>()->items[0] = key.take();
    pair.as<Tuple>()->items[1] = value.take();
    return pair;
}

Ref dict_update_method(Value self, const Args& args) {
    return update_from_args(as<Dict>(self), args, "update") ? Ref::own(none()) : Ref();
}

Ref dict_clear_method(Value self, const Args&) {
    dict_clear(as<Dict>(self));
    return Ref::own(none());
}

Ref dict_copy_method(Value self, const Args&) {
    return dict_copy(as<Dict>(self));
}

Ref dict_fromkeys(Value cls, const Args& args) {
    Ref result = call(cls, {});
    Value value = args[1] != nullptr ? args[1] : none();
    return result && for_each(args[0], [&](const Ref& key) { return set_item(result, key, value); })
               ? std::move(result)
               : Ref();
}

Ref dict_keys_view(Value self, const Args&) {
    return make_box(vm.classes.dict_keys, self);
}
Ref dict_values_view(Value self, const Args&) {
    return make_box(vm.classes.dict_values, self);
}
Ref dict_items_view(Value self, const Args&) {
    return make_box(vm.classes.dict_items, self);
}
Ref dict_reversed(Value self, const Args&) {
    return dict_iterator(self, DictPart::Keys, true);
}

const NativeDef kMethods[] = {{"get", dict_get, "key default? /"},
                              {"setdefault", dict_setdefault, "key default? /"},
                              {"pop", dict_pop_method, "key default? /"},
                              {"popitem", dict_popitem, ""},
                              {"update", dict_update_method, nullptr},
                              {"clear", dict_clear_method, ""},
                              {"copy", dict_copy_method, ""},
                              {"keys", dict_keys_view, ""},
                              {"values", dict_values_view, ""},
                              {"items", dict_items_view, ""},
                              {"__reversed__", dict_reversed, ""},
                              {"fromkeys", dict_fromkeys, "iterable value? /", NativeDef::OfClass},
                              {nullptr, nullptr, nullptr}};

NativeClass dict_class = {"dict",
                          kDict,
                          {.create = dict_create,
                           .init = dict_init,
                           .repr = dict_repr,
                           .unhashable = true,
                           .compare = dict_compare,
                           .iter = dict_iter,
                           .length = dict_length,
                           .get_item = dict_get_item,
                           .set_item = dict_set_item,
                           .contains = dict_contains,
                           .binary = dict_binary,
                           .binary_mask = bit(BinOp::Or),
                           .inplace = dict_inplace,
                           .inplace_mask = bit(BinOp::Or)},
                          kMethods};

}  // namespace

void make_dict_class() {
    vm.classes.dict = make_native_class(dict_class, vm.classes.object, vm.classes.dict);
}

}  // namespace pebble
