// SPDX-License-Identifier: MIT
#include "compile/code.h"
#include "core/eval.h"
#include "types/types.h"

namespace pebble {
namespace {

/// Has it returned or failed, or has its frame been cleared?
bool is_over(const Generator* generator) {
    return generator->frame == nullptr || as<Frame>(generator->frame)->finished;
}

/// Runs a suspended generator; `throwing`: the pending exception is raised where it stands.
Ref run(Generator* generator, Value sent, bool throwing, bool* finished) {
    Frame* frame = as<Frame>(generator->frame);
    Ref keep = Ref::share(generator);
    if (cairn_gc_is_tracked(val(frame)) != 0) {
        // While it runs its stack is in motion: its references count as held from outside.
        cairn_gc_untrack(val(frame));
    }
    Handled handled{std::exchange(generator->handled, nullptr), vm.handled};
    vm.handled = &handled;
    if (sent != nullptr) {
        frame->items[frame->sp++] = new_ref(sent);
    }
    Ref result = run_frame(frame, throwing);
    vm.handled = handled.outer;
    generator->handled = handled.exception;
    if (!frame->finished) {
        if (cairn_refcount(val(frame)) > 1) {
            cairn_gc_track(val(frame));
        }
        return result;
    }
    *finished = true;
    store(&generator->handled, nullptr);
    generator->frame = nullptr;
    finish_frame(frame);
    if (!result && pending_is(vm.exceptions.StopIteration)) {
        Ref cause = fetch();
        raise(vm.exceptions.RuntimeError, "generator raised StopIteration");
        store(&vm.pending->cause, new_ref(cause));
        store(&vm.pending->context, cause.take());
        vm.pending->suppress_context = true;
    }
    return result;
}

Failed raise_stop(Value value) {
    if (is_none(value)) {
        return raise_value(vm.exceptions.StopIteration, nullptr);
    }
    return raise_value(vm.exceptions.StopIteration, value);
}

/// The iterator that a suspended generator delegates to (`yield from`), or NULL.
Value delegate_of(const Generator* generator) {
    const Frame* frame = as<Frame>(generator->frame);
    if (frame->pc < 0) {
        return nullptr;
    }
    const Instr instr = data_of(frame->code).code[static_cast<size_t>(frame->pc)];
    return instr.op() == Op::Yield && instr.arg() == 1 ? frame->items[frame->sp - 1] : nullptr;
}

bool is_fresh(const Generator* generator) {
    const Frame* frame = as<Frame>(generator->frame);
    return data_of(frame->code).code[static_cast<size_t>(frame->pc)].op() == Op::ReturnGenerator;
}

/// Ends a generator that has not started, with the pending exception if there is one.
void abandon(Generator* generator) {
    Frame* frame = as<Frame>(std::exchange(generator->frame, nullptr));
    if (pending()) {
        add_traceback(frame);
    }
    finish_frame(frame);
}

Failed already_running() {
    return raise(vm.exceptions.ValueError, "generator already executing");
}

/// Throws the pending exception into a generator.
Ref throw_pending(Generator* generator, bool* finished) {
    if (is_over(generator)) {
        return {};
    }
    if (as<Frame>(generator->frame)->running) {
        fetch();
        return already_running();
    }
    if (is_fresh(generator)) {
        abandon(generator);
        return {};
    }
    Value inner = delegate_of(generator);
    if (inner == nullptr) {
        return run(generator, nullptr, true, finished);
    }
    // The exception goes to the innermost iterator first.
    Ref delegate = Ref::share(inner);
    Ref exception = fetch();
    Ref result;
    bool inner_finished = false;
    if (is_instance(exception, vm.exceptions.GeneratorExit)) {
        Ref close =
            is_exact<Generator>(delegate) ? Ref() : find_attribute(delegate, vm.names.close);
        // As if it ran: what the delegate's end calls must not go on with it.
        as<Frame>(generator->frame)->running = true;
        const bool closed = is_exact<Generator>(delegate)
                                ? generator_close(delegate.as<Generator>())
                                : !pending() && (!close || call(close, {}));
        as<Frame>(generator->frame)->running = false;
        if (closed) {
            restore(std::move(exception));
        }
        return run(generator, nullptr, true, finished);
    }
    as<Frame>(generator->frame)->running = true;
    if (is_exact<Generator>(delegate)) {
        restore(std::move(exception));
        result = throw_pending(delegate.as<Generator>(), &inner_finished);
    } else if (Ref method = find_attribute(delegate, vm.names.throw_)) {
        result = call(method, {exception});
        if (!result && pending_is(vm.exceptions.StopIteration)) {
            inner_finished = true;
            result = take_stop_value();
        }
    } else if (!pending()) {
        restore(std::move(exception));
    }
    Frame* frame = as<Frame>(generator->frame);
    frame->running = false;
    if (result && !inner_finished) {
        return result;
    }
    if (!result) {
        return run(generator, nullptr, true, finished);
    }
    // The delegate has returned: go on behind the loop that Send jumps out of.
    const CodeData& data = data_of(frame->code);
    size_t send = static_cast<size_t>(frame->pc);
    while (data.code[send].op() != Op::Send) {
        --send;
    }
    frame->pc = static_cast<int32_t>(data.code[send].arg()) - 1;
    Ref::own(frame->items[--frame->sp]);
    return run(generator, result, false, finished);
}

}  // namespace

Ref new_generator(Ref frame, Value name, Value qualname) {
    Generator* generator = make<Generator>(vm.classes.generator);
    if (generator != nullptr) {
        generator->frame = frame.take();
        generator->name = new_ref(name);
        generator->qualname = new_ref(qualname);
    }
    return Ref::own(generator);
}

Ref generator_resume(Generator* generator, Value sent, bool* finished) {
    if (is_over(generator)) {
        *finished = true;
        return Ref::own(none());
    }
    if (as<Frame>(generator->frame)->running) {
        return already_running();
    }
    if (is_fresh(generator)) {
        if (!is_none(sent)) {
            return raise_type("can't send non-None value to a just-started generator");
        }
        return run(generator, nullptr, false, finished);
    }
    return run(generator, sent, false, finished);
}

bool generator_close(Generator* generator) {
    if (is_over(generator)) {
        return true;
    }
    if (as<Frame>(generator->frame)->running) {
        return already_running();
    }
    if (is_fresh(generator)) {
        abandon(generator);
        return true;
    }
    bool finished = false;
    raise_value(vm.exceptions.GeneratorExit, nullptr);
    Ref result = throw_pending(generator, &finished);
    if (result && !finished) {
        return raise(vm.exceptions.RuntimeError, "generator ignored GeneratorExit");
    }
    return result || swallow(vm.exceptions.GeneratorExit) || swallow(vm.exceptions.StopIteration);
}

namespace {

Ref generator_iter(Value self) {
    return Ref::share(self);
}

Ref finish(Ref result, bool finished) {
    return result && finished ? Ref(raise_stop(result)) : std::move(result);
}

Ref generator_next(Value self) {
    bool finished = false;
    Ref result = generator_resume(as<Generator>(self), none(), &finished);
    if (result && finished && is_none(result)) {
        return {};  // The end, without the cost of an exception.
    }
    return finish(std::move(result), finished);
}

Ref send_method(Value self, const Args& args) {
    bool finished = false;
    Ref result = generator_resume(as<Generator>(self), args[0], &finished);
    return finish(std::move(result), finished);
}

Ref throw_method(Value self, const Args& args) {
    Value type = args[0];
    Ref exception;
    if (is<Class>(type) && args[1] != nullptr && !is_none(args[1]) && !is<Exception>(args[1])) {
        exception = call(type, {args[1]});
    } else {
        exception = Ref::share(args[1] != nullptr && is<Exception>(args[1]) ? args[1] : type);
    }
    if (!exception) {
        return {};
    }
    if (!is<Exception>(exception) &&
        !(is<Class>(exception) && exception.as<Class>()->info->is_exception)) {
        return raise_type(
            "exceptions must be classes or instances deriving from BaseException, not %s",
            type_name(exception));
    }
    raise_statement(exception, nullptr);
    bool finished = false;
    Ref result = throw_pending(as<Generator>(self), &finished);
    return finish(std::move(result), finished);
}

Ref close_method(Value self, const Args&) {
    return generator_close(as<Generator>(self)) ? Ref::own(none()) : Ref();
}

Ref generator_repr(Value self) {
    return new_str(format_text("<generator object %s at 0x%llx>",
                               c_str(as<Generator>(self)->qualname),
                               static_cast<unsigned long long>(identity(self))));
}

Ref frame_get(Value self) {
    Value frame = as<Generator>(self)->frame;
    if (frame == nullptr) {
        return Ref::own(none());
    }
    Ref result = Ref::share(frame);
    if (!as<Frame>(frame)->running && cairn_gc_is_tracked(frame) == 0) {
        cairn_gc_track(frame);
    }
    return result;
}
Ref running_get(Value self) {
    Value frame = as<Generator>(self)->frame;
    return Ref::own(truth(frame != nullptr && as<Frame>(frame)->running));
}
Ref name_get(Value self) {
    return Ref::share(as<Generator>(self)->name);
}
Ref qualname_get(Value self) {
    return Ref::share(as<Generator>(self)->qualname);
}
Ref code_get(Value self) {
    Value frame = as<Generator>(self)->frame;
    return Ref::share(frame != nullptr ? as<Frame>(frame)->code : none());
}
Ref delegate_get(Value self) {
    Generator* generator = as<Generator>(self);
    Value inner = generator->frame != nullptr && !as<Frame>(generator->frame)->running
                      ? delegate_of(generator)
                      : nullptr;
    return Ref::share(inner != nullptr ? inner : none());
}

const NativeDef kMethods[] = {{"send", send_method, "value /"},
                              {"throw", throw_method, "type value? traceback? /"},
                              {"close", close_method, ""},
                              {nullptr, nullptr, nullptr}};
const GetSet kGetSets[] = {{"gi_frame", frame_get},
                           {"gi_running", running_get},
                           {"gi_code", code_get},
                           {"gi_yieldfrom", delegate_get},
                           {"__name__", name_get},
                           {"__qualname__", qualname_get},
                           {nullptr, nullptr}};
NativeClass generator_class = {
    "generator",
    kGenerator,
    {.repr = generator_repr, .iter = generator_iter, .next = generator_next},
    kMethods,
    kGetSets,
    true};

}  // namespace

void make_generator_class() {
    vm.classes.generator = make_native_class(generator_class, vm.classes.object);
}

}  // namespace pebble
