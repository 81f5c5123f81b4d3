// SPDX-License-Identifier: MIT
#include "compile/code.h"
#include "core/eval.h"
#include "types/types.h"

namespace pebble {

Frame* new_frame(Function* function, Dict* locals) {
    Ref code = Ref::share(function->code);
    const CodeData& data = data_of(code);
    Frame* frame = make<Frame>(vm.classes.frame, data.locals + data.stack);
    if (frame == nullptr) {
        return nullptr;
    }
    frame->function = new_ref(val(function));
    frame->code = code.take();
    frame->locals = new_ref(val(locals));
    frame->pc = -1;
    frame->sp = static_cast<int32_t>(data.locals);
    if (function->closure != nullptr) {
        const Tuple* closure = as<Tuple>(function->closure);
        for (size_t i = 0; i < closure->count; ++i) {
            frame->items[data.locals - data.frees + i] = new_ref(closure->items[i]);
        }
    }
    return frame;
}

void finish_frame(Frame* frame) {
    if (cairn_refcount(val(frame)) > 1) {
        // It outlives its call. From now on it is an object like others, in cycles maybe.
        // That of a generator is called by many, and refers to none of them.
        if (!frame->is_generator) {
            store(&frame->back, new_ref(val(vm.frame)));
        }
        if (cairn_gc_is_tracked(val(frame)) == 0) {
            cairn_gc_track(val(frame));
        }
    } else {
        for (int32_t i = 0; i < frame->sp; ++i) {
            store(&frame->items[i], nullptr);
        }
        frame->sp = 0;
    }
    decref(val(frame));
}

Ref run_code(Value code, Dict* globals, Dict* locals) {
    Ref function = new_function(code, globals);
    if (!function) {
        return {};
    }
    Frame* frame = new_frame(function.as<Function>(), locals != nullptr ? locals : globals);
    if (frame == nullptr) {
        return {};
    }
    Ref result = run_frame(frame);
    finish_frame(frame);
    return result;
}

Span frame_place(const Frame* frame) {
    if (frame->code == nullptr) {
        return {};
    }
    const CodeData& data = data_of(frame->code);
    return frame->pc < 0 ? data.first : data.places[static_cast<size_t>(frame->pc)].at;
}

Ref frame_locals(Frame* frame) {
    if (frame->locals != nullptr) {
        return Ref::share(frame->locals);
    }
    Ref dict = new_dict();
    const Code* code = as<Code>(frame->code);
    const Tuple* names = as<Tuple>(code->varnames);
    for (size_t i = 0; dict && i < names->count; ++i) {
        Value v = frame->items[i];
        if (v != nullptr && is_exact<Cell>(v) &&
            i >= code->data->locals - code->data->cells - code->data->frees) {
            v = as<Cell>(v)->value;
        }
        const std::string_view name = view(names->items[i]);
        if (v != nullptr && name[0] != '.' && !dict_set(dict.as<Dict>(), names->items[i], v)) {
            return {};
        }
    }
    return dict;
}

}  // namespace pebble
