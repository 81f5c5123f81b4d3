// SPDX-License-Identifier: MIT
#include <utility>

#include "types/set.h"

namespace pebble {
namespace {

// Iterators: a is the dict, i the position, n its length at the start, b the tuple of the results,
// c how many entries are left. Views and proxies: a is the dict.

template <DictPart kPart, bool kBackward>
Ref iterator_next(Value self) {
    Box* box = as<Box>(self);
    if (box->a == nullptr) {
        return {};
    }
    Dict* dict = as<Dict>(box->a);
    if (static_cast<int64_t>(dict->count()) != box->n) {
        box->n = -1;
        return raise(vm.exceptions.RuntimeError, "dictionary changed size during iteration");
    }
    auto at = static_cast<size_t>(box->i);
    Value key = nullptr;
    Value value = nullptr;
    if (!(kBackward ? dict_previous : dict_next)(dict, &at, &key, &value)) {
        store(&box->a, nullptr);
        return {};
    }
    if (small_value(box->c) == 0) {
        store(&box->a, nullptr);
        return raise(vm.exceptions.RuntimeError, "dictionary keys changed during iteration");
    }
    box->c = small(small_value(box->c) - 1);
    box->i = static_cast<int64_t>(at);
    if (kPart != DictPart::Items) {
        return Ref::share(kPart == DictPart::Keys ? key : value);
    }
    const Ref held[] = {Ref::share(key), Ref::share(value)};
    Ref row = result_tuple(box->b);
    for (size_t k = 0; row && k < 2; ++k) {
        store(&row.as<Tuple>()->items[k], new_ref(held[k]));
    }
    return row;
}

template <bool kBackward>
Ref iterator_length_hint(Value self, const Args&) {
    Box* box = as<Box>(self);
    if (box->a == nullptr) {
        return new_int(0);
    }
    int64_t left = 0;
    auto at = static_cast<size_t>(box->i);
    for (Value key, value;
         (kBackward ? dict_previous : dict_next)(as<Dict>(box->a), &at, &key, &value);) {
        ++left;
    }
    return new_int(left);
}

template <DictPart kPart>
Ref view_iter(Value self) {
    return dict_iterator(as<Box>(self)->a, kPart, false);
}
template <DictPart kPart>
Ref view_reversed(Value self, const Args&) {
    return dict_iterator(as<Box>(self)->a, kPart, true);
}

bool view_length(Value self, int64_t* out) {
    *out = static_cast<int64_t>(as<Dict>(as<Box>(self)->a)->count());
    return true;
}

Ref view_repr(Value self) {
    ReprGuard guard(self);
    if (guard.again()) {
        return new_str("...");
    }
    std::string text = std::string(class_name(class_of(self))) + "([";
    Ref items = to_list(self);
    return items && append_items(&text, items) ? new_str(text + "])") : Ref();
}

bool keys_contains(Value self, Value key, bool* out) {
    return contains(as<Box>(self)->a, key, out);
}

bool items_contains(Value self, Value item, bool* out) {
    *out = false;
    if (!is<Tuple>(item) || as<Tuple>(item)->count != 2) {
        return true;
    }
    Value found = nullptr;
    if (!dict_find(as<Dict>(as<Box>(self)->a), as<Tuple>(item)->items[0], &found)) {
        return false;
    }
    Ref keep = Ref::share(found);
    return found == nullptr || equal(found, as<Tuple>(item)->items[1], out);
}

bool is_set_like(Value v) {
    Class* cls = class_of(v);
    return is<Set>(v) || cls == vm.classes.dict_keys || cls == vm.classes.dict_items;
}

/// The set of what a view shows; the hashes of keys are known.
Ref as_set(Value view) {
    Ref set = new_set(vm.classes.set);
    const bool keys = class_of(view) == vm.classes.dict_keys && is_exact<Dict>(as<Box>(view)->a);
    return set && set_update(set.as<Set>(), keys ? as<Box>(view)->a : view) ? std::move(set)
                                                                            : Ref();
}

bool is_view(Value v) {
    return class_of(v) == vm.classes.dict_keys || class_of(v) == vm.classes.dict_items;
}

size_t view_size(Value view) {
    return as<Dict>(as<Box>(view)->a)->count();
}

Ref view_compare(Value a, Value b, CmpOp op) {
    if (!is_set_like(a) || !is_set_like(b)) {
        return Ref::own(not_implemented());
    }
    // Items may hold values that no set can.
    const bool swapped = op == CmpOp::Gt || op == CmpOp::Ge;
    int64_t small_length = 0;
    int64_t large_length = 0;
    if (!length_of(swapped ? b : a, &small_length) || !length_of(swapped ? a : b, &large_length)) {
        return {};
    }
    const bool equality = op == CmpOp::Eq || op == CmpOp::Ne;
    const bool strict = op == CmpOp::Lt || op == CmpOp::Gt;
    bool result =
        equality ? small_length == large_length : small_length < large_length + (strict ? 0 : 1);
    const bool ok = !result || for_each(swapped ? b : a, [&](const Ref& item) {
        bool found = true;
        const bool asked = !result || contains(swapped ? a : b, item, &found);
        result = result && found;
        return asked;
    });
    return ok ? Ref::own(truth(result == (op != CmpOp::Ne))) : Ref();
}

Ref view_intersection(Value view, Value other) {
    if (!is_view(view)) {
        std::swap(view, other);
    }
    if (class_of(other) == vm.classes.set && view_size(view) <= as<Set>(other)->count()) {
        return set_combine(other, view, BinOp::And, vm.classes.set);
    }
    if (is_view(other) && view_size(other) > view_size(view)) {
        std::swap(view, other);
    }
    Ref result = new_set(vm.classes.set);
    const bool ok =
        result && for_each(other, [&](const Ref& item) {
            bool found = false;
            return contains(view, item, &found) && (!found || set_add(result.as<Set>(), item));
        });
    return ok ? std::move(result) : Ref();
}

Ref view_binary(Value a, Value b, BinOp op) {
    if (op == BinOp::And) {
        return view_intersection(a, b);
    }
    Ref result = is_view(a) ? as_set(a) : set_combine(a, a, BinOp::Or, vm.classes.set);
    return result && set_combine_into(result, b, op) ? std::move(result) : Ref();
}

Ref view_mapping(Value self) {
    return make_box(vm.classes.dict_proxy, as<Box>(self)->a);
}
const GetSet kViewGetSets[] = {{"mapping", view_mapping}, {nullptr, nullptr}};

Ref view_isdisjoint(Value self, const Args& args) {
    Value view = self;
    Value other = args[0];
    if (view == other) {
        return Ref::own(truth(view_size(view) == 0));
    }
    int64_t length = 0;
    if ((is_view(other) || is<Set>(other)) && length_of(other, &length) &&
        length > static_cast<int64_t>(view_size(view))) {
        std::swap(view, other);
    }
    bool found = false;
    const bool whole =
        for_each(other, [&](const Ref& item) { return contains(view, item, &found) && !found; });
    return whole || !pending() ? Ref::own(truth(!found)) : Ref();
}

template <DictPart kPart>
// NOLINTNEXTLINE(google-readability-casting): a name with an argument is no cast
const NativeDef kViewMethods[] = {{"__reversed__", view_reversed<kPart>, ""},
                                  {"isdisjoint", view_isdisjoint, "other /"},
                                  {nullptr, nullptr, nullptr}};
template <bool kBackward>
const NativeDef kIteratorMethods[] = {{"__length_hint__", iterator_length_hint<kBackward>, ""},
                                      {"__copy__", iterator_copy, ""},
                                      {nullptr, nullptr, nullptr}};
constexpr unsigned kSetOps = bit(BinOp::And) | bit(BinOp::Or) | bit(BinOp::Sub) | bit(BinOp::Xor);

template <DictPart kPart, bool kBackward>
NativeClass iterator_of(const char* name) {
    return hidden_iterator(name, iterator_next<kPart, kBackward>, kIteratorMethods<kBackward>);
}
/// By part, first those that go forward.
NativeClass iterator_classes[] = {iterator_of<DictPart::Keys, false>("dict_keyiterator"),
                                  iterator_of<DictPart::Values, false>("dict_valueiterator"),
                                  iterator_of<DictPart::Items, false>("dict_itemiterator"),
                                  iterator_of<DictPart::Keys, true>("dict_reversekeyiterator"),
                                  iterator_of<DictPart::Values, true>("dict_reversevalueiterator"),
                                  iterator_of<DictPart::Items, true>("dict_reverseitemiterator")};
Class* iterators[std::size(iterator_classes)];

const NativeDef kValuesMethods[] = {{"__reversed__", view_reversed<DictPart::Values>, ""},
                                    {nullptr, nullptr, nullptr}};
NativeClass keys_class = {"dict_keys",
                          kBox,
                          {.repr = view_repr,
                           .unhashable = true,
                           .compare = view_compare,
                           .iter = view_iter<DictPart::Keys>,
                           .length = view_length,
                           .contains = keys_contains,
                           .binary = view_binary,
                           .binary_mask = kSetOps},
                          kViewMethods<DictPart::Keys>,
                          kViewGetSets,
                          true};
NativeClass values_class = {
    "dict_values",
    kBox,
    {.repr = view_repr, .iter = view_iter<DictPart::Values>, .length = view_length},
    kValuesMethods,
    kViewGetSets,
    true};
NativeClass items_class = {"dict_items",
                           kBox,
                           {.repr = view_repr,
                            .unhashable = true,
                            .compare = view_compare,
                            .iter = view_iter<DictPart::Items>,
                            .length = view_length,
                            .contains = items_contains,
                            .binary = view_binary,
                            .binary_mask = kSetOps},
                           kViewMethods<DictPart::Items>,
                           kViewGetSets,
                           true};

// A proxy shows a dict without letting it be changed.

Ref proxy_iter(Value self) {
    return iterate(as<Box>(self)->a);
}
Ref proxy_get_item(Value self, Value key) {
    return get_item(as<Box>(self)->a, key);
}
Ref proxy_repr(Value self) {
    Ref text = repr(as<Box>(self)->a);
    return text ? new_str("mappingproxy(" + std::string(view(text)) + ")") : Ref();
}
Ref proxy_str(Value self) {
    return str(as<Box>(self)->a);
}
Ref proxy_compare(Value a, Value b, CmpOp op) {
    const auto unwrap = [](Value v) {
        return class_of(v) == vm.classes.dict_proxy ? as<Box>(v)->a : v;
    };
    return compare(unwrap(a), unwrap(b), op);
}
template <const char* const& kName>
Ref proxy_forward(Value self, const Args& args) {
    Ref method = get_attribute(as<Box>(self)->a, intern(kName));
    return method ? call(method, args) : Ref();
}
const char* const kGet = "get";
const char* const kKeys = "keys";
const char* const kValues = "values";
const char* const kItems = "items";
const char* const kCopy = "copy";
const NativeDef kProxyMethods[] = {{kGet, proxy_forward<kGet>, nullptr},
                                   {kKeys, proxy_forward<kKeys>, nullptr},
                                   {kValues, proxy_forward<kValues>, nullptr},
                                   {kItems, proxy_forward<kItems>, nullptr},
                                   {kCopy, proxy_forward<kCopy>, nullptr},
                                   {nullptr, nullptr, nullptr}};
Ref proxy_create(Class* cls, const Args& args) {
    if (args.count != 1 || !is<Dict>(args[0])) {
        return raise_type("mappingproxy() argument must be a mapping");
    }
    return make_box(cls, args[0]);
}
NativeClass proxy_class = {"mappingproxy",
                           kBox,
                           {.create = proxy_create,
                            .repr = proxy_repr,
                            .str = proxy_str,
                            .unhashable = true,
                            .compare = proxy_compare,
                            .iter = proxy_iter,
                            .length = view_length,
                            .get_item = proxy_get_item,
                            .contains = keys_contains},
                           kProxyMethods,
                           nullptr,
                           true};

}  // namespace

Ref dict_iterator(Value dict, DictPart part, bool backward) {
    Ref row = part == DictPart::Items ? make_tuple({none(), none()}) : Ref();
    Ref iterator = make_box(iterators[static_cast<size_t>(part) + (backward ? 3 : 0)],
                            dict,
                            row.get(),
                            small(static_cast<int64_t>(as<Dict>(dict)->count())));
    if (iterator) {
        iterator.as<Box>()->n = static_cast<int64_t>(as<Dict>(dict)->count());
        iterator.as<Box>()->i = backward ? static_cast<int64_t>(as<Dict>(dict)->entries.count) : 0;
    }
    return iterator;
}

void make_dict_view_classes() {
    for (size_t i = 0; i < std::size(iterators); ++i) {
        iterators[i] = make_native_class(iterator_classes[i], vm.classes.object);
    }
    vm.classes.dict_keys = make_native_class(keys_class, vm.classes.object);
    vm.classes.dict_values = make_native_class(values_class, vm.classes.object);
    vm.classes.dict_items = make_native_class(items_class, vm.classes.object);
    vm.classes.dict_proxy = make_native_class(proxy_class, vm.classes.object);
}

}  // namespace pebble
