#include "compile/code.h"
#include "core/eval.h"
#include "types/types.h"

namespace pebble {
namespace {

bool fast_int(Value a, Value b, BinOp op, Value* out) {
    int64_t n = 0;
    const int64_t x = small_value(a);
    const int64_t y = small_value(b);
    switch (op) {
        case BinOp::Add: n = x + y; break;
        case BinOp::Sub: n = x - y; break;
        case BinOp::Mul:
            if (__builtin_mul_overflow(x, y, &n)) {
                return false;
            }
            break;
        case BinOp::And: n = x & y; break;
        case BinOp::Or: n = x | y; break;
        case BinOp::Xor: n = x ^ y; break;
        default: return false;
    }
    *out = small(n);
    return fits_small(n);
}

bool fast_compare(Value a, Value b, CmpOp op) {
    const int64_t x = small_value(a);
    const int64_t y = small_value(b);
    switch (op) {
        case CmpOp::Lt: return x < y;
        case CmpOp::Le: return x <= y;
        case CmpOp::Eq: return x == y;
        case CmpOp::Ne: return x != y;
        case CmpOp::Gt: return x > y;
        default: return x >= y;
    }
}

/// What the interpreter loop works on. Stack items above `sp` are stale.
struct Loop {
    Frame* frame;
    const CodeData* data;
    Value* consts;
    Value* names;
    Dict* globals;
    Value* sp;

    Str* name(uint32_t n) const { return as<Str>(names[n]); }
    void push(Value owned) { *sp++ = owned; }
    bool push(Ref owned) {
        if (!owned) {
            return false;
        }
        *sp++ = owned.take();
        return true;
    }
    Ref pop() { return Ref::own(*--sp); }
    /// Replaces the top `n` items.
    bool replace(int n, Ref result) {
        for (int i = 0; i < n; ++i) {
            pop();
        }
        return push(std::move(result));
    }
    void drop_to(Value* bottom) {
        while (sp > bottom) {
            Value v = *--sp;
            if (v != nullptr) {
                decref(v);
            }
        }
    }
    Str* local_name(uint32_t n) const {
        return as<Str>(as<Tuple>(as<Code>(as<Function>(frame->function)->code)->varnames)->items[n]);
    }

    bool load_name(Str* name);
    bool load_global(Str* name);
    bool load_cell(uint32_t n, bool class_body);
    bool delete_name(Dict* dict, Str* name);
    bool load_method(Str* name);
    bool call(uint32_t n, Tuple* keywords);
    bool call_ex(bool keywords);
    bool build(Op op, uint32_t n);
    bool add_to(Op op, uint32_t n);
    bool dict_merge();
    bool unpack(uint32_t n);
    bool unpack_ex(uint32_t before, uint32_t after);
    bool make_function(uint32_t flags);
    bool make_cell(uint32_t arg);
    bool truth_of_top(bool* out);
    bool send(bool* finished);
    bool enter_with();
    bool exit_with();
    bool except_with();
    bool match_exception();
    void push_handled();
    void pop_handled();
    bool raise(uint32_t n);
    bool import_name(Str* name);
    bool format(uint32_t n);
    bool find_handler(int32_t* pc);
};

bool Loop::load_global(Str* name) {
    Value v = dict_find_name(globals, name);
    if (v == nullptr) {
        v = dict_find_name(vm.builtins, name);
    }
    if (v == nullptr) {
        return raise_unbound(name, "name '%s' is not defined");
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
    return dict_delete_name(dict, name) || raise_unbound(name, "name '%s' is not defined");
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
        return raise_unbound(local_name(n), is_free ? "cannot access free variable '%s' where it is not associated with a value in enclosing scope"
                                                    : "cannot access local variable '%s' where it is not associated with a value");
    }
    push(new_ref(v));
    return true;
}

bool Loop::make_cell(uint32_t arg) {
    const uint32_t param = arg >> 12;
    Value initial = param != 0 ? std::exchange(frame->items[param - 1], nullptr) : nullptr;
    Cell* cell = make<Cell>(vm.classes.cell);
    if (cell == nullptr) {
        decref(initial);
        return false;
    }
    cell->value = initial;
    frame->items[arg & 0xFFF] = val(cell);
    return true;
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
    if (base[0] == nullptr && is_exact<Box>(base[1]) && as<Object>(base[1])->cls == vm.classes.method) {
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
    const size_t named = dict ? dict.as<Dict>()->used : 0;
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
    for (Value key, value; dict_next(dict.as<Dict>(), &at, &key, &value); ++i) {
        keys.as<Tuple>()->items[i] = new_ref(key);
        *out++ = new_ref(value);
    }
    args.reset();
    dict.reset();
    return push(pebble::call(callable, Args{values.as<Tuple>()->items, values.as<Tuple>()->count - named, keys.as<Tuple>()}));
}

bool Loop::build(Op op, uint32_t n) {
    Value* base = sp - n;
    if (op == Op::BuildTuple || op == Op::BuildList) {
        Ref result = op == Op::BuildTuple ? new_tuple(n) : new_list(n);
        if (!result) {
            return false;
        }
        // The items move: their references are the stack's.
        Value* items = op == Op::BuildTuple ? result.as<Tuple>()->items : result.as<List>()->items;
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
    base = sp - 2 * n;
    Ref result = new_dict();
    for (uint32_t i = 0; result && i < n; ++i) {
        if (!dict_set(result.as<Dict>(), base[2 * i], base[2 * i + 1])) {
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
    return op == Op::ListAppend ? list_append(as<List>(target), item) : set_add(as<Set>(target), item);
}

/// `**mapping` in a call: a key that is there already is an error.
bool Loop::dict_merge() {
    Ref other = pop();
    Dict* dict = as<Dict>(sp[-1]);
    Ref pairs = is<Dict>(other) ? Ref::share(other) : find_attribute(other, vm.names.keys) ? new_dict() : Ref();
    if (!pairs) {
        return pending() ? false : raise_type("argument after ** must be a mapping, not %s", type_name(other));
    }
    if (!is<Dict>(other) && !dict_update(pairs.as<Dict>(), other)) {
        return false;
    }
    size_t at = 0;
    for (Value key, value; dict_next(pairs.as<Dict>(), &at, &key, &value);) {
        Value there = nullptr;
        if (!is<Str>(key)) {
            return raise_type("keywords must be strings");
        }
        if (!dict_find(dict, key, &there)) {
            return false;
        }
        if (there != nullptr) {
            return raise_type("got multiple values for keyword argument '%s'", c_str(key));
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
        while (list && list.as<List>()->count <= n) {
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
        return pebble::raise(vm.exceptions.ValueError, "too many values to unpack (expected %u)", n);
    }
    if (items.count < n) {
        return pebble::raise(vm.exceptions.ValueError, "not enough values to unpack (expected %u, got %zu)", n, items.count);
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
    List* items = list.as<List>();
    if (items->count < before + after) {
        return pebble::raise(vm.exceptions.ValueError, "not enough values to unpack (expected at least %u, got %zu)", before + after, items->count);
    }
    const size_t middle = items->count - before - after;
    Ref rest = new_list(middle, items->items + before);
    if (!rest) {
        return false;
    }
    for (size_t i = 0; i < after; ++i) {
        push(new_ref(items->items[items->count - 1 - i]));
    }
    push(rest.take());
    for (size_t i = before; i > 0; --i) {
        push(new_ref(items->items[i - 1]));
    }
    return true;
}

bool Loop::make_function(uint32_t flags) {
    Ref code = pop();
    Ref closure = (flags & 8) != 0 ? pop() : Ref();
    Ref kwdefaults = (flags & 2) != 0 ? pop() : Ref();
    Ref defaults = (flags & 1) != 0 ? pop() : Ref();
    Ref result = new_function(code, globals);
    if (!result) {
        return false;
    }
    Function* function = result.as<Function>();
    function->closure = closure.take();
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
        result = is_none(value) ? next_raw(iterator) : call_method(iterator, vm.names.send, {value});
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
        return pending() ? false : raise_type("'%s' object does not support the context manager protocol%s", type_name(manager), missing);
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
    Ref result = pebble::call(sp[-3], {val(class_of(exception)), exception, traceback != nullptr ? traceback : none()});
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
            return raise_type("catching classes that do not inherit from BaseException is not allowed");
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
    return push(import_module(view(val(name)), from, static_cast<int>(small_value(level)), globals));
}

bool Loop::format(uint32_t n) {
    Ref spec = (n & 256) != 0 ? pop() : Ref::share(val(vm.names.empty));
    Ref value = pop();
    switch (n & 255) {
        case 'r': value = repr(value); break;
        case 's': value = str(value); break;
        case 'a': value = ascii_repr(value); break;
        default: break;
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

bool interrupt() {
    vm.interrupted = false;
    return raise(vm.exceptions.KeyboardInterrupt, "%s", "");
}

}  // namespace

/// Runs a frame until it returns, yields or fails. `throwing`: with an exception pending, at the
/// instruction where it stopped. The one long function here: the switch over all instructions.
Ref run_frame(Frame* frame, bool throwing) {
    Recursion recursion("");
    if (!recursion) {
        frame->finished = true;
        return {};
    }
    Function* function = as<Function>(frame->function);
    Code* code = as<Code>(function->code);
    Loop loop{frame, code->data, as<Tuple>(code->consts)->items, as<Tuple>(code->names)->items, function->globals, frame->items + frame->sp};
    const Instr* instructions = code->data->code.data();
    Value* const locals = frame->items;
    Value*& sp = loop.sp;
    int32_t pc = frame->pc + 1;
    bool reraised = false;
    frame->previous = vm.frame;
    frame->running = true;
    vm.frame = frame;
    Ref result;
    bool ok = !throwing;
    for (;;) {
        if (!ok) {
            if (!reraised && !add_traceback(frame)) {
                reraised = true;
            }
            reraised = false;
            ok = loop.find_handler(&pc);
            if (!ok) {
                loop.drop_to(locals + loop.data->locals);
                frame->finished = true;
                break;
            }
        }
        const Instr instr = instructions[pc];
        const uint32_t arg = instr.arg();
        frame->pc = pc++;
        switch (instr.op()) {
            case Op::Nop: break;
            case Op::Pop: loop.pop(); break;
            case Op::Copy: loop.push(new_ref(sp[-static_cast<int>(arg)])); break;
            case Op::Swap: std::swap(sp[-1], sp[-static_cast<int>(arg)]); break;
            case Op::LoadConst: loop.push(new_ref(loop.consts[arg])); break;
            case Op::LoadFast:
                if (locals[arg] == nullptr) {
                    ok = raise_unbound(loop.local_name(arg), "cannot access local variable '%s' where it is not associated with a value");
                    break;
                }
                loop.push(new_ref(locals[arg]));
                break;
            case Op::StoreFast: store(&locals[arg], *--sp); break;
            case Op::DeleteFast:
                if (locals[arg] == nullptr) {
                    ok = raise_unbound(loop.local_name(arg), "cannot access local variable '%s' where it is not associated with a value");
                    break;
                }
                store(&locals[arg], nullptr);
                break;
            case Op::LoadName: ok = loop.load_name(loop.name(arg)); break;
            case Op::StoreName: ok = dict_set_name(as<Dict>(frame->locals), loop.name(arg), loop.pop().get()); break;
            case Op::DeleteName: ok = loop.delete_name(as<Dict>(frame->locals), loop.name(arg)); break;
            case Op::LoadGlobal: ok = loop.load_global(loop.name(arg)); break;
            case Op::StoreGlobal: ok = dict_set_name(loop.globals, loop.name(arg), loop.pop().get()); break;
            case Op::DeleteGlobal: ok = loop.delete_name(loop.globals, loop.name(arg)); break;
            case Op::LoadCell: ok = loop.load_cell(arg, false); break;
            case Op::LoadClassCell: ok = loop.load_cell(arg, true); break;
            case Op::StoreCell: store(&as<Cell>(locals[arg])->value, *--sp); break;
            case Op::DeleteCell:
                ok = as<Cell>(locals[arg])->value != nullptr || raise_unbound(loop.local_name(arg), "cannot access local variable '%s' where it is not associated with a value");
                if (ok) {
                    store(&as<Cell>(locals[arg])->value, nullptr);
                }
                break;
            case Op::LoadClosure: loop.push(new_ref(locals[arg])); break;
            case Op::MakeCell: ok = loop.make_cell(arg); break;
            case Op::LoadAttr: ok = loop.replace(1, get_attribute(sp[-1], loop.name(arg))); break;
            case Op::StoreAttr: {
                Ref object = loop.pop();
                Ref value = loop.pop();
                ok = set_attribute(object, loop.name(arg), value);
                break;
            }
            case Op::DeleteAttr: {
                Ref object = loop.pop();
                ok = set_attribute(object, loop.name(arg), nullptr);
                break;
            }
            case Op::LoadMethod: ok = loop.load_method(loop.name(arg)); break;
            case Op::Binary:
            case Op::Inplace: {
                Value fast = nullptr;
                const auto op = static_cast<BinOp>(arg);
                if (is_small(sp[-2]) && is_small(sp[-1]) && fast_int(sp[-2], sp[-1], op, &fast)) {
                    *--sp = nullptr;
                    sp[-1] = fast;
                    break;
                }
                ok = loop.replace(2, instr.op() == Op::Binary ? binary(sp[-2], sp[-1], op) : inplace(sp[-2], sp[-1], op));
                break;
            }
            case Op::Unary: ok = loop.replace(1, unary(sp[-1], static_cast<UnOp>(arg))); break;
            case Op::Compare:
                if (is_small(sp[-2]) && is_small(sp[-1])) {
                    const bool yes = fast_compare(sp[-2], sp[-1], static_cast<CmpOp>(arg));
                    --sp;
                    sp[-1] = truth(yes);
                    break;
                }
                ok = loop.replace(2, compare(sp[-2], sp[-1], static_cast<CmpOp>(arg)));
                break;
            case Op::Is: ok = loop.replace(2, Ref::own(truth((sp[-2] == sp[-1]) != (arg != 0)))); break;
            case Op::Contains: {
                bool found = false;
                ok = contains(sp[-1], sp[-2], &found);
                ok = ok && loop.replace(2, Ref::own(truth(found != (arg != 0))));
                break;
            }
            case Op::GetItem: ok = loop.replace(2, get_item(sp[-2], sp[-1])); break;
            case Op::SetItem: {
                ok = set_item(sp[-2], sp[-1], sp[-3]);
                loop.drop_to(sp - 3);
                break;
            }
            case Op::DeleteItem:
                ok = set_item(sp[-2], sp[-1], nullptr);
                loop.drop_to(sp - 2);
                break;
            case Op::BuildSlice: ok = loop.replace(static_cast<int>(arg), arg == 3 ? new_slice(sp[-3], sp[-2], sp[-1]) : new_slice(sp[-2], sp[-1], none())); break;
            case Op::BuildTuple:
            case Op::BuildList:
            case Op::BuildSet:
            case Op::BuildMap:
            case Op::BuildString: ok = loop.build(instr.op(), arg); break;
            case Op::ListAppend:
            case Op::SetAdd:
            case Op::MapAdd: ok = loop.add_to(instr.op(), arg); break;
            case Op::ListExtend:
                ok = list_extend(as<List>(sp[-2]), sp[-1]);
                loop.pop();
                break;
            case Op::SetUpdate:
                ok = set_update(as<Set>(sp[-2]), sp[-1]);
                loop.pop();
                break;
            case Op::DictUpdate:
                ok = dict_update(as<Dict>(sp[-2]), sp[-1]);
                loop.pop();
                break;
            case Op::DictMerge: ok = loop.dict_merge(); break;
            case Op::ListToTuple: ok = loop.replace(1, new_tuple(as<List>(sp[-1])->count, as<List>(sp[-1])->items)); break;
            case Op::Unpack: ok = loop.unpack(arg); break;
            case Op::UnpackEx: ok = loop.unpack_ex(arg & 255, arg >> 8); break;
            case Op::FormatValue: ok = loop.format(arg); break;
            case Op::Jump: pc = static_cast<int32_t>(arg); break;
            case Op::JumpBack:
                pc = static_cast<int32_t>(arg);
                if (vm.interrupted) {
                    ok = interrupt();
                }
                break;
            case Op::PopJumpIfFalse:
            case Op::PopJumpIfTrue: {
                bool yes = false;
                ok = loop.truth_of_top(&yes);
                loop.pop();
                if (ok && yes == (instr.op() == Op::PopJumpIfTrue)) {
                    pc = static_cast<int32_t>(arg);
                }
                break;
            }
            case Op::JumpIfFalseOrPop:
            case Op::JumpIfTrueOrPop: {
                bool yes = false;
                ok = loop.truth_of_top(&yes);
                if (ok && yes == (instr.op() == Op::JumpIfTrueOrPop)) {
                    pc = static_cast<int32_t>(arg);
                } else if (ok) {
                    loop.pop();
                }
                break;
            }
            case Op::GetIter: ok = loop.replace(1, iterate(sp[-1])); break;
            case Op::ForIter: {
                Ref item = next(sp[-1]);
                if (item) {
                    loop.push(item.take());
                } else if (pending()) {
                    ok = false;
                } else {
                    loop.pop();
                    pc = static_cast<int32_t>(arg);
                }
                break;
            }
            case Op::PushNull: loop.push(nullptr); break;
            case Op::Call: ok = loop.call(arg, nullptr); break;
            case Op::CallKeywords: {
                Ref names = loop.pop();
                ok = loop.call(arg, names.as<Tuple>());
                break;
            }
            case Op::CallEx: ok = loop.call_ex(arg != 0); break;
            case Op::MakeFunction: ok = loop.make_function(arg); break;
            case Op::BuildClass: loop.push(new_ref(build_class_function())); break;
            case Op::Return:
                result = loop.pop();
                frame->finished = true;
                break;
            case Op::Yield: result = loop.pop(); break;
            case Op::YieldFromIter:
                ok = is_exact<Generator>(sp[-1]) || loop.replace(1, iterate(sp[-1]));
                break;
            case Op::Send: {
                bool finished = false;
                ok = loop.send(&finished);
                if (ok && finished) {
                    pc = static_cast<int32_t>(arg);
                }
                break;
            }
            case Op::ReturnGenerator:
                frame->is_generator = true;
                result = new_generator(Ref::share(frame), function->name, function->qualname);
                ok = static_cast<bool>(result);
                break;
            case Op::Raise: ok = loop.raise(arg); reraised = arg == 0; break;
            case Op::Reraise: {
                Ref exception = loop.pop();
                if (arg == 1) {
                    loop.pop_handled();
                }
                ok = restore(std::move(exception));
                reraised = true;
                break;
            }
            case Op::PushHandled: loop.push_handled(); break;
            case Op::PopHandled: loop.pop_handled(); break;
            case Op::MatchException: ok = loop.match_exception(); break;
            case Op::EnterWith: ok = loop.enter_with(); break;
            case Op::ExitWith: ok = loop.exit_with(); break;
            case Op::ExceptWith: ok = loop.except_with(); break;
            case Op::ImportName: ok = loop.import_name(loop.name(arg)); break;
            case Op::ImportFrom: ok = loop.push(import_from(sp[-1], loop.name(arg))); break;
            case Op::ImportStar: {
                Ref module = loop.pop();
                ok = import_star(module, loop.globals);
                break;
            }
            case Op::AssertionError: loop.push(new_ref(val(vm.exceptions.AssertionError))); break;
            case Op::PrintExpr: {
                Ref value = loop.pop();
                ok = display(value);
                break;
            }
        }
        if (result) {
            break;
        }
    }
    frame->sp = static_cast<int32_t>(sp - frame->items);
    frame->running = false;
    vm.frame = frame->previous;
    frame->previous = nullptr;
    return result;
}

}  // namespace pebble
