// SPDX-License-Identifier: MIT
#include "core/class.h"

#include <algorithm>

#include "core/eval.h"
#include "core/lookup.h"
#include "core/special.h"
#include "types/types.h"

namespace pebble {
namespace {

/// The C3 order of a class with these bases; empty: there is none.
std::vector<Class*> linearize(Class* cls, const Tuple* bases) {
    std::vector<std::vector<Class*>> lists;
    std::vector<Class*> direct;
    for (size_t i = 0; i < bases->count; ++i) {
        const Tuple* mro = as<Tuple>(as<Class>(bases->items[i])->mro);
        std::vector<Class*> list;
        list.reserve(mro->count);
        for (size_t k = 0; k < mro->count; ++k) {
            list.push_back(as<Class>(mro->items[k]));
        }
        lists.push_back(std::move(list));
        direct.push_back(as<Class>(bases->items[i]));
    }
    lists.push_back(std::move(direct));
    std::vector<Class*> order = {cls};
    for (;;) {
        lists.erase(std::remove_if(
                        lists.begin(), lists.end(), [](const auto& list) { return list.empty(); }),
                    lists.end());
        if (lists.empty()) {
            return order;
        }
        Class* next = nullptr;
        for (const auto& list : lists) {
            const bool blocked = std::any_of(lists.begin(), lists.end(), [&](const auto& other) {
                return std::find(other.begin() + 1, other.end(), list[0]) != other.end();
            });
            if (!blocked) {
                next = list[0];
                break;
            }
        }
        if (next == nullptr) {
            return {};
        }
        order.push_back(next);
        for (auto& list : lists) {
            if (list[0] == next) {
                list.erase(list.begin());
            }
        }
    }
}

Ref tuple_of(const std::vector<Class*>& classes) {
    Ref tuple = new_tuple(classes.size());
    for (size_t i = 0; tuple && i < classes.size(); ++i) {
        tuple.as<Tuple>()->items[i] = new_ref(val(classes[i]));
    }
    return tuple;
}

void inherit_ops(Ops* ops, const Ops& base) {
#define PEBBLE_INHERIT(field) ops->field = ops->field != nullptr ? ops->field : base.field
    PEBBLE_INHERIT(init);
    PEBBLE_INHERIT(repr);
    PEBBLE_INHERIT(str);
    PEBBLE_INHERIT(iter);
    PEBBLE_INHERIT(next);
    PEBBLE_INHERIT(length);
    PEBBLE_INHERIT(truth);
    PEBBLE_INHERIT(get_item);
    PEBBLE_INHERIT(set_item);
    PEBBLE_INHERIT(contains);
    PEBBLE_INHERIT(call);
    PEBBLE_INHERIT(unary);
    PEBBLE_INHERIT(get_attribute);
    PEBBLE_INHERIT(set_attribute);
    PEBBLE_INHERIT(bind);
    PEBBLE_INHERIT(bind_set);
    PEBBLE_INHERIT(format);
#undef PEBBLE_INHERIT
    if (ops->compare == nullptr && ops->hash == nullptr && !ops->unhashable) {
        ops->compare = base.compare;
        ops->hash = base.hash;
        ops->unhashable = base.unhashable;
    }
    if (ops->binary == nullptr) {
        ops->binary = base.binary;
        ops->binary_mask = base.binary_mask;
    }
    if (ops->inplace == nullptr) {
        ops->inplace = base.inplace;
        ops->inplace_mask = base.inplace_mask;
    }
}

}  // namespace

std::string private_name(const std::string& class_name, const std::string& name) {
    const size_t start = class_name.find_first_not_of('_');
    const bool is_private = name.size() > 2 && name.compare(0, 2, "__") == 0 &&
                            name.compare(name.size() - 2, 2, "__") != 0;
    return is_private && start != std::string::npos ? "_" + class_name.substr(start) + name : name;
}

void add_methods(Class* cls, const NativeDef* methods) {
    for (const NativeDef* def = methods; def != nullptr && def->name != nullptr; ++def) {
        dict_set_name(cls->dict, intern(def->name), new_native(def, nullptr, cls).get());
    }
    class_changed(cls);
}

Class* make_native_class(NativeClass& native, Class* base, Class* into) {
    Class* cls = into;
    if (cls == nullptr) {
        cls = as<Class>(cairn_new(layouts[kClass].exact));
        if (cls == nullptr) {
            return nullptr;
        }
        cls->cls = vm.classes.type;
        cls->info = new ClassInfo;
    }
    cls->info->native = &native;
    cls->info->base = cls;
    cls->info->layout = native.layout;
    cls->info->final = native.final;
    cls->info->has_dict =
        native.layout == kException || native.layout == kModule || native.layout == kFunction;
    if (base != nullptr) {
        inherit_ops(&native.ops, base->info->native->ops);
        // Only an object of the same layout is made in the same way.
        if (native.ops.create == nullptr && native.layout == base->info->layout) {
            native.ops.create = base->info->native->ops.create;
        }
        cls->info->is_exception = base->info->is_exception;
        base->info->subclasses.push_back(cls);
    }
    cls->name = new_ref(val(intern(native.name)));
    cls->qualname = new_ref(cls->name);
    cls->dict = as<Dict>(new_dict().take());
    std::vector<Class*> order = {cls};
    for (Class* up = base; up != nullptr; up = as<Tuple>(up->bases)->count > 0
                                                   ? as<Class>(as<Tuple>(up->bases)->items[0])
                                                   : nullptr) {
        order.push_back(up);
    }
    cls->bases =
        tuple_of(base != nullptr ? std::vector<Class*>{base} : std::vector<Class*>{}).take();
    cls->mro = tuple_of(order).take();
    add_special_methods(cls);
    add_methods(cls, native.methods);
    for (const GetSet* getset = native.getsets; getset != nullptr && getset->name != nullptr;
         ++getset) {
        Ref descriptor = make_box(vm.classes.getset, val(intern(getset->name)), val(cls));
        descriptor.as<Box>()->i = reinterpret_cast<intptr_t>(getset);
        dict_set_name(cls->dict, intern(getset->name), descriptor);
    }
    const bool builtin = std::string_view(native.module) == "builtins";
    native.full_name = builtin ? native.name : std::string(native.module) + "." + native.name;
    if (dict_find_name(cls->dict, vm.names.module) == nullptr) {
        dict_set_name(cls->dict, vm.names.module, val(intern(native.module)));
    }
    if (native.doc != nullptr) {
        dict_set_name(cls->dict, vm.names.doc, new_str(native.doc).get());
    }
    cls->dict->owner = cls;
    class_changed(cls);
    cairn_make_immortal(val(cls));
    return cls;
}

namespace {

/// The builtin class that instances of a class with these bases are laid out as.
Class* native_base(const Tuple* bases) {
    Class* best = nullptr;
    for (size_t i = 0; i < bases->count; ++i) {
        if (!is<Class>(bases->items[i])) {
            raise_type("bases must be types");
            return nullptr;
        }
        Class* cls = as<Class>(bases->items[i]);
        if (cls->info->final) {
            raise_type("type '%s' is not an acceptable base type", class_name(cls));
            return nullptr;
        }
        Class* candidate = cls->info->base;
        if (best == nullptr || is_subclass(candidate, best)) {
            best = candidate;
        } else if (!is_subclass(best, candidate)) {
            if (best->info->layout != candidate->info->layout) {
                raise_type("multiple bases have instance lay-out conflict");
                return nullptr;
            }
        }
    }
    return best;
}

/// Turns __slots__ into descriptors. Only plain instances have inline places for them; other
/// layouts keep such attributes in the field of the dict, whether programs see a dict or not.
bool add_slots(Class* cls, const Tuple* bases) {
    ClassInfo* info = cls->info;
    bool inherited_dict = false;
    for (size_t i = 0; i < bases->count; ++i) {
        const ClassInfo* base = as<Class>(bases->items[i])->info;
        inherited_dict = inherited_dict || base->has_dict;
        info->slot_count = std::max(info->slot_count, base->slot_count);
        info->inline_capacity =
            std::max(info->inline_capacity, base->inline_capacity - base->slot_count);
    }
    Ref slots = Ref::share(dict_find_name(cls->dict, vm.names.slots));
    const bool plain = info->layout == kInstance;
    const bool can_have_dict = plain || info->layout == kList || info->layout == kDict ||
                               info->layout == kSet || info->layout == kDeque ||
                               info->layout == kException || info->layout == kWeakRef ||
                               info->layout == kModule;
    info->has_dict = can_have_dict && (!slots || inherited_dict);
    if (!slots) {
        return true;
    }
    Ref names = is<Str>(slots) ? make_tuple({slots}) : to_tuple(slots);
    if (names && names.as<Tuple>()->count > 0 &&
        (info->layout == kInt || info->layout == kTuple || info->layout == kBytes)) {
        return raise_type("nonempty __slots__ not supported for subtype of '%s'",
                          class_name(info->base));
    }
    for (size_t i = 0; names && i < names.as<Tuple>()->count; ++i) {
        Value given = names.as<Tuple>()->items[i];
        if (!is<Str>(given)) {
            return raise_type("__slots__ items must be strings, not '%s'", type_name(given));
        }
        if (!is_identifier(view(given))) {
            return raise_type("__slots__ must be identifiers");
        }
        Str* name = intern(view(given));
        name = intern(private_name(class_name(cls), name->data));
        if (name == vm.names.dict) {
            info->has_dict = can_have_dict;
        } else if (name != vm.names.weakref && can_have_dict) {
            if (dict_find_name(cls->dict, name) != nullptr) {
                return raise(vm.exceptions.ValueError,
                             "'%s' in __slots__ conflicts with class variable",
                             name->data);
            }
            Ref member = make_box(vm.classes.member, val(name), val(cls));
            if (!member) {
                return false;
            }
            member.as<Box>()->i = plain ? int64_t{info->slot_count++} : -1;
            dict_set_name(cls->dict, name, member);
        }
    }
    return static_cast<bool>(names);
}

/// Functions that are not ordinary methods although nobody decorated them.
bool adjust_dict(Class* cls) {
    const std::pair<Str*, Class*> special[] = {{vm.names.new_, vm.classes.staticmethod},
                                               {vm.names.init_subclass, vm.classes.classmethod},
                                               {vm.names.class_getitem, vm.classes.classmethod}};
    for (const auto& [name, wrapper] : special) {
        Value found = dict_find_name(cls->dict, name);
        if (found != nullptr && is<Function>(found)) {
            Ref wrapped = make_box(wrapper, found);
            if (!wrapped || !dict_set_name(cls->dict, name, wrapped)) {
                return false;
            }
        }
    }
    if (dict_find_name(cls->dict, vm.names.eq) != nullptr &&
        dict_find_name(cls->dict, vm.names.hash) == nullptr) {
        dict_set_name(cls->dict, vm.names.hash, none());
    }
    if (dict_find_name(cls->dict, vm.names.doc) == nullptr) {
        dict_set_name(cls->dict, vm.names.doc, none());
    }
    return true;
}

/// The first class of a line whose instances have attributes of their own says so in its dict.
bool add_instance_descriptors(Class* cls, const Tuple* bases) {
    for (size_t i = 0; i < bases->count; ++i) {
        if (as<Class>(bases->items[i])->info->has_dict) {
            return true;
        }
    }
    Value dict_getset =
        cls->info->has_dict ? dict_find_name(vm.classes.object->dict, vm.names.dict) : nullptr;
    for (Str* name : {vm.names.dict, vm.names.weakref}) {
        if (dict_getset == nullptr || dict_find_name(cls->dict, name) != nullptr) {
            continue;
        }
        const Box* source = as<Box>(
            name == vm.names.dict ? dict_getset : dict_find_name(vm.classes.object->dict, name));
        Ref descriptor = make_box(vm.classes.getset, val(name), val(cls));
        if (!descriptor) {
            return false;
        }
        descriptor.as<Box>()->i = source->i;
        dict_set_name(cls->dict, name, descriptor);
    }
    return true;
}

/// Calls __set_name__ of the attributes and __init_subclass__ of the bases.
bool announce(Class* cls, const Args& keywords) {
    Ref copy = dict_copy(cls->dict);
    size_t at = 0;
    for (Value key, value; copy && dict_next(copy.as<Dict>(), &at, &key, &value);) {
        Ref held[] = {Ref::share(key), Ref::share(value)};
        if (class_lookup(class_of(value), vm.names.set_name) != nullptr &&
            !call_special(value, vm.names.set_name, {val(cls), key})) {
            Ref cause = fetch();
            raise(vm.exceptions.RuntimeError,
                  "Error calling __set_name__ on '%s' instance %s in '%s'",
                  type_name(value),
                  repr_text(key).c_str(),
                  class_name(cls));
            if (vm.pending != nullptr) {
                vm.pending->suppress_context = true;
                store(&vm.pending->cause, new_ref(cause));
                store(&vm.pending->context, cause.take());
            }
            return false;
        }
    }
    Value found = class_lookup_after(cls, cls, vm.names.init_subclass);
    Ref method = bind(found, nullptr, cls);
    return method && call(method, Args{keywords.values + keywords.count, 0, keywords.keywords});
}

}  // namespace

Ref make_class(
    Value name, Tuple* given_bases, Dict* dict, const Args& keywords, uint32_t attribute_hint) {
    Ref bases =
        given_bases->count > 0 ? Ref::share(given_bases) : make_tuple({val(vm.classes.object)});
    Class* base = bases ? native_base(bases.as<Tuple>()) : nullptr;
    if (base == nullptr) {
        return {};
    }
    Ref result = Ref::own(make<Class>(vm.classes.type));
    if (!result) {
        return {};
    }
    Class* cls = result.as<Class>();
    cls->info = new ClassInfo;
    cls->info->base = base;
    cls->info->layout = base->info->layout;
    cls->info->is_exception = base->info->is_exception;
    cls->name = new_ref(name);
    cls->dict = as<Dict>(dict_copy(dict).take());
    const std::vector<Class*> order = linearize(cls, bases.as<Tuple>());
    if (order.empty()) {
        std::string names;
        for (size_t i = 0; i < bases.as<Tuple>()->count; ++i) {
            for (size_t k = 0; k < i; ++k) {
                if (bases.as<Tuple>()->items[k] == bases.as<Tuple>()->items[i]) {
                    return raise_type("duplicate base class %s",
                                      class_name(as<Class>(bases.as<Tuple>()->items[i])));
                }
            }
            names += (i > 0 ? ", " : " ");
            names += class_name(as<Class>(bases.as<Tuple>()->items[i]));
        }
        return raise_type("Cannot create a consistent method resolution\norder (MRO) for bases%s",
                          names.c_str());
    }
    cls->mro = tuple_of(order).take();
    cls->bases = bases.take();
    const Tuple* direct = as<Tuple>(cls->bases);
    link_class(cls, direct);
    if (cls->dict == nullptr || cls->mro == nullptr) {
        return {};
    }
    Ref qualname = dict_pop(cls->dict, val(vm.names.qualname));
    cls->qualname = qualname ? qualname.take() : new_ref(name);
    if (!add_slots(cls, direct) || !adjust_dict(cls) || !add_instance_descriptors(cls, direct)) {
        return {};
    }
    // One place more than the methods are seen to use, for what is set from outside; a few if all
    // is set from there.
    const bool empty = cls->info->inline_capacity == 0 && attribute_hint == 0;
    const uint32_t places = empty ? 6 : std::min(attribute_hint + 1, 30u);
    cls->info->inline_capacity += cls->info->slot_count + (cls->info->has_dict ? places : 0);
    cls->dict->owner = cls;
    class_changed(cls);
    if (!announce(cls, keywords)) {
        return {};
    }
    return result;
}

Ref call_class(Class* cls, const Args& args) {
    if (cls == vm.classes.type && args.count == 1 && args.keyword_count() == 0) {
        return Ref::share(class_of(args[0]));
    }
    // Nothing of the program may take the class away while its instance is being made.
    Ref keep = is_heap_class(cls) ? Ref::share(cls) : Ref();
    Value create = class_lookup(cls, vm.names.new_);
    Ref object;
    if (create == nullptr || is_exact<Native>(create)) {
        const auto make = cls->info->base->info->native->ops.create;
        if (make == nullptr) {
            return raise_type("cannot create '%s' instances", class_name(cls));
        }
        object = make(cls, args);
    } else {
        Ref function = bind(create, nullptr, cls);
        Ref method = function ? new_method(function, val(cls)) : Ref();
        object = method ? call(method, args) : Ref();
    }
    if (!object || !is_instance(object, cls)) {
        return object;
    }
    Value init = class_lookup(class_of(object), vm.names.init);
    if (init == nullptr || is_exact<Native>(init)) {
        const auto initialize = class_of(object)->info->base->info->native->ops.init;
        return initialize == nullptr || initialize(object, args) ? std::move(object) : Ref();
    }
    Ref method = bind(init, object, cls);
    if (is<Box>(method) && class_of(method) == vm.classes.method) {
        // Unpacked here, so that the call makes no method object outlive its use.
        Ref function = Ref::share(method.as<Box>()->a);
        method.reset();
        std::vector<Value> all(args.values, args.values + args.count + args.keyword_count());
        all.insert(all.begin(), object.get());
        method = call(function, Args{all.data(), args.count + 1, args.keywords});
    } else {
        method = method ? call(method, args) : Ref();
    }
    if (!method) {
        return {};
    }
    if (!is_none(method)) {
        return raise_type("__init__() should return None, not '%s'", type_name(method));
    }
    return object;
}

}  // namespace pebble
