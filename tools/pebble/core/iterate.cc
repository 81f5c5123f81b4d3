// SPDX-License-Identifier: MIT
#include "core/eval.h"
#include "types/types.h"

namespace pebble {

Ref iterate(Value v) {
    Class* cls = class_of(v);
    if (!is_heap_class(cls)) {
        const Ops& ops = cls->info->native->ops;
        if (ops.iter != nullptr) {
            return ops.iter(v);
        }
        return raise_type("'%s' object is not iterable", class_name(cls));
    }
    Value found = class_lookup(cls, vm.names.iter);
    if (found != nullptr && !is_none(found)) {
        Ref iterator = call_special(v, vm.names.iter, {});
        if (iterator) {
            Class* type = class_of(iterator);
            const bool good = is_heap_class(type) ? class_lookup(type, vm.names.next) != nullptr
                                                  : type->info->native->ops.next != nullptr;
            if (!good) {
                return raise_type("iter() returned non-iterator of type '%s'", class_name(type));
            }
        }
        return iterator;
    }
    if (found == nullptr && class_lookup(cls, vm.names.getitem) != nullptr) {
        return new_iterator(v);
    }
    return raise_type("'%s' object is not iterable", class_name(cls));
}

Ref next_raw(Value iterator) {
    Class* cls = class_of(iterator);
    if (!is_heap_class(cls)) {
        const auto step = cls->info->native->ops.next;
        return step != nullptr ? step(iterator)
                               : Ref(raise_type("'%s' object is not an iterator", class_name(cls)));
    }
    Value found = class_lookup(cls, vm.names.next);
    if (found == nullptr) {
        return raise_type("'%s' object is not an iterator", class_name(cls));
    }
    return call_special(iterator, vm.names.next, {});
}

Ref next(Value iterator) {
    if (vm.interrupted && !check_interrupt()) {
        return {};
    }
    Ref item = next_raw(iterator);
    if (!item && pending()) {
        swallow(vm.exceptions.StopIteration);
    }
    return item;
}

Ref to_list(Value iterable) {
    Ref list = new_list();
    return list && list_extend(list.as<List>(), iterable) ? std::move(list) : Ref();
}

Ref to_tuple(Value iterable) {
    if (is_exact<Tuple>(iterable)) {
        return Ref::share(iterable);
    }
    Ref list = to_list(iterable);
    return list ? new_tuple(list.as<List>()->items.count, list.as<List>()->items.data()) : Ref();
}

bool items_of(Value sequence, Items* out) {
    if (is<Tuple>(sequence)) {
        *out = {as<Tuple>(sequence)->items, as<Tuple>(sequence)->count};
        return true;
    }
    if (is<List>(sequence)) {
        *out = {as<List>(sequence)->items.data(), as<List>(sequence)->items.count};
        return true;
    }
    return false;
}

Ref take_stop_value() {
    Ref exception = fetch();
    const Tuple* args = as<Tuple>(exception.as<Exception>()->args);
    return Ref::share(args != nullptr && args->count > 0 ? args->items[0] : none());
}

}  // namespace pebble
