// SPDX-License-Identifier: MIT
#include "core/loop.h"

#include "types/types.h"

namespace pebble {

bool Loop::load_global(Str* name) {
    Value v = dict_find_name(globals, name);
    if (v == nullptr) {
        v = dict_find_name(vm.builtins, name);
    }
    if (v == nullptr) {
        return raise_unbound(name, Unbound::Name);
    }
    push(new_ref(v));
    return true;
}

bool Loop::load_name(Str* name) {
    if (frame->locals != nullptr) {
        Value v = dict_find_name(as<Dict>(frame->locals), name);
        if (v != nullptr) {
            push(new_ref(v));
            return true;
        }
    }
    return load_global(name);
}

bool Loop::delete_name(Dict* dict, Str* name) {
    return dict_delete_name(dict, name) || raise_unbound(name, Unbound::Name);
}

bool Loop::load_cell(uint32_t n, bool class_body) {
    if (class_body) {
        Value v = dict_find_name(as<Dict>(frame->locals), local_name(n));
        if (v != nullptr) {
            push(new_ref(v));
            return true;
        }
    }
    Value v = as<Cell>(frame->items[n])->value;
    if (v == nullptr) {
        const bool is_free = n >= data->locals - data->frees;
        return raise_unbound(local_name(n), is_free ? Unbound::Free : Unbound::Local);
    }
    push(new_ref(v));
    return true;
}

bool Loop::make_cell(uint32_t arg) {
    const uint32_t param = arg >> 12;
    Ref initial = Ref::own(param != 0 ? std::exchange(frame->items[param - 1], nullptr) : nullptr);
    Ref cell = new_cell(initial);
    frame->items[arg & 0xFFF] = cell.take();
    return frame->items[arg & 0xFFF] != nullptr;
}

bool Loop::load_method(Str* name) {
    Ref object = pop();
    Ref function;
    Ref self;
    if (!get_method(object, name, &function, &self)) {
        return false;
    }
    if (self) {
        push(function.take());
        push(self.take());
    } else {
        push(nullptr);
        push(function.take());
    }
    return true;
}

/// [method self args..] or [NULL callable args..]. A function takes the arguments over from the
/// stack, so that inside it nobody else holds them.
bool Loop::call(uint32_t n, Tuple* keywords) {
    Value* base = sp - n - 2;
    if (base[0] == nullptr && is_exact<Box>(base[1]) &&
        as<Object>(base[1])->cls == vm.classes.method) {
        Value method = base[1];
        base[0] = new_ref(as<Box>(method)->a);
        base[1] = new_ref(as<Box>(method)->b);
        decref(method);
    }
    Value callable = base[0] != nullptr ? base[0] : base[1];
    Value* args = base[0] != nullptr ? base + 1 : base + 2;
    const auto all = static_cast<size_t>(sp - args);
    const size_t count = all - (keywords != nullptr ? keywords->count : 0);
    if (is_exact<Function>(callable)) {
        sp = base;
        return push(call_function(as<Function>(callable), args, count, keywords));
    }
    Ref result = pebble::call(callable, Args{args, count, keywords});
    for (Value* at = args; at < sp; ++at) {
        decref(*at);
    }
    sp = base;
    decref(callable);
    return push(std::move(result));
}

bool Loop::call_ex(bool keywords) {
    Ref dict = keywords ? pop() : Ref();
    Ref args = pop();
    Ref callable = pop();
    pop();
    const Tuple* positional = args.as<Tuple>();
    const size_t named = dict ? dict.as<Dict>()->count() : 0;
    if (named == 0) {
        return push(pebble::call(callable, Args{positional->items, positional->count, nullptr}));
    }
    Ref keys = new_tuple(named);
    Ref values = new_tuple(positional->count + named);
    if (!keys || !values) {
        return false;
    }
    Value* out = values.as<Tuple>()->items;
    for (size_t i = 0; i < positional->count; ++i) {
        *out++ = new_ref(positional->items[i]);
    }
    size_t at = 0;
    size_t i = 0;
    for (Value key, value; i < named && dict_next(dict.as<Dict>(), &at, &key, &value); ++i) {
        keys.as<Tuple>()->items[i] = new_ref(key);
        *out++ = new_ref(value);
    }
    args.reset();
    dict.reset();
    return push(pebble::call(
        callable,
        Args{values.as<Tuple>()->items, values.as<Tuple>()->count - named, keys.as<Tuple>()}));
}

bool Loop::build(Op op, uint32_t n) {
    Value* base = sp - n;
    if (op == Op::BuildTuple || op == Op::BuildList) {
        Ref result = op == Op::BuildTuple ? new_tuple(n) : new_list(n);
        if (!result) {
            return false;
        }
        // The items move: their references are the stack's.
        Value* items =
            op == Op::BuildTuple ? result.as<Tuple>()->items : result.as<List>()->items.data();
        for (uint32_t i = 0; i < n; ++i) {
            items[i] = base[i];
        }
        sp = base;
        return push(std::move(result));
    }
    if (op == Op::BuildString) {
        std::string text;
        for (uint32_t i = 0; i < n; ++i) {
            text += view(base[i]);
        }
        return replace(static_cast<int>(n), new_str(text));
    }
    if (op == Op::BuildSet) {
        Ref result = new_set(vm.classes.set);
        for (uint32_t i = 0; result && i < n; ++i) {
            if (!set_add(result.as<Set>(), base[i])) {
                return false;
            }
        }
        return replace(static_cast<int>(n), std::move(result));
    }
    base = sp - size_t{2} * n;
    Ref result = new_dict();
    for (uint32_t i = 0; result && i < n; ++i) {
        if (!dict_set(result.as<Dict>(), base[size_t{2} * i], base[size_t{2} * i + 1])) {
            return false;
        }
    }
    return replace(static_cast<int>(2 * n), std::move(result));
}

bool Loop::add_to(Op op, uint32_t n) {
    if (op == Op::MapAdd) {
        Ref value = pop();
        Ref key = pop();
        return dict_set(as<Dict>(sp[-static_cast<int>(n)]), key, value);
    }
    Ref item = pop();
    Value target = sp[-static_cast<int>(n)];
    return op == Op::ListAppend ? list_append(as<List>(target), item)
                                : set_add(as<Set>(target), item);
}

namespace {

/// How messages about a call's arguments name what is called.
std::string full_name(Value callable) {
    Ref qualname = find_attribute(callable, vm.names.qualname);
    Ref module = qualname ? find_attribute(callable, vm.names.module) : Ref();
    if (!qualname || !is<Str>(qualname)) {
        return pending() ? (fetch(), "?") : repr_text(callable);
    }
    const bool shown = module && is<Str>(module) && view(module) != "builtins";
    return (shown ? std::string(view(module)) + "." : "") + c_str(qualname) + "()";
}

}  // namespace

/// `*iterable`: its items go into the list below. If it is `alone` in a call, what is called lies
/// under the list, and is named in the message.
bool Loop::list_extend(bool alone) {
    if (pebble::list_extend(as<List>(sp[-2]), sp[-1])) {
        return true;
    }
    for (Str* name : {vm.names.iter, vm.names.getitem}) {
        if (class_lookup(class_of(sp[-1]), name) != nullptr) {
            return false;
        }
    }
    if (!swallow(vm.exceptions.TypeError)) {
        return false;
    }
    if (alone) {
        return raise_type("%s argument after * must be an iterable, not %s",
                          full_name(sp[-3]).c_str(),
                          type_name(sp[-1]));
    }
    return raise_type("Value after * must be an iterable, not %s", type_name(sp[-1]));
}

/// `**` in a display: the mapping on top goes into the dict below.
bool Loop::merge_mapping() {
    Value other = sp[-1];
    if (!is<Dict>(other) && !find_attribute(other, vm.names.keys)) {
        return !pending() && raise_type("'%s' object is not a mapping", type_name(other));
    }
    return dict_update(as<Dict>(sp[-2]), other);
}

/// `**mapping` in a call: a key that is there already is an error. The dict lies upon the tuple of
/// arguments and the function.
bool Loop::dict_merge() {
    Ref other = pop();
    Dict* dict = as<Dict>(sp[-1]);
    Ref pairs = is<Dict>(other)                        ? Ref::share(other)
                : find_attribute(other, vm.names.keys) ? new_dict()
                                                       : Ref();
    if (!pairs) {
        return !pending() && raise_type("%s argument after ** must be a mapping, not %s",
                                        full_name(sp[-3]).c_str(),
                                        type_name(other));
    }
    if (!is<Dict>(other) && !dict_update(pairs.as<Dict>(), other)) {
        return false;
    }
    size_t at = 0;
    for (Value key, value; dict_next(pairs.as<Dict>(), &at, &key, &value);) {
        Value there = nullptr;
        Ref held[] = {Ref::share(key), Ref::share(value)};
        if (!is<Str>(key)) {
            return raise_type("keywords must be strings");
        }
        if (!dict_find(dict, key, &there)) {
            return false;
        }
        if (there != nullptr) {
            return raise_type("%s got multiple values for keyword argument '%s'",
                              full_name(sp[-3]).c_str(),
                              c_str(key));
        }
        if (!dict_set(dict, key, value)) {
            return false;
        }
    }
    return true;
}

bool Loop::unpack(uint32_t n) {
    Ref object = pop();
    Items items;
    Ref list;
    if (!is_exact<Tuple>(object) && !is_exact<List>(object)) {
        Ref iterator = iterate(object);
        if (!iterator) {
            if (swallow(vm.exceptions.TypeError)) {
                return raise_type("cannot unpack non-iterable %s object", type_name(object));
            }
            return false;
        }
        list = new_list();
        // One item more than wanted is enough to know that there are too many.
        while (list && list.as<List>()->items.count <= n) {
            Ref item = next(iterator);
            if (!item) {
                break;
            }
            if (!list_append(list.as<List>(), item)) {
                return false;
            }
        }
        if (!list || pending()) {
            return false;
        }
    }
    items_of(list ? list : object, &items);
    if (items.count > n) {
        return pebble::raise(
            vm.exceptions.ValueError, "too many values to unpack (expected %u)", n);
    }
    if (items.count < n) {
        return pebble::raise(vm.exceptions.ValueError,
                             "not enough values to unpack (expected %u, got %zu)",
                             n,
                             items.count);
    }
    for (size_t i = n; i > 0; --i) {
        push(new_ref(items.data[i - 1]));
    }
    return true;
}

bool Loop::unpack_ex(uint32_t before, uint32_t after) {
    Ref object = pop();
    Ref list = to_list(object);
    if (!list) {
        if (swallow(vm.exceptions.TypeError)) {
            return raise_type("cannot unpack non-iterable %s object", type_name(object));
        }
        return false;
    }
    const Records<Value>& items = list.as<List>()->items;
    if (items.count < before + after) {
        return pebble::raise(vm.exceptions.ValueError,
                             "not enough values to unpack (expected at least %u, got %zu)",
                             before + after,
                             items.count);
    }
    const size_t middle = items.count - before - after;
    Ref rest = new_list(middle, items.data() + before);
    if (!rest) {
        return false;
    }
    for (size_t i = 0; i < after; ++i) {
        push(new_ref(items[items.count - 1 - i]));
    }
    push(rest.take());
    for (size_t i = before; i > 0; --i) {
        push(new_ref(items[i - 1]));
    }
    return true;
}

bool Loop::make_function(uint32_t flags) {
    Ref code = pop();
    Ref closure = (flags & 8) != 0 ? pop() : Ref();
    Ref annotations = (flags & 4) != 0 ? pop() : Ref();
    Ref kwdefaults = (flags & 2) != 0 ? pop() : Ref();
    Ref defaults = (flags & 1) != 0 ? pop() : Ref();
    Ref result = new_function(code, globals);
    if (!result) {
        return false;
    }
    Function* function = result.as<Function>();
    function->closure = closure.take();
    function->annotations = annotations.take();
    function->kwdefaults = kwdefaults.take();
    function->defaults = defaults.take();
    return push(std::move(result));
}

bool Loop::truth_of_top(bool* out) {
    Value v = sp[-1];
    if (is_bool(v)) {
        *out = v == truth(true);
        return true;
    }
    return is_true(v, out);
}

/// [iterator value]: pushes what it yields in the value's place, or replaces both by the result.
bool Loop::send(bool* finished) {
    Ref value = pop();
    Value iterator = sp[-1];
    Ref result;
    if (is_exact<Generator>(iterator)) {
        result = generator_resume(as<Generator>(iterator), value, finished);
    } else {
        result =
            is_none(value) ? next_raw(iterator) : call_method(iterator, vm.names.send, {value});
        if (!result && (!pending() || pending_is(vm.exceptions.StopIteration))) {
            *finished = true;
            result = pending() ? take_stop_value() : Ref::own(none());
        }
    }
    if (!result) {
        return false;
    }
    if (*finished) {
        pop();
    }
    return push(std::move(result));
}

bool Loop::enter_with() {
    Ref manager = pop();
    Ref enter = special_method(manager, vm.names.enter);
    Ref exit = enter ? special_method(manager, vm.names.exit) : Ref();
    if (!exit) {
        const char* missing = enter ? " (missed __exit__ method)" : "";
        return pending() ? false
                         : raise_type("'%s' object does not support the context manager protocol%s",
                                      type_name(manager),
                                      missing);
    }
    manager.reset();
    Ref result = pebble::call(enter, {});
    if (!result) {
        return false;
    }
    push(exit.take());
    return push(std::move(result));
}

bool Loop::exit_with() {
    Ref exit = pop();
    return static_cast<bool>(pebble::call(exit, {none(), none(), none()}));
}

bool Loop::except_with() {
    Value exception = sp[-1];
    Value traceback = as<Exception>(exception)->traceback;
    Ref result = pebble::call(
        sp[-3], {val(class_of(exception)), exception, traceback != nullptr ? traceback : none()});
    bool swallowed = false;
    if (!result || !is_true(result, &swallowed)) {
        return false;
    }
    push(truth(swallowed));
    return true;
}

bool Loop::match_exception() {
    Ref cls = pop();
    const auto legal = [](Value v) { return is<Class>(v) && as<Class>(v)->info->is_exception; };
    Items items{};
    const bool many = is<Tuple>(cls) && items_of(cls, &items);
    for (size_t i = 0; i < (many ? items.count : 1); ++i) {
        if (!legal(many ? items.data[i] : cls.get())) {
            return raise_type(
                "catching classes that do not inherit from BaseException is not allowed");
        }
    }
    bool result = false;
    if (!check_subclass(val(class_of(sp[-1])), cls, &result)) {
        return false;
    }
    push(truth(result));
    return true;
}

void Loop::push_handled() {
    Value previous = vm.handled->exception;
    Value exception = sp[-1];
    sp[-1] = previous != nullptr ? previous : none();
    vm.handled->exception = new_ref(exception);
    push(exception);
}

void Loop::pop_handled() {
    Ref previous = pop();
    store(&vm.handled->exception, is_none(previous) ? nullptr : previous.take());
}

bool Loop::raise(uint32_t n) {
    if (n == 0) {
        Value current = handled_exception();
        if (current == nullptr) {
            return pebble::raise(vm.exceptions.RuntimeError, "No active exception to reraise");
        }
        return restore(Ref::share(current));
    }
    Ref cause = n == 2 ? pop() : Ref();
    Ref what = pop();
    return raise_statement(what, cause);
}

bool Loop::import_name(Str* name) {
    Ref from = pop();
    Ref level = pop();
    return push(
        import_module(view(val(name)), from, static_cast<int>(small_value(level)), globals));
}

bool Loop::format(uint32_t n) {
    Ref spec = (n & 256) != 0 ? pop() : Ref::share(val(vm.names.empty));
    Ref value = pop();
    switch (n & 255) {
        case 'r':
            value = repr(value);
            break;
        case 's':
            value = str(value);
            break;
        case 'a':
            value = ascii_repr(value);
            break;
        default:
            break;
    }
    return value && push(format_value(value, spec.as<Str>()));
}

/// Cuts the stack for the innermost handler around the instruction; false: there is none.
bool Loop::find_handler(int32_t* pc) {
    const auto at = static_cast<uint32_t>(frame->pc);
    for (const HandlerRange& range : data->handlers) {
        if (at >= range.from && at < range.to) {
            Ref exception = fetch();
            drop_to(frame->items + data->locals + range.depth);
            push(exception.take());
            *pc = static_cast<int32_t>(range.target);
            return true;
        }
    }
    return false;
}

}  // namespace pebble
